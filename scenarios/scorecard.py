"""Replicates of a scenario that declares a scorecard: the value of each of its indicators in every year.

Source: F11, G8.
"""

from typing import NamedTuple

import numpy as np

from alliancelab.model.regional.indicators import INDICATORS
from alliancelab.model.setup import QUARTERS_A_YEAR
from alliancelab.model.simulation import simulate
from alliancelab.scenarios.errors import ScenarioError
from alliancelab.scenarios.regional import Aim, aims
from alliancelab.scenarios.runner import Progress, spread
from alliancelab.scenarios.scenario import LARGEST_SEED, Scenario

__all__ = ["Scores", "score"]


class Scores(NamedTuple):
    """Indicators over replicates.

    Attributes
    ----------
    aims : tuple of Aim
        Lines of the scorecard.
    indicators : tuple of str
        First axis of `values`, each once.
    years : ndarray of int64
        Second axis: the base year, the last of the warm-up, and all full years after it.
    seeds : ndarray of int64
        Third axis.
    values : ndarray of float64, shape (indicators, years, replicates)
        NaN where a run gives no answer.
    """

    aims: tuple[Aim, ...]
    indicators: tuple[str, ...]
    years: np.ndarray
    seeds: np.ndarray
    values: np.ndarray


def score(
    scenario: Scenario,
    replicates: int,
    first_seed: int = 0,
    workers: int | None = None,
    progress: Progress | None = None,
) -> Scores:
    """Run a scenario on seeds ``first_seed``, ``first_seed + 1``, ... and read its indicators year by year.

    Raises
    ------
    ScenarioError
        When it declares no scorecard, or a number makes no sense.
    """
    lines = tuple(aims(scenario.scorecard))
    if not lines:
        raise ScenarioError(f"{scenario.name}: it declares no [scorecard]; run dongying or county_bureau, "
                            "or name indicators with their targets in the scenario")
    if replicates < 1:
        raise ScenarioError(f"replicates is {replicates} and has to be at least 1")
    if workers is not None and workers < 1:
        raise ScenarioError(f"workers is {workers} and has to be at least 1")
    if not 0 <= first_seed <= LARGEST_SEED - replicates:
        raise ScenarioError(f"the seed {first_seed} has to be a whole number from 0 to {LARGEST_SEED - replicates}")
    names = tuple(dict.fromkeys(line.indicator for line in lines))
    world = scenario.world
    after = (world["quarters"] - world["warm_up"]) // QUARTERS_A_YEAR
    years = world["start_year"] + np.arange(-1, after)
    for line in lines:
        if line.year is not None and not years[0] < line.year <= years[-1]:
            raise ScenarioError(f"{scenario.name}: scorecard.{line.indicator} has a target for {line.year}; "
                                f"the run has the full years {years[1] if after else 'none'} to {years[-1]}")
    values = np.full((len(names), len(years), replicates), np.nan)

    def one(place: tuple[int, int]) -> None:
        run = simulate(scenario.setup(first_seed + place[1]), record=False)
        for i, name in enumerate(names):
            for j, year in enumerate(years.tolist()):
                values[i, j, place[1]] = INDICATORS[name].value(run, year)

    spread(one, [(0, k) for k in range(replicates)], workers, progress)
    return Scores(lines, names, years, first_seed + np.arange(replicates), values)
