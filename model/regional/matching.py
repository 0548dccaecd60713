"""Matching: needs are collected from firms, matched with universities and institutes, and signed. Source: G2."""

from alliancelab.agents.codes import Kind
from alliancelab.agents.compiled import compiled
from alliancelab.model.accounts import Flow, pay
from alliancelab.model.declarations import Lever
from alliancelab.model.policy.instrument import Instrument
from alliancelab.model.randomness import stream, uniform
from alliancelab.model.regional.buying import buy
from alliancelab.model.regional.codes import Carrier, Draw, RegionalPurse
from alliancelab.model.regional.contracts import agree, best_partner, sight_of
from alliancelab.model.regional.correction import weight_of
from alliancelab.model.regional.responsibility import score
from alliancelab.model.regional.transfer import visit

INSTRUMENT = Instrument(
    name="matching",
    title="Collecting and matching needs",
    policy_stage="bureau",
    rows=("G2",),
    eligible="Firms visited; universities and institutes of their sector.",
    delivery="Officers visit firms and note down needs; events and experts bring partners to them.",
    acts_on="Which needs are known and voiced, and which research partners firms meet.",
    cost="Visits, events, experts.",
    harm="The same partners are asked again and again: busy ones teach less and sign less.",
    strength="visits",
    levers=(
        Lever("visits", 0.0, 0.0, 10_000.0, "visits a year", "document III, one", "Firms visited to collect needs."),
        Lever("events", 0.0, 0.0, 200.0, "events a year", "document III, one", "Matching events; act with visits."),
        Lever("experts", 0.0, 0.0, 1000.0, "people a year", "data: cb_plan_experts",
              "Experts invited; act with visits."),
        Lever("budget", 0.0, 0.0, 1e6, "million yuan a year", "scenario", "Most that is paid in a year."),
    ),
)


@compiled
def firms_of(world):
    """Number of firms that exist."""
    count = 0
    for s in range(world.sectors.shape[0]):
        count += world.sectors[s].firm_count
    return count


@compiled
def collect(world, region, tick):
    """Visit firms and note down the needs that they state, each once a year. Source: G2."""
    q = region.numbers[0]
    draws = stream(world.seed[0], Draw.VISITS, tick)
    visits = region.levers[tick].matching_visits * weight_of(world, RegionalPurse.MATCHING)
    chance = visits / 4.0 / max(firms_of(world), 1)
    for i in range(world.organisations.shape[0]):
        firm = world.organisations[i]
        if not firm.active or firm.kind != Kind.FIRM or uniform(draws, firm.key, 1) >= chance:
            continue
        if pay(world, tick, RegionalPurse.MATCHING, Flow.MATCHING, q.visit_price) < q.visit_price:
            return
        client = region.clients[i]
        visit(firm, client, q)
        if firm.stated_need >= q.need_counts and (client.collected < 0 or tick - client.collected >= 4):
            client.collected = tick
            client.waiting = True
            region.indicators[tick].needs += 1.0


@compiled
def invite(world, region, tick):
    """Invite experts into the pool; they stay some years. Source: G2."""
    q = region.numbers[0]
    state = region.state[0]
    state.experts -= state.experts / (4.0 * q.expert_years)
    number = region.levers[tick].matching_experts * weight_of(world, RegionalPurse.MATCHING) / 4.0
    invited = number * buy(world, tick, RegionalPurse.MATCHING, Flow.MATCHING, q.expert_price * number)
    state.experts += invited
    region.indicators[tick].invited += invited


@compiled
def hold_events(world, region, tick):
    """Matching events: for each need waiting a partner is sought among those in sight. Source: G2."""
    q = region.numbers[0]
    state = region.state[0]
    record = region.indicators[tick]
    draws = stream(world.seed[0], Draw.MATCHING, tick)
    state.due += region.levers[tick].matching_events * weight_of(world, RegionalPurse.MATCHING) / 4.0
    room = 0.0
    while state.due >= 1.0 - 1e-9:
        state.due -= 1.0
        if pay(world, tick, RegionalPurse.MATCHING, Flow.MATCHING, q.event_price) >= q.event_price:
            room += q.event_needs
    sight = sight_of(state.experts, q)
    for i in range(region.clients.shape[0]):
        client = region.clients[i]
        if not client.waiting or room < 1.0:
            continue
        client.waiting = False
        room -= 1.0
        row = best_partner(world, region, tick, i, sight)
        if row < 0:
            continue
        if region.clients[row].contacted < tick - tick % 4:
            region.clients[row].contacted = tick
            record.contacts += 1.0
        key = world.organisations[i].key
        if agree(world, region, tick, i, row, uniform(draws, key, 0)):
            record.agreements += 1.0
            score(region, world.organisations[i], q.point_agreement)
            if uniform(draws, key, 1) < q.joint_centre:
                record.joint_centres += 1.0
                region.clients[i].hosts[Carrier.ENGINEERING_CENTRE] = 1


@compiled
def match(world, region, tick):
    """Collecting and matching of a quarter; agreements run out by themselves. Source: G2."""
    q = region.numbers[0]
    for i in range(region.clients.shape[0]):
        region.clients[i].agreements -= region.clients[i].agreements / (4.0 * q.agree_years)
    if region.levers[tick].matching_visits > 0.0:
        collect(world, region, tick)
        invite(world, region, tick)
        hold_events(world, region, tick)
    region.indicators[tick].pool = int(region.state[0].experts + 0.5)  # whole people
