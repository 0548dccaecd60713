"""Process 2: the government's year - budget, plan, selection - and the quarterly delivery of each instrument."""

from alliancelab.agents.compiled import compiled, inner
from alliancelab.model.accounts import Count, Flow
from alliancelab.model.policy import (
    diffusion_mandate,
    pilot_selection,
    programme_grants,
    reengineering,
    supervision,
)

__all__ = ["government"]

_YEAR = 4


@inner
def open_year(world, tick):
    """Hand back what last year left and appropriate this year's budgets."""
    budget = world.government[0]
    world.ledger[tick, Flow.RETURNED] += budget.funds
    levers = world.levers[tick]
    granted = (
        levers.startup_subsidy_budget + levers.pilot_selection_budget + levers.programme_grants_budget
        + levers.supervision_budget + levers.diffusion_mandate_budget + levers.reengineering_budget
    )
    world.ledger[tick, Flow.APPROPRIATION] += granted
    budget.funds = granted
    budget.spent[:] = 0.0


@inner
def form_beliefs(world):
    """Organisations see what share of their sector's alliances lives on public money."""
    p = world.parameters[0]
    for s in range(world.sectors.shape[0]):
        world.sectors[s].living = 0
        world.sectors[s].funded = 0
    for k in range(world.counts[Count.LIVE]):
        alliance = world.alliances[world.live[k]]
        sector = world.sectors[alliance.sector]
        sector.living += 1
        sector.funded += 1 if alliance.public_total > 0.0 else 0
    for s in range(world.sectors.shape[0]):
        sector = world.sectors[s]
        share = sector.funded / sector.living if sector.living > 0 else 0.0
        sector.public_belief += p.belief_speed * (share - sector.public_belief)


@compiled
def government(world, tick):
    """Process 2 of the tick: the year is opened and planned in its first quarter, instruments deliver in each."""
    form_beliefs(world)
    if tick % _YEAR == 0:
        open_year(world, tick)
        pilot_selection.name_pilots(world, tick)
        programme_grants.call(world, tick)
        reengineering.examine(world, tick)
    pilot_selection.support(world, tick)
    pilot_selection.make_known(world, tick)
    programme_grants.pay_out(world, tick)
    supervision.watch(world, tick)
    if tick % _YEAR == 0:
        supervision.review(world, tick)
    diffusion_mandate.impose(world, tick)
    reengineering.complete(world, tick)
