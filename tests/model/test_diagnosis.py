"""Six dimensions, averages, and what a re-growth came through."""

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from alliancelab.agents.codes import Dimension, Door, ProjectState, Stage
from alliancelab.model import diagnosis
from alliancelab.model.tables import ALLIANCES, table_type
from tests.support.bench import bench, plain, project
from tests.support.rows import E_FOLD
from tests.support.worlds import plain_setup, world_at

level = st.floats(0.0, 1.0)
READING = {"smoothing": 0.35, "peak_fade": 0.005, "rise_margin": 0.04, "decline_margin": 0.035, "regrowth_margin": 0.09}
follow_vitality = diagnosis.follow_vitality


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
            follow_vitality(world, quarter, 0)
            yield world.alliances[0]

    return lead


def test_a_strong_recovery_from_decline_beyond_the_old_peak_reads_as_regrowth_within_four_quarters(followed):
    """7.10: `follow_vitality`."""
    fallen = [*np.linspace(0.4, 0.54, 12), *[0.54] * 12, *np.linspace(0.54, 0.40, 8), *[0.40] * 6]
    stages, peak = [], 0.0
    for one in followed([*fallen, *[0.65] * 8]):
        stages.append(Stage(one["stage"]))
        peak = float(one["peak"]) if len(stages) == len(fallen) else peak
    assert 0.52 < peak < 0.54 and stages[len(fallen) - 1] == Stage.DECLINE
    assert Stage.REGROWTH in stages[len(fallen) : len(fallen) + 4]


def test_a_recovery_at_once_after_a_steep_fall_reads_as_regrowth_while_it_rises(followed):
    """7.10: `stage`: the fall of the same year does not hide it, and nothing but rising keeps it in re-growth."""
    fallen = [*[0.6] * 12, 0.5, 0.4, 0.3, 0.3]
    stages = [Stage(one["stage"]) for one in followed([*fallen, *np.linspace(0.35, 0.75, 9), *[0.75] * 9])]
    assert stages[len(fallen) - 1] == Stage.DECLINE
    first = stages.index(Stage.REGROWTH)
    assert first - len(fallen) <= 4 and set(stages[first : first + 8]) == {Stage.REGROWTH}
    assert stages[-1] == Stage.MATURITY


@example([(0.54, 12), (0.49, 6), (0.74, 2)])  # a shallow decline, and up too steeply for rest, too little for re-growth
@given(st.lists(st.tuples(level, st.integers(1, 12)), min_size=1, max_size=8))
def test_no_alliance_stands_in_decline_at_its_all_time_best(followed, course):
    """7.10: `follow_vitality`."""
    for one in followed([vitality for vitality, quarters in course for _ in range(quarters)]):
        assert one["stage"] != Stage.DECLINE or one["smoothed"] < one["highest"]


def measured(**changes):
    """An alliance with two lines, in a world whose frontier is 2."""
    world = bench(standing_market=1.0, standing_members=10.0, standing_standards=1.0)
    one = world.alliances[0]
    one.lines, world.sectors["world_frontier"] = 2, 2.0
    world.lines["field"][0, 1] = 1
    world.lines["knowledge"][0, :2], world.fields["vintage"][0, :2] = (0.5, 0.9), (1.0, 2.0)
    for name, value in changes.items():
        one[name] = value
    plain(diagnosis.measure)(world, 0)
    return world, one.dimensions


def test_technology_is_the_best_line_in_a_living_field_over_the_worlds_frontier():
    """7.10: `measure`."""
    world, dimensions = measured()
    assert dimensions[Dimension.TECHNOLOGY] == pytest.approx(0.9)
    world.fields["alive"][0, 1] = False
    plain(diagnosis.measure)(world, 0)
    assert dimensions[Dimension.TECHNOLOGY] == pytest.approx(0.25)
    world.sectors["world_frontier"] = 0.05
    plain(diagnosis.measure)(world, 0)
    assert dimensions[Dimension.TECHNOLOGY] == 1.0


@pytest.mark.parametrize(("change", "standing"), [
    ({}, 0.0), ({"power": 1.0}, 0.5 * E_FOLD), ({"size": 10, "active": 10}, 0.35 * E_FOLD),
    ({"standards": 1.0}, 0.15 * E_FOLD), ({"power": 99.0, "size": 999, "active": 999, "standards": 99.0}, 1.0),
])
def test_standing_is_half_market_a_third_members_and_the_rest_standards(change, standing):
    """7.10: `measure`."""
    assert measured(**change)[1][Dimension.STANDING] == pytest.approx(standing)


def test_governance_and_clarity_are_dimensions_as_they_are():
    """7.10: `measure`."""
    dimensions = measured(governance=0.3, clarity=0.7)[1]
    assert (dimensions[Dimension.GOVERNANCE], dimensions[Dimension.CLARITY]) == (0.3, 0.7)


def smoothed(vitality=(0.6, 0.8), **changes):
    """An alliance after the quarter of founding and those that follow; half of the way is moved."""
    world = bench(smoothing=0.5, peak_fade=0.5, vitality_floor=0.3, floor_rise=0.05, **changes)
    for tick, value in enumerate(vitality):
        world.alliances["vitality"] = value
        plain(diagnosis.follow_vitality)(world, tick, 0)
    return world.alliances[0]


