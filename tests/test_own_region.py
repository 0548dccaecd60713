"""A county or cluster of one's own: a file from a table of figures, own lines, rates fitted, contradictions."""

import json
import re

import numpy as np
import pytest

import alliancelab as al
from alliancelab.agents.errors import ScenarioError
from alliancelab.model.regional.columns import COLUMNS
from alliancelab.model.regional.parameters import REGION
from alliancelab.scenarios.fit_region import RATES, Fit, Line, _tuned, write_into
from alliancelab.scenarios.own_indicators import indicators_of
from alliancelab.scenarios.regional import numbers
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
    missed = lines["joint_centres"]
    assert missed.verdict == "left as it was" and missed.new == missed.old and not missed.reached
    assert missed.why == ("joint_centres cannot be 300; no joint_centre within its bounds, 0 to 1, reaches it, so it "
                          f"was left at {missed.old:.4g}")
    assert lines["trust"].verdict == "no rate" and lines["trust"].number == ""


def test_a_rate_that_cannot_help_goes_back_and_the_others_are_fitted_without_it():
    lines = dict.fromkeys(load("county_bureau").scorecard, False) | {
        "approved": {"start": 20}, "needs": {"start": 120}, "patents_filed": {"start": 400},
        "completed": {"start": 106}}
    fit = al.fit_region({"base": "county_bureau", "scorecard": lines}, 4)
    verdicts = {line.indicator: line.verdict for line in fit.lines}
    assert verdicts == {"approved": "left as it was", "needs": "left as it was", "patents_filed": "reached",
                        "completed": "reached, at its bound"}
    assert set(fit.numbers) == {"patent_filing", "complete_base"} and fit.numbers["complete_base"] == 1.0
    assert next(line for line in fit.lines if line.indicator == "approved").after > 69  # as it will be in a run


FEW_CERTIFIED = {"output_all": 9000, "output": 1200, "certified_tried": 4, "certified_new": 2, "patents_filed": 180}
"""Figures of another fictitious county: few firms come by a certificate, and those that have one sell much."""


def few_certified(**figures):
    given = FEW_CERTIFIED | figures
    return {"base": "county_bureau", "region": {"revenue": given["output_all"], "certified_output": given["output"]},
            "scorecard": {**dict.fromkeys(load("county_bureau").scorecard, False),
                          **{name: {"start": start} for name, start in given.items()}}}


def test_a_fit_keeps_firms_certified_that_carry_the_output():
    """Rows: G8, G3."""
    fit = al.fit_region(few_certified(), 12)
    lines = {line.indicator: line for line in fit.lines}
    assert {line.verdict for line in fit.lines} == {"reached"}
    assert lines["output"].number == "certify_years" and lines["output"].new > lines["output"].old
    assert lines["output_all"].after == pytest.approx(9000)


def test_output_that_certified_firms_cannot_carry_is_said_with_what_bounds_it(tmp_path):
    """Rows: G8, G3."""
    scenario = few_certified(output=6000)
    lines = {line.indicator: line for line in al.fit_region(scenario, 4).lines}
    assert lines["output"].verdict == "left as it was" and lines["output"].after < 5000
    assert lines["output"].why.startswith("output cannot be 6,000: certified firms have a revenue of ")
    assert "no certify_years within its bounds" in lines["output"].why
    assert [line.indicator for line in lines.values() if line.why] == ["output"]


def test_a_set_figure_that_is_met_names_no_rate():
    scenario = {"base": "county_bureau", "scorecard": {
        **dict.fromkeys(load("county_bureau").scorecard, False), "output": {"start": "cb_output"}}}
    (line,) = al.fit_region(scenario, 2).lines
    assert line.verdict == "reached" and line.number == line.why == ""


def test_rates_are_numbers_of_the_region_and_flows_that_it_counts():
    known, given = indicators_of({}), numbers(load("county_bureau").region)
    declared = {item.name: item.default for item in REGION}
    for rate in RATES:
        assert set(rate.indicators) <= set(known) and rate.slope != 0.0
        load("county_bureau", {f"region.{rate.number}": float(given.get(rate.number, declared[rate.number]))})


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


@pytest.mark.parametrize("line", [
    {"patents_filed": {"start": -5}}, {"upper_funds": {"targets": {"2009": -0.1}}}, {"output_share": {"start": -0.2}},
    {"mine": {"ratio": ["output", "output_all"], "start": -1}},
])
def test_a_figure_below_zero_is_refused(line):
    with pytest.raises(ScenarioError, match=rf"scorecard\.{next(iter(line))} is -.* and has to be at least 0"):
        load({"base": "county_bureau", "scorecard": line})


@pytest.mark.parametrize("line", [
    {"service_growth": {"targets": {"2009": -0.1}}},
    {"mine": {"growth": "output", "start": -0.1, "unit": "share"}},
    {"mine": {"growth": "output", "start": 0.1}, "part": {"ratio": ["mine", "contract_growth"], "start": -2}},
])
def test_growth_may_be_below_zero(line):
    load({"base": "county_bureau", "scorecard": line})


