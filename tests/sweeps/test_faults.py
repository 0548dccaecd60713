"""Faults a sweep survives: whatever dies, fills up or decays, resuming gives the table of an unbroken sweep."""

import json
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alliancelab.agents.errors import ScenarioError, StoreError
from alliancelab.scenarios.sweep.claims import STALE, Claims
from alliancelab.scenarios.sweep.folder import compact, set_unsound_aside, status, verify
from alliancelab.scenarios.sweep.parts import chosen, parts_in
from alliancelab.scenarios.sweep.plan import Sweep
from alliancelab.scenarios.sweep.run import plan_sweep, run_sweep
from alliancelab.scenarios.sweep.storage import open_storage
from alliancelab.scenarios.sweep.work import do_shard
from tests.support.processes import children
from tests.support.sweeps import TINY, design, fingerprint, finished, planned

RUN = [sys.executable, "-m", "alliancelab", "sweep", "run"]


@pytest.fixture(scope="module")
def whole(tmp_path_factory) -> Path:
    """A finished sweep, to be copied."""
    return Path(finished(planned(tmp_path_factory.mktemp("whole") / "s")).storage.url)


def copied(whole: Path, place: Path, parts: bool = True) -> Sweep:
    shutil.copytree(whole, place)
    if not parts:
        shutil.rmtree(place / "parts")
    return Sweep(place)


# --- killed -9 -----------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_workers_killed_at_random_times_leave_no_trace_in_the_table(whole, tmp_path):
    """Rows: H5."""
    luck, died = random.Random(20261125), 0
    for trial in range(4):
        sweep = planned(tmp_path / str(trial), 0.025, samples=30)

        def kill(delay: float = luck.uniform(0.0, 2.0), sweep: Sweep = sweep) -> None:
            while not sweep.storage.names("claims"):  # somebody is at work
                time.sleep(0.01)
            time.sleep(delay * 0.5)
            for pid in children(os.getpid())[:1]:
                os.kill(pid, signal.SIGKILL)

        thread = threading.Thread(target=kill)
        thread.start()
        ran = run_sweep(sweep, workers=2)
        thread.join()
        died += ran.deaths
        assert ran.status.complete and ran.status.failed == 0
        assert fingerprint(sweep) == _unbroken(tmp_path)
    assert died >= 2  # most were hit while they worked


def _unbroken(place: Path) -> str:
    if not (place / "unbroken").exists():
        finished(planned(place / "unbroken", 0.025, samples=30))
    return fingerprint(Sweep(place / "unbroken"))


@pytest.mark.slow
def test_a_coordinator_killed_at_random_times_is_resumed_to_the_same_table(tmp_path):
    """Rows: H5."""
    luck, cut_short = random.Random(20261126), 0
    for trial in range(4):
        sweep = planned(tmp_path / str(trial), 0.025, samples=30)
        running = subprocess.Popen([*RUN, sweep.storage.url, "--workers", "2"], stdout=subprocess.DEVNULL)
        while not sweep.storage.names("claims") and running.poll() is None:
            time.sleep(0.01)
        time.sleep(luck.uniform(0.0, 0.8))
        running.kill()
        running.wait()
        cut_short += not status(sweep).complete
        ran = run_sweep(sweep, workers=2)
        assert ran.status.complete and ran.status.failed == 0 and ran.findings == []
        assert sweep.storage.names("claims") == []
        assert fingerprint(sweep) == _unbroken(tmp_path)
    assert cut_short >= 2


def test_workers_of_a_dead_coordinator_end_by_themselves(tmp_path):
    """Rows: H5."""
    sweep = planned(tmp_path / "s", samples=500, replicates=40)
    running = subprocess.Popen([*RUN, sweep.storage.url, "--workers", "2"], stdout=subprocess.DEVNULL)
    while not sweep.storage.names("parts"):
        time.sleep(0.02)
    workers = children(running.pid)
    running.kill()
    running.wait()
    assert len(workers) == 2
    gone = time.monotonic() + 10
    while any(_is_alive(pid) for pid in workers):
        assert time.monotonic() < gone
        time.sleep(0.05)


def _is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


# --- the disk ------------------------------------------------------------------------------------------------------


