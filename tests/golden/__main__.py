"""``python -m tests.golden "why results change"``: measure the summaries anew and put the reason into CHANGELOG.md."""

import csv
import sys
from pathlib import Path

from tests.golden.summaries import FILE, measured

CHANGELOG = Path(__file__).resolve().parents[2] / "CHANGELOG.md"
HEADING = "### Changes of results since summaries are kept"
REASON = FILE.with_name("reason.txt")


def main(arguments: list[str]) -> int:
    """Renew; refuses without a reason."""
    reason = " ".join(arguments).strip().rstrip(".")
    if not reason or reason.startswith("-"):
        print('say why: python -m tests.golden "why results change"', file=sys.stderr)
        return 2
    found = measured()
    with FILE.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["scenario", "outcome", "value"])
        writer.writerows([*key, value] for key, value in found.items())
    REASON.write_text(f"{reason}.\n", encoding="utf-8")
    text = CHANGELOG.read_text(encoding="utf-8")
    if f"{reason}." not in text:
        entry = f"{HEADING}\n\n- **results**: {reason}.\n"
        CHANGELOG.write_text(text.replace(f"{HEADING}\n\n", entry, 1), encoding="utf-8")
    print(f"{len(found)} values written to {FILE.name}; the reason stands in CHANGELOG.md")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
