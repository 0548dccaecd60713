"""Process 9: the three doors to re-growth, the end of contracts, and dissolution with its reason. Source: A3."""

from math import exp

import numpy as np

from alliancelab.agents.codes import Door, Event, Reason, Stage
from alliancelab.agents.compiled import compiled, inner
from alliancelab.model.accounts import Count, Flow, record_event
from alliancelab.model.contract import dissolve, leave
from alliancelab.model.environment import similarity
from alliancelab.model.loans import settle
from alliancelab.model.randomness import Process, normal, stream, uniform

__all__ = ["change_field", "renewal", "renewed", "wind_up", "younger_field"]


@inner
def younger_field(world, a):
    """The most promising younger field of the sector as the alliance sees it, -1 if none beats its own."""
    p = world.parameters[0]
    alliance = world.alliances[a]
    sector = world.sectors[alliance.sector]
    own = world.fields[alliance.sector, alliance.field]
    best = -1
    most = own.outlook / (1.0 + p.crowding_seen * max(own.alliances - 1, 0))
    for f in range(alliance.field + 1, sector.field_count):
        field = world.fields[alliance.sector, f]
        promise = field.outlook / (1.0 + p.crowding_seen * field.alliances)
        if promise > most:
            most = promise
            best = f
    return best


@inner
def change_field(world, tick, a, f, kept, door):
    """Move an alliance to field `f`, keeping a share of its technology; products have to be developed anew."""
    p = world.parameters[0]
    alliance = world.alliances[a]
    world.fields[alliance.sector, alliance.field].alliances -= 1
    world.fields[alliance.sector, f].alliances += 1
    alliance.field = f
    alliance.technology *= kept
    alliance.conversion *= kept
    alliance.adopters *= kept
    alliance.diffusion *= kept
    alliance.hedge = 0.0
    alliance.renewal = 0.0
    alliance.second_field = -1
    renewed(world, tick, a, door)
    alliance.clarity += p.clarity_renewed * (1.0 - alliance.clarity)


@inner
def renewed(world, tick, a, door):
    """Write down which door an alliance went through."""
    alliance = world.alliances[a]
    alliance.door = door
    alliance.door_quarter = tick
    record_event(world, tick, Event.RENEWAL, a, np.uint64(0), alliance.door)


@compiled
def slack(alliance):
    """Money the alliance has in hand, relative to a year of effort, in [0, 1]."""
    return min(max(alliance.funds - alliance.public_funds, 0.0) / (4.0 * alliance.effort + 0.1), 1.0)


@compiled
def agility(alliance, p):
    """How freely an alliance leaves what it is good at: its own property ties it to the old (core rigidity).

    After Leonard-Barton (1992): what made an alliance strong makes it slow to change. So does a sure public customer.
    """
    tied = p.order_lock if alliance.order > 0.0 else 0.0
    return exp(-(alliance.core_patents + alliance.generic_patents) / p.rigid_patents) * (1.0 - tied)


@inner
def hedge(world, tick, a, f, luck):
    """Door 1, risk avoidance: a well-governed alliance with reserves builds up a second field before it needs it.

    It pays for the hedge from its reserves and moves over when the younger field promises clearly more. Source: A3.
    """
    p = world.parameters[0]
    alliance = world.alliances[a]
    own = world.fields[alliance.sector, alliance.field]
    other = world.fields[alliance.sector, f]
    if alliance.hedge <= 0.0:
        if luck < p.renewal_rate * agility(alliance, p) * p.door_risk * alliance.governance * slack(alliance):
            alliance.hedge = 1e-3
        return
    cost = min(p.hedge_cost, max(alliance.funds - alliance.public_funds, 0.0))
    alliance.funds -= cost
    world.ledger[tick, Flow.JOINT_RESEARCH] += cost
    alliance.hedge += p.hedge_speed * cost / p.hedge_cost * (1.0 - alliance.hedge)
    if alliance.hedge >= p.hedge_ready and other.outlook > p.hedge_trigger * own.outlook:
        kept = similarity(own, other) + (1.0 - similarity(own, other)) * alliance.hedge
        change_field(world, tick, a, f, kept, Door.RISK_AVOIDANCE)


@inner
def seize(world, tick, a, f, luck):
    """Door 2, opportunity: an open alliance with trust jumps to a young field at once and loses what is unlike.

    Source: A3.
    """
    p = world.parameters[0]
    alliance = world.alliances[a]
    own = world.fields[alliance.sector, alliance.field]
    other = world.fields[alliance.sector, f]
    advantage = min(max(other.outlook - own.outlook, 0.0) / (own.outlook + 0.05), 2.0)
    hazard = p.renewal_rate * agility(alliance, p) * p.door_opportunity * alliance.openness * alliance.trust
    if luck < hazard * advantage:
        change_field(world, tick, a, f, similarity(own, other), Door.OPPORTUNITY)


