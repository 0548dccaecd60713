"""Runs experiments: paired differences on common random numbers with 99 % intervals."""

from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np

from alliancelab.analysis.statistics.intervals import paired_difference
from alliancelab.model.simulation import Recording, simulate
from alliancelab.scenarios.scenario import load
from tests.mechanisms.experiments import Changes, Experiment
from tests.mechanisms.quantities import QUANTITIES, RESCUE_QUANTITIES, Rescue, first_rescues_of

__all__ = [
    "COLUMNS", "FEW", "RESULTS", "Effect", "forget", "measure", "pairs_of", "per_case", "recording", "value", "written",
]

LEVEL = 0.99
FIRST_SEED = 70_000
RESULTS = Path(__file__).with_name("measured.csv")
COLUMNS = ("row", "quantity", "direction", "base", "difference", "low", "high", "pairs", "holds", "first")
FEW = 3  # pairs that tell whether the whole was measured on this code


class Effect(NamedTuple):
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


@cache
def _rescues(changes: tuple[tuple[str, object], ...], k: int) -> list[Rescue]:
    return first_rescues_of(recording(dict(changes), k))


def value(name: str, changes: Changes, k: int) -> float | np.ndarray:
    """A quantity in the k-th replicate: a number, or a sum and a count of cases."""
    if name in RESCUE_QUANTITIES:
        return RESCUE_QUANTITIES[name](_rescues(tuple(sorted(changes.items())), k))
    return QUANTITIES[name](recording(changes, k))


def pairs_of(experiment: Experiment, pairs: int) -> np.ndarray:
    """The quantity under the base and under the change, shape (2, pairs), or (2, pairs, 2) for sums and counts."""
    changed = {**experiment.base, **experiment.changed}
    before = experiment.against or experiment.quantity
    return np.array([[value(before, experiment.base, k) for k in range(pairs)],
                     [value(experiment.quantity, changed, k) for k in range(pairs)]])


def per_case(cases: np.ndarray) -> np.ndarray:
    """Values of replicates whose mean is the mean over all cases, and whose spread is that of this ratio.

    Many replicates hold few cases of a kind or none; a mean of their means would weigh those with one like those with
    ten. Linearisation of a ratio of sums: W. G. Cochran, Sampling Techniques (1977), chapter 6.

    Parameters
    ----------
    cases : array, shape (replicates, 2)
        Sum over the cases of a replicate, and their number.
    """
    total, count = cases.T
    ratio = total.sum() / count.sum()
    return ratio + (total - ratio * count) / count.mean()


def measure(experiment: Experiment) -> Effect:
    """Run one experiment."""
    found = pairs_of(experiment, experiment.replicates)
    base, other = (per_case(one) for one in found) if found.ndim == 3 else found
    paired = paired_difference(other, base, LEVEL)
    return Effect(float(np.nanmean(base)), float(paired.difference), float(paired.low), float(paired.high),
                            int(paired.n), found[:, :FEW].ravel())


def written(first: np.ndarray) -> str:
    """Values of the first pairs as the table keeps them: compiled powers differ in the last digit between platforms."""
    return " ".join(f"{value:.8g}" for value in first)
