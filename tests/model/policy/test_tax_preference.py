"""Tax preference: part of a contribution comes back."""

import pytest

from alliancelab.model.policy import tax_preference
from tests.support.bench import bench, plain


@pytest.mark.parametrize(("rate", "budget", "saved"), [(0.25, 100.0, 1.0), (0.0, 100.0, 0.0), (0.25, 0.4, 0.4)])
def test_a_firm_gets_its_rate_of_a_contribution_back_while_the_budget_lasts(rate, budget, saved):
    """Section 8, tax preference: `rebate`."""
    world = bench(budget=budget, levers={"tax_preference_rate": rate})
    assert plain(tax_preference.rebate)(world, 0, 4.0) == pytest.approx(saved)
