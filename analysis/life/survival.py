"""Survival and hazards of alliances over many runs: treatments that begin during life, stage durations, doors.

Runs are clusters throughout. Kaplan and Meier's estimate is taken from counts by run (`limits`), because it is
resampled a thousand times; Cox's model comes from lifelines.

Source: H4.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from alliancelab.agents.codes import Door, Event
from alliancelab.analysis.life.ages import STAGE_NAMES
from alliancelab.analysis.statistics.clusters import Estimate, bootstrap_weights, jackknife, pooled_share, ratio
from alliancelab.model.setup import QUARTERS_A_YEAR

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "TREATMENTS", "doors", "episodes", "hazard_ratio", "hazards", "hazards_by_age", "quarters_at_risk",
    "spells", "stage_durations", "survival_bands",
]

TREATMENTS = {
    "funded": "ever had public money: start-up subsidy, grant, support, platform or rescue",
    "supported": "had public money in the quarter",
    "pilot": "named a pilot",
}
FEWEST_ENDINGS = 5      # on either side, for a hazard ratio
QUARTILES = (0.25, 0.5, 0.75)


def quarters_at_risk(recordings: Sequence) -> "pd.DataFrame":
    """One row for each quarter in which an alliance could end, with the treatments that it was under in that quarter.

    The quarter of founding, at age 0, is one: some contracts do not outlive it. Time before a treatment counts as
    untreated, so nobody is credited for having lived long enough to be treated (no immortal time). Alliances founded
    during the warm-up are left out: their early quarters were not watched.

    Returns
    -------
    DataFrame
        ``run``, ``alliance``, ``age`` in quarters, ``ended``, and one column a treatment.
    """
    import pandas as pd

    parts = []
    for run, recording in enumerate(recordings):
        alliances = recording.alliances
        rows = np.flatnonzero(alliances["founded"] >= recording.setup.sizes["warm_up"])
        end = np.where(alliances["ended"] < 0, len(recording.curves) - 1, alliances["ended"])[rows]
        watched = end - alliances["founded"][rows] + 1
        alliance = np.repeat(rows, watched)
        age = np.arange(watched.sum()) - np.repeat(np.cumsum(watched) - watched, watched)
        quarter = alliances["founded"][alliance] + age
        under = _treated(recording)
        parts.append(pd.DataFrame({
            "run": run, "alliance": alliance, "age": age,
            "ended": (quarter == alliances["ended"][alliance]),
            **{name: matrix[alliance, quarter] for name, matrix in under.items()},
        }))
    return pd.concat(parts, ignore_index=True)


def _treated(recording) -> dict[str, np.ndarray]:
    """Whether an alliance is under a treatment in a quarter, for each treatment: bool, (alliances, quarters)."""
    alliances, panel = recording.alliances, recording.panel
    money = np.zeros((len(alliances), len(recording.curves)))
    money[panel["alliance"], panel["quarter"]] = panel["public_total"]
    # The government pays before an alliance ends in a quarter, which the panel does not show.
    ended = np.flatnonzero(alliances["ended"] >= 0)
    money[ended, alliances["ended"][ended]] = alliances["public_total"][ended]
    quarter = np.arange(len(recording.curves))
    return {
        "funded": money > 0.0,
        "supported": np.diff(money, axis=1, prepend=0.0) > 0.0,
        "pilot": (alliances["pilot"] >= 0)[:, None] & (quarter >= alliances["pilot"][:, None]),
    }


def episodes(at_risk: "pd.DataFrame") -> "pd.DataFrame":
    """Quarters at risk joined to episodes of unchanged treatment, one row each.

    Returns
    -------
    DataFrame
        ``run``, ``alliance``, ``start`` (age of the first quarter) and ``stop`` (that of the last and one), ``ended``,
        and one column a treatment.
    """
    treatments = list(TREATMENTS)
    columns = at_risk[["run", "alliance", *treatments]]
    first = (columns != columns.shift()).any(axis=1)
    grouped = at_risk.groupby(first.cumsum(), sort=False)
    table = grouped[["run", "alliance", *treatments]].first()
    table.insert(2, "start", grouped["age"].first())
    table.insert(3, "stop", grouped["age"].last() + 1)
    table.insert(4, "ended", grouped["ended"].last())
    return table.reset_index(drop=True)


def hazards(at_risk: "pd.DataFrame", runs: int, level: float = 0.95) -> "pd.DataFrame":
    """Endings per year of life with and without each treatment, indexed by (treatment, treated).

    Columns: ``hazard``, ``low``, ``high`` per year, ``endings``, ``years`` of life of all alliances together. Rates are
    ratios of sums over runs, intervals those of their logarithms. They compare whom a treatment reached with whom it
    did not; who was chosen is part of the difference.
    """
    parts = {}
    for name in TREATMENTS:
        for treated in (False, True):
            parts[name, treated] = _rate(at_risk[at_risk[name] == treated], runs, level)
    return _stacked(parts, ["treatment", "treated"])


def hazards_by_age(at_risk: "pd.DataFrame", runs: int, level: float = 0.95) -> "pd.DataFrame":
    """Endings per year of life by year of age, indexed by ``year_of_life`` (1 is the first); columns as `hazards`."""
    year = at_risk["age"] // QUARTERS_A_YEAR + 1
    return _stacked({(int(y),): _rate(at_risk[year == y], runs, level) for y in np.unique(year)}, ["year_of_life"])


def _rate(rows: "pd.DataFrame", runs: int, level: float) -> dict[str, float]:
    endings = np.bincount(rows["run"][rows["ended"]], minlength=runs)
    years = np.bincount(rows["run"], minlength=runs) / QUARTERS_A_YEAR
    rate = ratio(endings, years, level)
    with np.errstate(invalid="ignore", divide="ignore"):
        factor = np.exp((rate.high - rate.value) / rate.value)  # the t interval of the logarithm: rates stay above zero
    return {"hazard": float(rate.value), "low": float(rate.value / factor), "high": float(rate.value * factor),
            "endings": int(endings.sum()), "years": float(years.sum())}


def _stacked(parts: dict[tuple, dict], names: list[str]) -> "pd.DataFrame":
    import pandas as pd

    index = pd.MultiIndex.from_tuples(parts, names=names) if len(names) > 1 else pd.Index(
        [key[0] for key in parts], name=names[0])
    return pd.DataFrame(list(parts.values()), index)


def hazard_ratio(table: "pd.DataFrame", treatment: str, runs: int, level: float = 0.95) -> Estimate:
    """Log hazard ratio of treated over untreated at the same age: Cox's model with episodes, runs left out in turn.

    Source: H4; Cox 1972, Journal of the Royal Statistical Society B 34, 187-220; lifelines' `CoxTimeVaryingFitter`.

    Parameters
    ----------
    table : DataFrame
        As `episodes` gives it; with any column of zeros and ones as `treatment`.
    runs : int
        Clusters, numbered in ``run``.
    """
    from lifelines import CoxTimeVaryingFitter

    data = table[["run", "start", "stop"]].assign(
        ended=table["ended"].astype(bool), treated=table[treatment].astype(float), identity=np.arange(len(table)))

    def log_ratio(weights: np.ndarray) -> float:
        kept = data[weights[data["run"]] > 0]
        ended = kept["treated"][kept["ended"]]
        if min(ended.sum(), len(ended) - ended.sum()) < FEWEST_ENDINGS:
            return np.nan
        fitter = CoxTimeVaryingFitter().fit(kept.drop(columns="run"), "ended", id_col="identity")
        return float(fitter.params_["treated"])

    return jackknife(log_ratio, runs, level)


def weighted_kaplan_meier(ending: np.ndarray, leaving: np.ndarray) -> np.ndarray:
    """Kaplan and Meier's estimate from counts by age, along the last axis.

    Parameters
    ----------
    ending, leaving : ndarray, shape (..., ages)
        Those that end at an age, and those that are no longer seen after it (ended or censored).
    """
    at_risk = np.cumsum(leaving[..., ::-1], axis=-1)[..., ::-1]
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.cumprod(np.where(at_risk > 0, 1.0 - ending / at_risk, 1.0), axis=-1)


def _resampled(lived: np.ndarray, ended: np.ndarray, run: np.ndarray, runs: int) -> np.ndarray:
    """Survival by age in all runs, then in resamples of runs: shape (1 + resamples, ages)."""
    longest = int(lived.max(initial=0)) + 1
    leaving, ending = np.zeros((runs, longest)), np.zeros((runs, longest))
    np.add.at(leaving, (run, lived), 1.0)
    np.add.at(ending, (run[ended], lived[ended]), 1.0)
    weights = np.vstack([np.ones(runs), bootstrap_weights(runs)])
    return weighted_kaplan_meier(weights @ ending, weights @ leaving)


def survival_bands(at_risk: "pd.DataFrame", runs: int, level: float = 0.95) -> "pd.DataFrame":
    """Share of alliances that outlive each age, ends from resampled runs: ``age``, ``survival``, ``low``, ``high``.

    With fewer than two runs there are no ends.
    """
    import pandas as pd

    last = at_risk.groupby(["run", "alliance"], sort=False).last().reset_index()
    curves = _resampled(last["age"].to_numpy(), last["ended"].to_numpy(bool), last["run"].to_numpy(), runs)
    low, high = _ends(curves[1:], level, runs)
    age = np.arange(curves.shape[1]) / QUARTERS_A_YEAR
    return pd.DataFrame({"age": age, "survival": curves[0], "low": low, "high": high})


def _ends(resampled: np.ndarray, level: float, runs: int) -> np.ndarray:
    if runs < 2:
        return np.full((2, *resampled.shape[1:]), np.nan)
    # The nearest value, not one between two: a duration that outlasts what was seen is infinite.
    return np.quantile(resampled, [0.5 - level / 2, 0.5 + level / 2], axis=0, method="nearest")


def spells(recordings: Sequence) -> "pd.DataFrame":
    """One row each time an alliance is in a stage, for alliances founded after the warm-up.

    Returns
    -------
    DataFrame
        ``run``, ``alliance``, ``stage``, ``began`` (age in quarters), ``quarters`` it lasted, and ``following``: the
        next stage, "ended", or "" where the run was over first (censored).
    """
    import pandas as pd

    names = np.array([*STAGE_NAMES, "ended", ""], object)
    parts = []
    for run, recording in enumerate(recordings):
        alliances, panel = recording.alliances, recording.panel
        panel = panel[alliances["founded"][panel["alliance"]] >= recording.setup.sizes["warm_up"]]
        panel = panel[np.lexsort((panel["quarter"], panel["alliance"]))]
        alliance, stage = panel["alliance"], panel["stage"]
        new = np.append(True, (alliance[1:] != alliance[:-1]) | (stage[1:] != stage[:-1]))[: len(panel)]
        first = np.flatnonzero(new)
        length = np.diff(np.append(first, len(panel)))
        same = np.append(alliance[first[1:]] == alliance[first[:-1]], False)[: len(first)]
        over = np.where(alliances["ended"][alliance[first]] >= 0, len(STAGE_NAMES), len(STAGE_NAMES) + 1)
        following = np.where(same, np.append(stage[first[1:]], 0)[: len(first)], over)
        parts.append(pd.DataFrame({
            "run": run, "alliance": alliance[first], "stage": names[stage[first]], "began": panel["age"][first],
            "quarters": length, "following": names[following],
        }))
    return pd.concat(parts, ignore_index=True)


def stage_durations(table: "pd.DataFrame", runs: int, level: float = 0.95) -> "pd.DataFrame":
    """How long stages last and what follows them, indexed by stage.

    Source: A2, H4.

    Columns: ``spells``, ``cut_off`` (share that the end of the run cut off), quartiles of the duration in years with
    the ends of their intervals (``median``, ``median_low``, ...) from Kaplan and Meier's estimate with resampled runs,
    NaN where more than that share outlasts what was seen; and shares of what follows among spells that were not cut
    off (``to_growth``, ..., ``to_ended``).
    """
    import pandas as pd

    lines = {}
    for stage in STAGE_NAMES:
        mine = table[table["stage"] == stage]
        seen = mine["following"] != ""
        line = {"spells": len(mine), "cut_off": float((~seen).mean()) if len(mine) else np.nan}
        curves = _resampled(mine["quarters"].to_numpy(), seen.to_numpy(), mine["run"].to_numpy(), runs)
        for share, name in zip(QUARTILES, ("lower_quartile", "median", "upper_quartile"), strict=True):
            under = curves <= 1.0 - share + 1e-12
            years = np.where(under.any(axis=1), under.argmax(axis=1), np.inf) / QUARTERS_A_YEAR
            ends = _ends(years[1:], level, runs) if len(mine) else (np.nan, np.nan)
            for key, value in zip((name, f"{name}_low", f"{name}_high"), (years[0], *ends), strict=True):
                line[key] = float(value) if np.isfinite(value) else np.nan
        for after in (*STAGE_NAMES[1:], "ended"):
            line[f"to_{after}"] = float((mine["following"][seen] == after).mean()) if seen.any() else np.nan
        lines[stage] = line
    return pd.DataFrame(lines.values(), pd.Index(lines, name="stage"))


def doors(recordings: Sequence, level: float = 0.95) -> "pd.DataFrame":
    """Share of each door in all entries into re-growth after the warm-up, indexed by door.

    The door of an entry is that of the project which carried the rise. Columns: ``share``, ``low``, ``high``,
    ``entries``.

    Source: A3, H4.
    """
    entered = []
    for recording in recordings:
        grown = recording.events[recording.events["event"] == Event.REGROWN]
        later = recording.alliances["founded"][grown["alliance"]] >= recording.setup.sizes["warm_up"]
        entered.append(grown["value"][later].astype(np.int64))
    doors_of, runs_of = np.concatenate(entered), np.repeat(np.arange(len(entered)), [len(part) for part in entered])
    parts = {}
    for kind in Door:
        share = pooled_share(doors_of == kind, runs_of, len(recordings), level)
        parts[(kind.name.lower(),)] = {"share": float(share.value), "low": float(share.low), "high": float(share.high),
                                       "entries": int((doors_of == kind).sum())}
    return _stacked(parts, ["door"])
