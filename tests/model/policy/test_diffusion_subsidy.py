"""Diffusion subsidy: what alliances count on and what they get."""

import pytest

from alliancelab.model.accounts import Flow
from alliancelab.model.policy import diffusion_subsidy
from tests.support.bench import bench, plain


@pytest.mark.parametrize(("stages", "budget", "rate"), [
    (31.0, 2.0, 0.4), (31.0, 900.0, 0.4), (31.0, 1.0, 0.2), (0.0, 2.0, 0.0), (31.0, 0.0, 0.0),
])
def test_alliances_of_the_stages_count_on_what_money_pays_for_if_adopters_come_as_before(stages, budget, rate):
    """Section 8, diffusion subsidy: `quarterly`: left / asked, at most `rate`."""
    world = bench(budget=budget, teaching_cost=0.5,
                  levers={"diffusion_subsidy_rate": 0.4, "diffusion_subsidy_stages": stages})
    world.alliances["rewarded"] = 0.9
    world.curves["adoptions"][4] = 10
    plain(diffusion_subsidy.quarterly)(world, 5)
    assert world.alliances["rewarded"][0] == pytest.approx(rate)


@pytest.mark.parametrize(("budget", "rate"), [(0.2, 0.4), (0.1, 0.2)])
def test_who_saw_no_adopter_counts_on_money_for_one(budget, rate):
    """Section 8, diffusion subsidy: `quarterly`: the adoptions of the quarter before, at least one."""
    world = bench(budget=budget, teaching_cost=0.5,
                  levers={"diffusion_subsidy_rate": 0.4, "diffusion_subsidy_stages": 31.0})
    plain(diffusion_subsidy.quarterly)(world, 5)
    assert world.alliances["rewarded"][0] == pytest.approx(rate)


@pytest.mark.parametrize(("budget", "part", "adopters"), [(9.0, 0.4, 4), (0.3, 0.15, 4), (9.0, 0.4, 0)])
def test_the_part_that_is_paid_for_is_taught_and_costs_the_alliance_nothing(budget, part, adopters):
    """Section 8, diffusion subsidy: `teach`: of a cost of teaching x adopters."""
    world = bench(budget=budget, teaching_cost=0.5)
    world.alliances["rewarded"] = 0.4
    assert plain(diffusion_subsidy.teach)(world, 0, 0, adopters) == pytest.approx(part)
    paid = part * 0.5 * adopters
    assert world.alliances["funds"][0] == 0.0
    assert world.ledger[0, Flow.DIFFUSION_SUBSIDY] == world.ledger[0, Flow.TEACHING] == pytest.approx(paid)
