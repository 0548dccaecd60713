"""Indicators of a region, declared and one's own, are outcomes of every study, and its numbers are factors of them."""

import pickle

import numpy as np
import pytest

import alliancelab as al
from alliancelab.agents.errors import ScenarioError
from alliancelab.model.simulation import simulate
from alliancelab.scenarios.regional_outcomes import outcomes_for
from alliancelab.scenarios.scenario import load
from alliancelab.scenarios.scorecard import score
from alliancelab.scenarios.targets import problem_of
from tests.support.command import alliancelab

OWN = """title = "Mine"
base = "county_bureau"
[world]
quarters = 172
[scorecard]
upper = { total = ["filed_city", "filed_province", "filed_nation"], targets = { 2009 = 60 }, title = "Filed above" }
upper_share = { ratio = ["upper", "patents_filed"], start = 0.2, unit = "share" }
upper_growth = { growth = "upper", start = 0.0 }
output = false
"""

DESIGN = """title = "Filing"
scenarios = ["mine.toml"]
method = "sobol"
samples = 16
replicates = 1
[factors]
region.file_city = { low = 0.05, high = 0.3 }
"region.patent_filing" = { low = 0.5, high = 1.5 }
"""

TARGETS = {
    "base": "county_bureau", "replicates": 3, "search": {"points": 4, "starts": 1},
    "vary": {"region": {"patent_filing": [0.4, 1.5]}, "region.file_city": [0.05, 0.3]},
    "targets": {"regional_patents_filed": {"value": 400.0, "spread": 20.0},
                "regional_filed_city": {"value": 50.0, "spread": 3.0},
                "money": {"moment": "regional_upper_funds", "value": 20.0, "spread": 5.0, "fit": False}},
}


@pytest.fixture
def mine(tmp_path):
    """A folder with a county that has lines of its own."""
    (tmp_path / "mine.toml").write_text(OWN, encoding="utf-8")
    return tmp_path


def test_lines_of_ones_own_are_outcomes_that_travel(mine):
    """Rows: H3, G8."""
    scenario = load(mine / "mine.toml")
    own = [outcome for outcome in outcomes_for([scenario])
           if outcome.name.startswith("regional_upper") and outcome.name != "regional_upper_outlay"]
    assert [outcome.title for outcome in own][1:] == ["Region: Filed above", "Region: Upper share",
                                                      "Region: Upper growth"]
    run = simulate(scenario.setup(0))
    values = [outcome.value(run) for outcome in pickle.loads(pickle.dumps(own))]
    card = score(scenario, 1)
    last = dict(zip(card.indicators, card.values[:, -1, 0], strict=True))
    assert values[1:] == [last["upper"], last["upper_share"], last["upper_growth"]]


def test_a_comparison_reads_them_of_scenarios_that_do_not_declare_them(mine):
    """Rows: H3."""
    table = al.compare([mine / "mine.toml", "county_bureau_no_contracts"], replicates=3,
                       overrides={"world.quarters": 172}).differences
    assert table.loc[("county_bureau_no_contracts", "regional_upper"), "difference"] < 0


def test_two_meanings_of_one_name_are_refused(mine):
    (mine / "other.toml").write_text(
        'base = "mine.toml"\n[scorecard]\nupper = { total = ["filed_nation"], start = 1 }\n', encoding="utf-8")
    answer = alliancelab("compare", "mine.toml", "other.toml", "--replicates", "2", folder=mine)
    assert answer.returncode == 2
    assert "mine and other define scorecard.upper differently; give one of the two another name" in answer.stderr


def test_sweeps_store_them_and_boxes_and_ranks_are_found_of_them(mine):
    """Rows: H5."""
    (mine / "design.toml").write_text(DESIGN, encoding="utf-8")
    results = al.sweep(mine / "design.toml", mine / "sweep", workers=1)
    ranked = results.sensitivity(["regional_upper"])["coefficient"].abs()
    assert ranked["regional_upper"].idxmax() == "region.file_city"
    box = al.read_sweep(mine / "sweep").discover("regional_upper", above=float(results.runs["regional_upper"].median()))
    assert box.limits.index[0] == "region.file_city"
    results.runs.to_csv(mine / "runs.csv", index=False)
    again = {"title": "Again", "scenarios": ["mine.toml"], "method": "table", "table": "runs.csv"}
    (mine / "again.toml").write_text("\n".join(f"{key} = {value!r}" for key, value in again.items()), encoding="utf-8")
    answer = alliancelab("sweep", "plan", "again.toml", "--out", "again", folder=mine)
    assert answer.returncode == 0 and "16 runs" in answer.stdout  # its columns of results are no factors


def test_numbers_of_a_region_are_fitted_to_its_outcomes(mine):
    """Rows: H5, G8."""
    fit = al.calibrate(TARGETS)
    assert list(fit.parameters.index) == ["region.patent_filing", "region.file_city"]
    assert fit.missed() == "" and np.isfinite(fit.fit.loc["money", "model"])
    (mine / "fitted.toml").write_text(fit.scenario_file, encoding="utf-8")
    assert load(mine / "fitted.toml").region["file_city"] == fit.parameters.loc["region.file_city", "estimate"]


def test_a_calibration_over_a_file_writes_the_region_in_full(mine):
    """Rows: H5."""
    (mine / "own.targets.toml").write_text(
        'base = "mine.toml"\nreplicates = 2\n[search]\npoints = 2\nstarts = 1\n[vary]\nregion.file_city = [0.05, 0.3]\n'
        '[targets.regional_upper]\nvalue = 60\nspread = 9\n', encoding="utf-8")
    al.calibrate(mine / "own.targets.toml", out=mine / "fit")
    whole = load(mine / "fit" / "own.toml")
    assert whole.scorecard == load(mine / "mine.toml").scorecard and whole.base is None
    changed = {name for name, value in whole.region.items() if value != load(mine / "mine.toml").region.get(name)}
    assert changed == {"file_city"}


@pytest.mark.parametrize("change, sentence", [
    ({"base": "no_policy"}, "regional_patents_filed is of a region, and no_policy has no"),
    ({"vary": {"region.file_cit": [0.1, 0.2]}}, "did you mean 'region.file_city'"),
    ({"vary": {"region.file_city": [0.1, 9.0]}}, "has to rise within 0 to 2"),
    ({"vary": {"region.open_sectors": [1, 3]}}, "counts whole things"),
    ({"targets": {"regional_patents_file": {"value": 1.0, "spread": 1.0}}}, "did you mean 'regional_patents_filed'"),
    ({"targets": {"founded": {"value": 1.0, "spread": 1.0, "scenario": "no_policy"}}, "vary": {
        "region.file_city": [0.1, 0.2]}}, "is a number of a region, and no_policy has no"),
])
def test_targets_that_no_region_answers_are_refused(change, sentence):
    with pytest.raises(ScenarioError, match=sentence):
        problem_of({**TARGETS, **change}, "custom", "the targets")


def test_an_ensemble_says_that_it_draws_no_numbers_of_a_region():
    with pytest.raises(ScenarioError, match=r"an ensemble draws parameters, and region\.patent_filing is"):
        al.calibrate(TARGETS, ensemble=20)


def test_the_list_of_outcomes_holds_those_of_regions():
    """Rows: H3, H4."""
    table = al.outcomes()
    assert table.index.is_unique and table.loc["regional_trust", "title"] == "Region: Trust of panels"
