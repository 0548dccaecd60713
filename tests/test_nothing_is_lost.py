"""Nothing of the user's is lost: folders are refused first, and what was not written here is never deleted."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest

import alliancelab as al
from alliancelab.agents.errors import StoreError
from alliancelab.scenarios import store
from alliancelab.scenarios.sweep.run import plan_sweep
from tests.support.sweeps import design

TINY = {"world.firms": 60, "world.sectors": 2, "world.quarters": 40, "world.warm_up": 8}
SET = [word for key, value in TINY.items() for word in ("--set", f"{key}={value}")]


def alliancelab(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "alliancelab", *arguments], cwd=folder, capture_output=True, text=True,
                          check=False)


def write(folder: Path, value: float = 1.0) -> None:
    with store.staged(folder) as place:
        store.write_table(place, "numbers", pd.DataFrame({"value": [value]}))
        store.write_json(place, "run.json", {"value": value})


def value(folder: Path) -> float:
    return store.Stored(folder).document["value"]


# --- refused first ---------------------------------------------------------------------------------------------------


def test_earlier_results_are_kept_unless_somebody_says_overwrite(tmp_path):
    write(tmp_path / "out")
    with pytest.raises(StoreError, match=r"holds earlier results; give a new folder, or say --overwrite"):
        store.check_folder(tmp_path / "out")
    store.check_folder(tmp_path / "out", overwrite=True)


@pytest.mark.parametrize("command", [["run", "no_policy"], ["compare", "no_policy", "--replicates", "2"],
                                     ["scorecard", "dongying"], ["calibrate"], ["validate"], ["lifecycle", "no_policy"],
                                     ["counterfactual", "no_policy", "only_meetings_mid"]])
def test_every_command_asks_before_it_computes(tmp_path, command):
    write(tmp_path / "out")
    began = time.monotonic()
    found = alliancelab(*command, "--out", "out", folder=tmp_path)
    assert found.returncode == 2 and "holds earlier results" in found.stderr and value(tmp_path / "out") == 1.0
    assert time.monotonic() - began < 15


def test_fewer_replicates_replace_more_only_when_that_is_said(tmp_path):
    for replicates, more, code in ((4, [], 0), (2, [], 2), (2, ["--overwrite"], 0)):
        found = alliancelab("compare", "no_policy", "--replicates", str(replicates), "--out", "out", *more, *SET,
                            folder=tmp_path)
        assert found.returncode == code, found.stderr
    assert len(store.Stored(tmp_path / "out").document["seeds"]) == 2


READ = {
    "registry of a forecast": ["forecast", "mine", "--years", "1", "--out", "mine"],
    "later registry": ["forecast", "other", "--held-out", "mine", "--out", "mine"],
    "registry of a run": ["run", "no_policy", "--registry", "mine", "--out", "mine"],
    "registry of facts": ["validate", "--registry", "mine", "--out", "mine"],
    "registry of targets": ["calibrate", "--registry", "mine", "--out", "mine"],
    "scenario": ["run", "mine/own.toml", "--out", "mine"],
    "compared scenario": ["compare", "no_policy", "./mine/own.toml", "--out", "mine"],
    "scenario within": ["lifecycle", "mine/own.toml", "--out", "mine"],
    "scorecard": ["scorecard", "mine/own.toml", "--out", "mine"],
    "targets": ["calibrate", "mine/own.toml", "--out", "mine"],
    "results": ["export", "mine", "--out", "mine"],
}


@pytest.mark.parametrize("command", READ.values(), ids=READ.keys())
def test_what_is_read_is_never_replaced_by_what_is_made_of_it(tmp_path, command):
    with store.staged(tmp_path / "mine") as place:
        (place / "memberships.csv").write_text("organisation,alliance,from\na,x,2010-01-01\nb,x,2010-01-01\n")
        (place / "registry.toml").write_text("date = 2015-01-01\n")
        (place / "own.toml").write_text('base = "county_bureau"\n' if command[0] == "scorecard" else
                                        'base = "no_policy"\n')
    shutil.copytree(tmp_path / "mine", tmp_path / "other")
    before = {path.name: path.read_bytes() for path in (tmp_path / "mine").iterdir()}
    if "--held-out" in command:
        (tmp_path / "other" / "registry.toml").write_text("date = 2014-01-01\n")
    found = alliancelab(*command, "--overwrite", folder=tmp_path)
    assert found.returncode == 2 and "what is read lies there" in found.stderr, found.stderr
    assert {path.name: path.read_bytes() for path in (tmp_path / "mine").iterdir()} == before


@pytest.mark.parametrize("out", [".", "./", "..", "../here", "$PWD"])
def test_the_folder_that_one_is_in_is_refused_first(tmp_path, out):
    here = tmp_path / "here"
    here.mkdir()
    found = alliancelab("run", "no_policy", "--out", out.replace("$PWD", str(here)), *SET, folder=here)
    assert found.returncode == 2, found.stderr
    assert "give the name of a new folder inside it" in found.stderr or "holds 'here'" in found.stderr
    assert os.listdir(tmp_path) == ["here"] and os.listdir(here) == []


def test_a_mounted_disk_is_refused_first(tmp_path):
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(tmp_path)]).returncode:
        pytest.skip("mounting a small file system takes root")
    try:
        with pytest.raises(StoreError, match="a disk of its own is mounted there"):
            store.check_folder(tmp_path)
    finally:
        subprocess.run(["umount", str(tmp_path)], check=True)


def test_results_that_cannot_be_put_there_in_the_end_are_told_where_they_are(tmp_path, monkeypatch):
    write(tmp_path / "out")
    real = os.rename

    def busy(here, there):
        if Path(here) == tmp_path / "out":
            raise OSError(16, "Device or resource busy")
        real(here, there)

    monkeypatch.setattr(os, "rename", busy)
    with pytest.raises(StoreError, match="could not be put there: device or resource busy; they are in ") as refused:
        write(tmp_path / "out", 2.0)
    assert value(tmp_path / "out") == 1.0
    assert value(Path(str(refused.value).partition("they are in ")[2].removesuffix(", whole"))) == 2.0
    assert len(os.listdir(tmp_path)) == 2


# --- deleted only what the manifest lists unchanged ------------------------------------------------------------------

KINDS = ["file", "folder", "empty folder", "link", "link to a folder", "hidden file", "report"]


@pytest.mark.parametrize("kind", KINDS)
def test_what_somebody_put_into_the_folder_keeps_it_from_being_replaced(tmp_path, kind):
    write(tmp_path / "out")
    name = put(tmp_path, kind)
    with pytest.raises(StoreError, match=f"the folder holds '{name}', which alliancelab did not write"):
        store.check_folder(tmp_path / "out", overwrite=True)


@pytest.mark.parametrize("kind", KINDS)
def test_what_somebody_puts_into_the_folder_meanwhile_is_in_the_new_one(tmp_path, kind):
    write(tmp_path / "out")
    with store.staged(tmp_path / "out") as place:
        store.write_json(place, "run.json", {"value": 2.0})
        name = put(tmp_path, kind)
    assert value(tmp_path / "out") == 2.0 and os.path.lexists(tmp_path / "out" / name)
    if "folder" not in kind:
        assert (tmp_path / "out" / name).read_text() == "mine"
    assert set(os.listdir(tmp_path)) <= {"out", "mine.txt", "elsewhere"}


def put(place: Path, kind: str) -> str:
    """Put something of one's own into a folder of results; its name."""
    out = place / "out"
    (place / "mine.txt").write_text("mine")
    (place / "elsewhere").mkdir()
    name = {"hidden file": ".notes", "report": "report.html"}.get(kind, "notes")
    if kind in ("file", "hidden file", "report"):
        (out / name).write_text("mine")
    elif kind == "folder":
        (out / name).mkdir()
        (out / name / "deep").write_text("mine")
    elif kind == "empty folder":
        (out / name).mkdir()
    else:
        (out / name).symlink_to(place / ("elsewhere" if kind == "link to a folder" else "mine.txt"))
    return name


