"""Decision rules that every kind of organisation shares: need, partner choice, engagement, satisfaction, exit."""

from math import exp
from typing import NamedTuple

from alliancelab.agents.codes import Kind
from alliancelab.agents.compiled import compiled

__all__ = [
    "Offer", "coverage_gain", "engagement", "exit_hazard", "has_room", "need_target", "overlap",
    "satisfaction_target", "sigmoid", "standing", "willingness",
]


class Offer(NamedTuple):
    """What a candidate sees of an alliance that invites it.

    Attributes
    ----------
    size : float
        Members so far.
    reputation, opportunism : float
        Means over members, in [0, 1].
    guard : float
        How much the contract guards against opportunism, in [0, 1].
    subsidy : float
        Share of the start-up cost paid by the government.
    label : float
        1 for a pilot.
    public_loss : float
        Loss expected from results that become public, per unit of standing.
    bonus : float
        Paid to a university or institute that signs, million yuan.
    """

    size: float
    reputation: float
    opportunism: float
    guard: float
    subsidy: float
    label: float
    public_loss: float
    bonus: float


@compiled
def sigmoid(x):
    """Logistic function."""
    return 1.0 / (1.0 + exp(-x))


@compiled
def standing(size, p):
    """Standing of an organisation in its industry, in [0, 1): size over size plus a reference size."""
    return size / (size + p.standing_size)


@compiled
def has_room(organisation, p) -> bool:
    """Whether an organisation can take part in one more alliance."""
    limit = p.firm_alliances if organisation.kind == Kind.FIRM else p.research_alliances
    return organisation.active and organisation.alliance_count < limit


@compiled
def need_target(organisation, gap, p):
    """Level that latent need moves to: the technology gap and a lasting taste, less what alliances already serve."""
    served = p.need_served * organisation.alliance_count
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

    Need, complementarity, common ground, reputation, label and subsidy speak for it; coordination (convex in
    size), appropriation risk that the contract leaves open, and what becomes public speak against it. The loss
    weighs on strong firms most. Source: A1, A6, B2.
    """
    firm = organisation.kind == Kind.FIRM
    loss = offer.public_loss * standing(organisation.size, p) if firm else 0.0
    bonus = 0.0 if firm or organisation.kind == Kind.AGENCY else offer.bonus
    return (
        p.accept_constant
        + p.accept_need * organisation.stated_need
        + p.accept_gain * gain
        + p.accept_overlap * common
        + p.accept_reputation * (offer.reputation - 0.5)
        + p.accept_label * offer.label
        + p.accept_subsidy * offer.subsidy
        + p.accept_bonus * bonus
        + p.accept_proximity * proximity
        - p.coordination * offer.size * offer.size
        - p.accept_risk * offer.opportunism * (1.0 - offer.guard)
        - p.accept_loss * loss
    )


@compiled
def engagement(seat, organisation, alliance, p):
    """Share of its alliance budget that a member really gives: a public-good contribution.

    Opportunism bites where neither governance nor supervision guards. Source: A1, C3.
    """
    unguarded = organisation.opportunism * (1.0 - alliance.governance) * (1.0 - p.detection * alliance.supervision)
    return sigmoid(
        p.engage_constant
        + p.engage_satisfaction * seat.satisfaction
        + p.engage_trust * alliance.trust
        + p.engage_clarity * alliance.clarity
        + p.engage_motive * alliance.motive
        - p.engage_opportunism * unguarded
        - p.engage_mandate * alliance.mandate
    )


@compiled
def satisfaction_target(seat, organisation, alliance, option, burden, p):
    """Level a member's satisfaction moves to.

    Parameters
    ----------
    option : float
        What the alliance still promises, in [0, 1]: market expected for the field times the way still to go. It is
        worth more to a member in need.
    burden : float
        Reporting and audits, in [0, 1].
    """
    net = (seat.benefit - seat.contribution) / (seat.contribution + p.benefit_floor)
    net = min(max(net, -1.0), 2.0)
    return sigmoid(
        p.satisfy_constant
        + p.satisfy_benefit * net
        + p.satisfy_learning * seat.learning * organisation.stated_need
        + p.satisfy_option * option * (p.option_needless + (1.0 - p.option_needless) * organisation.stated_need)
        + p.satisfy_label * alliance.label
        - p.satisfy_burden * burden
        - p.satisfy_inequality * alliance.inequality
    )


@compiled
def exit_hazard(seat, organisation, alliance, p):
    """Quarterly hazard of leaving: exponential in dissatisfaction, contagious, lower for research partners.

    A running grant is lost with the alliance: it holds its members the more, the larger a part of the common purse it
    is. How strongly is fitted to how rarely funded consortia end. Source: A7, A9, C2.
    """
    hazard = p.exit_rate * exp(-p.exit_slope * (2.0 * seat.satisfaction - 1.0))
    hazard *= 1.0 + p.exit_contagion * alliance.turnover
    if organisation.kind != Kind.FIRM:
        hazard *= p.exit_research
    if alliance.grant > 0.0:
        hazard *= exp(-p.exit_forfeit * alliance.grant / (alliance.grant + alliance.cost))
    return min(hazard, 1.0)
