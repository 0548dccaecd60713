"""The plan of a sweep: what is run, fixed before anything runs, in blocks that are added to and never changed.

Source: H5.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from alliancelab.agents.compiled import sources_hash
from alliancelab.agents.errors import ScenarioError, StoreError
from alliancelab.model.outcomes import Outcome
from alliancelab.scenarios.files import reason
from alliancelab.scenarios.regional_outcomes import ALL_OUTCOMES, own_outcomes
from alliancelab.scenarios.scenario import Scenario, load, restore
from alliancelab.scenarios.store import parquet_file
from alliancelab.scenarios.sweep.design import Factor
from alliancelab.scenarios.sweep.manifest import check_manifest
from alliancelab.scenarios.sweep.parts import Shard
from alliancelab.scenarios.sweep.storage import Storage, open_storage
from alliancelab.scenarios.sweep.worlds import SweepWorlds, read_worlds

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = [
    "COLUMNS", "MANIFEST", "SCHEMA", "WORLD", "Block", "Sweep", "differences", "identity", "scenario_at",
]

SCHEMA = 1
MANIFEST = "manifest.json"
WORLD = "world"  # column of the plan and of results, where there are worlds
COLUMNS = ("run", "run_id", "scenario", "point", "replicate", "seed")
"""What the plan says of a run, before the values of its factors."""

_SHAPING = ("numpy", "numba", "llvmlite")  # packages that decide the bits of a run


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
        """Points that each scenario is run at, that of worlds with the scenario as it is among them."""
        return self.runs // (self.replicates * len(self.manifest["scenarios"]))

    @cached_property
    def worlds(self) -> SweepWorlds | None:
        """Worlds that every point is run in; None where there are none."""
        told = self.manifest.get("worlds")
        return None if told is None else read_worlds(self.storage, told)

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
        differing = differences(self.manifest["identity"], identity())
        for planned in self.manifest["scenarios"]:
            now = self.scenarios[planned["name"]].hash
            if now != planned["hash"]:
                differing.append(f"scenario {planned['name']}: planned {planned['hash'][:12]}, here {now[:12]}")
        _ = self.worlds  # told of if they are not as they were
        if differing:
            raise StoreError(f"{self.storage.url}: the sweep was planned with another version: {'; '.join(differing)}. "
                             "Go on with that version, or plan a new folder")
        for block in self.blocks:
            found = hashlib.sha256(self._bytes(block.file)).hexdigest()
            if found != block.sha256:
                raise StoreError(f"{self.storage.url}/{block.file}: the plan has changed since it was made: planned "
                                 f"{block.sha256[:12]}, here {found[:12]}. Bring it back, or plan a new folder")


def identity() -> dict[str, str]:
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


def scenario_at(base: Scenario, factors: Sequence[Factor], values: Sequence[float | None]) -> Scenario:
    """The scenario of a point: the base with the values of its factors; None or NaN leaves one as it is."""
    changes = {factor.name: int(value) if factor.integer else value
               for factor, value in zip(factors, values, strict=True) if value is not None and value == value}
    return load(base, changes)
