"""Process 11: votes at the end of a term, and endings with their reason. Source: A2, A9."""

import numpy as np

from alliancelab.agents.codes import Event, ProjectState, Reason
from alliancelab.agents.compiled import compiled
from alliancelab.agents.organisation_rules import renewal_odds
from alliancelab.model.accounts import Count, Flow, record_event
from alliancelab.model.loans import settle
from alliancelab.model.projects import close_up, end_projects
from alliancelab.model.randomness import Process, mix, normal, stream, uniform
from alliancelab.model.seats import leave

__all__ = ["endings", "wind_up"]


@compiled
def is_broken(alliance, p):
    """Whether too few members are left to keep a contract, or to sign one. Source: A1."""
    least = p.team_least if alliance.signed < 0 else p.members_least
    return alliance.size < least or alliance.firms < 2


@compiled
def has_succeeded(world, a):
    """Whether the agenda is done and spread: something launched that the industry uses, and nothing worth beginning."""
    p = world.parameters[0]
    alliance = world.alliances[a]
    if alliance.running > 0 or alliance.prospect >= p.purpose_prospect:
        return False
    for x in range(alliance.lines):
        line = world.lines[a, x]
        if line.launched >= p.purpose_reached and line.diffusion >= p.purpose_diffused:
            return True
    return False


@compiled
def vote(world, tick, a):
    """At the end of a term members without a project sign again or leave; returns whether too few are left."""
    p = world.parameters[0]
    alliance = world.alliances[a]
    draws = stream(world.seed[0], Process.VOTES, tick)
    alliance.votes += 1
    place = alliance.first_seat
    while place >= 0:
        seat = world.seats[place]
        following = seat.next
        if seat.projects == 0 and uniform(draws, alliance.key ^ mix(seat.key), 0) >= renewal_odds(
                seat, alliance, p):
            leave(world, tick, place)
        place = following
    if alliance.size < p.team_least or alliance.firms < 2:
        return True
    alliance.binding += p.binding_renewed * (1.0 - alliance.binding)  # what has held once binds more
    alliance.term_end = tick + max(int(p.term + p.term_spread * normal(draws, alliance.key, 0)), 6)
    record_event(world, tick, Event.CONTRACT_RENEWED, a, np.uint64(0), float(alliance.size))
    return False


@compiled
def patience_of(world, alliance):
    """Age before which low vitality is borne: partners give a venture time, some contracts more than others."""
    p = world.parameters[0]
    agreed = uniform(stream(world.seed[0], Process.VOTES, alliance.founded), alliance.key, 2)
    return p.patience * (1.0 + p.patience_spread * (2.0 * agreed - 1.0))


@compiled
def reason_to_end(world, tick, a):
    """Why an alliance ends now, or ALIVE: composition broken, low vitality, purpose achieved, or not renewed.

    Members do not give up the label of a pilot because their work is done, and not soon for low vitality. Source: B4.
    """
    p = world.parameters[0]
    alliance = world.alliances[a]
    if is_broken(alliance, p):
        return Reason.DESERTION
    if alliance.signed < 0:
        return Reason.ALIVE
    # Low vitality is borne for some time, longer while a project runs that may still turn it, and longer where a label
    # would be given up with the alliance.
    borne = p.floor_patience if alliance.running == 0 else p.floor_patience_running
    borne += p.floor_patience_label * alliance.label
    if alliance.low_quarters >= borne and tick - alliance.founded > patience_of(world, alliance):
        return Reason.FAILURE
    if alliance.label <= 0.0 and has_succeeded(world, a):
        luck = uniform(stream(world.seed[0], Process.VOTES, tick), alliance.key, 1)
        if tick >= alliance.term_end or luck < p.wind_up:
            return Reason.SUCCESS
    if tick >= alliance.term_end and vote(world, tick, a):
        return Reason.EXPIRY
    return Reason.ALIVE


@compiled
def wind_up(world, tick, a, reason):
    """End an alliance: running projects are abandoned, the purse is shared out, members leave."""
    alliance = world.alliances[a]
    end_projects(world, tick, a, ProjectState.ABANDONED)
    settle(world, tick, a)
    if alliance.size > 0:
        part = alliance.funds / alliance.size
        place = alliance.first_seat
        while place >= 0:
            world.organisations[world.seats[place].row].funds += part
            place = world.seats[place].next
        world.ledger[tick, Flow.LIQUIDATION] += alliance.funds
    else:
        world.ledger[tick, Flow.MANAGEMENT] += alliance.funds  # without members it is used up in winding up
    alliance.funds = 0.0
    alliance.public_funds = 0.0
    for x in range(alliance.lines):
        world.fields[alliance.sector, world.lines[a, x].field].alliances -= 1
    while alliance.first_seat >= 0:
        leave(world, tick, alliance.first_seat)
    alliance.ended = tick
    alliance.reason = reason
    world.curves[tick].ended += 1
    record_event(world, tick, Event.ENDED, a, np.uint64(0), alliance.reason)


@compiled
def endings(world, tick):
    """Process 11 of the tick; the list of living alliances closes up in order of founding."""
    kept = 0
    for k in range(world.counts[Count.LIVE]):
        a = world.live[k]
        reason = reason_to_end(world, tick, a)
        if reason != Reason.ALIVE:
            wind_up(world, tick, a, reason)
            continue
        world.live[kept] = a
        kept += 1
    world.counts[Count.LIVE] = kept
    close_up(world)
