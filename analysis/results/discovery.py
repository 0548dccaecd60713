"""Scenario discovery in a sweep: the box of factors in which an outcome is above, or below, a value.

Source: H5.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from alliancelab.analysis.exploration import prim
from alliancelab.analysis.report.folder import of_any
from alliancelab.analysis.report.parts import Content, Report
from alliancelab.analysis.results.base import Plots, Result, kept_table, origin_of
from alliancelab.analysis.results.stored_scenario import StoredScenario
from alliancelab.model.outcomes import Outcome
from alliancelab.scenarios.store import Stored
from alliancelab.scenarios.sweep.design import Factor

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

__all__ = ["COVERAGE", "Discovery", "DiscoveryPlots"]

COVERAGE = prim.COVERAGE
_FOUND = ("outcome", "title", "condition", "base", "coverage", "density", "mass", "held_out_coverage",
          "held_out_density")


class Discovery(Result):
    """A box of factors, how it was found, and how far it holds.

    Attributes
    ----------
    limits : DataFrame
        Restricted factors, indexed by name: ``low``, ``high``, ``from`` and ``to`` (the bounds of the design),
        ``unit``, and ``quasi_p`` of the restriction. A side that is not restricted is the bound of the design.
    steps : DataFrame
        The trajectory: ``mass``, ``coverage``, ``density``, ``restricted`` factors, one row per box.
    found : dict
        ``outcome`` with its ``title``; ``condition``; ``base``, the share of runs of interest in the whole space;
        ``coverage``, ``density`` and ``mass`` of the box; ``held_out_coverage`` and ``held_out_density`` of boxes on
        points that they were not found on.
    """

    kind, file = "discovery", "discovery.json"

    def __init__(self, limits: "pd.DataFrame", steps: "pd.DataFrame", found: Mapping[str, Any],
                 scenarios: Sequence[StoredScenario], provenance: Mapping[str, Any] | None = None):
        self.limits, self.steps, self.found = limits, steps, dict(found)
        self.scenarios, self.provenance = tuple(scenarios), dict(provenance or {})

    @classmethod
    def find(cls, factors: Sequence[Factor], outcome: Outcome, above: float | None, below: float | None,
             points: np.ndarray, interest: np.ndarray, coverage: float, scenarios: Sequence[StoredScenario],
             manifest: Mapping[str, Any]) -> Self:
        """Search the points of a sweep.

        Parameters
        ----------
        points : ndarray of float64, shape (points, factors)
        interest : ndarray of float64, shape (points,)
            Share of the replicates of a point that are of interest.
        coverage : float
            Share of the runs of interest that the box has to hold.
        """
        import pandas as pd

        boxes, box = prim.trajectory(points, interest), prim.find_box(points, interest, coverage)
        held, dense = prim.held_out_density(points, interest, coverage)
        kept, p = box.restricted, prim.quasi_p(points, interest, box)
        chosen = [factor for factor, restricted in zip(factors, kept, strict=True) if restricted]
        low, high = [factor.low for factor in chosen], [factor.high for factor in chosen]
        limits = pd.DataFrame({
            "low": np.maximum(box.low[kept], low), "high": np.minimum(box.high[kept], high), "from": low, "to": high,
            "unit": [factor.unit for factor in chosen], "quasi_p": p[kept],
        }, pd.Index([factor.name for factor in chosen], name="factor"))
        columns = {name: [getattr(one, name) for one in boxes] for name in ("mass", "coverage", "density")}
        steps = pd.DataFrame({**columns, "restricted": [int(one.restricted.sum()) for one in boxes]})
        condition = f"above {above:g}" if above is not None else f"below {below:g}"
        found = dict(zip(_FOUND, (outcome.name, outcome.title, condition, float(interest.mean()), box.coverage,
                                  box.density, box.mass, held, dense), strict=True))
        names = {scenario.name for scenario in scenarios}
        kept_keys = ("program", "version", "plan", "design", "packages", "python", "platform")
        origin = {"kind": cls.kind, **{key: manifest[key] for key in kept_keys if key in manifest},
                  "scenarios": [one for one in manifest["scenarios"] if one["name"] in names]}
        return cls(limits, steps, found, scenarios, origin)

    @classmethod
    def from_folder(cls, stored: Stored) -> Self:
        """The box that was saved into a folder."""
        scenarios = [StoredScenario.of(one) for one in stored.document["scenarios"]]
        limits = kept_table(stored, "box", "factor", ("low", "high", "from", "to", "unit", "quasi_p"))
        found = {name: stored.document[name] for name in _FOUND}
        return cls(limits, kept_table(stored, "steps"), found, scenarios, origin_of(stored, _FOUND))

    @property
    def sentence(self) -> str:
        """What was found, in words."""
        found = self.found
        return (f"{found['title']} {found['condition']} in {found['base']:.0%} of all runs, and in "
                f"{found['density']:.0%} of those in the box, which holds {found['coverage']:.0%} of the runs of "
                f"interest; on points that were not searched, such a box has {found['held_out_density']:.0%} and holds "
                f"{found['held_out_coverage']:.0%}")

    @property
    def plot(self) -> "DiscoveryPlots":
        """Pictures, such as ``found.plot.box()``."""
        return DiscoveryPlots(self)

    def tables(self) -> "dict[str, pd.DataFrame]":
        """Both tables by name."""
        return {"box": self.limits, "steps": self.steps}

    def notes(self) -> list[str]:
        """What was found, in words."""
        return [f"{self.sentence}."]

    def document(self) -> dict[str, Any]:
        """Provenance of the sweep, and what was found."""
        return {**self.provenance, **self.found}

    def page(self) -> Report:
        """Sections of the report."""
        content = Content(self.document(), self.tables(), self.plot.all(), self.notes())
        return of_any(content, f"{self.found['title']} {self.found['condition']}")

    def __repr__(self) -> str:
        return f"Discovery({self.sentence})"

    def _shown(self) -> "dict[str, pd.DataFrame]":
        return {"box": self.limits}


class DiscoveryPlots(Plots):
    """Pictures of a discovery; each method returns a matplotlib Figure."""

    def __init__(self, found: Discovery):
        self._found = found

    def box(self) -> "Figure":
        """The trade-off between coverage and density, and the box."""
        from alliancelab.analysis.figures import sweep

        found = self._found.found
        return sweep.box(self._found.limits, self._found.steps, (found["coverage"], found["density"]), found["base"],
                         f"{found['title']} {found['condition']}")

    def all(self) -> "dict[str, Figure]":
        """The picture by its name."""
        return {"box": self.box()}
