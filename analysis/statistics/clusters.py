"""Intervals for alliances pooled over runs: a run is the cluster, since its alliances share one world and its luck."""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from alliancelab.analysis.statistics.intervals import normal_quantile, t_quantile, wilson_interval

__all__ = ["Estimate", "bootstrap_weights", "by_cluster", "jackknife", "pooled_mean", "pooled_share",
           "ratio"]

RESAMPLES = 1_000


class Estimate(NamedTuple):
    """An estimate with its interval; every attribute has the shape of the estimate.

    Attributes
    ----------
    value, low, high : ndarray of float64
        NaN where nothing can be said; ends are NaN with fewer than two clusters.
    error : ndarray of float64
        Standard error over clusters.
    clusters : ndarray of int64
        Clusters that have a say.
    """

    value: np.ndarray
    low: np.ndarray
    high: np.ndarray
    error: np.ndarray
    clusters: np.ndarray


def ratio(totals: np.ndarray, sizes: np.ndarray, level: float = 0.95) -> Estimate:
    """Sum of totals over sum of sizes, clusters along the last axis, with a t interval from its linearised error.

    Source: H3; Cochran 1977, Sampling Techniques, section 6.3 (a ratio of two sums over independent clusters).

    Parameters
    ----------
    totals, sizes : array_like of float, shape (..., clusters)
        Of a quantity and of what it is related to, such as alliances or years; a cluster of size zero has no say.
    level : float
        Coverage of the interval.
    """
    totals, sizes = np.broadcast_arrays(np.asarray(totals, float), np.asarray(sizes, float))
    whole = sizes.sum(axis=-1)
    clusters = (sizes > 0).sum(axis=-1)
    with np.errstate(invalid="ignore", divide="ignore"):
        value = totals.sum(axis=-1) / whole
        residual = np.where(sizes > 0, totals - value[..., None] * sizes, 0.0)
        scale = clusters / np.maximum(clusters - 1, 1)
        error = np.where(clusters > 1, np.sqrt(scale * (residual**2).sum(axis=-1)) / whole, np.nan)
    half = t_quantile(level, clusters - 1) * error
    return Estimate(value, value - half, value + half, error, clusters)


def by_cluster(values: np.ndarray, cluster: np.ndarray, clusters: int) -> tuple[np.ndarray, np.ndarray]:
    """Totals and numbers of values by cluster, NaN left out: what `ratio` takes for a mean.

    Parameters
    ----------
    values : array_like of float, shape (n,)
    cluster : array_like of int, shape (n,)
        From 0 to ``clusters - 1``.
    """
    values, cluster = np.asarray(values, float), np.asarray(cluster)
    there = np.isfinite(values)
    return (np.bincount(cluster[there], values[there], clusters),
            np.bincount(cluster[there], minlength=clusters).astype(float))


def pooled_mean(values: np.ndarray, cluster: np.ndarray, clusters: int, level: float = 0.95) -> Estimate:
    """Mean over alliances of all runs, with the interval that takes runs as clusters; arguments as in `by_cluster`."""
    return ratio(*by_cluster(values, cluster, clusters), level)


def pooled_share(hits: np.ndarray, cluster: np.ndarray, clusters: int, level: float = 0.95) -> Estimate:
    """Share of alliances of all runs with its score interval, which stays within [0, 1]; arguments as in `by_cluster`.

    Wilson's interval is taken for the number of independent values that would have the error found over clusters
    (Kish's design effect); never for more than there are.

    Source: Korn and Graubard 1998, Survey Methodology 24, 193-201.
    """
    share = pooled_mean(hits, cluster, clusters, level)
    count = np.isfinite(np.asarray(hits, float)).sum()
    with np.errstate(divide="ignore", invalid="ignore"):
        independent = np.minimum(share.value * (1.0 - share.value) / share.error**2, count)
        # The error itself is uncertain with few clusters: the ratio of the normal to the t quantile allows for that.
        shrunk = (normal_quantile(level) / t_quantile(level, share.clusters - 1)) ** 2
    independent = np.where(np.isfinite(independent), independent, count) * shrunk
    low, high = wilson_interval(share.value * independent, independent, level)
    return Estimate(share.value, low, high, share.error, share.clusters)


def jackknife(statistic: Callable[[np.ndarray], Any], clusters: int, level: float = 0.95) -> Estimate:
    """Any statistic of pooled clusters, with a t interval from leaving one cluster out at a time.

    Source: Efron and Tibshirani 1993, An Introduction to the Bootstrap, chapter 11. It is not for quantiles and
    other jumpy statistics; resample clusters for these (`bootstrap_weights`).

    Parameters
    ----------
    statistic : callable
        Takes weights of the clusters, shape (clusters,), and gives an array; NaN where it has no answer.
    """
    value = np.asarray(statistic(np.ones(clusters)), float)
    if clusters < 2:
        nothing = np.full(value.shape, np.nan)
        return Estimate(value, nothing, nothing, nothing, np.full(value.shape, clusters))
    without = np.stack([np.asarray(statistic(weights), float) for weights in 1.0 - np.eye(clusters)])
    known = np.isfinite(without)
    count = known.sum(axis=0)
    centre = np.where(known, without, 0.0).sum(axis=0) / np.maximum(count, 1)
    squares = np.where(known, (without - centre) ** 2, 0.0).sum(axis=0)
    error = np.where(count > 1, np.sqrt((count - 1) / np.maximum(count, 1) * squares), np.nan)
    half = t_quantile(level, count - 1) * error
    return Estimate(value, value - half, value + half, error, count)


def bootstrap_weights(clusters: int, resamples: int = RESAMPLES, seed: int = 0) -> np.ndarray:
    """How often each cluster is drawn in each resample, float64 of shape (resamples, clusters); a fixed seed."""
    random = np.random.default_rng(seed)
    return random.multinomial(clusters, np.full(clusters, 1 / clusters), resamples).astype(float)
