"""How many replicates: stability of the spread, width of intervals, power of the paired test, from a pilot block.

Source: H3.
"""

from collections.abc import Callable, Sequence
from functools import cached_property
from html import escape
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from alliancelab.analysis.statistics import mean_interval, paired_difference, t_quantile

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Goal", "ReplicatePlan", "anova_replicates", "is_bimodal", "paired_power", "replicates_for_power",
           "replicates_for_width", "running_spread", "stable_from"]

MOST = 100_000          # replicates that are looked for
STABILITY = 0.01        # change of the coefficient of variation that still counts as none (Lee et al. 2015)
NEAR_ZERO = 0.1         # |mean| over standard deviation under which the coefficient of variation says nothing
ASSURANCE = 0.9         # chance with which the width aimed at is reached, the spread being estimated itself
VALLEY = 0.75           # of the lower of two modes; a deeper valley between them is taken for a real one
MOST_OUTCOMES = 0.8     # share of the outcomes that an advised number of replicates serves
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


class ReplicatePlan:
    """Replicates that outcomes of one scenario, or the paired difference of two, ask for.

    Parameters
    ----------
    values : ndarray, shape (scenarios, replicates, outcomes)
        A pilot block: one scenario, or two on the same seeds.
    names : sequence of str
        Of the scenarios.
    measures : sequence of Outcome
    goal : Goal
    """

    def __init__(self, values: np.ndarray, names: Sequence[str], measures: Sequence, goal: Goal):
        self.values, self.names, self.measures, self.goal = values, tuple(names), tuple(measures), goal

    @property
    def pilot(self) -> int:
        """Replicates of the pilot block."""
        return self.values.shape[1]

    @cached_property
    def table(self) -> "pd.DataFrame":
        """One row an outcome, indexed by name; numbers of replicates are NaN beyond 100,000 or where undefined.

        ``title``, ``unit``, ``mean``, ``sd`` of the first scenario; ``half_width`` aimed at; ``stable`` (coefficient of
        variation, see `stable_from`); ``for_mean``: for that half-width of the mean. With two scenarios also
        ``difference``, ``sd_difference``, ``for_difference`` (paired), ``for_independent`` (the same with independent
        seeds) and ``for_power``. ``remarks`` says what to distrust.
        """
        import pandas as pd

        rows = [self._row(self.values[..., i], measure) for i, measure in enumerate(self.measures)]
        table = pd.DataFrame(rows, pd.Index([measure.name for measure in self.measures], name="outcome"))
        words = ["title", "unit", "remarks"]
        # None, for what cannot be planned, is NaN in a column of numbers, also where it is the only entry.
        return table.astype({name: float for name in table.columns if name not in words})

    def _row(self, values: np.ndarray, measure) -> dict:
        first = values[0][np.isfinite(values[0])]
        row = {"title": measure.title, "unit": measure.unit}
        if first.size < 3:
            return row | {"remarks": "fewer than three runs give an answer"}
        mean, sd = float(first.mean()), float(first.std(ddof=1))
        aim = self.goal.relative * abs(mean) if self.goal.half_width is None else self.goal.half_width
        spread, relative = running_spread(first)
        stable = stable_from(spread)
        row |= {"mean": mean, "sd": sd, "half_width": aim, "stable": stable,
                "for_mean": replicates_for_width(sd, aim, pilot=first.size) if aim > 0 else None}
        remarks = [] if relative else ["mean near zero: standard deviation in place of the coefficient of variation"]
        if stable is None:
            remarks.append(f"spread not stable within {first.size // 2}")
        if is_bimodal(first):
            remarks.append("two modes: a mean describes neither")
        if len(values) == 2:
            row |= self._paired(values, aim)
        return row | {"remarks": "; ".join(remarks)}

    def _paired(self, values: np.ndarray, aim: float) -> dict:
        paired = paired_difference(values[1], values[0])
        both = np.isfinite(values).all(axis=0)
        apart = float(np.sqrt((mean_interval(np.where(both, values, np.nan)).sd ** 2).sum()))
        sd, n = float(paired.sd), int(paired.n)
        known = n >= 3 and aim > 0
        return {
            "difference": float(paired.difference), "sd_difference": sd,
            "for_difference": replicates_for_width(sd, aim, pilot=n) if known else None,
            "for_independent": replicates_for_width(apart, aim, pilot=n) if known else None,
            "for_power": replicates_for_power(aim, sd, self.goal.alpha, self.goal.power) if known else None,
        }

    def advice(self) -> list[str]:
        """What to do, in plain sentences with numbers."""
        table, goal = self.table, self.goal
        columns = [name for name in ("for_mean", "for_difference", "for_power") if name in table]
        words = {"for_mean": f"means of {self.names[0]} within their half-widths",
                 "for_difference": "paired differences within the same half-widths",
                 "for_power": f"a difference of that size found with a chance of {goal.power:g} at a level of "
                              f"{goal.alpha:g}"}
        lines = []
        for name in columns:
            asked = table[name].astype(float).dropna().sort_values()
            if len(asked):
                most = int(np.ceil(MOST_OUTCOMES * len(asked)))
                text = f"{int(asked.iloc[most - 1]):,} replicates: {words[name]}"
                if len(asked) > 1:
                    hardest = table.loc[asked.index[-1], "title"]
                    text += (f", for {most} of {len(asked)} outcomes; all would take {int(asked.iloc[-1]):,} "
                             f"({hardest})")
                lines.append(text + ".")
        short = [title for name in columns for title in table["title"][table[name].isna()]]
        if short:
            lines.append(f"Not planned: {', '.join(dict.fromkeys(short))}. Their mean is zero, or the aim needs more "
                         f"than {MOST:,}; set a half-width in their own unit.")
        lines += [f"Careful with {row.title}: {row.remarks}." for row in table.itertuples() if row.remarks]
        few, more = (anova_replicates(goal.cells, effect, goal.alpha, goal.power) for effect in (0.4, 0.1))
        lines.append(f"With independent seeds, {goal.cells} scenarios need {few:,} replicates each to tell a large "
                     f"difference (Cohen's f = 0.4) from none, {more:,} for a small one (0.1).")
        lines.append("Replicate k keeps its seed: a longer block holds the shorter one. More runs than needed make any "
                     "difference significant; report its size.")
        return lines

    def figure(self, outcome: str | None = None):
        """Stability, width, power and histogram of one outcome, by default the first; see `replication_figure`."""
        from alliancelab.analysis.replication_figure import plan_figure

        return plan_figure(self, outcome or self.measures[0].name)

    def __repr__(self) -> str:
        return f"ReplicatePlan({', '.join(self.names)}: {len(self.measures)} outcomes, {self.pilot} replicates tried)"

    def _repr_html_(self) -> str:
        advice = "".join(f"<li>{escape(line)}</li>" for line in self.advice())
        return f"<ul>{advice}</ul>" + self.table.to_html(float_format=lambda value: f"{value:,.4g}")
