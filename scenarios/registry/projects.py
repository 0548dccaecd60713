"""Running projects of a registry placed into a world, with partners that are given or drawn. Source: H5."""

from typing import Any

import numpy as np

from alliancelab.model.accounts import Count
from alliancelab.model.starting import staff_projects
from alliancelab.model.world import World
from alliancelab.scenarios.registry.donors import Chosen, Donors, empty_world
from alliancelab.scenarios.registry.filled import UNKNOWN, Filled, key_of

__all__ = ["place_projects"]


def place_projects(filled: Filled, world: World, donors: Donors, chosen: Chosen, rows: dict[str, int],
                   places: dict[tuple[str, str], int]) -> None:
    """Running projects of the tables, or as many as donors have for their size; partners are given or drawn."""
    teams = _Teams(filled, world, rows, places)
    costs = [] if filled.running is None else filled.running["cost"].dropna()
    cost = float(np.median(costs)) if len(costs) else np.nan
    usual = float(np.median(donors.projects["cost"])) if donors.projects.size else np.nan
    number = {name: a for a, name in enumerate(chosen.order)}
    parts: list[tuple[int, int, float]] = []
    plans = _plans(filled, donors, chosen, teams)
    for q, (key, name, donor, given) in enumerate(plans):
        team = teams.of(key, name, int(donor["size"]), given)
        world.projects[q] = donor
        _write_project(filled, world, q, number[name], key, given)
        project = world.projects[q]
        if given is not None and given.cost == given.cost and cost > 0.0:
            project["cost"] = usual * given.cost / cost  # in any unit: relative to the median
        project["coordinator"] = world.organisations["key"][rows[team[0]]]
        project["size_start"] = len(team)
        parts += [(q, places[name, member], project["cost"] / len(team)) for member in team]
    world.counts[Count.PROJECTS] = world.counts[Count.RUNNING] = len(plans)
    world.running[: len(plans)] = np.arange(len(plans))
    if parts:
        projects, seats, shares = zip(*parts, strict=True)
        staff_projects(world, np.array(projects, np.int64), np.array(seats, np.int64), np.array(shares, float))


def _plans(filled: Filled, donors: Donors, chosen: Chosen, teams: "_Teams") -> list[tuple[str, str, Any, Any]]:
    """Name of every running project, its alliance, a donor's project, and its row in the tables or None."""
    plans: list[tuple[str, str, Any, Any]] = []
    for a, name in enumerate(chosen.order):
        of_donor = donors.projects[donors.projects["alliance"] == donors.rows[chosen.donor[a]]]
        if filled.running is None:
            times = max(round(len(teams.members[name]) / donors.size[chosen.donor[a]]), 1)
            plans += [(f"project {i}.{j} of {name}", name, project, None)
                      for i in range(times) for j, project in enumerate(of_donor)]
            continue
        pool = of_donor if of_donor.size else donors.projects
        if not pool.size:
            raise empty_world("no project runs")
        for given in filled.running[filled.running["alliance"] == name].itertuples(index=False):
            plans.append((f"project {given.id}", name, pool[int(filled.luck(given.id, 5) * pool.size)], given))
    return plans


def _write_project(filled: Filled, world: World, q: int, a: int, key: str, given: Any) -> None:
    """What makes a donor's project one of this alliance: identity, line, dates, place in the lists."""
    project, alliance = world.projects[q], world.alliances[a]
    project["key"] = key_of(key)
    project["alliance"] = a
    lines = world.lines["field"][a, : alliance["lines"]]
    same = np.flatnonzero(lines == project["field"])
    project["line"] = same[0] if same.size else 0
    project["field"] = lines[project["line"]]
    if given is not None:
        started = filled.quarter_of(given.start)
        # Work done goes with the time that has passed, at the donor's pace.
        pace = project["progress"] / max(filled.quarter - int(project["started"]), 1)
        end = filled.quarter_of(given.end)
        project["planned"] = max(end - started if end != UNKNOWN else int(project["planned"]),
                                 filled.quarter - started + 1)
        project["started"] = started
        project["progress"] = pace * (filled.quarter - started)
    for column in ("size", "starved"):
        project[column] = 0
    project["first_part"] = -1
    for column in ("grant", "grant_paid", "supervision", "held"):
        project[column] = 0.0
    project["next"] = alliance["first_project"]
    project["earlier"] = alliance["last_project"]
    alliance["first_project"] = alliance["last_project"] = q
    alliance["running"] += 1
    world.lines["running"][a, project["line"], project["kind"]] += 1


class _Teams:
    """Who works in which project: given, or drawn among the members of its alliance."""

    def __init__(self, filled: Filled, world: World, rows: dict[str, int], places: dict[tuple[str, str], int]) -> None:
        self._filled, self._rows = filled, rows
        self.members: dict[str, list[str]] = {}
        for alliance, organisation in places:
            self.members.setdefault(alliance, []).append(organisation)
        self._keys = {name: key_of(name) for name in rows}
        self._busy = np.zeros(len(world.organisations))
        self._capacity = world.organisations["capacity"]

    def of(self, key: str, alliance: str, size: int, given: Any) -> list[str]:
        """Partners of a project; of members those with free hands first."""
        if given is not None and given.members:
            team = list(given.members)
        else:
            members = self.members[alliance]
            rows = np.array([self._rows[name] for name in members])
            luck = self._filled.order_of_chance(key, np.array([self._keys[name] for name in members], np.uint64), 6)
            order = np.lexsort((luck, self._busy[rows] >= self._capacity[rows]))
            team = [members[i] for i in order[: max(size, 1)]]
        self._busy[[self._rows[name] for name in team]] += 1
        return team
