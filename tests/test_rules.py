"""Every rule of decision against values worked out by hand, compiled and as plain Python."""

from math import exp, log, sqrt

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from scipy import stats

from alliancelab.agents import alliance_rules, firm_rules, government_rules, organisation_rules
from alliancelab.agents.codes import FirmStage, Kind, Path, ProjectKind, Stage
from alliancelab.agents.government_rules import Composition
from alliancelab.agents.organisation_rules import Offer
from alliancelab.model import diagnosis, environment, life_cycle, market, projects, randomness, staffing
from alliancelab.model.declarations import one_row
from alliancelab.model.life_cycle import ALLOWED
from alliancelab.model.parameters import PARAMETERS
from alliancelab.model.setup import lever_schedule
from alliancelab.model.tables import (
    ALLIANCES,
    CLASSES,
    FIELDS,
    LINES,
    ORGANISATIONS,
    PROJECTS,
    SEATS,
    SECTORS,
    TEAM_LIMIT,
    table_type,
)
from tests.worlds import from_python, plain_setup, world_at

LN3 = log(3.0)  # the logit of three quarters
E_FOLD = 1.0 - exp(-1.0)
RESEARCH, INDUSTRIALISATION, LAUNCH = (int(kind) for kind in ProjectKind)


@pytest.fixture(params=["compiled", "plain"])
def rule(request):
    """Take a rule as it runs, or as the Python it was written in."""
    return (lambda f: f) if request.param == "compiled" else (lambda f: f.py_func)


def parameters(**values):
    return one_row(PARAMETERS, values)[0]


def row(columns, **values):
    made = np.zeros(1, table_type(columns))
    for name, value in values.items():
        made[name][0] = value
    return made[0]


def firm(**values):
    return row(ORGANISATIONS, **{"kind": Kind.FIRM, "active": True} | values)


def alliance(**values):
    return row(ALLIANCES, **{"pilot": -1} | values)


def vector(*first):
    full = np.zeros(CLASSES)
    full[: len(first)] = first
    return full


def levers(**values):
    schedule = lever_schedule(1)
    for name, value in values.items():
        schedule[name] = value
    return schedule[0]


# --- organisations ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("x", "y"), [(0.0, 0.5), (LN3, 0.75), (-LN3, 0.25), (700.0, 1.0), (-700.0, 0.0)])
def test_the_logistic_function_halves_at_zero_and_saturates(rule, x, y):
    assert rule(organisation_rules.sigmoid)(x) == pytest.approx(y, abs=1e-15)


@pytest.mark.parametrize(("size", "standing"), [(0.0, 0.0), (60.0, 0.5), (180.0, 0.75)])
def test_standing_is_one_half_at_the_reference_size(rule, size, standing):
    assert rule(organisation_rules.standing)(size, parameters(standing_size=60.0)) == pytest.approx(standing)


@pytest.mark.parametrize(("kind", "budget"), [(Kind.FIRM, 1.5), (Kind.UNIVERSITY, 50.0), (Kind.AGENCY, 50.0)])
def test_a_firm_researches_with_a_share_of_its_revenue_and_others_with_their_whole_budget(rule, kind, budget):
    one = row(ORGANISATIONS, kind=kind, size=50.0)
    assert rule(organisation_rules.research_budget)(one, parameters(research_intensity=0.03)) == pytest.approx(budget)


@pytest.mark.parametrize(("kind", "size", "capacity"), [
    (Kind.FIRM, 60.0, 2.0), (Kind.FIRM, 240.0, 4.0), (Kind.FIRM, 0.6, 1.0),  # the smallest firm can do one project
    (Kind.UNIVERSITY, 6.0, 10.0), (Kind.INSTITUTE, 24.0, 20.0), (Kind.UNIVERSITY, 1e-9, 1.0),
])
def test_capacity_for_projects_grows_with_the_root_of_size_and_is_one_at_least(rule, kind, size, capacity):
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
    one = firm(**{"size": 100.0, "capacity": 3.0} | change)
    assert bool(rule(organisation_rules.has_hands)(one, parameters(**HANDS))) is hands


@pytest.mark.parametrize(("count", "working", "room"), [(4, 0, True), (5, 0, False), (4, 3, False)])
def test_an_organisation_joins_alliances_while_it_has_hands_and_sits_idle_in_few(rule, count, working, room):
    one = firm(size=100.0, capacity=3.0, alliance_count=count, project_count=working)
    assert bool(rule(organisation_rules.has_room)(one, parameters(**HANDS))) is room


@pytest.mark.parametrize(("gap", "taste", "count", "need"), [
    (0.5, 0.5, 1, 0.5),  # -1 + 2 * 0.5 + 0.5 - 1.0 * 1 / 2 = 0
    (1.0, LN3 - 1.0, 0, 0.75),  # -1 + 2 + ln 3 - 1 = ln 3
    (0.0, 1.0 - LN3, 0, 0.25),
])
def test_need_follows_gap_and_taste_less_what_alliances_serve_of_its_capacity(rule, gap, taste, count, need):
    p = parameters(need_constant=-1.0, need_gap=2.0, need_served=1.0)
    organisation = firm(taste=taste, alliance_count=count, capacity=2.0)
    assert rule(organisation_rules.need_target)(organisation, gap, p) == pytest.approx(need)


def test_a_candidate_adds_coverage_only_where_it_beats_the_best_member(rule):
    # Class 1: 0.5 * (0.6 - 0.2) = 0.2; class 2: behind; class 3: 0.25 * (0.9 - 0.5) = 0.1.
    candidate = firm(expertise=vector(0.6, 0.4, 0.9))
    gain = rule(organisation_rules.coverage_gain)(candidate, vector(0.5, 0.25, 0.25), vector(0.2, 0.6, 0.5))
    assert gain == pytest.approx(0.3)


def test_common_ground_is_the_lesser_expertise_weighted_by_the_field(rule):
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
    candidate = row(ORGANISATIONS, kind=kind, stated_need=0.25, size=size, caution=0.5)
    willing = rule(organisation_rules.willingness)(candidate, OFFER, 0.1, 0.3, 1.0, parameters(**ACCEPTANCE))
    assert willing == pytest.approx(logit)


