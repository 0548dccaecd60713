"""Rules of an alliance as a whole: what a project is worth to it, how work goes, trust, governance, clarity, state."""

from math import exp, sqrt

from alliancelab.agents.codes import Dimension, ProjectKind
from alliancelab.agents.compiled import compiled

__all__ = [
    "beginning_for_money", "clarity_target", "dispute_hazard", "dominance", "economics", "failure_of_project",
    "governance_change", "imitation_rates", "licence_rate", "proposal_odds", "sight", "stability", "trust_change",
    "vitality",
    "work_done", "worth_of_line", "worth_of_new_line",
]


@compiled
def sight(alliance, slack, p):
    """Chance a quarter of noticing a field that one has not seen: openness, research partners, idle hands.

    Source: A3.

    Parameters
    ----------
    slack : float
        Share of members free for a project.
    """
    science = alliance.research / max(alliance.size, 1)
    return p.sight * (0.2 + 0.8 * alliance.openness) * (0.3 + science) * (0.4 + 0.6 * slack)


@compiled
def worth_of_line(line, kind, promise, rivals, p):
    """What an alliance expects of a project of a kind in one of its lines: promise, head-room, own knowledge, rivals.

    Research has head-room where knowledge is missing; industrialisation where knowledge waits, and a launch where
    what can be produced waits. Source: C2 (R&D, then industrialisation, then market).

    Parameters
    ----------
    promise : float
        Of the field, see `firm_rules.promise_of`.
    rivals : float
        Other alliances in the field.
    """
    if kind == ProjectKind.RESEARCH:
        room = 1.0 - line.knowledge
    elif kind == ProjectKind.INDUSTRIALISATION:
        room = p.worth_industrialisation * waiting(line.knowledge - line.industrialised, p)
    else:
        room = p.worth_launch * waiting(line.industrialised - line.launched, p)
    return promise * (0.5 + 0.5 * line.knowledge) * room / (1.0 + p.crowding * rivals)


@compiled
def waiting(amount, p):
    """Head-room of what waits for its next step; little is not worth a project of its own."""
    return amount if amount >= p.ripe else 0.2 * max(amount, 0.0)


@compiled
def worth_of_new_line(promise, likeness, rivals, p):
    """What an alliance expects of a field outside its agenda: promise, what its knowledge is worth there, rivals.

    Parameters
    ----------
    likeness : float
        Similarity to its lines, weighed with its knowledge there.
    """
    return promise * (1.0 - p.unlike * (1.0 - likeness)) / (1.0 + p.crowding * rivals)


@compiled
def proposal_odds(alliance, free, need, p):
    """Chance that a member proposes the alliance's best idea in a quarter: worth, free hands, and members' need.

    Source: A5, A7.

    Parameters
    ----------
    free : float
        Members with room for a project.
    need : float
        Their mean stated need.
    """
    slack = min(free / max(alliance.size, 1), 1.0)
    hands = min(free / 5.0, 1.0) * (1.0 if alliance.running == 0 else 0.5 + 0.5 * slack)
    worth = 0.4 + 0.6 * min(alliance.idea_worth / (3.0 * p.worth_least), 1.0)
    return p.propose_rate * hands * worth * min(need / p.need_usual, 2.0)


@compiled
def beginning_for_money(money, p):
    """Chance a quarter that members begin a project because public money pays for part of it. Source: C2, E3.

    Nothing is begun for money that pays for nothing: what members would begin anyway has odds of its own.

    Parameters
    ----------
    money : float
        Public money, million yuan a quarter.
    """
    return 1.0 - exp(-p.money_pull * money / (p.partner_cost * p.project_size))


@compiled
def work_done(project, alliance, paid, skill, access, luck, p):
    """Work that a project does in a quarter, 1 being its goal. Source: A1, A7, C4, C5.

    Whatever makes work faster brings less the faster it is already, up to `rate_most`.

    Parameters
    ----------
    paid : float
        Effective spending over what was planned.
    skill : float
        Mean command of innovation methods among partners, in [0, 1].
    access : float
        Access to the platform that serves this kind of project, in [0, 1].
    luck : float
        Uniform in [0, 1]: progress is uncertain.
    """
    money = min(paid, p.paid_most) ** p.effort_exponent if paid > 0.0 else 0.0
    breadth = p.coverage_base + project.coverage
    cohesion = sqrt(alliance.trust * alliance.clarity) / 0.5
    efficiency = (1.0 + p.method_weight * (skill - 0.2)) * (1.0 + p.platform_effect * access)
    rate = p.rate_most * (1.0 - exp(-money * breadth * cohesion * efficiency / p.rate_most))
    return p.pace / project.planned * rate * (1.0 + p.progress_luck * (2.0 * luck - 1.0))


@compiled
def failure_of_project(project, alliance, lessons, p):
    """Quarterly hazard that a project fails: ambition against knowledge, mistrust, want of money; lessons help.

    Source: A1 (shared risk), A7, D1.
    """
    ambition = 0.3 + 1.4 * project.ambition
    knowledge = max(1.6 - project.coverage - p.knowledge_helps * alliance.technology, 0.2)
    friction = max(1.6 - alliance.trust - 0.3 * alliance.satisfaction, 0.3)
    want = 1.0 + p.failure_want * max(p.paid_usual - project.paid, 0.0)
    return min(p.failure_rate_project * ambition * knowledge * friction * want * (1.0 - p.lessons_help * lessons), 1.0)


