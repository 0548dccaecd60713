"""Worlds of a sweep: every point is run in each of them, and they are kept beside the plan.

Replicate j of a point is run k of world w, with ``j = k * worlds + w`` and the seed that `nested.seeds_of` gives it, so
that points share worlds and seeds, and more replicates leave earlier ones as they are.

Source: H5.
"""

import hashlib
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from alliancelab.agents.errors import StoreError
from alliancelab.model.parameters import PARAMETERS
from alliancelab.scenarios.scenario import Scenario
from alliancelab.scenarios.store import parquet_file
from alliancelab.scenarios.sweep.design import Design
from alliancelab.scenarios.sweep.parts import parquet_bytes
from alliancelab.scenarios.sweep.storage import Storage
from alliancelab.scenarios.worlds.ensemble import in_world
from alliancelab.scenarios.worlds.seeds import seeds_of

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["WORLDS", "SweepWorlds", "base_of_points", "read_worlds", "worlds_of_design"]

WORLDS = "worlds.parquet"
"""File beside the plan: world, parameter, kind, place in its distribution, value."""


class SweepWorlds(NamedTuple):
    """What differs between the worlds of a sweep; the second axis is that of `varied`.

    Attributes
    ----------
    varied, kinds : tuple of str
        Parameters, and where the values of each come from.
    u, values : ndarray of float64, shape (worlds, varied)
        Places in the distributions, and values.
    """

    varied: tuple[str, ...]
    kinds: tuple[str, ...]
    u: np.ndarray
    values: np.ndarray

    def world(self, replicate: int) -> int:
        """The world of a replicate."""
        return replicate % len(self.values)

    def seeds(self, replicates: range, first_seed: int) -> list[int]:
        """Seeds of replicates."""
        count = len(self.values)
        seeds = seeds_of(count, -(-replicates.stop // count), first_seed)
        return [int(seeds[j % count, j // count]) for j in replicates]

    def at(self, scenario: Scenario, replicate: int) -> Scenario:
        """A scenario in the world of a replicate."""
        return in_world(scenario, self.varied, self.values[self.world(replicate)])

    def data(self) -> bytes:
        """Bytes of the file."""
        import pyarrow as pa

        worlds, varied = self.values.shape
        return parquet_bytes(pa.table({
            "world": np.repeat(np.arange(worlds), varied), "parameter": list(self.varied) * worlds,
            "kind": list(self.kinds) * worlds, "place": self.u.ravel(), "value": self.values.ravel()}), 50_000)


def base_of_points(points: np.ndarray) -> int | None:
    """The point at which the scenario is as it is; None where there is none."""
    found = np.flatnonzero(np.isnan(points).all(axis=1))
    return int(found[0]) if found.size else None


def worlds_of_design(design: Design) -> SweepWorlds | None:
    """Worlds that a design asks for; None where it asks for none.

    What a scenario sets itself and what the design varies is left as it is in all of them.
    """
    if design.drawn is None:
        return None
    names, places = design.drawn.free_in(design.scenarios)
    swept = {factor.name.removeprefix("parameters.") for factor in design.factors}
    free = [j for name, j in zip(names, places, strict=True) if name not in swept]
    unknowns = design.drawn.unknowns
    return SweepWorlds(tuple(unknowns.names[j] for j in free), tuple(unknowns.kinds[j] for j in free),
                       design.drawn.u[:, free], design.drawn.values()[:, free])


def read_worlds(storage: Storage, told: Mapping[str, Any]) -> SweepWorlds:
    """Worlds of a planned sweep.

    Parameters
    ----------
    told : mapping
        What the manifest says of them: ``count`` and ``sha256`` of the file.

    Raises
    ------
    StoreError
        If the file is missing, has changed, or holds what no sweep writes.
    """
    place = f"{storage.url}/{WORLDS}"
    try:
        with storage.open(WORLDS) as file:
            data = file.read()
    except (FileNotFoundError, OSError):
        raise StoreError(f"{place}: the worlds of the sweep are missing; bring the file back") from None
    if hashlib.sha256(data).hexdigest() != told["sha256"]:
        raise StoreError(f"{place}: the worlds have changed since the sweep was planned; bring the file back, or "
                         "plan a new folder")
    try:
        return _read(parquet_file(data).read(use_threads=False), told["count"])
    except (LookupError, TypeError, ValueError, OSError) as error:  # Arrow's errors are among them
        raise StoreError(f"{place}: the worlds are not as a sweep writes them: {str(error).splitlines()[0]}") from None


def _read(table: "pa.Table", worlds: int) -> SweepWorlds:
    varied = len(table) // worlds
    columns = {name: table.column(name).to_pylist() for name in ("parameter", "kind")}
    u, values = (table.column(name).to_numpy().astype(float).reshape(worlds, varied) for name in ("place", "value"))
    names = tuple(columns["parameter"][:varied])
    _check_values(names, values)
    return SweepWorlds(names, tuple(columns["kind"][:varied]), u, values)


def _check_values(names: Sequence[str], values: np.ndarray) -> None:
    known = {parameter.name: parameter for parameter in PARAMETERS}
    for j, name in enumerate(names):
        declared = known[name]
        if not ((values[:, j] >= declared.low) & (values[:, j] <= declared.high)).all():
            raise ValueError(f"{name} is out of its bounds")
