"""Scorecards: starts are the documents' figures, probabilities are counted, and every figure has its place."""

import json
import re
import tomllib
from pathlib import Path

import numpy as np
import pytest

import alliancelab as al
from alliancelab.agents.errors import ScenarioError
from alliancelab.analysis.results.scorecard import Scorecard, met
from alliancelab.analysis.statistics.intervals import wilson_interval
from alliancelab.analysis.words.numbers import figures_apart, number
from alliancelab.model.regional.indicators import INDICATORS
from alliancelab.model.regional.parameters import REGION
from alliancelab.scenarios.facts import facts
from alliancelab.scenarios.layers import LIBRARY
from alliancelab.scenarios.regional import Aim, aims
from alliancelab.scenarios.scenario import load
from alliancelab.scenarios.scorecard import Scores, score
from tests.support.command import alliancelab
from tests.support.regional import CLUSTER
from tests.support.worlds import bits, fingerprint

DOCUMENTS = {name: fact for name, fact in facts().items() if fact.source.startswith("Document")}
FAMILIES = [path.stem for path in sorted(LIBRARY.glob("*.toml")) if path.stem.startswith(("dongying", "county"))]


def card_of(values, aim, years=(2014, 2015, 2016)):
    held = values - values[-1:] / 10
    scores = Scores((aim,), (aim.indicator,), np.array(years), np.arange(values.shape[1]), values[None], held[None],
                    values[None])
    return Scorecard(scores, load("dongying")).table.iloc[0]


# --- facts -----------------------------------------------------------------------------------------------------------


def test_the_figures_of_both_documents_have_a_place_and_a_use():
    """Rows: F11, G8."""
    assert len(DOCUMENTS) > 190
    for fact in DOCUMENTS.values():
        assert re.match(r"Document (II|III), \S", fact.source), fact.id
        assert fact.value is not None and fact.use in ("start", "target", "parameter", "context"), fact.id


def test_every_figure_that_is_not_context_is_used():
    """Rows: F11, G8."""
    named = "".join((LIBRARY / f"{name}.toml").read_text(encoding="utf-8") for name in ("dongying", "county_bureau"))
    declared = " ".join(item.source for item in REGION)
    from alliancelab.model.regional import REGIONAL

    declared += " ".join(lever.source for instrument in REGIONAL for lever in instrument.levers)
    world = {name: load(name).world for name in ("dongying", "county_bureau")}
    as_values = {"dy_base_year": world["dongying"]["start_year"] - 1, "dy_target_year": 2015, "dy_horizon": 2022,
                "cb_plan_year": world["county_bureau"]["start_year"], "cb_goal_year": 2010,
                "dy_next_traditional": 3, "dy_next_emerging": 4, "cb_industries": 4}
    for fact in DOCUMENTS.values():
        if fact.use == "context":
            continue
        if fact.id in as_values:
            assert fact.value == as_values[fact.id], fact.id
        else:
            assert re.search(rf"\b{fact.id}\b", named + declared), fact.id
    assert world["dongying"]["sectors"] == 1 + 3 + 4 and world["county_bureau"]["sectors"] == 4 + 2


def test_contradictions_of_the_report_are_both_kept():
    """Rows: G8."""
    known = facts()
    assert (known["cb_patents_filed"].value, known["cb_patents_filed_again"].value) == (625, 645)
    assert (known["cb_sales_growth"].value, known["cb_sales_growth_again"].value) == (0.553, 0.557)
    assert "625" in known["cb_patents_filed_again"].quantity or "645" in known["cb_patents_filed"].quantity
    levels = known["cb_filed_nation"].value + known["cb_filed_province"].value + known["cb_filed_city"].value
    assert levels + known["cb_talent_filed"].value == known["cb_filed_upper"].value
    assert known["cb_output"].value / known["cb_output_share"].value == pytest.approx(known["cb_above_scale"].value)


# --- starts ----------------------------------------------------------------------------------------------------------


