"""The same alliance in two scenarios is found by its key; deadweight is exact; selection is told from treatment."""

from types import SimpleNamespace

import numpy as np
import pytest

from alliancelab.analysis.causal.matching import (
    additionality,
    crowding,
    matched_effects,
    matching,
    matching_by_year,
    pairs,
)
from alliancelab.analysis.causal.pilots import HORIZON, _History, _pilots_of_a_run, pilot_study
from alliancelab.model.accounts import FLOWS, Flow
from alliancelab.model.tables import ALLIANCES, table_type
from alliancelab.scenarios.runner import record
from alliancelab.scenarios.scenario import load


def run(keys, founders=None, founded=None, subsidy=None, **columns) -> SimpleNamespace:
    """Made-up recording of alliances with these keys; no warm-up, 60 quarters."""
    alliances = np.zeros(len(keys), table_type(ALLIANCES))
    alliances["key"], alliances["ended"], alliances["pilot"] = keys, -1, -1
    alliances["founder"] = keys if founders is None else founders
    alliances["founded"] = 10 if founded is None else founded
    alliances["start_subsidy"] = 0.0 if subsidy is None else subsidy
    for name, values in columns.items():
        alliances[name] = values
    return SimpleNamespace(alliances=alliances, curves=np.zeros(60), ledger=np.zeros((60, len(FLOWS))),
                           setup=SimpleNamespace(sizes={"warm_up": 0}, year=lambda q: 2000 + np.asarray(q) / 4))


def test_alliances_are_matched_by_key_and_the_rest_is_counted_apart():
    """Rows: H3."""
    table = matching(pairs([run([1, 2, 3]), run([1, 2])], [run([3, 1, 9]), run([2, 1, 5, 6])]))["value"]
    assert table["founded in both"] == 2.0
    assert table["founded in the base only"] == 0.5
    assert table["founded in the scenario only"] == 1.5
    assert table["matched share of the base"] == pytest.approx(4 / 5)


def test_effects_on_matched_alliances_are_differences_of_the_same_alliance():
    """Rows: H3."""
    base = run([1, 2, 3], products=[1.0, 2.0, 50.0], ended=[20, -1, -1])
    arm = run([2, 1], products=[7.0, 4.0], ended=[-1, 30], public_total=[0.0, 5.0])
    table = matched_effects(pairs([base, base], [arm, arm]))
    assert table.loc[("all", "products"), "difference"] == pytest.approx((3 + 5) / 2)
    assert table.loc[("reached", "products"), "difference"] == 3.0
    assert table.loc[("not reached", "products"), "difference"] == 5.0
    assert table.loc[("reached", "years_lived"), "difference"] == 2.5
    assert table.loc[("reached", "years_lived"), "alliances"] == 2


def test_subsidised_foundings_are_deadweight_moved_or_additional():
    """Rows: A5, B2. Founder 1 starts anyway, 2 three quarters later, 3 three years later, 4 never; 9 is driven out."""
    base = run([10, 21, 31, 90], founders=[1, 2, 3, 9], founded=[10, 13, 22, 10])
    arm = run([10, 20, 30, 40], founders=[1, 2, 3, 4], subsidy=[1.0, 2.0, 3.0, 4.0], deadweight=[0.8, 0.2, 0.2, 0.0])
    table = additionality(pairs([base, base], [arm, arm]))["value"]
    assert (table["deadweight"], table["moved in time"], table["additional"]) == (0.25, 0.25, 0.5)
    assert table["deadweight, of money"] == pytest.approx(0.1)
    assert table["additional, of money"] == pytest.approx(0.7)
    assert table["deadweight as the model expects it"] == pytest.approx(0.3)
    assert (table["displaced"], table["net"]) == (0.5, 0.0)


def test_one_founding_of_the_base_stands_for_one_of_the_scenario_only():
    base, arm = run([11], founders=[1], founded=[12]), run([1, 2], founders=[1, 1], founded=[10, 14], subsidy=1.0)
    table = additionality(pairs([base, base], [arm, arm]))["value"]
    assert (table["moved in time"], table["additional"]) == (0.5, 0.5)


def test_additionality_is_not_told_of_a_base_that_subsidises():
    base, arm = run([1], subsidy=1.0), run([1, 2], subsidy=1.0)
    assert additionality(pairs([base], [arm])).empty
    assert additionality(pairs([run([1])], [run([1, 2])])).empty


