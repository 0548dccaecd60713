"""Process 4: a firm in need looks for partners, invites them one by one, and signs when the composition holds."""

from math import log

import numpy as np

from alliancelab.agents.codes import Event, Kind, Stage
from alliancelab.agents.compiled import compiled, inner
from alliancelab.agents.firm_rules import drive, field_appeal, initiation_hazard, public_loss, research_sought
from alliancelab.agents.organisation_rules import (
    Offer,
    coverage_gain,
    has_room,
    overlap,
    sigmoid,
    standing,
    willingness,
)
from alliancelab.model.accounts import Count, Flow, record_event
from alliancelab.model.contract import acquaintance, join, member_means
from alliancelab.model.policy import layout, research_incentives, startup_subsidy
from alliancelab.model.randomness import Process, mix, normal, stream, uniform
from alliancelab.model.tables import CLASSES, SEATS_OF_ONE

__all__ = ["formation"]


@inner
def choose_field(world, tick, row, subsidy):
    """Field in which a founder expects most: market ahead, crowding as it sees it, its own fit, and chance.

    A plan tells of rivals, and draws to fields where it has a place and so leaves the subsidy. Source: B1.
    """
    p = world.parameters[0]
    firm = world.organisations[row]
    sector = world.sectors[firm.sector]
    draws = stream(world.seed[0], Process.FIELD_CHOICE, tick)
    sight = p.crowding_seen + (1.0 - p.crowding_seen) * sector.plan
    best = -1
    most = -1e9
    for f in range(sector.field_count):
        field = world.fields[firm.sector, f]
        fit = 0.0
        for d in range(CLASSES):
            fit += field.weights[d] * firm.expertise[d]
        noise = -log(-log(uniform(draws, firm.key, f) + 1e-12) + 1e-12)  # Gumbel: a logit choice
        promise = sector.plan * subsidy if layout.has_place(field) else 0.0
        appeal = field_appeal(field, fit, sight, promise, p) + p.choice_noise * noise
        if appeal > most:
            most = appeal
            best = f
    return best


@inner
def meet(world, tick, founder_row, members, count, k, research):
    """Row of the k-th candidate a founder meets: a former partner, a partner's partner, or a stranger.

    `research` is the share of universities and institutes among strangers. Source: A1.
    """
    p = world.parameters[0]
    founder = world.organisations[founder_row]
    sector = world.sectors[founder.sector]
    draws = stream(world.seed[0], Process.INVITATION, tick)
    way = uniform(draws, founder.key, 8 * k)
    pick = uniform(draws, founder.key, 8 * k + 1)
    if way < p.meet_partner:
        return acquaintance(world, founder, pick)
    if way < p.meet_partner + p.meet_partners_partner:
        member = world.organisations[members[int(uniform(draws, founder.key, 8 * k + 2) * count)]]
        between = acquaintance(world, member, pick)
        if between < 0:
            return between
        return acquaintance(world, world.organisations[between], uniform(draws, founder.key, 8 * k + 3))
    kind = uniform(draws, founder.key, 8 * k + 4)
    if kind < research and sector.research_rows > 0:
        return np.int32(sector.first_research + int(pick * sector.research_rows))
    if kind < research + p.meet_agency and sector.agency_rows > 0:
        return np.int32(sector.first_agency + int(pick * sector.agency_rows))
    return np.int32(sector.first_firm + int(pick * sector.firm_rows))


@inner
def look_closer(world, tick, founder_row, k, row, weights, best):
    """At an organised meeting the founder sees a second candidate, and takes the one that adds more. Source: B2."""
    p = world.parameters[0]
    founder = world.organisations[founder_row]
    sector = world.sectors[founder.sector]
    draws = stream(world.seed[0], Process.MEETINGS, tick)
    if uniform(draws, founder.key, 3 * k) >= sector.meetings:
        return row
    pick = uniform(draws, founder.key, 3 * k + 1)
    if uniform(draws, founder.key, 3 * k + 2) < p.meetings_research and sector.research_rows > 0:
        other = np.int32(sector.first_research + int(pick * sector.research_rows))
    else:
        other = np.int32(sector.first_firm + int(pick * sector.firm_rows))
    if row < 0:
        return other
    added = coverage_gain(world.organisations[row], weights, best)
    return other if coverage_gain(world.organisations[other], weights, best) > added else row


