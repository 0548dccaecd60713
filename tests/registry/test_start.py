"""Worlds that start from a registry, and forecasts from them."""

import random
import re
import shlex
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import alliancelab as al
from alliancelab.agents.errors import UserError
from alliancelab.cli import main
from alliancelab.scenarios.registry.example import write_example
from alliancelab.scenarios.registry.read import read_registry
from alliancelab.scenarios.registry.scores import crps, crps_two
from alliancelab.scenarios.registry.world import run_from, scenario_from

SMALL = {"world.firms": 240, "world.universities": 40, "world.institutes": 30, "world.agencies": 8, "world.sectors": 2}


@pytest.fixture(scope="module")
def snapshots(tmp_path_factory):
    """A registry of a small world, and the same three years later."""
    folder = tmp_path_factory.mktemp("registry")
    for name, year in (("now", 2015), ("later", 2018)):
        write_example(folder / name, year=year, seed=5, overrides=SMALL)
    return folder / "now", folder / "later"


def memberships_at_start(registry, started):
    """Memberships of a run at the day of its registry, by the names of the tables."""
    names = {key: name for name, key in started.organisations.items()}
    spells = started.recording.members[: len(registry.members())]
    return sorted((started.alliances[spell["alliance"]], names[int(spell["organisation"])]) for spell in spells)


def test_a_run_starts_from_what_the_tables_tell(snapshots):
    registry = read_registry(snapshots[0])
    scenario = scenario_from(registry, "no_policy", SMALL, years=1)
    started = run_from(registry, scenario, 1)
    told = registry.members()
    assert memberships_at_start(registry, started) == sorted(zip(told["alliance"], told["organisation"], strict=True))
    recording = started.recording
    names = {key: name for name, key in started.organisations.items()}
    running = registry.running().set_index("id")
    own = recording.project_members[: sum(map(len, running["members"]))]
    homes = recording.projects["alliance"]
    teams = sorted((started.alliances[homes[spell["project"]]], names[int(spell["organisation"])]) for spell in own)
    told = [(project["alliance"], name) for _, project in running.iterrows() for name in project["members"]]
    assert teams == sorted(told)
    founded = [int(date[:4]) + (int(date[5:7]) - 1) / 12 for date in registry.living()["founded"]]
    years = recording.setup.year(recording.alliances["founded"][: len(founded)])
    assert sorted(years) == pytest.approx(sorted(founded))
    assert scenario.world["start_year"] == 2015


def test_seeds_draw_anew_what_is_not_told_and_repeat_themselves(snapshots):
    registry = read_registry(snapshots[0])
    scenario = scenario_from(registry, "no_policy", SMALL, years=1)
    first, again, other = (run_from(registry, scenario, seed).recording for seed in (1, 1, 2))
    assert first.panel.tobytes() == again.panel.tobytes()
    assert not np.array_equal(first.alliances["trust"][:5], other.alliances["trust"][:5])


def test_a_large_registry_is_loaded_in_seconds_and_exactly(tmp_path):
    """146 alliances of 10 to 500 members among 5,000 organisations. Source: issue 19."""
    draws = random.Random(1)
    names = [f"Organisation {i}" for i in range(5000)]
    kinds = ["firm"] * 7 + ["university"] * 2 + ["institute"]
    rows = [f"{name},{draws.choice(kinds)},S{i % 8},R{i % 12},{draws.lognormvariate(4, 1):.2f}\n"
            for i, name in enumerate(names)]
    (tmp_path / "organisations.csv").write_text("name,kind,sector,region,size\n" + "".join(rows))
    seats = [(name, a) for a in range(146) for name in draws.sample(names, round(10 * 50 ** (a / 145)))]
    (tmp_path / "memberships.csv").write_text("organisation,alliance,from\n" + "".join(
        f"{name},Alliance {a},{2005 + a % 14}-03-01\n" for name, a in seats))
    began = time.process_time()  # of the processor: other tests run beside this one
    registry = read_registry(tmp_path, "2020-01-01")
    read = time.process_time() - began
    scenario = scenario_from(registry, "no_policy", {"world.quarters": 41})
    run_from(read_registry(tmp_path, "2020-01-01"), scenario, 0)  # compiles
    began = time.process_time()
    started = run_from(registry, scenario, 0)
    assert read + time.process_time() - began < 10.0
    told = registry.members()
    assert len(told) == len(seats)
    assert memberships_at_start(registry, started) == sorted(zip(told["alliance"], told["organisation"], strict=True))


def test_what_the_tables_lack_is_drawn(tmp_path):
    """Memberships without kinds, sectors, dates or projects are enough for a run."""
    (tmp_path / "memberships.csv").write_text(
        "organisation,alliance\n" + "".join(f"o{i % 31},A{i % 7}\n" for i in range(70)))
    registry = read_registry(tmp_path, "2016-05-05")
    scenario = scenario_from(registry, "no_policy", SMALL, years=1)
    started = run_from(registry, scenario, 3)
    told = registry.members()
    assert memberships_at_start(registry, started) == sorted(zip(told["alliance"], told["organisation"], strict=True))
    assert started.recording.projects["started"].size


