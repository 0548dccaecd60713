"""A researcher's own decision rules and indicators, compiled or plain: at work, checked, and without side effects."""

from math import exp

import numba
import numpy as np
import pytest

import alliancelab as al
from alliancelab.agents import firm_rules, organisation_rules
from alliancelab.agents.errors import RuleError, UserError
from alliancelab.agents.organisations import Firm
from alliancelab.agents.own_rules import RULES, OwnRules, Row, plain
from alliancelab.model.simulation import simulate
from alliancelab.model.step import steps_of
from alliancelab.model.tables import CLASSES
from tests.support.worlds import bits, fingerprint, small_setup

SETUP = small_setup(3, parameters={"initiation_rate": 0.2})


def engagement(seat, organisation, alliance, supervision, p):
    """Ours, written anew."""
    guarded = 1.0 - (1.0 - alliance.binding) * (1.0 - alliance.governance)
    unguarded = organisation.opportunism * (1.0 - guarded) * (1.0 - p.detection * supervision)
    x = (
        p.engage_constant + p.engage_satisfaction * seat.satisfaction + p.engage_trust * alliance.trust
        + p.engage_clarity * alliance.clarity + p.engage_need * (organisation.stated_need - 0.5)
        - p.engage_opportunism * unguarded - p.engage_mandate * alliance.mandate
    )
    return 1.0 / (1.0 + exp(-x))


def lazy(seat, organisation, alliance, supervision, p):
    """Members of large alliances rely on the others."""
    return 1.0 / (1.0 + alliance.size)


def run_with(**rules):
    return simulate(SETUP, rules=OwnRules(rules))


def test_our_own_rule_as_a_plain_or_compiled_function_gives_the_same_bits():
    ours = fingerprint(simulate(SETUP))
    assert fingerprint(run_with(engagement=engagement)) == ours
    assert fingerprint(run_with(engagement=numba.njit(engagement))) == ours


def test_another_rule_changes_the_run_and_plain_and_compiled_agree():
    slow, fast = run_with(engagement=lazy), run_with(engagement=numba.njit(lazy))
    assert fingerprint(slow) == fingerprint(fast) != fingerprint(simulate(SETUP))


def test_a_plain_rule_reads_the_column_called_size():
    seen = set()

    def watch(seat, organisation, alliance, supervision, p):
        seen.add(alliance.size)
        return 0.5

    run_with(engagement=watch)
    assert max(seen) > 5 and all(type(size) is int for size in seen)


def test_a_rule_within_a_rule_is_exchanged_too():
    calm = numba.njit(lambda firm, subsidy, loss, p: 0.0)  # no drive: `initiation_hazard`, which calls it, gives zero
    assert len(simulate(SETUP).alliances) > 20 and len(run_with(drive=calm).alliances) == 0


def test_a_rule_used_through_a_module_is_exchanged_too():
    # `misuse_share` is called by the policy of supervision, which cooperation calls as ``supervision.misuse``.
    honest = run_with(misuse_share=lambda opportunism, alliance, supervision, p: 0.0)
    assert simulate(SETUP).curves["misused"].sum() > 0 == honest.curves["misused"].sum()


def test_only_processes_that_use_the_rule_are_built_anew():
    ours = [step for step, _ in steps_of(SETUP)]
    others = [step for step, _ in steps_of(SETUP, OwnRules({"engagement": engagement}))]
    assert [a is b for a, b in zip(ours, others, strict=True)].count(False) == 1
    assert [step for step, _ in steps_of(SETUP, OwnRules())] == ours


def test_exchanging_a_rule_leaves_ours_alone():
    before = fingerprint(simulate(SETUP))
    run_with(engagement=lazy)
    assert fingerprint(simulate(SETUP)) == before


def test_agents_answer_by_the_models_own_rules():
    model = al.AllianceModel("no_policy", seed=1, rules={"initiation_hazard": lambda firm, subsidy, loss, p: 0.25})
    model.step()
    firm = next(firm for firm in model.agents_by_type[Firm] if firm.has_room())
    assert firm.initiation_hazard() == 0.25
    assert al.AllianceModel("no_policy", seed=1).agents_by_type[Firm][0].initiation_hazard() != 0.25


def test_every_rule_can_stand_in_for_itself_as_a_plain_function():
    # Types of what goes in and comes out fit for all of them: one run with all rules plain.
    short = small_setup(3, sizes={"quarters": 24, "warm_up": 2}, parameters={"initiation_rate": 0.5})
    rules = {name: plain(rule) for name, rule in RULES.items()}
    slow = simulate(short, rules=OwnRules(rules))
    assert len(slow.alliances) > 3 and fingerprint(slow) == fingerprint(simulate(short))


@pytest.mark.parametrize(("rules", "words"), [
    ({"engagment": lazy}, "no rule 'engagment'; did you mean 'engagement'"),
    ({"zzz": lazy}, "no rule 'zzz'; there are "),
    ({"engagement": lambda x: 1.0}, r"takes \(seat, organisation, alliance, supervision, p\); yours takes \(x\)"),
    ({"engagement": numba.njit(lambda seat, p: 1.0)}, r"yours takes \(seat, p\)"),
])
def test_a_rule_that_does_not_fit_is_refused_with_one_sentence(rules, words):
    with pytest.raises(RuleError, match=words) as caught:
        OwnRules(rules)
    assert "\n" not in str(caught.value)


