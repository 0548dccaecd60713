"""Membership as double entry: an organisation is in an alliance exactly when the alliance lists it. Source: A1."""

import numpy as np

from alliancelab.agents.codes import Kind
from alliancelab.agents.compiled import compiled, inner
from alliancelab.model.accounts import Count
from alliancelab.model.tables import PARTNERS

__all__ = [
    "acquaintance", "best_expertise", "covered", "dissolve", "is_member", "join", "leave", "member_means", "remember",
    "seat_of",
]


@inner
def seat_of(world, a, row):
    """Seat of an organisation in an alliance, -1 if it has none."""
    alliance = world.alliances[a]
    for k in range(alliance.size):
        if world.seats[alliance.block, k].row == row:
            return k
    return -1


@compiled
def is_member(organisation, a):
    """Whether an organisation lists alliance `a`."""
    for k in range(organisation.alliance_count):
        if organisation.alliances[k] == a:
            return True
    return False


@compiled
def remember(organisation, row, key):
    """Put a partner into an organisation's short memory, over the oldest one."""
    place = organisation.partner_next
    organisation.partner_rows[place] = row
    organisation.partner_keys[place] = key
    organisation.partner_next = (place + 1) % PARTNERS


@inner
def join(world, tick, a, row, satisfaction):
    """Give an organisation a seat, write it on both sides, and let it and its host remember each other."""
    alliance = world.alliances[a]
    organisation = world.organisations[row]
    if alliance.size > 0:
        host = world.seats[alliance.block, 0]
        remember(organisation, host.row, host.key)
        remember(world.organisations[host.row], row, organisation.key)
    seat = world.seats[alliance.block, alliance.size]
    seat.row = row
    seat.key = organisation.key
    seat.joined = tick
    seat.satisfaction = satisfaction
    seat.engagement = 0.0
    seat.contribution = 0.0
    seat.benefit = 0.0
    seat.rebate = 0.0
    seat.learning = 0.0
    seat.spell = -1
    alliance.size += 1
    if organisation.kind == Kind.FIRM:
        alliance.firms += 1
    elif organisation.kind != Kind.AGENCY:
        alliance.research += 1
    organisation.alliances[organisation.alliance_count] = a
    organisation.alliance_count += 1
    organisation.joined_count += 1
    if world.counts[Count.RECORD] != 0:
        seat.spell = world.counts[Count.MEMBERS]
        spell = world.members[seat.spell]
        spell.alliance = a
        spell.organisation = organisation.key
        spell.kind = organisation.kind
        spell.joined = tick
        spell.left = -1
        spell.size = organisation.size
        spell.stated_need = organisation.stated_need
        world.counts[Count.MEMBERS] += 1


@inner
def leave(world, tick, a, k):
    """Take seat `k` of an alliance away again, on both sides; the last seat moves into its place."""
    alliance = world.alliances[a]
    seat = world.seats[alliance.block, k]
    organisation = world.organisations[seat.row]
    if seat.spell >= 0:
        world.members[seat.spell].left = tick
    if organisation.kind == Kind.FIRM:
        alliance.firms -= 1
    elif organisation.kind != Kind.AGENCY:
        alliance.research -= 1
    for j in range(organisation.alliance_count):
        if organisation.alliances[j] == a:
            organisation.alliance_count -= 1
            organisation.alliances[j] = organisation.alliances[organisation.alliance_count]
            break
    alliance.size -= 1
    alliance.exits += 1
    world.seats[alliance.block, k] = world.seats[alliance.block, alliance.size]


@inner
def member_means(world, a):
    """Mean reputation, opportunism and stated need of an alliance's members."""
    alliance = world.alliances[a]
    reputation = 0.0
    opportunism = 0.0
    need = 0.0
    for k in range(alliance.size):
        member = world.organisations[world.seats[alliance.block, k].row]
        reputation += member.reputation
        opportunism += member.opportunism
        need += member.stated_need
    size = max(alliance.size, 1)
    return reputation / size, opportunism / size, need / size


@inner
def best_expertise(world, a, best):
    """Write the best expertise among members into `best`, class by class."""
    alliance = world.alliances[a]
    best[:] = 0.0
    for k in range(alliance.size):
        member = world.organisations[world.seats[alliance.block, k].row]
        for d in range(best.shape[0]):
            if member.expertise[d] > best[d]:
                best[d] = member.expertise[d]
    return best


@compiled
def covered(weights, best):
    """Coverage of a field's requirements by the best expertise at hand (complementary strengths). Source: A1."""
    total = 0.0
    for d in range(best.shape[0]):
        total += weights[d] * best[d]
    return total


@inner
def dissolve(world, tick, a, reason):
    """End an alliance: members leave, its seats become free; what is in its purse must have been paid out before."""
    alliance = world.alliances[a]
    while alliance.size > 0:
        leave(world, tick, a, alliance.size - 1)
    alliance.ended = tick
    alliance.reason = reason
    world.blocks[world.counts[Count.BLOCKS]] = alliance.block
    world.counts[Count.BLOCKS] += 1
    alliance.block = -1


@inner
def acquaintance(world, organisation, pick):
    """Row of a recent partner that still exists under the key remembered, -1 if that place is empty or stale."""
    place = int(pick * PARTNERS)
    row = organisation.partner_rows[place]
    other = world.organisations[row]
    if row >= 0 and other.active and other.key == organisation.partner_keys[place]:
        return row
    return np.int32(-1)
