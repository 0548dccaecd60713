"""Replicates of a scenario that declares a scorecard: each of its indicators in every year, with the plan and without.

Source: F11, G8.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import NamedTuple

import numpy as np

from alliancelab.agents.errors import ScenarioError
from alliancelab.model.outcomes import Outcome, outcomes_of
from alliancelab.model.policy.own import known_instruments
from alliancelab.model.regional.indicators import Value
from alliancelab.model.setup import QUARTERS_A_YEAR, Setup
from alliancelab.model.simulation import Recording, simulate
from alliancelab.scenarios.base_figures import check_starts
from alliancelab.scenarios.calendar import most
from alliancelab.scenarios.checks import check_count, check_seed, check_workers
from alliancelab.scenarios.own_indicators import indicators_of
from alliancelab.scenarios.regional import Aim, aims, numbers, set_by, starts
from alliancelab.scenarios.runner import Progress, run_in_threads
from alliancelab.scenarios.scenario import Scenario

__all__ = ["PROBES", "Line", "Scores", "check_scorecard", "kept", "lines_of", "plan_and_kept", "pushed", "runs_of",
           "score", "years_of"]

SAME = 1e-6  # relative: figures that are nearer than this are one
PROBES = 8  # replicates at most that tell which lines no lever of the plan moves


class Scores(NamedTuple):
    """Indicators over replicates, on common random numbers.

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
        With the plan; NaN where a run gives no answer.
    kept : ndarray of float64, shape (indicators, years, replicates)
        With the policy of the base year kept.
    pushed : ndarray of float64, shape (indicators, years, probes)
        With every lever of the plan's instruments at its upper bound, on the first seeds.
    """

    aims: tuple[Aim, ...]
    indicators: tuple[str, ...]
    years: np.ndarray
    seeds: np.ndarray
    values: np.ndarray
    kept: np.ndarray
    pushed: np.ndarray


def runs_of(replicates: int) -> int:
    """Runs that a scorecard over so many replicates takes: with the plan, without it, and with every lever pushed."""
    return 2 * replicates + min(replicates, PROBES)


def years_of(scenario: Scenario) -> np.ndarray:
    """Base year, the last of the warm-up, and all full years after it."""
    world = scenario.world
    return world["start_year"] + np.arange(-1, (world["quarters"] - world["warm_up"]) // QUARTERS_A_YEAR)


def check_scorecard(scenario: Scenario) -> None:
    """Check that a scorecard can be answered by the run that the scenario describes.

    Raises
    ------
    ScenarioError
        When a target lies outside its years, two figures are one and differ, or starts contradict each other.
    """
    years = years_of(scenario)
    for line in aims(scenario.scorecard):
        if line.year is not None and not years[0] < line.year <= years[-1]:
            has = (f"the run has the full years {years[1]} to {years[-1]}" if len(years) > 1
                   else "the run has no full year after its warm-up")
            raise ScenarioError(f"{scenario.name}: scorecard.{line.indicator} has a target for {line.year}; {has}; "
                                f"take the line out with scorecard.{line.indicator} = false")
    _check_starts(scenario)


def _check_starts(scenario: Scenario) -> None:
    """Starts fit the numbers of the region, of which some are the same figures, and each other."""
    if scenario.region is None:
        return
    given = numbers(scenario.region)
    figures = starts(scenario.scorecard)
    for name, number in set_by(given.get("above_scale", 0.0)).items():
        start, base = figures.get(name, np.nan), given.get(number, 0.0)
        if base > 0 and abs(start - base) > SAME * base:
            raise ScenarioError(f"{scenario.name}: scorecard.{name} starts from {start:g} and region.{number} sets "
                                f"{base:g}; they are one figure, so give both the same or take the line out with "
                                f"scorecard.{name} = false")
    own = scenario.policy.get("county_projects")
    most_own = 0.0 if own is None else most(own.number)  # type: ignore[attr-defined]
    check_starts(scenario.name, figures, given, most_own)


def kept(scenario: Scenario, setup: Setup) -> Setup:
    """The same set-up with the policy of the base year kept: levers stay as they are in its last quarter."""
    first = scenario.world["warm_up"]

    def hold(levers: np.ndarray) -> np.ndarray:
        held = levers.copy()
        held[first:] = levers[max(first - 1, 0)]
        return held

    return _with_levers(setup, hold)


def pushed(scenario: Scenario, setup: Setup) -> Setup:
    """The same set-up with every lever of the plan's instruments at its upper bound after the base year."""
    first = scenario.world["warm_up"]
    chosen = [instrument for instrument in known_instruments() if instrument.name in scenario.policy]

    def push(levers: np.ndarray) -> np.ndarray:
        high = levers.copy()
        for instrument in chosen:
            for lever in instrument.levers:
                name = f"{instrument.name}_{lever.name}"
                if name in (levers.dtype.names or ()):
                    high[name][first:] = lever.high
        return high

    return _with_levers(setup, push)


