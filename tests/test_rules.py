"""Every rule of decision against values worked out by hand, compiled and as plain Python."""

from math import exp, log, sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from alliancelab.agents import alliance_rules, firm_rules, government_rules, organisation_rules
from alliancelab.agents.codes import FirmStage, Kind, Stage
from alliancelab.agents.organisation_rules import Offer
from alliancelab.model import life_cycle, randomness
from alliancelab.model.declarations import one_row
from alliancelab.model.life_cycle import ALLOWED
from alliancelab.model.parameters import PARAMETERS
from alliancelab.model.setup import lever_schedule
from alliancelab.model.tables import ALLIANCES, CLASSES, FIELDS, ORGANISATIONS, SEATS, SECTORS, table_type

LN3 = log(3.0)  # the logit of three quarters


@pytest.fixture(params=["compiled", "plain"])
def rule(request):
    """Take a rule as it runs, or as the Python it was written in."""
    return (lambda f: f) if request.param == "compiled" else (lambda f: f.py_func)


def parameters(**values):
    return one_row(PARAMETERS, values)[0]


class Row(np.record):
    """A row whose columns `size` and `base` are not hidden by the attributes that NumPy gives every scalar."""

    @property
    def size(self):
        return self["size"]

    @property
    def base(self):
        return self["base"]


def row(columns, **values):
    made = np.zeros(1, np.dtype((Row, table_type(columns))))
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


@pytest.mark.parametrize(("kind", "active", "count", "room"), [
    (Kind.FIRM, True, 2, True), (Kind.FIRM, True, 3, False), (Kind.FIRM, False, 0, False),
    (Kind.UNIVERSITY, True, 3, True), (Kind.UNIVERSITY, True, 7, False),
    (Kind.INSTITUTE, True, 6, True), (Kind.AGENCY, True, 7, False),
])
def test_an_organisation_has_room_up_to_the_limit_of_its_kind_while_it_lives(rule, kind, active, count, room):
    p = parameters(firm_alliances=3.0, research_alliances=7.0)
    organisation = row(ORGANISATIONS, kind=kind, active=active, alliance_count=count)
    assert bool(rule(organisation_rules.has_room)(organisation, p)) is room


@pytest.mark.parametrize(("gap", "taste", "count", "need"), [
    (0.5, 0.5, 1, 0.5),  # -1 + 2 * 0.5 + 0.5 - 0.5 = 0
    (1.0, LN3 - 1.0, 0, 0.75),  # -1 + 2 + ln 3 - 1 = ln 3
    (0.0, 1.0 - LN3, 0, 0.25),
])
def test_need_follows_gap_and_taste_less_what_alliances_serve(rule, gap, taste, count, need):
    p = parameters(need_constant=-1.0, need_gap=2.0, need_served=0.5)
    organisation = firm(taste=taste, alliance_count=count)
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
    "accept_label": 0.6, "accept_subsidy": 0.4, "accept_proximity": 0.3, "coordination": 0.01, "accept_risk": 1.0,
    "accept_loss": 2.0, "accept_bonus": 1.0, "standing_size": 60.0,
}
OFFER = Offer(size=5.0, reputation=0.75, opportunism=0.4, guard=0.5, subsidy=0.5, label=1.0, public_loss=0.2,
              bonus=0.3)


@pytest.mark.parametrize(("kind", "logit"), [
    # 0.5 + 0.5 + 0.4 + 0.3 + 0.5 + 0.6 + 0.2 + 0.3 in favour; 0.25 coordination and 0.2 risk against;
    # a firm of standing one half fears to lose another 2 * 0.2 * 0.5; the bonus of 0.3 is for universities alike.
    (Kind.UNIVERSITY, 3.15), (Kind.FIRM, 2.65), (Kind.AGENCY, 2.85),
])
def test_willingness_weighs_what_speaks_for_joining_against_coordination_risk_and_loss(rule, kind, logit):
    candidate = row(ORGANISATIONS, kind=kind, stated_need=0.25, size=60.0)
    willing = rule(organisation_rules.willingness)(candidate, OFFER, 0.1, 0.3, 1.0, parameters(**ACCEPTANCE))
    assert willing == pytest.approx(logit)


