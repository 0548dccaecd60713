"""Targets call up effort, which costs the work of those who urge firms on."""

import pytest

from alliancelab.model.regional import responsibility
from alliancelab.model.regional.codes import RegionalPurse
from tests.support.bench import bench, plain
from tests.support.region_bench import region_beside


@pytest.mark.parametrize(("budget", "paid", "effort"), [(9.0, 0.23, 0.65), (0.115, 0.115, 0.575), (0.0, 0.0, 0.5)])
def test_as_much_effort_comes_as_is_paid_for(budget, paid, effort):
    """Section 5, a region: `hold_to_target`; half of the result is missing: 0.5 (0.1 + 1.0 x 0.5) more effort."""
    world = bench(budget=budget)
    region = region_beside(world, effort_start=0.5, effort_speed=0.5, effort_signed=0.1, effort_gap=1.0,
                           assessment_price=0.2, verification_price=0.07, effort_price=0.2)
    region.levers["responsibility_strictness"], region.levers["responsibility_verification"] = 0.5, 1.0
    holder = region.townships[0]
    holder.effort, holder.result, holder.target = 0.5, 2.0, 4.0
    plain(responsibility.hold_to_target)(world, region, 4, holder)
    assert world.government["spent"][0, RegionalPurse.RESPONSIBILITY] == pytest.approx(paid)
    assert holder.effort == pytest.approx(effort) and holder.result == 0.0
