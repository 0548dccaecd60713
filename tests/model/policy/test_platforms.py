"""Platforms: who hosts them, what they cost, whom they reach."""

from math import exp

import numpy as np
import pytest

from alliancelab.agents.codes import Kind, PlatformKind
from alliancelab.model.accounts import Flow
from alliancelab.model.policy import platforms
from tests.support.bench import bench, plain, seat
from tests.support.rows import levers

EVEN = {f"platforms_{name}": 1.0 for name in ("laboratories", "parks", "public_platforms", "service_centres")}


def test_test_facilities_come_from_institutes_agencies_and_what_can_be_produced():
    """Section 8, platforms: `test_facilities`: 1 - exp(-(bodies / 3 + largest industrialised))."""
    world = bench(research=1, agencies=2)
    world.organisations["kind"][4] = Kind.INSTITUTE
    assert plain(platforms.test_facilities)(world, 0) == 0.0
    seat(world, 0, 0, 4, 5, 6)
    world.alliances["lines"], world.lines["industrialised"][0, :2] = 2, (0.2, 0.5)
    assert plain(platforms.test_facilities)(world, 0) == pytest.approx(1.0 - exp(-1.5))


def test_each_kind_has_its_weight():
    """Section 8, platforms: `number`, split over four kinds by the levers' weights (`weight_of`)."""
    row = levers(platforms_laboratories=1.0, platforms_parks=2.0, platforms_public_platforms=3.0,
                 platforms_service_centres=4.0)
    assert [platforms.weight_of.py_func(row, kind) for kind in PlatformKind] == [1.0, 2.0, 3.0, 4.0]


@pytest.mark.parametrize(("number", "weights", "built"), [
    (4.0, EVEN, [[0, 1, 2, 3]] * 2), (2.0, EVEN, [[], [0, 1, 2, 3]]),  # fractions add up
    (1.0, EVEN | dict.fromkeys(list(EVEN)[1:], 0.0), [[0], [0]]), (0.0, EVEN, [[], []]),
])
def test_what_is_due_is_built_by_kind(number, weights, built):
    """Section 8, platforms: `yearly`."""
    world, found = bench(levers={"platforms_number": number} | weights), []
    for year in range(2):
        kinds = []
        def build(w, tick, kind, scores, kinds=kinds):
            kinds.append(kind)
            w.government[0].platforms[kind] -= 1.0
        plain(platforms.yearly, build=build)(world, 4 * year)
        found.append(kinds)
    assert found == built


def building(due=1.0, able=(True, True, True), budget=100.0, **levers_):
    world = bench(alliances=3, budget=budget, platform_price=2.0, platform_capacity=5.0, levers={
        "platforms_share": 0.5, "platforms_stages": 31.0, "platforms_pilots_first": 0.0} | levers_)
    world.government[0].platforms[0] = due
    world.alliances["technology"][:3], world.alliances["funds"] = (0.2, 0.8, 0.5), 10.0
    plain(platforms.build, can_host=lambda one, *_: able[int(one.key) - 1000])(world, 0, 0, np.empty(3))
    return world.alliances["hosted"][:3, 0].tolist(), world


def test_the_best_of_those_that_can_host_get_a_platform_and_both_sides_pay():
    """Section 8, platforms: `build`."""
    hosted, world = building()
    assert hosted == [0.0, 5.0, 0.0] and world.alliances["funds"][1] == 9.0
    ledger = world.ledger[0]
    assert (ledger[Flow.PLATFORM], ledger[Flow.PLATFORM_BUILDING]) == (1.0, 2.0)
    assert building(due=2.0)[0] == [0.0, 5.0, 5.0] and building(able=(True, False, False))[0] == [5.0, 0.0, 0.0]


def test_what_finds_no_host_or_money_lapses_but_for_one():
    """Section 8, platforms: `build`."""
    hosted, world = building(due=3.0, able=(True, False, False))
    assert hosted == [5.0, 0.0, 0.0] and world.government[0].platforms[0] == 1.0
    assert building(due=3.0, budget=1.5)[0] == [0.0, 5.0, 0.0]


def kept(funds, public=0.0):
    world = bench(platform_upkeep=0.5, platform_decay=0.1, platform_neglect=0.4)
    one = world.alliances[0]
    one.funds, one.public_funds, one.hosted[0], one.region = funds, public, 4.0, 1
    plain(platforms.keep_up)(world, 0, 0)
    return one, world


@pytest.mark.parametrize(("funds", "public", "left", "worn"), [
    (5.0, 0.0, 3.0, 3.6), (1.0, 0.0, 0.0, 2.8), (5.0, 5.0, 5.0, 2.0),
])
def test_hosts_pay_upkeep_from_own_money_and_platforms_wear_faster_where_it_is_missing(funds, public, left, worn):
    """Section 8, platforms: `keep_up`; four units cost 2."""
    one, world = kept(funds, public)
    assert one.funds == pytest.approx(left) and one.hosted[0] == pytest.approx(worn)
    assert world.platforms[0, 1].capacity[0] == pytest.approx(worn)


@pytest.mark.parametrize(("kind", "reach"), [
    (PlatformKind.LABORATORY, 1.0 + 0.5 * 2.0),  # of the sector, in other regions at a discount
    (PlatformKind.PARK, 1.0 + 4.0),  # of the region, of all sectors
    (PlatformKind.PUBLIC_PLATFORM, 1.0 + 2.0),  # all of the sector
])
def test_each_kind_reaches_as_far_as_it_does(kind, reach):
    """Section 8, platforms: `near`."""
    world = bench(sectors=2, platform_distance=0.5)
    world.platforms["capacity"] = np.array([[1.0, 2.0], [4.0, 8.0]])[:, :, None]
    assert plain(platforms.near)(world, world.alliances[0], kind) == pytest.approx(reach)


@pytest.mark.parametrize(("capacity", "served"), [(0.0, 0.0), (1.0, 1.0 - exp(-1.0)), (99.0, 1.0)])
def test_service_centres_reach_by_capacity_for_each_hundred_firms(capacity, served):
    """Section 8, platforms: `serve_outsiders`: 1 - exp(-`centre_reach` x capacity / 100 firms)."""
    world = bench(firms=4, centre_reach=0.04)
    world.platforms["capacity"][0, 1, PlatformKind.SERVICE_CENTRE] = capacity
    plain(platforms.serve_outsiders)(world, 0, world.parameters[0])
    assert world.sectors["served"][0] == pytest.approx(served)


def test_an_alliance_has_access_to_its_own_first_and_to_public_platforms_as_one_of_all():
    """Section 8, platforms: `quarterly`; three units of each kind, openness one half, four alliances live."""
    world = bench(platform_upkeep=0.0, platform_decay=0.0, levers={"platforms_openness": 0.5})
    world.alliances["hosted"][0, :3], world.sectors["living"] = 3.0, 4
    world.alliances["funds"] = 9.0
    world.parameters["platform_upkeep"] = 0.1
    plain(platforms.quarterly)(world, 0)
    one = world.alliances[0]
    assert (one.access, one.parks, one.tests) == pytest.approx((1.0, 1.0, 0.75))
    plain(platforms.quarterly)(world, 1)
    assert world.platforms["capacity"][0, 0, 0] == pytest.approx(3.0)  # counted anew each quarter