def test_crowding_relates_private_money_to_outlay_and_to_the_founders_who_got_it():
    """Rows: B2."""
    base = run([1, 2], private_total=[10.0, 20.0])
    arm = run([1, 2, 3], subsidy=[2.0, 0.0, 2.0], private_total=[7.0, 99.0, 5.0], public_total=[2.0, 0.0, 2.0])
    arm.ledger[5, Flow.STARTUP_SUBSIDY] = 4.0
    arm.ledger[5, Flow.CONTRIBUTION], arm.ledger[5, Flow.OWN_RESEARCH] = 6.0, -8.0
    table = crowding([base, base], [arm, arm], pairs([base, base], [arm, arm]))["value"]
    assert table["members' contributions"] == 1.5
    assert table["both"] == -0.5
    assert table["contributions to alliances of subsidised founders"] == pytest.approx((12 - 10) / 4)


@pytest.fixture(scope="module")
def small():
    """Six seeds of a small world without policy and with pilots."""
    changes = {"world.firms": 200, "world.sectors": 2, "world.quarters": 70}
    return record([load("no_policy", changes), load("only_pilot_selection_mid", changes)], 6)


def test_a_scenario_against_itself_is_wholly_matched_and_differs_in_nothing(small):
    """Rows: H3."""
    base, _ = small
    found = pairs(base, base)
    assert matching(found).loc["matched share of the base", "value"] == 1.0
    assert (matching_by_year(found, base)["share"] == 1.0).all()
    effects = matched_effects(found)
    assert (effects.loc["all", "difference"] == 0.0).all()
    assert (effects.loc["all", "p_holm"] == 1.0).all()
    assert crowding(base, base, found).empty
    assert pilot_study(base, base) is None


def test_worlds_are_the_same_until_policy_makes_a_difference(small):
    base, chosen = small
    by_year = matching_by_year(pairs(base, chosen), base)["share"]
    assert by_year.iloc[0] == 1.0
    assert by_year.iloc[-3:].mean() < 1.0


def test_naive_differences_are_effect_plus_selection_less_interference(small):
    """Rows: B3, B4."""
    base, chosen = small
    checked = 0
    for without, with_ in zip(base, chosen, strict=True):
        arm = _History(with_)
        for row, found in _pilots_of_a_run(_History(without), arm):
            if "effect" not in found:
                continue
            named = int(with_.alliances["pilot"][row])
            twins = set(without.alliances["key"].tolist())
            others = [a for a in np.flatnonzero(arm.alive[:, named - 1])
                      if not 0 <= with_.alliances["pilot"][a] <= named and int(with_.alliances["key"][a]) in twins
                      and _alive_without(without, int(with_.alliances["key"][a]), named)]
            naive = arm.outcomes(np.array([row]), named)[0] - arm.outcomes(np.array(others), named).mean(axis=0)
            assert found["effect"] + found["selection"] - found["interference"] == pytest.approx(naive)
            checked += 1
    assert checked > 5


def _alive_without(recording, key: int, named: int) -> bool:
    row = np.flatnonzero(recording.alliances["key"] == key)[0]
    ended = recording.alliances["ended"][row]
    return recording.alliances["founded"][row] < named and (ended < 0 or ended > named - 1)


def test_selection_follows_the_rule_of_choice_and_treatment_does_not():
    """Rows: B3, B4. Named by lot, by score, by size: whom it takes differs far more than what it does to them."""
    rules = {"lot": {"policy.pilot_selection.lottery": 1.0}, "score": {},
             "size": {"policy.pilot_selection.size_weight": 1.0}}
    # One variant of the library each, as scenarios that run together need names of their own.
    scenarios = [load(f"only_pilot_selection_{step}", {"policy.pilot_selection.number": 2, **changes})
                 for step, changes in zip(("low", "mid", "high"), rules.values(), strict=True)]
    base, *arms = record([load("no_policy"), *scenarios], 8)
    found = {rule: pilot_study(base, arm).contrasts["difference"] for rule, arm in zip(rules, arms, strict=True)}
    selection = {rule: table["selection", "members"] for rule, table in found.items()}
    effect = {rule: table["effect", "members"] for rule, table in found.items()}
    print(selection, effect)
    assert selection["lot"] < selection["score"] < selection["size"]
    assert selection["size"] - selection["lot"] > 3 * (max(effect.values()) - min(effect.values()))
    assert all(found[rule]["naive", "members"] > 1.5 * effect[rule] for rule in ("score", "size"))


def test_pilots_that_cannot_be_followed_are_left_out(small):
    base, chosen = small
    followed = pilot_study(base, chosen).followed.loc["pilots followed", "value"]
    named = sum(int(((r.alliances["pilot"] > 0) & (r.alliances["pilot"] + HORIZON <= len(r.curves))).sum())
                for r in chosen)
    assert 0 < followed <= named
