"""A folder of tables read as a registry of alliances, or refused with every problem that it has. Source: H5."""

import datetime
import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from alliancelab.agents.codes import Kind
from alliancelab.agents.errors import UserError, did_you_mean
from alliancelab.scenarios.files import is_folder
from alliancelab.scenarios.people_tables import number
from alliancelab.scenarios.project_dates import read_dates
from alliancelab.scenarios.registry.columns import COLUMNS, NEEDED, find_columns, kind_of, plain
from alliancelab.scenarios.registry.problems import Problems
from alliancelab.scenarios.registry.settings import NAME, Settings, files_of, read_settings
from alliancelab.scenarios.registry.sheets import Sheet, read_sheet
from alliancelab.scenarios.schema import short

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Registry", "read_registry"]

NO_KIND = -1
FARTHEST = 1e6  # times that a size or cost may differ from the median: beyond it is a slip of the pen
LABELS = {"": False, "0": False, "no": False, "false": False, "n": False, "否": False}
"""Words by which a cell says that an alliance carries no label; any other word says that it does."""
_NAMED = 5  # of what is told of, so many are named


@dataclass(frozen=True)
class Registry:
    """Alliances, their members and projects as the tables tell them.

    Dates are texts, YYYY-MM-DD, "" where the tables tell none.

    Attributes
    ----------
    folder : Path
    date : str
        Day that the registry is of: what holds on it is where worlds start.
    organisations : DataFrame
        Indexed by identifier: name, kind (code of `Kind`, -1 unknown), sector, region ("" unknown), size (NaN unknown;
        in any unit), founded.
    alliances : DataFrame
        Indexed by identifier: sector, founded, ended, label (bool).
    memberships : DataFrame
        One row a spell: organisation, alliance, from, to.
    projects : DataFrame or None
        One row a project: id, alliance, start, end, cost (NaN unknown), members (tuple of identifiers, or None); None
        without such a table.
    notes : tuple of str
        What was taken although it is unusual, and what the tables do not tell.
    """

    folder: Path
    date: str
    organisations: "pd.DataFrame" = field(repr=False)
    alliances: "pd.DataFrame" = field(repr=False)
    memberships: "pd.DataFrame" = field(repr=False)
    projects: "pd.DataFrame | None" = field(repr=False)
    notes: tuple[str, ...] = field(repr=False)

    def living(self) -> "pd.DataFrame":
        """Alliances that exist on the day and have members."""
        alliances = self.alliances
        there = (alliances["founded"] <= self.date) & ((alliances["ended"] == "") | (alliances["ended"] > self.date))
        return alliances[there & alliances.index.isin(self._held()["alliance"])]

    def members(self) -> "pd.DataFrame":
        """Memberships that hold on the day in alliances that exist: rows of `memberships`, in their order."""
        held = self._held()
        return held[held["alliance"].isin(self.living().index)]

    def running(self) -> "pd.DataFrame | None":
        """Projects that run on the day in alliances that exist; None where there is no table of them."""
        if self.projects is None:
            return None
        projects = self.projects
        now = (projects["start"] <= self.date) & ((projects["end"] == "") | (projects["end"] > self.date))
        return projects[now & projects["alliance"].isin(self.living().index)]

    def _held(self) -> "pd.DataFrame":
        spells = self.memberships
        return spells[(spells["from"] <= self.date) & ((spells["to"] == "") | (spells["to"] > self.date))]

    def summary(self) -> str:
        """How much there is on the day, in one sentence."""
        living, members, running = self.living(), self.members(), self.running()
        projects = "no table of projects" if running is None else f"{len(running):,} running projects"
        return (f"On {self.date}: {len(living):,} alliances with {len(members):,} memberships of "
                f"{members['organisation'].nunique():,} organisations, {projects}; in the tables "
                f"{len(self.organisations):,} organisations, {len(self.alliances):,} alliances and "
                f"{len(self.memberships):,} memberships.")


