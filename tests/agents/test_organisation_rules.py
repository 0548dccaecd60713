"""What an organisation decides, against values worked by hand: to join, to give, to leave, to sign again."""

from math import exp, log

import pytest

from alliancelab.agents import organisation_rules
from alliancelab.agents.codes import Kind
from alliancelab.agents.organisation_rules import Offer
from alliancelab.model.tables import ORGANISATIONS, SEATS
from tests.support.rows import LN3, alliance, firm, parameters, row, vector


@pytest.mark.parametrize(("x", "y"), [(0.0, 0.5), (LN3, 0.75), (-LN3, 0.25), (700.0, 1.0), (-700.0, 0.0)])
def test_the_logistic_function_halves_at_zero_and_saturates(rule, x, y):
    """Section 7: `sigmoid`."""
    assert rule(organisation_rules.sigmoid)(x) == pytest.approx(y, abs=1e-15)


@pytest.mark.parametrize(("size", "standing"), [(0.0, 0.0), (60.0, 0.5), (180.0, 0.75)])
def test_standing_is_one_half_at_the_reference_size(rule, size, standing):
    """Section 7: `standing`."""
    assert rule(organisation_rules.standing)(size, parameters(standing_size=60.0)) == pytest.approx(standing)


@pytest.mark.parametrize(("kind", "budget"), [(Kind.FIRM, 1.5), (Kind.UNIVERSITY, 50.0), (Kind.AGENCY, 50.0)])
def test_a_firm_researches_with_a_share_of_its_revenue_and_others_with_their_whole_budget(rule, kind, budget):
    """Section 7: `research_budget`."""
    one = row(ORGANISATIONS, kind=kind, size=50.0)
    assert rule(organisation_rules.research_budget)(one, parameters(research_intensity=0.03)) == pytest.approx(budget)


@pytest.mark.parametrize(("kind", "size", "capacity"), [
    (Kind.FIRM, 60.0, 2.0), (Kind.FIRM, 240.0, 4.0), (Kind.FIRM, 0.6, 1.0),  # the smallest firm can do one project
    (Kind.UNIVERSITY, 6.0, 10.0), (Kind.INSTITUTE, 24.0, 20.0), (Kind.UNIVERSITY, 1e-9, 1.0),
])
def test_capacity_for_projects_grows_with_the_root_of_size_and_is_one_at_least(rule, kind, size, capacity):
    """7.3: `usual_capacity`."""
    p = parameters(capacity_firm=2.0, capacity_research=10.0, capacity_size=0.5, standing_size=60.0,
                   research_budget=6.0)
    one = row(ORGANISATIONS, kind=kind, size=size)
    assert rule(organisation_rules.usual_capacity)(one, p) == pytest.approx(capacity)


HANDS = {"alliance_share": 0.2, "research_intensity": 0.05, "idle_seats": 2.0}


@pytest.mark.parametrize(("change", "hands"), [
    ({}, True), ({"active": False}, False),
    ({"project_count": 2}, True), ({"project_count": 3}, False),  # the third and last project, and one too many
    ({"promised": 1.0}, True), ({"promised": 1.1}, False),  # a fifth of a research budget of 5
])
def test_an_organisation_takes_on_projects_while_people_are_free_and_money_is_not_promised(rule, change, hands):
    """7.3: `has_hands`."""
    one = firm(**{"size": 100.0, "capacity": 3.0} | change)
    assert bool(rule(organisation_rules.has_hands)(one, parameters(**HANDS))) is hands


@pytest.mark.parametrize(("count", "working", "room"), [(4, 0, True), (5, 0, False), (4, 3, False)])
def test_an_organisation_joins_alliances_while_it_has_hands_and_sits_idle_in_few(rule, count, working, room):
    """7.3: `has_room`."""
    one = firm(size=100.0, capacity=3.0, alliance_count=count, project_count=working)
    assert bool(rule(organisation_rules.has_room)(one, parameters(**HANDS))) is room


