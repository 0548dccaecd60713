"""Turning points of fitted life-cycle curves, with intervals.

Source: H4.
"""

from typing import NamedTuple

import numpy as np

from alliancelab.analysis.life.curve_fits import CurveFits, StepFit
from alliancelab.analysis.life.step_curves import curve, slopes
from alliancelab.analysis.statistics.intervals import t_quantile
from alliancelab.model.setup import QUARTERS_A_YEAR

__all__ = ["POINTS", "TurningPoints", "turning_points"]

POINTS = ("take_off", "peak", "onset_of_decline", "trough", "regrowth", "second_onset")
BEND = float(np.log(2.0 + np.sqrt(3.0)))
"""Widths from the middle of a logistic step to where it bends most: its take-off and its saturation."""

GRID = 200             # ages at which an extremum is looked for
STEP = 1e-3            # years, of numerical derivatives in time
NONE, START = -1, -2    # no such step; before the first step


class TurningPoints(NamedTuple):
    """Turning points of many series; columns in the order of `POINTS`.

    Attributes
    ----------
    age, low, high : ndarray, shape (series, points)
        Years since founding, with t intervals by the delta method; NaN where the curve has no such point within the
        series.
    """

    age: np.ndarray
    low: np.ndarray
    high: np.ndarray


def turning_points(fits: CurveFits, level: float = 0.95) -> TurningPoints:
    """Take-off, peak, onset of decline, trough, re-growth and second onset of the chosen curves.

    Take-off is that of the first step, if it is a rise; the onset of decline that of the first fall; re-growth that of
    the first rise after a fall, and the second onset that of the fall after it. Each is where the step bends most,
    ln(2 + sqrt(3)) widths before its middle. Peak and trough are extremes of the whole curve between these steps.
    Intervals follow from the covariance of the parameters and leave out that the steps were chosen on the same data.

    Source: H4.
    """
    shape = (len(fits.chosen), len(POINTS))
    age, error = np.full(shape, np.nan), np.full(shape, np.nan)
    free = np.zeros(len(fits.chosen), np.int64)
    last = (fits.length - 1) / QUARTERS_A_YEAR
    for place, fit in enumerate(fits.fits):
        if fits.steps[place] == 0:
            continue
        mine = np.flatnonzero(fits.chosen == place)
        free[mine] = fits.length[mine] - fit.parameters.shape[1]
        part = StepFit(*(array[mine] for array in fit))
        for point, (where, gradient) in _points(part, last[mine]).items():
            column = POINTS.index(point)
            seen = (where > 0.0) & (where < last[mine])
            variance = np.einsum("sp,spq,sq->s", gradient, part.covariance, gradient)
            age[mine, column] = np.where(seen, where, np.nan)
            error[mine, column] = np.sqrt(np.maximum(variance, 0.0))
    half = t_quantile(level, free)[:, None] * error
    return TurningPoints(age, age - half, age + half)


def _points(fit: StepFit, last: np.ndarray) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Age of each turning point, NaN where a curve has none, and its gradient in the parameters."""
    rises = fit.parameters[:, 1::3] > 0.0
    start = np.full(len(last), START)
    fall, rise = _first(~rises, start), np.where(_first(rises, start) == 0, 0, NONE)
    again = _first(rises, fall)
    found = {"take_off": _bend(fit, rise), "onset_of_decline": _bend(fit, fall), "regrowth": _bend(fit, again),
             "second_onset": _bend(fit, _first(~rises, again))}
    falls = np.where(fall == NONE, np.nan, _middle(fit, fall))
    found["peak"] = _extreme(fit, np.where(rise == 0, 0.0, np.nan), np.minimum(falls, last), 1.0)
    found["trough"] = _extreme(fit, falls, np.minimum(_middle(fit, again), last), -1.0)
    return found

def _first(wanted: np.ndarray, after: np.ndarray) -> np.ndarray:
    """Place of the first wanted step after another one, NONE where there is none or no other one."""
    found = wanted & (np.arange(wanted.shape[1]) > after[:, None]) & (after != NONE)[:, None]
    return np.where(found.any(axis=1), found.argmax(axis=1), NONE)


def _middle(fit: StepFit, step: np.ndarray) -> np.ndarray:
    """Age of the middle of a step of each curve; NaN where there is none."""
    middle = np.append(fit.parameters[:, 2::3], np.full((len(step), 1), np.nan), axis=1)
    return middle[np.arange(len(step)), step]  # the last column stands for none


def _bend(fit: StepFit, step: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Age at which a step of each curve bends most, and its gradient in the parameters."""
    gradient = np.zeros_like(fit.parameters)
    rows = np.flatnonzero(step != NONE)
    gradient[rows, 2 + 3 * step[rows]], gradient[rows, 3 + 3 * step[rows]] = 1.0, -BEND
    return np.where(step == NONE, np.nan, (fit.parameters * gradient).sum(axis=1)), gradient


def _extreme(fit: StepFit, start: np.ndarray, end: np.ndarray, sign: float) -> tuple[np.ndarray, np.ndarray]:
    """Inner maximum (sign 1) or minimum (-1) between two ages, and its gradient by the implicit function theorem."""
    ages = np.nan_to_num(start[:, None] + (end - start)[:, None] * np.linspace(0.0, 1.0, GRID))
    best = (sign * curve(fit.parameters, ages)).argmax(axis=1)
    inner = (best > 0) & (best < GRID - 1) & np.isfinite(start + end)
    age = np.where(inner, ages[np.arange(best.size), best], np.nan)
    around = np.where(inner, age, 0.0)[:, None] + STEP * np.array([-1.0, 0.0, 1.0])
    value, steep = curve(fit.parameters, around), slopes(fit.parameters, around)
    first = (value[:, 2] - value[:, 0]) / (2 * STEP)
    second = (value[:, 2] - 2 * value[:, 1] + value[:, 0]) / STEP**2
    turning = (steep[..., 2] - steep[..., 0]) / (2 * STEP)
    with np.errstate(divide="ignore", invalid="ignore"):
        return age - first / second, np.where(inner[:, None], -turning / second[:, None], 0.0)
