"""A project as a readable object: a view of its row and its partners; not a Mesa agent."""

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from alliancelab.agents.codes import Door, ProjectKind, ProjectState, Stage
from alliancelab.agents.views import Column, Field, Surroundings, chain

if TYPE_CHECKING:
    from alliancelab.agents.alliance import Alliance
    from alliancelab.agents.organisations import Organisation

__all__ = ["Partner", "Project"]


class Partner(NamedTuple):
    """An organisation in a project; columns as in `model.tables.PARTICIPATIONS`."""

    organisation: "Organisation"
    part: float
    engagement: float
    given: float


class Project:
    """A consortium of some members of an alliance, with a goal, a length and a cost. Source: A1, C2.

    Attributes are the columns of its row, described in `model.tables.PROJECTS`; one that has ended shows its last
    state and has no partners any more. Two views of the same row are equal.
    """

    key = Column(int)
    kind = Column(ProjectKind)
    door = Column(Door)
    state = Column(ProjectState)
    started = Column(int)
    planned = Column(int)
    ended = Column(int)
    size = Column(int)
    size_start = Column(int)
    proposed_in = Column(Stage)
    ambition = Column(float)
    cost = Column(float)
    progress = Column(float)
    coverage = Column(float)
    effort = Column(float)
    paid = Column(float)
    grant = Column(float)
    supervision = Column(float)
    private_total = Column(float)
    public_total = Column(float)
    misused = Column(float)

    def __init__(self, model: Surroundings, row: int) -> None:
        self.model, self.row = model, row

    @property
    def table(self) -> np.ndarray:
        """The table it is read from; rows of projects are never used again."""
        return self.model.world.projects

    @property
    def record(self) -> Any:
        """Its row of the table, as the rules take it."""
        return self.table[self.row]

    @property
    def runs(self) -> bool:
        """Whether it has not ended."""
        return self.ended < 0

    @property
    def age(self) -> int:
        """Quarters since its start, up to its end or to now."""
        return (self.model.quarter if self.runs else self.ended) - self.started

    @property
    def alliance(self) -> "Alliance":
        """The alliance that runs it."""
        return self.model.alliance(int(self.record["alliance"]))

    @property
    def field(self) -> Field:
        """The field it works in."""
        record = self.record
        return Field(self.model, self.alliance.sector, int(record["field"]))

    @property
    def partners(self) -> list[Partner]:
        """Who takes part now, with their planned parts of the cost and what they gave."""
        table = self.model.world.participations
        return [
            Partner(self.model.organisation(int(table[place]["row"])),
                    *(float(table[place][name]) for name in Partner._fields[1:]))
            for place in chain(table, self.record["first_part"])
        ]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Project) and self.model is other.model and self.row == other.row

    def __hash__(self) -> int:
        return hash((id(self.model), "project", self.row))

    def __repr__(self) -> str:
        kind, state = self.kind.name.lower(), self.state.name.lower()
        owner = self.record["alliance"]
        return f"<Project {self.row} of alliance {owner}: {kind}, {state}, progress {self.progress:.2f}>"
