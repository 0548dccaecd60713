"""A registry made of project data: each project is an alliance of its participants, with itself as its project.

Source: H5.
"""

import csv
import math
import re
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

from alliancelab.agents.errors import UserError
from alliancelab.scenarios.folders import staged
from alliancelab.scenarios.people_tables import Source, number
from alliancelab.scenarios.project_dates import read_dates
from alliancelab.scenarios.project_tables import Chosen, choose_columns
from alliancelab.scenarios.registry.columns import kind_of
from alliancelab.scenarios.registry.read import day_of

__all__ = ["convert"]

_SECTOR = re.compile(r"[^.;]*(?:\.\d+){0,2}")  # programmes of the European Union to their second level
Tell = Callable[[str], None]


def convert(folder: str | Path, projects: Source, participation: Source, date: str | None = None,
            tell: Tell = lambda sentence: None) -> None:
    """Write a registry out of two tables in the columns of any vintage of CORDIS.

    Parameters
    ----------
    folder : path
        Earlier results of this program there are replaced; whoever asks first calls `folders.check_folder`.
    projects, participation : path, DataFrame or pyarrow Table
        As in `project_tables.read_cordis`; an end and a cost of projects and a country of organisations are taken, too.
    date : str, optional
        Day of the registry, YYYY-MM-DD; by default the last start, until which the list of projects goes.
    tell : callable
        Told in one sentence each what was taken and what was left out.

    Raises
    ------
    UserError
        When a table cannot be read, or no project is left.
    """
    day = None if date is None else day_of(date)
    of_projects, of_seats = choose_columns(projects, participation, tell, (("end", "cost"), ("country",)))
    lives = _lives(of_projects, tell)
    seats = _seats(of_seats, lives, tell)
    alliances = {name: life for name, life in lives.items() if name in seats}
    if not alliances:
        raise UserError(f"{of_seats.table.place}: no project has a start and two participants, so there is no alliance")
    starts = sorted(start for _, start, _, _ in alliances.values())
    spells = [(organisation, name, start, end) for name, (_, start, end, _) in alliances.items()
              for organisation in seats[name]]
    tables: dict[str, tuple[Sequence[str], list]] = {
        "organisations": (("id", "kind", "region"), _organisations(of_seats, {row[0] for row in spells}, tell)),
        "alliances": (("id", "sector", "founded", "ended"),
                      [(name, sector, start, end) for name, (sector, start, end, _) in alliances.items()]),
        "memberships": (("organisation", "alliance", "from", "to"), spells),
        "projects": (("id", "alliance", "start", "end", "cost", "members"),
                     [(name, name, start, end, cost, ";".join(seats[name]))
                      for name, (_, start, end, cost) in alliances.items()]),
    }
    with staged(folder) as staging:
        (staging / "registry.toml").write_text(f"date = {day or starts[-1]}\nsince = {starts[0]}\n", encoding="utf-8")
        for name, (columns, rows) in tables.items():
            with (staging / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
                writer = csv.writer(file, lineterminator="\n")
                writer.writerow(columns)
                writer.writerows(rows)


def _lives(chosen: Chosen, tell: Tell) -> dict[str, tuple[str, str, str, str]]:
    """Sector, start, end and cost of every project that has a name and a start, from its first row."""
    place, lines = chosen.table.place, [line for line, _ in chosen.table.rows]
    start, end = (
        read_dates(chosen.of(what), lines, place, chosen.table.columns[chosen.columns[what]], tell)
        if what in chosen.columns else [""] * len(lines) for what in ("start", "end"))
    found: dict[str, tuple[str, str, str, str]] = {}
    left = 0
    for name, programme, begun, ended, cost in zip(chosen.of("project"), chosen.of("programme"), start, end,
                                                   chosen.of("cost"), strict=True):
        if not name or not begun or (ended and ended <= begun):
            left += 1
        else:
            sector = _SECTOR.match(programme)
            found.setdefault(name, (sector.group() if sector else "", begun, ended, _cost(cost, chosen)))
    if left:
        tell(f"{place}: {left:,} of {len(lines):,} rows lack the name or the start of a project, or end before they "
             "begin; they are left out")
    return found


def _cost(text: str, chosen: Chosen) -> str:
    """A cost as registries have it; "" where there is none, or nothing that could be one."""
    try:
        value = number(text, chosen.table.decimal_comma)
    except ValueError:
        return ""
    return f"{value:.15g}" if 0.0 < value < math.inf else ""


def _seats(chosen: Chosen, lives: dict[str, tuple[str, str, str, str]], tell: Tell) -> dict[str, list[str]]:
    """Participants of each project that has two or more, in the order of the table."""
    found: dict[str, dict[str, None]] = {}
    nameless = 0
    for project, organisation in zip(chosen.of("project"), chosen.of("organisation"), strict=True):
        if project in lives and organisation:
            found.setdefault(project, {})[organisation] = None
        nameless += not organisation
    if nameless:
        tell(f"{chosen.table.place}: {nameless:,} seats name no organisation and are left out")
    several = {project: list(members) for project, members in found.items() if len(members) > 1}
    if len(several) < len(lives):
        tell(f"{chosen.table.place}: {len(lives) - len(several):,} of {len(lives):,} projects have fewer than two "
             "participants and are left out")
    return several


def _organisations(chosen: Chosen, members: set[str], tell: Tell) -> list[tuple[str, str, str]]:
    """Identifier, kind and country of every member, each as most of its rows have it."""
    kinds: dict[str, Counter] = {name: Counter() for name in members}
    countries: dict[str, Counter] = {name: Counter() for name in members}
    for name, word, country in zip(chosen.of("organisation"), chosen.of("type"), chosen.of("country"), strict=True):
        if name in members:
            kind = kind_of(word) if word else None
            if kind is not None:
                kinds[name][kind.name.lower()] += 1
            if country:
                countries[name][country] += 1
    unknown = sum(not kinds[name] for name in members)
    if unknown:
        tell(f"{chosen.table.place}: {unknown:,} of {len(members):,} organisations are neither firm, university nor "
             "institute, or of no known type; their kind is left open and will be drawn")
    return [(name, _usual(kinds[name]), _usual(countries[name])) for name in sorted(members)]


def _usual(counts: Counter) -> str:
    return counts.most_common(1)[0][0] if counts else ""
