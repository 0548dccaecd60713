"""Process 5: members contribute, do joint R&D, share results and benefit, and fall out with one another."""

import numpy as np

from alliancelab.agents.alliance_rules import (
    clarity_target,
    conversion_gain,
    dispute_hazard,
    dominance,
    governance_change,
    progress,
    trust_change,
)
from alliancelab.agents.codes import Event, Kind
from alliancelab.agents.compiled import compiled, inner
from alliancelab.agents.organisation_rules import engagement, satisfaction_target
from alliancelab.model.accounts import Count, Flow, record_event
from alliancelab.model.contract import best_expertise, covered
from alliancelab.model.environment import similarity
from alliancelab.model.policy import supervision, tax_preference
from alliancelab.model.randomness import Process, poisson, stream, uniform
from alliancelab.model.tables import CLASSES

__all__ = ["cooperation"]


@inner
def contribute(world, tick, a):
    """Each member pays what it really gives of its alliance budget into the alliance's purse. Source: A1, A7."""
    p = world.parameters[0]
    alliance = world.alliances[a]
    total = 0.0
    squares = 0.0
    for k in range(alliance.size):
        seat = world.seats[alliance.block, k]
        member = world.organisations[seat.row]
        seat.engagement = engagement(seat, member, alliance, p) * (1.0 - p.training_time * alliance.training)
        intensity = p.research_intensity if member.kind == Kind.FIRM else 1.0
        budget = intensity * member.size * p.alliance_share / max(member.alliance_count, 1)
        seat.contribution = min(seat.engagement * budget, max(member.funds, 0.0))
        member.funds -= seat.contribution
        member.given += seat.contribution
        seat.rebate = 0.0
        if member.kind == Kind.FIRM:
            seat.rebate = tax_preference.rebate(world, tick, seat.contribution)
            member.funds += seat.rebate
        total += seat.contribution
        squares += seat.contribution * seat.contribution
    alliance.funds += total
    alliance.private_total += total
    alliance.cost += p.money_memory * (total - alliance.cost)
    # Less than a yuan is nobody's risk, and its square may be nothing to divide by.
    alliance.risk_spread = 1.0 - squares / (total * total) if total > 1e-6 else 0.0
    world.ledger[tick, Flow.CONTRIBUTION] += total
    return total


@inner
def spend(world, tick, a, contributed):
    """Spend contributions and part of the reserve on joint R&D; public money first passes misuse and compliance."""
    p = world.parameters[0]
    alliance = world.alliances[a]
    public = alliance.public_funds * p.spending_speed
    reserve = max(alliance.funds - alliance.public_funds - contributed, 0.0)
    diverted = supervision.misuse(world, tick, a, public)
    compliance = supervision.comply(world, tick, a, public)
    research = contributed + reserve * p.spending_speed + public - diverted - compliance
    research = max(min(research, alliance.funds), 0.0)
    alliance.funds -= research
    alliance.public_funds = min(alliance.public_funds - public, alliance.funds)
    alliance.effort = research
    world.ledger[tick, Flow.JOINT_RESEARCH] += research


@inner
def develop(world, tick, a, best):
    """Joint R&D raises technology; results are counted; members learn from one another. Source: A1, A7."""
    p = world.parameters[0]
    alliance = world.alliances[a]
    field = world.fields[alliance.sector, alliance.field]
    best_expertise(world, a, best)
    alliance.coverage = covered(field.weights, best)
    skill = 0.0
    for k in range(alliance.size):
        seat = world.seats[alliance.block, k]
        member = world.organisations[seat.row]
        skill += member.method_skill
        gained = 0.0
        for d in range(CLASSES):
            step = p.learning_from_partners * field.weights[d] * (best[d] - member.expertise[d])
            member.expertise[d] += step
            gained += step
        seat.learning = min(gained / p.learning_reference, 1.0)
    alliance.progress = progress(alliance, skill / max(alliance.size, 1), p)
    alliance.technology = min(alliance.technology + alliance.progress, 1.0)
    converted = conversion_gain(alliance, world.sectors[alliance.sector].shown, p)
    alliance.conversion = min(alliance.conversion + converted, 1.0)
    draws = stream(world.seed[0], Process.RESULTS, tick)
    expected = p.patent_rate * alliance.progress * (0.5 + alliance.technology)
    core = poisson(expected * (1.0 - field.genericness), uniform(draws, alliance.key, 0))
    generic = poisson(expected * field.genericness, uniform(draws, alliance.key, 1))
    standards = poisson(p.standard_rate * alliance.progress * alliance.technology, uniform(draws, alliance.key, 2))
    products = poisson(p.product_rate * converted, uniform(draws, alliance.key, 3))
    alliance.core_patents += core
    alliance.generic_patents += generic
    alliance.standards += standards
    alliance.products += products
    alliance.quality = alliance.technology * alliance.conversion * field.vintage
    curve = world.curves[tick]
    curve.patents += core + generic
    curve.standards += standards
    curve.products += products


