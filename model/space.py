"""Space in the tables: they are made to hold whatever is added until alliances are founded in the quarter to come."""

import numpy as np

from alliancelab.agents.compiled import compiled
from alliancelab.model.accounts import Count
from alliancelab.model.agenda import MEMBERS_A_PROPOSAL
from alliancelab.model.membership import APPLICANTS_PER_MEMBERS
from alliancelab.model.tables import TEAM_LIMIT
from alliancelab.model.world import World

__all__ = ["GROWING", "count_needs", "first_events", "make_space"]

GROWING = {
    "alliances": Count.ALLIANCES, "lines": Count.ALLIANCES, "live": Count.LIVE, "projects": Count.PROJECTS,
    "running": Count.RUNNING, "seats": Count.SEATS, "participations": Count.PARTICIPATIONS, "panel": Count.PANEL,
    "events": Count.EVENTS, "members": Count.MEMBERS, "project_members": Count.PROJECT_MEMBERS,
}
"""Tables that grow in the course of a run, and the running total that says how many of their rows are in use;
`World.needs` says how many each needs."""

STARTS_OF_ONE = 5   # projects of an alliance: for a grant, of a rescue, and proposals; new members may add two of these
EVENTS_OF_ONE = 36  # events that one alliance or project can write in a quarter, with some to spare


def first_events(organisations: int) -> int:
    """Events that a quarter can write before alliances are founded in it, if there are none yet: of firms."""
    return 2 * organisations


@compiled
def count_needs(world, tick):
    """Write how many rows the rest of this quarter and the beginning of the next can fill, and whether all fit."""
    p = world.parameters[0]
    counts = world.counts
    founded = counts[Count.INITIATORS]
    live = counts[Count.LIVE] + founded
    started = 0  # none by alliances that are founded now: they sign after the next call
    joined = TEAM_LIMIT * founded
    for k in range(counts[Count.LIVE]):
        size = world.alliances[world.live[k]].size
        started += STARTS_OF_ONE + size // MEMBERS_A_PROPOSAL
        # Outsiders who apply; whom a rescue brings in for a chain, for the dissatisfied, or from a merged partner.
        joined += 1 + size // APPLICANTS_PER_MEMBERS + int(p.extension_members) + 2 * size
    joined += TEAM_LIMIT * started
    events = EVENTS_OF_ONE * (live + started) + 2 * world.organisations.shape[0]
    recorded = counts[Count.RECORD]
    needs = world.needs
    needs[0] = counts[Count.ALLIANCES] + founded
    needs[1] = needs[0]
    needs[2] = live
    needs[3] = counts[Count.PROJECTS] + started
    needs[4] = counts[Count.RUNNING] + started
    needs[5] = counts[Count.SEATS] + joined
    needs[6] = counts[Count.PARTICIPATIONS] + TEAM_LIMIT * started
    needs[7] = recorded * (counts[Count.PANEL] + live)
    needs[8] = recorded * (counts[Count.EVENTS] + events)
    needs[9] = recorded * (counts[Count.MEMBERS] + joined)
    needs[10] = recorded * (counts[Count.PROJECT_MEMBERS] + TEAM_LIMIT * started)
    counts[Count.FULL] = (
        needs[0] > world.alliances.shape[0] or needs[1] > world.lines.shape[0] or needs[2] > world.live.shape[0]
        or needs[3] > world.projects.shape[0] or needs[4] > world.running.shape[0] or needs[5] > world.seats.shape[0]
        or needs[6] > world.participations.shape[0] or needs[7] > world.panel.shape[0]
        or needs[8] > world.events.shape[0] or needs[9] > world.members.shape[0]
        or needs[10] > world.project_members.shape[0]
    )


def _grown(table: np.ndarray, used: int, rows: int) -> np.ndarray:
    """A table with twice the rows that are needed; rows in use are copied, all others are zeros in both."""
    shape = (2 * rows, *table.shape[1:])
    # Bytes come zeroed from the operating system when they are first touched; records would be written one by one.
    new = np.zeros(int(np.prod(shape)) * table.dtype.itemsize, np.uint8).view(table.dtype).reshape(shape)
    new[:used] = table[:used]
    return new


def make_space(world: World, tick: int) -> None:
    """Give a world larger tables where they are needed."""
    if not world.counts[Count.FULL]:
        return
    for (name, used), rows in zip(GROWING.items(), world.needs.tolist(), strict=True):
        table = getattr(world, name)
        if rows > len(table):
            world.put(name, _grown(table, world.counts[used], rows))
