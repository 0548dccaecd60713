"""A run that starts from given alliances, which take the place of the drawn ones at a quarter. Source: H5."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from alliancelab.agents.compiled import compiled
from alliancelab.model.accounts import Count
from alliancelab.model.seats import join, remember, take_part
from alliancelab.model.world import World

__all__ = ["Start", "clear", "seat_members", "staff_projects"]


class Start(NamedTuple):
    """Where a run starts from.

    Attributes
    ----------
    quarter : int
        At whose beginning the given alliances take the place of those that were drawn.
    counts : ndarray of int64, shape (sectors, 4)
        Rows for firms, universities, institutes and agencies by sector.
    place : callable
        Puts them into a world; returns the world, which has been given more space.
    """

    quarter: int
    counts: np.ndarray
    place: Callable[[World], World]


@compiled
def clear(world):
    """Empty all seats and projects: organisations stay as they are, alone."""
    counts = world.counts
    for total in (Count.ALLIANCES, Count.LIVE, Count.PROJECTS, Count.RUNNING, Count.SEATS, Count.PARTICIPATIONS,
                  Count.PANEL, Count.EVENTS, Count.MEMBERS, Count.PROJECT_MEMBERS):
        counts[total] = 0
    counts[Count.FREE_SEAT] = -1
    counts[Count.FREE_PARTICIPATION] = -1
    for i in range(world.organisations.shape[0]):
        organisation = world.organisations[i]
        organisation.first_seat = -1
        organisation.alliance_count = 0
        organisation.project_count = 0
        organisation.promised = 0.0
    for s in range(world.fields.shape[0]):
        for f in range(world.fields.shape[1]):
            world.fields[s, f].alliances = 0


@compiled
def seat_members(world, alliances, rows, joined, satisfaction, places):
    """Give seats in the order of these arrays, one entry a membership; `places` takes note of which. Source: A1.

    Members remember the one who was seated before them, as founders do.
    """
    for k in range(rows.shape[0]):
        places[k] = join(world, joined[k], alliances[k], rows[k], satisfaction[k])
        if k > 0 and alliances[k] == alliances[k - 1]:
            first = world.organisations[rows[k]]
            second = world.organisations[rows[k - 1]]
            remember(first, rows[k - 1], second.key)
            remember(second, rows[k], first.key)


@compiled
def staff_projects(world, projects, places, parts):
    """Let members take part in projects, one entry a participation, with their part of the cost a quarter."""
    for k in range(projects.shape[0]):
        take_part(world, world.projects[projects[k]].started, projects[k], places[k], parts[k], False)
