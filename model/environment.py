"""Process 1: fields arrive, frontiers move, markets shift, firms are born, grow and fail."""

from math import exp, log

import numpy as np

from alliancelab.agents.codes import Event, Kind
from alliancelab.agents.compiled import compiled
from alliancelab.agents.firm_rules import failure_hazard, firm_stage, size_growth
from alliancelab.model.accounts import Count, Flow, record_event
from alliancelab.model.endowment import endow
from alliancelab.model.randomness import Process, normal, stream, uniform
from alliancelab.model.seats import leave
from alliancelab.model.tables import CLASSES

__all__ = ["arrive", "environment", "field_key", "notice", "noticed", "similarity", "summarise_fields",
           "summarise_firms",
           "summarise_sizes"]


@compiled
def field_key(s, f):
    """Identity of field `f` of sector `s` for draws."""
    return np.uint64(s) << np.uint64(20) | np.uint64(f)


@compiled
def similarity(field, other):
    """Share of requirements that two fields have in common, in [0, 1]."""
    common = 0.0
    for d in range(CLASSES):
        common += min(field.weights[d], other.weights[d])
    return min(common, 1.0)  # weights add up to one but for rounding


@compiled
def noticed(alliance, f):
    """Whether an alliance has noticed field `f` of its sector."""
    return (alliance.seen >> np.uint64(f & 63)) & np.uint64(1) == np.uint64(1)


@compiled
def notice(alliance, f, seen):
    """Set or clear the bit of field `f`; bits of fields that have long lost their market are used again."""
    bit = np.uint64(1) << np.uint64(f & 63)
    alliance.seen = alliance.seen | bit if seen else alliance.seen & ~bit


@compiled
def predecessor(world, s, luck):
    """Field of a sector drawn by market share: the line that a next vintage continues."""
    sector = world.sectors[s]
    total = 0.0
    last = 0
    for f in range(sector.first_field, sector.field_count):
        if world.fields[s, f].alive:
            last = f
            total += world.fields[s, f].share
            if total > luck:
                return f
    return last


@compiled
def arrive(world, s, tick):
    """A new field appears in sector `s`: better at its best than any before, with a small market.

    Some are the next vintage of a field drawn by its market share and resemble it; the others begin a trajectory of
    their own. Source: A3.
    """
    sector = world.sectors[s]
    f = sector.field_count
    if f >= world.fields.shape[1]:  # six standard deviations above the mean: the table ends here
        return
    p = world.parameters[0]
    draws = stream(world.seed[0], Process.ENVIRONMENT, tick)
    entity = field_key(s, f)
    field = world.fields[s, f]
    field.born = tick
    field.alive = True
    field.genericness = 0.2 + 0.6 * uniform(draws, entity, 100)
    total = 0.0
    for d in range(CLASSES):
        # Powers of exponential draws: a field asks much of few classes.
        field.weights[d] = (-log(uniform(draws, entity, 101 + d) + 1e-12)) ** sector.focus
        total += field.weights[d]
    if f == 0:
        field.vintage = 1.0
        field.share = 1.0
        for d in range(CLASSES):
            field.weights[d] /= total
    else:
        follows = uniform(draws, entity, 121) < p.field_follow
        last = predecessor(world, s, uniform(draws, entity, 122))
        best = 0.0
        for g in range(sector.first_field, f):
            best = max(best, world.fields[s, g].vintage)
            world.fields[s, g].share *= 1.0 - p.field_entry_share
        field.trajectory = world.fields[s, last].trajectory if follows else f
        field.vintage = best * (1.0 + p.vintage_gain * (0.5 + uniform(draws, entity, 120)))
        field.share = p.field_entry_share
        kept = p.similarity_follow if follows else p.similarity_new
        for d in range(CLASSES):
            field.weights[d] = kept * world.fields[s, last].weights[d] + (1.0 - kept) * field.weights[d] / total
    sector.field_count = f + 1
    for k in range(world.counts[Count.LIVE]):
        alliance = world.alliances[world.live[k]]
        if alliance.sector == s:
            notice(alliance, f, False)


@compiled
def fitness(field, p):
    """What a field offers customers: its quality at best, less while its technology is immature."""
    return field.vintage * (p.frontier_floor + (1.0 - p.frontier_floor) * field.frontier)


@compiled
def move_market(world, s, tick):
    """Frontiers mature and the market moves to the better fields by replicator dynamics; outlook looks ahead.

    A field whose share falls below a floor has no market any more.
    """
    p = world.parameters[0]
    sector = world.sectors[s]
    draws = stream(world.seed[0], Process.ENVIRONMENT, tick)
    entity = np.uint64(s)
    if uniform(draws, entity, 0) < 1.0 - exp(-p.field_arrival * sector.dynamism):
        arrive(world, s, tick)
    mean = 0.0
    for f in range(sector.first_field, sector.field_count):
        field = world.fields[s, f]
        if field.alive:
            field.frontier = 1.0 - exp(-(tick - field.born) / p.frontier_time)
            mean += field.share * log(fitness(field, p))
    total = 0.0
    for f in range(sector.first_field, sector.field_count):
        field = world.fields[s, f]
        if field.alive:
            advantage = p.replacement_speed * (log(fitness(field, p)) - mean)
            field.outlook = min(field.share * exp(min(p.horizon * advantage, 6.0)), 1.0)
            field.guide = field.outlook  # what applicants tell, unless the government publishes a guide
            field.share *= exp(advantage)
            total += field.share
    kept = total
    for f in range(sector.first_field, sector.field_count):
        field = world.fields[s, f]
        if field.alive and field.share < min(p.field_exit * total, kept):  # the last one stays
            kept -= field.share
            field.alive = False
            field.share = 0.0
            field.outlook = 0.0
    for f in range(sector.first_field, sector.field_count):
        world.fields[s, f].share = min(world.fields[s, f].share / kept, 1.0)
    while not world.fields[s, sector.first_field].alive:
        sector.first_field += 1
    sector.market *= exp(sector.growth / 4.0 + p.market_volatility * normal(draws, entity, 1))


