"""Property rights and competition."""

import pytest

from alliancelab.model.accounts import Flow
from alliancelab.model.policy import ip_regime
from tests.support.bench import bench, plain


@pytest.mark.parametrize(("strength", "budget", "done"), [(0.5, 9.0, 0.5), (0.0, 9.0, 0.0), (0.5, 0.35, 0.25)])
def test_three_tasks_are_done_as_far_as_their_price_in_each_sector_is_paid(strength, budget, done):
    """Section 8, property rights and competition: `quarterly`: `enforcement_price` a sector and task."""
    world = bench(budget=budget, enforcement_price=1.0, levers={
        "ip_regime_strength": strength, "ip_regime_enforcement": 1.0, "ip_regime_antitrust": 0.4,
        "ip_regime_standards": 0.0})
    plain(ip_regime.quarterly)(world, 0)
    one = world.sectors[0]
    assert (one.enforcement, one.antitrust, one.promotion) == pytest.approx((done, 0.4 * done, 0.0))
    assert world.ledger[0, Flow.IP_REGIME] == pytest.approx(1.4 * done)
