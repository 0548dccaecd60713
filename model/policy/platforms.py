"""Platforms: laboratories, parks, public platforms, service centres, of alliances, for others too. Source: C4."""

from math import exp

import numpy as np

from alliancelab.agents.codes import Event, Kind, PlatformKind
from alliancelab.agents.compiled import compiled
from alliancelab.agents.government_rules import can_host, platform_access
from alliancelab.model.accounts import Count, Flow, Purse, left_of, pay, record_event
from alliancelab.model.declarations import Lever
from alliancelab.model.policy.instrument import NOT_ELIGIBLE, Instrument, addressed, best_of, budget_lever

INSTRUMENT = Instrument(
    name="platforms",
    title="Platforms",
    policy_stage="growth",
    rows=("C4",),
    eligible="Alliances with funds, technology and leadership, with test facilities, and with reach to outsiders.",
    delivery="Some are built each year by the government and the host together; the host runs them.",
    acts_on="Laboratories: research. Parks: industrialisation of alliances in the region. Public platforms: testing "
    "before a launch. Service centres: how many of those outside put into words what they lack.",
    cost="The government's part of building; the host pays its part and the running.",
    harm="Too few are crowded, too many stand idle, and running them eats the hosts' research money.",
    strength="number",
    stages=("growth", "maturity", "regrowth"),
    levers=(
        Lever("number", 0.0, 0.0, 1_000.0, "platforms a year", "document I, 3.2", "Platforms built a year."),
        Lever("laboratories", 1.0, 0.0, 10.0, "weight", "document I, 3.2", "Laboratories and engineering centres."),
        Lever("parks", 1.0, 0.0, 10.0, "weight", "document I, 3.2", "Science and industry parks."),
        Lever("public_platforms", 1.0, 0.0, 10.0, "weight", "document I, 3.2", "Shared testing and equipment."),
        Lever("service_centres", 1.0, 0.0, 10.0, "weight", "document I, 3.2", "Productivity and start-up centres."),
        Lever("share", 0.5, 0.0, 1.0, "share", "document I, 3.2 (co-investment)", "The government's part of building."),
        Lever("openness", 0.5, 0.0, 1.0, "share", "document I, 3.2 (reach to outsiders)",
              "Service of laboratories and parks that outsiders of the alliance get."),
        Lever("conditions", 1.0, 0.0, 1.0, "strength", "document I, 3.2", "How strictly hosts are chosen."),
        Lever("pilots_first", 0.5, 0.0, 1.0, "strength", "document I, 3.3 (2)",
              "Weight of being a pilot in the choice."),
        budget_lever(),
    ),
)

KINDS = 4


@compiled
def test_facilities(world, a):
    """Facilities for engineering tests that an alliance's institutes and agencies and its later projects bring."""
    alliance = world.alliances[a]
    bodies = 0.0
    place = alliance.first_seat
    while place >= 0:
        kind = world.organisations[world.seats[place].row].kind
        bodies += 1.0 if kind == Kind.AGENCY or kind == Kind.INSTITUTE else 0.0
        place = world.seats[place].next
    ready = 0.0
    for x in range(alliance.lines):
        ready = max(ready, world.lines[a, x].industrialised)
    return 1.0 - exp(-(bodies / 3.0 + ready))


@compiled
def weight_of(levers, kind):
    """Weight of a kind of platform in this year's programme."""
    if kind == PlatformKind.LABORATORY:
        return levers.platforms_laboratories
    if kind == PlatformKind.PARK:
        return levers.platforms_parks
    if kind == PlatformKind.PUBLIC_PLATFORM:
        return levers.platforms_public_platforms
    return levers.platforms_service_centres


@compiled
def yearly(world, tick):
    """The yearly programme: of each kind, the best of those that meet the three conditions of a host. Source: C4."""
    levers = world.levers[tick]
    if levers.platforms_number <= 0.0:
        return
    government = world.government[0]
    total = 0.0
    for kind in range(KINDS):
        total += weight_of(levers, kind)
    scores = np.empty(world.counts[Count.LIVE])
    for kind in range(KINDS):
        government.platforms[kind] += levers.platforms_number * weight_of(levers, kind) / max(total, 1e-9)
        if government.platforms[kind] >= 1.0:
            build(world, tick, kind, scores)


