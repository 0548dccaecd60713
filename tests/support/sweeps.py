"""Sweeps of a world so small that a run takes about a millisecond, and what their results hash to."""

import hashlib
from pathlib import Path
from typing import Any

from alliancelab.scenarios.sweep.design import load_design
from alliancelab.scenarios.sweep.parts import chosen, parts_in, read_part
from alliancelab.scenarios.sweep.plan import Sweep
from alliancelab.scenarios.sweep.planning import new_runs, write_plan
from alliancelab.scenarios.sweep.storage import Storage, open_storage
from alliancelab.scenarios.sweep.work import do_shard

TINY = {
    "world.firms": 60, "world.universities": 3, "world.institutes": 4, "world.agencies": 2, "world.sectors": 2,
    "world.regions": 2, "world.quarters": 24, "world.warm_up": 4,
}


def design(**changes: Any) -> dict[str, Any]:
    """Ten points of a Latin hypercube over a lever, a date and two uncertainties, twenty replicates of each."""
    content = {
        "scenarios": ["stage_matched"], "set": TINY, "method": "lhs", "samples": 10, "replicates": 20,
        "factors": {
            "programme_grants.amount": {"low": 1, "high": 6}, "programme_grants.from": {},
            "parameters.pace": {}, "parameters.floor_patience": {"low": 1, "high": 4},
        },
    }
    return {key: value for key, value in (content | changes).items() if value is not None}


def planned(folder: "str | Path | Storage", seconds_a_run: float = 0.05, **changes: Any) -> Sweep:
    """Plan a tiny sweep without measuring it; runs said to take 0.05 s make shards of ten."""
    checked = load_design(design(**changes))
    storage = open_storage(folder) if isinstance(folder, str | Path) else folder
    return write_plan(checked, storage, new_runs(checked, None), seconds_a_run)


def finished(sweep: Sweep) -> Sweep:
    """Do all shards here, one after another: the sweep that nothing happens to."""
    for shard in sweep.shards():
        do_shard(sweep, shard)
    return sweep


def table_of(sweep: Sweep):
    """All results in the order of the plan."""
    import pyarrow as pa

    tables = [read_part(sweep.storage, part) for part in chosen(parts_in(sweep.storage)[0])]
    return pa.concat_tables(tables).combine_chunks()


def fingerprint(sweep: Sweep) -> str:
    """Hash of the bits of all results, whatever the files they lie in."""
    return bits(table_of(sweep))


def bits(table) -> str:
    """Hash of the bits of a table; NaN equals itself here."""
    digest = hashlib.sha256()
    for name in table.column_names:
        column = table.column(name)
        plain = column.to_numpy().tobytes() if column.type == "double" else repr(column.to_pylist()).encode()
        digest.update(name.encode() + plain)
    return digest.hexdigest()
