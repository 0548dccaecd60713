"""One table of a registry as texts: CSV of any usual writing, Excel, Parquet; torn rows and strange bytes are problems.

Source: H5.
"""

import csv
import io
import re
import unicodedata
import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from alliancelab.agents.errors import UserError
from alliancelab.scenarios.files import reason
from alliancelab.scenarios.people_tables import (
    LARGEST,
    LONGEST_CELL,
    MISSING,
    SEPARATORS,
    PeopleTable,
    read_people_table,
    unpacked,
)
from alliancelab.scenarios.registry.problems import Problems

__all__ = ["ENDINGS", "Sheet", "read_sheet"]

ENDINGS = (".csv", ".tsv", ".txt", ".xlsx", ".parquet", ".gz", ".bz2", ".xz", ".zip")
MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
RARE = 0.5  # share of characters beyond ASCII that are not among the usual ones of Chinese, those of GB2312
LONELY = 0.1  # share of bytes beyond ASCII that stand alone, which they do in Latin-1 and not in Chinese text


class Sheet(NamedTuple):
    """A table of texts and how it is called in messages.

    Attributes
    ----------
    file : str
        Name of the file in its folder.
    columns : tuple of str
    rows : list of (int, tuple of str)
        Number of each row as an editor or a spreadsheet counts it, and its cells; "" where nothing is known.
    decimal_comma : bool
    notes : tuple of str
    torn : frozenset of str
        Cells of rows of the wrong length, which are problems and not in `rows`: names that may stand in them.
    """

    file: str
    columns: tuple[str, ...]
    rows: list[tuple[int, tuple[str, ...]]]
    decimal_comma: bool
    notes: tuple[str, ...]
    torn: frozenset[str] = frozenset()


def read_sheet(path: Path, problems: Problems, encoding: str | None = None, sheet: str | None = None) -> Sheet | None:
    """Read a table; what is wrong with it goes to `problems`, and None comes back where nothing can be read.

    Parameters
    ----------
    path : Path
    problems : Problems
    encoding : str, optional
        Of a text file; by default UTF-8, UTF-16 with its mark, or GB18030 where the bytes can be nothing else.
    sheet : str, optional
        Of an Excel workbook; by default the first.
    """
    try:
        if path.stat().st_size > LARGEST:
            raise UserError(f"it is larger than {LARGEST / 1e9:g} GB; keep the columns and rows that matter")
        content = path.read_bytes()
    except (OSError, ValueError) as error:
        problems.add(path.name, f"the table cannot be read: {reason(error)}")
        return None
    try:
        if content.startswith(b"\xd0\xcf\x11\xe0"):
            raise UserError("this is a workbook of an old Excel (.xls); save it as .xlsx or CSV")
        if _is_workbook(content):
            return _of_workbook(path, content, sheet, problems)
        content = unpacked(path, content)
        if content.startswith(b"PAR1"):
            return _of_parquet(read_people_table(path, path.name), problems, path.name)
        return _of_text(path.name, *_decoded(content, encoding), problems)
    except UserError as error:
        problems.add(path.name, str(error).removeprefix(f"{path}: "))
        return None


# --- workbooks -------------------------------------------------------------------------------------------------------


def _is_workbook(content: bytes) -> bool:
    if not content.startswith(b"PK\x03\x04"):
        return False
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return "xl/workbook.xml" in archive.namelist()
    except (zipfile.BadZipFile, OSError, ValueError):
        return False


def _of_workbook(path: Path, content: bytes, sheet: str | None, problems: Problems) -> Sheet:
    try:
        import openpyxl
    except ImportError:
        raise UserError("Excel workbooks need the package openpyxl, which is not installed; install it, or save the "
                        "sheet as CSV") from None
    try:
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        if sheet is not None and sheet not in book.sheetnames:
            raise UserError(f"there is no sheet '{sheet}'; there are {', '.join(book.sheetnames)}")
        chosen = book[sheet or book.sheetnames[0]]
        rows = [[_text(cell.value) for cell in row] for row in chosen.iter_rows()]
        valueless = list(_valueless(content, chosen))
    except UserError:
        raise
    except Exception as error:  # whatever a damaged file makes that library raise
        why = (str(error) or repr(error)).splitlines()[0]
        raise UserError(f"the workbook cannot be read: {why}") from None
    names = next((row for row in rows if any(row)), [])
    for line, place in valueless:
        name = names[place] if place < len(names) and names[place] else f"column {place + 1}"
        problems.add(path.name, "the cell holds a formula without a value; open the file in a spreadsheet and save it, "
                     "or write the value", line, name)
    numbered = [(i, row) for i, row in enumerate(rows, start=1) if any(row)]
    notes = () if sheet or len(book.sheetnames) == 1 else (
        f"of the sheets {', '.join(book.sheetnames)} the first is read; sheet = in registry.toml names another",)
    return _fitted(path.name, numbered, False, notes, problems)