@inner
def invite(world, tick, founder_row, field, subsidy, members):
    """Invite candidates until enough refuse or nobody else is met; returns how many signed up, the founder included.

    Refusals end the search, the mechanism with which Tomasello, Burkholz and Schweitzer (2017) reproduce the sizes
    of alliances; firms of standing have the staff to bear more of them. Source: A1.
    """
    p = world.parameters[0]
    founder = world.organisations[founder_row]
    sector = world.sectors[founder.sector]
    draws = stream(world.seed[0], Process.INVITATION, tick)
    loss = public_loss(world.levers[tick].diffusion_mandate_strength, sector.public_belief, p)
    bonus = research_incentives.promised(world, tick)
    research = research_sought(field, p)
    best = np.empty(CLASSES)
    for d in range(CLASSES):
        best[d] = founder.expertise[d]
    members[0] = founder_row
    count = 1
    refusals = 0
    reputation = founder.reputation
    opportunism = founder.opportunism
    for k in range(int(p.candidates_met)):
        if refusals >= p.refusals_borne * standing(founder.size, p) or count >= p.founding_most:
            break
        row = meet(world, tick, founder_row, members, count, k, research)
        if sector.meetings > 0.0:
            row = look_closer(world, tick, founder_row, k, row, field.weights, best)
        if row < 0 or not has_room(world.organisations[row], p):
            continue
        known = False
        for j in range(count):
            known = known or members[j] == row
        if known:
            continue
        candidate = world.organisations[row]
        offer = Offer(
            count, reputation / count, opportunism / count, p.contract_guard, subsidy, 0.0, loss, bonus
        )
        gain = coverage_gain(candidate, field.weights, best)
        common = overlap(candidate, field.weights, best)
        near = 1.0 if candidate.region == founder.region else 0.0
        yes = sigmoid(willingness(candidate, offer, gain, common, near, p))
        if uniform(draws, founder.key, 8 * k + 5) >= yes:
            refusals += 1
            continue
        members[count] = row
        count += 1
        reputation += candidate.reputation
        opportunism += candidate.opportunism
        for d in range(CLASSES):
            best[d] = max(best[d], candidate.expertise[d])
    return count


@inner
def composition_holds(world, members, count, p):
    """Whether there are enough members, two firms among them, to sign a contract. Source: A1."""
    firms = 0
    for j in range(count):
        if world.organisations[members[j]].kind == Kind.FIRM:
            firms += 1
    return count >= p.founding_least and firms >= 2


@inner
def new_row(world, tick, founder, s, f):
    """Open a row and a block of seats for a new alliance; returns the row."""
    a = world.counts[Count.ALLIANCES]
    world.counts[Count.ALLIANCES] += 1
    world.counts[Count.BLOCKS] -= 1
    alliance = world.alliances[a]
    alliance.block = world.blocks[world.counts[Count.BLOCKS]]
    alliance.key = mix(founder.key ^ mix(np.uint64(tick + 1)))
    alliance.founder = founder.key
    alliance.sector = s
    alliance.field = f
    alliance.founded = tick
    alliance.ended = -1
    alliance.pilot = -1
    alliance.second_field = -1
    alliance.path = -1
    alliance.path_until = -1
    alliance.door_quarter = -1
    alliance.stage = Stage.FORMATION
    alliance.stage_since = tick
    world.live[world.counts[Count.LIVE]] = a
    world.counts[Count.LIVE] += 1
    return a


