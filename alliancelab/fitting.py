"""Fitting and checking from Python: targets, parameters fitted to them, stylised facts; each runs its scenarios."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from alliancelab.agents.errors import ScenarioError
from alliancelab.analysis.results.calibration import Calibration
from alliancelab.analysis.results.stylised_facts import ALONE, FUNDED, PILOTS, SUBSIDISED
from alliancelab.analysis.results.validation import Validation
from alliancelab.api import Source, announce_start, labelled
from alliancelab.scenarios import calibration, runner, store
from alliancelab.scenarios import fit_region as regional_fit
from alliancelab.scenarios.checks import check_count, check_seed
from alliancelab.scenarios.consortia import by_programme, read_cordis
from alliancelab.scenarios.files import is_folder
from alliancelab.scenarios.own_targets import limited, new_file, worlds_of, write_content, write_targets
from alliancelab.scenarios.people_tables import Source as Table
from alliancelab.scenarios.registry.read import read_registry
from alliancelab.scenarios.registry.tables import Registry, described
from alliancelab.scenarios.registry.targets import facts_beside, targets_of_registry
from alliancelab.scenarios.scenario import Scenario, load
from alliancelab.scenarios.targets import SHIPPED, Problem, problem_of, read_targets
from alliancelab.worlds import FittedWorlds, fit_worlds

__all__ = ["calibrate", "fit_region", "targets", "validate"]


def calibrate(
    targets: str | Path | Mapping[str, Any] | None = None,
    out: str | Path | None = None,
    recover: int = 0,
    workers: int | None = None,
    progress: Callable[[str, int, int], None] | None = None,
    announce: Callable[[str], None] | None = None,
    overwrite: bool = False,
    ensemble: int | None = None,
    registry: str | Path | Registry | None = None,
) -> Calibration | FittedWorlds:
    """Fit parameters to targets by the simulated method of moments, or find worlds that fit.

    Source: H5.

    Options that calls share are described in docs/api.md.

    Parameters
    ----------
    targets : path or mapping, optional
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
    overwrite : bool
        Whether earlier results in that folder may be replaced; files of anybody else never are.
    ensemble : int, optional
        Instead of one best fit, so many worlds that fit: all that is unknown is drawn, by history matching; see
        docs/uncertainty.md. Runs are kept in ``<out>.worlds.bin``. `compare` and `forecast` take the folder.
    registry : path or Registry, optional
        Instead of targets: those that `targets` makes of this registry.

    Returns
    -------
    Calibration or FittedWorlds
        The latter with `ensemble`.

    Raises
    ------
    ScenarioError, StoreError, UserError
        If the targets are invalid, a number is out of range, the folder cannot be written, or too few worlds fit.
    """
    read = [] if registry is None else [Path(registry.folder if isinstance(registry, Registry) else registry)]
    folder = None if out is None else store.check_folder(out, overwrite, [targets, *read])
    problem = _problem(targets, registry, announce)
    check_count("recover", recover, 0)
    if ensemble is not None:
        if recover:
            raise ScenarioError("known parameters are found again by a fit, not by an ensemble: ask for one of them")
        return fit_worlds(problem, ensemble, folder, workers, progress, announce_start(announce))
    journal = None if folder is None else folder.with_name(f"{folder.name}.points.jsonl")
    started = announce_start(announce)
    measured = calibration.SimulatedMoments(problem, journal, workers)
    estimate = calibration.calibrate(measured, progress=progress)
    recovery = calibration.recover(measured, recover, progress=progress) if recover else None
    file = problem.file
    seeds = range(file.first_seed, file.first_seed + file.replicates)
    origin = store.provenance("calibrate", problem.scenarios, seeds, time.perf_counter() - started)
    result = Calibration(problem, estimate, recovery, origin)
    if out is not None:
        result.save(out)
    return result


def _problem(targets: str | Path | Mapping[str, Any] | None, registry: str | Path | Registry | None,
             announce: Callable[[str], None] | None) -> Problem:
    """What to fit to: a file or its content, a registry, or the shipped targets."""
    if registry is not None:
        if targets is not None:
            raise ScenarioError("targets come out of a file or out of a registry: give one of them")
        tables = read_registry(registry)
        announce_start(announce)
        content = targets_of_registry(tables, tables.folder.name, announce or (lambda sentence: None))
        return problem_of(content, tables.folder.name, f"the targets from {tables.folder}")
    if isinstance(targets, Mapping):
        return problem_of(dict(targets), "custom", "the targets")
    return read_targets(SHIPPED if targets is None else targets)


def validate(
    results: Source = "no_policy",
    replicates: int = 40,
    first_seed: int = 0,
    projects: Table | None = None,
    participation: Table | None = None,
    out: str | Path | None = None,
    workers: int | None = None,
    progress: Callable[[str, int, int], None] | None = None,
    announce: Callable[[str], None] | None = None,
    overwrite: bool = False,
    registry: str | Path | Registry | None = None,
) -> Validation:
    """Stylised facts of a scenario beside what is known of real alliances.

    Source: H5.

    Options that calls share are described in docs/api.md.

    Parameters
    ----------
    results : str, Path, mapping or Scenario
        A scenario without public money, as in `run`; a folder that `calibrate` wrote; or one that `run` or `compare`
        wrote: its first scenario and its seeds are run again. Facts of funded alliances are measured in the same
        scenario under the grants of ``public_consortia``, that of subsidies under the one of ``formation_only``, those
        of pilots with the selection, assessment and grants of ``pilots_assessed``.
    projects, participation : path, DataFrame or pyarrow Table, optional
        Two tables of your own, as in `targets`: facts of consortia are then taken from these.
    out : path, optional
        Folder to save the table to.
    registry : path or Registry, optional
        A registry of your own: what its tables tell stands in a second table beside what the scenario gives.

    Raises
    ------
    ScenarioError, StoreError, UserError
        As in `compare`.
    """
    base, seeds, fitted = _scenario_of(results, first_seed, replicates)
    if (projects is None) != (participation is None):
        raise ScenarioError("data of your own are two tables: give projects and participation")
    tell = announce or (lambda sentence: None)
    read = None if projects is None else read_cordis(projects, participation, tell)
    tables = None if registry is None else read_registry(registry)
    if read is not None and not by_programme(*read):
        raise ScenarioError("no programme of these tables has the thirty projects that a comparison wants")
    if base.policy:
        raise ScenarioError(f"{base.name} has instruments of policy ({', '.join(base.policy)}); facts are measured in "
                            "a scenario without any, and beside it under grants")
    if out is not None:
        folders = [Path(results)] if isinstance(results, str | Path) and is_folder(Path(results)) else []
        store.check_folder(out, overwrite, [results, *folders, *([] if tables is None else [tables.folder])])
    arms = {ALONE: base, FUNDED: _with(base, "public_consortia", "under grants", "programme_grants"),
            SUBSIDISED: _with(base, "formation_only", "under a start-up subsidy", "startup_subsidy"),
            PILOTS: _with(base, "pilots_assessed", "with pilots assessed", "pilot_selection", "assessment",
                          "programme_grants")}
    started = announce_start(announce)
    runs = runner.record(list(arms.values()), len(seeds), seeds[0], workers, labelled(progress, "runs"))
    origin = store.provenance("validate", list(arms.values()), seeds, time.perf_counter() - started)
    data = [] if read is None else limited(read, worlds_of(runs[list(arms).index(FUNDED)]), tell)
    own = None
    if tables is not None:
        own = facts_beside(tables, worlds_of(runs[list(arms).index(ALONE)]), tell)
        origin["registry"] = described(tables)
    result = Validation(dict(zip(arms, runs, strict=True)), list(arms.values()), fitted, data, origin, own)
    if data and progress:
        progress("facts of the data", 0, 1)
        progress("facts of the data", len(result.own) and 1, 1)
    if out is not None:
        result.save(out)
    return result


def targets(
    file: str | Path,
    projects: Table | None = None,
    participation: Table | None = None,
    source: str = "own data",
    announce: Callable[[str], None] | None = None,
    registry: str | Path | Registry | None = None,
) -> Path:
    """Make a file of targets from a registry or from two tables of projects of your own; `calibrate` takes it.

    Source: H5.

    Parameters
    ----------
    file : path
        The ``.toml`` file to make.
    projects : path, DataFrame or pyarrow Table
        Projects with their start and programme, under the names of any vintage of CORDIS, such as ``project_rcn``,
        ``start``, ``programme``, or ``id``, ``startDate``, ``legalBasis``. Text files may be parted by comma, semicolon
        or tab, be packed, and have any encoding.
    participation : path, DataFrame or pyarrow Table
        Who takes part in them, such as ``project_rcn``, ``org_id``, ``org_type``, or ``projectID``, ``organisationID``,
        ``activityType``.
    source : str
        What the file says of where its values come from.
    announce : callable, optional
        Told in one sentence each which columns were taken, what was left out and what was counted.
    registry : path or Registry, optional
        Instead of projects: survival, members who come and go, founders, growth and projects are told as far as the
        tables allow.

    Raises
    ------
    RegistryError, ScenarioError, UserError
        If a table cannot be read, there are too few programmes, or the file is there or cannot be written.
    """
    tell = announce or (lambda sentence: None)
    if registry is not None:
        if projects is not None or participation is not None:
            raise ScenarioError("targets come out of a registry or out of projects: give one of them")
        place, tables = new_file(file), read_registry(registry)
        announce_start(announce)
        write_content(place, targets_of_registry(tables, source, tell))
        return place
    if projects is None or participation is None:
        raise ScenarioError("targets come out of data: give a registry, or two tables, projects and participation")
    announce_start(announce)
    write_targets(file, projects, participation, source, tell)
    return Path(file)


def _with(base: Scenario, library: str, words: str, *instruments: str) -> Scenario:
    """A scenario with instruments as a scenario of the library has them."""
    policy = load(library).policy
    blocks = {name: policy[name].model_dump(by_alias=True, exclude_none=True) for name in instruments}
    return replace(load(base, blocks), name=f"{base.name} {words}")


Fitted = list[tuple[str, str]]  # moments with the arm that they were fitted in


def _scenario_of(results: Source, first_seed: int, replicates: int) -> tuple[Scenario, Sequence[int], Fitted]:
    """A scenario, seeds and what the scenario was fitted to: as asked for, or as a folder of results has it."""
    check_count("replicates", replicates, 2, why=": intervals want more than one run")
    check_seed(first_seed, replicates)
    seeds = range(first_seed, first_seed + replicates)
    if not (isinstance(results, str | Path) and is_folder(Path(results))):
        scenario = load(results)
        return scenario, seeds, _shipped_fit(scenario)
    stored = store.Stored(results)
    kind = stored.document.get("kind")
    if kind == "calibrate":
        return _calibrated(stored), seeds, _fit_of(stored)
    if kind not in ("run", "compare"):
        raise ScenarioError(f"{results}: this folder is of another kind ({kind}); give one that run, compare or "
                            "calibrate wrote, or a scenario file")
    own = stored.document.get("seeds")
    if not isinstance(own, list) or not all(type(seed) is int for seed in own):
        raise ScenarioError(f"{results}: the document does not tell the seeds")
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


def _calibrated(stored: store.Stored) -> Scenario:
    """The scenario that a calibration wrote into its folder."""
    name = stored.document.get("scenario_file")
    if not isinstance(name, str) or name not in stored.files:
        raise ScenarioError(f"{stored.folder}: the document names no scenario file of the folder")
    return load(stored.folder / name)


def _fit_of(stored: store.Stored) -> Fitted:
    """What a stored calibration was fitted to."""
    document = stored.document
    try:
        funded = {scenario["name"] for scenario in document["scenarios"] if scenario.get("policy")}
        targets = document["targets"]["targets"]
        return [(targets[row["target"]]["moment"] or row["target"], FUNDED if row["scenario"] in funded else ALONE)
                for row in document["fit"] if row["fitted"]]
    except (LookupError, TypeError, AttributeError):
        raise ScenarioError(f"{stored.folder}: the document does not tell what was fitted to") from None


def fit_region(
    scenario: Source,
    replicates: int = 64,
    workers: int | None = None,
    progress: Callable[[str, int, int], None] | None = None,
    announce: Callable[[str], None] | None = None,
) -> regional_fit.Fit:
    """Tune the rates of a region until the flows of its base year recur.

    Source: F11, G8.

    Options that calls share are described in docs/api.md.

    Parameters
    ----------
    scenario : str, Path, mapping or Scenario
        With a ``[region]``, and starts in its ``[scorecard]``.
    replicates : int
        Runs of a round, to the end of the base year.

    Raises
    ------
    ScenarioError
        If the scenario has no region or no start, or a number is out of range.
    """
    resolved = load(scenario)
    announce_start(announce, [resolved])
    return regional_fit.fit_region(resolved, replicates, workers, labelled(progress, "rounds"))
