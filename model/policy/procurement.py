"""Procurement: public orders for results of public benefit and for standards. Source: D2."""

from math import exp

import numpy as np

from alliancelab.agents.codes import Event
from alliancelab.agents.compiled import compiled
from alliancelab.model.accounts import Count, Flow, Purse, budget_of, pay, record_event
from alliancelab.model.declarations import Lever
from alliancelab.model.policy.instrument import NOT_ELIGIBLE, Instrument, addressed, best_of, budget_lever

INSTRUMENT = Instrument(
    name="procurement",
    title="Public procurement",
    policy_stage="maturity",
    rows=("D2", "A8"),
    eligible="Alliances of the chosen stages with products or standards and no running order.",
    delivery="A yearly tender ranks by public benefit and standards; an order is paid by quarters for a year.",
    acts_on="The alliance's sales, and how fast later projects go when a customer uses their results.",
    cost="The orders; only their margin stays with the alliance.",
    harm="A sure customer for today's product makes an alliance slow to open a new line.",
    strength="amount",
    stages=("growth", "maturity", "decline", "regrowth"),
    levers=(
        Lever("amount", 0.0, 0.0, 1000.0, "million yuan a year per order", "document I, 3.3", "Size of an order."),
        Lever("public_weight", 1.0, 0.0, 10.0, "weight", "document I, 3.3 (1)", "Weight of generic results."),
        Lever("standards_weight", 1.0, 0.0, 10.0, "weight", "document I, 3.3 (3)", "Weight of standards and property."),
        budget_lever(),
    ),
)


@compiled
def yearly(world, tick):
    """The yearly tender. Source: D2."""
    levers = world.levers[tick]
    if levers.procurement_amount <= 0.0:
        return
    live = world.counts[Count.LIVE]
    scores = np.full(live, NOT_ELIGIBLE)
    committed = 0.0
    for k in range(live):
        alliance = world.alliances[world.live[k]]
        if alliance.order > 0.0 and tick < alliance.order_until:
            committed += 4.0 * alliance.order
            continue
        if not addressed(levers.procurement_stages, alliance.stage) or alliance.products + alliance.standards <= 0.0:
            continue
        patents = alliance.generic_patents + alliance.core_patents
        generic = alliance.generic_patents / max(patents, 1.0)
        known = 1.0 - exp(-alliance.standards)
        scores[k] = alliance.technology * (
            levers.procurement_public_weight * generic + levers.procurement_standards_weight * known)
    while committed + levers.procurement_amount <= budget_of(world, tick, Purse.PROCUREMENT) + 1e-9:
        k = best_of(scores)
        if k < 0:
            return
        scores[k] = NOT_ELIGIBLE
        alliance = world.alliances[world.live[k]]
        alliance.order = levers.procurement_amount / 4.0
        alliance.order_until = tick + 4
        committed += levers.procurement_amount
        record_event(world, tick, Event.ORDER, world.live[k], np.uint64(0), levers.procurement_amount)


@compiled
def quarterly(world, tick):
    """Pay a quarter's orders; producing what was ordered takes all but the margin."""
    levers = world.levers[tick]
    p = world.parameters[0]
    for k in range(world.counts[Count.LIVE]):
        alliance = world.alliances[world.live[k]]
        if alliance.order <= 0.0:
            continue
        if tick >= alliance.order_until or levers.procurement_amount <= 0.0:
            alliance.order = 0.0
            continue
        paid = pay(world, tick, Purse.PROCUREMENT, Flow.PROCUREMENT, alliance.order)
        alliance.order = paid  # an order shrinks to what can be paid: a customer without money is none
        world.ledger[tick, Flow.PRODUCTION] += paid * (1.0 - p.margin)
        alliance.funds += paid * p.margin