@pytest.mark.parametrize(("gap", "taste", "count", "need"), [
    (0.5, 0.5, 1, 0.5),  # -1 + 2 * 0.5 + 0.5 - 1.0 * 1 / 2 = 0
    (1.0, LN3 - 1.0, 0, 0.75),  # -1 + 2 + ln 3 - 1 = ln 3
    (0.0, 1.0 - LN3, 0, 0.25),
])
def test_need_follows_gap_and_taste_less_what_alliances_serve_of_its_capacity(rule, gap, taste, count, need):
    """7.3: `need_target`."""
    p = parameters(need_constant=-1.0, need_gap=2.0, need_served=1.0)
    organisation = firm(taste=taste, alliance_count=count, capacity=2.0)
    assert rule(organisation_rules.need_target)(organisation, gap, p) == pytest.approx(need)


def test_a_candidate_adds_coverage_only_where_it_beats_the_best_member(rule):
    """7.4: `coverage_gain`."""
    # Class 1: 0.5 * (0.6 - 0.2) = 0.2; class 2: behind; class 3: 0.25 * (0.9 - 0.5) = 0.1.
    candidate = firm(expertise=vector(0.6, 0.4, 0.9))
    gain = rule(organisation_rules.coverage_gain)(candidate, vector(0.5, 0.25, 0.25), vector(0.2, 0.6, 0.5))
    assert gain == pytest.approx(0.3)


def test_common_ground_is_the_lesser_expertise_weighted_by_the_field(rule):
    """7.4: `overlap`."""
    # 0.5 * 0.2 + 0.25 * 0.4 + 0.25 * 0.5
    candidate = firm(expertise=vector(0.6, 0.4, 0.9))
    common = rule(organisation_rules.overlap)(candidate, vector(0.5, 0.25, 0.25), vector(0.2, 0.6, 0.5))
    assert common == pytest.approx(0.325)


ACCEPTANCE = {
    "accept_constant": 0.5, "accept_need": 2.0, "accept_gain": 4.0, "accept_overlap": 1.0, "accept_reputation": 2.0,
    "accept_trust": 1.5, "accept_label": 0.6, "accept_subsidy": 0.4, "accept_bonus": 1.0, "accept_proximity": 0.3,
    "accept_opportunism": 0.5, "accept_loss": 2.0, "accept_risk": 0.8, "risk_borne": 0.5, "standing_size": 60.0,
    "research_intensity": 0.03,
}
OFFER = Offer(reputation=0.75, opportunism=0.4, guard=0.5, trust=0.2, subsidy=0.5, label=1.0, public_loss=0.2,
              bonus=0.3, burden=0.9)


@pytest.mark.parametrize(("kind", "size", "logit"), [
    # 0.5 + 0.5 + 0.4 + 0.3 + 0.5 + 0.3 + 0.6 + 0.2 + 0.3 + 0.3 in favour; 0.1 unguarded opportunism against, and 0.2
    # risk, half of caution where the burden is half of a research budget of 1.8. A firm of standing one half fears to
    # lose 2 * 0.2 * 0.5, of which the subsidy pays half.
    (Kind.UNIVERSITY, 1.8, 3.6), (Kind.AGENCY, 1.8, 3.6), (Kind.FIRM, 60.0, 3.5),
])
def test_willingness_weighs_what_speaks_for_joining_against_opportunism_risk_and_loss(rule, kind, size, logit):
    """7.4: `willingness`."""
    candidate = row(ORGANISATIONS, kind=kind, stated_need=0.25, size=size, caution=0.5)
    willing = rule(organisation_rules.willingness)(candidate, OFFER, 0.1, 0.3, 1.0, parameters(**ACCEPTANCE))
    assert willing == pytest.approx(logit)


@pytest.mark.parametrize(("change", "raises"), [
    ({"reputation": 0.8}, True), ({"opportunism": 0.5}, False), ({"guard": 0.6}, True), ({"trust": 0.3}, True),
    ({"subsidy": 0.6}, True), ({"label": 0.0}, False), ({"public_loss": 0.3}, False), ({"bonus": 0.4}, True),
    ({"burden": 1.2}, False),
])
def test_each_part_of_an_offer_moves_willingness_its_own_way(rule, change, raises):
    """7.4: `willingness`."""
    willingness = rule(organisation_rules.willingness)
    candidate, p = firm(stated_need=0.25, size=60.0, caution=0.5), parameters(**ACCEPTANCE)
    moved = willingness(candidate, OFFER._replace(**change), 0.1, 0.3, 1.0, p)
    assert bool(moved > willingness(candidate, OFFER, 0.1, 0.3, 1.0, p)) is raises


