"""Rules of an alliance against values worked by hand: ideas, work, failure, trust, disputes, vitality."""

import numpy as np
import pytest

from alliancelab.agents import alliance_rules
from alliancelab.model.tables import LINES, PROJECTS, SECTORS
from tests.support.rows import E_FOLD, INDUSTRIALISATION, LAUNCH, RESEARCH, alliance, parameters, row


@pytest.mark.parametrize(("openness", "research", "slack", "chance"), [
    (1.0, 7, 1.0, 0.1), (0.0, 7, 1.0, 0.02), (1.0, 0, 1.0, 0.03), (1.0, 7, 0.0, 0.04), (0.5, 2, 0.5, 0.1 * 0.6 * 0.35),
])
def test_new_fields_are_seen_through_openness_science_and_idle_hands(rule, openness, research, slack, chance):
    """7.5: `sight`."""
    home = alliance(size=10, research=research, openness=openness)
    seen = rule(alliance_rules.sight)(home, slack, parameters(sight=0.1))
    assert seen == pytest.approx(chance if research != 2 else 0.1 * 0.6 * 0.5 * 0.7)


WORTH = {"worth_industrialisation": 1.2, "worth_launch": 1.5, "ripe": 0.1, "crowding": 0.5}


@pytest.mark.parametrize(("kind", "line", "rivals", "worth"), [
    # Promise 0.5, times half plus half of the knowledge, times head-room, over one plus 0.5 * rivals.
    (RESEARCH, {"knowledge": 0.5}, 0.0, 0.5 * 0.75 * 0.5),
    (RESEARCH, {"knowledge": 0.5}, 2.0, 0.5 * 0.75 * 0.5 / 2.0),
    (RESEARCH, {"knowledge": 1.0}, 0.0, 0.0),
    (INDUSTRIALISATION, {"knowledge": 0.8, "industrialised": 0.4}, 0.0, 0.5 * 0.9 * 1.2 * 0.4),
    (INDUSTRIALISATION, {"knowledge": 0.8, "industrialised": 0.75}, 0.0, 0.5 * 0.9 * 1.2 * 0.2 * 0.05),  # not ripe
    (INDUSTRIALISATION, {"knowledge": 0.8, "industrialised": 0.8}, 0.0, 0.0),
    (LAUNCH, {"knowledge": 0.8, "industrialised": 0.6, "launched": 0.2}, 0.0, 0.5 * 0.9 * 1.5 * 0.4),
    (LAUNCH, {"knowledge": 0.8}, 0.0, 0.0),  # nothing can be produced yet
])
def test_a_project_is_worth_the_promise_and_head_room_of_its_line_shared_with_rivals(rule, kind, line, rivals, worth):
    """7.5: `worth_of_line`."""
    found = rule(alliance_rules.worth_of_line)(row(LINES, **line), kind, 0.5, rivals, parameters(**WORTH))
    assert found == pytest.approx(worth)


def test_a_field_outside_the_agenda_is_worth_less_the_less_it_is_like_what_is_known(rule):
    """7.5: `worth_of_new_line`."""
    # 0.5 * (1 - 0.6 * 0.5) = 0.35, halved by two rivals.
    p = parameters(unlike=0.6, crowding=0.5)
    assert rule(alliance_rules.worth_of_new_line)(0.5, 0.5, 0.0, p) == pytest.approx(0.35)
    assert rule(alliance_rules.worth_of_new_line)(0.5, 0.5, 2.0, p) == pytest.approx(0.175)
    assert rule(alliance_rules.worth_of_new_line)(0.5, 1.0, 0.0, p) == pytest.approx(0.5)


@pytest.mark.parametrize(("running", "free", "need", "idea", "odds"), [
    (0, 5.0, 0.4, 0.3, 0.4),
    (1, 5.0, 0.4, 0.3, 0.3),  # with work at hand half of the hands have to be idle for half of the slack
    (0, 0.0, 0.4, 0.3, 0.0),
    (0, 5.0, 0.2, 0.3, 0.2), (0, 5.0, 9.0, 0.3, 0.8),
    (0, 5.0, 0.4, 0.15, 0.28), (0, 5.0, 0.4, 9.0, 0.4),
])
def test_projects_are_proposed_by_worth_free_hands_and_need(rule, running, free, need, idea, odds):
    """7.5: `proposal_odds`."""
    p = parameters(propose_rate=0.4, need_usual=0.4, worth_least=0.1)
    home = alliance(size=10, running=running, idea_worth=idea)
    assert rule(alliance_rules.proposal_odds)(home, free, need, p) == pytest.approx(odds)