@pytest.mark.parametrize(("change", "raises"), [
    ({"reputation": 0.8}, True), ({"opportunism": 0.5}, False), ({"guard": 0.6}, True), ({"trust": 0.3}, True),
    ({"subsidy": 0.6}, True), ({"label": 0.0}, False), ({"public_loss": 0.3}, False), ({"bonus": 0.4}, True),
    ({"burden": 1.2}, False),
])
def test_each_part_of_an_offer_moves_willingness_its_own_way(rule, change, raises):
    willingness = rule(organisation_rules.willingness)
    candidate, p = firm(stated_need=0.25, size=60.0, caution=0.5), parameters(**ACCEPTANCE)
    moved = willingness(candidate, OFFER._replace(**change), 0.1, 0.3, 1.0, p)
    assert bool(moved > willingness(candidate, OFFER, 0.1, 0.3, 1.0, p)) is raises


def test_a_burden_frightens_the_cautious_more_and_those_without_caution_not_at_all(rule):
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
    p = parameters(exit_rate=0.04, exit_slope=log(2.0), exit_binding=0.75)
    seat, home = row(SEATS, satisfaction=satisfaction), alliance(binding=binding)
    assert rule(organisation_rules.exit_hazard)(seat, home, p) == pytest.approx(hazard)


def test_a_hazard_of_leaving_is_never_more_than_certain(rule):
    p = parameters(exit_rate=0.9, exit_slope=5.0)
    assert rule(organisation_rules.exit_hazard)(row(SEATS), alliance(), p) == 1.0


@pytest.mark.parametrize(("held", "hazard"), [(0.0, 0.004), (0.5, 0.002), (1.0, 0.0)])
def test_few_leave_a_running_project_and_none_whom_a_supervisor_holds(rule, held, hazard):
    p = parameters(exit_rate=0.04, exit_slope=1.0, exit_binding=0.0, exit_project=0.1)
    quits = rule(organisation_rules.quit_hazard)(row(SEATS, satisfaction=0.5), alliance(), held, p)
    assert quits == pytest.approx(hazard)


@pytest.mark.parametrize(("satisfaction", "binding", "odds"), [
    (0.6, 0.5, 0.5), (0.6 + LN3 / 5.0, 0.5, 0.75), (0.6 - LN3 / 5.0, 0.5, 0.25), (0.6, 0.5 + LN3 / 4.0, 0.75),
])
def test_members_sign_again_by_satisfaction_and_a_contract_that_binds(rule, satisfaction, binding, odds):
    p = parameters(vote_slope=5.0, vote_middle=0.6, vote_binding=4.0)
    signs = rule(organisation_rules.renewal_odds)(row(SEATS, satisfaction=satisfaction), alliance(binding=binding), p)
    assert signs == pytest.approx(odds)


# --- firms -----------------------------------------------------------------------------------------------------------


def test_the_expected_loss_grows_where_a_mandate_meets_public_money(rule):
    p = parameters(public_good_loss=0.1, mandate_loss=0.4)
    assert rule(firm_rules.public_loss)(0.5, 0.5, p) == pytest.approx(0.2)
    assert rule(firm_rules.public_loss)(1.0, 0.0, p) == pytest.approx(0.1)


@pytest.mark.parametrize(("share", "genericness", "sought"), [
    (0.5, 0.5, 0.5), (0.5, 0.5 + LN3 / 4.0, 0.75), (0.5, 0.5 - LN3 / 4.0, 0.25), (0.0, 0.8, 0.0), (1.0, 0.2, 1.0),
])
def test_science_is_sought_by_odds_that_rise_with_genericness(rule, share, genericness, sought):
    p = parameters(meet_research=share, meet_generic=4.0)
    assert rule(firm_rules.research_sought)(row(FIELDS, genericness=genericness), p) == pytest.approx(sought)


DRIVE = {"subsidy_pull": 0.4, "standing_size": 60.0, "need_threshold": 0.5, "initiation_rate": 0.1}


@pytest.mark.parametrize(("need", "subsidy", "size", "drive", "hazard"), [
    # The drive adds 0.4 * subsidy and loses 0.2 * standing, of which the subsidy pays its share; the hazard is
    # 0.1 * standing * (drive - 0.5) / 0.5.
    (0.8, 0.0, 60.0, 0.7, 0.02),
    (0.8, 0.5, 60.0, 0.95, 0.045),
    (0.8, 0.0, 180.0, 0.65, 0.0225),
    (0.5, 0.0, 60.0, 0.4, 0.0),
])
def test_firms_start_by_need_and_subsidy_beyond_the_threshold_and_the_strong_fear_loss(
    rule, need, subsidy, size, drive, hazard
):
    founder, p = firm(stated_need=need, size=size), parameters(**DRIVE)
    assert rule(firm_rules.drive)(founder, subsidy, 0.2, p) == pytest.approx(drive)
    assert rule(firm_rules.initiation_hazard)(founder, subsidy, 0.2, p) == pytest.approx(hazard)


@pytest.mark.parametrize(("outlook", "promise"), [(0.0, 0.0), (0.2, 0.5), (0.6, 0.75)])
def test_a_field_promises_half_at_a_stated_outlook_and_saturates(rule, outlook, promise):
    promised = rule(firm_rules.promise_of)(row(FIELDS, outlook=outlook), parameters(outlook_half=0.2))
    assert promised == pytest.approx(promise)


def test_a_field_appeals_by_its_promise_shared_with_rivals_seen_its_headroom_and_fit(rule):
    # Promise one half; half of the headroom 1 - 0.5 * 1 left; one plus 0.5 * 0.5 * 4 rivals seen; fit 3 * 0.2.
    p = parameters(headroom=0.5, field_fit=3.0, outlook_half=0.4, crowding=0.5)
    field = row(FIELDS, outlook=0.4, frontier=1.0, alliances=4)
    assert rule(firm_rules.field_appeal)(field, 0.2, 0.5, 0.0, p) == pytest.approx(log(0.125) + 0.6, abs=1e-4)


@pytest.mark.parametrize(("age", "size", "stage"), [
    (7, 999.0, FirmStage.SEED), (8, 1.0, FirmStage.START_UP), (19, 999.0, FirmStage.START_UP),
    (20, 199.0, FirmStage.GROWTH), (20, 200.0, FirmStage.MATURE),
])
def test_a_firm_is_young_by_age_and_mature_by_size(rule, age, size, stage):
    p = parameters(seed_quarters=8.0, startup_quarters=20.0, mature_size=200.0)
    assert rule(firm_rules.firm_stage)(firm(size=size), age, p) == stage


