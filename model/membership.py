"""Process 8: members judge, quarrel, trust and leave; outsiders apply. Source: A7, A9."""

import numpy as np

from alliancelab.agents.alliance_rules import clarity_target, dispute_hazard, governance_change, trust_change
from alliancelab.agents.codes import Event
from alliancelab.agents.compiled import compiled
from alliancelab.agents.firm_rules import promise_of, public_loss, research_sought
from alliancelab.agents.organisation_rules import Offer, coverage_gain, exit_hazard, has_room, satisfaction_target
from alliancelab.model.accounts import Count, record_event
from alliancelab.model.partner_search import absorb, says_yes
from alliancelab.model.randomness import Process, mix, stream, uniform
from alliancelab.model.seats import join, leave, member_means, seat_of
from alliancelab.model.tables import CLASSES

__all__ = ["admit", "membership"]

APPLICANTS_PER_MEMBERS = 25  # a larger alliance draws more than one applicant at a time


@compiled
def supervised(world, a):
    """Supervision of an alliance's projects, the mean over those that run."""
    total = 0.0
    q = world.alliances[a].first_project
    while q >= 0:
        total += world.projects[q].supervision
        q = world.projects[q].next
    return total / max(world.alliances[a].running, 1)


@compiled
def judge(world, a, burden):
    """Members' satisfaction follows what the alliance is to them."""
    p = world.parameters[0]
    alliance = world.alliances[a]
    total = 0.0
    loss = 0.0
    place = alliance.first_seat
    while place >= 0:
        seat = world.seats[place]
        loss += seat.loss
        if seat.projects == 0 and alliance.signed >= 0:
            seat.idle += 1
        target = satisfaction_target(seat, world.organisations[seat.row], alliance, burden, p)
        seat.satisfaction += p.satisfaction_speed * (target - seat.satisfaction)
        seat.loss *= 1.0 - p.loss_fade
        total += seat.satisfaction
        place = seat.next
    alliance.satisfaction = total / max(alliance.size, 1)
    alliance.loss = loss / max(alliance.size, 1)


@compiled
def quarrel(world, tick, a):
    """A dispute over property cuts trust and satisfaction, and may tear a running project. Source: A7."""
    p = world.parameters[0]
    alliance = world.alliances[a]
    draws = stream(world.seed[0], Process.DISPUTES, tick)
    sector = world.sectors[alliance.sector]
    if uniform(draws, alliance.key, 0) >= dispute_hazard(alliance, sector, p):
        return
    alliance.disputes += 1
    alliance.trust *= 1.0 - p.dispute_trust
    place = alliance.first_seat
    while place >= 0:
        world.seats[place].satisfaction *= 1.0 - p.dispute_satisfaction
        place = world.seats[place].next
    if alliance.first_project >= 0:
        # Work stands still while partners argue over who owns what they brought and found.
        project = world.projects[alliance.first_project]
        project.progress = max(project.progress - p.dispute_work, 0.0)
    world.curves[tick].disputes += 1
    record_event(world, tick, Event.DISPUTE, a, np.uint64(0), alliance.trust)


@compiled
def exits(world, tick, a):
    """Members without a project leave where their satisfaction is low. Source: A7, A9."""
    p = world.parameters[0]
    alliance = world.alliances[a]
    draws = stream(world.seed[0], Process.EXITS, tick)
    place = alliance.first_seat
    while place >= 0:
        seat = world.seats[place]
        following = seat.next
        if seat.projects == 0 and uniform(draws, alliance.key ^ mix(seat.key), 0) < exit_hazard(seat, alliance, p):
            leave(world, tick, place)
        place = following


