"""The six paths of re-engineering, one for each weak dimension, carried out when they fall due. Source: E3."""

import numpy as np

from alliancelab.agents.codes import Door, Event, Kind, Path, Reason, Stage
from alliancelab.agents.compiled import inner
from alliancelab.agents.government_rules import rescue_odds
from alliancelab.model.accounts import Count, Flow, record_event
from alliancelab.model.contract import is_member, join, leave
from alliancelab.model.environment import similarity
from alliancelab.model.membership import admit
from alliancelab.model.randomness import Process, stream, uniform
from alliancelab.model.renewal import change_field, renewed, wind_up, younger_field
from alliancelab.model.tables import CLASSES, SEATS_OF_ONE, SEGMENTS

__all__ = ["complete"]


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
