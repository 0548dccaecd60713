"""What replicates of scenarios leave: outcomes, sums by age, curves and flows of money."""

from typing import NamedTuple

import numpy as np

from alliancelab.model.outcomes import Outcome

__all__ = ["Replicates"]


class Replicates(NamedTuple):
    """Results of several scenarios on the same seeds.

    Attributes
    ----------
    names : tuple of str
        Scenario names, the first axis of all that follows.
    declared : tuple of Outcome
        What each outcome is, the last axis of `outcomes`.
    seeds : ndarray of int64, shape (replicates,)
    outcomes : ndarray of float64, shape (scenarios, replicates, declared)
    ages : ndarray of record, shape (scenarios, replicates, AGE_LIMIT)
        Sums over alliances by quarter of age, columns `AGES`.
    curves : tuple of ndarray of record, each of shape (replicates, quarters)
        Calendar curves, columns `CURVES`; one array per scenario, as lengths may differ.
    flows : ndarray of float64, shape (scenarios, replicates, flows)
        Million yuan after the warm-up, by flow of `FLOWS`.
    """

    names: tuple[str, ...]
    declared: tuple[Outcome, ...]
    seeds: np.ndarray
    outcomes: np.ndarray
    ages: np.ndarray
    curves: tuple[np.ndarray, ...]
    flows: np.ndarray
