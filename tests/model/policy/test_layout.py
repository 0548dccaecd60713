"""The layout plan: which sectors and fields, how many alliances, how large, where."""

import numpy as np
import pytest

from alliancelab.model.accounts import Flow
from alliancelab.model.policy import layout
from alliancelab.model.tables import FIELDS
from tests.support.bench import bench, plain, seat
from tests.support.rows import row, vector

PLAN = {"layout_strength": 0.8, "layout_places": 2.0, "layout_order": 0.3, "layout_scale": 4.0, "layout_place": 0.5}


def planned(budget=100.0, outlook=(0.2, 0.4), **levers):
    world = bench(sectors=2, budget=budget, plan_price=1.0, diagnosis_noise=0.0, levers=PLAN | levers)
    world.fields["outlook"][:, :2] = outlook
    plain(layout.yearly, luck=0.5, choose_sectors=lambda w, tick: w.sectors["priority"].__setitem__(0, 1.0))(world, 0)
    return world


def test_the_plan_is_as_strong_as_what_is_paid_for():
    """Section 8, layout: `yearly`, for `plan_price` a sector at full strength."""
    world = planned()
    assert world.sectors["plan"].tolist() == pytest.approx([0.8, 0.8]) and world.ledger[0, Flow.LAYOUT] == 1.6
    assert planned(budget=1.2).sectors["plan"].tolist() == pytest.approx([0.8, 0.4])
    assert not planned(layout_strength=0.0).sectors["plan"].any()


def test_fields_of_priority_sectors_get_places_when_their_outlook_reaches_the_order():
    """Section 8, layout: `yearly`."""
    places = planned().fields["places"]
    assert places[0, :2].tolist() == [0.0, 2.0] and not places[1].any()


def test_a_sector_is_described_from_what_is_there():
    """Section 8, layout: `survey`: base, potential, pull, fusion."""
    world = bench(firms=2, sectors=2, outlook_half=0.5)
    world.organisations["size"] = 10.0, 10.0, 30.0, 50.0
    world.fields["outlook"][0, :2], world.fields["frontier"][0, :2], world.sectors["dynamism"] = 0.5, (0.0, 1.0), 1.0
    seat(world, 0, 0, 1, 2, 3)
    plain(layout.survey, shared_demand=lambda w, s: 0.1 + s)(world)
    one = world.sectors[0]
    assert (one.base, one.potential, one.pull, one.fusion) == pytest.approx((0.25, 0.5, 0.1, 0.5))
    assert world.sectors[1].base == 1.0 and world.sectors[1].fusion == 0.0


def test_demand_is_shared_with_the_mean_of_the_other_sectors():
    """Section 8, layout: pull: `shared_demand`."""
    world = bench(sectors=3)
    world.sectors["demand"] = vector(0.5, 0.5), vector(0.5, 0.0, 0.5), vector(0.0, 0.0, 1.0)
    assert plain(layout.shared_demand)(world, 0) == pytest.approx(0.25)
    assert plain(layout.shared_demand)(bench(), 0) == 0.0


@pytest.mark.parametrize(("share", "chosen"), [(0.0, {1}), (0.5, {1, 2}), (1.0, {0, 1, 2})])
def test_the_part_of_the_sectors_with_the_highest_scores_are_priorities_at_least_one(share, chosen):
    """Section 8, layout: `choose_sectors`; a sector not surveyed keeps what it is."""
    world = bench(sectors=4, levers={"layout_sectors": share})
    world.sectors["plan"], world.sectors["priority"] = (0.5, 0.5, 0.5, 0.0), (1.0, 0.0, 0.0, 1.0)
    world.sectors["base"] = 0.1, 0.9, 0.5, 1.0
    plain(layout.choose_sectors, layout_score=lambda sector, levers: sector.base)(world, 0)
    assert set(np.flatnonzero(world.sectors["priority"]).tolist()) == chosen | {3}


def test_the_home_of_a_sector_is_where_its_firms_have_most_revenue():
    """Section 8, layout: `strongest_region`."""
    world = bench(firms=3, research=1, regions=3)
    world.organisations["region"], world.organisations["size"] = (2, 0, 2, 1), (40.0, 60.0, 40.0, 999.0)
    assert plain(layout.strongest_region)(world, 0) == 2


def test_a_field_has_a_place_while_alliances_are_fewer_and_a_sector_is_open_where_any_field_has(rule):
    """Section 8, layout: `has_place`, `is_open`."""
    assert bool(rule(layout.has_place)(row(FIELDS, alliances=1, places=2.0)))
    assert not rule(layout.has_place)(row(FIELDS, alliances=2, places=2.0))
    world = bench()
    world.fields["places"][0, :2], world.fields["alliances"][0, :2] = (1.0, 2.0), (1, 1)
    assert plain(layout.is_open)(world, 0) is True
    world.fields["alliances"][0, 1] = 2
    assert plain(layout.is_open)(world, 0) is False


def in_plan(plan=0.5, places=1.0, away=False, size=4):
    world = bench(levers=PLAN)
    world.sectors["plan"], world.sectors["home"], world.fields["places"] = plan, 1 if away else 0, places
    world.fields["alliances"][0, 0], world.alliances["size"] = 1, size
    return world


@pytest.mark.parametrize(("case", "share"), [
    ({"plan": 0.0}, 1.0), ({"places": 2.0}, 1.0), ({"places": 0.0}, 0.5), ({"places": 2.0, "away": True}, 0.75),
    ({"places": 0.0, "away": True}, 0.375),
])
def test_founders_expect_the_subsidy_where_the_plan_has_a_place_and_seats_the_sector(case, share):
    """Section 8, layout: `expected_share`: else the part 1 - plan; away times 1 - plan x `place`."""
    assert plain(layout.expected_share)(in_plan(**case), 0, 0) == pytest.approx(share)


@pytest.mark.parametrize(("subsidy", "plan", "scale"), [(0.5, 1.0, 4), (0.5, 0.7, 2), (0.0, 1.0, 0), (0.5, 0.0, 0)])
def test_founders_plan_for_the_scale_of_the_plan_where_there_is_a_subsidy(subsidy, plan, scale):
    """Section 8, layout: `scale_sought`, rounded down."""
    assert plain(layout.scale_sought)(in_plan(plan), 0, 0, subsidy) == scale


@pytest.mark.parametrize(("case", "share"), [
    ({}, 1.0), ({"places": 0.0}, 0.5), ({"size": 3}, 0.5), ({"away": True}, 0.75), ({"plan": 0.0, "size": 3}, 1.0),
    ({"size": 3, "away": True}, 0.375),
])
def test_at_signing_part_of_the_subsidy_is_left_beyond_the_places_below_the_scale_and_away(case, share):
    """Section 8, layout: `approved`; an alliance counts itself among those in the field."""
    assert plain(layout.approved)(in_plan(**case), 0, 0) == pytest.approx(share)
