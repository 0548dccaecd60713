"""Studies from Python: instruments alone, life cycles, counterfactuals and plans of replicates."""

import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from alliancelab.agents.errors import ScenarioError, UserError, did_you_mean
from alliancelab.analysis.causal.in_worlds import DECLARED, numbers_of_pair
from alliancelab.analysis.life.curve_fits import SHORTEST
from alliancelab.analysis.results.comparison import Comparison
from alliancelab.analysis.results.counterfactual import Counterfactual
from alliancelab.analysis.results.lifecycles import LifeCycles
from alliancelab.analysis.results.replicate_plan import ReplicatePlan
from alliancelab.analysis.results.worlds import BASES, WorldComparison
from alliancelab.analysis.statistics.intervals import holm
from alliancelab.analysis.statistics.sample_size import Goal
from alliancelab.api import Source, announce_start, compare, labelled
from alliancelab.model.instruments import INSTRUMENTS
from alliancelab.model.outcomes import OUTCOMES, Outcome
from alliancelab.model.simulation import simulate
from alliancelab.scenarios import runner, store
from alliancelab.scenarios.regional_outcomes import outcomes_for
from alliancelab.scenarios.scenario import Scenario, load, load_all
from alliancelab.scenarios.variants import STRENGTHS, base_of
from alliancelab.scenarios.worlds.nested import Together
from alliancelab.worlds import Asked, kept_beside, no_ensemble_alone, study_in_worlds, worlds_asked

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["counterfactual", "effects", "lifecycle", "plan_replicates"]

Progress = Callable[[str, int, int], None]
FEWEST_PILOT_RUNS = 10


def effects(
    strengths: Sequence[str] = ("mid",),
    replicates: int | None = None,
    first_seed: int = 0,
    workers: int | None = None,
    progress: Progress | None = None,
    announce: Callable[[str], None] | None = None,
    worlds: int | None = None,
    ensemble: str | Path | None = None,
    out: str | Path | None = None,
    overwrite: bool = False,
) -> "pd.DataFrame | WorldComparison":
    """What each instrument does alone: paired differences from the scenario that it is laid over.

    Options that calls share are described in docs/api.md.

    Parameters
    ----------
    strengths : sequence of str
        Of "low", "mid", "high"; values stand in ``scenarios/single_levers.toml``.
    replicates : int, optional
        Runs of each scenario, 60 by default; with `worlds`, runs in each of these, 4 by default.
    worlds, ensemble : optional
        As in `compare`.
    out : path, optional
        Folder to save to, with `worlds`.
    overwrite : bool
        Whether earlier results in that folder may be replaced; files of anybody else never are.

    Returns
    -------
    DataFrame or WorldComparison
        As `Comparison.differences`, indexed by (instrument, strength, outcome), with ``base``, the scenario it is
        compared with; ``p_holm`` holds for the whole table. With `worlds`, a comparison of each
        ``only_INSTRUMENT_STRENGTH`` with its base.

    Raises
    ------
    ScenarioError, StoreError, UserError
        If a strength is unknown, a number is out of range, or `out` cannot be written.
    """
    import pandas as pd

    no_ensemble_alone(worlds, ensemble)
    unknown = [strength for strength in strengths if strength not in STRENGTHS]
    if unknown:
        raise ScenarioError(f"there is no strength '{unknown[0]}'; there are {', '.join(STRENGTHS)}")
    tried = {(i.name, step): (f"only_{i.name}_{step}", base_of(i.name)) for i in INSTRUMENTS for step in strengths}
    names = list(dict.fromkeys([base for _, base in tried.values()] + [name for name, _ in tried.values()]))
    if worlds is not None:
        _check_out(out, overwrite, [] if ensemble is None else [Path(ensemble)])
        asked = worlds_asked(worlds, ensemble, replicates, first_seed, workers, labelled(progress, "runs"))
        more: dict[str, Any] = {"study": "effects", "strengths": list(strengths), BASES: dict(tried.values())}
        return _compared([load(name) for name in names], asked, OUTCOMES, announce, out, overwrite, None, more)
    if out is not None:
        raise UserError("a folder is for effects in many worlds (--worlds); without, write a page with --markdown")
    compared = compare(names, 60 if replicates is None else replicates, first_seed, workers, progress=progress,
                       announce=announce)
    assert isinstance(compared, Comparison)
    apart = {base: compared.differences_from(base) for _, base in tried.values()}
    parts = [apart[base].loc[name].assign(base=base) for name, base in tried.values()]
    table = pd.concat(parts, keys=list(tried), names=["instrument", "strength"])
    return table.assign(p_holm=holm(table["p"].to_numpy()))


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

    Options that calls share are described in docs/api.md.

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
    resolved = load_all(scenarios, overrides)
    _check_out(out, overwrite, scenarios)
    recordings, provenance = _recorded("lifecycle", resolved, replicates, first_seed, workers, progress, announce)
    result = LifeCycles(recordings, resolved, provenance, workers)
    if out is not None:
        result.save(out)
    return result


