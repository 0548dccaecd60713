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


def gaps(world: Any, tick: int) -> tuple[float, float, float, float]:
    """Relative gap of each policy stage's indicator to its target, in [-1, 1]; above zero it lags."""
    levers = world.levers[tick]
    firms = float(world.sectors["firm_rows"].sum())
    alive = world.live[: world.counts[Count.LIVE]]
    if not len(alive):
        return 1.0, 0.0, 0.0, 0.0
    founded = 100.0 * float(world.government["founded"][0]) / firms
    technology, diffusion = (float(world.alliances[name][alive].mean()) for name in ("technology", "diffusion"))
    declining = float((world.alliances["stage"][alive] == Stage.DECLINE).mean())
    return (
        within_one(1.0 - founded / float(levers["correction_founding"])),
        within_one(1.0 - technology / float(levers["correction_technology"])),
        within_one(1.0 - diffusion / float(levers["correction_diffusion"])),
        within_one(declining / float(levers["correction_decline"]) - 1.0),
    )


def within_one(gap: float) -> float:
    """A gap kept in [-1, 1]."""
    return min(max(gap, -1.0), 1.0)


def reweigh(world: Any, tick: int, instruments: tuple[Instrument, ...]) -> None:
    """Move strengths of instruments in use towards lagging stages of the chain, at the same outlay. Source: F4.

    What an instrument would cost is taken to follow its strength. An instrument that paid nothing last year is left
    alone: there is nothing to learn from it.
    """
    speed = float(world.levers["correction_speed"][tick])
    if speed > 0.0:
        price = float(world.parameters["monitoring_price"][0])
        # As numbers: finding out each time what an enumeration is takes longer than all the rest.
        paid = pay(world, tick, int(Purse.CORRECTION), int(Flow.CORRECTION), price) / price
        missing = dict(zip(CHAIN, gaps(world, tick), strict=True))
        spent = world.government["spent_before"][0].tolist()
        used = [i for i, one in enumerate(instruments) if one.policy_stage in CHAIN and spent[i] > 0.0]
        factors = [exp(speed * paid * missing[instruments[i].policy_stage]) for i in used]
        before = sum(spent[i] for i in used)
        after = sum(spent[i] * factor for i, factor in zip(used, factors, strict=True))
        kept = before / after if after > 0.0 else 1.0
        for i, factor in zip(used, factors, strict=True):
            strengthen(world, tick, instruments[i], i, factor * kept)
    world.government["founded"][0] = 0.0


def strengthen(world: Any, tick: int, instrument: Instrument, purse: int, factor: float) -> None:
    """Multiply strength and budget of an instrument from now on, within its lever's bounds and the plan's range."""
    weight = world.government["weight"][0]
    before = float(weight[purse])
    changed = min(max(before * factor, NARROWEST), WIDEST) / before
    weight[purse] = before * changed
    high = next(lever.high for lever in instrument.levers if lever.name == instrument.strength)
    column = world.levers[f"{instrument.name}_{instrument.strength}"][tick:]
    np.minimum(column * changed, high, out=column)
