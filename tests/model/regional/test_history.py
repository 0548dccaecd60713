"""What organisations of a region bring to the first day: age and experience."""

from math import exp, log

import numpy as np
import pytest

from alliancelab.agents.codes import Kind
from alliancelab.model.regional import history
from alliancelab.model.tables import CLASSES
from tests.support.bench import bench, plain
from tests.support.rows import vector


@pytest.mark.parametrize(("luck", "years"), [(1.0, 0.0), (exp(-1.0), 20.0), (exp(-3.0), 60.0)])
def test_a_firm_has_the_years_for_which_it_has_faced_its_hazard(luck, years):
    """Section 5, a region: `age_of`: -ln(U) over the yearly hazard; here one in twenty."""
    world = bench()
    age = plain(history.age_of, failure_hazard=lambda firm, age, relative, p: 0.05 if relative == 1.0 else 9.0)
    assert age(world, world.organisations[0], luck) == pytest.approx(years, abs=1e-6)


def demands(chance, follow=1.0, years=30):
    """What was asked for, back in time, where a field comes with this chance a year."""
    world = bench(field_arrival=-log(1.0 - chance) / 4.0, field_follow=follow, similarity_follow=0.9,
                  similarity_new=0.5)
    world.sectors["dynamism"], world.sectors["focus"], world.sectors["demand"] = 1.0, 1.0, vector(0.6, 0.4)
    past = np.empty((years, CLASSES))
    plain(history.demands_before)(world, 0, past)
    return past


def test_demand_before_the_first_day_changes_with_the_fields_that_came():
    """Section 5, a region: `demands_before`: a chance of 1 - exp(-4 x `field_arrival` x dynamism) a year."""
    assert demands(0.0)[[0, -1], :2].tolist() == [[0.6, 0.4]] * 2
    steps = (np.abs(np.diff(demands(0.5, years=400), axis=0)).sum(axis=1) > 0.0).mean()
    assert steps == pytest.approx(0.5, abs=0.08)
    assert demands(0.9).sum(axis=1) == pytest.approx(1.0)


def test_a_field_keeps_more_of_the_one_before_it_where_it_is_the_next_vintage():
    """Section 5, a region: the mean of `similarity_follow` and `similarity_new`, weighted by `field_follow`."""
    for follow, kept in ((1.0, 0.9), (0.0, 0.5), (0.5, 0.7)):
        past = demands(1.0 - 1e-12, follow)
        assert (past[1, :2] >= kept * past[0, :2] - 1e-12).all() and past[1, 2:].sum() <= 1.0 - kept + 1e-12


def grown(experience=0.0, learning=0.0, forgetting=0.0, years=10.0, kind=Kind.FIRM):
    world = bench(firms=1, learning=learning, forgetting=forgetting, field_arrival=0.0)
    world.sectors["demand"] = vector(0.8, 0.4)
    one = world.organisations[0]
    one.kind, one.expertise = kind, vector(0.5, 0.5, 0.5)
    plain(history.grow_up, age_of=lambda *_: years)(world, experience)
    return one


def test_experience_closes_a_part_of_what_is_missing_each_year_in_proportion_to_demand():
    """Section 5, a region: `grow_up`: `experience` x demand for the class / largest demand, for the firm's years."""
    one = grown(0.1)
    assert one.born == -40
    assert one.expertise[:3] == pytest.approx([1.0 - 0.5 * 0.9**10, 1.0 - 0.5 * 0.95**10, 0.5])


def test_what_is_learnt_before_sixty_years_ago_does_not_count():
    """Section 5, a region: firms for their years but at most 60, others for 60 (`grow_up`)."""
    old, older, university = (grown(forgetting=0.01, years=y, kind=k) for y, k in (
        (60.0, Kind.FIRM), (500.0, Kind.FIRM), (1.0, Kind.UNIVERSITY)))
    assert old.expertise[0] == older.expertise[0] == university.expertise[0] == pytest.approx(0.5 * 0.99**60)


def test_organisations_learn_and_forget_at_home():
    """Section 5, a region: as in 7.3 (`grow_up`)."""
    assert grown(learning=0.1, years=1.0).expertise[:3] == pytest.approx([0.525, 0.5125, 0.5])


def size(age, luck=0.0, born=0.0, hazard=0.05):
    world = bench(size_reversion=0.1, newborn_size=0.5, size_shock=0.2)
    return plain(history.size_at)(age, hazard, luck, born, world.parameters[0])


def test_newborn_firms_are_small_and_those_that_stay_grow_by_what_failed_ones_sold():
    """Section 5, a region: `size_at`: ln(`newborn_size`) x (k - h x y) + `size_shock` x sqrt(y x (1 + k) / 2) x N."""
    assert size(0.0, luck=9.0, born=1.0) == pytest.approx(log(0.5) + 0.5)  # chance of birth only
    assert size(1e9, born=9.0) == pytest.approx(-0.5 * log(0.5))  # ten years of reversion, a hazard of a twentieth
    assert size(1e9, luck=1.0) - size(1e9) == pytest.approx(0.2 * 5.0**0.5)
    assert size(1e9, hazard=0.0) == pytest.approx(0.0, abs=1e-9) and size(5.0) < size(10.0) < size(20.0)


def test_a_sectors_firms_share_its_revenue_by_their_ages():
    """Section 5, a region: `grow_in_size`: the sum over the sector stays as it was drawn."""
    world = bench()
    firms = world.organisations[:4]
    firms["size"], firms["active"][3] = (10.0, 20.0, 30.0, 0.0), False
    ages = iter((1.0, 2.0, 3.0))
    plain(history.grow_in_size, luck=0.5, age_of=lambda *_: next(ages), failure_hazard=lambda *_: 0.1,
          size_at=lambda age, *_: log(age))(world, world.sectors[0], np.uint64(0))
    assert firms["born"][:3].tolist() == [-4, -8, -12]
    assert firms["size"] == pytest.approx([10.0, 20.0, 30.0, 0.0])


@pytest.mark.parametrize(("luck", "opened", "left"), [(0.59, 0, 4), (0.61, 0, 0), (0.74, 1, 4), (0.76, 1, 0)])
def test_as_many_firms_stay_as_births_and_failures_keep(luck, opened, left):
    """Section 5, a region: `thin_out`: e / (e + h) of the rows: 0.3 / 0.5, and 0.6 / 0.8 where incubators found too."""
    world = bench(birth_rate=0.3, startup_quarters=0.0)
    plain(history.thin_out, luck=luck, failure_hazard=lambda *_: 0.2)(world, 0.3, opened)
    firms = world.organisations[:4]
    assert firms["active"].sum() == left and (firms["size"] > 0.0).sum() == left
