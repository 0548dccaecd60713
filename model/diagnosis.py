"""Process 10: the six dimensions of an alliance's state, its vitality, and the stage read off them. Source: A2, E1."""

from math import exp

import numpy as np

from alliancelab.agents.alliance_rules import economics, stability, vitality
from alliancelab.agents.codes import Dimension, Door, Event, ProjectState, Stage
from alliancelab.agents.compiled import compiled
from alliancelab.model.accounts import Count, record_event
from alliancelab.model.life_cycle import remembered_peak, stage, yearly_rise

__all__ = ["diagnosis"]

MEMORY = 6  # quarters for which a project that has ended still counts as what carries a rise


@compiled
def measure(world, a):
    """Write the six dimensions and vitality of an alliance. Source: E1."""
    p = world.parameters[0]
    alliance = world.alliances[a]
    sector = world.sectors[alliance.sector]
    best = 0.0
    coverage = 0.0
    for x in range(alliance.lines):
        line = world.lines[a, x]
        field = world.fields[alliance.sector, line.field]
        if field.alive:
            best = max(best, line.knowledge * field.vintage)
    q = alliance.first_project
    while q >= 0:
        coverage += world.projects[q].coverage / alliance.running
        q = world.projects[q].next
    if alliance.running > 0:
        alliance.coverage = coverage
    dimensions = alliance.dimensions
    dimensions[Dimension.TECHNOLOGY] = min(best / sector.world_frontier, 1.0)
    dimensions[Dimension.ECONOMICS] = economics(alliance.benefit, alliance.cost, p)
    of_market = 1.0 - exp(-p.standing_market * alliance.power)
    of_industry = 1.0 - exp(-(0.3 * alliance.size + 0.7 * alliance.active) / p.standing_members)
    of_standards = 1.0 - exp(-alliance.standards / p.standing_standards)
    dimensions[Dimension.STANDING] = 0.5 * of_market + 0.35 * of_industry + 0.15 * of_standards
    dimensions[Dimension.STABILITY] = stability(alliance, p)
    dimensions[Dimension.GOVERNANCE] = alliance.governance
    dimensions[Dimension.CLARITY] = alliance.clarity
    alliance.vitality = vitality(dimensions, p)


@compiled
def door_of_regrowth(world, tick, a):
    """Door that a rise came through: that of the project which lifted its line most, lately.

    None is its first line, which recovers without anything new. Source: A3.
    """
    best = np.int32(Door.NONE)
    most = 0.0
    q = world.alliances[a].last_project
    while q >= 0:
        project = world.projects[q]
        since = 0 if project.state == ProjectState.RUNNING else tick - project.ended
        if since < MEMORY and project.lift * 0.9 ** since > most:
            most = project.lift * 0.9 ** since
            best = project.door
        if tick - project.started > 40:
            break
        q = project.earlier
    return best


@compiled
def follow_vitality(world, tick, a):
    """Smooth vitality, move its peak and trough, and read the stage."""
    p = world.parameters[0]
    alliance = world.alliances[a]
    if tick == alliance.founded:
        alliance.smoothed = alliance.vitality
        alliance.past_year[:] = alliance.vitality
        alliance.peak = alliance.vitality
        alliance.trough = alliance.vitality
        alliance.start = alliance.vitality
    alliance.smoothed += p.smoothing * (alliance.vitality - alliance.smoothed)
    alliance.peak = remembered_peak(alliance, p)
    alliance.highest = max(alliance.highest, alliance.smoothed)
    alliance.trough = min(alliance.trough, alliance.smoothed)
    low = alliance.smoothed < p.vitality_floor and yearly_rise(alliance) <= p.floor_rise
    alliance.low_quarters = alliance.low_quarters + 1 if low else 0
    before = alliance.stage
    now = stage(before, alliance, alliance.project_count > 0, p)
    if now != before:
        enter_stage(world, tick, a, before, now)
        record_event(world, tick, Event.STAGE, a, np.uint64(0), alliance.stage)
        if world.counts[Count.RECORD] != 0:
            world.events[world.counts[Count.EVENTS] - 1].before = before
    past = alliance.past_year
    for k in range(past.size - 1):
        past[k] = past[k + 1]
    past[-1] = alliance.smoothed


@compiled
def enter_stage(world, tick, a, before, now):
    """Enter a stage: levels that the next one is measured from start here."""
    alliance = world.alliances[a]
    alliance.stage = now
    alliance.stage_since = tick
    if now == Stage.DECLINE:
        alliance.declines += 1
    if now == Stage.GROWTH or now == Stage.REGROWTH:
        alliance.start = alliance.trough if now == Stage.REGROWTH else alliance.smoothed
        alliance.peak = alliance.smoothed
    if now == Stage.REGROWTH:
        alliance.regrowths += 1
        alliance.door = door_of_regrowth(world, tick, a)
        record_event(world, tick, Event.REGROWN, a, np.uint64(0), float(alliance.door))
    if before != Stage.MATURITY and before != Stage.DECLINE:
        alliance.trough = alliance.smoothed


@compiled
def diagnosis(world, tick):
    """Process 10 of the tick."""
    for k in range(world.counts[Count.LIVE]):
        measure(world, world.live[k])
        follow_vitality(world, tick, world.live[k])