def test_a_result_that_was_changed_by_hand_is_not_replaced(tmp_path):
    write(tmp_path / "out")
    path = tmp_path / "out" / "run.json"
    path.write_text(path.read_text().replace("1.0", "7.0"))  # of the same length
    with pytest.raises(StoreError, match=r"holds 'run\.json', which has changed since alliancelab wrote it"):
        store.check_folder(tmp_path / "out", overwrite=True)


def test_a_result_that_is_changed_by_hand_meanwhile_is_kept_beside_the_new_one(tmp_path):
    write(tmp_path / "out")
    with store.staged(tmp_path / "out") as place:
        store.write_json(place, "run.json", {"value": 2.0})
        (tmp_path / "out" / "run.json").write_text('{"value": 7.0}')
    assert value(tmp_path / "out") == 2.0
    assert json.loads((tmp_path / "out" / "run.json.kept1").read_text()) == {"value": 7.0}


def test_a_folder_that_somebody_makes_meanwhile_is_not_thrown_away(tmp_path):
    with store.staged(tmp_path / "out") as place:
        store.write_json(place, "run.json", {"value": 2.0})
        (tmp_path / "out").mkdir()
        (tmp_path / "out" / "notes").write_text("mine")
    assert value(tmp_path / "out") == 2.0 and (tmp_path / "out" / "notes").read_text() == "mine"


def test_a_folder_of_an_earlier_version_that_lists_sizes_only_can_be_replaced(tmp_path):
    write(tmp_path / "out")
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())
    del manifest["sha256"]
    (tmp_path / "out" / "manifest.json").write_text(json.dumps(manifest))
    store.check_folder(tmp_path / "out", overwrite=True)


# --- sweeps, pages, figures ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["plan.parquet", "parts", "notes.txt"])
def test_a_sweep_is_not_planned_over_somebodys_files(tmp_path, name):
    (tmp_path / "s").mkdir()
    (tmp_path / "s" / name).write_text("mine")
    with pytest.raises(StoreError, match=f"the folder holds '{name}' and no sweep that can be read"):
        plan_sweep(design(), tmp_path / "s")
    assert (tmp_path / "s" / name).read_text() == "mine"


