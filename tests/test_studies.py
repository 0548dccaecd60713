"""Studies run from Python and from the command line, answer machines in JSON and mistakes in a sentence."""

import json

import numpy as np
import pytest

import alliancelab as al
from alliancelab.agents.codes import Event, Stage
from alliancelab.agents.errors import UserError
from alliancelab.analysis.life.step_curves import SHAPES
from alliancelab.analysis.life.turning_points import POINTS
from alliancelab.scenarios.runner import record, run_one
from alliancelab.scenarios.scenario import load
from tests.support.command import alliancelab

CHANGES = {"world.firms": 200, "world.sectors": 2, "world.quarters": 80}
SMALL = [text for key, value in CHANGES.items() for text in ("--set", f"{key}={value}")]


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    """Life cycles of two scenarios, three seeds, written to a folder."""
    folder = tmp_path_factory.mktemp("study") / "out"
    return al.lifecycle(["no_policy", "stage_matched"], replicates=3, overrides=CHANGES, out=folder), folder


def test_recordings_are_those_of_single_runs_whatever_the_number_of_threads():
    """Rows: H3."""
    scenario = load("no_policy", CHANGES)
    (kept,) = record([scenario], 3, first_seed=4, workers=2)
    alone = run_one(scenario, 5)
    for name in ("curves", "alliances", "panel", "events", "members", "ledger"):
        assert np.array_equal(getattr(kept[1], name), getattr(alone, name)), name


def test_curves_are_fitted_to_every_alliance_that_lived_a_year(study):
    """Rows: H4."""
    result, _ = study
    run = al.run("no_policy", seed=0, overrides=CHANGES)
    alone = run.fit_curves().table
    young = run.alliances[run.alliances["founded"] >= run.scenario.world["warm_up"]]
    lived = run.panel.groupby("alliance").size()
    assert set(alone.index) == set(young.index) & set(lived[lived >= 4].index)
    mine = result.curves.loc["no_policy"]
    assert (mine.loc[mine["run"] == 0, "shape"] == alone["shape"]).all()
    assert set(alone["shape"]) <= set(SHAPES)
    assert mine["error"].median() < 0.03  # of vitality; single short lives are followed less well


def test_tables_of_life_cycles_hold_every_scenario_and_add_up(study):
    """Rows: A3, A4, H4."""
    result, _ = study
    assert result.shapes.groupby("scenario")["share"].sum().to_numpy() == pytest.approx(1.0)
    assert result.turning_points.index.get_level_values("point").unique().tolist() == list(POINTS)
    warm_up = result.scenarios[0].world["warm_up"]
    for name, runs in zip(result.names, result.recordings, strict=True):
        lived = sum(int((np.where(r.alliances["ended"] < 0, len(r.curves) - 1, r.alliances["ended"])
                         - r.alliances["founded"] + 1)[r.alliances["founded"] >= warm_up].sum()) for r in runs)
        hazards = result.hazards.loc[name].xs("pilot", level="treatment")
        assert hazards["years"].sum() == pytest.approx(lived / 4)
        entries = sum(int(((r.events["event"] == Event.STAGE) & (r.events["value"] == Stage.REGROWTH)
                           & (r.alliances["founded"][r.events["alliance"]] >= warm_up)).sum()) for r in runs)
        assert result.doors.loc[name, "entries"].sum() == entries
    profile = result.stage_profile.dropna()  # a stage seen in one run only has no interval
    rounding = 1e-12 * profile["mean"].abs()
    assert (profile["low"] <= profile["mean"] + rounding).all()
    assert (profile["mean"] <= profile["high"] + rounding).all()
    under_contract = sum(int((fits.stages > Stage.FORMATION).sum()) for runs in result.fits for fits in runs)
    assert result.confusion.to_numpy().sum() == under_contract
    assert {"supported", "against no_policy"} <= set(result.hazard_ratios.loc["stage_matched"].index)
    assert "Turning points" in result._repr_html_()


def test_life_cycles_are_written_as_tables_and_pictures(study):
    result, folder = study
    stored = al.read(folder)
    assert set(stored.tables()) == set(result.tables())
    assert stored.kind == stored.provenance["kind"] == "lifecycle"
    assert {path.name for path in folder.glob("*.png")} == {f"{name}.png" for name in result.figures()}
    for figure in result.figures().values():
        assert any(axes.get_title(loc="left") for axes in figure.axes)


def test_a_profile_of_one_run_is_that_of_the_run():
    """Rows: A4."""
    profile = al.lifecycle(["no_policy"], replicates=1, overrides=CHANGES).stage_profile.loc["no_policy"]
    alone = al.run("no_policy", seed=0, overrides=CHANGES).stage_profile
    assert profile["mean"].to_numpy() == pytest.approx(alone["mean"].to_numpy(), nan_ok=True)
    assert profile["low"].isna().all()


