"""Internationalisation: exhibitions and an exchange centre open markets, bring partners - and rivals. Source: F9."""

from math import exp

from alliancelab.agents.codes import Kind
from alliancelab.agents.compiled import inner
from alliancelab.model.accounts import Flow
from alliancelab.model.declarations import Lever
from alliancelab.model.policy.instrument import Instrument
from alliancelab.model.regional.buying import buy
from alliancelab.model.regional.codes import RegionalPurse
from alliancelab.model.regional.services import learn

INSTRUMENT = Instrument(
    name="internationalisation",
    title="International brand",
    policy_stage="services",
    rows=("F9",),
    eligible="Firms of open sectors, by the level of their technology.",
    delivery="An international exhibition and an exchange centre.",
    acts_on="The foreign market that firms reach, and foreign partners that they learn from.",
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


@inner
def go_abroad(world, region, tick):
    """A quarter of exhibition and exchange; reach fades without them. Source: F9."""
    levers = region.levers[tick]
    q = region.numbers[0]
    exhibition = levers.internationalisation_exhibition
    paid = 0.0
    if exhibition > 0.0:
        price = q.exhibition_price * exhibition
        paid = buy(world, tick, RegionalPurse.INTERNATIONALISATION, Flow.EXHIBITION, price)
    exhibition *= paid
    exchange = levers.internationalisation_exchange * paid
    for i in range(world.organisations.shape[0]):
        client = region.clients[i]
        firm = world.organisations[i]
        client.reach -= q.reach_fade * client.reach
        if not firm.active or firm.kind != Kind.FIRM or not region.industries[firm.sector].open:
            continue
        sector = world.sectors[firm.sector]
        level = min(firm.productivity / max(sector.world_frontier, 1e-9), 1.0)
        behind = max(1.0 - firm.productivity / sector.best_practice, 0.0)
        client.reach += q.reach_gain * exhibition * level * (1.0 - client.reach)
        firm.size *= exp(q.foreign_growth * client.reach * level - q.foreign_rivalry * exhibition * behind)
        learn(firm, sector.demand, q.foreign_learning * exchange * client.reach)
