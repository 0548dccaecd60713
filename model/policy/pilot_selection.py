"""Pilot selection by four principles, and what being a pilot does. Source: B3, B4."""

from alliancelab.model.declarations import Lever
from alliancelab.model.policy.instrument import Instrument

INSTRUMENT = Instrument(
    name="pilot_selection",
    title="Pilot selection",
    policy_stage="formation",
    rows=("B3", "B4"),
    eligible="Living alliances with a firm core, a research partner, a managing body and a contract, not yet named.",
    delivery="Once a year the best by score are named; a pilot gets yearly support, a label and publicity.",
    acts_on="Pilots' purse, candidates' view of them, attention of outsiders, experience that others can copy.",
    cost="Support of each pilot a year, and the cost of selection and publicity.",
    harm="Pilots draw members and grants from others; attention crowds their fields.",
    strength="number",
    stages=("formation", "growth", "maturity", "regrowth"),
    levers=(
        Lever("number", 0.0, 0.0, 10_000.0, "pilots a year", "data: pilots", "Alliances named a year; fractions add up."),
        Lever("support", 1.0, 0.0, 100.0, "million yuan a year per pilot", "assumed", "Support paid to a pilot."),
        Lever("years", 2.0, 0.25, 20.0, "years", "data: pilot_cn_2012 (two-year pilot term)", "How long it is paid."),
        Lever("publicity", 0.5, 0.0, 1.0, "strength", "document I, 3.1", "Effort to make pilots known."),
        Lever("experience", 0.5, 0.0, 1.0, "strength", "document I, 3.1", "Effort to pass pilots' experience on."),
        Lever("composition_weight", 1.0, 0.0, 10.0, "weight", "document I, 3.1 (1)", "Principle 1: composition and contract."),
        Lever("fit_weight", 1.0, 0.0, 10.0, "weight", "document I, 3.1 (2)", "Principle 2: priority, generic, own property."),
        Lever("plan_weight", 1.0, 0.0, 10.0, "weight", "document I, 3.1 (3)", "Principle 3: plan and power to diffuse."),
        Lever("openness_weight", 1.0, 0.0, 10.0, "weight", "document I, 3.1 (4)", "Principle 4: openness to new members."),
        Lever("budget", 0.0, 0.0, 1e6, "million yuan a year", "scenario", "Most that is paid in a year."),
    ),
)
