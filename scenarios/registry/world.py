"""A world that starts from a registry: its alliances, members and projects as they are, the rest drawn given them.

The world runs its warm-up as always, with as many organisations of each kind and sector as the registry has or more. On
the day of the registry its own alliances give way to those of the tables. What the tables do not tell of an alliance is
taken over from a living one of that world which is near in age, size and running projects (its donor: imputation by the
nearest neighbour, Little and Rubin 2019, ch. 4); members are organisations of their kind and sector, those in many
alliances for those in many. So each seed draws what is not known anew. Source: H5.
"""

import datetime
import hashlib
from collections.abc import Mapping
from dataclasses import replace
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from alliancelab.agents.codes import Kind
from alliancelab.agents.errors import UserError
from alliancelab.agents.own_rules import OwnRules
from alliancelab.model.accounts import Count
from alliancelab.model.agenda import MEMBERS_A_PROPOSAL
from alliancelab.model.randomness import Process, stream, uniform
from alliancelab.model.setup import QUARTERS_A_YEAR
from alliancelab.model.simulation import Recording, simulate
from alliancelab.model.space import EVENTS_OF_ONE
from alliancelab.model.starting import Start, clear, seat_members, staff_projects
from alliancelab.model.tables import TEAM_LIMIT
from alliancelab.model.world import World
from alliancelab.scenarios.registry.tables import Registry
from alliancelab.scenarios.scenario import Scenario, load

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Started", "key_of", "run_from", "scenario_from"]

NEAREST = 3  # donors that one is drawn among
LEAST_WARM_UP = 20  # quarters until a drawn world has alliances to draw from
UNKNOWN = np.iinfo(np.int64).min  # a quarter that the tables do not tell
_SEAT_STATE = ("idle", "contribution", "cost", "benefit", "learning", "loss", "satisfaction")


class Started(NamedTuple):
    """A run that started from a registry.

    Attributes
    ----------
    recording : Recording
        The alliances of the registry are its first ones, in the order of their founding.
    alliances : tuple of str
        Identifiers of those, row by row.
    organisations : dict of str to int
        Key in the run of every organisation of the registry that was a member on its day.
    """

    recording: Recording
    alliances: tuple[str, ...]
    organisations: dict[str, int]


def scenario_from(
    registry: Registry, scenario: str | Path | Mapping[str, Any] | Scenario,
    overrides: Mapping[str, Any] | None = None, years: int | None = None,
) -> Scenario:
    """A scenario fitted to a registry: start, sectors and regions are those of the tables.

    Its numbers of organisations are the stated population; where the registry has more of a kind, it counts.

    Parameters
    ----------
    registry : Registry
    scenario, overrides
        As in `scenario.load`.
    years : int, optional
        From the day of the registry to the end of the run; by default as long as the scenario runs after its warm-up.

    Raises
    ------
    UserError
        When the scenario has a regional system, or too short a warm-up to draw from.
    """
    resolved = load(scenario, overrides)
    if resolved.region is not None:
        raise UserError(f"the scenario '{resolved.name}' has a regional system, which no registry tells of; take one "
                        "without [region]")
    if resolved.world["warm_up"] < LEAST_WARM_UP:
        raise UserError(f"world.warm_up is {resolved.world['warm_up']} and has to be at least {LEAST_WARM_UP} quarters "
                        "to start from a registry: what the tables do not tell is drawn from the world that it ends in")
    world = dict(resolved.world)
    day = datetime.date.fromisoformat(registry.date)
    world["start_year"] = day.year
    sectors, regions = _names(registry, "sector"), _names(registry, "region")
    world["sectors"] = len(sectors) or world["sectors"]
    world["regions"] = max(len(regions), 1) if regions else world["regions"]
    if years is not None:
        world["quarters"] = world["warm_up"] + (day.month - 1) // 3 + QUARTERS_A_YEAR * years
    changed = {f"world.{name}": value for name, value in world.items() if value != resolved.world[name]}
    return replace(load(resolved, changed), base=resolved.base)


