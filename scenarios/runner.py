"""Runs of scenarios: one, or replicates of several on common random numbers, with budgets made equal on request.

Source: H3.
"""

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from queue import SimpleQueue
from typing import NamedTuple

import numpy as np

from alliancelab.agents.errors import ScenarioError, UserError
from alliancelab.agents.own_rules import OwnRules
from alliancelab.model.accounts import FLOWS
from alliancelab.model.outcomes import OUTCOMES, Outcome, outcomes_of
from alliancelab.model.simulation import Recording, simulate
from alliancelab.model.tables import AGE_LIMIT, AGES, CURVES, table_type
from alliancelab.scenarios import travel  # noqa: F401  # results of runs hold outcomes
from alliancelab.scenarios.checks import check_count, check_seed, check_workers, is_number
from alliancelab.scenarios.kept_runs import KeptRuns
from alliancelab.scenarios.regional_outcomes import outcomes_for
from alliancelab.scenarios.replicates import Replicates
from alliancelab.scenarios.scenario import Scenario
from alliancelab.scenarios.schema import short

__all__ = ["Budget", "check_names", "declared_with", "equal_budget", "record", "replicate", "run_in_threads", "run_one"]

Progress = Callable[[int, int], None]
TOLERANCE = 0.01  # of the outlay aimed at, at which the search ends
LARGEST_MISS = 0.05  # of the outlay aimed at, beyond which budgets are not equal
TRIALS = 14  # evaluations of one scenario at most: enough to halve a factor to 1e-4
LARGEST_FACTOR = 16.0


class Budget(NamedTuple):
    """What `equal_budget` did to one scenario; money is the mean outlay of a run, million yuan.

    Attributes
    ----------
    name : str
    factor : float
        On the budget of every instrument; 1 for a scenario that spends nothing.
    outlay : float
        Before.
    achieved : float
        With the factor.
    target : float
        Outlay aimed at; NaN for a scenario that spends nothing.
    """

    name: str
    factor: float
    outlay: float
    achieved: float
    target: float


def run_one(scenario: Scenario, seed: int, rules: OwnRules | None = None) -> Recording:
    """Run one scenario once, everything recorded."""
    return simulate(scenario.setup(seed), record=True, rules=rules)


def declared_with(outcomes: Sequence[Outcome], scenarios: Sequence[Scenario] = ()) -> tuple[Outcome, ...]:
    """The declared outcomes, for regions those of their scorecards, too, and a researcher's own.

    Raises
    ------
    UserError
        When two share a name.
    """
    declared = (*outcomes_for(scenarios), *outcomes)
    names = [outcome.name for outcome in declared]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise UserError(f"two outcomes are called '{twice[0]}'; give each its own name")
    return declared


def has_own(declared: Sequence[Outcome], scenarios: Sequence[Scenario]) -> bool:
    """Whether there are outcomes of a researcher's own, which may read the panel, events and members of a run."""
    return len(declared) > len(outcomes_for(scenarios))


def replicate(
    scenarios: Sequence[Scenario],
    replicates: int,
    first_seed: int = 0,
    workers: int | None = None,
    progress: Progress | None = None,
    declared: Sequence[Outcome] = OUTCOMES,
    rules: OwnRules | None = None,
    kept: KeptRuns | None = None,
) -> Replicates:
    """Run scenarios on common random numbers: replicate k has seed ``first_seed + k`` in each of them.

    Source: H3.

    Parameters
    ----------
    scenarios : sequence of Scenario
        At least one, with different names.
    replicates : int
        Runs of each.
    workers : int, optional
        Threads; as many as there are cores by default. Their number changes no bit of the result.
    progress : callable, optional
        Called with the number of runs done and of all runs.
    declared : sequence of Outcome
        What to judge runs by.
    rules : OwnRules, optional
        A researcher's own rules.
    kept : KeptRuns, optional
        Where runs are kept as they are done; those that are there already are taken from it.

    Raises
    ------
    ScenarioError
        When there is nothing to run or two scenarios share a name.
    StoreError
        When a run cannot be kept.
    """
    _check(scenarios, replicates, first_seed, workers)
    count, record = len(scenarios), has_own(declared, scenarios)
    results = Replicates(
        names=tuple(scenario.name for scenario in scenarios),
        declared=tuple(declared),
        seeds=first_seed + np.arange(replicates),
        outcomes=np.empty((count, replicates, len(declared))),
        ages=np.zeros((count, replicates, AGE_LIMIT), table_type(AGES)),
        curves=tuple(np.zeros((replicates, s.world["quarters"]), table_type(CURVES)) for s in scenarios),
        flows=np.empty((count, replicates, len(FLOWS))),
    )

    def arrays(s: int, k: int) -> tuple[np.ndarray, ...]:
        return results.outcomes[s, k], results.ages[s, k], results.curves[s][k], results.flows[s, k]

    def one(place: tuple[int, int]) -> None:
        s, k = place
        recording = simulate(scenarios[s].setup(first_seed + k), record=record, rules=rules)
        results.outcomes[s, k] = outcomes_of(recording, declared)
        results.ages[s, k] = recording.ages
        results.curves[s][k] = recording.curves
        results.flows[s, k] = recording.ledger[scenarios[s].world["warm_up"]:].sum(axis=0)
        if kept is not None:
            kept.add(s, first_seed + k, arrays(s, k))

    done = set() if kept is None else kept.take(arrays, first_seed, replicates)
    # Replicate by replicate, so that an interrupted or watched run has all scenarios equally far.
    places = [(s, k) for k in range(replicates) for s in range(count)]
    run_in_threads(one, [place for place in places if place not in done], workers, progress)
    return results


