"""The work on a shard: every run of it, a failure recorded with its reason, one part written.

Source: H5.
"""

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from alliancelab.model.outcomes import outcomes_of
from alliancelab.model.setup import QUARTERS_A_YEAR
from alliancelab.model.simulation import Recording, simulate
from alliancelab.model.tables import CURVES
from alliancelab.scenarios.scenario import Scenario
from alliancelab.scenarios.sweep.claims import BEAT, Claims
from alliancelab.scenarios.sweep.parts import Part, Shard, write_part
from alliancelab.scenarios.sweep.plan import Sweep, scenario_at

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["CURVE", "Done", "do_claimed", "do_shard", "results_of", "yearly"]

CURVE = "curve."  # before the names of yearly curves, which are lists
_LONGEST_REASON = 300


class Done(NamedTuple):
    """What became of a shard: its part, and the runs of it that failed."""

    part: Part
    failed: int


def do_shard(
    sweep: Sweep,
    shard: Shard,
    skip: Mapping[int, str] | None = None,
    begin: Callable[[int], None] = lambda run: None,
) -> Done:
    """Run a shard and write its part.

    Parameters
    ----------
    skip : mapping of int to str, optional
        Runs not to be tried, with the reason that is recorded for them.
    begin : callable
        Told the number of each run before it begins, and -1 when no run is on.

    Raises
    ------
    StoreError
        When the part cannot be written.
    """
    table = results_of(sweep, sweep.rows(shard), skip or {}, begin)
    failed = table.num_rows - table.column("error").null_count
    return Done(write_part(sweep.storage, [shard], table), failed)


def results_of(
    sweep: Sweep,
    rows: "pa.Table",
    skip: Mapping[int, str] | None = None,
    begin: Callable[[int], None] = lambda run: None,
) -> "pa.Table":
    """Run rows of the plan: their columns, all outcomes, yearly curves if they are kept, and what went wrong."""
    import pyarrow as pa

    measures = sweep.outcomes
    outcomes = np.full((rows.num_rows, len(measures)), np.nan)
    curves: list[dict[str, np.ndarray] | None] = [None] * rows.num_rows
    errors: list[str | None] = [None] * rows.num_rows
    keep_curves = "curves" in sweep.manifest["design"]["keep"]
    for i, (run, scenario, seed) in enumerate(_each(sweep, rows)):
        begin(run)
        if skip and run in skip:
            errors[i] = skip[run]
            continue
        try:
            recording = simulate_run(scenario, seed)
            outcomes[i] = outcomes_of(recording, measures)
            if keep_curves:
                curves[i] = yearly(recording)
        except Exception as error:  # the reason is kept and the other runs go on
            errors[i] = f"{type(error).__name__}: {error}".splitlines()[0][:_LONGEST_REASON]
    begin(-1)
    for j, outcome in enumerate(measures):
        rows = rows.append_column(outcome.name, pa.array(outcomes[:, j]))
    if keep_curves:
        for column in CURVES:
            lists = [None if kept is None else kept[column.name] for kept in curves]
            rows = rows.append_column(CURVE + column.name, pa.array(lists, pa.list_(pa.float64())))
    return rows.append_column("error", pa.array(errors, pa.string()))


def _each(sweep: Sweep, rows: "pa.Table") -> Iterator[tuple[int, Scenario, int]]:
    """Number, scenario and seed of each run; the scenario is made once for all replicates of a point."""
    factors, worlds, last, scenario = sweep.factors, sweep.worlds, None, None
    for row in rows.to_pylist():
        if scenario is None or last != (row["scenario"], row["point"]):
            last = (row["scenario"], row["point"])
            scenario = scenario_at(sweep.scenarios[row["scenario"]], factors, [row[f.name] for f in factors])
        yield row["run"], scenario if worlds is None else worlds.at(scenario, row["replicate"]), row["seed"]


def simulate_run(scenario: Scenario, seed: int) -> Recording:
    """One run without its panel."""
    return simulate(scenario.setup(seed), record=False)


def yearly(recording: Recording) -> dict[str, np.ndarray]:
    """Means of every curve over the quarters of each full calendar year after the warm-up, by name of CURVES."""
    after = recording.curves[recording.setup.sizes["warm_up"]:]
    years = len(after) // QUARTERS_A_YEAR
    kept = after[: years * QUARTERS_A_YEAR]
    return {column.name: kept[column.name].astype(float).reshape(years, QUARTERS_A_YEAR).mean(axis=1)
            for column in CURVES}


# --- a shard under a claim of its own, for workers without a supervisor --------------------------------------------


def do_claimed(folder: str, plan: str, shard: tuple[int, int, int]) -> dict[str, Any] | None:
    """Claim a shard of the sweep in `folder` and do it; None where somebody else has it.

    Parameters
    ----------
    plan : str
        Hash of the plan that the shard belongs to.

    Returns
    -------
    dict or None
        ``rows`` and ``failed``: plain data that travel between machines.
    """
    sweep, wanted = _opened(folder, plan), Shard(*shard)
    claims = Claims(sweep.storage)
    if not claims.take(wanted.name):
        return None
    try:
        with _beating(claims):
            done = do_shard(sweep, wanted)
    finally:
        claims.release_all()
    return {"rows": done.part.rows, "failed": done.failed}


_open: dict[str, Sweep] = {}


def _opened(folder: str, plan: str) -> Sweep:
    """The sweep of a folder, read and checked by each worker once, and again when its plan has grown."""
    if folder not in _open or _open[folder].manifest["plan"] != plan:
        sweep = Sweep(folder)
        sweep.check()
        _open[folder] = sweep
    return _open[folder]


@contextmanager
def _beating(claims: Claims) -> Iterator[None]:
    """Heartbeats from a thread: compiled runs release the interpreter lock."""
    over = threading.Event()

    def beat() -> None:
        while not over.wait(BEAT / 2):
            claims.beat()

    thread = threading.Thread(target=beat, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
