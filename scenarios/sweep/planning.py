"""Making the plan of a sweep: every run as one row, written in blocks, with the worlds that points are run in.

Source: H5.
"""

import hashlib
import json
import time
from collections.abc import Callable, Sequence
from importlib.metadata import entry_points
from typing import TYPE_CHECKING, Any

import numpy as np

from alliancelab.agents.compiled import sources_hash
from alliancelab.agents.errors import ScenarioError, StoreError
from alliancelab.model.policy.own import GROUP
from alliancelab.scenarios.regional_outcomes import outcomes_for
from alliancelab.scenarios.scenario import Scenario
from alliancelab.scenarios.store import PROGRAM, provenance
from alliancelab.scenarios.sweep.design import Design
from alliancelab.scenarios.sweep.manifest import MOST_SHARDS
from alliancelab.scenarios.sweep.parts import parquet_bytes
from alliancelab.scenarios.sweep.plan import (
    MANIFEST,
    SCHEMA,
    WORLD,
    Block,
    Sweep,
    differences,
    identity,
    scenario_at,
)
from alliancelab.scenarios.sweep.points import levels_of, points_of
from alliancelab.scenarios.sweep.storage import Storage
from alliancelab.scenarios.sweep.worlds import WORLDS, SweepWorlds, base_of_points, worlds_of_design

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["new_runs", "points_asked", "runs_asked", "write_plan"]

SECONDS_OF_A_SHARD = (0.5, 10.0)  # less is lost in storing, more is lost with a worker that dies
SHARDS_AIMED_AT = 32  # so that a few workers end together
LARGEST_SHARD = 2000  # runs
FULL = 10  # times that a plan may grow by replicates before it has as many shards as it may have
Progress = Callable[[int, int], None]


def points_asked(design: Design) -> np.ndarray:
    """Points of a design in units of its factors; in many worlds the scenario as it is, too, the last where it lacks.

    Returns
    -------
    ndarray of float64, shape (points, factors)
        NaN where a point leaves a factor as it is in the scenario.
    """
    points = points_of(design)
    if design.drawn is None or base_of_points(points) is not None:
        return points
    return np.vstack([points, np.full(points.shape[1], np.nan)])


def runs_asked(design: Design) -> int:
    """Runs of a design, before any is made."""
    points, form = 1, design.form
    if form.method == "grid":
        for factor in design.factors:
            points *= len(levels_of(factor, form.steps))
    elif design.given is not None:
        points = len(design.given)
    elif form.method == "oat":
        points += sum(len(levels_of(factor, form.steps)) for factor in design.factors)
    else:
        trajectory = {"morris": 1, "saltelli": 2}.get(form.method)
        points = (form.samples or 0) * (1 if trajectory is None else len(design.factors) + trajectory)
    # Of many points sampled anew none is the scenario as it is; of those of a list one may be.
    as_it_is = 0 if design.given is None else int(base_of_points(design.given) is not None)
    points += 0 if design.drawn is None or form.method == "oat" else 1 - as_it_is
    return points * design.replicates * len(design.scenarios)


def new_runs(design: Design, sweep: Sweep | None, progress: Progress | None = None) -> "pa.Table":
    """Runs that a design asks for beyond those that are planned already; no rows where there are none.

    Raises
    ------
    ScenarioError
        When a point is not a valid scenario, or the design differs from the planned one in more than replicates.
    """
    replicates = range(design.replicates)
    first_run = 0
    if sweep is not None:
        sweep.check()
        _check_same(design, sweep)
        replicates = range(sweep.replicates, design.replicates)
        first_run = sweep.runs
    _check_own(design.scenarios)
    return _runs(design, replicates, first_run, progress)


def _check_same(design: Design, sweep: Sweep) -> None:
    """Only replicates can be added to a plan."""
    planned, now = dict(sweep.manifest["design"]), design.as_dict()
    before = sweep.replicates
    for words in (planned, now):
        for key in ("replicates", "title", "purpose"):
            words.pop(key)
    differing = differences(_by_name(planned), _by_name(now))
    planned_hashes = {one["name"]: one["hash"][:12] for one in sweep.manifest["scenarios"]}
    differing += differences(planned_hashes, {s.name: s.hash[:12] for s in design.scenarios}, "scenario ")
    if design.replicates < before:
        differing.append(f"replicates: planned {before}, here {design.replicates}")
    if design.drawn is not None and design.drawn.hash != sweep.manifest.get("worlds", {}).get("hash"):
        differing.append("the worlds, which are others")
    if differing:
        raise ScenarioError(f"{design.place}: {sweep.storage.url} holds the plan of another design: "
                            f"{'; '.join(differing[:5])}. Only replicates can be added; plan a new folder")


def _by_name(design: dict[str, Any]) -> dict[str, Any]:
    """The same with its factors by name, so that a difference says which factor it is about."""
    return {**design, "factors": {factor["name"]: factor for factor in design["factors"]}}


def _check_own(scenarios: Sequence[Scenario]) -> None:
    """Workers know only the own instruments that an installed package brings."""
    own = {instrument.name for scenario in scenarios for instrument in scenario.own_instruments}
    brought = {entry.load().name for entry in entry_points(group=GROUP)} if own else set()
    if own - brought:
        raise ScenarioError(f"the instrument '{min(own - brought)}' is known to this process only and a sweep runs in "
                            f"processes of its own; bring it by an entry point '{GROUP}' of an installed package")