def _valueless(content: bytes, chosen: Any) -> Iterator[tuple[int, int]]:
    """Row and place of cells whose formula has never been worked out, as in what programs write."""
    import openpyxl

    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        sheets = [archive.read(name) for name in archive.namelist() if name.startswith("xl/worksheets/")]
    if not any(re.search(rb"<(?:\w+:)?f[\s>/]", text) for text in sheets):
        return
    formulas = openpyxl.load_workbook(io.BytesIO(content), read_only=True)[chosen.title]
    for line, (row, same) in enumerate(zip(chosen.iter_rows(), formulas.iter_rows(), strict=True), start=1):
        for place, (cell, formula) in enumerate(zip(row, same, strict=True)):
            # An empty text that a formula gave has a type of its own.
            if formula.data_type == "f" and cell.value is None and cell.data_type != "str":
                yield line, place


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value == int(value):
        value = int(value)
    return str(value)


# --- text ------------------------------------------------------------------------------------------------------------


def _decoded(content: bytes, encoding: str | None) -> tuple[str, tuple[str, ...]]:
    """Text of a file, and what is to be said of its characters."""
    marked = next((known for mark, known in MARKS if content.startswith(mark)), None)
    if encoding is not None:
        try:
            return content.decode(marked or encoding), ()
        except LookupError:
            raise UserError(f"'{encoding}' is no encoding; known are utf-8, gb18030, latin-1, cp1252 and others"
                            ) from None
        except UnicodeDecodeError as error:
            raise UserError(f"byte {error.start + 1} is not {encoding}; name the encoding that it has") from None
    try:
        return content.decode(marked or "utf-8"), ()
    except UnicodeDecodeError as error:
        if marked is None and _is_chinese(content):
            return content.decode("gb18030"), ("it is read as GB18030",)
        line = content.count(b"\n", 0, error.start) + 1
        raise UserError(f"row {line}: byte {error.start + 1} is neither UTF-8 nor sure to be GB18030; save the table "
                        "as UTF-8, or name its encoding, such as latin-1, big5 or shift_jis, in registry.toml"
                        ) from None


def _is_chinese(content: bytes) -> bool:
    """Whether bytes are GB18030 and hardly anything else: what goes beyond ASCII stands in pairs and is in use.

    Big5 and Shift-JIS stand in pairs, too; taken for GB18030 they become private or rare characters.
    """
    try:
        counts = Counter(content.decode("gb18030"))
    except UnicodeDecodeError:
        return False
    beyond = {character: count for character, count in counts.items() if not character.isascii()}
    if any(unicodedata.category(character) in ("Co", "Cn") for character in beyond):
        return False
    rare = sum(count for character, count in beyond.items() if not character.encode("gb2312", "ignore"))
    if rare > RARE * sum(beyond.values()):
        return False
    runs = [len(run) for run in re.findall(rb"[\x80-\xff]+", content)]
    return sum(length for length in runs if length == 1) <= LONELY * sum(runs)


def _of_text(file: str, text: str, notes: tuple[str, ...], problems: Problems) -> Sheet:
    if "\0" in text:
        raise UserError("there are zero bytes in it, as in UTF-16 without its mark; save the table as UTF-8 text")
    text = text.lstrip("\ufeff")
    if not text.strip():
        raise UserError("the file is empty; a table has a line of names and a line for each row")
    head = re.sub(r'"[^"]*"', "", text.lstrip("\r\n ").partition("\n")[0])
    separator = max(SEPARATORS, key=head.count)
    csv.field_size_limit(LONGEST_CELL)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    lines: list[tuple[int, list[str]]] = []
    before = 0
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                lines.append((before + 1, cells))
            before = reader.line_num
    except csv.Error as error:
        raise UserError(f"row {before + 1} cannot be read as a row of cells: {error}; mind the quotation marks"
                        ) from None
    return _fitted(file, lines, separator != ",", notes, problems)


def _fitted(file: str, lines: list[tuple[int, list[str]]], decimal_comma: bool, notes: tuple[str, ...],
            problems: Problems) -> Sheet:
    """Check the names of columns and the length of rows."""
    if not lines:
        raise UserError("the table is empty; it has a line of names and a line for each row")
    columns = [cell.strip() for cell in lines[0][1]]
    while columns and not columns[-1]:
        columns.pop()
    for place, name in enumerate(columns):
        if not name:
            problems.add(file, f"column {place + 1} has no name", lines[0][0])
        elif name in columns[:place]:
            problems.add(file, "two columns have this name; give each its own", lines[0][0], name)
    rows, torn = [], set[str]()
    for line, cells in lines[1:]:
        while len(cells) > len(columns) and not cells[-1].strip():
            cells.pop()
        if len(cells) != len(columns):
            count = f"{len(cells)} cell" if len(cells) == 1 else f"{len(cells)} cells"
            problems.add(file, f"it has {count}, and the line of names has {len(columns)}", line)
            torn |= set(map(_cell, cells)) - {""}
            continue
        rows.append((line, tuple(map(_cell, cells))))
    return Sheet(file, tuple(columns), rows, decimal_comma, notes, frozenset(torn))


def _cell(text: str) -> str:
    text = text.strip()
    return "" if text.lower() in MISSING else text


def _of_parquet(table: PeopleTable, problems: Problems, file: str) -> Sheet:
    lines = [(0, list(table.columns)), *((line, list(cells)) for line, cells in table.rows)]
    return _fitted(file, lines, False, (), problems)
