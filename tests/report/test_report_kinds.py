"""Sweeps, scorecards, fits and studies have pages that hold their numbers and can be repeated."""

import shlex
from pathlib import Path

import numpy as np
import pytest
from matplotlib.text import Text as Letters
from typer.testing import CliRunner

import alliancelab as al
from alliancelab.agents.errors import StoreError, UserError
from alliancelab.analysis.report.parts import Code, Facts, Figure, Report, Text
from alliancelab.analysis.results.sweep import SweepResults
from alliancelab.analysis.words.numbers import number
from alliancelab.cli.commands import app
from alliancelab.scenarios import store
from alliancelab.scenarios.scenario import load
from alliancelab.scenarios.store import Stored
from alliancelab.scenarios.sweep.design import load_design
from alliancelab.scenarios.sweep.plan import Sweep
from alliancelab.scenarios.sweep.planning import new_runs, write_plan
from alliancelab.scenarios.sweep.storage import open_storage
from alliancelab.scenarios.sweep.work import do_shard
from tests.support.pages import HOSTILE, Page, section, table
from tests.support.sweeps import finished, planned

FACTORS = {"programme_grants.amount": {"low": 1, "high": 6}, "parameters.pace": {}}
HEADINGS = {
    "sweep": ["Question", "Scenarios", "Design", "Runs", "Outcomes", "Sensitivity", "Statistics", "Limits",
              "Provenance", "How to reproduce"],
    "scorecard": ["Question", "Scenarios", "Scorecard", "Courses", "Facts", "Statistics", "Limits", "Provenance",
                  "How to reproduce"],
}


def files_and_command(report: Report) -> tuple[dict[str, str], str]:
    """What a page gives to repeat its results."""
    files = [block for block in section(report, "reproduction").blocks if isinstance(block, Code)]
    command, = (block.text for block in files if block.caption == "Command")
    return {str(block.caption): block.text for block in files if block.caption != "Command"}, command


def repeated(report: Report, place: Path, monkeypatch: pytest.MonkeyPatch) -> Stored:
    """The results that the command on a page gives, run where only its files are."""
    place.mkdir()
    files, command = files_and_command(report)
    for name, text in files.items():
        (place / name).write_text(text, encoding="utf-8")
    monkeypatch.chdir(place)
    answer = CliRunner().invoke(app, shlex.split(command)[1:])
    assert answer.exit_code == 0, answer.output
    return Stored(place / "results")


@pytest.mark.parametrize("kind", HEADINGS)
def test_every_section_is_there_and_the_page_asks_for_nothing(kind, request, tmp_path):
    """Rows: H5, H6, F11, G8."""
    page = Page(al.report(request.getfixturevalue(f"{kind}_folder"), tmp_path / "page.html").read_text("utf-8"))
    assert page.texts["h2"] == HEADINGS[kind]
    assert not {tag for tag, _ in page.tags} & {"script", "link", "iframe", "object", "embed", "form", "base"}
    images = [attributes["src"] for tag, attributes in page.tags if tag == "img"]
    assert images and all(address.startswith("data:image/svg+xml;base64,") for address in images)


# --- sweeps --------------------------------------------------------------------------------------------------------


def test_hostile_titles_purposes_and_reasons_of_a_sweep_are_text(sweep_folder, tmp_path):
    page = Page(al.report(sweep_folder, tmp_path / "page.html").read_text("utf-8"))
    assert page.texts["title"] == [HOSTILE] and page.texts["h1"] == [HOSTILE]
    assert HOSTILE in page.texts["p"] and HOSTILE in page.texts["dt"]
    assert f"killed its worker 2 times ({HOSTILE})" in page.texts["code"]


