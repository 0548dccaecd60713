"""The world on its first day: organisations, sectors and their first fields, drawn from the seed."""

from math import ceil, exp, log

import numpy as np

from alliancelab.agents.codes import FirmStage, Kind
from alliancelab.agents.compiled import compiled
from alliancelab.model.accounts import FLOWS, Count
from alliancelab.model.declarations import one_row
from alliancelab.model.endowment import endow, organisation_key
from alliancelab.model.environment import arrive, summarise_fields, summarise_firms
from alliancelab.model.parameters import PARAMETERS
from alliancelab.model.randomness import Process, normal, stream, uniform
from alliancelab.model.setup import Setup, budgets_of
from alliancelab.model.tables import (
    AGE_LIMIT,
    AGES,
    ALLIANCES,
    CURVES,
    EVENTS,
    FIELDS,
    GOVERNMENT,
    MEMBERS,
    ORGANISATIONS,
    PANEL,
    PLATFORMS,
    SEATS,
    SEATS_OF_ONE,
    SECTORS,
    SEGMENTS,
    World,
    table_type,
)

__all__ = ["new_world"]

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
        sector.base = uniform(draws, entity, 1)
        sector.potential = uniform(draws, entity, 2)
        sector.pull = uniform(draws, entity, 3)
        sector.fusion = uniform(draws, entity, 4)
        sector.priority = 1.0 if sector.base + sector.potential + sector.pull + sector.fusion > 2.0 else 0.0
        sector.first_firm = row
        sector.firm_rows = counts[s, 0]
        sector.first_research = row + counts[s, 0]
        sector.research_rows = counts[s, 1] + counts[s, 2]
        sector.first_agency = sector.first_research + sector.research_rows
        sector.agency_rows = counts[s, 3]
        for kind in range(4):
            for place in range(counts[s, kind]):
                organisation = world.organisations[row]
                organisation.kind = kind
                organisation.sector = s
                key = organisation_key(kind, s, place, 0)
                endow(world, organisation, key, 0)
                organisation.born = -int(uniform(draws, key, 5) * 80.0)
                organisation.segment = int(uniform(draws, key, 6) * SEGMENTS)
                organisation.region = int(uniform(draws, key, 7) * regions)
                organisation.stage = FirmStage.GROWTH
                shock = normal(draws, key, 8)
                if kind == Kind.FIRM:
                    organisation.size = p.size_median * exp(p.size_spread * shock)
                    organisation.funds = p.reserve * organisation.size
                    # Vacant rows wait for newborn firms, so that births and failures can balance.
                    organisation.active = uniform(draws, key, 9) < p.rows_filled
                else:
                    organisation.size = p.research_budget * exp(p.research_spread * shock)
                    organisation.funds = organisation.size
                if not organisation.active:
                    organisation.funds = 0.0
                    organisation.size = 0.0
                row += 1
        for f in range(FIRST_FIELDS):
            arrive(world, s, 0)
            sector = world.sectors[s]
            field = world.fields[s, f]
            field.born = -(FIRST_FIELDS - 1 - f) * int(p.frontier_time / 2.0)
            field.frontier = 1.0 - exp(field.born / p.frontier_time)
        summarise_fields(world, s)
        count = 0
        market = 0.0
        productivity = 0.0
        log_size = 0.0
        for i in range(sector.first_firm, sector.first_firm + sector.firm_rows):
            firm = world.organisations[i]
            if firm.active:
                # Technology in use scatters below best practice.
                firm.productivity = sector.best_practice * (0.4 + 0.6 * uniform(draws, firm.key, 10))
                count += 1
                market += firm.size
                productivity += firm.productivity
                log_size += log(firm.size)
        sector.market = market
        sector.attention = 0.0
        summarise_firms(sector, count, productivity, log_size)


def most_fields(quarters: int, arrival: float) -> int:
    """Fields a sector can see at most: mean plus six standard deviations of the arrivals, and the first ones."""
    mean = quarters * arrival
    return FIRST_FIELDS + ceil(mean + 6.0 * mean**0.5) + 4


def new_world(setup: Setup, *, recorded: bool) -> World:
    """World of a set-up at quarter 0.

    Parameters
    ----------
    setup : Setup
    recorded : bool
        Whether the panel, the event log and the membership spells will be kept.
    """
    sizes, quarters = setup.sizes, len(setup.levers)
    parameters = one_row(PARAMETERS, setup.parameters)
    filled = float(parameters[0]["rows_filled"])
    totals = np.array([ceil(sizes["firms"] / filled), sizes["universities"], sizes["institutes"], sizes["agencies"]])
    sectors = sizes["sectors"]
    # Spread each kind evenly; the first sectors take the remainder.
    counts = totals // sectors + (np.arange(sectors)[:, None] < totals % sectors)
    world = World(
        seed=np.array([setup.seed], np.uint64),
        parameters=parameters,
        levers=setup.levers,
        organisations=np.zeros(int(totals.sum()), table_type(ORGANISATIONS)),
        sectors=np.zeros(sectors, table_type(SECTORS)),
        fields=np.zeros((sectors, most_fields(quarters, float(parameters[0]["field_arrival"]))), table_type(FIELDS)),
        platforms=np.zeros((sectors, sizes["regions"]), table_type(PLATFORMS)),
        budgets=budgets_of(setup),
        alliances=np.zeros(0, table_type(ALLIANCES)),
        seats=np.zeros((0, SEATS_OF_ONE), table_type(SEATS)),
        live=np.zeros(0, np.int32),
        blocks=np.zeros(0, np.int32),
        government=np.zeros(1, table_type(GOVERNMENT)),
        counts=np.zeros(Count.SIZE, np.int64),
        ledger=np.zeros((quarters, len(FLOWS))),
        curves=np.zeros(quarters, table_type(CURVES)),
        ages=np.zeros(AGE_LIMIT, table_type(AGES)),
        panel=np.zeros(0, table_type(PANEL)),
        events=np.zeros(0, table_type(EVENTS)),
        members=np.zeros(0, table_type(MEMBERS)),
    )
    world.government["weight"] = 1.0
    world.counts[Count.RECORD] = int(recorded)
    world.counts[Count.WARM_UP] = sizes["warm_up"]
    populate(world, counts, sizes["regions"])
    return world
