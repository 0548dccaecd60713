"""Process 4: a firm in need looks for partners; those who agree negotiate a contract and begin a first project."""

from math import exp, log

import numpy as np

from alliancelab.agents.codes import Door, Event, Kind, ProjectKind, Stage
from alliancelab.agents.compiled import compiled
from alliancelab.agents.firm_rules import drive, field_appeal, initiation_hazard, public_loss, research_sought
from alliancelab.agents.organisation_rules import Offer, has_room, is_scientific, is_strong_firm, standing
from alliancelab.model.accounts import Count, Flow, record_event
from alliancelab.model.environment import notice
from alliancelab.model.partner_search import DRAWS, absorb, is_among, is_wanted, look_closer, meet, says_yes
from alliancelab.model.policy import layout, research_incentives, special_support, startup_subsidy
from alliancelab.model.randomness import Process, mix, normal, stream, uniform
from alliancelab.model.seats import join, member_means
from alliancelab.model.staffing import burden_of, start_project
from alliancelab.model.tables import CLASSES, TEAM_LIMIT

__all__ = ["find_initiators", "formation"]


@compiled
def choose_field(world, tick, row, subsidy):
    """Field in which a founder expects most: market ahead, crowding as it sees it, its own fit, and chance.

    A plan tells of rivals, and draws to fields where it has a place and so leaves the subsidy. Source: B1.
    """
    p = world.parameters[0]
    firm = world.organisations[row]
    sector = world.sectors[firm.sector]
    draws = stream(world.seed[0], Process.FIELD_CHOICE, tick)
    rivals_seen = p.crowding_seen + (1.0 - p.crowding_seen) * sector.plan
    best = -1
    most = -1e9
    for f in range(sector.first_field, sector.field_count):
        field = world.fields[firm.sector, f]
        if not field.alive:
            continue
        fit = 0.0
        for d in range(CLASSES):
            fit += field.weights[d] * firm.expertise[d]
        noise = -log(-log(uniform(draws, firm.key, f) + 1e-12) + 1e-12)  # Gumbel: a logit choice
        plan_subsidy = sector.plan * subsidy if layout.has_place(field) else 0.0
        appeal = field_appeal(field, fit, rivals_seen, plan_subsidy, p) + p.choice_noise * noise
        if appeal > most:
            most = appeal
            best = f
    return best


@compiled
def invite(world, tick, founder_row, f, subsidy, want, team):
    """Invite candidates until enough agree or too many refuse; returns how many agreed, the founder included.

    Refusals end the search, the mechanism with which Tomasello, Burkholz and Schweitzer (2017) reproduce the sizes
    of alliances; firms of standing have the staff to bear more of them. Source: A1.
    """
    # One conversation after the other, each changing who is wanted next: its state stays in one place.
    p = world.parameters[0]
    founder = world.organisations[founder_row]
    s = founder.sector
    field = world.fields[s, f]
    draws = stream(world.seed[0], Process.INVITATION, tick)
    loss = public_loss(world.sectors[s].mandate, world.sectors[s].public_belief, p)
    bonus = research_incentives.promised(world, tick)
    extra = special_support.promised(world, tick)
    research = research_sought(field, p)
    best = np.empty(CLASSES)
    best[:] = 0.0
    absorb(founder, best)
    team[0] = founder_row
    count = 1
    refusals = 0.0
    scientists = 0
    strong = is_strong_firm(founder, p)
    reputation = founder.reputation
    opportunism = founder.opportunism
    for k in range(int(p.candidates_met)):
        if refusals >= p.refusals_borne * (0.2 + standing(founder.size, p)) or count >= want:
            break
        row = meet(world, draws, founder.key, k, founder, s, research)
        if world.sectors[s].meetings > 0.0:
            row = look_closer(world, draws, founder.key, k, row, s, field.weights, best)
        candidate = world.organisations[row]
        if not has_room(candidate, p) or is_among(team, count, row):
            continue
        science = is_scientific(candidate)
        drawn = extra > 0.0 and is_wanted(candidate, strong, scientists, p)
        offer = Offer(reputation / count, opportunism / count, p.contract_guard, 0.0, subsidy, 0.0, loss,
                      (bonus if science else 0.0) + (extra if drawn else 0.0), burden_of(want, p))
        if not says_yes(world, candidate, offer, field.weights, best, founder.region,
                        uniform(draws, founder.key, DRAWS * k + 9)):
            refusals += 1.0
            continue
        team[count] = row
        count += 1
        scientists += 1 if science else 0
        strong = strong or is_strong_firm(candidate, p)
        reputation += candidate.reputation
        opportunism += candidate.opportunism
        absorb(candidate, best)
    return count


@compiled
def composition_holds(world, team, count, p):
    """Whether there are enough founders, two firms among them. Source: A1."""
    firms = 0
    for j in range(count):
        if world.organisations[team[j]].kind == Kind.FIRM:
            firms += 1
    return count >= p.team_least and firms >= 2


