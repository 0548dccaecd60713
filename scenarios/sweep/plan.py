"""The plan of a sweep: what is run, fixed before anything runs, in blocks that are added to and never changed.

Source: H5.
"""

import hashlib
import json
import time
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from importlib.metadata import entry_points, version
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from alliancelab.agents.compiled import sources_hash
from alliancelab.agents.errors import ScenarioError, StoreError
from alliancelab.model.outcomes import Outcome
from alliancelab.model.policy.own import GROUP
from alliancelab.scenarios.files import reason
from alliancelab.scenarios.regional_outcomes import ALL_OUTCOMES, outcomes_for, own_outcomes
from alliancelab.scenarios.scenario import Scenario, load, restore
from alliancelab.scenarios.store import PROGRAM, parquet_file, provenance
from alliancelab.scenarios.sweep.design import Design, Factor
from alliancelab.scenarios.sweep.manifest import MOST_SHARDS, check_manifest
from alliancelab.scenarios.sweep.parts import Shard, parquet_bytes
from alliancelab.scenarios.sweep.points import levels_of, points_of
from alliancelab.scenarios.sweep.storage import Storage, open_storage

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = [
    "COLUMNS", "MANIFEST", "Block", "Sweep", "differences", "new_runs", "runs_asked", "scenario_at", "write_plan",
]

SCHEMA = 1
MANIFEST = "manifest.json"
COLUMNS = ("run", "run_id", "scenario", "point", "replicate", "seed")
"""What the plan says of a run, before the values of its factors."""

_SHAPING = ("numpy", "numba", "llvmlite")  # packages that decide the bits of a run
SECONDS_OF_A_SHARD = (0.5, 10.0)  # less is lost in storing, more is lost with a worker that dies
SHARDS_AIMED_AT = 32  # so that a few workers end together
LARGEST_SHARD = 2000  # runs
FULL = 10  # times that a plan may grow by replicates before it has as many shards as it may have
Progress = Callable[[int, int], None]


class Block(NamedTuple):
    """Consecutive runs of a plan, in one file.

    Attributes
    ----------
    file : str
    rows : int
    shard_rows : int
        Runs of a shard; the last one may have fewer.
    replicates : list of int
        First replicate, and the one after the last.
    sha256 : str
        Of the file.
    """

    file: str
    rows: int
    shard_rows: int
    replicates: list[int]
    sha256: str


