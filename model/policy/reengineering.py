"""Diagnosis and re-engineering of declining alliances along six paths. Source: E1, E2, E3."""

import numpy as np

from alliancelab.agents.alliance_rules import vitality
from alliancelab.agents.codes import Door, Event, Kind, Path, Reason, Stage
from alliancelab.agents.compiled import compiled, inner
from alliancelab.agents.government_rules import observed, rescue_odds
from alliancelab.model.accounts import Count, Flow, Purse, left_of, pay, record_event
from alliancelab.model.contract import is_member, join, leave
from alliancelab.model.declarations import Lever
from alliancelab.model.environment import similarity
from alliancelab.model.membership import admit
from alliancelab.model.policy.instrument import Instrument, addressed
from alliancelab.model.randomness import Process, normal, stream, uniform
from alliancelab.model.renewal import change_field, renewed, wind_up, younger_field
from alliancelab.model.tables import CLASSES, DIMENSIONS, SEATS_OF_ONE, SEGMENTS

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


@inner
def leap(world, tick, a):
    """Technology leap: a patent map shows the way to the best younger field and saves part of what would be lost."""
    p = world.parameters[0]
    alliance = world.alliances[a]
    f = younger_field(world, a)
    if f < 0:
        return
    alike = similarity(world.fields[alliance.sector, alliance.field], world.fields[alliance.sector, f])
    change_field(world, tick, a, f, alike + p.patent_map * (1.0 - alike), Door.REENGINEERING)


@inner
def transform(world, a):
    """Business transformation: results in stock become products, and customers of a younger field are won for them."""
    p = world.parameters[0]
    alliance = world.alliances[a]
    alliance.conversion += p.transformation * (1.0 - alliance.conversion)
    alliance.second_field = younger_field(world, a)


@inner
def has_segment(world, a, segment):
    """Whether a member firm works in a segment of the industry chain."""
    alliance = world.alliances[a]
    for k in range(alliance.size):
        member = world.organisations[world.seats[alliance.block, k].row]
        if member.kind == Kind.FIRM and member.segment == segment:
            return True
    return False


@inner
def recruit(world, tick, a, wanted, along_chain):
    """Approach strangers of the sector and win up to `wanted` that add coverage and want in themselves.

    Along the chain only firms of segments that the alliance does not cover are approached.
    """
    p = world.parameters[0]
    alliance = world.alliances[a]
    sector = world.sectors[alliance.sector]
    draws = stream(world.seed[0], Process.RESCUE, tick)
    best = np.empty(CLASSES)
    rows = sector.firm_rows if along_chain else sector.firm_rows + sector.research_rows
    for j in range(int(p.candidates_met)):
        if wanted <= 0:
            return
        row = sector.first_firm + int(uniform(draws, alliance.key, 10 + 2 * j) * rows)
        if along_chain and has_segment(world, a, world.organisations[row].segment):
            continue
        if admit(world, tick, a, row, best, uniform(draws, alliance.key, 11 + 2 * j)):
            wanted -= 1


@inner
def extend_chain(world, tick, a):
    """Standing through the chain: merger with an alliance that covers missing segments, else firms are brought in.

    Source: E3.
    """
    p = world.parameters[0]
    other = merger_partner(world, a)
    if other >= 0:
        merge(world, tick, a, other)
    else:
        recruit(world, tick, a, int(p.extension_members), True)


@inner
def merger_partner(world, a):
    """Alliance of the sector, past its rise, that fits in and covers most missing segments; -1 if there is none."""
    p = world.parameters[0]
    alliance = world.alliances[a]
    best = -1
    most = 0
    for k in range(world.counts[Count.LIVE]):
        b = world.live[k]
        other = world.alliances[b]
        past = other.stage == Stage.MATURITY or other.stage == Stage.DECLINE
        if b == a or other.sector != alliance.sector or not past or other.size == 0:
            continue
        if alliance.size + other.size > min(p.members_most, SEATS_OF_ONE):
            continue
        added = 0
        for segment in range(SEGMENTS):
            if has_segment(world, b, segment) and not has_segment(world, a, segment):
                added += 1
        if added > most:
            most = added
            best = b
    return best


