"""Process 1: fields arrive, frontiers move, markets shift, firms are born, grow and fail."""

from math import exp, log

import numpy as np

from alliancelab.agents.codes import Event, Kind
from alliancelab.agents.compiled import compiled, inner
from alliancelab.agents.firm_rules import failure_hazard, firm_stage, size_growth
from alliancelab.model.accounts import Flow, record_event
from alliancelab.model.contract import leave, seat_of
from alliancelab.model.endowment import endow
from alliancelab.model.randomness import Process, normal, stream, uniform
from alliancelab.model.tables import CLASSES

__all__ = ["arrive", "environment", "similarity", "summarise_fields", "summarise_firms"]


@compiled
def similarity(field, other):
    """Share of requirements that two fields have in common, in [0, 1]."""
    common = 0.0
    for d in range(CLASSES):
        common += min(field.weights[d], other.weights[d])
    return min(common, 1.0)  # weights add up to one but for rounding


@inner
def arrive(world, s, tick):
    """A new field appears in sector `s`: better at its best than the last, partly similar, with a small market."""
    sector = world.sectors[s]
    f = sector.field_count
    if f >= world.fields.shape[1]:  # six standard deviations above the mean: the table ends here
        return
    p = world.parameters[0]
    draws = stream(world.seed[0], Process.ENVIRONMENT, tick)
    entity = np.uint64(s) << np.uint64(20) | np.uint64(f)
    field = world.fields[s, f]
    field.born = tick
    field.frontier = 0.0
    field.genericness = 0.2 + 0.6 * uniform(draws, entity, 100)
    total = 0.0
    for d in range(CLASSES):
        # Cubed uniforms: a field asks much of few classes.
        field.weights[d] = uniform(draws, entity, 101 + d) ** 3
        total += field.weights[d]
    if f == 0:
        field.vintage = 1.0
        field.share = 1.0
    else:
        last = world.fields[s, f - 1]
        field.vintage = last.vintage * (1.0 + p.vintage_gain * (0.5 + uniform(draws, entity, 120)))
        field.share = p.field_entry_share
        for g in range(f):
            world.fields[s, g].share *= 1.0 - p.field_entry_share
    for d in range(CLASSES):
        own = field.weights[d] / total
        if f > 0:
            own = p.field_similarity * world.fields[s, f - 1].weights[d] + (1.0 - p.field_similarity) * own
        field.weights[d] = own
    sector.field_count = f + 1


@compiled
def fitness(field, p):
    """What a field offers customers: its quality at best, less while its technology is immature."""
    return field.vintage * (p.frontier_floor + (1.0 - p.frontier_floor) * field.frontier)


@inner
def move_market(world, s, tick):
    """Frontiers mature and the market moves to the better fields by replicator dynamics; outlook looks ahead."""
    p = world.parameters[0]
    sector = world.sectors[s]
    draws = stream(world.seed[0], Process.ENVIRONMENT, tick)
    entity = np.uint64(s)
    if uniform(draws, entity, 0) < 1.0 - exp(-p.field_arrival):
        arrive(world, s, tick)
    mean = 0.0
    for f in range(sector.field_count):
        field = world.fields[s, f]
        field.frontier = 1.0 - exp(-(tick - field.born) / p.frontier_time)
        mean += field.share * log(fitness(field, p))
    total = 0.0
    ahead = 0.0
    for f in range(sector.field_count):
        field = world.fields[s, f]
        advantage = p.replacement_speed * (log(fitness(field, p)) - mean)
        field.share *= exp(advantage)
        field.outlook = field.share * exp(p.horizon * advantage)
        total += field.share
        ahead += field.outlook
    for f in range(sector.field_count):
        world.fields[s, f].share /= total
        world.fields[s, f].outlook /= ahead
    shock = p.market_volatility * normal(draws, entity, 1)
    sector.market *= exp(sector.growth / 4.0 + shock)


@inner
def summarise_fields(world, s):
    """What rules ask of a sector's fields together: best practice, the world's frontier, demand for each class."""
    sector = world.sectors[s]
    practice = 0.0
    frontier = 0.0
    sector.demand[:] = 0.0
    for f in range(sector.field_count):
        field = world.fields[s, f]
        practice += field.share * field.vintage * field.frontier
        frontier = max(frontier, field.vintage * field.frontier)
        for d in range(CLASSES):
            sector.demand[d] += field.share * field.weights[d]
    sector.best_practice = max(practice, 0.05)
    sector.world_frontier = frontier


@inner
def summarise_firms(sector, count, productivity, log_size):
    """Means over a sector's active firms from their sums."""
    sector.firm_count = count
    sector.mean_productivity = productivity / max(count, 1)
    sector.mean_log_size = log_size / max(count, 1)


@inner
def fail(world, tick, row):
    """A firm fails: it leaves its alliances, its purse goes to creditors, its row falls vacant."""
    firm = world.organisations[row]
    while firm.alliance_count > 0:
        alliance = firm.alliances[0]
        leave(world, tick, alliance, seat_of(world, alliance, row))
    world.ledger[tick, Flow.WRITE_OFF] += firm.funds
    record_event(world, tick, Event.FIRM_FAILED, -1, firm.key, firm.size)
    firm.funds = 0.0
    firm.given = 0.0
    firm.size = 0.0
    firm.active = False


@inner
def be_born(world, tick, s, row):
    """A new firm takes a vacant row under a new key, with technology near the sector's mean and outside capital."""
    p = world.parameters[0]
    sector = world.sectors[s]
    firm = world.organisations[row]
    key = firm.key + np.uint64(1)  # the lowest bits of a key count the generations of its row
    firm.kind = Kind.FIRM
    endow(world, firm, key, tick)
    draws = stream(world.seed[0], Process.FIRMS, tick)
    firm.size = p.newborn_size * exp(sector.mean_log_size + 0.5 * normal(draws, key, 2))
    firm.funds = p.reserve * firm.size
    firm.productivity = sector.mean_productivity * (0.7 + 0.6 * uniform(draws, key, 3))
    firm.stage = firm_stage(firm, 0, p)
    world.ledger[tick, Flow.ENTRY_CAPITAL] += firm.funds
    record_event(world, tick, Event.FIRM_BORN, -1, key, firm.size)


@inner
def firms_of_sector(world, s, tick):
    """Births, growth and failure of a sector's firms, and their means, which rules ask for."""
    p = world.parameters[0]
    sector = world.sectors[s]
    draws = stream(world.seed[0], Process.FIRMS, tick)
    count = 0
    productivity = 0.0
    log_size = 0.0
    for i in range(sector.first_firm, sector.first_firm + sector.firm_rows):
        firm = world.organisations[i]
        luck = uniform(draws, firm.key, 0)
        if firm.active:
            relative = firm.productivity / max(sector.mean_productivity, 1e-9)
            age = tick - firm.born
            if luck < failure_hazard(firm, age, relative, p):
                fail(world, tick, i)
                continue
            shock = normal(draws, firm.key, 1)
            firm.size *= exp(sector.growth / 4.0 + size_growth(firm, relative, sector.mean_log_size, shock, p))
            firm.stage = firm_stage(firm, age, p)
        elif luck < p.birth_rate:
            be_born(world, tick, s, i)
        if firm.active:
            count += 1
            productivity += firm.productivity
            log_size += log(firm.size)
    summarise_firms(sector, count, productivity, log_size)


@compiled
def environment(world, tick):
    """Process 1 of the tick, sector by sector."""
    for s in range(world.sectors.shape[0]):
        move_market(world, s, tick)
        firms_of_sector(world, s, tick)
        summarise_fields(world, s)
