"""Cells of the tables of a registry: dates, numbers, identifiers, each read or named with its row. Source: H5."""

import math
import re
import statistics
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from alliancelab.agents.errors import UserError, did_you_mean
from alliancelab.scenarios.people_tables import number
from alliancelab.scenarios.project_dates import read_dates
from alliancelab.scenarios.registry.columns import COLUMNS, NEEDED, find_columns
from alliancelab.scenarios.registry.problems import Problems
from alliancelab.scenarios.registry.settings import NAME, Settings
from alliancelab.scenarios.registry.sheets import Sheet, read_sheet
from alliancelab.scenarios.schema import short

__all__ = ["Part", "dates_of", "identified", "numbers_of", "ordered", "read_part"]

FARTHEST = 1e6  # times that a size or cost may differ from the median: beyond it is a slip of the pen
_GROUPED = re.compile(r"[1-9]\d{0,2}\.\d{3}")  # a point before three digits parts thousands or decimals


class Part(NamedTuple):
    """A table with the places of its columns."""

    sheet: Sheet
    places: dict[str, int]

    @property
    def lines(self) -> list[int]:
        return [line for line, _ in self.sheet.rows]

    def of(self, what: str) -> list[str]:
        """Cells of a column; empty ones where there is no such column."""
        place = self.places.get(what)
        return ["" if place is None else cells[place] for _, cells in self.sheet.rows]

    def name(self, what: str) -> str:
        """How the file calls a column."""
        return self.sheet.columns[self.places[what]]


def read_part(table: str, path: Path | None, settings: Settings, problems: Problems, notes: list[str]) -> Part | None:
    """A table with its columns; None where it cannot be read, which is a problem then."""
    if path is None:
        return None
    said = settings.tables.get(table, {})
    sheet = read_sheet(path, problems, said.get("encoding"), said.get("sheet"))
    if sheet is None:
        return None
    notes += [f"{sheet.file}: {note}" for note in sheet.notes]
    places = _places(table, sheet, said, problems)
    needed = NEEDED[table] or (("id",) if "name" not in places else ())
    missing = [what for what in needed if what not in places]
    for what in missing:
        if what in said:  # the column that registry.toml names is a problem already
            continue
        noted = "".join(f" ({note})" for note in sheet.notes)
        problems.add(sheet.file, f"there is no column for '{what}'; name it so, or say in [{table}] of {NAME} which of "
                                 f"{', '.join(map(repr, sheet.columns[:12]))} it is{noted}")
    if not sheet.rows and not sheet.torn and not missing:
        problems.add(sheet.file, "the table has no rows")
    left = [name for place, name in enumerate(sheet.columns) if place not in places.values()]
    if left:
        notes.append(f"{sheet.file}: columns not used: {', '.join(left)}")
    return Part(sheet, places) if sheet.rows and not missing else None


def _places(table: str, sheet: Sheet, said: Mapping[str, str], problems: Problems) -> dict[str, int]:
    """Place of each column: the one that registry.toml names, else the one that has a known name."""
    places, given = find_columns(table, sheet.columns), list[str]()
    for what in COLUMNS[table]:
        if what in said:
            if said[what] not in sheet.columns:
                problems.add(NAME, f"[{table}] {what}: {sheet.file} has no column '{said[what]}'; "
                                   f"{did_you_mean(said[what], sheet.columns)}")
                continue
            same = next((other for other in given if said[other] == said[what]), None)
            if same is not None:
                problems.add(NAME, f"[{table}] {same} and {what} are both '{said[what]}'; each needs a column of its "
                                   "own")
                places.pop(what, None)
                continue
            given.append(what)
            places = {other: place for other, place in places.items() if place != sheet.columns.index(said[what])}
            places[what] = sheet.columns.index(said[what])
    return places


def dates_of(part: Part, what: str, problems: Problems, notes: list[str]) -> list[str]:
    """Dates of a column; those that are none are problems, each with its row."""
    texts, lines = part.of(what), part.lines
    if what not in part.places:
        return texts
    column, file = part.name(what), part.sheet.file
    try:
        return read_dates(texts, lines, file, column, lambda note: notes.append(note) if note not in notes else None)
    except UserError as error:
        whole = str(error)
    found, wrong = [], False
    for text, line in zip(texts, lines, strict=True):
        try:
            found += read_dates([text], [line], file, column, lambda note: None)
        except UserError:
            wrong = True
            problems.add(file, f"{short(text)} is no date; write YYYY-MM-DD, or leave the cell empty", line, column)
            found.append("")
    if not wrong:  # each is a date, and together they contradict one another
        problems.add(file, whole.removeprefix(f"{file}: column {column}: "), None, column)
        return [""] * len(texts)
    return found


def numbers_of(part: Part, what: str, problems: Problems) -> list[float]:
    """Positive numbers of a column, NaN where a cell is empty; those that are none are problems, each with its row."""
    texts = part.of(what)
    commas = part.sheet.decimal_comma and any("," in text for text in texts)
    found = [_number(text, line, commas, part, what, problems) if text else math.nan
             for text, line in zip(texts, part.lines, strict=True)]
    usual = statistics.median([value for value in found if value == value] or [1.0])
    for value, line in zip(found, part.lines, strict=True):
        if not usual / FARTHEST <= value <= usual * FARTHEST and value == value:
            problems.add(part.sheet.file, f"{value:g} is more than a million times off the median of the column, "
                         f"{usual:g}", line, part.name(what))
    return found


def _number(text: str, line: int, commas: bool, part: Part, what: str, problems: Problems) -> float:
    """The number of a cell, NaN where it is a problem; `commas` says that its column has decimal ones."""
    file, column = part.sheet.file, part.name(what)
    if commas and _GROUPED.fullmatch(text):
        problems.add(file, f"{short(text)} could be {text.replace('.', '')} or {text.replace('.', ',')}, as the column "
                     "has decimal commas; write which it is", line, column)
        return math.nan
    try:
        value = number(text, part.sheet.decimal_comma)
    except ValueError:
        value = -math.inf
    if 0.0 < value < math.inf:
        return value
    problems.add(file, f"{short(text)} is no positive number; write it with digits only, such as "
                 f"{'12,5' if part.sheet.decimal_comma else '12.5'}, or leave the cell empty", line, column)
    return math.nan


def identified(part: Part, what: str, problems: Problems) -> list[str]:
    """Identifiers of rows, each once and none empty."""
    seen: dict[str, int] = {}
    texts = part.of(what)
    for text, line in zip(texts, part.lines, strict=True):
        if not text:
            problems.add(part.sheet.file, "the cell is empty; every row needs one", line, part.name(what))
        elif text in seen:
            problems.add(part.sheet.file, f"{short(text)} stands in row {seen[text]} already", line, part.name(what))
        else:
            seen[text] = line
    return texts


def ordered(part: Part, first: str, last: str, begins: Sequence[str], ends: Sequence[str],
             problems: Problems) -> None:
    for line, begin, end in zip(part.lines, begins, ends, strict=True):
        if begin and end and end < begin:
            problems.add(part.sheet.file, f"{end} lies before the date in column '{part.name(first)}', {begin}", line,
                         part.name(last))