@compiled
def dispute_hazard(alliance, sector, p):
    """Quarterly hazard of a dispute over intellectual property, existing and new. Source: A7, D4, D5.

    Unequal benefit, weak rules and mistrust raise it; enforced rights and litigation services lower it.
    """
    patents = alliance.core_patents + alliance.generic_patents
    stake = p.dispute_existing + (1.0 - p.dispute_existing) * (1.0 - exp(-patents / p.dispute_patents))
    rules = 1.5 - 0.5 * alliance.governance - 0.5 * alliance.fund_rules
    friction = (0.5 + alliance.inequality) * rules * (1.5 - alliance.trust)
    settled = (1.0 - p.enforce_disputes * sector.enforcement) * (1.0 - p.litigation_disputes * sector.litigation)
    return min(p.dispute_rate * stake * friction * settled, 1.0)


@compiled
def trust_change(alliance, p):
    """Quarterly change of trust: grows with satisfied cooperation, fades, and suffers from leaving members."""
    gain = p.trust_gain * alliance.satisfaction * (1.0 - alliance.trust)
    return gain - (p.trust_fade + p.trust_turnover * alliance.turnover) * alliance.trust


@compiled
def governance_change(alliance, supervision, p):
    """Quarterly change of governance: a paid managing body learns by practice; turnover, size and routine wear it.

    Source: A9, C3.

    Parameters
    ----------
    supervision : float
        Of the projects it runs, in [0, 1].
    """
    practice = p.governance_practice * alliance.trust * alliance.managed + p.governance_supervised * supervision
    wear = p.governance_wear * (1.0 + alliance.size / p.governance_span) * (2.0 - alliance.managed)
    wear += p.governance_turnover * alliance.turnover
    return practice * (1.0 - alliance.governance) - wear * alliance.governance


@compiled
def clarity_target(alliance, promise, p):
    """Level that clarity of goals moves to: members at work on lines with a future, what is planned, the motive.

    Source: A9.

    Parameters
    ----------
    promise : float
        Of the most promising of its lines.
    """
    at_work = min(1.3 * alliance.active / max(alliance.size, 1), 1.0)
    target = (
        p.clarity_base
        + p.clarity_work * at_work * (0.4 + 0.6 * promise)
        + p.clarity_prospect * alliance.prospect
        + p.clarity_motive * alliance.motive
    )
    return min(target, 1.0)


@compiled
def dominance(alliance, p):
    """How far an alliance's share of its market exceeds what counts as a monopoly, in [0, 1]. Source: D4."""
    return max(alliance.market_share - p.monopoly_share, 0.0) / (1.0 - p.monopoly_share)


@compiled
def licence_rate(alliance, sector, p):
    """Mean number of property deals a quarter: property on offer, trust in the seller, agencies that find partners.

    Source: D5.
    """
    patents = alliance.core_patents + alliance.generic_patents
    offered = 1.0 - exp(-patents / p.dispute_patents)
    return p.licence_rate * offered * alliance.conversion * (0.5 + alliance.trust) * sector.analysis


@compiled
def imitation_rates(alliance, line, sector, p) -> tuple:
    """Rates p and q of Bass diffusion for a line's results, a quarter.

    Mandate, subsidy, demonstration, standards and compulsory licences raise encounters; enforced rights slow
    imitation. Source: D2, D3, D4, D6, D8.
    """
    public = line.public / (line.public + line.private + 1e-9)
    generic = line.generic_patents / (line.core_patents + line.generic_patents + 1e-9)
    mandated = alliance.mandate * (p.mandate_basic + (1.0 - p.mandate_basic) * generic) * min(3.0 * public, 1.0)
    encounters = (
        p.mandate_encounters * mandated
        + p.reward_encounters * alliance.rewarded
        + p.show_encounters * alliance.shown
        + p.standard_encounters * sector.promotion * (1.0 - exp(-line.standards))
        + p.antitrust_encounters * sector.antitrust * dominance(alliance, p)
    )
    slowed = (1.0 - p.enforce_spread * sector.enforcement) * (1.0 - p.warning_spread * sector.warning)
    return p.spread_spontaneous + encounters, p.spread_imitation * slowed


@compiled
def economics(benefit, cost, p):
    """Economic dimension: benefit in benefit plus cost, R&D being written off over years."""
    return benefit / (benefit + cost + p.economics_floor)


@compiled
def stability(alliance, p):
    """Structural stability: trust, discounted for turnover."""
    return alliance.trust * max(1.0 - p.stability_turnover * alliance.turnover, 0.0)


@compiled
def vitality(dimensions, p):
    """Weighted mean of the six dimensions (E1): the vertical axis of the life-cycle curve."""
    total = (
        p.weight_technology * dimensions[Dimension.TECHNOLOGY]
        + p.weight_economics * dimensions[Dimension.ECONOMICS]
        + p.weight_standing * dimensions[Dimension.STANDING]
        + p.weight_stability * dimensions[Dimension.STABILITY]
        + p.weight_governance * dimensions[Dimension.GOVERNANCE]
        + p.weight_clarity * dimensions[Dimension.CLARITY]
    )
    return total / (
        p.weight_technology + p.weight_economics + p.weight_standing
        + p.weight_stability + p.weight_governance + p.weight_clarity
    )