def read_registry(folder: str | Path, date: str | datetime.date | None = None) -> Registry:
    """Read the tables of a folder.

    Parameters
    ----------
    folder : path
        With ``memberships`` and, as far as there are, ``organisations``, ``alliances`` and ``projects``, each a CSV,
        Excel or Parquet file, and ``registry.toml`` where files or columns have names that are not known.
    date : str or date, optional
        Day that the registry is of, YYYY-MM-DD; by default that of registry.toml.

    Raises
    ------
    RegistryError
        With a sentence for every problem of every file, naming row and column.

    Examples
    --------
    >>> registry = read_registry("registry")  # doctest: +SKIP
    >>> print(registry.summary())  # doctest: +SKIP
    """
    try:
        path = Path(folder)
    except TypeError:
        raise UserError(f"{short(folder)} is no folder; give the path of a folder with the tables of a registry"
                        ) from None
    if not is_folder(path):
        raise UserError(f"{path}: there is no such folder; give a folder with the tables of a registry")
    problems, notes = Problems(), list[str]()
    settings = read_settings(path, problems)
    files = files_of(path, settings, problems)
    if "memberships" not in files:
        problems.add(str(path), f"there is no table of memberships; name it memberships.csv, or say in {NAME} which "
                                "file it is")
    parts = {table: _part(table, file, settings, problems, notes) for table, file in files.items()}
    problems.refuse()
    registry = _joined(path, {table: part for table, part in parts.items() if part}, settings, problems, notes, date)
    problems.refuse()
    return registry


# --- columns ---------------------------------------------------------------------------------------------------------


class _Part(NamedTuple):
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


def _part(table: str, path: Path, settings: Settings, problems: Problems, notes: list[str]) -> _Part | None:
    said = settings.tables.get(table, {})
    sheet = read_sheet(path, problems, said.get("encoding"), said.get("sheet"))
    if sheet is None:
        return None
    notes += [f"{sheet.file}: {note}" for note in sheet.notes]
    places = find_columns(table, sheet.columns)
    for what in COLUMNS[table]:
        if what in said:
            if said[what] not in sheet.columns:
                problems.add(NAME, f"[{table}] {what}: {sheet.file} has no column '{said[what]}'; "
                                   f"{did_you_mean(said[what], sheet.columns)}")
                continue
            places = {other: place for other, place in places.items() if place != sheet.columns.index(said[what])}
            places[what] = sheet.columns.index(said[what])
    needed = NEEDED[table] or (("id",) if "name" not in places else ())
    missing = [what for what in needed if what not in places]
    for what in missing:
        told = "".join(f" ({note})" for note in sheet.notes)
        problems.add(sheet.file, f"there is no column for '{what}'; name it so, or say in [{table}] of {NAME} which of "
                                 f"{', '.join(map(repr, sheet.columns[:12]))} it is{told}")
    if not sheet.rows and not missing:
        problems.add(sheet.file, "the table has no rows")
    left = [name for place, name in enumerate(sheet.columns) if place not in places.values()]
    if left:
        notes.append(f"{sheet.file}: columns not used: {', '.join(left)}")
    return None if missing else _Part(sheet, places)


def _dates(part: _Part, what: str, problems: Problems, notes: list[str]) -> list[str]:
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
    return found


def _numbers(part: _Part, what: str, problems: Problems) -> list[float]:
    found = []
    for text, line in zip(part.of(what), part.lines, strict=True):
        value = math.nan
        if text:
            try:
                value = number(text, part.sheet.decimal_comma)
            except ValueError:
                value = -math.inf
            if not 0.0 < value < math.inf:
                problems.add(part.sheet.file, f"{short(text)} is no positive number; write it with digits only, such "
                             f"as {'12,5' if part.sheet.decimal_comma else '12.5'}, or leave the cell empty", line,
                             part.name(what))
                value = math.nan
        found.append(value)
    usual = statistics.median([value for value in found if value == value] or [1.0])
    for value, line in zip(found, part.lines, strict=True):
        if not usual / FARTHEST <= value <= usual * FARTHEST and value == value:
            problems.add(part.sheet.file, f"{value:g} is more than a million times off the median of the column, "
                         f"{usual:g}", line, part.name(what))
    return found


def _identified(part: _Part, what: str, problems: Problems) -> list[str]:
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


def _ordered(part: _Part, first: str, last: str, begins: Sequence[str], ends: Sequence[str],
             problems: Problems) -> None:
    for line, begin, end in zip(part.lines, begins, ends, strict=True):
        if begin and end and end < begin:
            problems.add(part.sheet.file, f"{end} lies before the date in column '{part.name(first)}', {begin}", line,
                         part.name(last))


