"""Decision rules that every kind of organisation shares: need, partner choice, engagement, satisfaction, exit."""

from math import exp
from typing import NamedTuple

from alliancelab.agents.codes import Kind
from alliancelab.agents.compiled import compiled

__all__ = [
    "Offer", "coverage_gain", "engagement", "exit_hazard", "has_hands", "has_room", "is_scientific", "is_strong_firm",
    "need_target", "overlap", "quit_hazard", "renewal_odds", "research_budget", "satisfaction_target", "sigmoid",
    "standing", "usual_capacity", "willingness",
]


class Offer(NamedTuple):
    """What a candidate sees of an alliance that invites it into itself or into one of its projects.

    Attributes
    ----------
    reputation, opportunism : float
        Means over those who are in already, in [0, 1].
    guard : float
        How much the contract and the managing body guard against opportunism, in [0, 1].
    trust : float
        Trust that a member has in the alliance beyond one half; 0 for an outsider.
    subsidy : float
        Share of the cost paid by the government.
    label : float
        For a pilot the attention that pilots of its sector have drawn, in [0, 1]; 0 for others.
    public_loss : float
        Loss expected from results that become public, per unit of standing.
    bonus : float
        Paid to the candidate when it signs, million yuan.
    burden : float
        Its planned part of the cost, million yuan a quarter.
    """

    reputation: float
    opportunism: float
    guard: float
    trust: float
    subsidy: float
    label: float
    public_loss: float
    bonus: float
    burden: float


@compiled
def sigmoid(x):
    """Logistic function."""
    return 1.0 / (1.0 + exp(-x))


@compiled
def standing(size, p):
    """Standing of an organisation in its industry, in [0, 1): size over size plus a reference size."""
    return size / (size + p.standing_size)


@compiled
def research_budget(organisation, p):
    """R&D budget of an organisation, million yuan a quarter: a share of a firm's revenue, the size of the others."""
    return p.research_intensity * organisation.size if organisation.kind == Kind.FIRM else organisation.size


@compiled
def is_strong_firm(organisation, p) -> bool:
    """Whether an organisation is a firm of standing: a backbone of its industry. Source: B2."""
    return organisation.kind == Kind.FIRM and standing(organisation.size, p) >= p.strong_standing


@compiled
def is_scientific(organisation) -> bool:
    """Whether an organisation is a research partner: a university or an institute."""
    return organisation.kind == Kind.UNIVERSITY or organisation.kind == Kind.INSTITUTE


@compiled
def usual_capacity(organisation, p):
    """Projects that an organisation of its size can take part in at once, before experience."""
    if organisation.kind == Kind.FIRM:
        return max(p.capacity_firm * (organisation.size / p.standing_size) ** p.capacity_size, 1.0)
    return max(p.capacity_research * (organisation.size / p.research_budget) ** p.capacity_size, 1.0)


@compiled
def has_room(organisation, p) -> bool:
    """Whether an organisation can join one more alliance: it sits idle in a few at most. Source: A1."""
    return has_hands(organisation, p) and organisation.alliance_count < organisation.capacity + p.idle_seats


@compiled
def has_hands(organisation, p) -> bool:
    """Whether an organisation exists and can take part in one more project: people are free, and money is not promised.

    Source: A7.
    """
    return (
        organisation.active
        and organisation.project_count + 1.0 <= organisation.capacity
        and organisation.promised <= p.alliance_share * research_budget(organisation, p)
    )


@compiled
def need_target(organisation, gap, p):
    """Level that latent need moves to: the technology gap and a lasting taste, less what alliances already serve."""
    served = p.need_served * organisation.alliance_count / organisation.capacity
    return sigmoid(p.need_constant + p.need_gap * gap + organisation.taste - served)


@compiled
def coverage_gain(organisation, weights, best):
    """What a candidate adds to the coverage of the field: complementary strengths. Source: A1."""
    gain = 0.0
    for d in range(len(weights)):
        if organisation.expertise[d] > best[d]:
            gain += weights[d] * (organisation.expertise[d] - best[d])
    return gain


@compiled
def overlap(organisation, weights, best):
    """Common ground between a candidate and the members, without which it is not understood. Source: A1."""
    common = 0.0
    for d in range(len(weights)):
        common += weights[d] * min(organisation.expertise[d], best[d])
    return common


