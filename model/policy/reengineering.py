"""Diagnosis and re-engineering of declining alliances along six paths. Source: E1, E2, E3."""

from alliancelab.model.declarations import Lever
from alliancelab.model.policy.instrument import Instrument

INSTRUMENT = Instrument(
    name="reengineering",
    title="Diagnosis and re-engineering",
    policy_stage="decline",
    rows=("E1", "E2", "E3"),
    eligible="Alliances believed declining that pass four conditions: base, core technology, credit, importance.",
    delivery="A yearly diagnosis in six dimensions; the path for the weakest one is bought and takes effect later.",
    acts_on="Field choice, customers, partners, members, governance rules or the road map of the alliance.",
    cost="Diagnosis of each alliance by effort, and the price of the path.",
    harm="A wrong diagnosis buys the wrong path; blind rescue keeps alliances that had better end.",
    strength="effort",
    stages=("maturity", "decline"),
    levers=(
        Lever("effort", 0.0, 0.0, 1.0, "strength", "document I, 3.4", "Effort of diagnosis: buys accuracy; 0 is no programme."),
        Lever("eligibility", 1.0, 0.0, 1.0, "strength", "document I, 3.4", "How strictly the four conditions are applied; 0 is blind."),
        Lever("targeting", 1.0, 0.0, 1.0, "share", "document I, 3.4", "Share of paths chosen by diagnosis; the rest at random."),
        Lever("budget", 0.0, 0.0, 1e6, "million yuan a year", "scenario", "Most that is paid in a year."),
    ),
)