# --- tables ----------------------------------------------------------------------------------------------------------


def _joined(path: Path, parts: dict[str, _Part], settings: Settings, problems: Problems, notes: list[str],
            date: str | datetime.date | None) -> Registry:
    """Read the cells of every table and check that they fit together."""
    import pandas as pd

    part = parts["memberships"]
    begins, ends = (_dates(part, what, problems, notes) for what in ("from", "to"))
    _ordered(part, "from", "to", begins, ends, problems)
    spells = pd.DataFrame({"organisation": part.of("organisation"), "alliance": part.of("alliance"),
                           "from": begins, "to": ends, "row": part.lines})
    for what in ("organisation", "alliance"):
        for row in spells.loc[spells[what] == "", "row"]:
            problems.add(part.sheet.file, "the cell is empty; every row needs one", row, part.name(what))
    organisations = _organisations(parts.get("organisations"), spells, settings, problems, notes)
    alliances = _alliances(parts.get("alliances"), spells, problems, notes)
    if "organisations" in parts:
        spells["organisation"] = _found(spells["organisation"], _by_name(organisations), part, "organisation",
                                        parts["organisations"].sheet.file, problems)
    if "alliances" in parts:
        spells["alliance"] = _found(spells["alliance"], {name: name for name in alliances.index}, part, "alliance",
                                    parts["alliances"].sheet.file, problems)
    _check_spells(spells, alliances, part, problems)
    projects = None
    if "projects" in parts:
        projects = _projects(parts["projects"], organisations, alliances, problems, notes)
    day = _day(date, settings, [*spells["from"], *spells["to"], *alliances["founded"], *alliances["ended"]], problems)
    registry = Registry(path, day, organisations, alliances, spells.drop(columns="row"), projects, ())
    problems.refuse()
    if projects is not None:
        _check_partners(registry, parts["projects"], problems)
    if not len(registry.living()):
        problems.add(str(path), f"no alliance exists on {day}: none has begun by then, has not ended and has members")
    return Registry(path, day, organisations, alliances, registry.memberships, projects,
                    (*notes, *_gaps(registry)))


def _organisations(part: _Part | None, spells: "pd.DataFrame", settings: Settings, problems: Problems,
                   notes: list[str]) -> "pd.DataFrame":
    import pandas as pd

    if part is None:
        names = [name for name in dict.fromkeys(spells["organisation"]) if name]
        notes.append("there is no table of organisations: the memberships tell who they are")
        return pd.DataFrame({"name": names, "kind": NO_KIND, "sector": "", "region": "", "size": math.nan,
                             "founded": ""}, pd.Index(names, name="id"))
    identifier = "id" if "id" in part.places else "name"
    identifiers = _identified(part, identifier, problems)
    names = part.of("name") if "name" in part.places else identifiers
    _tell_alike(names, part, notes)
    return pd.DataFrame(
        {"name": names, "kind": _kinds(part, settings, problems), "sector": part.of("sector"),
         "region": part.of("region"), "size": _numbers(part, "size", problems),
         "founded": _dates(part, "founded", problems, notes)},
        pd.Index(identifiers, name="id"))


def _kinds(part: _Part, settings: Settings, problems: Problems) -> list[int]:
    found = []
    for text, line in zip(part.of("kind"), part.lines, strict=True):
        kind = settings.kinds.get(plain(text), kind_of(text)) if text else NO_KIND
        if kind is None:
            problems.add(part.sheet.file, f"{short(text)} is no kind of organisation that is known: firm, university, "
                         f"institute, agency; say in [kinds] of {NAME} which it is", line, part.name("kind"))
        found.append(NO_KIND if kind is None else int(kind))
    return found


def _tell_alike(names: Sequence[str], part: _Part, notes: list[str]) -> None:
    """Names that differ in capitals, spaces and signs only are likely to be of one organisation."""
    rows: dict[str, list[tuple[int, str]]] = {}
    for name, line in zip(names, part.lines, strict=True):
        if name:
            rows.setdefault(plain(name) or name, []).append((line, name))
    alike = [same for same in rows.values() if len(same) > 1]
    for same in alike[:_NAMED]:
        told = ", ".join(f"row {line} {short(name)}" for line, name in same[:_NAMED])
        notes.append(f"{part.sheet.file}: these may be one organisation: {told}")
    if len(alike) > _NAMED:
        notes.append(f"{part.sheet.file}: {len(alike) - _NAMED:,} more names stand there more than once")


