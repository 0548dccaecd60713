"""Fitting and checking from Python: parameters fitted to targets, stylised facts; each runs its scenarios itself."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from alliancelab.analysis.calibration_results import Calibration
from alliancelab.analysis.validation import ALONE, FUNDED, SUBSIDISED, Validation
from alliancelab.api import Source, named, start
from alliancelab.scenarios import calibration, runner, store
from alliancelab.scenarios.consortia import by_programme, read_cordis
from alliancelab.scenarios.errors import ScenarioError
from alliancelab.scenarios.scenario import Scenario, load
from alliancelab.scenarios.targets import SHIPPED, problem_of, read_targets

__all__ = ["calibrate", "validate"]


def calibrate(
    targets: str | Path | Mapping[str, Any] = SHIPPED,
    out: str | Path | None = None,
    recover: int = 0,
    workers: int | None = None,
    progress: Callable[[str, int, int], None] | None = None,
    announce: Callable[[str], None] | None = None,
) -> Calibration:
    """Fit parameters to targets by the simulated method of moments.

    Source: H5.

    Parameters
    ----------
    targets : path or mapping
        A file of targets, or its content; by default those that the shipped parameters were fitted to.
    out : path, optional
        Folder to save the result to. Points tried are kept beside it in ``<out>.points.jsonl``, so that a calibration
        that was cut off goes on where it was.
    recover : int
        Worlds with known parameters, drawn and fitted in the same way: are the parameters found again?
    workers : int, optional
        Threads; their number changes no result.
    progress : callable, optional
        Called with what is being done, how much of it is done, and how much there is.
    announce : callable, optional
        Told in one sentence when compilation is going to take a while.

    Raises
    ------
    ScenarioError, StoreError
        When the targets or the folder are not right.
    """
    problem = (problem_of(dict(targets), "custom", "the targets") if isinstance(targets, Mapping)
               else read_targets(targets))
    if recover < 0:
        raise ScenarioError(f"{recover} worlds cannot be recovered; give a whole number from 0")
    journal = None
    if out is not None:
        folder = store.check_folder(out)
        journal = folder.with_name(f"{folder.name}.points.jsonl")
    started = start(announce)
    measured = calibration.Measured(problem, journal, workers)
    estimate = calibration.calibrate(measured, progress=progress)
    recovery = calibration.recover(measured, recover, progress=progress) if recover else None
    file = problem.file
    seeds = range(file.first_seed, file.first_seed + file.replicates)
    origin = store.provenance("calibrate", problem.scenarios, seeds, time.perf_counter() - started)
    result = Calibration(problem, estimate, recovery, origin)
    if out is not None:
        result.save(out)
    return result


def validate(
    results: Source = "no_policy",
    replicates: int = 40,
    first_seed: int = 0,
    projects: str | Path | None = None,
    participation: str | Path | None = None,
    out: str | Path | None = None,
    workers: int | None = None,
    progress: Callable[[str, int, int], None] | None = None,
    announce: Callable[[str], None] | None = None,
) -> Validation:
    """Stylised facts of a scenario beside what is known of real alliances.

    Source: H5.

    Parameters
    ----------
    results : str, Path, mapping or Scenario
        A scenario without public money, as in `run`; a folder that `calibrate` wrote; or one that `run` or `compare`
        wrote: its first scenario and its seeds are run again. Facts of funded alliances are measured in the same
        scenario under the grants of ``public_consortia``, that of subsidies under the one of ``formation_only``.
    projects, participation : path, optional
        Two tables of your own in the columns of CORDIS: facts of consortia are then taken from these.
    out : path, optional
        Folder to save the table to.

    Other parameters, and errors, as in `compare`.
    """
    base, seeds, fitted = _scenario_of(results, first_seed, replicates)
    if (projects is None) != (participation is None):
        raise ScenarioError("data of your own are two tables: give projects and participation")
    data = by_programme(*read_cordis(projects, participation)) if projects and participation else ()
    if projects and not data:
        raise ScenarioError(f"{projects}: no programme has the thirty projects that a comparison wants")
    if base.policy:
        raise ScenarioError(f"{base.name} has instruments of policy ({', '.join(base.policy)}); facts are measured in "
                            "a scenario without any, and beside it under grants")
    if len(seeds) < 2:
        raise ScenarioError(f"replicates is {len(seeds)} and has to be at least 2: intervals want more than one run")
    if out is not None:
        store.check_folder(out)
    arms = {ALONE: base, FUNDED: _with(base, "programme_grants", "public_consortia", "under grants"),
            SUBSIDISED: _with(base, "startup_subsidy", "formation_only", "under a start-up subsidy")}
    started = start(announce)
    runs = runner.record(list(arms.values()), len(seeds), seeds[0], workers, named(progress, "runs"))
    origin = store.provenance("validate", list(arms.values()), seeds, time.perf_counter() - started)
    result = Validation(dict(zip(arms, runs, strict=True)), fitted, data, origin)
    if out is not None:
        result.save(out)
    return result


def _with(base: Scenario, instrument: str, library: str, words: str) -> Scenario:
    """A scenario with an instrument as a scenario of the library has it."""
    block = load(library).policy[instrument].model_dump(by_alias=True, exclude_none=True)
    return replace(load(base, {instrument: block}), name=f"{base.name} {words}")


Fitted = list[tuple[str, str]]  # moments with the arm that they were fitted in


def _scenario_of(results: Source, first_seed: int, replicates: int) -> tuple[Scenario, Sequence[int], Fitted]:
    """A scenario, seeds and what the scenario was fitted to: as asked for, or as a folder of results has it."""
    seeds = range(first_seed, first_seed + replicates)
    if not (isinstance(results, str | Path) and Path(results).is_dir()):
        scenario = load(results)
        return scenario, seeds, _shipped_fit(scenario)
    stored = store.Stored(results)
    kind = stored.document.get("kind")
    if kind == "calibrate":
        return load(stored.folder / stored.document["scenario_file"]), seeds, _fit_of(stored.document)
    if kind not in ("run", "compare"):
        raise ScenarioError(f"{results}: this folder is of another kind ({kind}); give one that run, compare or "
                            "calibrate wrote, or a scenario file")
    own = [int(seed) for seed in stored.document["seeds"]]
    if len(own) < 2:
        raise ScenarioError(f"{results}: these are results of one run; intervals want replicates, as `compare` has")
    return stored.scenarios[0], own, _shipped_fit(stored.scenarios[0])


def _shipped_fit(scenario: Scenario) -> Fitted:
    """What the shipped parameters were fitted to; nothing where a scenario has others."""
    shipped = read_targets(SHIPPED)
    if any(scenario.parameters[p.name] != p.default for p in shipped.parameters):
        return []
    return [(moment.name, FUNDED if shipped.scenarios[arm].policy else ALONE)
            for moment, target, arm in zip(shipped.moments, shipped.targets, shipped.arm, strict=True) if target.fit]


def _fit_of(document: Mapping[str, Any]) -> Fitted:
    """What a stored calibration was fitted to."""
    funded = {scenario["name"] for scenario in document["scenarios"] if scenario.get("policy")}
    targets = document["targets"]["targets"]
    return [(targets[row["target"]]["moment"] or row["target"], FUNDED if row["scenario"] in funded else ALONE)
            for row in document["fit"] if row["fitted"]]
