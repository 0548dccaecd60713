"""Demonstration: exemplars show how they work and what they reached; help with conversion and with new markets.

Source: D2.
"""

from alliancelab.agents.codes import Verdict
from alliancelab.agents.compiled import compiled
from alliancelab.model.accounts import Count, Flow, Purse, pay
from alliancelab.model.declarations import Lever
from alliancelab.model.policy.instrument import Instrument, addressed, budget_lever

INSTRUMENT = Instrument(
    name="demonstration",
    title="Demonstration",
    policy_stage="maturity",
    rows=("D2", "A8"),
    eligible="Exemplars show, pilots not yet assessed half as much; alliances of the chosen stages with standards or "
    "property of their own are helped.",
    delivery="Visits, reports and exhibitions in their sector; advice on conversion; help to enter markets at home and "
    "abroad; every quarter.",
    acts_on="Other alliances' rules and conversion, outsiders' encounters with results, work on later projects, reach "
    "of products.",
    cost="Visits and exhibitions for each alliance that shows, help for each that is helped.",
    harm="What is shown leaks: imitators take rents from those that show, more where little is kept confidential.",
    strength="intensity",
    stages=("growth", "maturity", "regrowth"),
    levers=(
        Lever("intensity", 0.0, 0.0, 1.0, "strength", "document I, 3.3", "How much exemplars show."),
        Lever("confidentiality", 0.5, 0.0, 1.0, "share", "document I, 3.3 (5)", "Part of results that is not shown."),
        Lever("market_entry", 0.0, 0.0, 1.0, "strength", "document I, 3.3 (3)",
              "Help with entering markets at home and abroad, for standards and own property."),
        Lever("conversion_help", 0.0, 0.0, 1.0, "strength", "document I, 3.3 (4)",
              "Help with technology conversion and exchange."),
        budget_lever(),
    ),
)


@compiled
def show(world, tick, a):
    """One alliance shows what it does, as far as it is an exemplar and paid for. Source: D2."""
    levers = world.levers[tick]
    p = world.parameters[0]
    alliance = world.alliances[a]
    alliance.shown = 0.0
    if levers.demonstration_intensity <= 0.0 or alliance.label <= 0.0:
        return
    if alliance.verdict != Verdict.EXEMPLAR and alliance.verdict != Verdict.NONE:
        return
    intensity = levers.demonstration_intensity * (1.0 if alliance.verdict == Verdict.EXEMPLAR else 0.5)
    price = p.showing_price * intensity
    shown = intensity * pay(world, tick, Purse.DEMONSTRATION, Flow.DEMONSTRATION, price) / price
    sector = world.sectors[alliance.sector]
    sector.shown_governance = max(sector.shown_governance, alliance.governance)
    # Several exemplars show the same lesson: what is new in each falls off.
    sector.shown += shown * (1.0 - sector.shown)
    alliance.shown = shown * (1.0 - levers.demonstration_confidentiality)


@compiled
def help_with(world, tick, a):
    """Help one alliance to turn results into products, and to reach markets where it has something of its own."""
    levers = world.levers[tick]
    p = world.parameters[0]
    alliance = world.alliances[a]
    alliance.helped = 0.0
    alliance.entry = 0.0
    if levers.demonstration_intensity <= 0.0 or not addressed(levers.demonstration_stages, alliance.stage):
        return
    if levers.demonstration_conversion_help > 0.0 and alliance.running > 0:
        price = p.help_price * levers.demonstration_conversion_help
        paid = pay(world, tick, Purse.DEMONSTRATION, Flow.CONVERSION_HELP, price)
        alliance.helped = levers.demonstration_conversion_help * paid / price
    if levers.demonstration_market_entry > 0.0 and alliance.standards + alliance.core_patents >= 1.0:
        if alliance.conversion > 0.0:
            price = p.entry_price * levers.demonstration_market_entry
            paid = pay(world, tick, Purse.DEMONSTRATION, Flow.MARKET_ENTRY, price)
            alliance.entry = levers.demonstration_market_entry * paid / price


@compiled
def quarterly(world, tick):
    """A quarter of demonstration and help; with nobody to show there is nothing to see. Source: D2."""
    p = world.parameters[0]
    for s in range(world.sectors.shape[0]):
        world.sectors[s].shown = 0.0
        world.sectors[s].shown_governance = 0.0
    for k in range(world.counts[Count.LIVE]):
        show(world, tick, world.live[k])
        help_with(world, tick, world.live[k])
    for k in range(world.counts[Count.LIVE]):
        alliance = world.alliances[world.live[k]]
        sector = world.sectors[alliance.sector]
        ahead = max(sector.shown_governance - alliance.governance, 0.0)
        alliance.governance += p.shown_governance * sector.shown * ahead