def test_a_burden_frightens_the_cautious_more_and_those_without_caution_not_at_all(rule):
    """7.4: `willingness`."""
    willingness, p = rule(organisation_rules.willingness), parameters(**ACCEPTANCE)
    heavier = OFFER._replace(burden=1.8)
    lost = [willingness(firm(size=60.0, caution=caution), OFFER, 0.1, 0.3, 1.0, p)
            - willingness(firm(size=60.0, caution=caution), heavier, 0.1, 0.3, 1.0, p) for caution in (0.0, 0.3, 0.9)]
    assert lost == pytest.approx([0.0, 0.8 * 0.3 / 6.0, 0.8 * 0.9 / 6.0])  # from a half to two thirds


ENGAGEMENT = {
    "engage_constant": -1.0, "engage_satisfaction": 2.0, "engage_trust": 1.0, "engage_clarity": 1.0,
    "engage_need": 1.0, "engage_opportunism": 4.0, "engage_mandate": 0.5, "detection": 0.5,
}


@pytest.mark.parametrize(("supervision", "mandate", "binding", "engaged"), [
    # -1 + 1 + 0.5 + 0.25 + 0.25 = 1 before opportunism 4 * 0.5 * (1 - 0.5) * (1 - 0.5 * supervision).
    (1.0, 1.0, 0.0, 0.5),  # 1 - 0.5 - 0.5
    (1.0, 0.0, 0.0, exp(0.5) / (1.0 + exp(0.5))),
    (0.0, 0.0, 0.0, 0.5),  # unguarded opportunism takes the whole 1
    (0.0, 1.0, 0.5, 0.5),  # the contract guards half of what the managing body leaves open
])
def test_partners_give_by_satisfaction_and_trust_less_unguarded_opportunism(
        rule, supervision, mandate, binding, engaged):
    """7.6: `engagement`."""
    seat = row(SEATS, satisfaction=0.5)
    home = alliance(trust=0.5, clarity=0.25, governance=0.5, binding=binding, mandate=mandate)
    partner = firm(opportunism=0.5, stated_need=0.75)
    given_ = rule(organisation_rules.engagement)(seat, partner, home, supervision, parameters(**ENGAGEMENT))
    assert given_ == pytest.approx(engaged)


SATISFACTION = {
    "satisfy_constant": -1.0, "satisfy_project": 0.5, "satisfy_benefit": 2.0, "benefit_research": 0.5,
    "satisfy_prospect": 1.0, "satisfy_trust": 1.0, "satisfy_learning": 2.0, "satisfy_need": 1.0,
    "satisfy_label": 0.25, "satisfy_idle": 0.4, "satisfy_loss": 1.5, "satisfy_inequality": 1.0,
    "satisfy_burden": 0.5, "benefit_floor": 0.5,
}


@pytest.mark.parametrize(("kind", "change", "label", "burden", "logit"), [
    # Net benefit 1 / (1 + 0.5 + 0.5) = 0.5, of which science feels half; prospect 0.4; trust 0.2; learning 0.5; need
    # 0.1; unfairness 0.1 against.
    (Kind.FIRM, {}, 0.0, 0.0, -1.0 + 1.0 + 0.4 + 0.2 + 1.0 + 0.1 - 0.1),
    (Kind.UNIVERSITY, {}, 0.0, 0.0, -1.0 + 0.5 + 0.4 + 0.2 + 1.0 + 0.1 - 0.1),
    (Kind.FIRM, {"projects": 3}, 0.0, 0.0, 1.6 + 0.5),
    (Kind.FIRM, {"idle": 8}, 0.0, 0.0, 1.6 - 0.4),
    (Kind.FIRM, {"idle": 99}, 0.0, 0.0, 1.6 - 0.8),  # after four years waiting is no worse
    (Kind.FIRM, {"loss": 0.4}, 0.0, 0.0, 1.6 - 0.6),
    (Kind.FIRM, {}, 1.0, 0.5, 1.6 + 0.25 - 0.25),
])
def test_satisfaction_moves_to_projects_benefit_and_prospect_less_waiting_loss_and_unfairness(
    rule, kind, change, label, burden, logit
):
    """7.8: `satisfaction_target`."""
    seat = row(SEATS, **{"benefit": 1.0, "cost": 0.5, "learning": 0.5} | change)
    home = alliance(inequality=0.1, label=label, prospect=0.4, trust=0.7)
    member = row(ORGANISATIONS, kind=kind, stated_need=0.6)
    target = rule(organisation_rules.satisfaction_target)(seat, member, home, burden, parameters(**SATISFACTION))
    assert log(target / (1.0 - target)) == pytest.approx(logit)


