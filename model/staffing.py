"""Who takes part in a project: members are asked first, then outsiders whose knowledge is missing. Source: A1, A7."""

from math import exp, log

import numpy as np

from alliancelab.agents.codes import Event, Kind, ProjectKind, ProjectState
from alliancelab.agents.compiled import compiled
from alliancelab.agents.firm_rules import public_loss, research_sought
from alliancelab.agents.organisation_rules import Offer, has_hands, has_room, is_scientific, is_strong_firm, standing
from alliancelab.model.accounts import Count, record_event
from alliancelab.model.partner_search import DRAWS, absorb, is_among, is_wanted, look_closer, meet, says_yes
from alliancelab.model.policy import research_incentives, special_support
from alliancelab.model.randomness import Process, mix, normal, stream, uniform
from alliancelab.model.seats import join, member_means, remember, seat_of, take_part
from alliancelab.model.tables import CLASSES, TEAM_LIMIT

__all__ = ["burden_of", "project_key", "staff", "start_project"]

ROUNDS = 3        # times that a coordinator goes through the members
ASKED = 0.4       # chance that it asks a member in a round: so the order is one of chance


@compiled
def project_key(alliance, tick, place):
    """Identity of the project that an alliance proposes in a quarter: the same in two scenarios."""
    return mix(alliance.key ^ mix(np.uint64(64 * tick + place + 1)))


@compiled
def wanted_partners(kind, funded, luck, p):
    """Partners that a project is planned for; a grant of its whole cost makes it larger. Source: C2."""
    team_factor = 1.0 if kind == ProjectKind.RESEARCH else p.partners_later
    planned = p.project_size * team_factor * (1.0 + p.grant_size * funded) * exp(p.project_spread * luck)
    return min(max(int(planned + 0.5), int(p.team_least)), TEAM_LIMIT)


@compiled
def burden_of(partners, p):
    """Cost of a project per partner, million yuan a quarter: less in a larger consortium, which shares what is fixed.

    Source: A1 (shared risk).
    """
    return p.partner_cost * (p.project_size / partners) ** p.cost_shared


@compiled
def coordinator(world, draws, a, key):
    """Member with room that leads the project: by need, satisfaction, chance; firms rather than others; -1 if none."""
    p = world.parameters[0]
    best = np.int32(-1)
    most = -1e9
    place = world.alliances[a].first_seat
    while place >= 0:
        seat = world.seats[place]
        member = world.organisations[seat.row]
        if has_hands(member, p):
            luck = -log(-log(uniform(draws, key ^ mix(seat.key), 0) + 1e-12) + 1e-12)
            eager = log(0.05 + member.stated_need) + p.coordinate_firm * (member.kind == Kind.FIRM)
            eager += 0.5 * seat.satisfaction + 0.8 * luck
            if eager > most:
                most = eager
                best = seat.row
        place = seat.next
    return best


@compiled
def staff(world, tick, a, f, kind, place, funded, team):
    """Find a coordinator and partners for a project of alliance `a` in field `f`; returns how many say yes.

    Partners are written into `team`, the coordinator first; `place` counts the alliance's proposals of the quarter,
    `funded` is the share of its cost that a grant pays. Source: A1.
    """
    p = world.parameters[0]
    alliance = world.alliances[a]
    key = project_key(alliance, tick, place)
    draws = stream(world.seed[0], Process.STAFFING, tick)
    host_row = coordinator(world, draws, a, key)
    if host_row < 0:
        return 0
    host = world.organisations[host_row]
    field = world.fields[alliance.sector, f]
    want = wanted_partners(kind, funded, normal(draws, key, 0), p)
    best = np.empty(CLASSES)
    best[:] = 0.0
    absorb(host, best)
    team[0] = host_row
    reputation, opportunism, _ = member_means(world, a)
    guard = 1.0 - (1.0 - alliance.binding) * (1.0 - alliance.governance)
    sector = world.sectors[alliance.sector]
    loss = public_loss(sector.mandate, sector.public_belief, p)
    burden = burden_of(want, p)
    label = alliance.label * sector.attention  # it convinces whoever has heard of it
    trust = alliance.trust - 0.5 + p.member_bonus
    insiders = Offer(reputation, opportunism, guard, trust, funded, label, loss, 0.0, burden)
    inside = 1.0 - 2.0 * alliance.openness * (1.0 - p.members_first)  # open alliances look outside for more of a team
    count = ask_members(world, tick, a, key, field.weights, insiders, max(int(inside * want + 0.5), 2), team, best)
    outsiders = Offer(reputation, opportunism, guard, 0.0, funded, label, loss, 0.0, burden)
    return ask_outsiders(world, tick, a, key, f, outsiders, want, team, count, best)


