"""Diffusion mandate: results of publicly funded work must spread. Source: D3, D8."""

from alliancelab.model.declarations import Lever
from alliancelab.model.policy.instrument import Instrument

INSTRUMENT = Instrument(
    name="diffusion_mandate",
    title="Diffusion mandate",
    policy_stage="maturity",
    rows=("D3", "D8"),
    eligible="Alliances in the chosen stages whose results were paid for with public money.",
    delivery="A duty to show and teach results to outsiders, generic technology above all, checked by visits.",
    acts_on="Encounters of outsiders with results, the alliance's cost of teaching, the loss that partners expect.",
    cost="Visits by the government; teaching cost borne by the alliance for each adopter.",
    harm="Owners' rents erode; firms that expect to give results away stay out or give less.",
    strength="strength",
    stages=("maturity", "decline", "regrowth"),
    levers=(
        Lever("strength", 0.0, 0.0, 1.0, "strength", "document I, 3.3", "How much of publicly paid results must be shown."),
        Lever("budget", 0.0, 0.0, 1e6, "million yuan a year", "scenario", "Most that is paid in a year."),
    ),
)
