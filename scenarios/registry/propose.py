"""A proposal for registry.toml: what the files of a folder seem to be, for somebody to look through. Source: H5."""

from pathlib import Path

from alliancelab.agents.errors import UserError
from alliancelab.scenarios.files import is_folder, write_file
from alliancelab.scenarios.project_dates import read_dates
from alliancelab.scenarios.registry.columns import COLUMNS, NEEDED, find_columns, table_named
from alliancelab.scenarios.registry.problems import Problems
from alliancelab.scenarios.registry.settings import NAME
from alliancelab.scenarios.registry.sheets import ENDINGS, Sheet, read_sheet
from alliancelab.scenarios.toml_text import value_text

__all__ = ["propose", "write_proposal"]

_DATED = ("from", "to", "founded", "ended", "start")
_ORDER = ("memberships", "projects", "alliances", "organisations")  # from the most to the least telling columns


def propose(folder: str | Path) -> str:
    """Text of a registry.toml for the tables of a folder; what is not sure or not there is a comment.

    Raises
    ------
    RegistryError, UserError
        When there is no such folder or no table in it can be read.
    """
    path = Path(folder)
    if not is_folder(path):
        raise UserError(f"{path}: there is no such folder; give a folder with the tables of a registry")
    problems = Problems()
    files = sorted(file for file in path.iterdir() if file.suffix.lower() in ENDINGS and file.is_file())
    sheets = [sheet for file in files if (sheet := read_sheet(file, Problems())) is not None]
    if not sheets:
        for file in files:
            read_sheet(file, problems)  # for what it has to say
        problems.refuse()
        raise UserError(f"{path}: there are no tables in the folder; they end in {', '.join(ENDINGS[:5])}")
    tables = _tables(sheets)
    lines = [f"# Proposed by: alliancelab registry inspect. Look it through and save it as {NAME}.", *_date(tables)]
    for table in COLUMNS:
        if table not in tables:
            lines += ["", f"# There seems to be no table of {table}." + (
                " It is needed." if table == "memberships" else "")]
            continue
        sheet = tables[table]
        lines += ["", f"[{table}]", f"file = {value_text(sheet.file)}"]
        found = find_columns(table, sheet.columns)
        lines += [f"{what} = {value_text(sheet.columns[place])}" for what, place in found.items()]
        free = [name for place, name in enumerate(sheet.columns) if place not in found.values()]
        for what in COLUMNS[table]:
            if what not in found:
                choice = f"one of {', '.join(map(value_text, free))}?" if free else "there is no column left for it"
                lines.append(f"# {what} = {choice}")
    for sheet in sheets:
        if sheet not in tables.values():
            lines += ["", f"# {sheet.file} is taken for no table; its columns: {', '.join(sheet.columns)}"]
    return "\n".join(lines) + "\n"


def write_proposal(folder: str | Path) -> Path:
    """Write the proposal into the folder, where there is no registry.toml yet; returns its path.

    Raises
    ------
    RegistryError, UserError
        As `propose`, and where the file is there already.
    """
    text, path = propose(folder), Path(folder) / NAME
    if path.exists():
        raise UserError(f"{path}: the file is there already and stays as it is; without --write the proposal is "
                        "printed")
    write_file(path, text.encode())
    return path


def _tables(sheets: list[Sheet]) -> dict[str, Sheet]:
    """Table that each sheet seems to be: by its name, else by its columns."""
    found: dict[str, Sheet] = {}
    for sheet in sheets:
        table = table_named(sheet.file.split(".")[0])
        if table is not None:
            found.setdefault(table, sheet)
    for table in _ORDER:
        if table in found:
            continue
        fitting = [sheet for sheet in sheets if sheet not in found.values()
                   and set(NEEDED[table] or ("name",)) <= set(find_columns(table, sheet.columns))]
        if fitting:
            found[table] = max(fitting, key=lambda sheet: len(find_columns(table, sheet.columns)))
    return found


def _date(tables: dict[str, Sheet]) -> list[str]:
    """The latest date of what is known to have happened, as a day to begin with."""
    dates: list[str] = []
    for table in ("memberships", "alliances"):
        if table not in tables:
            continue
        sheet = tables[table]
        for what, place in find_columns(table, sheet.columns).items():
            if what in _DATED:
                cells = [(line, cells[place]) for line, cells in sheet.rows if cells[place]]
                try:
                    dates += read_dates([text for _, text in cells], [line for line, _ in cells], sheet.file, what,
                                        lambda note: None)
                except UserError:
                    continue  # `check` tells of it
    if not dates:
        return ["# date = 2020-01-01    the day that the registry is of"]
    return [f"date = {max(dates)}    # the latest date in the tables; write the day that the registry is of"]
