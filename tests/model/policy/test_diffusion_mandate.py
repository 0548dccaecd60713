"""Diffusion mandate: who is bound, and who pays for teaching."""

import pytest

from alliancelab.model.accounts import Flow
from alliancelab.model.policy import diffusion_mandate
from tests.support.bench import bench, plain


@pytest.mark.parametrize(("public", "stages", "strength", "budget", "bound"), [
    (1.0, 31.0, 0.5, 100.0, 0.5), (0.0, 31.0, 0.5, 100.0, 0.0), (1.0, 0.0, 0.5, 100.0, 0.0),
    (1.0, 31.0, 0.0, 100.0, 0.0), (1.0, 31.0, 0.5, 0.2, 0.1),
])
def test_who_ever_got_public_money_is_bound_as_far_as_visits_are_paid(public, stages, strength, budget, bound):
    """Section 8, diffusion mandate: `quarterly`, for `visit_price`."""
    world = bench(budget=budget, visit_price=2.0, levers={
        "diffusion_mandate_strength": strength, "diffusion_mandate_stages": stages})
    world.alliances["public_total"], world.alliances["mandate"] = public, 0.9
    plain(diffusion_mandate.quarterly)(world, 0)
    assert world.alliances["mandate"][0] == pytest.approx(bound)
    assert world.ledger[0, Flow.MANDATE_VISITS] == pytest.approx(2.0 * bound)


@pytest.mark.parametrize(("public", "strength", "budget", "expected"), [
    ((1.0, 1.0), 0.5, 100.0, 0.5), ((1.0, 1.0), 0.5, 1.5, 0.375), ((0.0, 1.0), 0.5, 0.5, 0.25),
    ((0.0, 0.0), 0.5, 100.0, 0.5), ((0.0, 0.0), 0.5, 0.5, 0.25), ((0.0, 0.0), 0.0, 100.0, 0.0),
])
def test_firms_expect_the_mandate_that_visits_enforce(public, strength, budget, expected):
    """Section 8, diffusion mandate: `quarterly`: the mean over the bound, before there are any what money is for."""
    world = bench(alliances=2, budget=budget, visit_price=2.0, levers={
        "diffusion_mandate_strength": strength, "diffusion_mandate_stages": 31.0})
    world.alliances["public_total"][:2], world.sectors["mandate"] = public, 0.9
    plain(diffusion_mandate.quarterly)(world, 0)
    assert world.sectors["mandate"] == pytest.approx(expected)


@pytest.mark.parametrize(("funds", "public", "adopters", "taught", "paid"), [
    (9.0, 0.0, 4, 1.0, 2.0), (1.0, 0.0, 4, 0.5, 1.0), (9.0, 9.0, 4, 0.0, 0.0), (9.0, 0.0, 0, 1.0, 0.0),
])
def test_teaching_is_paid_from_own_money_as_far_as_there_is_some(funds, public, adopters, taught, paid):
    """Section 8, diffusion mandate: `teach`: `teaching_cost` an adopter."""
    world = bench(teaching_cost=0.5)
    world.alliances["funds"], world.alliances["public_funds"] = funds, public
    assert plain(diffusion_mandate.teach)(world, 0, 0, adopters) == pytest.approx(taught)
    assert world.alliances["funds"][0] == funds - paid and world.ledger[0, Flow.TEACHING] == paid
