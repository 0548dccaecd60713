"""What becomes of the alliances of a registry: survival, members and projects, with intervals, and scored. Source: H5.

Two forecasts that need no model are scored beside it: that nothing changes, and that alliances die as those of their
age have done by the registry (Kaplan and Meier 1958) while the others stay as they are.
"""

import datetime
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from alliancelab.agents.errors import UserError
from alliancelab.model.setup import QUARTERS_A_YEAR
from alliancelab.model.simulation import Recording
from alliancelab.scenarios import runner
from alliancelab.scenarios.checks import check_count, check_seed, check_workers
from alliancelab.scenarios.registry.donors import EmptyWorldError
from alliancelab.scenarios.registry.scores import brier, coverage, crps, crps_two
from alliancelab.scenarios.registry.tables import Registry
from alliancelab.scenarios.registry.world import run_from
from alliancelab.scenarios.scenario import Scenario

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["LEVEL", "ForecastTables", "check_forecast", "forecast_from"]

LEVEL = 0.9  # of the intervals
LONGEST = 100  # years
_OFF = 46  # days by which a held-out snapshot may miss the end of the forecast: half a quarter
_DAYS = 365.25


class Runs(NamedTuple):
    """What the runs of a forecast gave, those of a world one after the other.

    Attributes
    ----------
    alive : ndarray of bool, shape (runs, years, alliances)
    members, running : ndarray of float64, shape (runs, alliances)
    totals : ndarray of float64, shape (runs, 3)
        Alliances, memberships and running projects.
    worlds : int
    """

    alive: np.ndarray
    members: np.ndarray
    running: np.ndarray
    totals: np.ndarray
    worlds: int


class ForecastTables(NamedTuple):
    """What becomes of the alliances of a registry; columns as in `analysis.results.forecast.Forecast`.

    Attributes
    ----------
    alliances, totals, survival : DataFrame
    scores : DataFrame or None
        None without a held-out snapshot.
    notes : tuple of str
        Which worlds were left out, and how the held-out snapshot was taken.
    """

    alliances: "pd.DataFrame"
    totals: "pd.DataFrame"
    survival: "pd.DataFrame"
    scores: "pd.DataFrame | None"
    notes: tuple[str, ...]


def forecast_from(
    registry: Registry, worlds: Sequence[Scenario], seeds: np.ndarray, years: int, workers: int | None = None,
    held_out: Registry | None = None, progress: Callable[[int, int], None] | None = None,
) -> ForecastTables:
    """Run from a registry in every world on its seeds, and score it where what came is known.

    Parameters
    ----------
    registry : Registry
    worlds : sequence of Scenario
        As `world.scenario_from` gives it for this registry and these years, with the parameters of each world.
    seeds : ndarray of int64, shape (worlds, runs of each)
        Each draws anew what the tables do not tell.
    years : int
    workers : int, optional
        Threads; their number changes no result.
    held_out : Registry, optional
        The same registry so many years later.
    progress : callable, optional
        Called with the runs done and all runs.

    Raises
    ------
    EmptyWorldError
        When fewer than two worlds have alliances and projects to draw from what the tables do not tell.
    """
    places = [(w, k) for w in range(seeds.shape[0]) for k in range(seeds.shape[1])]
    found: dict[tuple[int, int], tuple[np.ndarray, ...]] = {}
    names: list[tuple[str, ...]] = []

    empty: dict[int, EmptyWorldError] = {}

    def one(place: tuple[int, int]) -> None:
        try:
            started = run_from(registry, worlds[place[0]], int(seeds[place]), record=False)
        except EmptyWorldError as error:
            empty[place[0]] = error
            return
        order = np.argsort(started.alliances)  # seeds that draw dates of founding order alliances otherwise
        found[place] = _outcome(started.recording, order, years)
        names.append(tuple(np.array(started.alliances)[order]))

    runner.run_in_threads(one, places, workers, progress)
    kept = [w for w in range(len(worlds)) if w not in empty]
    if len(kept) < min(len(worlds), 2):
        raise empty[min(empty)]
    alive, members, running, totals = (np.array([found[place][i] for place in places if place[0] not in empty])
                                       for i in range(4))
    runs = Runs(alive, members, running, totals, len(kept))
    # The registry has alliances: a world without any on its day is ruled out by it.
    notes = [f"{len(empty):,} of {len(worlds):,} worlds have no alliance, or none with a project, on {registry.date}; "
             "they are left out"] if empty else []
    return _forecast(registry, years, names[0], runs, held_out, notes)


