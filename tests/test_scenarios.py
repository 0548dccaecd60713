"""Scenario files: what they can say, how they lie over one another, and what a mistake is answered with."""

import json

import numpy as np
import pytest

from alliancelab.agents.codes import Stage
from alliancelab.agents.errors import ScenarioError
from alliancelab.analysis.report import common
from alliancelab.analysis.words.glossary import translator
from alliancelab.model.instruments import INSTRUMENTS
from alliancelab.model.parameters import PARAMETERS
from alliancelab.model.policy.own import known_instruments
from alliancelab.model.setup import SIZES, lever_schedule
from alliancelab.scenarios import notes
from alliancelab.scenarios.facts import facts
from alliancelab.scenarios.layers import library_names
from alliancelab.scenarios.scenario import load, restore
from alliancelab.scenarios.schema import describe
from alliancelab.scenarios.template import write_template
from tests.support.scenarios import policy, written

LIBRARY = library_names()


def values(content: dict, lever: str) -> dict[float, float]:
    """Value of a lever by calendar year, first quarters only."""
    scenario = load(content)
    levers = scenario.setup(0).levers[lever]
    return {year: value for year, value in zip(scenario.years(), levers, strict=True) if year == int(year)}


# --- the library ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", LIBRARY)
def test_every_library_scenario_says_what_it_is_for_and_can_be_set_up(name):
    scenario = load(name)
    assert scenario.title and scenario.purpose and scenario.source
    assert scenario.notes() == []
    setup = scenario.setup(0)
    assert setup.sizes.keys() == {size.name for size in SIZES}
    assert len(setup.levers) == setup.sizes["quarters"]


def test_library_holds_the_three_packages_of_the_main_job_and_three_more():
    assert {"no_policy", "formation_only", "stage_matched"} < set(LIBRARY)
    assert len(LIBRARY) >= 6


def test_no_policy_leaves_every_lever_at_its_default():
    setup = load("no_policy").setup(0)
    assert np.array_equal(setup.levers, lever_schedule(setup.sizes["quarters"]))
    assert setup.parameters == {}


def test_the_full_chain_uses_every_instrument():
    assert set(load("full_chain").policy) == {instrument.name for instrument in INSTRUMENTS}


def test_chinese_pilots_add_up_to_the_sourced_numbers():
    """146 is the stock in 2015, not the number named."""
    known = facts()
    scenario = load("china_pilots")
    named = dict(scenario.policy["pilot_selection"].number.points)
    assert named[2012] == known["pilot_cn_2012"].value
    assert named[2013] == known["pilot_cn_2013"].value
    assert sum(many for year, many in named.items() if year < 2012) == known["cn_named_2012"].value


def test_packages_name_a_tenth_of_the_chinese_pilots_in_a_tenth_of_the_world():
    full, tenth = load("china_pilots"), load("stage_matched")
    assert full.world["firms"] == 10 * tenth.world["firms"]
    for (year, many), (same, few) in zip(full.policy["pilot_selection"].number.points,
                                         tenth.policy["pilot_selection"].number.points, strict=False):
        assert year == same and few == pytest.approx(many / 10)


def test_every_fact_has_a_source_and_a_confidence():
    assert all(fact.source and fact.confidence in "ABC" for fact in facts().values())


# --- what a scenario can say ---------------------------------------------------------------------------------------


def test_a_parameter_reaches_the_engine_only_if_it_differs_from_its_default():
    item = PARAMETERS[0]
    changed = item.low if item.default != item.low else item.high
    value = int(changed) if item.integer else changed
    assert load({"parameters": {item.name: value}}).setup(0).parameters == {item.name: changed}
    same = int(item.default) if item.integer else item.default
    assert load({"parameters": {item.name: same}}).setup(0).parameters == {}


def test_instruments_rest_during_the_warm_up():
    scenario = load(policy(startup_subsidy={"share": 0.4, "budget": 40}))
    share = scenario.setup(0).levers["startup_subsidy_share"]
    warm_up = scenario.world["warm_up"]
    assert not share[:warm_up].any()
    assert (share[warm_up:] == 0.4).all()


def test_a_window_switches_only_the_strength_off():
    content = policy(startup_subsidy={"share": 0.4, "budget": 40, "from": 2010, "until": 2012.5})
    share = values(content, "startup_subsidy_share")
    assert [year for year, value in share.items() if value] == [2010, 2011, 2012]
    assert set(values(content, "startup_subsidy_budget").values()) == {40}
    assert load(content).setup(0).levers["startup_subsidy_share"].astype(bool).sum() == 10