def run_from(registry: Registry, scenario: Scenario, seed: int, record: bool = True, rules: OwnRules | None = None
             ) -> Started:
    """Run a scenario from the day of a registry on.

    Parameters
    ----------
    registry : Registry
    scenario : Scenario
        As `scenario_from` gives it.
    seed : int
        Decides luck, and what the tables do not tell.
    record : bool
        Whether the panel, events and members are kept, from the day of the registry on.
    rules : OwnRules, optional

    Raises
    ------
    UserError
        When the run ends before the day of the registry, or the drawn world has no alliances to draw from.
    """
    setup = scenario.setup(seed)
    filled = _Filled(registry, scenario, seed)
    if filled.quarter >= scenario.world["quarters"]:
        raise UserError(f"the run ends before {registry.date}, the day of the registry; give it more quarters")
    start = Start(filled.quarter, filled.counts(setup), filled.place)
    recording = simulate(setup, record, rules, start)
    return Started(recording, tuple(filled.order), filled.keys)


def key_of(name: str) -> int:
    """64 bits by which draws know an alliance, an organisation or a project of a registry; never zero."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "little") | 1


def _names(registry: Registry, what: str) -> list[str]:
    """Sectors or regions that the tables name, those of alliances included, in alphabetical order."""
    names = set(registry.organisations.loc[registry.members()["organisation"].unique(), what])
    if what == "sector":
        names |= set(registry.living()["sector"])
    return sorted(names - {""})


class _Filled:
    """A registry on its day as arrays; gaps that decide who is where are filled by draws of one seed."""

    def __init__(self, registry: Registry, scenario: Scenario, seed: int) -> None:
        self.draws = np.uint64(stream(np.uint64(seed), Process.REGISTRY, 0))
        day = datetime.date.fromisoformat(registry.date)
        self.quarter = scenario.world["warm_up"] + (day.month - 1) // 3
        self.world = scenario.world
        self._day = day
        self.alliances, members = registry.living(), registry.members()
        self.members = members
        self.organisations = registry.organisations.loc[members["organisation"].unique()]
        self.running = registry.running()
        self.sector = self._sectors(registry)
        self.kind = self._kinds()
        self.order: list[str] = []
        self.keys: dict[str, int] = {}

    def luck(self, name: str, index: int) -> float:
        """Uniform draw of something of the registry, by its name."""
        return uniform(self.draws, np.uint64(key_of(name)), index)

    def order_of_chance(self, name: str, others: np.ndarray, index: int) -> np.ndarray:
        """Uniform draws for something of the registry and each of these keys."""
        entities = others ^ np.uint64(key_of(name))
        return np.array([uniform(self.draws, entity, index) for entity in entities])

    def quarter_of(self, date: str) -> int:
        """Quarter of the run that a date lies in, `UNKNOWN` where there is no date."""
        if not date:
            return UNKNOWN
        there = datetime.date.fromisoformat(date)
        return (self.quarter + QUARTERS_A_YEAR * (there.year - self._day.year)
                + (there.month - 1) // 3 - (self._day.month - 1) // 3)

    def _sectors(self, registry: Registry) -> "pd.Series":
        """Sector of every alliance and member: told, or that of the other side, or drawn."""
        numbers = {name: i for i, name in enumerate(_names(registry, "sector"))}
        count = self.world["sectors"]
        told = self.organisations["sector"].map(numbers)
        of_members = self.members.assign(sector=told.reindex(self.members["organisation"]).to_numpy())
        known = of_members.dropna(subset="sector").groupby("alliance")["sector"]
        usual = known.agg(lambda sectors: sectors.mode().iat[0])
        self.field = self.alliances["sector"].map(numbers).fillna(usual.reindex(self.alliances.index))
        for name in self.field.index[self.field.isna()]:
            self.field[name] = int(self.luck(name, 0) * count)
        first = self.members.drop_duplicates("organisation").set_index("organisation")["alliance"].map(self.field)
        return told.fillna(first.reindex(told.index)).astype(int)

    def _kinds(self) -> "pd.Series":
        """Kind of every member: told, or drawn by the shares of the population."""
        population = np.array([self.world[name] for name in ("firms", "universities", "institutes", "agencies")], float)
        steps = np.cumsum(population / population.sum())
        kind = self.organisations["kind"].copy()
        for name in kind.index[kind < 0]:
            kind[name] = int(np.searchsorted(steps[:3], self.luck(name, 1), side="right"))
        return kind

    def counts(self, setup: Any) -> np.ndarray:
        """Rows by sector and kind: those of the registry, the rest of the population in proportion to them."""
        sectors = self.world["sectors"]
        listed = np.zeros((sectors, 4), np.int64)
        np.add.at(listed, (self.sector.to_numpy(), self.kind.to_numpy()), 1)
        rows = listed.copy()
        filled = float(setup.parameters.get("rows_filled", _rows_filled()))
        for kind, name in enumerate(("firms", "universities", "institutes", "agencies")):
            rest = max(self.world[name] - int(listed[:, kind].sum()), 0)
            shares = (listed[:, kind] + 1.0) / (listed[:, kind] + 1.0).sum()
            # Largest remainders, so that the rest adds up.
            whole = np.floor(rest * shares).astype(np.int64)
            whole[np.argsort(whole - rest * shares, kind="stable")[: rest - whole.sum()]] += 1
            rows[:, kind] += whole
        rows[:, 0] = [ceil(max(count, 2) / filled) for count in rows[:, 0]]
        return rows

    # --- on the day --------------------------------------------------------------------------------------------------

    def place(self, world: World) -> World:
        """Put the registry into a world in the place of the alliances that it drew."""
        donors = _Donors(world)
        if not donors.rows.size:
            raise UserError("no alliance lives in the drawn world on the day of the registry, to draw from what the "
                            "tables do not tell; state a larger population, such as --set world.firms=730")
        rows = self._take_rows(world)
        chosen = self._choose(world, donors)
        world = self._with_room(world, donors, chosen)
        clear(world)
        self._place_organisations(world, rows)
        self._place_alliances(world, donors, chosen)
        places = self._place_members(world, donors, chosen, rows)
        self._place_projects(world, donors, chosen, rows, places)
        world.ages[:] = 0
        self.keys = {name: int(world.organisations["key"][row]) for name, row in rows.items()}
        return world

    def _take_rows(self, world: World) -> dict[str, int]:
        """A row for each member, of its kind and sector: those in many alliances for those in many, the large first."""
        seats = self.members["organisation"].value_counts()
        table = world.organisations
        taken: dict[str, int] = {}
        for (s, kind), names in self.organisations.groupby([self.sector, self.kind]).groups.items():
            rows = np.flatnonzero((table["sector"] == s) & (table["kind"] == kind))
            active = rows[table["active"][rows]]
            order = np.lexsort((-table["size"][active], -table["alliance_count"][active]))
            sizes = self.organisations["size"].reindex(names).fillna(0.0)
            ranked = sorted(names, key=lambda name, sizes=sizes: (  # type: ignore[misc]
                -seats[name], -sizes[name], self.luck(name, 2)))
            available = [*active[order], *rows[~table["active"][rows]]]
            taken.update(zip(ranked, map(int, available[: len(ranked)]), strict=True))
        return taken

    def _place_organisations(self, world: World, rows: dict[str, int]) -> None:
        """What the tables tell of members; a vacant row is filled like one that is not."""
        table = world.organisations
        regions = {name: i for i, name in enumerate(sorted(set(self.organisations["region"]) - {""}))}
        for name, row in rows.items():
            one = table[row]
            if not one["active"]:
                self._revive(table, row, name)
            region = self.organisations["region"][name]
            if region:
                one["region"] = regions[region]
            born = self.quarter_of(self.organisations["founded"][name])
            if born != UNKNOWN:
                one["born"] = min(born, self.quarter)
            one["joined_count"] = 0
            one["partner_rows"] = -1
            one["partner_next"] = 0
        for kind in Kind:
            self._scale_sizes(table, rows, int(kind))

    def _revive(self, table: np.ndarray, row: int, name: str) -> None:
        """Fill a vacant row with the state of a firm of its sector, under a key of its own."""
        alike = np.flatnonzero((table["sector"] == table["sector"][row]) & (table["kind"] == table["kind"][row])
                               & table["active"])
        key = int(table["key"][row]) + 1  # as a newborn's: the lowest bits count the generations of a row
        if alike.size:
            table[row] = table[alike[int(self.luck(name, 3) * alike.size)]]
        table["key"][row] = key
        table["active"][row] = True
        table["size"][row] = max(table["size"][row], 1e-3)

    def _scale_sizes(self, table: np.ndarray, rows: dict[str, int], kind: int) -> None:
        """Sizes of any unit count relative to the median of their kind, which is as large as that of the world."""
        told = self.organisations["size"][(self.kind == kind) & self.organisations["size"].notna()]
        if told.empty:
            return
        places = np.array([rows[name] for name in told.index])
        factor = np.median(table["size"][places]) / told.median() * told.to_numpy() / table["size"][places]
        table["funds"][places] *= factor
        table["size"][places] *= factor

    def _choose(self, world: World, donors: "_Donors") -> np.ndarray:
        """Donor of every alliance in `self.order`, the order of founding: number in `donors`."""
        size = self.members["alliance"].value_counts()
        running = None if self.running is None else self.running["alliance"].value_counts()
        chosen, founded = {}, {}
        for name, alliance in self.alliances.iterrows():
            begun = self.quarter_of(alliance["founded"])
            distance = np.abs(np.log(size[name] / donors.size))
            if begun != UNKNOWN:
                distance = distance + np.abs(np.log((self.quarter - begun + 2) / (donors.age + 2)))
            if running is not None:
                distance = distance + 0.5 * np.abs(min(running.get(name, 0), 3) - np.minimum(donors.running, 3))
            at_home = donors.sector == self.field[name]
            if at_home.sum() >= NEAREST:
                distance = np.where(at_home, distance, np.inf)
            nearest = np.argsort(distance, kind="stable")[:NEAREST]
            nearest = nearest[np.isfinite(distance[nearest])]
            chosen[name] = int(nearest[int(self.luck(name, 4) * nearest.size)])
            founded[name] = begun if begun != UNKNOWN else self.quarter - int(donors.age[chosen[name]])
        self.order = sorted(chosen, key=lambda name: founded[name])
        self.founded = np.array([founded[name] for name in self.order], np.int64)
        return np.array([chosen[name] for name in self.order], np.int64)

    def _with_room(self, world: World, donors: "_Donors", chosen: np.ndarray) -> World:
        """A world whose growing tables hold the registry and whatever the first quarter adds."""
        alliances, seats = len(chosen), len(self.members)
        begun = int((8 + 2 * (self.members["alliance"].value_counts() // MEMBERS_A_PROPOSAL)).sum())
        projects = begun + (seats + int(donors.running[chosen].sum()) if self.running is None else len(self.running))
        recorded = int(world.counts[Count.RECORD])
        room = {
            "alliances": alliances, "lines": alliances, "live": alliances, "projects": projects, "running": projects,
            "seats": seats, "participations": seats + TEAM_LIMIT * projects, "panel": recorded * alliances,
            "events": recorded * (EVENTS_OF_ONE * (alliances + projects) + 4 * len(world.organisations)),
            "members": recorded * (seats + TEAM_LIMIT * begun),
            "project_members": recorded * (seats + TEAM_LIMIT * projects),
        }
        made = {}
        for name, rows in room.items():
            table = getattr(world, name)
            made[name] = np.zeros((2 * rows, *table.shape[1:]), table.dtype)
        return world.replaced(**made)

    def _place_alliances(self, world: World, donors: "_Donors", chosen: np.ndarray) -> None:
        count = len(chosen)
        table = world.alliances
        table[:count] = donors.alliances[chosen]
        world.lines[:count] = donors.lines[chosen]
        for column in ("size", "largest", "firms", "research", "active", "running", "exits"):
            table[column][:count] = 0
        for column in ("first_seat", "first_project", "last_project", "idea_field", "idea_line"):
            table[column][:count] = -1
        for column in ("award", "loan", "guarantee"):
            table[column][:count] = 0.0
        table["hosted"][:count] = 0.0
        world.lines["running"][:count] = 0
        for a, name in enumerate(self.order):
            one = table[a]
            one["key"] = key_of(f"alliance {name}")
            one["founded"] = self.founded[a]
            one["signed"] = max(self.founded[a], 0)
            one["label"] = float(self.alliances["label"][name])
            one["pilot"] = max(self.founded[a], 0) if one["label"] else -1
            if one["sector"] != self.field[name]:
                self._move(world, a, int(self.field[name]))
            for x in range(one["lines"]):
                world.fields["alliances"][one["sector"], world.lines["field"][a, x]] += 1
        world.live[:count] = np.arange(count)
        world.counts[Count.ALLIANCES] = world.counts[Count.LIVE] = count

    def _move(self, world: World, a: int, s: int) -> None:
        """Put an alliance whose donor works in another sector into its own: lines go to fields as young as theirs."""
        one, sector = world.alliances[a], world.sectors
        here, there = one["sector"], s
        alive = [np.flatnonzero(world.fields["alive"][t]) for t in (here, there)]
        place: dict[int, int] = {}
        lines = [world.lines[a, x].copy() for x in range(one["lines"])]
        for line in lines:
            rank = np.searchsorted(alive[0], line["field"]) / max(alive[0].size - 1, 1)
            place[int(line["field"])] = int(alive[1][min(int(rank * (alive[1].size - 1) + 0.5), alive[1].size - 1)])
        kept: list[int] = []
        for line in lines:
            field = place[int(line["field"])]
            if field not in kept:
                world.lines[a, len(kept)] = line
                world.lines["field"][a, len(kept)] = field
                kept.append(field)
        world.lines[a, len(kept):] = np.zeros((), world.lines.dtype)
        one["lines"] = len(kept)
        one["field"] = place.get(int(one["field"]), kept[0])
        one["sector"] = there
        seen = np.uint64(0)
        for field in range(sector["first_field"][there], sector["field_count"][there]):
            seen |= np.uint64(1) << np.uint64(field & 63)
        one["seen"] = seen

    def _place_members(self, world: World, donors: "_Donors", chosen: np.ndarray, rows: dict[str, int]
                       ) -> dict[tuple[str, str], int]:
        """Seats in the order of alliances and of joining; returns the seat of each (alliance, organisation)."""
        number = {name: a for a, name in enumerate(self.order)}
        spells = []
        for spell in self.members.itertuples(index=False):
            a = number[spell.alliance]
            since = self.quarter_of(spell[2])
            spells.append((a, self.founded[a] if since == UNKNOWN else since, spell.organisation))
        spells.sort()
        alliances = np.array([a for a, _, _ in spells], np.int64)
        joined = np.array([quarter for _, quarter, _ in spells], np.int64)
        members = np.array([rows[name] for _, _, name in spells], np.int64)
        # A member is as content, and has as much behind it, as the donor's member who has been there as long.
        first = np.searchsorted(alliances, alliances)
        size = np.bincount(alliances)[alliances]
        state = np.array([donors.seat(d, (k - f) / n) for d, k, f, n in
                          zip(chosen[alliances], range(len(spells)), first, size, strict=True)])
        places = np.zeros(len(spells), np.int64)
        seat_members(world, alliances, members, joined, donors.seats["satisfaction"][state].copy(), places)
        for column in _SEAT_STATE:
            world.seats[column][places] = donors.seats[column][state]
        count = len(chosen)
        table = world.alliances
        scale = table["size"][:count] / donors.size[chosen]
        for column in ("funds", "public_funds"):
            table[column][:count] *= scale
        founding = np.bincount(alliances, joined <= self.founded[alliances], count).astype(np.int32)
        table["founding_size"][:count] = np.where(founding > 0, founding, table["size"][:count])
        table["mixed"][:count] = (table["firms"][:count] > 0) & (table["research"][:count] > 0)
        kinds = world.organisations["kind"][members]
        for a in range(count):
            own = np.flatnonzero(alliances == a)
            firms = own[kinds[own] == Kind.FIRM]
            host = int(members[firms[0] if firms.size else own[0]])
            table["host"][a] = host
            table["founder"][a] = world.organisations["key"][host]
            table["region"][a] = world.organisations["region"][host]
        return {(self.order[a], name): int(place) for (a, _, name), place in zip(spells, places, strict=True)}

    def _place_projects(self, world: World, donors: "_Donors", chosen: np.ndarray, rows: dict[str, int],
                        places: dict[tuple[str, str], int]) -> None:
        """Running projects of the tables, or as many as donors have for their size; partners are told or drawn."""
        teams = _Teams(self, world, rows, places)
        costs = [] if self.running is None else self.running["cost"].dropna()
        cost = float(np.median(costs)) if len(costs) else np.nan
        usual = float(np.median(donors.projects["cost"])) if donors.projects.size else np.nan
        number = {name: a for a, name in enumerate(self.order)}
        parts: list[tuple[int, int, float]] = []
        plans = self._plans(donors, chosen, teams)
        for q, (key, name, donor, told) in enumerate(plans):
            team = teams.of(key, name, int(donor["size"]), told)
            world.projects[q] = donor
            self._write_project(world, q, number[name], key, told)
            project = world.projects[q]
            if told is not None and told.cost == told.cost and cost > 0.0:
                project["cost"] = usual * told.cost / cost  # in any unit: relative to the median
            project["coordinator"] = world.organisations["key"][rows[team[0]]]
            project["size_start"] = len(team)
            parts += [(q, places[name, member], project["cost"] / len(team)) for member in team]
        world.counts[Count.PROJECTS] = world.counts[Count.RUNNING] = len(plans)
        world.running[: len(plans)] = np.arange(len(plans))
        if parts:
            projects, seats, shares = zip(*parts, strict=True)
            staff_projects(world, np.array(projects, np.int64), np.array(seats, np.int64), np.array(shares, float))

    def _plans(self, donors: "_Donors", chosen: np.ndarray, teams: "_Teams") -> list[tuple[str, str, Any, Any]]:
        """Name of every running project, its alliance, a donor's project, and its row in the tables or None."""
        plans: list[tuple[str, str, Any, Any]] = []
        for a, name in enumerate(self.order):
            of_donor = donors.projects[donors.projects["alliance"] == donors.rows[chosen[a]]]
            if self.running is None:
                times = max(round(len(teams.members[name]) / donors.size[chosen[a]]), 1)
                plans += [(f"project {i}.{j} of {name}", name, project, None)
                          for i in range(times) for j, project in enumerate(of_donor)]
                continue
            pool = of_donor if of_donor.size else donors.projects
            if not pool.size:
                raise UserError("no project runs in the drawn world on the day of the registry, to draw from what the "
                                "tables do not tell; state a larger population, such as --set world.firms=730")
            for told in self.running[self.running["alliance"] == name].itertuples(index=False):
                plans.append((f"project {told.id}", name, pool[int(self.luck(told.id, 5) * pool.size)], told))
        return plans

    def _write_project(self, world: World, q: int, a: int, key: str, told: Any) -> None:
        """What makes a donor's project one of this alliance: identity, line, dates, place in the lists."""
        project, alliance = world.projects[q], world.alliances[a]
        project["key"] = key_of(key)
        project["alliance"] = a
        lines = world.lines["field"][a, : alliance["lines"]]
        same = np.flatnonzero(lines == project["field"])
        project["line"] = same[0] if same.size else 0
        project["field"] = lines[project["line"]]
        if told is not None:
            started = self.quarter_of(told.start)
            # Work done goes with the time that has passed, at the donor's pace.
            pace = project["progress"] / max(self.quarter - int(project["started"]), 1)
            end = self.quarter_of(told.end)
            project["planned"] = max(end - started if end != UNKNOWN else int(project["planned"]),
                                     self.quarter - started + 1)
            project["started"] = started
            project["progress"] = pace * (self.quarter - started)
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
    """Who works in which project: told, or drawn among the members of its alliance."""

    def __init__(self, filled: _Filled, world: World, rows: dict[str, int], places: dict[tuple[str, str], int]) -> None:
        self._filled, self._rows = filled, rows
        self.members: dict[str, list[str]] = {}
        for alliance, organisation in places:
            self.members.setdefault(alliance, []).append(organisation)
        self._keys = {name: key_of(name) for name in rows}
        self._busy = np.zeros(len(world.organisations))
        self._capacity = world.organisations["capacity"]

    def of(self, key: str, alliance: str, size: int, told: Any) -> list[str]:
        """Partners of a project; of members those with free hands first."""
        if told is not None and told.members:
            team = list(told.members)
        else:
            members = self.members[alliance]
            rows = np.array([self._rows[name] for name in members])
            luck = self._filled.order_of_chance(key, np.array([self._keys[name] for name in members], np.uint64), 6)
            order = np.lexsort((luck, self._busy[rows] >= self._capacity[rows]))
            team = [members[i] for i in order[: max(size, 1)]]
        self._busy[[self._rows[name] for name in team]] += 1
        return team


