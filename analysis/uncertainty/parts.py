"""Where the variance of an outcome comes from: luck, calibrated ignorance, assumed ignorance, each with policy or not.

Two scenarios A and B on the same worlds and seeds have a middle m = (A + B) / 2 and a half difference d = (B - A) /
2; the mean of their variances is Var(m) + Var(d). Variance of d is what meets policy: luck or ignorance that makes
the effect of the policy larger or smaller. Each is split by the nested design (analysis of variance with worlds as a
random factor), and that between worlds by regression on the calibrated parameters.
"""

from typing import NamedTuple

import numpy as np

from alliancelab.analysis.statistics.intervals import t_quantile

__all__ = ["PARTS", "Parts", "parts_of_variance"]

PARTS = ("luck", "luck and policy", "calibrated ignorance", "calibrated ignorance and policy", "assumed ignorance",
         "assumed ignorance and policy")
FREE = 12  # worlds beyond the number of calibrated parameters from which these are separated from assumed ones


class Parts(NamedTuple):
    """Shares of the variance of single runs; each attribute has the shape (outcomes, 6), in the order of `PARTS`.

    Attributes
    ----------
    share, low, high : ndarray of float64
        With 95 % intervals, one world left out at a time. NaN where a part cannot be told, or nothing varies.
    """

    share: np.ndarray
    low: np.ndarray
    high: np.ndarray


def parts_of_variance(first: np.ndarray, second: np.ndarray, calibrated: np.ndarray, level: float = 0.95) -> Parts:
    """Parts of the variance of outcomes of two scenarios over worlds and seeds.

    Source: H5. Searle, Casella and McCulloch 1992, Variance components, ch. 3, for unequal numbers of runs; intervals
    by the jackknife over worlds (Efron and Tibshirani 1993, ch. 11). A calibrated parameter counts by what a straight
    line in it tells of the mean of a world, adjusted for their number; what is bent or takes two parameters together
    counts as assumed.

    Parameters
    ----------
    first, second : ndarray of float64, shape (outcomes, worlds, replicates)
    calibrated : ndarray of float64, shape (worlds, parameters)
        Places of the calibrated parameters.
    """
    both = np.isfinite(first) & np.isfinite(second)
    middle = np.where(both, 0.5 * (first + second), np.nan)
    half = np.where(both, 0.5 * (second - first), np.nan)
    found = [_parts(row, half_, calibrated, level) for row, half_ in zip(middle, half, strict=True)]
    return Parts(*(np.array(column).reshape(-1, len(PARTS)) for column in zip(*found, strict=True)))


def _parts(middle: np.ndarray, half: np.ndarray, calibrated: np.ndarray, level: float
           ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Shares of one outcome with their ends."""
    worlds = np.isfinite(middle).any(axis=-1)
    count = int(worlds.sum())
    if count < 3 or not (np.isfinite(middle).sum(axis=-1) > 1).any():
        return (np.full(len(PARTS), np.nan),) * 3
    whole, without = zip(*(_components(row[worlds], calibrated[worlds]) for row in (middle, half)), strict=True)
    share = _shares(np.stack(whole, axis=-1).reshape(1, -1))[0]
    left = _shares(np.stack(without, axis=-1).reshape(count, -1))
    spread = np.sqrt((count - 1) / count * ((left - left.mean(axis=0)) ** 2).sum(axis=0))
    reach = float(t_quantile(level, np.array(count - 1))) * spread
    return share, np.clip(share - reach, 0.0, 1.0), np.clip(share + reach, 0.0, 1.0)


def _shares(components: np.ndarray) -> np.ndarray:
    """Luck, calibrated part and all ignorance of middle and half, (cases, 6), as shares of `PARTS`.

    An estimate below zero is none, and what is calibrated is at most all.
    """
    luck, fitted, ignorance = np.moveaxis(components.reshape(-1, 3, 2), 1, 0)
    ignorance = np.maximum(ignorance, 0.0)
    fitted = np.clip(fitted, 0.0, ignorance)
    total = (luck + ignorance).sum(axis=1)[:, None, None]
    with np.errstate(divide="ignore", invalid="ignore"):
        return (np.stack([luck, fitted, ignorance - fitted], axis=1) / total).reshape(-1, len(PARTS))


def _components(rows: np.ndarray, calibrated: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Variance by luck, by calibrated and by all ignorance: shape (3,), and with each world left out, (worlds, 3)."""
    there = np.isfinite(rows)
    n = there.sum(axis=-1)
    mean = np.where(there, rows, 0.0).sum(axis=-1) / n
    square = np.where(there, (rows - mean[:, None]) ** 2, 0.0).sum(axis=-1)
    design = np.column_stack([np.ones(len(mean)), calibrated])
    weights, _, rank, _ = np.linalg.lstsq(design, mean, rcond=None)
    rest = mean - design @ weights
    leverage = np.clip(np.einsum("wi,iw->w", design, np.linalg.pinv(design)), 0.0, 1.0 - 1e-9)
    separable = len(mean) >= rank - 1 + FREE

    def split(square: np.ndarray, degrees: np.ndarray, inverse: np.ndarray, worlds: int, about: np.ndarray,
              unexplained: np.ndarray) -> np.ndarray:
        """Sums over worlds to components; each argument of shape (cases,)."""
        luck = square / np.maximum(degrees, 1)
        between = about / (worlds - 1)
        fitted = between - unexplained / max(worlds - rank, 1) if separable else np.full_like(luck, np.nan)
        return np.stack([luck, fitted, between - luck * inverse / worlds], axis=-1)

    about = ((mean - mean.mean()) ** 2).sum()
    count = len(mean)
    none = np.zeros(1)
    inside, degrees, inverse, unexplained = square.sum(), (n - 1).sum(), (1.0 / n).sum(), (rest**2).sum()
    whole = split(inside - none, degrees - none, inverse - none, count, about - none, unexplained - none)[0]
    # One world left out: sums less its own, and the known updates of sums of squares about a mean and a fit.
    without = split(inside - square, degrees - (n - 1), inverse - 1.0 / n, count - 1,
                    about - (mean - mean.mean()) ** 2 * count / (count - 1), unexplained - rest**2 / (1.0 - leverage))
    return whole, without
