"""Forecasts from a registry: what becomes of its alliances, and how good that was where what came is known.

Source: H5.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self

from alliancelab.analysis.report.forecast import of_forecast
from alliancelab.analysis.report.parts import Content, Report
from alliancelab.analysis.results.base import Plots, Result, kept_table, origin_of
from alliancelab.analysis.results.stored_scenario import stored_scenarios
from alliancelab.analysis.results.worlds import notes_of
from alliancelab.scenarios.registry.forecast import ForecastTables
from alliancelab.scenarios.store import Stored

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

__all__ = ["Forecast", "ForecastPlots"]

_INTERVAL = ("mean", "low", "high")
_COLUMNS: dict[str, tuple[Any, tuple[str, ...]]] = {
    "alliances": ("alliance", ("age", "members", "survives", "members_mean", "members_low", "members_high")),
    "totals": ("measure", ("now", *_INTERVAL)),
    "survival": ("year", (*_INTERVAL, "by_age")),
    "scores": (("measure", "score"), ("model", "nothing_changes", "kaplan_meier", "within")),
}


class Forecast(Result):
    """What becomes of the alliances of a registry under a scenario.

    Parameters
    ----------
    found : ForecastTables
    scenario : Scenario
    provenance : mapping, optional
        Version, scenario in full, seeds, ``registry`` with what came from its tables and what was drawn, ``years``,
        ``held_out`` and ``ensemble``: written into ``forecast.json`` as it is.

    Attributes
    ----------
    alliances : DataFrame
        One row an alliance, by identifier: ``age`` (years), ``members`` and ``projects`` on the day; ``survives``, the
        chance to live at the end; mean and 90 % interval of members and of running projects then, where an alliance
        that has ended counts zero; ``survives_by_age``, the chance by the Kaplan-Meier estimate; what came, where a
        later snapshot tells.
    totals : DataFrame
        By measure, with alliances founded since: ``now``, ``mean``, ``low``, ``high`` (90 %), and what came.
    survival : DataFrame
        By year: share of the alliances of the registry that live, ``mean``, ``low``, ``high``, ``by_age``. In worlds
        this table and the one before have ``ignorance``, the share of the variance of single runs between worlds.
    scores : DataFrame or None
        By measure and score: ``model``, ``nothing_changes``, ``kaplan_meier``, and ``within``, the share of cases in
        the model's 90 % intervals; None without a later snapshot.
    """

    kind, file = "forecast", "forecast.json"

    def __init__(self, found: ForecastTables, scenario: Any, provenance: Mapping[str, Any] | None = None) -> None:
        self.alliances, self.totals, self.survival, self.scores, self._notes = found
        self.scenario = scenario
        self.scenarios = (scenario,)
        self.provenance = dict(provenance or {})

    @classmethod
    def from_folder(cls, stored: Stored) -> Self:
        """The forecast that was saved into a folder."""
        alliances, totals, survival = (kept_table(stored, name, *_COLUMNS[name])
                                       for name in ("alliances", "totals", "survival"))
        scores = kept_table(stored, "scores", *_COLUMNS["scores"]) if "scores" in stored.tables else None
        found = ForecastTables(alliances, totals, survival, scores, tuple(stored.document["run_notes"]))
        return cls(found, stored_scenarios(stored)[0], origin_of(stored, ["run_notes"]))

    @property
    def years(self) -> int:
        """How far it looks, from the day of the registry."""
        return len(self.survival)

    @property
    def given(self) -> "pd.DataFrame":
        """What the tables of the registry tell: ``what``, ``given`` of ``all``, ``rest``: where the rest comes from."""
        import pandas as pd

        return pd.DataFrame(self.provenance["registry"]["given"])

    @property
    def plot(self) -> "ForecastPlots":
        """Pictures, such as ``forecast.plot.survival()``."""
        return ForecastPlots(self)

    def tables(self) -> "dict[str, pd.DataFrame]":
        """Every table by name; ``scores`` only where what came is known."""
        found = {"totals": self.totals, "survival": self.survival, "alliances": self.alliances}
        return found if self.scores is None else found | {"scores": self.scores}

    def notes(self) -> list[str]:
        """What was taken of the registries although it is unusual, and what was left out."""
        return [*self.provenance["registry"]["notes"], *self._notes, *notes_of(self.provenance.get("ensemble", {}))]

    def document(self) -> dict[str, Any]:
        """The provenance, with what the runs and the later snapshot have to say."""
        return {**self.provenance, "run_notes": list(self._notes)}

    def page(self) -> Report:
        """Sections of the report."""
        return of_forecast(Content(self.provenance, self.tables(), self.plot.all(), self.notes()))

    def __repr__(self) -> str:
        runs = len(self.provenance["seeds"])
        return f"Forecast({self.scenario.name!r}: {len(self.alliances)} alliances, {self.years} years, {runs} runs)"


class ForecastPlots(Plots):
    """Pictures of a forecast; each method returns a matplotlib Figure."""

    def __init__(self, made: Forecast) -> None:
        self._made = made

    def survival(self) -> "Figure":
        """Share of the alliances of the registry that live, year by year, with its 90 % interval."""
        from alliancelab.analysis.figures import forecast

        return forecast.survival(self._made.survival, self._made.alliances, self._made.scenario.title)

    def alliances(self) -> "Figure":
        """The largest alliances: chance to survive, and members now and at the end with 90 % intervals."""
        from alliancelab.analysis.figures import forecast

        return forecast.alliances(self._made.alliances, self._made.scenario.title, self._made.years)

    def all(self) -> "dict[str, Figure]":
        """Both pictures by name."""
        return {"forecast_survival": self.survival(), "forecast_alliances": self.alliances()}