def test_runs_are_counted_with_the_reasons_of_those_that_failed(sweep_folder):
    """Rows: H5, H6."""
    runs, sweep = section(al.read(sweep_folder).page(), "runs"), Sweep(sweep_folder)
    counts = dict(zip(table(runs, "How many").head, table(runs, "How many").rows[0], strict=True))
    assert counts == {"Planned": f"{sweep.runs}", "Done": f"{sweep.runs - 3}", "Failed": "1", "Set aside": "2",
                      "Missing": "0"}
    reasons = {row[0]: row[1:] for row in table(runs, "Why runs failed").rows}
    assert reasons["took longer than 3 s"] == ("Stage-matched", "1", "1", "1")  # run 5: point 1, replicate 1
    assert set(reasons) == {"took longer than 3 s", f"killed its worker 2 times ({HOSTILE})", f"ValueError: {HOSTILE}"}


def test_outcomes_over_points_are_means_of_points_that_every_replicate_answers(sweep_folder):
    """Rows: H5, H6."""
    told = table(section(al.read(sweep_folder).page(), "outcomes"), "Stage-matched: outcomes")
    rows = {row[0]: row[2:] for row in told.rows}
    runs = SweepResults(sweep_folder).runs
    runs = runs[(runs["scenario"] == "stage_matched") & ~runs["point"].isin([0, 1, 2])]  # each of these has a failure
    means = runs.groupby("point")["productivity"].mean()
    points, mean, lowest, highest = rows["Sector productivity"]
    assert points == f"{len(means)}" == f"{Sweep(sweep_folder).points - 3}"
    assert [cell.split(" ")[0] for cell in (mean, lowest, highest)] == [
        number(value) for value in (means.mean(), means.min(), means.max())]


@pytest.mark.parametrize("changes", [
    {"method": "morris", "samples": 3, "factors": FACTORS, "design_seed": 5},
    {"method": "saltelli", "samples": 4, "factors": FACTORS},
    {"method": "lhs", "samples": 5, "factors": FACTORS | {"programme_grants.from": {}}, "first_seed": 7},
    {"method": "oat", "samples": None, "steps": 3, "factors": FACTORS},
    {"method": "grid", "samples": None, "steps": 2,
     "factors": FACTORS | {"parameters.floor_patience": {"values": [1, 2, 3]}}},
    {"method": "list", "samples": None, "factors": None,
     "points": [{"programme_grants.amount": 2.0}, {"parameters.pace": 0.5, "programme_grants.from": 2009.0}]},
    {"method": "table", "samples": None, "factors": None},
], ids=lambda changes: changes["method"])
def test_the_design_on_the_page_plans_the_same_sweep(changes, tmp_path):
    """Rows: H5, H6. The hash of the plan covers every run with its point and seed."""
    if changes["method"] == "table":
        (tmp_path / "points.csv").write_text("programme_grants.amount,parameters.pace\n2,\n3,0.5\n")
        changes = changes | {"table": str(tmp_path / "points.csv")}
    sweep = finished(planned(tmp_path / "sweep", replicates=2, **changes))
    files, command = files_and_command(al.read(tmp_path / "sweep").page())
    assert command == "alliancelab sweep plan design.toml --out results\nalliancelab sweep run results"
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    design = load_design(tmp_path / "design.toml")
    again = write_plan(design, open_storage(tmp_path / "again"), new_runs(design, None), 0.05)
    assert again.manifest["plan"] == sweep.manifest["plan"]


@pytest.mark.parametrize("changes, figures", [
    ({"method": "oat", "samples": None, "steps": 3, "factors": FACTORS}, {"sensitivity", "trajectories"}),
    ({"method": "grid", "samples": None, "steps": 3, "factors": FACTORS}, {"sensitivity", "map"}),
    ({"method": "list", "samples": None, "factors": None, "points": [{"programme_grants.amount": 2.0}]}, set()),
], ids=["oat", "grid", "list"])
def test_a_method_has_the_pictures_that_it_can_have(changes, figures, tmp_path):
    finished(planned(tmp_path / "sweep", replicates=2, **changes))
    blocks = section(al.read(tmp_path / "sweep").page(), "sensitivity").blocks
    assert {block.name.split("-")[0] for block in blocks if isinstance(block, Figure)} == figures
    assert any(isinstance(block, Text) and "gives no sensitivity" in block.text for block in blocks) == (not figures)