WORK = {
    "pace": 0.8, "paid_most": 4.0, "effort_exponent": 0.5, "coverage_base": 0.4, "rate_most": 1e7, "method_weight": 0.5,
    "platform_effect": 0.8, "progress_luck": 0.3,
}


@pytest.mark.parametrize(("paid", "coverage", "bond", "skill", "access", "luck", "done"), [
    # A tenth of the pace of 0.8 over ten planned quarters: paid as planned, covered 0.6, trust and clarity one half.
    (1.0, 0.6, 0.5, 0.2, 0.0, 0.5, 0.08),
    (4.0, 0.6, 0.5, 0.2, 0.0, 0.5, 0.16), (99.0, 0.6, 0.5, 0.2, 0.0, 0.5, 0.16), (0.0, 0.6, 0.5, 0.2, 0.0, 0.5, 0.0),
    (1.0, 1.0, 0.5, 0.2, 0.0, 0.5, 0.08 * 1.4),
    (1.0, 0.6, 1.0, 0.2, 0.0, 0.5, 0.16),
    (1.0, 0.6, 0.5, 1.0, 0.0, 0.5, 0.08 * 1.4),
    (1.0, 0.6, 0.5, 0.2, 1.0, 0.5, 0.08 * 1.8),
    (1.0, 0.6, 0.5, 0.2, 0.0, 1.0, 0.08 * 1.3), (1.0, 0.6, 0.5, 0.2, 0.0, 0.0, 0.08 * 0.7),
])
def test_work_follows_money_coverage_cohesion_methods_platforms_and_luck(
        rule, paid, coverage, bond, skill, access, luck, done):
    """7.6: `work_done`."""
    project, home = row(PROJECTS, planned=10, coverage=coverage), alliance(trust=bond, clarity=bond)
    worked = rule(alliance_rules.work_done)(project, home, paid, skill, access, luck, parameters(**WORK))
    assert worked == pytest.approx(done)


@pytest.mark.parametrize(("paid", "bond", "part"), [(1.0, 0.5, 0.5), (4.0, 0.5, 0.75), (4.0, 1.0, 0.9375)])
def test_work_cannot_be_hurried_without_end(rule, paid, bond, part):
    """One unit reaches half of the most, each further unit half of what is left."""
    project, home = row(PROJECTS, planned=10, coverage=0.6), alliance(trust=bond, clarity=bond)
    p = parameters(**WORK | {"rate_most": 1.0 / np.log(2.0)})
    worked = rule(alliance_rules.work_done)(project, home, paid, 0.2, 0.0, 0.5, p)
    assert worked == pytest.approx(0.08 * part / np.log(2.0))


FATE = {
    "failure_rate_project": 0.01, "knowledge_helps": 0.3, "failure_want": 2.0, "paid_usual": 1.0, "lessons_help": 0.5,
}


@pytest.mark.parametrize(("project", "home", "lessons", "hazard"), [
    # Ambition one half, coverage 0.6, trust 0.6, paid as planned: every factor is one.
    ({}, {}, 0.0, 0.01),
    ({"ambition": 1.0}, {}, 0.0, 0.017), ({"ambition": 0.0}, {}, 0.0, 0.003),
    ({"coverage": 1.0}, {"technology": 1.0}, 0.0, 0.003), ({"coverage": 0.1}, {}, 0.0, 0.015),
    ({}, {"trust": 0.1}, 0.0, 0.015), ({}, {"trust": 1.0, "satisfaction": 1.0}, 0.0, 0.003),
    ({"paid": 0.5}, {}, 0.0, 0.02), ({"paid": 3.0}, {}, 0.0, 0.01),  # more than planned saves nothing
    ({}, {}, 1.0, 0.005),
])
def test_projects_fail_by_ambition_against_knowledge_by_mistrust_and_by_want_of_money(
        rule, project, home, lessons, hazard):
    """7.6: `failure_of_project`."""
    one = row(PROJECTS, **{"ambition": 0.5, "coverage": 0.6, "paid": 1.0} | project)
    of = alliance(**{"trust": 0.6} | home)
    assert rule(alliance_rules.failure_of_project)(one, of, lessons, parameters(**FATE)) == pytest.approx(hazard)


@pytest.mark.parametrize(("patents", "change", "hazard"), [
    (0.0, {}, 0.02),  # 0.08 * 0.25 * 1 * 1 * 1
    (10.0, {}, 0.08 * (1.0 - 0.75 / 2.718281828459045)),
    (0.0, {"inequality": 0.0}, 0.01),
    (0.0, {"trust": 1.0}, 0.01),
    (0.0, {"governance": 1.0, "fund_rules": 1.0}, 0.01),
])
def test_disputes_grow_with_property_and_inequality_and_fall_with_trust_and_rules(rule, patents, change, hazard):
    """7.8: `dispute_hazard`."""
    p = parameters(dispute_rate=0.08, dispute_existing=0.25, dispute_patents=10.0)
    home = alliance(core_patents=0.4 * patents, generic_patents=0.6 * patents,
                    **{"inequality": 0.5, "governance": 0.5, "fund_rules": 0.5, "trust": 0.5} | change)
    assert rule(alliance_rules.dispute_hazard)(home, row(SECTORS), p) == pytest.approx(hazard)


