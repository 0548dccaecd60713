"""Running, comparing and reading from Python: the same verbs as on the command line."""

import time
import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from alliancelab.agents.compiled import is_cold
from alliancelab.agents.errors import ScenarioError, UserError
from alliancelab.agents.own_rules import OwnRules
from alliancelab.analysis.results.base import Result
from alliancelab.analysis.results.comparison import Comparison
from alliancelab.analysis.results.run import Run
from alliancelab.analysis.results.scorecard import Scorecard
from alliancelab.analysis.results.world_scorecard import WorldScorecard
from alliancelab.analysis.results.worlds import WorldComparison
from alliancelab.analysis.words.glossary import require_language
from alliancelab.model.outcomes import Outcome
from alliancelab.model.policy.own import text_of
from alliancelab.scenarios import runner, store
from alliancelab.scenarios.kept_runs import KeptRuns
from alliancelab.scenarios.registry.read import read_registry
from alliancelab.scenarios.registry.tables import Registry, described
from alliancelab.scenarios.registry.world import run_from, scenario_from
from alliancelab.scenarios.scenario import Scenario, load, load_all
from alliancelab.scenarios.scorecard import score
from alliancelab.worlds import (
    REPLICATES,
    no_ensemble_alone,
    score_in_worlds,
    study_in_worlds,
    worlds_asked,
)

__all__ = ["compare", "read", "report", "run", "scorecard"]

Source = str | Path | Mapping[str, Any] | Scenario
PILOT_BLOCK = 20  # replicates on which equal budgets are measured


def run(
    scenario: Source,
    seed: int = 0,
    overrides: Mapping[str, Any] | None = None,
    out: str | Path | None = None,
    announce: Callable[[str], None] | None = None,
    outcomes: Sequence[Outcome] = (),
    rules: Mapping[str, Callable] | None = None,
    language: str = "en",
    overwrite: bool = False,
    registry: str | Path | Registry | None = None,
) -> Run:
    """Run one scenario once.

    Parameters
    ----------
    scenario : str, Path, mapping or Scenario
        A name of the library, a ``.toml`` file, its content, or what `load` gave.
    seed : int
        Non-negative; the same seed gives the same run.
    overrides : mapping, optional
        Changes on top: ``{"programme_grants.amount": 5, "world.firms": 100}``.
    out : path, optional
        Folder to save the run to.
    announce : callable, optional
        Called with one sentence when compilation is going to take a while.
    outcomes : sequence of Outcome, optional
        Your own outcomes beside the declared ones.
    rules : mapping of str to callable, optional
        Your own decision rules by the name of the one they stand for; see `agents.own_rules.OwnRules`.
    language : str
        Of the figures in the folder: "en" or "zh".
    overwrite : bool
        Whether earlier results in that folder may be replaced; files of anybody else never are.
    registry : path or Registry, optional
        Alliances, members and projects that the run starts from. The provenance tells under "registry" which alliance
        of it is which row, which organisation has which key, and what was drawn.

    Raises
    ------
    RegistryError, ScenarioError, StoreError, RuleError, UserError
        If the registry or the scenario cannot be resolved, `out` cannot be written, a rule cannot be used, or the
        language is unknown.

    Examples
    --------
    >>> import alliancelab as al
    >>> run = al.run("no_policy", seed=1, overrides={"world.firms": 60, "world.quarters": 40, "world.warm_up": 8})
    >>> run.summary.loc["founded", "unit"]
    'alliances'
    >>> run.panel.columns[:3].tolist()
    ['quarter', 'year', 'alliance']
    """
    tables = None if registry is None else read_registry(registry)
    resolved = load(scenario, overrides) if tables is None else scenario_from(tables, scenario, overrides)
    check_out(out, language, overwrite, [scenario, *([] if tables is None else [tables.folder])])
    declared, own = runner.declared_with(outcomes, [resolved]), OwnRules(rules)
    started = announce_start(announce, [resolved])
    more: dict[str, Any] = own.provenance() | _own_instruments([resolved])
    if tables is None:
        recording = runner.run_one(resolved, seed, own)
    else:
        recording, alliances, keys = run_from(tables, resolved, seed, rules=own)
        more["registry"] = {**described(tables), "alliances": list(alliances), "organisations": keys}
    seconds = time.perf_counter() - started
    origin = store.provenance("run", [resolved], [seed], seconds, **more)
    result = Run(recording, resolved, origin, declared)
    if out is not None:
        result.save(out, language)
    return result


