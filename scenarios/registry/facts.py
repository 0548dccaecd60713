"""What the tables of a registry tell of the lives of alliances, with spreads, and which of it they do not allow.

Source: H5.
"""

import datetime
import math
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from alliancelab.agents.codes import Kind
from alliancelab.scenarios.consortia import LEAST_PROJECTS, MEASURES, Measure
from alliancelab.scenarios.consortium import OTHER, Consortia, numbered
from alliancelab.scenarios.lives import LEAST_SEEN, OF_LIVES, LifeMeasure, Lives
from alliancelab.scenarios.registry.filled import key_of
from alliancelab.scenarios.registry.tables import Registry
from alliancelab.scenarios.spreads import widened

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["RegistryFact", "RegistryFacts", "first_projects", "lives_in", "registry_facts", "teams_in"]

GROUPS = 20  # of alliances; the spread comes from leaving out one group at a time


_OF_TEAMS = tuple(measure for measure in MEASURES if measure.name != "repeat_ties_over_null")
"""Repeat ties relative to chance are left out: shuffling every group's projects costs more than all else together."""


class RegistryFact(NamedTuple):
    """A fact of a registry.

    Attributes
    ----------
    name, title, unit : str
        Of the moment that a run shows it by.
    value, spread : float
        With its standard deviation; NaN where the tables do not tell it.
    reason : str
        Why they do not; "" where they do.
    """

    name: str
    title: str
    unit: str
    value: float
    spread: float
    reason: str


class RegistryFacts(NamedTuple):
    """Facts of a registry, those of who works with whom of so many projects, the first ones."""

    facts: tuple[RegistryFact, ...]
    projects: int


def registry_facts(registry: Registry, most: int) -> RegistryFacts:
    """Every fact that a registry can tell.

    The spread is that of the jackknife over groups of alliances (Kott 2001), widened as in `spreads.widened`. It holds
    what chance there is in these alliances; what hits all of them alike in a world is not in it.

    Parameters
    ----------
    registry : Registry
    most : int
        Measures of who works with whom are taken of at most so many projects, the first ones.
    """
    registry = _up_to_its_day(registry)
    reasons = _reasons(registry)
    projects = most if "teams" in reasons else min(most, len(_with_partners(registry)))
    lives = [lives_in(part) for part in (registry, *_without_groups(registry))]
    found = [_fact(measure, [measure.of(part) for part in lives], reasons.get(measure.needs, ""))
             for measure in OF_LIVES]
    teams: list[Consortia] = []
    if "teams" not in reasons:
        limited = first_projects(registry, projects)
        teams = [teams_in(part) for part in (limited, *_without_groups(limited))]
    found += [_fact(measure, [measure.of(part) for part in teams] or [math.nan], reasons.get("teams", ""))
              for measure in _OF_TEAMS]
    return RegistryFacts(tuple(found), projects)


def first_projects(registry: Registry, most: int) -> Registry:
    """The registry with its first projects since all is known that have two partners or more."""
    projects = registry.projects
    if projects is None:
        return registry
    chosen = _with_partners(registry).sort_values(["start", "id"]).iloc[:most]
    return replace(registry, projects=chosen)


def lives_in(registry: Registry) -> Lives:
    """Lives as the tables tell them; alliances without a founding date are left out, and what lacks a date is not
    counted."""
    alliances = registry.alliances[(registry.alliances["founded"] != "")
                                   & (registry.alliances["founded"] <= registry.date)]
    row = {name: i for i, name in enumerate(alliances.index)}
    spells = registry.memberships[registry.memberships["alliance"].isin(alliances.index)]
    spells = spells[spells["from"] <= registry.date]
    alliance = spells["alliance"].map(row).to_numpy(np.int64)
    kinds = registry.organisations["kind"].reindex(spells["organisation"]).to_numpy(np.int64)
    founded, ended = _years(alliances["founded"]), _years(alliances["ended"], np.inf)
    joined = np.maximum(_years(spells["from"], -np.inf), founded[alliance])
    left = np.minimum(_years(spells["to"], np.inf), ended[alliance])
    projects = registry.projects
    if projects is None:
        home, start, end = np.zeros(0, np.int64), np.zeros(0), np.zeros(0)
    else:
        projects = projects[projects["start"] <= registry.date]
        home = projects["alliance"].map(row).fillna(-1).to_numpy(np.int64)
        start, end = _years(projects["start"]), _years(projects["end"], np.nan)
    since, until = _years(np.array([registry.since, registry.date]))
    return Lives(since, until, founded, ended, alliance, joined, left, kinds, home, start, end)


