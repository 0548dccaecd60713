"""What a policy did to the same alliances and firms, over replicates of a base and a scenario.

Source: H3.
"""

from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from alliancelab.analysis import counterfactual
from alliancelab.analysis.pilots import CONTRASTS, PilotStudy, pilot_study

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

__all__ = ["Counterfactual", "notes"]


def notes(pilots: bool) -> list[str]:
    """How to read the tables, in plain sentences; with those of pilots or without."""
    lines = ["An alliance is matched if the same firm starts in the same quarter in both scenarios. The draws it "
             "meets are the same, the others around it are not: what policy does to partners and rivals is part of "
             "every difference."]
    if pilots:
        lines += [f"{name}: {text}." for name, text in CONTRASTS.items()]
        lines.append("Among pilots and others with a counterpart, naive = effect + selection - interference.")
    return lines


class Counterfactual:
    """A base and a scenario on the same seeds, alliance by alliance.

    Parameters
    ----------
    base, arm : sequence of Recording
        Of the base and of the scenario, in the order of the seeds.
    scenarios : pair of Scenario
    provenance : mapping, optional
        Written into ``counterfactual.json`` as it is.
    """

    def __init__(self, base: Sequence, arm: Sequence, scenarios: Sequence, provenance: Mapping[str, Any] | None = None):
        self.base, self.arm, self.scenarios = tuple(base), tuple(arm), tuple(scenarios)
        self.provenance = dict(provenance or {})

    @property
    def runs(self) -> int:
        """Runs of each of the two."""
        return len(self.base)

    @cached_property
    def pairs(self) -> counterfactual.Pairs:
        """Matched alliances, see `counterfactual.pairs`."""
        return counterfactual.pairs(self.base, self.arm)

    @cached_property
    def matching(self) -> "pd.DataFrame":
        """How many alliances are in both, see `counterfactual.matching`."""
        return counterfactual.matching(self.pairs)

    @cached_property
    def matching_by_year(self) -> "pd.DataFrame":
        """Share of the base's alliances found again, by year of founding, see `counterfactual.matching_by_year`."""
        return counterfactual.matching_by_year(self.pairs, self.base)

    @cached_property
    def effects(self) -> "pd.DataFrame":
        """Differences of matched alliances, see `counterfactual.matched_effects`."""
        return counterfactual.matched_effects(self.pairs)

    @cached_property
    def additionality(self) -> "pd.DataFrame":
        """Deadweight and additional foundings of start-up subsidies, see `counterfactual.additionality`."""
        return counterfactual.additionality(self.pairs)

    @cached_property
    def crowding(self) -> "pd.DataFrame":
        """Private R&D money per yuan of public money, see `counterfactual.crowding`."""
        return counterfactual.crowding(self.base, self.arm, self.pairs)

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

    def figures(self) -> "dict[str, Figure]":
        """Every picture by name."""
        from alliancelab.analysis import counterfactual_figures as draw

        pictures: dict[str, Figure] = {"matching": draw.matching(self)}
        return pictures if self.pilots is None else pictures | {"pilots": draw.pilots(self)}

    def notes(self) -> list[str]:
        """How to read the tables, in plain sentences."""
        return notes(self.pilots is not None)

    def save(self, folder: str | Path) -> Path:
        """Write tables, figures and ``counterfactual.json`` into a folder of results.

        Raises
        ------
        StoreError
            When the folder cannot be written.
        """
        from alliancelab.analysis.results import save_results

        return save_results(folder, "counterfactual.json", self.provenance, self.tables(), self.figures())

    def __repr__(self) -> str:
        base, arm = (scenario.name for scenario in self.scenarios)
        return f"Counterfactual({arm} against {base}: {self.runs} runs each)"

    def _repr_html_(self) -> str:
        return "".join(f"<h4>{name.replace('_', ' ').capitalize()}</h4>"
                       + table.to_html(float_format=lambda value: f"{value:,.3g}")
                       for name, table in self.tables().items())