def test_a_full_disk_is_told_with_path_and_bytes_and_leaves_no_half_file(tmp_path):
    """Rows: H5."""
    sweep = planned(tmp_path / "s")
    shard = sweep.shards()[0]
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # then a file that grows too large is an error
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, limits[1]))
    try:
        with pytest.raises(StoreError, match=r"parts/1-00000\..* bytes could not be written: file too large"):
            do_shard(sweep, shard)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, before)
    assert os.listdir(tmp_path / "s" / "parts") == []


def test_a_sweep_on_a_full_file_system_goes_on_when_there_is_room(tmp_path, whole):
    """Rows: H5."""
    place = tmp_path / "small"
    place.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", str(place)], capture_output=True)
    if mounted.returncode:
        pytest.skip("mounting a small file system takes root")
    try:
        planned(place / "s")
        running = subprocess.run([*RUN, str(place / "s"), "--workers", "2"], capture_output=True, text=True)
        assert running.returncode == 2, running.stderr
        assert "no space left on device" in running.stderr and str(place / "s") in running.stderr
        assert "Traceback" not in running.stderr
        assert [name for name in os.listdir(place / "s" / "parts") if name.startswith(".")] == []
        done = len(os.listdir(place / "s" / "parts"))
        assert 0 < done < 20
        subprocess.run(["mount", "-o", "remount,size=8m", str(place)], check=True)
        sweep = Sweep(place / "s")
        assert run_sweep(sweep, workers=2).status.complete
        assert fingerprint(sweep) == fingerprint(Sweep(whole))
    finally:
        subprocess.run(["umount", str(place)], check=True)


@settings(max_examples=40)
@given(data=st.data())
def test_a_part_with_any_byte_torn_or_flipped_is_found_and_done_again(whole, tmp_path_factory, data):
    """Rows: H5."""
    place = tmp_path_factory.mktemp("bad") / "s"
    sweep = copied(whole, place)
    victim = data.draw(st.sampled_from(sorted(os.listdir(place / "parts"))))
    path = place / "parts" / victim
    content = bytearray(path.read_bytes())
    offset = data.draw(st.integers(0, len(content) - 1))
    if data.draw(st.booleans()):
        content[offset] ^= 1 << data.draw(st.integers(0, 7))
    else:
        del content[offset:]
    path.write_bytes(content)
    findings = verify(sweep)
    assert [finding.name for finding in findings if finding.aside] == [f"parts/{victim}"]
    assert [finding.name for finding in findings if not finding.aside] == [victim.split(".")[0]]
    assert (place / "aside" / victim).read_bytes() == content
    do_shard(sweep, sweep.shards()[int(victim[2:7])])
    assert verify(sweep) == [] and fingerprint(sweep) == fingerprint(Sweep(whole))


def test_foreign_and_missing_parts_are_named(whole, tmp_path):
    """Rows: H5."""
    sweep = copied(whole, tmp_path / "s")
    other = finished(planned(tmp_path / "other", first_seed=1000))
    parts = tmp_path / "s" / "parts"
    (parts / "notes.txt").write_text("mine")
    mine, theirs = (sorted(os.listdir(s.storage.url + "/parts")) for s in (sweep, other))
    shutil.copy(tmp_path / "other" / "parts" / theirs[3], parts)           # sound, and of another plan
    shutil.copy(parts / mine[5], parts / mine[5].replace("1-00005", "1-00077"))  # of no shard
    (parts / mine[9]).unlink()
    problems = {finding.name: finding.problem for finding in verify(sweep)}
    assert problems == {
        "parts/notes.txt": "is not the name of a part",
        f"parts/{theirs[3]}": "holds other runs than those planned",
        "parts/" + mine[5].replace("1-00005", "1-00077"): "belongs to no shard of the plan",
        "1-00009": "has no part yet",
    }
    assert (tmp_path / "s" / "aside" / "notes.txt").read_text() == "mine"
    assert run_sweep(sweep, workers=1).status.complete and fingerprint(sweep) == fingerprint(Sweep(whole))


def test_running_sets_a_torn_part_aside_by_itself(whole, tmp_path):
    """Rows: H5."""
    sweep = copied(whole, tmp_path / "s")
    torn = sorted((tmp_path / "s" / "parts").iterdir())[2]
    torn.write_bytes(torn.read_bytes()[:100])
    ran = run_sweep(sweep, workers=1)
    assert [finding.name for finding in ran.findings] == [f"parts/{torn.name}"]
    assert fingerprint(sweep) == fingerprint(Sweep(whole))