def check_forecast(registry: Registry, years: int, replicates: int, first_seed: int, held_out: Registry | None,
                   workers: int | None) -> None:
    """Refuse, before anything is computed, what no forecast can be made of."""
    check_count("years", years, 1, LONGEST)
    check_count("replicates", replicates, 2, why=": intervals need runs that differ")
    check_seed(first_seed, replicates)
    check_workers(workers)
    if held_out is None:
        return
    here, there = (datetime.date.fromisoformat(one.date) for one in (registry, held_out))
    off = abs((there - here).days - _DAYS * years)
    if off > _OFF:
        raise UserError(f"{held_out.folder}: the later registry is of {held_out.date}, and {years} years from "
                        f"{registry.date} end elsewhere; give the years between the two")
    if not held_out.alliances.index.isin(registry.living().index).any():
        raise UserError(f"{held_out.folder}: no alliance of {registry.folder} is in the later registry; alliances need "
                        "the same identifiers in both")


def _outcome(recording: Recording, order: np.ndarray, years: int) -> tuple[np.ndarray, ...]:
    """Life by year, members and projects of the alliances of the registry, and totals of all."""
    table = recording.alliances
    own = table[: len(order)][order]
    last = len(recording.curves)
    ends = last - QUARTERS_A_YEAR * np.arange(years)[::-1]
    alive = (own["ended"] < 0) | (own["ended"] >= ends[:, None])
    signed = table[(table["ended"] < 0) & (table["signed"] >= 0)]
    totals = np.array([len(signed), signed["size"].sum(), signed["running"].sum()], float)
    return alive, np.where(own["ended"] < 0, own["size"], 0.0), np.where(own["ended"] < 0, own["running"], 0.0), totals


def _forecast(registry: Registry, years: int, names: tuple[str, ...], runs: Runs, held_out: Registry | None,
          notes: list[str]) -> ForecastTables:
    import pandas as pd

    now_members = _counts(registry.members()["alliance"], names)
    at_work = registry.running()
    now_running = None if at_work is None else _counts(at_work["alliance"], names)
    living = registry.living().loc[list(names)]
    table = pd.DataFrame({"age": _ages(living["founded"], registry.date), "members": now_members.astype(int)},
                         pd.Index(names, name="alliance"))
    if now_running is not None:
        table["projects"] = now_running.astype(int)
    table["survives"] = runs.alive[:, -1].mean(axis=0)
    by_age = _by_age(registry, table["age"].to_numpy(), years)
    table["survives_by_age"] = by_age[-1]
    for name, draws in (("members", runs.members), ("projects", runs.running)):
        table[[f"{name}_mean", f"{name}_low", f"{name}_high"]] = np.transpose(_interval(draws))
    survival = _intervals(runs.alive.mean(axis=2), runs.worlds, pd.RangeIndex(1, years + 1, name="year"))
    survival["by_age"] = by_age.mean(axis=1)
    whole = _intervals(runs.totals, runs.worlds,
                       pd.Index(["alliances", "memberships", "running projects"], name="measure"))
    whole.insert(0, "now", [len(names), now_members.sum(), np.nan if now_running is None else now_running.sum()])
    scores = None
    if held_out is not None:
        scores = _scored(table, whole, runs, now_members, now_running, by_age[-1], held_out, notes)
    return ForecastTables(table, whole, survival, scores, tuple(notes))


def _intervals(draws: np.ndarray, worlds: int, index: Any) -> "pd.DataFrame":
    """Mean and interval of each column, and in several worlds the share of variance that lies between them.

    The share is that of the analysis of variance of one factor (Searle, Casella and McCulloch 1992, ch. 3).
    """
    import pandas as pd

    table = pd.DataFrame(np.transpose(_interval(draws)), index, ["mean", "low", "high"])
    if worlds > 1:
        by_world = draws.reshape(worlds, -1, draws.shape[1])
        luck = by_world.var(axis=1, ddof=1).mean(axis=0)
        between = np.maximum(by_world.mean(axis=1).var(axis=0, ddof=1) - luck / by_world.shape[1], 0.0)
        with np.errstate(invalid="ignore"):
            table["ignorance"] = between / (between + luck)
    return table


