"""Emulators: what a run takes seconds for, in microseconds and with its error, from runs made before.

A polynomial of second order in the few unknowns that matter, with the weights and the number of terms found by
relevance vectors: each weight has a prior variance of its own, which goes to zero where the data ask for no such
term. Of nearly four hundred unknowns a dozen move a moment; a Gaussian process with a length for each would have as
many lengths as runs.

Source: H5. Tipping 2001, Sparse Bayesian learning and the relevance vector machine, Journal of Machine Learning
Research 1, 211-244; the updates are MacKay's (1992, Neural Computation 4, 415-447).
"""

from typing import NamedTuple

import numpy as np

__all__ = ["Emulator", "fit_emulator"]

SCREEN = 2.5         # t of a single term below which it is not looked at: of 400 without effect, five pass
SCREEN_SECOND = 3.0  # the same of squares and products, of which there are many
FOREMOST = 8         # unknowns whose squares and products are looked at
ROUNDS = 60
GONE = 1e4           # precision, in units of the moment's own spread, from which a term is left out


class Emulator(NamedTuple):
    """Mean of one moment as a function of the point of the unit cube.

    Attributes
    ----------
    middle, scale : float
        What the moment is measured from and in.
    terms : ndarray of int64, shape (terms, 2)
        Unknowns whose product a term is; -1 in the second place for a term of first order.
    weight : ndarray of float64, shape (terms,)
    covariance : ndarray of float64, shape (terms, terms)
    rest : float
        Variance of single points about the polynomial: luck and what it does not hold, in squared units of the moment.
    """

    middle: float
    scale: float
    terms: np.ndarray
    weight: np.ndarray
    covariance: np.ndarray
    rest: float

    @property
    def active(self) -> np.ndarray:
        """Unknowns that matter, int64."""
        return np.unique(self.terms[self.terms >= 0])

    def at(self, u: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Mean, and variance of not knowing the weights, at points of shape (points, unknowns); both (points,)."""
        columns = _columns(_centred(u), self.terms)
        spread = np.einsum("pt,ts,ps->p", columns, self.covariance, columns)
        return self.middle + self.scale * (columns @ self.weight), self.scale**2 * spread


def fit_emulator(u: np.ndarray, y: np.ndarray) -> Emulator:
    """Fit an emulator to a moment at points that were run.

    Parameters
    ----------
    u : ndarray of float64, shape (points, unknowns)
    y : ndarray of float64, shape (points,)
        NaN where a point gave no answer; such points are left out.
    """
    there = np.isfinite(y)
    x, y = _centred(u[there]), y[there]
    if len(y) < 3 or np.ptp(y) == 0.0:
        none = np.empty((0, 2), int)
        return Emulator(float(y.mean()) if len(y) else 0.0, 1.0, none, np.empty(0), np.empty((0, 0)), 0.0)
    middle, scale = float(y.mean()), float(y.std())
    scaled = (y - middle) / scale
    first = np.stack([np.arange(x.shape[1]), np.full(x.shape[1], -1)], axis=1)
    terms, weight, *_ = _relevant(x, scaled, _screened(x, scaled, first, SCREEN))
    rest = scaled - _columns(x, terms) @ weight
    foremost = terms[np.argsort(-np.abs(weight), kind="stable")[:FOREMOST], 0]
    second = np.array([(i, j) for k, i in enumerate(foremost) for j in foremost[k:]], int).reshape(-1, 2)
    terms = np.concatenate([terms, _screened(x, rest, second, SCREEN_SECOND)])
    terms, weight, covariance, noise = _relevant(x, scaled, terms)
    return Emulator(middle, scale, terms, weight, covariance, noise * scale**2)


def _centred(u: np.ndarray) -> np.ndarray:
    """Coordinates with mean zero and variance one under the uniform distribution."""
    return (np.asarray(u, float) - 0.5) * np.sqrt(12.0)


def _columns(x: np.ndarray, terms: np.ndarray) -> np.ndarray:
    """Values of the terms, shape (points, terms): products, squares less their mean."""
    first = x[:, terms[:, 0]]
    second = np.where(terms[:, 1] >= 0, x[:, terms[:, 1]], 1.0)
    return first * second - (terms[:, 0] == terms[:, 1])


def _screened(x: np.ndarray, y: np.ndarray, terms: np.ndarray, least: float) -> np.ndarray:
    """Terms that are correlated with y by more than so many standard errors."""
    columns = _columns(x, terms)
    columns = columns - columns.mean(axis=0)
    size = np.sqrt((columns**2).sum(axis=0) * ((y - y.mean()) ** 2).sum())
    with np.errstate(divide="ignore", invalid="ignore"):
        r = np.abs(columns.T @ (y - y.mean())) / size
    return terms[np.nan_to_num(r) * np.sqrt(len(y)) > least]


def _relevant(x: np.ndarray, y: np.ndarray, terms: np.ndarray
              ) -> tuple[np.ndarray, np.ndarray, np.ndarray, float]:
    """Terms that are left, their weights with covariance, and the variance of the rest."""
    columns = _columns(x, terms)
    precision, noise = np.full(len(terms), 1.0), 0.5
    weight, covariance = np.zeros(len(terms)), np.zeros((len(terms), len(terms)))
    for _ in range(ROUNDS):
        covariance = np.linalg.inv(columns.T @ columns / noise + np.diag(precision))
        weight = covariance @ (columns.T @ y) / noise
        explained = np.clip(1.0 - precision * np.diag(covariance), 1e-9, 1.0)
        precision = explained / np.maximum(weight**2, 1e-12)
        noise = float(((y - columns @ weight) ** 2).sum() / max(len(y) - explained.sum(), 1.0))
        noise = max(noise, 1e-9)
        stay = precision < GONE
        terms, columns, precision = terms[stay], columns[:, stay], precision[stay]
        weight, covariance = weight[stay], covariance[np.ix_(stay, stay)]
    return terms, weight, covariance, noise
