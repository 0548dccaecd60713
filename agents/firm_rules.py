"""Decision rules of firms: starting an alliance, choosing its field, growing and failing."""

from math import exp, log

from alliancelab.agents.codes import FirmStage
from alliancelab.agents.compiled import compiled
from alliancelab.agents.organisation_rules import standing

__all__ = [
    "drive", "failure_hazard", "field_appeal", "firm_stage", "initiation_hazard", "promise_of", "public_loss",
    "research_sought", "size_growth",
]


@compiled
def public_loss(mandate, public_belief, p):
    """Loss that a strong firm expects because results are partly a public good, more where a mandate reaches.

    Source: A6, D8.
    """
    return p.public_good_loss + p.mandate_loss * mandate * public_belief


@compiled
def drive(firm, subsidy, loss, p):
    """What pushes a firm to start: its stated need, the subsidy's pull, less the loss it expects.

    The loss weighs on strong firms; the subsidy pays for its part of it. Source: A5, A6, B2.
    """
    return firm.stated_need + p.subsidy_pull * subsidy - loss * standing(firm.size, p) * (1.0 - subsidy)


@compiled
def initiation_hazard(firm, subsidy, loss, p):
    """Quarterly hazard that a firm with room looks for partners: drive beyond the threshold, times standing."""
    excess = max(drive(firm, subsidy, loss, p) - p.need_threshold, 0.0) / (1.0 - p.need_threshold)
    return p.initiation_rate * standing(firm.size, p) * excess


@compiled
def field_appeal(field, fit, sight, promise, p):
    """Log of what a founder expects of a field: its market at the horizon, shared with the rivals it sees; its fit.

    Parameters
    ----------
    sight : float
        Share of rival alliances that it sees: `crowding_seen`, more where a plan tells. Source: B1.
    promise : float
        Share of the start-up cost that a place in the plan secures; zero where there is none.
    """
    crowd = 1.0 + p.crowding * sight * field.alliances
    headroom = 1.0 - p.headroom * field.frontier
    return log(promise_of(field, p) * headroom / crowd + 1e-6) + p.field_fit * fit + p.plan_appeal * promise


@compiled
def promise_of(field, p):
    """What a field promises, in [0, 1): the market expected at the horizon, saturating."""
    return field.outlook / (field.outlook + p.outlook_half)


@compiled
def research_sought(field, p):
    """Share of universities and institutes among strangers met: the more, the more generic the field's knowledge.

    Odds are those of `meet_research`, times exp(`meet_generic` x (genericness - 0.5)). Source: A1.
    """
    odds = p.meet_research * exp(p.meet_generic * (field.genericness - 0.5))
    return odds / (1.0 - p.meet_research + odds)


@compiled
def firm_stage(firm, age, p) -> int:
    """Life stage of a firm from its age (quarters) and size."""
    if age < p.seed_quarters:
        return FirmStage.SEED
    if age < p.startup_quarters:
        return FirmStage.START_UP
    return FirmStage.GROWTH if firm.size < p.mature_size else FirmStage.MATURE


@compiled
def failure_hazard(firm, age, relative_productivity, p):
    """Yearly hazard of failure: young, small and backward firms fail more."""
    youth = 1.0 + p.failure_youth * exp(-age / p.startup_quarters)
    small = p.standing_size / (p.standing_size + firm.size)
    return min(p.failure_rate * youth * (0.5 + small) * exp(-p.failure_lag * (relative_productivity - 1.0)), 1.0)


@compiled
def size_growth(firm, relative_productivity, mean_log_size, shock, p):
    """Log growth of a firm's revenue in a year, beyond the market's."""
    pull = p.growth_productivity * (min(relative_productivity, 3.0) - 1.0)
    return pull - p.size_reversion * (log(firm.size) - mean_log_size) + p.size_shock * shock
