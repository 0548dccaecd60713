"""How many replicates: stability of the spread, width of intervals, power of the paired test, from a pilot block.

Source: H3.
"""

from collections.abc import Callable
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from alliancelab.analysis.statistics.intervals import t_quantile

__all__ = ["Goal", "anova_replicates", "is_bimodal", "paired_power", "replicates_for_power",
           "replicates_for_width", "running_spread", "stable_from"]

MOST = 100_000          # replicates that are looked for
STABILITY = 0.01        # change of the coefficient of variation that still counts as none (Lee et al. 2015)
NEAR_ZERO = 0.1         # |mean| over standard deviation under which the coefficient of variation says nothing
ASSURANCE = 0.9         # chance with which the width aimed at is reached, the spread being estimated itself
VALLEY = 0.75           # of the lower of two modes; a deeper valley between them is taken for a real one
LEAST_MODE = 0.1        # of the highest mode; lower ones are stragglers


class Goal(NamedTuple):
    """What the replicates have to give.

    Attributes
    ----------
    half_width : float or None
        Of the 95 % interval, in the outcome's unit; None: `relative` times the mean of the first scenario.
    relative : float
    alpha, power : float
        Of the paired t test for a difference as large as the half-width.
    cells : int
        Scenarios or design points of an experiment with independent seeds, for the test that all are equal.
    """

    half_width: float | None = None
    relative: float = 0.05
    alpha: float = 0.01
    power: float = 0.95
    cells: int = 2


def running_spread(values: np.ndarray) -> tuple[np.ndarray, bool]:
    """Coefficient of variation of the first 2, 3, ... values, or their standard deviation over that of all.

    Returns
    -------
    spread : ndarray, shape (n - 1,)
    relative : bool
        Whether it is the coefficient of variation: not where the mean is small beside the spread, for then the
        coefficient runs off without the spread changing.
    """
    values = np.asarray(values, float)
    n = np.arange(1, values.size + 1)
    shifted = values - values.mean()
    mean = np.cumsum(shifted) / n
    variance = (np.cumsum(shifted**2) - n * mean**2)[1:] / (n[1:] - 1)
    sd = np.sqrt(np.maximum(variance, 0.0))
    if abs(values.mean()) < NEAR_ZERO * sd[-1]:
        return sd / max(sd[-1], 1e-300), False
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(sd == 0.0, 0.0, sd / np.abs(mean[1:] + values.mean())), True


def stable_from(spread: np.ndarray, tolerance: float = STABILITY) -> int | None:
    """Replicates from which the running spread stays within the tolerance of where it is; None if never seen.

    Lee et al. 2015 (Journal of Artificial Societies and Social Simulation 18(4) 4) take the smallest n with
    |cv(n) - cv(m)| < tolerance for all m > n. As the last n of any block passes, it counts only within the first half.
    """
    highest = np.maximum.accumulate(spread[::-1])[::-1]
    lowest = np.minimum.accumulate(spread[::-1])[::-1]
    stable = np.flatnonzero((highest - spread < tolerance) & (spread - lowest < tolerance))
    return int(stable[0]) + 2 if stable.size and stable[0] + 2 <= (spread.size + 1) // 2 else None


def is_bimodal(values: np.ndarray) -> bool:
    """Whether a kernel density of the values (Silverman's bandwidth) has a valley between two modes of note."""
    from scipy.stats import gaussian_kde

    values = np.asarray(values, float)
    if values.size < 10 or np.ptp(values) == 0.0:
        return False
    place = np.linspace(values.min(), values.max(), 256)
    density = gaussian_kde(values, "silverman")(place)
    rise = np.diff(density) > 0
    modes = np.flatnonzero(np.diff(np.r_[True, rise, False].astype(int)) == -1)
    modes = modes[density[modes] >= LEAST_MODE * density.max()]
    return any(density[a : b + 1].min() < VALLEY * min(density[a], density[b]) for a, b in pairwise(modes))


def replicates_for_width(sd: float, half_width: float, level: float = 0.95, pilot: int | None = None) -> int | None:
    """Smallest n whose t interval is within `half_width` of the mean; None beyond `MOST`. Source: H3.

    Parameters
    ----------
    pilot : int, optional
        Replicates that `sd` was estimated from. Then the upper end of its interval is planned with, so that the width
        is reached with a chance of `ASSURANCE`.
    """
    from scipy.special import chdtri

    if sd == 0.0:
        return 2
    if pilot is not None:
        sd *= np.sqrt((pilot - 1) / chdtri(pilot - 1, ASSURANCE))
    return _smallest(lambda n: -float(t_quantile(level, np.array(n - 1))) * sd / np.sqrt(n), -half_width)


def paired_power(n: np.ndarray, effect: float, sd: float, alpha: float) -> np.ndarray:
    """Chance that the paired t test of n replicates finds a difference of this size."""
    from scipy.special import nctdtr

    n = np.asarray(n, float)
    critical, shift = t_quantile(1.0 - alpha, n - 1), effect * np.sqrt(n) / sd
    # Far beyond the critical value the library gives up with NaN; there both probabilities are nil.
    below, beyond = (np.nan_to_num(nctdtr(n - 1, shift, end)) for end in (critical, -critical))
    return 1.0 - below + beyond


def replicates_for_power(effect: float, sd: float, alpha: float = 0.01, power: float = 0.95) -> int | None:
    """Smallest n for which the paired t test finds a difference of this size with this chance; None beyond `MOST`."""
    if sd == 0.0:
        return 2
    return _smallest(lambda n: float(paired_power(np.array(n), effect, sd, alpha)), power)


def anova_replicates(cells: int, effect: float, alpha: float = 0.01, power: float = 0.95) -> int | None:
    """Replicates in each of `cells` scenarios with independent seeds, for the F test that all means are equal.

    Source: Secchi and Seri 2017, Computational and Mathematical Organization Theory 23, 96-121.

    Parameters
    ----------
    effect : float
        Cohen's f: standard deviation of the cells' means over that of single runs; 0.1 small, 0.25 medium, 0.4 large.
    """
    from scipy.special import fdtri, ncfdtr

    def reached(n: int) -> float:
        between, within = cells - 1, cells * (n - 1)
        return 1.0 - float(ncfdtr(between, within, effect**2 * n * cells, fdtri(between, within, 1.0 - alpha)))

    return _smallest(reached, power)


def _smallest(rising: Callable[[int], float], aim: float) -> int | None:
    """Smallest n from 2 on at which a rising function reaches its aim, by bisection; None beyond `MOST`."""
    low, high = 1, 2
    while rising(high) < aim:
        low, high = high, 2 * high
        if high > MOST:
            return None
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if rising(middle) >= aim else (middle, high)
    return high
