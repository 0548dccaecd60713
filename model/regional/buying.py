"""Buying for the government: services whose price may be paid in part."""

from alliancelab.agents.compiled import compiled
from alliancelab.model.accounts import pay

__all__ = ["buy"]


@compiled
def buy(world, tick, purse, flow, price):
    """Pay for a service as far as the year's budget reaches; returns the part of its price that was paid, [0, 1].

    What costs nothing is paid in full.
    """
    return pay(world, tick, purse, flow, price) / price if price > 0.0 else 1.0
