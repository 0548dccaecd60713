"""Places in alliances and projects: who joins, who leaves, and whom they remember."""

import pytest

from alliancelab.agents.codes import Kind
from alliancelab.model import seats
from alliancelab.model.accounts import Count
from alliancelab.model.tables import PARTNERS
from tests.support.bench import bench, members, partners, plain, project, seat


def test_who_joins_is_listed_on_both_sides_and_counted_by_kind():
    """7.5: `join` writes seats."""
    world = bench(firms=2, research=1, agencies=1)
    places = seat(world, 0, 0, 2, 3)
    home = world.alliances[0]
    assert members(world, 0) == [0, 2, 3]
    assert (home.size, home.firms, home.research, home.largest) == (3, 1, 1, 3)
    assert world.organisations["alliance_count"].tolist() == [1, 0, 1, 1]
    assert world.organisations["first_seat"].tolist() == [places[0], -1, places[1], places[2]]
    assert world.seats["satisfaction"][places].tolist() == [0.5] * 3


def test_who_leaves_an_alliance_leaves_its_projects_and_frees_the_seat_for_the_next():
    """7.8: `leave` an alliance and its projects (`leave_project`)."""
    world = bench(firms=4)
    places = seat(world, 0, 0, 1, 2)
    q = project(world, 0, 0, 1, part=2.0)
    plain(seats.leave)(world, 5, places[1])
    assert members(world, 0) == [0, 2] and partners(world, q) == [0]
    assert (world.organisations["alliance_count"][1], world.organisations["project_count"][1]) == (0, 0)
    assert world.organisations["promised"].tolist() == [2.0, 0.0, 0.0, 0.0]
    assert (world.alliances[0].size, world.alliances[0].exits, world.projects[q].size) == (2, 1, 1)
    assert seat(world, 0, 3) == [places[1]]  # the place is used again


def test_any_member_and_any_partner_can_go_and_the_others_stay_listed():
    """7.8: `leave`, `leave_project`, whoever is first, in the middle or last of a list."""
    for gone in range(3):
        world = bench(alliances=2)
        places = seat(world, 0, 0, 1, 2)
        seat(world, 1, 0, 1, 2)
        first, second = project(world, 0, 0, 1, 2), project(world, 1, 0, 1, 2)
        plain(seats.leave)(world, 5, places[gone])
        there = [row for row in range(3) if row != gone]
        assert members(world, 0) == partners(world, first) == there and members(world, 1) == [0, 1, 2]
        assert partners(world, second) == [0, 1, 2]
        assert all(world.seats["before"][world.seats["next"][p]] == p for p in range(6) if world.seats["next"][p] >= 0
                   and p != places[gone])


def test_a_founder_who_leaves_negotiations_takes_its_promise_back():
    """7.4: each founder keeps a place free for a project, until it `leave`s."""
    world = bench()
    world.alliances["signed"] = -1
    place, = seat(world, 0, 0)
    world.organisations["project_count"][0] = 1
    plain(seats.leave)(world, 1, place)
    assert world.organisations["project_count"][0] == 0


def test_taking_part_binds_a_part_of_the_budget_and_ends_waiting():
    """7.5: `take_part` writes the parts of partners."""
    world = bench()
    place, = seat(world, 0, 0, idle=7)
    q = project(world, 0, 0, part=3.0)
    member = world.organisations[0]
    assert (member.promised, member.project_count, member.project_total) == (3.0, 1, 1)
    assert (world.seats[place].projects, world.seats[place].idle) == (1, 0)
    plain(seats.leave_project)(world, 2, int(world.projects[q].first_part))
    assert (member.promised, member.project_count, member.project_total) == (0.0, 0, 1)
    assert world.seats[place].projects == 0 and partners(world, q) == []


def test_the_table_of_members_gets_a_line_for_each_who_joins_and_the_quarter_of_leaving():
    """7.5: `begin_spell` writes a line of the table of members."""
    world = bench(research=1)
    world.counts[Count.RECORD] = 1
    world.organisations["stated_need"][4] = 0.7
    place, = seat(world, 0, 4)
    spell = world.members[0]
    assert (spell.organisation, spell.kind, spell.joined, spell.left) == (5, Kind.UNIVERSITY, 0, -1)
    assert (spell.size, spell.stated_need) == (100.0, 0.7)
    plain(seats.leave)(world, 9, place)
    assert spell.left == 9
    row = plain(seats.begin_spell)(world, 12, 0, world.organisations[0])
    assert row == 1 and world.members["joined"][1] == 12


def test_a_memory_keeps_the_latest_partners():
    """7.5: partners are written over the oldest place (`remember`)."""
    world = bench(firms=2)
    one = world.organisations[0]
    for key in range(PARTNERS + 1):
        seats.remember.py_func(one, key, key + 100)
    assert one.partner_rows.tolist() == [PARTNERS, *range(1, PARTNERS)]
    assert one.partner_keys[0] == 100 + PARTNERS


@pytest.mark.parametrize(("pick", "change", "found"), [
    (0.0, {}, 1), (0.99, {}, -1),  # the last place is empty
    (0.0, {"active": False}, -1), (0.0, {"key": 99}, -1),  # failed, or another firm in its row by now
])
def test_an_acquaintance_is_met_only_under_the_key_that_is_remembered(pick, change, found):
    """7.4: a place of the memory is drawn, which may be empty or stale (`acquaintance`)."""
    world = bench(firms=2)
    seats.remember.py_func(world.organisations[0], 1, world.organisations[1].key)
    for name, value in change.items():
        world.organisations[name][1] = value
    assert plain(seats.acquaintance)(world, world.organisations[0], pick) == found


def test_means_are_over_all_members():
    """7.5: mean reputation and opportunism of all members (`member_means`); mean credit (`credit_of`, section 8)."""
    world = bench(firms=3)
    for name, values in (("reputation", (0.2, 0.6, 9.0)), ("opportunism", (0.1, 0.3, 9.0)),
                         ("stated_need", (0.5, 0.9, 9.0)), ("credit", (1.0, 0.4, 9.0))):
        world.organisations[name] = values
    seat(world, 0, 0, 1)  # the third is no member
    assert plain(seats.member_means)(world, 0) == pytest.approx((0.4, 0.2, 0.7))
    assert plain(seats.credit_of)(world, 0) == pytest.approx(0.7)
