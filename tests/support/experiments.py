"""Paired experiments on common random numbers, shared by the tests of mechanisms and patterns."""

from functools import cache, lru_cache

import numpy as np
from scipy import stats

from alliancelab.model.outcomes import OUTCOMES
from alliancelab.model.simulation import Recording
from alliancelab.scenarios.runner import replicate, run_one
from alliancelab.scenarios.scenario import load

REPLICATES = 40
_NAMES = [outcome.name for outcome in OUTCOMES]


@cache
def _outcomes(scenario: str, changes: tuple, replicates: int) -> np.ndarray:
    return replicate([load(scenario, overrides=dict(changes))], replicates).outcomes[0]


def outcome(name: str, scenario: str = "no_policy", replicates: int = REPLICATES, **changes: float) -> np.ndarray:
    """An outcome of each replicate; `changes` name levers as instrument__lever, parameters as parameters__name."""
    dotted = tuple(sorted((key.replace("__", "."), value) for key, value in changes.items()))
    return _outcomes(scenario, dotted, replicates)[:, _NAMES.index(name)]


def interval(values: np.ndarray, confidence: float = 0.95) -> tuple[float, float]:
    """Interval of the mean from Student's t, replicates without an answer left out."""
    values = values[~np.isnan(values)]
    half = stats.t.ppf(0.5 + confidence / 2, len(values) - 1) * values.std(ddof=1) / np.sqrt(len(values))
    return values.mean() - half, values.mean() + half


def difference(name: str, before: dict, after: dict, replicates: int = REPLICATES) -> tuple[float, float]:
    """99 % interval of the paired difference `after` less `before` in an outcome; prints it."""
    low, high = interval(
        outcome(name, replicates=replicates, **after) - outcome(name, replicates=replicates, **before), 0.99
    )
    print(f"{name}: {before} -> {after}: [{low:.4g}, {high:.4g}]")
    return low, high


def raises(name: str, before: dict, after: dict, replicates: int = REPLICATES) -> bool:
    """Whether the whole 99 % interval of the paired difference lies above zero."""
    return difference(name, before, after, replicates)[0] > 0


def lowers(name: str, before: dict, after: dict, replicates: int = REPLICATES) -> bool:
    """Whether the whole 99 % interval of the paired difference lies below zero."""
    return difference(name, before, after, replicates)[1] < 0


@lru_cache(maxsize=6)  # a whole recording takes 1.5 megabytes
def _recordings(scenario: str, changes: tuple, replicates: int) -> tuple[Recording, ...]:
    chosen = load(scenario, overrides=dict(changes))
    return tuple(run_one(chosen, seed) for seed in range(replicates))


def recordings(scenario: str = "no_policy", replicates: int = 12, **changes: float) -> tuple[Recording, ...]:
    """Whole recordings of the first seeds."""
    dotted = tuple(sorted((key.replace("__", "."), value) for key, value in changes.items()))
    return _recordings(scenario, dotted, replicates)


def panel(runs: tuple[Recording, ...]) -> np.ndarray:
    """All panels of some runs in one table."""
    return np.concatenate([run.panel for run in runs])


def founded(runs: tuple[Recording, ...]) -> np.ndarray:
    """All alliances founded after the warm-up in some runs."""
    return np.concatenate([run.alliances[run.alliances["founded"] >= run.setup.sizes["warm_up"]] for run in runs])
