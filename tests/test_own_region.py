"""A county or cluster of one's own: a file from a table of figures, own lines, rates fitted, contradictions."""

import json

import numpy as np
import pytest

import alliancelab as al
from alliancelab.agents.errors import ScenarioError
from alliancelab.model.regional.columns import COLUMNS
from alliancelab.scenarios.fit_region import RATES, Fit, Line, write_into
from alliancelab.scenarios.own_indicators import indicators_of
from alliancelab.scenarios.scenario import load
from alliancelab.scenarios.scorecard import check_scorecard, kept, score
from tests.support.command import alliancelab

FIGURES = """indicator,start,2021,2023
output_all,12000,12800,14000
output,1700,2100,2900
patents_filed,300,340,400
patents_granted,140,,
filed_city,40,45,
filed_province,14,,
filed_nation,2,,
approved,76,80,
needs,20,30,40
agreements,8,10,12
certified_tried,9,,
certified_new,7,8,10
products_new,10,,
engineering_new,1,1,
upper_funds,6.5,8,
"""
"""A fictitious county, half the size of ours and more."""


@pytest.fixture
def county(tmp_path):
    """A folder with the figures and the file made of them."""
    (tmp_path / "figures.csv").write_text(FIGURES, encoding="utf-8")
    answer = alliancelab("new", "mine.toml", "--base", "county_bureau", "--region", "--figures", "figures.csv",
                         "--year", "2021", folder=tmp_path)
    assert answer.returncode == 0, answer.stderr
    return tmp_path


def test_a_table_of_figures_becomes_a_scenario_of_ones_own_years(county):
    """Rows: G8, H2."""
    scenario = load(county / "mine.toml")
    assert set(scenario.scorecard) == {line.split(",")[0] for line in FIGURES.splitlines()[1:]}
    assert scenario.region["revenue"] == 12000 and scenario.region["certified_output"] == 1700
    assert scenario.world["start_year"] == 2021
    old, new = load("county_bureau").region_setup().levers, scenario.region_setup().levers
    assert old.tobytes() == new.tobytes()  # calendars have moved with the years
    answer = alliancelab("check", "mine.toml", folder=county)
    assert answer.returncode == 0 and "valid scenario" in answer.stdout


def test_a_fictitious_county_starts_within_a_tenth_of_its_figures(county):
    """Rows: G8, F11."""
    answer = alliancelab("fit-region", "mine.toml", "--replicates", "24", "--write", "--json", folder=county)
    document = json.loads(answer.stdout)
    assert answer.returncode == 0
    assert len([line for line in document["lines"] if line["verdict"] == "reached"]) >= 13
    lines = {line["indicator"]: line for line in document["lines"]}
    assert abs(lines["patents_filed"]["after"] / 300 - 1) < 0.1 and lines["needs"]["before"] > 40
    assert load(county / "mine.toml").region["patent_filing"] == document["numbers"]["patent_filing"]
    assert "# per quarter: Patents of a firm" in (county / "mine.toml").read_text(encoding="utf-8")


def test_what_no_rate_moves_and_what_lies_beyond_a_bound_is_said():
    """Rows: G8."""
    scenario = {"base": "county_bureau", "scorecard": {
        **dict.fromkeys(load("county_bureau").scorecard, False),
        "joint_centres": {"start": 300}, "trust": {"start": 0.1}}}
    lines = {line.indicator: line for line in al.fit_region(scenario, 4).lines}
    assert lines["joint_centres"].verdict == "at its bound" and lines["joint_centres"].new == 1.0
    assert lines["trust"].verdict == "no rate" and lines["trust"].number == ""


def test_rates_are_numbers_of_the_region_and_flows_that_it_counts():
    known = indicators_of({})
    names = load("county_bureau", {"region.file_city": 0.1}).region_setup()
    assert names is not None
    for rate in RATES:
        assert set(rate.indicators) <= set(known) and rate.slope != 0.0
        load("county_bureau", {f"region.{rate.number}": float(load("county_bureau").region.get(rate.number, 0.2))})


def test_numbers_are_written_where_they_stand_and_what_is_said_of_them_stays(tmp_path):
    file = tmp_path / "a.toml"
    file.write_text('title = "A"\nbase = "county_bureau"\n\n[region]\n# fee = 0.02  # million yuan: Fee.\nspace = 900'
                    "\n\n[scorecard]\nneeds = { start = 3 }\n", encoding="utf-8")
    write_into(file, Fit((Line("needs", 3, 1, 3, "fee", 0.02, 0.5, "reached"),), {"fee": 0.5, "uptake": 0.25}))
    text = file.read_text(encoding="utf-8")
    assert "fee = 0.5  # million yuan: Fee.\n" in text and "# fee" not in text and "uptake = 0.25\n" in text
    assert load(file).region["space"] == 900


