"""What has to hold of the tables of a saved model: compiled code looks at no bounds, and the file may be a stranger's.

Bounds follow from the declared columns: their units, and for rows and places the tables that they point into. A new
column of a known unit needs nothing here; `unknown_columns` names those that do.
"""

from collections.abc import Iterator, Mapping
from enum import IntEnum
from typing import Any, NamedTuple

import numpy as np

from alliancelab.agents import codes
from alliancelab.model import tables as national
from alliancelab.model.accounts import Count
from alliancelab.model.regional import codes as regional_codes
from alliancelab.model.regional import tables as regional
from alliancelab.model.space import GROWING
from alliancelab.model.tables import INSTRUMENT_SLOTS, LINES_OF_ONE, PARTNERS, SEGMENTS, Column

__all__ = ["REGION", "problem", "unknown_columns"]

LARGEST = 1e18        # of any amount: far above what a run reaches, far below where sums of squares overflow
MOST = 1_000_000_000  # of anything counted
REGION = "region_"    # before the names of the tables of a region

_ROWS = {
    "organisations.first_seat": "seats", "organisations.partner_rows": "organisations",
    "sectors.first_firm": "organisations", "sectors.first_research": "organisations",
    "sectors.first_agency": "organisations", "alliances.host": "organisations", "alliances.first_seat": "seats",
    "alliances.first_project": "projects", "alliances.last_project": "projects",
    "seats.row": "organisations", "seats.alliance": "alliances", "seats.next": "seats", "seats.before": "seats",
    "seats.own_next": "seats", "seats.own_before": "seats", "seats.spell": "members",
    "projects.alliance": "alliances", "projects.next": "projects", "projects.earlier": "projects",
    "projects.first_part": "participations",
    "participations.row": "organisations", "participations.project": "projects", "participations.seat": "seats",
    "participations.next": "participations", "participations.before": "participations",
    "participations.spell": "project_members",
    "panel.alliance": "alliances", "events.alliance": "alliances", "members.alliance": "alliances",
    "project_members.project": "projects",
    "region_carriers.host": "organisations", "region_clients.place": "region_carriers",
    "region_projects.row": "organisations", "region_state.row": "region_projects",
}
"""Which table a column of rows points into."""

_PLACES: dict[str, str | int] = {
    "sector": "sectors", "field": "fields", "idea_field": "fields", "first_field": "fields", "field_count": "fields",
    "segment": SEGMENTS, "line": LINES_OF_ONE, "idea_line": LINES_OF_ONE, "lines": LINES_OF_ONE, "trajectory": MOST,
    "region": "regions", "home": "regions", "partner_next": PARTNERS, "purse": INSTRUMENT_SLOTS,
    "grade": len(regional_codes.Grade),
}
"""What a whole number called like this counts or chooses among: a table or a dimension, or how many there are."""

_COUNTED = {"alliances", "assessments", "awards", "carriers", "declines", "disputes", "fields", "firms", "grades",
            "grants", "lines", "members", "organisations", "partners", "paths", "people", "products", "projects",
            "quarters", "re-growths", "rows", "seats", "sectors", "times", "votes"}
"""Units of whole numbers that are counted and choose nothing."""


def columns_of(table: str) -> tuple[Column, ...]:
    """Declared columns of a table of a world, or of a region; none for plain arrays and for numbers by name."""
    room = regional if table.startswith(REGION) else national
    declared = getattr(room, table.removeprefix(REGION).upper(), ())
    return declared if isinstance(declared, tuple) and all(isinstance(one, Column) for one in declared) else ()


def unknown_columns(tables: Mapping[str, np.ndarray]) -> list[str]:
    """Columns of whole numbers of which neither name nor unit says what they may be."""
    return [f"{table}.{column.name}" for table in tables for column in columns_of(table)
            if tables[table][column.name].dtype.kind == "i" and _range(table, column, _Sizes(tables)) is None]


def problem(found: Mapping[str, np.ndarray], fresh: Mapping[str, np.ndarray]) -> str:
    """What makes tables unfit for compiled code, in a few words; "" where nothing does.

    Parameters
    ----------
    found : mapping of str to ndarray
        Tables of a saved model, of the types of `fresh`.
    fresh : mapping of str to ndarray
        Those of a new world, recorded, of the same set-up.
    """
    for name in ("seed", "parameters"):
        if found[name].tobytes() != fresh[name].tobytes():
            return f"{name} of another set-up"
    problem = _counts(found, fresh)
    return problem or next(_wrong_values(found, fresh), "") or _lists(found)


def _counts(found: Mapping[str, np.ndarray], fresh: Mapping[str, np.ndarray]) -> str:
    """Running totals against the tables that they count."""
    counts = found["counts"]
    for count in (Count.RECORD, Count.WARM_UP):
        if counts[count] != fresh["counts"][count]:
            return f"counts of another set-up ({count.name})"
    if not 0 <= counts[Count.QUARTER] <= len(fresh["levers"]):
        return f"quarter {counts[Count.QUARTER]} of {len(fresh['levers'])}"
    if not 0 <= counts[Count.INITIATORS] <= len(found["organisations"]):
        return f"{counts[Count.INITIATORS]} firms that start an alliance"
    for name, count in GROWING.items():
        if counts[count] != len(found[name]):
            return f"{name} with {len(found[name])} rows for {counts[count]}"
    return ""


