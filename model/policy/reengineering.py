"""Re-engineering: declining alliances are diagnosed, and the path that answers the weakness is bought.

The six paths themselves are in `paths`. Source: E1, E2, E3.
"""

import numpy as np

from alliancelab.agents.alliance_rules import vitality
from alliancelab.agents.codes import Event, Path
from alliancelab.agents.compiled import compiled, inner
from alliancelab.agents.government_rules import observed
from alliancelab.model.accounts import Count, Flow, Purse, left_of, pay, record_event
from alliancelab.model.declarations import Lever
from alliancelab.model.policy.instrument import Instrument, addressed
from alliancelab.model.randomness import Process, normal, stream, uniform
from alliancelab.model.renewal import younger_field
from alliancelab.model.tables import DIMENSIONS

INSTRUMENT = Instrument(
    name="reengineering",
    title="Diagnosis and re-engineering",
    policy_stage="decline",
    rows=("E1", "E2", "E3"),
    eligible="Alliances believed declining that pass four conditions: base, core technology, credit, importance.",
    delivery="A yearly diagnosis in six dimensions; the path for the weakest one is bought and takes effect later.",
    acts_on="Field choice, customers, partners, members, governance rules or the road map of the alliance.",
    cost="Diagnosis of each alliance by effort, and the price of the path.",
    harm="A wrong diagnosis buys the wrong path; blind rescue keeps alliances that had better end.",
    strength="effort",
    stages=("maturity", "decline"),
    levers=(
        Lever("effort", 0.0, 0.0, 1.0, "strength", "document I, 3.4",
              "Effort of diagnosis: buys accuracy; 0 is no programme."),
        Lever("eligibility", 1.0, 0.0, 1.0, "strength", "document I, 3.4",
              "How strictly the four conditions are applied; 0 is blind."),
        Lever("targeting", 1.0, 0.0, 1.0, "share", "document I, 3.4",
              "Share of paths chosen by diagnosis; the rest at random."),
        Lever("budget", 0.0, 0.0, 1e6, "million yuan a year", "scenario", "Most that is paid in a year."),
    ),
)


@inner
def diagnose(world, tick, a, seen):
    """Write the six dimensions as the government sees them into `seen`; returns the effort paid for. Source: E1."""
    levers = world.levers[tick]
    p = world.parameters[0]
    alliance = world.alliances[a]
    price = p.diagnosis_price * levers.reengineering_effort
    paid = pay(world, tick, Purse.REENGINEERING, Flow.DIAGNOSIS, price)
    effort = levers.reengineering_effort * paid / price
    draws = stream(world.seed[0], Process.DIAGNOSIS, tick)
    for d in range(DIMENSIONS):
        seen[d] = observed(alliance.dimensions[d], normal(draws, alliance.key, d), effort, p)
    return effort


@inner
def worth_it(world, tick, a, seen, effort):
    """Four conditions, as seen: cooperation base, core technology, credit record, importance. Source: E2.

    The lever scales the thresholds: at zero every alliance believed declining is taken (blind rescue).
    """
    strict = world.levers[tick].reengineering_eligibility
    p = world.parameters[0]
    alliance = world.alliances[a]
    sector = world.sectors[alliance.sector]
    credit = 0.0
    for k in range(alliance.size):
        credit += world.organisations[world.seats[alliance.block, k].row].credit / alliance.size
    draws = stream(world.seed[0], Process.DIAGNOSIS, tick)
    credit = observed(credit, normal(draws, alliance.key, DIMENSIONS), effort, p)
    ahead = younger_field(world, a) >= 0
    importance = 0.5 * sector.priority + 0.5 * (1.0 if ahead else world.fields[alliance.sector, alliance.field].outlook)
    return (
        seen[3] >= strict * p.eligible_base
        and seen[0] >= strict * p.eligible_technology
        and credit >= strict * p.eligible_credit
        and importance >= strict * p.eligible_importance
    )


@compiled
def usual(d, p):
    """Level of a dimension in a healthy alliance, against which weakness is judged."""
    if d == 0:
        return p.usual_technology
    if d == 1:
        return p.usual_economics
    if d == 2:
        return p.usual_standing
    if d == 3:
        return p.usual_stability
    if d == 4:
        return p.usual_governance
    return p.usual_clarity


@compiled
def path_price(path, p):
    """Price of a path, million yuan."""
    if path == Path.TECHNOLOGY_LEAP:
        return p.price_leap
    if path == Path.BUSINESS_TRANSFORMATION:
        return p.price_transformation
    if path == Path.CHAIN_EXTENSION:
        return p.price_extension
    if path == Path.RESTRUCTURING:
        return p.price_restructuring
    if path == Path.GOVERNANCE_RENEWAL:
        return p.price_governance
    return p.price_refocus


@compiled
def path_delay(path, p):
    """Quarters until a path takes effect: technology takes longest, rules and road maps least."""
    if path == Path.TECHNOLOGY_LEAP:
        return p.delay_technology
    if path == Path.GOVERNANCE_RENEWAL or path == Path.REFOCUS:
        return p.delay_rules
    return p.delay_partners


@inner
def buy(world, tick, a, seen):
    """Order the path that answers the weakest dimension seen; a share untargeted is drawn at random. Source: E3."""
    levers = world.levers[tick]
    p = world.parameters[0]
    alliance = world.alliances[a]
    draws = stream(world.seed[0], Process.RESCUE, tick)
    path = 0
    if uniform(draws, alliance.key, 0) < levers.reengineering_targeting:
        shortfall = -1.0
        for d in range(DIMENSIONS):
            missing = usual(d, p) - seen[d]
            if missing > shortfall:
                shortfall = missing
                path = d
    else:
        path = int(uniform(draws, alliance.key, 1) * DIMENSIONS)
    price = path_price(path, p)
    if left_of(world, tick, Purse.REENGINEERING) < price:
        return
    pay(world, tick, Purse.REENGINEERING, Flow.RESCUE, price)
    alliance.public_total += price
    alliance.path = path
    alliance.path_until = tick + int(path_delay(path, p))
    alliance.rescue_quarter = tick
    alliance.rescues += 1
    record_event(world, tick, Event.RESCUE_BOUGHT, a, np.uint64(0), float(path))


@inner
def examine(world, tick):
    """Yearly: diagnose alliances of the chosen stages and buy a path for those worth it. Source: E1, E2, E3."""
    levers = world.levers[tick]
    p = world.parameters[0]
    if levers.reengineering_effort <= 0.0:
        return
    seen = np.empty(DIMENSIONS)
    for k in range(world.counts[Count.LIVE]):
        a = world.live[k]
        alliance = world.alliances[a]
        alliance.suspected = False
        if alliance.path_until >= 0 or not addressed(levers.reengineering_stages, alliance.stage):
            continue
        if tick - alliance.founded < 4 or (alliance.rescues > 0 and tick - alliance.rescue_quarter < p.rescue_pause):
            continue
        effort = diagnose(world, tick, a, seen)
        if effort <= 0.0:
            return
        fallen = alliance.peak - vitality(seen, p)
        if fallen < p.decline_margin:
            continue
        alliance.suspected = True
        if worth_it(world, tick, a, seen, effort):
            buy(world, tick, a, seen)
