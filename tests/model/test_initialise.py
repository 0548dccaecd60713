"""The world on its first day."""

from math import exp

import numpy as np
import pytest

from alliancelab.agents.codes import FirmStage, Kind
from alliancelab.model import initialise
from alliancelab.model.accounts import Count
from tests.support.bench import bench, plain
from tests.support.worlds import plain_setup

SIZES = {"firms": 90, "universities": 5, "institutes": 4, "agencies": 3, "sectors": 2, "regions": 3, "quarters": 8,
         "warm_up": 0}


@pytest.fixture(scope="module")
def world():
    """A world of two sectors where nine rows in ten are filled."""
    return initialise.new_world(plain_setup(5, sizes=SIZES, parameters={"rows_filled": 0.9}), recorded=False)


def test_each_kind_is_spread_evenly_over_sectors_and_the_first_take_the_remainder(world):
    """Section 5: `new_world` makes the tables: there are `firms` / `rows_filled` rows for firms."""
    assert world.sectors["firm_rows"].tolist() == [50, 50]
    kinds = [np.bincount(world.organisations["kind"][world.organisations["sector"] == s], minlength=4) for s in (0, 1)]
    assert kinds[0].tolist() == [50, 3, 2, 2] and kinds[1].tolist() == [50, 2, 2, 1]
    assert world.counts[Count.LIVE] == 0  # there are no alliances at the start


def test_the_tables_are_filled_sector_by_sector_within_the_stated_ranges(world):
    """Section 5: `populate`."""
    p, sectors = world.parameters[0], world.sectors
    assert (sectors["growth"] >= 0.5 * p.market_growth).all() and (sectors["growth"] < 1.5 * p.market_growth).all()
    assert (np.abs(sectors["dynamism"] - 1.0) <= p.sector_spread).all() and set(sectors["priority"]) <= {0.0, 1.0}
    assert (np.diff(sectors["first_firm"]) == 57).all()
    vacant = ~world.organisations["active"]
    assert 0 < vacant.sum() < 25 and (world.organisations["kind"][vacant] == Kind.FIRM).all()
    assert len(set(world.organisations["key"].tolist())) == len(world.organisations)


def settled(kind, luck=0.5):
    parameters = {"size_median": 20.0, "research_budget": 6.0, "reserve": 0.5, "rows_filled": 0.9}
    world = bench(regions=4, **parameters)
    plain(initialise.settle, luck=luck)(world, 0, np.uint64(9), kind, 0, 4, 1.5)
    return world.organisations[0]


def test_an_organisation_settles_with_size_age_place_and_purse():
    """Section 5: `settle`: a firm's revenue is `size_median` x the sector's factor, others' size their budget."""
    one = settled(Kind.FIRM)
    assert (one.size, one.funds, one.born, one.region, one.segment) == (30.0, 15.0, -40, 2, 2)
    assert one.stage == FirmStage.GROWTH and one.active
    one = settled(Kind.INSTITUTE)
    assert (one.size, one.funds) == (6.0, 6.0)


@pytest.mark.parametrize(("kind", "luck", "active"), [
    (Kind.FIRM, 0.89, True), (Kind.FIRM, 0.91, False), (Kind.UNIVERSITY, 0.91, True),
])
def test_some_rows_for_firms_wait_for_births(kind, luck, active):
    """Section 5: `settle`: each is filled with chance `rows_filled`."""
    one = settled(kind, luck)
    assert bool(one.active) is active and (one.size > 0.0) == active


def test_a_sector_starts_with_fields_of_staggered_age_the_last_of_them_new():
    """Section 5: `begin_fields`: each is older than the next by half of `frontier_time`."""
    world = bench(fields=0, frontier_time=21.0, field_entry_share=0.1, vintage_gain=0.2)
    world.sectors["focus"] = 1.0
    plain(initialise.begin_fields)(world, 0)
    fields = world.fields[0, : initialise.FIRST_FIELDS]
    assert world.sectors["field_count"][0] == initialise.FIRST_FIELDS
    assert fields["born"].tolist() == [-20, -10, 0]
    assert fields["frontier"].tolist() == pytest.approx([1.0 - exp(-20.0 / 21.0), 1.0 - exp(-10.0 / 21.0), 0.0])
    assert (fields["vintage"][0], fields["trajectory"][0]) == (1.0, 0)
    assert fields["share"].tolist() == pytest.approx([0.81, 0.09, 0.1]) and world.sectors["best_practice"][0] > 0.05


@pytest.mark.parametrize(("luck", "technology"), [(0.0, 0.8), (0.5, 1.4)])
def test_technology_scatters_below_best_practice_and_the_market_is_what_firms_earn(luck, technology):
    """Section 5: `begin_firms`: best practice x (0.4 + 0.6 U)."""
    world = bench(firms=3, research=1)
    world.sectors["best_practice"] = 2.0
    world.organisations["active"][2] = False
    plain(initialise.begin_firms, luck=luck)(world, 0)
    assert world.organisations["productivity"].tolist() == pytest.approx([technology, technology, 0.0, 0.0])
    assert world.sectors["market"][0] == 200.0 and world.sectors["firm_count"][0] == 2