def _scored(table: "pd.DataFrame", whole: "pd.DataFrame", runs: Runs, now_members: np.ndarray,
            now_running: np.ndarray | None, by_age: np.ndarray, held_out: Registry, notes: list[str]) -> "pd.DataFrame":
    """Scores against the later snapshot, which is written into the tables, too."""
    import pandas as pd

    alive, members, running, totals, _ = runs
    lived = table.index.isin(held_out.living().index)
    came = _counts(held_out.members()["alliance"], table.index)
    table["survived"], table["members_came"] = lived, came.astype(int)
    gone = ~table.index.isin(held_out.alliances.index)
    if gone.any():
        notes.append(f"{int(gone.sum()):,} alliances are not in the later registry and count as ended")
    rows = [("survival", "Brier", brier(alive[:, -1].mean(axis=0), lived), brier(np.ones(len(table)), lived),
             brier(by_age, lived), np.nan),
            _row("members", members, came, now_members, by_age)]
    of_all = [len(held_out.living()), len(held_out.members()), np.nan]
    at_work = held_out.running()
    if at_work is not None and now_running is not None:
        came_running = _counts(at_work["alliance"], table.index)
        table["projects_came"] = came_running.astype(int)
        rows.append(_row("running projects", running, came_running, now_running, by_age))
        of_all[2] = len(at_work)
    whole["came"] = of_all
    for i, measure in enumerate(whole.index):
        if not np.isnan(of_all[i]):
            value = np.array([of_all[i]], float)
            low, high = _interval(totals[:, i: i + 1])[1:]
            rows.append((f"all {measure}", "CRPS", float(crps(totals[:, i: i + 1], value)[0]),
                         abs(whole["now"].iloc[i] - of_all[i]), np.nan, coverage(low, high, value)))
    frame = pd.DataFrame(rows, columns=["measure", "score", "model", "nothing_changes", "kaplan_meier", "within"])
    return frame.set_index(["measure", "score"])


def _row(name: str, draws: np.ndarray, came: np.ndarray, now: np.ndarray, by_age: np.ndarray) -> tuple[Any, ...]:
    _, low, high = _interval(draws)
    return (name, "CRPS", float(crps(draws, came).mean()), float(np.abs(now - came).mean()),
            float(crps_two(now, by_age, came).mean()), coverage(low, high, came))


def _interval(draws: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Mean, and the ends of the central interval, over the first axis."""
    tail = (1.0 - LEVEL) / 2.0
    return draws.mean(axis=0), np.quantile(draws, tail, axis=0), np.quantile(draws, 1.0 - tail, axis=0)


def _counts(names: "pd.Series", index: Any) -> np.ndarray:
    """How often each name stands there."""
    return names.value_counts().reindex(list(index)).fillna(0.0).to_numpy(float)


def _ages(founded: "pd.Series", date: str) -> np.ndarray:
    """Years from founding to a day; NaN where the founding is not known."""
    day = datetime.date.fromisoformat(date)
    return np.array([(day - datetime.date.fromisoformat(text)).days / _DAYS if text else np.nan for text in founded])


def _by_age(registry: Registry, ages: np.ndarray, years: int) -> np.ndarray:
    """Chance to live 1, 2, ... years more, by the lives of all alliances of the registry up to its day.

    Returns
    -------
    ndarray of float64, shape (years, alliances)
    """
    from lifelines import KaplanMeierFitter

    known = registry.alliances[(registry.alliances["founded"] != "") & (registry.alliances["founded"] < registry.date)]
    ended = ((known["ended"] != "") & (known["ended"] <= registry.date)).to_numpy()
    if not ended.any():
        return np.ones((years, len(ages)))  # no life has ended: the estimate is one at every age
    lives = np.array([_ages(known["founded"].iloc[i: i + 1], known["ended"].iloc[i] if ended[i] else registry.date)[0]
                      for i in range(len(known))])
    fitted = KaplanMeierFitter().fit(lives, ended)
    usual = np.where(np.isnan(ages), np.nanmedian(ages) if (~np.isnan(ages)).any() else 0.0, ages)
    now, *later = (np.asarray(fitted.predict(usual + year), float).reshape(-1) for year in range(years + 1))
    return np.where(now > 0.0, np.array(later) / np.maximum(now, 1e-12), 0.0)