@compiled
def summarise_fields(world, s):
    """What rules ask of a sector's fields together: best practice, the world's frontier, demand for each class."""
    sector = world.sectors[s]
    p = world.parameters[0]
    practice = 0.0
    frontier = 0.0
    sector.demand[:] = 0.0
    for f in range(sector.first_field, sector.field_count):
        field = world.fields[s, f]
        practice += field.share * fitness(field, p)
        if field.share >= p.field_entry_share:  # a field that has gained no market yet sets no standard
            frontier = max(frontier, field.vintage * field.frontier)
        for d in range(CLASSES):
            sector.demand[d] += field.share * field.weights[d]
    sector.best_practice = max(practice, 0.05)
    sector.world_frontier = max(frontier, 0.05)


@compiled
def summarise_firms(world, s):
    """Number of a sector's active firms, and their mean technology in use."""
    sector = world.sectors[s]
    count = 0
    productivity = 0.0
    for i in range(sector.first_firm, sector.first_firm + sector.firm_rows):
        firm = world.organisations[i]
        if firm.active:
            count += 1
            productivity += firm.productivity
    sector.firm_count = count
    sector.mean_productivity = productivity / max(count, 1)


@compiled
def summarise_sizes(world, s):
    """Mean log size of a sector's active firms."""
    sector = world.sectors[s]
    total = 0.0
    for i in range(sector.first_firm, sector.first_firm + sector.firm_rows):
        if world.organisations[i].active:
            total += log(world.organisations[i].size)
    sector.mean_log_size = total / max(sector.firm_count, 1)


@compiled
def fail(world, tick, row):
    """A firm fails: it leaves its alliances and projects, its purse goes to creditors, its row falls vacant."""
    firm = world.organisations[row]
    while firm.first_seat >= 0:
        leave(world, tick, firm.first_seat)
    # Creditors get what is there; owners answer for what is missing.
    world.ledger[tick, Flow.WRITE_OFF] += max(firm.funds, 0.0)
    world.ledger[tick, Flow.ENTRY_CAPITAL] += max(-firm.funds, 0.0)
    record_event(world, tick, Event.FIRM_FAILED, -1, firm.key, firm.size)
    firm.funds = 0.0
    firm.given = 0.0
    firm.size = 0.0
    firm.active = False


@compiled
def be_born(world, tick, s, row):
    """A new firm takes a vacant row under a new key, with technology near the sector's mean and outside capital."""
    p = world.parameters[0]
    sector = world.sectors[s]
    firm = world.organisations[row]
    key = firm.key + np.uint64(1)  # the lowest bits of a key count the generations of its row
    firm.kind = Kind.FIRM
    draws = stream(world.seed[0], Process.FIRMS, tick)
    firm.size = p.newborn_size * exp(sector.mean_log_size + 0.5 * normal(draws, key, 2))
    endow(world, firm, key, tick)
    firm.funds = p.reserve * firm.size
    firm.productivity = sector.mean_productivity * (0.7 + 0.6 * uniform(draws, key, 3))
    firm.stage = firm_stage(firm, 0, p)
    world.ledger[tick, Flow.ENTRY_CAPITAL] += firm.funds
    record_event(world, tick, Event.FIRM_BORN, -1, key, firm.size)


@compiled
def firms_of_sector(world, s, tick):
    """Births, growth and failure of a sector's firms; technology counts relative to the sector's mean of the moment.

    A firm closes its accounts once a year, a quarter of the firms in each quarter; a vacant row waits as long.
    """
    p = world.parameters[0]
    summarise_firms(world, s)
    sector = world.sectors[s]
    if tick % 4 == 0:
        summarise_sizes(world, s)
    draws = stream(world.seed[0], Process.FIRMS, tick)
    for i in range(sector.first_firm + (sector.first_firm + tick) % 4, sector.first_firm + sector.firm_rows, 4):
        firm = world.organisations[i]
        luck = uniform(draws, firm.key, 0)
        if firm.active:
            relative = firm.productivity / max(sector.mean_productivity, 1e-9)
            age = tick - firm.born
            if luck < failure_hazard(firm, age, relative, p):
                fail(world, tick, i)
                continue
            shock = normal(draws, firm.key, 1)
            firm.size *= exp(sector.growth + size_growth(firm, relative, sector.mean_log_size, shock, p))
            firm.stage = firm_stage(firm, age, p)
        elif luck < p.birth_rate:
            be_born(world, tick, s, i)


@compiled
def environment(world, tick):
    """Process 1 of the tick, sector by sector."""
    for s in range(world.sectors.shape[0]):
        move_market(world, s, tick)
        firms_of_sector(world, s, tick)
        summarise_fields(world, s)
