"""Process 12: curves, age curves and the alliance panel; observers draw nothing and change nothing."""

import numpy as np

from alliancelab.agents.codes import Dimension, Kind, Stage
from alliancelab.agents.compiled import compiled
from alliancelab.agents.organisation_rules import standing
from alliancelab.model.accounts import FLOWS, Count
from alliancelab.model.environment import summarise_firms
from alliancelab.model.tables import AGE_LIMIT

__all__ = ["record_quarter"]

STRONG = 0.75  # standing from which a firm counts as one of the strong of its industry
_FROM_GOVERNMENT = np.array([i for i, flow in enumerate(FLOWS) if flow.instrument])


@compiled
def write_panel(world, tick, a):
    """One line of the panel: the state of one alliance in one quarter."""
    alliance = world.alliances[a]
    row = world.panel[world.counts[Count.PANEL]]
    world.counts[Count.PANEL] += 1
    row.quarter = tick
    row.alliance = a
    row.age = tick - alliance.founded
    row.stage = alliance.stage
    row.field = alliance.field
    row.lines = alliance.lines
    row.size = alliance.size
    row.active = alliance.active
    row.projects = alliance.running
    row.vitality = alliance.vitality
    row.technology_dimension = alliance.dimensions[Dimension.TECHNOLOGY]
    row.economics = alliance.dimensions[Dimension.ECONOMICS]
    row.standing = alliance.dimensions[Dimension.STANDING]
    row.stability = alliance.dimensions[Dimension.STABILITY]
    row.governance = alliance.governance
    row.clarity = alliance.clarity
    row.technology = alliance.technology
    row.conversion = alliance.conversion
    row.diffusion = alliance.diffusion
    row.trust = alliance.trust
    row.satisfaction = alliance.satisfaction
    row.coverage = alliance.coverage
    row.risk_spread = alliance.risk_spread
    row.inequality = alliance.inequality
    row.loss = alliance.loss
    row.turnover = alliance.turnover
    row.prospect = alliance.prospect
    row.funds = alliance.funds
    row.effort = alliance.effort
    row.revenue = alliance.revenue
    row.benefit = alliance.benefit
    row.cost = alliance.cost
    row.patents = alliance.core_patents + alliance.generic_patents
    row.disputes = alliance.disputes
    row.public_total = alliance.public_total
    row.label = alliance.label


@compiled
def count_stages(curve, stage):
    """Add one alliance to its stage's count."""
    if stage == Stage.FORMATION:
        curve.formation += 1
    elif stage == Stage.GROWTH:
        curve.growth += 1
    elif stage == Stage.MATURITY:
        curve.maturity += 1
    elif stage == Stage.DECLINE:
        curve.decline += 1
    else:
        curve.regrowth += 1


@compiled
def write_alliances(world, tick):
    """Sums over living alliances, by calendar and by age."""
    curve = world.curves[tick]
    live = world.counts[Count.LIVE]
    recorded = world.counts[Count.RECORD] != 0
    warm_up = world.counts[Count.WARM_UP]
    for k in range(live):
        a = world.live[k]
        alliance = world.alliances[a]
        curve.seats += alliance.size
        curve.pilots += 1 if alliance.label > 0.0 else 0
        curve.vitality += alliance.vitality
        curve.trust += alliance.trust
        curve.technology += alliance.technology
        curve.diffused += alliance.quality / world.sectors[alliance.sector].world_frontier * alliance.diffusion
        curve.effort += alliance.effort
        curve.revenue += alliance.revenue
        count_stages(curve, alliance.stage)
        if recorded:
            write_panel(world, tick, a)
        if tick >= warm_up:
            age = world.ages[min(tick - alliance.founded, AGE_LIMIT - 1)]
            age.alliances += 1.0
            age.vitality += alliance.vitality
            age.technology += alliance.technology
            age.trust += alliance.trust
            age.benefit += alliance.benefit
    curve.alliances = live
    curve.projects = world.counts[Count.RUNNING]
    if live > 0:
        curve.vitality /= live
        curve.trust /= live
        curve.technology /= live


@compiled
def write_sectors(world, tick):
    """Duplication, participation and productivity over sectors, as they are at the end of the quarter."""
    curve = world.curves[tick]
    occupied = 0
    lines = 0
    productivity = 0.0
    relative = 0.0
    for s in range(world.sectors.shape[0]):
        summarise_firms(world, s)
        sector = world.sectors[s]
        for f in range(sector.first_field, sector.field_count):
            occupied += 1 if world.fields[s, f].alliances > 0 else 0
            lines += world.fields[s, f].alliances
        curve.firms += sector.firm_count
        productivity += sector.mean_productivity * sector.firm_count
        relative += sector.mean_productivity / sector.best_practice * sector.firm_count
    curve.duplication = 1.0 - occupied / lines if lines > 0 else 0.0
    curve.productivity = productivity / max(curve.firms, 1)
    curve.relative_productivity = relative / max(curve.firms, 1)
    p = world.parameters[0]
    for i in range(world.organisations.shape[0]):
        organisation = world.organisations[i]
        takes_part = organisation.alliance_count > 0
        curve.participants += 1 if takes_part else 0
        if organisation.kind == Kind.FIRM and organisation.active and standing(organisation.size, p) >= STRONG:
            curve.strong_firms += 1
            curve.strong_participants += 1 if takes_part else 0


@compiled
def record_quarter(world, tick):
    """Process 12 of the tick."""
    write_alliances(world, tick)
    write_sectors(world, tick)
    for i in range(_FROM_GOVERNMENT.shape[0]):
        world.curves[tick].outlay += world.ledger[tick, _FROM_GOVERNMENT[i]]
