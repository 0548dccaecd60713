"""The world on its first day: organisations, sectors and their first fields, drawn from the seed."""

from math import ceil, exp

import numpy as np

from alliancelab.agents.codes import FirmStage, Kind
from alliancelab.agents.compiled import compiled
from alliancelab.model.accounts import FLOWS, Count
from alliancelab.model.declarations import one_row
from alliancelab.model.endowment import endow, organisation_key
from alliancelab.model.environment import arrive, summarise_fields, summarise_firms, summarise_sizes
from alliancelab.model.parameters import PARAMETERS
from alliancelab.model.randomness import Process, normal, stream, uniform
from alliancelab.model.setup import Setup, budgets_of
from alliancelab.model.space import GROWING, first_events
from alliancelab.model.tables import (
    AGE_LIMIT,
    AGES,
    ALLIANCES,
    CURVES,
    EVENTS,
    FIELDS,
    GOVERNMENT,
    LINES,
    LINES_OF_ONE,
    MEMBERS,
    ORGANISATIONS,
    PANEL,
    PARTICIPATIONS,
    PLATFORMS,
    PROJECT_MEMBERS,
    PROJECTS,
    SEATS,
    SECTORS,
    SEGMENTS,
    table_type,
)
from alliancelab.model.world import World

__all__ = ["empty_world", "new_world", "spread_evenly"]

FIRST_FIELDS = 3  # trajectories a sector starts with, staggered in age


@compiled
def populate(world, counts, regions):
    """Fill organisations and sectors; `counts` is (sectors, 4): rows of firms, universities, institutes, agencies."""
    p = world.parameters[0]
    draws = stream(world.seed[0], Process.INITIAL, 1)
    row = 0
    for s in range(world.sectors.shape[0]):
        sector = world.sectors[s]
        entity = np.uint64(s)
        sector.growth = p.market_growth * (0.5 + uniform(draws, entity, 0))
        sector.dynamism = 1.0 + p.sector_spread * (2.0 * uniform(draws, entity, 1) - 1.0)
        sector.focus = p.field_focus * (1.0 + p.sector_spread * (2.0 * uniform(draws, entity, 3) - 1.0))
        size_factor = exp(p.sector_spread * (2.0 * uniform(draws, entity, 2) - 1.0))
        sector.priority = 1.0 if uniform(draws, entity, 4) < 0.5 else 0.0
        sector.first_firm = row
        sector.firm_rows = counts[s, 0]
        sector.first_research = row + counts[s, 0]
        sector.research_rows = counts[s, 1] + counts[s, 2]
        sector.first_agency = sector.first_research + sector.research_rows
        sector.agency_rows = counts[s, 3]
        for kind in range(4):
            for place in range(counts[s, kind]):
                settle(world, row, organisation_key(kind, s, place, 0), kind, s, regions, size_factor)
                row += 1
        begin_fields(world, s)
        begin_firms(world, s)


@compiled
def settle(world, row, key, kind, s, regions, size_factor):
    """One organisation as it is on the first day; vacant rows wait for newborn firms."""
    p = world.parameters[0]
    draws = stream(world.seed[0], Process.INITIAL, 1)
    organisation = world.organisations[row]
    organisation.kind = kind
    organisation.sector = s
    shock = normal(draws, key, 8)
    if kind == Kind.FIRM:
        organisation.size = p.size_median * size_factor * exp(p.size_spread * shock)
    else:
        organisation.size = p.research_budget * exp(p.research_spread * shock)
    endow(world, organisation, key, 0)
    organisation.born = -int(uniform(draws, key, 5) * 80.0)
    organisation.segment = int(uniform(draws, key, 6) * SEGMENTS)
    organisation.region = int(uniform(draws, key, 7) * regions)
    organisation.stage = FirmStage.GROWTH
    organisation.funds = p.reserve * organisation.size if kind == Kind.FIRM else organisation.size
    if kind == Kind.FIRM and uniform(draws, key, 9) >= p.rows_filled:
        # Births and failures can balance where some places are vacant.
        organisation.active = False
        organisation.funds = 0.0
        organisation.size = 0.0


@compiled
def begin_fields(world, s):
    """The first fields of a sector, staggered in age, the youngest with a small market."""
    p = world.parameters[0]
    for f in range(FIRST_FIELDS):
        arrive(world, s, 0)
        field = world.fields[s, f]
        field.born = -(FIRST_FIELDS - 1 - f) * int(p.frontier_time / 2.0)
        field.frontier = 1.0 - exp(field.born / p.frontier_time)
    summarise_fields(world, s)


