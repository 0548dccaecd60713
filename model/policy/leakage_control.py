"""Leakage control: key property is kept within its nation, and within its region. Source: D7."""

from alliancelab.agents.compiled import compiled
from alliancelab.model.accounts import Count, Flow, Purse, pay
from alliancelab.model.declarations import Lever
from alliancelab.model.policy.instrument import Instrument, addressed, budget_lever

INSTRUMENT = Instrument(
    name="leakage_control",
    title="Leakage control",
    policy_stage="maturity",
    rows=("D7", "D8"),
    eligible="Alliances of the chosen stages with core property.",
    delivery="Watching licences, visits and staff that leave the nation or the region.",
    acts_on="How far results reach: licences abroad and imitation there; adopters and licensees of other regions.",
    cost="Watching each alliance, for each of the two ranges.",
    harm="Licences abroad bring no money, adopters of other regions go without: the industry as a whole falls behind.",
    strength="strictness",
    stages=("growth", "maturity", "decline", "regrowth"),
    levers=(
        Lever("strictness", 0.0, 0.0, 1.0, "strength", "document I, 3.3 (5)", "How far key property is kept in."),
        Lever("nation", 1.0, 0.0, 1.0, "share", "document I, 3.3 (5)", "Of it, the watch at the nation's border."),
        Lever("region", 1.0, 0.0, 1.0, "share", "document I, 3.3 (5)", "Of it, the watch at the region's border."),
        budget_lever(),
    ),
)


@compiled
def quarterly(world, tick):
    """A quarter's watch over alliances with core property. Source: D7."""
    levers = world.levers[tick]
    p = world.parameters[0]
    ranges = levers.leakage_control_nation + levers.leakage_control_region
    for k in range(world.counts[Count.LIVE]):
        alliance = world.alliances[world.live[k]]
        alliance.confined = 0.0
        alliance.kept_home = 0.0
        strictness = levers.leakage_control_strictness
        if strictness <= 0.0 or ranges <= 0.0 or alliance.core_patents <= 0.0:
            continue
        if not addressed(levers.leakage_control_stages, alliance.stage):
            continue
        price = p.watch_price * strictness * ranges
        watched = strictness * pay(world, tick, Purse.LEAKAGE_CONTROL, Flow.LEAKAGE_CONTROL, price) / price
        core = alliance.core_patents / (alliance.core_patents + alliance.generic_patents)
        alliance.confined = watched * levers.leakage_control_region * core
        alliance.kept_home = watched * levers.leakage_control_nation * core
