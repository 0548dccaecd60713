"""What is written down at the end of a quarter."""

import pytest

from alliancelab.model import recording
from alliancelab.model.accounts import Count, Flow
from tests.support.bench import bench, plain, seat
from tests.support.worlds import bits


@pytest.fixture
def recorded():
    """A world with two alliances in one field after a quarter was written down, and the same before it."""
    world = bench(fields=3, alliances=2)
    seat(world, 0, 0, 1)
    seat(world, 1, 1)
    world.fields["alliances"][0, :2] = 3, 1
    world.alliances["vitality"][:2], world.alliances["stage"][:2] = (0.2, 0.6), (1, 3)
    world.organisations["productivity"], world.organisations["active"][3] = (0.2, 0.4, 0.9, 9.0), False
    world.ledger[5, [Flow.GRANT, Flow.MEETINGS, Flow.JOINT_RESEARCH]] = 2.0, 3.0, 50.0
    before = world.copy()
    world.counts[Count.RECORD] = before.counts[Count.RECORD] = 1
    plain(recording.record_quarter)(world, 5)
    return world, before


def test_a_quarter_is_recorded_as_it_is(recorded):
    """7.12: `record_quarter`: duplication is 1 - occupied fields / lines; productivity the mean over active firms."""
    curve = recorded[0].curves[5]
    assert (curve["duplication"], curve["productivity"], curve["vitality"]) == pytest.approx((0.5, 0.5, 0.4))
    assert (curve["alliances"], curve["seats"], curve["participants"], curve["growth"], curve["decline"]) == (
        2, 3, 2, 1, 1)
    assert curve["outlay"] == 5.0  # what came from the government, not what alliances spent


def test_fields_older_than_the_oldest_living_one_are_left_out_of_duplication():
    """7.12: `record_quarter`."""
    world = bench(fields=3)
    world.fields["alliances"][0, :3], world.sectors["first_field"] = (9, 2, 2), 1
    plain(recording.record_quarter)(world, 0)
    assert world.curves["duplication"][0] == pytest.approx(0.5)


def test_recording_changes_nothing_that_a_rule_reads(recorded):
    """Section 3, process 12: changes nothing (`record_quarter`)."""
    world, before = recorded
    for name in ("organisations", "alliances", "seats", "projects", "fields", "lines", "ledger", "government"):
        assert bits(getattr(world, name)) == bits(getattr(before, name)), name
    assert world.panel["alliance"][: world.counts[Count.PANEL]].tolist() == [0, 1]