def test_al_run_tells_which_alliance_is_which_row(snapshots):
    run = al.run("stage_matched", seed=1, overrides=SMALL | {"world.quarters": 44}, registry=snapshots[0])
    told = run.provenance["registry"]
    assert len(told["alliances"]) == len(read_registry(snapshots[0]).living())
    assert len(run.alliances) >= len(told["alliances"]) and run.panel["quarter"].min() == 40
    assert set(told["organisations"].values()) <= {int(key) for key in run.recording.members["organisation"]}


def test_tables_of_a_run_name_what_the_registry_names(snapshots, tmp_path):
    registry = read_registry(snapshots[0])
    run = al.run("stage_matched", seed=1, overrides=SMALL | {"world.quarters": 44}, registry=snapshots[0], out=tmp_path)
    start = run.members[run.members["joined"] <= 40].iloc[: len(registry.members())]
    named = zip(run.alliances["name"].loc[start["alliance"]], start["name"], strict=True)
    told = registry.members()
    assert sorted(named) == sorted(zip(told["alliance"], told["organisation"], strict=True))
    pd.testing.assert_frame_equal(al.read(tmp_path).members, run.members)
    assert "name" not in al.run("stage_matched", seed=1, overrides=SMALL | {"world.quarters": 44}).members


def test_regions_and_missing_warm_ups_are_refused(snapshots):
    registry = read_registry(snapshots[0])
    with pytest.raises(UserError, match="regional system"):
        scenario_from(registry, "dongying")
    with pytest.raises(UserError, match="warm_up"):
        scenario_from(registry, "no_policy", {"world.warm_up": 0})


def test_a_forecast_is_scored_on_the_command_line(snapshots, monkeypatch, capsys, tmp_path):
    now, later = map(str, snapshots)
    out = tmp_path / "out"
    monkeypatch.setattr("sys.argv", ["alliancelab", "forecast", now, "--held-out", later, "--replicates", "4",
                                     "--out", str(out), "--set", "world.firms=240", "--set", "world.universities=40"])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code in (0, None)
    assert "Scores against what came" in capsys.readouterr().out
    again = al.read(out)
    assert {"survived", "members_came"} <= set(again.alliances) and again.years == 3
    page = again.report(tmp_path / "page.html").read_text("utf-8")
    assert "What came from the tables, and what was drawn" in page and "Nothing changes" in page


def test_a_malformed_registry_ends_with_code_two_and_every_sentence(tmp_path, monkeypatch, capsys):
    (tmp_path / "memberships.csv").write_text("organisation,alliance,from\na,A,never\n,A,2010\n")
    monkeypatch.setattr("sys.argv", ["alliancelab", "forecast", str(tmp_path), "--years", "2", "--date", "2020-01-01",
                                     "--out", str(tmp_path / "out")])
    with pytest.raises(SystemExit) as ended:
        main()
    told = capsys.readouterr().err
    assert ended.value.code == 2 and "row 2, column 'from'" in told and "row 3, column 'organisation'" in told
    assert not (tmp_path / "out").exists()


def test_the_score_of_an_ensemble_is_the_integral_of_squared_distance():
    draws = np.array([[0.0], [1.0], [1.0], [4.0]])
    grid = np.linspace(-5, 10, 150_001)
    shares = (draws <= grid).mean(axis=0)
    for came in (-1.0, 0.5, 3.0, 7.0):
        integral = ((shares - (grid >= came)) ** 2).sum() * (grid[1] - grid[0])
        assert crps(draws, np.array([came]))[0] == pytest.approx(integral, abs=1e-3)
    two = np.repeat([[0.0], [5.0]], [1, 3], axis=0)
    assert crps(two, np.array([2.0])) == pytest.approx(crps_two(np.array([5.0]), np.array([0.75]), np.array([2.0])))


@pytest.mark.slow
def test_a_forecast_beats_the_naive_ones_on_a_registry_of_the_model(tmp_path):
    """The world that made the registry has parameters of its own: short terms, members that come and go."""
    hidden = {"parameters.term": 12.0, "parameters.exit_rate": 0.003, "parameters.entry_rate": 0.05}
    for name, year in (("now", 2016), ("later", 2020)):
        write_example(tmp_path / name, year=year, seed=11, overrides=hidden)
    found = al.forecast(tmp_path / "now", held_out=tmp_path / "later", replicates=30, first_seed=500)
    for measure in ("members", "running projects"):
        row = found.scores.loc[(measure, "CRPS")]
        assert row["model"] < row["nothing_changes"] and row["model"] < row["kaplan_meier"]
        assert 0.8 <= row["within"] <= 1.0


@pytest.mark.slow
def test_the_five_minute_path_runs_as_it_is_written(tmp_path):
    page = (Path(__file__).parents[2] / "docs" / "registry.md").read_text(encoding="utf-8")
    commands = re.findall(r"```\n(alliancelab registry example.*?)```", page, re.DOTALL)[0].splitlines()
    for line in commands:
        words = [sys.executable, "-m", *shlex.split(line)]
        answer = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert answer.returncode == 0, answer.stderr
    assert "Scores against what came" in (tmp_path / "forecast" / "report.html").read_text("utf-8")