FAILURE = {
    "failure_rate": 0.01, "failure_youth": 2.0, "startup_quarters": 20.0, "standing_size": 60.0, "failure_lag": LN3,
}


@pytest.mark.parametrize(("size", "age", "relative", "hazard"), [
    (60.0, 0, 1.0, 0.03),  # 0.01 * (1 + 2) * (0.5 + 0.5)
    (180.0, 0, 1.0, 0.0225),  # (0.5 + 0.25)
    (60.0, 0, 0.0, 0.09),  # exp(ln 3)
    (60.0, 20, 1.0, 0.01 * (1.0 + 2.0 / 2.718281828459045)),
    (60.0, 10_000, 2.0, 0.01 / 3.0),
])
def test_young_small_and_backward_firms_fail_more(rule, size, age, relative, hazard):
    p = parameters(**FAILURE)
    assert rule(firm_rules.failure_hazard)(firm(size=size), age, relative, p) == pytest.approx(hazard)


def test_growth_follows_relative_productivity_reverts_to_the_mean_and_takes_the_shock(rule):
    # 0.01 * (2 - 1) - 0.1 * (ln 60 - ln 20) + 0.05 * 2; productivity counts up to three times the mean.
    p = parameters(growth_productivity=0.01, size_reversion=0.1, size_shock=0.05)
    growth = rule(firm_rules.size_growth)
    assert growth(firm(size=60.0), 2.0, log(20.0), 2.0, p) == pytest.approx(0.01 - 0.1 * LN3 + 0.1)
    assert growth(firm(size=60.0), 3.0, log(20.0), 2.0, p) == growth(firm(size=60.0), 9.0, log(20.0), 2.0, p)


# --- fields ----------------------------------------------------------------------------------------------------------


def test_fields_are_alike_by_the_requirements_they_share(rule):
    one, other = row(FIELDS, weights=vector(0.5, 0.5)), row(FIELDS, weights=vector(0.2, 0.5, 0.3))
    assert rule(environment.similarity)(one, other) == pytest.approx(0.7)
    assert rule(environment.similarity)(one, one) == 1.0


def test_a_field_offers_its_quality_less_while_its_technology_is_immature(rule):
    offered = [rule(environment.fitness)(row(FIELDS, vintage=2.0, frontier=f), parameters(frontier_floor=0.6))
               for f in (0.0, 0.5, 1.0)]
    assert offered == pytest.approx([1.2, 1.6, 2.0])


# --- the agenda ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("openness", "research", "slack", "chance"), [
    (1.0, 7, 1.0, 0.1), (0.0, 7, 1.0, 0.02), (1.0, 0, 1.0, 0.03), (1.0, 7, 0.0, 0.04), (0.5, 2, 0.5, 0.1 * 0.6 * 0.35),
])
def test_new_fields_are_seen_through_openness_science_and_idle_hands(rule, openness, research, slack, chance):
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
    found = rule(alliance_rules.worth_of_line)(row(LINES, **line), kind, 0.5, rivals, parameters(**WORTH))
    assert found == pytest.approx(worth)


def test_a_field_outside_the_agenda_is_worth_less_the_less_it_is_like_what_is_known(rule):
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
    p = parameters(propose_rate=0.4, need_usual=0.4, worth_least=0.1)
    home = alliance(size=10, running=running, idea_worth=idea)
    assert rule(alliance_rules.proposal_odds)(home, free, need, p) == pytest.approx(odds)


# --- projects --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("kind", "funded", "luck", "partners"), [
    (RESEARCH, 0.0, 0.0, 10), (RESEARCH, 1.0, 0.0, 15), (LAUNCH, 0.0, 0.0, 8),
    (RESEARCH, 0.0, log(2.0), 20), (RESEARCH, 0.0, -9.0, 4), (RESEARCH, 0.0, 9.0, TEAM_LIMIT),
])
def test_consortia_are_planned_larger_with_a_grant_and_smaller_after_research(rule, kind, funded, luck, partners):
    p = parameters(project_size=10.0, grant_size=0.5, partners_later=0.8, project_spread=1.0, team_least=4.0)
    assert rule(staffing.wanted_partners)(kind, funded, luck, p) == partners


def test_a_partner_of_a_larger_consortium_bears_less(rule):
    p = parameters(partner_cost=0.4, project_size=10.0, cost_shared=0.5)
    burdens = [rule(staffing.burden_of)(partners, p) for partners in (10, 40)]
    assert burdens == pytest.approx([0.4, 0.2])


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
    one = row(PROJECTS, **{"ambition": 0.5, "coverage": 0.6, "paid": 1.0} | project)
    of = alliance(**{"trust": 0.6} | home)
    assert rule(alliance_rules.failure_of_project)(one, of, lessons, parameters(**FATE)) == pytest.approx(hazard)


def test_each_kind_of_project_is_served_by_its_own_platform(rule):
    home = alliance(access=0.1, parks=0.2, tests=0.3)
    assert [rule(projects.access_of)(home, kind) for kind in (RESEARCH, INDUSTRIALISATION, LAUNCH)] == [0.1, 0.2, 0.3]


# --- markets ---------------------------------------------------------------------------------------------------------


def test_products_weigh_by_the_square_of_what_is_launched_and_by_help_to_enter_markets(rule):
    weight = rule(market.strength)(alliance(entry=0.5), row(LINES, launched=0.6), parameters(entry_effect=0.5))
    assert weight == pytest.approx(0.36 * 1.25)


@pytest.mark.parametrize(("enforcement", "warning", "share"), [
    (0.0, 0.0, 0.36 / (0.72 + 0.05 + 0.4)),
    (1.0, 0.0, 0.36 / (0.72 + 0.05 + 0.2)), (1.0, 1.0, 0.36 / (0.72 + 0.05 + 0.15)),
])
def test_the_market_is_split_with_rivals_the_world_and_imitators_whom_rights_hold_back(
        rule, enforcement, warning, share):
    p = parameters(outside_strength=0.2, imitation_strength=2.0, enforce_imitation=0.5, warning_imitation=0.25)
    field, sector = row(FIELDS, rivalry=0.72, frontier=0.5, imitation=0.2), row(
        SECTORS, enforcement=enforcement, warning=warning)
    assert rule(market.share_of_market)(field, 0.36, sector, p) == pytest.approx(share)


