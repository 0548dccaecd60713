"""A rule or a part of a process on a bench: as plain Python, in a world of a few rows, with luck that a test chooses.

What is run is the source that is compiled; `tests/test_without_compilation.py` holds that both give the same numbers.
So a part of a process, which compiled code alone could call, needs no compilation of its own for a test.
"""

from collections.abc import Callable
from types import FunctionType, ModuleType
from typing import Any

import numpy as np

from alliancelab.agents.codes import Kind, ProjectState
from alliancelab.agents.compiled import is_compiled
from alliancelab.model import seats, tables
from alliancelab.model.accounts import FLOWS, Count
from alliancelab.model.declarations import one_row
from alliancelab.model.parameters import PARAMETERS
from alliancelab.model.setup import lever_schedule
from alliancelab.model.space import GROWING
from alliancelab.model.world import World

QUARTERS = 40
ROOM = 64  # rows of tables that grow in a run


class _Module:
    """A module of the model, its compiled functions as plain Python."""

    def __init__(self, module: ModuleType, made_of: Callable) -> None:
        self._module, self._made_of = module, made_of

    def __getattr__(self, name: str) -> Any:
        return self._made_of(getattr(self._module, name))


def plain(function: Any, luck: float | Callable[[int], float] | None = None, **instead: Callable) -> Callable:
    """A compiled function, and all that it calls, as plain Python.

    Parameters
    ----------
    function : compiled function
    luck : float or callable, optional
        What each uniform draw gives, or a function of its index; normal draws then are zero.
    **instead : callable
        Functions by name that are called in the place of those of the model.
    """
    if luck is not None:
        given = luck if callable(luck) else lambda index: luck
        instead = {"uniform": lambda draws, key, index: given(index), "normal": lambda draws, key, index: 0.0} | instead
    made: dict[Any, Callable] = {}

    def of(value: Any) -> Any:
        if isinstance(value, ModuleType) and value.__name__.startswith("alliancelab.model"):
            return _Module(value, of)
        if not is_compiled(value):
            return value
        source = value.py_func
        if source.__name__ in instead:
            return instead[source.__name__]
        if value not in made:
            names = dict(source.__globals__)
            made[value] = FunctionType(source.__code__, names, source.__name__, source.__defaults__)
            names.update({name: of(names[name]) for name in source.__code__.co_names if name in names})
        return made[value]

    called = of(function)

    def call(*arguments: Any) -> Any:
        with np.errstate(all="ignore"):  # words of 64 bits wrap, as in compiled code
            answer = called(*arguments)
        return bool(answer) if isinstance(answer, np.bool_) else answer

    return call


def bench(*, firms: int = 4, research: int = 0, agencies: int = 0, sectors: int = 1, fields: int = 2, regions: int = 2,
          alliances: int = 1, levers: dict[str, float] | None = None, budget: float = 1000.0,
          **parameters: float) -> World:
    """A world of a few rows, all alike: numbers that a test does not set are zero, parameters at their defaults.

    Organisations lie by sector, firms first, then universities, then agencies. Fields share the market evenly and ask
    for all classes alike. Alliances are under contract, without members, each with one line in field 0. Each
    instrument has the same budget.
    """
    rows = (firms + research + agencies) * sectors

    def table(columns: tuple, *shape: int) -> np.ndarray:
        return np.zeros(shape, tables.table_type(columns))

    schedule = lever_schedule(QUARTERS)
    for name, value in (levers or {}).items():
        schedule[name] = value
    world = World(
        seed=np.ones(1, np.uint64), parameters=one_row(PARAMETERS, parameters), levers=schedule,
        organisations=table(tables.ORGANISATIONS, rows), sectors=table(tables.SECTORS, sectors),
        fields=table(tables.FIELDS, sectors, fields + 4), platforms=table(tables.PLATFORMS, sectors, regions),
        budgets=np.full((QUARTERS, tables.INSTRUMENT_SLOTS), budget), alliances=table(tables.ALLIANCES, alliances + 4),
        lines=table(tables.LINES, alliances + 4, tables.LINES_OF_ONE), projects=table(tables.PROJECTS, ROOM),
        seats=table(tables.SEATS, ROOM), participations=table(tables.PARTICIPATIONS, ROOM),
        live=np.arange(ROOM, dtype=np.int32), running=np.zeros(ROOM, np.int32), initiators=np.zeros(rows, np.int32),
        government=table(tables.GOVERNMENT, 1), counts=np.zeros(Count.SIZE, np.int64),
        needs=np.zeros(len(GROWING), np.int64), ledger=np.zeros((QUARTERS, len(FLOWS))),
        curves=table(tables.CURVES, QUARTERS), ages=table(tables.AGES, tables.AGE_LIMIT),
        panel=table(tables.PANEL, ROOM), events=table(tables.EVENTS, ROOM), members=table(tables.MEMBERS, ROOM),
        project_members=table(tables.PROJECT_MEMBERS, ROOM),
    )
    world.government["weight"] = 1.0
    world.government["funds"] = 1e6
    counts = world.counts
    counts[Count.LIVE] = counts[Count.ALLIANCES] = alliances
    counts[Count.FREE_SEAT] = counts[Count.FREE_PARTICIPATION] = -1
    _populate(world, firms, research, agencies)
    world.sectors["field_count"] = fields
    for name, value in (("best_practice", 1.0), ("world_frontier", 1.0), ("mean_productivity", 1.0)):
        world.sectors[name] = value
    there = world.fields[:, :fields]
    for name, field_value in (("alive", True), ("share", 1.0 / max(fields, 1)), ("vintage", 1.0)):
        there[name] = field_value
    there["weights"] = world.sectors["demand"][:, None] = 1.0 / tables.CLASSES
    one = world.alliances
    one["key"] = 1000 + np.arange(len(one))
    for name in ("ended", "first_seat", "first_project", "last_project", "pilot", "path", "path_until",
                 "rescue_quarter", "idea_field", "idea_line", "renewed"):
        one[name] = -1
    one["lines"], one["term_end"] = 1, 999
    return world


