"""Effects over worlds and seeds: intervals of luck alone and of everything, and in how many worlds the sign holds.

The design is nested: worlds drawn from what is possible, and in each some runs of its own, in which scenarios are
paired. In world w the true effect is m_w; what is seen is its mean over n_w runs, which luck moves by s_w /
sqrt(n_w).

Every function takes differences of shape (..., worlds, replicates) with NaN where a run gave no answer, and gives
arrays of shape (...). Worlds count alike, however many of their runs gave an answer.
"""

from typing import NamedTuple

import numpy as np

from alliancelab.analysis.statistics.intervals import t_quantile

__all__ = ["Effect", "Moments", "effect_over_worlds", "moments_by_world", "true_effects"]

FEWEST_FOR_QUANTILES = 39  # worlds from which a 95 % interval lies between the lowest and the highest


class Moments(NamedTuple):
    """Means and variances by world; `n`, `mean` and `luck` have the shape (..., worlds).

    Attributes
    ----------
    n : ndarray of int64
        Runs that gave an answer.
    mean : ndarray of float64
        NaN without any.
    luck : ndarray of float64
        Variance of single runs about the mean of their world; that of all worlds together where a world has one run.
    error : ndarray of float64
        Variance of the mean by luck, with the variance of all worlds together: that of a few runs is too rough to weigh
        single worlds by.
    """

    n: np.ndarray
    mean: np.ndarray
    luck: np.ndarray
    error: np.ndarray


class Effect(NamedTuple):
    """A mean effect with what it depends on; every attribute has the shape of the input without its last two axes.

    Attributes
    ----------
    effect : ndarray of float64
        Mean over worlds.
    luck_low, luck_high : ndarray of float64
        95 % interval of the mean that luck of the runs leaves: a t interval with the degrees of Satterthwaite (1946).
    low, high : ndarray of float64
        95 % interval of the true effect in a world that nobody knows: luck and ignorance.
    worlds : ndarray of int64
        Worlds that gave an answer.
    holding : ndarray of int64
        Worlds in which the effect has the sign of the mean.
    luck_sd : ndarray of float64
        Standard deviation of a single run about the mean of its world.
    world_sd : ndarray of float64
        Standard deviation of the true effects of worlds, luck taken out.
    """

    effect: np.ndarray
    luck_low: np.ndarray
    luck_high: np.ndarray
    low: np.ndarray
    high: np.ndarray
    worlds: np.ndarray
    holding: np.ndarray
    luck_sd: np.ndarray
    world_sd: np.ndarray


def moments_by_world(differences: np.ndarray) -> Moments:
    """Means, and variances of luck, by world."""
    values = np.asarray(differences, float)
    there = np.isfinite(values)
    n = there.sum(axis=-1)
    mean = np.where(n > 0, np.where(there, values, 0.0).sum(axis=-1) / np.maximum(n, 1), np.nan)
    off = np.where(there, values - mean[..., None], 0.0)
    square = (off**2).sum(axis=-1)
    degrees = np.maximum(n - 1, 0).sum(axis=-1)
    pooled = np.where(degrees > 0, square.sum(axis=-1) / np.maximum(degrees, 1), np.nan)
    luck = np.where(n > 1, square / np.maximum(n - 1, 1), np.where(n == 1, pooled[..., None], np.nan))
    # Subtracting two numbers leaves their rounding behind; a spread of that size is none.
    largest = np.where(there, np.abs(values), 0.0).max(axis=(-1, -2), initial=0.0)
    luck = np.where(luck <= (8 * np.finfo(float).eps * largest[..., None]) ** 2, 0.0, luck)
    pooled = np.where(pooled <= (8 * np.finfo(float).eps * largest) ** 2, 0.0, pooled)
    with np.errstate(divide="ignore", invalid="ignore"):
        error = np.where(n > 0, pooled[..., None] / n, np.nan)
    return Moments(n, mean, luck, error)


