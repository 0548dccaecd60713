"""Scenario discovery: the box in the space of factors in which an outcome is above, or below, what matters.

Source: H5. The patient rule induction method of Friedman and Fisher 1999, Statistics and Computing 9, 123-143, with
coverage, density and quasi-p-values as in Bryant and Lempert 2010, Technological Forecasting and Social Change 77,
34-49. Written here because the light implementation to be had is under the GPL, which this package is not, and the
other brings a whole workbench with it.
"""

from typing import NamedTuple

import numpy as np

__all__ = ["Box", "find_box", "held_out_density", "quasi_p", "trajectory"]

PEELED = 0.05      # share of the points in a box that one step takes away
LEAST_MASS = 0.05  # share of all points that a box keeps
COVERAGE = 0.5     # share of the cases of interest that a chosen box holds


class Box(NamedTuple):
    """A box and what it holds.

    Attributes
    ----------
    low, high : ndarray of float64, shape (factors,)
        Its sides; infinite where a factor is not restricted on that side.
    mass : float
        Share of all points inside.
    coverage : float
        Share of all cases of interest inside.
    density : float
        Share of cases of interest among those inside.
    """

    low: np.ndarray
    high: np.ndarray
    mass: float
    coverage: float
    density: float

    @property
    def restricted(self) -> np.ndarray:
        """Whether each factor is restricted, bool of shape (factors,)."""
        return np.isfinite(self.low) | np.isfinite(self.high)

    def holds(self, points: np.ndarray) -> np.ndarray:
        """Whether each point lies inside, bool of shape (points,)."""
        return np.asarray(((points >= self.low) & (points <= self.high)).all(axis=1))


def trajectory(points: np.ndarray, interest: np.ndarray) -> list[Box]:
    """Boxes from all of the space to the smallest or purest, each the best that one small step makes of the one before.

    Parameters
    ----------
    points : ndarray of float64, shape (points, factors)
    interest : ndarray of float64, shape (points,)
        Share of the replicates of a point that are cases of interest, 0 to 1.
    """
    free = np.full(points.shape[1], np.inf)
    boxes = [_box(points, interest, -free, free)]
    while boxes[-1].density < 1.0:
        steps = [_peeled(points, interest, boxes[-1], j, side) for j in range(points.shape[1]) for side in (0, 1)]
        allowed = [box for box in steps if box is not None and box.mass >= LEAST_MASS]
        if not allowed:
            break
        boxes.append(max(allowed, key=lambda box: (box.density, box.mass)))
    return boxes


def _box(points: np.ndarray, interest: np.ndarray, low: np.ndarray, high: np.ndarray) -> Box:
    inside = ((points >= low) & (points <= high)).all(axis=1)
    held, everything = interest[inside].sum(), interest.sum()
    return Box(low, high, float(inside.mean()), float(held / everything) if everything else 0.0,
               float(interest[inside].mean()) if inside.any() else 0.0)


def _peeled(points: np.ndarray, interest: np.ndarray, box: Box, j: int, side: int) -> Box | None:
    """The box without its lowest or highest values of one factor; None where there is but one value left."""
    values = np.unique(points[box.holds(points), j])
    if len(values) < 2:
        return None
    inside = points[box.holds(points), j]
    low, high = box.low.copy(), box.high.copy()
    if side == 0:
        edge = min(np.searchsorted(values, np.quantile(inside, PEELED, method="higher"), side="left"), len(values) - 1)
        edge = max(edge, 1)
        low[j] = 0.5 * (values[edge - 1] + values[edge])
    else:
        edge = np.searchsorted(values, np.quantile(inside, 1.0 - PEELED, method="lower"), side="right") - 1
        edge = min(max(edge, 0), len(values) - 2)
        high[j] = 0.5 * (values[edge] + values[edge + 1])
    return _box(points, interest, low, high)


def _pasted(points: np.ndarray, interest: np.ndarray, box: Box) -> Box:
    """The box with its sides moved out again, a small step at a time, as long as that makes it denser."""
    while True:
        sides = [(j, side) for j in np.flatnonzero(box.restricted).tolist() for side in (0, 1)]
        steps = [_wider(points, interest, box, j, side) for j, side in sides]
        denser = [found for found in steps if found.density > box.density]
        if not denser:
            return box
        box = max(denser, key=lambda found: found.density)


def _wider(points: np.ndarray, interest: np.ndarray, box: Box, j: int, side: int) -> Box:
    """The box with one side moved out over the nearest points, a share `PEELED` of those inside."""
    sign = -1.0 if side == 0 else 1.0  # outwards
    edge = (box.low if side == 0 else box.high)[j]
    low, high = box.low.copy(), box.high.copy()
    (low if side == 0 else high)[j] = sign * np.inf
    along = _box(points, interest, low, high).holds(points)
    beyond = np.unique(sign * points[along & (sign * points[:, j] > sign * edge), j])
    taken = max(int(np.ceil(PEELED * box.holds(points).sum())), 1)
    if len(beyond) > taken:
        (low if side == 0 else high)[j] = sign * 0.5 * (beyond[taken - 1] + beyond[taken])
    return _box(points, interest, low, high)


def find_box(points: np.ndarray, interest: np.ndarray, coverage: float = COVERAGE) -> Box:
    """A dense box that holds at least this share of the cases of interest, its sides pasted. Source: H5.

    Of the boxes of the trajectory that hold so many, the largest that is within one standard error of the densest:
    what is denser by less than that is chance, and a larger box says less that is not so.
    """
    boxes = [box for box in trajectory(points, interest) if box.coverage >= coverage]
    best = max(boxes, key=lambda box: (box.density, box.mass))
    error = np.sqrt(best.density * (1.0 - best.density) / (best.mass * len(points)))
    return _pasted(points, interest, next(box for box in boxes if box.density >= best.density - error))


def quasi_p(points: np.ndarray, interest: np.ndarray, box: Box) -> np.ndarray:
    """Chance, for each restricted factor, of a box as dense as this without its restriction; NaN for the others.

    A binomial test on points, float64 of shape (factors,): small where the restriction is no accident.
    """
    from scipy.special import bdtr

    inside = box.holds(points)
    count, held = int(inside.sum()), round(float(interest[inside].sum()))
    found = np.full(points.shape[1], np.nan)
    for j in np.flatnonzero(box.restricted):
        low, high = box.low.copy(), box.high.copy()
        low[j], high[j] = -np.inf, np.inf
        without = _box(points, interest, low, high).density
        found[j] = 1.0 - bdtr(held - 1, count, without) if held > 0 else 1.0
    return found


def held_out_density(
    points: np.ndarray, interest: np.ndarray, coverage: float = COVERAGE, seed: int = 20070601
) -> tuple[float, float]:
    """Coverage and density that boxes found on one half of the points have on the other, mean of both ways round.

    What was searched for looks better than it is; this says by how much.
    """
    order = np.random.default_rng(seed).permutation(len(points))
    halves = order[: len(order) // 2], order[len(order) // 2 :]
    found = []
    for here, there in (halves, halves[::-1]):
        if interest[here].sum() > 0.0 and interest[there].sum() > 0.0:
            box = find_box(points[here], interest[here], coverage)
            seen = _box(points[there], interest[there], box.low, box.high)
            found.append((seen.coverage, seen.density))
    return (float(np.mean([c for c, _ in found])), float(np.mean([d for _, d in found]))) if found else (np.nan, np.nan)
