"""Runs experiments: paired differences on common random numbers with 99 % intervals."""

from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np

from alliancelab.analysis.statistics.intervals import paired_difference
from alliancelab.model.simulation import Recording, simulate
from alliancelab.scenarios.scenario import load
from tests.mechanisms.experiments import Changes, Experiment
from tests.mechanisms.quantities import QUANTITIES

__all__ = ["COLUMNS", "FEW", "RESULTS", "SimulatedMoments", "forget", "measure", "pairs_of", "recording", "written"]

LEVEL = 0.99
FIRST_SEED = 70_000
RESULTS = Path(__file__).with_name("measured.csv")
COLUMNS = ("row", "quantity", "direction", "base", "difference", "low", "high", "pairs", "holds", "first")
FEW = 3  # pairs that tell whether the whole was measured on this code


class SimulatedMoments(NamedTuple):
    """What an experiment gave: mean under the base, mean paired difference with its 99 % interval.

    `first` holds the values of the first `FEW` pairs, base before changed.
    """

    base: float
    difference: float
    low: float
    high: float
    pairs: int
    first: np.ndarray

    def holds(self, direction: int) -> bool:
        """Whether the interval lies on the right side of zero."""
        return self.low > 0.0 if direction > 0 else self.high < 0.0


@lru_cache(maxsize=250)
def _run(changes: tuple[tuple[str, object], ...], seed: int) -> Recording:
    return simulate(load("no_policy", dict(changes)).setup(seed))


def forget() -> None:
    """Drop the recordings that are kept, of some twenty megabytes each."""
    _run.cache_clear()


def recording(changes: Changes, k: int) -> Recording:
    """Recording of the k-th replicate of ``no_policy`` with changes."""
    return _run(tuple(sorted(changes.items())), FIRST_SEED + k)


def pairs_of(experiment: Experiment, pairs: int) -> np.ndarray:
    """The quantity under the base and under the change, shape (2, pairs)."""
    changed = {**experiment.base, **experiment.changed}
    before, after = QUANTITIES[experiment.against or experiment.quantity], QUANTITIES[experiment.quantity]
    found = [(before(recording(experiment.base, k)), after(recording(changed, k))) for k in range(pairs)]
    return np.array(found).T


def measure(experiment: Experiment) -> SimulatedMoments:
    """Run one experiment."""
    base, other = pairs_of(experiment, experiment.replicates)
    paired = paired_difference(other, base, LEVEL)
    return SimulatedMoments(float(np.nanmean(base)), float(paired.difference), float(paired.low), float(paired.high),
                            int(paired.n), np.concatenate([base[:FEW], other[:FEW]]))


def written(first: np.ndarray) -> str:
    """Values of the first pairs as the table keeps them: compiled powers differ in the last digit between platforms."""
    return " ".join(f"{value:.8g}" for value in first)