def compare(
    scenarios: Sequence[Source],
    replicates: int | None = None,
    first_seed: int = 0,
    workers: int | None = None,
    equal_budget: bool = False,
    budget: float | None = None,
    overrides: Mapping[str, Any] | None = None,
    out: str | Path | None = None,
    progress: Callable[[str, int, int], None] | None = None,
    announce: Callable[[str], None] | None = None,
    outcomes: Sequence[Outcome] = (),
    rules: Mapping[str, Callable] | None = None,
    language: str = "en",
    overwrite: bool = False,
    worlds: int | None = None,
    ensemble: str | Path | None = None,
) -> Comparison | WorldComparison:
    """Compare scenarios on replicates with common random numbers; differences are to the first one.

    Options that calls share are described in docs/api.md.

    Parameters
    ----------
    scenarios : sequence
        As in `run`.
    replicates : int, optional
        Runs of each scenario, 100 by default; replicate k has seed ``first_seed + k``. With `worlds`, runs in each of
        these, 4 by default; seeds of the next world begin a thousand later.
    workers : int, optional
        Threads; their number changes no result.
    equal_budget : bool
        Scale budgets until all scenarios that spend have the same mean outlay.
    budget : float, optional
        Outlay of a run to aim at, million yuan, which implies `equal_budget`; by default the smallest among them.
    overrides : mapping, optional
        Changes on top of every scenario.
    out : path, optional
        Folder to save the comparison to. Until it is whole, runs that are done are kept beside it in ``<out>.runs``, so
        that the same call goes on where it was stopped; not with own outcomes or rules, which may change meanwhile.
    progress : callable, optional
        Called with what is being done, how much of it is done, and how much there is.
    announce : callable, optional
        Called with one sentence when compilation is going to take a while.
    outcomes : sequence of Outcome, optional
        Your own outcomes beside the declared ones.
    rules : mapping of str to callable, optional
        Your own decision rules by the name of the one they stand for; see `agents.own_rules.OwnRules`.
    language : str
        Of the figures in the folder: "en" or "zh".
    overwrite : bool
        Whether earlier results in that folder may be replaced; files of anybody else never are.
    worlds : int, optional
        Compare in so many worlds that the data do not rule out: what is luck, what is ignorance, and in how many of
        them does the sign hold? Budgets are made equal at the defaults, not in each world.
    ensemble : path, optional
        A folder that `calibrate` wrote with `ensemble`: worlds that fit your own targets instead of the shipped ones.

    Returns
    -------
    Comparison or WorldComparison
        The latter with `worlds`.

    Raises
    ------
    ScenarioError, StoreError, RuleError, UserError
        If a scenario cannot be resolved, a number is out of range, `out` cannot be written, a rule cannot be used, or
        the language is unknown.

    Examples
    --------
    >>> import alliancelab as al
    >>> small = {"world.firms": 60, "world.quarters": 40, "world.warm_up": 8}
    >>> both = al.compare(["no_policy", "stage_matched"], replicates=3, overrides=small)
    >>> both.differences.index.names
    FrozenList(['scenario', 'outcome'])
    >>> found = al.compare(["no_policy", "stage_matched"], worlds=50)  # doctest: +SKIP
    >>> found.effects.loc[("stage_matched", "patents"), ["holding", "worlds"]]  # doctest: +SKIP
    """
    no_ensemble_alone(worlds, ensemble)
    replicates = replicates if replicates is not None else 100 if worlds is None else REPLICATES
    resolved = load_all(scenarios, overrides)
    check_out(out, language, overwrite, [*scenarios, *([] if ensemble is None else [Path(ensemble)])])
    declared, own = runner.declared_with(outcomes, resolved), OwnRules(rules)
    asked = None
    if worlds is not None:
        if len(resolved) < 2:
            raise ScenarioError("effects in many worlds are differences: name two scenarios, or more")
        asked = worlds_asked(worlds, ensemble, replicates, first_seed, workers, labelled(progress, "runs"))
    started = announce_start(announce, resolved)
    more: dict[str, Any] = own.provenance() | _own_instruments(resolved)
    if equal_budget or budget is not None:
        resolved, budgets = runner.equal_budget(
            resolved, budget, PILOT_BLOCK if asked else min(replicates, PILOT_BLOCK), first_seed, workers,
            labelled(progress, "equal budgets"), own)
        more["budgets"] = [line._asdict() for line in budgets]
    kept = None
    if out is not None and not outcomes and not rules:
        told = asked.drawn.hash if asked else ""
        kept = KeptRuns(store.check_folder(out, overwrite), resolved, declared, overwrite, told)
    with kept or nullcontext():
        if asked is not None:
            result: Comparison | WorldComparison = study_in_worlds(
                resolved, asked, declared, kept, started, own, **more)
        else:
            results = runner.replicate(
                resolved, replicates, first_seed, workers, labelled(progress, "runs"), declared, own, kept)
            seconds = time.perf_counter() - started
            result = Comparison(results, resolved,
                                store.provenance("compare", resolved, results.seeds.tolist(), seconds, **more))
        if out is not None:
            result.save(out, language)
    return result