def _alliances(part: _Part | None, spells: "pd.DataFrame", problems: Problems, notes: list[str]) -> "pd.DataFrame":
    import pandas as pd

    if part is None:
        names = [name for name in dict.fromkeys(spells["alliance"]) if name]
        notes.append("there is no table of alliances: each begins with its first member and ends with its last")
        first = spells.groupby("alliance")["from"].agg(lambda dates: "" if "" in dates.tolist() else dates.min())
        last = spells.groupby("alliance")["to"].agg(lambda dates: "" if "" in dates.tolist() else dates.max())
        return pd.DataFrame({"sector": "", "founded": first.reindex(names), "ended": last.reindex(names),
                             "label": False}, pd.Index(names, name="id"))
    identifiers = _identified(part, "id", problems)
    founded, ended = (_dates(part, what, problems, notes) for what in ("founded", "ended"))
    _ordered(part, "founded", "ended", founded, ended, problems)
    labels = [LABELS.get(text.casefold(), True) for text in part.of("label")]
    return pd.DataFrame({"sector": part.of("sector"), "founded": founded, "ended": ended, "label": labels},
                        pd.Index(identifiers, name="id"))


def _by_name(organisations: "pd.DataFrame") -> dict[str, str]:
    """Identifier of every organisation by its identifier, and by its name where only one has it."""
    names = organisations["name"][~organisations["name"].duplicated(keep=False)]
    return {**{name: key for key, name in names.items() if name}, **{key: key for key in organisations.index}}


def _found(names: Sequence[str], known: dict[str, str], part: _Part, what: str, other: str, problems: Problems
           ) -> list[str]:
    """Identifiers that names of another table stand for."""
    folded = {plain(name): name for name in known}
    for name, line in zip(names, part.lines, strict=True):
        if name and name not in known:
            near = folded.get(plain(name))
            hint = f"; did you mean {short(near)}?" if near else ""
            problems.add(part.sheet.file, f"{short(name)} is not in {other}{hint}", line, part.name(what))
    return [known.get(name, name) for name in names]


def _check_spells(spells: "pd.DataFrame", alliances: "pd.DataFrame", part: _Part, problems: Problems) -> None:
    """Memberships lie within the life of their alliance, and nobody is a member twice at a time."""
    file = part.sheet.file
    lives = alliances[~alliances.index.duplicated()].reindex(spells["alliance"])
    for begin, end, row, founded, ended in zip(spells["from"], spells["to"], spells["row"], lives["founded"].fillna(""),
                                               lives["ended"].fillna(""), strict=True):
        if begin and begin < founded:
            problems.add(file, f"{begin} lies before the alliance was founded, {founded}", row, part.name("from"))
        if ended and max(begin, end) > ended:
            problems.add(file, f"{max(begin, end)} lies after the alliance ended, {ended}", row,
                         part.name("to" if end > ended else "from"))
    pair = ["organisation", "alliance"]
    for _, same in spells[spells.duplicated(pair, keep=False)].groupby(pair):
        ordered = same.sort_values(["from", "row"])
        for (_, before), (_, after) in zip(ordered.iloc[:-1].iterrows(), ordered.iloc[1:].iterrows(), strict=True):
            if not before["to"] or after["from"] < before["to"]:
                first, second = sorted((before["row"], after["row"]))
                problems.add(file, f"{short(after['organisation'])} is a member of {short(after['alliance'])} at that "
                                   f"time by row {first} already", second, part.name("organisation"))


