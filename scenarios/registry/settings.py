"""The file registry.toml: which file is which table, which column is what, which word is which kind. Source: H5."""

import datetime
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from alliancelab.agents.codes import Kind
from alliancelab.agents.errors import did_you_mean
from alliancelab.scenarios.files import is_file, reason
from alliancelab.scenarios.registry.columns import COLUMNS, kind_of, plain, table_named
from alliancelab.scenarios.registry.problems import Problems, RegistryError
from alliancelab.scenarios.registry.sheets import ENDINGS
from alliancelab.scenarios.schema import short
from alliancelab.scenarios.toml_text import parse_toml

__all__ = ["NAME", "Settings", "files_of", "read_settings"]

NAME = "registry.toml"
_KEYS = ("date", "since", "kinds", *COLUMNS)
_EXTRA = ("file", "sheet", "encoding")


class Settings(NamedTuple):
    """What registry.toml says.

    Attributes
    ----------
    date : datetime.date or None
        Day that the registry is of.
    since : datetime.date or None
        Day from which on nothing is missing in the tables.
    tables : dict of str to dict of str to str
        By table: `file`, `sheet`, `encoding`, and the names of columns.
    kinds : dict of str to Kind
        By the plain form of words.
    dated : bool
        Whether it says a day at all, even one that cannot be read.
    """

    date: datetime.date | None = None
    since: datetime.date | None = None
    tables: Mapping[str, Mapping[str, str]] = {}
    kinds: Mapping[str, Kind] = {}
    dated: bool = False


def read_settings(folder: Path, problems: Problems) -> Settings:
    """Read registry.toml of a folder; without one everything is found by its name.

    Raises
    ------
    RegistryError
        When it cannot be read at all: what the tables mean depends on it.
    """
    path = folder / NAME
    if not path.exists():
        return Settings()
    try:
        content = parse_toml(path.read_bytes().decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise RegistryError((f"{NAME}: byte {error.start + 1} is not UTF-8; save the file as UTF-8 text",)) from None
    except (tomllib.TOMLDecodeError, RecursionError, ValueError) as error:
        raise RegistryError((f"{NAME}: it is not valid TOML: {error}",)) from None
    except OSError as error:
        raise RegistryError((f"{NAME}: it cannot be read: {reason(error)}",)) from None
    for key in content:
        if key not in _KEYS:
            problems.add(NAME, f"'{key}' is not known; {did_you_mean(key, _KEYS)}")
    tables = {}
    for table in COLUMNS:
        section = content.get(table, {})
        if isinstance(section, dict):
            tables[table] = _section(table, section, problems)
        else:
            problems.add(NAME, f"'{table}' has to be a section, [{table}], with file and columns")
    date, since = (_date(key, content.get(key), problems) for key in ("date", "since"))
    return Settings(date, since, tables, _kinds(content.get("kinds", {}), problems), "date" in content)


def _section(table: str, section: dict[str, Any], problems: Problems) -> dict[str, str]:
    known = (*_EXTRA, *COLUMNS[table])
    taken = {}
    for key, value in section.items():
        if key not in known:
            problems.add(NAME, f"[{table}] has no '{key}'; {did_you_mean(key, known)}")
        elif not isinstance(value, str) or not value.strip():
            problems.add(NAME, f"[{table}] {key} is {short(value)} and has to be a text, such as the name of a column")
        else:
            taken[key] = value.strip()
    return taken


def _date(key: str, value: Any, problems: Problems) -> datetime.date | None:
    if isinstance(value, datetime.datetime):
        return value.date()
    if value is None or isinstance(value, datetime.date):
        return value
    try:
        return datetime.date.fromisoformat(value)
    except (TypeError, ValueError):
        problems.add(NAME, f"{key} is {short(value)} and has to be a day, such as {key} = 2020-01-01")
        return None


def _kinds(section: Any, problems: Problems) -> dict[str, Kind]:
    if not isinstance(section, dict):
        problems.add(NAME, "'kinds' has to be a section, [kinds], with lines such as \"Ltd\" = \"firm\"")
        return {}
    found = {}
    for word, value in section.items():
        kind = kind_of(value) if isinstance(value, str) else None
        if kind is None:
            problems.add(NAME, f"[kinds] {word}: {short(value)} is no kind; write firm, university, institute or "
                               "agency")
        else:
            found[plain(word)] = kind
    return found


def files_of(folder: Path, settings: Settings, problems: Problems) -> dict[str, Path | None]:
    """File of each table that is there: the one that registry.toml names, else the one that has a known name.

    None for a table that is meant to be there, while which file it is is a problem.
    """
    try:
        there = sorted(path for path in folder.iterdir() if path.suffix.lower() in ENDINGS and path.is_file())
    except OSError as error:
        problems.add(str(folder), f"the folder cannot be read: {reason(error)}; give a folder with tables")
        return dict.fromkeys(COLUMNS)
    found: dict[str, Path | None] = {}
    given = {section["file"] for section in settings.tables.values() if "file" in section}
    for table in COLUMNS:
        named = settings.tables.get(table, {}).get("file")
        if named is not None:
            path = folder / named
            if path.parent != folder or not is_file(path):
                problems.add(NAME, f"[{table}] file: there is no '{named}' in the folder")
                found[table] = None
            else:
                found[table] = path
            continue
        fitting = [path for path in there
                   if path.name not in given and table_named(path.name.split(".")[0]) == table]
        if len(fitting) > 1:
            problems.add(fitting[1].name, f"'{fitting[0].name}' could be the table of {table}, too; say "
                                           f"which in {NAME}")
            found[table] = None
        elif fitting:
            found[table] = fitting[0]
    return found
