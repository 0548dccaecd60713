"""Start-up subsidy: public money for part of what it costs to set an alliance up. Source: B2."""

from alliancelab.model.declarations import Lever
from alliancelab.model.policy.instrument import Instrument

INSTRUMENT = Instrument(
    name="startup_subsidy",
    title="Start-up subsidy",
    policy_stage="formation",
    rows=("B2", "A5", "A6"),
    eligible="Every alliance whose founders are ready to sign, as long as the year's budget lasts.",
    delivery="Promised when a firm looks for partners, paid into the alliance's purse at the contract.",
    acts_on="The need at which a firm starts, a candidate's willingness to join, the alliance's first money.",
    cost="Share of the start-up cost of each alliance, and a handling cost for each case.",
    harm="Alliances without a real need rush in, crowd the same fields and die young; part is pure deadweight.",
    strength="share",
    levers=(
        Lever("share", 0.0, 0.0, 1.0, "share of start-up cost", "document I, 3.1", "Part of the start-up cost that is paid."),
        Lever("budget", 0.0, 0.0, 1e6, "million yuan a year", "scenario", "Most that is paid in a year."),
    ),
)
