"""A region of a few rows beside the world of the bench: numbers that a test does not set are zero."""

from typing import Any

import numpy as np

from alliancelab.model.declarations import one_row
from alliancelab.model.regional import REGIONAL
from alliancelab.model.regional import tables as columns
from alliancelab.model.regional.parameters import REGION
from alliancelab.model.regional.setup import region_levers
from alliancelab.model.regional.tables import Region
from alliancelab.model.tables import table_type
from alliancelab.model.world import World
from tests.support.bench import QUARTERS


def region_beside(world: World, **numbers: float) -> Region:
    """A region without carriers whose firms have filed nothing and hold no certificate."""
    def table(declared: tuple, rows: int) -> Any:
        return np.zeros(rows, table_type(declared))

    region = Region(
        numbers=one_row(REGION, numbers), levers=region_levers(QUARTERS), watched=np.zeros(len(REGIONAL)),
        worth=np.zeros((4, 5)), kinds=table(columns.KINDS, 16), levels=table(columns.LEVELS, 4),
        carriers=table(columns.CARRIERS, 4), clients=table(columns.CLIENTS, len(world.organisations)),
        projects=table(columns.PROJECTS, 4), townships=table(columns.TOWNSHIPS, world.platforms.shape[1]),
        departments=table(columns.DEPARTMENTS, len(world.sectors)),
        industries=table(columns.INDUSTRIES, len(world.sectors)), partners=table(columns.PARTNERS, 1),
        state=table(columns.STATE, 1), indicators=table(columns.INDICATORS, QUARTERS))
    region.clients["rung"] = -1
    return region
