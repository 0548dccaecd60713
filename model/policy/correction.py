"""Correction: the government compares indicators with targets, strengthens instruments where they lag. Source: F4."""

from math import exp
from typing import Any

import numpy as np

from alliancelab.agents.codes import Stage
from alliancelab.model.accounts import Count, Flow, Purse, pay
from alliancelab.model.declarations import Lever
from alliancelab.model.policy.instrument import Instrument, budget_lever

INSTRUMENT = Instrument(
    name="correction",
    title="Adaptive correction",
    policy_stage="all stages",
    rows=("F4",),
    eligible="Every instrument in use.",
    delivery="Once a year strengths and budgets are weighed anew by the gaps; what they cost together stays the same.",
    acts_on="The strengths of instruments of formation, growth, maturity and decline, and the money behind them.",
    cost="Monitoring.",
    harm="Chasing an indicator starves instruments whose fruits come late, and swings when effects lag.",
    strength="speed",
    levers=(
        Lever("speed", 0.0, 0.0, 2.0, "per year", "document II", "How fast strengths follow gaps."),
        Lever("founding", 1.2, 0.001, 100.0, "alliances a year per 100 firms", "assumed", "Target for foundings."),
        Lever("technology", 0.6, 0.01, 1.0, "[0, 1]", "assumed", "Target for alliances' mean technology."),
        Lever("diffusion", 0.2, 0.01, 1.0, "[0, 1]", "assumed", "Target for alliances' mean diffusion."),
        Lever("decline", 0.25, 0.01, 1.0, "share", "assumed", "Share of alliances in decline that is tolerated."),
        budget_lever(),
    ),
)

CHAIN = ("formation", "growth", "maturity", "decline")
"""Stages of the policy chain, each with an indicator and a target."""

NARROWEST, WIDEST = 0.25, 4.0  # of a strength, relative to what the scenario sets


def gaps(world: Any, tick: int) -> np.ndarray:
    """Relative gap of each policy stage's indicator to its target, shape (4,), in [-1, 1]; above zero it lags."""
    levers = world.levers[tick]
    firms = float(world.sectors["firm_rows"].sum())
    alive = world.alliances[world.live[: world.counts[Count.LIVE]]]
    if not len(alive):
        return np.array([1.0, 0.0, 0.0, 0.0])
    founded = 100.0 * world.government[0]["founded"] / firms
    declining = float(np.mean(alive["stage"] == Stage.DECLINE))
    return np.clip([
        1.0 - founded / levers["correction_founding"],
        1.0 - alive["technology"].mean() / levers["correction_technology"],
        1.0 - alive["diffusion"].mean() / levers["correction_diffusion"],
        declining / levers["correction_decline"] - 1.0,
    ], -1.0, 1.0)


def reweigh(world: Any, tick: int, instruments: tuple[Instrument, ...]) -> None:
    """Move strengths of instruments in use towards lagging stages of the chain, at the same outlay. Source: F4.

    What an instrument would cost is taken to follow its strength. An instrument that paid nothing last year is left
    alone: there is nothing to learn from it.
    """
    levers = world.levers[tick]
    government = world.government[0]
    speed = float(levers["correction_speed"])
    if speed > 0.0:
        price = float(world.parameters[0]["monitoring_price"])
        paid = pay(world, tick, Purse.CORRECTION, Flow.CORRECTION, price) / price
        missing = gaps(world, tick)
        spent = government["spent_before"]
        used = [i for i, one in enumerate(instruments) if one.policy_stage in CHAIN and spent[i] > 0]
        before = sum(float(spent[i]) for i in used)
        factors = np.array([exp(speed * paid * missing[CHAIN.index(instruments[i].policy_stage)]) for i in used])
        after = sum(float(government["spent_before"][i]) * factor for i, factor in zip(used, factors, strict=True))
        for i, factor in zip(used, factors * (before / after if after > 0.0 else 1.0), strict=True):
            strengthen(world, tick, instruments[i], i, factor)
    government["founded"] = 0.0


def strengthen(world: Any, tick: int, instrument: Instrument, purse: int, factor: float) -> None:
    """Multiply strength and budget of an instrument from now on, within its lever's bounds and the plan's range."""
    weight = world.government["weight"]
    changed = np.clip(weight[0, purse] * factor, NARROWEST, WIDEST) / weight[0, purse]
    weight[0, purse] *= changed
    name = f"{instrument.name}_{instrument.strength}"
    high = next(lever.high for lever in instrument.levers if lever.name == instrument.strength)
    column = world.levers[name]
    column[tick:] = np.minimum(column[tick:] * changed, high)
