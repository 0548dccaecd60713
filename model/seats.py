"""Places in alliances and projects as linked lists, kept on both sides. Source: A1.

An organisation is in an alliance exactly when the alliance lists it. Seats and participations lie in pools; whoever
leaves frees a place for the next. Draws are never keyed by a place, always by the keys of those who meet there.
"""

import numpy as np

from alliancelab.agents.codes import Kind
from alliancelab.agents.compiled import compiled
from alliancelab.model.accounts import Count
from alliancelab.model.tables import PARTNERS

__all__ = [
    "acquaintance", "credit_of", "join", "leave", "leave_project", "member_means", "remember", "seat_of", "take_part",
]


@compiled
def taken(counts, used, free, pool):
    """Index of a place that nobody has: a freed one, else the next that was never used."""
    place = counts[free]
    if place >= 0:
        counts[free] = pool[place].next
        return place
    place = counts[used]
    counts[used] += 1
    return place


@compiled
def seat_of(world, row, a):
    """Seat of an organisation in alliance `a`, -1 if it has none."""
    seat = world.organisations[row].first_seat
    while seat >= 0:
        if world.seats[seat].alliance == a:
            return seat
        seat = world.seats[seat].own_next
    return seat


@compiled
def remember(organisation, row, key):
    """Put a partner into an organisation's short memory, over the oldest one."""
    place = organisation.partner_next
    organisation.partner_rows[place] = row
    organisation.partner_keys[place] = key
    organisation.partner_next = (place + 1) % PARTNERS


@compiled
def acquaintance(world, organisation, pick):
    """Row of a recent partner that still exists under the key remembered, -1 if that place is empty or stale."""
    place = int(pick * PARTNERS)
    row = organisation.partner_rows[place]
    if row >= 0:
        other = world.organisations[row]
        if other.active and other.key == organisation.partner_keys[place]:
            return row
    return np.int32(-1)


@compiled
def join(world, tick, a, row, satisfaction):
    """Give an organisation a seat and write it on both sides; returns the seat."""
    alliance = world.alliances[a]
    organisation = world.organisations[row]
    place = taken(world.counts, Count.SEATS, Count.FREE_SEAT, world.seats)
    seat = world.seats[place]
    seat.row = row
    seat.alliance = a
    seat.key = organisation.key
    seat.before = -1
    seat.next = alliance.first_seat
    if seat.next >= 0:
        world.seats[seat.next].before = place
    alliance.first_seat = place
    seat.own_before = -1
    seat.own_next = organisation.first_seat
    if seat.own_next >= 0:
        world.seats[seat.own_next].own_before = place
    organisation.first_seat = place
    seat.joined = tick
    seat.spell = -1
    seat.projects = 0
    seat.idle = 0
    seat.contribution = 0.0
    seat.cost = 0.0
    seat.benefit = 0.0
    seat.rebate = 0.0
    seat.learning = 0.0
    seat.loss = 0.0
    seat.satisfaction = satisfaction
    alliance.size += 1
    alliance.largest = max(alliance.largest, alliance.size)
    if organisation.kind == Kind.FIRM:
        alliance.firms += 1
    elif organisation.kind != Kind.AGENCY:
        alliance.research += 1
    organisation.alliance_count += 1
    organisation.joined_count += 1
    if world.counts[Count.RECORD] != 0:
        seat.spell = begin_spell(world, tick, a, organisation)
    return place


@compiled
def begin_spell(world, tick, a, organisation):
    """Write a line of the table of members, for an organisation that joins; returns its row."""
    row = world.counts[Count.MEMBERS]
    spell = world.members[row]
    spell.alliance = a
    spell.organisation = organisation.key
    spell.kind = organisation.kind
    spell.sector = organisation.sector
    spell.joined = tick
    spell.left = -1
    spell.size = organisation.size
    spell.stated_need = organisation.stated_need
    world.counts[Count.MEMBERS] += 1
    return row


