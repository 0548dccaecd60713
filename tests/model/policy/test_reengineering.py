"""Who is diagnosed, who is worth a rescue, and which path is bought."""

import numpy as np
import pytest

from alliancelab.agents.codes import Path, Stage
from alliancelab.model.accounts import Flow
from alliancelab.model.policy import reengineering
from alliancelab.model.tables import DIMENSIONS
from tests.support.bench import bench, plain
from tests.support.rows import parameters

PRICES = {f"price_{name}": 1.0 + place for place, name in enumerate(
    ("leap", "transformation", "extension", "restructuring", "governance", "refocus"))}
DELAYS = {"delay_technology": 6.0, "delay_rules": 2.0, "delay_partners": 4.0}


@pytest.mark.parametrize(("effort", "budget", "paid", "seen"), [
    (0.5, 9.0, 1.0, 0.5 + 0.2 / 2.0), (0.5, 0.5, 0.5, 0.5 + 0.2 / 1.5),
])
def test_a_diagnosis_shows_the_dimensions_with_an_error_that_effort_paid_for_reduces(effort, budget, paid, seen):
    """Section 8, diagnosis: `diagnose` costs `diagnosis_price` at full effort."""
    world = bench(budget=budget, diagnosis_price=2.0, diagnosis_noise=0.2, diagnosis_accuracy=2.0,
                  levers={"reengineering_effort": effort})
    world.alliances["dimensions"] = 0.5
    found = np.empty(DIMENSIONS)
    plain(reengineering.diagnose, luck=0.5, normal=lambda *_: 1.0)(world, 0, 0, found)
    assert found == pytest.approx(seen) and world.ledger[0, Flow.DIAGNOSIS] == pytest.approx(paid)


def test_importance_is_mostly_the_best_promise_and_partly_the_sectors_priority():
    """Section 8, four conditions: `importance_of`: 0.8 x promise + 0.2 x priority."""
    world = bench(outlook_half=0.2)
    world.alliances["lines"], world.lines["field"][0, 1], world.fields["outlook"][0, :2] = 2, 1, (0.0, 0.2)
    assert plain(reengineering.importance_of)(world, 0) == pytest.approx(0.4)
    world.sectors["priority"] = 1.0
    assert plain(reengineering.importance_of)(world, 0) == pytest.approx(0.6)


def worth(levers=(), stability=0.5, technology=0.5, credit=0.5, importance=0.5):
    conditions = ("base", "technology", "credit", "importance")
    asked = dict.fromkeys(conditions, 1.0) | dict(levers)
    world = bench(diagnosis_noise=0.0, **{f"eligible_{name}": 0.5 for name in conditions},
                  levers={f"reengineering_{name}": strength for name, strength in asked.items()})
    seen = np.zeros(DIMENSIONS)
    seen[[3, 0]] = stability, technology
    return plain(reengineering.is_worth_it, credit_of=lambda *_: credit, importance_of=lambda *_: importance)(
        world, 0, 0, seen, 1.0)


@pytest.mark.parametrize(("condition", "lever"), [
    ("stability", "base"), ("technology", "technology"), ("credit", "credit"), ("importance", "importance"),
])
def test_four_conditions_are_asked_for_and_each_lever_scales_its_own(condition, lever):
    """Section 8, four conditions: `is_worth_it`."""
    assert worth() and not worth(**{condition: 0.49})
    assert worth({lever: 0.5}, **{condition: 0.25}) and not worth({lever: 0.5}, **{condition: 0.24})
    assert worth({lever: 0.0}, **{condition: 0.0})  # waived


def test_healthy_is_the_mean_over_alliances_in_growth_and_maturity():
    """Section 8, the path: `look_at_healthy`."""
    world, healthy = bench(alliances=4), np.empty(DIMENSIONS)
    world.alliances["stage"][:4] = Stage.GROWTH, Stage.MATURITY, Stage.DECLINE, Stage.FORMATION
    world.alliances["dimensions"][:4] = np.array([0.2, 0.6, 0.9, 0.9])[:, None]
    plain(reengineering.look_at_healthy)(world, healthy)
    assert healthy == pytest.approx(0.4)


def chosen(seen=(0.5,) * 6, healthy=(0.5,) * 6, luck=0.0, targeting=1.0, path=-1.0):
    world = bench(levers={"reengineering_targeting": targeting, "reengineering_path": path})
    return Path(plain(reengineering.path_for, luck=luck)(world, 0, 0, np.array(seen), np.array(healthy)))


