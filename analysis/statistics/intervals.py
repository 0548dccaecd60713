"""Intervals and tests over replicates: means, paired differences, shares, and correction for many tests."""

from typing import NamedTuple

import numpy as np

__all__ = [
    "ALPHA", "Interval", "PairedDifference", "holm", "mean_interval", "normal_quantile", "paired_difference",
    "t_quantile", "wilson_interval",
]


ALPHA = 0.05
"""Level of significance of tables, figures and pages, after Holm's correction."""


class Interval(NamedTuple):
    """A mean with its interval; every attribute has the shape of the input without its last axis.

    Attributes
    ----------
    mean, low, high, sd : ndarray of float64
        In the unit of the values. NaN where nothing can be said: no value for `mean`, fewer than two for the rest.
    n : ndarray of int64
        Values that were not NaN.
    """

    mean: np.ndarray
    low: np.ndarray
    high: np.ndarray
    sd: np.ndarray
    n: np.ndarray


class PairedDifference(NamedTuple):
    """A mean paired difference with its interval; every attribute has the shape of an arm without its last axis.

    Attributes
    ----------
    difference, low, high : ndarray of float64
        Mean of arm minus baseline with its t interval, in the unit of the values.
    sd : ndarray of float64
        Standard deviation of the paired difference over replicates.
    p : ndarray of float64
        Two-sided p of the paired t test; 1 where all differences are zero.
    correlation : ndarray of float64
        Pearson correlation of the two arms over replicates, NaN where an arm is constant.
    variance_reduction : ndarray of float64
        Variance of the difference under independent seeds, var(arm) + var(baseline), over the variance of the paired
        difference: what common random numbers saved. Infinite where all differences are equal but the arms are not.
    n : ndarray of int64
        Pairs in which neither side is NaN.
    """

    difference: np.ndarray
    low: np.ndarray
    high: np.ndarray
    sd: np.ndarray
    p: np.ndarray
    correlation: np.ndarray
    variance_reduction: np.ndarray
    n: np.ndarray


def mean_interval(values: np.ndarray, level: float = 0.95) -> Interval:
    """Mean over the last axis with its t interval; NaN values are left out.

    Parameters
    ----------
    values : array_like of float, shape (..., replicates)
    level : float
        Coverage of the interval, between 0 and 1.
    """
    values = np.asarray(values, float)
    n = np.isfinite(values).sum(axis=-1)
    mean, sd = _moments(values, n)
    half = t_quantile(level, n - 1) * sd / np.sqrt(np.maximum(n, 1))
    return Interval(mean, mean - half, mean + half, sd, n)


def paired_difference(arm: np.ndarray, baseline: np.ndarray, level: float = 0.95) -> PairedDifference:
    """Mean of `arm` minus `baseline` over replicates that share their seeds.

    Source: H3.

    A replicate in which either side is NaN is dropped from both.

    Parameters
    ----------
    arm, baseline : array_like of float, shape (..., replicates)
    level : float
        Coverage of the interval, between 0 and 1.
    """
    from scipy.special import stdtr

    arm, baseline = np.broadcast_arrays(np.asarray(arm, float), np.asarray(baseline, float))
    both = np.isfinite(arm) & np.isfinite(baseline)
    arm, baseline = np.where(both, arm, np.nan), np.where(both, baseline, np.nan)
    n = both.sum(axis=-1)
    mean, sd = _moments(arm - baseline, n)
    (mean_arm, sd_arm), (mean_base, sd_base) = _moments(arm, n), _moments(baseline, n)
    # Subtracting two numbers leaves their rounding behind; a spread of that size is none.
    rounding = 8 * np.finfo(float).eps * np.maximum(_largest(arm), _largest(baseline))
    sd = np.where(sd <= rounding, 0.0, sd)
    mean = np.where(np.abs(mean) <= rounding, 0.0, mean)
    error = sd / np.sqrt(np.maximum(n, 1))
    half = t_quantile(level, n - 1) * error
    with np.errstate(divide="ignore", invalid="ignore"):
        p = 2 * stdtr(np.maximum(n - 1, 1), -np.abs(mean / error))
        p = np.where(mean == 0.0, 1.0, p)
        p = np.where(n < 2, np.nan, p)
        covariance = _moments((arm - mean_arm[..., None]) * (baseline - mean_base[..., None]), n)[0]
        covariance = covariance * n / np.maximum(n - 1, 1)
        correlation = np.clip(covariance / (sd_arm * sd_base), -1.0, 1.0)
        reduction = (sd_arm**2 + sd_base**2) / sd**2
    return PairedDifference(mean, mean - half, mean + half, sd, p, correlation, reduction, n)


