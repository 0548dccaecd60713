"""What people type: results on stdout, everything else on stderr, mistakes in one sentence with exit code 2."""

import json
import os
import resource
import subprocess
import sys

import pytest

from alliancelab.cli import show
from alliancelab.scenarios.layers import library_names
from tests.support.command import alliancelab

SMALL = ["--set", "world.firms=120", "--set", "world.sectors=2", "--set", "world.quarters=60", "--set",
         "world.warm_up=20"]


def test_help_names_every_command():
    answer = alliancelab("--help")
    assert answer.returncode == 0
    commands = ("run", "compare", "report", "scenarios", "levers", "check", "new")
    assert all(command in answer.stdout for command in commands)


def test_a_table_shows_names_as_they_are_typed(capsys):
    show.rows([{"stage_matched": 1.0, "parameter": "exit_rate"}], "Names")
    printed = capsys.readouterr().out
    assert "stage_matched" in printed and "exit_rate" in printed


def test_numbers_that_have_no_room_beside_one_another_go_below_and_stay_whole(monkeypatch, capsys):
    monkeypatch.setattr(show, "WIDTH_OF_FILES", 60)
    row = {"scenario": "stage_matched"} | {f"number_{k}": 100.5 + k for k in range(9)}
    show.rows([row, row | {"scenario": "no_policy"}], "Many numbers")
    said = capsys.readouterr().out
    assert max(map(len, said.splitlines())) <= 60
    for name, value in row.items():
        assert name in said and show.cell(value) in said
    assert said.count("stage_matched") == said.count("Many numbers") > 1


def test_help_imports_nothing_heavy():
    code = ("import sys; from alliancelab.cli import commands; "
            "print([m for m in ('numpy', 'numba', 'pandas', 'matplotlib', 'mesa', 'pydantic', 'panel') "
            "if m in sys.modules])")
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "[]"


@pytest.mark.slow
def test_help_answers_in_a_third_of_a_second():
    """Time of the processor, which other work on the machine does not stretch as it does the clock's."""
    alliancelab("--help")
    times = []
    for _ in range(5):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        alliancelab("--help")
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        times.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    assert min(times) <= 0.3


def test_scenarios_lists_the_library():
    answer = alliancelab("scenarios", "--json")
    assert [row["name"] for row in json.loads(answer.stdout)] == library_names()
    assert all(name in alliancelab("scenarios").stdout for name in library_names())


def test_levers_of_a_stage_are_those_of_its_instruments():
    answer = json.loads(alliancelab("levers", "growth", "--json").stdout)
    assert {item["name"] for item in answer} == {
        "programme_guide", "programme_grants", "supervision", "platforms", "method_training"}
    assert "intensity" in alliancelab("levers", "growth").stdout


def test_effects_tells_what_each_instrument_does_alone_and_writes_a_page(tmp_path):
    rows = json.loads(alliancelab("effects", "mid", "--replicates", "2", "--json").stdout)
    assert len({row["instrument"] for row in rows}) == 23 and {row["strength"] for row in rows} == {"mid"}
    paid = {row["instrument"]: row["difference"] for row in rows if row["outcome"] == "public_outlay"}
    assert paid["meetings"] > 10
    assert alliancelab("effects", "--replicates", "2", "--markdown", "page.md", folder=tmp_path).returncode == 0
    assert (tmp_path / "page.md").read_text(encoding="utf-8").count("| meetings, mid | no_policy |") == 1
    refused = alliancelab("effects", "medium")
    assert refused.returncode == 2 and "no strength 'medium'" in refused.stderr


def test_new_makes_a_file_that_check_accepts_and_run_runs(tmp_path):
    assert alliancelab("new", "mine.toml", "--base", "stage_matched", folder=tmp_path).returncode == 0
    answer = alliancelab("check", "mine.toml", folder=tmp_path)
    assert answer.returncode == 0 and "valid scenario" in answer.stdout
    assert alliancelab("run", "mine.toml", *SMALL, folder=tmp_path).returncode == 0


def test_run_prints_and_writes_the_same_outcomes(tmp_path):
    answer = alliancelab("run", "stage_matched", "--seed", "3", "--json", "--out", "out", *SMALL, folder=tmp_path)
    assert answer.returncode == 0, answer.stderr
    printed = {row["outcome"]: row["value"] for row in json.loads(answer.stdout)["outcomes"]}
    document = json.loads((tmp_path / "out" / "run.json").read_text(encoding="utf-8"))
    assert document["outcomes"].keys() == printed.keys()
    assert document["seeds"] == [3]
    assert {"curves.parquet", "alliances.parquet", "events.parquet", "ledger.parquet", "members.parquet"} <= {
        path.name for path in (tmp_path / "out").iterdir()}


def test_a_run_that_is_piped_keeps_stderr_quiet():
    alliancelab("run", "no_policy", *SMALL)  # compiles, where nothing has been compiled yet
    assert alliancelab("run", "no_policy", *SMALL).stderr == ""


