"""Pictures of a sweep.

Source: H5.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from alliancelab.analysis.results.base import Plots

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from alliancelab.analysis.results.sweep import SweepResults

__all__ = ["MAIN", "SweepPlots"]

MAIN = ("founded", "vitality", "patents", "products", "adoptions", "productivity", "public_outlay")
"""Outcomes that are shown where none are asked for."""


class SweepPlots(Plots):
    """Pictures of a sweep; each method returns a matplotlib Figure."""

    def __init__(self, results: "SweepResults"):
        self._results = results

    def sensitivity(self, outcomes: Sequence[str] = MAIN, scenario: str | None = None) -> "Figure":
        """Factors ranked by what they do to each outcome, with intervals and the share of variance of the seed."""
        from alliancelab.analysis.figures import sweep

        results = self._results
        shares = results.seed_variance(outcomes, scenario)[["luck", "both"]].sum(axis=1, skipna=False)
        declared = [results.outcome(name) for name in outcomes]
        return sweep.sensitivity_bars(results.sensitivity(outcomes, scenario), shares, declared, results.ranked_by)

    def trajectories(self, outcome: str, scenario: str | None = None) -> "Figure":
        """Mean outcome over the values of each factor, for an oat design."""
        from alliancelab.analysis.figures import sweep

        results = self._results
        return sweep.trajectories(results.trajectories(outcome, scenario), results.factors, results.outcome(outcome))

    def heat_map(self, x: str, y: str, outcome: str, scenario: str | None = None) -> "Figure":
        """Mean outcome over two factors, all others averaged over.

        Raises
        ------
        UserError
            If one of them was not varied, both are the same, or no point sets both.
        """
        from alliancelab.analysis.figures import sweep

        results = self._results
        across, down = results.factor(x), results.factor(y)
        values, points = results.arrays(outcome, scenario)
        places = [results.factors.index(factor) for factor in (across, down)]
        return sweep.heat_map(points[:, places], values, across, down, results.outcome(outcome))

    def of(self, scenario: str) -> "dict[str, Figure]":
        """Pictures of one scenario that its method can have, by name."""
        results, names = self._results, [outcome.name for outcome in self._results.main]
        pictures = {}
        if results.sensitivity(names, scenario)[results.ranked_by].notna().any():
            pictures[f"sensitivity-{scenario}"] = self.sensitivity(names, scenario)
        if results.method == "oat":
            pictures |= {f"trajectories-{scenario}-{name}": self.trajectories(name, scenario) for name in names}
        whole, factors = len(results.runs) == results.sweep.runs, results.factors
        if results.method == "grid" and whole and len(factors) == 2 and all(one.low < one.high for one in factors):
            x, y = (factor.name for factor in factors)
            pictures |= {f"map-{scenario}-{name}": self.heat_map(x, y, name, scenario) for name in names}
        return pictures

    def all(self) -> "dict[str, Figure]":
        """Every picture by name."""
        return {name: figure for one in self._results.names for name, figure in self.of(one).items()}
