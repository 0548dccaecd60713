"""A world that is given its alliances: what is cleared, who is seated, who works."""

import numpy as np
import pytest

from alliancelab.model import starting
from alliancelab.model.accounts import Count
from tests.support.bench import bench, members, partners, plain, project, seat


def test_clearing_empties_seats_projects_and_alliances_and_leaves_organisations_as_they_are():
    """Section 5, from a registry: `clear`."""
    world = bench()
    seat(world, 0, 0, 1)
    project(world, 0, 0)
    world.fields["alliances"] = 1
    plain(starting.clear)(world)
    assert world.counts[[Count.ALLIANCES, Count.LIVE, Count.PROJECTS, Count.RUNNING, Count.SEATS]].tolist() == [0] * 5
    for name in ("alliance_count", "project_count", "promised"):
        assert not world.organisations[name].any()
    assert (world.organisations["first_seat"] == -1).all() and (world.organisations["size"] == 100.0).all()
    assert not world.fields["alliances"].any()


def test_members_take_their_seats_in_order_and_remember_the_one_before():
    """Section 5, from a registry: members with the quarter in which they joined (`seat_members`)."""
    world, places = bench(alliances=2), np.zeros(4, np.int64)
    plain(starting.seat_members)(world, np.array([0, 0, 1, 1]), np.array([0, 1, 1, 2]), np.array([-4, -3, -2, -1]),
                                 np.array([0.2, 0.3, 0.4, 0.5]), places)
    assert members(world, 0) == [0, 1] and members(world, 1) == [1, 2]
    assert world.seats["joined"][places].tolist() == [-4, -3, -2, -1]
    assert world.seats["satisfaction"][places].tolist() == pytest.approx([0.2, 0.3, 0.4, 0.5])
    known = [set(one["partner_rows"]) - {-1} for one in world.organisations[:3]]
    assert known == [{1}, {0, 2}, {1}]  # those seated one after another in one alliance


def test_running_projects_get_their_partners():
    """Section 5, from a registry: `staff_projects`."""
    world = bench()
    first, second = seat(world, 0, 0, 1)
    q = project(world, 0)
    plain(starting.staff_projects)(world, np.array([q, q]), np.array([first, second]), np.array([1.5, 0.5]))
    assert partners(world, q) == [0, 1] and world.organisations["promised"][:2].tolist() == [1.5, 0.5]
