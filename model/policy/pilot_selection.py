"""Pilot selection by four principles, and what being a pilot does. Source: B3, B4."""

import numpy as np

from alliancelab.agents.codes import Event, Kind
from alliancelab.agents.compiled import compiled
from alliancelab.agents.government_rules import Composition, pilot_score
from alliancelab.agents.organisation_rules import coverage_gain, standing
from alliancelab.model.accounts import Count, Flow, Purse, left_of, pay, record_event
from alliancelab.model.declarations import Lever
from alliancelab.model.policy.instrument import NOT_ELIGIBLE, Instrument, addressed, best_of, budget_lever
from alliancelab.model.randomness import Process, normal, stream, uniform
from alliancelab.model.tables import CLASSES

INSTRUMENT = Instrument(
    name="pilot_selection",
    title="Pilot selection",
    policy_stage="formation",
    rows=("B3", "B4"),
    eligible="Living alliances under contract with at least two firms and a research partner, not yet named.",
    delivery="Once a year the best by score are named; a pilot gets yearly support, a label and publicity.",
    acts_on="Pilots' purse, candidates' view of them, attention of outsiders, experience that others can copy.",
    cost="Support of each pilot a year, and the cost of selection and publicity.",
    harm="Pilots draw members and grants from others.",
    strength="number",
    stages=("growth", "maturity", "regrowth"),
    levers=(
        Lever("number", 0.0, 0.0, 10_000.0, "pilots a year", "data: pilots",
              "Alliances named a year; fractions add up."),
        Lever("support", 1.0, 0.0, 100.0, "million yuan a year per pilot", "assumed", "Support paid to a pilot."),
        Lever("years", 2.0, 0.25, 20.0, "years", "data: pilot_cn_2012 (two-year pilot term)", "How long it is paid."),
        Lever("publicity", 0.5, 0.0, 1.0, "strength", "document I, 3.1", "Effort to make pilots known."),
        Lever("experience", 0.5, 0.0, 1.0, "strength", "document I, 3.1", "Effort to pass pilots' experience on."),
        Lever("composition_weight", 1.0, 0.0, 10.0, "weight", "document I, 3.1 (1)",
              "Principle 1: composition and contract."),
        Lever("fit_weight", 1.0, 0.0, 10.0, "weight", "document I, 3.1 (2)",
              "Principle 2: priority, generic, own property."),
        Lever("plan_weight", 1.0, 0.0, 10.0, "weight", "document I, 3.1 (3)",
              "Principle 3: plan and power to diffuse."),
        Lever("openness_weight", 1.0, 0.0, 10.0, "weight", "document I, 3.1 (4)",
              "Principle 4: openness to new members."),
        Lever("size_weight", 0.0, 0.0, 1.0, "share", "design: counterfactual",
              "Part of the score that goes by size alone."),
        Lever("lottery", 0.0, 0.0, 1.0, "share", "design: counterfactual", "Part of the score that is drawn by lot."),
        budget_lever(),
    ),
)


@compiled
def eligible(alliance, levers):
    """A living alliance of a chosen stage with a firm core and a research partner, not named before. Source: B3."""
    if alliance.pilot >= 0 or alliance.signed < 0 or not addressed(levers.pilot_selection_stages, alliance.stage):
        return False
    return alliance.firms >= 2 and alliance.research >= 1


@compiled
def composition_of(world, a):
    """What the first principle looks at, each for itself: firms, science, supporting bodies, honesty. Source: B3.

    Frontier research is what members from science alone cover of the main field.
    """
    p = world.parameters[0]
    alliance = world.alliances[a]
    weights = world.fields[alliance.sector, alliance.field].weights
    best = np.zeros(CLASSES)
    credit = 0.0
    backbone = 0.0
    frontier = 0.0
    place = alliance.first_seat
    while place >= 0:
        member = world.organisations[world.seats[place].row]
        credit += member.credit / alliance.size
        if member.kind == Kind.FIRM:
            backbone += standing(member.size, p) / alliance.firms
        elif member.kind != Kind.AGENCY:
            frontier += coverage_gain(member, weights, best)
            for d in range(CLASSES):
                best[d] = max(best[d], member.expertise[d])
        place = world.seats[place].next
    core = min(2.0 * alliance.firms / max(alliance.size, 1), 1.0)
    supporting = 1.0 if alliance.size > alliance.firms + alliance.research else 0.0
    return Composition(core, backbone, frontier, supporting, credit)