@pytest.mark.parametrize(("change", "raises"), [
    ({"size": 6.0}, False), ({"reputation": 0.8}, True), ({"opportunism": 0.5}, False), ({"guard": 0.6}, True),
    ({"subsidy": 0.6}, True), ({"label": 0.0}, False), ({"public_loss": 0.3}, False),
])
def test_each_part_of_an_offer_moves_willingness_its_own_way(rule, change, raises):
    willingness = rule(organisation_rules.willingness)
    candidate, p = firm(stated_need=0.25, size=60.0), parameters(**ACCEPTANCE)
    moved = willingness(candidate, OFFER._replace(**change), 0.1, 0.3, 1.0, p)
    assert bool(moved > willingness(candidate, OFFER, 0.1, 0.3, 1.0, p)) is raises


ENGAGEMENT = {
    "engage_constant": -1.0, "engage_satisfaction": 2.0, "engage_trust": 1.0, "engage_clarity": 1.0,
    "engage_motive": 1.0, "engage_opportunism": 4.0, "engage_mandate": 0.5, "detection": 0.5,
}


@pytest.mark.parametrize(("supervision", "mandate", "engaged"), [
    # -1 + 1 + 0.5 + 0.25 + 0.25 = 1 before opportunism 4 * 0.5 * (1 - 0.5) * (1 - 0.5 * supervision).
    (1.0, 1.0, 0.5),  # 1 - 0.5 - 0.5
    (1.0, 0.0, exp(0.5) / (1.0 + exp(0.5))),
    (0.0, 0.0, 0.5),  # unguarded opportunism takes the whole 1
])
def test_members_give_by_satisfaction_and_trust_less_unguarded_opportunism(rule, supervision, mandate, engaged):
    seat = row(SEATS, satisfaction=0.5)
    home = alliance(trust=0.5, clarity=0.25, motive=0.25, governance=0.5, supervision=supervision, mandate=mandate)
    given_ = rule(organisation_rules.engagement)(seat, firm(opportunism=0.5), home, parameters(**ENGAGEMENT))
    assert given_ == pytest.approx(engaged)


SATISFACTION = {
    "satisfy_constant": -1.0, "satisfy_benefit": 1.0, "satisfy_learning": 2.0, "satisfy_option": 2.0,
    "satisfy_label": 0.25, "satisfy_burden": 0.5, "satisfy_inequality": 1.0, "benefit_floor": 0.5,
    "option_needless": 0.5,
}


@pytest.mark.parametrize(("benefit", "pilot", "burden", "logit"), [
    # Net benefit (benefit - 0.5) / (0.5 + 0.5); learning 2 * 0.5 * 0.5; option 2 * 0.4 * (0.5 + 0.5 * 0.5).
    (0.5, -1, 0.0, -1.0 + 0.0 + 0.5 + 0.6 - 0.1),
    (1.0, -1, 0.0, -1.0 + 0.5 + 0.5 + 0.6 - 0.1),
    (1.0, 0, 0.5, -1.0 + 0.5 + 0.5 + 0.6 - 0.1 + 0.25 - 0.25),
    (99.0, -1, 0.0, -1.0 + 2.0 + 0.5 + 0.6 - 0.1),  # more than twice the outlay pleases no more
])
def test_satisfaction_moves_to_net_benefit_learning_and_promise_less_burden_and_unfairness(
    rule, benefit, pilot, burden, logit
):
    seat = row(SEATS, benefit=benefit, contribution=0.5, learning=0.5)
    home = alliance(inequality=0.1, label=float(pilot >= 0))
    target = rule(organisation_rules.satisfaction_target)(
        seat, firm(stated_need=0.5), home, 0.4, burden, parameters(**SATISFACTION)
    )
    assert log(target / (1.0 - target)) == pytest.approx(logit)


