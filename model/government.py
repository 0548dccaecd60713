"""Process 2: the government's year - budget, plan, selection - and the quarterly delivery of each instrument."""

import numpy as np

from alliancelab.agents.compiled import compiled, inner
from alliancelab.model.accounts import Count, Flow
from alliancelab.model.policy import (
    INSTRUMENTS,
    assessment,
    cooperation_programme,
    correction,
    demonstration,
    diffusion_mandate,
    diffusion_subsidy,
    ip_market,
    ip_regime,
    layout,
    leakage_control,
    meetings,
    method_training,
    paths,
    pilot_selection,
    platforms,
    procurement,
    programme_grants,
    programme_guide,
    reengineering,
    special_support,
    supervision,
)

__all__ = ["government"]

_YEAR = 4
_CHAIN = ("formation", "growth", "maturity", "decline")
_STAGES = np.array([_CHAIN.index(i.policy_stage) if i.policy_stage in _CHAIN else -1 for i in INSTRUMENTS])


@inner
def open_year(world, tick):
    """Hand back what last year left and appropriate this year's budgets."""
    government = world.government[0]
    world.ledger[tick, Flow.RETURNED] += government.funds
    granted = 0.0
    for i in range(world.budgets.shape[1]):
        granted += world.budgets[tick, i] * government.weight[i]
        government.spent_before[i] = government.spent[i]
        government.spent[i] = 0.0
    world.ledger[tick, Flow.APPROPRIATION] += granted
    government.funds = granted


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


@inner
def plan_year(world, tick):
    """What is decided once a year: the plan, the guide, selections and assessments."""
    open_year(world, tick)
    correction.reweigh(world, tick, _STAGES, np.empty(len(_CHAIN)))
    layout.plan(world, tick)
    cooperation_programme.call(world, tick)
    assessment.assess(world, tick)
    pilot_selection.name_pilots(world, tick)
    programme_guide.compile_guide(world, tick)
    programme_grants.call(world, tick)
    platforms.build(world, tick)
    procurement.tender(world, tick)
    reengineering.examine(world, tick)


@compiled
def government(world, tick):
    """Process 2 of the tick: the year is opened and planned in its first quarter, instruments deliver in each."""
    form_beliefs(world)
    if tick % _YEAR == 0:
        plan_year(world, tick)
    meetings.hold(world, tick)
    special_support.support(world, tick)
    pilot_selection.support(world, tick)
    pilot_selection.make_known(world, tick)
    programme_grants.pay_out(world, tick)
    supervision.watch(world, tick)
    if tick % _YEAR == 0:
        supervision.review(world, tick)
    platforms.run(world, tick)
    method_training.teach(world, tick)
    demonstration.show(world, tick)
    procurement.buy(world, tick)
    diffusion_mandate.impose(world, tick)
    ip_regime.enforce(world, tick)
    ip_market.open_market(world, tick)
    ip_market.finance(world, tick)
    diffusion_subsidy.offer(world, tick)
    leakage_control.confine(world, tick)
    paths.complete(world, tick)
