"""Tables as people have them: separators, encodings, compressed files, data frames; cells come as texts, gaps empty.

Source: H5.
"""

import bz2
import csv
import gzip
import io
import lzma
import math
import re
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

from alliancelab.agents.errors import UserError
from alliancelab.scenarios.files import reason
from alliancelab.scenarios.schema import short

__all__ = ["PeopleTable", "Source", "number", "read_people_table", "unpacked"]

Source = Any
"""The path of a file, or a data frame of pandas, or a table of Arrow."""

LARGEST = 1_000_000_000  # bytes of a file when it is unpacked: the whole of CORDIS has a tenth
LONGEST_CELL = 1_000_000  # characters
SEPARATORS = (",", ";", "\t", "|")
MISSING = {"", "na", "n/a", "#n/a", "nan", "nat", "null", "none", "-", "--", "?", "<na>"}
"""What people write where nothing is known, in small letters."""


class PeopleTable(NamedTuple):
    """A table of texts.

    Attributes
    ----------
    place : str
        How messages call it.
    columns : tuple of str
        As they are written, without spaces around them.
    rows : list of (int, tuple of str)
        Number of each row as an editor or a spreadsheet counts it, and its cells; "" where nothing is known.
    notes : tuple of str
        What is unusual about the file and was taken all the same.
    decimal_comma : bool
        Whether commas in numbers are decimal ones, as another character parts the cells.
    """

    place: str
    columns: tuple[str, ...]
    rows: list[tuple[int, tuple[str, ...]]]
    notes: tuple[str, ...] = ()
    decimal_comma: bool = False


def read_people_table(source: Source, name: str) -> PeopleTable:
    """Read a table.

    Parameters
    ----------
    source : path, DataFrame or pyarrow Table
        Text files may be parted by comma, semicolon, tab or bar, be UTF-8, UTF-16 or of eight bits, with or without a
        mark of byte order, and be packed by gzip, bzip2, xz or zip.
    name : str
        What messages call a table that is no file.

    Raises
    ------
    UserError
        When it cannot be read; the sentence says where and what would be right.
    """
    if hasattr(source, "to_pandas"):  # a table of Arrow
        source = source.to_pandas()
    if hasattr(source, "columns") and hasattr(source, "itertuples"):
        columns = tuple(str(column).strip() for column in source.columns)
        rows = enumerate(source.itertuples(index=False, name=None), start=1)
        return PeopleTable(name, columns, [(i, tuple(map(_cell, row))) for i, row in rows])
    try:
        path = Path(source)
    except TypeError:
        raise UserError(f"{name}: {short(source)} is no table; give the path of a file or a data frame") from None
    content = unpacked(path, _content(path))
    if content.startswith(b"PAR1"):
        return _of_parquet(path, content)
    if not content.strip(b"\0 \t\r\n"):
        raise UserError(f"{path}: the file is empty; a table has a line of names and a line for each row")
    text, notes = _decoded(path, content)
    return _of_text(path, text, notes)


def number(text: str, decimal_comma: bool) -> float:
    """The number that a text stands for; `ValueError` where it is none."""
    if decimal_comma and "." not in text:
        text = text.replace(",", ".")
    return float(text)


# --- bytes -----------------------------------------------------------------------------------------------------------


