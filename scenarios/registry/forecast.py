"""What becomes of the alliances of a registry: survival, members and projects, with intervals, and scored. Source: H5.

Two forecasts that need no model are scored beside it: that nothing changes, and that alliances die as those of their
age have done by the registry (Kaplan and Meier 1958) while the others stay as they are.
"""

import datetime
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from alliancelab.agents.errors import UserError
from alliancelab.model.setup import QUARTERS_A_YEAR
from alliancelab.model.simulation import Recording
from alliancelab.scenarios import runner, store
from alliancelab.scenarios.registry.scores import brier, coverage, crps, crps_two
from alliancelab.scenarios.registry.tables import Registry
from alliancelab.scenarios.registry.world import run_from
from alliancelab.scenarios.scenario import Scenario

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Forecast", "forecast_from"]

LEVEL = 0.9  # of the intervals
LONGEST = 100  # years
_OFF = 46  # days by which a held-out snapshot may miss the end of the forecast: half a quarter
_DAYS = 365.25


@dataclass(frozen=True)
class Forecast:
    """Forecast of every alliance of a registry.

    Attributes
    ----------
    scenario : Scenario
    years : int
        From the day of the registry.
    alliances : DataFrame
        One row an alliance, by identifier: age (years), members and projects on the day, chance to survive; mean and
        90 % interval of members and of running projects at the end, where an alliance that has ended counts zero;
        chance by the Kaplan-Meier estimate; with a held-out snapshot what came.
    totals : DataFrame
        By measure, with those founded since: on the day, mean and 90 % interval at the end, and what came.
    survival : DataFrame
        By year: share of the alliances of the registry that live, mean and 90 % interval.
    scores : DataFrame or None
        By measure and score: model, nothing changes, Kaplan-Meier, and the share of cases in the model's 90 %
        intervals; None without a held-out snapshot.
    notes : tuple of str
    provenance : mapping
    """

    scenario: Scenario
    years: int
    alliances: "pd.DataFrame" = field(repr=False)
    totals: "pd.DataFrame" = field(repr=False)
    survival: "pd.DataFrame" = field(repr=False)
    scores: "pd.DataFrame | None" = field(repr=False)
    notes: tuple[str, ...] = field(repr=False)
    provenance: Mapping[str, Any] = field(repr=False)

    def save(self, folder: str | Path) -> None:
        """Write tables and ``forecast.json`` to a folder, whole or not at all."""
        with store.staged(folder) as staging:
            store.write_json(staging, "forecast.json", {**self.provenance, "notes": list(self.notes)})
            for name in ("alliances", "totals", "survival", "scores"):
                table = getattr(self, name)
                if table is not None:
                    store.write_table(staging, name, table)
                    table.to_csv(staging / f"{name}.csv")


def forecast_from(
    registry: Registry, scenario: Scenario, years: int, replicates: int = 50, first_seed: int = 0,
    workers: int | None = None, held_out: Registry | None = None, progress: Callable[[int, int], None] | None = None,
) -> Forecast:
    """Run a scenario from a registry on many seeds, and score it where what came is known.

    Parameters
    ----------
    registry : Registry
    scenario : Scenario
        As `world.scenario_from` gives it for this registry and these years.
    years : int
    replicates : int
        Runs; each draws anew what the tables do not tell.
    first_seed : int
    workers : int, optional
        Threads; their number changes no result.
    held_out : Registry, optional
        The same registry so many years later.
    progress : callable, optional
        Called with the runs done and all runs.

    Raises
    ------
    UserError
        When a number is not right, or the later snapshot is of another day or of other alliances.
    """
    check_forecast(registry, years, replicates, first_seed, held_out, workers)
    places = [(0, k) for k in range(replicates)]
    found: dict[int, tuple[np.ndarray, ...]] = {}
    names: list[tuple[str, ...]] = []

    def one(place: tuple[int, int]) -> None:
        started = run_from(registry, scenario, first_seed + place[1], record=False)
        order = np.argsort(started.alliances)  # seeds that draw dates of founding order alliances otherwise
        found[place[1]] = _outcome(started.recording, order, years)
        names.append(tuple(np.array(started.alliances)[order]))

    runner.run_in_threads(one, places, workers, progress)
    alive, members, running, all_of_them = (np.array([found[k][i] for k in range(replicates)]) for i in range(4))
    return _told(registry, scenario, years, names[0], (alive, members, running, all_of_them), held_out,
                 first_seed + np.arange(replicates))