def counterfactual(
    base: Source,
    scenario: Source,
    replicates: int | None = None,
    first_seed: int = 0,
    workers: int | None = None,
    overrides: Mapping[str, Any] | None = None,
    out: str | Path | None = None,
    progress: Progress | None = None,
    announce: Callable[[str], None] | None = None,
    overwrite: bool = False,
    worlds: int | None = None,
    ensemble: str | Path | None = None,
) -> Counterfactual | WorldComparison:
    """What a scenario did to the same alliances and firms as in a base; arguments as in `lifecycle`.

    The base should lack one policy only: ``full_chain_without_pilot_selection`` for the pilots of ``full_chain``.

    Options that calls share are described in docs/api.md.

    Parameters
    ----------
    replicates : int, optional
        Runs of each, 20 by default; with `worlds`, runs in each of these, 4 by default.
    worlds, ensemble : optional
        As in `compare`.

    Returns
    -------
    Counterfactual or WorldComparison
        The latter with `worlds`; its outcomes are those of `causal.in_worlds.DECLARED`.

    Raises
    ------
    ScenarioError, StoreError, UserError
        If a scenario, a number or the folder is out of range or cannot be used, or there are no alliances to look at.
    """
    no_ensemble_alone(worlds, ensemble)
    resolved = [load(source, overrides) for source in (base, scenario)]
    sizes = [one.world for one in resolved]
    unlike = [key for key in sizes[0] if sizes[0][key] != sizes[1][key]]
    if unlike:
        raise UserError(f"{resolved[0].name} and {resolved[1].name} differ in world.{unlike[0]}; the same alliance is "
                        "only found in equal worlds")
    _check_out(out, overwrite, [base, scenario, *([] if ensemble is None else [Path(ensemble)])])
    if worlds is not None:
        asked = worlds_asked(worlds, ensemble, replicates, first_seed, workers, labelled(progress, "runs"))
        return _compared(resolved, asked, DECLARED, announce, out, overwrite, _numbers_of_both,
                         {"study": "counterfactual"})
    recordings, provenance = _recorded("counterfactual", resolved, 20 if replicates is None else replicates, first_seed,
                                       workers, progress, announce)
    without, with_ = recordings
    result = Counterfactual(without, with_, resolved, provenance)
    if out is not None:
        result.save(out)
    return result


def _compared(scenarios: Sequence[Scenario], asked: Asked, declared: Sequence[Outcome],
              announce: Callable[[str], None] | None, out: str | Path | None, overwrite: bool,
              together: Together | None, more: Mapping[str, Any]) -> WorldComparison:
    """Scenarios in worlds, saved if that is wanted; `more` is for the provenance."""
    started = announce_start(announce, scenarios)
    with kept_beside(out, asked, scenarios, declared, overwrite) as kept:
        result = study_in_worlds(scenarios, asked, declared, kept, started, together=together, **more)
        if out is not None:
            result.save(out)
    return result


def _numbers_of_both(scenarios: Sequence[Scenario], seed: int) -> np.ndarray:
    """Numbers of the same alliances, of a base and a scenario in one world; see `numbers_of_pair`."""
    base, arm = (simulate(scenario.setup(seed), record=False) for scenario in scenarios)
    return numbers_of_pair(base, arm)


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

    Options that calls share are described in docs/api.md.

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
    resolved = load_all(scenarios, overrides)
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
