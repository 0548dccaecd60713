"""Platforms: laboratories, engineering centres and test facilities hosted by alliances, open to others. Source: C4."""

import numpy as np

from alliancelab.agents.codes import Event
from alliancelab.agents.compiled import inner
from alliancelab.agents.government_rules import can_host, platform_access
from alliancelab.model.accounts import Count, Flow, Purse, left_of, pay, record_event
from alliancelab.model.declarations import Lever
from alliancelab.model.policy.instrument import NOT_ELIGIBLE, Instrument, addressed, best_of

INSTRUMENT = Instrument(
    name="platforms",
    title="Platforms",
    policy_stage="growth",
    rows=("C4",),
    eligible="Alliances with funds for their part, technology and leadership, and reach to outsiders.",
    delivery="Some are built each year by the government and the host together; the host runs them.",
    acts_on="Efficiency of joint research of those served; far ones and crowded ones serve less.",
    cost="The government's part of building; the host pays its part and the running.",
    harm="Too few are crowded, too many stand idle, and running them eats the hosts' research money.",
    strength="number",
    stages=("growth", "maturity", "regrowth"),
    levers=(
        Lever("number", 0.0, 0.0, 1_000.0, "platforms a year", "document I, 3.2", "Platforms built a year."),
        Lever("share", 0.5, 0.0, 1.0, "share", "document I, 3.2 (co-investment)", "The government's part of building."),
        Lever("openness", 0.5, 0.0, 1.0, "share", "document I, 3.2 (reach to outsiders)",
              "Service that outsiders of the alliance get."),
        Lever("budget", 0.0, 0.0, 1e6, "million yuan a year", "scenario", "Most that is paid in a year."),
    ),
)


@inner
def region_of(world, alliance):
    """Region of an alliance: where its host sits."""
    return world.organisations[world.seats[alliance.block, 0].row].region


@inner
def build(world, tick):
    """The yearly programme: the best of those that meet the three conditions of a host. Source: C4."""
    levers = world.levers[tick]
    p = world.parameters[0]
    government = world.government[0]
    if levers.platforms_number <= 0.0:
        return
    government.platforms += levers.platforms_number
    public = levers.platforms_share * p.platform_price
    own = p.platform_price - public
    live = world.counts[Count.LIVE]
    scores = np.full(live, NOT_ELIGIBLE)
    for k in range(live):
        alliance = world.alliances[world.live[k]]
        if addressed(levers.platforms_stages, alliance.stage) and can_host(alliance, own, p):
            scores[k] = alliance.technology + alliance.governance + alliance.openness - alliance.platform
    while government.platforms >= 1.0 and left_of(world, tick, Purse.PLATFORMS) >= public:
        k = best_of(scores)
        if k < 0:
            break
        scores[k] = NOT_ELIGIBLE
        alliance = world.alliances[world.live[k]]
        alliance.public_total += pay(world, tick, Purse.PLATFORMS, Flow.PLATFORM, public)
        alliance.funds -= own
        world.ledger[tick, Flow.PLATFORM_BUILDING] += p.platform_price
        alliance.platform += p.platform_capacity
        government.platforms -= 1.0
        record_event(world, tick, Event.PLATFORM_BUILT, world.live[k], np.uint64(0), alliance.platform)
    government.platforms = min(government.platforms, 1.0)  # what could not be built lapses


@inner
def run(world, tick):
    """Hosts run their platforms; alliances get access, near ones more, less in a crowd. Source: C4."""
    p = world.parameters[0]
    openness = world.levers[tick].platforms_openness
    for s in range(world.platforms.shape[0]):
        for r in range(world.platforms.shape[1]):
            world.platforms[s, r].capacity = 0.0
    served = False
    for k in range(world.counts[Count.LIVE]):
        alliance = world.alliances[world.live[k]]
        if alliance.platform <= 0.0:
            continue
        own = max(alliance.funds - alliance.public_funds, 0.0)
        upkeep = p.platform_upkeep * alliance.platform
        paid = min(upkeep, own)
        alliance.funds -= paid
        world.ledger[tick, Flow.PLATFORM_UPKEEP] += paid
        lost = p.platform_decay + p.platform_neglect * (1.0 - paid / upkeep)
        alliance.platform *= 1.0 - min(lost, 1.0)
        world.platforms[alliance.sector, region_of(world, alliance)].capacity += alliance.platform
        served = True
    for k in range(world.counts[Count.LIVE]):
        alliance = world.alliances[world.live[k]]
        alliance.access = 0.0
        if served:
            near = near_capacity(world, alliance)
            alliance.access = platform_access(alliance.platform, near, world.sectors[alliance.sector].living, openness)


@inner
def near_capacity(world, alliance):
    """Capacity of an alliance's sector, that of other regions discounted for distance."""
    p = world.parameters[0]
    home = region_of(world, alliance)
    near = 0.0
    for r in range(world.platforms.shape[1]):
        capacity = world.platforms[alliance.sector, r].capacity
        near += capacity if r == home else p.platform_distance * capacity
    return near