def test_lines_of_ones_own_are_totals_levels_ratios_and_growth():
    """Rows: G8, F11."""
    own = {"upper": {"total": ["filed_city", "filed_province", "filed_nation"], "targets": {"2010": 90}},
           "people": {"level": ["people_regional", "people_provincial", "people_national"], "start": 3},
           "upper_share": {"ratio": ["upper", "patents_filed"], "title": "Applications over patents", "unit": "share"},
           "upper_growth": {"growth": "upper", "targets": {"2012": 0.1}, "better": 1}}
    own["upper_share"]["targets"] = {"2009": 0.2}
    scenario = load({"base": "county_bureau", "scorecard": own})
    values = dict(zip(score(scenario, 2).indicators, score(scenario, 2).values, strict=True))
    assert np.allclose(values["upper"], values["filed_upper"])
    assert np.allclose(values["upper_share"], values["upper"] / values["patents_filed"])
    assert np.allclose(values["upper_growth"][4], (values["upper"][4] / values["upper"][0]) ** 0.25 - 1)
    table = al.scorecard(scenario, replicates=2).table.set_index("indicator")
    assert table.at["upper_share", "title"] == "Applications over patents"
    assert {"filed_city", "people_national", "programmes_filed_results", "agriculture_completed"} <= set(COLUMNS)


@pytest.mark.parametrize("line, sentence", [
    ({"mine": {"total": ["filed_citi"], "start": 1}}, "did you mean 'filed_city'"),
    ({"mine": {"ratio": ["output"], "start": 1}}, "wants 2 names for mine.ratio, not 1"),
    ({"mine": {"ratio": ["output", "later"], "start": 1}, "later": {"growth": "output", "start": 1}}, "no indicator"),
    ({"mine": {"growth": "output", "total": ["contracts"], "start": 1}}, "both total and growth"),
    ({"output": {"growth": "sales", "start": 1}}, "is an indicator already"),
    ({"mine": {"growth": "__import__", "start": 1}}, "no indicator"),
])
def test_lines_of_ones_own_that_are_not_right_are_refused(line, sentence):
    with pytest.raises(ScenarioError, match=sentence):
        load({"base": "county_bureau", "scorecard": line})


def test_inherited_lines_go_with_false():
    """Rows: H2."""
    scenario = load({"base": "county_bureau", "scorecard": {"output": False, "needs": {"start": 9}}})
    assert "output" not in scenario.scorecard and scenario.scorecard["needs"] == {"start": 9}
    assert len(scenario.scorecard) == len(load("county_bureau").scorecard) - 1
    assert load("county_bureau", {"scorecard.output": False}).hash == load(
        {"base": "county_bureau", "scorecard": {"output": False}}).hash


@pytest.mark.parametrize("region, sentence", [
    ({"above_scale": 400}, "has to be at most 60, the firms of the first sector"),
    ({"firms_least": 100}, "region.firms_least is 100 and has to be at most 60"),
    ({"certified_output": 30000}, "has to be at most region.revenue"),
    ({"above_scale": 40, "scale": 100, "revenue": 9000}, "has to be at least 16000 million yuan a year"),
    ({"national_output": 10}, "region.national_output is 10 and has to be at least region.revenue"),
    ({"agriculture": 5, "social": 5}, "region.agriculture and region.social are both sector 5"),
    ({"revenue": "lots"}, "region.revenue is neither a number nor the id of a fact"),
])
def test_figures_that_contradict_each_other_are_refused_in_a_sentence(region, sentence):
    """Rows: G8."""
    with pytest.raises(ScenarioError, match=sentence):
        load({"base": "county_bureau", "region": region})


def test_a_share_above_one_is_refused():
    with pytest.raises(ScenarioError, match=r"scorecard\.output_share is 3\.5 and has to be at most 1, as a share"):
        load({"base": "county_bureau", "scorecard": {"output_share": {"targets": {"2009": 3.5}}}})


