"""Diffusion subsidy: teaching a part of the adopters is paid for or forgone in tax. Source: D6."""

from alliancelab.agents.compiled import compiled
from alliancelab.model.accounts import Count, Flow, Purse, left_of, pay
from alliancelab.model.declarations import Lever
from alliancelab.model.policy.instrument import Instrument, addressed, budget_lever

INSTRUMENT = Instrument(
    name="diffusion_subsidy",
    title="Diffusion subsidy",
    policy_stage="maturity",
    rows=("D6", "D8"),
    eligible="Alliances of the chosen stages, for each outsider that adopts their results.",
    delivery="By the case, as adopters come.",
    acts_on="What it costs an alliance to show and teach its results to others.",
    cost="Teaching the subsidised part of adopters.",
    harm="Paid for adopters, too, who would have come anyway; owners' rents erode.",
    strength="rate",
    stages=("growth", "maturity", "decline", "regrowth"),
    levers=(
        Lever("rate", 0.0, 0.0, 1.0, "share", "document I, 3.3", "Part of adopters whose teaching is paid for."),
        budget_lever(),
    ),
)


@compiled
def quarterly(world, tick):
    """Tell alliances what they can count on this quarter, if adopters come as in the last. Source: D6."""
    levers = world.levers[tick]
    money = left_of(world, tick, Purse.DIFFUSION_SUBSIDY)
    before = world.curves[max(tick - 1, 0)].adoptions
    lasts = money / max(world.parameters[0].teaching_cost * max(before, 1.0), 1e-9)
    for k in range(world.counts[Count.LIVE]):
        alliance = world.alliances[world.live[k]]
        counts = addressed(levers.diffusion_subsidy_stages, alliance.stage)
        alliance.rewarded = min(levers.diffusion_subsidy_rate, lasts) if counts else 0.0


@compiled
def teach(world, tick, a, adopters):
    """Pay for teaching the subsidised part of adopters; returns the part of all that was taught."""
    cost = world.parameters[0].teaching_cost * adopters
    rewarded = world.alliances[a].rewarded
    if cost <= 0.0:
        return rewarded
    paid = pay(world, tick, Purse.DIFFUSION_SUBSIDY, Flow.DIFFUSION_SUBSIDY, rewarded * cost)
    world.ledger[tick, Flow.TEACHING] += paid
    return paid / cost
