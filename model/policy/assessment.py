"""Assessment of pilots: exemplars, rectification, dropping. Source: D1."""

import numpy as np

from alliancelab.agents.codes import Event, Verdict
from alliancelab.agents.compiled import inner
from alliancelab.agents.government_rules import observed, pilot_record
from alliancelab.model.accounts import Count, Flow, Purse, pay, record_event
from alliancelab.model.declarations import Lever
from alliancelab.model.policy.instrument import Instrument
from alliancelab.model.randomness import Process, normal, stream

INSTRUMENT = Instrument(
    name="assessment",
    title="Assessment of pilots",
    policy_stage="maturity",
    rows=("D1",),
    eligible="Pilots a year and more after they were named.",
    delivery="Once a year; the best become exemplars, the weak are rectified, the failing lose label and support.",
    acts_on="Label, support, rules and members' patience.",
    cost="Assessing each pilot, by effort.",
    harm="Noise drops good pilots and crowns bad ones; rectification annoys members.",
    strength="effort",
    levers=(
        Lever("effort", 0.0, 0.0, 1.0, "strength", "document I, 3.3", "Effort, which buys accuracy; 0 is none."),
        Lever("exemplary", 0.55, 0.0, 1.0, "record", "assumed", "Record from which a pilot is an exemplar."),
        Lever("weak", 0.45, 0.0, 1.0, "record", "assumed", "Record below which a pilot is rectified."),
        Lever("failing", 0.3, 0.0, 1.0, "record", "assumed", "Record below which a pilot is dropped."),
        Lever("budget", 0.0, 0.0, 1e6, "million yuan a year", "scenario", "Most that is paid in a year."),
    ),
)


@inner
def assess(world, tick):
    """The yearly assessment. Source: D1."""
    levers = world.levers[tick]
    p = world.parameters[0]
    if levers.assessment_effort <= 0.0:
        return
    draws = stream(world.seed[0], Process.ASSESSMENT, tick)
    for k in range(world.counts[Count.LIVE]):
        a = world.live[k]
        alliance = world.alliances[a]
        if alliance.label <= 0.0 or tick - alliance.pilot < 4:
            continue
        price = p.assessment_price * levers.assessment_effort
        paid = pay(world, tick, Purse.ASSESSMENT, Flow.ASSESSMENT, price)
        if paid <= 0.0:
            return
        effort = levers.assessment_effort * paid / price
        seen = observed(pilot_record(alliance), normal(draws, alliance.key, 0), effort, p)
        alliance.verdict = Verdict.SOUND
        if seen >= levers.assessment_exemplary:
            alliance.verdict = Verdict.EXEMPLAR
        elif seen < levers.assessment_failing:
            alliance.verdict = Verdict.DROPPED
            alliance.label = 0.0
        elif seen < levers.assessment_weak:
            alliance.verdict = Verdict.RECTIFIED
            rectify(world, a)
        record_event(world, tick, Event.ASSESSED, a, np.uint64(0), alliance.verdict)


@inner
def rectify(world, a):
    """New rules are imposed: governance improves, members are annoyed."""
    p = world.parameters[0]
    alliance = world.alliances[a]
    alliance.governance += p.rectified_governance * (1.0 - alliance.governance)
    for k in range(alliance.size):
        world.seats[alliance.block, k].satisfaction *= 1.0 - p.rectified_satisfaction
