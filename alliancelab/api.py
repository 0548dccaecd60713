"""Running, comparing and reading from Python: the same verbs as on the command line."""

import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from alliancelab.agents.compiled import is_cold
from alliancelab.agents.own_rules import OwnRules
from alliancelab.analysis.glossary import ready
from alliancelab.analysis.results import Comparison, Run
from alliancelab.analysis.scorecard import Scorecard
from alliancelab.analysis.statistics import holm
from alliancelab.model.outcomes import Outcome
from alliancelab.model.policy import INSTRUMENTS
from alliancelab.model.policy.own import text_of
from alliancelab.model.step import processes_with
from alliancelab.scenarios import runner, store
from alliancelab.scenarios.errors import ScenarioError, UserError
from alliancelab.scenarios.scenario import Scenario, load
from alliancelab.scenarios.scorecard import score
from alliancelab.scenarios.variants import STRENGTHS, base_of

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["compare", "effects", "read", "report", "run", "scorecard"]

Source = str | Path | Mapping[str, Any] | Scenario
PILOT_BLOCK = 20  # replicates on which equal budgets are measured


def run(
    scenario: Source,
    seed: int = 0,
    overrides: Mapping[str, Any] | None = None,
    out: str | Path | None = None,
    announce: Callable[[str], None] | None = None,
    indicators: Sequence[Outcome] = (),
    rules: Mapping[str, Callable] | None = None,
    language: str = "en",
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
        Told in one sentence when compilation is going to take a while.
    indicators : sequence of Outcome, optional
        Your own outcomes beside the declared ones.
    rules : mapping of str to callable, optional
        Your own decision rules by the name of the one they stand for; see `agents.own_rules.OwnRules`.
    language : str
        Of the figures in the folder: "en" or "zh".

    Raises
    ------
    ScenarioError, StoreError, RuleError, UserError
        When the scenario, the folder, a rule or the language is not right.
    """
    resolved = load(scenario, overrides)
    _check_out(out, language)
    measures, own = runner.measures_with(indicators), OwnRules(rules)
    started = start(announce, [resolved])
    recording = runner.run_one(resolved, seed, processes_with(own))
    seconds = time.perf_counter() - started
    origin = store.provenance("run", [resolved], [seed], seconds, **own.told(), **_instruments_told([resolved]))
    result = Run(recording, resolved, origin, measures)
    if out is not None:
        result.save(out, language)
    return result


def compare(
    scenarios: Sequence[Source],
    replicates: int = 100,
    first_seed: int = 0,
    workers: int | None = None,
    equal_budget: bool = False,
    budget: float | None = None,
    overrides: Mapping[str, Any] | None = None,
    out: str | Path | None = None,
    progress: Callable[[str, int, int], None] | None = None,
    announce: Callable[[str], None] | None = None,
    indicators: Sequence[Outcome] = (),
    rules: Mapping[str, Callable] | None = None,
    language: str = "en",
) -> Comparison:
    """Compare scenarios on replicates with common random numbers; differences are to the first one.

    Parameters
    ----------
    scenarios : sequence
        As in `run`.
    replicates : int
        Runs of each scenario; replicate k has seed ``first_seed + k``.
    workers : int, optional
        Threads; their number changes no result.
    equal_budget : bool
        Scale budgets until all scenarios that spend have the same mean outlay.
    budget : float, optional
        Outlay of a run to aim at, million yuan; by default the smallest among them.
    overrides : mapping, optional
        Changes on top of every scenario.
    out : path, optional
        Folder to save the comparison to.
    progress : callable, optional
        Called with what is being done, how much of it is done, and how much there is.
    announce : callable, optional
        Told in one sentence when compilation is going to take a while.
    indicators : sequence of Outcome, optional
        Your own outcomes beside the declared ones.
    rules : mapping of str to callable, optional
        Your own decision rules by the name of the one they stand for; see `agents.own_rules.OwnRules`.
    language : str
        Of the figures in the folder: "en" or "zh".

    Raises
    ------
    ScenarioError, StoreError, RuleError, UserError
        When a scenario, a number, the folder, a rule or the language is not right.
    """
    resolved = [load(scenario, overrides) for scenario in scenarios]
    _check_out(out, language)
    measures, own = runner.measures_with(indicators), OwnRules(rules)
    processes = processes_with(own)
    started = start(announce, resolved)
    more: dict[str, Any] = own.told() | _instruments_told(resolved)
    if equal_budget:
        resolved, budgets = runner.equal_budget(
            resolved, budget, min(replicates, PILOT_BLOCK), first_seed, workers, named(progress, "equal budgets"),
            processes)
        more["budgets"] = [line._asdict() for line in budgets]
    results = runner.replicate(
        resolved, replicates, first_seed, workers, named(progress, "runs"), measures, processes)
    seconds = time.perf_counter() - started
    origin = store.provenance("compare", resolved, results.seeds.tolist(), seconds, **more)
    result = Comparison(results, resolved, origin)
    if out is not None:
        result.save(out, language)
    return result


def scorecard(
    scenario: Source,
    replicates: int = 30,
    first_seed: int = 0,
    workers: int | None = None,
    overrides: Mapping[str, Any] | None = None,
    out: str | Path | None = None,
    progress: Callable[[str, int, int], None] | None = None,
    announce: Callable[[str], None] | None = None,
) -> Scorecard:
    """Score a scenario that declares a scorecard: start, target, interval, probability, trend of each indicator.

    Parameters
    ----------
    scenario : str, Path, mapping or Scenario
        As in `run`; `dongying` and `county_bureau` declare theirs.
    replicates : int
        Runs; replicate k has seed ``first_seed + k``.

    Raises
    ------
    ScenarioError, StoreError
        When the scenario has no scorecard, or a number or the folder is not right.
    """
    resolved = load(scenario, overrides)
    if out is not None:
        store.check_folder(out)
    started = start(announce, [resolved])
    scores = score(resolved, replicates, first_seed, workers, named(progress, "runs"))
    seconds = time.perf_counter() - started
    more = _instruments_told([resolved])
    origin = store.provenance("scorecard", [resolved], scores.seeds.tolist(), seconds, **more)
    card = Scorecard(scores, resolved, origin)
    if out is not None:
        card.save(out)
    return card


def effects(
    strengths: Sequence[str] = ("mid",),
    replicates: int = 60,
    first_seed: int = 0,
    workers: int | None = None,
    progress: Callable[[str, int, int], None] | None = None,
    announce: Callable[[str], None] | None = None,
) -> "pd.DataFrame":
    """What each instrument does alone: paired differences from the scenario that it is laid over.

    Parameters
    ----------
    strengths : sequence of str
        Of "low", "mid", "high"; values stand in ``scenarios/single_levers.toml``.

    Returns
    -------
    DataFrame
        As `Comparison.differences`, indexed by (instrument, strength, outcome), with ``base``, the scenario it is
        compared with; ``p_holm`` holds for the whole table.

    Raises
    ------
    ScenarioError
        When a strength or a number is not right.
    """
    import pandas as pd

    unknown = [strength for strength in strengths if strength not in STRENGTHS]
    if unknown:
        raise ScenarioError(f"there is no strength '{unknown[0]}'; there are {', '.join(STRENGTHS)}")
    tried = [(i.name, strength, base_of(i.name)) for i in INSTRUMENTS for strength in strengths]
    names = list(dict.fromkeys([base for *_, base in tried] + [f"only_{name}_{step}" for name, step, _ in tried]))
    compared = compare(names, replicates, first_seed, workers, progress=progress, announce=announce)
    apart = {base: compared.differences_from(base) for *_, base in tried}
    parts = [apart[base].loc[f"only_{name}_{step}"].assign(base=base) for name, step, base in tried]
    keys = [(name, step) for name, step, _ in tried]
    table = pd.concat(parts, keys=keys, names=["instrument", "strength"])
    return table.assign(p_holm=holm(table["p"].to_numpy()))


def read(folder: str | Path) -> store.Stored:
    """Open a folder that `run` or `compare` wrote.

    Raises
    ------
    StoreError
        When it is not such a folder, or a file of it is missing or torn.
    """
    return store.Stored(folder)


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
        Whether a sweep that is not complete is told of as far as it is.

    Raises
    ------
    StoreError, UserError
        When the folder, the file or the language is not right, or a sweep is not complete.
    """
    from alliancelab.analysis.report import check_page, write_page
    from alliancelab.analysis.report_kinds import report_of

    ready(language)
    target = check_page(Path(folder) / store.REPORT if out is None else out)
    return write_page(report_of(folder, partial), target, language, title)


def _instruments_told(scenarios: Sequence[Scenario]) -> dict[str, dict[str, str]]:
    """What the provenance of a result says of own instruments: the source text of each; nothing where there is none."""
    texts = {own.name: text_of(own) for scenario in scenarios for own in scenario.own_instruments}
    return {"instruments": texts} if texts else {}


def _check_out(out: str | Path | None, language: str) -> None:
    """Refuse, before anything is computed, a folder or a language in which results could not be written."""
    if out is not None:
        store.check_folder(out)
        ready(language)
    elif language != "en":
        raise UserError("a language is that of the figures in a folder of results: give the folder (--out), too")


def start(announce: Callable[[str], None] | None, scenarios: Sequence[Scenario] = ()) -> float:
    """Say so where compilation is going to take a while, and tell the time."""
    if announce and is_cold(any(scenario.region is not None for scenario in scenarios)):
        announce("Compiling the model for this machine: once, up to a minute.")
    return time.perf_counter()


def named(progress: Callable[[str, int, int], None] | None, what: str) -> Callable[[int, int], None] | None:
    """What tells of progress, as the runner calls it: with how much is done and how much there is, of `what`."""
    return None if progress is None else lambda done, total: progress(what, done, total)