@pytest.mark.parametrize(("kind", "satisfaction", "turnover", "hazard"), [
    (Kind.FIRM, 0.5, 0.0, 0.04),  # middling satisfaction: the base hazard
    (Kind.FIRM, 1.0, 0.0, 0.02),  # exp(-ln 2) halves it
    (Kind.FIRM, 0.0, 0.0, 0.08),
    (Kind.FIRM, 0.5, 0.25, 0.06),  # contagion 2 * 0.25
    (Kind.INSTITUTE, 0.0, 0.25, 0.06),  # half of 0.12
])
def test_members_leave_by_dissatisfaction_and_contagion_and_research_partners_less(
    rule, kind, satisfaction, turnover, hazard
):
    p = parameters(exit_rate=0.04, exit_slope=log(2.0), exit_contagion=2.0, exit_research=0.5)
    seat, organisation = row(SEATS, satisfaction=satisfaction), row(ORGANISATIONS, kind=kind)
    home = alliance(turnover=turnover)
    assert rule(organisation_rules.exit_hazard)(seat, organisation, home, p) == pytest.approx(hazard)


def test_a_hazard_of_leaving_is_never_more_than_certain(rule):
    p = parameters(exit_rate=0.9, exit_slope=5.0)
    assert rule(organisation_rules.exit_hazard)(row(SEATS), firm(), alliance(turnover=0.5), p) == 1.0


@pytest.mark.parametrize(("grant", "forfeit", "hazard"), [
    (0.0, 2.0, 0.04), (1.0, 0.0, 0.04), (1.0, 2.0, 0.04 * exp(-0.5)), (3e9, 2.0, 0.04 * exp(-2.0)),
])
def test_a_grant_lowers_the_hazard_of_leaving_by_its_part_of_the_purse(rule, grant, forfeit, hazard):
    """Members give three: a grant of one is a quarter of the purse, a huge one nearly all of it."""
    p = parameters(exit_rate=0.04, exit_contagion=0.0, exit_forfeit=forfeit)
    seat, home = row(SEATS, satisfaction=0.5), alliance(grant=grant, cost=3.0)
    assert rule(organisation_rules.exit_hazard)(seat, firm(), home, p) == pytest.approx(hazard)


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
    # The drive adds 0.4 * subsidy and loses 0.2 * standing; the hazard is 0.1 * standing * (drive - 0.5) / 0.5.
    (0.8, 0.0, 60.0, 0.7, 0.02),
    (0.8, 0.5, 60.0, 0.9, 0.04),
    (0.8, 0.0, 180.0, 0.65, 0.0225),
    (0.5, 0.0, 60.0, 0.4, 0.0),
])
def test_firms_start_by_need_and_subsidy_beyond_the_threshold_and_the_strong_fear_loss(
    rule, need, subsidy, size, drive, hazard
):
    founder, p = firm(stated_need=need, size=size), parameters(**DRIVE)
    assert rule(firm_rules.drive)(founder, subsidy, 0.2, p) == pytest.approx(drive)
    assert rule(firm_rules.initiation_hazard)(founder, subsidy, 0.2, p) == pytest.approx(hazard)


def test_a_field_appeals_by_its_market_shared_with_rivals_seen_its_headroom_and_fit(rule):
    # 0.4 of the market, half of the headroom 1 - 0.5 * 1 left, one plus 0.5 * 2 rivals seen: 0.1; fit 3 * 0.2.
    p = parameters(headroom=0.5, field_fit=3.0)
    field = row(FIELDS, outlook=0.4, frontier=1.0, alliances=2)
    assert rule(firm_rules.field_appeal)(field, 0.2, 0.5, 0.0, p) == pytest.approx(log(0.1) + 0.6, abs=1e-4)


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


# --- alliances -------------------------------------------------------------------------------------------------------


PROGRESS = {
    "method_weight": 0.5, "effort_reference": 4.0, "effort_exponent": 0.5, "coverage_base": 0.1, "progress_rate": 0.4,
}


@pytest.mark.parametrize(("effort", "skill", "technology", "gain"), [
    # rate 0.4 * efficiency (0.5 + 0.5 skill) * sqrt(effort / 4) * breadth (0.1 + 0.4) * cohesion sqrt(0.5 * 0.5)
    (4.0, 1.0, 0.0, 0.1),
    (16.0, 1.0, 0.0, 0.2),
    (4.0, 0.0, 0.0, 0.05),
    (4.0, 1.0, 0.75, 0.025),
    (0.0, 1.0, 0.0, 0.0),
    (4.0e4, 1.0, 0.0, 0.5),  # at most half of the way in a quarter
])
def test_joint_research_progresses_by_effort_breadth_and_cohesion_towards_the_ceiling(
    rule, effort, skill, technology, gain
):
    home = alliance(effort=effort, coverage=0.4, trust=0.5, clarity=0.5, technology=technology)
    assert rule(alliance_rules.progress)(home, skill, parameters(**PROGRESS)) == pytest.approx(gain)