def holm(p: np.ndarray) -> np.ndarray:
    """Holm's step-down adjustment: p values that hold for the whole family of tests.

    Source: Holm 1979, Scandinavian Journal of Statistics 6, 65-70.

    Parameters
    ----------
    p : array_like of float, any shape
        NaN marks a test that could not be made; it does not count in the family and stays NaN.
    """
    p = np.asarray(p, float)
    adjusted = np.full(p.size, np.nan)
    tests = np.flatnonzero(np.isfinite(p.ravel()))
    order = tests[np.argsort(p.ravel()[tests], kind="stable")]
    factors = np.arange(order.size, 0, -1)
    adjusted[order] = np.minimum(np.maximum.accumulate(p.ravel()[order] * factors), 1.0)
    return adjusted.reshape(p.shape)


def wilson_interval(successes: np.ndarray, n: np.ndarray, level: float = 0.95) -> tuple[np.ndarray, np.ndarray]:
    """Low and high end of the score interval of a share; NaN where `n` is zero.

    Source: Wilson 1927, Journal of the American Statistical Association 22, 209-212.

    Parameters
    ----------
    successes, n : array_like, same shape
    level : float
        Coverage of the interval, between 0 and 1.
    """
    z = normal_quantile(level)
    successes, n = np.asarray(successes, float), np.asarray(n, float)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = successes / n
        centre = (share + z**2 / (2 * n)) / (1 + z**2 / n)
        half = z / (1 + z**2 / n) * np.sqrt(share * (1 - share) / n + z**2 / (4 * n**2))
    # Exactly none or all: the ends are exact, too, where centre and half would leave a rounding error.
    low = np.where(share == 0.0, 0.0, np.clip(centre - half, 0.0, 1.0))
    return low, np.where(share == 1.0, 1.0, np.clip(centre + half, 0.0, 1.0))


def normal_quantile(level: float) -> float:
    """Half-width, in standard errors, of a two-sided normal interval of this coverage."""
    from scipy.special import ndtri

    return float(ndtri(0.5 + level / 2))


def t_quantile(level: float, degrees: np.ndarray) -> np.ndarray:
    """Half-width, in standard errors, of a two-sided t interval; NaN where there are no degrees of freedom."""
    from scipy.special import stdtrit

    degrees = np.asarray(degrees)
    return np.where(degrees >= 1, stdtrit(np.maximum(degrees, 1), 0.5 + level / 2), np.nan)


def _moments(values: np.ndarray, n: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean and sample standard deviation over the last axis without NaN values and without NumPy's warnings."""
    present = np.isfinite(values)
    mean = np.where(n >= 1, np.where(present, values, 0.0).sum(axis=-1) / np.maximum(n, 1), np.nan)
    deviations = np.where(present, values - mean[..., None], 0.0)
    sd = np.sqrt((deviations**2).sum(axis=-1) / np.maximum(n - 1, 1))
    return mean, np.where(n >= 2, sd, np.nan)


def _largest(values: np.ndarray) -> np.ndarray:
    return np.where(np.isfinite(values), np.abs(values), 0.0).max(axis=-1, initial=0.0)