def teams_in(registry: Registry) -> Consortia:
    """Partners of the projects since all is known, in the form of project data."""
    projects = _with_partners(registry)
    seats = projects.explode("members")
    kind = registry.organisations["kind"].reindex(seats["members"]).to_numpy(np.int64)
    sectors = {name: i for i, name in enumerate(sorted(set(registry.alliances["sector"])))}
    sector = registry.alliances["sector"].reindex(seats["alliance"]).map(sectors).to_numpy(np.int64)
    return numbered(seats["start"].to_numpy(str), seats["id"].to_numpy(str), seats["members"].to_numpy(str),
                    np.where(kind == Kind.AGENCY, OTHER, kind), sector)


def _with_partners(registry: Registry) -> "pd.DataFrame":
    projects = registry.projects
    assert projects is not None
    there = (projects["start"] >= registry.since) & (projects["start"] <= registry.date)
    return projects[there & (projects["members"].map(lambda members: len(members or ())) >= 2)]


def _up_to_its_day(registry: Registry) -> Registry:
    """What lies after the day of the registry has not happened."""
    def known(dates: "pd.Series") -> "pd.Series":
        return dates.where(dates <= registry.date, "")

    alliances, spells = registry.alliances, registry.memberships
    return replace(registry, alliances=alliances.assign(ended=known(alliances["ended"])),
                   memberships=spells.assign(to=known(spells["to"])))


def _years(dates: "pd.Series | np.ndarray", none: float = np.nan) -> np.ndarray:
    """Years with their parts, in which the quarters of a year are of one length; `none` where there is no date."""
    return np.array([none if not text else _year(text) for text in dates], float)


def _year(text: str) -> float:
    day = datetime.date.fromisoformat(text)
    return day.year + (day.month - 1) / 12 + (day.day - 1) / 372


def _reasons(registry: Registry) -> dict[str, str]:
    """Why the tables do not tell some facts, by what these need."""
    alliances, spells, projects = registry.alliances, registry.memberships, registry.projects
    found: dict[str, str] = {}
    if (alliances["founded"] == "").all():
        return dict.fromkeys(("endings", "joining", "leaving", "members", "kinds", "projects", "teams"),
                             "no alliance has a founding date")
    if not (alliances["ended"] != "").any():
        found["endings"] = "no alliance in the tables has ended; a list of the living does not tell how long they live"
    end = alliances["ended"].reindex(spells["alliance"]).to_numpy()
    if (spells["from"] == "").any():
        count = int((spells["from"] == "").sum())
        found["joining"] = f"{count:,} of {len(spells):,} memberships do not tell when they began"
        found["leaving"] = found["joining"]
    elif not ((spells["to"] != "") & ((end == "") | (spells["to"].to_numpy() < end))).any():
        found["leaving"] = "no membership in the tables ends before its alliance; those who left seem not to be listed"
    if (registry.organisations["kind"].reindex(spells["organisation"]) < 0).any():
        found["kinds"] = "the kind of some members is not in the tables"
    if projects is None:
        found["projects"] = found["teams"] = "there is no table of projects"
        return found
    if not ((projects["end"] != "") & (projects["end"] <= registry.date)).any():
        found["projects"] = "no project in the tables has ended; those that are over seem not to be listed"
    count = len(_with_partners(registry))
    if count < LEAST_PROJECTS:
        found["teams"] = (f"{count:,} projects since {registry.since} have two partners or more; {LEAST_PROJECTS} are "
                          "needed")
    return found


def _without_groups(registry: Registry) -> list[Registry]:
    """The registry without each group of alliances; groups are drawn by lot, the same each time."""
    order = sorted(registry.alliances.index, key=key_of)
    count = min(GROUPS, len(order))
    return [_without(registry, order[group::count]) for group in range(count)]


def _without(registry: Registry, names: list[str]) -> Registry:
    def kept(table: "pd.DataFrame") -> "pd.DataFrame":
        return table[~table["alliance"].isin(names)]

    projects = registry.projects
    return replace(registry, alliances=registry.alliances.drop(index=names), memberships=kept(registry.memberships),
                   projects=None if projects is None else kept(projects))


def _fact(measure: Measure | LifeMeasure, values: list[float], reason: str) -> RegistryFact:
    value, parts = values[0], np.array(values[1:], float)
    parts = parts[np.isfinite(parts)]
    if not reason and (not math.isfinite(value) or len(parts) < 2):
        reason = f"fewer than {LEAST_SEEN} alliances or projects tell it, or it has not come to pass yet"
    if reason:
        return RegistryFact(measure.name, measure.title, measure.unit, math.nan, math.nan, reason)
    sd = math.sqrt((len(parts) - 1) * parts.var())
    return RegistryFact(measure.name, measure.title, measure.unit, float(value), widened(sd, len(parts), value), "")
