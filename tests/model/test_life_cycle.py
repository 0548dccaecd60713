"""The stage of an alliance, read off level and slope of its vitality."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alliancelab.agents.codes import Stage
from alliancelab.model import life_cycle
from alliancelab.model.life_cycle import ALLOWED
from tests.support.rows import alliance, parameters

MARGINS = {"rise_margin": 0.04, "plateau_slope": 0.02, "decline_margin": 0.05, "regrowth_margin": 0.06}
level = st.floats(0.0, 1.0)


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
    (Stage.DECLINE, {"fast": 0.37, "slow": 0.38, "peak": 0.5, "trough": 0.3}, True, Stage.REGROWTH),  # however slowly
    (Stage.DECLINE, {"fast": 0.355, "slow": 0.36, "peak": 0.4, "trough": 0.3}, True, Stage.MATURITY),  # a lower level
    (Stage.DECLINE, {"fast": 0.5, "slow": 0.47, "peak": 0.5, "trough": 0.445}, True, Stage.MATURITY),  # at its best
    (Stage.REGROWTH, {"fast": 0.4, "slow": 0.36, "peak": 0.4, "start": 0.3}, True, Stage.REGROWTH),
    (Stage.REGROWTH, {"fast": 0.4, "slow": 0.39, "peak": 0.4, "start": 0.3}, True, Stage.MATURITY),
    (Stage.REGROWTH, {"fast": 0.3, "slow": 0.33, "peak": 0.4, "start": 0.3}, True, Stage.DECLINE),
])
def test_the_stage_is_read_off_level_slope_and_distance_from_peak_and_trough(rule, before, track, at_work, now):
    """7.10: `stage`, the table of transitions."""
    assert rule(life_cycle.stage)(int(before), alliance(**track), at_work, parameters(**MARGINS)) == now


@pytest.mark.parametrize(("fast", "peak"), [(0.6, 0.6), (0.5, 0.5), (0.4, 0.49), (0.0, 0.45)])
def test_the_remembered_peak_follows_a_rise_and_fades_by_a_tenth_of_the_fall(rule, fast, peak):
    """7.10: `remembered_peak`."""
    found = rule(life_cycle.remembered_peak)(alliance(fast=fast, peak=0.5), parameters(peak_fade=0.1))
    assert found == pytest.approx(peak)


@given(st.sampled_from(Stage), level, level, level, level, level, st.booleans(), st.floats(0.0, 0.5))
def test_any_trajectory_has_one_stage_reached_by_an_allowed_transition(
    before, fast, slow, peak, trough, start, at_work, margin
):
    """7.10: `stage`."""
    p = parameters(rise_margin=margin, decline_margin=margin / 2.0, regrowth_margin=margin)
    track = alliance(fast=fast, slow=slow, peak=peak, trough=trough, start=start)
    now = Stage(life_cycle.stage(int(before), track, at_work, p))
    assert now == before or (before, now) in ALLOWED
    assert now == life_cycle.stage.py_func(before, track, at_work, p)


def test_only_regrowth_and_a_lower_plateau_follow_decline_and_nothing_returns_to_formation():
    assert {after for before, after in ALLOWED if before == Stage.DECLINE} == {Stage.REGROWTH, Stage.MATURITY}
    assert Stage.FORMATION not in {after for _, after in ALLOWED}
    assert all(before != after for before, after in ALLOWED)