@inner
def innovate_on(world, tick, a, f, luck):
    """Door 3, continuous innovation: steady research absorbs the newer vintage step by step, with little loss.

    Source: A3.
    """
    p = world.parameters[0]
    alliance = world.alliances[a]
    own = world.fields[alliance.sector, alliance.field]
    other = world.fields[alliance.sector, f]
    if alliance.renewal <= 0.0:
        steady = p.door_innovation * alliance.clarity * alliance.technology
        if luck < p.renewal_rate * agility(alliance, p) * steady:
            alliance.renewal = 1e-3
        return
    cost = min(p.renewal_share * alliance.effort, max(alliance.funds - alliance.public_funds, 0.0))
    alliance.funds -= cost
    world.ledger[tick, Flow.JOINT_RESEARCH] += cost
    alliance.renewal = min(alliance.renewal + p.renewal_speed * cost / (p.renewal_share * p.effort_reference), 1.0)
    distance = 1.0 - similarity(own, other)
    if alliance.renewal >= distance:
        change_field(world, tick, a, f, 1.0 - p.renewal_loss * distance, Door.CONTINUOUS_INNOVATION)


@inner
def doors(world, tick, a):
    """Try the doors, before or during decline: an alliance still on the rise does not look for one.

    They need results to stand on and a younger field to go to.
    """
    p = world.parameters[0]
    alliance = world.alliances[a]
    if alliance.stage == Stage.FORMATION or alliance.fast - alliance.slow > p.plateau_slope:
        return
    f = younger_field(world, a)
    if f < 0:
        return
    draws = stream(world.seed[0], Process.RENEWAL, tick)
    field = alliance.field
    hedge(world, tick, a, f, uniform(draws, alliance.key, 0))
    if alliance.field == field:  # whoever has moved looks no further this quarter
        seize(world, tick, a, f, uniform(draws, alliance.key, 1))
    if alliance.field == field:
        innovate_on(world, tick, a, f, uniform(draws, alliance.key, 2))


@inner
def renew_contract(world, tick, a):
    """At the end of the term the satisfied sign again and the others leave; returns why it ends, or ALIVE.

    An alliance whose technology is mature, converted and in the industry's hands has done its work.
    """
    p = world.parameters[0]
    alliance = world.alliances[a]
    if alliance.technology * alliance.conversion > p.purpose_reached and alliance.diffusion > p.purpose_diffused:
        return Reason.SUCCESS
    k = 0
    while k < alliance.size:
        if world.seats[alliance.block, k].satisfaction < p.renewal_satisfaction:
            leave(world, tick, a, k)
        else:
            k += 1
    if alliance.size < p.members_least or alliance.firms < 2:
        return Reason.EXPIRY
    draws = stream(world.seed[0], Process.CONTRACT, tick)
    alliance.term_end = tick + max(int(p.term + p.term_spread * normal(draws, alliance.key, 3)), 4)
    record_event(world, tick, Event.CONTRACT_RENEWED, a, np.uint64(0), float(alliance.size))
    return Reason.ALIVE


@inner
def verdict(world, tick, a):
    """Why an alliance ends now, or ALIVE: composition broken, vitality below the floor for a year, or term over.

    No vote is taken while a grant runs: its contract outlasts the members' own.
    """
    p = world.parameters[0]
    alliance = world.alliances[a]
    if alliance.size < p.members_least or alliance.firms < 2:
        return Reason.DESERTION
    if alliance.low_quarters >= 4 and tick - alliance.founded > p.patience:
        return Reason.FAILURE
    if tick >= alliance.term_end and alliance.grant <= 0.0:
        return renew_contract(world, tick, a)
    return Reason.ALIVE


@inner
def wind_up(world, tick, a, reason):
    """Pay the purse of an alliance out to its members and dissolve it; without members it is used up in winding up."""
    alliance = world.alliances[a]
    settle(world, tick, a)
    if alliance.size > 0:
        part = alliance.funds / alliance.size
        for k in range(alliance.size):
            world.organisations[world.seats[alliance.block, k].row].funds += part
        world.ledger[tick, Flow.LIQUIDATION] += alliance.funds
    else:
        world.ledger[tick, Flow.JOINT_RESEARCH] += alliance.funds
    alliance.funds = 0.0
    alliance.public_funds = 0.0
    world.fields[alliance.sector, alliance.field].alliances -= 1
    dissolve(world, tick, a, reason)
    world.curves[tick].ended += 1
    record_event(world, tick, Event.ENDED, a, np.uint64(0), alliance.reason)


@compiled
def renewal(world, tick):
    """Process 9 of the tick; the list of living alliances closes up in order of founding."""
    kept = 0
    for k in range(world.counts[Count.LIVE]):
        a = world.live[k]
        doors(world, tick, a)
        reason = verdict(world, tick, a)
        if reason != Reason.ALIVE:
            wind_up(world, tick, a, reason)
            continue
        world.live[kept] = a
        kept += 1
    world.counts[Count.LIVE] = kept