def test_a_sweep_that_is_not_complete_is_refused_or_said_to_be_so(tmp_path):
    """Rows: H5, H6."""
    sweep = planned(tmp_path / "sweep")
    with pytest.raises(StoreError, match="the sweep is not complete, 20 of 20 shards have no part"):
        al.report(tmp_path / "sweep")
    with pytest.raises(StoreError, match="the sweep has no results yet"):
        al.report(tmp_path / "sweep", partial=True)
    for shard in sweep.shards()[:5]:
        do_shard(sweep, shard)
    page = Page(al.report(tmp_path / "sweep", partial=True).read_text("utf-8"))
    line, = (text for text in page.texts["p"] if text.startswith("Sweep of"))
    assert line == "Sweep of 10 points over 1 scenario, 20 replicates each; not complete: 50 of 200 runs"
    assert any(text.startswith("The sweep is not complete:") for text in page.texts["p"])


def test_a_partial_reading_of_something_else_is_refused(scorecard_folder):
    answer = CliRunner().invoke(app, ["report", str(scorecard_folder), "--partial"])
    assert isinstance(answer.exception, UserError)
    assert "a partial reading is for sweeps" in str(answer.exception)


# --- scorecards ----------------------------------------------------------------------------------------------------


def test_a_scorecard_holds_every_line_and_where_its_figures_stand(scorecard_folder):
    """Rows: F11, G8, H6."""
    report, lines = al.read(scorecard_folder).page(), Stored(scorecard_folder).table("scorecard")
    rows = table(section(report, "scorecard"), "Plan against outcome").rows
    assert len(rows) == len(lines)
    for row, line in zip(rows, lines.to_dict("records"), strict=True):
        assert row[2:4] == (f"{line['year']}", number(line["target"]))
        assert row[5].split(" ")[0] == number(line["met"], 2)
    places = {row[0]: row[2] for row in table(section(report, "facts"), "Figures of starts").rows}
    assert all(place.startswith("Document III") for place in places.values())
    assert set(places) == {name for column in ("start_fact", "target_fact") for name in lines[column] if name}


def test_a_scorecard_is_repeated_by_its_page(scorecard_folder, tmp_path, monkeypatch):
    """Rows: H2, H6."""
    again = repeated(al.read(scorecard_folder).page(), tmp_path / "again", monkeypatch)
    for name in ("scorecard", "courses"):
        assert again.table(name).equals(Stored(scorecard_folder).table(name))


def test_a_scorecard_of_another_version_is_refused_with_its_name(scorecard_folder, tmp_path):
    stored = Stored(scorecard_folder)
    with store.staged(tmp_path / "old") as place:
        store.write_table(place, "scorecard", stored.table("scorecard").drop(columns="met"))
        store.write_table(place, "courses", stored.table("courses"))
        store.write_json(place, "scorecard.json", stored.document | {"version": "0.0.7"})
    with pytest.raises(StoreError, match=r"lacks the column 'met': it was written by version 0\.0\.7"):
        al.report(tmp_path / "old")


# --- fits and studies ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind, tables", [
    ("lifecycle", ("shapes", "durations", "agreement")), ("counterfactual", ("matching", "effects")),
    ("validate", ("facts",)),
])
def test_a_study_is_repeated_by_its_page(kind, tables, studies, tmp_path, monkeypatch):
    """Rows: H3, H5, H6."""
    report = al.read(studies / kind).page()
    again = repeated(report, tmp_path / "again", monkeypatch)
    for name in tables:
        assert again.table(name).equals(Stored(studies / kind).table(name)), name