@pytest.mark.parametrize(("firms", "gain"), [(0, 0.01), (2, 0.02), (4, 0.03)])
def test_results_are_converted_faster_where_firms_lead(rule, firms, gain):
    # 0.16 * 0.25 * (0.5 + firms / 4) * (1 - 0.5)
    home = alliance(size=4, firms=firms, technology=0.25, conversion=0.5)
    assert rule(alliance_rules.conversion_gain)(home, 0.0, parameters(conversion_rate=0.16)) == pytest.approx(gain)


@pytest.mark.parametrize(("patents", "inequality", "trust", "hazard"), [
    (0.0, 0.5, 0.5, 0.02),  # 0.08 * 0.25 * 1 * 1 * 1
    (10.0, 0.5, 0.5, 0.08 * (1.0 - 0.75 / 2.718281828459045)),
    (0.0, 0.0, 0.5, 0.01),
    (0.0, 0.5, 1.0, 0.01),
])
def test_disputes_grow_with_property_and_inequality_and_fall_with_trust(rule, patents, inequality, trust, hazard):
    p = parameters(dispute_rate=0.08, dispute_existing=0.25, dispute_patents=10.0)
    home = alliance(
        core_patents=0.4 * patents, generic_patents=0.6 * patents, inequality=inequality, governance=0.5, trust=trust
    )
    assert rule(alliance_rules.dispute_hazard)(home, 0.0, p) == pytest.approx(hazard)


def test_trust_grows_with_satisfaction_fades_and_suffers_from_turnover(rule):
    # 0.1 * 0.8 * (1 - 0.5) - (0.02 + 0.3 * 0.1) * 0.5
    p = parameters(trust_gain=0.1, trust_fade=0.02, trust_turnover=0.3)
    change = rule(alliance_rules.trust_change)(alliance(satisfaction=0.8, trust=0.5, turnover=0.1), p)
    assert change == pytest.approx(0.04 - 0.025)


def test_governance_grows_by_practice_and_supervision_and_erodes_with_turnover(rule):
    # (0.04 * 0.5 + 0.06 * 0.5) * (1 - 0.6) - 0.5 * 0.1 * 0.6
    p = parameters(governance_practice=0.04, governance_supervised=0.06, governance_turnover=0.5)
    home = alliance(trust=0.5, supervision=0.5, governance=0.6, turnover=0.1)
    assert rule(alliance_rules.governance_change)(home, p) == pytest.approx(0.02 - 0.03)


@pytest.mark.parametrize(("outlook", "technology", "clarity"), [
    (0.6, 0.0, 0.1 + 0.2 + 0.3),  # a market beyond 0.3 is fully clear
    (0.15, 0.0, 0.1 + 0.2 + 0.15),
    (0.6, 1.0, 0.1 + 0.2 + 0.15),  # half of it is gone when the technology is reached
    (0.0, 0.0, 0.1 + 0.2),
])
def test_clarity_blurs_as_the_market_goes_and_the_goal_is_reached(rule, outlook, technology, clarity):
    p = parameters(clarity_base=0.1, clarity_motive=0.4, clarity_ahead=0.3, clarity_reached=0.5, clear_outlook=0.3)
    home = alliance(motive=0.5, technology=technology)
    assert rule(alliance_rules.clarity_target)(home, outlook, p) == pytest.approx(clarity)


