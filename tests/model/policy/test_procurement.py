"""Public orders: who wins a tender and how they are paid."""

import numpy as np
import pytest

from alliancelab.model.accounts import Flow
from alliancelab.model.policy import procurement
from tests.support.bench import bench, plain


def tendered(budget=100.0, amount=4.0, running=0.0, **weights):
    """Orders among three alliances: with generic patents, with standards, with nothing to sell."""
    world = bench(alliances=3, budget=budget, levers={
        "procurement_amount": amount, "procurement_stages": 31.0, "procurement_public_weight": 1.0,
        "procurement_standards_weight": 0.5} | weights)
    world.alliances["technology"][:3], world.alliances["products"][:2] = 0.5, 1.0
    world.alliances["generic_patents"][0], world.alliances["standards"][1] = 2.0, 5.0
    if running:
        world.alliances["order"][0], world.alliances["order_until"][0] = running / 4.0, 9
    plain(procurement.yearly)(world, 4)
    return np.flatnonzero(world.alliances["order"][:3] > 0.0).tolist(), world


def test_orders_go_by_public_benefit_and_standards_while_the_budget_carries_them():
    """Section 8, procurement: `yearly`, among alliances with products or standards."""
    orders, world = tendered()
    assert orders == [0, 1] and world.alliances["order"][0] == 1.0 and world.alliances["order_until"][0] == 8
    assert tendered(budget=4.0)[0] == [0] and tendered(budget=3.9)[0] == []
    assert tendered(budget=4.0, procurement_standards_weight=9.0)[0] == [1]


def test_who_has_an_order_gets_no_second_and_it_counts_against_the_budget():
    """Section 8, procurement: `yearly`."""
    assert tendered(budget=4.0, running=4.0)[0] == [0] and tendered(budget=8.0, running=4.0)[0] == [0, 1]


@pytest.mark.parametrize(("tick", "budget", "order", "kept"), [
    (3, 100.0, 2.0, 0.5), (4, 100.0, 0.0, 0.0), (3, 1.0, 1.0, 0.25),
])
def test_of_an_order_the_margin_stays_and_it_shrinks_to_what_can_be_paid(tick, budget, order, kept):
    """Section 8, procurement: `quarterly`."""
    world = bench(budget=budget, margin=0.25, levers={"procurement_amount": 8.0})
    one = world.alliances[0]
    one.order, one.order_until = 2.0, 4
    plain(procurement.quarterly)(world, tick)
    assert (one.order, one.funds, one.public_funds) == (order, kept, 0.0)  # an order is the alliance's own money
    assert world.ledger[tick, Flow.PRODUCTION] == order - kept
