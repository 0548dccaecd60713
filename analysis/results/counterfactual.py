"""What a policy did to the same alliances and firms, over replicates of a base and a scenario.

Source: H3.
"""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self

from alliancelab.agents.errors import UserError
from alliancelab.analysis.causal import matching
from alliancelab.analysis.causal.pilots import CONTRASTS, PilotStudy, pilot_study
from alliancelab.analysis.report.parts import Content, Report
from alliancelab.analysis.report.studies import of_counterfactual
from alliancelab.analysis.results.base import Plots, Result, kept_table, not_kept, origin_of
from alliancelab.analysis.results.stored_scenario import stored_scenarios
from alliancelab.scenarios.store import Stored

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

__all__ = ["Counterfactual", "CounterfactualPlots"]

_INDEX = {"matching": ("what",), "matching_by_year": ("year",), "effects": ("whom", "measure"),
          "additionality": ("what",), "crowding": ("what",)}
"""Tables that every counterfactual has, and the columns that are their index."""


class Counterfactual(Result):
    """A base and a scenario on the same seeds, alliance by alliance.

    Parameters
    ----------
    base, arm : sequence of Recording
        Of the base and of the scenario, in the order of the seeds.
    scenarios : pair of Scenario
    provenance : mapping, optional
        Written into ``counterfactual.json`` as it is.
    """

    kind, file = "counterfactual", "counterfactual.json"

    def __init__(self, base: Sequence, arm: Sequence, scenarios: Sequence, provenance: Mapping[str, Any] | None = None):
        self.base, self.arm, self.scenarios = tuple(base), tuple(arm), tuple(scenarios)
        self.provenance = dict(provenance or {})

    @classmethod
    def from_folder(cls, stored: Stored) -> Self:
        """The counterfactual that was saved into a folder: its tables, without the runs."""
        import pandas as pd

        made = cls((), (), stored_scenarios(stored), origin_of(stored))
        for name, index in _INDEX.items():  # a table without rows was not written
            made._take(**{name: kept_table(stored, name, index) if name in stored.tables else pd.DataFrame()})
        made._take(pilots=None if "pilots" not in stored.tables else PilotStudy(
            kept_table(stored, "pilots", ("contrast", "outcome")), kept_table(stored, "pilots_followed", "what")))
        return made

    @property
    def runs(self) -> int:
        """Runs of each of the two."""
        return len(self.base) or len(self.provenance["seeds"])

    @cached_property
    def pairs(self) -> matching.Pairs:
        """Matched alliances, see `causal.matching.pairs`."""
        if not self.base:
            raise not_kept("single alliances", "run the counterfactual again")
        return matching.pairs(self.base, self.arm)

    @cached_property
    def matching(self) -> "pd.DataFrame":
        """How many alliances are in both, see `causal.matching.matching`."""
        return matching.matching(self.pairs)

    @cached_property
    def matching_by_year(self) -> "pd.DataFrame":
        """Share of the base's alliances found again, by year of founding, see `causal.matching.matching_by_year`."""
        return matching.matching_by_year(self.pairs, self.base)

    @cached_property
    def effects(self) -> "pd.DataFrame":
        """Differences of matched alliances, see `causal.matching.matched_effects`."""
        return matching.matched_effects(self.pairs)

    @cached_property
    def additionality(self) -> "pd.DataFrame":
        """Deadweight and additional foundings of start-up subsidies, see `causal.matching.additionality`."""
        return matching.additionality(self.pairs)

    @cached_property
    def crowding(self) -> "pd.DataFrame":
        """Private R&D money per yuan of public money, see `causal.matching.crowding`."""
        return matching.crowding(self.base, self.arm, self.pairs)

    @cached_property
    def pilots(self) -> PilotStudy | None:
        """Pilots against others and against themselves, see `pilots.pilot_study`; None without pilots to follow."""
        return pilot_study(self.base, self.arm)

    def tables(self) -> "dict[str, pd.DataFrame]":
        """Every table that has rows, by name."""
        found = {name: getattr(self, name) for name in ("matching", "matching_by_year", "effects", "additionality",
                                                        "crowding")}
        if self.pilots is not None:
            found |= {"pilots": self.pilots.contrasts, "pilots_followed": self.pilots.followed}
        return {name: table for name, table in found.items() if len(table)}

    @property
    def plot(self) -> "CounterfactualPlots":
        """Pictures, such as ``found.plot.matching()``."""
        return CounterfactualPlots(self)

    def notes(self) -> list[str]:
        """How to read the tables, in plain sentences."""
        lines = ["An alliance is matched if the same firm starts in the same quarter in both scenarios. The draws it "
                 "meets are the same, the others around it are not: what policy does to partners and rivals is part "
                 "of every difference."]
        if self.pilots is not None:
            lines += [f"{name}: {text}." for name, text in CONTRASTS.items()]
            lines.append("Among pilots and others with a counterpart, naive = effect + selection - interference.")
        return lines

    def page(self) -> Report:
        """Sections of the report."""
        return of_counterfactual(Content(self.provenance, self.tables(), self.plot.all(), self.notes()))

    def __repr__(self) -> str:
        base, arm = (scenario.name for scenario in self.scenarios)
        return f"Counterfactual({arm} against {base}: {self.runs} runs each)"


class CounterfactualPlots(Plots):
    """Pictures of a counterfactual; each method returns a matplotlib Figure."""

    def __init__(self, found: Counterfactual):
        self._found = found
        self._base, self._arm = (scenario.title for scenario in found.scenarios)

    def matching(self) -> "Figure":
        """Share of the base's alliances that the scenario has, too, by year of founding."""
        from alliancelab.analysis.figures import counterfactual

        return counterfactual.matching(self._found.matching_by_year, self._base, self._arm, self._found.runs)

    def pilots(self) -> "Figure":
        """Pilots: naive and matched difference, effect, selection and interference.

        Raises
        ------
        UserError
            If the scenario named no pilots that could be followed.
        """
        from alliancelab.analysis.figures import counterfactual

        if self._found.pilots is None:
            raise UserError(f"{self._arm}: there are no pilots to follow")
        return counterfactual.pilots(self._found.pilots.contrasts, self._arm, self._found.runs)

    def all(self) -> "dict[str, Figure]":
        """Every picture by name; that of pilots needs some."""
        return {"matching": self.matching()} | ({} if self._found.pilots is None else {"pilots": self.pilots()})