@inner
def merge(world, tick, a, b):
    """Members, purse, debts and property of alliance `b` go over to `a`; `b` ends."""
    p = world.parameters[0]
    alliance = world.alliances[a]
    other = world.alliances[b]
    while other.size > 0:
        row = world.seats[other.block, other.size - 1].row
        leave(world, tick, b, other.size - 1)
        if not is_member(world.organisations[row], a):
            join(world, tick, a, row, p.satisfaction_start)
    world.ledger[tick, Flow.MERGER] += other.funds
    alliance.funds += other.funds
    alliance.public_funds += other.public_funds
    alliance.loan += other.loan
    alliance.guarantee = max(alliance.guarantee, other.guarantee)
    alliance.core_patents += other.core_patents
    alliance.generic_patents += other.generic_patents
    alliance.standards += other.standards
    alliance.products += other.products
    # Results paid for with public money stay so: a merger sheds no duty.
    alliance.public_total += other.public_total
    alliance.private_total += other.private_total
    alliance.platform += other.platform
    other.funds = 0.0
    other.loan = 0.0
    wind_up(world, tick, b, Reason.MERGED)
    record_event(world, tick, Event.MERGED, a, np.uint64(0), float(b))


@inner
def restructure(world, tick, a):
    """Membership restructuring: the least satisfied leave, complementary organisations replace them."""
    p = world.parameters[0]
    alliance = world.alliances[a]
    left = 0
    k = 0
    while k < alliance.size:
        if world.seats[alliance.block, k].satisfaction < p.renewal_satisfaction and alliance.size > p.members_least:
            leave(world, tick, a, k)
            left += 1
        else:
            k += 1
    recruit(world, tick, a, max(left, 1), False)
    alliance.trust += p.restructure_trust * (1.0 - alliance.trust)


@inner
def renew_governance(world, a):
    """Governance renewal: a new managing body and new rules."""
    p = world.parameters[0]
    alliance = world.alliances[a]
    alliance.governance += p.governance_renewed * (1.0 - alliance.governance)


@inner
def refocus(world, a):
    """Strategic refocus: a road map makes the goals clear again and sets steady research on the newer vintage."""
    p = world.parameters[0]
    alliance = world.alliances[a]
    alliance.clarity += p.clarity_renewed * (1.0 - alliance.clarity)
    alliance.renewal = max(alliance.renewal, p.road_map)


@inner
def take_path(world, tick, a):
    """One path for each weak dimension; each intervenes in something else. Source: E3."""
    alliance = world.alliances[a]
    path = alliance.path
    if path == Path.TECHNOLOGY_LEAP:
        leap(world, tick, a)
    elif path == Path.BUSINESS_TRANSFORMATION:
        transform(world, a)
    elif path == Path.CHAIN_EXTENSION:
        extend_chain(world, tick, a)
    elif path == Path.RESTRUCTURING:
        restructure(world, tick, a)
    elif path == Path.GOVERNANCE_RENEWAL:
        renew_governance(world, a)
    else:
        refocus(world, a)
    if path != Path.TECHNOLOGY_LEAP:  # a leap is a change of field, which is written down there
        renewed(world, tick, a, Door.REENGINEERING)


@inner
def complete(world, tick):
    """Carry out the paths that fall due; whether members carry them depends on trust, governance and coverage.

    An alliance that was merged into another leaves the list of the living.
    """
    p = world.parameters[0]
    draws = stream(world.seed[0], Process.RESCUE, tick)
    for k in range(world.counts[Count.LIVE]):
        a = world.live[k]
        alliance = world.alliances[a]
        if alliance.path_until < 0 or tick < alliance.path_until or alliance.ended >= 0:
            continue
        alliance.path_until = -1
        carried = uniform(draws, alliance.key, 2) < rescue_odds(alliance, p)
        record_event(world, tick, Event.RESCUE_DONE, a, np.uint64(0), float(alliance.path) if carried else -1.0)
        if carried:
            take_path(world, tick, a)
    kept = 0
    for k in range(world.counts[Count.LIVE]):
        if world.alliances[world.live[k]].ended < 0:
            world.live[kept] = world.live[k]
            kept += 1
    world.counts[Count.LIVE] = kept
