"""Life-cycle curves: a level and logistic steps up and down, their values, their slopes, and the shape they make.

Source: H4.
"""

import numpy as np

__all__ = ["MOST_STEPS", "SHAPES", "STEEPEST", "curve", "gaps", "middles", "shape_of", "slopes", "value_and_slopes"]

MOST_STEPS = 6
"""Steps of a curve at most. Lives of twenty years that decline and grow again more than once need that many."""

SHAPES = {
    "constant": "no step told",
    "rise": "rise",
    "decline": "decline",
    "rise_decline": "rise and decline",
    "regrowth": "rise, decline and re-growth",
    "second_cycle": "two rises and declines",
    "other": "other shapes",
}
"""What curves look like; one is constant where life is too short or too noisy for a step to be told. Two rises make a
bi-logistic (Meyer 1994, Technological Forecasting and Social Change 47, 89-102), here with the declines that an
alliance's vitality shows between and after them."""

_DIRECTIONS = {(): "constant", (1,): "rise", (-1,): "decline", (1, -1): "rise_decline", (1, -1, 1): "regrowth",
               (1, -1, 1, -1): "second_cycle"}

STEEPEST = 60.0        # beyond which exp() says nothing more


def shape_of(heights: np.ndarray) -> str:
    """Shape that steps of these heights make, in order of time; steps in one direction count as one.

    Parameters
    ----------
    heights : ndarray, shape (steps,)
        Above zero up, below zero down.
    """
    signs = np.sign(heights).astype(int)
    turns = signs[np.append(True, signs[1:] != signs[:-1])[: signs.size]]
    return _DIRECTIONS.get(tuple(turns.tolist()), "other")


def curve(parameters: np.ndarray, age: np.ndarray) -> np.ndarray:
    """Values of curves, shape (series, ages).

    v(t) = level + sum over k of height_k / (1 + exp(-(t - middle_k) / width_k)), with middle_1 < middle_2 < ...

    Parameters
    ----------
    parameters : ndarray, shape (series, 1 + 3 steps)
        Level, then height, middle and width (years) of each step.
    age : ndarray, shape (ages,) or (series, ages)
        Years.
    """
    return value_and_slopes(gaps(parameters), age)[0]


def slopes(parameters: np.ndarray, age: np.ndarray) -> np.ndarray:
    """Derivatives of curves by their parameters, shape (series, parameters, ages); arguments as in `curve`."""
    steep = value_and_slopes(gaps(parameters), age)[1]
    # A middle alone moves, not those after it.
    steep[:, 2:-3:3] -= steep[:, 5::3]
    return steep


def gaps(parameters: np.ndarray) -> np.ndarray:
    """Middles written as distances from the middle before: what the search works with, as bounds are plain then."""
    inner = parameters.copy()
    inner[:, 5::3] = np.diff(parameters[:, 2::3], axis=1)
    return inner


def middles(inner: np.ndarray) -> np.ndarray:
    """Parameters of curves from what `gaps` made of them."""
    parameters = inner.copy()
    parameters[:, 2::3] = np.cumsum(inner[:, 2::3], axis=1)
    return parameters


def value_and_slopes(inner: np.ndarray, age: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Curves, (series, ages), and their derivatives by parameter, (series, parameters, ages)."""
    parameters = middles(inner)
    value = np.repeat(parameters[:, :1], age.shape[-1], axis=1)
    slopes = np.ones((*parameters.shape, age.shape[-1]))
    for first in range(1, parameters.shape[1], 3):
        height, middle, width = (parameters[:, first + i, None] for i in range(3))
        z = np.clip((age - middle) / width, -STEEPEST, STEEPEST)
        step = 1.0 / (1.0 + np.exp(-z))
        density = height * step * (1.0 - step) / width
        value += height * step
        slopes[:, first] = step
        slopes[:, first + 1] = -density
        slopes[:, first + 2] = -density * z
    # A later distance moves all middles after it.
    slopes[:, 2::3] = np.cumsum(slopes[:, 2::3][:, ::-1], axis=1)[:, ::-1]
    return value, slopes
