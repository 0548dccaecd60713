"""Decision rules of governments: what they see, how they rank, whom they rescue; and the rule of misuse they face."""

from math import exp
from typing import NamedTuple

from alliancelab.agents.codes import Dimension, Path, ProjectKind
from alliancelab.agents.compiled import compiled
from alliancelab.agents.organisation_rules import sigmoid

__all__ = [
    "Composition", "can_host", "grant_score", "layout_score", "misuse_share", "observed", "orderly", "pilot_record",
    "pilot_score", "platform_access", "rescue_odds",
]


class Composition(NamedTuple):
    """Who an alliance consists of, as the first principle of pilot selection asks; all in [0, 1]. Source: B3.

    Attributes
    ----------
    core : float
        Firms at the core: twice their share, at most 1.
    backbone : float
        Mean standing of the firms.
    frontier : float
        What members from science alone cover of the main field.
    supporting : float
        1 where a service agency is a member.
    credit : float
        Mean record of honest use of money.
    """

    core: float
    backbone: float
    frontier: float
    supporting: float
    credit: float


@compiled
def layout_score(sector, levers):
    """Rank of a sector by the four principles of layout. Source: B1."""
    return (
        levers.layout_base_weight * sector.base + levers.layout_potential_weight * sector.potential
        + levers.layout_pull_weight * sector.pull + levers.layout_fusion_weight * sector.fusion
    )


@compiled
def can_host(alliance, own_part, facilities, strict, p) -> bool:
    """Whether an alliance can host a platform, by three conditions. Source: C4.

    1 funds for its part, technology and leadership; 2 test facilities; 3 reach to outsiders. `strict` scales the
    thresholds.
    """
    able = (
        alliance.funds - alliance.public_funds >= own_part
        and alliance.technology >= strict * p.host_technology
        and alliance.dimensions[Dimension.STANDING] >= strict * p.host_leadership
    )
    return able and facilities >= strict * p.host_facilities and alliance.openness >= strict * p.host_openness


@compiled
def platform_access(own, near, users, openness):
    """Access of an alliance to platforms, in [0, 1]: its own first, of the others' what is open and not crowded.

    Parameters
    ----------
    own : float
        Capacity that it hosts itself.
    near : float
        Capacity within reach, discounted for distance; its own included.
    users : float
        Alliances which share what is open.
    openness : float
        Part of a platform's service that outsiders get. Source: C4.
    """
    first = min(own, 1.0)
    shared = openness * max(near - first, 0.0) / max(users, 1.0)
    return min(first + (1.0 - first) * min(shared, 1.0), 1.0)


@compiled
def pilot_record(alliance):
    """Record of a pilot in an assessment: technology, results in use, projects done, rules, vitality. Source: D1."""
    ended = alliance.done + alliance.failed
    done = (alliance.done + 1.0) / (ended + 2.0)
    return (alliance.technology + alliance.conversion + done + alliance.governance + alliance.vitality) / 5.0


@compiled
def misuse_share(opportunism, alliance, supervision, p):
    """Share of public money diverted: opportunism times temptation, less rules, governance and fear of detection.

    Source: C3.
    """
    ruled = p.misuse_rules * alliance.fund_rules + p.misuse_governance * alliance.governance
    return min(p.misuse_most * opportunism * max(1.0 - ruled, 0.0) * (1.0 - p.detection * supervision), 1.0)


@compiled
def pilot_score(alliance, sector, field, composition, levers, p):
    """Score of a candidate pilot by the four principles, each in [0, 1]. Source: B3.

    1 composition: firms at the core and of backbone standing, frontier research, supporting bodies, a managing body, a
    binding contract, rules for funds, honest members; 2 fit: priority sector, generic technology, own property; 3
    plan and power to diffuse: clarity, what is ahead, standards and diffusion; 4 openness.
    """
    first = (
        composition.core + composition.backbone + composition.frontier + composition.supporting + composition.credit
        + alliance.governance + alliance.binding + alliance.fund_rules
    ) / 8.0
    property_ = 1.0 - exp(-alliance.core_patents / p.dispute_patents)
    fit = (sector.priority + field.genericness + property_) / 3.0
    plan = (alliance.clarity + alliance.prospect + alliance.diffusion + 1.0 - exp(-alliance.standards)) / 4.0
    weights = (
        levers.pilot_selection_composition_weight + levers.pilot_selection_fit_weight
        + levers.pilot_selection_plan_weight + levers.pilot_selection_openness_weight
    )
    score = (
        levers.pilot_selection_composition_weight * first + levers.pilot_selection_fit_weight * fit
        + levers.pilot_selection_plan_weight * plan + levers.pilot_selection_openness_weight * alliance.openness
    )
    return score / max(weights, 1e-9)