def _projects(part: _Part, organisations: "pd.DataFrame", alliances: "pd.DataFrame", problems: Problems,
              notes: list[str]) -> "pd.DataFrame":
    import pandas as pd

    starts, ends = (_dates(part, what, problems, notes) for what in ("start", "end"))
    _ordered(part, "start", "end", starts, ends, problems)
    for text, line in zip(part.of("start"), part.lines, strict=True):
        if not text:
            problems.add(part.sheet.file, "the cell is empty; a project needs its start", line, part.name("start"))
    known, places = _by_name(organisations), dict.fromkeys(alliances.index)
    for name, line in zip(part.of("alliance"), part.lines, strict=True):
        if name not in places:
            problems.add(part.sheet.file, f"{short(name)} is no alliance of the other tables", line,
                         part.name("alliance"))
    members: list[tuple[str, ...] | None] = []
    for cell, line in zip(part.of("members"), part.lines, strict=True):
        names = [name.strip() for name in cell.replace("|", ";").replace("；", ";").split(";") if name.strip()]
        for name in names:
            if name not in known:
                problems.add(part.sheet.file, f"{short(name)} is no organisation of the other tables", line,
                             part.name("members"))
        members.append(tuple(dict.fromkeys(known.get(name, name) for name in names)) or None)
    return pd.DataFrame({"id": _identified(part, "id", problems), "alliance": part.of("alliance"), "start": starts,
                         "end": ends, "cost": _numbers(part, "cost", problems), "members": members})


def _check_partners(registry: Registry, part: _Part, problems: Problems) -> None:
    """Whoever takes part in a project that runs on the day is a member of its alliance then."""
    held = set(zip(registry.members()["alliance"], registry.members()["organisation"], strict=True))
    running = registry.running()
    assert running is not None
    for place, project in running.iterrows():
        for name in project["members"] or ():
            if (project["alliance"], name) not in held:
                problems.add(part.sheet.file, f"{short(name)} is no member of {short(project['alliance'])} on "
                             f"{registry.date}, when the project runs", part.lines[place], part.name("members"))


def _day(date: str | datetime.date | None, settings: Settings, dates: Sequence[str], problems: Problems) -> str:
    """Day that the registry is of; the tables do not tell, so somebody has to."""
    if date is not None:
        try:
            return (date if isinstance(date, datetime.date) else datetime.date.fromisoformat(date)).isoformat()[:10]
        except ValueError:
            raise UserError(f"the date {short(date)} has to be a day, written YYYY-MM-DD") from None
    if settings.date is not None:
        return settings.date.isoformat()
    latest = max(dates, default="")
    told = f"; the latest date in the tables is {latest}" if latest else ""
    problems.add(NAME, f"nothing says which day the registry is of{told}: write a line such as "
                       f"date = {latest or '2020-01-01'} into it, or say --date")
    return ""


def _gaps(registry: Registry) -> list[str]:
    """What the tables do not tell of those that worlds start from, and who is left out."""
    told = []
    left = registry.alliances[(registry.alliances["founded"] <= registry.date) & (registry.alliances["ended"] == "")]
    left = left[~left.index.isin(registry.living().index)]
    if len(left):
        names = ", ".join(map(str, left.index[:_NAMED])) + (", ..." if len(left) > _NAMED else "")
        told.append(f"{len(left):,} alliances have not ended and have no members on {registry.date}; they are left "
                    f"out: {names}")
    there, living = registry.organisations.loc[registry.members()["organisation"].unique()], registry.living()
    for what, whose, gap, taken in (
        ("kind", "members", there["kind"] == NO_KIND, "drawn"),
        ("sector", "members", there["sector"] == "", "that of their alliance, where it is known, else drawn"),
        ("region", "members", there["region"] == "", "drawn"),
        ("size", "members", there["size"].isna(), "drawn"),
        ("sector", "alliances", living["sector"] == "", "that of most members, where it is known, else drawn"),
        ("founding date", "alliances", living["founded"] == "", "drawn"),
    ):
        if gap.any():
            told.append(f"the {what} of {gap.sum():,} of {len(gap):,} {whose} is not in the tables and is {taken}")
    if registry.projects is None:
        told.append("running projects are not in the tables and are drawn")
    firms = registry.members()["organisation"].map(there["kind"] == int(Kind.FIRM))
    few = firms.groupby(registry.members()["alliance"]).sum()
    known = (there["kind"] != NO_KIND).all()
    if known and (few < 2).any():
        told.append(f"{int((few < 2).sum()):,} alliances have fewer than two firms; in the model such an alliance "
                    "breaks up at once")
    return told
