"""Responsibility contracts: yearly targets for townships and departments, and what follows from them. Source: G5."""

from alliancelab.agents.compiled import compiled
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
    eligible="Every township, a region of the world, and every department, which looks after a sector.",
    delivery="Targets are set each year on last year's result; the assessment counts, and may verify.",
    acts_on="Effort of townships and departments: how much they urge firms to file, certify and patent.",
    cost="The assessment, verifying, and the work of those who urge firms on.",
    harm="Targets missed bring padding: applications, patents and certificates for the count.",
    strength="strictness",
    levers=(
        Lever("strictness", 0.0, 0.0, 1.0, "strength", "document III, five", "How much depends on the assessment."),
        Lever("ambition", 0.1, -0.5, 2.0, "per year", "assumed", "Rise of the target over last year's result."),
        Lever("verification", 0.0, 0.0, 1.0, "strength", "document III, five (data correct, materials full)",
              "Checking of what is counted."),
        Lever("budget", 0.0, 0.0, 1e6, "million yuan a year", "scenario", "Most that is paid in a year."),
    ),
)


@compiled
def urged(region, firm):
    """How much a firm's township and department urge it, over what they do without contracts. Source: G5."""
    q = region.numbers[0]
    effort = 0.5 * (region.townships[firm.region].effort + region.departments[firm.sector].effort)
    return 1.0 - q.effort_effect + q.effort_effect * effort / max(q.effort_start, 1e-9)


@compiled
def padding_of(region, firm):
    """Readiness of a firm's township and department to file what is weak. Source: G5."""
    return 0.5 * (region.townships[firm.region].padding + region.departments[firm.sector].padding)


@compiled
def score(region, firm, points):
    """Count points for a firm's township and its department."""
    region.townships[firm.region].result += points
    region.departments[firm.sector].result += points


@compiled
def hold_to_target(world, region, tick, holder):
    """One holder of a contract: its result against the target, effort and padding that follow, a new target."""
    levers = region.levers[tick]
    q = region.numbers[0]
    strictness = levers.responsibility_strictness
    effort = q.effort_start
    padding = 0.0
    missed = 0.0
    if holder.target > 0.0:
        missed = max(1.0 - holder.result / holder.target, 0.0)
    if strictness > 0.0:
        more = min(strictness * (q.effort_signed + q.effort_gap * missed), 1.0 - q.effort_start)
        price = q.assessment_price * strictness + q.verification_price * levers.responsibility_verification
        price += q.effort_price * more
        paid = buy(world, tick, RegionalPurse.RESPONSIBILITY, Flow.RESPONSIBILITY, price)
        pressure = strictness * paid
        effort += paid * more
        unseen = 1.0 - q.verified * levers.responsibility_verification * paid
        padding = pressure * (q.padding_signed + q.padding_gap * missed) * unseen
    holder.effort += q.effort_speed * (effort - holder.effort)
    holder.padding += q.effort_speed * (min(padding, 1.0) - holder.padding)
    holder.before = holder.result
    holder.target = (1.0 + levers.responsibility_ambition) * holder.result if strictness > 0.0 else 0.0
    holder.result = 0.0


@compiled
def assess(world, region, tick):
    """Once a year: results against targets, of townships and of departments. Source: G5."""
    for r in range(region.townships.shape[0]):
        hold_to_target(world, region, tick, region.townships[r])
    for s in range(region.departments.shape[0]):
        hold_to_target(world, region, tick, region.departments[s])
