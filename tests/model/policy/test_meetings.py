"""Meetings of science and industry."""

import pytest

from alliancelab.model.accounts import Flow
from alliancelab.model.policy import meetings
from tests.support.bench import bench, plain


@pytest.mark.parametrize(("strength", "budget", "held"), [(0.5, 100.0, 0.5), (0.0, 100.0, 0.0), (0.5, 0.005, 0.25)])
def test_meetings_are_held_as_far_as_their_price_by_firm_rows_is_paid(strength, budget, held):
    """Section 8, meetings: `quarterly`: `meetings_price` x strength for 100 firm rows a quarter."""
    world = bench(firms=4, budget=budget, meetings_price=0.5, levers={"meetings_strength": strength})
    world.sectors["meetings"] = 0.9
    plain(meetings.quarterly)(world, 0)
    assert world.sectors["meetings"][0] == pytest.approx(held)
    assert world.ledger[0, Flow.MEETINGS] == pytest.approx(min(0.5 * strength * 0.04, budget))