@inner
def strength(alliance, used, p):
    """Weight of an alliance's product in its market: squared quality used, more while a launch is paid. Source: C2."""
    return used * used * (1.0 + p.launch_effect * alliance.launch / p.effort_reference)


@inner
def compete(world):
    """Add up the quality used and imitated in every field: what each alliance's product competes with.

    What is kept within a region is imitated less. Source: D7.
    """
    p = world.parameters[0]
    for s in range(world.sectors.shape[0]):
        sector = world.sectors[s]
        for f in range(sector.field_count):
            field = world.fields[s, f]
            field.alliances = 0
            field.rivalry = 0.0
            field.imitation = 0.0
    for k in range(world.counts[Count.LIVE]):
        alliance = world.alliances[world.live[k]]
        field = world.fields[alliance.sector, alliance.field]
        used = alliance.technology * alliance.conversion
        field.alliances += 1
        field.rivalry += strength(alliance, used, p)
        field.imitation += alliance.diffusion * used * used * (1.0 - alliance.confined)


@compiled
def share_of_market(field, weight, enforcement, p):
    """Share of a field's market by squared quality; duplicates, imitators and the world outside split it.

    Enforced rights hold imitators back. Source: A5, D4, D8.
    """
    outside = p.outside_strength * field.frontier * field.frontier
    imitators = p.imitation_strength * field.imitation * (1.0 - p.enforce_imitation * enforcement)
    return weight / (field.rivalry + outside + imitators + 1e-9)


@inner
def sell(world, tick, a):
    """Earn the margin on the field's market, and on a younger field's where a transformation opened it.

    Competition law takes part of a monopolist's margin. Source: D4.
    """
    p = world.parameters[0]
    alliance = world.alliances[a]
    sector = world.sectors[alliance.sector]
    field = world.fields[alliance.sector, alliance.field]
    used = alliance.technology * alliance.conversion
    alliance.market_share = share_of_market(field, strength(alliance, used, p), sector.enforcement, p)
    market = field.share * alliance.market_share
    if alliance.second_field >= 0:
        second = world.fields[alliance.sector, alliance.second_field]
        weight = strength(alliance, used * similarity(field, second), p)
        market += second.share * min(share_of_market(second, weight, sector.enforcement, p), 1.0)
    allowed = 1.0 - p.antitrust_cut * sector.antitrust * dominance(alliance, p)
    alliance.revenue = p.margin * p.addressable * sector.market * market * allowed
    alliance.funds += alliance.revenue
    world.ledger[tick, Flow.SALES_MARGIN] += alliance.revenue