@compiled
def build(world, tick, kind, scores):
    """Build what is due of one kind, as far as hosts and money reach; what could not be built lapses but for one."""
    levers = world.levers[tick]
    p = world.parameters[0]
    government = world.government[0]
    public = levers.platforms_share * p.platform_price
    own = p.platform_price - public
    for k in range(len(scores)):
        a = world.live[k]
        alliance = world.alliances[a]
        scores[k] = NOT_ELIGIBLE
        if addressed(levers.platforms_stages, alliance.stage) and can_host(
                alliance, own, test_facilities(world, a), levers.platforms_conditions, p):
            scores[k] = alliance.technology + alliance.governance + alliance.openness - alliance.hosted[kind]
            scores[k] += levers.platforms_pilots_first * alliance.label
    while government.platforms[kind] >= 1.0 and left_of(world, tick, Purse.PLATFORMS) >= public:
        k = best_of(scores)
        if k < 0:
            break
        scores[k] = NOT_ELIGIBLE
        alliance = world.alliances[world.live[k]]
        alliance.public_total += pay(world, tick, Purse.PLATFORMS, Flow.PLATFORM, public)
        alliance.funds -= own
        world.ledger[tick, Flow.PLATFORM_BUILDING] += p.platform_price
        alliance.hosted[kind] += p.platform_capacity
        government.platforms[kind] -= 1.0
        record_event(world, tick, Event.PLATFORM_BUILT, world.live[k], np.uint64(0), float(kind))
    government.platforms[kind] = min(government.platforms[kind], 1.0)


@compiled
def keep_up(world, tick, a):
    """The host pays the upkeep of its platforms as far as its money reaches; they wear, faster where it does not."""
    p = world.parameters[0]
    alliance = world.alliances[a]
    capacity = 0.0
    for kind in range(KINDS):
        capacity += alliance.hosted[kind]
    if capacity <= 0.0:
        return
    upkeep = p.platform_upkeep * capacity
    paid = min(upkeep, max(alliance.funds - alliance.public_funds, 0.0))
    alliance.funds -= paid
    world.ledger[tick, Flow.PLATFORM_UPKEEP] += paid
    lost = min(p.platform_decay + p.platform_neglect * (1.0 - paid / upkeep), 1.0)
    for kind in range(KINDS):
        alliance.hosted[kind] *= 1.0 - lost
        world.platforms[alliance.sector, alliance.region].capacity[kind] += alliance.hosted[kind]


@compiled
def near(world, alliance, kind):
    """Capacity within reach: a laboratory's less at a distance, a public platform's alike; a park's within its region.

    A park serves all sectors, the others their own. Source: C4.
    """
    p = world.parameters[0]
    total = 0.0
    if kind == PlatformKind.PARK:
        for s in range(world.platforms.shape[0]):
            total += world.platforms[s, alliance.region].capacity[kind]
        return total
    for r in range(world.platforms.shape[1]):
        capacity = world.platforms[alliance.sector, r].capacity[kind]
        far = r != alliance.region and kind == PlatformKind.LABORATORY
        total += p.platform_distance * capacity if far else capacity
    return total


@compiled
def quarterly(world, tick):
    """Hosts run their platforms; alliances and outsiders get access, near ones more, less in a crowd. Source: C4."""
    openness = world.levers[tick].platforms_openness
    p = world.parameters[0]
    for s in range(world.platforms.shape[0]):
        for r in range(world.platforms.shape[1]):
            world.platforms[s, r].capacity[:] = 0.0
    for k in range(world.counts[Count.LIVE]):
        keep_up(world, tick, world.live[k])
    for k in range(world.counts[Count.LIVE]):
        alliance = world.alliances[world.live[k]]
        users = world.sectors[alliance.sector].living
        own_laboratories = alliance.hosted[PlatformKind.LABORATORY]
        laboratories = near(world, alliance, PlatformKind.LABORATORY)
        own_parks = alliance.hosted[PlatformKind.PARK]
        parks = near(world, alliance, PlatformKind.PARK)
        public = near(world, alliance, PlatformKind.PUBLIC_PLATFORM)
        alliance.access = platform_access(own_laboratories, laboratories, users, openness)
        alliance.parks = platform_access(own_parks, parks, users, openness)
        alliance.tests = platform_access(0.0, public, users, 1.0)  # open to all, the host one of them
    for s in range(world.sectors.shape[0]):
        serve_outsiders(world, s, p)


@compiled
def serve_outsiders(world, s, p):
    """Service centres serve the firms outside: what they lack is put into words. Source: C4."""
    sector = world.sectors[s]
    capacity = 0.0
    for r in range(world.platforms.shape[1]):
        capacity += world.platforms[s, r].capacity[PlatformKind.SERVICE_CENTRE]
    sector.served = 1.0 - exp(-p.centre_reach * capacity / max(sector.firm_count / 100.0, 1e-9))
