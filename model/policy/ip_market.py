"""Market for intellectual property: licences, sales, pledged loans, and four kinds of services. Source: D5."""

import numpy as np

from alliancelab.agents.alliance_rules import licence_rate
from alliancelab.agents.codes import Event
from alliancelab.agents.compiled import compiled
from alliancelab.model.accounts import Count, Flow, Purse, pay, record_event
from alliancelab.model.declarations import Lever
from alliancelab.model.loans import repay
from alliancelab.model.policy.instrument import Instrument, budget_lever
from alliancelab.model.randomness import Process, poisson, stream, uniform
from alliancelab.model.seats import seat_of

INSTRUMENT = Instrument(
    name="ip_market",
    title="Market for intellectual property",
    policy_stage="maturity",
    rows=("D5",),
    eligible="Alliances with property of their own; firms at home and abroad as buyers.",
    delivery="Agencies for analysis, valuation, litigation and early warning; guarantees for loans on pledged "
    "property.",
    acts_on="How many buyers are found, what a deal costs, what members quarrel about, what imitators dare, the money "
    "an alliance can borrow.",
    cost="Each of the four services in every sector; guaranteed loans that fail.",
    harm="Loans keep alliances going that cannot repay; licences and sales arm competitors.",
    strength="services",
    levers=(
        Lever("services", 0.0, 0.0, 1.0, "strength", "document I, 3.3 (3)", "How much of each of the four is offered."),
        Lever("analysis", 1.0, 0.0, 1.0, "share", "document I, 3.3 (3)",
              "Analysis: buyers and sellers find each other."),
        Lever("valuation", 1.0, 0.0, 1.0, "share", "document I, 3.3 (3)",
              "Valuation: deals cost less; pledges, sales."),
        Lever("litigation", 1.0, 0.0, 1.0, "share", "document I, 3.3 (3)", "Litigation: disputes are settled."),
        Lever("warning", 1.0, 0.0, 1.0, "share", "document I, 3.3 (3)", "Early warning: imitators are noticed."),
        Lever("sale", 0.2, 0.0, 1.0, "share", "document I, 3.3 (3)", "Deals that are sales, where property is valued."),
        Lever("pledge", 0.0, 0.0, 1.0, "share", "document I, 3.3 (3)", "Part of a pledged loan that is guaranteed, "
              "where valuation is offered; 0 is no loan."),
        budget_lever(),
    ),
)

DRAWS = 6  # indices that one deal may use


@compiled
def quarterly(world, tick):
    """Pay the quarter's services, sector by sector, as far as the money goes; lend on property."""
    levers = world.levers[tick]
    p = world.parameters[0]
    kinds = levers.ip_market_analysis + levers.ip_market_valuation + levers.ip_market_litigation
    kinds += levers.ip_market_warning
    for s in range(world.sectors.shape[0]):
        sector = world.sectors[s]
        offered = 0.0
        if levers.ip_market_services > 0.0 and kinds > 0.0:
            price = p.ip_services_price * levers.ip_market_services * kinds
            offered = levers.ip_market_services * pay(world, tick, Purse.IP_MARKET, Flow.IP_SERVICES, price) / price
        sector.analysis = levers.ip_market_analysis * offered
        sector.valuation = levers.ip_market_valuation * offered
        sector.litigation = levers.ip_market_litigation * offered
        sector.warning = levers.ip_market_warning * offered
    for k in range(world.counts[Count.LIVE]):
        finance(world, tick, world.live[k], levers.ip_market_pledge)


@compiled
def trade(world, tick, a):
    """Close the quarter's property deals: licences and sales, at home and abroad. Source: D5, D7."""
    p = world.parameters[0]
    alliance = world.alliances[a]
    sector = world.sectors[alliance.sector]
    if sector.analysis <= 0.0 or alliance.quality <= 0.0:
        return
    cost = p.transaction_cost * (1.0 - sector.valuation)
    if cost >= p.licence_price:
        return  # a deal would cost more than it brings
    draws = stream(world.seed[0], Process.LICENCES, tick)
    for j in range(poisson(licence_rate(alliance, sector, p), uniform(draws, alliance.key, 0))):
        pick = uniform(draws, alliance.key, DRAWS * j + 4)
        luck = uniform(draws, alliance.key, DRAWS * j + 5)
        if uniform(draws, alliance.key, DRAWS * j + 1) < p.licence_abroad:
            if uniform(draws, alliance.key, DRAWS * j + 2) >= alliance.kept_home:
                sell_abroad(world, tick, a, cost)
        elif uniform(draws, alliance.key, DRAWS * j + 3) < world.levers[tick].ip_market_sale * sector.valuation:
            sell_property(world, tick, a, cost, pick, luck)
        else:
            license_out(world, tick, a, cost, pick, luck)