@compiled
def orderly(alliance, line, new):
    """How well an idea keeps to the order of R&D, industrialisation, market: what comes next in its line. Source: C2.

    Of what the step before has reached, the part that this step has not; so each step that is due counts alike.

    Parameters
    ----------
    new : bool
        Whether it is a field that the alliance has no line in yet.
    """
    if new or alliance.idea_kind == ProjectKind.RESEARCH:
        return 1.0 if new else 1.0 - line.knowledge
    if alliance.idea_kind == ProjectKind.INDUSTRIALISATION:
        return 1.0 - line.industrialised / max(line.knowledge, 1e-9)
    return 1.0 - line.launched / max(line.industrialised, 1e-9)


@compiled
def grant_score(alliance, line, sector, field, success, levers, p):
    """Rank of an idea in a call by five principles, pilots first, successes rolled on. Source: C1, C2.

    1 industry need, as the programme guide has it; 2 orderly advance; 3 own property, which needs core technology and
    not what is common; 4 firms as the main body; 5 contract: binding, rules for funds, a managing body.

    Parameters
    ----------
    success : float
        Share of the alliance's funded projects that have ended well.
    """
    need = 0.3 * sector.priority + 0.7 * field.guide
    ordered = orderly(alliance, line, alliance.idea_line < 0)
    property_ = 0.5 * (1.0 - field.genericness) + 0.5 * (1.0 - exp(-alliance.core_patents / p.dispute_patents))
    firms = alliance.firms / max(alliance.size, 1)
    contract = (alliance.binding + alliance.fund_rules + alliance.governance) / 3.0
    weights = (
        levers.programme_grants_need_weight + levers.programme_grants_order_weight
        + levers.programme_grants_property_weight + levers.programme_grants_firms_weight
        + levers.programme_grants_contract_weight
    )
    score = (
        levers.programme_grants_need_weight * need + levers.programme_grants_order_weight * ordered
        + levers.programme_grants_property_weight * property_ + levers.programme_grants_firms_weight * firms
        + levers.programme_grants_contract_weight * contract
    ) / max(weights, 1e-9)
    score += levers.programme_grants_pilots_first * alliance.label
    return score + levers.programme_grants_rolling * (success - 0.5)


@compiled
def observed(value, noise, effort, p):
    """What a government sees of an index in [0, 1]: true value plus noise that effort reduces. Source: E1."""
    seen = value + noise * p.diagnosis_noise / (1.0 + p.diagnosis_accuracy * effort)
    return min(max(seen, 0.0), 1.0)


@compiled
def rescue_odds(alliance, path, credit, p):
    """Odds that members carry a path through: a base to act together, core technology, credit for money of their own.

    Each is needed, so the odds multiply; each is even at a level of its own. But no path asks for what it mends:
    restructuring replaces those who do not act together, a leap brings technology. Source: E2, E3.

    Parameters
    ----------
    credit : float
        Mean record of honest use of money among members.
    """
    odds = sigmoid(p.rescue_slope * (credit - p.carry_credit))
    if path != Path.RESTRUCTURING:
        odds *= sigmoid(p.rescue_slope * (alliance.dimensions[Dimension.STABILITY] - p.carry_base))
    if path != Path.TECHNOLOGY_LEAP:
        odds *= sigmoid(p.rescue_slope * (alliance.dimensions[Dimension.TECHNOLOGY] - p.carry_technology))
    return odds
