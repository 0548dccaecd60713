"""A scorecard in many worlds: how far each target and each effect of the plan hangs on what nobody knows.

Source: F11, G8, H5.
"""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from alliancelab.analysis.report.parts import Content, Report
from alliancelab.analysis.report.worlds import of_worlds, targets_section
from alliancelab.analysis.results.base import kept_table
from alliancelab.analysis.results.scorecard import RANGE, met
from alliancelab.analysis.results.worlds import WorldComparison
from alliancelab.scenarios.store import Stored
from alliancelab.scenarios.worlds.nested import WorldRuns

if TYPE_CHECKING:
    import pandas as pd

    from alliancelab.scenarios.scorecard import Line

__all__ = ["WorldScorecard"]

_LINES = ("outcome", "indicator", "year", "start", "target")
KEPT = "Policy of the base year kept"


class WorldScorecard(WorldComparison):
    """Lines of a scorecard in many worlds: with the plan, and with the policy of the base year kept.

    Parameters
    ----------
    runs : WorldRuns
        Of the policy of the base year and of the plan; outcomes are the lines.
    scenarios : sequence of Scenario
        The one that declares the scorecard.
    provenance : mapping, optional
    lines : sequence of Line
    """

    kind, file = "scorecard_worlds", "scorecard_worlds.json"

    def __init__(self, runs: WorldRuns, scenarios: Sequence, provenance: Mapping[str, Any] | None = None,
                 lines: "Sequence[Line]" = ()) -> None:
        import pandas as pd

        super().__init__(runs, scenarios, provenance)
        self._lines = pd.DataFrame([(line.outcome.name, line.aim.indicator, line.year, line.aim.start, line.aim.target)
                                    for line in lines], columns=list(_LINES)).set_index("outcome")

    @classmethod
    def from_folder(cls, stored: Stored) -> Self:
        """The scorecard that was saved into a folder, with all its runs."""
        card = super().from_folder(stored)
        card._lines = kept_table(stored, "targets", "outcome", _LINES[1:])[list(_LINES[1:])]
        return card

    @property
    def titles(self) -> dict[str, str]:
        """Titles of the two by name."""
        return dict(zip(self.names, (KEPT, self.scenarios[0].title), strict=True))

    @cached_property
    def targets(self) -> "pd.DataFrame":
        """One row per line of the scorecard, indexed as the second level of `effects`.

        Returns
        -------
        DataFrame
            ``indicator``, ``year``, ``start``, ``target``: NaN where there is none
            ``title``, ``unit``
            ``mean``, ``low``, ``high``: outcome with the plan, mean and range of the middle 95 % of all runs in all
            worlds
            ``met``: share of all runs that meet the target, worlds counting alike
            ``met_in``, ``worlds``: in how many of how many worlds at least half of the runs meet it
        """
        import pandas as pd

        values = self.runs.outcomes[1]
        rows = []
        for j, outcome in enumerate(self.runs.declared):
            found, target = values[..., j], float(self._lines.at[outcome.name, "target"])
            there = found[np.isfinite(found)]
            low, high = np.quantile(there, RANGE) if len(there) else (np.nan, np.nan)
            shares = met(found, target, outcome.better).mean(axis=1)
            has = bool(np.isfinite(target))
            rows.append({"title": outcome.title, "unit": outcome.unit,
                         "mean": float(there.mean()) if len(there) else np.nan, "low": float(low), "high": float(high),
                         "met": float(shares.mean()) if has else np.nan,
                         "met_in": int((shares >= 0.5).sum()) if has else 0, "worlds": len(found)})
        return pd.concat([self._lines, pd.DataFrame(rows, self._lines.index)], axis=1)

    def tables(self) -> "dict[str, pd.DataFrame]":
        """Every table by name: ``targets``, and those of a comparison."""
        return {"targets": self.targets, **super().tables()}

    def page(self) -> Report:
        """Sections of the report."""
        return of_worlds(Content(self.provenance, self.tables(), self.plot.all(), self.notes()), self.titles,
                         self.bases, targets_section(self.targets))

    def _shown(self) -> "dict[str, pd.DataFrame]":
        return {"targets": self.targets, "effects": self.effects}
