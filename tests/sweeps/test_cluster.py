"""A sweep on Dask: a real scheduler, workers in processes of their own, one of them killed."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time

import pytest

from alliancelab.agents.errors import StoreError, UserError
from alliancelab.scenarios.sweep.cluster import run_on_cluster
from alliancelab.scenarios.sweep.plan import Sweep
from alliancelab.scenarios.sweep.run import run_sweep
from tests.support.sweeps import fingerprint, finished, planned

distributed = pytest.importorskip("distributed")


def started(module: str, *arguments: str) -> subprocess.Popen:
    return subprocess.Popen([sys.executable, "-m", "distributed.cli." + module, *arguments],
                            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    """Address of a scheduler, and its two worker processes."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    place = str(tmp_path_factory.mktemp("dask"))
    address = f"tcp://127.0.0.1:{port}"
    processes = [started("dask_scheduler", "--host", "127.0.0.1", "--port", str(port), "--no-dashboard", "--no-show")]
    processes += [started("dask_worker", address, "--nthreads", "1", "--no-dashboard", "--no-nanny",
                          "--local-directory", place) for _ in range(2)]
    with distributed.Client(address, timeout="60s") as client:
        client.wait_for_workers(2, timeout=60)
    yield address, processes[1:]
    for process in processes:
        process.kill()
        process.wait()


@pytest.mark.slow
def test_a_cluster_gives_the_same_bits_though_a_worker_is_killed(cluster, tmp_path):
    """Rows: H5."""
    address, workers = cluster
    sweep = planned(tmp_path / "s", samples=40)

    def kill() -> None:
        while not sweep.storage.names("parts"):
            time.sleep(0.02)
        os.kill(workers[0].pid, signal.SIGKILL)
        workers[0].wait()  # its claim is that of a dead process once nobody keeps it as a zombie

    thread = threading.Thread(target=kill)
    thread.start()
    ran = run_sweep(sweep, cluster=address)
    thread.join()
    assert ran.lost == () and ran.status.complete and ran.status.failed == 0
    assert fingerprint(sweep) == fingerprint(finished(planned(tmp_path / "alone", samples=40)))


@pytest.mark.slow
def test_workers_of_another_version_refuse(cluster, tmp_path):
    """Rows: H5."""
    address, _ = cluster
    planned(tmp_path / "s")
    sweep = Sweep(tmp_path / "s")
    manifest = {**sweep.manifest, "identity": {**sweep.manifest["identity"], "numba": "0.1"}}
    (tmp_path / "s" / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(StoreError, match=r'numba: planned "0\.1"'):
        run_sweep(tmp_path / "s", cluster=address)
    with pytest.raises(StoreError, match=r'numba: planned "0\.1"'):  # the workers look, too
        run_on_cluster(sweep, sweep.shards(), address)


def test_a_cluster_whose_workers_share_a_store_writes_there(tmp_path):
    """Rows: H5."""
    with distributed.LocalCluster(n_workers=2, threads_per_worker=1, processes=False, dashboard_address=":0") as local:
        sweep = planned("memory://on-a-cluster/s", samples=10)
        assert run_sweep(sweep, cluster=local.scheduler_address).status.complete
        assert fingerprint(sweep) == fingerprint(finished(planned(tmp_path / "alone", samples=10)))


def test_no_scheduler_is_told_in_a_sentence(tmp_path, monkeypatch):
    monkeypatch.setattr("alliancelab.scenarios.sweep.cluster.PATIENCE", "1s")
    with pytest.raises(UserError, match=r"--cluster tcp://127\.0\.0\.1:9: no scheduler answers there"):
        run_sweep(planned(tmp_path / "s"), cluster="tcp://127.0.0.1:9")


@pytest.mark.slow
def test_a_scheduler_that_dies_is_told_in_one_sentence_and_what_is_done_is_kept(tmp_path):
    """Rows: H5."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"tcp://127.0.0.1:{port}"
    processes = [started("dask_scheduler", "--host", "127.0.0.1", "--port", str(port), "--no-dashboard", "--no-show"),
                 started("dask_worker", address, "--nthreads", "1", "--no-dashboard", "--no-nanny",
                         "--local-directory", str(tmp_path))]
    sweep = planned(tmp_path / "s", samples=200)
    try:
        with distributed.Client(address, timeout="60s") as client:
            client.wait_for_workers(1, timeout=60)
        running = subprocess.Popen([sys.executable, "-m", "alliancelab", "sweep", "run", sweep.storage.url, "--cluster",
                                    address], stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)
        while not sweep.storage.names("parts"):
            assert running.poll() is None
            time.sleep(0.02)
        processes[0].kill()
        _, errors = running.communicate(timeout=120)
    finally:
        for process in processes:
            process.kill()
            process.wait()
    assert running.returncode == 2 and "Traceback" not in errors, errors[-2000:]
    assert "the scheduler went away" in errors and "the same command goes on" in errors
    assert run_sweep(sweep, workers=1).status.complete
    assert fingerprint(sweep) == fingerprint(finished(planned(tmp_path / "alone", samples=200)))