def test_from_before_the_start_year_reaches_into_the_warm_up():
    content = policy(startup_subsidy={"share": 0.4, "from": 2004})
    assert min(year for year, value in values(content, "startup_subsidy_share").items() if value) == 2004


def test_a_step_holds_from_its_year_on_and_the_default_before():
    share = values(policy(startup_subsidy={"share": {"step": [[2009, 0.2], [2012, 0.5]]}}), "startup_subsidy_share")
    assert (share[2008], share[2009], share[2011], share[2012], share[2026]) == (0, 0.2, 0.2, 0.5, 0.5)


def test_a_ramp_is_linear_between_its_points_and_flat_outside():
    share = values(policy(startup_subsidy={"share": {"ramp": [[2008, 0.1], [2012, 0.5]]}}), "startup_subsidy_share")
    assert share[2007] == pytest.approx(0.1)
    assert share[2010] == pytest.approx(0.3)
    assert share[2020] == pytest.approx(0.5)


def test_a_table_holds_in_its_years_only_and_through_all_four_quarters():
    content = policy(pilot_selection={"number": {"table": [[2012, 39], [2013, 55]]}})
    scenario = load(content)
    number = scenario.setup(0).levers["pilot_selection_number"]
    years = np.floor(scenario.years())
    assert (number[years == 2012] == 39).all() and (number[years == 2013] == 55).all()
    assert number.sum() == 4 * (39 + 55)


def test_stages_become_a_bit_mask():
    content = policy(programme_grants={"amount": 3, "stages": ["growth", "regrowth"]})
    mask = load(content).setup(0).levers["programme_grants_stages"]
    assert set(mask) == {(1 << Stage.GROWTH) + (1 << Stage.REGROWTH)}


def test_an_instrument_without_chosen_stages_addresses_its_declared_ones():
    mask = load(policy(reengineering={"effort": 0.5})).setup(0).levers["reengineering_stages"]
    assert set(mask) == {(1 << Stage.MATURITY) + (1 << Stage.DECLINE)}


def test_a_child_changes_one_lever_and_keeps_the_rest_of_its_base(tmp_path):
    """Rows: H2."""
    path = written(tmp_path, 'base = "stage_matched"\n[policy.programme_grants]\namount = 7\n')
    child, base = load(path), load("stage_matched")
    assert child.policy["programme_grants"].amount == 7
    assert child.policy["programme_grants"].budget == base.policy["programme_grants"].budget
    assert child.policy["startup_subsidy"] == base.policy["startup_subsidy"]
    assert child.base == "stage_matched" and child.name == "mine"


def test_false_takes_an_instrument_of_the_base_out(tmp_path):
    path = written(tmp_path, 'base = "stage_matched"\n[policy]\nsupervision = false\n')
    assert "supervision" not in load(path).policy


def test_a_base_may_be_a_file_in_the_same_folder(tmp_path):
    written(tmp_path, 'base = "no_policy"\n[world]\nfirms = 100\n', "small.toml")
    path = written(tmp_path, 'base = "small.toml"\n[world]\nsectors = 2\n')
    assert (load(path).world["firms"], load(path).world["sectors"]) == (100, 2)


def test_a_scenario_loaded_from_a_changed_base_does_not_change_the_base():
    before = load("stage_matched").hash
    load("stage_matched", {"programme_grants.amount": 9})
    assert load("stage_matched").hash == before


def test_overrides_reach_world_parameters_and_levers():
    item = PARAMETERS[0]
    value = int(item.high) if item.integer else item.high
    changes = {"programme_grants.amount": 5, "world.firms": 100, f"parameters.{item.name}": value, "supervision": False}
    scenario = load("stage_matched", changes)
    assert scenario.policy["programme_grants"].amount == 5
    assert scenario.world["firms"] == 100
    assert scenario.parameters[item.name] == item.high
    assert "supervision" not in scenario.policy
    assert scenario.title == load("stage_matched").title