def test_dongying_starts_from_the_figures_of_2014():
    """Rows: F11."""
    table = al.scorecard("dongying", replicates=2).table.set_index("indicator")
    started = table[table["start"].notna() & (table.index != "provincial_alliances")]
    assert len(started) >= 17 and started["set"].all()
    assert started.at["revenue", "simulated"] == pytest.approx(93_200)
    assert started.at["provincial_engineering", "simulated"] == 65
    targets = table[table["target"].notna()]
    assert set(targets["year"]) == {2015, 2022} and len(targets) == 36


def test_the_county_starts_from_the_report_year_and_its_flows_recur():
    """Rows: G8, G7."""
    table = al.scorecard("county_bureau", replicates=120).table.drop_duplicates("indicator").set_index("indicator")
    for name in ("output", "output_share", "output_all"):
        assert table.at[name, "set"], name
    for name in ("filed_upper", "approved", "completed", "upper_funds", "needs", "agreements", "certified_new",
                 "products_new", "patents_filed", "patents_granted", "agriculture_filed", "social_filed"):
        start, simulated = table.at[name, "start"], table.at[name, "simulated"]
        assert not table.at[name, "set"] and simulated == pytest.approx(start, rel=0.1), name


@pytest.mark.parametrize("name", FAMILIES)
def test_every_member_of_the_families_runs_and_answers_its_scorecard(name):
    """Rows: F11, G8."""
    scenario = load(name)
    family = "dongying" if name.startswith("dongying") else "county_bureau"
    assert scenario.scorecard == load(family).scorecard
    scores = score(scenario, 1)
    assert np.isfinite(scores.values[:, 1:]).all()


# --- statistics ------------------------------------------------------------------------------------------------------


def test_a_target_is_met_from_its_value_on_in_the_better_direction():
    """Rows: G8."""
    assert met(np.array([9.0, 10.0, 11.0, np.nan]), 10.0, 1).tolist() == [False, True, True, False]
    assert met(np.array([9.0, 10.0, 11.0]), 10.0, -1).tolist() == [True, True, False]


def test_the_probability_is_the_share_of_replicates_with_wilsons_interval():
    """Rows: F11, G8."""
    values = np.array([[1.0, 1.0, 1.0, 1.0], [2.0, 4.0, 6.0, 8.0], [3.0, 5.0, 7.0, 9.0]])
    line = card_of(values, Aim("firms", 2015, 5.0, 1.0, "", ""))
    low, high = wilson_interval(np.array(2), np.array(4))
    assert (line["met"], line["met_low"], line["met_high"]) == (0.5, low, high)
    assert (line["mean"], line["simulated"], line["set"]) == (5.0, 1.0, True)
    assert line["effect"] == pytest.approx(0.6) and line["effect_low"] > 0 and line["moved"] == "plan"
    assert line["drift"] == pytest.approx(4.0)


def test_a_run_without_an_answer_has_not_met_the_target():
    values = np.array([[1.0, 1.0], [np.nan, 6.0], [np.nan, np.nan]])
    line = card_of(values, Aim("firms", 2015, 5.0, 2.0, "", ""))
    assert line["met"] == 0.5 and line["n"] == 1 and not line["set"]


def test_a_pool_of_experts_is_of_whole_people():
    """Rows: G2, G8. Twenty experts a year who stay five years approach a hundred: 99.98 are a hundred people."""
    pool = al.scorecard("county_bureau", replicates=2).table.set_index("indicator").loc["expert_pool"]
    assert pool["mean"] == pool["target"] == 100.0 and pool["met"] == 1.0


def test_a_figure_near_its_target_is_written_so_that_it_does_not_look_like_it():
    """Rows: G8."""
    assert number(99.98, figures_apart(99.98, 100.0, 3)) == "99.98"
    assert figures_apart(100.0, 100.0, 3) == figures_apart(16.8, 20.0, 3) == figures_apart(np.nan, 20.0, 3) == 3


