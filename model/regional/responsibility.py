"""Responsibility contracts: yearly targets for townships, assessment, effort and padding that follow. Source: G5."""

from alliancelab.agents.compiled import inner
from alliancelab.model.accounts import Flow
from alliancelab.model.declarations import Lever
from alliancelab.model.policy.instrument import Instrument
from alliancelab.model.regional.buying import buy
from alliancelab.model.regional.codes import RegionalPurse

INSTRUMENT = Instrument(
    name="responsibility",
    title="Responsibility contracts",
    policy_stage="bureau",
    rows=("G5",),
    eligible="Every township and the departments in it; a township is a region of the world.",
    delivery="Targets are set each year on last year's result; the assessment counts, and may verify.",
    acts_on="Effort of townships: how much they urge firms to file, certify and patent.",
    cost="The assessment, and verifying.",
    harm="Targets missed bring padding: applications, patents and certificates for the count.",
    strength="strictness",
    levers=(
        Lever("strictness", 0.0, 0.0, 1.0, "strength", "document III, five", "What hangs on the assessment."),
        Lever("ambition", 0.1, -0.5, 2.0, "per year", "assumed", "Rise of the target over last year's result."),
        Lever("verification", 0.0, 0.0, 1.0, "strength", "document III, five (data correct, materials full)",
              "Checking of what is counted."),
        Lever("budget", 0.0, 0.0, 1e6, "million yuan a year", "scenario", "Most that is paid in a year."),
    ),
)


@inner
def assess(world, region, tick):
    """Once a year: results against targets, effort and padding that follow, and new targets. Source: G5."""
    levers = region.levers[tick]
    q = region.numbers[0]
    strictness = levers.responsibility_strictness
    for r in range(region.townships.shape[0]):
        township = region.townships[r]
        effort = q.effort_start
        padding = 0.0
        missed = 0.0
        if township.target > 0.0:
            missed = max(1.0 - township.result / township.target, 0.0)
        if strictness > 0.0:
            price = q.assessment_price * strictness + q.verification_price * levers.responsibility_verification
            paid = buy(world, tick, RegionalPurse.RESPONSIBILITY, Flow.RESPONSIBILITY, price)
            pressure = strictness * paid
            effort += pressure * (q.effort_signed + q.effort_gap * missed)
            unseen = 1.0 - q.verified * levers.responsibility_verification * paid
            padding = pressure * (q.padding_signed + q.padding_gap * missed) * unseen
        township.effort += q.effort_speed * (min(effort, 1.0) - township.effort)
        township.padding += q.effort_speed * (min(padding, 1.0) - township.padding)
        township.before = township.result
        township.target = (1.0 + levers.responsibility_ambition) * township.result if strictness > 0.0 else 0.0
        township.result = 0.0
