"""Columns of the tables of a run beside those that the model declares, and what the value of an event is."""

from collections.abc import Sequence
from enum import IntEnum

from alliancelab.agents.codes import Door, Event, Path, PlatformKind, Reason, Stage, Verdict
from alliancelab.model.tables import Column

__all__ = ["ADDED", "DIMENSION_NAMES", "INTERNAL", "PARTS", "VALUE_OF_EVENT", "columns_of"]

DIMENSION_NAMES = ("technology", "economics", "standing", "stability", "governance", "clarity")
INTERNAL = frozenset({"first_seat", "first_project", "last_project", "next", "earlier", "first_part", "idea_line",
                       "idea_field", "idea_kind", "idea_worth", "award", "award_quarters", "seen", "host", "past_year"})
"""Columns that mean nothing outside a running model."""

PARTS = {
    "dimensions": tuple(f"dimension_{name}" for name in DIMENSION_NAMES),
    "hosted": tuple(f"hosted_{kind.name.lower()}" for kind in PlatformKind),
}
"""Columns of several numbers, each of which gets a column of its own."""

ADDED: dict[str, tuple[tuple[str, str, str], ...]] = {
    "curves": (
        ("quarter", "quarters", "since the start of the run"),
        ("year", "years", "of the calendar, with fraction"),
    ),
    "ages": (("age", "quarters", "since founding"),),
    "alliances": (
        ("alive", "-", "whether it has not ended"),
        ("duration", "quarters", "from founding to the end, or to the last quarter of the run"),
        ("founded_year", "years", "of the calendar, with fraction"),
        ("ended_year", "years", "of the calendar; NaN while alive"),
    ),
    "projects": (
        ("duration", "quarters", "from the start to the end, or to the last quarter of the run"),
        ("started_year", "years", "of the calendar, with fraction"),
        ("ended_year", "years", "of the calendar; NaN while it runs"),
    ),
    "panel": (
        ("year", "years", "of the calendar, with fraction"),
        ("new_patents", "patents", "since the quarter before"),
        ("new_disputes", "disputes", "since the quarter before"),
    ),
    "events": (
        ("year", "years", "of the calendar, with fraction"),
        ("detail", "-", "name of the code that `value` stands for; empty where it is an amount"),
    ),
    "members": (), "project_members": (),
}
"""Columns that the tables of a run have beside those that the model declares: name, unit, meaning."""

VALUE_OF_EVENT: dict[Event, type[IntEnum] | str] = {
    Event.FOUNDED: "mean stated need of the founders, 0 to 1",
    Event.SIGNED: "members",
    Event.STAGE: Stage,
    Event.REGROWN: Door,
    Event.ENDED: Reason,
    Event.DISPUTE: "trust left, 0 to 1",
    Event.PROJECT_STARTED: "row of the project",
    Event.PROJECT_ENDED: "row of the project",
    Event.LINE_OPENED: Door,
    Event.CONTRACT_RENEWED: "members",
    Event.PILOT: "score at the selection",
    Event.GRANT: "million yuan a quarter",
    Event.GRANT_STOPPED: "row of the project",
    Event.MISUSE_FOUND: "million yuan diverted",
    Event.RESCUE_BOUGHT: Path,
    Event.RESCUE_DONE: Path,
    Event.ASSESSED: Verdict,
    Event.PLATFORM_BUILT: PlatformKind,
    Event.ORDER: "million yuan",
    Event.LOAN: "million yuan",
    Event.MERGED: "row of the alliance that joined",
    Event.PROPERTY_SOLD: "price, million yuan",
    Event.FIRM_BORN: "size",
    Event.FIRM_FAILED: "size",
}
"""What the value of an event is: a code, given by name in the column ``detail``, or an amount. A rescue that members
did not carry is done with -1."""


def columns_of(name: str, declared: Sequence[Column]) -> list[str]:
    """Columns of a table of a run, in no order: those declared that mean something outside the model, and those added.
    """
    shown = [part for column in declared if column.name not in INTERNAL
             for part in PARTS.get(column.name, (column.name,))]
    return [*shown, *(added for added, _, _ in ADDED[name])]