def _with_levers(setup: Setup, change: Callable[[np.ndarray], np.ndarray]) -> Setup:
    region = setup.region
    own = tuple(one._replace(values=change(one.values)) for one in setup.own)
    return replace(setup, levers=change(setup.levers), own=own,
                   region=None if region is None else region._replace(levers=change(region.levers)))


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
    lines = _aims(scenario)
    check_count("replicates", replicates)
    check_workers(workers)
    check_seed(first_seed, replicates)
    names = tuple(dict.fromkeys(line.indicator for line in lines))
    known = indicators_of(scenario.scorecard)
    years = years_of(scenario)
    values = np.full((3, len(names), len(years), replicates), np.nan)

    def one(place: tuple[int, int]) -> None:
        arm, replicate = place
        setup = scenario.setup(first_seed + replicate)
        setup = (setup, kept(scenario, setup), pushed(scenario, setup))[arm]
        run = simulate(setup, record=False)
        for i, name in enumerate(names):
            for j, year in enumerate(years.tolist()):
                values[arm, i, j, replicate] = known[name].value(run, year)

    probes = min(replicates, PROBES)
    jobs = [(arm, k) for arm, count in enumerate((replicates, replicates, probes)) for k in range(count)]
    run_in_threads(one, jobs, workers, progress)
    seeds = first_seed + np.arange(replicates)
    return Scores(lines, names, years, seeds, values[0], values[1], values[2, ..., :probes])


def _aims(scenario: Scenario) -> tuple[Aim, ...]:
    """Lines of a scorecard, once the run can answer them."""
    lines = tuple(aims(scenario.scorecard))
    if not lines:
        raise ScenarioError(f"{scenario.name}: it declares no [scorecard]; run dongying or county_bureau, "
                            "or name indicators with their targets in the scenario")
    check_scorecard(scenario)
    return lines


# --- in many worlds ------------------------------------------------------------------------------------------------


class Line(NamedTuple):
    """A line of a scorecard as an outcome of a run: an indicator in the year of its target, or in the last year.

    Attributes
    ----------
    aim : Aim
    year : int
    outcome : Outcome
    """

    aim: Aim
    year: int
    outcome: Outcome


def lines_of(scenario: Scenario) -> tuple[Line, ...]:
    """Lines of the scorecard of a scenario as outcomes of a run.

    Raises
    ------
    ScenarioError
        If it declares no scorecard, or a run cannot answer a line.
    """
    known, last = indicators_of(scenario.scorecard), int(years_of(scenario)[-1])
    found = []
    for aim in _aims(scenario):
        year, indicator = last if aim.year is None else aim.year, known[aim.indicator]
        found.append(Line(aim, year, Outcome(
            f"{aim.indicator}_{year}", f"{indicator.title}, in {year}", indicator.unit, indicator.better,
            "A line of the scorecard.", partial(_in_year, indicator.value, year))))
    return tuple(found)


def _in_year(value: Value, year: int, run: Recording) -> float:
    return value(run, year)


def plan_and_kept(scenarios: Sequence[Scenario], seed: int, declared: Sequence[Outcome]) -> np.ndarray:
    """Outcomes of a seed with the policy of the base year kept and with the plan, float64 of shape (2, declared).

    Parameters
    ----------
    scenarios : pair of Scenario
        The same one twice.
    """
    setups = (kept(scenarios[0], scenarios[0].setup(seed)), scenarios[1].setup(seed))
    return np.stack([outcomes_of(simulate(setup, record=False), declared) for setup in setups])
