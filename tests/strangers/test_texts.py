"""Texts of strangers: no name, number or title takes time or memory, or commands terminal or shell."""

import shlex
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from alliancelab.agents.errors import ScenarioError
from alliancelab.cli.terminal import command, safe
from alliancelab.scenarios.scenario import load
from tests.support.sweeps import finished, planned

CASES = Path(__file__).parents[1] / "cases"


def alliancelab(*arguments: str, folder: Path | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "alliancelab", *arguments], cwd=folder, capture_output=True, text=True,
                          check=False)


@pytest.fixture(scope="module")
def sweep(tmp_path_factory) -> Path:
    return Path(finished(planned(tmp_path_factory.mktemp("sweep") / "s")).storage.url)


@pytest.mark.parametrize("text", ["a." * 20_000 + "a = 1", "[" + "a." * 20_000 + "a]", '"a" . ' * 20_000 + "a = 1",
                                  "x = { " + "a." * 20_000 + "a = 1 }", "\n" * 10 + "'b'." * 30 + "a = 1"])
def test_a_name_of_thousands_of_parts_is_refused_at_once(tmp_path, text):
    (tmp_path / "bomb.toml").write_text(text)
    began = time.monotonic()
    with pytest.raises(ScenarioError, match=r"a name of more than 20 parts joined by dots \(at line (1|11)\)"):
        load(tmp_path / "bomb.toml")
    assert time.monotonic() - began < 1.0


def test_sentences_with_dots_and_long_lists_are_no_names_of_many_parts(tmp_path):
    many = "Short. word.word.word." * 60
    (tmp_path / "fine.toml").write_text(
        f'# {many}\ntitle = "{many}"\npurpose = """\n{many}\\"\n{many}"""\nsource = \'{many}\'\nbase = "no_policy"\n'
        "[policy.meetings]\nbudget = { step = ["
        + ", ".join(f"[{2000 + year / 10}, {year / 7}]" for year in range(60)) + "] }\n")
    assert load(tmp_path / "fine.toml").title == many


HUGE = (CASES / "huge_region.toml", CASES / "huge_number.toml")


@pytest.mark.parametrize("path", HUGE, ids=lambda path: path.stem)
def test_a_number_of_four_hundred_digits_is_answered_in_a_sentence(path):
    with pytest.raises(ScenarioError, match="is longer than 64 bits"):
        load(path)


@pytest.mark.parametrize("key", ["region.scale", "world.firms", "parameters.trust_start", "meetings.budget",
                                 "meetings.from"])
@pytest.mark.parametrize("value", [10**400, -(10**400), 10**5000, float("inf"), float("nan"), 1e308],
                         ids=["10**400", "-10**400", "10**5000", "inf", "nan", "1e308"])
def test_numbers_beyond_all_bounds_from_python_are_answered_in_a_sentence(key, value):
    with pytest.raises(ScenarioError):
        load("dongying", {key: value})


# --- text meets terminal and shell -----------------------------------------------------------------------------------

EVIL = 'title = "[/foo] [red]x[/red] [link=file:///etc/passwd]y[/link] [bold \\u001b[31m\\u0000\\u009b2J\\u202e\\r"\n'
REST = 'base = "no_policy"\n[world]\nfirms = 60\nsectors = 2\nquarters = 40\nwarm_up = 8\n'
TYPED = {"check": ["check"], "run": ["run"], "compare": ["compare", "no_policy"], "json": ["check", "--json"],
         "run as json": ["run", "--json"]}


@pytest.mark.parametrize("arguments", TYPED.values(), ids=TYPED.keys())
@pytest.mark.parametrize("name", ["[red]evil[bold].toml", "\x1b[31mx\x07.toml", "[b].toml"])
def test_brackets_and_escape_codes_are_shown_and_not_obeyed(tmp_path, arguments, name):
    (tmp_path / name).write_text(EVIL + REST)
    more = ["--replicates", "2", "--set", "world.firms=60", "--set", "world.sectors=2", "--set", "world.quarters=40",
            "--set", "world.warm_up=8"]
    found = alliancelab(arguments[0], *arguments[1:], name, *(more if arguments[0] == "compare" else []),
                        folder=tmp_path)
    assert found.returncode == 0, found.stderr
    assert not set(found.stdout + found.stderr) & set("\x1b\x00\x07\x9b\u202e\r")
    if "--json" not in arguments and arguments[0] != "compare":
        assert "[/foo] [red]x[/red]" in found.stdout and "[bold \\x1b[31m\\x00\\x9b2J" in found.stdout
    if arguments[0] == "compare":
        assert name.removesuffix(".toml").replace("\x1b", "\\x1b").replace("\x07", "\\x07") in found.stdout.replace(
            "\n", " ")


def test_a_mistake_in_a_file_of_a_strange_name_is_told_in_plain_characters(tmp_path):
    (tmp_path / "\x1b[31m.toml").write_text("x = 1")
    found = alliancelab("check", "\x1b[31m.toml", folder=tmp_path)
    assert found.returncode == 2 and found.stderr.startswith("alliancelab: \\x1b[31m.toml: x is not known here")


@pytest.mark.parametrize(("text", "shown"), [
    ("plain 中文 ü", "plain 中文 ü"), ("a\tb\nc", "a b c"), ("\x1b[0m", "\\x1b[0m"),
    ("\x9b", "\\x9b"), ("\x7f", "\\x7f"),
    ("\u202e", "\\u202e"), ("\u2028", "\\u2028"), ("\ud800", "\\ud800"), ("\r", "\\r"), ("👍", "👍")])
def test_what_a_terminal_obeys_is_shown(text, shown):
    assert safe(text) == shown


NAMES = ["plain", "my results (1)", "$(touch hit)", "`touch hit`", "a'b", 'a"b', "a;touch hit", "a\ntouch hit", "-x",
         "ü 中"]


@pytest.mark.parametrize("name", NAMES)
def test_the_script_for_slurm_hands_the_folder_over_as_it_is_called(sweep, tmp_path, name):
    shutil.copytree(sweep, tmp_path / name)
    script = alliancelab("sweep", "slurm", f"./{name}", folder=tmp_path).stdout
    (tmp_path / "alliancelab").write_text('#!/bin/sh\nprintf "%s\\n" "$@" > told\n')
    (tmp_path / "alliancelab").chmod(0o755)
    (tmp_path / "job.sh").write_text(script)
    here = {"PATH": f"{tmp_path}:/usr/bin:/bin", "SLURM_ARRAY_TASK_ID": "1"}
    subprocess.run(["sh", "job.sh"], cwd=tmp_path, env=here, check=True)
    assert (tmp_path / "told").read_text().startswith(f"sweep\nrun\n{tmp_path / name}\n")
    assert not (tmp_path / "hit").exists()


@pytest.mark.parametrize("name", NAMES)
def test_a_hint_can_be_pasted(name):
    assert shlex.split(command("sweep", "run", name)) == ["alliancelab", "sweep", "run", name]


def test_the_hint_after_planning_is_quoted(tmp_path):
    (tmp_path / "first.toml").write_text((CASES / "first.toml").read_text())
    found = alliancelab("sweep", "plan", "first.toml", "--out", "my results (1)", folder=tmp_path)
    assert "next: alliancelab sweep run 'my results (1)'\n" in found.stdout, found.stderr


def test_nothing_but_the_terminal_module_prints():
    rooms = (Path(__file__).resolve().parents[2] / "alliancelab" / "cli").glob("*.py")
    assert [path.name for path in rooms if "print(" in path.read_text(encoding="utf-8").replace(".print(", "")
            .replace("_print(", "").replace("print_", "")] == ["terminal.py"]
