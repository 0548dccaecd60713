"""Carriers have places: their capacity, less what coordination takes of it."""

import numpy as np
import pytest

from alliancelab.model.regional import services
from tests.support.bench import bench, plain
from tests.support.region_bench import region_beside


@pytest.mark.parametrize(("capacity", "left", "luck", "places"), [
    (2.0, 1.0, 0.999, 2), (1.5, 1.0, 0.999, 2), (2.0, 0.9, 0.79, 2), (2.0, 0.9, 0.81, 1), (0.4, 1.0, 0.5, 0),
    (20.0, 0.9, 0.5, 18),
])
def test_coordination_takes_whole_places_by_chance(capacity, left, luck, places):
    """Section 5, a region: `open_doors`; a fifth of a place taken is a whole one in a fifth of all quarters."""
    world = bench()
    region = region_beside(world)
    region.carriers["active"][0], region.carriers["host"][0], region.carriers["capacity"][0] = True, -1, capacity
    doors, counts = np.empty((5, 4), np.int64), np.zeros(5, np.int64)
    plain(services.open_doors, luck=luck)(world, region, 4, left, doors, counts)
    assert region.carriers["places"][0] == places and counts.sum() == (places > 0)