@pytest.mark.parametrize("command", [["validate", "--markdown"], ["effects", "--markdown"],
                                     ["lifecycle", "no_policy", "--markdown"],
                                     ["counterfactual", "no_policy", "only_meetings_mid", "--markdown"],
                                     ["replicates", "no_policy", "--figure"]])
def test_a_page_or_figure_never_replaces_somebodys_own(tmp_path, command):
    name = "mine.png" if "--figure" in command else "mine.md"
    (tmp_path / name).write_text("mine")
    found = alliancelab(*command, name, folder=tmp_path)
    assert found.returncode == 2 and "did not write it; give another name" in found.stderr
    assert (tmp_path / name).read_text() == "mine"


# --- Ctrl-C ----------------------------------------------------------------------------------------------------------


def test_a_comparison_that_was_stopped_goes_on_to_the_same_table(tmp_path):
    """Stopped by an error at the fifth run; the runs before it are not made again."""
    names, calls = ["no_policy", "stage_matched"], []

    def stop(what: str, done: int, total: int) -> None:
        calls.append((done, total))
        if len(calls) == 5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        al.compare(names, 6, overrides=TINY, out=tmp_path / "out", workers=1, progress=stop)
    assert os.listdir(tmp_path) == ["out.runs"]
    calls.clear()
    again = al.compare(names, 6, overrides=TINY, out=tmp_path / "out", workers=1,
                       progress=lambda what, done, total: calls.append((done, total)))
    assert calls[0][1] <= 7 and os.listdir(tmp_path) == ["out"]
    whole = al.compare(names, 6, overrides=TINY)
    assert again.outcomes.equals(whole.outcomes) and again.lifecycle.equals(whole.lifecycle)
    assert all((a == b).all() for a, b in zip(again.replicates.curves, whole.replicates.curves, strict=True))


@pytest.fixture
def stopped(tmp_path):
    """A comparison of which three runs are kept."""

    def stop(what: str, done: int, total: int) -> None:
        if done == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        al.compare(["no_policy"], 6, overrides=TINY, out=tmp_path / "out", workers=1, progress=stop)
    return tmp_path


@pytest.mark.parametrize("kind", ["cut", "flip", "grown"])
def test_a_torn_end_of_kept_runs_is_dropped(stopped, kind):
    path = stopped / "out.runs"
    content = bytearray(path.read_bytes())
    if kind == "cut":
        del content[-1000:]
    elif kind == "flip":
        content[-1000] ^= 1
    else:
        content += b"half a record"
    path.write_bytes(content)
    again = al.compare(["no_policy"], 6, overrides=TINY, out=stopped / "out")
    assert again.outcomes.equals(al.compare(["no_policy"], 6, overrides=TINY).outcomes)


def test_kept_runs_of_other_scenarios_are_refused_and_dropped_on_request(stopped):
    with pytest.raises(StoreError, match="these runs are of other scenarios or another version of the model"):
        al.compare(["growth_only"], 6, overrides=TINY, out=stopped / "out")
    al.compare(["growth_only"], 2, overrides=TINY, out=stopped / "out", overwrite=True)
    assert os.listdir(stopped) == ["out"]


def test_two_comparisons_into_one_folder_at_once_are_told_apart(tmp_path):
    started = subprocess.Popen([sys.executable, "-m", "alliancelab", "compare", "no_policy", "--replicates", "100000",
                                "--out", "out", *SET], cwd=tmp_path, stderr=subprocess.DEVNULL)
    try:
        while not (tmp_path / "out.runs").exists() or (tmp_path / "out.runs").stat().st_size < 1000:
            assert started.poll() is None
            time.sleep(0.05)
        found = alliancelab("compare", "no_policy", "--out", "out", *SET, folder=tmp_path)
        assert found.returncode == 2 and "another process is at work on this comparison" in found.stderr
    finally:
        started.kill()
        started.wait()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_a_stopped_or_killed_comparison_goes_on(tmp_path, number):
    running = subprocess.Popen([sys.executable, "-m", "alliancelab", "compare", "no_policy", "--replicates", "100000",
                                "--out", "out", *SET], cwd=tmp_path, stderr=subprocess.PIPE, text=True,
                               preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))
    while not (tmp_path / "out.runs").exists() or (tmp_path / "out.runs").stat().st_size < 100_000:
        assert running.poll() is None
        time.sleep(0.05)
    running.send_signal(number)
    _, errors = running.communicate(timeout=20)
    assert "Traceback" not in errors
    if number == signal.SIGINT:
        assert running.returncode == 130
        assert errors.splitlines()[-1] == ("stopped; runs that are done are kept in out.runs, and the same command "
                                           "goes on with them")
    again = al.compare(["no_policy"], 30, overrides=TINY, out=tmp_path / "out")
    shutil.rmtree(tmp_path / "out")
    assert again.outcomes.equals(al.compare(["no_policy"], 30, overrides=TINY).outcomes)
