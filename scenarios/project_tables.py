"""Project data of any vintage read as consortia: columns by their many names, dates, types in words, gaps counted.

Source: H5. Public data are in the columns of CORDIS, which has changed their names, separators and files four times.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import numpy as np

from alliancelab.agents.codes import Kind
from alliancelab.agents.errors import UserError
from alliancelab.scenarios.consortium import OTHER, Consortia, numbered
from alliancelab.scenarios.people_tables import PeopleTable, Source, read_people_table
from alliancelab.scenarios.project_dates import read_dates
from alliancelab.scenarios.schema import short

__all__ = ["Chosen", "choose_columns", "read_cordis"]

NAMES = {
    "project": ("projectrcn", "projectid", "rcn", "id", "project", "projectnumber", "projectreference",
                "grantagreementid", "grantid", "dealid", "dealnumber"),
    "start": ("start", "startdate", "projectstart", "projectstartdate", "begin", "begindate", "dateannounced",
              "announced", "alliancedateannounced", "date", "year"),
    "programme": ("programme", "program", "legalbasis", "frameworkprogramme", "fundingprogramme",
                  "sic", "siccode", "industry"),
    "organisation": ("orgid", "organisationid", "organizationid", "neworgid", "participantid", "pic", "organisation",
                     "organization", "participant", "firm", "id", "orgname", "organisationname", "name"),
    "end": ("end", "enddate", "projectend", "projectenddate"),
    "cost": ("totalcosteur", "totalcost", "projecttotalcost", "cost"),
    "country": ("country", "countrycode", "participantcountry"),
    "type": ("orgtype", "activitytype", "organisationtype", "organizationtype", "participanttype", "legalentitytype",
             "type"),
}
"""Names of each column, without spaces, dots, dashes, underscores and capitals; the first that is there is taken."""

TYPES = {"PRC": Kind.FIRM, "HES": Kind.UNIVERSITY, "REC": Kind.INSTITUTE}
"""Organisation types of CORDIS and what they are here; all others (public bodies, unknown) count as members only."""

_WORDS = (("PRC", r"PRC|IND|private for.?profit.*|compan(y|ies)|firms?|enterprises?|business(es)?|industry|smes?"),
          ("HES", r"HES|HE|higher or secondary education.*|universit(y|ies)|higher education.*|academia"),
          ("REC", r"REC|RES|RTO|research organi[sz]ations?|research institutes?|institutes?|research cent(re|er)s?"),
          ("PUB", r"PUB|public bod(y|ies).*|government|ministry"), ("OTH", r"OTH|others?"))
_NAMED = 3  # of what is not known, so many are named in a sentence

Tell = Callable[[str], None]


class Chosen(NamedTuple):
    """A table with the places of its columns by what they stand for."""

    table: PeopleTable
    columns: dict[str, int]

    def of(self, what: str) -> list[str]:
        """All cells of a column; empty ones where there is no such column."""
        place = self.columns.get(what)
        return ["" if place is None else cells[place] for _, cells in self.table.rows]

    def names(self) -> str:
        return ", ".join(f"{what} = {self.table.columns[place]}" for what, place in self.columns.items())


def read_cordis(projects: Source, participation: Source, tell: Tell = lambda sentence: None
                ) -> tuple[Consortia, np.ndarray]:
    """Read two tables of projects and of who takes part in them, in the columns of any vintage of CORDIS.

    Rows without a project or a date are left out, projects with one participant are grants and no alliances, an
    organisation without an identifier is one of its own, and a project in several rows belongs to its first; each is
    counted, and notes say so.

    Parameters
    ----------
    projects : path, DataFrame or pyarrow Table
        With a project, its start and its programme, see `NAMES`.
    participation : path, DataFrame or pyarrow Table
        With a project, an organisation and its type; of types PRC is a firm, HES a university, REC an institute.
    tell : callable
        Told in one sentence each what was taken, left out or counted.

    Returns
    -------
    consortia : Consortia
    programme : ndarray of str, shape (projects,)
        First programme of each project; empty where a project has none.

    Raises
    ------
    UserError
        When a file cannot be read, lacks a column, or the two do not belong together.
    """
    of_projects, of_seats = choose_columns(projects, participation, tell)
    start, programme = _projects(of_projects, tell)
    return _consortia(of_seats, of_projects.table.place, start, programme, tell)


def choose_columns(projects: Source, participation: Source, tell: Tell, more: Sequence[Sequence[str]] = ((), ())
                   ) -> tuple[Chosen, Chosen]:
    """Both tables with the columns that `read_cordis` needs, and with `more` of each that are taken where they are."""
    tables = read_people_table(projects, "the table of projects"), read_people_table(participation,
                                                                                     "the table of participations")
    for table in tables:
        for note in table.notes:
            tell(f"{table.place}: {note}")
        if not table.rows:
            raise UserError(f"{table.place}: the table has no rows")
    of_projects, of_seats = (_with_more(chosen, names) for chosen, names in zip(_chosen(*tables), more, strict=True))
    for chosen in (of_projects, of_seats):
        tell(f"{chosen.table.place}: columns taken: {chosen.names()}")
    return of_projects, of_seats


# --- columns ---------------------------------------------------------------------------------------------------------


def _plain(name: str) -> str:
    return re.sub(r"[\s._\-\"']", "", name).lower()


def _places(table: PeopleTable, what: str) -> list[int]:
    """Columns that could stand for something, the likeliest first."""
    plain = [_plain(column) for column in table.columns]
    return [plain.index(name) for name in NAMES[what] if name in plain]


def _chosen(projects: PeopleTable, seats: PeopleTable) -> tuple[Chosen, Chosen]:
    """Columns of both tables; of several pairs of project columns the one that finds the project of most seats."""
    pairs = [(a, b) for a in _places(projects, "project") for b in _places(seats, "project")]
    for table in (projects, seats):
        if not _places(table, "project"):
            raise _lacking(table, "project")
    names = [{cells[place] for _, cells in projects.rows} - {""} for place, _ in pairs]
    common = [sum(cells[place] in known for _, cells in seats.rows)
              for known, (_, place) in zip(names, pairs, strict=True)]
    if not max(common):
        raise UserError(f"{seats.place}: no project in it is one of {projects.place}; their columns of projects have "
                        "to hold the same numbers")
    best = pairs[common.index(max(common))]
    return (_with_others(projects, best[0], ("start", "programme")),
            _with_others(seats, best[1], ("organisation", "type")))


def _with_others(table: PeopleTable, project: int, others: Sequence[str]) -> Chosen:
    columns = {"project": project}
    for what in others:
        places = [place for place in _places(table, what) if place not in columns.values()]
        if not places:
            raise _lacking(table, what)
        columns[what] = places[0]
    for place in columns.values():
        if table.columns.count(table.columns[place]) > 1:
            raise UserError(f"{table.place}: the column '{table.columns[place]}' stands there twice; keep one of them")
    return Chosen(table, columns)


def _with_more(chosen: Chosen, names: Sequence[str]) -> Chosen:
    free = {what: [place for place in _places(chosen.table, what) if place not in chosen.columns.values()]
            for what in names}
    return chosen._replace(columns=chosen.columns | {what: places[0] for what, places in free.items() if places})


def _lacking(table: PeopleTable, what: str) -> UserError:
    usual = {"project": "project_rcn, projectID or rcn", "start": "start or startDate",
             "programme": "programme or legalBasis", "organisation": "org_id or organisationID",
             "type": "org_type or activityType"}[what]
    there = ", ".join(table.columns[:30])
    return UserError(f"{table.place}: there is no column of the {what}, called {usual}; here are {short(there)}")


# --- rows ------------------------------------------------------------------------------------------------------------


def _projects(chosen: Chosen, tell: Tell) -> tuple[dict[str, str], dict[str, str]]:
    """Start and first programme of every project that has both a name and a start."""
    place, rows = chosen.table.place, chosen.table.rows
    lines = [line for line, _ in rows]
    dates = read_dates(chosen.of("start"), lines, place, chosen.table.columns[chosen.columns["start"]], tell)
    start: dict[str, str] = {}
    programme: dict[str, str] = {}
    undated, again, nameless = [], 0, 0
    for line, name, date, of in zip(lines, chosen.of("project"), dates, chosen.of("programme"), strict=True):
        if not name:
            nameless += 1
        elif not date:
            undated.append(line)
        elif name in start:
            again += 1
        else:
            start[name], programme[name] = date, of.split(";")[0].strip()
    if nameless:
        tell(f"{place}: {nameless:,} of {len(rows):,} rows name no project and are left out")
    if undated:
        tell(f"{place}: {len(undated):,} of {len(rows):,} rows have no date and are left out: the first is row "
             f"{undated[0]}")
    if again:
        tell(f"{place}: {again:,} rows are of projects that stand in a row before; each belongs to its first programme")
    return start, programme


def _consortia(chosen: Chosen, other: str, start: dict[str, str], programme: dict[str, str], tell: Tell
               ) -> tuple[Consortia, np.ndarray]:
    place = chosen.table.place
    rows = list(zip(chosen.of("project"), chosen.of("organisation"), chosen.of("type"), strict=True))
    seats = [row for row in rows if row[0] in start]
    if len(seats) < len(rows):
        tell(f"{place}: {len(rows) - len(seats):,} of {len(rows):,} seats are of projects that {other} does not have, "
             "or not with a date, and are left out")
    members: dict[str, set[str]] = {}
    named = list(_identified(seats))
    for (project, _, _), organisation in zip(seats, named, strict=True):
        members.setdefault(project, set()).add(organisation)
    alone = {project for project, those in members.items() if len(those) < 2}
    if alone:
        tell(f"{place}: {len(alone):,} of {len(members):,} projects have one participant only: grants, not alliances; "
             "they are left out")
    kept = [i for i, (project, _, _) in enumerate(seats) if project not in alone]
    if not kept:
        raise UserError(f"{place}: no project has two participants or more, so there is no alliance to look at")
    unknown = sum(not seats[i][1] for i in kept)
    if unknown:
        tell(f"{place}: {unknown:,} of {len(kept):,} seats name no organisation; each counts as one of its own")
    kind = _kinds([seats[i][2] for i in kept], place, tell)
    projects = [seats[i][0] for i in kept]
    found = numbered(np.array([start[name] for name in projects]), np.array(projects),
                     np.array([named[i] for i in kept]), kind, np.zeros(len(kept), np.int64))
    order = sorted({(start[name], name) for name in projects})
    return found, np.array([programme[name] for _, name in order])


def _identified(seats: Sequence[tuple[str, str, str]]) -> Iterator[str]:
    """Organisation of each seat; one that is not named is nobody else's."""
    for i, (_, organisation, _) in enumerate(seats):
        yield organisation or f"\0{i}"


def _kinds(types: Sequence[str], place: str, tell: Tell) -> np.ndarray:
    """Kind of each member, from codes or words in any writing."""
    code = {text: _code(text) for text in set(types)}
    kind = np.array([TYPES.get(code[text], OTHER) for text in types])
    strange = Counter(text for text in types if text and not code[text])
    gaps = sum(not text for text in types)
    named = ", ".join(f"{short(text)} ({count:,})" for text, count in strange.most_common(_NAMED))
    if (kind == OTHER).all():
        there = f"here are {named}" if strange else "here is none"
        raise UserError(f"{place}: no organisation has a type that is known: PRC or company, HES or university, REC or "
                        f"research organisation; {there}")
    if strange:
        tell(f"{place}: {sum(strange.values()):,} of {len(types):,} seats have types that are not known and count as "
             f"members only: {named}")
    if gaps:
        tell(f"{place}: {gaps:,} of {len(types):,} seats have no type and count as members only")
    return kind


def _code(text: str) -> str:
    return next((code for code, words in _WORDS if re.fullmatch(words, text.strip(), re.IGNORECASE)), "")
