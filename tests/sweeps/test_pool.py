"""The supervisor of worker processes: what dies, hangs or raises costs one run, not the sweep."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from alliancelab.agents.errors import StoreError, UserError
from alliancelab.scenarios.sweep.claims import Claims
from alliancelab.scenarios.sweep.folder import status
from alliancelab.scenarios.sweep.plan import Sweep
from alliancelab.scenarios.sweep.run import run_sweep
from tests.support.sweeps import bits, fingerprint, finished, planned, table_of

ROOT = Path(__file__).resolve().parents[2]


def poisoned(what: str, seed: int) -> list[str]:
    code = f"import sys; sys.path.insert(0, {str(ROOT)!r}); import runpy; runpy.run_module('tests.sweeps.poison', " \
           "run_name='__main__', alter_sys=False)"
    return [sys.executable, "-c", code, what, str(seed)]


def errors_of(sweep: Sweep) -> dict[int, str]:
    """Reason of every failed run, by seed."""
    rows = table_of(sweep).select(["seed", "error"]).to_pylist()
    return {row["seed"]: row["error"] for row in rows if row["error"] is not None}


def test_processes_give_the_bits_of_a_sweep_done_one_run_after_another(tmp_path):
    """Rows: H5."""
    alone = finished(planned(tmp_path / "alone", keep=["outcomes", "curves"]))
    ran = run_sweep(planned(tmp_path / "pool", keep=["outcomes", "curves"]), workers=3)
    assert ran.status.complete and ran.status.failed == 0 and ran.deaths == 0
    assert fingerprint(Sweep(tmp_path / "pool")) == fingerprint(alone)


def test_a_worker_imports_nothing_that_a_run_does_not_need():
    """Rows: H5."""
    code = ("import sys; from alliancelab.scenarios.sweep import worker, work, plan; print([name for name in "
            "('mesa', 'pandas', 'matplotlib', 'SALib', 'rich', 'typer', 'distributed') if name in sys.modules])")
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"


def test_a_run_that_kills_its_worker_twice_is_set_aside_and_the_rest_goes_on(tmp_path):
    """Rows: H5."""
    sweep = planned(tmp_path / "s", samples=4, replicates=20)
    ran = run_sweep(sweep, workers=2, command=poisoned("kills", 7))
    assert ran.status.complete and ran.deaths == 8  # twice for each of four points
    assert set(errors_of(sweep)) == {7} and ran.status.failed == 4
    assert all("killed its worker 2 times (signal 9)" in reason for reason in errors_of(sweep).values())
    alone = table_of(finished(planned(tmp_path / "alone", samples=4, replicates=20)))
    kept = [seed != 7 for seed in alone.column("seed").to_pylist()]
    assert bits(table_of(sweep).filter(kept)) == bits(alone.filter(kept))


def test_a_run_that_takes_too_long_is_ended_and_recorded(tmp_path):
    """Rows: H5."""
    sweep = planned(tmp_path / "s", samples=2, replicates=10)
    started = time.monotonic()
    ran = run_sweep(sweep, workers=2, time_limit=1.0, command=poisoned("hangs", 3))
    assert time.monotonic() - started < 60
    assert errors_of(sweep) == {3: "took longer than 1 s"}
    assert ran.status.complete and ran.status.reasons == {"took longer than 1 s": 2} and ran.deaths == 0


def test_a_run_that_raises_is_recorded_with_its_reason_and_can_be_tried_again(tmp_path):
    """Rows: H5."""
    sweep = planned(tmp_path / "s", samples=2, replicates=10)
    assert run_sweep(sweep, workers=1, command=poisoned("raises", 5)).status.failed == 2
    assert errors_of(sweep) == {5: "ArithmeticError: no such number"}
    assert run_sweep(sweep, workers=1).status.failed == 2  # what has failed is done, too
    assert run_sweep(sweep, workers=1, retry_failed=True).status.failed == 0
    assert fingerprint(sweep) == fingerprint(finished(planned(tmp_path / "alone", samples=2, replicates=10)))


def test_workers_that_cannot_start_end_the_sweep_with_their_last_words(tmp_path):
    with pytest.raises(UserError, match=r"died outside of runs .*nothing works today"):
        run_sweep(planned(tmp_path / "s"), workers=1, command=poisoned("start", 0))


def test_two_runners_share_a_sweep(tmp_path):
    """Rows: H5."""
    planned(tmp_path / "s", samples=20)
    command = [sys.executable, "-m", "alliancelab", "sweep", "run", str(tmp_path / "s"), "--workers", "1"]
    runners = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(3)]
    for runner in runners:
        told, errors = runner.communicate(timeout=120)
        assert runner.returncode == 0, errors
        assert "400 of 400 runs are done" in told
    sweep = Sweep(tmp_path / "s")
    assert len(table_of(sweep)) == 400 and sweep.storage.names("claims") == []
    assert fingerprint(sweep) == fingerprint(finished(planned(tmp_path / "alone", samples=20)))


def test_a_runner_waits_for_what_another_has_and_takes_it_when_that_one_gives_up(tmp_path):
    """Rows: H5."""
    sweep = planned(tmp_path / "s", samples=2)
    other = Claims(sweep.storage)
    held = sweep.shards()[0].name
    assert other.take(held)
    threading.Timer(2.0, lambda: other.release(held)).start()
    started = time.monotonic()
    assert run_sweep(sweep, workers=1).status.complete
    assert time.monotonic() - started > 2.0


@pytest.mark.parametrize("number, code", [(signal.SIGINT, 130), (signal.SIGTERM, 143)], ids=["Ctrl-C", "SIGTERM"])
def test_a_sweep_that_is_stopped_leaves_a_folder_to_go_on_with(tmp_path, number, code):
    """Rows: H5."""
    sweep = planned(tmp_path / "s", samples=100, replicates=40)
    command = [sys.executable, "-m", "alliancelab", "sweep", "run", str(tmp_path / "s"), "--workers", "2"]
    running = subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    while not sweep.storage.names("parts"):
        time.sleep(0.02)
    running.send_signal(number)
    _, errors = running.communicate(timeout=20)
    assert running.returncode == code
    assert "goes on: alliancelab sweep run" in errors and "Traceback" not in errors
    stopped = status(sweep)
    assert 0 < stopped.done < stopped.runs
    assert sweep.storage.names("claims") == []
    assert [name for name in os.listdir(tmp_path / "s" / "parts") if name.startswith(".")] == []


def test_an_i_of_n_does_its_share_only(tmp_path):
    """Rows: H5."""
    sweep = planned(tmp_path / "s")
    first = run_sweep(sweep, workers=1, shard="1/3").status
    assert first.shards - first.open == -(-first.shards // 3)
    run_sweep(sweep, workers=1, shard="2/3")
    assert run_sweep(sweep, workers=1, shard="3/3").status.complete


def test_options_that_make_no_sense_are_refused(tmp_path):
    sweep = planned(tmp_path / "s")
    for options, answer in [({"workers": 0}, "--workers is 0"), ({"time_limit": -1.0}, "--time-limit is -1"),
                            ({"shard": "0/3"}, "--shard '0/3' has to be i/n"), ({"shard": "3"}, "has to be i/n"),
                            ({"cluster": "tcp://x:1", "workers": 2}, "--workers means nothing with --cluster")]:
        with pytest.raises(UserError, match=answer):
            run_sweep(sweep, **options)
    with pytest.raises(StoreError, match="not the folder of a sweep"):
        run_sweep(tmp_path)


@pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="processes are stopped by a signal of POSIX systems")
@pytest.mark.parametrize("limit", [None, 4.0])
def test_a_worker_that_is_stopped_is_noticed_by_its_silence_and_costs_no_run(tmp_path, limit):
    """Rows: H5. With a time limit, too, the run is done again: it is not the run that took long."""
    sweep = planned(tmp_path / "s", samples=40)

    def stop() -> None:
        while not sweep.storage.names("parts"):
            time.sleep(0.02)
        task = Path(f"/proc/{os.getpid()}/task")
        children = [int(child) for one in task.iterdir() for child in (one / "children").read_text().split()]
        os.kill(children[0], signal.SIGSTOP)

    thread = threading.Thread(target=stop)
    thread.start()
    began = time.monotonic()
    ran = run_sweep(sweep, workers=2, time_limit=limit)
    thread.join()
    assert ran.status.complete and ran.status.failed == 0 and ran.deaths == 1
    assert time.monotonic() - began < 40
    assert fingerprint(sweep) == fingerprint(finished(planned(tmp_path / "alone", samples=40)))
