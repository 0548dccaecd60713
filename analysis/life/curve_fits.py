"""Life-cycle curves fitted to many series at once, and the number of steps chosen for each.

Source: H4.
"""

from typing import NamedTuple

import numpy as np

from alliancelab.analysis.life.step_curves import (
    MOST_STEPS,
    STEEPEST,
    curve,
    gaps,
    middles,
    shape_of,
    value_and_slopes,
)
from alliancelab.model.setup import QUARTERS_A_YEAR

__all__ = ["SHORTEST", "CurveFits", "StepFit", "fit_curves", "fit_steps", "of_steps"]


EARLIEST = -1.0        # years of age; the middle of a first step may lie before founding: then only its end is seen
CLOSEST = 0.5          # years between the middles of two steps
NARROWEST, WIDEST = 0.15, 3.0   # years; a step takes about four widths
HIGHEST = 1.5          # of a step up or down, in units of vitality
ITERATIONS = 50
ENOUGH = 1e-6         # relative gain of a step at which a descent ends
STARTS = 3             # best places for one more step from which the search goes down
PLACES = 24            # of middles that are tried for one more step, over the length of a series
WIDTHS = (0.2, 0.5, 1.2)    # years, tried with each place
RIDGE = 1e-8           # on the normal equations: steps that lie flat leave them singular
LEAST_DAMPING, MOST_DAMPING = 1e-7, 1e7
SHORTEST = 4           # values of a series: the level and the variance need as many for AICc
RHO = 0.05 ** (1 / QUARTERS_A_YEAR)
"""Correlation of neighbouring errors, so that 5 % of an error are left after a year: what lasts longer is life. It
cannot be told from the series how far errors are correlated: a curve of more steps takes up any lasting deviation."""
MIDDLE_COUNTS = 3      # parameters that the place of a step counts as
TINY = 1e-18


class StepFit(NamedTuple):
    """Curves of so many steps fitted to many series.

    Attributes
    ----------
    parameters : ndarray, shape (series, 1 + 3 steps)
        Level, then height, middle (years of age) and width (years) of each step.
    loss : ndarray, shape (series,)
        Sum of squared whitened residuals; infinite where a series is too short for so many steps.
    covariance : ndarray, shape (series, parameters, parameters)
        Of the parameters; zero for those that a bound holds.
    """

    parameters: np.ndarray
    loss: np.ndarray
    covariance: np.ndarray


class CurveFits(NamedTuple):
    """A number of steps chosen for each of many series, with all that were tried.

    Attributes
    ----------
    fits : tuple of StepFit
        In the order of `steps`.
    steps : tuple of int
        Numbers of steps that were tried.
    aicc : ndarray, shape (series, len(steps))
        Akaike's criterion, corrected for few values; infinite where a series is too short for so many steps.
    chosen : ndarray of int, shape (series,)
        Place of the lowest in `steps`.
    length : ndarray of int, shape (series,)
        Values of each series.
    fitted, errors : ndarray, shape (series, quarters)
        Values of the chosen curves, and what the series have beyond them (zero after their end).
    """

    fits: tuple[StepFit, ...]
    steps: tuple[int, ...]
    aicc: np.ndarray
    chosen: np.ndarray
    length: np.ndarray
    fitted: np.ndarray
    errors: np.ndarray

    @property
    def weights(self) -> np.ndarray:
        """Akaike weights, shape (series, len(steps)): how much evidence speaks for each number; rows sum to 1."""
        evidence = np.exp(-0.5 * (self.aicc - self.aicc.min(axis=1, keepdims=True)))
        return evidence / evidence.sum(axis=1, keepdims=True)

    @property
    def shapes(self) -> np.ndarray:
        """Shape of the chosen curve of each series, by its name in `step_curves.SHAPES`."""
        return np.array([shape_of(self.fits[place].parameters[row, 1::3]) for row, place in enumerate(self.chosen)],
                        object)