@pytest.mark.parametrize(("mandate", "public", "generic", "innovation"), [
    (0.0, 1.0, 1.0, 0.01),
    (1.0, 0.0, 1.0, 0.01),  # nothing public, nothing to show
    (1.0, 0.5, 1.0, 0.06),  # a third of public money is enough for the full duty
    (1.0, 0.5, 0.0, 0.03),  # core technology: the basic reach 0.4 of 0.05
    (0.5, 0.1, 1.0, 0.01 + 0.05 * 0.5 * 0.3),
])
def test_a_mandate_makes_publicly_paid_and_generic_results_met_more_often(rule, mandate, public, generic, innovation):
    p = parameters(spread_spontaneous=0.01, spread_imitation=0.1, mandate_encounters=0.05, mandate_basic=0.4)
    home = alliance(
        mandate=mandate, public_total=100.0 * public, private_total=100.0 * (1.0 - public),
        generic_patents=100.0 * generic, core_patents=100.0 * (1.0 - generic),
    )
    assert rule(alliance_rules.imitation_rates)(home, row(SECTORS), p) == pytest.approx((innovation, 0.1))


def test_economics_is_benefit_in_benefit_plus_cost(rule):
    assert rule(alliance_rules.economics)(3.0, 1.0) == pytest.approx(0.75, rel=1e-6)
    assert rule(alliance_rules.economics)(0.0, 0.0) == 0.0


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
    uneven = parameters(weight_technology=5.0)  # (5 * 0.1 + 0.2 + 0.3 + 0.4 + 0.5 + 0.6) / 10
    assert rule(alliance_rules.vitality)(dimensions, uneven) == pytest.approx(0.25)


# --- governments -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("opportunism", "governance", "supervision", "share"), [
    (1.0, 0.0, 0.0, 0.8), (0.5, 0.0, 0.0, 0.4), (1.0, 1.0, 0.0, 0.4), (1.0, 0.0, 1.0, 0.4), (1.0, 1.0, 1.0, 0.2),
    (0.0, 0.0, 0.0, 0.0),
])
def test_opportunists_divert_what_neither_governance_nor_supervision_guards(
    rule, opportunism, governance, supervision, share
):
    p = parameters(misuse_most=0.8, misuse_governance=0.5, detection=0.5)
    assert rule(government_rules.misuse_share)(opportunism, governance, supervision, p) == pytest.approx(share)


def principle(name):
    weights = {f"pilot_selection_{p}_weight": 0.0 for p in ("composition", "fit", "plan", "openness")}
    return levers(**weights | {f"pilot_selection_{name}_weight": 3.0})


E_FOLD = 1.0 - 1.0 / 2.718281828459045


@pytest.mark.parametrize(("name", "score"), [
    # Firms are half, one of two research partners, a supporting body, governance, credit, backbone.
    ("composition", (1.0 + 0.5 + 1.0 + 0.4 + 0.9 + 0.8) / 6.0),
    ("fit", (1.0 + 0.3 + E_FOLD) / 3.0),  # ten core patents of ten
    ("plan", (0.6 + 0.15 + E_FOLD) / 3.0),  # one standard
    ("openness", 0.7),
])
def test_each_principle_of_pilot_selection_scores_what_it_names(rule, name, score):
    candidate = alliance(
        size=8, firms=4, research=1, governance=0.4, core_patents=10.0, clarity=0.6, diffusion=0.15, standards=1.0,
        openness=0.7,
    )
    sector, field = row(SECTORS, priority=1.0), row(FIELDS, genericness=0.3)
    weights, p = principle(name), parameters(dispute_patents=10.0)
    assert rule(government_rules.pilot_score)(candidate, sector, field, 0.9, 0.8, weights, p) == pytest.approx(score)


@pytest.mark.parametrize(("pilot", "grants", "more"), [
    (-1, 0, 0.0), (3, 0, 0.8), (-1, 2, 0.5 * (0.6 + E_FOLD - 1.0)), (3, 2, 0.8 + 0.5 * (0.6 + E_FOLD - 1.0)),
])
def test_grants_rank_by_five_principles_pilots_first_and_results_rolled_on(rule, pilot, grants, more):
    # Need 0.5 * 1 + 0.5 * 0.4; orderly advance max(1 - 0.6, 0.6 * (1 - 0.25)); property; firms 3 of 4; governance.
    applicant = alliance(
        size=4, firms=3, technology=0.6, conversion=0.25, core_patents=10.0, governance=0.5, label=float(pilot >= 0),
        grants=grants
    )
    call = levers(programme_grants_pilots_first=0.8, programme_grants_rolling=0.5)
    score = rule(government_rules.grant_score)(
        applicant, row(SECTORS, priority=1.0), row(FIELDS, guide=0.4), call, parameters(dispute_patents=10.0)
    )
    assert score == pytest.approx((0.7 + 0.45 + E_FOLD + 0.75 + 0.5) / 5.0 + more)