def test_of_a_range_the_lower_end_is_asked_for():
    """Rows: G8."""
    targets = {aim.indicator: aim.target for aim in aims(load("county_bureau").scorecard) if aim.year == 2009}
    assert targets["certified_new"] == 8 and targets["engineering_new"] == 2 and targets["approved_province"] == 15


# --- the family, command line, checkpoints ---------------------------------------------------------------------------


def test_scorecards_of_national_scenarios_score_national_indicators():
    scenario = {"base": "no_policy", "world": {"quarters": 32, "warm_up": 8, "firms": 120},
                "scorecard": {"alliances": {"targets": {"2008": 1}},
                              "founded": {"start": 3.0, "targets": {"2009": 500}}}}
    table = al.scorecard(scenario, replicates=3).table.set_index("indicator")
    assert table.at["alliances", "met"] == 1.0 and table.at["founded", "met"] == 0.0


def test_the_command_prints_and_writes_the_scorecard(tmp_path):
    """Rows: G8."""
    answer = alliancelab("run", "county_bureau", "--scorecard", "--replicates", "2", "--json", "--out", "card",
                         folder=tmp_path)
    document = json.loads(answer.stdout)
    assert answer.returncode == 0 and len(document["scorecard"]) == len(aims(load("county_bureau").scorecard))
    assert (tmp_path / "card" / "scorecard.png").stat().st_size > 20_000
    assert len(al.read(tmp_path / "card").table) == len(document["scorecard"])
    text = alliancelab("scorecard", "county_bureau", "--replicates", "2").stdout
    assert "as simulated" in text and "Patents filed" in text


@pytest.mark.parametrize("arguments, sentence", [
    (["scorecard", "no_policy"], "declares no [scorecard]"),
    (["scorecard", "county_bureau", "--replicates", "0"], "replicates is 0"),
    (["scorecard", "county_bureau", "--set", "world.quarters=164"], "has a target for 2010"),
    (["scorecard", "county_bureau", "--set", "region.space=\"dy_spice\""], "did you mean 'dy_space'"),
    (["scorecard", "county_bureau", "--set", "scorecard.patent={targets={2010=3}}"], "did you mean 'patents_filed'"),
    (["run", "no_policy", "--set", "matching.visits=3"], "needs a [region]"),
    (["check", "county_bureau", "--set", "x=1"], "No such option"),
])
def test_mistakes_are_answered_in_a_sentence_with_code_two(arguments, sentence):
    answer = alliancelab(*arguments)
    assert answer.returncode == 2 and sentence in answer.stderr and "Traceback" not in answer.stderr


@pytest.mark.parametrize("bad, sentence", [
    ({"region": {"carriers": [{"kind": "incubater", "number": 1}]}}, "did you mean 'incubator'"),
    ({"region": {"above_scale": 3.5}}, "whole number"),
    ({"region": {"open_sectors": 9}}, "at most 4 with 4 sectors"),
    ({"region": {"revenue": float("nan")}}, "finite number"),
    ({"region": {"carrier_rows": 5, "carriers": [{"kind": "incubator", "number": 3}]}}, "carrier_rows"),
    ({"scorecard": {"firms": {"targets": {"2010": 5}}}}, "needs a [region]"),
    ({"region": {}, "scorecard": {"firms": {"targets": {"20x0": 5}}}}, "wants years"),
    ({"region": {}, "scorecard": {"firms": {}}}, "a start or a target"),
    ({"region": {}, "scorecard": {"firms": {"start": 1, "better": 2}}}, "better is 2 and has to be 1 or -1"),
    ({"scorecard": False}, "scorecard must be a table of names and values, not false"),
])
def test_regional_sections_that_are_not_right_are_refused(bad, sentence):
    with pytest.raises(ScenarioError, match=re.escape(sentence)):
        load({"title": "x", **bad})


