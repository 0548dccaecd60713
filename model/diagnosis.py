"""Process 8: the six dimensions of an alliance's state, its vitality, and the stage read off them. Source: A2, E1."""

from math import exp

import numpy as np

from alliancelab.agents.alliance_rules import economics, stability, vitality
from alliancelab.agents.codes import Event, Stage
from alliancelab.agents.compiled import compiled, inner
from alliancelab.model.accounts import Count, record_event
from alliancelab.model.life_cycle import stage

__all__ = ["diagnosis"]


@inner
def best_on_offer(world):
    """Best technology on offer in every sector: the alliances' and the world outside's."""
    for s in range(world.sectors.shape[0]):
        world.sectors[s].best_quality = max(world.sectors[s].world_frontier, 0.05)
    for k in range(world.counts[Count.LIVE]):
        alliance = world.alliances[world.live[k]]
        sector = world.sectors[alliance.sector]
        level = alliance.technology * world.fields[alliance.sector, alliance.field].vintage
        if level > sector.best_quality:
            sector.best_quality = level


@inner
def measure(world, a):
    """Write the six dimensions and vitality of an alliance. Source: E1."""
    p = world.parameters[0]
    alliance = world.alliances[a]
    sector = world.sectors[alliance.sector]
    field = world.fields[alliance.sector, alliance.field]
    dimensions = alliance.dimensions
    dimensions[0] = min(alliance.technology * field.vintage / sector.best_quality, 1.0)
    dimensions[1] = economics(alliance.benefit, alliance.cost)
    of_market = 1.0 - exp(-p.standing_market * alliance.market_share * field.share)
    of_industry = 1.0 - exp(-alliance.size / p.standing_members)
    of_standards = 1.0 - exp(-alliance.standards / p.standing_standards)
    dimensions[2] = (of_market + of_industry + of_standards * min(field.share / p.clear_outlook, 1.0)) / 3.0
    dimensions[3] = stability(alliance, p)
    dimensions[4] = alliance.governance
    dimensions[5] = alliance.clarity
    alliance.vitality = vitality(dimensions, p)


@inner
def follow(world, tick, a):
    """Move the averages, the peak and the trough of vitality, and read the stage."""
    p = world.parameters[0]
    alliance = world.alliances[a]
    if tick == alliance.founded:
        alliance.fast = alliance.vitality
        alliance.slow = alliance.vitality
        alliance.peak = alliance.vitality
        alliance.trough = alliance.vitality
        alliance.start = alliance.vitality
    alliance.fast += p.average_fast * (alliance.vitality - alliance.fast)
    alliance.slow += p.average_slow * (alliance.vitality - alliance.slow)
    if alliance.fast >= alliance.peak:
        alliance.peak = alliance.fast
        alliance.trough = alliance.fast
    alliance.trough = min(alliance.trough, alliance.fast)
    alliance.start = min(alliance.start, alliance.fast)
    alliance.low_quarters = alliance.low_quarters + 1 if alliance.fast < p.vitality_floor else 0
    results = alliance.core_patents + alliance.generic_patents + alliance.standards + alliance.products > 0.0
    before = alliance.stage
    now = stage(before, alliance, results, p)
    if now == before:
        return
    alliance.stage = now
    alliance.stage_since = tick
    if now == Stage.REGROWTH:
        alliance.regrowths += 1
        alliance.start = alliance.trough
        alliance.peak = alliance.fast
        alliance.trough = alliance.fast
    record_event(world, tick, Event.STAGE, a, np.uint64(0), alliance.stage)
    if world.counts[Count.RECORD] != 0:
        world.events[world.counts[Count.EVENTS] - 1].before = before


@compiled
def diagnosis(world, tick):
    """Process 8 of the tick."""
    best_on_offer(world)
    for k in range(world.counts[Count.LIVE]):
        measure(world, world.live[k])
        follow(world, tick, world.live[k])
