"""The life of alliances in numbers: mean curves by age, age of the peak, stages over time, transitions, survival."""

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from alliancelab.agents.codes import Stage
from alliancelab.analysis.statistics.clusters import bootstrap_weights, ratio
from alliancelab.analysis.statistics.intervals import normal_quantile
from alliancelab.model.setup import QUARTERS_A_YEAR
from alliancelab.model.tables import AGE_LIMIT

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "AgeBand", "Peak", "STAGE_NAMES", "Survival", "Transitions", "founded_by_age", "peak_age", "pooled_by_age",
    "kaplan_meier", "stage_shares", "transitions",
]

STAGE_NAMES = tuple(stage.name.lower() for stage in Stage)
PEAK_WINDOW = 5         # quarters of the moving average under which a peak is sought: one year and a quarter
PEAK_SUPPORT = 0.25     # ages seen of fewer than this share of the alliances of the most frequent age have no say


class AgeBand(NamedTuple):
    """Two means by age with their intervals over replicates; one entry a quarter of age, from 0.

    The mean over the living tells of survivors: where the weak end and the strong stay, it rises although every single
    alliance falls. The cohort's mean counts those that have ended as zero and tells of all that were founded.

    Attributes
    ----------
    age : ndarray of float64
        Years since founding.
    mean, low, high : ndarray of float64
        Over the living, in the unit of the quantity; NaN where no alliance reached the age (`low`, `high`: fewer than
        two replicates).
    cohort, cohort_low, cohort_high : ndarray of float64
        Over the cohort, the ended counted as zero.
    alliances : ndarray of float64
        Alliances seen alive at this age, all replicates together.
    founded : ndarray of float64
        Alliances that this age could have been seen of, ended or not.
    """

    age: np.ndarray
    mean: np.ndarray
    low: np.ndarray
    high: np.ndarray
    cohort: np.ndarray
    cohort_low: np.ndarray
    cohort_high: np.ndarray
    alliances: np.ndarray
    founded: np.ndarray


class Peak(NamedTuple):
    """Highest point of a cohort's mean by age.

    Attributes
    ----------
    age, low, high : float
        Years since founding, with its interval.
    height : float
        In the curve's unit.
    falls : bool
        Whether the curve is lower at the last age looked at than at its highest point, in 97.5 % of resampled
        replicates (in the one there is, where there is one). If not, `age` says no more than that there is no peak
        before.
    """

    age: float
    low: float
    high: float
    height: float
    falls: bool


class Transitions(NamedTuple):
    """Moves between stages from one quarter to the next.

    Attributes
    ----------
    counts : DataFrame
        Rows: the stage left; columns: the stage found a quarter later, and ``ended``.
    rates : DataFrame
        Counts over the quarters at risk in the stage left: per quarter. Rows sum to 1, or are NaN for an unused stage.
    """

    counts: "pd.DataFrame"
    rates: "pd.DataFrame"


class Survival(NamedTuple):
    """Product-limit estimate; every array has one entry a quarter of age, from 0 to the longest duration.

    Attributes
    ----------
    age : ndarray of float64
        Years since founding.
    survival : ndarray of float64
        Share still alive after this age.
    low, high : ndarray of float64
        Interval on the log(-log) scale, so that it stays within [0, 1]; NaN before the first and after the last end.
    error : ndarray of float64
        Standard error after Greenwood.
    at_risk, ended : ndarray of int64
        Alliances that reached this age, and those that ended at it.
    """

    age: np.ndarray
    survival: np.ndarray
    low: np.ndarray
    high: np.ndarray
    error: np.ndarray
    at_risk: np.ndarray
    ended: np.ndarray