@pytest.mark.parametrize(("noise", "effort", "seen"), [
    (0.0, 0.0, 0.5), (1.0, 0.0, 0.7), (1.0, 1.0, 0.55), (-1.0, 1.0, 0.45), (9.0, 0.0, 1.0), (-9.0, 0.0, 0.0),
])
def test_effort_divides_the_noise_of_what_a_government_sees(rule, noise, effort, seen):
    p = parameters(diagnosis_noise=0.2, diagnosis_accuracy=3.0)
    assert rule(government_rules.observed)(0.5, noise, effort, p) == pytest.approx(seen)


@pytest.mark.parametrize(("state", "odds"), [(0.4, 0.5), (0.4 + LN3 / 10.0, 0.75), (0.4 - LN3 / 10.0, 0.25)])
def test_the_odds_of_a_rescue_follow_trust_governance_and_coverage(rule, state, odds):
    p = parameters(rescue_slope=10.0, rescue_middle=0.4)
    home = alliance(trust=state + 0.1, governance=state - 0.1, coverage=state)
    assert rule(government_rules.rescue_odds)(home, p) == pytest.approx(odds)


# --- stages ----------------------------------------------------------------------------------------------------------

MARGINS = {"rise_margin": 0.04, "plateau_slope": 0.02, "decline_margin": 0.05, "regrowth_margin": 0.06}


@pytest.mark.parametrize(("before", "track", "results", "now"), [
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
    (Stage.REGROWTH, {"fast": 0.4, "slow": 0.36, "peak": 0.4, "start": 0.3}, True, Stage.REGROWTH),
    (Stage.REGROWTH, {"fast": 0.4, "slow": 0.39, "peak": 0.4, "start": 0.3}, True, Stage.MATURITY),
    (Stage.REGROWTH, {"fast": 0.3, "slow": 0.33, "peak": 0.4, "start": 0.3}, True, Stage.DECLINE),
])
def test_the_stage_is_read_off_level_slope_and_distance_from_peak_and_trough(rule, before, track, results, now):
    assert rule(life_cycle.stage)(int(before), alliance(**track), results, parameters(**MARGINS)) == now


level = st.floats(0.0, 1.0)


@given(st.sampled_from(Stage), level, level, level, level, level, st.booleans(), st.floats(0.0, 0.5))
def test_any_trajectory_has_one_stage_reached_by_an_allowed_transition(
    before, fast, slow, peak, trough, start, results, margin
):
    p = parameters(rise_margin=margin, decline_margin=margin / 2.0, regrowth_margin=margin)
    track = alliance(fast=fast, slow=slow, peak=peak, trough=trough, start=start)
    now = Stage(life_cycle.stage(int(before), track, results, p))
    assert now == before or (before, now) in ALLOWED
    assert now == life_cycle.stage.py_func(before, track, results, p)


def test_no_stage_but_regrowth_follows_decline_and_nothing_returns_to_formation():
    assert {after for before, after in ALLOWED if before == Stage.DECLINE} == {Stage.REGROWTH}
    assert Stage.FORMATION not in {after for _, after in ALLOWED}
    assert all(before != after for before, after in ALLOWED)


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


# --- the policy chain ------------------------------------------------------------------------------------------------


def test_a_place_in_the_plan_draws_by_the_subsidy_that_it_secures(rule):
    p, field = parameters(plan_appeal=2.0), row(FIELDS, outlook=0.4)
    appeal = rule(firm_rules.field_appeal)
    assert appeal(field, 0.2, 0.5, 0.3, p) - appeal(field, 0.2, 0.5, 0.0, p) == pytest.approx(0.6)


def test_sectors_rank_by_the_weighed_sum_of_four_principles(rule):
    weights = {f"layout_{p}_weight": w for p, w in (("base", 1.0), ("potential", 2.0), ("pull", 3.0), ("fusion", 4.0))}
    sector = row(SECTORS, base=0.1, potential=0.2, pull=0.3, fusion=0.4)
    assert rule(government_rules.layout_score)(sector, levers(**weights)) == pytest.approx(0.1 + 0.4 + 0.9 + 1.6)


