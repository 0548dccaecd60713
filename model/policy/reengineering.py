"""Re-engineering: declining alliances are diagnosed, and the path that answers the weakness is bought.

The six paths themselves are in `paths`. Source: E1, E2, E3.
"""

import numpy as np

from alliancelab.agents.alliance_rules import vitality
from alliancelab.agents.codes import Dimension, Event, Path, Stage
from alliancelab.agents.compiled import compiled
from alliancelab.agents.firm_rules import promise_of
from alliancelab.agents.government_rules import observed
from alliancelab.model.accounts import Count, Flow, Purse, left_of, pay, record_event
from alliancelab.model.declarations import Lever
from alliancelab.model.policy import paths
from alliancelab.model.policy.instrument import Instrument, addressed, budget_lever
from alliancelab.model.randomness import Process, normal, stream, uniform
from alliancelab.model.seats import credit_of
from alliancelab.model.tables import DIMENSIONS

INSTRUMENT = Instrument(
    name="reengineering",
    title="Diagnosis and re-engineering",
    policy_stage="decline",
    rows=("E1", "E2", "E3"),
    eligible="Alliances believed declining that pass four conditions: base, core technology, credit, importance.",
    delivery="A yearly diagnosis in six dimensions; the path for the weakest one is bought and takes effect later.",
    acts_on="Projects, customers, partners, members, governance rules or the road map of the alliance.",
    cost="Diagnosis of each alliance by effort, the measures of the path, and its project.",
    harm="A wrong diagnosis buys the wrong path; blind rescue keeps alliances that had better end.",
    strength="effort",
    stages=("maturity", "decline"),
    levers=(
        Lever("effort", 0.0, 0.0, 1.0, "strength", "document I, 3.4",
              "Effort of diagnosis: buys accuracy; 0 is no programme."),
        Lever("base", 1.0, 0.0, 1.0, "strength", "document I, 3.4 (1)", "Condition 1, cooperation base; 0 waives it."),
        Lever("technology", 1.0, 0.0, 1.0, "strength", "document I, 3.4 (2)", "Condition 2, core technology."),
        Lever("credit", 1.0, 0.0, 1.0, "strength", "document I, 3.4 (3)", "Condition 3, credit record."),
        Lever("importance", 1.0, 0.0, 1.0, "strength", "document I, 3.4 (4)", "Condition 4, importance."),
        Lever("targeting", 1.0, 0.0, 1.0, "share", "document I, 3.4",
              "Share of paths chosen by diagnosis; the rest at random."),
        Lever("path", -1.0, -1.0, 5.0, "path", "design: counterfactual",
              "Always the same path, numbered as the dimensions from 0; -1 for one by diagnosis.", True),
        budget_lever(),
    ),
)


@compiled
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


@compiled
def importance_of(world, a):
    """How important an alliance's fields are: what the best it works in promises, and its sector's priority.

    Source: E2 (condition 4).
    """
    p = world.parameters[0]
    alliance = world.alliances[a]
    sector = world.sectors[alliance.sector]
    best = 0.0
    for x in range(alliance.lines):
        best = max(best, promise_of(world.fields[alliance.sector, world.lines[a, x].field], p))
    return 0.8 * best + 0.2 * sector.priority


@compiled
def is_worth_it(world, tick, a, seen, effort):
    """Four conditions, as seen: cooperation base, core technology, credit record, importance. Source: E2.

    Each lever scales its threshold: at zero the condition is waived; with all four waived rescue is blind.
    """
    levers = world.levers[tick]
    p = world.parameters[0]
    alliance = world.alliances[a]
    draws = stream(world.seed[0], Process.DIAGNOSIS, tick)
    credit = observed(credit_of(world, a), normal(draws, alliance.key, DIMENSIONS), effort, p)
    return (
        seen[Dimension.STABILITY] >= levers.reengineering_base * p.eligible_base
        and seen[Dimension.TECHNOLOGY] >= levers.reengineering_technology * p.eligible_technology
        and credit >= levers.reengineering_credit * p.eligible_credit
        and importance_of(world, a) >= levers.reengineering_importance * p.eligible_importance
    )


@compiled
def look_at_healthy(world, healthy):
    """Write the mean of each dimension over alliances that grow or are mature: what weakness is measured against."""
    healthy[:] = 0.0
    count = 0
    for k in range(world.counts[Count.LIVE]):
        alliance = world.alliances[world.live[k]]
        if alliance.stage == Stage.GROWTH or alliance.stage == Stage.MATURITY:
            count += 1
            for d in range(DIMENSIONS):
                healthy[d] += alliance.dimensions[d]
    for d in range(DIMENSIONS):
        healthy[d] = healthy[d] / count if count > 0 else 1.0


@compiled
def path_for(world, tick, a, seen, healthy):
    """Path that answers the dimension seen weakest, relative to healthy alliances; a share is drawn at random.

    Source: E1, E3.
    """
    levers = world.levers[tick]
    alliance = world.alliances[a]
    if levers.reengineering_path >= 0.0:
        return int(levers.reengineering_path)
    draws = stream(world.seed[0], Process.RESCUE, tick)
    if uniform(draws, alliance.key, 0) >= levers.reengineering_targeting:
        return int(uniform(draws, alliance.key, 1) * DIMENSIONS)
    path = 0
    shortfall = -1e9
    for d in range(DIMENSIONS):
        missing = 1.0 - seen[d] / max(healthy[d], 1e-9)
        if missing > shortfall:
            shortfall = missing
            path = d
    return path


@compiled
def path_price(path, p):
    """Price of a path's measures, million yuan."""
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


@compiled
def buy(world, tick, a, path):
    """Order a path: its measures are paid now, its project when it takes effect. Source: E3."""
    p = world.parameters[0]
    alliance = world.alliances[a]
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


@compiled
def is_due(world, tick, a):
    """Whether an alliance is looked at: of a chosen stage, no path under way, not rescued or refused lately."""
    levers = world.levers[tick]
    p = world.parameters[0]
    alliance = world.alliances[a]
    if alliance.path_until >= 0 or not addressed(levers.reengineering_stages, alliance.stage):
        return False
    return alliance.rescue_quarter < 0 or tick - alliance.rescue_quarter >= p.rescue_pause


@compiled
def yearly(world, tick):
    """Diagnose alliances of the chosen stages and buy a path for those believed declining and worth it.

    Source: E1, E2, E3.
    """
    levers = world.levers[tick]
    p = world.parameters[0]
    if levers.reengineering_effort <= 0.0:
        return
    seen = np.empty(DIMENSIONS)
    healthy = np.empty(DIMENSIONS)
    look_at_healthy(world, healthy)
    for k in range(world.counts[Count.LIVE]):
        a = world.live[k]
        alliance = world.alliances[a]
        if not is_due(world, tick, a):
            continue
        if left_of(world, tick, Purse.REENGINEERING) <= 0.0:
            return
        effort = diagnose(world, tick, a, seen)
        suspected = vitality(seen, p) <= alliance.highest - p.decline_margin
        if not suspected:
            continue
        if is_worth_it(world, tick, a, seen, effort):
            buy(world, tick, a, path_for(world, tick, a, seen, healthy))
        else:
            alliance.rescue_quarter = tick  # who is refused is not diagnosed again at once


@compiled
def quarterly(world, tick):
    """Carry out the paths that fall due. Source: E3."""
    paths.complete(world, tick)