@pytest.mark.slow
def test_the_first_compilation_is_announced_on_stderr(tmp_path):
    answer = subprocess.run([sys.executable, "-m", "alliancelab", "run", "no_policy", "--json", *SMALL],
                            env={**os.environ, "ALLIANCELAB_CACHE": str(tmp_path)}, capture_output=True, text=True,
                            check=True)
    assert "Compiling" in answer.stderr
    assert json.loads(answer.stdout)["seed"] == 0


def test_compare_writes_tables_and_pictures(tmp_path):
    answer = alliancelab("compare", "no_policy", "stage_matched", "--replicates", "4", "--out", "out", *SMALL,
                         folder=tmp_path)
    assert answer.returncode == 0, answer.stderr
    names = {path.name for path in (tmp_path / "out").iterdir()}
    assert {"outcomes.parquet", "summary.parquet", "differences.parquet"} <= names
    assert any(name.endswith(".png") for name in names)


def test_compare_answers_machines_in_json():
    answer = alliancelab("compare", "no_policy", "stage_matched", "--replicates", "3", "--json", *SMALL)
    document = json.loads(answer.stdout)
    assert document["scenarios"] == ["no_policy", "stage_matched"]
    assert {row["scenario"] for row in document["differences"]} == {"stage_matched"}


def test_compare_with_a_budget_reports_what_was_achieved():
    answer = alliancelab("compare", "no_policy", "formation_only", "stage_matched", "--replicates", "3",
                         "--budget", "68", "--json", *SMALL)
    assert answer.returncode == 0, answer.stderr
    budgets = {line["name"]: line for line in json.loads(answer.stdout)["budgets"]}
    assert budgets["no_policy"]["outlay"] == 0
    assert budgets["stage_matched"]["target"] == 68


def test_one_scenario_alone_is_summarised():
    answer = alliancelab("compare", "no_policy", "--replicates", "2", "--json", *SMALL)
    assert json.loads(answer.stdout)["differences"] == []


MISTAKES = {
    "unknown scenario": (["run", "stage_match"], "did you mean 'stage_matched'?"),
    "unknown stage": (["levers", "grwth"], "did you mean 'growth'?"),
    "missing file": (["check", "gone.toml"], "gone.toml: there is no such file"),
    "unknown key": (["run", "no_policy", "--set", "world.firmz=3"], "did you mean 'firms'?"),
    "change without value": (["run", "no_policy", "--set", "world.firms"], "has to be KEY=VALUE"),
    "change given twice": (["run", "no_policy", "--set", "a.b=1", "--set", "a.b=2"], "twice"),
    "text for a number": (["run", "no_policy", "--set", "world.firms=many"], "must be a whole number, not 'many'"),
    "smuggled key": (["run", "no_policy", "--set", "world.firms=100\nother=1"], "must be a whole number"),
    "negative seed": (["run", "no_policy", "--seed", "-1"], "the seed -1 has to be"),
    "no replicates": (["compare", "no_policy", "--replicates", "0"], "replicates is 0"),
    "no workers": (["compare", "no_policy", "--workers", "0"], "workers is 0"),
    "one scenario twice": (["compare", "no_policy", "no_policy"], "two scenarios are called"),
    "budget of nothing": (["compare", "stage_matched", "--budget", "0"], "positive number"),
    "unwritable folder": (["run", "no_policy", "--out", "/proc/out"], "give a folder that can be written"),
    "folder that is a file": (["run", "no_policy", "--out", "/dev/null"], "give the name of a new folder"),
    "unknown base": (["new", "mine.toml", "--base", "nothing"], "no scenario 'nothing'"),
    "unknown option": (["run", "no_policy", "--sede", "1"], "No such option"),
}


@pytest.mark.parametrize("arguments, answer", MISTAKES.values(), ids=MISTAKES.keys())
def test_a_mistake_ends_in_one_sentence_and_exit_code_2(arguments, answer, tmp_path):
    result = alliancelab(*arguments, folder=tmp_path)
    assert result.returncode == 2, result.stderr
    assert answer in result.stderr
    assert "Traceback" not in result.stderr and result.stdout == ""


def test_parameters_and_outcomes_are_listed_by_part_of_a_name():
    """Rows: H4."""
    found = json.loads(alliancelab("parameters", "opportunism", "--json").stdout)
    assert found and all("opportunism" in row["name"] and row["unit"] for row in found)
    assert "diffused_innovation" in alliancelab("outcomes", "diffused").stdout
    refused = alliancelab("outcomes", "patent_count")
    assert refused.returncode == 2 and "no name contains 'patent_count'" in refused.stderr


def test_replicates_of_a_single_run_are_refused():
    refused = alliancelab("run", "no_policy", "--replicates", "5")
    assert refused.returncode == 2 and "replicates are made by compare" in refused.stderr