@compiled
def update_cohesion(world, a, burden):
    """Turnover, trust, governance and clarity move."""
    p = world.parameters[0]
    alliance = world.alliances[a]
    rate = p.turnover_weight * alliance.exits / max(alliance.size + alliance.exits, 1)
    alliance.turnover += p.turnover_memory * (min(rate, 1.0) - alliance.turnover)
    alliance.exits = 0
    promise = 0.0
    for x in range(alliance.lines):
        promise = max(promise, promise_of(world.fields[alliance.sector, world.lines[a, x].field], p))
    alliance.trust = min(max(alliance.trust + trust_change(alliance, p), 0.02), 1.0)
    alliance.governance = min(max(alliance.governance + governance_change(alliance, burden, p), 0.0), 1.0)
    target = clarity_target(alliance, promise, p)
    alliance.clarity = min(max(alliance.clarity + p.clarity_speed * (target - alliance.clarity), 0.02), 1.0)


@compiled
def best_of_members(world, a, best):
    """Write members' best expertise, class by class."""
    best[:] = 0.0
    place = world.alliances[a].first_seat
    while place >= 0:
        absorb(world.organisations[world.seats[place].row], best)
        place = world.seats[place].next


@compiled
def admit(world, tick, a, row, best, luck):
    """Give organisation `row` a seat if it has room, adds coverage and wants in; returns whether it joined.

    `best` is scratch space for the members' best expertise, shape (CLASSES,).
    """
    p = world.parameters[0]
    alliance = world.alliances[a]
    sector = world.sectors[alliance.sector]
    weights = world.fields[alliance.sector, alliance.field].weights
    candidate = world.organisations[row]
    if not has_room(candidate, p) or seat_of(world, row, a) >= 0:
        return False
    best_of_members(world, a, best)
    if coverage_gain(candidate, weights, best) < p.entry_gain:
        return False
    reputation, opportunism, _ = member_means(world, a)
    loss = public_loss(sector.mandate, sector.public_belief, p)
    guard = 1.0 - (1.0 - alliance.binding) * (1.0 - alliance.governance)
    offer = Offer(reputation, opportunism, guard, 0.0, 0.0, alliance.label * sector.attention, loss, 0.0,
                  p.partner_cost)
    if not says_yes(world, candidate, offer, weights, best, alliance.region, luck):
        return False
    join(world, tick, a, row, p.satisfaction_start)
    return True


@compiled
def take_applicants(world, tick, a, best):
    """Outsiders may apply: drawn by openness, vitality, size and label; admitted if they add coverage and want in.

    Source: B4 (attention and label), A7 (member turnover).
    """
    p = world.parameters[0]
    alliance = world.alliances[a]
    sector = world.sectors[alliance.sector]
    draws = stream(world.seed[0], Process.ENTRIES, tick)
    labelled = 1.0 + p.entry_label * alliance.label * sector.attention
    draw = alliance.openness * alliance.vitality * labelled * (0.5 + alliance.size / 40.0)
    if uniform(draws, alliance.key, 0) >= p.entry_rate * draw:
        return
    sought = research_sought(world.fields[alliance.sector, alliance.field], p)
    for j in range(1 + alliance.size // APPLICANTS_PER_MEMBERS):
        pick = uniform(draws, alliance.key, 4 * j + 1)
        if uniform(draws, alliance.key, 4 * j + 2) < sought and sector.research_rows > 0:
            row = sector.first_research + int(pick * sector.research_rows)
        else:
            row = sector.first_firm + int(pick * sector.firm_rows)
        admit(world, tick, a, row, best, uniform(draws, alliance.key, 4 * j + 3))


@compiled
def membership(world, tick):
    """Process 8 of the tick."""
    best = np.empty(CLASSES)
    for k in range(world.counts[Count.LIVE]):
        a = world.live[k]
        burden = supervised(world, a)
        judge(world, a, burden)
        quarrel(world, tick, a)
        exits(world, tick, a)
        update_cohesion(world, a, burden)
        alliance = world.alliances[a]
        if alliance.signed >= 0 and alliance.size > 0:
            take_applicants(world, tick, a, best)