def effect_over_worlds(differences: np.ndarray, level: float = 0.95) -> Effect:
    """Mean effect, interval of luck, interval of everything, and the worlds in which its sign holds.

    Source: H3, H5. Interval of everything: between quantiles of the true effects of worlds at the places k / (W + 1)
    a further world of the same kind falls with chance `level`; below 39 worlds a normal shape stands in. Luck that is
    left in the mean is added, as independent errors add. Worlds in which the sign holds: luck that leaves the mean
    itself open counts against it, so where nothing but luck is seen, about half of them hold.

    Parameters
    ----------
    differences : ndarray of float, shape (..., worlds, replicates)
        Paired differences of runs; NaN where a run gave no answer.
    level : float
        Coverage, between 0 and 1.

    Examples
    --------
    >>> found = effect_over_worlds([[1.0, 1.2], [0.9, 1.1], [1.3, 1.1]])
    >>> round(float(found.effect), 3), int(found.holding)
    (1.1, 3)
    """
    by_world = moments_by_world(differences)
    n, mean, luck, _ = by_world
    worlds = (n > 0).sum(axis=-1)
    grand = _mean(mean, worlds)
    variance, degrees = _luck_of_mean(n, luck, worlds)
    error = np.sqrt(variance)
    reach = t_quantile(level, degrees) * error
    true = true_effects(by_world)
    low, high = _between(by_world, grand, worlds, level)
    return Effect(
        grand, grand - reach, grand + reach,
        grand - np.sqrt((grand - low) ** 2 + reach**2), grand + np.sqrt((high - grand) ** 2 + reach**2),
        worlds, _holding(true, grand, error, degrees),
        np.sqrt(_mean(luck, worlds)), np.sqrt(np.maximum(_variance_of_truth(by_world), 0.0)))


def true_effects(by_world: Moments) -> np.ndarray:
    """Effects of worlds with luck taken out of their spread, float64 of shape (..., worlds).

    Means of few runs spread wider than the truth. Each is drawn to the mean of all so far that their spread is that
    of the true effects (constrained empirical Bayes): shares and quantiles of these estimate those of the truth,
    which neither raw means nor the best guess for each single world do.

    Source: Louis 1984, Journal of the American Statistical Association 79, 393-398; Ghosh 1992, the same 87, 533-540.
    """
    grand = _mean(by_world.mean, (by_world.n > 0).sum(axis=-1))[..., None]
    truth = np.maximum(_variance_of_truth(by_world), 0.0)[..., None]
    with np.errstate(divide="ignore", invalid="ignore"):
        drawn = np.sqrt(truth / (truth + by_world.error))
    drawn = np.where(by_world.error == 0.0, 1.0, drawn)  # no luck at all: what is seen is true
    return grand + drawn * (by_world.mean - grand)


def _mean(values: np.ndarray, count: np.ndarray) -> np.ndarray:
    """Mean over the last axis, of which so many are not NaN; NaN where none is."""
    total = np.where(np.isfinite(values), values, 0.0).sum(axis=-1)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)


def _variance_of_truth(by_world: Moments) -> np.ndarray:
    """Variance of true effects over worlds, unbiased, so that it may be below zero; NaN with fewer than two worlds."""
    there = by_world.n > 0
    worlds = there.sum(axis=-1)
    grand = _mean(by_world.mean, worlds)[..., None]
    square = np.where(there, (by_world.mean - grand) ** 2, 0.0).sum(axis=-1)
    seen = np.where(worlds > 1, square / np.maximum(worlds - 1, 1), np.nan)
    return seen - _mean(by_world.error, worlds)