def check_forecast(registry: Registry, years: int, replicates: int, first_seed: int, held_out: Registry | None,
                   workers: int | None = None) -> None:
    """Refuse, before anything is computed, what no forecast can be made of."""
    if not 1 <= years <= LONGEST:
        raise UserError(f"years is {years} and has to be from 1 to {LONGEST}")
    if replicates < 2:
        raise UserError(f"replicates is {replicates} and has to be at least 2: intervals need runs that differ")
    if first_seed < 0:
        raise UserError(f"the seed {first_seed} has to be a whole number from 0 on")
    if workers is not None and workers < 1:
        raise UserError(f"workers is {workers} and has to be at least 1")
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


def _told(registry: Registry, scenario: Scenario, years: int, names: tuple[str, ...], runs: tuple[np.ndarray, ...],
          held_out: Registry | None, seeds: np.ndarray) -> Forecast:
    import pandas as pd

    alive, members, running, totals = runs
    now_members = _counts(registry.members()["alliance"], names)
    at_work = registry.running()
    now_running = None if at_work is None else _counts(at_work["alliance"], names)
    living = registry.living().loc[list(names)]
    table = pd.DataFrame({"age": _ages(living["founded"], registry.date), "members": now_members.astype(int)},
                         pd.Index(names, name="alliance"))
    if now_running is not None:
        table["projects"] = now_running.astype(int)
    table["survives"] = alive[:, -1].mean(axis=0)
    by_age = _by_age(registry, table["age"].to_numpy(), years)
    table["survives_by_age"] = by_age
    for name, draws in (("members", members), ("projects", running)):
        table[[f"{name}_mean", f"{name}_low", f"{name}_high"]] = np.transpose(_interval(draws))
    shares = alive.mean(axis=2)
    survival = pd.DataFrame(np.transpose(_interval(shares)), pd.RangeIndex(1, years + 1, name="year"),
                            ["mean", "low", "high"])
    whole = pd.DataFrame(np.transpose(_interval(totals)), pd.Index(["alliances", "memberships", "running projects"],
                                                                  name="measure"), ["mean", "low", "high"])
    whole.insert(0, "now", [len(names), now_members.sum(), np.nan if now_running is None else now_running.sum()])
    notes = list(registry.notes)
    scores = None
    if held_out is not None:
        scores = _scored(table, whole, runs, now_members, now_running, by_age, held_out, notes)
    told = {"registry": str(registry.folder), "date": registry.date, "years": years,
            "held_out": None if held_out is None else str(held_out.folder)}
    provenance = store.provenance("forecast", [scenario], seeds.tolist(), 0.0, **told)
    return Forecast(scenario, years, table, whole, survival, scores, tuple(notes), provenance)


def _scored(table: "pd.DataFrame", whole: "pd.DataFrame", runs: tuple[np.ndarray, ...], now_members: np.ndarray,
            now_running: np.ndarray | None, by_age: np.ndarray, held_out: Registry, notes: list[str]) -> "pd.DataFrame":
    """Scores against the later snapshot, which is written into the tables, too."""
    import pandas as pd

    alive, members, running, totals = runs
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
    """Chance to live so many years more, by the lives of all alliances of the registry up to its day."""
    from lifelines import KaplanMeierFitter

    known = registry.alliances[(registry.alliances["founded"] != "") & (registry.alliances["founded"] < registry.date)]
    ended = ((known["ended"] != "") & (known["ended"] <= registry.date)).to_numpy()
    if not ended.any():
        return np.ones(len(ages))  # no life has ended: the estimate is one at every age
    lives = np.array([_ages(known["founded"].iloc[i: i + 1], known["ended"].iloc[i] if ended[i] else registry.date)[0]
                      for i in range(len(known))])
    fitted = KaplanMeierFitter().fit(lives, ended)
    usual = np.where(np.isnan(ages), np.nanmedian(ages) if (~np.isnan(ages)).any() else 0.0, ages)
    then, now = (np.asarray(fitted.predict(times), float).reshape(-1) for times in (usual + years, usual))
    return np.where(now > 0.0, then / np.maximum(now, 1e-12), 0.0)