def _wrong_values(found: Mapping[str, np.ndarray], fresh: Mapping[str, np.ndarray]) -> Iterator[str]:
    """Columns that hold what they may not."""
    sizes = _Sizes(found)
    for name, table in found.items():
        for column in table.dtype.names or ("",):
            values = np.asarray(table[column] if column else table)
            if values.dtype.kind == "f" and not (np.abs(values) <= LARGEST).all():  # NaN is not
                yield f"{name}.{column} with a number beyond all bounds"
        for declared in columns_of(name):
            values = np.asarray(table[declared.name])
            bounds = _range(name, declared, sizes) if values.dtype.kind == "i" else None
            if bounds and values.size and not bounds[0] <= values.min() <= values.max() <= bounds[1]:
                yield f"{name}.{declared.name} outside {bounds[0]} to {bounds[1]}"
            if declared.unit in ("row", "rows") and name == "sectors" and not np.array_equal(
                    values, fresh[name][declared.name]):
                yield f"{name}.{declared.name} of another set-up"


class _List(NamedTuple):
    """A linked list: where it begins, the pool its places lie in, the columns that say what comes next,
    whose a place is, and how long the list is."""

    owners: str
    first: str
    pool: str
    onwards: str
    owner: str
    length: str


_LISTS = (
    _List("alliances", "first_seat", "seats", "next", "alliance", "size"),
    _List("organisations", "first_seat", "seats", "own_next", "row", "alliance_count"),
    _List("alliances", "first_project", "projects", "next", "alliance", "running"),
    _List("projects", "first_part", "participations", "next", "project", "size"),
)


def _lists(found: Mapping[str, np.ndarray]) -> str:
    """Every linked list ends, and no two meet: compiled code follows them without counting."""
    for one in _LISTS:
        pool, place = found[one.pool], found[one.owners][one.first].astype(np.int64)
        owner = np.arange(len(place))
        seen, number = np.zeros(len(pool), bool), np.zeros(len(place), np.int64)
        while (going := place >= 0).any():
            place, owner = place[going], owner[going]
            if seen[place].any() or len(np.unique(place)) < len(place):
                return f"{one.pool}.{one.onwards} that leads in a circle"
            if not np.array_equal(pool[one.owner][place], owner):
                return f"{one.pool}.{one.owner} that is another's"
            seen[place] = True
            number += np.bincount(owner, minlength=len(number))
            place = pool[one.onwards][place].astype(np.int64)
        if not np.array_equal(found[one.owners][one.length], number):
            return f"{one.owners}.{one.length} that is not the number of its {one.pool}"
    projects = found["projects"]
    if (projects["earlier"] >= np.arange(len(projects))).any():
        return "projects.earlier that is not earlier"
    for name, head in (("seats", Count.FREE_SEAT), ("participations", Count.FREE_PARTICIPATION)):
        free, left = int(found["counts"][head]), len(found[name])
        while free >= 0:
            left -= 1
            if free >= len(found[name]) or left < 0:
                return f"{name} that are free in a circle"
            free = int(found[name]["next"][free])
    for name, table in (("live", "alliances"), ("running", "projects")):
        rows = found[name]
        if len(rows) and (rows.min() < 0 or rows.max() >= len(found[table]) or len(np.unique(rows)) < len(rows)):
            return f"{name} {table} that are not there, or there twice"
    return ""


class _Sizes:
    """How many rows or places there are, by name."""

    def __init__(self, tables: Mapping[str, np.ndarray]) -> None:
        self._tables = tables
        self.quarters = len(tables["levers"])
        self.now = int(tables["counts"][Count.QUARTER])

    def __getitem__(self, name: str | int) -> int:
        if isinstance(name, int):
            return name
        if name == "regions":
            return self._tables["platforms"].shape[1]
        if name == "fields":
            return self._tables["fields"].shape[1]
        return len(self._tables[name]) if name in self._tables else MOST


def _range(table: str, column: Column, sizes: _Sizes) -> tuple[int, int] | None:
    """Least and largest value of a column of whole numbers; -1 stands for none; None where nobody has said."""
    kind: Any = getattr(codes, column.unit, None) or getattr(regional_codes, column.unit, None)
    if isinstance(kind, type) and issubclass(kind, IntEnum):
        return -1, max(kind)
    if column.unit == "row":
        target = _ROWS.get(f"{table}.{column.name}")
        return None if target is None else (-1, max(sizes[target] - 1, 0))
    if column.name in _PLACES:
        last = sizes[_PLACES[column.name]]
        return -1, last if column.unit in _COUNTED else last - 1
    if column.unit == "quarter":
        return (0, sizes.now) if column.name == "founded" else (-MOST, MOST)
    return (-MOST, MOST) if column.unit in _COUNTED else None
