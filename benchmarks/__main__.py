"""One command, one table: ``python -m benchmarks`` from the top of the checkout; JSON beside it with ``--out FILE``."""

import argparse
import json
import os
import platform
from collections.abc import Callable

from benchmarks.rows import Row

SECTIONS = ("run", "before", "processes", "recording", "threads", "mesa", "growth", "start", "luck", "sweep")


def _sections() -> dict[str, Callable[[], list[Row]]]:
    from benchmarks import before, engine, luck, start, sweeps

    return {
        "run": engine.one_run, "before": before.before, "processes": engine.processes, "recording": engine.recording,
        "threads": engine.threads, "mesa": engine.views, "growth": engine.growth, "start": start.start,
        "luck": luck.luck, "sweep": sweeps.sweep,
    }


def main() -> None:
    """Measure the sections asked for, print one table, write it as JSON."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Measure alliancelab on this machine.")
    parser.add_argument("sections", nargs="*", metavar="SECTION", help=f"of {', '.join(SECTIONS)}; default all")
    parser.add_argument("--out", default="bench.json", help="file for the figures as JSON")
    asked = parser.parse_args()
    unknown = sorted(set(asked.sections) - set(SECTIONS))
    if unknown:
        parser.error(f"there is no section '{unknown[0]}'; there are {', '.join(SECTIONS)}")
    machine = {"platform": platform.platform(), "python": platform.python_version(), "cores": os.cpu_count(),
               "load": os.getloadavg()[0]}
    print(f"Python {machine['python']}, {machine['cores']} cores, load {machine['load']:.2f} at the start", flush=True)
    rows: list[Row] = []
    for name, measure in _sections().items():
        if not asked.sections or name in asked.sections:
            for row in measure():
                rows.append(row)
                print(_line(row), flush=True)
    document = {"machine": machine, "figures": [{**row._asdict(), "reached": row.reached} for row in rows]}
    with open(asked.out, "w", encoding="utf-8") as file:
        json.dump(document, file, indent=2)
    missed = [row.what for row in rows if row.reached is False]
    print(f"written: {asked.out}; " + (f"floors missed: {'; '.join(missed)}" if missed else "every floor is reached"))


def _line(row: Row) -> str:
    mark = {None: "", True: "reached", False: "MISSED"}[row.reached]
    floor = f"{row.floor} {row.unit}".strip() if row.floor else ""
    figure = f"{row.section:10} {row.what:62.62} {row.value:10.4g} {row.unit:10} {row.spread:36.36}"
    return f"{figure} {floor:12} {mark}".rstrip()


if __name__ == "__main__":
    main()
