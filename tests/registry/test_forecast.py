"""Forecasts as results: worlds and ignorance, pages that say where they start and that can be repeated."""

import shlex
import shutil

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

import alliancelab as al
from alliancelab.agents.errors import UserError
from alliancelab.analysis.report.parts import Code, Quote, Table
from alliancelab.cli.commands import app
from alliancelab.scenarios.registry import forecast as forecasts
from alliancelab.scenarios.registry.donors import empty_world
from alliancelab.scenarios.registry.example import write_example

SMALL = {"world.firms": 240, "world.universities": 40, "world.institutes": 30, "world.agencies": 8, "world.sectors": 2}


@pytest.fixture(scope="module")
def registry(tmp_path_factory):
    folder = tmp_path_factory.mktemp("forecast") / "now"
    write_example(folder, year=2015, seed=5, overrides=SMALL)
    (folder / "projects.csv").unlink()
    return folder


def blocks(result, section, kind):
    return [block for part in result.page().sections if part.key == section for block in part.blocks
            if isinstance(block, kind)]


def test_worlds_put_ignorance_into_the_intervals(registry):
    """Rows: H3, H5."""
    luck = al.forecast(registry, years=5, replicates=36, overrides=SMALL)
    both = al.forecast(registry, years=5, worlds=12, replicates=3, overrides=SMALL)
    assert "ignorance" not in luck.totals
    assert both.totals["ignorance"].between(0.0, 1.0).all() and both.totals["ignorance"].max() > 0.3
    width = [(one.totals["high"] - one.totals["low"]).sum() for one in (luck, both)]
    assert width[1] > width[0]
    assert len(set(both.provenance["seeds"])) == 36 and both.provenance["ensemble"]["hash"]
    with pytest.raises(UserError, match="say in how many of them"):
        al.forecast(registry, years=2, ensemble="somewhere")


def test_a_share_of_ignorance_is_that_of_the_analysis_of_variance():
    """Rows: H3."""
    draws = np.random.default_rng(1)
    for between, within in ((1.0, 1.0), (2.0, 1.0), (0.0, 1.0)):
        worlds = between * draws.normal(size=(4000, 1)) + within * draws.normal(size=(4000, 4))
        table = forecasts._intervals(worlds.reshape(-1, 1), 4000, pd.Index(["x"]))
        assert table.at["x", "ignorance"] == pytest.approx(between**2 / (between**2 + within**2), abs=0.03)


def test_a_world_without_alliances_is_left_out_and_told_of(registry, monkeypatch):
    original, first = forecasts.run_from, []

    def sometimes(tables, scenario, seed, record):
        if seed // 1000 == 1 or first:
            raise empty_world("no alliance lives")
        return original(tables, scenario, seed, record)

    monkeypatch.setattr(forecasts, "run_from", sometimes)
    found = al.forecast(registry, years=1, worlds=3, replicates=2, overrides=SMALL)
    assert any(note.startswith("1 of 3 worlds have no alliance") for note in found.notes())
    first.append("all of them from now on")
    with pytest.raises(UserError, match="no alliance lives in the drawn world"):
        al.forecast(registry, years=1, worlds=3, replicates=2, overrides=SMALL)


def test_pages_say_what_came_from_the_tables_and_what_was_drawn(registry, tmp_path):
    """Rows: H5, H6."""
    made = (al.forecast(registry, years=1, replicates=2, overrides=SMALL, out=tmp_path / "forecast"),
            al.run("no_policy", overrides=SMALL, registry=registry, out=tmp_path / "run"))
    for one, name in zip(made, ("forecast", "run"), strict=True):
        for result in (one, al.read(tmp_path / name)):
            (table,) = blocks(result, "start", Table)
            rows = {row[0]: row[1:] for row in table.rows}
            assert rows["alliances"][0] == "–" and rows["running projects"] == ("drawn", "0", "–")
            assert rows["trust, knowledge, expertise and stages"][1] == "0"
    assert not blocks(al.run("no_policy", overrides=SMALL), "start", Table)


def test_a_page_gives_the_command_that_repeats_its_forecast(registry, tmp_path, monkeypatch):
    """Rows: H6."""
    made = al.forecast(registry, years=1, worlds=2, replicates=2, overrides=SMALL)
    files = {str(block.caption): block.text for block in blocks(made, "reproduction", Code)}
    command = files.pop("Command")
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    shutil.copytree(registry, tmp_path / registry.name)
    monkeypatch.chdir(tmp_path)
    answer = CliRunner().invoke(app, shlex.split(command)[1:])
    assert answer.exit_code == 0, answer.output
    again = al.read("results")
    for name, table in made.tables().items():
        pd.testing.assert_frame_equal(again.tables()[name], table, check_dtype=False, check_index_type=False)


def test_notes_with_names_of_files_are_told_as_they_are(registry, tmp_path):
    shutil.copytree(registry, tmp_path / "mine")
    table = pd.read_csv(tmp_path / "mine" / "alliances.csv", dtype=str)
    table.assign(budget="<b>1</b>").to_csv(tmp_path / "mine" / "alliances.csv", index=False)
    made = al.forecast(tmp_path / "mine", years=1, replicates=2, overrides=SMALL)
    assert any(isinstance(item, Quote) and "alliances.csv: columns not used: budget" in item
               for part in made.page().sections if part.key == "start" for block in part.blocks
               for item in getattr(block, "items", ()))
