"""Firms within reach of foreign demand offer a small part of their output, and share what is asked for."""

import pytest

from alliancelab.model.regional import markets
from tests.support.bench import bench, plain
from tests.support.region_bench import region_beside


@pytest.mark.parametrize(("demand", "orders"), [(1e9, 4.0), (16.0, 2.0), (0.0, 0.0)])
def test_orders_follow_what_is_offered_and_what_is_asked_for(demand, orders):
    """Section 5, a region: `win_orders`; four firms of 100, half in reach, of skill 0.8, offer a tenth of that."""
    world = bench()
    region = region_beside(world, foreign_offer=0.1, foreign_speed=1.0)
    region.clients["reach"], region.industries["demand"] = 0.5, demand
    plain(markets.win_orders, skill=lambda *_: 0.8)(world, region, 0)
    assert region.clients["exports"][0] == pytest.approx(orders)
    assert world.organisations["size"][0] == pytest.approx(100.0 + orders)
