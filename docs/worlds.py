"""Make anew what hangs on worlds: the ensemble of the package, docs/tables/worlds.md and the sentence in README.md.

``python docs/worlds.py ensemble`` finds worlds that fit the shipped targets; ``python docs/worlds.py findings``
compares packages in them; without a word both are done. The first takes about ten minutes on two free cores, the
second five. What was cut off goes on: runs are kept in ``build/worlds``.
"""

import re
import sys
import textwrap
from collections.abc import Sequence
from pathlib import Path

from alliancelab import api
from alliancelab.analysis.results.worlds import WorldComparison
from alliancelab.analysis.tables.worlds import decided, holds
from alliancelab.scenarios.targets import SHIPPED, read_targets
from alliancelab.scenarios.worlds.ensemble import make_ensemble, write_shipped

ROOT = Path(__file__).resolve().parents[1]
KEPT = ROOT / "build" / "worlds"
PAGE, README = ROOT / "docs" / "tables" / "worlds.md", ROOT / "README.md"
COUNT = 200
PACKAGES = ("no_policy", "formation_only", "growth_only", "stage_matched", "full_chain")
REPLICATES = 3
LOWEST = 10
FIRST = ("stage_matched", ("adoptions", "survival_5y"))  # what the README tells of its first comparison
MARKS = "<!-- worlds: made by docs/worlds.py -->", "<!-- end of worlds -->"


def ensemble() -> None:
    """Find worlds that fit the shipped targets and put them into the package."""
    KEPT.mkdir(parents=True, exist_ok=True)
    found, _ = make_ensemble(read_targets(SHIPPED), COUNT, KEPT / "ensemble.worlds.bin", progress=_tell)
    write_shipped(found)


def findings() -> None:
    """Compare packages in all worlds of the ensemble; write the page and the sentence."""
    KEPT.mkdir(parents=True, exist_ok=True)
    result = api.compare(PACKAGES, REPLICATES, worlds=COUNT, out=KEPT / "findings", overwrite=True, progress=_tell)
    assert isinstance(result, WorldComparison)
    PAGE.write_text(page(result), encoding="utf-8")
    text = README.read_text(encoding="utf-8")
    begin, end = MARKS
    between = re.compile(f"{re.escape(begin)}.*?{re.escape(end)}", re.DOTALL)
    told = textwrap.fill(sentence(result), 118, initial_indent="   ", subsequent_indent="   ", break_on_hyphens=False)
    README.write_text(between.sub(lambda found: f"{begin}\n{told}\n   {end}", text), encoding="utf-8")


def page(result: WorldComparison) -> str:
    """Findings that luck alone leaves no doubt of, those that fewest worlds bear out first."""
    table = result.effects.reset_index()
    sure = table[(table["luck_low"] > 0.0) | (table["luck_high"] < 0.0)]
    judged = sure[sure["better"] != 0].assign(share=lambda frame: frame["holding"] / frame["worlds"])
    lowest = judged.sort_values(["share", "scenario", "outcome"], kind="stable").head(LOWEST)
    worlds, replicates = result.runs.seeds.shape
    lines = [
        "# Findings that fewest worlds bear out", "",
        f"Made by `python docs/worlds.py findings`: {', '.join(f'`{name}`' for name in PACKAGES[1:])} against "
        f"`{PACKAGES[0]}` in {worlds} worlds, {replicates} replicates in each. Of {len(judged)} effects of which luck "
        f"leaves no doubt (its 95 % interval is on one side of zero), the {len(lowest)} whose sign holds in the fewest "
        "worlds. What the columns mean: [uncertainty.md](../uncertainty.md).", "",
        "| package | outcome | unit | effect | luck alone | everything | sign holds | flipped by |",
        f"|{'---|' * 8}",
    ]
    lines += [f"| `{row['scenario']}` | {row['title']} | {row['unit']} | {_number(row['effect'])} | "
              f"{_number(row['luck_low'])} to {_number(row['luck_high'])} | {_number(row['low'])} to "
              f"{_number(row['high'])} | {holds(row)} | {decided(row) or '–'} |" for _, row in lowest.iterrows()]
    return "\n".join([*lines, ""])


def sentence(result: WorldComparison) -> str:
    """What the README says of its first comparison."""
    name, outcomes = FIRST
    told = []
    for outcome in outcomes:
        row = result.effects.loc[(name, outcome)]
        word = "more" if row["effect"] > 0.0 else "less"
        told.append(f"{row['title'].lower()} ({row['unit']}): {_number(row['effect'])}, {word} in {holds(row)} worlds, "
                    f"from {_number(row['low'])} to {_number(row['high'])} with everything that is not known")
    return f"`{name}` against `{PACKAGES[0]}`: " + "; ".join(told) + "."


def _number(value: float) -> str:
    return f"{value:+,.0f}" if abs(value) >= 1000 else f"{value:+.3g}"


def _tell(what: str, done: int, total: int) -> None:
    if done == total:
        print(f"{what}: {done} of {total}", flush=True)


def main(arguments: Sequence[str]) -> int:
    """Do what is asked for; returns the exit code."""
    if set(arguments) - {"ensemble", "findings"}:
        print("python docs/worlds.py [ensemble] [findings]", file=sys.stderr)
        return 2
    for work in (ensemble, findings):
        if not arguments or work.__name__ in arguments:
            work()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