def _content(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return _within(path, file)
    except (OSError, ValueError) as error:
        if isinstance(error, UserError):
            raise
        raise UserError(f"{path}: the table cannot be read: {reason(error)}") from None


def _within(path: Path, file: Any) -> bytes:
    content = file.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise UserError(f"{path}: the table is larger than {LARGEST / 1e9:g} GB; keep the columns and rows that matter")
    return content


def unpacked(path: Path, content: bytes) -> bytes:
    """What a packed file holds, by its first bytes, whatever it is called."""
    openers: dict[bytes, Any] = {b"\x1f\x8b": gzip.open, b"BZh": bz2.open, b"\xfd7zXZ\0": lzma.open}
    try:
        for mark, opened in openers.items():
            if content.startswith(mark):
                with opened(io.BytesIO(content)) as file:
                    return _within(path, file)
        if content.startswith(b"PK\x03\x04"):
            return _of_archive(path, content)
    except (OSError, EOFError, lzma.LZMAError, zipfile.BadZipFile, NotImplementedError, RuntimeError, ValueError,
            ArithmeticError) as error:
        if isinstance(error, UserError):
            raise
        raise UserError(f"{path}: the packed file is torn or of an unknown kind: {reason(error)}") from None
    return content


def _of_archive(path: Path, content: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = [name for name in archive.namelist() if not name.endswith("/") and "__MACOSX" not in name]
        if "[Content_Types].xml" in names or "mimetype" in names:
            raise UserError(f"{path}: this is a spreadsheet; save the sheet as CSV and give that file")
        if len(names) != 1:
            raise UserError(f"{path}: the archive holds {len(names)} files; give one table")
        with archive.open(names[0]) as file:
            return _within(path, file)


def _of_parquet(path: Path, content: bytes) -> PeopleTable:
    import pyarrow as pa

    from alliancelab.scenarios.store import parquet_file

    try:
        frame = parquet_file(content).read(use_threads=False).to_pandas(use_threads=False)
    except (pa.ArrowException, OSError, ValueError) as error:
        raise UserError(f"{path}: the table cannot be read: {str(error).splitlines()[0]}") from None
    return read_people_table(frame, str(path))


def _decoded(path: Path, content: bytes) -> tuple[str, tuple[str, ...]]:
    """Text of a file, and what is to be said of its characters."""
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if content.startswith(mark):
            try:
                return content.decode(encoding), ()
            except UnicodeDecodeError as error:
                byte = error.start + 1 + (len(mark) if encoding == "utf-8-sig" else 0)  # which this codec has cut off
                raise UserError(f"{path}: byte {byte} is not {encoding.removesuffix('-sig').upper()}; save the table "
                                "as UTF-8 text") from None
    if content[1:20:2].count(0) > 6 or content[0:20:2].count(0) > 6:
        return content.decode("utf-16-le" if content[1:20:2].count(0) > 6 else "utf-16-be", "replace"), ()
    try:
        return content.decode("utf-8"), ()
    except UnicodeDecodeError:
        # Any eight bits are taken as they are: what is the same in the file stays the same here, which is what counts.
        return content.decode("latin-1"), ("it is not UTF-8; its bytes are taken as Latin-1",)


# --- cells -----------------------------------------------------------------------------------------------------------


def _of_text(path: Path, text: str, notes: tuple[str, ...]) -> PeopleTable:
    """Rows of a text whose cells are parted by whatever parts its first line."""
    head = text.lstrip("\ufeff\r\n \0").partition("\n")[0]
    bare = re.sub(r'"[^"]*"', "", head)
    separator = max(SEPARATORS, key=bare.count)
    # This library has one limit for the whole process; CORDIS has texts that are longer than it is by default.
    csv.field_size_limit(LONGEST_CELL)
    reader = csv.reader(io.StringIO(text.lstrip("\ufeff"), newline=""), delimiter=separator)
    lines: list[tuple[int, list[str]]] = []
    try:
        before = 0
        for cells in reader:
            if any(cell.strip() for cell in cells):
                lines.append((before + 1, cells))
            before = reader.line_num
    except csv.Error as error:
        raise UserError(f"{path}: line {reader.line_num} cannot be read as a row of cells: {error}") from None
    columns = tuple(cell.strip().strip('"') for cell in lines[0][1])
    rows, torn = _fitting(lines[1:], len(columns))
    if torn:
        if not rows:
            raise UserError(f"{path}: no row has as many cells as the line of names, {len(columns)}: row {torn[0][0]} "
                            f"has {len(torn[0][1])}")
        notes += (f"{len(torn):,} of {len(rows) + len(torn):,} rows are left out, as they have more or fewer cells "
                  f"than the line of names: the first is row {torn[0][0]}",)
    return PeopleTable(str(path), columns, rows, notes, separator != ",")


def _fitting(lines: Iterable[tuple[int, list[str]]], width: int) -> tuple[list, list[tuple[int, list[str]]]]:
    """Rows of the width of the header, empty cells at the end added or dropped, and those that do not fit."""
    rows, torn = [], []
    for line, cells in lines:
        while len(cells) > width and not cells[-1].strip():
            cells.pop()
        if len(cells) == width:
            rows.append((line, tuple(map(_cell, cells))))
        else:
            torn.append((line, cells))
    return rows, torn


def _cell(value: Any) -> str:
    """A cell as text, "" where nothing is known; whole numbers without a point, however they were stored."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    if isinstance(value, float) and abs(value) < 1e15 and value == int(value):
        return str(int(value))
    text = str(value).strip().replace("\0", "")
    return "" if text.lower() in MISSING else text
