"""Leakage control: key property is kept within its region. Source: D7."""

from alliancelab.agents.compiled import inner
from alliancelab.model.accounts import Count, Flow, Purse, pay
from alliancelab.model.declarations import Lever
from alliancelab.model.policy.instrument import Instrument, addressed

INSTRUMENT = Instrument(
    name="leakage_control",
    title="Leakage control",
    policy_stage="maturity",
    rows=("D7", "D8"),
    eligible="Alliances of the chosen stages with core property.",
    delivery="Watching licences, visits and staff that leave the region.",
    acts_on="How far results reach: outsiders of other regions see less of them, imitators take less.",
    cost="Watching each alliance.",
    harm="Adopters of other regions go without: the industry as a whole falls behind.",
    strength="strictness",
    stages=("growth", "maturity", "decline", "regrowth"),
    levers=(
        Lever("strictness", 0.0, 0.0, 1.0, "strength", "document I, 3.3", "How far key property is kept in."),
        Lever("budget", 0.0, 0.0, 1e6, "million yuan a year", "scenario", "Most that is paid in a year."),
    ),
)


@inner
def confine(world, tick):
    """A quarter's watch over alliances with core property. Source: D7."""
    levers = world.levers[tick]
    p = world.parameters[0]
    for k in range(world.counts[Count.LIVE]):
        alliance = world.alliances[world.live[k]]
        alliance.confined = 0.0
        strictness = levers.leakage_control_strictness
        if strictness <= 0.0 or alliance.core_patents <= 0.0:
            continue
        if not addressed(levers.leakage_control_stages, alliance.stage):
            continue
        price = p.watch_price * strictness
        watched = strictness * pay(world, tick, Purse.LEAKAGE_CONTROL, Flow.LEAKAGE_CONTROL, price) / price
        alliance.confined = watched * alliance.core_patents / (alliance.core_patents + alliance.generic_patents)