# --- alliances -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("patents", "change", "hazard"), [
    (0.0, {}, 0.02),  # 0.08 * 0.25 * 1 * 1 * 1
    (10.0, {}, 0.08 * (1.0 - 0.75 / 2.718281828459045)),
    (0.0, {"inequality": 0.0}, 0.01),
    (0.0, {"trust": 1.0}, 0.01),
    (0.0, {"governance": 1.0, "fund_rules": 1.0}, 0.01),
])
def test_disputes_grow_with_property_and_inequality_and_fall_with_trust_and_rules(rule, patents, change, hazard):
    p = parameters(dispute_rate=0.08, dispute_existing=0.25, dispute_patents=10.0)
    home = alliance(core_patents=0.4 * patents, generic_patents=0.6 * patents,
                    **{"inequality": 0.5, "governance": 0.5, "fund_rules": 0.5, "trust": 0.5} | change)
    assert rule(alliance_rules.dispute_hazard)(home, row(SECTORS), p) == pytest.approx(hazard)


def test_enforced_rights_and_litigation_settle_part_of_the_disputes(rule):
    p = parameters(enforce_disputes=0.5, litigation_disputes=0.4)
    home = alliance(core_patents=5.0, governance=0.5, trust=0.5)
    hazard = rule(alliance_rules.dispute_hazard)
    alone = hazard(home, row(SECTORS), p)
    assert hazard(home, row(SECTORS, enforcement=0.8), p) == pytest.approx(0.6 * alone)
    assert hazard(home, row(SECTORS, enforcement=0.8, litigation=0.5), p) == pytest.approx(0.48 * alone)


def test_trust_grows_with_satisfaction_fades_and_suffers_from_turnover(rule):
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
    p = parameters(spread_spontaneous=0.01, spread_imitation=0.1, mandate_encounters=0.05, mandate_basic=0.4)
    line = row(LINES, public=100.0 * public, private=100.0 * (1.0 - public), generic_patents=100.0 * generic,
               core_patents=100.0 * (1.0 - generic))
    rates = rule(alliance_rules.imitation_rates)(alliance(mandate=mandate), line, row(SECTORS), p)
    assert rates == pytest.approx((innovation, 0.1))


def test_subsidy_demonstration_standards_and_compulsory_licences_add_encounters_and_rights_slow_imitation(rule):
    p = parameters(spread_spontaneous=0.01, spread_imitation=0.1, reward_encounters=0.06, show_encounters=0.05,
                   antitrust_encounters=0.3, monopoly_share=0.2, enforce_spread=0.4, warning_spread=0.2,
                   standard_encounters=0.04)
    home, line = alliance(rewarded=0.5, shown=0.4, market_share=0.6), row(LINES, standards=1.0)
    sector = row(SECTORS, enforcement=0.5, antitrust=0.2, warning=0.5, promotion=0.5)
    assert rule(alliance_rules.imitation_rates)(home, line, sector, p) == pytest.approx(
        (0.01 + 0.03 + 0.02 + 0.3 * 0.2 * 0.5 + 0.04 * 0.5 * E_FOLD, 0.1 * 0.8 * 0.9))


def test_economics_is_benefit_in_benefit_plus_cost_and_nothing_where_little_is_at_stake(rule):
    p = parameters(economics_floor=0.1)
    assert rule(alliance_rules.economics)(3.0, 0.9, p) == pytest.approx(0.75)
    assert rule(alliance_rules.economics)(0.0, 0.0, p) == 0.0


@pytest.mark.parametrize(("turnover", "stability"), [(0.0, 0.8), (0.125, 0.4), (0.25, 0.0), (0.9, 0.0)])
def test_stability_is_trust_until_turnover_takes_it(rule, turnover, stability):
    p = parameters(stability_turnover=4.0)
    assert rule(alliance_rules.stability)(alliance(trust=0.8, turnover=turnover), p) == pytest.approx(stability)


def test_vitality_is_the_weighted_mean_of_the_six_dimensions_in_their_order(rule):
    names = ("technology", "economics", "standing", "stability", "governance", "clarity")
    for place, name in enumerate(names):
        weights = {f"weight_{other}": 1.0 if other == name else 0.0 for other in names}
        dimensions = np.arange(1.0, 7.0) / 10.0
        assert rule(alliance_rules.vitality)(dimensions, parameters(**weights)) == pytest.approx((place + 1) / 10.0)
    equal = {f"weight_{name}": 1.0 for name in names}
    uneven = parameters(**equal | {"weight_technology": 5.0})  # (5 * 0.1 + 0.2 + 0.3 + 0.4 + 0.5 + 0.6) / 10
    assert rule(alliance_rules.vitality)(dimensions, uneven) == pytest.approx(0.25)


# --- governments -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("opportunism", "rules", "governance", "supervision", "share"), [
    (1.0, 0.0, 0.0, 0.0, 0.8), (0.5, 0.0, 0.0, 0.0, 0.4), (1.0, 1.0, 0.0, 0.0, 0.4), (1.0, 0.0, 1.0, 0.0, 0.56),
    (1.0, 1.0, 1.0, 0.0, 0.16), (1.0, 0.0, 0.0, 1.0, 0.4), (0.0, 0.0, 0.0, 0.0, 0.0),
])
def test_opportunists_divert_what_neither_rules_nor_governance_nor_supervision_guard(
    rule, opportunism, rules, governance, supervision, share
):
    p = parameters(misuse_most=0.8, misuse_rules=0.5, misuse_governance=0.3, detection=0.5)
    home = alliance(fund_rules=rules, governance=governance)
    assert rule(government_rules.misuse_share)(opportunism, home, supervision, p) == pytest.approx(share)


def principle(name):
    weights = {f"pilot_selection_{p}_weight": 0.0 for p in ("composition", "fit", "plan", "openness")}
    return levers(**weights | {f"pilot_selection_{name}_weight": 3.0})