@compiled
def score_of(world, tick, a, draws):
    """Score of a candidate: four principles, size and a lottery, weighed by the levers, and what the jury misjudges."""
    levers = world.levers[tick]
    p = world.parameters[0]
    alliance = world.alliances[a]
    sector = world.sectors[alliance.sector]
    field = world.fields[alliance.sector, alliance.field]
    score = pilot_score(alliance, sector, field, composition_of(world, a), levers, p)
    score += p.selection_noise * normal(draws, alliance.key, 0)
    large = min(alliance.size / 30.0, 1.0)
    score += levers.pilot_selection_size_weight * (large - score)
    return score + levers.pilot_selection_lottery * (uniform(draws, alliance.key, 2) - score)


@compiled
def yearly(world, tick):
    """Once a year: score what is eligible and name the best; fractions of the number add up over years. Source: B3.

    Places that nobody is eligible for, or no money is left for, lapse but for one, which is carried over.
    """
    levers = world.levers[tick]
    p = world.parameters[0]
    government = world.government[0]
    if levers.pilot_selection_number <= 0.0:
        return
    government.named += levers.pilot_selection_number
    draws = stream(world.seed[0], Process.SELECTION, tick)
    live = world.counts[Count.LIVE]
    scores = np.full(live, NOT_ELIGIBLE)
    for k in range(live):
        if eligible(world.alliances[world.live[k]], levers):
            scores[k] = score_of(world, tick, world.live[k], draws)
    while government.pilots + 1.0 <= government.named + 1e-9:
        k = best_of(scores)
        if k < 0 or left_of(world, tick, Purse.PILOT_SELECTION) < p.selection_price:
            government.named = min(government.named, government.pilots + 1.0)
            return
        pay(world, tick, Purse.PILOT_SELECTION, Flow.PILOT_SELECTION, p.selection_price)
        alliance = world.alliances[world.live[k]]
        alliance.pilot = tick
        alliance.label = 1.0
        government.pilots += 1.0
        record_event(world, tick, Event.PILOT, world.live[k], np.uint64(0), scores[k])
        scores[k] = NOT_ELIGIBLE


@compiled
def support(world, tick):
    """Pay pilots their yearly support by quarters, for the years of the lever. Source: B4 (resources together)."""
    levers = world.levers[tick]
    for k in range(world.counts[Count.LIVE]):
        alliance = world.alliances[world.live[k]]
        if alliance.label <= 0.0 or tick - alliance.pilot >= 4.0 * levers.pilot_selection_years:
            continue
        amount = levers.pilot_selection_support / 4.0
        paid = pay(world, tick, Purse.PILOT_SELECTION, Flow.PILOT_SUPPORT, amount)
        alliance.funds += paid
        alliance.public_funds += paid
        alliance.public_total += paid


@compiled
def campaign(world, tick, strength, price):
    """Buy a quarter of publicity or of passing on experience in one sector; returns the strength paid for."""
    if strength <= 0.0:
        return 0.0
    paid = pay(world, tick, Purse.PILOT_SELECTION, Flow.PILOT_SELECTION, price * strength)
    return paid / price


@compiled
def count_pilots(world):
    """Number and mean governance of the pilots of each sector."""
    for s in range(world.sectors.shape[0]):
        world.sectors[s].pilots = 0
        world.sectors[s].pilot_governance = 0.0
    for k in range(world.counts[Count.LIVE]):
        alliance = world.alliances[world.live[k]]
        sector = world.sectors[alliance.sector]
        if alliance.label > 0.0:
            sector.pilots += 1
            sector.pilot_governance += alliance.governance
    for s in range(world.sectors.shape[0]):
        sector = world.sectors[s]
        sector.pilot_governance /= max(sector.pilots, 1)


@compiled
def quarterly(world, tick):
    """Support pilots, draw attention where there are some, and pass their experience on. Source: B4.

    Attention wakes needs and brings applicants to pilots; experience moves others' governance towards the pilots',
    and reaches contracts that are newly signed.
    """
    levers = world.levers[tick]
    p = world.parameters[0]
    support(world, tick)
    count_pilots(world)
    for s in range(world.sectors.shape[0]):
        sector = world.sectors[s]
        visible = 0.0
        sector.teaching = 0.0
        if sector.pilots > 0:
            shown = campaign(world, tick, levers.pilot_selection_publicity, p.publicity_price)
            visible = shown * sector.pilots / max(sector.living, 1)
            sector.teaching = campaign(world, tick, levers.pilot_selection_experience, p.experience_price)
        sector.attention += p.attention_speed * (visible - sector.attention)
    for k in range(world.counts[Count.LIVE]):
        alliance = world.alliances[world.live[k]]
        sector = world.sectors[alliance.sector]
        if alliance.label <= 0.0:
            ahead = max(sector.pilot_governance - alliance.governance, 0.0)
            alliance.governance += p.experience_effect * sector.teaching * ahead
