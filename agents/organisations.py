"""Organisations as Mesa agents: thin views of their rows whose verbs call the compiled rules.

Importing this module imports Mesa, which takes a second; rules and the headless engine do without it.
"""

from typing import Any

import mesa
import numpy as np

from alliancelab.agents.alliance import Alliance, Invitation
from alliancelab.agents.codes import FirmStage, Kind
from alliancelab.agents.organisation_rules import Offer
from alliancelab.agents.project import Project
from alliancelab.agents.views import AgentNumbers, Column, Field, chain, total

__all__ = ["Firm", "Institute", "Organisation", "ServiceAgency", "University"]


class Organisation(mesa.Agent):
    """An organisation that can join alliances. Source: A1.

    Attributes are the columns of its row, described in `model.tables.ORGANISATIONS`. A view belongs to a key: when a
    firm fails, its view leaves ``model.agents`` and reading it raises LookupError, even where a newborn has its row.
    Verbs answer for the state as it is between two steps; nothing they do draws a number or changes the run. Removing
    a view from the model removes no organisation.
    """

    kind = Column(Kind)
    sector = Column(int)
    segment = Column(int)
    region = Column(int)
    born = Column(int)
    alliance_count = Column(int)
    joined_count = Column(int)
    project_count = Column(int)
    project_total = Column(int)
    capacity = Column(float)
    size = Column(float)
    funds = Column(float)
    need = Column(float)
    stated_need = Column(float)
    opportunism = Column(float)
    caution = Column(float)
    reputation = Column(float)
    credit = Column(float)
    method_skill = Column(float)
    expertise = Column(np.array)

    _ids = AgentNumbers()

    def __init__(self, model: Any, row: int) -> None:
        super().__init__(model)
        self.row = row
        self.key = int(model.world.organisations[row]["key"])
        self.exists = True

    @property
    def table(self) -> np.ndarray:
        """The table it is read from.

        Raises
        ------
        LookupError
            When it has failed.
        """
        if not self.exists:
            raise LookupError(f"{self!r} has failed and is no more")
        return self.model.world.organisations

    @property
    def record(self) -> Any:
        """Its row of the table, as the rules take it."""
        return self.table[self.row]

    def close(self) -> None:
        """Leave the model: the organisation has failed. Called by the model."""
        self.exists = False
        self.remove()

    @property
    def age(self) -> int:
        """Quarters since its birth."""
        return self.model.quarter - self.born

    @property
    def alliances(self) -> list[Alliance]:
        """Alliances it belongs to."""
        seats = self.model.world.seats
        places = chain(seats, self.record["first_seat"], "own_next")
        return [self.model.alliance(int(seats[place]["alliance"])) for place in places]

    @property
    def projects(self) -> list[Project]:
        """Running projects it takes part in."""
        return [project for alliance in self.alliances for project in alliance.projects
                if any(partner.organisation is self for partner in project.partners)]

    @property
    def partners(self) -> list["Organisation"]:
        """Organisations that sit in an alliance with it now, each once."""
        found = {other: None for alliance in self.alliances for other in alliance.members if other is not self}
        return list(found)

    @property
    def acquaintances(self) -> list["Organisation"]:
        """Recent partners that it remembers and that still exist, each once."""
        record, table = self.record, self.table
        found: dict[Organisation, None] = {}
        for row, key in zip(record["partner_rows"].tolist(), record["partner_keys"].tolist(), strict=True):
            if row >= 0 and table[row]["key"] == key and table[row]["active"]:
                found[self.model.organisation(row)] = None
        return list(found)

    @property
    def fields(self) -> list[Field]:
        """Technology fields of its sector that have a market, the oldest first."""
        sector, world = self.sector, self.model.world
        alive = world.fields[sector, : world.sectors[sector]["field_count"]]["alive"]
        return [Field(self.model, sector, int(f)) for f in np.flatnonzero(alive)]

    @property
    def standing(self) -> float:
        """Standing in its industry, in [0, 1)."""
        return self.model.rules.standing(self.size, self.model.parameters)

    def has_room(self) -> bool:
        """Whether it can take part in one more alliance."""
        return bool(self.model.rules.has_room(self.record, self.model.parameters))

    def evaluate(self, invitation: Invitation) -> float:
        """Probability of accepting an invitation; organisations without room are not asked. Source: A1, A6, B2.

        Parameters
        ----------
        invitation : Invitation
            From `Alliance.invitation` or `Firm.invitation`.
        """
        record = self.record
        rules = self.model.rules
        gain = rules.coverage_gain(record, invitation.weights, invitation.best)
        common = rules.overlap(record, invitation.weights, invitation.best)
        near = 1.0 if invitation.region == record["region"] else 0.0
        willing = rules.willingness(record, invitation.offer, gain, common, near, self.model.parameters)
        return rules.sigmoid(willing)

    def engagement(self, project: Project) -> float:
        """Share of its planned part that it would really give to one of its projects now. Source: A1, C3."""
        alliance = project.alliance
        return self.model.rules.engagement(
            alliance.seat_of(self), self.record, alliance.record, project.supervision, self.model.parameters)

    def satisfaction(self, alliance: Alliance) -> float:
        """Satisfaction with one of its alliances, in [0, 1]."""
        return float(alliance.seat_of(self)["satisfaction"])

    def exit_hazard(self, alliance: Alliance) -> float:
        """Chance of leaving one of its alliances in a quarter; less while in a project of it. Source: A7, A9."""
        rules, p, seat = self.model.rules, self.model.parameters, alliance.seat_of(self)
        if seat["projects"] > 0:
            held = max(project.record["held"] for project in self.projects if project.alliance == alliance)
            return rules.quit_hazard(seat, alliance.record, float(held), p)
        return rules.exit_hazard(seat, alliance.record, p)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} in row {self.row}, key {self.key:#x}>"


class Firm(Organisation):
    """A firm: it starts alliances, and it can fail. Source: A1, A5."""

    stage = Column(FirmStage)
    taste = Column(float)
    productivity = Column(float)

    def _public_loss(self) -> float:
        model = self.model
        sector = model.world.sectors[self.sector]
        return model.rules.public_loss(sector["mandate"], sector["public_belief"], model.parameters)

    def drive(self) -> float:
        """What pushes it to start an alliance now. Source: A5, A6, B2."""
        model = self.model
        subsidy = model.promised_subsidy(self.row)
        return model.rules.drive(self.record, subsidy, self._public_loss(), model.parameters)

    def initiation_hazard(self) -> float:
        """Chance that it looks for partners in a quarter; zero where it has no room. Source: A5, A6, B2."""
        if not self.has_room():
            return 0.0
        model = self.model
        subsidy = model.promised_subsidy(self.row)
        return model.rules.initiation_hazard(self.record, subsidy, self._public_loss(), model.parameters)

    def appeal(self, field: Field) -> float:
        """What it expects of a field of its sector, as a logarithm and without chance."""
        fit = total(field.weights * self.expertise)
        p = self.model.parameters
        plan = float(self.model.world.sectors[self.sector]["plan"])
        rivals_seen = p.crowding_seen + (1.0 - p.crowding_seen) * plan
        placed = field.record["alliances"] < field.record["places"]
        plan_subsidy = plan * self.model.promised_subsidy(self.row) if placed else 0.0
        return self.model.rules.field_appeal(field.record, fit, rivals_seen, plan_subsidy, p)

    def invitation(self, field: Field) -> Invitation:
        """What it offers as a founder, still alone, to a first candidate in a field. Source: A1, B2."""
        offer = Offer(
            reputation=self.reputation,
            opportunism=self.opportunism,
            guard=self.model.parameters.contract_guard,
            trust=0.0,
            subsidy=self.model.promised_subsidy(self.row),
            label=0.0,
            public_loss=self._public_loss(),
            bonus=self.model.promised_bonus,
            burden=float(self.model.parameters.partner_cost),
        )
        return Invitation(offer, field.weights, self.expertise, self.region)

    def failure_hazard(self) -> float:
        """Chance of failing in a year."""
        mean = float(self.model.world.sectors[self.sector]["mean_productivity"])
        relative = self.productivity / max(mean, 1e-9)
        return self.model.rules.failure_hazard(self.record, self.age, relative, self.model.parameters)


class University(Organisation):
    """A university: expertise from research, no interest in failure or profit. Source: A1."""


class Institute(Organisation):
    """A research institute. Source: A1."""


class ServiceAgency(Organisation):
    """A service agency: testing, finance, brokerage. Source: A1."""
