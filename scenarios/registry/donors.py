"""Alliances of the drawn world that lend those of a registry what its tables do not tell. Source: H5."""

from typing import NamedTuple

import numpy as np

from alliancelab.agents.errors import UserError
from alliancelab.model.accounts import Count
from alliancelab.model.world import World
from alliancelab.scenarios.registry.filled import UNKNOWN, Filled

__all__ = ["Chosen", "Donors", "EmptyWorldError", "choose", "empty_world"]

NEAREST = 3  # donors that one is drawn among


class EmptyWorldError(UserError):
    """A drawn world has nothing on the day of the registry to draw from what the tables do not tell."""


def empty_world(what: str) -> EmptyWorldError:
    """The error that says what is missing in a drawn world."""
    return EmptyWorldError(f"{what} in the drawn world on the day of the registry, to draw from what the tables do not "
                           "tell; state a larger population, such as --set world.firms=730")


class Chosen(NamedTuple):
    """Alliances of a registry in the order of founding.

    Attributes
    ----------
    order : list of str
        Their identifiers: alliance `a` of the run is ``order[a]``.
    founded : ndarray of int64
        Quarter of founding.
    donor : ndarray of int64
        Number of the donor in `Donors`.
    """

    order: list[str]
    founded: np.ndarray
    donor: np.ndarray


class Donors:
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


def choose(filled: Filled, donors: Donors) -> Chosen:
    """A donor for every alliance of a registry, by lot among the nearest."""
    size = filled.members["alliance"].value_counts()
    running = None if filled.running is None else filled.running["alliance"].value_counts()
    chosen, founded = {}, {}
    for name, alliance in filled.alliances.iterrows():
        begun = filled.quarter_of(alliance["founded"])
        distance = np.abs(np.log(size[name] / donors.size))
        if begun != UNKNOWN:
            distance = distance + np.abs(np.log((filled.quarter - begun + 2) / (donors.age + 2)))
        if running is not None:
            distance = distance + 0.5 * np.abs(min(running.get(name, 0), 3) - np.minimum(donors.running, 3))
        at_home = donors.sector == filled.field[name]
        if at_home.sum() >= NEAREST:
            distance = np.where(at_home, distance, np.inf)
        nearest = np.argsort(distance, kind="stable")[:NEAREST]
        nearest = nearest[np.isfinite(distance[nearest])]
        chosen[name] = int(nearest[int(filled.luck(name, 4) * nearest.size)])
        founded[name] = begun if begun != UNKNOWN else filled.quarter - int(donors.age[chosen[name]])
    order = sorted(chosen, key=lambda name: founded[name])
    return Chosen(order, np.array([founded[name] for name in order], np.int64),
                  np.array([chosen[name] for name in order], np.int64))
