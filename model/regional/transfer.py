"""Technology transfer: hotline and visits put latent need into words and make services known. Source: F5."""

import numpy as np

from alliancelab.agents.codes import Kind
from alliancelab.agents.compiled import compiled
from alliancelab.model.accounts import Flow, pay
from alliancelab.model.declarations import Lever
from alliancelab.model.policy.instrument import Instrument
from alliancelab.model.randomness import stream, uniform
from alliancelab.model.regional.buying import buy
from alliancelab.model.regional.codes import Draw, RegionalPurse
from alliancelab.model.seats import remember
from alliancelab.model.tables import SEGMENTS

INSTRUMENT = Instrument(
    name="technology_transfer",
    title="Technology transfer and demand activation",
    policy_stage="services",
    rows=("F5", "F1"),
    eligible="Every firm of a sector that the service system serves.",
    delivery="A hotline for all, visits to a share of firms each quarter, meetings of neighbours in the chain.",
    acts_on="Stated need and knowledge of services.",
    cost="The hotline, each visit, each meeting.",
    harm="Needs that no carrier has room for are turned away and voiced less; firms visited often say less.",
    strength="visits",
    levers=(
        Lever("visits", 0.0, 0.0, 1.0, "share a quarter", "document II, 4.1", "Firms visited in a quarter."),
        Lever("hotline", 0.0, 0.0, 1.0, "strength", "document II, 3.6 and 4.1",
              "Strength of the hotline; acts with visits."),
        Lever("chain", 0.0, 0.0, 1.0, "share a quarter", "document II, 2.1 (chains)",
              "Firms brought together with a neighbour in the industry chain in a quarter; acts with visits."),
        Lever("budget", 0.0, 0.0, 1e6, "million yuan a year", "scenario", "Most that is paid in a year."),
    ),
)

_FORGOTTEN = 0.25  # a visit counts for a year
_SEEN = 8  # firms looked at for a neighbour in the chain, of which a quarter are one


@compiled
def voice(organisation, share):
    """Put a share of the unstated need into words. Source: F5."""
    organisation.stated_need += share * max(organisation.need - organisation.stated_need, 0.0)


@compiled
def visit(organisation, client, q):
    """A visit: need is put into words and services become known; of many visits a year each is worth less."""
    worth = max(1.0 - q.visit_time * client.visits * client.visits, 0.0)
    voice(organisation, q.visit_voices * worth)
    client.aware += q.visit_voices * (1.0 - client.aware)
    client.visits += 1.0


@compiled
def pull_along_chain(world, region):
    """Firms behind their neighbours in the industry chain need technology: suppliers and customers pull. Source: F1."""
    q = region.numbers[0]
    count = np.zeros(SEGMENTS)
    for s in range(world.sectors.shape[0]):
        sector = world.sectors[s]
        industry = region.industries[s]
        industry.segments[:] = 0.0
        count[:] = 0.0
        for i in range(sector.first_firm, sector.first_firm + sector.firm_rows):
            firm = world.organisations[i]
            if firm.active:
                industry.segments[firm.segment] += firm.productivity
                count[firm.segment] += 1.0
        for g in range(SEGMENTS):
            industry.segments[g] /= max(count[g], 1.0)
        if q.chain_pull <= 0.0:
            continue
        for i in range(sector.first_firm, sector.first_firm + sector.firm_rows):
            firm = world.organisations[i]
            if not firm.active:
                continue
            ahead = 0.0
            if firm.segment > 0:
                ahead = industry.segments[firm.segment - 1]
            if firm.segment < SEGMENTS - 1:
                ahead = max(ahead, industry.segments[firm.segment + 1])
            gap = min(max(ahead - firm.productivity, 0.0) / sector.best_practice, 1.0)
            firm.need += q.chain_pull * gap * (1.0 - firm.need)


@compiled
def meet_neighbour(world, region, tick, i):
    """A firm is brought together with one before or after it in the industry chain; both remember the other.

    What the neighbour is ahead wakes need and puts it into words, and alliances are founded among those who remember
    each other: the last step of the innovation chain. Source: F1.
    """
    q = region.numbers[0]
    firm = world.organisations[i]
    sector = world.sectors[firm.sector]
    draws = stream(world.seed[0], Draw.VISITS, tick)
    row = -1
    for k in range(_SEEN):
        seen = sector.first_firm + int(uniform(draws, firm.key, 4 + k) * sector.firm_rows)
        if world.organisations[seen].active and abs(world.organisations[seen].segment - firm.segment) == 1:
            row = seen
            break
    if row < 0:
        return
    neighbour = world.organisations[row]
    price = q.chain_price
    if pay(world, tick, RegionalPurse.TECHNOLOGY_TRANSFER, Flow.TECHNOLOGY_TRANSFER, price) < price:
        return
    remember(firm, row, neighbour.key)
    remember(neighbour, i, firm.key)
    lead = min(max(neighbour.productivity - firm.productivity, 0.0) / sector.best_practice, 1.0)
    firm.need += q.chain_shown * lead * (1.0 - firm.need)
    voice(firm, q.visit_voices * lead)


@compiled
def activate(world, region, tick):
    """Hotline and visits of a quarter, as far as the money goes. Source: F5."""
    levers = region.levers[tick]
    q = region.numbers[0]
    draws = stream(world.seed[0], Draw.VISITS, tick)
    for i in range(region.clients.shape[0]):
        client = region.clients[i]
        client.aware += q.aware_fade * (q.aware_start - client.aware)
        client.visits -= _FORGOTTEN * client.visits
    visits = levers.technology_transfer_visits
    if visits <= 0.0:
        return
    chain = levers.technology_transfer_chain
    hotline = levers.technology_transfer_hotline
    if hotline > 0.0:
        price = q.hotline_price * hotline
        hotline *= buy(world, tick, RegionalPurse.TECHNOLOGY_TRANSFER, Flow.TECHNOLOGY_TRANSFER, price)
    for i in range(world.organisations.shape[0]):
        organisation = world.organisations[i]
        if not organisation.active or organisation.kind != Kind.FIRM or not region.industries[organisation.sector].open:
            continue
        client = region.clients[i]
        client.aware += q.hotline_aware * hotline * (1.0 - client.aware)
        voice(organisation, q.hotline_voices * hotline)
        if uniform(draws, organisation.key, 0) < visits:
            paid = pay(world, tick, RegionalPurse.TECHNOLOGY_TRANSFER, Flow.TECHNOLOGY_TRANSFER, q.visit_price)
            if paid >= q.visit_price:
                visit(organisation, client, q)
        if uniform(draws, organisation.key, 3) < chain:
            meet_neighbour(world, region, tick, i)
