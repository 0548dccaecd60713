"""Sweeps: how much of two cores the pool uses, what storing costs, whether memory grows with the number of runs."""

import os
import resource
import sys
import tempfile
import threading
import time
from pathlib import Path

import numpy as np

from alliancelab.scenarios.sweep.design import load_design
from alliancelab.scenarios.sweep.estimate import estimate
from alliancelab.scenarios.sweep.parts import chosen, parts_in, write_part
from alliancelab.scenarios.sweep.plan import Sweep
from alliancelab.scenarios.sweep.planning import new_runs, write_plan
from alliancelab.scenarios.sweep.pool import Pool
from alliancelab.scenarios.sweep.storage import open_storage
from alliancelab.scenarios.sweep.work import results_of
from benchmarks.rows import Row

__all__ = ["sweep"]

RUNS = 10_000
REPLICATES = 10
DESIGN = {
    "scenarios": ["stage_matched"], "method": "lhs", "replicates": REPLICATES,
    "factors": {
        "programme_grants.amount": {"low": 1, "high": 6}, "programme_grants.from": {"low": 2007, "high": 2015},
        "startup_subsidy.share": {"low": 0, "high": 0.8}, "parameters.trust_start": {"low": 0.3, "high": 0.7},
    },
}


def sweep(runs: int = RUNS) -> list[Row]:
    """A sweep of stage_matched over four factors, ten replicates of each point, on one and on two processes.

    One process does a tenth of the runs, for comparison; its speed does not depend on their number.
    """
    with tempfile.TemporaryDirectory() as place:
        few, many = (_planned(Path(place) / name, count) for name, count in (("one", runs // 10), ("two", runs)))
        one = _done(few, 1)
        half_way, two = _watched(many)
        size = sum(path.stat().st_size for path in (Path(place) / "two" / "parts").iterdir())
        storing = _storing(few)
    efficiency = 100.0 * two["runs a second"] / (2.0 * one["runs a second"])
    floor = ">= 90" if (os.cpu_count() or 1) >= 2 else ""
    grown = 100.0 * (two["megabytes"] / half_way - 1.0)
    return [
        Row("sweep", f"{runs // 10:,} runs, one process", one["runs a second"], "runs/s"),
        Row("sweep", f"{runs:,} runs, two processes, stored", two["runs a second"], "runs/s"),
        Row("sweep", "parallel efficiency on two cores", efficiency, "%", "", floor),
        Row("sweep", "storing: share of the time of a shard", storing, "%", "", "<= 5"),
        Row("sweep", "memory of supervisor and workers at the end", two["megabytes"], "MB"),
        Row("sweep", "growth of that memory over the second half", grown, "%", "", "<= 5"),
        Row("sweep", "size of the results, a run", size / runs, "bytes"),
    ]


def _planned(folder: Path, runs: int) -> Sweep:
    design = load_design({**DESIGN, "samples": runs // REPLICATES})
    rows = new_runs(design, None)
    return write_plan(design, open_storage(folder), rows, estimate(design, rows).seconds_a_run)


def _done(sweep: Sweep, workers: int) -> dict[str, float]:
    """Runs a second from the first begun to the last stored, so that starting the workers does not count."""
    begun: list[float] = []

    def progress(done: int, total: int) -> None:
        if done and not begun:
            begun.extend([time.perf_counter(), done])

    pool = Pool(sweep, workers)
    pool.run(sweep.shards(), progress)
    return {"runs a second": (pool.rows - begun[1]) / (time.perf_counter() - begun[0])}


def _watched(sweep: Sweep) -> tuple[float, dict[str, float]]:
    """The same on two processes, with the memory of all processes half-way and at the end."""
    seen: list[tuple[int, float]] = []
    over = threading.Event()

    def watch() -> None:
        while not over.wait(0.5):
            done = sum(part.rows for part in chosen(parts_in(sweep.storage)[0]))
            seen.append((done, _memory()))

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        told = _done(sweep, 2)
    finally:
        over.set()
        thread.join()
    half = [memory for done, memory in seen if sweep.runs / 3 <= done <= sweep.runs * 2 / 3]
    late = [memory for done, memory in seen if done > sweep.runs * 0.8]
    return float(np.median(half)), {**told, "megabytes": float(np.median(late))}


def _memory() -> float:
    """Resident memory of this process and its children, MB; of the largest child where they are not listed."""
    if sys.platform != "linux":
        return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024**2
    pages = 0
    for task in Path("/proc/self/task").iterdir():
        for child in (task / "children").read_text(encoding="ascii").split():
            try:
                pages += int(Path(f"/proc/{child}/statm").read_text(encoding="ascii").split()[1])
            except OSError:
                continue
    pages += int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1024**2


def _storing(sweep: Sweep, shards: int = 3) -> float:
    """What writing a part takes of the time of its shard, percent: table to file on the disk, against runs and file."""
    running = writing = 0.0
    for shard in sweep.shards()[:shards]:
        started = time.perf_counter()
        table = results_of(sweep, sweep.rows(shard))
        done = time.perf_counter()
        write_part(sweep.storage, [shard], table)
        running, writing = running + done - started, writing + time.perf_counter() - done
    return 100.0 * writing / (running + writing)
