"""Building, keeping up and raising service carriers: research platforms, public platforms, incubators. Source: F3."""

import numpy as np

from alliancelab.agents.compiled import compiled
from alliancelab.model.accounts import Flow, left_of, pay
from alliancelab.model.declarations import Lever
from alliancelab.model.policy.instrument import Instrument
from alliancelab.model.randomness import stream, uniform
from alliancelab.model.regional.buying import buy
from alliancelab.model.regional.codes import Carrier, Draw, Rank, RegionalPurse, Service
from alliancelab.model.regional.correction import weight_of
from alliancelab.model.regional.rules import approval_odds, capability
from alliancelab.model.regional.services import place_carrier, vacant_carrier

APPROVAL = 100  # draws of a firm for the approval of a carrier of each kind

_YEARLY = "carriers a year"
_BUDGET = Lever("budget", 0.0, 0.0, 1e6, "million yuan a year", "scenario", "Most that is paid in a year.")


def _number(kind: Carrier, source: str) -> Lever:
    title = kind.name.replace("_", " ").lower()
    return Lever(kind.name.lower(), 0.0, 0.0, 200.0, _YEARLY, source, f"Of the kind {title}, built a year.")


RESEARCH_PLATFORMS = Instrument(
    name="research_platforms",
    title="Research and development system",
    policy_stage="services",
    rows=("F3", "F2"),
    eligible="The region; programme money of the year.",
    delivery="Centres, laboratories, institutions and stations are built; the best are raised to national rank.",
    acts_on="Capacity and quality of knowledge and talent services.",
    cost="The public part of building, and running what was built.",
    harm="What nobody asks for stands idle, learns nothing, and costs its upkeep.",
    strength="scale",
    levers=(
        Lever("scale", 0.0, 0.0, 5.0, "ratio", "document II, 5.2 (2)", "Scale of the programme that the numbers give."),
        *(_number(kind, "document II, 4.2 and 5.2 (2)") for kind in (
            Carrier.ENGINEERING_CENTRE, Carrier.TECHNOLOGY_CENTRE, Carrier.KEY_LABORATORY,
            Carrier.RESEARCH_INSTITUTION, Carrier.POSTDOC_STATION, Carrier.ACADEMICIAN_STATION)),
        Lever("raised", 0.0, 0.0, 100.0, _YEARLY, "document II, 5.2 (2)", "Put up for the national rank a year."),
        _BUDGET,
    ),
)

SERVICE_PLATFORMS = Instrument(
    name="service_platforms",
    title="Public service platforms",
    policy_stage="services",
    rows=("F3", "F2"),
    eligible="The region; programme money of the year.",
    delivery="Testing platforms, productivity centres, transfer agencies and finance institutions are built.",
    acts_on="Capacity and quality of information, finance and platform services.",
    cost="The public part of building, and running what was built.",
    harm="What nobody asks for stands idle; private agencies find fewer queues and stay away.",
    strength="scale",
    levers=(
        Lever("scale", 0.0, 0.0, 5.0, "ratio", "document II, 5.2 (3)", "Scale of the programme that the numbers give."),
        *(_number(kind, "document II, 4.2 and 5.2 (3)") for kind in (
            Carrier.PRODUCTIVITY_CENTRE, Carrier.TRANSFER_AGENCY, Carrier.TESTING_CENTRE, Carrier.RELAY_STATION,
            Carrier.FINANCE_INSTITUTION)),
        Lever("raised", 0.0, 0.0, 100.0, _YEARLY, "document II, 5.3 (2)", "Put up for the national rank a year."),
        _BUDGET,
    ),
)

@compiled
def flow_of(purse):
    """Flow in which the building instrument of a purse pays."""
    if purse == RegionalPurse.RESEARCH_PLATFORMS:
        return Flow.RESEARCH_PLATFORMS
    return Flow.SERVICE_PLATFORMS if purse == RegionalPurse.SERVICE_PLATFORMS else Flow.INCUBATION


@compiled
def needs_host(kind):
    """Whether a kind of carrier sits in a firm and has to be approved: centres, laboratories, stations."""
    return (kind == Carrier.ENGINEERING_CENTRE or kind == Carrier.TECHNOLOGY_CENTRE or kind == Carrier.KEY_LABORATORY
            or kind == Carrier.POSTDOC_STATION or kind == Carrier.ACADEMICIAN_STATION)


@compiled
def best_host(world, region, tick, kind):
    """Most capable firm above scale that hosts none of the kind and was not refused this quarter, and its capability.

    The row is -1 if there is none. Source: F3.
    """
    q = region.numbers[0]
    best = -1
    most = -1.0
    for s in range(world.sectors.shape[0]):
        sector = world.sectors[s]
        if not region.industries[s].open:
            continue
        for i in range(sector.first_firm, sector.first_firm + sector.firm_rows):
            firm = world.organisations[i]
            free = region.clients[i].hosts[kind] == 0 and region.clients[i].refused != tick
            if free and firm.active and firm.size >= q.scale:
                able = capability(firm, region.clients[i], sector, q)
                if able > most:
                    most = able
                    best = i
    return best, most


