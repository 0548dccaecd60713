"""A folder of tables read as a registry of alliances, or refused with every problem that it has. Source: H5."""

import datetime
import math
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from alliancelab.agents.errors import UserError
from alliancelab.scenarios.files import is_folder
from alliancelab.scenarios.registry.cells import Part, dates_of, identified, numbers_of, ordered, read_part
from alliancelab.scenarios.registry.columns import kind_of, plain
from alliancelab.scenarios.registry.problems import Problems
from alliancelab.scenarios.registry.settings import NAME, Settings, files_of, read_settings
from alliancelab.scenarios.registry.tables import NAMED, NO_KIND, Registry, gaps_of, left_out
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
    problems.refuse()
    registry = _joined(path, {table: part for table, part in parts.items() if part}, settings, problems, notes, date)
    problems.refuse()
    return registry


def _joined(path: Path, parts: dict[str, Part], settings: Settings, problems: Problems, notes: list[str],
            date: str | datetime.date | None) -> Registry:
    """Read the cells of every table and check that they fit together."""
    import pandas as pd

    part = parts["memberships"]
    begins, ends = (dates_of(part, what, problems, notes) for what in ("from", "to"))
    ordered(part, "from", "to", begins, ends, problems)
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
    since = _since(settings, alliances, day, problems)
    registry = Registry(path, day, organisations, alliances, spells.drop(columns="row"), projects, since, ())
    problems.refuse()
    if projects is not None:
        _check_partners(registry, parts["projects"], problems)
    if not len(registry.living()):
        problems.add(str(path), f"no alliance exists on {day}: none has begun by then, has not ended and has members")
    return replace(registry, notes=(*notes, *left_out(registry), *gaps_of(registry)))


def _organisations(part: Part | None, spells: "pd.DataFrame", settings: Settings, problems: Problems,
                   notes: list[str]) -> "pd.DataFrame":
    import pandas as pd

    if part is None:
        names = [name for name in dict.fromkeys(spells["organisation"]) if name]
        notes.append("there is no table of organisations: the memberships tell who they are")
        return pd.DataFrame({"name": names, "kind": NO_KIND, "sector": "", "region": "", "size": math.nan,
                             "founded": ""}, pd.Index(names, name="id"))
    identifier = "id" if "id" in part.places else "name"
    identifiers = identified(part, identifier, problems)
    names = part.of("name") if "name" in part.places else identifiers
    _tell_alike(names, part, notes)
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


def _tell_alike(names: Sequence[str], part: Part, notes: list[str]) -> None:
    """Names that differ in capitals, spaces and signs only are likely to be of one organisation."""
    rows: dict[str, list[tuple[int, str]]] = {}
    for name, line in zip(names, part.lines, strict=True):
        if name:
            rows.setdefault(plain(name) or name, []).append((line, name))
    alike = [same for same in rows.values() if len(same) > 1]
    for same in alike[:NAMED]:
        named = ", ".join(f"row {line} {short(name)}" for line, name in same[:NAMED])
        notes.append(f"{part.sheet.file}: these may be one organisation: {named}")
    if len(alike) > NAMED:
        notes.append(f"{part.sheet.file}: {len(alike) - NAMED:,} more names stand there more than once")


def _alliances(part: Part | None, spells: "pd.DataFrame", problems: Problems, notes: list[str]) -> "pd.DataFrame":
    import pandas as pd

    if part is None:
        names = [name for name in dict.fromkeys(spells["alliance"]) if name]
        notes.append("there is no table of alliances: each begins with its first member and ends with its last")
        first = spells.groupby("alliance")["from"].agg(lambda dates: "" if "" in dates.tolist() else dates.min())
        last = spells.groupby("alliance")["to"].agg(lambda dates: "" if "" in dates.tolist() else dates.max())
        return pd.DataFrame({"sector": "", "founded": first.reindex(names), "ended": last.reindex(names),
                             "label": False}, pd.Index(names, name="id"))
    identifiers = identified(part, "id", problems)
    founded, ended = (dates_of(part, what, problems, notes) for what in ("founded", "ended"))
    ordered(part, "founded", "ended", founded, ended, problems)
    labels = [LABELS.get(text.casefold(), True) for text in part.of("label")]
    return pd.DataFrame({"sector": part.of("sector"), "founded": founded, "ended": ended, "label": labels},
                        pd.Index(identifiers, name="id"))


def _by_name(organisations: "pd.DataFrame") -> dict[str, str]:
    """Identifier of every organisation by its identifier, and by its name where only one has it."""
    names = organisations["name"][~organisations["name"].duplicated(keep=False)]
    return {**{name: key for key, name in names.items() if name}, **{key: key for key in organisations.index}}


def _found(names: Sequence[str], known: dict[str, str], part: Part, what: str, other: str, problems: Problems
           ) -> list[str]:
    """Identifiers that names of another table stand for."""
    folded = {plain(name): name for name in known}
    for name, line in zip(names, part.lines, strict=True):
        if name and name not in known:
            near = folded.get(plain(name))
            hint = f"; did you mean {short(near)}?" if near else ""
            problems.add(part.sheet.file, f"{short(name)} is not in {other}{hint}", line, part.name(what))
    return [known.get(name, name) for name in names]


def _check_spells(spells: "pd.DataFrame", alliances: "pd.DataFrame", part: Part, problems: Problems) -> None:
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


def _projects(part: Part, organisations: "pd.DataFrame", alliances: "pd.DataFrame", problems: Problems,
              notes: list[str]) -> "pd.DataFrame":
    import pandas as pd

    starts, ends = (dates_of(part, what, problems, notes) for what in ("start", "end"))
    ordered(part, "start", "end", starts, ends, problems)
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
    return pd.DataFrame({"id": identified(part, "id", problems), "alliance": part.of("alliance"), "start": starts,
                         "end": ends, "cost": numbers_of(part, "cost", problems), "members": members})


def _check_partners(registry: Registry, part: Part, problems: Problems) -> None:
    """Whoever takes part in a project that runs on the day is a member of its alliance then."""
    held = set(zip(registry.members()["alliance"], registry.members()["organisation"], strict=True))
    running = registry.running()
    assert running is not None
    for place, project in running.iterrows():
        for name in project["members"] or ():
            if (project["alliance"], name) not in held:
                problems.add(part.sheet.file, f"{short(name)} is no member of {short(project['alliance'])} on "
                             f"{registry.date}, when the project runs", part.lines[place], part.name("members"))


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