@pytest.mark.parametrize(("name", "score"), [
    # Core, backbone, frontier, supporting, credit; governance, binding, rules for funds.
    ("composition", (1.0 + 0.8 + 0.5 + 1.0 + 0.9 + 0.4 + 0.2 + 0.6) / 8.0),
    ("fit", (1.0 + 0.3 + E_FOLD) / 3.0),  # ten core patents of ten
    ("plan", (0.6 + 0.5 + 0.15 + E_FOLD) / 4.0),  # one standard
    ("openness", 0.7),
])
def test_each_principle_of_pilot_selection_scores_what_it_names(rule, name, score):
    candidate = alliance(governance=0.4, binding=0.2, fund_rules=0.6, core_patents=10.0, clarity=0.6, prospect=0.5,
                         diffusion=0.15, standards=1.0, openness=0.7)
    sector, field = row(SECTORS, priority=1.0), row(FIELDS, genericness=0.3)
    made_of = Composition(core=1.0, backbone=0.8, frontier=0.5, supporting=1.0, credit=0.9)
    weights, p = principle(name), parameters(dispute_patents=10.0)
    assert rule(government_rules.pilot_score)(candidate, sector, field, made_of, weights, p) == pytest.approx(score)


@pytest.mark.parametrize(("money", "chance"), [(0.0, 0.0), (1.0, E_FOLD), (1e6, 1.0)])
def test_public_money_begins_a_project_as_far_as_it_pays_and_nothing_begins_for_nothing(rule, money, chance):
    p = parameters(money_pull=5.0, partner_cost=0.5, project_size=10.0)
    assert rule(alliance_rules.beginning_for_money)(money, p) == pytest.approx(chance)


PROGRESS = {"knowledge": 0.8, "industrialised": 0.5, "launched": 0.1}


@pytest.mark.parametrize(("kind", "new", "order"), [
    (RESEARCH, True, 1.0), (RESEARCH, False, 0.2), (INDUSTRIALISATION, False, 0.375), (LAUNCH, False, 0.8),
])
def test_what_comes_next_in_its_line_keeps_best_to_the_order_of_research_industry_and_market(rule, kind, new, order):
    assert rule(government_rules.orderly)(alliance(idea_kind=kind), row(LINES, **PROGRESS), new) == pytest.approx(order)


CALL = {f"programme_grants_{one}_weight": 1.0 for one in ("need", "order", "property", "firms", "contract")}


def grant_score(rule, label=0.0, success=0.5, **call):
    # Need 0.3 * 1 + 0.7 * 0.4; orderly 0.375; half of 0.7 and of one less 1 / e; firms 3 of 4; contract 0.5.
    applicant = alliance(size=4, firms=3, core_patents=10.0, governance=0.5, binding=0.4, fund_rules=0.6, label=label,
                         idea_kind=INDUSTRIALISATION)
    return rule(government_rules.grant_score)(
        applicant, row(LINES, **PROGRESS), row(SECTORS, priority=1.0), row(FIELDS, guide=0.4, genericness=0.3), success,
        levers(**CALL | call), parameters(dispute_patents=10.0))


@pytest.mark.parametrize(("label", "success", "more"), [
    (0.0, 0.5, 0.0), (1.0, 0.5, 0.8), (0.0, 1.0, 0.25), (0.0, 0.0, -0.25), (1.0, 1.0, 1.05),
])
def test_grants_rank_by_five_principles_pilots_first_and_successes_rolled_on(rule, label, success, more):
    found = grant_score(rule, label, success, programme_grants_pilots_first=0.8, programme_grants_rolling=0.5)
    assert found == pytest.approx((0.58 + 0.375 + 0.35 + 0.5 * E_FOLD + 0.75 + 0.5) / 5.0 + more)


@pytest.mark.parametrize(("one", "score"), [
    ("need", 0.58), ("order", 0.375), ("property", 0.35 + 0.5 * E_FOLD), ("firms", 0.75), ("contract", 0.5),
])
def test_each_principle_of_a_call_can_stand_alone(rule, one, score):
    alone = dict.fromkeys(CALL, 0.0) | {f"programme_grants_{one}_weight": 2.0}
    plain = {"programme_grants_pilots_first": 0.0, "programme_grants_rolling": 0.0}
    assert grant_score(rule, **alone | plain) == pytest.approx(score)


@pytest.mark.parametrize(("noise", "effort", "seen"), [
    (0.0, 0.0, 0.5), (1.0, 0.0, 0.7), (1.0, 1.0, 0.55), (-1.0, 1.0, 0.45), (9.0, 0.0, 1.0), (-9.0, 0.0, 0.0),
])
def test_effort_divides_the_noise_of_what_a_government_sees(rule, noise, effort, seen):
    p = parameters(diagnosis_noise=0.2, diagnosis_accuracy=3.0)
    assert rule(government_rules.observed)(0.5, noise, effort, p) == pytest.approx(seen)


@pytest.mark.parametrize(("path", "base", "technology", "credit", "odds"), [
    (Path.REFOCUS, 0.3, 0.4, 0.7, 0.125), (Path.REFOCUS, 0.3 + LN3 / 10.0, 0.4, 0.7, 0.1875),
    (Path.REFOCUS, 0.3, 0.4 - LN3 / 10.0, 0.7, 0.0625), (Path.REFOCUS, 0.3, 0.4, 0.7 + LN3 / 10.0, 0.1875),
    # No path asks for what it mends.
    (Path.RESTRUCTURING, 0.0, 0.4, 0.7, 0.25), (Path.TECHNOLOGY_LEAP, 0.3, 0.0, 0.7, 0.25),
])
def test_the_odds_of_a_rescue_need_base_technology_and_credit_each(rule, path, base, technology, credit, odds):
    p = parameters(rescue_slope=10.0, carry_base=0.3, carry_technology=0.4, carry_credit=0.7)
    home = alliance(dimensions=np.array([technology, 0.0, 0.0, base, 0.0, 0.0]))
    assert rule(government_rules.rescue_odds)(home, path, credit, p) == pytest.approx(odds)


def test_sectors_rank_by_the_weighed_sum_of_four_principles(rule):
    weights = {f"layout_{p}_weight": w for p, w in (("base", 1.0), ("potential", 2.0), ("pull", 3.0), ("fusion", 4.0))}
    sector = row(SECTORS, base=0.1, potential=0.2, pull=0.3, fusion=0.4)
    assert rule(government_rules.layout_score)(sector, levers(**weights)) == pytest.approx(0.1 + 0.4 + 0.9 + 1.6)


