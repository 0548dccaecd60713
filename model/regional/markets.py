"""Internationalisation: exhibitions and an exchange centre open markets, bring partners - and rivals. Source: F9."""

from math import exp

from alliancelab.agents.codes import Kind
from alliancelab.agents.compiled import compiled
from alliancelab.model.accounts import Flow
from alliancelab.model.declarations import Lever
from alliancelab.model.policy.instrument import Instrument
from alliancelab.model.randomness import stream, uniform
from alliancelab.model.regional.buying import buy
from alliancelab.model.regional.codes import Draw, RegionalPurse
from alliancelab.model.tables import CLASSES

INSTRUMENT = Instrument(
    name="internationalisation",
    title="International brand",
    policy_stage="services",
    rows=("F9",),
    eligible="Firms of open sectors, by the level of their technology.",
    delivery="An international exhibition and an exchange centre.",
    acts_on="The foreign demand that firms reach, and foreign partners that they meet.",
    cost="The exhibition and the centre.",
    harm="Guests sell here, too: firms far behind lose orders at home.",
    strength="exhibition",
    levers=(
        Lever("exhibition", 0.0, 0.0, 1.0, "strength", "document II, 5.2 (7)", "Size of the exhibition."),
        Lever("exchange", 0.0, 0.0, 1.0, "strength", "document II, 5.2 (7)", "Exchange with partners; acts with the "
              "exhibition."),
        Lever("budget", 0.0, 0.0, 1e6, "million yuan a year", "scenario", "Most that is paid in a year."),
    ),
)


@compiled
def skill(world, firm):
    """Technology in use over the world's frontier, in [0, 1]."""
    return min(firm.productivity / max(world.sectors[firm.sector].world_frontier, 1e-9), 1.0)


@compiled
def win_orders(world, region, s):
    """Foreign orders of a sector's firms: what they can win of a demand that rivals elsewhere share in. Source: F9.

    A firm offers a small part of what it makes abroad, so that there is demand left where few firms are within reach.
    """
    q = region.numbers[0]
    sector = world.sectors[s]
    offered = 0.0
    for i in range(sector.first_firm, sector.first_firm + sector.firm_rows):
        firm = world.organisations[i]
        if firm.active:
            offered += q.foreign_offer * region.clients[i].reach * skill(world, firm) * firm.size
    demand = region.industries[s].demand
    share = demand / max(offered + demand, 1e-9)  # rivals offer as much as is asked for
    for i in range(sector.first_firm, sector.first_firm + sector.firm_rows):
        firm = world.organisations[i]
        if not firm.active:
            continue
        client = region.clients[i]
        won = share * q.foreign_offer * client.reach * skill(world, firm) * firm.size
        change = max(q.foreign_speed * (won - client.exports), -0.5 * firm.size)
        client.exports += change
        firm.size += change


@compiled
def meet_partner(world, region, tick, i):
    """A firm works with a foreign partner of its sector, learns what that knows better, takes up technology.

    Source: F9.
    """
    q = region.numbers[0]
    firm = world.organisations[i]
    draws = stream(world.seed[0], Draw.PARTNERS, tick)
    number = int(q.foreign_partners)
    partner = region.partners[firm.sector * number + int(uniform(draws, firm.key, 1) * number)]
    partner.contacts += 1.0
    region.indicators[tick].foreign_contracts += 1.0
    for d in range(CLASSES):
        firm.expertise[d] += q.foreign_learning * max(partner.expertise[d] - firm.expertise[d], 0.0)
    firm.productivity += q.foreign_technology * max(world.sectors[firm.sector].best_practice - firm.productivity, 0.0)


@compiled
def go_abroad(world, region, tick):
    """A quarter of exhibition and exchange; reach fades without them. Source: F9."""
    levers = region.levers[tick]
    q = region.numbers[0]
    exhibition = levers.internationalisation_exhibition
    exchange = levers.internationalisation_exchange
    if exhibition > 0.0:
        price = q.exhibition_price * exhibition + q.exchange_price * exchange
        paid = buy(world, tick, RegionalPurse.INTERNATIONALISATION, Flow.EXHIBITION, price)
        exhibition *= paid
        exchange *= paid
    draws = stream(world.seed[0], Draw.PARTNERS, tick)
    for i in range(world.organisations.shape[0]):
        client = region.clients[i]
        firm = world.organisations[i]
        client.reach -= q.reach_fade * client.reach
        if exhibition <= 0.0 or not firm.active or firm.kind != Kind.FIRM or not region.industries[firm.sector].open:
            continue
        behind = max(1.0 - firm.productivity / world.sectors[firm.sector].best_practice, 0.0)
        client.reach += q.reach_gain * exhibition * skill(world, firm) * (1.0 - client.reach)
        firm.size *= exp(-q.foreign_rivalry * exhibition * behind)
        if uniform(draws, firm.key, 0) < q.foreign_meets * exchange * client.reach:
            meet_partner(world, region, tick, i)
    for s in range(world.sectors.shape[0]):
        region.industries[s].demand *= exp(world.sectors[s].growth / 4.0)
        win_orders(world, region, s)
