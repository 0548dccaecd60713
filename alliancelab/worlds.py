"""What a conclusion depends on, from Python: what is unknown, worlds that fit, and studies made in all of them."""

import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from alliancelab.agents.errors import UserError
from alliancelab.agents.own_rules import OwnRules
from alliancelab.analysis.results.world_scorecard import WorldScorecard
from alliancelab.analysis.results.worlds import WorldComparison
from alliancelab.model.outcomes import Outcome
from alliancelab.scenarios import store
from alliancelab.scenarios.checks import check_workers
from alliancelab.scenarios.kept_runs import KeptRuns
from alliancelab.scenarios.scenario import Scenario
from alliancelab.scenarios.scorecard import lines_of, plan_and_kept
from alliancelab.scenarios.worlds.ensemble import Ensemble, read_ensemble, write_ensemble
from alliancelab.scenarios.worlds.nested import Together, run_worlds
from alliancelab.scenarios.worlds.seeds import seeds_of

if TYPE_CHECKING:
    import pandas as pd

    from alliancelab.scenarios.targets import Problem

__all__ = ["REPLICATES", "Asked", "FittedWorlds", "fit_worlds", "kept_beside", "no_ensemble_alone",
           "score_in_worlds", "study_in_worlds", "uncertainties", "worlds_asked"]

REPLICATES = 4  # in each world where nothing else is said

Progress = Callable[[str, int, int], None]


def uncertainties(ensemble: str | Path | None = None) -> "pd.DataFrame":
    """Everything that is unknown of the model, with its distribution before and after anything was fitted.

    Parameters
    ----------
    ensemble : path, optional
        A folder that `calibrate` wrote with `ensemble`; by default the ensemble that comes with the package.

    Returns
    -------
    DataFrame
        Indexed by parameter
        ``kind``: calibrated, data or assumed
        ``default``, ``unit``, ``source``
        ``low``, ``high``, ``scale``: ends before anything was fitted, and whether the value or its logarithm is uniform
        ``fitted_low``, ``fitted_high``: between these lie 95 % of the worlds that fit
        ``learnt``: one less the spread over worlds that fit relative to that before, at least zero
        ``reason``: why these ends

    Examples
    --------
    >>> import alliancelab as al
    >>> al.uncertainties().loc["price_leap", "unit"]
    'million yuan'
    """
    import pandas as pd

    worlds = read_ensemble(ensemble)
    values = worlds.values()
    low, high = np.percentile(values, [2.5, 97.5], axis=0)
    listed = worlds.unknowns.listed
    return pd.DataFrame({
        "kind": worlds.unknowns.kinds, "default": [one.parameter.default for one in listed],
        "unit": [one.parameter.unit for one in listed], "source": [one.parameter.source for one in listed],
        "low": worlds.unknowns.low, "high": worlds.unknowns.high,
        "scale": ["log" if one.log else "even" for one in listed], "fitted_low": low, "fitted_high": high,
        "learnt": np.maximum(1.0 - worlds.u.std(axis=0, ddof=1) * np.sqrt(12.0), 0.0),
        "reason": [one.reason for one in listed],
    }, pd.Index(worlds.unknowns.names, name="parameter"))


@dataclass(frozen=True)
class FittedWorlds:
    """What `calibrate` hands back when it was asked for an ensemble.

    Attributes
    ----------
    ensemble : Ensemble
    provenance : dict
    """

    ensemble: Ensemble
    provenance: dict[str, Any]

    def tables(self) -> "dict[str, pd.DataFrame]":
        """By name: ``fit`` of the targets, ``waves``, and ``contradictions`` between facts."""
        import pandas as pd

        document = self.ensemble.document
        return {name: pd.DataFrame(document[name]) for name in ("fit", "waves", "contradictions")}

    def save(self, folder: str | Path) -> Path:
        """Write worlds, tables and ``ensemble.json`` into a folder of results.

        Raises
        ------
        StoreError
            When the folder cannot be written.
        """
        with store.staged(folder) as place:
            write_ensemble(place, self.ensemble, self.provenance)
        return Path(folder)

    def __repr__(self) -> str:
        return f"FittedWorlds({self.ensemble.document['targets']!r}: {len(self.ensemble.numbers)} worlds)"


