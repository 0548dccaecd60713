"""Supervision of publicly funded alliances: money, changes, stage results. Source: C3."""

from alliancelab.model.declarations import Lever
from alliancelab.model.policy.instrument import Instrument

INSTRUMENT = Instrument(
    name="supervision",
    title="Supervision",
    policy_stage="growth",
    rows=("C3",),
    eligible="Alliances that hold public money.",
    delivery="Continuous: audits of money, control of membership changes, yearly review of results.",
    acts_on="The chance that misuse is found, members' opportunism under watch, the running of the grant.",
    cost="Staff of the supervisor for each alliance, and the alliance's own work to comply.",
    harm="Compliance eats R&D time and annoys honest members; strict reviews stop slow but sound projects.",
    strength="intensity",
    levers=(
        Lever("intensity", 0.0, 0.0, 1.0, "strength", "document I, 3.2", "How closely alliances are watched."),
        Lever("review", 0.5, 0.0, 1.0, "strength", "document I, 3.2", "Progress a year below which a grant stops, scaled."),
        Lever("budget", 0.0, 0.0, 1e6, "million yuan a year", "scenario", "Most that is paid in a year."),
    ),
)
