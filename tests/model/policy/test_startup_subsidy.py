"""Start-up subsidy: what a founder counts on and what is paid."""

import pytest

from alliancelab.model.accounts import Flow, Purse
from alliancelab.model.policy import startup_subsidy
from tests.support.bench import bench, plain, seat


def test_a_founder_counts_on_its_share_while_this_years_money_lasts():
    """Section 8, start-up subsidy: `promised`: `share` x expected share x left / usual, at most 1."""
    world = bench(levers={"startup_subsidy_share": 0.4}, set_up_cost=2.0, founding_size=10.0, handling_cost=1.0)
    promised = plain(startup_subsidy.promised, expected_share=lambda *_: 0.5)
    assert promised(world, 0, 0) == pytest.approx(0.2)  # nine are usual
    world.government[0].spent[Purse.STARTUP_SUBSIDY] = 1000.0 - 0.9
    assert promised(world, 0, 0) == pytest.approx(0.02)
    world.government[0].spent[Purse.STARTUP_SUBSIDY] = 1000.0
    assert promised(world, 0, 0) == 0.0 and promised(bench(), 0, 0) == 0.0


def delivered(share=0.5, budget=100.0):
    world = bench(set_up_cost=2.0, handling_cost=0.1, budget=budget, levers={"startup_subsidy_share": share})
    seat(world, 0, 0, 1, 2)
    paid = plain(startup_subsidy.deliver, approved=lambda *_: 0.5)(world, 0, 0)
    return paid, world.alliances[0], world.ledger[0]


def test_at_signing_the_approved_share_of_the_cost_and_the_handling_of_the_case_are_paid():
    """Section 8, start-up subsidy: `deliver`: share x approved share x `set_up_cost` x members."""
    paid, one, ledger = delivered()
    assert paid == one.start_subsidy == one.public_total == pytest.approx(1.5)
    assert (one.approved, ledger[Flow.STARTUP_HANDLING]) == pytest.approx((0.5, 0.1))
    assert one.funds == 0.0  # it is spent at once and never enters the purse
    assert delivered(budget=1.0)[0] == 1.0 and delivered(share=0.0)[0] == 0.0
