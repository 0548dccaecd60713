"""What a firm decides and how it fares, against values worked by hand."""

from math import log

import pytest

from alliancelab.agents import firm_rules
from alliancelab.agents.codes import FirmStage
from alliancelab.model.tables import FIELDS
from tests.support.rows import LN3, firm, parameters, row


def test_the_expected_loss_grows_where_a_mandate_meets_public_money(rule):
    """7.4: `public_loss`."""
    p = parameters(public_good_loss=0.1, mandate_loss=0.4)
    assert rule(firm_rules.public_loss)(0.5, 0.5, p) == pytest.approx(0.2)
    assert rule(firm_rules.public_loss)(1.0, 0.0, p) == pytest.approx(0.1)


@pytest.mark.parametrize(("share", "genericness", "sought"), [
    (0.5, 0.5, 0.5), (0.5, 0.5 + LN3 / 4.0, 0.75), (0.5, 0.5 - LN3 / 4.0, 0.25), (0.0, 0.8, 0.0), (1.0, 0.2, 1.0),
])
def test_science_is_sought_by_odds_that_rise_with_genericness(rule, share, genericness, sought):
    """7.4: `research_sought`."""
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
    """7.4: `drive`, `initiation_hazard`."""
    founder, p = firm(stated_need=need, size=size), parameters(**DRIVE)
    assert rule(firm_rules.drive)(founder, subsidy, 0.2, p) == pytest.approx(drive)
    assert rule(firm_rules.initiation_hazard)(founder, subsidy, 0.2, p) == pytest.approx(hazard)


@pytest.mark.parametrize(("outlook", "promise"), [(0.0, 0.0), (0.2, 0.5), (0.6, 0.75)])
def test_a_field_promises_half_at_a_stated_outlook_and_saturates(rule, outlook, promise):
    """7.4: `promise_of`."""
    promised = rule(firm_rules.promise_of)(row(FIELDS, outlook=outlook), parameters(outlook_half=0.2))
    assert promised == pytest.approx(promise)


def test_a_field_appeals_by_its_promise_shared_with_rivals_seen_its_headroom_and_fit(rule):
    """7.4: `field_appeal`."""
    # Promise one half; half of the headroom 1 - 0.5 * 1 left; one plus 0.5 * 0.5 * 4 rivals seen; fit 3 * 0.2.
    p = parameters(headroom=0.5, field_fit=3.0, outlook_half=0.4, crowding=0.5)
    field = row(FIELDS, outlook=0.4, frontier=1.0, alliances=4)
    assert rule(firm_rules.field_appeal)(field, 0.2, 0.5, 0.0, p) == pytest.approx(log(0.125) + 0.6, abs=1e-4)


@pytest.mark.parametrize(("age", "size", "stage"), [
    (7, 999.0, FirmStage.SEED), (8, 1.0, FirmStage.START_UP), (19, 999.0, FirmStage.START_UP),
    (20, 199.0, FirmStage.GROWTH), (20, 200.0, FirmStage.MATURE),
])
def test_a_firm_is_young_by_age_and_mature_by_size(rule, age, size, stage):
    """7.1: `firm_stage`."""
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
    """7.1: `failure_hazard`."""
    p = parameters(**FAILURE)
    assert rule(firm_rules.failure_hazard)(firm(size=size), age, relative, p) == pytest.approx(hazard)


def test_growth_follows_relative_productivity_reverts_to_the_mean_and_takes_the_shock(rule):
    """7.1: `size_growth`."""
    # 0.01 * (2 - 1) - 0.1 * (ln 60 - ln 20) + 0.05 * 2; productivity counts up to three times the mean.
    p = parameters(growth_productivity=0.01, size_reversion=0.1, size_shock=0.05)
    growth = rule(firm_rules.size_growth)
    assert growth(firm(size=60.0), 2.0, log(20.0), 2.0, p) == pytest.approx(0.01 - 0.1 * LN3 + 0.1)
    assert growth(firm(size=60.0), 3.0, log(20.0), 2.0, p) == growth(firm(size=60.0), 9.0, log(20.0), 2.0, p)


def test_a_place_in_the_plan_draws_by_the_subsidy_that_it_secures(rule):
    """7.4: `field_appeal`."""
    p, field = parameters(plan_appeal=2.0), row(FIELDS, outlook=0.4)
    appeal = rule(firm_rules.field_appeal)
    assert appeal(field, 0.2, 0.5, 0.3, p) - appeal(field, 0.2, 0.5, 0.0, p) == pytest.approx(0.6)