def test_what_a_dead_writer_left_unfinished_is_ignored_and_cleaned_when_it_is_old(whole, tmp_path):
    """Rows: H5."""
    sweep = copied(whole, tmp_path / "s")
    old, young = (tmp_path / "s" / "parts" / f".unfinished-{name}" for name in ("old", "young"))
    for path in (old, young):
        path.write_bytes(b"half")
    os.utime(old, (time.time() - 7200, time.time() - 7200))
    assert verify(sweep) == []
    assert not old.exists() and young.exists()


# --- who is at work ------------------------------------------------------------------------------------------------


def test_a_claim_is_held_while_its_heart_beats_and_taken_over_when_it_stops(tmp_path):
    """Rows: H5."""
    storage = open_storage(tmp_path)
    clock = [1000.0]
    mine, theirs = Claims(storage, lambda: clock[0]), Claims(storage, lambda: clock[0])
    mine._who["host"] = "another-machine"  # where nobody can look for the process
    assert mine.take("1-00000") and not theirs.take("1-00000")
    clock[0] += STALE - 1
    mine.beat()
    clock[0] += STALE - 1
    assert not theirs.take("1-00000")
    clock[0] += 2
    assert theirs.take("1-00000") and not mine.take("1-00000")
    mine.release("1-00000")  # the other's claim is not mine to give back
    assert storage.names("claims") == ["1-00000.json"]
    theirs.release("1-00000")
    assert storage.names("claims") == []


def test_the_claim_of_a_dead_process_of_this_machine_is_taken_over_at_once(tmp_path):
    """Rows: H5."""
    code = ("import sys; from alliancelab.scenarios.sweep.claims import Claims; "
            "from alliancelab.scenarios.sweep.storage import open_storage; "
            "assert Claims(open_storage(sys.argv[1])).take('1-00003')")
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=True)
    assert open_storage(tmp_path).names("claims") == ["1-00003.json"]
    assert Claims(open_storage(tmp_path)).take("1-00003")


def test_of_many_that_want_a_shard_exactly_one_gets_it(tmp_path):
    """Rows: H5."""
    storage = open_storage(tmp_path)
    runners = [Claims(storage) for _ in range(8)]
    got: list[bool] = []
    for shard in map(str, range(25)):
        threads = [threading.Thread(target=lambda r=r, s=shard: got.append(r.take(s))) for r in runners]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert sum(got) == 25


def test_a_torn_claim_counts_as_nobodys(tmp_path):
    storage = open_storage(tmp_path)
    storage.create("claims/1-00000.json", b'{"host": "x"')
    assert Claims(storage).take("1-00000")


# --- another plan, another version ---------------------------------------------------------------------------------


def test_another_version_is_refused_with_the_difference(whole, tmp_path):
    """Rows: H5."""
    copied(whole, tmp_path / "s")
    manifest = json.loads((tmp_path / "s" / "manifest.json").read_text())
    (tmp_path / "s" / "manifest.json").write_text(json.dumps(
        {**manifest, "identity": {**manifest["identity"], "model": "0123456789abcdef", "numpy": "1.0"}}))
    with pytest.raises(StoreError, match=r'model: planned "0123456789abcdef", here ".*numpy: planned "1.0", here'):
        run_sweep(tmp_path / "s")
    with pytest.raises(StoreError, match="planned with another version"):
        plan_sweep(design(replicates=30), tmp_path / "s")


