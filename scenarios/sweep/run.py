"""Plan a sweep and run it: what command line and Python interface do, each in one call.

Source: H5.
"""

import os
import signal
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from alliancelab.agents.errors import UserError
from alliancelab.scenarios.sweep.design import LARGEST_DESIGN, load_design
from alliancelab.scenarios.sweep.estimate import Estimate, estimate
from alliancelab.scenarios.sweep.folder import (
    Finding,
    Status,
    drop_needless_claims,
    fraction_of,
    set_failed_aside,
    set_unsound_aside,
    status,
)
from alliancelab.scenarios.sweep.plan import MANIFEST, Sweep
from alliancelab.scenarios.sweep.planning import new_runs, runs_asked, write_plan
from alliancelab.scenarios.sweep.pool import WORKER, Pool
from alliancelab.scenarios.sweep.storage import open_storage

__all__ = ["Planned", "Ran", "plan_sweep", "run_sweep"]

Progress = Callable[[str, int, int], None]


class Planned(NamedTuple):
    """A plan, what it is expected to cost (None where it was there already), and what is allowed but hardly meant."""

    sweep: Sweep
    estimate: Estimate | None
    notes: tuple[str, ...]


class Ran(NamedTuple):
    """What running a sweep came to.

    Attributes
    ----------
    status : Status
        Of the whole sweep afterwards.
    deaths : int
        Workers that died without being asked to.
    lost : tuple of str
        Shards that a cluster gave up.
    findings : list of Finding
        What was unsound in the folder before, set aside and done again.
    """

    status: Status
    deaths: int
    lost: tuple[str, ...]
    findings: list[Finding]


def plan_sweep(
    design: str | Path | Mapping[str, Any],
    folder: str | Path,
    yes: bool = False,
    progress: Progress | None = None,
) -> Planned:
    """Check a design, measure a few of its runs and write its plan; add replicates where a plan is there.

    Source: H5.

    Parameters
    ----------
    design : str, Path or mapping
        As in `load_design`.
    folder : path or URL
        A new or empty folder, or that of the same design with fewer replicates.
    yes : bool
        Whether it may take hours or gigabytes.

    Raises
    ------
    ScenarioError, StoreError, UserError
        If the design is invalid, the folder cannot be written, or the plan is large and nobody said yes; nothing is
        written then.
    """
    checked, storage = load_design(design), open_storage(folder)
    asked = runs_asked(checked)
    if asked > LARGEST_DESIGN:
        raise UserError(f"{checked.place}: the design asks for {asked:,} runs; at most {LARGEST_DESIGN:,} are planned")
    before = Sweep(storage) if MANIFEST in storage.names("") else None
    watched = None if progress is None else lambda done, total: progress("points checked", done, total)
    runs = new_runs(checked, before, watched)
    notes = tuple(dict.fromkeys(note for scenario in checked.scenarios for note in scenario.notes()))
    if before is not None and not runs.num_rows:
        return Planned(before, None, notes)
    cost = estimate(checked, runs)
    if cost.wants_a_yes and not yes:
        raise UserError(f"{checked.place}: {cost.runs:,} runs take about {cost.seconds / 3600:.1f} hours on the "
                        f"{cost.cores} cores here and up to {cost.megabytes:,.0f} MB; say --yes if that is meant")
    return Planned(write_plan(checked, storage, runs, cost.seconds_a_run), cost, notes)


def run_sweep(
    folder: "str | Path | Sweep",
    workers: int | None = None,
    time_limit: float | None = None,
    shard: str | None = None,
    cluster: str | None = None,
    retry_failed: bool = False,
    progress: Progress | None = None,
    command: Sequence[str] = WORKER,
) -> Ran:
    """Do what is missing of a planned sweep; the same call again goes on where it was stopped.

    Source: H5.

    Parameters
    ----------
    workers : int, optional
        Processes; by default one for each core.
    time_limit : float, optional
        Seconds that one run may take; a run that takes longer is recorded as failed.
    shard : str, optional
        ``i/n``: only every n-th shard, beginning with the i-th, for schedulers of jobs.
    cluster : str, optional
        Address of a Dask scheduler, whose workers do the shards instead.
    retry_failed : bool
        Whether shards with failed runs are done again.
    command : sequence of str
        What starts a worker process.

    Raises
    ------
    StoreError
        When the sweep is of another version, its plan has changed, or results cannot be written.
    UserError
        If an option is out of range or means nothing together with another.
    """
    for value, name in ((workers, "workers"), (time_limit, "time-limit")):
        if value is not None and not value > 0:
            raise UserError(f"--{name} is {value:g} and has to be more than 0")
        if value is not None and cluster is not None:
            raise UserError(f"--{name} means nothing with --cluster; the cluster has its own")
    sweep = folder if isinstance(folder, Sweep) else Sweep(folder)
    sweep.check()
    shards = sweep.shards() if shard is None else fraction_of(sweep.shards(), shard)
    findings = set_unsound_aside(sweep, shards)
    if retry_failed:
        set_failed_aside(sweep)
    watched = None if progress is None else lambda done, total: progress("runs", done, total)
    if cluster is not None:
        from alliancelab.scenarios.sweep.cluster import run_on_cluster

        deaths, lost = 0, run_on_cluster(sweep, shards, cluster, watched)
    else:
        pool = Pool(sweep, workers or os.cpu_count() or 1, time_limit, command)
        with _asked_to_stop() as stop:
            pool.run(shards, watched, stop)
        deaths, lost = pool.deaths, ()
    drop_needless_claims(sweep)
    return Ran(status(sweep), deaths, lost, findings)


@contextmanager
def _asked_to_stop() -> Iterator[Callable[[], None]]:
    """A function that raises what Ctrl-C, or a scheduler's SIGTERM, asked for since: called where nothing is half done.

    Elsewhere than in the main thread, which alone hears signals, it does nothing.
    """
    asked: list[int] = []

    def stop() -> None:
        if asked:
            raise KeyboardInterrupt if asked[0] == signal.SIGINT else SystemExit(128 + asked[0])

    if threading.current_thread() is not threading.main_thread():
        yield stop
        return
    numbers = (signal.SIGINT, signal.SIGTERM)
    before = [signal.signal(number, lambda heard, frame: asked.append(heard)) for number in numbers]
    try:
        yield stop
    finally:
        for number, handler in zip(numbers, before, strict=True):
            signal.signal(number, handler)
