"""Diffusion subsidy: what alliances count on and what they get."""

import pytest

from alliancelab.model.policy import diffusion_subsidy
from tests.support.bench import bench, plain


@pytest.mark.parametrize(("stages", "budget", "rate"), [
    (31.0, 0.8, 0.4), (31.0, 900.0, 0.4), (31.0, 0.2, 0.2), (0.0, 2.0, 0.0), (31.0, 0.0, 0.0),
])
def test_alliances_of_the_stages_count_on_what_money_pays_for_if_adopters_come_as_before(stages, budget, rate):
    """Section 8, diffusion subsidy: `quarterly`: the root of left / asked, at most `rate`."""
    world = bench(budget=budget, teaching_cost=0.5,
                  levers={"diffusion_subsidy_rate": 0.4, "diffusion_subsidy_stages": stages})
    world.alliances["rewarded"] = 0.9
    world.curves["adoptions"][4] = 10
    plain(diffusion_subsidy.quarterly)(world, 5)
    assert world.alliances["rewarded"][0] == pytest.approx(rate)


@pytest.mark.parametrize(("budget", "rate"), [(0.08, 0.4), (0.02, 0.2)])
def test_who_saw_no_adopter_counts_on_money_for_one(budget, rate):
    """Section 8, diffusion subsidy: `quarterly`: the adoptions of the quarter before, at least one."""
    world = bench(budget=budget, teaching_cost=0.5,
                  levers={"diffusion_subsidy_rate": 0.4, "diffusion_subsidy_stages": 31.0})
    plain(diffusion_subsidy.quarterly)(world, 5)
    assert world.alliances["rewarded"][0] == pytest.approx(rate)


@pytest.mark.parametrize(("budget", "got"), [(9.0, 0.8), (0.3, 0.3)])
def test_the_part_of_teaching_that_is_subsidised_becomes_the_alliances_own_money(budget, got):
    """Section 8, diffusion subsidy: `reward`: rate x cost of teaching x adopters."""
    world = bench(budget=budget, teaching_cost=0.5)
    world.alliances["rewarded"] = 0.4
    plain(diffusion_subsidy.reward)(world, 0, 0, 4)
    assert (world.alliances["funds"][0], world.alliances["public_funds"][0]) == pytest.approx((got, 0.0))
