"""Market for intellectual property: licences, pledged loans, and agencies that make both cheaper. Source: D5."""

import numpy as np

from alliancelab.agents.alliance_rules import licence_rate
from alliancelab.agents.codes import Event
from alliancelab.agents.compiled import inner
from alliancelab.model.accounts import Count, Flow, Purse, pay, record_event
from alliancelab.model.contract import is_member
from alliancelab.model.declarations import Lever
from alliancelab.model.loans import repay
from alliancelab.model.policy.instrument import Instrument
from alliancelab.model.randomness import Process, poisson, stream, uniform

INSTRUMENT = Instrument(
    name="ip_market",
    title="Market for intellectual property",
    policy_stage="maturity",
    rows=("D5",),
    eligible="Alliances with property of their own; firms of the sector as buyers.",
    delivery="Agencies for analysis, valuation, brokerage and early warning; guarantees for loans on pledged property.",
    acts_on="The cost of a licence deal, the money an alliance can borrow.",
    cost="Services in every sector; guaranteed loans that fail.",
    harm="Loans keep alliances going that cannot repay; licences arm competitors.",
    strength="services",
    levers=(
        Lever("services", 0.0, 0.0, 1.0, "strength", "document I, 3.3", "Services that lower the cost of a deal."),
        Lever("pledge", 0.0, 0.0, 1.0, "share", "document I, 3.3", "Part of a pledged loan that is guaranteed, where "
              "services value the property; 0 is no loan."),
        Lever("budget", 0.0, 0.0, 1e6, "million yuan a year", "scenario", "Most that is paid in a year."),
    ),
)


@inner
def open_market(world, tick):
    """Pay the quarter's services, sector by sector, as far as the money goes."""
    services = world.levers[tick].ip_market_services
    p = world.parameters[0]
    for s in range(world.sectors.shape[0]):
        sector = world.sectors[s]
        sector.ip_services = 0.0
        if services > 0.0:
            price = p.ip_services_price * services
            sector.ip_services = services * pay(world, tick, Purse.IP_MARKET, Flow.IP_SERVICES, price) / price


@inner
def license_out(world, tick, a):
    """Sell licences: firms of the sector buy, pay, and produce better; the deal costs the seller. Source: D5."""
    p = world.parameters[0]
    alliance = world.alliances[a]
    sector = world.sectors[alliance.sector]
    if sector.ip_services <= 0.0 or alliance.quality <= 0.0:
        return
    cost = p.transaction_cost * (1.0 - sector.ip_services)
    if cost >= p.licence_price:
        return  # a deal would cost more than it brings
    draws = stream(world.seed[0], Process.LICENCES, tick)
    deals = poisson(licence_rate(alliance, sector, p), uniform(draws, alliance.key, 0))
    for j in range(deals):
        row = sector.first_firm + int(uniform(draws, alliance.key, j + 1) * sector.firm_rows)
        buyer = world.organisations[row]
        ahead = alliance.quality - buyer.productivity
        if not buyer.active or is_member(buyer, a) or ahead <= 0.0 or buyer.funds < p.licence_price:
            continue
        buyer.funds -= p.licence_price
        alliance.funds += p.licence_price - cost
        world.ledger[tick, Flow.LICENCE] += p.licence_price
        world.ledger[tick, Flow.TRANSACTION] += cost
        buyer.productivity += p.licence_absorb * ahead
        alliance.licences += 1.0


@inner
def finance(world, tick):
    """Loans on pledged property for alliances short of money; who owes repays first. Source: D5."""
    pledge = world.levers[tick].ip_market_pledge
    p = world.parameters[0]
    for k in range(world.counts[Count.LIVE]):
        a = world.live[k]
        alliance = world.alliances[a]
        if alliance.loan > 0.0:
            repay(world, tick, a)
            continue
        property_ = p.pledge_value * (alliance.core_patents + alliance.generic_patents)
        services = world.sectors[alliance.sector].ip_services
        if pledge <= 0.0 or services <= 0.0 or alliance.effort >= p.scarce_effort or property_ <= 0.0:
            continue
        alliance.loan = property_ * pledge * services
        alliance.guarantee = pledge
        alliance.funds += alliance.loan
        world.ledger[tick, Flow.LOAN] += alliance.loan
        record_event(world, tick, Event.LOAN, a, np.uint64(0), alliance.loan)