def test_a_place_in_the_plan_draws_by_the_subsidy_that_it_secures(rule):
    p, field = parameters(plan_appeal=2.0), row(FIELDS, outlook=0.4)
    appeal = rule(firm_rules.field_appeal)
    assert appeal(field, 0.2, 0.5, 0.3, p) - appeal(field, 0.2, 0.5, 0.0, p) == pytest.approx(0.6)


@pytest.mark.parametrize(("change", "facilities", "strict", "fits"), [
    ({}, 0.5, 1.0, True), ({"funds": 4.9}, 0.5, 1.0, False), ({"public_funds": 0.2}, 0.5, 1.0, False),
    ({"technology": 0.3}, 0.5, 1.0, False), ({"openness": 0.2}, 0.5, 1.0, False), ({}, 0.3, 1.0, False),
    ({"dimensions": np.zeros(6)}, 0.5, 1.0, False),
    ({"technology": 0.3, "openness": 0.2}, 0.3, 0.5, True),  # conditions that are taken half as seriously
    ({"funds": 4.9}, 0.5, 0.0, False),  # what it cannot pay it cannot host
])
def test_a_host_needs_own_funds_technology_leadership_facilities_and_reach(rule, change, facilities, strict, fits):
    p = parameters(host_technology=0.4, host_leadership=0.4, host_facilities=0.4, host_openness=0.3)
    home = alliance(**{"funds": 5.1, "technology": 0.5, "openness": 0.5, "dimensions": np.full(6, 0.5)} | change)
    assert bool(rule(government_rules.can_host)(home, 5.0, facilities, strict, p)) is fits


@pytest.mark.parametrize(("own", "near", "users", "openness", "access"), [
    (0.0, 4.0, 8.0, 0.5, 0.25),  # half of four open to eight
    (0.0, 4.0, 16.0, 0.5, 0.125),  # twice the users: congestion
    (0.0, 4.0, 8.0, 0.0, 0.0),
    (0.5, 4.5, 8.0, 0.5, 0.5 + 0.5 * 0.25),  # its own first, of the rest what is open
    (3.0, 3.0, 9.0, 1.0, 1.0),
    (0.0, 99.0, 1.0, 1.0, 1.0),
])
def test_platforms_serve_their_host_first_and_congest(rule, own, near, users, openness, access):
    assert rule(government_rules.platform_access)(own, near, users, openness) == pytest.approx(access)


def test_a_pilots_record_is_the_mean_of_technology_use_projects_done_rules_and_vitality(rule):
    # Two projects done of two: three of four, as a record of none would be one of two.
    pilot = alliance(technology=0.8, conversion=0.4, governance=0.6, vitality=0.2, done=2)
    assert rule(government_rules.pilot_record)(pilot) == pytest.approx((0.8 + 0.4 + 0.75 + 0.6 + 0.2) / 5.0)


@pytest.mark.parametrize(("share", "dominance"), [(0.1, 0.0), (0.2, 0.0), (0.6, 0.5), (1.0, 1.0)])
def test_dominance_begins_beyond_the_share_of_a_monopoly(rule, share, dominance):
    found = rule(alliance_rules.dominance)(alliance(market_share=share), parameters(monopoly_share=0.2))
    assert found == pytest.approx(dominance)


def test_property_deals_need_property_use_trust_and_agencies_that_find_buyers(rule):
    p = parameters(licence_rate=0.5, dispute_patents=10.0)
    seller = alliance(core_patents=4.0, generic_patents=6.0, conversion=0.5, trust=0.3)
    assert rule(alliance_rules.licence_rate)(seller, row(SECTORS, analysis=0.5), p) == pytest.approx(
        0.5 * E_FOLD * 0.5 * 0.8 * 0.5)
    assert rule(alliance_rules.licence_rate)(seller, row(SECTORS), p) == 0.0


# --- stages ----------------------------------------------------------------------------------------------------------

MARGINS = {"rise_margin": 0.04, "plateau_slope": 0.02, "decline_margin": 0.05, "regrowth_margin": 0.06}


@pytest.mark.parametrize(("before", "track", "at_work", "now"), [
    (Stage.FORMATION, {"fast": 0.5, "slow": 0.3}, False, Stage.FORMATION),
    (Stage.FORMATION, {"fast": 0.1, "slow": 0.5, "peak": 0.5}, True, Stage.GROWTH),
    (Stage.GROWTH, {"fast": 0.5, "slow": 0.4, "peak": 0.5, "start": 0.3}, True, Stage.GROWTH),  # still rising
    (Stage.GROWTH, {"fast": 0.5, "slow": 0.49, "peak": 0.5, "start": 0.3}, True, Stage.MATURITY),  # flat after a rise
    (Stage.GROWTH, {"fast": 0.32, "slow": 0.32, "peak": 0.32, "start": 0.3}, True, Stage.GROWTH),  # never rose
    (Stage.GROWTH, {"fast": 0.4, "slow": 0.42, "peak": 0.5, "start": 0.3}, True, Stage.DECLINE),
    (Stage.GROWTH, {"fast": 0.46, "slow": 0.48, "peak": 0.5, "start": 0.44}, True, Stage.GROWTH),  # within the margin
    (Stage.MATURITY, {"fast": 0.5, "slow": 0.5, "peak": 0.5, "trough": 0.49}, True, Stage.MATURITY),
    (Stage.MATURITY, {"fast": 0.4, "slow": 0.42, "peak": 0.5, "trough": 0.4}, True, Stage.DECLINE),
    (Stage.MATURITY, {"fast": 0.4, "slow": 0.4, "peak": 0.5, "trough": 0.4}, True, Stage.MATURITY),  # low, not falling
    (Stage.MATURITY, {"fast": 0.48, "slow": 0.45, "peak": 0.5, "trough": 0.41}, True, Stage.REGROWTH),
    (Stage.DECLINE, {"fast": 0.3, "slow": 0.3, "peak": 0.5, "trough": 0.3}, True, Stage.DECLINE),
    (Stage.DECLINE, {"fast": 0.37, "slow": 0.34, "peak": 0.5, "trough": 0.3}, True, Stage.REGROWTH),
    (Stage.DECLINE, {"fast": 0.35, "slow": 0.32, "peak": 0.5, "trough": 0.3}, True, Stage.DECLINE),  # not enough
    (Stage.DECLINE, {"fast": 0.37, "slow": 0.36, "peak": 0.5, "trough": 0.3}, True, Stage.DECLINE),  # not rising
    (Stage.DECLINE, {"fast": 0.37, "slow": 0.36, "peak": 0.4, "trough": 0.3}, True, Stage.MATURITY),  # a lower level
    (Stage.DECLINE, {"fast": 0.5, "slow": 0.47, "peak": 0.5, "trough": 0.445}, True, Stage.MATURITY),  # at its best
    (Stage.REGROWTH, {"fast": 0.4, "slow": 0.36, "peak": 0.4, "start": 0.3}, True, Stage.REGROWTH),
    (Stage.REGROWTH, {"fast": 0.4, "slow": 0.39, "peak": 0.4, "start": 0.3}, True, Stage.MATURITY),
    (Stage.REGROWTH, {"fast": 0.3, "slow": 0.33, "peak": 0.4, "start": 0.3}, True, Stage.DECLINE),
])
def test_the_stage_is_read_off_level_slope_and_distance_from_peak_and_trough(rule, before, track, at_work, now):
    assert rule(life_cycle.stage)(int(before), alliance(**track), at_work, parameters(**MARGINS)) == now