def test_a_scenario_written_with_changes_of_its_own_is_that_of_overrides(tmp_path):
    """Rows: H2."""
    changed = load("growth_only:programme_grants.amount=5, programme_grants.stages=['growth', 'decline']")
    plain = load("growth_only", {"programme_grants.amount": 5, "programme_grants.stages": ["growth", "decline"]})
    assert changed.hash == plain.hash and changed.hash != load("growth_only").hash
    assert changed.title == "Growth only (programme_grants.amount=5, programme_grants.stages=['growth', 'decline'])"
    file = tmp_path / "mine.toml"
    file.write_text('title = "Mine"\nbase = "growth_only"\n')
    assert load(f"{file}:world.firms=60").world["firms"] == 60


@pytest.mark.parametrize(("text", "words"), [
    ("growth_only:programme_grants.amount=-3", "growth_only:programme_grants.amount=-3: .* has to be at least 0"),
    ("growth_onli:world.firms=3", "did you mean 'growth_only'"),
    ("growth_only:programme_grant.amount=3", "did you mean 'programme_grants'"),
    ("growth_only:world.firms=3,world.firms=4", "gives 'world.firms' twice"),
    ("growth_only:world.firms=", "has to be KEY=VALUE"),
])
def test_changes_that_cannot_be_read_are_refused(text, words):
    with pytest.raises(ScenarioError, match=words):
        load(text)


def test_numbers_of_numpy_are_numbers():
    assert load({"world": {"firms": np.int64(100)}}).world["firms"] == 100
    assert load("growth_only", {"programme_grants.amount": np.float64(5)}).policy["programme_grants"].amount == 5


def test_the_hash_follows_what_decides_a_run_and_nothing_else():
    base = load("stage_matched")
    assert load("stage_matched", {"title": "Another title"}).hash == base.hash
    assert load("stage_matched", {"programme_grants.amount": 3}).hash == base.hash
    assert load("stage_matched", {"programme_grants.amount": 3.1}).hash != base.hash
    assert load("stage_matched", {"world.firms": 781}).hash != base.hash


@pytest.mark.parametrize("name", LIBRARY)
def test_a_scenario_survives_the_way_through_json(name):
    scenario = load(name)
    assert restore(json.loads(json.dumps(scenario.as_dict()))) == scenario


def test_scaling_budgets_scales_nothing_else():
    scenario = load("stage_matched")
    twice = scenario.with_budgets_times(2.0)
    assert twice.policy["programme_grants"].budget == 2 * scenario.policy["programme_grants"].budget
    assert twice.policy["programme_grants"].amount == scenario.policy["programme_grants"].amount


def test_the_json_schema_knows_every_declared_name():
    text = json.dumps(describe())
    declared = [*SIZES, *PARAMETERS, *(lever for instrument in INSTRUMENTS for lever in instrument.levers)]
    assert all(f'"{item.name}"' in text for item in declared)


def test_a_new_file_is_valid_and_equal_to_its_base(tmp_path):
    write_template(tmp_path / "mine.toml", "stage_matched")
    assert load(tmp_path / "mine.toml").hash == load("stage_matched").hash


def test_a_new_file_never_overwrites(tmp_path):
    path = written(tmp_path, "precious")
    with pytest.raises(ScenarioError, match="there already"):
        write_template(path, "no_policy")
    assert path.read_text() == "precious"


def test_an_instrument_without_budget_is_pointed_out():
    assert "pays nothing: its budget is 0" in load(policy(programme_grants={"amount": 3})).notes()[0]
    assert "does nothing" in load(policy(programme_grants={"budget": 3})).notes()[0]


@pytest.mark.parametrize(("alone", "beside"), [
    ({"assessment": {"effort": 0.5, "budget": 3}}, {"pilot_selection": {"number": 2, "budget": 3}}),
    ({"programme_guide": {"effort": 0.5, "budget": 3}}, {"programme_grants": {"amount": 3, "budget": 3}}),
])
def test_an_instrument_with_nobody_to_act_on_is_pointed_out(alone, beside):
    (note,) = load(policy(**alone)).notes()
    assert note.endswith(f"has nobody to act on: policy.{next(iter(beside))} is off")
    assert load(policy(**alone, **beside)).notes() == []


SUPERVISION = {"intensity": 0.5, "budget": 3}


