"""Sensitivity of outcomes to what was varied, and how much of their variance the seed makes.

Source: H5. Indices are those of SALib: Morris 1991 with Campolongo et al. 2007 for trajectories; Saltelli et al. 2010
for shares of variance. They are taken of means over replicates; the spread over replicates on the same seeds is
given beside them as a component of its own (ten Broeke et al. 2016, Journal of Artificial Societies and Social
Simulation 19(1) 5, on why an agent-based model needs more than one of these).
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from alliancelab.analysis.statistics.intervals import mean_interval, normal_quantile, t_quantile

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "RANKED_BY", "RANK_OF_METHOD", "Morris", "OneAtATime", "Regression", "SeedVariance", "Sobol", "by_method", "ends",
    "morris_effects",
    "one_at_a_time", "regression", "seed_variance", "sobol_indices", "unit_of",
]

RANKED_BY = {
    "mu_star": "mean absolute elementary effect over the whole range of the factor",
    "total": "share of the variance of replicate means",
    "span": "span of the mean outcome over the values of the factor",
    "coefficient": "standard deviations of the outcome per standard deviation of the factor",
}
"""What factors are ranked by, in words."""

RESAMPLES = 400
SEED = 20070601  # of the bootstrap


class Morris(NamedTuple):
    """Elementary effects, one entry a factor, in the unit of the outcome over the whole range of the factor.

    Attributes
    ----------
    mu, mu_star, sigma : ndarray of float64, shape (factors,)
        Mean effect, mean absolute effect, and the spread of effects over the space of factors.
    mu_star_low, mu_star_high : ndarray
        95 % interval by bootstrap over trajectories.
    mu_luck : ndarray
        Standard error of `mu` over seeds; NaN with one replicate.
    """

    mu: np.ndarray
    mu_star: np.ndarray
    mu_star_low: np.ndarray
    mu_star_high: np.ndarray
    sigma: np.ndarray
    mu_luck: np.ndarray


class Sobol(NamedTuple):
    """Shares of the variance of replicate means, one entry a factor, with 95 % intervals by bootstrap.

    Attributes
    ----------
    first, first_low, first_high : ndarray of float64, shape (factors,)
        Of the factor alone.
    total, total_low, total_high : ndarray
        Of the factor with all its interactions.
    """

    first: np.ndarray
    first_low: np.ndarray
    first_high: np.ndarray
    total: np.ndarray
    total_low: np.ndarray
    total_high: np.ndarray


class Regression(NamedTuple):
    """Standardised coefficients of a linear fit, one entry a factor.

    Attributes
    ----------
    coefficient, low, high : ndarray of float64, shape (factors,)
        Standard deviations of the outcome per standard deviation of the factor, with 95 % t intervals.
    r2 : ndarray
        Share of the variance of replicate means that the whole fit explains: how far these numbers can be trusted.
    """

    coefficient: np.ndarray
    low: np.ndarray
    high: np.ndarray
    r2: np.ndarray


class OneAtATime(NamedTuple):
    """Each factor moved alone, one entry a factor.

    Attributes
    ----------
    base : ndarray of float64, shape (factors,)
        Mean outcome of the scenario as it is.
    lowest, highest : ndarray
        Smallest and largest mean outcome over the values of the factor.
    span : ndarray
        Their difference.
    span_luck : ndarray
        Standard error of that difference, on paired seeds; NaN with one replicate.
    """

    base: np.ndarray
    lowest: np.ndarray
    highest: np.ndarray
    span: np.ndarray
    span_luck: np.ndarray


class SeedVariance(NamedTuple):
    """Shares of the variance of single runs.

    Attributes
    ----------
    factors : float
        What was varied.
    luck : float
        Of the seed, alike at all points.
    both : float
        Of the seed, different from point to point.
    """

    factors: float
    luck: float
    both: float


def _means(values: np.ndarray) -> np.ndarray:
    """Mean of each point over the replicates that gave an answer; NaN where none did."""
    return mean_interval(values).mean


def morris_effects(values: np.ndarray, unit: np.ndarray, levels: int) -> Morris:
    """Elementary effects of a Morris design.

    Parameters
    ----------
    values : ndarray of float64, shape (points, replicates)
        Outcome, points in the order of the design.
    unit : ndarray of float64, shape (points, factors)
        Places of the points in the unit cube.
    levels : int
        Of the design.
    """
    means = _means(values)
    if not np.isfinite(means).all():
        return Morris(*(np.full(unit.shape[1], np.nan) for _ in Morris._fields))
    found = _salib_morris(means, unit, levels, RESAMPLES)
    whole = values[:, np.isfinite(values).all(axis=0)]
    by_seed = np.array([_salib_morris(column, unit, levels, 2)["mu"] for column in whole.T])
    error = by_seed.std(axis=0, ddof=1) / np.sqrt(len(by_seed)) if len(by_seed) > 1 else np.full(unit.shape[1], np.nan)
    star, half = np.asarray(found["mu_star"]), np.asarray(found["mu_star_conf"])
    return Morris(np.asarray(found["mu"]), star, np.maximum(star - half, 0.0), star + half,
                  np.asarray(found["sigma"]), error)


def _salib_morris(means: np.ndarray, unit: np.ndarray, levels: int, resamples: int) -> dict:
    from SALib.analyze import morris

    return morris.analyze(_problem(unit.shape[1]), unit, means, num_levels=levels, num_resamples=resamples, seed=SEED)


def sobol_indices(values: np.ndarray, factors: int) -> Sobol:
    """Shares of variance of a Saltelli design without second-order indices. Source: H5.

    Parameters
    ----------
    values : ndarray of float64, shape (points, replicates)
        Outcome, points in the order of the design.
    factors : int
    """
    from SALib.analyze import sobol

    means = _means(values)
    if not np.isfinite(means).all() or np.ptp(means) == 0.0:
        return Sobol(*(np.full(factors, np.nan) for _ in Sobol._fields))
    found = sobol.analyze(_problem(factors), means, calc_second_order=False, num_resamples=RESAMPLES, seed=SEED)
    parts: dict[str, np.ndarray] = {}
    for ours, theirs in (("first", "S1"), ("total", "ST")):
        value, half = np.asarray(found[theirs]), np.asarray(found[f"{theirs}_conf"])
        parts |= {ours: value, f"{ours}_low": value - half, f"{ours}_high": value + half}
    return Sobol(**parts)


def _problem(factors: int) -> dict:
    return {"num_vars": factors, "names": [f"x{j}" for j in range(factors)], "bounds": [[0.0, 1.0]] * factors}


def regression(values: np.ndarray, points: np.ndarray) -> Regression:
    """Linear regression of replicate means on the factors; points without an answer are left out.

    Parameters
    ----------
    values : ndarray of float64, shape (points, replicates)
    points : ndarray of float64, shape (points, factors)
    """
    means = _means(values)
    kept = np.isfinite(means) & np.isfinite(points).all(axis=1)
    y, x = means[kept], points[kept]
    count, factors = x.shape
    nothing = Regression(*(np.full(factors, np.nan) for _ in Regression._fields))
    if count < factors + 2:
        return nothing
    spread_x, spread_y = x.std(axis=0), y.std()
    if spread_y == 0.0 or not spread_x.all():
        return nothing
    z, target = (x - x.mean(axis=0)) / spread_x, (y - y.mean()) / spread_y
    slopes, _, rank, _ = np.linalg.lstsq(z, target, rcond=None)
    if rank < factors:
        return nothing
    rest = target - z @ slopes
    degrees = count - factors - 1
    error = np.sqrt(np.diag(np.linalg.inv(z.T @ z)) * (rest @ rest) / degrees)
    half = t_quantile(0.95, np.array(degrees)) * error
    return Regression(slopes, slopes - half, slopes + half, np.full(factors, 1.0 - (rest @ rest) / count))


def one_at_a_time(values: np.ndarray, points: np.ndarray) -> OneAtATime:
    """Span of the mean outcome over the values of each factor, the others being as in the scenario.

    Parameters
    ----------
    values : ndarray of float64, shape (points, replicates)
        The first point is the scenario as it is.
    points : ndarray of float64, shape (points, factors)
        NaN where a factor is left alone.
    """
    means = _means(values)
    rows = []
    for j in range(points.shape[1]):
        moved = np.flatnonzero(np.isfinite(points[:, j]) & np.isfinite(means))
        if not len(moved):
            rows.append((means[0], np.nan, np.nan, np.nan, np.nan))
            continue
        low, high = moved[np.argmin(means[moved])], moved[np.argmax(means[moved])]
        paired = mean_interval(values[high] - values[low])
        error = float(paired.sd / np.sqrt(paired.n)) if paired.n > 1 else np.nan
        rows.append((means[0], means[low], means[high], means[high] - means[low], error))
    return OneAtATime(*np.array(rows, float).T)


def seed_variance(values: np.ndarray) -> SeedVariance:
    """Components of the variance of single runs: analysis of variance of a two-way table, points by seeds.

    Points at which a replicate gave no answer are left out. NaN with fewer than two points or replicates, or without
    any spread. Components that come out negative count as zero.

    Parameters
    ----------
    values : ndarray of float64, shape (points, replicates)
        Replicate k has the same seed at all points.
    """
    full = values[np.isfinite(values).all(axis=1)]
    points, seeds = full.shape
    if points < 2 or seeds < 2:
        return SeedVariance(np.nan, np.nan, np.nan)
    by_point, by_seed = full.mean(axis=1), full.mean(axis=0)
    rest = full - by_point[:, None] - by_seed + full.mean()
    noise = (rest**2).sum() / ((points - 1) * (seeds - 1))
    parts = np.array([max(by_point.var(ddof=1) - noise / seeds, 0.0), max(by_seed.var(ddof=1) - noise / points, 0.0),
                      noise])
    return SeedVariance(*(parts / parts.sum())) if parts.sum() > 0.0 else SeedVariance(np.nan, np.nan, np.nan)


def unit_of(points: np.ndarray, factors: Sequence, levels: int) -> np.ndarray:
    """Places of the points of a Morris design in the unit cube, whole numbers back at the level they came from."""
    from alliancelab.scenarios.sweep.points import values_at

    grid = np.linspace(0.0, 1.0, levels)
    unit = np.empty_like(points)
    for j, factor in enumerate(factors):
        nearest = np.abs(points[:, j, None] - values_at(grid, factor)).argmin(axis=1)
        unit[:, j] = grid[nearest]
    return unit


RANK_OF_METHOD = {"morris": "mu_star", "saltelli": "total", "oat": "span"}
"""What the factors of a design are ranked by; all other methods by their coefficient."""


def by_method(method: str, values: np.ndarray, points: np.ndarray, factors: Sequence, levels: int
              ) -> Morris | Sobol | OneAtATime | Regression:
    """Sensitivity by the method that a design is for; by regression where it is for none."""
    if method == "morris":
        return morris_effects(values, unit_of(points, factors, levels), levels)
    if method == "saltelli":
        return sobol_indices(values, len(factors))
    if method == "oat":
        return one_at_a_time(values, points)
    return regression(values, points)


def ends(table: "pd.DataFrame", ranked_by: str) -> tuple[np.ndarray, np.ndarray]:
    """Both ends of the 95 % interval of what the factors of a table of sensitivity are ranked by."""
    if ranked_by == "coefficient":
        return table["low"], table["high"]
    if ranked_by == "span":
        half = normal_quantile(0.95) * table["span_luck"]
        return table["span"] - half, table["span"] + half
    return table[f"{ranked_by}_low"], table[f"{ranked_by}_high"]
