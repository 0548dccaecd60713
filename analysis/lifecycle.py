"""The life of alliances in numbers: mean curves by age, age of the peak, stages over time, transitions, survival."""

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from alliancelab.agents.codes import Stage
from alliancelab.analysis.clusters import bootstrap_weights, ratio
from alliancelab.analysis.statistics import normal_quantile
from alliancelab.model.setup import QUARTERS_A_YEAR

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "AgeBand", "Peak", "STAGE_NAMES", "Survival", "Transitions", "peak_age", "pooled_by_age", "product_limit",
    "stage_shares", "transitions",
]

STAGE_NAMES = tuple(stage.name.lower() for stage in Stage)
PEAK_WINDOW = 5         # quarters of the moving average under which a peak is sought: one year and a quarter
PEAK_SUPPORT = 0.25     # ages that fewer than this share of the most frequent age reach show survivors, not a peak


class AgeBand(NamedTuple):
    """A mean by age with its interval over replicates; one entry a quarter of age, from 0.

    Attributes
    ----------
    age : ndarray of float64
        Years since founding.
    mean, low, high : ndarray of float64
        In the unit of the quantity; NaN where no alliance reached the age (`low`, `high`: fewer than two replicates).
    alliances : ndarray of float64
        Alliances seen at this age, all replicates together.
    """

    age: np.ndarray
    mean: np.ndarray
    low: np.ndarray
    high: np.ndarray
    alliances: np.ndarray


class Peak(NamedTuple):
    """Highest point of a mean curve by age.

    Attributes
    ----------
    age, low, high : float
        Years since founding, with its interval.
    height : float
        In the curve's unit.
    falls : bool
        Whether the curve falls afterwards; False where it is highest at the last age looked at, so that `age` says
        no more than that there is no peak before.
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


def pooled_by_age(sums: np.ndarray, column: str = "vitality", level: float = 0.95) -> AgeBand:
    """Mean of a quantity by age over all alliances of all replicates. Source: H4.

    A replicate is a cluster of alliances; see `clusters.ratio`. The last age holds all older alliances and is left out.

    Parameters
    ----------
    sums : structured ndarray with the columns of AGES, shape (replicates, AGE_LIMIT) or (AGE_LIMIT,)
    column : str
        A column of AGES other than ``alliances``.
    level : float
        Coverage of the band.
    """
    number, total = _age_sums(sums, column)
    mean = ratio(total.T, number.T, level)
    age = np.arange(mean.value.size) / QUARTERS_A_YEAR
    return AgeBand(age, mean.value, mean.low, mean.high, number.sum(axis=0))


def peak_age(sums: np.ndarray, column: str = "vitality", level: float = 0.95) -> Peak:
    """Age at which the pooled mean by age, smoothed over five quarters, is highest. Source: H4.

    The interval is a percentile bootstrap over replicates (1,000 resamples from a fixed seed). Ages that few alliances
    reach are left out: their mean is that of the longest-lived only. Arguments as in `pooled_by_age`.
    """
    number, total = _age_sums(sums, column)
    use = number.sum(axis=0) >= PEAK_SUPPORT * number.sum(axis=0).max()
    if not number.any():
        return Peak(np.nan, np.nan, np.nan, np.nan, False)
    replicates = number.shape[0]
    weights = np.vstack([np.ones(replicates), bootstrap_weights(replicates)])
    top, height = _highest(weights @ total, weights @ number, use)
    falls = bool(top[0] < np.flatnonzero(use)[-1] / QUARTERS_A_YEAR)
    if replicates < 2:
        return Peak(float(top[0]), np.nan, np.nan, float(height[0]), falls)
    low, high = np.quantile(top[1:], [0.5 - level / 2, 0.5 + level / 2])
    return Peak(float(top[0]), float(low), float(high), float(height[0]), falls)


def stage_shares(curves: "pd.DataFrame") -> "pd.DataFrame":
    """Share of the living alliances in each stage, one row a quarter; NaN in quarters without alliances.

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


def product_limit(duration: np.ndarray, ended: np.ndarray, level: float = 0.95) -> Survival:
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


def _age_sums(sums: np.ndarray, column: str) -> tuple[np.ndarray, np.ndarray]:
    """Numbers and totals by (replicate, age), without the last age and without replicates that failed (NaN)."""
    sums = np.atleast_2d(sums)[:, :-1]
    good = np.isfinite(sums["alliances"]).all(axis=1) & np.isfinite(sums[column]).all(axis=1)
    return sums["alliances"][good], sums[column][good]


def _highest(total: np.ndarray, number: np.ndarray, use: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Age in years and height of the highest point of each row of smoothed means."""
    window = np.ones(PEAK_WINDOW)
    total, number = (np.stack([np.convolve(row, window, "same") for row in sums]) for sums in (total, number))
    smooth = np.where(number > 0, total / np.maximum(number, 1e-300), -np.inf)
    smooth = np.where(use, smooth, -np.inf)
    best = smooth.argmax(axis=1)
    return best / QUARTERS_A_YEAR, smooth[np.arange(best.size), best]