def test_in_the_quarter_of_founding_all_levels_are_vitality_and_then_they_move():
    """7.10: `follow_vitality`."""
    one = smoothed((0.6,))
    assert one.smoothed == one.peak == one.trough == one.start == 0.6 and (one.past_year == 0.6).all()
    one = smoothed()
    assert (one.smoothed, one.peak, one.trough) == pytest.approx((0.7, 0.7, 0.6))
    one = smoothed((0.6, 0.4))
    assert (one.smoothed, one.peak, one.trough, one.highest) == pytest.approx((0.5, 0.55, 0.5, 0.6))


def test_the_past_year_are_the_four_quarters_before_oldest_first():
    """7.10: `follow_vitality`."""
    assert smoothed((0.8, 0.4)).past_year == pytest.approx((0.8, 0.8, 0.8, 0.6))
    assert smoothed((0.8, 0.4, 0.4, 0.4, 0.4)).past_year == pytest.approx((0.6, 0.5, 0.45, 0.425))


def test_quarters_in_a_row_with_low_vitality_are_counted_while_it_does_not_rise():
    """7.11: low is smoothed < `vitality_floor` and rise within a year <= `floor_rise` (`follow_vitality`)."""
    assert [smoothed((0.2,) * n).low_quarters for n in (1, 2, 3)] == [1, 2, 3]
    assert smoothed((0.2, 0.2, 0.4)).low_quarters == 0 and smoothed((0.02, 0.45)).low_quarters == 0
    assert smoothed((0.2, 0.2, 0.28)).low_quarters == 3


@pytest.mark.parametrize(("before", "now", "start", "peak", "trough"), [
    (Stage.FORMATION, Stage.GROWTH, 0.5, 0.5, 0.5), (Stage.GROWTH, Stage.MATURITY, 0.2, 0.9, 0.5),
    (Stage.MATURITY, Stage.DECLINE, 0.2, 0.9, 0.3), (Stage.DECLINE, Stage.REGROWTH, 0.3, 0.5, 0.3),
    (Stage.REGROWTH, Stage.DECLINE, 0.2, 0.9, 0.5), (Stage.DECLINE, Stage.MATURITY, 0.2, 0.9, 0.3),
])
def test_levels_that_the_next_stage_is_measured_from_start_on_entering(before, now, start, peak, trough):
    """7.10: `enter_stage`: on growth and re-growth the peak, on leaving formation, growth, re-growth the trough."""
    world = bench()
    one = world.alliances[0]
    one.smoothed, one.start, one.peak, one.trough = 0.5, 0.2, 0.9, 0.3
    plain(diagnosis.enter_stage)(world, 8, 0, before, now)
    assert (one.stage, one.stage_since) == (now, 8) and (one.start, one.peak, one.trough) == (start, peak, trough)
    assert (one.declines, one.regrowths) == (now == Stage.DECLINE, now == Stage.REGROWTH)


def door(*projects_of, tick=50):
    world = bench()
    for values in projects_of:
        ended = values.pop("ended", -1)
        state = ProjectState.DONE if ended >= 0 else ProjectState.RUNNING
        project(world, 0, ended=ended, **{"state": state, "started": 30} | values)
    return Door(plain(diagnosis.door_of_regrowth)(world, tick, 0))


def test_a_regrowth_came_through_the_door_of_the_project_that_lifted_most_of_late():
    """7.10: `door_of_regrowth`: lift x 0.9 to the power of the quarters since its end."""
    old, new = {"door": Door.OPPORTUNITY, "lift": 1.0}, {"door": Door.CONTINUOUS_INNOVATION, "lift": 0.8}
    assert door(old | {}, new | {}) == Door.OPPORTUNITY
    assert door(old | {"ended": 49}, new | {}) == Door.OPPORTUNITY  # 0.9 against 0.8
    assert door(old | {"ended": 47}, new | {}) == Door.CONTINUOUS_INNOVATION  # 0.729
    assert door(old | {"ended": 50 - diagnosis.MEMORY}) == Door.NONE  # too long ago
    assert door({"door": Door.NONE, "lift": 2.0}, old | {}) == Door.NONE  # the first line


def test_the_search_for_a_door_ends_at_the_first_project_that_began_long_ago():
    """7.10: `door_of_regrowth`: more than 40 quarters."""
    first = {"door": Door.OPPORTUNITY, "lift": 1.0, "started": 0}
    assert door(first | {}, {"started": 0, "lift": 0.1, "door": Door.RISK_AVOIDANCE}) == Door.RISK_AVOIDANCE
    assert door(first | {}, {"started": 10, "lift": 0.1, "door": Door.RISK_AVOIDANCE}) == Door.OPPORTUNITY


def test_every_living_alliance_is_measured_before_its_vitality_is_followed():
    """7.10: `diagnosis`."""
    called = []
    plain(diagnosis.diagnosis, measure=lambda world, a: called.append(("measure", int(a))),
          follow_vitality=lambda world, tick, a: called.append(("follow", int(a))))(bench(alliances=2), 0)
    assert called == [("measure", 0), ("follow", 0), ("measure", 1), ("follow", 1)]