def with_starts(**starts):
    """The county with these starts alone, and none that its region sets."""
    lines = {name: {"start": start} for name, start in starts.items()}
    return {"base": "county_bureau", "region": {"revenue": 0, "certified_output": 0},
            "scorecard": dict.fromkeys(load("county_bureau").scorecard, False) | lines}


@pytest.mark.parametrize("starts, sentence", [
    ({"output": 100, "output_all": 50}, r"scorecard\.output starts from 100 and has to be at most 50, "
                                        r"scorecard\.output_all; take a line out with scorecard\.output = false"),
    ({"output": 1000, "output_all": 9000, "output_share": 0.2}, "1000 over 9000, is 0.111; give figures that fit"),
    ({"filed_city": 10, "approved_city": 12}, r"approved_city starts from 12 and has to be at most 10"),
    ({"filed_upper": 10, "approved_city": 7, "approved_nation": 4}, "at most 10, scorecard.filed_upper"),
    ({"filed_upper": 10, "approved": 80}, r"at most 79, scorecard.filed_upper \+ policy.county_projects.number"),
    ({"filed_city": 3, "filed_province": 2, "filed_nation": 1, "approved_own": 5, "approved": 12}, "at most 11"),
    ({"filed_upper": 10, "filed_city": 8, "filed_nation": 3}, r"filed_city \+ filed_nation starts from 11"),
    ({"approved": 10, "approved_own": 11}, "approved_own starts from 11 and has to be at most 10"),
    ({"agriculture_filed": 1, "agriculture_approved": 2}, "agriculture_approved starts from 2"),
    ({"certified_tried": 3, "certified_new": 4}, "at most 3, scorecard.certified_tried"),
    ({"needs": 5, "agreements": 6}, r"agreements starts from 6 and has to be at most 5, scorecard\.needs"),
    ({"upper_funds": 4, "paid_city": 3, "paid_nation": 2}, r"paid_city \+ paid_nation starts from 5 and .* at most 4"),
    ({"upper_funds": 9, "paid_city": 3, "paid_province": 1, "paid_nation": 2}, "starts from 6 and has to be 9, score"),
    ({"filed_upper": 0, "upper_funds": 4}, "upper_funds starts from 4 and has to be 0"),
    ({"approved_city": 0, "approved_province": 0, "approved_nation": 0, "upper_funds": 4}, "has to be 0"),
])
def test_starts_that_contradict_each_other_are_refused_in_a_sentence(starts, sentence):
    """Rows: G8."""
    with pytest.raises(ScenarioError, match=sentence):
        check_scorecard(load(with_starts(**starts)))


@pytest.mark.parametrize("starts", [
    {"output": 4600, "output_all": 28750, "output_share": 0.16}, {"output_share": 0.5},
    {"filed_city": 10, "approved_city": 10}, {"filed_upper": 10, "filed_city": 10}, {"filed_city": 10, "approved": 75},
    {"approved": 0, "upper_funds": 0.2, "engineering_new": 1}, {"upper_funds": 4}, {"needs": 5, "agreements": 5},
    {"upper_funds": 4, "paid_city": 3}, {"upper_funds": 6.02, "paid_city": 3, "paid_province": 1, "paid_nation": 2},
])
def test_starts_that_can_be_are_taken(starts):
    check_scorecard(load(with_starts(**starts)))


def test_a_share_has_to_fit_the_figures_that_the_region_sets():
    share = {"output_share": {"start": 0.5}, "output": False, "output_all": False}
    with pytest.raises(ScenarioError, match=r"starts from 0\.5 and output over output_all, 4600 over 28750, is 0\.16"):
        check_scorecard(load({"base": "county_bureau", "scorecard": share}))
    with pytest.raises(ScenarioError, match=r"revenue over region\.national_output, 93200 over 100000, is 0.932"):
        check_scorecard(load("dongying", {"region.national_output": 100_000}))


def test_targets_are_met_from_their_value_on_and_do_not_contradict_each_other():
    scenario = {"base": "county_bureau", "scorecard": {"filed_city": {"targets": {"2009": 10}},
                                                       "approved_city": {"targets": {"2009": 20}}}}
    check_scorecard(load(scenario))
    assert load(scenario).notes() == []


def test_more_grants_than_filings_and_more_own_projects_than_the_figures_have_are_pointed_out():
    """Rows: G4, G8."""
    (note,) = load(with_starts(patents_filed=100, patents_granted=120)).notes()
    assert note.startswith("scorecard.patents_granted starts from 120 and patents_filed from 100")
    (note,) = load(with_starts(approved=40)).notes()
    assert note.startswith("policy.county_projects.number is 69 in the base year and scorecard.approved starts from 40")
    assert load({**with_starts(approved=40), "policy": {"county_projects": {"number": 20}}}).notes() == []


def test_more_needs_than_visits_are_pointed_out():
    (note,) = load(with_starts(needs=91)).notes()
    assert note.startswith("policy.matching.visits is 90 in the base year and scorecard.needs starts from 91")
    assert load(with_starts(needs=90)).notes() == []


