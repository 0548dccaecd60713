"""Services: firms ask carriers for what their stage needs; carriers have capacity, rank, quality and queues.

Source: F2, F3, F6.
"""

from math import exp, floor

import numpy as np

from alliancelab.agents.codes import Kind
from alliancelab.agents.compiled import compiled
from alliancelab.model.accounts import Flow
from alliancelab.model.randomness import normal, poisson, stream, uniform
from alliancelab.model.regional.codes import Carrier, Draw, Rank, Service
from alliancelab.model.regional.contracts import lead_to_partner
from alliancelab.model.regional.rules import worth
from alliancelab.model.regional.transfer import voice
from alliancelab.model.tables import CLASSES

_SERVICES = len(Service)
_TOP = int(Rank.NATIONAL)
_LOAD_MEMORY = 0.25  # weight of the last quarter in a carrier's load


@compiled
def open_doors(world, region, tick, left, doors, counts):
    """Carriers begin the quarter: nobody served yet, doors listed by service; those whose host failed close.

    `left` is the part of their capacity that coordination leaves; `doors` has shape (5, carriers). Source: F3.
    """
    draws = stream(world.seed[0], Draw.AGENCIES, tick)
    counts[:] = 0
    for c in range(region.carriers.shape[0]):
        carrier = region.carriers[c]
        if not carrier.active:
            continue
        if carrier.host >= 0:
            host = world.organisations[carrier.host]
            if not host.active or host.key != carrier.host_key:
                carrier.active = False
                continue
        carrier.users = 0.0
        carrier.queue = 0.0
        # A part of a place that coordination takes is a whole place in so many quarters.
        taken = floor((1.0 - left) * carrier.capacity + uniform(draws, np.uint64(c), 2))
        carrier.places = floor(carrier.capacity + 0.5) - taken
        if carrier.places >= 1.0:
            doors[carrier.service, counts[carrier.service]] = c
            counts[carrier.service] += 1


@compiled
def wanted(client, values, draws, key, q):
    """Service that a firm lacks most, by its worth in the firm's stage and chance. Source: F2."""
    best = 0
    most = -1.0
    for v in range(_SERVICES):
        lack = values[v] * (1.0 - client.served[v]) * exp(q.request_noise * normal(draws, key, 2 + v))
        if lack > most:
            most = lack
            best = v
    return best


@compiled
def find_door(region, doors, count, v, first, refers):
    """Carrier of a service with room: the one asked first, or, where carriers refer, the next one with room; else -1.

    Source: F3, F6.
    """
    for step in range(count):
        carrier = region.carriers[doors[v, (first + step) % count]]
        if carrier.users < carrier.places:
            return doors[v, (first + step) % count]
        if step == 0:
            carrier.queue += 1.0
        if not refers:
            return -1
    return -1


@compiled
def serve(world, region, tick, i, c, v):
    """A carrier serves a firm: what it brings follows the carrier's quality, fit and nearness. Source: F2."""
    q = region.numbers[0]
    firm = world.organisations[i]
    client = region.clients[i]
    carrier = region.carriers[c]
    carrier.users += 1.0
    near = 1.0 if carrier.region == firm.region else q.distance
    quality = carrier.quality * region.industries[firm.sector].fit * near
    client.served[v] += q.uptake * max(quality - client.served[v], 0.0)
    fee = min(q.fee, max(firm.funds, 0.0))
    firm.funds -= fee
    world.ledger[tick, Flow.SERVICE_FEE] += fee
    record = region.indicators[tick]
    record.service_revenue += fee
    record.served += 1.0
    if v == Service.FINANCE:
        client.financed = tick
    if v == Service.INFORMATION:
        client.aware += q.uptake * (1.0 - client.aware)
        voice(firm, q.service_voices * quality)
    if v == Service.KNOWLEDGE or v == Service.INFORMATION:
        lead_to_partner(world, region, tick, i, quality)


@compiled
def ask(world, region, tick, i, doors, counts):
    """One firm's request of a quarter: a door, a referral, a package, or a disappointment. Source: F2, F3, F6."""
    q = region.numbers[0]
    firm = world.organisations[i]
    client = region.clients[i]
    draws = stream(world.seed[0], Draw.REQUESTS, tick)
    if uniform(draws, firm.key, 0) >= q.request_rate * firm.stated_need * client.aware:
        return
    coordination = region.state[0].coordination
    record = region.indicators[tick]
    record.requests += 1.0
    values = region.worth[firm.stage]
    v = wanted(client, values, draws, firm.key, q)
    c = -1
    first = 0
    if counts[v] > 0:
        first = int(uniform(draws, firm.key, 1) * counts[v])
        refers = uniform(draws, firm.key, 10) < coordination
        c = find_door(region, doors, counts[v], v, first, refers)
    if c < 0:
        firm.stated_need *= 1.0 - q.disappointment
        record.turned_away += 1.0
        return
    record.referred += 1.0 if c != doors[v, first] else 0.0
    serve(world, region, tick, i, c, v)
    if uniform(draws, firm.key, 11) < coordination:
        further = wanted(client, values, draws, firm.key, q)
        if further != v and counts[further] > 0:
            first = int(uniform(draws, firm.key, 12) * counts[further])
            c = find_door(region, doors, counts[further], further, first, True)
            if c >= 0:
                record.packages += 1.0
                serve(world, region, tick, i, c, further)


