"""One short run of every scenario of the library, with one seed: every outcome, as text."""

import csv
from pathlib import Path

import alliancelab as al
from alliancelab.scenarios.layers import library_names

__all__ = ["FILE", "SEED", "measured", "written"]

FILE = Path(__file__).parent / "summaries.csv"
SEED = 7
NATIONAL = {"world.firms": 120, "world.sectors": 2, "world.quarters": 72, "world.warm_up": 24}


def measured() -> dict[tuple[str, str], str]:
    """Every outcome by scenario and name, with twelve figures."""
    found = {}
    for name in library_names():
        changes = NATIONAL if al.load(name).region is None else _shorter(name)
        outcomes = al.run(name, seed=SEED, overrides=changes).outcomes
        found |= {(name, str(outcome)): f"{value:.12g}" for outcome, value in outcomes.items()}
    return found


def _shorter(name: str) -> dict[str, int]:
    """A region for eight quarters after its warm-up."""
    return {"world.quarters": int(al.load(name).world["warm_up"]) + 8}


def written() -> dict[tuple[str, str], str]:
    """What the file holds."""
    with FILE.open(encoding="utf-8", newline="") as lines:
        return {(row["scenario"], row["outcome"]): row["value"] for row in csv.DictReader(lines)}