@compiled
def willingness(organisation, offer, gain, common, proximity, p):
    """Logit of accepting an invitation.

    Need, complementarity, common ground, reputation, trust, label, subsidy and bonus speak for it; what opportunism
    the contract leaves open, what becomes public, and what a failure would cost a cautious partner speak against it.
    A subsidy pays for what becomes public, which weighs on strong firms most. Source: A1, A6, B2.
    """
    loss = offer.public_loss * standing(organisation.size, p) if organisation.kind == Kind.FIRM else 0.0
    risk = organisation.caution * offer.burden / (offer.burden + p.risk_borne * research_budget(organisation, p) + 1e-9)
    return (
        p.accept_constant
        + p.accept_need * organisation.stated_need
        + p.accept_gain * gain
        + p.accept_overlap * common
        + p.accept_reputation * (offer.reputation - 0.5)
        + p.accept_trust * offer.trust
        + p.accept_label * offer.label
        + p.accept_subsidy * offer.subsidy
        + p.accept_bonus * offer.bonus
        + p.accept_proximity * proximity
        - p.accept_opportunism * offer.opportunism * (1.0 - offer.guard)
        - p.accept_loss * loss * (1.0 - offer.subsidy)
        - p.accept_risk * risk
    )


@compiled
def engagement(seat, organisation, alliance, supervision, p):
    """Share of its planned part that a partner really gives to a project: a public-good contribution.

    Opportunism bites where neither contract, managing body nor supervision guards. Source: A1, C3.

    Parameters
    ----------
    supervision : float
        Supervision that the project is under, in [0, 1].
    """
    guarded = 1.0 - (1.0 - alliance.binding) * (1.0 - alliance.governance)
    unguarded = organisation.opportunism * (1.0 - guarded) * (1.0 - p.detection * supervision)
    return sigmoid(
        p.engage_constant
        + p.engage_satisfaction * seat.satisfaction
        + p.engage_trust * alliance.trust
        + p.engage_clarity * alliance.clarity
        + p.engage_need * (organisation.stated_need - 0.5)
        - p.engage_opportunism * unguarded
        - p.engage_mandate * alliance.mandate
    )


@compiled
def satisfaction_target(seat, organisation, alliance, burden, p):
    """Level a member's satisfaction moves to.

    Taking part in projects, benefit over cost, what is planned, trust, learning, need and label speak for the
    alliance; waiting without a project, failed projects, unfairness and reporting speak against it.

    Parameters
    ----------
    burden : float
        Reporting and audits, in [0, 1].
    """
    firm = organisation.kind == Kind.FIRM
    net = seat.benefit / (seat.benefit + seat.cost + p.benefit_floor)
    return sigmoid(
        p.satisfy_constant
        + (p.satisfy_project if seat.projects > 0 else 0.0)
        + p.satisfy_benefit * net * (1.0 if firm else p.benefit_research)
        + p.satisfy_prospect * alliance.prospect
        + p.satisfy_trust * (alliance.trust - 0.5)
        + p.satisfy_learning * seat.learning
        + p.satisfy_need * (organisation.stated_need - 0.5)
        + p.satisfy_label * alliance.label
        - p.satisfy_idle * min(seat.idle, 16) / 8.0
        - p.satisfy_loss * seat.loss
        - p.satisfy_inequality * alliance.inequality
        - p.satisfy_burden * burden
    )


@compiled
def exit_hazard(seat, alliance, p):
    """Quarterly hazard that a member without a project leaves: exponential in dissatisfaction; the contract binds.

    Source: A7, A9.
    """
    hazard = p.exit_rate * exp(-p.exit_slope * (2.0 * seat.satisfaction - 1.0))
    return min(hazard * (1.0 - p.exit_binding * alliance.binding), 1.0)


@compiled
def quit_hazard(seat, alliance, held, p):
    """Quarterly hazard that a partner leaves a running project and the alliance with it. Source: A7, C3.

    Parameters
    ----------
    held : float
        How far leaving needs a supervisor's consent, in [0, 1].
    """
    return p.exit_project * (1.0 - held) * exit_hazard(seat, alliance, p)


@compiled
def renewal_odds(seat, alliance, p):
    """Odds that a member without a project signs again at the end of a term: satisfaction and a contract that binds."""
    return sigmoid(p.vote_slope * (seat.satisfaction - p.vote_middle) + p.vote_binding * (alliance.binding - 0.5))
