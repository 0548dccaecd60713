"""Life-cycle curves fitted to many series at once, and the family chosen for each.

Source: H4.
"""

from collections.abc import Sequence
from itertools import combinations
from typing import NamedTuple

import numpy as np

from alliancelab.analysis.curve_families import FAMILIES, STEEPEST, Family, curve, gaps, middles, value_and_slopes
from alliancelab.model.setup import QUARTERS_A_YEAR

__all__ = ["SHORTEST", "CurveFits", "FamilyFit", "fit_curves", "fit_family", "of_one_family"]


EARLIEST = -1.0        # years of age; the middle of a first step may lie before founding: then only its end is seen
CLOSEST = 0.5          # years between the middles of two steps
NARROWEST, WIDEST = 0.15, 3.0   # years; a step takes about four widths
HIGHEST = 1.5          # of a step, in units of vitality
ITERATIONS = 50
ENOUGH = 1e-6         # relative gain of a step at which a descent ends
STARTS = 5             # best places of the grid from which the search goes down
PLACES = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)   # of middles, over the length of a series
WIDTHS = (0.2, 0.5, 1.2)    # years
SMALLEST_START = 0.02   # height of a step that a start is given where least squares has the other sign
RIDGE = 1e-8           # on the normal equations: steps that lie flat leave them singular
LEAST_DAMPING, MOST_DAMPING = 1e-7, 1e7
SHORTEST = 4           # values of a series: the level and the variance need as many for AICc
HIGHEST_RHO = 0.9
MIDDLE_COUNTS = 3      # parameters that the place of a step counts as
TINY = 1e-18


class FamilyFit(NamedTuple):
    """One family fitted to many series.

    Attributes
    ----------
    parameters : ndarray, shape (series, parameters)
        Level, then height, middle (years of age) and width (years) of each step.
    loss : ndarray, shape (series,)
        Sum of squared whitened residuals.
    covariance : ndarray, shape (series, parameters, parameters)
        Of the parameters; zero for those that a bound holds.
    """

    parameters: np.ndarray
    loss: np.ndarray
    covariance: np.ndarray


class CurveFits(NamedTuple):
    """A family chosen for each of many series, with all that were tried.

    Attributes
    ----------
    families : tuple of Family
    fits : tuple of FamilyFit
        In the order of `families`.
    aicc : ndarray, shape (series, families)
        Akaike's criterion, corrected for few values; infinite where a series is too short for a family.
    chosen : ndarray of int, shape (series,)
        Place of the family with the lowest.
    length : ndarray of int, shape (series,)
        Values of each series.
    rho : float
        Correlation of neighbouring errors.
    fitted, errors : ndarray, shape (series, quarters)
        Values of the chosen curves, and what the series have beyond them (zero after their end).
    """

    families: tuple[Family, ...]
    fits: tuple[FamilyFit, ...]
    aicc: np.ndarray
    chosen: np.ndarray
    length: np.ndarray
    rho: float
    fitted: np.ndarray
    errors: np.ndarray

    @property
    def weights(self) -> np.ndarray:
        """Akaike weights, shape (series, families): how much evidence speaks for each family; rows sum to 1."""
        evidence = np.exp(-0.5 * (self.aicc - self.aicc.min(axis=1, keepdims=True)))
        return evidence / evidence.sum(axis=1, keepdims=True)


def fit_family(values: np.ndarray, family: Family, rho: float = 0.0, near: np.ndarray | None = None) -> FamilyFit:
    """Least squares for one family and many series: a grid of starts, then Levenberg and Marquardt's method at once.

    Residuals are whitened as those of an autoregression of order one, so that neighbouring quarters are not counted
    as independent evidence (generalised least squares). All series are worked on together, in arrays: hundreds take
    the time that a general solver needs for a few.

    Parameters
    ----------
    values : ndarray, shape (series, quarters)
        From age zero on; NaN after the end of a series.
    rho : float
        Correlation of neighbouring residuals, in [0, 1).
    near : ndarray, shape (series, parameters), optional
        Parameters to start from, instead of the grid.
    """
    problem = _Problem(values, np.isfinite(values).sum(axis=1), family.signs, rho)
    starts = problem.starts() if near is None else [gaps(near, len(family.signs))]
    found = [problem.descend(problem.inside(start)) for start in starts]
    losses = np.stack([loss for _, loss in found])
    inner = np.stack([parameters for parameters, _ in found])[losses.argmin(axis=0), np.arange(len(values))]
    return FamilyFit(middles(inner, len(family.signs)), losses.min(axis=0), problem.covariance(inner))


