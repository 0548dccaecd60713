"""Parts: the results of a shard, or of many, in one Parquet file whose name says what it holds and what it hashes to.

A part is written once and never changed. Its name carries the shards, the number of rows and the SHA-256 of its bytes,
so no second file can disagree with it, and a shard done twice gives the same file twice.

Source: H5.
"""

import hashlib
import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from alliancelab.agents.errors import StoreError
from alliancelab.scenarios.files import reason
from alliancelab.scenarios.store import parquet_file
from alliancelab.scenarios.sweep.storage import Storage

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["ASIDE", "PARTS", "Part", "Shard", "chosen", "parquet_bytes", "parts_in", "read_part", "write_part"]

PARTS, ASIDE = "parts", "aside"
_NAME = re.compile(r"(\d{1,9})-(\d{5,9})(?:_(\d{5,9}))?\.(\d{1,9})\.([0-9a-f]{64})\.parquet", re.ASCII)
ROWS_OF_A_GROUP = 50_000


class Shard(NamedTuple):
    """A unit of work: consecutive runs of a block of the plan.

    Attributes
    ----------
    block, place : int
        Its block, and its place among the shards of the block.
    rows : int
        Runs.
    """

    block: int
    place: int
    rows: int

    @property
    def name(self) -> str:
        """As in the names of claims and parts."""
        return f"{self.block}-{self.place:05d}"


class Part(NamedTuple):
    """What the name of a part says.

    Attributes
    ----------
    name : str
        File name.
    block, first, last : int
        Block of the plan, first and last shard in it.
    rows : int
    sha256 : str
        Of the bytes of the file.
    """

    name: str
    block: int
    first: int
    last: int
    rows: int
    sha256: str


def write_part(storage: Storage, shards: Sequence[Shard], table: "pa.Table") -> Part:
    """Write the results of consecutive shards as one part.

    Raises
    ------
    StoreError
        When it cannot be written; no half of it is left behind.
    """
    data = parquet_bytes(table, ROWS_OF_A_GROUP)
    span = shards[0].name + (f"_{shards[-1].place:05d}" if len(shards) > 1 else "")
    name = f"{span}.{table.num_rows}.{hashlib.sha256(data).hexdigest()}.parquet"
    storage.write(f"{PARTS}/{name}", data)
    return parse(name)


def parquet_bytes(table: "pa.Table", group_rows: int) -> bytes:
    """A table as a Parquet file with row groups of so many rows; the same table gives the same bytes."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    buffer = pa.BufferOutputStream()
    pq.write_table(table, buffer, compression="zstd", row_group_size=group_rows)
    return buffer.getvalue().to_pybytes()


def parse(name: str) -> Part:
    """What a name says.

    Raises
    ------
    ValueError
        When it is not the name of a part.
    """
    found = _NAME.fullmatch(name)
    if not found:
        raise ValueError(name)
    block, first, last, rows, sha256 = found.groups()
    return Part(name, int(block), int(first), int(last or first), int(rows), sha256)


def parts_in(storage: Storage) -> tuple[list[Part], list[str]]:
    """All parts of a folder by their names, and names there that are not those of parts."""
    parts, foreign = [], []
    for name in storage.names(PARTS):
        try:
            parts.append(parse(name))
        except ValueError:
            foreign.append(name)
    return parts, foreign


def chosen(parts: Iterable[Part]) -> list[Part]:
    """Parts that cover each shard once, in the order of shards: of two that overlap the wider one, then by name."""
    taken: list[Part] = []
    covered: set[tuple[int, int]] = set()
    for part in sorted(parts, key=lambda p: (p.first - p.last, p.name)):
        shards = {(part.block, index) for index in range(part.first, part.last + 1)}
        if not shards & covered:
            taken.append(part)
            covered |= shards
    return sorted(taken, key=lambda p: (p.block, p.first))


def read_part(storage: Storage, part: Part, columns: Sequence[str] | None = None) -> "pa.Table":
    """Read a part, its bytes compared with its name.

    Raises
    ------
    StoreError
        One sentence on what is wrong with it.
    """
    import pyarrow as pa

    place = f"{storage.url}/{PARTS}/{part.name}"
    try:
        with storage.open(f"{PARTS}/{part.name}") as file:
            data = file.read()
    except OSError as error:  # a folder of that name, say
        raise StoreError(f"{place}: the file cannot be read: {reason(error)}") from None
    if not data:
        raise StoreError(f"{place}: the file is empty")
    if hashlib.sha256(data).hexdigest() != part.sha256:
        raise StoreError(f"{place}: the file is torn or has changed: its checksum is not the one in its name")
    try:
        table = parquet_file(data).read(columns, use_threads=False)
    except (pa.ArrowException, OSError, ValueError) as error:
        raise StoreError(f"{place}: the file cannot be read: {str(error).splitlines()[0]}") from None
    missing = set(columns or ()) - set(table.column_names)
    if missing:
        raise StoreError(f"{place}: the file has no column '{min(missing)}'")
    if table.num_rows != part.rows:
        raise StoreError(f"{place}: the file has {table.num_rows} rows and its name says {part.rows}")
    return table