@compiled
def buyer(world, a, pick, luck, price):
    """Row of a firm of the sector that is behind, no member, of a region that may buy, and can pay; -1 if none."""
    alliance = world.alliances[a]
    sector = world.sectors[alliance.sector]
    row = sector.first_firm + int(pick * sector.firm_rows)
    firm = world.organisations[row]
    if not firm.active or seat_of(world, row, a) >= 0 or alliance.quality <= firm.productivity or firm.funds < price:
        return -1
    # What is confined to the region is licensed there only.
    if firm.region != alliance.region and luck < alliance.confined:
        return -1
    return row


@compiled
def license_out(world, tick, a, cost, pick, luck):
    """A firm buys the use of a technology: it pays and produces better. Source: D5."""
    p = world.parameters[0]
    alliance = world.alliances[a]
    row = buyer(world, a, pick, luck, p.licence_price)
    if row < 0:
        return
    firm = world.organisations[row]
    firm.funds -= p.licence_price
    firm.productivity += p.licence_absorb * (alliance.quality - firm.productivity)
    alliance.funds += p.licence_price - cost
    alliance.licences += 1.0
    world.ledger[tick, Flow.LICENCE] += p.licence_price
    world.ledger[tick, Flow.TRANSACTION] += cost
    world.curves[tick].licences += 1.0


@compiled
def sell_property(world, tick, a, cost, pick, luck):
    """A firm buys the property itself: it pays more and gets all of it; the seller has a patent less. Source: D5."""
    p = world.parameters[0]
    alliance = world.alliances[a]
    price = p.sale_price * p.licence_price
    if alliance.core_patents < 1.0:
        return
    row = buyer(world, a, pick, luck, price)
    if row < 0:
        return
    firm = world.organisations[row]
    firm.funds -= price
    firm.productivity += p.sale_absorb * (alliance.quality - firm.productivity)
    alliance.funds += price - cost
    alliance.core_patents -= 1.0
    alliance.sold += 1.0
    best = 0
    for x in range(alliance.lines):
        if world.lines[a, x].core_patents > world.lines[a, best].core_patents:
            best = x
    world.lines[a, best].core_patents = max(world.lines[a, best].core_patents - 1.0, 0.0)
    # The buyer competes with what it owns now.
    world.lines[a, best].launched *= 1.0 - p.sale_loss
    world.ledger[tick, Flow.PROPERTY_SALE] += price
    world.ledger[tick, Flow.TRANSACTION] += cost
    record_event(world, tick, Event.PROPERTY_SOLD, a, firm.key, price)


@compiled
def sell_abroad(world, tick, a, cost):
    """A buyer abroad pays more, and arms the competition outside. Source: D7."""
    p = world.parameters[0]
    alliance = world.alliances[a]
    price = p.licence_price * (1.0 + p.abroad_premium)
    alliance.funds += price - cost
    alliance.licences += 1.0
    alliance.leaked += p.leak_licence * (1.0 - alliance.leaked)
    world.ledger[tick, Flow.FOREIGN_LICENCE] += price
    world.ledger[tick, Flow.TRANSACTION] += cost
    world.curves[tick].licences += 1.0


@compiled
def finance(world, tick, a, pledge):
    """Loans on pledged property for alliances short of money; who owes repays first. Source: D5."""
    p = world.parameters[0]
    alliance = world.alliances[a]
    if alliance.loan > 0.0:
        repay(world, tick, a)
        return
    property_ = p.pledge_value * (alliance.core_patents + alliance.generic_patents)
    valuation = world.sectors[alliance.sector].valuation
    short = alliance.funds - alliance.public_funds < p.scarce_funds * alliance.running
    if pledge <= 0.0 or valuation <= 0.0 or not short or property_ <= 0.0:
        return
    alliance.loan = property_ * pledge * valuation
    alliance.guarantee = pledge
    alliance.funds += alliance.loan
    world.ledger[tick, Flow.LOAN] += alliance.loan
    record_event(world, tick, Event.LOAN, a, np.uint64(0), alliance.loan)
