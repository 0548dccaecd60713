"""Studies from Python: life cycles, counterfactuals and plans of replicates; each runs its scenarios itself."""

import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from alliancelab.agents.errors import UserError, did_you_mean
from alliancelab.analysis.life.curve_fits import SHORTEST
from alliancelab.analysis.results.counterfactual import Counterfactual
from alliancelab.analysis.results.lifecycles import LifeCycles
from alliancelab.analysis.results.replicate_plan import ReplicatePlan
from alliancelab.analysis.statistics.sample_size import Goal
from alliancelab.api import Source, announce_start, labelled
from alliancelab.scenarios import runner, store
from alliancelab.scenarios.regional_outcomes import outcomes_for
from alliancelab.scenarios.scenario import Scenario, load

__all__ = ["counterfactual", "lifecycle", "plan_replicates"]

Progress = Callable[[str, int, int], None]
FEWEST_PILOT_RUNS = 10


def lifecycle(
    scenarios: Sequence[Source],
    replicates: int = 20,
    first_seed: int = 0,
    workers: int | None = None,
    overrides: Mapping[str, Any] | None = None,
    out: str | Path | None = None,
    progress: Progress | None = None,
    announce: Callable[[str], None] | None = None,
    overwrite: bool = False,
) -> LifeCycles:
    """Fitted curves, turning points, survival, stage durations, doors, stage profile and agreement of scenarios.

    Parameters
    ----------
    scenarios : sequence
        As in `run`; hazards of the others are related to the first.
    replicates : int
        Runs of each scenario; replicate k has seed ``first_seed + k``. Whole recordings are kept: 1.5 megabytes a run.
    out : path, optional
        Folder to save tables and figures to.
    overwrite : bool
        Whether earlier results in that folder may be replaced; files of anybody else never are.

    Raises
    ------
    ScenarioError, StoreError, UserError
        When a scenario, a number or the folder is out of range or cannot be used, or there are no alliances to look at.
    """
    resolved = [load(scenario, overrides) for scenario in scenarios]
    _check_out(out, overwrite, scenarios)
    recordings, provenance = _recorded("lifecycle", resolved, replicates, first_seed, workers, progress, announce)
    result = LifeCycles(recordings, resolved, provenance, workers)
    if out is not None:
        result.save(out)
    return result


def counterfactual(
    base: Source,
    scenario: Source,
    replicates: int = 20,
    first_seed: int = 0,
    workers: int | None = None,
    overrides: Mapping[str, Any] | None = None,
    out: str | Path | None = None,
    progress: Progress | None = None,
    announce: Callable[[str], None] | None = None,
    overwrite: bool = False,
) -> Counterfactual:
    """What a scenario did to the same alliances and firms as in a base; arguments as in `lifecycle`.

    The base should lack one policy only: ``full_chain_without_pilot_selection`` for the pilots of ``full_chain``.

    Raises
    ------
    ScenarioError, StoreError, UserError
        When a scenario, a number or the folder is out of range or cannot be used, or there are no alliances to look at.
    """
    resolved = [load(source, overrides) for source in (base, scenario)]
    worlds = [one.world for one in resolved]
    unlike = [key for key in worlds[0] if worlds[0][key] != worlds[1][key]]
    if unlike:
        raise UserError(f"{resolved[0].name} and {resolved[1].name} differ in world.{unlike[0]}; the same alliance is "
                        "only found in equal worlds")
    _check_out(out, overwrite, [base, scenario])
    recordings, provenance = _recorded("counterfactual", resolved, replicates, first_seed, workers, progress, announce)
    without, with_ = recordings
    result = Counterfactual(without, with_, resolved, provenance)
    if out is not None:
        result.save(out)
    return result


