"""Families of life-cycle curves: a level and logistic steps, their values and their slopes.

Source: H4.
"""

from typing import NamedTuple

import numpy as np

__all__ = ["FAMILIES", "STEEPEST", "Family", "curve", "gaps", "middles", "slopes", "value_and_slopes"]


class Family(NamedTuple):
    """A family of curves: a level and logistic steps, one sign each.

    v(t) = level + sum over k of sign_k height_k / (1 + exp(-(t - middle_k) / width_k)), with middle_1 < middle_2 < ...

    Attributes
    ----------
    name, title : str
    signs : tuple of int
        +1 for a rise, -1 for a fall, in order of time.
    """

    name: str
    title: str
    signs: tuple[int, ...]

    @property
    def parameters(self) -> int:
        """Number of parameters of the curve: a level, and height, middle and width of each step."""
        return 1 + 3 * len(self.signs)


FAMILIES = (
    Family("constant", "constant", ()),
    Family("rise", "logistic rise", (1,)),
    Family("decline", "logistic decline", (-1,)),
    Family("rise_decline", "rise and decline", (1, -1)),
    Family("regrowth", "rise, decline and re-growth", (1, -1, 1)),
    Family("second_cycle", "two rises and declines", (1, -1, 1, -1)),
)
"""Nested by their steps. Two rises make a bi-logistic (Meyer 1994, Technological Forecasting and Social Change 47,
89-102), here with the declines that an alliance's vitality shows between and after them."""

STEEPEST = 60.0        # beyond which exp() says nothing more


def curve(parameters: np.ndarray, signs: tuple[int, ...], age: np.ndarray) -> np.ndarray:
    """Values of curves, shape (series, ages).

    Parameters
    ----------
    parameters : ndarray, shape (series, 1 + 3 steps)
        Level, then height, middle and width (years) of each step.
    age : ndarray, shape (ages,) or (series, ages)
        Years.
    """
    return value_and_slopes(gaps(parameters, len(signs)), signs, age)[0]


def slopes(parameters: np.ndarray, signs: tuple[int, ...], age: np.ndarray) -> np.ndarray:
    """Derivatives of curves by their parameters, shape (series, parameters, ages); arguments as in `curve`."""
    steep = value_and_slopes(gaps(parameters, len(signs)), signs, age)[1]
    for k in range(len(signs) - 1):  # a middle alone moves, not those after it
        steep[:, 2 + 3 * k] -= steep[:, 5 + 3 * k]
    return steep


def gaps(parameters: np.ndarray, steps: int) -> np.ndarray:
    """Middles written as distances from the middle before: what the search works with, as bounds are plain then."""
    inner = parameters.copy()
    for k in range(1, steps):
        inner[:, 2 + 3 * k] = parameters[:, 2 + 3 * k] - parameters[:, 3 * k - 1]
    return inner


def middles(inner: np.ndarray, steps: int) -> np.ndarray:
    parameters = inner.copy()
    parameters[:, 2::3] = np.cumsum(inner[:, 2::3], axis=1) if steps else inner[:, 2::3]
    return parameters


def value_and_slopes(inner: np.ndarray, signs: tuple[int, ...], age: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Curves, (series, ages), and their derivatives by parameter, (series, parameters, ages)."""
    parameters = middles(inner, len(signs))
    value = np.repeat(parameters[:, :1], age.shape[-1], axis=1)
    slopes = np.ones((len(parameters), parameters.shape[1], age.shape[-1]))
    for k, sign in enumerate(signs):
        height, middle, width = (parameters[:, 1 + 3 * k + i, None] for i in range(3))
        z = np.clip((age - middle) / width, -STEEPEST, STEEPEST)
        step = 1.0 / (1.0 + np.exp(-z))
        density = sign * height * step * (1.0 - step) / width
        value += sign * height * step
        slopes[:, 1 + 3 * k] = sign * step
        slopes[:, 2 + 3 * k] = -density
        slopes[:, 3 + 3 * k] = -density * z
    for k in range(len(signs) - 2, -1, -1):  # a later distance moves all middles after it
        slopes[:, 2 + 3 * k] += slopes[:, 5 + 3 * k]
    return value, slopes
