"""Rules of an alliance as a whole: joint R&D, conversion, disputes, trust, governance, clarity, six dimensions."""

from math import exp, sqrt

from alliancelab.agents.compiled import compiled

__all__ = [
    "clarity_target", "conversion_gain", "dispute_hazard", "dominance", "economics", "governance_change",
    "imitation_rates", "licence_rate", "progress", "stability", "trust_change", "vitality",
]


@compiled
def progress(alliance, skill, p):
    """Gain in technology in a quarter from joint R&D, relative to the field's ceiling. Source: A1, A7, C4, C5.

    Parameters
    ----------
    skill : float
        Mean command of innovation methods among members, in [0, 1].
    """
    if alliance.effort <= 0.0:
        return 0.0
    efficiency = (1.0 - p.method_weight + p.method_weight * skill) * (1.0 + p.platform_effect * alliance.access)
    scale = (alliance.effort / p.effort_reference) ** p.effort_exponent
    breadth = p.coverage_base + alliance.coverage
    cohesion = sqrt(alliance.trust * alliance.clarity)
    return min(p.progress_rate * efficiency * scale * breadth * cohesion, 0.5) * (1.0 - alliance.technology)


@compiled
def conversion_gain(alliance, shown, p):
    """Gain in the share of results turned into products: follows technology, faster where firms lead.

    Money for trials, a public customer, and what exemplars show speed it up. Source: A7, A8, C2, D2.

    Parameters
    ----------
    shown : float
        Demonstration by exemplars in the sector, in [0, 1].
    """
    firm_share = alliance.firms / max(alliance.size, 1)
    helped = 1.0 + (p.trial_effect * alliance.trials + p.order_effect * alliance.order) / p.effort_reference
    rate = p.conversion_rate * helped * (1.0 + p.shown_conversion * shown)
    return min(rate * alliance.technology * (0.5 + firm_share), 1.0) * (1.0 - alliance.conversion)


@compiled
def dispute_hazard(alliance, enforcement, p):
    """Quarterly hazard of a dispute over intellectual property; clear, enforced rights lower it. Source: A7, D4."""
    patents = alliance.core_patents + alliance.generic_patents
    stake = p.dispute_existing + (1.0 - p.dispute_existing) * (1.0 - exp(-patents / p.dispute_patents))
    friction = (0.5 + alliance.inequality) * (1.5 - alliance.governance) * (1.5 - alliance.trust)
    return min(p.dispute_rate * stake * friction * (1.0 - p.enforce_disputes * enforcement), 1.0)


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
def dominance(alliance, p):
    """How far an alliance's share of its field's market exceeds what counts as a monopoly, in [0, 1]. Source: D4."""
    return max(alliance.market_share - p.monopoly_share, 0.0) / (1.0 - p.monopoly_share)


@compiled
def licence_rate(alliance, sector, p):
    """Mean number of licence deals a quarter: property on offer, trust in the seller, services on the market.

    Source: D5.
    """
    patents = alliance.core_patents + alliance.generic_patents
    offered = 1.0 - exp(-patents / p.dispute_patents)
    return p.licence_rate * offered * alliance.conversion * (0.5 + alliance.trust) * sector.ip_services


@compiled
def imitation_rates(alliance, sector, p) -> tuple:
    """Rates p and q of Bass diffusion for an alliance's results, a quarter.

    Mandate, subsidy, demonstration and compulsory licences raise encounters; enforced rights slow imitation.
    Source: D2, D3, D4, D6, D8.
    """
    public = alliance.public_total / (alliance.public_total + alliance.private_total + 1e-9)
    generic = alliance.generic_patents / (alliance.core_patents + alliance.generic_patents + 1e-9)
    shown = alliance.mandate * (p.mandate_basic + (1.0 - p.mandate_basic) * generic) * min(3.0 * public, 1.0)
    encounters = (
        p.mandate_encounters * shown
        + p.reward_encounters * alliance.rewarded
        + p.show_encounters * alliance.shown
        + p.antitrust_encounters * sector.antitrust * dominance(alliance, p)
    )
    return p.spread_spontaneous + encounters, p.spread_imitation * (1.0 - p.enforce_spread * sector.enforcement)


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
