"""A folder of tables read as a registry of alliances, or refused with every problem that it has. Source: H5."""

import datetime
import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from alliancelab.agents.errors import UserError
from alliancelab.scenarios.files import is_folder
from alliancelab.scenarios.registry.cells import Part, dates_of, identified, numbers_of, ordered, read_part
from alliancelab.scenarios.registry.checks import (
    check_founded,
    check_partners,
    check_projects,
    check_spells,
    keep_partners_of_the_day,
    note_alike,
    note_alike_identifiers,
    note_empty_spells,
    note_outlying_projects,
)
from alliancelab.scenarios.registry.columns import kind_of, plain
from alliancelab.scenarios.registry.problems import Problems
from alliancelab.scenarios.registry.settings import NAME, Settings, files_of, read_settings
from alliancelab.scenarios.registry.tables import NO_KIND, Registry, gaps_of, left_out
from alliancelab.scenarios.schema import short

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["day_of", "read_registry"]

LABELS = {"": False, "0": False, "no": False, "false": False, "n": False, "否": False}
"""Words by which a cell says that an alliance carries no label; any other word says that it does."""


def read_registry(folder: str | Path | Registry, date: str | datetime.date | None = None) -> Registry:
    """Read the tables of a folder.

    Parameters
    ----------
    folder : path or Registry
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
    if isinstance(folder, Registry):
        return folder
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
    parts = {table: read_part(table, file, settings, problems, notes) for table, file in files.items()}
    registry = _joined(path, parts, settings, problems, notes, date)
    return replace(registry, notes=(*notes, *left_out(registry), *gaps_of(registry)))


def _joined(path: Path, parts: dict[str, Part | None], settings: Settings, problems: Problems, notes: list[str],
            date: str | datetime.date | None) -> Registry:
    """Read the cells of every table, check that they fit together, and refuse every problem at once."""
    members, of_projects = parts.get("memberships"), parts.get("projects")
    spells = _spells(members, problems, notes)
    organisations = _organisations(parts, spells, settings, problems, notes)
    alliances = _alliances(parts, spells, problems, notes)
    names = {"organisations": _names(_by_name(organisations), "organisations", parts),
             "alliances": _names({name: name for name in alliances.index}, "alliances", parts)}
    if members is not None:
        for table, what in (("organisations", "organisation"), ("alliances", "alliance")):
            if table in parts:
                spells[what] = _found(spells[what], names[table], members, what, problems)
            else:
                note_alike_identifiers(spells[what], members, notes)
        check_spells(spells, alliances, members, problems)
        check_founded(spells, organisations, members, problems)
        note_empty_spells(spells, members, notes)
    projects = None if of_projects is None else _projects(of_projects, names, problems, notes)
    if projects is not None and of_projects is not None and parts.get("alliances"):
        check_projects(projects, alliances, of_projects, problems)
    day = _day(date, settings, [*spells["from"], *spells["to"], *alliances["founded"], *alliances["ended"]], problems)
    since = _since(settings, alliances, day, problems)
    problems.refuse()
    registry = Registry(path, day, organisations, alliances, spells.drop(columns=["row", "dated"]), projects, since, ())
    if settings.date is not None and day < settings.date.isoformat():
        keep_partners_of_the_day(registry, notes)
    if of_projects is not None:
        check_partners(registry, of_projects, problems)
        note_outlying_projects(registry, of_projects, notes)
    if not len(registry.living()):
        problems.add(str(path), f"no alliance exists on {day}: none has begun by then, has not ended and has members")
    problems.refuse()
    return registry


class _Names(NamedTuple):
    """What the rows of other tables may call organisations or alliances.

    Attributes
    ----------
    known : dict of str to str
        Identifier by each of its names.
    file : str
        That has them.
    complete : bool
        False where that file cannot be read, so that any name may be in it.
    torn : frozenset of str
        Names that may stand in rows of the wrong length.
    """

    known: dict[str, str]
    file: str
    complete: bool
    torn: frozenset[str]

    def lacks(self, name: str) -> bool:
        return self.complete and name not in self.known and name not in self.torn


def _names(known: dict[str, str], table: str, parts: dict[str, Part | None]) -> _Names:
    part = parts.get(table if table in parts else "memberships")
    return _Names(known, "", False, frozenset()) if part is None else _Names(known, part.sheet.file, True,
                                                                            part.sheet.torn)


def _spells(part: Part | None, problems: Problems, notes: list[str]) -> "pd.DataFrame":
    """Memberships with their rows, and whether their dates could be read; none where the table cannot be."""
    import pandas as pd

    if part is None:
        return pd.DataFrame(columns=["organisation", "alliance", "from", "to", "row", "dated"], dtype=object)
    begins, ends = (dates_of(part, what, problems, notes) for what in ("from", "to"))
    ordered(part, "from", "to", begins, ends, problems)
    for what in ("organisation", "alliance"):
        for text, line in zip(part.of(what), part.lines, strict=True):
            if not text:
                problems.add(part.sheet.file, "the cell is empty; every row needs one", line, part.name(what))
    dated = [bool(begin) == bool(first) and bool(end) == bool(last) for begin, end, first, last
             in zip(begins, ends, part.of("from"), part.of("to"), strict=True)]
    return pd.DataFrame({"organisation": part.of("organisation"), "alliance": part.of("alliance"),
                         "from": begins, "to": ends, "row": part.lines, "dated": dated})


def _organisations(parts: dict[str, Part | None], spells: "pd.DataFrame", settings: Settings, problems: Problems,
                   notes: list[str]) -> "pd.DataFrame":
    import pandas as pd

    part = parts.get("organisations")
    if part is None:
        names = [name for name in dict.fromkeys(spells["organisation"]) if name]
        notes.append("there is no table of organisations: the memberships tell who they are")
        return pd.DataFrame({"name": names, "kind": NO_KIND, "sector": "", "region": "", "size": math.nan,
                             "founded": ""}, pd.Index(names, name="id"))
    identifier = "id" if "id" in part.places else "name"
    identifiers = identified(part, identifier, problems)
    names = part.of("name") if "name" in part.places else identifiers
    if "name" in part.places:
        note_alike(names, part, notes)
    if identifier == "id":
        note_alike_identifiers(identifiers, part, notes)
    return pd.DataFrame(
        {"name": names, "kind": _kinds(part, settings, problems), "sector": part.of("sector"),
         "region": part.of("region"), "size": numbers_of(part, "size", problems),
         "founded": dates_of(part, "founded", problems, notes)},
        pd.Index(identifiers, name="id"))


def _kinds(part: Part, settings: Settings, problems: Problems) -> list[int]:
    found = []
    for text, line in zip(part.of("kind"), part.lines, strict=True):
        kind = settings.kinds.get(plain(text), kind_of(text)) if text else NO_KIND
        if kind is None:
            problems.add(part.sheet.file, f"{short(text)} is no kind of organisation that is known: firm, university, "
                         f"institute, agency; say in [kinds] of {NAME} which it is", line, part.name("kind"))
        found.append(NO_KIND if kind is None else int(kind))
    return found


def _alliances(parts: dict[str, Part | None], spells: "pd.DataFrame", problems: Problems, notes: list[str]
               ) -> "pd.DataFrame":
    import pandas as pd

    part = parts.get("alliances")
    if part is None:
        names = [name for name in dict.fromkeys(spells["alliance"]) if name]
        notes.append("there is no table of alliances: each begins with its first member and ends with its last")
        first = spells.groupby("alliance")["from"].agg(lambda dates: "" if "" in dates.tolist() else dates.min())
        last = spells.groupby("alliance")["to"].agg(lambda dates: "" if "" in dates.tolist() else dates.max())
        return pd.DataFrame({"sector": "", "founded": first.reindex(names), "ended": last.reindex(names),
                             "label": False}, pd.Index(names, name="id"))
    identifiers = identified(part, "id", problems)
    note_alike_identifiers(identifiers, part, notes)
    founded, ended = (dates_of(part, what, problems, notes) for what in ("founded", "ended"))
    ordered(part, "founded", "ended", founded, ended, problems)
    labels = [LABELS.get(text.casefold(), True) for text in part.of("label")]
    return pd.DataFrame({"sector": part.of("sector"), "founded": founded, "ended": ended, "label": labels},
                        pd.Index(identifiers, name="id"))


def _by_name(organisations: "pd.DataFrame") -> dict[str, str]:
    """Identifier of every organisation by its identifier, and by its name where only one has it."""
    names = organisations["name"][~organisations["name"].duplicated(keep=False)]
    return {**{name: key for key, name in names.items() if name}, **{key: key for key in organisations.index}}


def _found(texts: Sequence[str], names: _Names, part: Part, what: str, problems: Problems) -> list[str]:
    """Identifiers that names of another table stand for."""
    folded = {plain(name): name for name in names.known}
    for name, line in zip(texts, part.lines, strict=True):
        if name and names.lacks(name):
            near = folded.get(plain(name))
            hint = f"; did you mean {short(near)}?" if near else ""
            problems.add(part.sheet.file, f"{short(name)} is not in {names.file}{hint}", line, part.name(what))
    return [names.known.get(name, name) for name in texts]


def _projects(part: Part, names: dict[str, _Names], problems: Problems, notes: list[str]) -> "pd.DataFrame":
    import pandas as pd

    starts, ends = (dates_of(part, what, problems, notes) for what in ("start", "end"))
    ordered(part, "start", "end", starts, ends, problems)
    for text, line in zip(part.of("start"), part.lines, strict=True):
        if not text:
            problems.add(part.sheet.file, "the cell is empty; a project needs its start", line, part.name("start"))
    for name, line in zip(part.of("alliance"), part.lines, strict=True):
        if names["alliances"].lacks(name):
            problems.add(part.sheet.file, f"{short(name)} is no alliance of the other tables", line,
                         part.name("alliance"))
    members = [_partners(cell, line, part, names["organisations"], problems)
               for cell, line in zip(part.of("members"), part.lines, strict=True)]
    return pd.DataFrame({"id": identified(part, "id", problems), "alliance": part.of("alliance"), "start": starts,
                         "end": ends, "cost": numbers_of(part, "cost", problems), "members": members})


def _partners(cell: str, line: int, part: Part, names: _Names, problems: Problems) -> tuple[str, ...] | None:
    """Organisations that a cell lists, parted by semicolons; None where it is empty."""
    listed = [name.strip() for name in cell.replace("|", ";").replace("；", ";").split(";") if name.strip()]
    for name in dict.fromkeys(listed):
        if names.lacks(name):
            problems.add(part.sheet.file, f"{short(name)} is no organisation of the other tables", line,
                         part.name("members"))
    found = Counter(names.known[name] for name in listed if name in names.known)
    for name, times in found.items():
        if times > 1:
            problems.add(part.sheet.file, f"{short(name)} stands in the cell {times} times; name each once", line,
                         part.name("members"))
    return tuple(found) or None


def day_of(date: str | datetime.date) -> str:
    """A day that somebody gave, as YYYY-MM-DD.

    Raises
    ------
    UserError
        When it is none.
    """
    try:
        return (date if isinstance(date, datetime.date) else datetime.date.fromisoformat(date)).isoformat()[:10]
    except (TypeError, ValueError):
        raise UserError(f"the date {short(date)} has to be a day, written YYYY-MM-DD") from None


def _day(date: str | datetime.date | None, settings: Settings, dates: Sequence[str], problems: Problems) -> str:
    """Day that the registry is of; the tables do not tell, so somebody has to."""
    if date is not None:
        return day_of(date)
    if settings.date is not None:
        return settings.date.isoformat()
    if settings.dated:  # a day that cannot be read, which is a problem already
        return ""
    latest = max(dates, default="")
    latest_date = f"; the latest date in the tables is {latest}" if latest else ""
    problems.add(NAME, f"nothing says which day the registry is of{latest_date}: write a line such as "
                       f"date = {latest or '2020-01-01'} into it, or say --date")
    return ""


def _since(settings: Settings, alliances: "pd.DataFrame", day: str, problems: Problems) -> str:
    """Day from which on nothing is missing: what registry.toml says, else the first founding."""
    if settings.since is None:
        return min((date for date in alliances["founded"] if date), default=day)
    since = settings.since.isoformat()
    if day and since >= day:
        problems.add(NAME, f"since is {since} and has to lie before the day of the registry, {day}")
    return since
