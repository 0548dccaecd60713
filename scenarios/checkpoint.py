"""A run put aside in mid-course: one file of arrays and JSON, written as a whole or not at all, without pickle."""

import json
import os
import tempfile
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from alliancelab.agents.compiled import sources_hash
from alliancelab.model.accounts import Count
from alliancelab.model.initialise import new_world
from alliancelab.model.regional.initialise import new_region
from alliancelab.model.regional.tables import Region
from alliancelab.model.setup import Setup
from alliancelab.model.tables import World
from alliancelab.scenarios.errors import StoreError

__all__ = ["read_checkpoint", "read_document", "write_checkpoint"]

DOCUMENT = "model.json"
_USED = {"alliances": Count.ALLIANCES, "live": Count.LIVE, "blocks": Count.BLOCKS, "panel": Count.PANEL,
         "events": Count.EVENTS, "members": Count.MEMBERS}


def write_checkpoint(
    path: str | Path, world: World, document: Mapping[str, Any], region: Region | None = None
) -> Path:
    """Write a world, its region and what is to be known about them to one file, which `numpy.load` opens too.

    Raises
    ------
    StoreError
        When it cannot be written.
    """
    target = Path(path)
    temporary = None
    try:
        handle, temporary = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
        with os.fdopen(handle, "wb") as file:
            with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
                archive.writestr(DOCUMENT, json.dumps({"model": sources_hash(), **document}, indent=2, allow_nan=False))
                regional = {} if region is None else _regional(region)
                for name, table in (world._asdict() | regional).items():
                    used = table[: world.counts[_USED[name]]] if name in _USED else table
                    with archive.open(f"{name}.npy", "w", force_zip64=True) as member:
                        np.lib.format.write_array(member, used, allow_pickle=False)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(temporary, 0o644)  # mkstemp keeps others out; results are for reading
        os.replace(temporary, target)
    except OSError as error:
        raise StoreError(f"{target}: the model could not be saved: {error.strerror or error}") from None
    finally:
        if temporary is not None and os.path.exists(temporary):
            os.unlink(temporary)
    return target


def read_document(path: str | Path) -> dict[str, Any]:
    """What was written about a world.

    Raises
    ------
    StoreError
        When the file is missing, torn, not one of ours, or of another version of the model.
    """
    target = Path(path)
    try:
        with zipfile.ZipFile(target) as archive:
            document = json.loads(archive.read(DOCUMENT))
    except FileNotFoundError:
        raise StoreError(f"{target}: there is no such file; give one that AllianceModel.save wrote") from None
    except (OSError, ValueError, KeyError, zipfile.BadZipFile, EOFError):
        raise StoreError(f"{target}: this is not a saved model, or it is torn; save it again") from None
    if not isinstance(document, dict) or document.get("model") != sources_hash():
        raise StoreError(f"{target}: it was saved by another version of the model and would go on differently; "
                         "open it with that version, or run the scenario again")
    return document


def _regional(region: Region) -> dict[str, np.ndarray]:
    """Tables of a region by the names that they have in a file."""
    return {f"region_{name}": table for name, table in region._asdict().items()}


def read_checkpoint(path: str | Path, setup: Setup) -> tuple[World, Region | None]:
    """The world of a file and its region, if it has one, checked against fresh ones of the same set-up.

    Raises
    ------
    StoreError
        When a table is missing, torn, or not of the right kind.
    """
    fresh = new_world(setup, recorded=False)
    regional = {} if setup.region is None else _regional(new_region(setup.region, fresh))
    tables = {}
    try:
        with zipfile.ZipFile(path) as archive:
            for name, like in (fresh._asdict() | regional).items():
                with archive.open(f"{name}.npy") as member:
                    table = np.lib.format.read_array(member, allow_pickle=False)
                if table.shape[1:] != like.shape[1:] or table.dtype != like.dtype:
                    raise ValueError(name)
                tables[name] = table.view(like.dtype)
    except (OSError, ValueError, KeyError, TypeError, zipfile.BadZipFile, EOFError):
        raise StoreError(f"{path}: this is not a saved model, or it is torn; save it again") from None
    region = Region(*(tables.pop(name) for name in regional)) if regional else None
    world = World(**tables)
    # Lists of rows were cut to what is used; they need as many places as there are blocks of seats.
    places = len(world.seats)
    return world._replace(blocks=_with_length(world.blocks, places), live=_with_length(world.live, places)), region


def _with_length(table: np.ndarray, rows: int) -> np.ndarray:
    longer = np.zeros(rows, table.dtype)
    longer[: len(table)] = table
    return longer