@pytest.mark.parametrize("payer", [
    {"programme_grants": {"amount": 3, "budget": 3}}, {"pilot_selection": {"number": 2, "budget": 3}},
    {"special_support": {"amount": 3, "budget": 3}}, {"reengineering": {"effort": 0.5, "budget": 3}},
])
def test_supervision_without_public_money_to_watch_is_pointed_out(payer):
    (note,) = load(policy(supervision=SUPERVISION)).notes()
    assert note.startswith("policy.supervision has nobody to act on: no instrument pays public money")
    assert load(policy(supervision=SUPERVISION, startup_subsidy={"share": 0.5, "budget": 3})).notes() == [note]
    assert load(policy(supervision=SUPERVISION, **payer)).notes() == []


@pytest.mark.parametrize(("levers", "words"), [
    ({"from": 2050}, "never acts in the years of policy, 2007 to 2026"),
    ({"until": 1990}, "never acts"),
    ({"amount": {"step": [[2050, 3]]}}, "never acts"),
    ({"budget": {"step": [[2050, 3]]}}, "pays nothing: its budget is 0"),
])
def test_an_instrument_outside_of_the_years_of_the_run_is_pointed_out(levers, words):
    (note,) = load(policy(programme_grants={"amount": 3, "budget": 3} | levers)).notes()
    assert note == f"policy.programme_grants {words}" or words in note


def test_a_plan_without_sectors_or_places_is_pointed_out():
    plan = {"strength": 0.5, "budget": 3}
    assert load(policy(layout=plan)).notes() == []
    assert load(policy(layout=plan | {"sectors": 0})).notes() == [
        "policy.layout chooses one sector all the same: its sectors is 0"]
    assert load(policy(layout=plan | {"places": 0})).notes() == [
        "policy.layout has no place for any alliance: its places is 0"]


@pytest.mark.parametrize(("bars", "words"), [
    ({"exemplary": 0.35}, "its exemplary is 0.35 and its weak 0.4"),
    ({"failing": 0.5}, "its weak is 0.4 and its failing 0.5"),
    ({"weak": {"step": [[2010, 0.4], [2015, 0.7]]}}, "its exemplary is 0.55 and its weak 0.7"),
])
def test_bars_of_an_assessment_that_contradict_each_other_are_pointed_out(bars, words):
    pilots = {"number": 2, "budget": 3}
    scenario = load(policy(assessment={"effort": 0.5, "budget": 3} | bars, pilot_selection=pilots))
    assert scenario.notes() == [f"policy.assessment has bars that contradict each other: {words}"]


def test_an_instrument_whose_tasks_are_all_none_is_pointed_out():
    rights = {"strength": 0.5, "budget": 3, "enforcement": 0}
    assert load(policy(ip_regime=rights)).notes() == [
        "policy.ip_regime does nothing: its enforcement, antitrust, standards are all 0"]
    assert load(policy(ip_regime=rights | {"standards": 1})).notes() == []


def test_notes_name_instruments_and_levers_that_exist():
    levers = {one.name: {lever.name for lever in one.levers} for one in known_instruments()}
    named = [*notes._ONE_OF.items(), *notes._RISING.items(), *((name, (lever,)) for name, lever in notes._EMPTY),
             *((name, (lever,)) for name, lever in notes._PAYERS.items())]
    assert all(set(parts) <= levers[name] for name, parts in named)


def test_a_new_file_whose_question_nobody_wrote_has_none(tmp_path):
    """Rows: H6."""
    write_template(tmp_path / "mine.toml", "growth_only")
    assert load(tmp_path / "mine.toml").purpose == load(tmp_path / "mine.toml").source == ""
    said = common.question([load(tmp_path / "mine.toml").as_dict()])
    assert translator("zh")(said.blocks[0].pairs[0][1]) == "未写明目的。"


@pytest.mark.parametrize("seed", [-1, 2**63, 1.5, "a", True, None])
def test_a_seed_that_is_no_seed_is_refused(seed):
    with pytest.raises(ScenarioError, match="whole number from 0"):
        load("no_policy").setup(seed)


def test_a_whole_number_may_be_written_with_a_point_or_come_from_an_array():
    for value in (1, 1.0, np.float64(1.0), np.int64(1)):
        assert load("stage_matched", {"special_support.cumulation": value}).policy["special_support"].cumulation == 1
    assert load("no_policy", {"world.firms": 100.0}).hash == load("no_policy", {"world.firms": 100}).hash


def test_seed_zero_is_a_seed():
    assert load("no_policy").setup(0).seed == 0
