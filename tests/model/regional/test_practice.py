"""What firms elsewhere leave unserved."""

from math import exp

import pytest

from alliancelab.model.accounts import Count
from alliancelab.model.regional import practice
from tests.support.bench import bench, plain
from tests.support.region_bench import region_beside


def unsold(hazard=0.0, growth=0.0, vacant=0, births=0.0):
    """Four rows for firms of a size of 100 each, of which some are vacant."""
    world = bench(size_shock=0.0, birth_rate=births, newborn_size=0.5)
    world.organisations["active"][4 - vacant:] = False
    world.sectors["mean_log_size"] = 0.0
    return plain(practice.unsold, failure_hazard=lambda *_: hazard, size_growth=lambda *_: growth)(world, 0, 0)


def test_a_quarter_of_what_is_lost_in_a_year_by_failure_and_growth_less_what_newborn_firms_sell():
    """Section 5, a region: `unsold`."""
    assert unsold(hazard=0.2) == pytest.approx(0.05) and unsold(growth=-0.1) == pytest.approx(0.25 * (1.0 - exp(-0.1)))
    assert unsold() == 0.0 and unsold(growth=0.1) < 0.0  # may be below nothing
    newborn = 0.5 * exp(0.125) * 0.4  # median size, mean over median, chance
    assert unsold(hazard=0.2, vacant=1, births=0.4) == pytest.approx(0.25 * (1.0 - (240.0 + newborn) / 300.0))
    assert unsold(vacant=4) == 0.0


def left(losses, warm_up):
    """What is left by quarter."""
    world = bench()
    region, found = region_beside(world), []
    world.counts[Count.WARM_UP] = warm_up
    for tick, loss in enumerate(losses):
        found.append(float(plain(practice.market_left, unsold=lambda *_, now=loss: now)(world, region, tick, 0)))
    return found


def test_what_is_left_is_averaged_over_the_warm_up_and_stands_from_then_on():
    """Section 5, a region: `market_left`: the mean of up to twenty quarters, then a twentieth of the way a quarter."""
    assert left([0.2, 0.4, 0.9, 0.9], warm_up=2) == pytest.approx([0.2, 0.3, 0.3, 0.3])
    found = left([0.1] * 20 + [0.5] * 2, warm_up=22)
    assert found[19] == pytest.approx(0.1) and found[20] == pytest.approx(0.12)
    assert found[21] == pytest.approx(0.12 + 0.38 / 20.0)


def test_growth_by_new_products_is_what_they_sell_over_the_sectors_revenue():
    """Section 5, a region: `launched_part`."""
    world = bench()
    region = region_beside(world)
    world.organisations["size"][:4] = 100.0
    region.industries["launching"][0] = 8.0
    assert plain(practice.launched_part)(world, region, 0) == pytest.approx(0.02)
