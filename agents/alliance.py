"""An alliance as a readable object: a view of its row, its seats and its field; not a Mesa agent."""

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from alliancelab.agents.codes import Door, Path, Reason, Stage
from alliancelab.agents.organisation_rules import Offer
from alliancelab.agents.project import Project
from alliancelab.agents.views import Column, Field, Surroundings, chain, total

if TYPE_CHECKING:
    from alliancelab.agents.organisations import Organisation

__all__ = ["Alliance", "Invitation", "Seat"]


class Invitation(NamedTuple):
    """All that a candidate weighs when it is invited.

    Attributes
    ----------
    offer : Offer
        What it sees of the alliance.
    weights, best : ndarray, shape (classes,)
        What the field requires, and the members' best expertise.
    region : int
        Region of the host.
    """

    offer: Offer
    weights: np.ndarray
    best: np.ndarray
    region: int


class Seat(NamedTuple):
    """A member and how it fares; columns as in `model.tables.SEATS`."""

    member: "Organisation"
    joined: int
    projects: int
    idle: int
    contribution: float
    cost: float
    benefit: float
    learning: float
    satisfaction: float


class Alliance:
    """A technological innovation alliance. Source: A1, A2.

    Attributes are the columns of its row, described in `model.tables.ALLIANCES`; an ended alliance shows its last
    state. Two views of the same row are equal.
    """

    key = Column(int)
    founder = Column(int)
    sector = Column(int)
    founded = Column(int)
    signed = Column(int)
    ended = Column(int)
    reason = Column(Reason)
    stage = Column(Stage)
    stage_since = Column(int)
    door = Column(Door)
    regrowths = Column(int)
    path = Column(Path)
    rescues = Column(int)
    size = Column(int)
    founding_size = Column(int)
    largest = Column(int)
    active = Column(int)
    firms = Column(int)
    research = Column(int)
    mixed = Column(bool)
    term_end = Column(int)

    motive = Column(float)
    evenness = Column(float)
    binding = Column(float)
    fund_rules = Column(float)
    trust = Column(float)
    governance = Column(float)
    clarity = Column(float)
    openness = Column(float)
    satisfaction = Column(float)
    inequality = Column(float)
    risk_spread = Column(float)
    turnover = Column(float)
    disputes = Column(int)

    technology = Column(float)
    conversion = Column(float)
    diffusion = Column(float)
    adopters = Column(float)
    core_patents = Column(float)
    generic_patents = Column(float)
    standards = Column(float)
    products = Column(float)
    prospect = Column(float)
    running = Column(int)
    done = Column(int)
    failed = Column(int)
    coverage = Column(float)
    quality = Column(float)
    market_share = Column(float)

    funds = Column(float)
    public_funds = Column(float)
    effort = Column(float)
    revenue = Column(float)
    benefit = Column(float)
    cost = Column(float)

    dimensions = Column(np.array)
    vitality = Column(float)

    pilot = Column(int)
    awards = Column(int)
    mandate = Column(float)
    start_subsidy = Column(float)
    public_total = Column(float)
    private_total = Column(float)
    misused = Column(float)

    def __init__(self, model: Surroundings, row: int) -> None:
        self.model, self.row = model, row

    @property
    def table(self) -> np.ndarray:
        """The table it is read from; rows of alliances are never used again."""
        return self.model.world.alliances

    @property
    def record(self) -> Any:
        """Its row of the table, as the rules take it."""
        return self.table[self.row]

    @property
    def alive(self) -> bool:
        """Whether it has not been dissolved."""
        return self.ended < 0

    @property
    def age(self) -> int:
        """Quarters since the contract, up to the dissolution or to now."""
        return (self.model.quarter if self.alive else self.ended) - self.founded

    @property
    def is_pilot(self) -> bool:
        """Whether it carries the label of a pilot now; `pilot` says when it was named."""
        return bool(self.record["label"] > 0.0)

    @property
    def field(self) -> Field:
        """The field of its main line."""
        record = self.record
        return Field(self.model, int(record["sector"]), int(record["field"]))

    @property
    def members(self) -> list["Organisation"]:
        """Its members, the latest first."""
        return [self.model.organisation(int(seat["row"])) for seat in self._taken()]

    @property
    def projects(self) -> list[Project]:
        """Its running projects, the latest first."""
        return [Project(self.model, row) for row in chain(self.model.world.projects, self.record["first_project"])]

    @property
    def seats(self) -> list[Seat]:
        """Its members with what they give, get and feel."""
        return [
            Seat(self.model.organisation(int(seat["row"])),
                 *(int(seat[name]) for name in Seat._fields[1:4]), *(float(seat[name]) for name in Seat._fields[4:]))
            for seat in self._taken()
        ]

    def _taken(self) -> np.ndarray:
        seats = self.model.world.seats
        return seats[[*chain(seats, self.record["first_seat"])]]

    def seat_of(self, organisation: "Organisation") -> Any:
        """Row of a member's seat, as the rules take it.

        Raises
        ------
        LookupError
            When the organisation is no member.
        """
        seats = self.model.world.seats
        for place in chain(seats, self.record["first_seat"]):
            if seats[place]["row"] == organisation.row and seats[place]["key"] == organisation.key:
                return seats[place]
        raise LookupError(f"{organisation!r} is no member of {self!r}")

    def invitation(self, **changes: float) -> Invitation:
        """What an outsider is offered now.

        Parameters
        ----------
        **changes : float
            Fields of `Offer` to see otherwise: ``invitation(label=1.0)`` is the same alliance as a pilot.

        Raises
        ------
        LookupError
            When the alliance has ended.
        """
        if not self.alive:
            raise LookupError(f"{self!r} invites nobody")
        world, record = self.model.world, self.record
        p = self.model.parameters
        members = world.organisations[self._taken()["row"]]
        size = len(members)
        sector = world.sectors[record["sector"]]
        offer = Offer(
            reputation=total(members["reputation"]) / size,
            opportunism=total(members["opportunism"]) / size,
            guard=1.0 - (1.0 - self.binding) * (1.0 - self.governance),
            trust=0.0,
            subsidy=0.0,
            label=float(record["label"] * sector["attention"]),
            public_loss=self.model.rules.public_loss(sector["mandate"], sector["public_belief"], p),
            bonus=0.0,
            burden=float(p.partner_cost),
        )
        best = members["expertise"].max(axis=0)
        return Invitation(offer._replace(**changes), self.field.weights, best, int(record["region"]))

    def dispute_hazard(self) -> float:
        """Chance of a dispute over property in a quarter. Source: A7."""
        sector = self.model.world.sectors[self.sector]
        return self.model.rules.dispute_hazard(self.record, sector, self.model.parameters)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Alliance) and self.model is other.model and self.row == other.row

    def __hash__(self) -> int:
        return hash((id(self.model), self.row))

    def __repr__(self) -> str:
        state = f"{self.stage.name.lower()}, {self.size} members" if self.alive else f"ended in {self.ended}"
        return f"<Alliance {self.row} in sector {self.sector}: {state}, vitality {self.vitality:.2f}>"