@compiled
def ask_members(world, tick, a, key, weights, offer, most, team, best):
    """Ask members with room, in an order of chance, until `most` have said yes."""
    p = world.parameters[0]
    alliance = world.alliances[a]
    draws = stream(world.seed[0], Process.ASKING, tick)
    count = 1
    for turn in range(ROUNDS):
        place = alliance.first_seat
        while place >= 0 and count < most:
            seat = world.seats[place]
            entity = key ^ mix(seat.key)
            member = world.organisations[seat.row]
            asked = has_hands(member, p) and uniform(draws, entity, turn) < ASKED
            if asked and not is_among(team, count, seat.row) and says_yes(
                    world, member, offer, weights, best, alliance.region, uniform(draws, entity, ROUNDS + turn)):
                team[count] = seat.row
                count += 1
                absorb(member, best)
            place = seat.next
    return count


@compiled
def ask_outsiders(world, tick, a, key, f, offer, want, team, count, best):
    """Look for outsiders until the team is as large as wanted, or too many have refused.

    Bonuses draw research partners, and those that an alliance in want lacks. Source: A1, B2.
    """
    p = world.parameters[0]
    alliance = world.alliances[a]
    host = world.organisations[team[0]]
    field = world.fields[alliance.sector, f]
    research = research_sought(field, p)
    draws = stream(world.seed[0], Process.INVITATION, tick)
    bonus = research_incentives.promised(world, tick)
    extra = special_support.promised(world, tick) if alliance.wanting > 0.0 else 0.0
    strong = extra > 0.0 and special_support.has_strong_firm(world, a)
    scientists = alliance.research
    refusals = 0.0
    patience = p.refusals_borne * (0.2 + standing(host.size, p))
    for k in range(int(p.candidates_met)):
        if count >= want or refusals >= patience:
            break
        row = meet(world, draws, key, k, host, alliance.sector, research)
        if world.sectors[alliance.sector].meetings > 0.0:
            row = look_closer(world, draws, key, k, row, alliance.sector, field.weights, best)
        candidate = world.organisations[row]
        if not has_room(candidate, p) or is_among(team, count, row) or seat_of(world, row, a) >= 0:
            continue
        added = bonus if is_scientific(candidate) else 0.0
        drawn = extra > 0.0 and is_wanted(candidate, strong, scientists, p)
        offered = Offer(offer.reputation, offer.opportunism, offer.guard, offer.trust, offer.subsidy, offer.label,
                        offer.public_loss, added + (extra if drawn else 0.0), offer.burden)
        luck = uniform(draws, key, DRAWS * k + 9)
        if says_yes(world, candidate, offered, field.weights, best, alliance.region, luck):
            team[count] = row
            count += 1
            absorb(candidate, best)
            strong = strong or is_strong_firm(candidate, p)
            scientists += 1 if is_scientific(candidate) else 0
        else:
            refusals += 1.0
    return count


