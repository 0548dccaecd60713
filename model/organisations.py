"""Process 3: every organisation earns, does its own R&D, learns and forgets; need arises and is put into words."""

import numpy as np

from alliancelab.agents.codes import Kind
from alliancelab.agents.compiled import compiled
from alliancelab.agents.organisation_rules import need_target, research_budget, usual_capacity
from alliancelab.model.accounts import Flow
from alliancelab.model.tables import CLASSES

__all__ = ["organisations", "own_research"]


@compiled
def own_research(organisation, p):
    """R&D outside alliances, million yuan a quarter: the budget, less what was given to alliances since. Source: A1."""
    return max(research_budget(organisation, p) - organisation.given, 0.0)


@compiled
def earn_and_spend(world, tick, organisation, p):
    """Cash of a quarter: income, own R&D, and what exceeds the reserve is paid out."""
    ledger = world.ledger
    income = p.cash_margin * organisation.size if organisation.kind == Kind.FIRM else organisation.size
    reserve = p.reserve * organisation.size if organisation.kind == Kind.FIRM else organisation.size
    research = min(own_research(organisation, p), max(organisation.funds + income, 0.0))
    organisation.given = 0.0
    ledger[tick, Flow.OPERATING_INCOME] += income
    ledger[tick, Flow.OWN_RESEARCH] += research
    organisation.funds += income - research
    payout = p.payout * max(organisation.funds - reserve, 0.0)
    ledger[tick, Flow.PAYOUT] += payout
    organisation.funds -= payout


@compiled
def learn_and_forget(organisation, learning, p):
    """Expertise grows by doing where there is some already and demand for it, and fades everywhere.

    `learning` is the speed in each class, shape (CLASSES,); with that at most one half, expertise stays in [0, 1].
    """
    for d in range(CLASSES):
        e = organisation.expertise[d]
        organisation.expertise[d] = e + e * (learning[d] * (1.0 - e) - p.forgetting)


@compiled
def state_need(organisation, sector, p):
    """Latent need follows the technology gap; part of it becomes stated need, more where pilots draw attention
    and service centres listen. Source: A1, B4, C4.
    """
    gap = max(1.0 - organisation.productivity / sector.best_practice, 0.0) if organisation.kind == Kind.FIRM else 0.5
    organisation.need += p.need_speed * (need_target(organisation, gap, p) - organisation.need)
    voiced = min(p.activation + p.attention_effect * sector.attention + p.centre_voices * sector.served, 1.0)
    organisation.stated_need += voiced * (organisation.need - organisation.stated_need)


@compiled
def organisations(world, tick):
    """Process 3 of the tick."""
    p = world.parameters[0]
    learning = np.empty(CLASSES)
    for s in range(world.sectors.shape[0]):
        sector = world.sectors[s]
        most = 0.0
        for d in range(CLASSES):
            most = max(most, sector.demand[d])
        for d in range(CLASSES):
            learning[d] = p.learning * sector.demand[d] / most
        last = sector.first_agency + sector.agency_rows
        for i in range(sector.first_firm, last):
            organisation = world.organisations[i]
            if not organisation.active:
                continue
            earn_and_spend(world, tick, organisation, p)
            state_need(organisation, sector, p)
            if (i + tick) % 4 == 0:  # slow changes are made once a year, for a quarter of the organisations at a time
                learn_and_forget(organisation, learning, p)
                usual = usual_capacity(organisation, p)
                organisation.capacity += p.capacity_fade * (usual - organisation.capacity)
            if organisation.kind == Kind.FIRM:
                ahead = max(sector.best_practice - organisation.productivity, 0.0)
                organisation.productivity += p.own_progress * ahead
            organisation.method_skill *= 1.0 - p.method_fade
            organisation.reputation += p.reputation_fade * (0.5 - organisation.reputation)
            organisation.credit += p.credit_repair * (1.0 - organisation.credit)