def _runs(design: Design, replicates: range, first_run: int, progress: Progress | None) -> "pa.Table":
    """Every run as one row: all replicates of a point one after another, so that a worker sets a scenario up once."""
    import pyarrow as pa

    points, count, worlds = points_asked(design), len(replicates), worlds_of_design(design)
    model, first = sources_hash(), design.form.first_seed
    seeds = [first + k for k in replicates] if worlds is None else worlds.seeds(replicates, first)
    identifiers: list[str] = []
    for s, base in enumerate(design.scenarios):
        for i, values in enumerate(points.tolist()):
            scenario = _checked(design, base, values, i)
            hashes = ([scenario.hash] if worlds is None
                      else [worlds.at(scenario, w).hash for w in range(len(worlds.values))])
            identifiers += [_run_id(model, hashes[k % len(hashes)], seed)
                            for k, seed in zip(replicates, seeds, strict=True)]
            if progress:
                progress(s * len(points) + i + 1, len(points) * len(design.scenarios))
    each = len(points) * count
    columns = {
        "run": np.arange(first_run, first_run + len(identifiers)),
        "run_id": identifiers,
        "scenario": pa.array(np.repeat([s.name for s in design.scenarios], each)).dictionary_encode(),
        "point": np.tile(np.repeat(np.arange(len(points)), count), len(design.scenarios)),
        "replicate": np.tile(np.asarray(replicates), len(points) * len(design.scenarios)),
        "seed": np.tile(np.array(seeds, np.int64), len(points) * len(design.scenarios)),
    }
    if worlds is not None:
        columns[WORLD] = columns["replicate"] % len(worlds.values)
    for j, factor in enumerate(design.factors):
        values = np.tile(np.repeat(points[:, j], count), len(design.scenarios))
        columns[factor.name] = pa.array(values, mask=np.isnan(values))
    return pa.table(columns)


def _checked(design: Design, base: Scenario, values: list[float], i: int) -> Scenario:
    try:
        return scenario_at(base, design.factors, values)
    except ScenarioError as error:
        at = ", ".join(f"{factor.name} = {value:g}"
                       for factor, value in zip(design.factors, values, strict=True) if value == value)
        raise ScenarioError(f"{design.place}: point {i} over {base.name} ({at}): {error}") from None


def _run_id(model: str, scenario: str, seed: int) -> str:
    """Hash of all that decides a run."""
    return hashlib.sha256(f"{model} {scenario} {seed}".encode()).hexdigest()[:32]


def write_plan(design: Design, storage: Storage, runs: "pa.Table", seconds_a_run: float) -> Sweep:
    """Add a block to the plan of a folder, the first one included.

    Parameters
    ----------
    runs : Table
        From `new_runs`, at least one row.
    seconds_a_run : float
        SimulatedMoments; a shard takes `SECONDS_OF_A_SHARD`.
    """
    started = time.perf_counter()
    try:
        before: dict[str, Any] | None = Sweep(storage).manifest
    except StoreError:
        before = None
        _check_empty(storage)
    least, most = (max(int(seconds / max(seconds_a_run, 1e-9)), 1) for seconds in SECONDS_OF_A_SHARD)
    shard_rows = min(max(least, min(most, -(-runs.num_rows // SHARDS_AIMED_AT))), LARGEST_SHARD)
    shard_rows = max(shard_rows, -(-runs.num_rows * FULL // MOST_SHARDS))
    blocks = list(before["blocks"]) if before else []
    file = "plan.parquet" if not blocks else f"plan_{len(blocks) + 1}.parquet"
    data = parquet_bytes(runs, shard_rows)
    replicates = runs.column("replicate")
    block = Block(file, runs.num_rows, shard_rows, [replicates[0].as_py(), replicates[-1].as_py() + 1],
                  hashlib.sha256(data).hexdigest())
    form = design.form
    seeds = range(form.first_seed, form.first_seed + form.replicates)
    manifest = before or {
        **provenance("sweep", design.scenarios, seeds, time.perf_counter() - started),
        "schema": SCHEMA, "identity": identity(),
        "outcomes": [outcome.name for outcome in outcomes_for(design.scenarios)],
    }
    worlds = worlds_of_design(design)
    if worlds is not None and before is None:
        manifest["worlds"] = _worlds_told(design, worlds)
    blocks.append(block._asdict())
    manifest |= {"seeds": list(seeds), "design": design.as_dict(), "seconds_a_run": seconds_a_run, "blocks": blocks,
                 "plan": hashlib.sha256("".join(b["sha256"] for b in blocks).encode()).hexdigest()}
    storage.write(file, data)
    if worlds is not None and before is None:
        storage.write(WORLDS, worlds.data())
    storage.write(MANIFEST, json.dumps(manifest, indent=2, ensure_ascii=False, allow_nan=False).encode())
    return Sweep(storage)


def _worlds_told(design: Design, worlds: SweepWorlds) -> dict[str, Any]:
    """What the manifest says of the worlds of a sweep."""
    assert design.drawn is not None
    points = points_of(design)
    base = base_of_points(points)
    return {"count": len(worlds.values), "base": len(points) if base is None else base, "added": base is None,
            "sha256": hashlib.sha256(worlds.data()).hexdigest(), **design.drawn.described(design.scenarios)}


def _check_empty(storage: Storage) -> None:
    """Refuse a folder that holds anything; even a plan without its manifest may be somebody's own file."""
    strangers = storage.names("")
    if strangers:
        raise StoreError(f"{storage.url}: the folder holds '{strangers[0]}' and no sweep that can be read; "
                         f"give a new or empty folder ({PROGRAM} writes over nothing)")