class _Donors:
    """Living alliances of the drawn world, copied before they are cleared, with their members and projects."""

    def __init__(self, world: World) -> None:
        live = world.live[: world.counts[Count.LIVE]]
        rows = live[world.alliances["signed"][live] >= 0]
        self.rows = rows
        self.alliances = world.alliances[rows].copy()
        self.lines = world.lines[rows].copy()
        self.sector, self.size = self.alliances["sector"], np.maximum(self.alliances["size"], 1)
        self.age = world.counts[Count.QUARTER] - self.alliances["signed"]
        self.running = self.alliances["running"]
        self.projects = world.projects[world.running[: world.counts[Count.RUNNING]]].copy()
        self.seats = world.seats.copy()
        self._seats = [self._of(row["first_seat"]) for row in self.alliances]

    def _of(self, place: int) -> list[int]:
        """Seats of an alliance, the longest there first."""
        found = []
        while place >= 0:
            found.append(int(place))
            place = self.seats["next"][place]
        return found[::-1]

    def seat(self, donor: int, rank: float) -> int:
        """Seat of the donor at a rank in [0, 1) in the order of joining."""
        seats = self._seats[donor]
        return seats[int(rank * len(seats))]


def _rows_filled() -> float:
    from alliancelab.model.parameters import PARAMETERS

    return next(float(p.default) for p in PARAMETERS if p.name == "rows_filled")
