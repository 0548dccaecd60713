"""Turning points of fitted life-cycle curves with intervals, phases between them, and agreement with online stages.

Source: H4.
"""

from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from alliancelab.agents.codes import Stage
from alliancelab.analysis.clusters import jackknife
from alliancelab.analysis.curve_families import Family, curve, slopes
from alliancelab.analysis.curve_fits import CurveFits, FamilyFit
from alliancelab.analysis.statistics import t_quantile
from alliancelab.model.setup import QUARTERS_A_YEAR

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["AGREED", "POINTS", "Agreement", "TurningPoints", "agreement", "kappa", "phases", "turning_points"]

POINTS = ("take_off", "peak", "onset_of_decline", "trough", "regrowth", "second_onset")
BEND = float(np.log(2.0 + np.sqrt(3.0)))
"""Widths from the middle of a logistic step to where it bends most: its take-off and its saturation."""

AGREED = ("growth", "maturity", "decline", "regrowth")
"""Stages a curve shows. Formation ends with first results, which vitality does not tell: it counts as growth."""

DELAY = 4              # quarters by which stages are read later, to see how far they lag
GRID = 200             # ages at which an extremum is looked for
STEP = 1e-3            # years, of numerical derivatives in time


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


class Agreement(NamedTuple):
    """Online stages against phases of fitted curves, over alliance-quarters.

    Attributes
    ----------
    confusion : DataFrame
        Alliance-quarters by online stage (rows) and fitted phase (columns).
    table : DataFrame
        ``value``, ``low``, ``high`` of the share that agrees and of Cohen's kappa, runs taken as clusters. For all four
        phases and with growth and maturity as one, since the end of a rise is a matter of definition; and with stages
        read a year later than phases, since they are told as life goes on and a curve is drawn with hindsight.
    """

    confusion: "pd.DataFrame"
    table: "pd.DataFrame"


def turning_points(fits: CurveFits, level: float = 0.95) -> TurningPoints:
    """Take-off, peak, onset of decline, trough, re-growth and second onset of the chosen curves.

    Take-off, onsets and re-growth are where a logistic step bends most, ln(2 + sqrt(3)) widths before its middle;
    peak and trough are extremes of the whole curve between two steps. Intervals follow from the covariance of the
    parameters and leave out that the family was chosen on the same data.

    Source: H4.
    """
    shape = (len(fits.chosen), len(POINTS))
    age, error = np.full(shape, np.nan), np.full(shape, np.nan)
    free = np.zeros(len(fits.chosen), np.int64)
    last = (fits.length - 1) / QUARTERS_A_YEAR
    for place, (family, fit) in enumerate(zip(fits.families, fits.fits, strict=True)):
        mine = np.flatnonzero(fits.chosen == place)
        free[mine] = fits.length[mine] - family.parameters
        part = FamilyFit(*(array[mine] for array in fit))
        for point, (where, gradient) in _points(part, family, last[mine]).items():
            column = POINTS.index(point)
            seen = (where > 0.0) & (where < last[mine])
            variance = np.einsum("sp,spq,sq->s", gradient, part.covariance, gradient)
            age[mine, column] = np.where(seen, where, np.nan)
            error[mine, column] = np.sqrt(np.maximum(variance, 0.0))
    half = t_quantile(level, free)[:, None] * error
    return TurningPoints(age, age - half, age + half)