@compiled
def begin_firms(world, s):
    """Technology in use scatters below best practice; the market is what firms earn."""
    draws = stream(world.seed[0], Process.INITIAL, 1)
    sector = world.sectors[s]
    for i in range(sector.first_firm, sector.first_firm + sector.firm_rows):
        firm = world.organisations[i]
        if firm.active:
            firm.productivity = sector.best_practice * (0.4 + 0.6 * uniform(draws, firm.key, 10))
            sector.market += firm.size
    summarise_firms(world, s)
    summarise_sizes(world, s)


def most_fields(quarters: int, arrival: float) -> int:
    """Fields a sector can see at most: mean plus six standard deviations of the arrivals, and the first ones."""
    mean = quarters * arrival
    return FIRST_FIELDS + ceil(mean + 6.0 * mean**0.5) + 4


def new_world(setup: Setup, *, recorded: bool, counts: np.ndarray | None = None) -> World:
    """World of a set-up at quarter 0.

    Parameters
    ----------
    setup : Setup
    recorded : bool
        Whether the panel, the event log and the records of members will be kept.
    counts : ndarray of int64, shape (sectors, 4), optional
        Rows of firms, universities, institutes and agencies by sector; by default each kind is spread evenly.
    """
    rows = spread_evenly(setup) if counts is None else counts
    world = empty_world(setup, rows, recorded)
    populate(world, rows, setup.sizes["regions"])
    return world


def spread_evenly(setup: Setup) -> np.ndarray:
    """Rows of each sector and kind, where nobody says how many; the first sectors take the remainder."""
    sizes, sectors = setup.sizes, setup.sizes["sectors"]
    filled = float(one_row(PARAMETERS, setup.parameters)[0]["rows_filled"])
    kinds = np.array([ceil(sizes["firms"] / filled), sizes["universities"], sizes["institutes"], sizes["agencies"]])
    return kinds // sectors + (np.arange(sectors)[:, None] < kinds % sectors)


def empty_world(setup: Setup, counts: np.ndarray, recorded: bool) -> World:
    """The tables of a world in which nothing has been drawn yet; arguments as in `new_world`."""
    # Most of it is the list of tables.
    sizes, quarters = setup.sizes, len(setup.levers)
    parameters = one_row(PARAMETERS, setup.parameters)
    sectors = sizes["sectors"]
    arrival = float(parameters[0]["field_arrival"]) * (1.0 + float(parameters[0]["sector_spread"]))
    totals = counts.sum(axis=0)
    world = World(
        seed=np.array([setup.seed], np.uint64),
        parameters=parameters,
        levers=setup.levers.copy(),  # correction changes them in the course of a run
        organisations=np.zeros(int(totals.sum()), table_type(ORGANISATIONS)),
        sectors=np.zeros(sectors, table_type(SECTORS)),
        fields=np.zeros((sectors, most_fields(quarters, arrival)), table_type(FIELDS)),
        platforms=np.zeros((sectors, sizes["regions"]), table_type(PLATFORMS)),
        budgets=budgets_of(setup),
        alliances=np.zeros(0, table_type(ALLIANCES)),
        lines=np.zeros((0, LINES_OF_ONE), table_type(LINES)),
        projects=np.zeros(0, table_type(PROJECTS)),
        seats=np.zeros(0, table_type(SEATS)),
        participations=np.zeros(0, table_type(PARTICIPATIONS)),
        live=np.zeros(0, np.int32),
        running=np.zeros(0, np.int32),
        initiators=np.zeros(int(totals[0]), np.int32),
        government=np.zeros(1, table_type(GOVERNMENT)),
        counts=np.zeros(Count.SIZE, np.int64),
        needs=np.zeros(len(GROWING), np.int64),
        ledger=np.zeros((quarters, len(FLOWS))),
        curves=np.zeros(quarters, table_type(CURVES)),
        ages=np.zeros(AGE_LIMIT, table_type(AGES)),
        panel=np.zeros(0, table_type(PANEL)),
        events=np.zeros(first_events(int(totals.sum())) if recorded else 0, table_type(EVENTS)),
        members=np.zeros(0, table_type(MEMBERS)),
        project_members=np.zeros(0, table_type(PROJECT_MEMBERS)),
    )
    world.government["weight"] = 1.0
    world.counts[Count.RECORD] = int(recorded)
    world.counts[Count.WARM_UP] = sizes["warm_up"]
    world.counts[Count.FREE_SEAT] = -1
    world.counts[Count.FREE_PARTICIPATION] = -1
    return world
