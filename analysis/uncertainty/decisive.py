"""Which unknown parameter flips the sign of an effect, at which value, and to which side."""

from typing import NamedTuple

import numpy as np

__all__ = ["Flip", "flips"]

LEVEL = 0.05  # chance of naming a parameter where none matters
FEWEST = 12   # worlds to look at


class Flip(NamedTuple):
    """A parameter on whose value the sign of an effect depends.

    Attributes
    ----------
    parameter : int
        Its column.
    place : float
        Share of its distribution below the value at which the mean effect is zero.
    above : int
        Sign of the effect above it; below it has the other.
    p : float
        Chance of so strong a correlation where no parameter matters.
    """

    parameter: int
    place: float
    above: int
    p: float


def flips(u: np.ndarray, effects: np.ndarray) -> Flip | None:
    """The parameter that decides on the sign of an effect, None where no single one is found.

    The parameter is the one that the effect is most correlated with, if so much is hardly chance among so many
    (Bonferroni over parameters) and if the effect changes its sign within what is possible: the mean effect is
    followed along the parameter by a bent curve and by a step, as a tree of one split has it, and the nearer of the
    two tells the threshold.

    Source: H5. The step: Breiman, Friedman, Olshen and Stone 1984, Classification and regression trees, ch. 8.

    Parameters
    ----------
    u : ndarray of float64, shape (worlds, parameters)
        Places of the parameters in their distributions, 0 to 1.
    effects : ndarray of float64, shape (worlds,)
        Mean effect in each world; NaN where there is none.
    """
    there = np.isfinite(effects)
    u, effects = u[there], effects[there]
    if len(effects) < FEWEST or not (effects.min() < 0.0 < effects.max()):
        return None
    p = np.minimum(_p_of_correlation(u, effects) * u.shape[1], 1.0)
    for j in np.argsort(p, kind="stable"):
        if p[j] >= LEVEL:
            return None
        found = _crossing(u[:, j], effects)
        if found is not None:
            return Flip(int(j), found[0], found[1], float(p[j]))
    return None


def _p_of_correlation(u: np.ndarray, effects: np.ndarray) -> np.ndarray:
    """Two-sided p of each correlation with the effects, shape (parameters,); 1 where a parameter does not vary."""
    from scipy.special import stdtr

    x, y = u - u.mean(axis=0), effects - effects.mean()
    size = np.sqrt((x**2).sum(axis=0) * (y**2).sum())
    with np.errstate(divide="ignore", invalid="ignore"):
        r = np.clip(np.where(size > 0.0, x.T @ y / size, 0.0), -1.0, 1.0)
        t = np.abs(r) * np.sqrt((len(y) - 2) / (1.0 - r**2))
    return np.nan_to_num(2.0 * stdtr(len(y) - 2, -t), nan=0.0)


def _crossing(x: np.ndarray, effects: np.ndarray) -> tuple[float, int] | None:
    """Where the mean effect changes its sign along a parameter, and the sign above; None if it does not."""
    curve, curve_error = _curve(x, effects)
    step, step_error = _step(x, effects)
    return step if step_error < curve_error else curve


def _curve(x: np.ndarray, effects: np.ndarray) -> tuple[tuple[float, int] | None, float]:
    """Zero of a parabola inside the worlds looked at, nearest to their middle; and its sum of squared errors."""
    middle = float(np.median(x))
    weights = np.polyfit(x - middle, effects, 2)
    error = float(((np.polyval(weights, x - middle) - effects) ** 2).sum())
    roots = np.roots(weights)
    inside = [float(r.real) for r in roots if abs(r.imag) < 1e-12 and x.min() < r.real + middle < x.max()]
    if not inside:
        return None, error
    root = min(inside, key=abs)
    slope = float(np.polyval(np.polyder(weights), root))
    return ((root + middle, 1 if slope > 0.0 else -1) if slope else None), error


def _step(x: np.ndarray, effects: np.ndarray) -> tuple[tuple[float, int] | None, float]:
    """The split into two means of different signs with the least sum of squared errors, and that sum."""
    order = np.argsort(x, kind="stable")
    x, y = x[order], effects[order]
    count = np.arange(1, len(y))
    below, total = np.cumsum(y)[:-1], y.sum()
    low, high = below / count, (total - below) / (len(y) - count)
    error = (y**2).sum() - count * low**2 - (len(y) - count) * high**2
    error = np.where((np.diff(x) > 0.0) & (low * high < 0.0), error, np.inf)
    k = int(np.argmin(error))
    if not np.isfinite(error[k]):
        return None, np.inf
    return (float(0.5 * (x[k] + x[k + 1])), 1 if high[k] > 0.0 else -1), float(error[k])
