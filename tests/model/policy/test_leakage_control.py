"""Leakage control: what is kept in the region and in the nation."""

import pytest

from alliancelab.model.accounts import Flow
from alliancelab.model.policy import leakage_control
from tests.support.bench import bench, plain


@pytest.mark.parametrize(("core", "strictness", "stages", "budget", "watched"), [
    (3.0, 0.5, 31.0, 9.0, 0.5), (0.0, 0.5, 31.0, 9.0, 0.0), (3.0, 0.0, 31.0, 9.0, 0.0), (3.0, 0.5, 0.0, 9.0, 0.0),
    (3.0, 0.5, 31.0, 0.35, 0.25),
])
def test_key_property_is_kept_in_by_strictness_and_the_share_of_core_patents(core, strictness, stages, budget, watched):
    """Section 8, leakage control: `quarterly`, for `watch_price` a range; three patents of four are core."""
    world = bench(budget=budget, watch_price=1.0, levers={
        "leakage_control_strictness": strictness, "leakage_control_nation": 1.0, "leakage_control_region": 0.4,
        "leakage_control_stages": stages})
    one = world.alliances[0]
    one.core_patents, one.generic_patents, one.confined, one.kept_home = core, 1.0, 0.9, 0.9
    plain(leakage_control.quarterly)(world, 0)
    assert (one.confined, one.kept_home) == pytest.approx((0.75 * 0.4 * watched, 0.75 * watched))
    assert world.ledger[0, Flow.LEAKAGE_CONTROL] == pytest.approx(1.4 * watched)