def test_a_region_survives_being_stored_and_makes_a_difference_to_the_hash():
    from alliancelab.scenarios.scenario import restore

    scenario = load("county_bureau")
    assert restore(json.loads(json.dumps(scenario.as_dict()))).hash == scenario.hash
    assert load("county_bureau", {"region.file_city": 0.2}).hash != scenario.hash
    assert "region" not in load("no_policy").as_dict()


@pytest.mark.parametrize("pause", [0, 79, 90])
def test_a_saved_region_goes_on_with_the_same_bits(tmp_path, pause):
    model = al.AllianceModel("county_bureau", seed=4)
    for _ in range(pause):
        model.step()
    opened = al.AllianceModel.load(model.save(tmp_path / "model.npz"))
    for one in (model, opened):
        one.run_model()
    headless = al.run("county_bureau", seed=4).recording
    for recording in (model.recording, opened.recording):
        assert fingerprint(recording) == fingerprint(headless)
        assert bits(recording.region.indicators) == bits(headless.region.indicators)
        assert bits(recording.region.clients) == bits(headless.region.clients)


def test_own_instruments_have_purses_behind_the_regional_ones():
    lever = al.Lever("budget", 0.0, 0.0, 100.0, "million yuan a year", "test", "Budget.")
    strength = al.Lever("strength", 0.0, 0.0, 1.0, "-", "test", "Strength.")
    al.register(al.Instrument(
        "own_visits", "Own visits", "formation", ("H1",), "All.", "Quarterly.", "Need.", "Visits.", "None.", "strength",
        (strength, lever), act=lambda quarter: quarter.buy(0.5)))
    try:
        model = al.AllianceModel("county_bureau", seed=1, **{"own_visits.strength": 1.0, "own_visits.budget": 9.0})
        for _ in range(163):
            model.step()
        spent = model.government.spent
        assert spent["own_visits"] == pytest.approx(1.5) and spent["county_projects"] > 0
        assert model.government.budgets["county_projects"] == 6.0
        assert list(spent)[-2:] == ["doubling_plan", "own_visits"]
    finally:
        al.withdraw("own_visits")


def test_a_branch_changes_regional_levers_from_now_on():
    model = al.AllianceModel("county_bureau", seed=4)
    for _ in range(162):
        model.step()
    other = model.branch({"patent_programme.promotion": 1.0, "patent_programme.budget": 9.0})
    for one in (model, other):
        one.run_model()
    first, second = (one.recording.region.indicators["patents_filed"] for one in (model, other))
    assert np.array_equal(first[:162], second[:162]) and second[162:].sum() > first[162:].sum()


def test_a_run_hands_its_indicators_and_carriers_over_as_tables(tmp_path):
    run = al.run("dongying", overrides=CLUSTER, out=tmp_path / "run")
    assert len(run.regional) == 112 and run.regional["carriers_engineering_centre"].iloc[-1] > 60
    assert {"kind", "rank", "quality", "queue"} <= set(run.carriers.columns) and len(run.carriers) > 100
    assert {"regional", "carriers"} <= set(al.read(tmp_path / "run").tables())
    assert al.run("no_policy", overrides={"world.quarters": 24, "world.warm_up": 8}).regional.empty


def test_the_picture_shows_targets_only():
    scores = score(load("county_bureau"), 2)
    picture = Scorecard(scores, load("county_bureau")).plot.targets()
    assert len(picture.axes) == 2
    assert len(picture.axes[0].get_yticklabels()) == sum(not np.isnan(aim.target) for aim in scores.aims)


def test_every_indicator_says_its_unit_and_direction():
    for name, indicator in INDICATORS.items():
        assert indicator.name == name and indicator.title and indicator.unit and indicator.better in (-1, 1)


def test_targets_stand_in_facts_and_not_in_scenario_files():
    """Rows: F11, G8."""
    for name in ("dongying", "county_bureau"):
        document = tomllib.loads(Path(LIBRARY / f"{name}.toml").read_text(encoding="utf-8"))
        for line in document["scorecard"].values():
            assert all(isinstance(target, str) for target in line.get("targets", {}).values())