@compiled
def planned_parts(world, a, team, count, parts):
    """Write partners' parts of a project's cost: shared by what they can carry, or left to the coordinator.

    How evenly is a matter of the contract; science pays less. Source: A1 (shared risk).
    """
    p = world.parameters[0]
    evenness = world.alliances[a].evenness
    total = 0.0
    for j in range(count):
        partner = world.organisations[team[j]]
        parts[j] = standing(partner.size, p) * (1.0 if partner.kind == Kind.FIRM else p.research_part)
        total += parts[j]
    for j in range(count):
        parts[j] *= evenness / max(total, 1e-9)
    parts[0] += 1.0 - evenness


@compiled
def start_project(world, tick, a, line, kind, place, team, count, grant, quarters):
    """Start a project with a team; outsiders in it become members. Returns its row. Source: A1, C2.

    A grant replaces part of what partners would pay (`grant_substitution`) and adds the rest.
    """
    # Most of it fills in one record, field by field.
    p = world.parameters[0]
    alliance = world.alliances[a]
    key = project_key(alliance, tick, place)
    draws = stream(world.seed[0], Process.PROJECT, tick)
    q = world.counts[Count.PROJECTS]
    world.counts[Count.PROJECTS] += 1
    project = world.projects[q]
    project.key = key
    project.alliance = a
    project.line = line
    project.field = world.lines[a, line].field
    project.kind = kind
    project.door = world.lines[a, line].door
    project.state = ProjectState.RUNNING
    project.started = tick
    project.planned = max(int(p.project_length + p.project_length_spread * normal(draws, key, 0) + 0.5), 4)
    project.ended = -1
    project.first_part = -1
    project.coordinator = world.organisations[team[0]].key
    project.proposed_in = alliance.stage
    project.vitality = alliance.vitality
    project.outlook = world.fields[alliance.sector, project.field].outlook
    project.ambition = uniform(draws, key, 1)
    cost_factor = 1.0 if kind == ProjectKind.RESEARCH else p.cost_later
    project.cost = burden_of(count, p) * count * cost_factor * (0.7 + 0.6 * project.ambition)
    project.grant = grant
    project.grant_until = tick + 1 + quarters  # the first payment is next quarter's
    project.next = alliance.first_project
    alliance.first_project = q
    project.earlier = alliance.last_project
    alliance.last_project = q
    alliance.running += 1
    alliance.project_count += 1
    world.lines[a, line].running[kind] += 1
    world.running[world.counts[Count.RUNNING]] = q
    world.counts[Count.RUNNING] += 1
    private = max(project.cost - p.grant_substitution * grant, p.private_least * project.cost)
    fill_seats(world, tick, a, q, team, count, private)
    project.size_start = project.size
    world.curves[tick].projects_started += 1
    record_event(world, tick, Event.PROJECT_STARTED, a, project.coordinator, float(q))
    return q


@compiled
def fill_seats(world, tick, a, q, team, count, private):
    """Write the partners of a project, and give outsiders a seat in the alliance.

    Each remembers the coordinator and the partner listed before it, and they remember it.
    """
    p = world.parameters[0]
    parts = np.empty(TEAM_LIMIT)
    planned_parts(world, a, team, count, parts)
    alliance = world.alliances[a]
    wanting = alliance.wanting > 0.0
    strong = wanting and special_support.has_strong_firm(world, a)
    for j in range(count):
        seat = seat_of(world, team[j], a)
        newcomer = seat < 0
        if newcomer:
            member = world.organisations[team[j]]
            if wanting and is_wanted(member, strong, alliance.research, p):
                special_support.reward(world, tick, team[j])
            strong = strong or is_strong_firm(member, p)
            seat = join(world, tick, a, team[j], p.satisfaction_start)
            research_incentives.reward(world, tick, team[j])
        take_part(world, tick, q, seat, parts[j] * private, newcomer)
        if j > 0:
            # The coordinator and one other partner: enough for the memory, whatever the size of the team.
            acquaint(world, team[j], team[0])
            if j > 1:
                acquaint(world, team[j], team[j - 1])


@compiled
def acquaint(world, row, other):
    """Let two organisations remember each other."""
    remember(world.organisations[row], other, world.organisations[other].key)
    remember(world.organisations[other], row, world.organisations[row].key)
