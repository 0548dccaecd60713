"""Adaptive correction: gaps, and the strengths that follow them."""

from math import exp

import pytest

from alliancelab.agents.codes import Stage
from alliancelab.model.accounts import Count, Flow, Purse
from alliancelab.model.instruments import INSTRUMENTS
from alliancelab.model.policy import correction
from tests.support.bench import bench

TARGETS = {"correction_founding": 10.0, "correction_technology": 0.8, "correction_diffusion": 0.4,
           "correction_decline": 0.25, "correction_speed": 1.0}


def test_each_stage_of_the_chain_has_a_relative_gap_to_its_target():
    """Section 8, correction: `gaps` in [-1, 1]: foundings, mean technology, mean diffusion, share in decline."""
    world = bench(firms=100, alliances=5, levers=TARGETS)
    world.government["founded"] = 5.0
    world.alliances["technology"][:5], world.alliances["diffusion"][:5] = (0.2, 0.6, 0.4, 0.4, 0.4), 0.6
    world.alliances["stage"][:5] = Stage.DECLINE, *[Stage.GROWTH] * 4
    assert correction.gaps(world, 0) == pytest.approx([0.5, 0.5, -0.5, -0.2])
    world.government["founded"] = 90.0
    assert correction.gaps(world, 0)[0] == -1.0
    world.counts[Count.LIVE] = 0
    assert correction.gaps(world, 0) == (1.0, 0.0, 0.0, 0.0)  # nobody founded: only foundings lag


def reweighed(missing, speed=1.0, budget=100.0, spent=(1.0, 1.0), monkeypatch=None):
    """Weights after a correction of two instruments, one of formation and one of growth, by gaps of the chain."""
    world = bench(budget=budget, monitoring_price=1.0, levers=TARGETS | {"correction_speed": speed})
    for purse, money in zip((Purse.STARTUP_SUBSIDY, Purse.SUPERVISION), spent, strict=True):
        world.government[0].spent_before[purse] = money
    monkeypatch.setattr(correction, "gaps", lambda w, tick: missing)
    correction.reweigh(world, 4, INSTRUMENTS)
    weights = world.government[0].weight
    return weights[Purse.STARTUP_SUBSIDY], weights[Purse.SUPERVISION], world


def test_strengths_move_to_the_stage_that_lags_and_last_years_outlay_stays_the_same(monkeypatch):
    """Section 8, correction: `reweigh`: by exp(`speed` x gap), all scaled."""
    formation, growth, world = reweighed((0.5, -0.5, 0.0, 0.0), monkeypatch=monkeypatch)
    assert formation / growth == pytest.approx(exp(1.0)) and formation + growth == pytest.approx(2.0)
    assert world.ledger[4, Flow.CORRECTION] == 1.0 and world.government["founded"][0] == 0.0


@pytest.mark.parametrize("case", [
    {"missing": (0.3,) * 4}, {"missing": (0.5, -0.5, 0.0, 0.0), "speed": 0.0},
    {"missing": (0.5, -0.5, 0.0, 0.0), "budget": 0.0}, {"missing": (0.5, -0.5, 0.0, 0.0), "spent": (0.0, 0.0)},
])
def test_nothing_moves_where_all_lag_alike_or_nothing_is_paid(case, monkeypatch):
    """Section 8, correction: `reweigh`: of instruments that paid last year."""
    assert reweighed(**case, monkeypatch=monkeypatch)[:2] == pytest.approx((1.0, 1.0))


@pytest.mark.parametrize(("factor", "weight", "strength"), [(1.5, 1.5, 0.6), (99.0, 4.0, 1.0), (0.01, 0.25, 0.1)])
def test_strength_and_budget_move_together_from_now_on_within_a_range(factor, weight, strength):
    """Section 8, correction: `strengthen`, kept within a range around the plan and the lever's bounds."""
    world = bench(levers={"supervision_intensity": 0.4})
    instrument = next(one for one in INSTRUMENTS if one.name == "supervision")
    correction.strengthen(world, 5, instrument, Purse.SUPERVISION, factor)
    assert world.government[0].weight[Purse.SUPERVISION] == pytest.approx(weight)
    assert world.levers["supervision_intensity"][[4, 5, 6]].tolist() == pytest.approx([0.4, strength, strength])
