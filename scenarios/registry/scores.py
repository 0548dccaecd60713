"""Scores of forecasts against what came: the lower, the better; each is proper, so that honesty pays. Source: H5.

Gneiting and Raftery (2007), Strictly proper scoring rules, prediction, and estimation, JASA 102, 359-378.
"""

import numpy as np

__all__ = ["brier", "coverage", "crps", "crps_two"]


def brier(chance: np.ndarray, came: np.ndarray) -> float:
    """Mean squared distance of chances from what came (Brier 1950).

    Parameters
    ----------
    chance : ndarray of float64, shape (cases,)
    came : ndarray of bool, shape (cases,)

    Examples
    --------
    >>> brier(np.array([1.0, 0.5]), np.array([True, False]))
    0.125
    """
    return float(np.mean((chance - came) ** 2))


def crps(draws: np.ndarray, came: np.ndarray) -> np.ndarray:
    """Continuous ranked probability score of an ensemble, in the unit of what is forecast.

    The estimator of Gneiting and Raftery (2007), equation 21, with the ensemble as the forecast's distribution: mean
    distance of draws from what came, less half their mean distance from one another.

    Parameters
    ----------
    draws : ndarray of float64, shape (replicates, cases)
    came : ndarray of float64, shape (cases,)

    Returns
    -------
    ndarray of float64, shape (cases,)

    Examples
    --------
    >>> crps(np.array([[0.0], [2.0]]), np.array([1.0]))
    array([0.5])
    """
    count = len(draws)
    ranked = np.sort(draws, axis=0)
    weights = 2.0 * np.arange(1, count + 1) - count - 1.0
    spread = (weights[:, None] * ranked).sum(axis=0) / count**2  # half the mean distance of two draws
    return np.abs(draws - came).mean(axis=0) - spread


def crps_two(value: np.ndarray, chance: np.ndarray, came: np.ndarray) -> np.ndarray:
    """The same, exactly, of a forecast that says `value` with a chance and zero otherwise; shapes (cases,).

    Examples
    --------
    >>> crps_two(np.array([2.0]), np.array([0.5]), np.array([1.0]))
    array([0.5])
    """
    return (1.0 - chance) * np.abs(came) + chance * np.abs(value - came) - chance * (1.0 - chance) * np.abs(value)


def coverage(low: np.ndarray, high: np.ndarray, came: np.ndarray) -> float:
    """Share of cases that came within their interval, ends included."""
    return float(np.mean((low <= came) & (came <= high)))
