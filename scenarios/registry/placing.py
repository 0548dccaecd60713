"""Alliances and members of a registry take the place of those that a world drew by its day. Source: H5."""

import numpy as np

from alliancelab.agents.codes import Kind
from alliancelab.model.accounts import Count
from alliancelab.model.agenda import MEMBERS_A_PROPOSAL
from alliancelab.model.space import EVENTS_OF_ONE
from alliancelab.model.starting import clear, seat_members
from alliancelab.model.tables import TEAM_LIMIT
from alliancelab.model.world import World
from alliancelab.scenarios.registry.donors import Chosen, Donors, choose, empty_world
from alliancelab.scenarios.registry.filled import UNKNOWN, Filled, key_of
from alliancelab.scenarios.registry.projects import place_projects

__all__ = ["Placing"]

_SEAT_STATE = ("idle", "contribution", "cost", "benefit", "learning", "loss", "satisfaction")


class Placing:
    """Places a registry into a world.

    Attributes
    ----------
    order : list of str
        Identifiers of its alliances in the order of their rows, once they are placed.
    keys : dict of str to int
        Key in the run of every member.
    """

    def __init__(self, filled: Filled) -> None:
        self.filled = filled
        self.order: list[str] = []
        self.keys: dict[str, int] = {}

    def place(self, world: World) -> World:
        """Put the registry into a world in the place of the alliances that it drew."""
        donors = Donors(world)
        if not donors.rows.size:
            raise empty_world("no alliance lives")
        rows = self._take_rows(world)
        chosen = choose(self.filled, donors)
        world = self._with_room(world, donors, chosen)
        clear(world)
        self._place_organisations(world, rows)
        self._place_alliances(world, donors, chosen)
        places = self._place_members(world, donors, chosen, rows)
        place_projects(self.filled, world, donors, chosen, rows, places)
        world.ages[:] = 0
        self.order = chosen.order
        self.keys = {name: int(world.organisations["key"][row]) for name, row in rows.items()}
        return world

    def _take_rows(self, world: World) -> dict[str, int]:
        """A row for each member, of its kind and sector: those in many alliances for those in many, the large first."""
        seats = self.filled.members["organisation"].value_counts()
        table = world.organisations
        taken: dict[str, int] = {}
        alike = self.filled.organisations.groupby([self.filled.sector, self.filled.kind])
        for (s, kind), names in alike.groups.items():
            rows = np.flatnonzero((table["sector"] == s) & (table["kind"] == kind))
            active = rows[table["active"][rows]]
            order = np.lexsort((-table["size"][active], -table["alliance_count"][active]))
            sizes = self.filled.organisations["size"].reindex(names).fillna(0.0)
            ranked = sorted(names, key=lambda name, sizes=sizes: (  # type: ignore[misc]
                -seats[name], -sizes[name], self.filled.luck(name, 2)))
            available = [*active[order], *rows[~table["active"][rows]]]
            taken.update(zip(ranked, map(int, available[: len(ranked)]), strict=True))
        return taken

    def _place_organisations(self, world: World, rows: dict[str, int]) -> None:
        """What the tables tell of members; a vacant row is filled like one that is not."""
        table = world.organisations
        regions = {name: i for i, name in enumerate(sorted(set(self.filled.organisations["region"]) - {""}))}
        for name, row in rows.items():
            one = table[row]
            if not one["active"]:
                self._revive(table, row, name)
            region = self.filled.organisations["region"][name]
            if region:
                one["region"] = regions[region]
            born = self.filled.quarter_of(self.filled.organisations["founded"][name])
            if born != UNKNOWN:
                one["born"] = min(born, self.filled.quarter)
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
            table[row] = table[alike[int(self.filled.luck(name, 3) * alike.size)]]
        table["key"][row] = key
        table["active"][row] = True
        table["size"][row] = max(table["size"][row], 1e-3)

    def _scale_sizes(self, table: np.ndarray, rows: dict[str, int], kind: int) -> None:
        """Sizes of any unit count relative to the median of their kind, which is as large as that of the world."""
        sizes = self.filled.organisations["size"]
        given = sizes[(self.filled.kind == kind) & sizes.notna()]
        if given.empty:
            return
        places = np.array([rows[name] for name in given.index])
        factor = np.median(table["size"][places]) / given.median() * given.to_numpy() / table["size"][places]
        table["funds"][places] *= factor
        table["size"][places] *= factor

    def _with_room(self, world: World, donors: Donors, chosen: Chosen) -> World:
        """A world whose growing tables hold the registry and whatever the first quarter adds."""
        members, running = self.filled.members, self.filled.running
        alliances, seats = len(chosen.order), len(members)
        begun = int((8 + 2 * (members["alliance"].value_counts() // MEMBERS_A_PROPOSAL)).sum())
        projects = begun + (seats + int(donors.running[chosen.donor].sum()) if running is None else len(running))
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

    def _place_alliances(self, world: World, donors: Donors, chosen: Chosen) -> None:
        count = len(chosen.order)
        table = world.alliances
        table[:count] = donors.alliances[chosen.donor]
        world.lines[:count] = donors.lines[chosen.donor]
        for column in ("size", "largest", "firms", "research", "active", "running", "exits"):
            table[column][:count] = 0
        for column in ("first_seat", "first_project", "last_project", "idea_field", "idea_line"):
            table[column][:count] = -1
        for column in ("award", "loan", "guarantee"):
            table[column][:count] = 0.0
        table["hosted"][:count] = 0.0
        world.lines["running"][:count] = 0
        for a, name in enumerate(chosen.order):
            one = table[a]
            one["key"] = key_of(f"alliance {name}")
            one["founded"] = chosen.founded[a]
            one["signed"] = max(chosen.founded[a], 0)
            one["label"] = float(self.filled.alliances["label"][name])
            one["pilot"] = max(chosen.founded[a], 0) if one["label"] else -1
            if one["sector"] != self.filled.field[name]:
                self._move(world, a, int(self.filled.field[name]))
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

    def _place_members(self, world: World, donors: Donors, chosen: Chosen, rows: dict[str, int]
                       ) -> dict[tuple[str, str], int]:
        """Seats in the order of alliances and of joining; returns the seat of each (alliance, organisation)."""
        number = {name: a for a, name in enumerate(chosen.order)}
        spells = []
        for spell in self.filled.members.itertuples(index=False):
            a = number[spell.alliance]
            since = self.filled.quarter_of(spell[2])
            spells.append((a, chosen.founded[a] if since == UNKNOWN else since, spell.organisation))
        spells.sort()
        alliances = np.array([a for a, _, _ in spells], np.int64)
        joined = np.array([quarter for _, quarter, _ in spells], np.int64)
        members = np.array([rows[name] for _, _, name in spells], np.int64)
        # A member is as content, and has as much behind it, as the donor's member who has been there as long.
        first = np.searchsorted(alliances, alliances)
        size = np.bincount(alliances)[alliances]
        state = np.array([donors.seat(d, (k - f) / n) for d, k, f, n in
                          zip(chosen.donor[alliances], range(len(spells)), first, size, strict=True)])
        places = np.zeros(len(spells), np.int64)
        seat_members(world, alliances, members, joined, donors.seats["satisfaction"][state].copy(), places)
        for column in _SEAT_STATE:
            world.seats[column][places] = donors.seats[column][state]
        count = len(chosen.order)
        table = world.alliances
        scale = table["size"][:count] / donors.size[chosen.donor]
        for column in ("funds", "public_funds"):
            table[column][:count] *= scale
        founding = np.bincount(alliances, joined <= chosen.founded[alliances], count).astype(np.int32)
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
        return {(chosen.order[a], name): int(place) for (a, _, name), place in zip(spells, places, strict=True)}