def founded_by_age(founded: np.ndarray, warm_up: int) -> np.ndarray:
    """Alliances that each age could have been seen of after the warm-up, float64 of shape (..., AGE_LIMIT).

    An alliance founded in quarter q is seen at age a, if it still lives, in quarter q + a. AGES sums over these
    quarters from the warm-up on, whenever the alliance was founded; so this is what its sums belong to.

    Parameters
    ----------
    founded : array_like of int, shape (..., quarters)
        Alliances founded in each quarter, the column of CURVES.
    """
    founded = np.asarray(founded, float)
    before = np.concatenate([np.zeros((*founded.shape[:-1], 1)), np.cumsum(founded, axis=-1)], axis=-1)
    age = np.arange(AGE_LIMIT)
    last = np.maximum(founded.shape[-1] - age, 0)
    return before[..., last] - before[..., np.minimum(np.maximum(warm_up - age, 0), last)]


def pooled_by_age(sums: np.ndarray, founded: np.ndarray, column: str = "vitality", level: float = 0.95) -> AgeBand:
    """Means of a quantity by age over all alliances of all replicates. Source: H4.

    A replicate is a cluster of alliances; see `clusters.ratio`. The last age holds all older alliances and is left out.

    Parameters
    ----------
    sums : structured ndarray with the columns of AGES, shape (replicates, AGE_LIMIT) or (AGE_LIMIT,)
    founded : ndarray, same shape
        As `founded_by_age` gives it.
    column : str
        A column of AGES other than ``alliances``.
    level : float
        Coverage of the bands.
    """
    alive, there, total = _age_sums(sums, founded, column)
    living, cohort = ratio(total.T, alive.T, level), ratio(total.T, there.T, level)
    age = np.arange(living.value.size) / QUARTERS_A_YEAR
    return AgeBand(age, living.value, living.low, living.high, cohort.value, cohort.low, cohort.high,
                   alive.sum(axis=0), there.sum(axis=0))


def peak_age(sums: np.ndarray, founded: np.ndarray, column: str = "vitality", level: float = 0.95) -> Peak:
    """Age at which a cohort's mean, smoothed over five quarters, is highest. Source: H4.

    The interval is a percentile bootstrap over replicates (1,000 resamples from a fixed seed). Ages that could be seen
    of few alliances only are left out. Arguments as in `pooled_by_age`.
    """
    _, there, total = _age_sums(sums, founded, column)
    use = there.sum(axis=0) >= PEAK_SUPPORT * there.sum(axis=0).max(initial=0.0)
    if not there.any():
        return Peak(np.nan, np.nan, np.nan, np.nan, False)
    replicates = len(there)
    weights = np.vstack([np.ones(replicates), bootstrap_weights(replicates)])
    top, height, last = _highest(weights @ total, weights @ there, use)
    drop = height - last
    if replicates < 2:
        return Peak(float(top[0]), np.nan, np.nan, float(height[0]), bool(drop[0] > 0.0))
    low, high = np.quantile(top[1:], [0.5 - level / 2, 0.5 + level / 2])
    falls = bool(np.quantile(drop[1:], 0.5 - level / 2) > 0.0)
    return Peak(float(top[0]), float(low), float(high), float(height[0]), falls)


def stage_shares(curves: "pd.DataFrame") -> "pd.DataFrame":
    """Share of the living alliances in each stage, one row per quarter; NaN in quarters without alliances.

    Parameters
    ----------
    curves : DataFrame
        With one column per stage, as `Run.curves`.
    """
    counts = curves[list(STAGE_NAMES)]
    return counts.div(counts.sum(axis=1).where(lambda alive: alive > 0), axis=0)