def test_a_changed_plan_or_scenario_is_refused(whole, tmp_path):
    """Rows: H5."""
    copied(whole, tmp_path / "a")
    (tmp_path / "a" / "plan.parquet").write_bytes(b"PAR1" + (tmp_path / "a" / "plan.parquet").read_bytes()[4:-1])
    with pytest.raises(StoreError, match=r"plan\.parquet: the plan has changed since it was made: planned"):
        run_sweep(tmp_path / "a")
    copied(whole, tmp_path / "b")
    manifest = json.loads((tmp_path / "b" / "manifest.json").read_text())
    manifest["scenarios"][0]["parameters"]["pace"] = 0.31
    (tmp_path / "b" / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(StoreError, match=r"scenario stage_matched: planned .*, here"):
        run_sweep(tmp_path / "b")
    copied(whole, tmp_path / "c")
    (tmp_path / "c" / "plan.parquet").unlink()
    with pytest.raises(StoreError, match="the plan is missing"):
        run_sweep(tmp_path / "c")


def test_a_later_format_is_refused_with_its_number(whole, tmp_path):
    copied(whole, tmp_path / "s")
    manifest = json.loads((tmp_path / "s" / "manifest.json").read_text())
    (tmp_path / "s" / "manifest.json").write_text(json.dumps({**manifest, "schema": 9, "version": "7.0"}))
    with pytest.raises(StoreError, match=r"format 9, written by alliancelab 7\.0"):
        Sweep(tmp_path / "s")


@pytest.mark.parametrize("content", ["", "[]", "{", '{"kind": "run"}'])
def test_a_manifest_that_is_none_is_refused(tmp_path, content):
    (tmp_path / "manifest.json").write_text(content)
    with pytest.raises(StoreError, match=r"cannot be read|not the folder of a sweep"):
        Sweep(tmp_path)


@pytest.mark.parametrize("change, told", [
    ({"samples": 11}, "samples: planned 10, here 11"),
    ({"replicates": 10}, "replicates: planned 20, here 10"),
    ({"set": {**TINY, "world.firms": 61}}, "world.firms: planned 60, here 61"),
    ({"factors": {**design()["factors"], "programme_grants.amount": {"low": 1, "high": 5}}},
     "factors.programme_grants.amount.high: planned 6.0, here 5.0"),
    ({"scenarios": ["formation_only"]}, "scenario formation_only: planned null"),
    ({"keep": ["outcomes", "curves"]}, "keep: planned"),
], ids=["samples", "replicates", "world", "bound", "scenario", "keep"])
def test_a_design_that_differs_in_more_than_replicates_is_refused_with_the_difference(whole, tmp_path, change, told):
    """Rows: H5."""
    copied(whole, tmp_path / "s")
    with pytest.raises(ScenarioError) as refused:
        plan_sweep(design(**change), tmp_path / "s")
    assert told in str(refused.value)


def test_a_folder_of_something_else_is_left_alone(tmp_path):
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(StoreError, match=r"thesis\.txt"):
        plan_sweep(design(), tmp_path)
    assert os.listdir(tmp_path) == ["thesis.txt"]


# --- fewer, larger files -------------------------------------------------------------------------------------------


def test_compacting_keeps_every_bit_and_what_is_done_stays_done(whole, tmp_path):
    """Rows: H5."""
    sweep = copied(whole, tmp_path / "s")
    before = fingerprint(sweep)
    assert compact(sweep) == (20, 1) and len(os.listdir(tmp_path / "s" / "parts")) == 1
    assert verify(sweep) == [] and fingerprint(sweep) == before
    plan_sweep(design(replicates=22), tmp_path / "s")
    more = Sweep(tmp_path / "s")
    assert run_sweep(more, workers=1).status.complete
    assert compact(more)[1] == 2  # blocks of the plan stay apart
    assert fingerprint(more)[:8] != before[:8] and verify(more) == []


def test_compacting_cut_short_leaves_two_of_the_same_and_one_counts(whole, tmp_path):
    """Rows: H5."""
    sweep = copied(whole, tmp_path / "s")
    kept = {path.name: path.read_bytes() for path in (tmp_path / "s" / "parts").iterdir()}
    compact(sweep)
    for name, content in kept.items():
        (tmp_path / "s" / "parts" / name).write_bytes(content)
    parts, _ = parts_in(sweep.storage)
    assert len(parts) == 21 and len(chosen(parts)) == 1
    assert fingerprint(sweep) == fingerprint(Sweep(whole)) and set_unsound_aside(sweep, sweep.shards()) == []
    assert compact(sweep) == (21, 1)


def test_compacting_waits_for_the_sweep_to_be_complete(whole, tmp_path):
    sweep = copied(whole, tmp_path / "s", parts=False)
    with pytest.raises(StoreError, match="20 shards have no part yet"):
        compact(sweep)