def record(
    scenarios: Sequence[Scenario],
    replicates: int,
    first_seed: int = 0,
    workers: int | None = None,
    progress: Progress | None = None,
) -> tuple[tuple[Recording, ...], ...]:
    """Run scenarios as `replicate` does and keep whole recordings, one tuple a scenario, in the order of the seeds.

    For what looks at single alliances. A recording of the standard world takes 1.5 megabytes, sixty times what
    `replicate` keeps of a run. Arguments and errors as in `replicate`.
    """
    _check(scenarios, replicates, first_seed, workers)
    kept: dict[tuple[int, int], Recording] = {}

    def one(place: tuple[int, int]) -> None:
        s, k = place
        recording = simulate(scenarios[s].setup(first_seed + k), record=True)
        # Tables are cut from larger ones that grew with the run; copies let these go.
        kept[place] = recording._replace(**{name: getattr(recording, name).copy() for name in _CUT})

    run_in_threads(one, [(s, k) for k in range(replicates) for s in range(len(scenarios))], workers, progress)
    return tuple(tuple(kept[s, k] for k in range(replicates)) for s in range(len(scenarios)))


def _check(scenarios: Sequence[Scenario], replicates: int, first_seed: int, workers: int | None) -> None:
    check_names(scenarios)
    check_count("replicates", replicates)
    check_workers(workers)
    check_seed(first_seed, replicates)


def check_names(scenarios: Sequence[Scenario]) -> None:
    """Refuse to run nothing, or two scenarios of one name."""
    names = [scenario.name for scenario in scenarios]
    if not names:
        raise ScenarioError("there is no scenario to run; name at least one")
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ScenarioError(f"two scenarios are called '{twice[0]}'; give each a name of its own: that of its file, or "
                            "as a dictionary its title")


def run_in_threads(
    task: Callable[[tuple[int, int]], None],
    places: list[tuple[int, int]],
    workers: int | None,
    progress: Progress | None,
) -> None:
    """Do a task for every place on threads; the compiled engine releases the interpreter lock."""
    if not places:
        return
    task(places[0])  # alone, so that a first compilation happens once
    if progress:
        progress(1, len(places))
    # Threads take places one by one instead of each being a future: while a hundred thousand futures are handed out or
    # waited for, their locks are held one after the other, and a Ctrl-C among them left the threads waiting for ever.
    left, done = iter(places[1:]), SimpleQueue[BaseException | None]()

    def work() -> None:
        for place in left:
            try:
                task(place)
            except BaseException as error:
                done.put(error)
                return
            done.put(None)

    threads = workers or os.cpu_count() or 1
    with ThreadPoolExecutor(threads) as pool:
        try:
            for _ in range(threads):
                pool.submit(work)
            for number in range(2, len(places) + 1):
                if error := done.get():
                    raise error
                if progress:
                    progress(number, len(places))
        finally:
            for _ in left:  # what is on ends, and nothing else begins
                pass


# --- equal budgets -------------------------------------------------------------------------------------------------


