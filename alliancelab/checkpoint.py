"""A run put aside in mid-course: one file of arrays and JSON, written as a whole or not at all, without pickle."""

import json
import os
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import numpy as np
from pydantic import Field, Strict, ValidationError

from alliancelab.agents.compiled import sources_hash
from alliancelab.agents.errors import StoreError, UserError
from alliancelab.checkpoint_checks import REGION, problem
from alliancelab.model.initialise import new_world
from alliancelab.model.regional.initialise import new_region
from alliancelab.model.regional.tables import Region
from alliancelab.model.setup import Setup
from alliancelab.model.space import GROWING, count_needs, make_space
from alliancelab.model.world import World
from alliancelab.scenarios.calendar import Strictly
from alliancelab.scenarios.checks import LARGEST_SEED
from alliancelab.scenarios.schema import say

__all__ = ["Document", "read_checkpoint", "read_document", "write_checkpoint"]

DOCUMENT = "model.json"
LARGEST_DOCUMENT = 5_000_000  # bytes
LARGEST_HEADER = 100_000      # characters in which NumPy describes a table
FREE_SIZE = 100_000_000       # bytes that any file may become
LARGEST_RATIO = 50            # times the size of the file that it may become beyond these; saved models become ten


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
                for name, table in (dict(world) | regional).items():
                    used = table[: world.counts[GROWING[name]]] if name in GROWING else table
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


class Document(Strictly):
    """What is written about a world."""

    model: str
    scenario: dict[str, Any]
    seed: Annotated[int, Strict(), Field(ge=0, le=LARGEST_SEED)]
    quarter: Annotated[int, Strict(), Field(ge=0)]
    branches: tuple[tuple[Annotated[int, Strict(), Field(ge=0)], dict[str, Any]], ...]
    rules: tuple[str, ...]


def read_document(path: str | Path) -> Document:
    """What was written about a world.

    Raises
    ------
    StoreError
        When the file is missing, torn, not one of ours, or of another version of the model.
    """
    target = Path(path)
    with _opened(target) as archive:
        content = json.loads(_bytes_of(archive, DOCUMENT, LARGEST_DOCUMENT))
    if isinstance(content, dict) and content.get("model") == sources_hash():
        try:
            return Document.model_validate(content)
        except ValidationError as error:
            raise StoreError(f"{target}: {DOCUMENT} is not as it was saved: {say(error)}") from None
    raise StoreError(f"{target}: it was saved by another version of the model and would go on differently; "
                     "open it with that version, or run the scenario again")


def _regional(region: Region) -> dict[str, np.ndarray]:
    """Tables of a region by the names that they have in a file."""
    return {f"{REGION}{name}": table for name, table in region._asdict().items()}


def read_checkpoint(path: str | Path, setup: Setup) -> tuple[World, Region | None]:
    """The world of a file and its region, if it has one, checked against fresh ones of the same set-up.

    Raises
    ------
    StoreError
        When a table is missing, torn, not of the right kind, or holds what no run could have left.
    """
    world = new_world(setup, recorded=True)
    regional = {} if setup.region is None else _regional(new_region(setup.region, world))
    fresh = dict(world) | regional
    with _opened(Path(path)) as archive:
        room = FREE_SIZE + LARGEST_RATIO * Path(path).stat().st_size
        if sum(member.file_size for member in archive.infolist()) > room:
            raise StoreError(f"{path}: the file would become larger than {room / 1e6:,.0f} MB; it is no saved model")
        tables = {name: _table(archive, name, like) for name, like in fresh.items()}
        wrong = problem(tables, fresh)
    if wrong:
        raise StoreError(f"{path}: no run leaves such a model: {wrong}; save it again")
    region = Region(*(tables.pop(name) for name in regional)) if regional else None
    world = World(**tables)
    count_needs(world, 0)  # tables were cut to what is used; the next quarter writes into more
    make_space(world, 0)
    return world, region


@contextmanager
def _opened(path: Path) -> Iterator[zipfile.ZipFile]:
    """The archive; whatever goes wrong in reading it is answered in one sentence."""
    try:
        with zipfile.ZipFile(path) as archive:
            yield archive
    except FileNotFoundError:
        raise StoreError(f"{path}: there is no such file; give one that AllianceModel.save wrote") from None
    except UserError:
        raise
    except Exception:  # zipfile, zlib and NumPy raise a dozen kinds of errors for damaged files
        raise StoreError(f"{path}: this is not a saved model, or it is torn; save it again") from None


def _bytes_of(archive: zipfile.ZipFile, name: str, most: int) -> bytes:
    if archive.getinfo(name).file_size > most:
        raise ValueError(name)
    return archive.read(name)


def _table(archive: zipfile.ZipFile, name: str, like: np.ndarray) -> np.ndarray:
    """A table whose type, shape and size in bytes are looked at before any room is made for it."""
    member = archive.getinfo(f"{name}.npy")
    with archive.open(member) as file:
        version = np.lib.format.read_magic(file)
        header = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}[version]
        shape, fortran, dtype = header(file, max_header_size=LARGEST_HEADER)
        right = shape[1:] == like.shape[1:] if name in GROWING else shape == like.shape
        size = int(np.prod(shape, dtype=object)) * like.dtype.itemsize
        if not right or fortran or dtype != like.dtype or size != member.file_size - file.tell():
            raise ValueError(name)
        return np.frombuffer(bytearray(file.read()), like.dtype).reshape(shape)