class Sweep:
    """A planned sweep in its folder. Source: H5.

    Attributes
    ----------
    storage : Storage
    manifest : dict
        Version, packages, platform, design, scenarios in full, blocks of the plan.

    Raises
    ------
    StoreError
        When the folder is not that of a sweep, or is of a later format.
    """

    def __init__(self, folder: "str | Path | Storage"):
        self.storage = open_storage(folder) if isinstance(folder, str | Path) else folder
        try:
            with self.storage.open(MANIFEST) as file:
                self.manifest = json.loads(file.read())
        except FileNotFoundError:
            raise StoreError(f"{self.storage.url}: this is not the folder of a sweep; "
                             "make one with `alliancelab sweep plan DESIGN --out DIR`") from None
        except (OSError, ValueError, RecursionError) as error:
            raise StoreError(f"{self.storage.url}/{MANIFEST}: the file cannot be read: {error}") from None
        if not isinstance(self.manifest, dict) or self.manifest.get("kind") != "sweep":
            raise StoreError(f"{self.storage.url}: this is not the folder of a sweep")
        later = self.manifest.get("schema")
        if isinstance(later, int) and later > SCHEMA:
            raise StoreError(f"{self.storage.url}: the sweep has format {later}, written by alliancelab "
                             f"{self.manifest.get('version')}; this version reads formats up to {SCHEMA}")
        check_manifest(self.manifest, f"{self.storage.url}/{MANIFEST}")
        self._files: dict[str, Any] = {}

    @property
    def blocks(self) -> list[Block]:
        """Blocks of the plan in order."""
        return [Block(**block) for block in self.manifest["blocks"]]

    @property
    def factors(self) -> list[Factor]:
        """What is varied; plan and results have a column for each, by its name."""
        return [Factor(**factor) for factor in self.manifest["design"]["factors"]]

    @property
    def runs(self) -> int:
        """Runs of all blocks."""
        return sum(block.rows for block in self.blocks)

    @property
    def replicates(self) -> int:
        """Replicates of each point."""
        return self.blocks[-1].replicates[1]

    @property
    def points(self) -> int:
        """Points of the design, run over each scenario."""
        return self.runs // (self.replicates * len(self.manifest["scenarios"]))

    @cached_property
    def scenarios(self) -> dict[str, Scenario]:
        """Base scenarios by name."""
        documents = self.manifest["scenarios"]
        try:
            return {one["name"]: restore({k: v for k, v in one.items() if k != "hash"}) for one in documents}
        except ScenarioError as error:
            raise StoreError(f"{self.storage.url}/{MANIFEST}: {error}") from None

    @cached_property
    def outcomes(self) -> tuple[Outcome, ...]:
        """Outcomes of its runs, as far as this version knows them, in the order of their columns."""
        names = self.manifest["outcomes"]
        known = dict(ALL_OUTCOMES)
        if not known.keys() >= set(names):  # a region's own, which the scenarios define
            known |= {outcome.name: outcome for outcome in own_outcomes(self.scenarios.values())}
        return tuple(known[name] for name in names if name in known)

    def shards(self) -> list[Shard]:
        """All shards in the order of the plan."""
        return [Shard(number, index, min(block.shard_rows, block.rows - index * block.shard_rows))
                for number, block in enumerate(self.blocks, start=1)
                for index in range(-(-block.rows // block.shard_rows))]

    def numbers(self, shard: Shard) -> range:
        """Numbers of the runs of a shard."""
        first = sum(block.rows for block in self.blocks[: shard.block - 1])
        first += shard.place * self.blocks[shard.block - 1].shard_rows
        return range(first, first + shard.rows)

    def rows(self, shard: Shard) -> "pa.Table":
        """Plan of a shard: `COLUMNS` and one column a factor."""
        name = self.blocks[shard.block - 1].file
        try:
            if name not in self._files:
                self._files[name] = parquet_file(self._bytes(name))
            rows = self._files[name].read_row_group(shard.place, use_threads=False)
        except (OSError, ValueError, IndexError) as error:  # Arrow's errors are among them
            raise StoreError(f"{self.storage.url}/{name}: the plan cannot be read: {str(error).splitlines()[0]}; bring "
                             "it back, or plan a new folder") from None
        missing = {*COLUMNS, *(factor.name for factor in self.factors)} - set(rows.column_names)
        if missing or rows.num_rows != shard.rows:
            raise StoreError(f"{self.storage.url}/{name}: the plan is not that of the manifest; bring it back, or plan "
                             "a new folder")
        return rows

    def _bytes(self, name: str) -> bytes:
        try:
            with self.storage.open(name) as file:
                return file.read()
        except FileNotFoundError:
            raise StoreError(f"{self.storage.url}/{name}: the plan is missing; bring it back") from None
        except OSError as error:
            raise StoreError(f"{self.storage.url}/{name}: the plan cannot be read: {reason(error)}") from None

    def check(self) -> None:
        """Refuse to run a plan of another version, or one that has been changed.

        Raises
        ------
        StoreError
            With what differs.
        """
        differing = differences(self.manifest["identity"], _identity())
        for planned in self.manifest["scenarios"]:
            now = self.scenarios[planned["name"]].hash
            if now != planned["hash"]:
                differing.append(f"scenario {planned['name']}: planned {planned['hash'][:12]}, here {now[:12]}")
        if differing:
            raise StoreError(f"{self.storage.url}: the sweep was planned with another version: {'; '.join(differing)}. "
                             "Go on with that version, or plan a new folder")
        for block in self.blocks:
            found = hashlib.sha256(self._bytes(block.file)).hexdigest()
            if found != block.sha256:
                raise StoreError(f"{self.storage.url}/{block.file}: the plan has changed since it was made: planned "
                                 f"{block.sha256[:12]}, here {found[:12]}. Bring it back, or plan a new folder")


def _identity() -> dict[str, str]:
    """What decides the bits of a run beside scenario and seed."""
    return {"model": sources_hash(), **{name: version(name) for name in _SHAPING}}


def differences(planned: Mapping[str, Any], now: Mapping[str, Any], path: str = "") -> list[str]:
    """Keys in which two documents differ, each with both values."""
    found = []
    for key in dict.fromkeys([*planned, *now]):
        place, a, b = f"{path}{key}", planned.get(key), now.get(key)
        if isinstance(a, Mapping) and isinstance(b, Mapping):
            found += differences(a, b, f"{place}.")
        elif a != b:
            found.append(f"{place}: planned {_short(a)}, here {_short(b)}")
    return found


def _short(value: Any) -> str:
    text = json.dumps(value)
    return text if len(text) <= 80 else text[:77] + "..."


# --- making a plan -------------------------------------------------------------------------------------------------


def scenario_at(base: Scenario, factors: Sequence[Factor], values: Sequence[float | None]) -> Scenario:
    """The scenario of a point: the base with the values of its factors; None or NaN leaves one as it is."""
    changes = {factor.name: int(value) if factor.integer else value
               for factor, value in zip(factors, values, strict=True) if value is not None and value == value}
    return load(base, changes)


def runs_asked(design: Design) -> int:
    """Runs of a design, before any is made."""
    points = 1
    form = design.form
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
    return points * form.replicates * len(design.scenarios)


def new_runs(design: Design, sweep: Sweep | None, progress: Progress | None = None) -> "pa.Table":
    """Runs that a design asks for beyond those that are planned already; no rows where there are none.

    Raises
    ------
    ScenarioError
        When a point is not a valid scenario, or the design differs from the planned one in more than replicates.
    """
    replicates = range(design.form.replicates)
    first_run = 0
    if sweep is not None:
        sweep.check()
        _check_same(design, sweep)
        replicates = range(sweep.replicates, design.form.replicates)
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
    if design.form.replicates < before:
        differing.append(f"replicates: planned {before}, here {design.form.replicates}")
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

    points, count = points_of(design), len(replicates)
    model, seeds = sources_hash(), [design.form.first_seed + k for k in replicates]
    identifiers: list[str] = []
    for s, base in enumerate(design.scenarios):
        for i, values in enumerate(points.tolist()):
            hashed = _checked(design, base, values, i).hash
            identifiers += [_run_id(model, hashed, seed) for seed in seeds]
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
        "schema": SCHEMA, "identity": _identity(),
        "outcomes": [outcome.name for outcome in outcomes_for(design.scenarios)],
    }
    blocks.append(block._asdict())
    manifest |= {"seeds": list(seeds), "design": design.as_dict(), "seconds_a_run": seconds_a_run, "blocks": blocks,
                 "plan": hashlib.sha256("".join(b["sha256"] for b in blocks).encode()).hexdigest()}
    storage.write(file, data)
    storage.write(MANIFEST, json.dumps(manifest, indent=2, ensure_ascii=False, allow_nan=False).encode())
    return Sweep(storage)


def _check_empty(storage: Storage) -> None:
    """Refuse a folder that holds anything; even a plan without its manifest may be somebody's own file."""
    strangers = storage.names("")
    if strangers:
        raise StoreError(f"{storage.url}: the folder holds '{strangers[0]}' and no sweep that can be read; "
                         f"give a new or empty folder ({PROGRAM} writes over nothing)")
