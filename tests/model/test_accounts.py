"""What an instrument may pay."""

import pytest

from alliancelab.model import accounts
from alliancelab.model.accounts import Flow, Purse
from tests.support.bench import bench, plain

ONE = Purse.MEETINGS


def world_with(budget=10.0, spent=0.0, weight=1.0, funds=1000.0):
    world = bench(budget=budget)
    one = world.government[0]
    one.spent[ONE], one.weight[ONE], one.funds = spent, weight, funds
    return world, one


@pytest.mark.parametrize(("spent", "weight", "left"), [
    (0.0, 1.0, 10.0), (4.0, 1.0, 6.0), (4.0, 0.5, 1.0), (12.0, 1.0, 0.0),
])
def test_left_is_budget_times_weight_less_what_was_spent(spent, weight, left):
    """7.2: `budget_of`, `left_of`."""
    world, _ = world_with(spent=spent, weight=weight)
    assert plain(accounts.budget_of)(world, 3, ONE) == pytest.approx(10.0 * weight)
    assert plain(accounts.left_of)(world, 3, ONE) == pytest.approx(left)


@pytest.mark.parametrize(("amount", "spent", "paid"), [
    (3.0, 0.0, 3.0), (3.0, 8.0, 2.0), (3.0, 10.0, 0.0), (-1.0, 0.0, 0.0),
])
def test_an_instrument_pays_as_far_as_its_budget_of_the_year_reaches(amount, spent, paid):
    """7.2: `pay`; what leaves the government's purse is what is written down."""
    world, one = world_with(spent=spent)
    assert plain(accounts.pay)(world, 2, ONE, Flow.MEETINGS, amount) == paid
    assert (one.spent[ONE], one.funds, world.ledger[2, Flow.MEETINGS]) == (spent + paid, 1000.0 - paid, paid)


def test_a_budget_that_rises_within_the_year_is_topped_up_when_it_is_used():
    """7.2: `pay`."""
    world, one = world_with(funds=1.0)
    assert plain(accounts.pay)(world, 2, ONE, Flow.MEETINGS, 3.0) == 3.0
    assert (one.funds, world.ledger[2, Flow.APPROPRIATION]) == (0.0, 2.0)
