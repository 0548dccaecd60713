"""Money for bringing results to market brings new products, at falling returns."""

from math import exp

import pytest

from alliancelab.model.accounts import Flow
from alliancelab.model.regional import products
from tests.support.bench import bench, plain
from tests.support.region_bench import region_beside


@pytest.mark.parametrize(("funds", "spent"), [(9.0, 0.5), (0.2, 0.2), (0.0, 0.0)])
def test_a_quarter_of_the_money_is_spent_as_far_as_the_firm_has_it(funds, spent):
    """Section 5, a region: `convert`."""
    world = bench()
    region = region_beside(world, investment_speed=0.25, conversion_price=2.0, conversion_most=0.1)
    region.clients["converting"][0] = 2.0
    world.organisations["funds"][0] = funds
    more = plain(products.convert)(world, region, 4, 0)
    assert more == pytest.approx(0.1 * (1.0 - exp(-spent / 0.2)))
    assert region.clients["converting"][0] == pytest.approx(1.5)
    assert world.organisations["funds"][0] == pytest.approx(funds - spent)
    assert world.ledger[4, Flow.FIRM_INVESTMENT] == pytest.approx(spent)