def equal_budget(
    scenarios: Sequence[Scenario],
    amount: float | None = None,
    replicates: int = 20,
    first_seed: int = 0,
    workers: int | None = None,
    progress: Progress | None = None,
    rules: OwnRules | None = None,
) -> tuple[list[Scenario], list[Budget]]:
    """Scale budgets until all scenarios that spend have the same mean outlay.

    Source: H3.

    Parameters
    ----------
    amount : float, optional
        Outlay of a run to aim at, million yuan; by default the smallest among the scenarios that spend.
    replicates : int
        Runs of the pilot block on which the outlay is measured.

    Returns
    -------
    scenarios : list of Scenario
        With scaled budgets; those that spend nothing are as they were.
    budgets : list of Budget
        What was aimed at and what was achieved.

    Raises
    ------
    ScenarioError
        When `amount` is not positive and finite, or a scenario that has budgets comes no nearer than a twentieth to
        the aim: grants come in whole ones, and an instrument whose need ends before its budget does spends no more.
    """
    if amount is not None and not (is_number(amount) and 0.0 < amount < np.inf):
        raise ScenarioError(f"the budget {short(amount)} has to be a positive number of million yuan")
    _check(scenarios, replicates, first_seed, workers)

    def outlay(scenario: Scenario, factor: float) -> float:
        scaled = [scenario.with_budgets_times(factor)]
        block = replicate(scaled, replicates, first_seed, workers, rules=rules)
        return float(block.flows[0][:, _PAID].sum(axis=1).mean())

    before = [outlay(scenario, 1.0) if scenario.spends else 0.0 for scenario in scenarios]
    for scenario, money in zip(scenarios, before, strict=True):
        if scenario.spends and money == 0.0:
            raise ScenarioError(f"budgets cannot be made equal: '{scenario.name}' has budgets and pays nothing from "
                                "them; leave it out, or see what its instruments lack")
    target = min((money for money in before if money > 0.0), default=0.0) if amount is None else amount

    scaled, budgets = [], []
    for done, (scenario, money) in enumerate(zip(scenarios, before, strict=True), start=1):
        if money > 0.0:
            factor, achieved = _solve(lambda f, s=scenario: outlay(s, f), money, target)  # type: ignore[misc]
            budgets.append(Budget(scenario.name, factor, money, achieved, target))
            scaled.append(scenario.with_budgets_times(factor))
        else:
            budgets.append(Budget(scenario.name, 1.0, 0.0, 0.0, np.nan))
            scaled.append(scenario)
        if progress:
            progress(done, len(scenarios))
    missed = [line for line in budgets if abs(line.achieved - line.target) > LARGEST_MISS * line.target]
    if missed:
        nearest = ", ".join(f"'{line.name}' {_money(line.achieved)}" for line in missed)
        raise ScenarioError(f"budgets cannot be made equal at {_money(target)} million yuan a run within "
                            f"{LARGEST_MISS:.0%}: the nearest outlays are {nearest}; aim at such a one (--budget), or "
                            "measure on more replicates")
    return scaled, budgets


def _money(millions: float) -> str:
    """An outlay to aim at: with one decimal place, and what is below one with two figures."""
    return f"{millions:,.1f}" if millions >= 1.0 else f"{millions:.2g}"


_CUT = ("alliances", "projects", "lines", "panel", "events", "members", "project_members")
"""Tables of a recording that are cut from larger ones."""
_PAID = [i for i, flow in enumerate(FLOWS) if flow.instrument]


def _solve(outlay: Callable[[float], float], at_one: float, target: float) -> tuple[float, float]:
    """Factor at which the outlay is nearest its target, and that outlay: doubling, then secants inside a bracket."""
    tried = {0.0: 0.0, 1.0: at_one}
    while max(tried.values()) < target * (1.0 - TOLERANCE) and max(tried) < LARGEST_FACTOR:
        factor = 2.0 * max(tried)
        tried[factor] = outlay(factor)
    for trial in range(TRIALS):
        best = _nearest(tried, target)
        if abs(tried[best] - target) <= TOLERANCE * target or max(tried.values()) < target:
            break
        above = min(f for f, money in tried.items() if money >= target)
        below = max(f for f, money in tried.items() if money < target and f < above)
        slope = (tried[above] - tried[below]) / (above - below)
        secant = below + (target - tried[below]) / slope
        # Every third trial halves the bracket: outlay is flat where a budget does not bind, and secants creep there.
        factor = 0.5 * (below + above) if trial % 3 == 2 else secant
        tried[factor] = outlay(factor)
    best = _nearest(tried, target)
    return best, tried[best]


def _nearest(tried: dict[float, float], target: float) -> float:
    return min(tried, key=lambda factor: (abs(tried[factor] - target), abs(factor - 1.0)))

