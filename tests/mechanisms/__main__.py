"""Measures every experiment and writes `measured.csv`, from which docs/generate.py makes the traceability page."""

import csv
import sys
from concurrent.futures import ProcessPoolExecutor

from tests.mechanisms.experiments import EXPERIMENTS, Experiment
from tests.mechanisms.measure import COLUMNS, RESULTS, Effect, measure, written

WORKERS = 2


def main(rows: list[str]) -> None:
    """Measure the experiments whose row begins with one of `rows`, all without any, and keep the other lines.

    Experiments of one row share runs, so a worker takes a whole row.
    """
    known = {}
    if RESULTS.exists():
        with RESULTS.open(encoding="utf-8", newline="") as file:
            known = {line["row"]: line for line in csv.DictReader(file)}
    chosen = [one for one in EXPERIMENTS if not rows or one.row.startswith(tuple(rows))]
    groups: dict[str, list[Experiment]] = {}
    for one in chosen:
        groups.setdefault(one.row.split()[0], []).append(one)
    with ProcessPoolExecutor(WORKERS) as pool:
        for group, answers in zip(groups.values(), pool.map(_measured, groups.values()), strict=True):
            for one, got in zip(group, answers, strict=True):
                known[one.row] = dict(zip(COLUMNS, line_of(one, got), strict=True))
                print("holds" if got.holds(one.direction) else "FAILS", *line_of(one, got), flush=True)
    with RESULTS.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(known[one.row] for one in EXPERIMENTS if one.row in known)


def _measured(group: list[Experiment]) -> list[Effect]:
    return [measure(one) for one in group]


def line_of(one: Experiment, got: Effect) -> tuple[str, ...]:
    """A line of the table of results."""
    numbers = (f"{number:.4g}" for number in (got.base, got.difference, got.low, got.high))
    return (one.row, one.quantity, f"{one.direction:+d}", *numbers, str(got.pairs),
            "yes" if got.holds(one.direction) else "no", written(got.first))


if __name__ == "__main__":
    main(sys.argv[1:])
