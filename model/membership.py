"""Process 6: dissatisfied members leave, outsiders knock at the door and are let in where they add something."""

import numpy as np

from alliancelab.agents.compiled import compiled, inner
from alliancelab.agents.firm_rules import public_loss, research_sought
from alliancelab.agents.organisation_rules import (
    Offer,
    coverage_gain,
    exit_hazard,
    has_room,
    overlap,
    sigmoid,
    willingness,
)
from alliancelab.model.accounts import Count
from alliancelab.model.contract import best_expertise, is_member, join, leave, member_means
from alliancelab.model.randomness import Process, stream, uniform
from alliancelab.model.tables import CLASSES, SEATS_OF_ONE

__all__ = ["admit", "membership"]


@inner
def exits(world, tick, a):
    """Members whose satisfaction is low leave; firms sooner than research partners. Source: A7, A9."""
    p = world.parameters[0]
    alliance = world.alliances[a]
    draws = stream(world.seed[0], Process.EXITS, tick)
    k = 0
    while k < alliance.size:
        seat = world.seats[alliance.block, k]
        hazard = exit_hazard(seat, world.organisations[seat.row], alliance, p)
        if uniform(draws, alliance.key, np.int64(seat.key >> np.uint64(16))) < hazard:
            leave(world, tick, a, k)
        else:
            k += 1


@inner
def admit(world, tick, a, row, best, luck):
    """Give organisation `row` a seat if it has room, adds coverage and wants in; returns whether it joined.

    `best` is scratch space for the members' best expertise, shape (CLASSES,).
    """
    p = world.parameters[0]
    alliance = world.alliances[a]
    sector = world.sectors[alliance.sector]
    field = world.fields[alliance.sector, alliance.field]
    candidate = world.organisations[row]
    if alliance.size >= min(p.members_most, SEATS_OF_ONE) or not has_room(candidate, p) or is_member(candidate, a):
        return False
    best_expertise(world, a, best)
    gain = coverage_gain(candidate, field.weights, best)
    if gain < p.entry_gain:
        return False
    reputation, opportunism, _ = member_means(world, a)
    loss = public_loss(world.levers[tick].diffusion_mandate_strength, sector.public_belief, p)
    offer = Offer(alliance.size, reputation, opportunism, alliance.governance, 0.0, alliance.label, loss, 0.0)
    common = overlap(candidate, field.weights, best)
    host = world.organisations[world.seats[alliance.block, 0].row]
    near = 1.0 if host.region == candidate.region else 0.0
    if luck >= sigmoid(willingness(candidate, offer, gain, common, near, p)):
        return False
    join(world, tick, a, row, p.satisfaction_start)
    return True


@inner
def apply_for_seat(world, tick, a, best):
    """One outsider may knock: drawn by openness, vitality and label; admitted if it adds coverage and wants in.

    Source: B4 (attention and label), A7 (member turnover).
    """
    p = world.parameters[0]
    alliance = world.alliances[a]
    sector = world.sectors[alliance.sector]
    draws = stream(world.seed[0], Process.ENTRIES, tick)
    labelled = 1.0 + p.entry_label * alliance.label * sector.attention
    draw = alliance.openness * (0.5 + alliance.vitality) * labelled
    if uniform(draws, alliance.key, 0) >= p.entry_rate * draw:
        return
    pick = uniform(draws, alliance.key, 1)
    sought = research_sought(world.fields[alliance.sector, alliance.field], p)
    if uniform(draws, alliance.key, 2) < sought and sector.research_rows > 0:
        row = sector.first_research + int(pick * sector.research_rows)
    else:
        row = sector.first_firm + int(pick * sector.firm_rows)
    admit(world, tick, a, row, best, uniform(draws, alliance.key, 3))


@compiled
def membership(world, tick):
    """Process 6 of the tick."""
    p = world.parameters[0]
    best = np.empty(CLASSES)
    for k in range(world.counts[Count.LIVE]):
        a = world.live[k]
        alliance = world.alliances[a]
        before = alliance.size
        exits(world, tick, a)
        rate = alliance.exits / max(before, 1)
        alliance.turnover += p.turnover_memory * (min(rate, 1.0) - alliance.turnover)
        alliance.exits = 0
        if alliance.size > 0:
            apply_for_seat(world, tick, a, best)