@compiled
def new_row(world, tick, founder_row, f):
    """Open a row for a new alliance with one line on its agenda; returns the row."""
    founder = world.organisations[founder_row]
    a = world.counts[Count.ALLIANCES]
    world.counts[Count.ALLIANCES] += 1
    alliance = world.alliances[a]
    alliance.key = mix(founder.key ^ mix(np.uint64(tick + 1)))
    alliance.founder = founder.key
    alliance.host = founder_row
    alliance.sector = founder.sector
    alliance.region = founder.region
    alliance.founded = tick
    alliance.signed = -1
    alliance.ended = -1
    alliance.first_seat = -1
    alliance.first_project = -1
    alliance.last_project = -1
    alliance.term_end = -1
    alliance.idea_field = -1
    alliance.idea_line = -1
    alliance.renewed = -1
    alliance.pilot = -1
    alliance.path = -1
    alliance.path_until = -1
    alliance.rescue_quarter = -1
    alliance.stage = Stage.FORMATION
    alliance.stage_since = tick
    alliance.lines = 1
    alliance.field = f
    line = world.lines[a, 0]
    line.field = f
    line.opened = tick
    line.door = Door.NONE
    line.knowledge = world.parameters[0].knowledge_start
    world.fields[founder.sector, f].alliances += 1
    sector = world.sectors[founder.sector]
    for g in range(sector.first_field, sector.field_count):
        notice(alliance, g, True)
    world.live[world.counts[Count.LIVE]] = a
    world.counts[Count.LIVE] += 1
    return a


@compiled
def found(world, tick, founder_row, f, team, count):
    """Open the negotiations: founders take seats and keep room for a first project; returns the alliance's row.

    Contract terms differ between alliances, and so does what founders make of them. Source: A1.
    """
    p = world.parameters[0]
    founder = world.organisations[founder_row]
    a = new_row(world, tick, founder_row, f)
    alliance = world.alliances[a]
    draws = stream(world.seed[0], Process.CONTRACT, tick)
    repeat = 0.0
    for j in range(1, count):
        repeat += 1.0 if is_former(founder, world.organisations[team[j]].key, team[j]) else 0.0
    supported = special_support.promised(world, tick) > 0.0
    strong = is_strong_firm(founder, p)
    for j in range(count):
        member = world.organisations[team[j]]
        if supported and j > 0 and is_wanted(member, strong, alliance.research, p):
            special_support.reward(world, tick, team[j])
        strong = strong or is_strong_firm(member, p)
        join(world, tick, a, team[j], p.satisfaction_start)
        member.project_count += 1
    alliance.founding_size = count
    alliance.mixed = alliance.firms > 0 and alliance.research > 0
    reputation, _, need = member_means(world, a)
    alliance.motive = need
    alliance.trust = p.trust_start + p.trust_repeat * repeat / count + p.trust_reputation * (reputation - 0.5)
    alliance.trust = min(max(alliance.trust + 0.2 * (uniform(draws, founder.key, 0) - 0.5), 0.05), 0.95)
    alliance.openness = uniform(draws, founder.key, 1)
    alliance.governance = within(p.governance_start + p.terms_spread * (uniform(draws, founder.key, 2) - 0.5))
    alliance.binding = within(p.contract_guard + p.terms_spread * (uniform(draws, founder.key, 3) - 0.5))
    alliance.fund_rules = within(p.fund_rules + p.terms_spread * (uniform(draws, founder.key, 4) - 0.5))
    alliance.evenness = within(p.evenness + p.terms_spread * (uniform(draws, founder.key, 5) - 0.5))
    alliance.clarity = within(p.clarity_start + p.clarity_motive * need)
    alliance.satisfaction = p.satisfaction_start
    learn_from_pilots(world, alliance)
    return a


@compiled
def within(x):
    """A number kept in [0, 1]."""
    return min(max(x, 0.0), 1.0)


@compiled
def is_former(organisation, key, row):
    """Whether an organisation remembers another as a partner; a newborn in a failed partner's row is a stranger."""
    for place in range(organisation.partner_rows.shape[0]):
        if organisation.partner_keys[place] == key and organisation.partner_rows[place] == row:
            return True
    return False


@compiled
def learn_from_pilots(world, alliance):
    """Experience that pilots pass on reaches new contracts: managing body, rules for funds are as good. Source: B4."""
    p = world.parameters[0]
    sector = world.sectors[alliance.sector]
    learned = p.experience_founding * sector.teaching
    alliance.governance += learned * max(sector.pilot_governance - alliance.governance, 0.0)
    alliance.fund_rules += learned * (1.0 - alliance.fund_rules)


@compiled
def negotiate(world, tick, a, team):
    """A quarter of negotiation: faster the more founders trust one another and the fewer they are."""
    p = world.parameters[0]
    alliance = world.alliances[a]
    faster = (0.5 + alliance.trust) * (p.founding_size / max(alliance.size, 1)) ** 0.5
    alliance.readiness = min(alliance.readiness + p.negotiation_speed * faster, 1.0)
    if alliance.readiness >= 1.0 and alliance.size >= p.team_least and alliance.firms >= 2:
        sign(world, tick, a, team)