def fit_curves(values: np.ndarray, families: Sequence[Family] = FAMILIES) -> CurveFits:
    """Fit every family to every series and choose one each by Akaike's criterion, corrected for few values (AICc).

    The correlation of neighbouring errors is common to all series. It is estimated from the plain fit that comes
    nearest, of all families that a series has twice as many values for as parameters, so that the misfit of a poor
    family is not taken for noise; then all families are fitted again with it.

    AICc = n log(loss / n) + 2 (k + 2 s) + 2 k (k + 1) / (n - k - 1), with the loss in whitened residuals, k the
    parameters of the curve and the variance (Hurvich and Tsai 1989, Biometrika 76, 297-307) and s its steps: the
    place of a step is searched for, so it counts as three parameters (Ninomiya 2015, Annals of the Institute of
    Statistical Mathematics 67, 943-961). A family with k + 1 >= n is not open to a series.

    Source: H4.

    Parameters
    ----------
    values : ndarray, shape (series, quarters)
        From age zero on; NaN after the end of a series, which needs at least `SHORTEST` values.

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
    plain = [fit_family(values, family) for family in families]
    rho = _correlation(values, families, plain)
    fits = [fit_family(values, family, rho, fit.parameters) for family, fit in zip(families, plain, strict=True)]
    aicc = np.stack([_aicc(fit.loss, length, family, rho) for fit, family in zip(fits, families, strict=True)], 1)
    chosen = aicc.argmin(axis=1)
    age = np.arange(values.shape[1]) / QUARTERS_A_YEAR
    drawn = np.stack([curve(fit.parameters, family.signs, age) for fit, family in zip(fits, families, strict=True)])
    fitted = drawn[chosen, np.arange(len(values))]
    return CurveFits(tuple(families), tuple(fits), aicc, chosen, length, rho, fitted,
                     np.where(there, values - fitted, 0.0))


def of_one_family(values: np.ndarray, family: Family, fit: FamilyFit, rho: float) -> CurveFits:
    """A fit of one family to many series as if it had been chosen for each of them."""
    length = np.isfinite(values).sum(axis=1)
    fitted = curve(fit.parameters, family.signs, np.arange(values.shape[1]) / QUARTERS_A_YEAR)
    return CurveFits((family,), (fit,), _aicc(fit.loss, length, family, rho)[:, None], np.zeros(len(values), int),
                     length, rho, fitted, np.where(np.isfinite(values), values - fitted, 0.0))


def _aicc(loss: np.ndarray, n: np.ndarray, family: Family, rho: float) -> np.ndarray:
    """AICc of a family for each series; infinite where there are too few values for it."""
    k = family.parameters + 1
    free = np.maximum(n - k - 1, 1)
    penalty = 2 * (k + (MIDDLE_COUNTS - 1) * len(family.signs)) + 2 * k * (k + 1) / free
    value = n * np.log(np.maximum(loss, TINY) / n) - np.log(1.0 - rho**2) + penalty
    return np.where(n > k + 1, value, np.inf)


def _correlation(values: np.ndarray, families: Sequence[Family], fits: Sequence[FamilyFit]) -> float:
    """Correlation of neighbouring errors, pooled over series, from plain least-squares fits.

    Residuals are less correlated than the errors behind them, as a curve bends towards its own series. So the
    correlation is sought whose residuals, after a fit that is linear near its end, would show what was seen.
    """
    trial = np.linspace(0.0, HIGHEST_RHO, 37)
    length = np.isfinite(values).sum(axis=1)
    open_to = np.stack([2 * family.parameters <= length for family in families])
    nearest = np.where(open_to, np.stack([fit.loss for fit in fits]), np.inf).argmin(axis=0)
    seen, expected = np.zeros(2), np.zeros((2, trial.size))
    for place, (family, fit) in enumerate(zip(families, fits, strict=True)):
        mine = nearest == place
        if mine.any():
            problem = _Problem(values[mine], length[mine], family.signs, 0.0)
            residuals, shrink = problem.residuals(gaps(fit.parameters[mine], len(family.signs)))
            seen += (residuals[:, 1:] * residuals[:, :-1]).sum(), (residuals**2).sum()
            # Weights keep the scale of each series: a loud one counts as much here as in what was seen.
            loud = (residuals**2).mean(axis=1)
            for i, tried in enumerate(trial):
                spread = shrink @ _autoregression(tried, values.shape[1]) @ shrink.transpose(0, 2, 1)
                beside, total = (np.trace(spread, offset, 1, 2) for offset in (1, 0))
                expected[:, i] += (loud / np.maximum(total, TINY)) @ np.stack([beside, total], axis=1)
    ratio = np.maximum.accumulate(expected[0] / np.maximum(expected[1], TINY))
    return float(np.interp(seen[0] / max(seen[1], TINY), ratio, trial))


def _autoregression(rho: float, quarters: int) -> np.ndarray:
    """Correlation matrix of an autoregression of order one."""
    return rho ** np.abs(np.subtract.outer(np.arange(quarters), np.arange(quarters)))


class _Problem:
    """Series, a family and bounds: what one descent needs."""

    def __init__(self, values: np.ndarray, length: np.ndarray, signs: tuple[int, ...], rho: float):
        age = np.arange(values.shape[1]) / QUARTERS_A_YEAR
        self.values, self.length, self.age, self.signs, self.rho = values, length, age, signs, rho
        self.there = np.arange(age.size) < length[:, None]
        self.filled = np.where(self.there, values, 0.0)
        last = np.maximum(age[np.maximum(length, 1) - 1], CLOSEST)[:, None]
        flat = np.full_like(last, np.inf)
        first, later = (EARLIEST, last), (CLOSEST, last)
        low, high = [-flat], [flat]
        for k in range(len(signs)):
            place = later if k else first
            low += [0.0 * last, np.full_like(last, place[0]), np.full_like(last, NARROWEST)]
            high += [np.full_like(last, HIGHEST), np.maximum(place[1], place[0]), np.full_like(last, WIDEST)]
        self.low, self.high = np.hstack(low), np.hstack(high)

    def part(self, rows: np.ndarray) -> "_Problem":
        """The same for some of the series, ages that none of them reaches left out."""
        ages = int(self.length[rows].max(initial=1))
        return _Problem(self.values[rows, :ages], self.length[rows], self.signs, self.rho)

    def inside(self, inner: np.ndarray) -> np.ndarray:
        return np.clip(inner, self.low, self.high)

    def whiten(self, errors: np.ndarray) -> np.ndarray:
        """Errors less what the quarter before foretold, along the last axis."""
        white = errors.copy()
        white[..., 0] *= np.sqrt(1.0 - self.rho**2)
        white[..., 1:] -= self.rho * errors[..., :-1]
        return white

    def starts(self) -> list[np.ndarray]:
        """The best places of a coarse grid of middles and widths; level and heights there by linear least squares.

        Every combination of places is a choice among few columns, so their products are taken once.
        """
        steps = len(self.signs)
        if steps == 0:
            return [(self.filled.sum(axis=1) / np.maximum(self.length, 1))[:, None]]
        last = self.age[np.maximum(self.length, 1) - 1]
        tried = np.array([(places, width) for width in range(len(WIDTHS))
                          for places in combinations(range(len(PLACES)), steps)], object)
        places, widths = np.array(list(tried[:, 0])), tried[:, 1].astype(int)
        heights, loss = self._linear(last, 1 + places + len(PLACES) * widths[:, None])
        starts = []
        for best in np.argsort(loss, axis=1, kind="stable")[:, :STARTS].T:
            inner = np.empty((len(self.values), 1 + 3 * steps))
            mine = heights[np.arange(len(best)), best]
            inner[:, 0], inner[:, 1::3] = mine[:, 0], np.maximum(mine[:, 1:], SMALLEST_START)
            inner[:, 2::3] = np.diff(last[:, None] * np.array(PLACES)[places[best]], axis=1, prepend=0.0)
            inner[:, 3::3] = np.array(WIDTHS)[widths[best], None]
            starts.append(inner)
        return starts

    def _linear(self, last: np.ndarray, columns: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Level and heights, (series, choices, 1 + steps), and loss, (series, choices), for choices of grid columns."""
        z = [(self.age - place * last[:, None]) / width for width in WIDTHS for place in PLACES]
        grid = 1.0 / (1.0 + np.exp(-np.clip(np.stack(z, axis=1), -STEEPEST, STEEPEST)))
        grid = np.concatenate([np.ones_like(grid[:, :1]), grid], axis=1) * self.there[:, None]
        products, onto = grid @ grid.transpose(0, 2, 1), (grid @ self.filled[..., None])[..., 0]
        chosen = np.column_stack([np.zeros(len(columns), int), columns])
        sign = np.array([1, *self.signs])
        gram = products[:, chosen[:, :, None], chosen[:, None, :]] * np.outer(sign, sign)
        right = onto[:, chosen] * sign
        heights = np.linalg.solve(gram + 1e-6 * np.eye(len(sign)), right[..., None])[..., 0]
        heights[..., 1:] = np.maximum(heights[..., 1:], 0.0)
        loss = np.einsum("scp,scpq,scq->sc", heights, gram, heights) - 2.0 * (heights * right).sum(axis=-1)
        return heights, loss

    def errors(self, inner: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Whitened residuals, (series, ages), and their negative slopes, (series, parameters, ages)."""
        value, slopes = value_and_slopes(inner, self.signs, self.age)
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
        for k in range(len(self.signs)):
            sums[2 + 3 * k, 2 : 2 + 3 * k : 3] = 1.0
        return sums @ (variance[:, None, None] * inverse) @ sums.T

    def residuals(self, inner: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """What the curves leave, (series, ages), and the matrices that turn errors into it, (series, ages, ages)."""
        value, slopes = value_and_slopes(inner, self.signs, self.age)
        held = (inner <= self.low) | (inner >= self.high)
        slopes = np.where(self.there[:, None] & ~held[:, :, None], slopes, 0.0)
        gram = slopes @ slopes.transpose(0, 2, 1) + RIDGE * np.eye(inner.shape[1])
        bend = slopes.transpose(0, 2, 1) @ np.linalg.solve(gram, slopes)
        there = np.where(self.there, 1.0, 0.0)
        shrink = (np.eye(self.age.size) - bend) * there[:, :, None] * there[:, None, :]
        return np.where(self.there, self.filled - value, 0.0), shrink

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