def fit_worlds(problem: "Problem", count: int, folder: Path | None, workers: int | None, progress: Progress | None,
               started: float) -> FittedWorlds:
    """Worlds that fit the targets of a problem; arguments as in `calibrate`, which checks and announces."""
    from alliancelab.scenarios.worlds.making import make_ensemble  # what it needs takes long to import

    journal = None if folder is None else folder.with_name(f"{folder.name}.worlds.bin")
    ensemble, _ = make_ensemble(problem, count, journal, workers, progress)
    seeds = [problem.file.first_seed]
    result = FittedWorlds(ensemble, store.provenance(
        "ensemble", problem.scenarios, seeds, time.perf_counter() - started))
    if folder is not None:
        result.save(folder)
    return result


class Asked(NamedTuple):
    """In which worlds a study is to be made, and how its runs are kept; checked before anything is computed.

    Attributes
    ----------
    drawn : Ensemble
    replicates, first_seed : int
        Runs in each world, and the seed of the first; those of the next world begin a thousand later.
    workers : int or None
    progress : callable or None
    """

    drawn: Ensemble
    replicates: int
    first_seed: int
    workers: int | None
    progress: Callable[[int, int], None] | None


def worlds_asked(worlds: int, ensemble: str | Path | None, replicates: int | None, first_seed: int,
                 workers: int | None, progress: Callable[[int, int], None] | None) -> Asked:
    """The worlds that a study is made in; arguments as in `compare`.

    Raises
    ------
    ScenarioError, StoreError
        If a number is out of range, or the ensemble cannot be read.
    """
    drawn = read_ensemble(ensemble).first(worlds)
    count = REPLICATES if replicates is None else replicates
    seeds_of(worlds, count, first_seed)
    check_workers(workers)
    return Asked(drawn, count, first_seed, workers, progress)


def no_ensemble_alone(worlds: int | None, ensemble: str | Path | None) -> None:
    """Refuse a choice of worlds where none are asked for.

    Raises
    ------
    UserError
    """
    if worlds is None and ensemble is not None:
        raise UserError("an ensemble is a choice of worlds: say in how many of them to compare (--worlds)")


def study_in_worlds(
    scenarios: Sequence[Scenario],
    asked: Asked,
    declared: Sequence[Outcome],
    kept: KeptRuns | None,
    started: float,
    rules: OwnRules | None = None,
    together: Together | None = None,
    made: Callable[..., WorldComparison] = WorldComparison,
    kind: str = WorldComparison.kind,
    about: Sequence[Scenario] | None = None,
    **more: Any,
) -> WorldComparison:
    """Scenarios in worlds.

    Parameters
    ----------
    scenarios : sequence of Scenario
        The first axis of the runs.
    asked : Asked
    declared : sequence of Outcome
        What runs are judged by, or what `together` gives.
    kept : KeptRuns or None
        See `kept_beside`.
    started : float
        When the computation began, as `time.perf_counter` tells it.
    together : callable, optional
        As in `run_worlds`.
    made, kind : callable, str
        Class of the result, and how its document names it.
    about : sequence of Scenario, optional
        What the result is of, where that is less than `scenarios`.
    **more
        For the provenance.
    """
    told = tuple(scenarios if about is None else about)
    runs = run_worlds(scenarios, asked.drawn, asked.replicates, asked.first_seed, asked.workers, asked.progress,
                      declared, rules, kept, together)
    origin = store.provenance(kind, told, runs.seeds.ravel().tolist(), time.perf_counter() - started,
                              ensemble=asked.drawn.described(scenarios), **more)
    return made(runs, told, origin)


def kept_beside(out: str | Path | None, asked: Asked, scenarios: Sequence[Scenario], declared: Sequence[Outcome],
                overwrite: bool) -> AbstractContextManager[KeptRuns | None]:
    """Where runs of a study are kept until its folder is written; nothing without a folder."""
    if out is None:
        return nullcontext()
    return KeptRuns(store.check_folder(out, overwrite), scenarios, declared, overwrite, asked.drawn.hash)


def score_in_worlds(scenario: Scenario, asked: Asked, started: float, out: str | Path | None, overwrite: bool,
                    language: str, **more: Any) -> WorldScorecard:
    """A scorecard in worlds; arguments as in `study_in_worlds` and `scorecard`, which loads, checks and announces."""
    lines = lines_of(scenario)
    declared = [line.outcome for line in lines]
    both = [replace(scenario, name=f"{scenario.name}_base_year"), scenario]
    with kept_beside(out, asked, both, declared, overwrite) as kept:
        card = study_in_worlds(both, asked, declared, kept, started, together=partial(plan_and_kept, declared=declared),
                               made=partial(WorldScorecard, lines=lines), kind=WorldScorecard.kind, about=[scenario],
                               study="scorecard", **more)
        assert isinstance(card, WorldScorecard)
        if out is not None:
            card.save(out, language)
    return card