def test_enforced_rights_and_litigation_settle_part_of_the_disputes(rule):
    """7.8: `dispute_hazard`."""
    p = parameters(enforce_disputes=0.5, litigation_disputes=0.4)
    home = alliance(core_patents=5.0, governance=0.5, trust=0.5)
    hazard = rule(alliance_rules.dispute_hazard)
    alone = hazard(home, row(SECTORS), p)
    assert hazard(home, row(SECTORS, enforcement=0.8), p) == pytest.approx(0.6 * alone)
    assert hazard(home, row(SECTORS, enforcement=0.8, litigation=0.5), p) == pytest.approx(0.48 * alone)


def test_trust_grows_with_satisfaction_fades_and_suffers_from_turnover(rule):
    """7.8: `trust_change`."""
    # 0.1 * 0.8 * (1 - 0.5) - (0.02 + 0.3 * 0.1) * 0.5
    p = parameters(trust_gain=0.1, trust_fade=0.02, trust_turnover=0.3)
    change = rule(alliance_rules.trust_change)(alliance(satisfaction=0.8, trust=0.5, turnover=0.1), p)
    assert change == pytest.approx(0.04 - 0.025)


@pytest.mark.parametrize(("managed", "change"), [
    # Paid: (0.04 * 0.5 + 0.06 * 0.5) * 0.4 - (0.01 * 2 + 0.5 * 0.1) * 0.6, twice the span of members.
    (1.0, 0.02 - 0.042),
    (0.0, 0.012 - 0.054),  # without pay no practice, and twice the wear
])
def test_governance_grows_by_paid_practice_and_supervision_and_wears_with_size_and_turnover(rule, managed, change):
    """7.8: `governance_change`."""
    p = parameters(governance_practice=0.04, governance_supervised=0.06, governance_turnover=0.5, governance_wear=0.01,
                   governance_span=20.0)
    home = alliance(trust=0.5, governance=0.6, turnover=0.1, size=20, managed=managed)
    assert rule(alliance_rules.governance_change)(home, 0.5, p) == pytest.approx(change)


@pytest.mark.parametrize(("active", "promise", "prospect", "clarity"), [
    (5, 1.0, 0.5, 0.1 + 0.4 * 0.65 + 0.1 + 0.1),
    (5, 0.0, 0.5, 0.1 + 0.4 * 0.65 * 0.4 + 0.1 + 0.1),
    (10, 1.0, 0.5, 0.1 + 0.4 + 0.1 + 0.1),  # three quarters at work are as good as all
    (0, 1.0, 0.0, 0.1 + 0.1),
])
def test_goals_are_clear_by_members_at_work_on_lines_with_a_future_and_by_what_is_planned(
        rule, active, promise, prospect, clarity):
    """7.8: `clarity_target`."""
    p = parameters(clarity_base=0.1, clarity_work=0.4, clarity_prospect=0.2, clarity_motive=0.2)
    home = alliance(motive=0.5, size=10, active=active, prospect=prospect)
    assert rule(alliance_rules.clarity_target)(home, promise, p) == pytest.approx(clarity)


@pytest.mark.parametrize(("mandate", "public", "generic", "innovation"), [
    (0.0, 1.0, 1.0, 0.01),
    (1.0, 0.0, 1.0, 0.01),  # nothing public, nothing to show
    (1.0, 0.5, 1.0, 0.06),  # a third of public money is enough for the full duty
    (1.0, 0.5, 0.0, 0.03),  # core technology: the basic reach 0.4 of 0.05
    (0.5, 0.1, 1.0, 0.01 + 0.05 * 0.5 * 0.3),
])
def test_a_mandate_makes_publicly_paid_and_generic_results_met_more_often(rule, mandate, public, generic, innovation):
    """7.9: `imitation_rates`."""
    p = parameters(spread_spontaneous=0.01, spread_imitation=0.1, mandate_encounters=0.05, mandate_basic=0.4)
    line = row(LINES, public=100.0 * public, private=100.0 * (1.0 - public), generic_patents=100.0 * generic,
               core_patents=100.0 * (1.0 - generic))
    rates = rule(alliance_rules.imitation_rates)(alliance(mandate=mandate), line, row(SECTORS), p)
    assert rates == pytest.approx((innovation, 0.1))


