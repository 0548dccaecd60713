"""Assessment of pilots: exemplars and their further support, rectification, dropping, lessons learned. Source: D1."""

from math import exp

import numpy as np

from alliancelab.agents.codes import Event, Verdict
from alliancelab.agents.compiled import compiled
from alliancelab.agents.government_rules import observed, pilot_record
from alliancelab.model.accounts import Count, Flow, Purse, left_of, pay, record_event
from alliancelab.model.declarations import Lever
from alliancelab.model.policy.instrument import Instrument, budget_lever
from alliancelab.model.randomness import Process, normal, stream

INSTRUMENT = Instrument(
    name="assessment",
    title="Assessment of pilots",
    policy_stage="maturity",
    rows=("D1",),
    eligible="Pilots, a year and more after they were named.",
    delivery="Every few years; the best become exemplars and are supported on, the weak are rectified, those that fail "
    "or stay weak lose label and support; failures are studied.",
    acts_on="Label, support, rules and members' patience; what others know of how projects fail.",
    cost="Assessing each pilot, by effort; exemplars' support; drawing lessons.",
    harm="Noise drops good pilots and crowns bad ones; rectification annoys members.",
    strength="effort",
    beside="pilot_selection",
    levers=(
        Lever("effort", 0.0, 0.0, 1.0, "strength", "document I, 3.3", "Effort, which buys accuracy; 0 is none."),
        Lever("interval", 2.0, 1.0, 10.0, "years", "data: cn_assess_2012", "Years between assessments of a pilot."),
        Lever("exemplary", 0.55, 0.0, 1.0, "record", "assumed", "Record from which a pilot is an exemplar."),
        Lever("weak", 0.4, 0.0, 1.0, "record", "assumed", "Record below which a pilot is rectified."),
        Lever("failing", 0.33, 0.0, 1.0, "record", "assumed", "Record below which a pilot is dropped."),
        Lever("support", 1.0, 0.0, 100.0, "million yuan a year", "document I, 3.3", "Further support of an exemplar."),
        Lever("lessons", 0.5, 0.0, 1.0, "strength", "document I, 3.3",
              "Effort to draw and pass on lessons of failure."),
        budget_lever(),
    ),
)


@compiled
def yearly(world, tick):
    """Assess the pilots whose turn it is. Source: D1."""
    levers = world.levers[tick]
    p = world.parameters[0]
    if levers.assessment_effort <= 0.0:
        return
    draws = stream(world.seed[0], Process.ASSESSMENT, tick)
    every = max(int(levers.assessment_interval), 1)
    for k in range(world.counts[Count.LIVE]):
        a = world.live[k]
        alliance = world.alliances[a]
        years = (tick - alliance.pilot) // 4
        if alliance.label <= 0.0 or years < 1 or years % every != 0:
            continue
        price = p.assessment_price * levers.assessment_effort
        if left_of(world, tick, Purse.ASSESSMENT) < price:
            return
        pay(world, tick, Purse.ASSESSMENT, Flow.ASSESSMENT, price)
        seen = observed(pilot_record(alliance), normal(draws, alliance.key, 0), levers.assessment_effort, p)
        grade(world, tick, a, seen)


@compiled
def grade(world, tick, a, seen):
    """What an assessment says of a pilot, and what follows. Source: D1."""
    levers = world.levers[tick]
    alliance = world.alliances[a]
    if seen >= levers.assessment_exemplary:
        alliance.verdict = Verdict.EXEMPLAR
    elif seen >= levers.assessment_weak:
        alliance.verdict = Verdict.SOUND
    elif seen < levers.assessment_failing or alliance.warned > 0:
        alliance.verdict = Verdict.DROPPED
        alliance.label = 0.0
        study_failures(world, a)
    else:
        alliance.verdict = Verdict.RECTIFIED
        study_failures(world, a)
        rectify(world, a)
    alliance.warned = alliance.warned + 1 if alliance.verdict == Verdict.RECTIFIED else 0
    record_event(world, tick, Event.ASSESSED, a, np.uint64(0), alliance.verdict)


@compiled
def study_failures(world, a):
    """Projects that failed since the last study go on record."""
    alliance = world.alliances[a]
    world.government[0].failures += alliance.failed - alliance.failed_studied
    alliance.failed_studied = alliance.failed


@compiled
def rectify(world, a):
    """New rules are imposed: governance and rules for funds improve, members are annoyed."""
    p = world.parameters[0]
    alliance = world.alliances[a]
    alliance.governance += p.rectified_governance * (1.0 - alliance.governance)
    alliance.fund_rules += p.rectified_governance * (1.0 - alliance.fund_rules)
    place = alliance.first_seat
    while place >= 0:
        world.seats[place].satisfaction *= 1.0 - p.rectified_satisfaction
        place = world.seats[place].next


@compiled
def quarterly(world, tick):
    """Support exemplars further; pass on what failures on record teach. Source: D1."""
    levers = world.levers[tick]
    p = world.parameters[0]
    for k in range(world.counts[Count.LIVE]):
        alliance = world.alliances[world.live[k]]
        if alliance.label > 0.0 and alliance.verdict == Verdict.EXEMPLAR and levers.assessment_effort > 0.0:
            paid = pay(world, tick, Purse.ASSESSMENT, Flow.EXEMPLAR_SUPPORT, levers.assessment_support / 4.0)
            alliance.funds += paid
            alliance.public_funds += paid
            alliance.public_total += paid
    known = 1.0 - exp(-world.government[0].failures / p.lessons_failures)
    for s in range(world.sectors.shape[0]):
        taught = 0.0
        if levers.assessment_effort > 0.0 and levers.assessment_lessons > 0.0 and known > 0.0:
            price = p.lessons_price * levers.assessment_lessons
            taught = levers.assessment_lessons * pay(world, tick, Purse.ASSESSMENT, Flow.LESSONS, price) / price
        sector = world.sectors[s]
        sector.lessons += p.attention_speed * (taught * known - sector.lessons)