def _populate(world: World, firms: int, research: int, agencies: int) -> None:
    """Give each sector its organisations."""
    each = firms + research + agencies
    there = world.organisations
    there["key"] = 1 + np.arange(len(there))
    there["active"], there["first_seat"], there["partner_rows"] = True, -1, -1
    there["capacity"], there["size"] = 9.0, 100.0
    there["sector"] = np.arange(len(there)) // max(each, 1)
    place = np.arange(len(there)) % max(each, 1)
    there["kind"] = np.select([place < firms, place < firms + research], [Kind.FIRM, Kind.UNIVERSITY], Kind.AGENCY)
    first = each * np.arange(len(world.sectors))
    for name, value in (("first_firm", first), ("first_research", first + firms),
                        ("first_agency", first + firms + research)):
        world.sectors[name] = value
    for name, count in (("firm_rows", firms), ("research_rows", research), ("agency_rows", agencies),
                        ("firm_count", firms)):
        world.sectors[name] = count


def seat(world: World, a: int, *rows: int, **values: Any) -> list[int]:
    """Seat organisations in alliance `a`, the last listed first; returns their seats."""
    places = [int(plain(seats.join)(world, 0, a, row, 0.5)) for row in rows]
    for name, value in values.items():
        world.seats[name][places] = value
    return places


def project(world: World, a: int, *rows: int, part: float = 1.0, **values: Any) -> int:
    """Let alliance `a` run a project in its first line with members as partners; returns the project's row."""
    q = int(world.counts[Count.PROJECTS])
    world.counts[Count.PROJECTS] += 1
    world.running[world.counts[Count.RUNNING]] = q
    world.counts[Count.RUNNING] += 1
    one, home = world.projects[q], world.alliances[a]
    one.key, one.alliance, one.state, one.first_part, one.ended = 5000 + q, a, ProjectState.RUNNING, -1, -1
    one.next, one.earlier = home.first_project, home.last_project
    one.planned, one.cost = 12, 1.0
    one.field = world.lines[a, 0].field
    for name, value in values.items():
        one[name] = value
    home.first_project = home.last_project = q
    home.running += 1
    home.project_count += 1
    world.lines[a, one.line].running[one.kind] += 1
    for row in rows:
        plain(seats.take_part)(world, 0, q, plain(seats.seat_of)(world, row, a), part, False)
    return q


def listed(pool: np.ndarray, first: int, onwards: str = "next") -> list[int]:
    """Places of a linked list."""
    places = []
    while first >= 0:
        places.append(int(first))
        first = pool[onwards][first]
    return places


def members(world: World, a: int) -> list[int]:
    """Rows of the members of alliance `a`, in the order of their joining."""
    return [int(world.seats["row"][place]) for place in listed(world.seats, world.alliances["first_seat"][a])][::-1]


def partners(world: World, q: int) -> list[int]:
    """Rows of the partners of project `q`, in the order of their joining."""
    return [int(world.participations["row"][place])
            for place in listed(world.participations, world.projects["first_part"][q])][::-1]