@pytest.mark.parametrize("kind, beginning, head", [
    ("lifecycle", "How long stages last", ["Scenario", "Stage", "Spells", "Cut off", "Lower quartile", "Median"]),
    ("lifecycle", "Share of the alliances whose fitted curve", ["Scenario", "Shape", "Share", "Alliances"]),
    ("counterfactual", "Differences of matched", ["Alliances compared", "Measure", "Unit", "Base", "Difference", "p"]),
])
def test_tables_of_studies_have_words_first_and_intervals_in_one_cell(kind, beginning, head, studies):
    found = table(section(al.read(studies / kind).page(), "tables"), beginning)
    assert found.head[:len(head)] == head and not [name for name in found.head if name in ("Low", "High")]
    assert any("[" in cell for row in found.rows for cell in row)


def test_hostile_titles_of_studies_are_text(studies, tmp_path):
    for kind in ("lifecycle", "counterfactual", "validate"):
        page = Page(al.report(studies / kind, tmp_path / f"{kind}.html").read_text("utf-8"))
        assert any(HOSTILE in text for text in page.texts["h1"]) and "script" not in page.texts


def test_a_validation_counts_its_verdicts_and_numbers_its_sources(studies):
    """Rows: H5, H6."""
    stored, facts = Stored(studies / "validate"), section(al.read(studies / "validate").page(), "facts")
    written, found = stored.table("facts"), table(facts, "What is known")
    assert [row[3:5] for row in found.rows] == list(zip(written["fitted"], written["verdict"], strict=True))
    assert facts.blocks[0].text.startswith(f"Of {len(written)} facts: ")
    assert f"{(written['verdict'] == 'inside').sum()} inside" in facts.blocks[0].text
    listed, = (block for block in facts.blocks if isinstance(block, Facts))
    sources = {word.removeprefix("Source "): said for word, said in listed.pairs}
    assert [sources[row[-1]] for row in found.rows] == [
        f"{source} ({sure})" for source, sure in zip(written["source"], written["confidence"], strict=True)]


def test_a_calibration_is_repeated_by_its_page(calibration_folder, tmp_path, monkeypatch):
    """Rows: H5, H6."""
    report = al.read(calibration_folder).page()
    assert files_and_command(report)[1] == "alliancelab calibrate fit.targets.toml --recover 1 --out results"
    again, first = repeated(report, tmp_path / "again", monkeypatch), Stored(calibration_folder)
    assert again.document["measured"] == first.document["measured"]
    for name in ("fit", "parameters", "recovered"):
        assert again.table(name).equals(first.table(name))
    result, = (block for block in section(report, "result").blocks if isinstance(block, Code))
    (tmp_path / "result.toml").write_text(result.text, encoding="utf-8")
    estimates = first.table("parameters").set_index("parameter")["estimate"]
    calibrated = load(tmp_path / "result.toml").parameters
    assert np.allclose([calibrated[name] for name in estimates.index], estimates, rtol=1e-3)


@pytest.mark.parametrize("kind", ["lifecycle", "counterfactual", "validate"])
def test_pictures_of_a_folder_are_those_that_the_study_drew(kind, studied):
    """Rows: H6. Their letters and marks."""
    first, again = studied[1][kind].plot.all(), al.read(studied[0] / kind).plot.all()
    assert list(first) == list(again)
    for name, picture in first.items():
        for one, other in zip(picture.axes, again[name].axes, strict=True):
            assert [text.get_text() for text in one.findobj(Letters)] == [
                text.get_text() for text in other.findobj(Letters)]
            for mine, theirs in zip(one.lines, other.lines, strict=True):
                assert np.allclose(np.asarray(mine.get_xydata(), float), np.asarray(theirs.get_xydata(), float),
                                   equal_nan=True)


def test_a_study_whose_table_lacks_a_column_is_refused_in_one_sentence(studies, tmp_path):
    stored = Stored(studies / "counterfactual")
    with store.staged(tmp_path / "old") as place:
        for name in stored.tables:
            table = stored.table(name)
            store.write_table(place, name, table.drop(columns="share") if name == "matching_by_year" else table)
        store.write_json(place, "counterfactual.json", stored.document)
    with pytest.raises(StoreError, match="the results are not as alliancelab writes them"):
        al.report(tmp_path / "old")