def test_subsidy_demonstration_standards_and_compulsory_licences_add_encounters_and_rights_slow_imitation(rule):
    """7.9: `imitation_rates`."""
    p = parameters(spread_spontaneous=0.01, spread_imitation=0.1, reward_encounters=0.06, show_encounters=0.05,
                   antitrust_encounters=0.3, monopoly_share=0.2, enforce_spread=0.4, warning_spread=0.2,
                   standard_encounters=0.04)
    home, line = alliance(rewarded=0.5, shown=0.4, market_share=0.6), row(LINES, standards=1.0)
    sector = row(SECTORS, enforcement=0.5, antitrust=0.2, warning=0.5, promotion=0.5)
    assert rule(alliance_rules.imitation_rates)(home, line, sector, p) == pytest.approx(
        (0.01 + 0.03 + 0.02 + 0.3 * 0.2 * 0.5 + 0.04 * 0.5 * E_FOLD, 0.1 * 0.8 * 0.9))


def test_economics_is_benefit_in_benefit_plus_cost_and_nothing_where_little_is_at_stake(rule):
    """7.10: `economics`."""
    p = parameters(economics_floor=0.1)
    assert rule(alliance_rules.economics)(3.0, 0.9, p) == pytest.approx(0.75)
    assert rule(alliance_rules.economics)(0.0, 0.0, p) == 0.0


@pytest.mark.parametrize(("turnover", "stability"), [(0.0, 0.8), (0.125, 0.4), (0.25, 0.0), (0.9, 0.0)])
def test_stability_is_trust_until_turnover_takes_it(rule, turnover, stability):
    """7.10: `stability`."""
    p = parameters(stability_turnover=4.0)
    assert rule(alliance_rules.stability)(alliance(trust=0.8, turnover=turnover), p) == pytest.approx(stability)


def test_vitality_is_the_weighted_mean_of_the_six_dimensions_in_their_order(rule):
    """7.10: `vitality`."""
    names = ("technology", "economics", "standing", "stability", "governance", "clarity")
    for place, name in enumerate(names):
        weights = {f"weight_{other}": 1.0 if other == name else 0.0 for other in names}
        dimensions = np.arange(1.0, 7.0) / 10.0
        assert rule(alliance_rules.vitality)(dimensions, parameters(**weights)) == pytest.approx((place + 1) / 10.0)
    equal = {f"weight_{name}": 1.0 for name in names}
    uneven = parameters(**equal | {"weight_technology": 5.0})  # (5 * 0.1 + 0.2 + 0.3 + 0.4 + 0.5 + 0.6) / 10
    assert rule(alliance_rules.vitality)(dimensions, uneven) == pytest.approx(0.25)


@pytest.mark.parametrize(("money", "chance"), [(0.0, 0.0), (1.0, E_FOLD), (1e6, 1.0)])
def test_public_money_begins_a_project_as_far_as_it_pays_and_nothing_begins_for_nothing(rule, money, chance):
    """7.5: `beginning_for_money`."""
    p = parameters(money_pull=5.0, partner_cost=0.5, project_size=10.0)
    assert rule(alliance_rules.beginning_for_money)(money, p) == pytest.approx(chance)


@pytest.mark.parametrize(("share", "dominance"), [(0.1, 0.0), (0.2, 0.0), (0.6, 0.5), (1.0, 1.0)])
def test_dominance_begins_beyond_the_share_of_a_monopoly(rule, share, dominance):
    """7.7: `dominance`."""
    found = rule(alliance_rules.dominance)(alliance(market_share=share), parameters(monopoly_share=0.2))
    assert found == pytest.approx(dominance)


def test_property_deals_need_property_use_trust_and_agencies_that_find_buyers(rule):
    """Section 8: `licence_rate`."""
    p = parameters(licence_rate=0.5, dispute_patents=10.0)
    seller = alliance(core_patents=4.0, generic_patents=6.0, conversion=0.5, trust=0.3)
    assert rule(alliance_rules.licence_rate)(seller, row(SECTORS, analysis=0.5), p) == pytest.approx(
        0.5 * E_FOLD * 0.5 * 0.8 * 0.5)
    assert rule(alliance_rules.licence_rate)(seller, row(SECTORS), p) == 0.0


@pytest.mark.parametrize(("difference", "counts"), [(0.3, 0.3), (0.1, 0.1), (0.05, 0.01), (0.0, 0.0), (-0.4, 0.0)])
def test_what_waits_counts_in_full_once_it_is_ripe_and_a_fifth_before(rule, difference, counts):
    """7.5: `waiting`: h(x) = x from `ripe` on and 0.2 max(x, 0) below."""
    assert rule(alliance_rules.waiting)(difference, parameters(ripe=0.1)) == pytest.approx(counts)