def plan_replicates(
    scenarios: Sequence[Source],
    outcomes: Sequence[str] = (),
    goal: Goal | None = None,
    pilot: int = 100,
    first_seed: int = 0,
    workers: int | None = None,
    overrides: Mapping[str, Any] | None = None,
    progress: Progress | None = None,
    announce: Callable[[str], None] | None = None,
) -> ReplicatePlan:
    """How many replicates outcomes need, from a pilot block of runs.

    Parameters
    ----------
    scenarios : sequence
        One, or a baseline and a scenario for the paired difference.
    outcomes : sequence of str
        Names of declared outcomes; all by default.
    goal : Goal, optional
        Half-width, level and power aimed at.
    pilot : int
        Runs of each scenario to plan from.

    Raises
    ------
    ScenarioError, UserError
        If a scenario or name is unknown or a number out of range.
    """
    goal = goal or Goal()
    resolved = [load(scenario, overrides) for scenario in scenarios]
    _check_plan(resolved, outcomes, goal, pilot)
    declared = [o for o in outcomes_for(resolved) if not outcomes or o.name in outcomes]
    started = announce_start(announce)
    results = runner.replicate(resolved, pilot, first_seed, workers, labelled(progress, "runs"), declared)
    seconds = time.perf_counter() - started
    origin = store.provenance("replicates", resolved, results.seeds.tolist(), seconds)
    return ReplicatePlan(results.outcomes, resolved, declared, goal, origin)


def _check_plan(scenarios: Sequence[Scenario], outcomes: Sequence[str], goal: Goal, pilot: int) -> None:
    known = [outcome.name for outcome in outcomes_for(scenarios)]
    unknown = [name for name in outcomes if name not in known]
    if unknown:
        raise UserError(f"no outcome '{unknown[0]}'; {did_you_mean(unknown[0], known)}")
    if not 1 <= len(scenarios) <= 2:
        raise UserError(f"a plan is for one scenario or for two to be compared, not {len(scenarios)}")
    if pilot < FEWEST_PILOT_RUNS:
        raise UserError(f"the pilot block is {pilot} runs and has to be at least {FEWEST_PILOT_RUNS}")
    if goal.half_width is not None and not outcomes:
        raise UserError("a half-width is in an outcome's own unit; name the outcome with it")
    for name in ("half_width", "relative"):
        value = getattr(goal, name)
        if value is not None and not 0.0 < value < np.inf:
            raise UserError(f"{name.replace('_', '-')} is {value:g} and has to be a positive number")
    for name in ("alpha", "power"):
        if not 0.0 < getattr(goal, name) < 1.0:
            raise UserError(f"{name} is {getattr(goal, name):g} and has to lie between 0 and 1")
    if goal.cells < 2:
        raise UserError(f"cells is {goal.cells} and has to be at least 2")


def _check_out(out: str | Path | None, overwrite: bool, inputs: Sequence[Any]) -> None:
    if out is not None:
        store.check_folder(out, overwrite, inputs)


def _recorded(kind: str, scenarios: list[Scenario], replicates: int, first_seed: int, workers: int | None,
              progress: Progress | None, announce: Callable[[str], None] | None):
    """Whole recordings of scenarios by seed, and where they come from."""
    started = announce_start(announce)
    recordings = runner.record(scenarios, replicates, first_seed, workers, labelled(progress, "runs"))
    for scenario, runs in zip(scenarios, recordings, strict=True):
        if not any(_has_lives(run) for run in runs):
            raise UserError(f"{scenario.name}: no alliance founded after the warm-up lives for {SHORTEST} quarters; "
                            "make the world larger or the runs longer")
    seeds = range(first_seed, first_seed + replicates)
    return recordings, store.provenance(kind, scenarios, seeds, time.perf_counter() - started)


def _has_lives(run) -> bool:
    """Whether a run has an alliance that can be followed."""
    founded, ended = run.alliances["founded"], run.alliances["ended"]
    lived = np.where(ended < 0, len(run.curves), ended) - founded
    return bool(((founded >= run.setup.sizes["warm_up"]) & (lived >= SHORTEST)).any())