def test_a_new_file_says_that_the_policy_of_its_base_acts_and_how_it_is_dropped(county):
    """Rows: G8, H2."""
    file = county / "mine.toml"
    text = file.read_text(encoding="utf-8")
    assert "# The policy of the base acts here, too" in text
    assert all(f"{name}" in text for name in load("county_bureau").policy)
    block = re.search(r"\[policy\.talent_programme\].*\nfrom = 1981\n", text).group()
    text = text.replace(block, "").replace("# [policy]\n# incubation", "[policy]\ntalent_programme")
    file.write_text(text, encoding="utf-8")
    assert set(load(file).policy) == set(load("county_bureau").policy) - {"talent_programme"}


def test_check_refuses_what_the_scorecard_refuses(tmp_path):
    """Rows: H2, G8."""
    (tmp_path / "late.toml").write_text('title = "Late"\nbase = "county_bureau"\n[world]\nstart_year = 2021\n',
                                        encoding="utf-8")
    for words in (("check", "late.toml"), ("scorecard", "late.toml"), ("fit-region", "late.toml")):
        answer = alliancelab(*words, folder=tmp_path)
        assert answer.returncode == 2 and "has a target for 2009" in answer.stderr and "= false" in answer.stderr
    (tmp_path / "parts.toml").write_text('base = "county_bureau"\n[scorecard]\nfiled_upper = { start = 9 }\n',
                                         encoding="utf-8")
    for words in (("check", "parts.toml"), ("scorecard", "parts.toml"), ("fit-region", "parts.toml")):
        answer = alliancelab(*words, folder=tmp_path)
        assert answer.returncode == 2 and "at most 9, scorecard.filed_upper" in answer.stderr
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
    (["new", "a.toml", "--base", "county_bureau", "--region", "--figures", "odd.csv"],
     "odd.csv, line 2: start of patents_filed is 'many' and has to be a number"),
    (["new", "a.toml", "--base", "county_bureau", "--region", "--figures", "column.csv"], "column '2022' twice"),
    (["new", "a.toml", "--base", "county_bureau", "--region", "--figures", "blank.csv"],
     "blank.csv, line 2: output_all has neither a start nor a target"),
    (["new", "a.toml", "--base", "county_bureau", "--region", "--figures", "quote.csv"], "cannot be read"),
    (["new", "a.toml", "--base", "county_bureau", "--region", "--figures", "head.csv"], "no line below its head"),
    (["new", "a.toml", "--base", "county_bureau", "--region", "--figures", "long.csv"],
     "long.csv, line 2: it has 3 cells and the table 2 columns"),
    (["new", "a.toml", "--base", "county_bureau", "--region", "--figures", "code.csv"], "saved as UTF-8"),
    (["new", "a.toml", "--base", "county_bureau", "--region", "--figures", "semicolons.csv"],
     "it has 'indicator;start'"),
    (["new", "a.toml", "--base", "county_bureau", "--region", "--figures", "twice.csv"],
     "twice.csv, line 4: needs has a line above already; give each indicator once"),
])
def test_mistakes_are_answered_in_a_sentence_with_code_two(words, sentence, tmp_path):
    (tmp_path / "bad.csv").write_text("indicator,start\npatents_files,3\n", encoding="utf-8")
    (tmp_path / "odd.csv").write_text("indicator,start\npatents_filed,many\n", encoding="utf-8")
    for name, text in (("column", "indicator,start,2022,2022\noutput_all,1,2,3\n"),
                       ("blank", "indicator,start,2022\noutput_all,,\n"), ("head", "indicator,start\n"),
                       ("quote", 'indicator,start\n"output_all,100\n'), ("long", "indicator,start\nneeds,3,4\n"),
                       ("semicolons", "indicator;start\nneeds;3\n")):
        (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
    (tmp_path / "code.csv").write_text("indicator,start,备注\nneeds,3,\n", encoding="gbk")
    (tmp_path / "twice.csv").write_text("indicator,start\nneeds,3\noutput,100\nneeds,4\n", encoding="utf-8")
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


def test_an_indicator_of_ones_own_takes_no_name_of_an_outcome():
    """Rows: G8."""
    with pytest.raises(ScenarioError, match="defines 'upper_outlay', which is an indicator already"):
        load("county_bureau", {"scorecard.upper_outlay": {"total": ["patents_filed"], "start": 3}})


@pytest.mark.parametrize(("figures", "rates"), [
    ({"certified_new": 25.0}, {"certify_rate": "certified_new"}),
    ({"certified_new": 25.0, "certified_tried": 40.0},
     {"certify_rate": "certified_tried", "certify_bar": "certified_new"}),
    ({"approved": 70.0}, {"file_city": "approved"}),
    ({"approved": 70.0, "filed_upper": 90.0}, {"file_city": "filed_upper", "bar_city": "approved"}),
])
def test_what_passes_a_bar_without_a_figure_of_what_comes_to_it_is_a_matter_of_how_many_come(figures, rates):
    """Rows: G8."""
    assert {rate.number: name for rate, name in _tuned(figures)} == rates