@compiled
def sign(world, tick, a, team):
    """Sign the contract, pay for setting up, and begin the first project with all founders. Source: A1, B2."""
    p = world.parameters[0]
    alliance = world.alliances[a]
    draws = stream(world.seed[0], Process.CONTRACT, tick)
    alliance.readiness = 1.0
    alliance.term_end = tick + max(int(p.term + p.term_spread * normal(draws, alliance.key, 6)), 6)
    count = 0
    place = alliance.first_seat
    while place >= 0:
        seat = world.seats[place]
        team[count] = seat.row
        world.organisations[seat.row].project_count -= 1  # the promise becomes the project
        count += 1
        place = seat.next
    # Seats are listed last first; the host leads the project.
    for j in range(count):
        if team[j] == alliance.host:
            team[j] = team[0]
            team[0] = alliance.host
    alliance.signed = tick
    set_up(world, tick, a)
    start_project(world, tick, a, 0, ProjectKind.RESEARCH, 0, team, count, 0.0, 0)
    record_event(world, tick, Event.SIGNED, a, alliance.founder, float(alliance.size))


@compiled
def set_up(world, tick, a):
    """Members share what setting up costs beyond the subsidy; the money is spent at once. Source: B2."""
    p = world.parameters[0]
    alliance = world.alliances[a]
    subsidised = startup_subsidy.deliver(world, tick, a)
    cost = p.set_up_cost * alliance.size
    each = (cost - subsidised) / alliance.size
    place = alliance.first_seat
    while place >= 0:
        member = world.organisations[world.seats[place].row]
        member.funds -= each
        research_incentives.reward(world, tick, world.seats[place].row)
        place = world.seats[place].next
    world.ledger[tick, Flow.CONTRIBUTION] += cost - subsidised
    alliance.private_total += cost - subsidised
    world.ledger[tick, Flow.SET_UP] += cost


@compiled
def try_to_found(world, tick, i, team):
    """One firm may look for partners, in every quarter; alliances founded count in the quarter of the agreement."""
    p = world.parameters[0]
    firm = world.organisations[i]
    s = firm.sector
    draws = stream(world.seed[0], Process.INITIATION, tick)
    luck = uniform(draws, firm.key, 0)
    loss = public_loss(world.sectors[s].mandate, world.sectors[s].public_belief, p)
    subsidy = startup_subsidy.promised(world, tick, i)
    if luck >= initiation_hazard(firm, subsidy, loss, p) or not has_room(firm, p):
        return
    f = choose_field(world, tick, i, subsidy)
    want = max(int(p.founding_size * exp(p.founding_spread * normal(draws, firm.key, 1)) + 0.5), int(p.team_least))
    want = min(max(want, layout.scale_sought(world, tick, s, subsidy)), TEAM_LIMIT)
    count = invite(world, tick, i, f, subsidy, want, team)
    if not composition_holds(world, team, count, p):
        return
    a = found(world, tick, i, f, team, count)
    alliance = world.alliances[a]
    if subsidy > 0.0:
        alone = max(drive(firm, 0.0, loss, p) - p.need_threshold, 0.0)
        helped = max(drive(firm, subsidy, loss, p) - p.need_threshold, 1e-9)
        alliance.deadweight = alone / helped
    world.curves[tick].founded += 1
    world.government[0].founded += 1.0
    record_event(world, tick, Event.FOUNDED, a, firm.key, alliance.motive)
    firm.stated_need *= 1.0 - p.need_relief


@compiled
def find_initiators(world, tick):
    """List the firms whose luck may make them start, whatever they need: no hazard is larger than this bound.

    So the tables can be made large enough before process 4 begins, which goes through the list.
    """
    p = world.parameters[0]
    bound = p.initiation_rate * (1.0 + p.subsidy_pull) / (1.0 - p.need_threshold)
    draws = stream(world.seed[0], Process.INITIATION, tick)
    count = 0
    for s in range(world.sectors.shape[0]):
        sector = world.sectors[s]
        for i in range(sector.first_firm, sector.first_firm + sector.firm_rows):
            if uniform(draws, world.organisations[i].key, 0) < bound:
                world.initiators[count] = i
                count += 1
    world.counts[Count.INITIATORS] = count


@compiled
def formation(world, tick):
    """Process 4 of the tick: negotiations go on, and every firm with room and drive may try once."""
    team = np.empty(TEAM_LIMIT, np.int32)
    for k in range(world.counts[Count.LIVE]):
        if world.alliances[world.live[k]].signed < 0:
            negotiate(world, tick, world.live[k], team)
    for k in range(world.counts[Count.INITIATORS]):
        try_to_found(world, tick, world.initiators[k], team)
