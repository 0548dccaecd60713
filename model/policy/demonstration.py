"""Demonstration: exemplars show how they work and what they reached, except what is confidential. Source: D2."""

from alliancelab.agents.codes import Verdict
from alliancelab.agents.compiled import inner
from alliancelab.model.accounts import Count, Flow, Purse, pay
from alliancelab.model.declarations import Lever
from alliancelab.model.policy.instrument import Instrument

INSTRUMENT = Instrument(
    name="demonstration",
    title="Demonstration",
    policy_stage="maturity",
    rows=("D2", "A8"),
    eligible="Exemplars; pilots not yet assessed show half as much.",
    delivery="Visits, reports and exhibitions in their sector, every quarter.",
    acts_on="Other alliances' rules and conversion, outsiders' encounters with results.",
    cost="Visits and exhibitions for each alliance that shows.",
    harm="What is shown leaks: imitators take rents from those that show, more where little is kept confidential.",
    strength="intensity",
    levers=(
        Lever("intensity", 0.0, 0.0, 1.0, "strength", "document I, 3.3", "How much exemplars show."),
        Lever("confidentiality", 0.5, 0.0, 1.0, "share", "document I, 3.3", "Part of results that is not shown."),
        Lever("budget", 0.0, 0.0, 1e6, "million yuan a year", "scenario", "Most that is paid in a year."),
    ),
)


@inner
def show(world, tick):
    """A quarter of demonstration; with nobody to show there is nothing to see. Source: D2."""
    levers = world.levers[tick]
    p = world.parameters[0]
    for s in range(world.sectors.shape[0]):
        world.sectors[s].shown = 0.0
        world.sectors[s].shown_governance = 0.0
    for k in range(world.counts[Count.LIVE]):
        alliance = world.alliances[world.live[k]]
        alliance.shown = 0.0
        if levers.demonstration_intensity <= 0.0 or alliance.label <= 0.0:
            continue
        if alliance.verdict != Verdict.EXEMPLAR and alliance.verdict != Verdict.NONE:
            continue
        intensity = levers.demonstration_intensity * (1.0 if alliance.verdict == Verdict.EXEMPLAR else 0.5)
        price = p.showing_price * intensity
        shown = intensity * pay(world, tick, Purse.DEMONSTRATION, Flow.DEMONSTRATION, price) / price
        sector = world.sectors[alliance.sector]
        sector.shown_governance = max(sector.shown_governance, alliance.governance)
        # Several exemplars show the same lesson: what is new in each falls off.
        sector.shown += shown * (1.0 - sector.shown)
        alliance.shown = shown * (1.0 - levers.demonstration_confidentiality)
    for k in range(world.counts[Count.LIVE]):
        alliance = world.alliances[world.live[k]]
        sector = world.sectors[alliance.sector]
        ahead = max(sector.shown_governance - alliance.governance, 0.0)
        alliance.governance += p.shown_governance * sector.shown * ahead