def test_check_refuses_what_the_scorecard_refuses(tmp_path):
    """Rows: H2, G8."""
    (tmp_path / "late.toml").write_text('title = "Late"\nbase = "county_bureau"\n[world]\nstart_year = 2021\n',
                                        encoding="utf-8")
    for words in (("check", "late.toml"), ("scorecard", "late.toml"), ("fit-region", "late.toml")):
        answer = alliancelab(*words, folder=tmp_path)
        assert answer.returncode == 2 and "has a target for 2009" in answer.stderr and "= false" in answer.stderr
    with pytest.raises(ScenarioError, match=r"starts from 4600 and region\.certified_output sets 4000"):
        check_scorecard(load("county_bureau", {"region.certified_output": 4000}))
    with pytest.raises(ScenarioError, match="full years 2021 to 2024"):
        check_scorecard(load("county_bureau", {"world.start_year": 2021}))


@pytest.mark.parametrize("words, sentence", [
    (["fit-region", "no_policy"], "has no [region]"),
    (["fit-region", "county_bureau", "--write"], "is a name of the library"),
    (["fit-region", "county_bureau", "--replicates", "0"], "replicates is 0"),
    (["new", "a.toml", "--base", "no_policy", "--region"], "has no [region]; take county_bureau"),
    (["new", "a.toml", "--base", "county_bureau", "--year", "2020"], "add --region"),
    (["new", "a.toml", "--base", "county_bureau", "--region", "--figures", "absent.csv"], "cannot be read"),
    (["new", "a.toml", "--base", "county_bureau", "--region", "--figures", "bad.csv"], "did you mean 'patents_filed'"),
    (["new", "a.toml", "--base", "county_bureau", "--region", "--figures", "odd.csv"], "no number"),
])
def test_mistakes_are_answered_in_a_sentence_with_code_two(words, sentence, tmp_path):
    (tmp_path / "bad.csv").write_text("indicator,start\npatents_files,3\n", encoding="utf-8")
    (tmp_path / "odd.csv").write_text("indicator,start\npatents_filed,many\n", encoding="utf-8")
    answer = alliancelab(*words, folder=tmp_path)
    assert answer.returncode == 2 and sentence in answer.stderr and "Traceback" not in answer.stderr
    assert not (tmp_path / "a.toml").exists()


def test_the_second_arm_keeps_the_policy_of_the_base_year():
    """Rows: F11, G8."""
    scenario = load("county_bureau")
    setup = scenario.setup(0)
    held = kept(scenario, setup)
    first = scenario.world["warm_up"]
    assert (held.region.levers["county_projects_number"] == 69).all()
    assert not held.region.levers["doubling_plan_support"].any() and setup.region.levers["doubling_plan_support"].any()
    assert held.region.levers[:first].tobytes() == setup.region.levers[:first].tobytes()


def test_the_card_tells_the_effect_of_the_plan_and_what_no_lever_moves():
    """Rows: G8."""
    table = al.scorecard("county_bureau", replicates=12).table
    plan = table[table["year"] == 2009].set_index("indicator")
    assert plan.at["approved_own", "effect_high"] < 0 and plan.at["approved_own", "moved"] == "plan"  # 60 after 69
    assert plan.at["startup_centres", "effect"] == 1.0 and plan.at["startup_centres", "moved"] == "plan"
    assert plan.at["patents_granted", "moved"] == "none"  # filed before the plan began
    assert plan.at["patents_filed", "moved"] in ("plan", "levers")
    assert table["drift"].notna().all()


def test_regional_indicators_are_outcomes_of_comparisons_and_plain_ones_keep_their_names():
    """Rows: H3."""
    comparison = al.compare(["county_bureau", "county_bureau_no_matching"], replicates=6)
    table = comparison.differences.loc["county_bureau_no_matching"]
    assert table.at["regional_agreements", "high"] < 0 and {"regional_worth", "regional_trust"} <= set(table.index)
    assert table.index.is_unique and "regional_firms" not in table.index
    national = al.compare(["no_policy"], replicates=1, overrides={"world.quarters": 24, "world.warm_up": 8})
    assert not any(name.startswith("regional_") for name in national.summary.index.get_level_values("outcome"))


def test_numbers_of_a_region_are_varied_in_sweeps_and_its_indicators_are_results(tmp_path):
    """Rows: H5."""
    (tmp_path / "design.toml").write_text(
        'title = "Filing"\nscenarios = ["county_bureau"]\nmethod = "grid"\nreplicates = 2\n'
        '[factors]\n"region.patent_filing" = { values = [0.5, 1.5] }\n', encoding="utf-8")
    runs = al.sweep(tmp_path / "design.toml", tmp_path / "sweep", workers=1).runs
    filed = runs.groupby("region.patent_filing")["regional_patents_filed"].mean()
    assert filed.iloc[1] > 2 * filed.iloc[0]