@pytest.mark.parametrize(("satisfaction", "binding", "hazard"), [
    (0.5, 0.0, 0.04),  # middling satisfaction: the base hazard
    (1.0, 0.0, 0.02),  # exp(-ln 2) halves it
    (0.0, 0.0, 0.08),
    (0.5, 1.0, 0.01),  # the contract binds three quarters
    (0.0, 0.5, 0.05),
])
def test_members_without_a_project_leave_by_dissatisfaction_and_where_the_contract_does_not_bind(
        rule, satisfaction, binding, hazard):
    """7.8: `exit_hazard`."""
    p = parameters(exit_rate=0.04, exit_slope=log(2.0), exit_binding=0.75)
    seat, home = row(SEATS, satisfaction=satisfaction), alliance(binding=binding)
    assert rule(organisation_rules.exit_hazard)(seat, home, p) == pytest.approx(hazard)


def test_a_hazard_of_leaving_is_never_more_than_certain(rule):
    """7.8: `exit_hazard`."""
    p = parameters(exit_rate=0.9, exit_slope=5.0)
    assert rule(organisation_rules.exit_hazard)(row(SEATS), alliance(), p) == 1.0


@pytest.mark.parametrize(("held", "hazard"), [(0.0, 0.004), (0.5, 0.002), (1.0, 0.0)])
def test_few_leave_a_running_project_and_none_whom_a_supervisor_holds(rule, held, hazard):
    """7.6: `quit_hazard`."""
    p = parameters(exit_rate=0.04, exit_slope=1.0, exit_binding=0.0, exit_project=0.1)
    quits = rule(organisation_rules.quit_hazard)(row(SEATS, satisfaction=0.5), alliance(), held, p)
    assert quits == pytest.approx(hazard)


@pytest.mark.parametrize(("satisfaction", "binding", "odds"), [
    (0.6, 0.5, 0.5), (0.6 + LN3 / 5.0, 0.5, 0.75), (0.6 - LN3 / 5.0, 0.5, 0.25), (0.6, 0.5 + LN3 / 4.0, 0.75),
])
def test_members_sign_again_by_satisfaction_and_a_contract_that_binds(rule, satisfaction, binding, odds):
    """7.11: `renewal_odds`."""
    p = parameters(vote_slope=5.0, vote_middle=0.6, vote_binding=4.0)
    signs = rule(organisation_rules.renewal_odds)(row(SEATS, satisfaction=satisfaction), alliance(binding=binding), p)
    assert signs == pytest.approx(odds)


@pytest.mark.parametrize(("kind", "size", "strong"), [
    (Kind.FIRM, 180.0, True), (Kind.FIRM, 179.0, False), (Kind.UNIVERSITY, 999.0, False),
])
def test_a_strong_firm_has_at_least_the_standing_asked_for(rule, kind, size, strong):
    """Section 8, special support: `is_strong_firm`; a standing of three quarters is three times the reference size."""
    p = parameters(standing_size=60.0, strong_standing=0.75)
    assert bool(rule(organisation_rules.is_strong_firm)(row(ORGANISATIONS, kind=kind, size=size), p)) is strong


def test_universities_and_institutes_are_research_partners_and_agencies_are_not(rule):
    """Section 8, special support: `is_scientific`."""
    scientific = [bool(rule(organisation_rules.is_scientific)(row(ORGANISATIONS, kind=kind))) for kind in Kind]
    assert scientific == [False, True, True, False]