def test_an_answer_that_is_no_number_is_refused():
    with pytest.raises(RuleError, match="your rule 'engagement' answered None"):
        run_with(engagement=lambda seat, organisation, alliance, supervision, p: None)


def test_a_mistake_inside_a_plain_rule_comes_out_as_it_is():
    def broken(seat, organisation, alliance, supervision, p):
        return alliance.sice

    with pytest.raises(AttributeError, match="no column 'sice' among key, founder"):
        run_with(engagement=broken)


def test_a_plain_rule_writes_nothing():
    def greedy(seat, organisation, alliance, supervision, p):
        alliance.trust = 1.0
        return 1.0

    with pytest.raises(AttributeError, match="a rule decides and writes nothing"):
        run_with(engagement=greedy)


def test_a_row_shows_single_values_as_python_numbers_and_vectors_as_arrays():
    organisation = Row(simulate(SETUP).organisations[0])
    assert type(organisation.size) is float and type(organisation.active) is bool
    assert organisation.expertise.shape == (CLASSES,)


def test_results_say_which_rules_they_come_from(tmp_path):
    result = al.run("no_policy", rules={"engagement": lazy}, out=tmp_path / "run")
    assert "rely on the others" in result.provenance["rules"]["engagement"]
    assert "rely on the others" in al.read(tmp_path / "run").provenance["rules"]["engagement"]
    assert "rules" not in al.run("no_policy").provenance


def test_a_plain_rule_gives_the_same_in_threads_as_alone():
    values = [al.compare(["no_policy"], replicates=3, workers=workers, rules={"engagement": lazy}).replicates.outcomes
              for workers in (1, 3)]
    assert bits(values[0]) == bits(values[1])


# --- plain functions -------------------------------------------------------------------------------------------------


def test_a_plain_rule_takes_any_object_with_the_right_attributes():
    class Thing:
        size = 30.0
        standing_size = 60.0

    assert plain(organisation_rules.standing)(30.0, Thing) == pytest.approx(1.0 / 3.0)
    assert plain(organisation_rules.coverage_gain)(
        type("Some", (), {"expertise": [0.5, 0.1]}), [0.5, 0.5], [0.1, 0.3]) == pytest.approx(0.2)


def test_plain_rules_call_plain_rules():
    hazard = plain(firm_rules.initiation_hazard)
    assert not any(isinstance(value, numba.core.dispatcher.Dispatcher) for value in (
        hazard, hazard.__globals__["drive"], hazard.__globals__["drive"].__globals__["standing"]))


# --- indicators ------------------------------------------------------------------------------------------------------

LARGEST = al.Outcome("largest", "Largest alliance", "members", 0, "Most members at founding.",
                     lambda run: float(run.alliances["founding_size"].max(initial=0)))


def test_an_own_indicator_stands_beside_the_declared_ones(tmp_path):
    result = al.run("no_policy", outcomes=[LARGEST])
    assert result.outcomes["largest"] == result.recording.alliances["founding_size"].max()
    assert result.summary.loc["largest", "unit"] == "members"


def test_an_own_indicator_is_compared_in_pairs_and_saved(tmp_path):
    compared = al.compare(["no_policy", "formation_only"], replicates=4, outcomes=[LARGEST], out=tmp_path / "both")
    row = compared.differences.loc[("formation_only", "largest")]
    values = compared.replicates.outcomes[:, :, -1]
    assert row["difference"] == pytest.approx((values[1] - values[0]).mean())
    assert "largest" in set(al.read(tmp_path / "both").differences.index.unique("outcome"))


@pytest.mark.parametrize("worlds", [None, 2])
def test_an_own_outcome_may_read_all_that_a_run_records(worlds):
    spells = LARGEST._replace(name="spells", value=lambda run: min(map(len, (run.members, run.panel, run.events))))
    small = {"world.firms": 60, "world.quarters": 40, "world.warm_up": 8}
    found = al.compare(["no_policy", "formation_only"], 2, worlds=worlds, outcomes=[spells], overrides=small)
    outcomes = found.replicates.outcomes if worlds is None else found.runs.outcomes
    assert (outcomes[..., -1] > 10.0).all()
    if worlds is None:
        assert outcomes[0, 1, -1] == al.run("no_policy", 1, outcomes=[spells], overrides=small).outcomes["spells"]


def test_two_outcomes_of_one_name_are_refused():
    with pytest.raises(UserError, match="two outcomes are called 'founded'"):
        al.run("no_policy", outcomes=[LARGEST._replace(name="founded")])


def test_an_indicator_without_an_answer_is_not_counted():
    nothing = LARGEST._replace(name="nothing", value=lambda run: np.nan)
    compared = al.compare(["no_policy", "formation_only"], replicates=3, outcomes=[nothing])
    assert compared.summary.loc[("no_policy", "nothing"), "n"] == 0
