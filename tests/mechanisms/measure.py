"""Runs experiments: paired differences on common random numbers with 99 % intervals."""

from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np

from alliancelab.analysis.statistics.intervals import paired_difference
from alliancelab.model.simulation import Recording, simulate
from alliancelab.scenarios.scenario import load
from tests.mechanisms.experiments import Changes, Experiment
from tests.mechanisms.quantities import QUANTITIES, Quantity

__all__ = ["COLUMNS", "RESULTS", "SimulatedMoments", "measure", "recording"]

LEVEL = 0.99
FIRST_SEED = 70_000
RESULTS = Path(__file__).with_name("measured.csv")
COLUMNS = ("row", "quantity", "direction", "base", "difference", "low", "high", "pairs", "holds")


class SimulatedMoments(NamedTuple):
    """What an experiment gave: mean under the base, mean paired difference with its 99 % interval."""

    base: float
    difference: float
    low: float
    high: float
    pairs: int

    def holds(self, direction: int) -> bool:
        """Whether the interval lies on the right side of zero."""
        return self.low > 0.0 if direction > 0 else self.high < 0.0


@lru_cache(maxsize=250)
def _run(changes: tuple[tuple[str, object], ...], seed: int) -> Recording:
    return simulate(load("no_policy", dict(changes)).setup(seed))


def recording(changes: Changes, k: int) -> Recording:
    """Recording of the k-th replicate of ``no_policy`` with changes."""
    return _run(tuple(sorted(changes.items())), FIRST_SEED + k)


def values(changes: Changes, quantity: Quantity, replicates: int) -> np.ndarray:
    """A quantity in each replicate of a scenario, shape (replicates,)."""
    return np.array([quantity(recording(changes, k)) for k in range(replicates)])


def measure(experiment: Experiment) -> SimulatedMoments:
    """Run one experiment."""
    base = values(experiment.base, QUANTITIES[experiment.against or experiment.quantity], experiment.replicates)
    changed = {**experiment.base, **experiment.changed}
    other = values(changed, QUANTITIES[experiment.quantity], experiment.replicates)
    paired = paired_difference(other, base, LEVEL)
    return SimulatedMoments(float(np.nanmean(base)), float(paired.difference), float(paired.low), float(paired.high),
                    int(paired.n))
