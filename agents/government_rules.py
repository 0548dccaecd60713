"""Decision rules of governments: what they see, how they rank, whom they rescue; and the rule of misuse they face."""

from math import exp

from alliancelab.agents.compiled import compiled
from alliancelab.agents.organisation_rules import sigmoid

__all__ = [
    "can_host", "grant_score", "layout_score", "misuse_share", "observed", "pilot_record", "pilot_score",
    "platform_access", "rescue_odds",
]


@compiled
def layout_score(sector, levers):
    """Rank of a sector by the four principles of layout. Source: B1."""
    return (
        levers.layout_base_weight * sector.base + levers.layout_potential_weight * sector.potential
        + levers.layout_pull_weight * sector.pull + levers.layout_fusion_weight * sector.fusion
    )


@compiled
def can_host(alliance, own_part, p) -> bool:
    """Whether an alliance can host a platform: funds for its part, technology and leadership, reach. Source: C4."""
    return (
        alliance.funds - alliance.public_funds >= own_part
        and alliance.technology >= p.host_technology
        and alliance.governance >= p.host_governance
        and alliance.openness >= p.host_openness
    )


@compiled
def platform_access(own, near, users, openness):
    """Access of an alliance to platforms, in [0, 1]: its own first, of the others' what is open and not crowded.

    Parameters
    ----------
    own : float
        Capacity that it hosts itself.
    near : float
        Capacity of its sector, discounted for distance; its own included.
    users : float
        Alliances of the sector, which share what is open.
    openness : float
        Part of a platform's service that outsiders get. Source: C4.
    """
    first = min(own, 1.0)
    shared = openness * max(near - first, 0.0) / max(users, 1.0)
    return min(first + (1.0 - first) * min(shared, 1.0), 1.0)


@compiled
def pilot_record(alliance):
    """Record of a pilot in an assessment: technology, conversion, governance, vitality, in equal parts. Source: D1."""
    return (alliance.technology + alliance.conversion + alliance.governance + alliance.vitality) / 4.0


@compiled
def misuse_share(opportunism, governance, supervision, p):
    """Share of public money diverted: opportunism times temptation, less governance and the fear of detection.

    Source: C3.
    """
    open_door = (1.0 - p.misuse_governance * governance) * (1.0 - p.detection * supervision)
    return min(p.misuse_most * opportunism * open_door, 1.0)


@compiled
def pilot_score(alliance, sector, field, credit, backbone, levers, p):
    """Score of a candidate pilot by the four principles, each in [0, 1]. Source: B3.

    1 composition: firms at the core and of backbone standing, research partners, supporting bodies, managing body
    and rules (governance), honest members (credit); 2 fit: priority sector, generic
    technology, own property; 3 plan and power to diffuse: clarity, standards and diffusion; 4 openness.
    """
    firm_core = min(2.0 * alliance.firms / max(alliance.size, 1), 1.0)
    research = min(alliance.research / 2.0, 1.0)
    supporting = min(alliance.size - alliance.firms - alliance.research, 1)
    composition = (firm_core + backbone + research + supporting + alliance.governance + credit) / 6.0
    property_ = 1.0 - exp(-alliance.core_patents / p.dispute_patents)
    fit = (sector.priority + field.genericness + property_) / 3.0
    plan = (alliance.clarity + alliance.diffusion + 1.0 - exp(-alliance.standards)) / 3.0
    weights = (
        levers.pilot_selection_composition_weight + levers.pilot_selection_fit_weight
        + levers.pilot_selection_plan_weight + levers.pilot_selection_openness_weight
    )
    score = (
        levers.pilot_selection_composition_weight * composition + levers.pilot_selection_fit_weight * fit
        + levers.pilot_selection_plan_weight * plan + levers.pilot_selection_openness_weight * alliance.openness
    )
    return score / max(weights, 1e-9)


@compiled
def grant_score(alliance, sector, field, levers, p):
    """Rank of an application by five principles, pilots first, results rolled on. Source: C1, C2.

    Industry need, as the programme guide has it; orderly advance (R&D where technology is young, industrialisation
    where results wait); own property; firms as the main body; contract.
    """
    need = 0.5 * sector.priority + 0.5 * field.guide
    orderly = max(1.0 - alliance.technology, alliance.technology * (1.0 - alliance.conversion))
    property_ = 1.0 - exp(-alliance.core_patents / p.dispute_patents)
    firms = alliance.firms / max(alliance.size, 1)
    score = (need + orderly + property_ + firms + alliance.governance) / 5.0
    score += levers.programme_grants_pilots_first * alliance.label
    if alliance.grants > 0:
        score += levers.programme_grants_rolling * (alliance.technology + property_ - 1.0)
    return score


@compiled
def observed(value, noise, effort, p):
    """What a government sees of an index in [0, 1]: true value plus noise that effort reduces. Source: E1."""
    seen = value + noise * p.diagnosis_noise / (1.0 + p.diagnosis_accuracy * effort)
    return min(max(seen, 0.0), 1.0)


@compiled
def rescue_odds(alliance, p):
    """Odds that members carry a path through: they follow from trust, governance and coverage. Source: E3."""
    state = (alliance.trust + alliance.governance + alliance.coverage) / 3.0
    return sigmoid(p.rescue_slope * (state - p.rescue_middle))
