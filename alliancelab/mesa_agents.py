"""The agents of a Mesa model: views on rows of its tables, made when first asked for and kept up to date."""

from itertools import count
from typing import Any

import mesa
import numpy as np

from alliancelab.agents.alliance import Alliance
from alliancelab.agents.codes import Kind
from alliancelab.agents.government import Government
from alliancelab.agents.government_rules import Composition
from alliancelab.agents.organisations import Firm, Institute, Organisation, ServiceAgency, University
from alliancelab.agents.project import Project
from alliancelab.agents.regional import Department, ServiceCarrier, Township, UpperGovernment
from alliancelab.model.accounts import GOVERNMENTS, Count
from alliancelab.model.policy import pilot_selection, research_incentives, startup_subsidy
from alliancelab.model.randomness import Process, normal, stream
from alliancelab.model.regional.tables import Region
from alliancelab.model.tables import DIMENSIONS
from alliancelab.model.world import World

__all__ = ["ModelOfAgents"]

_VIEWS = {Kind.FIRM: Firm, Kind.UNIVERSITY: University, Kind.INSTITUTE: Institute, Kind.AGENCY: ServiceAgency}


class ModelOfAgents(mesa.Model):
    """What of the model its agents are, and what they and readers ask it for. Source: H1.

    Attributes
    ----------
    world : World
        All state.
    region : Region or None
        The state of the regional system, where the scenario has one.
    """

    world: World
    region: Region | None

    def _forget_agents(self) -> None:
        """Begin without any view; the world has to be there."""
        self.agent_numbers = count(1)
        self._views: list[Organisation | None] = []
        self._government: Government
        self._carriers: dict[int, ServiceCarrier] = {}
        self._townships: tuple[Township, ...] = ()
        self._departments: tuple[Department, ...] = ()
        self._upper_governments: tuple[UpperGovernment, ...] = ()
        self._keys = np.zeros(len(self.world.organisations), np.uint64)

    @property
    def quarter(self) -> int:
        """The quarter that the next step runs; so many have been run."""
        return int(self.world.counts[Count.QUARTER])

    @property
    def agents(self) -> Any:
        """Organisations that exist, governments, and where there is a region its carriers, townships, departments.

        They are made when first asked for and kept up to date from then on.
        """
        self._make_views()
        return super().agents

    @property
    def agents_by_type(self) -> Any:
        """The agents by their class."""
        self._make_views()
        return super().agents_by_type

    @property
    def agent_types(self) -> Any:
        """The classes of agents."""
        self._make_views()
        return super().agent_types

    @property
    def organisations(self) -> Any:
        """The agents that are organisations, as a new AgentSet."""
        return self.agents.select(agent_type=Organisation)

    @property
    def government(self) -> Government:
        """The government."""
        self._make_views()
        return self._government

    @property
    def governments(self) -> tuple[Government | UpperGovernment, ...]:
        """The government, and above one that is a region's own, those of city, province and nation. Source: G6."""
        self._make_views()
        return (self._government, *self._upper_governments)

    @property
    def carriers(self) -> list[ServiceCarrier]:
        """Service carriers that exist, by their rows; none without a region. Source: F3."""
        self._make_views()
        return [self._carriers[row] for row in sorted(self._carriers)]

    @property
    def townships(self) -> tuple[Township, ...]:
        """Townships, one for each region of the world; none without a regional system. Source: G5."""
        self._make_views()
        return self._townships

    @property
    def departments(self) -> tuple[Department, ...]:
        """Departments, one for each sector; none without a regional system. Source: G5."""
        self._make_views()
        return self._departments

    @property
    def alliances(self) -> list[Alliance]:
        """Living alliances in the order of founding."""
        return [Alliance(self, int(row)) for row in self.world.live[: self.world.counts[Count.LIVE]]]

    @property
    def projects(self) -> list[Project]:
        """Running projects in the order of their start."""
        return [Project(self, int(row)) for row in self.world.running[: self.world.counts[Count.RUNNING]]]

    def project(self, row: int) -> Project:
        """View of a project, running or ended, by its row in the projects table."""
        if not 0 <= row < self.world.counts[Count.PROJECTS]:
            raise LookupError(f"there is no project in row {row}")
        return Project(self, row)

    def alliance(self, row: int) -> Alliance:
        """View of an alliance, living or ended, by its row in the alliances table."""
        if not 0 <= row < self.world.counts[Count.ALLIANCES]:
            raise LookupError(f"there is no alliance in row {row}")
        return Alliance(self, row)

    def organisation(self, row: int) -> Organisation:
        """Agent of the organisation in a row of the organisations table."""
        self._make_views()
        view = self._views[row]
        if view is None:
            raise LookupError(f"row {row} is vacant: it waits for a firm to be born")
        return view

    def _make_views(self) -> None:
        if not self._views:
            self._views = [None] * len(self.world.organisations)
            self._government = Government(self)
            if self.region is not None:
                self._townships = tuple(Township(self, row) for row in range(len(self.region.townships)))
                self._departments = tuple(Department(self, row) for row in range(len(self.region.departments)))
                self._upper_governments = tuple(UpperGovernment(self, name, flows) for name, flows in
                                                GOVERNMENTS.items() if name != "government")
            self._follow_agents()

    def _follow_agents(self) -> None:
        """Remove the views of firms that failed and carriers that closed, make those of firms and carriers born.

        Nothing where nobody has asked for agents.
        """
        if not self._views:
            return
        table = self.world.organisations
        keys = np.where(table["active"], table["key"], np.uint64(0))
        for row in np.flatnonzero(keys != self._keys).tolist():
            gone = self._views[row]
            if gone is not None:
                gone.close()
            self._views[row] = _VIEWS[Kind(table[row]["kind"])](self, row) if keys[row] else None
        self._keys = keys
        if self.region is not None:
            self._follow_carriers(self.region.carriers)

    def _follow_carriers(self, table: np.ndarray) -> None:
        for row, carrier in list(self._carriers.items()):
            if not table[row]["active"] or table[row]["since"] != carrier.opened:
                carrier.close()
                del self._carriers[row]
        for row in np.flatnonzero(table["active"]).tolist():
            if row not in self._carriers:
                self._carriers[row] = ServiceCarrier(self, row)

    # --- what views and readers ask for ----------------------------------------------------------------------------

    @property
    def parameters(self) -> Any:
        """Record of all parameters."""
        return self.world.parameters[0]

    @property
    def levers(self) -> Any:
        """Record of all levers in the coming quarter; after the end, in the last one. It is for reading: `branch`
        changes levers.
        """
        tick = min(self.quarter, len(self.world.levers) - 1)
        shown = self.world.levers[tick : tick + 1]
        shown.flags.writeable = False
        return shown[0]

    def promised_subsidy(self, row: int) -> float:
        """Share of the start-up cost that the firm in a row can count on now as a founder."""
        return startup_subsidy.promised(self.world, min(self.quarter, len(self.world.levers) - 1), row)

    def composition_of(self, alliance: Alliance) -> Composition:
        """Who an alliance consists of, as the selection of pilots sees it."""
        return Composition(*pilot_selection.composition_of(self.world, alliance.row))

    @property
    def promised_bonus(self) -> float:
        """Bonus that a university or institute can count on when it signs now, million yuan."""
        return research_incentives.promised(self.world, min(self.quarter, len(self.world.levers) - 1))

    def diagnosis_noise(self, alliance: Alliance) -> np.ndarray:
        """Errors that the government's diagnosis of an alliance makes in the coming quarter, shape (6,)."""
        # Outside compiled code Numba hands a 64-bit key over as a Python integer; rules take it as an unsigned word.
        draws = np.uint64(stream(self.world.seed[0], Process.DIAGNOSIS, self.quarter))
        key = alliance.record["key"]
        return np.array([normal(draws, key, d) for d in range(DIMENSIONS)])
