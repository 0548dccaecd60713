"""What common random numbers save: variance of differences under independent seeds over that of paired ones."""

import numpy as np

from alliancelab.analysis.statistics.intervals import paired_difference
from alliancelab.model.outcomes import OUTCOMES
from alliancelab.scenarios.runner import replicate
from alliancelab.scenarios.scenario import load
from benchmarks.rows import Row

__all__ = ["MAIN", "luck"]

MAIN = ("founded", "living", "vitality", "patents", "products", "adoptions", "productivity", "revenue", "effort")
"""Outcomes held to the floor: those that a policy is judged by in the first place."""

_ARMS = ("formation_only", "stage_matched")


def luck(replicates: int = 200) -> list[Row]:
    """Reduction for every outcome, of two policies against none; the smaller of the two."""
    results = replicate([load(name) for name in ("no_policy", *_ARMS)], replicates)
    values = np.moveaxis(results.outcomes, 1, -1)
    with np.errstate(invalid="ignore"):
        found = np.array([paired_difference(values[arm], values[0]).variance_reduction for arm in (1, 2)])
    rows = []
    for k, outcome in enumerate(OUTCOMES):
        both = found[:, k][np.isfinite(found[:, k])]
        if len(both):
            rows.append(Row("luck", outcome.title, float(both.min()), "times",
                            ", ".join(f"{a} {v:.1f}" for a, v in zip(_ARMS, found[:, k], strict=True)),
                            ">= 3" if outcome.name in MAIN else ""))
    return rows
