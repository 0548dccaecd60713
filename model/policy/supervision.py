"""Supervision of publicly funded alliances: money, changes, stage results. Source: C3."""

import numpy as np

from alliancelab.agents.codes import Event
from alliancelab.agents.compiled import inner
from alliancelab.agents.government_rules import misuse_share
from alliancelab.model.accounts import Count, Flow, Purse, pay, record_event
from alliancelab.model.contract import member_means
from alliancelab.model.declarations import Lever
from alliancelab.model.policy.instrument import Instrument
from alliancelab.model.randomness import Process, stream, uniform

INSTRUMENT = Instrument(
    name="supervision",
    title="Supervision",
    policy_stage="growth",
    rows=("C3",),
    eligible="Alliances that hold public money.",
    delivery="Continuous: audits of money, control of membership changes, yearly review of results.",
    acts_on="The chance that misuse is found, members' opportunism under watch, the running of the grant.",
    cost="Staff of the supervisor for each alliance, and the alliance's own work to comply.",
    harm="Compliance eats R&D time and annoys honest members; strict reviews stop slow but sound projects.",
    strength="intensity",
    levers=(
        Lever("intensity", 0.0, 0.0, 1.0, "strength", "document I, 3.2", "How closely alliances are watched."),
        Lever("review", 0.5, 0.0, 1.0, "strength", "document I, 3.2",
              "Progress a year below which a grant stops, scaled."),
        Lever("budget", 0.0, 0.0, 1e6, "million yuan a year", "scenario", "Most that is paid in a year."),
    ),
)


@inner
def watch(world, tick):
    """Staff the watch over every alliance that holds public money; what the budget cannot pay is not watched."""
    levers = world.levers[tick]
    p = world.parameters[0]
    for k in range(world.counts[Count.LIVE]):
        alliance = world.alliances[world.live[k]]
        alliance.supervision = 0.0
        if levers.supervision_intensity <= 0.0 or alliance.public_funds <= 1e-3:
            continue
        price = p.supervision_price * levers.supervision_intensity
        paid = pay(world, tick, Purse.SUPERVISION, Flow.SUPERVISION, price)
        alliance.supervision = levers.supervision_intensity * paid / price


@inner
def misuse(world, tick, a, spending):
    """Public money that members divert to their own ends, and what an audit claws back. Source: C3.

    Misuse grows with the opportunism of members, falls with governance and with the chance of being found; what is
    found is paid back and costs credit.

    Returns
    -------
    float
        Million yuan of `spending` that did not reach the joint work.
    """
    if spending <= 0.0:
        return 0.0
    p = world.parameters[0]
    alliance = world.alliances[a]
    _, opportunism, _ = member_means(world, a)
    share = misuse_share(opportunism, alliance.governance, alliance.supervision, p)
    diverted = share * spending
    alliance.funds -= diverted
    alliance.misused += diverted
    world.ledger[tick, Flow.MISUSE] += diverted
    world.curves[tick].misused += diverted
    draws = stream(world.seed[0], Process.AUDIT, tick)
    caught = uniform(draws, alliance.key, 0) < p.audit_chance * alliance.supervision
    for k in range(alliance.size):
        member = world.organisations[world.seats[alliance.block, k].row]
        part = diverted / alliance.size
        member.funds += part
        if caught:
            member.funds -= part
            world.government[0].funds += part
            world.ledger[tick, Flow.CLAWBACK] += part
            member.credit *= 1.0 - p.credit_loss * min(share, 1.0)
    if caught:
        alliance.found += diverted
        record_event(world, tick, Event.MISUSE_FOUND, a, np.uint64(0), diverted)
    return diverted


@inner
def comply(world, tick, a, public):
    """Reports and audits eat part of the money, in proportion to the public part. Source: C3 (the lever's harm)."""
    p = world.parameters[0]
    alliance = world.alliances[a]
    cost = min(p.compliance_cost * alliance.supervision * alliance.supervision * public, max(alliance.funds, 0.0))
    alliance.funds -= cost
    world.ledger[tick, Flow.COMPLIANCE] += cost
    return cost


@inner
def review(world, tick):
    """Yearly review: a grant stops where a year brought too little, or where too many members changed. Source: C3."""
    levers = world.levers[tick]
    p = world.parameters[0]
    for k in range(world.counts[Count.LIVE]):
        a = world.live[k]
        alliance = world.alliances[a]
        if alliance.grant <= 0.0 or alliance.supervision <= 0.0:
            continue
        level = alliance.technology + alliance.conversion
        required = p.review_progress * levers.supervision_review * alliance.supervision
        unstable = alliance.turnover > p.review_turnover / max(alliance.supervision, 0.1)
        full_year = tick - alliance.grant_since >= 4
        if full_year and (level - alliance.grant_mark < required or unstable):
            alliance.grant = 0.0
            record_event(world, tick, Event.GRANT_STOPPED, a, np.uint64(0), level - alliance.grant_mark)
        alliance.grant_mark = level