def fit_steps(values: np.ndarray, start: np.ndarray) -> StepFit:
    """Least squares for many series and curves of as many steps as a start has: Levenberg and Marquardt's method.

    Residuals are whitened as those of an autoregression of order one with correlation `RHO`, so that neighbouring
    quarters are not counted as independent evidence (generalised least squares). All series are worked on together, in
    arrays: hundreds take the time that a general solver needs for a few.

    Parameters
    ----------
    values : ndarray, shape (series, quarters)
        From age zero on; NaN after the end of a series.
    start : ndarray, shape (series, 1 + 3 steps)
        Parameters to start from.
    """
    problem = _Problem(values, start.shape[1] // 3)
    inner, loss = problem.descend(problem.inside(gaps(start)))
    return StepFit(middles(inner), loss, problem.covariance(inner))


def fit_curves(values: np.ndarray, most: int = MOST_STEPS) -> CurveFits:
    """Fit curves of no, one, two, ... steps to every series and choose one each by Akaike's criterion (AICc).

    A curve of one step more starts from the curve before: the step is put where it takes most of the residuals away,
    the best of a few such places is kept, and all parameters move until they get no further.

    AICc = n log(loss / n) + 2 (k + 2 s) + 2 k (k + 1) / (n - k - 1), with the loss in whitened residuals, k the
    parameters of the curve and the variance (Hurvich and Tsai 1989, Biometrika 76, 297-307) and s its steps: the
    place of a step is searched for, so it counts as three parameters (Ninomiya 2015, Annals of the Institute of
    Statistical Mathematics 67, 943-961). A number of steps with k + 1 >= n is not open to a series.

    Source: H4.

    Parameters
    ----------
    values : ndarray, shape (series, quarters)
        From age zero on; NaN after the end of a series, which needs at least `SHORTEST` values.
    most : int
        Steps at most.

    Raises
    ------
    ValueError
        When a series is shorter or has a gap.
    """
    values = np.asarray(values, float)
    there = np.isfinite(values)
    length = there.sum(axis=1)
    if (length < SHORTEST).any() or (there[:, 1:] & ~there[:, :-1]).any():
        raise ValueError(f"a series needs {SHORTEST} values without a gap")
    fits = [fit_steps(values, (np.where(there, values, 0.0).sum(axis=1) / length)[:, None])]
    for steps in range(1, most + 1):
        fits.append(_one_step_more(values, fits[-1].parameters, length > _counted(steps) + 1))
    return _chosen(values, fits, tuple(range(most + 1)))


def of_steps(values: np.ndarray, fit: StepFit) -> CurveFits:
    """A fit of one number of steps to many series as if it had been chosen for each of them."""
    return _chosen(values, [fit], (fit.parameters.shape[1] // 3,))


def _chosen(values: np.ndarray, fits: list[StepFit], steps: tuple[int, ...]) -> CurveFits:
    there = np.isfinite(values)
    length = there.sum(axis=1)
    aicc = np.stack([_aicc(fit.loss, length, number) for fit, number in zip(fits, steps, strict=True)], axis=1)
    chosen = aicc.argmin(axis=1)
    fitted = np.empty(values.shape)
    for place, fit in enumerate(fits):
        mine = chosen == place
        fitted[mine] = curve(fit.parameters[mine], np.arange(values.shape[1]) / QUARTERS_A_YEAR)
    return CurveFits(tuple(fits), steps, aicc, chosen, length, fitted, np.where(there, values - fitted, 0.0))


def _counted(steps: int) -> int:
    """Parameters of a curve of so many steps, and the variance."""
    return 2 + 3 * steps


def _aicc(loss: np.ndarray, n: np.ndarray, steps: int) -> np.ndarray:
    """AICc of curves of so many steps for each series; infinite where there are too few values."""
    k = _counted(steps)
    free = np.maximum(n - k - 1, 1)
    penalty = 2 * (k + (MIDDLE_COUNTS - 1) * steps) + 2 * k * (k + 1) / free
    value = n * np.log(np.maximum(loss, TINY) / n) - np.log(1.0 - RHO**2) + penalty
    return np.where((n > k + 1) & np.isfinite(loss), value, np.inf)


def _where_open(values: np.ndarray, start: np.ndarray, open_to: np.ndarray) -> StepFit:
    """As `fit_steps` for some of the series; the others keep their start, at infinite loss."""
    count = start.shape[1]
    fit = StepFit(start.copy(), np.full(len(values), np.inf), np.zeros((len(values), count, count)))
    if open_to.any():
        ages = int(np.isfinite(values[open_to]).sum(axis=1).max())
        found = fit_steps(values[open_to, :ages], start[open_to])
        for whole, part in zip(fit, found, strict=True):
            whole[open_to] = part
    return fit


def _one_step_more(values: np.ndarray, before: np.ndarray, open_to: np.ndarray) -> StepFit:
    """The best curve of one step more than `before`, from several places for the new one."""
    fits = [_where_open(values, start, open_to) for start in _starts(values, before)]
    best = np.stack([fit.loss for fit in fits]).argmin(axis=0)
    return StepFit(*(np.stack(parts)[best, np.arange(len(best))] for parts in zip(*fits, strict=True)))


def _starts(values: np.ndarray, before: np.ndarray) -> list[np.ndarray]:
    """Curves with one step more, where it takes most of the residuals away; its height by linear least squares."""
    there = np.isfinite(values)
    length = there.sum(axis=1)
    age, rows = np.arange(values.shape[1]) / QUARTERS_A_YEAR, np.arange(len(values))
    residuals = np.where(there, values - curve(before, age), 0.0)
    middle = (length[:, None] - 1) / QUARTERS_A_YEAR * (np.arange(PLACES) + 0.5) / PLACES
    z = (age - middle[:, :, None, None]) / np.array(WIDTHS)[:, None]
    step = there[:, None, None] / (1.0 + np.exp(-np.clip(z, -STEEPEST, STEEPEST)))
    mean = step.sum(axis=-1) / length[:, None, None]
    together = (step * residuals[:, None, None]).sum(axis=-1) - mean * residuals.sum(axis=1)[:, None, None]
    spread = np.maximum((step**2).sum(axis=-1) - length[:, None, None] * mean**2, TINY)
    height = np.clip(together / spread, -HIGHEST, HIGHEST)
    order = np.argsort(-(together**2 / spread).reshape(len(values), -1), axis=1, kind="stable")
    starts = []
    for best in order[:, :STARTS].T:
        place, width = np.unravel_index(best, (PLACES, len(WIDTHS)))
        added = np.stack([height[rows, place, width], middle[rows, place], np.array(WIDTHS)[width]], axis=1)
        level = before[:, 0] + residuals.sum(axis=1) / length - added[:, 0] * mean[rows, place, width]
        steps = np.concatenate([before[:, 1:], added], axis=1).reshape(len(values), -1, 3)
        steps = steps[rows[:, None], np.argsort(steps[:, :, 1], axis=1, kind="stable")]
        starts.append(np.concatenate([level[:, None], steps.reshape(len(values), -1)], axis=1))
    return starts


class _Problem:
    """Series, a number of steps and bounds: what one descent needs."""

    def __init__(self, values: np.ndarray, steps: int):
        self.values, self.steps = values, steps
        self.age = np.arange(values.shape[1]) / QUARTERS_A_YEAR
        self.there = np.isfinite(values)
        self.length = self.there.sum(axis=1)
        self.filled = np.where(self.there, values, 0.0)
        last = np.maximum(self.age[np.maximum(self.length, 1) - 1], CLOSEST)
        shape = (len(values), 1 + 3 * steps)
        self.low, self.high = np.full(shape, -np.inf), np.full(shape, np.inf)
        self.low[:, 1::3], self.high[:, 1::3] = -HIGHEST, HIGHEST
        self.low[:, 2::3], self.high[:, 2::3] = CLOSEST, last[:, None]
        self.low[:, 2:3] = EARLIEST
        self.low[:, 3::3], self.high[:, 3::3] = NARROWEST, WIDEST

    def part(self, rows: np.ndarray) -> "_Problem":
        """The same for some of the series, ages that none of them reaches left out."""
        return _Problem(self.values[rows, : int(self.length[rows].max(initial=1))], self.steps)

    def inside(self, inner: np.ndarray) -> np.ndarray:
        return np.clip(inner, self.low, self.high)

    def whiten(self, errors: np.ndarray) -> np.ndarray:
        """Errors less what the quarter before foretold, along the last axis."""
        white = errors.copy()
        white[..., 0] *= np.sqrt(1.0 - RHO**2)
        white[..., 1:] -= RHO * errors[..., :-1]
        return white

    def errors(self, inner: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Whitened residuals, (series, ages), and their negative slopes, (series, parameters, ages)."""
        value, slopes = value_and_slopes(inner, self.age)
        white = self.whiten(np.where(self.there, self.filled - value, 0.0))
        steep = self.whiten(np.where(self.there[:, None], slopes, 0.0))
        return np.where(self.there, white, 0.0), np.where(self.there[:, None], steep, 0.0)

    def covariance(self, inner: np.ndarray) -> np.ndarray:
        """Of level, heights, middles and widths where the search ended, from the curvature of the loss there."""
        errors, slopes = self.errors(inner)
        count = inner.shape[1]
        held = (inner <= self.low) | (inner >= self.high)
        free = np.where(held, 0.0, 1.0)
        gram = (slopes @ slopes.transpose(0, 2, 1)) * free[:, :, None] * free[:, None, :]
        inverse = np.linalg.inv(gram + np.where(held, 1.0, RIDGE)[:, :, None] * np.eye(count))
        inverse *= free[:, :, None] * free[:, None, :]
        variance = (errors**2).sum(axis=1) / np.maximum(self.length - count, 1)
        sums = np.eye(count)
        for k in range(self.steps):
            sums[2 + 3 * k, 2 : 2 + 3 * k : 3] = 1.0
        return sums @ (variance[:, None, None] * inverse) @ sums.T

    def loss(self, inner: np.ndarray) -> np.ndarray:
        return (self.errors(inner)[0] ** 2).sum(axis=1)

    def descend(self, inner: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Levenberg and Marquardt's method with bounds, each series with its own damping, until it gets no further."""
        inner, loss = inner.copy(), self.loss(inner)
        damping = np.full(len(inner), 1e-2)
        active = np.arange(len(inner))
        for _ in range(ITERATIONS):
            part = self.part(active)
            tried = part.inside(inner[active] + part.move(inner[active], damping[active]))
            tried_loss = part.loss(tried)
            before = loss[active]
            better = tried_loss < before
            inner[active[better]], loss[active[better]] = tried[better], tried_loss[better]
            damping[active] = np.clip(damping[active] * np.where(better, 0.3, 4.0), LEAST_DAMPING, MOST_DAMPING)
            done = (better & (before - tried_loss < ENOUGH * before)) | (damping[active] >= MOST_DAMPING)
            active = active[~done]
            if not active.size:
                break
        return inner, loss

    def move(self, inner: np.ndarray, damping: np.ndarray) -> np.ndarray:
        """A damped Gauss-Newton step; parameters that a bound holds back stay where they are."""
        errors, slopes = self.errors(inner)
        gradient = (slopes @ errors[..., None])[..., 0]
        held = ((inner <= self.low) & (gradient < 0.0)) | ((inner >= self.high) & (gradient > 0.0))
        free = np.where(held, 0.0, 1.0)
        gram = (slopes @ slopes.transpose(0, 2, 1)) * free[:, :, None] * free[:, None, :]
        ridge = np.where(held, 1.0, damping[:, None] * np.einsum("spp->sp", gram) + RIDGE)
        gram += ridge[:, :, None] * np.eye(inner.shape[1])
        return np.linalg.solve(gram, (gradient * free)[..., None])[..., 0]
