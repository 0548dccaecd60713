"""How a region begins: carriers as if they had practised, sizes and labels of the base year."""

import numpy as np
import pytest

from alliancelab.agents.codes import Kind
from alliancelab.model.regional import initialise, services
from alliancelab.model.regional.codes import Rank
from tests.support.bench import bench, plain
from tests.support.region_bench import region_beside


@pytest.mark.parametrize("rank", list(Rank))
@pytest.mark.parametrize("numbers", [{}, {"practice": 0.2, "load_start": 0.5}, {"practice_fade": 0.1}])
def test_a_carrier_begins_where_practice_and_its_fading_balance(rank, numbers):
    """Section 5, a region: `_have_practised`: a quarter at the first load moves its quality no more."""
    region = region_beside(bench(), **numbers)
    q, one = region.numbers[0], region.carriers[0]
    one.active, one.rank, one.capacity = True, rank, 100.0
    one.quality = q.carrier_quality + q.rank_quality * rank
    before = one.quality
    plain(initialise._have_practised)(region, 0)
    begun = one.quality
    assert begun > before and one.load == q.load_start
    one.users = q.load_start * one.capacity
    plain(services.close_doors)(region)
    assert one.quality == pytest.approx(begun, rel=0.002)


def named(number, labels=(0, 0, 0, 0), vitality=(0.2, 0.8, 0.4, 0.6)):
    world = bench(alliances=4)
    world.alliances["vitality"][:4], world.alliances["label"][:4] = vitality, labels
    world.counts[0] = 8  # the quarter
    initialise._name_alliances(world, number)
    return np.flatnonzero(world.alliances["label"][:4] > 0.0).tolist(), world.alliances["pilot"][:4].tolist()


def test_the_label_goes_to_the_most_vital_that_lack_it_until_enough_bear_it():
    """Section 5, a region: `_name_alliances`."""
    assert named(2) == ([1, 3], [-1, 8, -1, 8]) and named(0)[0] == []
    assert named(2, labels=(1, 0, 0, 0)) == ([0, 1], [-1, 8, -1, -1]) and named(1, labels=(1, 0, 0, 0))[0] == [0]
    assert named(9)[0] == [0, 1, 2, 3]


def sized(before=1.0, **numbers):
    """Ten firms of 1 to 10, and a university."""
    world = bench(firms=10, research=1)
    world.organisations["size"] = np.arange(1.0, 12.0)
    q = region_beside(world, **{"scale": 5.0} | numbers).numbers[0]
    initialise._set_sizes(world, q, before)
    assert world.organisations["kind"][10] == Kind.UNIVERSITY and world.organisations["size"][10] == 11.0
    return world.organisations["size"][:10]


def test_sizes_come_to_the_base_years_number_above_scale_and_their_revenue():
    """Section 5, a region: `_set_sizes`; a yearly revenue of 120 is 30 a quarter, firms keep their order."""
    size = sized(revenue=120.0, above_scale=4.0)
    assert (size >= 5.0).sum() == 4 and size[size >= 5.0].sum() == pytest.approx(30.0)
    assert (np.diff(size) > 0.0).all()


def test_in_the_warm_up_sizes_come_back_to_a_part_of_the_base_year():
    """Section 5, a region: `_set_sizes` in each year of the warm-up."""
    size = sized(before=0.75, revenue=120.0, above_scale=4.0)
    assert size[size >= 5.0].sum() == pytest.approx(22.5)


def test_where_the_number_is_not_given_revenue_above_scale_is_met_and_without_figures_nothing_changes():
    """Section 5, a region: `_set_sizes`."""
    size = sized(revenue=240.0, above_scale=0.0)
    assert size[size >= 5.0].sum() == pytest.approx(60.0)
    assert sized(revenue=0.0, above_scale=0.0).tolist() == list(range(1, 11))
