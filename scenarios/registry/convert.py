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
from alliancelab.scenarios.people_tables import Source
from alliancelab.scenarios.project_tables import Chosen, choose_columns
from alliancelab.scenarios.registry.cells import Part, dates_of, numbers_of
from alliancelab.scenarios.registry.columns import kind_of
from alliancelab.scenarios.registry.problems import Problems
from alliancelab.scenarios.registry.read import day_of
from alliancelab.scenarios.registry.sheets import Sheet
from alliancelab.scenarios.registry.tables import NAMED
from alliancelab.scenarios.schema import short

__all__ = ["convert"]

_SECTOR = re.compile(r"[^.;]*(?:\.\d+){0,2}")  # programmes of the European Union to their second level
_ZERO = re.compile(r"0+([.,]0*)?")
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
        When a table cannot be read, a date or cost is none, or no project is left.
    """
    day = None if date is None else day_of(date)
    of_projects, of_seats = choose_columns(projects, participation, tell, (("end", "cost"), ("country",)))
    lives = _lives(of_projects, tell)
    seats = _seats(of_seats, of_projects, lives, tell)
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
    place, rows = chosen.table.place, len(chosen.table.rows)
    starts, ends, costs = _dates_and_costs(chosen, tell)
    found: dict[str, tuple[str, str, str, str]] = {}
    left: dict[str, list[int]] = {"name no project": [], "have no start": [], "end before they begin": [],
                                  "are of projects that stand in a row before": []}
    nameless, undated, backward, again = left.values()
    for (line, _), name, programme, start, end, cost in zip(
            chosen.table.rows, chosen.of("project"), chosen.of("programme"), starts, ends, costs, strict=True):
        if not name:
            nameless.append(line)
        elif not start:
            undated.append(line)
        elif end and end <= start:
            backward.append(line)
        elif name in found:
            again.append(line)
        else:
            sector = _SECTOR.match(programme)
            found[name] = (sector.group() if sector else "", start, end, "" if math.isnan(cost) else f"{cost:.15g}")
    for why, lines in left.items():
        if lines:
            tell(f"{place}: {len(lines):,} of {rows:,} rows {why} and are left out: the first is row {lines[0]}")
    return found


def _dates_and_costs(chosen: Chosen, tell: Tell) -> tuple[list[str], list[str], list[float]]:
    """Starts, ends and costs of all rows; every cell that is none is refused, all at once."""
    table = chosen.table
    texts = chosen.of("cost")
    unknown = [bool(_ZERO.fullmatch(text)) for text in texts]  # which CORDIS writes where it knows no cost
    if any(unknown):
        tell(f"{table.place}: the cost of {sum(unknown):,} of {len(texts):,} rows is zero and taken as not known")
        place = chosen.columns["cost"]
        rows = [(line, (*cells[:place], "", *cells[place + 1:]) if zero else cells)
                for (line, cells), zero in zip(table.rows, unknown, strict=True)]
        table = table._replace(rows=rows)
    part = Part(Sheet(table.place, table.columns, table.rows, table.decimal_comma, ()), chosen.columns)
    problems, notes = Problems(), list[str]()
    starts, ends = (dates_of(part, what, problems, notes) for what in ("start", "end"))
    costs = numbers_of(part, "cost", problems)
    problems.refuse()
    for note in notes:
        tell(note)
    return starts, ends, costs


def _seats(chosen: Chosen, other: Chosen, lives: dict[str, tuple[str, str, str, str]], tell: Tell
           ) -> dict[str, list[str]]:
    """Participants of each project that has two or more, in the order of the table."""
    found: dict[str, dict[str, None]] = {}
    listed = set(other.of("project"))
    strange, nameless = [], 0
    for (line, _), project, organisation in zip(chosen.table.rows, chosen.of("project"), chosen.of("organisation"),
                                                strict=True):
        if project in lives and organisation:
            found.setdefault(project, {})[organisation] = None
        if not project or project not in listed:
            strange.append(line)
        nameless += not organisation
    if strange:
        tell(f"{chosen.table.place}: {len(strange):,} of {len(chosen.table.rows):,} seats are of projects that "
             f"{other.table.place} does not have and are left out: the first is row {strange[0]}")
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
    strange: Counter = Counter()
    for name, word, country in zip(chosen.of("organisation"), chosen.of("type"), chosen.of("country"), strict=True):
        if name in members:
            kind = kind_of(word) if word else None
            if kind is not None:
                kinds[name][kind.name.lower()] += 1
            elif word:
                strange[word] += 1
            if country:
                countries[name][country] += 1
    if strange:
        named = ", ".join(f"{short(word)} ({count:,})" for word, count in strange.most_common(NAMED))
        tell(f"{chosen.table.place}: {strange.total():,} seats have types that are no kind of organisation here: "
             f"{named}")
    unknown = sum(not kinds[name] for name in members)
    if unknown:
        tell(f"{chosen.table.place}: {unknown:,} of {len(members):,} organisations are neither firm, university nor "
             "institute, or of no known type; their kind is left open and will be drawn")
    return [(name, _usual(kinds[name]), _usual(countries[name])) for name in sorted(members)]


def _usual(counts: Counter) -> str:
    return counts.most_common(1)[0][0] if counts else ""