def test_a_counterfactual_is_written_and_shown(tmp_path):
    """Rows: H3."""
    result = al.counterfactual("no_policy", "only_pilot_selection_mid", 3, overrides=CHANGES, out=tmp_path / "out")
    assert set(al.read(tmp_path / "out").tables()) == set(result.tables())
    assert {"matching", "effects", "pilots"} <= set(result.tables())
    assert set(result.figures()) == {"matching", "pilots"}
    assert any("effect + selection - interference" in note for note in result.notes())


def test_a_plan_covers_what_it_is_asked_for():
    plan = al.plan_replicates(["no_policy", "stage_matched"], ["founded", "patents"], pilot=12, overrides=CHANGES)
    assert plan.table.index.tolist() == ["founded", "patents"]
    assert plan.pilot == 12
    assert (plan.table["for_power"] > plan.table["for_difference"]).all()


def test_commands_answer_machines_in_json():
    lives = json.loads(alliancelab("lifecycle", "no_policy", "--replicates", "2", "--json", *SMALL).stdout)
    assert {row["shape"] for row in lives["shapes"]} == set(SHAPES)
    same = json.loads(alliancelab("counterfactual", "no_policy", "formation_only", "--replicates", "2", "--json",
                                  *SMALL).stdout)
    assert {row["what"] for row in same["additionality"]} >= {"deadweight", "additional", "net"}
    plan = json.loads(alliancelab("replicates", "no_policy", "--outcome", "founded", "--half-width", "2", "--pilot",
                                  "12", "--json", *SMALL).stdout)
    assert plan["outcomes"][0]["half_width"] == 2.0 and plan["advice"]


def test_commands_print_tables_and_write_pages_and_figures(tmp_path):
    shown = alliancelab("counterfactual", "no_policy", "formation_only", "--replicates", "2", *SMALL)
    assert "Additionality" in shown.stdout and shown.returncode == 0
    answer = alliancelab("lifecycle", "no_policy", "--replicates", "2", "--markdown", "page.md", *SMALL,
                         folder=tmp_path)
    assert answer.returncode == 0, answer.stderr
    page = (tmp_path / "page.md").read_text(encoding="utf-8")
    assert "alliancelab lifecycle no_policy --replicates 2 --seed 0 --set world.firms=200" in page
    assert "## Turning points" in page
    answer = alliancelab("replicates", "no_policy", "--pilot", "12", "--figure", "plan.png", *SMALL, folder=tmp_path)
    assert answer.returncode == 0, answer.stderr
    assert (tmp_path / "plan.png").stat().st_size > 10_000


MISTAKES = {
    "unknown outcome": (["replicates", "no_policy", "--outcome", "patent"], "did you mean 'patents'?"),
    "three scenarios": (["replicates", "no_policy", "pilots_assessed", "growth_only"], "not 3"),
    "small block": (["replicates", "no_policy", "--pilot", "3"], "at least 10"),
    "width without outcome": (["replicates", "no_policy", "--half-width", "2"], "name the outcome"),
    "width of nothing": (["replicates", "no_policy", "--outcome", "founded", "--half-width", "0"], "positive number"),
    "certain power": (["replicates", "no_policy", "--power", "1"], "between 0 and 1"),
    "one cell": (["replicates", "no_policy", "--cells", "1"], "at least 2"),
    "same scenario": (["counterfactual", "no_policy", "no_policy"], "two scenarios are called"),
    "figure of a strange kind": (["replicates", "no_policy", "--pilot", "10", "--figure", "plan.xyz", *SMALL],
                                 "has to end in .png"),
    "figure nowhere": (["replicates", "no_policy", "--pilot", "10", "--figure", "gone/plan.png", *SMALL],
                       "cannot be written"),
    "page nowhere": (["counterfactual", "no_policy", "formation_only", "--replicates", "2", "--markdown",
                      "gone/page.md", *SMALL], "cannot be written"),
    "no alliance to follow": (["lifecycle", "no_policy", "--replicates", "2", "--set", "world.firms=2", "--set",
                               "world.sectors=1", "--set", "world.quarters=44", "--set", "world.warm_up=8"],
                               "make the world larger"),
    "no replicates": (["lifecycle", "no_policy", "--replicates", "0"], "replicates is 0"),
    "folder that is a file": (["lifecycle", "no_policy", "--out", "/dev/null"], "give the name of a new folder"),
}


@pytest.mark.parametrize("arguments, answer", MISTAKES.values(), ids=MISTAKES.keys())
def test_a_mistake_in_a_study_ends_in_one_sentence_and_exit_code_2(arguments, answer, tmp_path):
    result = alliancelab(*arguments, folder=tmp_path)
    assert result.returncode == 2, result.stderr
    assert answer in result.stderr
    assert "Traceback" not in result.stderr and result.stdout == ""


def test_worlds_of_different_size_hold_no_counterfactual():
    other = load("stage_matched", {"world.firms": 300})
    with pytest.raises(UserError, match=r"differ in world\.firms"):
        al.counterfactual("no_policy", other, 2)


def test_no_scenario_is_a_mistake_from_python_too():
    with pytest.raises(UserError, match="name at least one"):
        al.lifecycle([])
