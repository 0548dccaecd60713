"""Governments above a region: city, province and nation pay grants and awards from purses of their own. Source: G6."""

from alliancelab.agents.compiled import compiled
from alliancelab.model.accounts import Flow
from alliancelab.model.regional.codes import Level

__all__ = ["give"]


@compiled
def give(world, region, tick, i, level, amount):
    """A government above the region gives an organisation money: a grant for a project, or an award. Source: G6."""
    world.organisations[i].funds += amount
    world.ledger[tick, Flow.CITY_GRANT + level - Level.CITY] += amount
    region.indicators[tick].upper_funds += amount
