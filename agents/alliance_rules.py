"""Rules of an alliance as a whole: joint R&D, conversion, disputes, trust, governance, clarity, six dimensions."""

from math import exp, sqrt

from alliancelab.agents.compiled import compiled

__all__ = [
    "clarity_target", "conversion_gain", "dispute_hazard", "economics", "governance_change", "imitation_rates",
    "progress", "stability", "trust_change", "vitality",
]


@compiled
def progress(alliance, skill, p):
    """Gain in technology in a quarter from joint R&D, relative to the field's ceiling. Source: A1, A7.

    Parameters
    ----------
    skill : float
        Mean command of innovation methods among members, in [0, 1].
    """
    if alliance.effort <= 0.0:
        return 0.0
    efficiency = (1.0 - p.method_weight) + p.method_weight * skill
    scale = (alliance.effort / p.effort_reference) ** p.effort_exponent
    breadth = p.coverage_base + alliance.coverage
    cohesion = sqrt(alliance.trust * alliance.clarity)
    return min(p.progress_rate * efficiency * scale * breadth * cohesion, 0.5) * (1.0 - alliance.technology)


@compiled
def conversion_gain(alliance, p):
    """Gain in the share of results turned into products: follows technology, faster where firms lead.

    Source: A7, A8.
    """
    firm_share = alliance.firms / max(alliance.size, 1)
    return p.conversion_rate * alliance.technology * (0.5 + firm_share) * (1.0 - alliance.conversion)


@compiled
def dispute_hazard(alliance, p):
    """Quarterly hazard of a dispute over intellectual property. Source: A7."""
    patents = alliance.core_patents + alliance.generic_patents
    stake = p.dispute_existing + (1.0 - p.dispute_existing) * (1.0 - exp(-patents / p.dispute_patents))
    friction = (0.5 + alliance.inequality) * (1.5 - alliance.governance) * (1.5 - alliance.trust)
    return min(p.dispute_rate * stake * friction, 1.0)


@compiled
def trust_change(alliance, p):
    """Quarterly change of trust: grows with satisfied cooperation, fades, and suffers from leaving members."""
    gain = p.trust_gain * alliance.satisfaction * (1.0 - alliance.trust)
    return gain - (p.trust_fade + p.trust_turnover * alliance.turnover) * alliance.trust


@compiled
def governance_change(alliance, p):
    """Quarterly change of governance: practice and supervision improve it, turnover erodes it."""
    practice = p.governance_practice * alliance.trust + p.governance_supervised * alliance.supervision
    return practice * (1.0 - alliance.governance) - p.governance_turnover * alliance.turnover * alliance.governance


@compiled
def clarity_target(alliance, outlook, p):
    """Level that clarity of goals moves to: the founders' motive, blurred as the field loses its market. Source: A9."""
    ahead = min(outlook / p.clear_outlook, 1.0) * (1.0 - p.clarity_reached * alliance.technology)
    return p.clarity_base + p.clarity_motive * alliance.motive + p.clarity_ahead * ahead


@compiled
def imitation_rates(alliance, p) -> tuple:
    """Rates p and q of Bass diffusion for an alliance's results, a quarter; a mandate raises p. Source: D3, D8."""
    public = alliance.public_total / (alliance.public_total + alliance.private_total + 1e-9)
    generic = alliance.generic_patents / (alliance.core_patents + alliance.generic_patents + 1e-9)
    shown = alliance.mandate * (p.mandate_basic + (1.0 - p.mandate_basic) * generic) * min(3.0 * public, 1.0)
    return p.spread_spontaneous + p.mandate_encounters * shown, p.spread_imitation


@compiled
def economics(benefit, cost):
    """Economic dimension: benefit in benefit plus cost."""
    return benefit / (benefit + cost + 1e-6)


@compiled
def stability(alliance, p):
    """Structural stability: trust, discounted for turnover."""
    return alliance.trust * max(1.0 - p.stability_turnover * alliance.turnover, 0.0)


@compiled
def vitality(dimensions, p):
    """Weighted mean of the six dimensions (E1): the vertical axis of the life-cycle curve."""
    total = (
        p.weight_technology * dimensions[0]
        + p.weight_economics * dimensions[1]
        + p.weight_standing * dimensions[2]
        + p.weight_stability * dimensions[3]
        + p.weight_governance * dimensions[4]
        + p.weight_clarity * dimensions[5]
    )
    return total / (
        p.weight_technology + p.weight_economics + p.weight_standing
        + p.weight_stability + p.weight_governance + p.weight_clarity
    )