@compiled
def erect(world, region, tick, purse, kind, number):
    """Build carriers of a kind, `number` a year, one by one as the money of the year allows; what cannot be lapses.

    Centres and stations need a host, and the approval of an upper level, which looks at the host. Source: F3.
    """
    q = region.numbers[0]
    state = region.state[0]
    state.building[kind] += number / 4.0
    draws = stream(world.seed[0], Draw.CARRIERS, tick)
    price = region.kinds[kind].price
    while state.building[kind] >= 1.0 - 1e-9:
        c = vacant_carrier(region)
        if c < 0 or left_of(world, tick, purse) < price:
            break
        host = -1
        if needs_host(kind):
            host, able = best_host(world, region, tick, kind)
            if host < 0:
                break
            odds = approval_odds(able, q.host_bar, region.state[0].trust, q)
            if uniform(draws, world.organisations[host].key, APPROVAL + kind) >= odds:
                region.clients[host].refused = tick
                pay(world, tick, purse, flow_of(purse), q.application_price * price)
                state.building[kind] -= 1.0
                continue
        pay(world, tick, purse, flow_of(purse), price)
        place_carrier(world, region, tick, c, kind, Rank.PROVINCIAL, purse, draws, np.uint64(c))
        if host >= 0:
            region.carriers[c].host = host
            region.carriers[c].host_key = world.organisations[host].key
            region.clients[host].hosts[kind] = 1
        region.indicators[tick].built[kind] += 1
        state.building[kind] -= 1.0
    state.building[kind] = min(state.building[kind], 1.0)


@compiled
def keep_up(world, region, tick, on):
    """Run what an instrument built, from its own purse; what is not paid for loses quality. `on` by purse."""
    q = region.numbers[0]
    for c in range(region.carriers.shape[0]):
        carrier = region.carriers[c]
        if not carrier.active or carrier.purse < 0:
            continue
        price = q.upkeep * region.kinds[carrier.kind].price
        paid = buy(world, tick, carrier.purse, flow_of(carrier.purse), price) if on[carrier.purse] else 0.0
        carrier.quality *= 1.0 - q.neglect * (1.0 - paid)


@compiled
def raise_rank(world, region, tick, purse, number):
    """Put the best provincial carriers up for the national rank, if they are good enough. Source: F3.

    The programme for research raises carriers of knowledge services, that for public platforms raises agencies.
    """
    q = region.numbers[0]
    state = region.state[0]
    research = purse == RegionalPurse.RESEARCH_PLATFORMS
    group = 0 if research else 1
    state.upgrading[group] += number / 4.0
    while state.upgrading[group] >= 1.0 - 1e-9:
        best = -1
        for c in range(region.carriers.shape[0]):
            carrier = region.carriers[c]
            suits = carrier.service == Service.KNOWLEDGE if research else is_agency(carrier.kind)
            if carrier.active and suits and carrier.rank == Rank.PROVINCIAL and (
                    best < 0 or carrier.quality > region.carriers[best].quality):
                best = c
        if best < 0 or region.carriers[best].quality < q.upgrade_quality or (
                left_of(world, tick, purse) < q.upgrade_price):
            break
        pay(world, tick, purse, flow_of(purse), q.upgrade_price)
        carrier = region.carriers[best]
        carrier.rank = Rank.NATIONAL
        carrier.capacity *= 1.0 + q.rank_capacity
        region.indicators[tick].raised[carrier.kind] += 1
        state.upgrading[group] -= 1.0
    state.upgrading[group] = min(state.upgrading[group], 1.0)


@compiled
def is_agency(kind):
    """Whether a kind of carrier counts as a service agency rather than a platform or an incubator."""
    return kind >= Carrier.PRODUCTIVITY_CENTRE


@compiled
def build(world, region, tick):
    """The building programmes of a quarter. Source: F3."""
    levers = region.levers[tick]
    scale = levers.research_platforms_scale * weight_of(world, RegionalPurse.RESEARCH_PLATFORMS)
    if scale > 0.0:
        purse = RegionalPurse.RESEARCH_PLATFORMS
        erect(world, region, tick, purse, Carrier.ENGINEERING_CENTRE,
              scale * levers.research_platforms_engineering_centre)
        erect(world, region, tick, purse, Carrier.TECHNOLOGY_CENTRE,
              scale * levers.research_platforms_technology_centre)
        erect(world, region, tick, purse, Carrier.KEY_LABORATORY, scale * levers.research_platforms_key_laboratory)
        erect(world, region, tick, purse, Carrier.RESEARCH_INSTITUTION,
              scale * levers.research_platforms_research_institution)
        erect(world, region, tick, purse, Carrier.POSTDOC_STATION, scale * levers.research_platforms_postdoc_station)
        erect(world, region, tick, purse, Carrier.ACADEMICIAN_STATION,
              scale * levers.research_platforms_academician_station)
        raise_rank(world, region, tick, purse, scale * levers.research_platforms_raised)
    scale = levers.service_platforms_scale * weight_of(world, RegionalPurse.SERVICE_PLATFORMS)
    if scale > 0.0:
        purse = RegionalPurse.SERVICE_PLATFORMS
        erect(world, region, tick, purse, Carrier.PRODUCTIVITY_CENTRE,
              scale * levers.service_platforms_productivity_centre)
        erect(world, region, tick, purse, Carrier.TRANSFER_AGENCY, scale * levers.service_platforms_transfer_agency)
        erect(world, region, tick, purse, Carrier.TESTING_CENTRE, scale * levers.service_platforms_testing_centre)
        erect(world, region, tick, purse, Carrier.RELAY_STATION, scale * levers.service_platforms_relay_station)
        erect(world, region, tick, purse, Carrier.FINANCE_INSTITUTION,
              scale * levers.service_platforms_finance_institution)
        raise_rank(world, region, tick, purse, scale * levers.service_platforms_raised)