def test_the_path_is_that_of_the_dimension_seen_as_the_smallest_part_of_its_healthy_mean():
    """Section 8, the path: `path_for`."""
    assert chosen((0.5, 0.5, 0.4, 0.5, 0.5, 0.5)) == Path.CHAIN_EXTENSION
    assert chosen((0.4, 0.5, 0.5, 0.5, 0.5, 0.5), (0.4, 0.5, 0.5, 0.5, 0.9, 0.5)) == Path.GOVERNANCE_RENEWAL


def test_a_share_is_drawn_by_lot_and_a_lever_sets_one_for_all():
    """Section 8, the path: the share 1 - `targeting` (`path_for`)."""
    weak = (0.1, 0.5, 0.5, 0.5, 0.5, 0.5)
    draws = (0.71, 0.9).__getitem__
    assert chosen(weak, luck=draws, targeting=0.7) == Path.REFOCUS and chosen(weak, luck=draws, targeting=0.72) == 0
    assert chosen(weak, path=3.0) == Path.RESTRUCTURING


def test_each_path_has_its_price(rule):
    """Section 8, buying: `path_price`."""
    prices = [rule(reengineering.path_price)(path, parameters(**PRICES)) for path in range(6)]
    assert prices == [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]


def test_a_leap_takes_effect_late_and_rules_soon(rule):
    """Section 8, buying: `path_delay`."""
    delays = [rule(reengineering.path_delay)(path, parameters(**DELAYS)) for path in range(6)]
    assert delays == [6.0, 4.0, 4.0, 4.0, 2.0, 2.0]


@pytest.mark.parametrize(("budget", "bought"), [(2.0, True), (1.9, False)])
def test_a_paths_measures_are_paid_at_once_and_in_full_and_it_takes_effect_later(budget, bought):
    """Section 8, buying: `buy`."""
    world = bench(budget=budget, **PRICES, **DELAYS)
    plain(reengineering.buy)(world, 8, 0, Path.BUSINESS_TRANSFORMATION)
    one = world.alliances[0]
    assert (one.path, one.path_until, one.rescue_quarter, one.rescues) == ((1, 12, 8, 1) if bought else (-1, -1, -1, 0))
    assert world.ledger[8, Flow.RESCUE] == one.public_total == (2.0 if bought else 0.0) and one.funds == 0.0


@pytest.mark.parametrize(("change", "due"), [
    ({}, True), ({"path_until": 9}, False), ({"stage": Stage.GROWTH}, False), ({"rescue_quarter": 1}, False),
    ({"rescue_quarter": 0}, True),
])
def test_alliances_are_looked_at_without_a_path_under_way_and_not_again_at_once(change, due):
    """Section 8, diagnosis: `is_due`, `rescue_pause` quarters after a rescue or refusal."""
    world = bench(rescue_pause=8.0, levers={"reengineering_stages": float(2**Stage.DECLINE)})
    one = world.alliances[0]
    for name, value in ({"stage": Stage.DECLINE} | change).items():
        one[name] = value
    assert plain(reengineering.is_due)(world, 8, 0) is due


def diagnosed(vitality=0.5, eligible=True, effort=0.5, budget=100.0):
    """Whether a path was bought for an alliance whose highest smoothed vitality was 0.6."""
    world, bought = bench(budget=budget, decline_margin=0.1, levers={"reengineering_effort": effort}), []
    world.alliances["highest"] = 0.6
    plain(reengineering.yearly, is_due=lambda *_: True, diagnose=lambda *_: 0.5, vitality=lambda *_: vitality,
          is_worth_it=lambda *_: eligible, path_for=lambda *_: 3, buy=lambda w, tick, a, path: bought.append(path))(
        world, 8)
    return bought, int(world.alliances["rescue_quarter"][0])


def test_a_path_is_bought_for_those_believed_declining_and_worth_it():
    """Section 8, diagnosis: `yearly`: vitality as seen is at least `decline_margin` below its highest average ever."""
    assert diagnosed() == ([3], -1) and diagnosed(vitality=0.51) == ([], -1)
    assert diagnosed(effort=0.0) == ([], -1) and diagnosed(budget=0.0) == ([], -1)


def test_who_is_refused_is_not_diagnosed_again_at_once():
    """Section 8, diagnosis: `yearly`."""
    assert diagnosed(eligible=False) == ([], 8)


def test_paths_that_fall_due_are_carried_out_each_quarter():
    """Section 8, carrying: `quarterly`."""
    called = []
    plain(reengineering.quarterly, complete=lambda world, tick: called.append(tick))(bench(), 7)
    assert called == [7]