def _luck_of_mean(n: np.ndarray, luck: np.ndarray, worlds: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Variance by luck of the mean over worlds, and its degrees of freedom (Satterthwaite 1946, Biometrics 2)."""
    with np.errstate(divide="ignore", invalid="ignore"):
        each = np.where(n > 0, luck / np.maximum(n, 1), 0.0)
        variance = each.sum(axis=-1) / worlds**2
        degrees = each.sum(axis=-1) ** 2 / np.where(n > 1, each**2 / np.maximum(n - 1, 1), 0.0).sum(axis=-1)
    return variance, np.where(np.isfinite(degrees), np.maximum(degrees, 1.0), (n - 1).clip(0).sum(axis=-1))


def _between(by_world: Moments, grand: np.ndarray, worlds: np.ndarray, level: float
             ) -> tuple[np.ndarray, np.ndarray]:
    """Ends between which the true effect of a further world falls with this chance, luck of the mean aside.

    How far true effects spread is known the less, the more of what is seen is luck. So means of worlds are drawn
    together by many factors, as likely as variances by chance make them (generalised confidence, Weerahandi 1993),
    and the ends are quantiles of all of these.
    """
    from scipy.special import ndtri

    off = by_world.mean - grand[..., None]
    there = np.isfinite(off)
    squares = np.where(there, off**2, 0.0)
    seen = squares.sum(axis=-1) / np.maximum(worlds - 1, 1)
    error = _mean(by_world.error, worlds)
    of_seen, of_error = _degrees(squares, seen, worlds), _degrees_of_luck(by_world, worlds)
    with np.errstate(divide="ignore", invalid="ignore"):
        factors = [np.sqrt(np.maximum(1.0 / _scaled_chi(of_seen, a) - error / seen / _scaled_chi(of_error, b), 0.0))
                   for a, b in _LATTICE]
    drawn = np.nan_to_num(np.stack(factors, axis=-1)) * np.sqrt(1.0 + 1.0 / np.maximum(worlds, 1))[..., None]
    few = worlds < FEWEST_FOR_QUANTILES
    # For few worlds the shape of their distribution is unknown; a normal one with their spread stands for it.
    normal = np.sqrt(seen)[..., None] * ndtri((np.arange(101) + 0.5) / 101)
    shape = np.sort(np.where(there, off, np.nan), axis=-1)
    ends = []
    for tail in ((1.0 - level) / 2.0, (1.0 + level) / 2.0):
        place = np.clip((tail * (worlds + 1.0) - 0.5) / np.maximum(worlds, 1), 0.0, 1.0)
        ends.append([_quantile(shape, drawn, place), _quantile(normal, drawn, np.full_like(place, tail))])
    low, high = (grand + np.where(few, with_few, with_many) for with_many, with_few in ends)
    return low, high


def _quantile(shape: np.ndarray, factors: np.ndarray, place: np.ndarray) -> np.ndarray:
    """Quantile, one for each row, of the products of all values of a row with all its factors; NaN are left out."""
    found = np.full(place.shape, np.nan)
    for row in np.ndindex(place.shape):
        values = shape[row][np.isfinite(shape[row])]
        if len(values) > 1:
            found[row] = np.quantile(np.multiply.outer(values, factors[row]), place[row])
    return found


def _degrees(squares: np.ndarray, seen: np.ndarray, worlds: np.ndarray) -> np.ndarray:
    """Degrees of freedom of the chi-squared variable that has the variance of an estimated variance.

    The kurtosis of what is seen makes a variance less well known than that of a normal variable.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        excess = (squares**2).sum(axis=-1) / worlds / seen**2 - 3.0
        found = 2.0 / (2.0 / (worlds - 1) + np.maximum(excess, 0.0) / worlds)
    return np.clip(np.nan_to_num(found, nan=1.0), 1.0, np.maximum(worlds - 1, 1))


def _degrees_of_luck(by_world: Moments, worlds: np.ndarray) -> np.ndarray:
    """The same of the mean variance by luck, from how much it differs between worlds."""
    mean = _mean(by_world.luck, worlds)
    there = np.isfinite(by_world.luck)
    spread = np.where(there, (by_world.luck - mean[..., None]) ** 2, 0.0).sum(axis=-1) / np.maximum(worlds - 1, 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        found = 2.0 * mean**2 / (spread / worlds)
    most = np.maximum((by_world.n - 1).clip(0).sum(axis=-1), 1)
    return np.clip(np.nan_to_num(found, nan=1.0, posinf=1e9), 1.0, most)


def _scaled_chi(degrees: np.ndarray, place: float) -> np.ndarray:
    """Quantile of a chi-squared variable over its degrees of freedom."""
    from scipy.special import gammaincinv

    return gammaincinv(degrees / 2.0, place) / (degrees / 2.0)


def _lattice(count: int) -> list[tuple[float, float]]:
    """Points spread evenly over the unit square (Korobov 1959), as independent places of two variables."""
    golden = 0.6180339887498949
    return [((k + 0.5) / count, (0.5 + k * golden) % 1.0) for k in range(count)]


_LATTICE = _lattice(128)


def _holding(true: np.ndarray, grand: np.ndarray, error: np.ndarray, degrees: np.ndarray) -> np.ndarray:
    """Worlds in which the effect has the sign of the mean, on average over the luck that is left in the mean."""
    from scipy.special import stdtr

    side = np.sign(grand)[..., None] * true
    with np.errstate(divide="ignore", invalid="ignore"):
        chance = stdtr(np.maximum(degrees, 1.0)[..., None], side / error[..., None])
    chance = np.where(error[..., None] > 0.0, chance, side > 0.0)
    chance = np.where(grand[..., None] == 0.0, true == 0.0, chance)  # no difference anywhere: that is what holds
    return np.round(np.where(np.isfinite(true), chance, 0.0).sum(axis=-1)).astype(int)