def scorecard(
    scenario: Source,
    replicates: int | None = None,
    first_seed: int = 0,
    workers: int | None = None,
    overrides: Mapping[str, Any] | None = None,
    out: str | Path | None = None,
    progress: Callable[[str, int, int], None] | None = None,
    announce: Callable[[str], None] | None = None,
    overwrite: bool = False,
    worlds: int | None = None,
    ensemble: str | Path | None = None,
    language: str = "en",
) -> Scorecard | WorldScorecard:
    """Score a scenario that declares a scorecard: start, target, interval, probability, trend of each indicator.

    Options that calls share are described in docs/api.md.

    Parameters
    ----------
    scenario : str, Path, mapping or Scenario
        As in `run`; `dongying` and `county_bureau` declare theirs.
    replicates : int, optional
        Runs, 30 by default; replicate k has seed ``first_seed + k``. With `worlds`, runs in each of these, 4 by
        default.
    overwrite : bool
        Whether earlier results in that folder may be replaced; files of anybody else never are.
    worlds, ensemble : optional
        As in `compare`. Rates of the region stay as they are in all worlds.
    language : str
        Of the figures in the folder: "en" or "zh".

    Returns
    -------
    Scorecard or WorldScorecard
        The latter with `worlds`.

    Raises
    ------
    ScenarioError, StoreError, UserError
        If the scenario has no scorecard, a number is out of range, or `out` cannot be written.
    """
    no_ensemble_alone(worlds, ensemble)
    resolved = load(scenario, overrides)
    check_out(out, language, overwrite, [scenario, *([] if ensemble is None else [Path(ensemble)])])
    told = _own_instruments([resolved])
    if worlds is not None:
        asked = worlds_asked(worlds, ensemble, replicates, first_seed, workers, labelled(progress, "runs"))
        return score_in_worlds(resolved, asked, announce_start(announce, [resolved]), out, overwrite, language, **told)
    started = announce_start(announce, [resolved])
    scores = score(resolved, 30 if replicates is None else replicates, first_seed, workers, labelled(progress, "runs"))
    seconds = time.perf_counter() - started
    card = Scorecard(scores, resolved,
                     store.provenance("scorecard", [resolved], scores.seeds.tolist(), seconds, **told))
    if out is not None:
        card.save(out, language)
    return card


def read(folder: str | Path, partial: bool = False) -> Result:
    """Open a folder of results: the same kind of object that was saved.

    Parameters
    ----------
    partial : bool
        Whether a sweep that is not complete is read as far as it is.

    Raises
    ------
    StoreError
        If it is not such a folder, or a file of it is missing or torn.

    Examples
    --------
    >>> import alliancelab as al, tempfile
    >>> small = {"world.firms": 60, "world.quarters": 40, "world.warm_up": 8}
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     saved = al.run("no_policy", seed=1, overrides=small, out=f"{folder}/run")
    ...     again = al.read(f"{folder}/run")
    >>> again.summary.equals(saved.summary)
    True
    """
    from alliancelab.analysis.results.kinds import read_result  # sweeps and fits take long to import

    return read_result(folder, partial)


def report(
    folder: str | Path, out: str | Path | None = None, language: str = "en", title: str | None = None,
    partial: bool = False,
) -> Path:
    """Write one self-contained page about a folder of results: no network, no script.

    Parameters
    ----------
    folder : path
        What a command wrote with ``--out``, or a sweep on this machine.
    out : path, optional
        File to write; by default ``report.html`` in the folder.
    language : str
        "en" or "zh".
    title : str, optional
        Instead of the scenarios' titles.
    partial : bool
        Whether to report on the runs finished so far of a sweep that is not complete.

    Raises
    ------
    StoreError, UserError
        If the folder cannot be read, the file cannot be written, the language is unknown, or a sweep is not complete.
    """
    from alliancelab.analysis.report.page import check_page
    from alliancelab.analysis.results.kinds import read_result, readable

    require_language(language)
    target = check_page(Path(folder) / store.REPORT if out is None else out)
    result = read_result(folder, partial)
    with readable(folder):
        return result.report(target, language, title)


def _own_instruments(scenarios: Sequence[Scenario]) -> dict[str, dict[str, str]]:
    """Own instruments for the provenance of a result: the source text of each; nothing where there is none."""
    texts = {own.name: text_of(own) for scenario in scenarios for own in scenario.own_instruments}
    return {"instruments": texts} if texts else {}


def check_out(out: str | Path | None, language: str, overwrite: bool, inputs: Iterable[Any] = ()) -> None:
    """Refuse, before anything is computed, a folder or a language in which results could not be written."""
    if out is not None:
        store.check_folder(out, overwrite, inputs)
        require_language(language)
    elif language != "en":
        raise UserError("a language only affects the figures in a folder of results: give the folder, too (out, or "
                        "--out DIR)")


def announce_start(announce: Callable[[str], None] | None, scenarios: Sequence[Scenario] = ()) -> float:
    """Say what is hardly meant in the scenarios, and where compilation is going to take a while; tell the time."""
    for scenario in scenarios:
        for note in scenario.notes():
            if announce:
                announce(f"{scenario.name}: {note}")
            else:
                warnings.warn(f"{scenario.name}: {note}", stacklevel=3)
    if announce and is_cold(any(scenario.region is not None for scenario in scenarios)):
        announce("Compiling the model for this machine: once, up to a minute.")
    return time.perf_counter()


def labelled(progress: Callable[[str, int, int], None] | None, what: str) -> Callable[[int, int], None] | None:
    """What tells of progress, as the runner calls it: with how much is done and how much there is, of `what`."""
    return None if progress is None else lambda done, total: progress(what, done, total)