@compiled
def leave(world, tick, place):
    """Take a seat away again, on both sides; whoever leaves an alliance leaves its projects, too."""
    seat = world.seats[place]
    alliance = world.alliances[seat.alliance]
    organisation = world.organisations[seat.row]
    if alliance.signed < 0:
        organisation.project_count -= 1  # a founder's promise to take part in the first project
    q = alliance.first_project
    while q >= 0 and seat.projects > 0:
        place_there = partner_of(world, q, seat.row)
        if place_there >= 0:
            leave_project(world, tick, place_there)
        q = world.projects[q].next
    if seat.spell >= 0:
        world.members[seat.spell].left = tick
    if organisation.kind == Kind.FIRM:
        alliance.firms -= 1
    elif organisation.kind != Kind.AGENCY:
        alliance.research -= 1
    unlink(world, place)
    organisation.alliance_count -= 1
    alliance.size -= 1
    alliance.exits += 1
    seat.next = world.counts[Count.FREE_SEAT]
    world.counts[Count.FREE_SEAT] = place


@compiled
def unlink(world, place):
    """Close both lists over a seat."""
    seat = world.seats[place]
    if seat.before >= 0:
        world.seats[seat.before].next = seat.next
    else:
        world.alliances[seat.alliance].first_seat = seat.next
    if seat.next >= 0:
        world.seats[seat.next].before = seat.before
    if seat.own_before >= 0:
        world.seats[seat.own_before].own_next = seat.own_next
    else:
        world.organisations[seat.row].first_seat = seat.own_next
    if seat.own_next >= 0:
        world.seats[seat.own_next].own_before = seat.own_before


@compiled
def partner_of(world, q, row):
    """Participation of an organisation in project `q`, -1 if it takes no part."""
    place = world.projects[q].first_part
    while place >= 0 and world.participations[place].row != row:
        place = world.participations[place].next
    return place


@compiled
def take_part(world, tick, q, place_in_alliance, part, newcomer):
    """Let a member take part in a project, with a planned part of its cost (million yuan a quarter)."""
    seat = world.seats[place_in_alliance]
    project = world.projects[q]
    organisation = world.organisations[seat.row]
    place = taken(world.counts, Count.PARTICIPATIONS, Count.FREE_PARTICIPATION, world.participations)
    partner = world.participations[place]
    partner.row = seat.row
    partner.key = seat.key
    partner.project = q
    partner.seat = place_in_alliance
    partner.before = -1
    partner.next = project.first_part
    if partner.next >= 0:
        world.participations[partner.next].before = place
    project.first_part = place
    partner.spell = -1
    partner.part = part
    partner.engagement = 0.0
    partner.given = 0.0
    project.size += 1
    seat.projects += 1
    seat.idle = 0
    organisation.project_count += 1
    organisation.project_total += 1
    organisation.promised += part
    if world.counts[Count.RECORD] != 0:
        partner.spell = world.counts[Count.PROJECT_MEMBERS]
        spell = world.project_members[partner.spell]
        spell.project = q
        spell.organisation = seat.key
        spell.kind = organisation.kind
        spell.sector = organisation.sector
        spell.joined = tick
        spell.left = -1
        spell.part = part
        spell.newcomer = newcomer
        world.counts[Count.PROJECT_MEMBERS] += 1


@compiled
def leave_project(world, tick, place):
    """End a participation: the partner's part of the cost is missing from now on."""
    partner = world.participations[place]
    project = world.projects[partner.project]
    organisation = world.organisations[partner.row]
    if partner.before >= 0:
        world.participations[partner.before].next = partner.next
    else:
        project.first_part = partner.next
    if partner.next >= 0:
        world.participations[partner.next].before = partner.before
    if partner.spell >= 0:
        world.project_members[partner.spell].left = tick
        world.project_members[partner.spell].given = partner.given
    project.size -= 1
    world.seats[partner.seat].projects -= 1
    organisation.project_count -= 1
    organisation.promised = max(organisation.promised - partner.part, 0.0)
    partner.next = world.counts[Count.FREE_PARTICIPATION]
    world.counts[Count.FREE_PARTICIPATION] = place


@compiled
def member_means(world, a):
    """Mean reputation, opportunism and stated need of an alliance's members."""
    alliance = world.alliances[a]
    reputation = 0.0
    opportunism = 0.0
    need = 0.0
    place = alliance.first_seat
    while place >= 0:
        member = world.organisations[world.seats[place].row]
        reputation += member.reputation
        opportunism += member.opportunism
        need += member.stated_need
        place = world.seats[place].next
    size = max(alliance.size, 1)
    return reputation / size, opportunism / size, need / size


@compiled
def credit_of(world, a):
    """Mean record of honest use of money among members."""
    alliance = world.alliances[a]
    credit = 0.0
    place = alliance.first_seat
    while place >= 0:
        credit += world.organisations[world.seats[place].row].credit / alliance.size
        place = world.seats[place].next
    return credit
