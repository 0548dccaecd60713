"""Whether the tables of a registry contradict one another: lives, memberships, partners. Source: H5."""

import unicodedata
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from alliancelab.scenarios.registry.cells import Part
from alliancelab.scenarios.registry.columns import plain
from alliancelab.scenarios.registry.problems import Problems
from alliancelab.scenarios.registry.tables import NAMED, Registry
from alliancelab.scenarios.schema import short

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["check_founded", "check_partners", "check_projects", "check_spells", "keep_partners_of_the_day",
           "note_alike", "note_alike_identifiers", "note_empty_spells", "note_outlying_projects"]


def check_spells(spells: "pd.DataFrame", alliances: "pd.DataFrame", part: Part, problems: Problems) -> None:
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
    sound = spells[spells["dated"].astype(bool) & (spells["organisation"] != "") & (spells["alliance"] != "")]
    for _, same in sound[sound.duplicated(pair, keep=False)].groupby(pair):
        ordered = same.sort_values(["from", "row"])
        for (_, before), (_, after) in zip(ordered.iloc[:-1].iterrows(), ordered.iloc[1:].iterrows(), strict=True):
            if not before["to"] or after["from"] < before["to"]:
                first, second = sorted((before["row"], after["row"]))
                problems.add(file, f"{short(after['organisation'])} is a member of {short(after['alliance'])} at that "
                                   f"time by row {first} already", second, part.name("organisation"))


def keep_partners_of_the_day(registry: Registry, notes: list[str]) -> None:
    """Leave out of projects that run on a day before that of the tables whoever is a member at another time only.

    The tables list all who ever took part in a project that has ended since; some had left by that day, or came later.
    """
    running = registry.running()
    if running is None or registry.projects is None:
        return
    spells, held = registry.memberships, registry.members()
    ever, now = (set(zip(rows["alliance"], rows["organisation"], strict=True)) for rows in (spells, held))
    absent = 0
    for place, project in running.iterrows():
        listed = project["members"] or ()
        kept = tuple(name for name in listed
                     if (project["alliance"], name) in now or (project["alliance"], name) not in ever)
        absent += len(listed) - len(kept)
        registry.projects.at[place, "members"] = kept or None
    if absent:
        notes.append(f"{absent:,} partners of projects that run on {registry.date} are members of their alliance at "
                     "another time only, and were left out of them")


def check_partners(registry: Registry, part: Part, problems: Problems) -> None:
    """Whoever takes part in a project that runs on the day is a member of its alliance then."""
    held = set(zip(registry.members()["alliance"], registry.members()["organisation"], strict=True))
    running = registry.running()
    assert running is not None
    for place, project in running.iterrows():
        for name in project["members"] or ():
            if (project["alliance"], name) not in held:
                problems.add(part.sheet.file, f"{short(name)} is no member of {short(project['alliance'])} on "
                             f"{registry.date}, when the project runs", part.lines[place], part.name("members"))


def check_founded(spells: "pd.DataFrame", organisations: "pd.DataFrame", part: Part, problems: Problems) -> None:
    """Nobody is a member before being founded."""
    founded = organisations["founded"][~organisations.index.duplicated()].reindex(spells["organisation"]).fillna("")
    for begin, end, row, first in zip(spells["from"], spells["to"], spells["row"], founded, strict=True):
        for what, date in (("from", begin), ("to", end)):
            if date and date < first:
                problems.add(part.sheet.file, f"{date} lies before the organisation was founded, {first}", row,
                             part.name(what))
                break


def check_projects(projects: "pd.DataFrame", alliances: "pd.DataFrame", part: Part, problems: Problems) -> None:
    """Projects start within the life of their alliance."""
    lives = alliances[~alliances.index.duplicated()].reindex(projects["alliance"])
    for start, line, founded, ended in zip(projects["start"], part.lines, lives["founded"].fillna(""),
                                           lives["ended"].fillna(""), strict=True):
        if start and start < founded:
            problems.add(part.sheet.file, f"{start} lies before the alliance was founded, {founded}", line,
                         part.name("start"))
        if ended and start > ended:
            problems.add(part.sheet.file, f"{start} lies after the alliance ended, {ended}", line, part.name("start"))


def note_outlying_projects(registry: Registry, part: Part, notes: list[str]) -> None:
    """Projects that end after their alliance, perhaps as planned, or start before any member of it is known."""
    projects = registry.projects
    assert projects is not None
    lives = registry.alliances.reindex(projects["alliance"])
    rows = list(zip(part.lines, projects["start"], projects["end"], lives["founded"], lives["ended"], strict=True))
    # With a table of alliances an early start is refused.
    early = [line for line, start, _, founded, _ in rows if start < founded]
    late = [line for line, start, end, _, ended in rows if ended and max(start, end) > ended]
    for lines, what in ((early, "start before the first member of their alliance"), (late, "end after their alliance")):
        if lines:
            notes.append(f"{part.sheet.file}: {len(lines):,} projects {what}: the first is row {lines[0]}")


def note_empty_spells(spells: "pd.DataFrame", part: Part, notes: list[str]) -> None:
    """Memberships that hold on no day, as where only years are known: no contradiction, but they count for nothing."""
    empty = spells.loc[(spells["from"] != "") & (spells["from"] == spells["to"]), "row"]
    if len(empty):
        notes.append(f"{part.sheet.file}: {len(empty):,} memberships end on the day on which they begin, so that they "
                     f"hold on none: the first is row {empty.iloc[0]}; write a later day in column '{part.name('to')}'")


def note_alike(names: Sequence[str], part: Part, notes: list[str]) -> None:
    """Names that differ in capitals, spaces and signs only are likely to be of one organisation."""
    _note(zip(names, part.lines, strict=True), lambda name: plain(name) or name, "these may be one organisation", part,
          notes)


def note_alike_identifiers(names: Sequence[str], part: Part, notes: list[str]) -> None:
    """Identifiers that differ in capitals and blanks only; signs may tell them apart, as in F1-12 and F11-2."""
    first: dict[str, int] = {}
    for name, line in zip(names, part.lines, strict=True):
        first.setdefault(name, line)
    _note(first.items(), lambda name: "".join(unicodedata.normalize("NFKC", name).casefold().split()),
          "these differ in capitals or blanks only and count as different ones", part, notes)


def _note(names: Iterable[tuple[str, int]], form: Callable[[str], str], what: str, part: Part, notes: list[str]
          ) -> None:
    """Say which names, each with its row, are of one form."""
    rows: dict[str, list[str]] = {}
    for name, line in names:
        if name:
            rows.setdefault(form(name), []).append(f"row {line} {short(name)}")
    alike = [same for same in rows.values() if len(same) > 1]
    for same in alike[:NAMED]:
        notes.append(f"{part.sheet.file}: {what}: {', '.join(same[:NAMED])}")
    if len(alike) > NAMED:
        notes.append(f"{part.sheet.file}: the same of {len(alike) - NAMED:,} more names")
