"""Lists of a world read in plain Python, and the draw that an entity makes: what slow versions are made of."""

import numpy as np

from alliancelab.model.accounts import Count
from alliancelab.model.randomness import mix, stream, uniform

NOW = 30
PLENTY = {"initiation_rate": 0.2}


def living(world):
    return [int(a) for a in world.live[: world.counts[Count.LIVE]]]


def at_work(world):
    return [int(q) for q in world.running[: world.counts[Count.RUNNING]]]


def listed(pool, first):
    places = []
    while first >= 0:
        places.append(int(first))
        first = pool["next"][first]
    return places


def seats_of(world, a):
    return world.seats[listed(world.seats, world.alliances["first_seat"][a])]


def members_of(world, a):
    return [world.organisations[row] for row in seats_of(world, a)["row"]]


def parts_of(world, q):
    return world.participations[listed(world.participations, world.projects["first_part"][q])]


def partners_of(world, q):
    return [world.organisations[row] for row in parts_of(world, q)["row"]]


def luck(world, process, tick, entity, index):
    return uniform(np.uint64(stream(world.seed[0], process, tick)), np.uint64(entity), index)


def mixed(key, other):
    return np.uint64(int(key) ^ int(mix(np.uint64(other))))