@compiled
def benefit(world, region, i):
    """What services do to a firm: methods, learning, and the technology it takes up; all fade. Source: F2, F6."""
    q = region.numbers[0]
    firm = world.organisations[i]
    client = region.clients[i]
    sector = world.sectors[firm.sector]
    total = worth(client, region.worth[firm.stage], q)
    ahead = max(sector.best_practice - firm.productivity, 0.0)
    firm.productivity += min(q.service_absorb * total, 1.0) * ahead
    knowledge = region.worth[firm.stage, Service.KNOWLEDGE] * client.served[Service.KNOWLEDGE]
    firm.method_skill += min(q.service_method * knowledge, 1.0) * (1.0 - firm.method_skill)
    learn(firm, sector.demand, min(q.service_learning * knowledge, 1.0))
    for v in range(_SERVICES):
        client.served[v] -= q.service_fade * client.served[v]
    return total


@compiled
def learn(organisation, demand, speed):
    """Learning where the market asks most: part of what is missing to full command, weighted by demand."""
    most = 0.0
    for d in range(CLASSES):
        most = max(most, demand[d])
    for d in range(CLASSES):
        gain = min(speed * demand[d] / most, 1.0) * (1.0 - organisation.expertise[d])
        organisation.expertise[d] = min(organisation.expertise[d] + gain, 1.0)


@compiled
def close_doors(region):
    """Carriers end the quarter: load is remembered, practice is gained and fades, crowds cost quality. Source: F3."""
    q = region.numbers[0]
    for c in range(region.carriers.shape[0]):
        carrier = region.carriers[c]
        if not carrier.active:
            continue
        room = max(carrier.capacity, 1e-9)
        carrier.load += _LOAD_MEMORY * (min(carrier.users / room, 1.0) - carrier.load)
        crowd = min(carrier.queue / room, 1.0)
        best = (1.0 - q.overload * crowd) * (q.carrier_most + (1.0 - q.carrier_most) * carrier.rank / _TOP)
        carrier.quality += q.practice * (carrier.load * max(best - carrier.quality, 0.0)
                                         - max(carrier.quality - best, 0.0))
        untrained = q.carrier_quality + q.rank_quality * carrier.rank
        carrier.quality -= q.practice_fade * max(carrier.quality - untrained, 0.0)


@compiled
def agencies(world, region, tick):
    """Private agencies enter where clients queue and leave where they stand idle. Source: F3."""
    q = region.numbers[0]
    draws = stream(world.seed[0], Draw.AGENCIES, tick)
    queue = np.zeros(_SERVICES)
    for c in range(region.carriers.shape[0]):
        carrier = region.carriers[c]
        if not carrier.active:
            continue
        queue[carrier.service] += carrier.queue
        alone = carrier.kind == Carrier.SERVICE_AGENCY and carrier.host < 0 and tick - carrier.since > 4
        if alone and carrier.load < q.agency_load and uniform(draws, np.uint64(c), 0) < q.agency_exit:
            carrier.active = False
    v = int(np.argmax(queue))
    each = max(region.kinds[Carrier.SERVICE_AGENCY].capacity, 1.0)
    count = poisson(q.agency_entry * queue.sum() / each, uniform(draws, np.uint64(0), 1))
    for k in range(count):
        c = vacant_carrier(region)
        if c < 0:
            return
        place_carrier(world, region, tick, c, Carrier.SERVICE_AGENCY, Rank.LOCAL, -1, draws, np.uint64(k + 1))
        region.carriers[c].service = v


@compiled
def vacant_carrier(region):
    """First row of the carriers' table that is free, -1 if none."""
    for c in range(region.carriers.shape[0]):
        if not region.carriers[c].active:
            return c
    return -1


@compiled
def place_carrier(world, region, tick, c, kind, rank, purse, draws, entity):
    """A carrier begins in row `c`: capacity and quality of its kind and rank, somewhere in the region. Source: F3."""
    q = region.numbers[0]
    carrier = region.carriers[c]
    carrier.active = True
    carrier.kind = kind
    carrier.rank = rank
    carrier.service = region.kinds[kind].service
    carrier.region = int(uniform(draws, entity, 21) * region.townships.shape[0])
    carrier.host = -1
    carrier.host_key = np.uint64(0)
    carrier.purse = purse
    carrier.since = tick
    carrier.capacity = region.kinds[kind].capacity * (1.0 + q.rank_capacity * carrier.rank)
    spread = q.carrier_spread * (2.0 * uniform(draws, entity, 22) - 1.0)
    carrier.quality = min(max(q.carrier_quality + q.rank_quality * carrier.rank + spread, 0.0), 1.0)
    carrier.area = region.kinds[kind].area
    carrier.users = 0.0
    carrier.queue = 0.0
    carrier.load = 0.0


@compiled
def services(world, region, tick, left):
    """Services of a quarter: every firm of an open sector may ask, in an order that changes. Source: F2."""
    doors = np.empty((_SERVICES, region.carriers.shape[0]), np.int64)
    counts = np.zeros(_SERVICES, np.int64)
    open_doors(world, region, tick, left, doors, counts)
    record = region.indicators[tick]
    draws = stream(world.seed[0], Draw.REQUESTS, tick)
    rows = world.organisations.shape[0]
    first = int(uniform(draws, np.uint64(0), 20) * rows)
    total = 0.0
    count = 0
    for step in range(rows):
        i = (first + step) % rows
        firm = world.organisations[i]
        if not firm.active or firm.kind != Kind.FIRM or not region.industries[firm.sector].open:
            continue
        ask(world, region, tick, i, doors, counts)
        total += benefit(world, region, i)
        count += 1
    record.worth = total / max(count, 1)
    close_doors(region)
    agencies(world, region, tick)