@inner
def sign(world, tick, founder_row, f, members, count):
    """Sign the contract: seats, first trust and governance, set-up cost paid by members; returns the alliance's row."""
    p = world.parameters[0]
    founder = world.organisations[founder_row]
    a = new_row(world, tick, founder, founder.sector, f)
    alliance = world.alliances[a]
    draws = stream(world.seed[0], Process.CONTRACT, tick)
    alliance.governance = p.governance_start + p.governance_spread * (uniform(draws, founder.key, 0) - 0.5)
    alliance.governance = min(max(alliance.governance, 0.0), 1.0)
    alliance.openness = uniform(draws, founder.key, 1)
    alliance.planned = max(int(p.term + p.term_spread * normal(draws, founder.key, 2)), 4)
    alliance.term_end = tick + alliance.planned
    repeat = 0.0
    for j in range(1, count):
        for place in range(founder.partner_rows.shape[0]):
            # A newborn in a failed partner's row is a stranger.
            known = founder.partner_keys[place] == world.organisations[members[j]].key
            if known and founder.partner_rows[place] == members[j]:
                repeat += 1.0
                break
    for j in range(count):
        join(world, tick, a, members[j], p.satisfaction_start)
    alliance.founding_size = count
    alliance.mixed = alliance.firms > 0 and alliance.research > 0
    reputation, _, need = member_means(world, a)
    alliance.motive = need
    alliance.trust = p.trust_start + p.trust_repeat * repeat / count + p.trust_reputation * (reputation - 0.5)
    alliance.trust = min(max(alliance.trust, 0.05), 0.95)
    alliance.clarity = min(p.clarity_base + p.clarity_motive * need + p.clarity_ahead, 1.0)
    alliance.satisfaction = p.satisfaction_start
    world.fields[founder.sector, f].alliances += 1
    return a


@inner
def set_up(world, tick, a, subsidised):
    """Members share what setting up costs beyond the subsidy; the money is spent at once. Source: B2."""
    p = world.parameters[0]
    alliance = world.alliances[a]
    cost = p.set_up_cost * alliance.size
    each = (cost - subsidised) / alliance.size
    for k in range(alliance.size):
        member = world.organisations[world.seats[alliance.block, k].row]
        member.funds -= each
        world.ledger[tick, Flow.CONTRIBUTION] += each
        alliance.private_total += each
    world.ledger[tick, Flow.SET_UP] += cost


@compiled
def formation(world, tick):
    """Process 4 of the tick. Every firm with room and drive may try once."""
    p = world.parameters[0]
    draws = stream(world.seed[0], Process.INITIATION, tick)
    members = np.empty(SEATS_OF_ONE, np.int32)
    for s in range(world.sectors.shape[0]):
        sector = world.sectors[s]
        loss = public_loss(world.levers[tick].diffusion_mandate_strength, sector.public_belief, p)
        for i in range(sector.first_firm, sector.first_firm + sector.firm_rows):
            firm = world.organisations[i]
            if not has_room(firm, p):
                continue
            subsidy = startup_subsidy.promised(world, tick, s)
            hazard = initiation_hazard(firm, subsidy, loss, p)
            if uniform(draws, firm.key, 0) >= hazard:
                continue
            f = choose_field(world, tick, i, subsidy)
            count = invite(world, tick, i, world.fields[s, f], subsidy, members)
            if not composition_holds(world, members, count, p):
                continue
            a = sign(world, tick, i, f, members, count)
            subsidised = startup_subsidy.deliver(world, tick, a)
            set_up(world, tick, a, subsidised)
            research_incentives.reward(world, tick, a)
            alliance = world.alliances[a]
            if subsidised > 0.0:
                alone = max(drive(firm, 0.0, loss, p) - p.need_threshold, 0.0)
                helped = max(drive(firm, subsidy, loss, p) - p.need_threshold, 1e-9)
                alliance.deadweight = alone / helped
            world.curves[tick].founded += 1
            world.government[0].founded += 1.0
            record_event(world, tick, Event.FOUNDED, a, firm.key, alliance.motive)
            firm.stated_need *= 1.0 - p.need_relief