@inner
def share_benefit(world, tick, a):
    """Split what is paid out by contribution; research partners get royalties and value publications.

    Source: A1 (shared benefit).
    """
    p = world.parameters[0]
    alliance = world.alliances[a]
    out = alliance.revenue * (1.0 - p.retention)
    royalty = p.royalty if alliance.research > 0 else 0.0
    from_firms = 0.0
    from_research = 0.0
    for k in range(alliance.size):
        seat = world.seats[alliance.block, k]
        if world.organisations[seat.row].kind == Kind.FIRM:
            from_firms += seat.contribution + 1e-6
        else:
            from_research += seat.contribution + 1e-6
    if from_research <= 0.0:
        royalty = 0.0
    if from_firms <= 0.0:
        royalty = 1.0
    publication = p.publication_value * min(alliance.progress / p.progress_reference, 1.5)
    total = 0.0
    mean = 0.0
    for k in range(alliance.size):
        seat = world.seats[alliance.block, k]
        member = world.organisations[seat.row]
        given = seat.contribution + 1e-6
        if member.kind == Kind.FIRM:
            money = out * (1.0 - royalty) * given / from_firms
            seat.benefit = money + seat.rebate
        else:
            money = out * royalty * given / from_research
            seat.benefit = money + publication * seat.contribution
        member.funds += money
        alliance.funds -= money
        total += seat.benefit
        mean += seat.benefit / (given + p.benefit_floor)
        world.ledger[tick, Flow.BENEFIT] += money
    mean /= max(alliance.size, 1)
    spread = 0.0
    for k in range(alliance.size):
        seat = world.seats[alliance.block, k]
        spread += abs(seat.benefit / (seat.contribution + 1e-6 + p.benefit_floor) - mean)
    alliance.inequality = min(spread / max(alliance.size, 1) / (2.0 * mean + 0.5), 1.0)
    alliance.benefit += p.money_memory * (total - alliance.benefit)


@inner
def judge(world, a):
    """Members judge the alliance by benefit, learning, what it still promises, label, burden and fairness.

    Working together also shows in their reputation and trains their method skill.
    """
    p = world.parameters[0]
    alliance = world.alliances[a]
    field = world.fields[alliance.sector, alliance.field]
    option = min(field.outlook / p.clear_outlook, 1.0) * (1.0 - alliance.technology * alliance.conversion)
    burden = alliance.supervision if alliance.public_funds > 0.0 else 0.0
    total = 0.0
    for k in range(alliance.size):
        seat = world.seats[alliance.block, k]
        member = world.organisations[seat.row]
        target = satisfaction_target(seat, member, alliance, option, burden, p)
        seat.satisfaction += p.satisfaction_speed * (target - seat.satisfaction)
        total += seat.satisfaction
        member.reputation += p.reputation_gain * (seat.engagement - member.reputation)
        member.method_skill += p.method_practice * seat.engagement * (1.0 - member.method_skill)
    alliance.satisfaction = total / max(alliance.size, 1)


@inner
def quarrel(world, tick, a):
    """A dispute over property cuts trust and satisfaction. Source: A7."""
    p = world.parameters[0]
    alliance = world.alliances[a]
    draws = stream(world.seed[0], Process.DISPUTES, tick)
    enforcement = world.sectors[alliance.sector].enforcement
    if uniform(draws, alliance.key, 0) >= dispute_hazard(alliance, enforcement, p):
        return
    alliance.disputes += 1
    alliance.trust *= 1.0 - p.dispute_trust
    for k in range(alliance.size):
        world.seats[alliance.block, k].satisfaction *= 1.0 - p.dispute_satisfaction
    world.curves[tick].disputes += 1
    record_event(world, tick, Event.DISPUTE, a, np.uint64(0), alliance.trust)


@inner
def bond(world, a):
    """Trust, governance and clarity move."""
    p = world.parameters[0]
    alliance = world.alliances[a]
    field = world.fields[alliance.sector, alliance.field]
    alliance.trust = min(max(alliance.trust + trust_change(alliance, p), 0.0), 1.0)
    alliance.governance = min(max(alliance.governance + governance_change(alliance, p), 0.0), 1.0)
    target = min(clarity_target(alliance, field.outlook, p), 1.0)
    alliance.clarity = min(max(alliance.clarity + p.clarity_speed * (target - alliance.clarity), 0.0), 1.0)


@compiled
def cooperation(world, tick):
    """Process 5 of the tick."""
    best = np.empty(CLASSES)
    live = world.counts[Count.LIVE]
    for k in range(live):
        a = world.live[k]
        contributed = contribute(world, tick, a)
        spend(world, tick, a, contributed)
        develop(world, tick, a, best)
    compete(world)
    for k in range(live):
        a = world.live[k]
        sell(world, tick, a)
        share_benefit(world, tick, a)
        judge(world, a)
        quarrel(world, tick, a)
        bond(world, a)