def transitions(panel: np.ndarray, ended: np.ndarray) -> Transitions:
    """Moves between stages from quarter to quarter, and out of them by ending. Source: H4.

    An alliance's last quarter on the panel counts as an ending if it ended, and not at all if the run was over first.

    Parameters
    ----------
    panel : structured ndarray with the columns of PANEL
    ended : ndarray of int, shape (alliances,)
        Quarter of dissolution by row of the alliances table, -1 while alive.
    """
    import pandas as pd

    order = np.lexsort((panel["quarter"], panel["alliance"]))
    alliance, stage = panel["alliance"][order], panel["stage"][order]
    last = np.append(alliance[1:] != alliance[:-1], True)[: alliance.size]
    following = np.append(stage[1:], 0)[: stage.size]
    following = np.where(last, len(STAGE_NAMES), following)
    seen = ~last | (ended[alliance] >= 0)
    counts = np.zeros((len(STAGE_NAMES), len(STAGE_NAMES) + 1), np.int64)
    np.add.at(counts, (stage[seen], following[seen]), 1)
    at_risk = counts.sum(axis=1, keepdims=True)
    rates = np.where(at_risk > 0, counts / np.maximum(at_risk, 1), np.nan)
    index, columns = pd.Index(STAGE_NAMES, name="stage"), pd.Index([*STAGE_NAMES, "ended"], name="next")
    return Transitions(pd.DataFrame(counts, index, columns), pd.DataFrame(rates, index, columns))


def kaplan_meier(duration: np.ndarray, ended: np.ndarray, level: float = 0.95) -> Survival:
    """Share of alliances that outlive each age, with those still alive at the end of the run counted as censored.

    Own code, as it draws the picture of a single run, for which a library would take longer to load than the run takes;
    a test pins it to lifelines.

    Source: H4; Kaplan and Meier 1958, Journal of the American Statistical Association 53, 457-481.

    Parameters
    ----------
    duration : array_like of int, shape (alliances,)
        Quarters from founding to the end, or to the end of the run.
    ended : array_like of bool, shape (alliances,)
        Whether the alliance ended; False if the run was over first.
    level : float
        Coverage of the interval.
    """
    duration, ended = np.asarray(duration, np.int64), np.asarray(ended, bool)
    longest = int(duration.max(initial=0))
    leaving = np.bincount(duration, minlength=longest + 1)
    at_risk = duration.size - np.cumsum(leaving) + leaving
    deaths = np.bincount(duration[ended], minlength=longest + 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        survival = np.cumprod(np.where(at_risk > 0, 1 - deaths / np.maximum(at_risk, 1), 1.0))
        greenwood = np.cumsum(np.where(deaths > 0, deaths / (at_risk * (at_risk - deaths)), 0.0))
        spread = normal_quantile(level) * np.sqrt(greenwood) / np.log(survival)
        low, high = survival ** np.exp(-spread), survival ** np.exp(spread)
        error = np.where(survival > 0, survival * np.sqrt(greenwood), np.nan)
    known = (survival > 0) & (survival < 1)
    low, high = np.where(known, low, np.nan), np.where(known, high, np.nan)
    return Survival(np.arange(longest + 1) / QUARTERS_A_YEAR, survival, low, high, error, at_risk, deaths)


def _age_sums(sums: np.ndarray, founded: np.ndarray, column: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The living, the founded and totals by (replicate, age), without the last age and replicates that failed (NaN)."""
    sums, founded = np.atleast_2d(sums)[:, :-1], np.atleast_2d(founded)[:, :-1]
    good = np.isfinite(sums["alliances"]).all(axis=1) & np.isfinite(sums[column]).all(axis=1)
    return sums["alliances"][good], founded[good], sums[column][good]


def _highest(total: np.ndarray, number: np.ndarray, use: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Age in years and height of the highest point of each row of smoothed means, and their height at the last age."""
    window = np.ones(PEAK_WINDOW)
    total, number = (np.stack([np.convolve(row, window, "same") for row in sums]) for sums in (total, number))
    smooth = np.where(number > 0, total / np.maximum(number, 1e-300), -np.inf)
    best = np.where(use, smooth, -np.inf).argmax(axis=1)
    rows = np.arange(best.size)
    return best / QUARTERS_A_YEAR, smooth[rows, best], smooth[rows, np.flatnonzero(use)[-1]]