@pytest.mark.parametrize(("fast", "peak"), [(0.6, 0.6), (0.5, 0.5), (0.4, 0.49), (0.0, 0.45)])
def test_the_remembered_peak_follows_a_rise_and_fades_by_a_tenth_of_the_fall(rule, fast, peak):
    found = rule(life_cycle.remembered_peak)(alliance(fast=fast, peak=0.5), parameters(peak_fade=0.1))
    assert found == pytest.approx(peak)


level = st.floats(0.0, 1.0)


@given(st.sampled_from(Stage), level, level, level, level, level, st.booleans(), st.floats(0.0, 0.5))
def test_any_trajectory_has_one_stage_reached_by_an_allowed_transition(
    before, fast, slow, peak, trough, start, at_work, margin
):
    p = parameters(rise_margin=margin, decline_margin=margin / 2.0, regrowth_margin=margin)
    track = alliance(fast=fast, slow=slow, peak=peak, trough=trough, start=start)
    now = Stage(life_cycle.stage(int(before), track, at_work, p))
    assert now == before or (before, now) in ALLOWED
    assert now == life_cycle.stage.py_func(before, track, at_work, p)


def test_only_regrowth_and_a_lower_plateau_follow_decline_and_nothing_returns_to_formation():
    assert {after for before, after in ALLOWED if before == Stage.DECLINE} == {Stage.REGROWTH, Stage.MATURITY}
    assert Stage.FORMATION not in {after for _, after in ALLOWED}
    assert all(before != after for before, after in ALLOWED)


READING = MARGINS | {"average_fast": 0.35, "average_slow": 0.12, "peak_fade": 0.005, "decline_margin": 0.035,
                     "regrowth_margin": 0.09, "plateau_slope": 0.035}
update_averages = from_python(diagnosis.update_averages)


@pytest.fixture(scope="module")
def followed():
    """Lead one alliance along a course of vitality; yields it after every quarter. Its project runs from the second."""
    template = world_at(plain_setup(1, sizes={"firms": 2, "sectors": 1, "quarters": 1, "warm_up": 8},
                                    parameters=READING), 0)
    world = template.replaced(alliances=np.zeros(1, table_type(ALLIANCES)), events=template.events[:0].copy())
    world.counts[:] = 0

    def lead(course):
        world.alliances[:] = np.zeros(1, table_type(ALLIANCES))
        world.alliances["last_project"] = -1
        for quarter, vitality in enumerate(course):
            world.alliances["vitality"] = vitality
            world.alliances["project_count"] = int(quarter > 0)
            update_averages(world, quarter, 0)
            yield world.alliances[0]

    return lead


def test_a_strong_recovery_from_decline_beyond_the_old_peak_reads_as_regrowth_within_four_quarters(followed):
    fallen = [*np.linspace(0.4, 0.54, 12), *[0.54] * 12, *np.linspace(0.54, 0.40, 8), *[0.40] * 6]
    stages, peak = [], 0.0
    for one in followed([*fallen, *[0.65] * 8]):
        stages.append(Stage(one["stage"]))
        peak = float(one["peak"]) if len(stages) == len(fallen) else peak
    assert 0.52 < peak < 0.54 and stages[len(fallen) - 1] == Stage.DECLINE
    assert Stage.REGROWTH in stages[len(fallen) : len(fallen) + 4]


@example([(0.54, 12), (0.49, 6), (0.74, 2)])  # a shallow decline, and up too steeply for rest, too little for re-growth
@given(st.lists(st.tuples(level, st.integers(1, 12)), min_size=1, max_size=8))
def test_no_alliance_stands_in_decline_at_its_all_time_best(followed, course):
    for one in followed([vitality for vitality, quarters in course for _ in range(quarters)]):
        assert one["stage"] != Stage.DECLINE or one["fast"] < one["highest"]


# --- randomness ------------------------------------------------------------------------------------------------------

WORD = 2**64


def splitmix_finaliser(x):
    """The published finaliser on Python's unbounded integers."""
    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9 % WORD
    x = (x ^ (x >> 27)) * 0x94D049BB133111EB % WORD
    return x ^ (x >> 31)


@pytest.mark.parametrize(("steps", "published"), [
    (1, 0xE220A8397B1DCDAF), (2, 0x6E789E6AA1B965F4), (3, 0x06C45D188009454F),
])
def test_the_mixer_gives_the_published_first_words_of_splitmix64(rule, steps, published):
    with np.errstate(over="ignore"):
        assert int(rule(randomness.mix)(np.uint64(steps * 0x9E3779B97F4A7C15 % WORD))) == published


@given(st.integers(0, WORD - 1))
def test_the_mixer_is_the_published_one_on_every_word(word):
    assert int(randomness.mix(np.uint64(word))) == splitmix_finaliser(word)


DRAWS = 20_000
COORDINATES = {
    "seed": lambda n: (n, 3, 7, 11, 0),
    "process": lambda n: (5, n, 7, 11, 0),
    "quarter": lambda n: (5, 3, n, 11, 0),
    "entity": lambda n: (5, 3, 7, n, 0),
    "packed key": lambda n: (5, 3, 7, (n << 20) | (1 << 44) | 1, 0),
    "index": lambda n: (5, 3, 7, 11, n),
}


