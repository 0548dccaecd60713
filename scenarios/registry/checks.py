"""Whether the tables of a registry contradict one another: lives, memberships, partners. Source: H5."""

from typing import TYPE_CHECKING

from alliancelab.scenarios.registry.cells import Part
from alliancelab.scenarios.registry.problems import Problems
from alliancelab.scenarios.registry.tables import Registry
from alliancelab.scenarios.schema import short

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["check_partners", "check_spells"]


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
