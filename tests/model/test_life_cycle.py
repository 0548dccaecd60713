"""The stage of an alliance, read off level and slope of its vitality."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alliancelab.agents.codes import Stage
from alliancelab.model import life_cycle
from alliancelab.model.life_cycle import ALLOWED
from tests.support.rows import alliance, parameters

MARGINS = {"rise_margin": 0.04, "decline_margin": 0.05, "regrowth_margin": 0.06}
level = st.floats(0.0, 1.0)


def followed(now, year_ago, lowest=1.0, **levels):
    """An alliance whose smoothed vitality is, was a year ago and was at its lowest since at these levels."""
    return alliance(smoothed=now, past_year=(year_ago, 0.9, min(year_ago, lowest), 0.9), **levels)


@pytest.mark.parametrize(("before", "levels", "at_work", "now"), [
    (Stage.FORMATION, {"now": 0.5, "year_ago": 0.3}, False, Stage.FORMATION),
    (Stage.FORMATION, {"now": 0.1, "year_ago": 0.5, "peak": 0.5}, True, Stage.GROWTH),
    (Stage.GROWTH, {"now": 0.5, "year_ago": 0.45, "peak": 0.5, "start": 0.3}, True, Stage.GROWTH),  # still rising
    (Stage.GROWTH, {"now": 0.5, "year_ago": 0.47, "peak": 0.5, "start": 0.3}, True, Stage.MATURITY),  # at rest
    (Stage.GROWTH, {"now": 0.32, "year_ago": 0.32, "peak": 0.32, "start": 0.3}, True, Stage.GROWTH),  # never rose
    (Stage.GROWTH, {"now": 0.4, "year_ago": 0.42, "peak": 0.5, "start": 0.3}, True, Stage.DECLINE),
    (Stage.GROWTH, {"now": 0.46, "year_ago": 0.48, "peak": 0.5, "start": 0.44}, True, Stage.GROWTH),  # within it
    (Stage.MATURITY, {"now": 0.5, "year_ago": 0.5, "peak": 0.5, "trough": 0.49}, True, Stage.MATURITY),
    (Stage.MATURITY, {"now": 0.4, "year_ago": 0.42, "peak": 0.5, "trough": 0.4}, True, Stage.DECLINE),
    (Stage.MATURITY, {"now": 0.4, "year_ago": 0.4, "peak": 0.5, "trough": 0.4}, True, Stage.MATURITY),  # not lower
    (Stage.MATURITY, {"now": 0.48, "year_ago": 0.43, "peak": 0.5, "trough": 0.41}, True, Stage.REGROWTH),
    (Stage.MATURITY, {"now": 0.48, "year_ago": 0.45, "peak": 0.5, "trough": 0.41}, True, Stage.MATURITY),  # at rest
    (Stage.DECLINE, {"now": 0.3, "year_ago": 0.3, "peak": 0.5, "trough": 0.3}, True, Stage.DECLINE),  # on a low level
    (Stage.DECLINE, {"now": 0.37, "year_ago": 0.32, "peak": 0.5, "trough": 0.3}, True, Stage.REGROWTH),
    (Stage.DECLINE, {"now": 0.37, "year_ago": 0.45, "lowest": 0.3, "peak": 0.5, "trough": 0.3}, True, Stage.REGROWTH),
    (Stage.DECLINE, {"now": 0.37, "year_ago": 0.34, "peak": 0.5, "trough": 0.3}, True, Stage.DECLINE),  # at rest
    (Stage.DECLINE, {"now": 0.35, "year_ago": 0.32, "peak": 0.5, "trough": 0.3}, True, Stage.DECLINE),  # not enough
    (Stage.DECLINE, {"now": 0.36, "year_ago": 0.36, "peak": 0.4, "trough": 0.31}, True, Stage.MATURITY),  # near it
    (Stage.DECLINE, {"now": 0.36, "year_ago": 0.37, "peak": 0.4, "trough": 0.31}, True, Stage.DECLINE),  # still falling
    (Stage.DECLINE, {"now": 0.5, "year_ago": 0.52, "peak": 0.5, "trough": 0.445}, True, Stage.MATURITY),  # at the peak
    (Stage.REGROWTH, {"now": 0.4, "year_ago": 0.35, "peak": 0.4, "start": 0.3}, True, Stage.REGROWTH),
    (Stage.REGROWTH, {"now": 0.4, "year_ago": 0.37, "peak": 0.4, "start": 0.3}, True, Stage.MATURITY),
    (Stage.REGROWTH, {"now": 0.3, "year_ago": 0.33, "peak": 0.4, "start": 0.3}, True, Stage.DECLINE),
])
def test_the_stage_is_read_off_level_rise_within_a_year_and_distance_from_peak_and_trough(
    rule, before, levels, at_work, now
):
    """7.10: `stage`, the table of transitions."""
    assert rule(life_cycle.stage)(int(before), followed(**levels), at_work, parameters(**MARGINS)) == now


def test_the_yearly_rise_is_over_the_lowest_of_the_past_year(rule):
    """7.10: `yearly_rise`."""
    risen = rule(life_cycle.yearly_rise)
    assert risen(alliance(smoothed=0.5, past_year=(0.6, 0.4, 0.3, 0.7))) == pytest.approx(0.2)
    assert risen(alliance(smoothed=0.5, past_year=(0.6, 0.6, 0.55, 0.7))) == pytest.approx(-0.05)


@pytest.mark.parametrize(("level", "peak"), [(0.6, 0.6), (0.5, 0.5), (0.4, 0.49), (0.0, 0.45)])
def test_the_remembered_peak_follows_a_rise_and_fades_by_a_tenth_of_the_fall(rule, level, peak):
    """7.10: `remembered_peak`."""
    found = rule(life_cycle.remembered_peak)(alliance(smoothed=level, peak=0.5), parameters(peak_fade=0.1))
    assert found == pytest.approx(peak)


@given(st.sampled_from(Stage), level, level, level, level, level, level, st.booleans(), st.floats(0.0, 0.5))
def test_any_trajectory_has_one_stage_reached_by_an_allowed_transition(
    before, now, year_ago, lowest, peak, trough, start, at_work, margin
):
    """7.10: `stage`."""
    p = parameters(rise_margin=margin, decline_margin=margin / 2.0, regrowth_margin=margin)
    levels = followed(now, year_ago, lowest, peak=peak, trough=trough, start=start)
    after = Stage(life_cycle.stage(int(before), levels, at_work, p))
    assert after == before or (before, after) in ALLOWED
    assert after == life_cycle.stage.py_func(before, levels, at_work, p)


def test_only_regrowth_and_a_lower_plateau_follow_decline_and_nothing_returns_to_formation():
    assert {after for before, after in ALLOWED if before == Stage.DECLINE} == {Stage.REGROWTH, Stage.MATURITY}
    assert Stage.FORMATION not in {after for _, after in ALLOWED}
    assert all(before != after for before, after in ALLOWED)