def uniform_at(seed, process, quarter, entity, index):
    key = np.uint64(randomness.stream(np.uint64(seed), process, quarter))
    return randomness.uniform(key, np.uint64(entity), index)


def along(coordinate, count=DRAWS, shift=0, index=0):
    place = COORDINATES[coordinate]
    points = (place(n + shift) for n in range(count))
    return np.array([uniform_at(*point[:4], point[4] + index) for point in points])


@pytest.mark.parametrize("coordinate", COORDINATES)
def test_draws_are_uniform_along_every_coordinate(coordinate):
    drawn = along(coordinate)
    counts = np.histogram(drawn, 100, (0.0, 1.0))[0]
    assert stats.chisquare(counts).pvalue > 1e-3
    assert stats.kstest(drawn, "uniform").pvalue > 1e-3
    assert drawn.min() >= 0.0 and drawn.max() < 1.0


@pytest.mark.parametrize("coordinate", COORDINATES)
def test_neighbours_along_every_coordinate_are_independent(coordinate):
    drawn = along(coordinate, DRAWS + 1)
    table = np.histogram2d(drawn[:-1], drawn[1:], 10, ((0.0, 1.0), (0.0, 1.0)))[0]
    assert stats.chisquare(table.ravel()).pvalue > 1e-3


@pytest.mark.parametrize("coordinate", [name for name in COORDINATES if name != "index"])
def test_draws_of_one_place_under_neighbouring_indices_are_independent(coordinate):
    first, second = along(coordinate), along(coordinate, index=1)
    table = np.histogram2d(first, second, 10, ((0.0, 1.0), (0.0, 1.0)))[0]
    assert stats.chisquare(table.ravel()).pvalue > 1e-3
    assert abs(np.corrcoef(first, second)[0, 1]) < 4.0 / sqrt(DRAWS)


def test_no_two_places_share_a_draw():
    places = [(s, p, t, e, i) for s in range(6) for p in range(6) for t in range(6) for e in range(6) for i in range(6)]
    drawn = {uniform_at(*place) for place in places}
    assert len(drawn) == len(places)


def test_a_draw_is_the_same_compiled_and_plain_and_whenever_asked():
    with np.errstate(over="ignore"):
        for place in ((0, 1, 0, 0, 0), (2**64 - 1, 19, 2000, 2**63, 1605)):
            seed, process, quarter, entity, index = place
            key = randomness.stream.py_func(np.uint64(seed), process, quarter)
            plain = randomness.uniform.py_func(key, np.uint64(entity), index)
            assert plain == uniform_at(*place) == uniform_at(*place)


def test_normal_draws_are_standard_normal():
    key = randomness.stream(np.uint64(1), 3, 5)
    drawn = np.array([randomness.normal(key, np.uint64(n), 0) for n in range(DRAWS)])
    assert stats.kstest(drawn, "norm").pvalue > 1e-3
    assert abs(drawn.mean()) < 4.0 / sqrt(DRAWS) and abs(drawn.std() - 1.0) < 4.0 / sqrt(2.0 * DRAWS)


@given(st.floats(1e-15, 1.0 - 1e-15))
def test_the_normal_quantile_has_seven_digits(u):
    assert randomness.normal_quantile(u) == pytest.approx(stats.norm.ppf(u), rel=1e-6, abs=1e-7)


LUCK = (np.arange(997) + 0.5) / 997.0


@pytest.mark.parametrize("mean", [1e-9, 0.03, 0.7, 1.0, 5.5, 40.0, 200.0, 499.0])
def test_a_poisson_count_is_the_quantile_of_its_distribution(rule, mean):
    drawn = np.array([rule(randomness.poisson)(mean, u) for u in LUCK])
    assert (drawn == stats.poisson.ppf(LUCK, mean)).all()


@pytest.mark.parametrize(("trials", "chance"), [
    (1, 0.5), (10, 0.1), (10, 0.9), (100, 0.5), (700, 0.01), (700, 0.28), (40_000, 0.004), (205, 0.97), (2_000, 0.999),
])
def test_a_binomial_count_is_the_quantile_of_its_distribution(rule, trials, chance):
    drawn = np.array([rule(randomness.binomial)(trials, chance, u) for u in LUCK])
    assert (drawn == stats.binom.ppf(LUCK, trials, chance)).all()


@pytest.mark.parametrize(("trials", "chance"), [
    (1_000, 0.21), (1_000, 0.5), (1_000, 0.75), (50_000, 0.005), (10**6, 0.3),
])
def test_a_large_binomial_count_is_at_most_one_off_the_quantile_and_unbiased(rule, trials, chance):
    drawn = np.array([rule(randomness.binomial)(trials, chance, u) for u in LUCK])
    exact = stats.binom.ppf(LUCK, trials, chance)
    assert np.abs(drawn - exact).max() <= 1.0
    assert abs((drawn - exact).mean()) < 0.02


@given(st.integers(0, 3_000), level, level, st.floats(0.0, 0.999))
def test_a_binomial_count_stays_in_range_and_rises_with_its_chance(trials, chance, other, u):
    low, high = sorted((chance, other))
    fewer, more = randomness.binomial(trials, low, u), randomness.binomial(trials, high, u)
    assert 0 <= fewer <= trials and 0 <= more <= trials
    assert fewer <= more + 1  # by one where it passes from the exact count to the approximation


@pytest.mark.parametrize("u", [0.0, 0.3, 1.0 - 2.0**-53])
def test_there_is_nothing_of_what_is_not_expected_and_everything_of_what_is_certain(rule, u):
    assert rule(randomness.poisson)(0.0, u) == rule(randomness.poisson)(-1.0, u) == 0
    assert rule(randomness.binomial)(10, 0.0, u) == rule(randomness.binomial)(0, 0.5, u) == 0
    assert rule(randomness.binomial)(10, 1.0, u) == 10


@given(st.floats(1e-6, 500.0), st.integers(1, 3_000), st.floats(0.001, 0.999))
def test_the_luckiest_draw_is_no_absurd_count(mean, trials, chance):
    luckiest = 1.0 - 2.0**-53
    assert randomness.poisson(mean, luckiest) <= mean + 9.0 * sqrt(mean) + 30.0
    spread = sqrt(trials * chance * (1.0 - chance))
    assert randomness.binomial(trials, chance, luckiest) <= trials * chance + 9.0 * spread + 30.0
    assert randomness.binomial(trials, chance, 0.0) >= 0