@pytest.mark.parametrize(("change", "fits"), [
    ({}, True), ({"funds": 4.9}, False), ({"public_funds": 0.2}, False), ({"technology": 0.3}, False),
    ({"governance": 0.3}, False), ({"openness": 0.2}, False),
])
def test_a_host_needs_own_funds_technology_leadership_and_reach(rule, change, fits):
    p = parameters(host_technology=0.4, host_governance=0.4, host_openness=0.3)
    home = alliance(**{"funds": 5.1, "technology": 0.5, "governance": 0.5, "openness": 0.5} | change)
    assert bool(rule(government_rules.can_host)(home, 5.0, p)) is fits


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


def test_a_pilots_record_is_the_mean_of_four(rule):
    pilot = alliance(technology=0.8, conversion=0.4, governance=0.6, vitality=0.2)
    assert rule(government_rules.pilot_record)(pilot) == pytest.approx(0.5)


@pytest.mark.parametrize(("share", "dominance"), [(0.1, 0.0), (0.2, 0.0), (0.6, 0.5), (1.0, 1.0)])
def test_dominance_begins_beyond_the_share_of_a_monopoly(rule, share, dominance):
    found = rule(alliance_rules.dominance)(alliance(market_share=share), parameters(monopoly_share=0.2))
    assert found == pytest.approx(dominance)


def test_licences_need_property_conversion_trust_and_services(rule):
    p = parameters(licence_rate=0.5, dispute_patents=10.0)
    seller = alliance(core_patents=4.0, generic_patents=6.0, conversion=0.5, trust=0.3)
    assert rule(alliance_rules.licence_rate)(seller, row(SECTORS, ip_services=0.5), p) == pytest.approx(
        0.5 * E_FOLD * 0.5 * 0.8 * 0.5)
    assert rule(alliance_rules.licence_rate)(seller, row(SECTORS), p) == 0.0


def test_trials_orders_and_demonstration_speed_conversion(rule):
    # 0.16 * 0.25 * (0.5 + 0.5) * 0.5 = 0.02, times 1 + (2 * 1 + 1 * 0.5) / 5, times 1 + 0.4 * 0.5.
    p = parameters(conversion_rate=0.16, trial_effect=2.0, order_effect=1.0, effort_reference=5.0, shown_conversion=0.4)
    home = alliance(size=4, firms=2, technology=0.25, conversion=0.5, trials=1.0, order=0.5)
    assert rule(alliance_rules.conversion_gain)(home, 0.5, p) == pytest.approx(0.02 * 1.5 * 1.2)


def test_subsidy_demonstration_and_compulsory_licences_add_encounters_and_rights_slow_imitation(rule):
    p = parameters(spread_spontaneous=0.01, spread_imitation=0.1, reward_encounters=0.06, show_encounters=0.05,
                   antitrust_encounters=0.3, monopoly_share=0.2, enforce_spread=0.4)
    home = alliance(rewarded=0.5, shown=0.4, market_share=0.6)
    sector = row(SECTORS, enforcement=0.5, antitrust=0.2)
    assert rule(alliance_rules.imitation_rates)(home, sector, p) == pytest.approx(
        (0.01 + 0.03 + 0.02 + 0.3 * 0.2 * 0.5, 0.1 * 0.8))


def test_enforced_rights_prevent_part_of_the_disputes(rule):
    p = parameters(enforce_disputes=0.5)
    home = alliance(core_patents=5.0, governance=0.5, trust=0.5)
    hazard = rule(alliance_rules.dispute_hazard)
    assert hazard(home, 0.8, p) == pytest.approx(0.6 * hazard(home, 0.0, p))


def test_full_access_to_platforms_speeds_research(rule):
    p = parameters(**PROGRESS, platform_effect=0.6)
    served, without = (rule(alliance_rules.progress)(
        alliance(effort=0.1, coverage=0.4, trust=0.5, clarity=0.5, access=access), 0.5, p) for access in (0.5, 0.0))
    assert served == pytest.approx(1.3 * without)