def _points(fit: FamilyFit, family: Family, last: np.ndarray) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Age of each turning point that the family can have, and its gradient in the parameters."""
    found = {}
    names = {(0, 1): "take_off", (0, -1): "onset_of_decline", (1, -1): "onset_of_decline", (2, 1): "regrowth",
             (3, -1): "second_onset"}
    for k, sign in enumerate(family.signs):
        gradient = np.zeros_like(fit.parameters)
        gradient[:, 2 + 3 * k], gradient[:, 3 + 3 * k] = 1.0, -BEND
        found[names[k, sign]] = ((fit.parameters * gradient).sum(axis=1), gradient)
    if family.signs[:2] == (1, -1):
        found["peak"] = _extreme(fit, family, np.zeros_like(last), np.minimum(fit.parameters[:, 5], last), 1.0)
    if family.signs[:3] == (1, -1, 1):
        found["trough"] = _extreme(fit, family, fit.parameters[:, 2], np.minimum(fit.parameters[:, 8], last), -1.0)
    return found


def _extreme(fit: FamilyFit, family: Family, start: np.ndarray, end: np.ndarray, sign: float):
    """Inner maximum (sign 1) or minimum (-1) between two ages, and its gradient by the implicit function theorem."""
    ages = start[:, None] + (end - start)[:, None] * np.linspace(0.0, 1.0, GRID)
    best = (sign * curve(fit.parameters, family.signs, ages)).argmax(axis=1)
    inner = (best > 0) & (best < GRID - 1)
    age = np.where(inner, ages[np.arange(best.size), best], np.nan)
    around = np.where(inner, age, 0.0)[:, None] + STEP * np.array([-1.0, 0.0, 1.0])
    value, steep = curve(fit.parameters, family.signs, around), slopes(fit.parameters, family.signs, around)
    first = (value[:, 2] - value[:, 0]) / (2 * STEP)
    second = (value[:, 2] - 2 * value[:, 1] + value[:, 0]) / STEP**2
    turning = (steep[..., 2] - steep[..., 0]) / (2 * STEP)
    with np.errstate(divide="ignore", invalid="ignore"):
        return age - first / second, -turning / second[:, None]


def phases(fits: CurveFits) -> np.ndarray:
    """Phase of the chosen curve in each quarter as a place in `AGREED`, -1 after the end; shape (series, quarters).

    Growth lasts until the first rise saturates, decline from the onset of a fall to the onset of the next rise,
    re-growth until that saturates; between them is maturity. Where a fall begins before the rise before it is over,
    they part half-way. A constant is maturity.
    """
    growth, maturity, decline, regrowth = range(4)
    quarters = fits.errors.shape[1]
    age = np.arange(quarters) / QUARTERS_A_YEAR
    phase = np.full((len(fits.chosen), quarters), maturity)
    for place, (family, fit) in enumerate(zip(fits.families, fits.fits, strict=True)):
        mine = np.flatnonzero(fits.chosen == place)
        middle, width = fit.parameters[mine, 2::3], fit.parameters[mine, 3::3]
        begin, over = middle - BEND * width, middle + BEND * width
        meet = (over[:, :-1] + begin[:, 1:]) / 2
        overlap = over[:, :-1] > begin[:, 1:]
        over[:, :-1], begin[:, 1:] = np.where(overlap, meet, over[:, :-1]), np.where(overlap, meet, begin[:, 1:])
        for k, sign in enumerate(family.signs):
            if sign < 0:
                over[:, k] = begin[:, k + 1] if k + 1 < len(family.signs) else np.inf
            if k == 0 and sign > 0:
                begin[:, k] = -np.inf
            inside = (age >= begin[:, k, None]) & (age < over[:, k, None])
            phase[mine] = np.where(inside, decline if sign < 0 else growth if k == 0 else regrowth, phase[mine])
    return np.where(np.arange(quarters) < fits.length[:, None], phase, -1)


def agreement(online: np.ndarray, fitted: np.ndarray, run: np.ndarray, runs: int, level: float = 0.95) -> Agreement:
    """How far online stages and fitted phases say the same. Source: H4.

    Parameters
    ----------
    online : ndarray of int, shape (series, quarters)
        Codes of `Stage`; whatever stands after the end of a series is not looked at.
    fitted : ndarray of int, shape (series, quarters)
        As `phases` gives them.
    run : ndarray of int, shape (series,)
        Run of each series, from 0 to ``runs - 1``.
    """
    import pandas as pd

    stage = np.maximum(online, Stage.GROWTH) - Stage.GROWTH
    merged = np.array([[1, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1]])
    lines, confusion = {}, np.zeros((len(AGREED), len(AGREED)))
    for delay in (0, DELAY):
        early, late = fitted[:, : fitted.shape[1] - delay], fitted[:, delay:]
        seen = late >= 0
        counts = np.zeros((runs, len(AGREED), len(AGREED)))
        np.add.at(counts, (np.broadcast_to(run[:, None], seen.shape)[seen], stage[:, delay:][seen], early[seen]), 1.0)
        confusion = counts.sum(axis=0) if delay == 0 else confusion
        for phases_, table in (("four", counts), ("growth and maturity as one", merged.T @ counts @ merged)):
            estimate = jackknife(partial(_kappa_of_runs, table), runs, level)
            for place, measure in enumerate(("share_agreeing", "kappa")):
                lines[phases_, delay, measure] = [float(part[place]) for part in estimate[:3]]
    index = pd.MultiIndex.from_tuples(lines, names=["phases", "quarters_later", "measure"])
    table = pd.DataFrame(list(lines.values()), index, ["value", "low", "high"])
    labels = [pd.Index(AGREED, name=axis) for axis in ("stage", "phase")]
    return Agreement(pd.DataFrame(confusion.astype(np.int64), *labels), table)


def _kappa_of_runs(counts: np.ndarray, weights: np.ndarray) -> np.ndarray:
    return kappa(np.tensordot(weights, counts, 1))


def kappa(counts: np.ndarray) -> np.ndarray:
    """Share that agrees and Cohen's kappa of a square table of counts.

    Source: Cohen 1960, Educational and Psychological Measurement 20, 37-46.
    """
    total = counts.sum()
    if total == 0:
        return np.array([np.nan, np.nan])
    agreed = np.trace(counts) / total
    chance = (counts.sum(axis=0) * counts.sum(axis=1)).sum() / total**2
    return np.array([agreed, (agreed - chance) / (1.0 - chance) if chance < 1.0 else np.nan])
