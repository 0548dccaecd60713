"""Assessment of pilots: verdicts, what follows, and lessons of failure."""

from math import exp

import pytest

from alliancelab.agents.codes import Verdict
from alliancelab.model.accounts import Flow
from alliancelab.model.policy import assessment
from tests.support.bench import bench, plain, seat

BARS = {"assessment_exemplary": 0.6, "assessment_weak": 0.4, "assessment_failing": 0.3}


@pytest.mark.parametrize(("tick", "label", "effort", "graded"), [
    (8, 1.0, 0.5, True), (4, 1.0, 0.5, False), (12, 1.0, 0.5, False), (16, 1.0, 0.5, True), (8, 0.0, 0.5, False),
    (8, 1.0, 0.0, False), (0, 1.0, 0.5, False),
])
def test_a_pilot_is_assessed_every_so_many_years(tick, label, effort, graded):
    """Section 8, assessment: `yearly` every `interval` years, for `assessment_price` at full effort."""
    world = bench(assessment_price=2.0, diagnosis_noise=0.0,
                  levers=BARS | {"assessment_effort": effort, "assessment_interval": 2.0})
    world.alliances["label"], world.alliances["pilot"] = label, 0
    seen = []
    plain(assessment.yearly, luck=0.5, pilot_record=lambda one: 0.7, grade=lambda w, t, a, s: seen.append(s))(
        world, tick)
    assert seen == ([pytest.approx(0.7)] if graded else [])
    assert world.ledger[tick, Flow.ASSESSMENT] == (1.0 if graded else 0.0)


@pytest.mark.parametrize(("budget", "efforts"), [(9.0, [0.5]), (1.0, [0.5]), (0.9, [])])
def test_nobody_is_assessed_whose_assessment_is_not_paid_for(budget, efforts):
    """Section 8, assessment: the record is seen with an error (`yearly`); full effort costs 2."""
    world = bench(assessment_price=2.0, budget=budget, levers=BARS | {
        "assessment_effort": 0.5, "assessment_interval": 1.0})
    world.alliances["label"], world.alliances["pilot"] = 1.0, 0
    paid = []
    plain(assessment.yearly, luck=0.5, grade=lambda *_: None,
          observed=lambda value, noise, strength, p: paid.append(float(strength)))(world, 4)
    assert paid == efforts


@pytest.mark.parametrize(("seen", "warned", "verdict", "label"), [
    (0.6, 0, Verdict.EXEMPLAR, 1.0), (0.59, 1, Verdict.SOUND, 1.0), (0.4, 0, Verdict.SOUND, 1.0),
    (0.39, 0, Verdict.RECTIFIED, 1.0), (0.39, 1, Verdict.DROPPED, 0.0), (0.29, 0, Verdict.DROPPED, 0.0),
])
def test_a_pilot_is_an_exemplar_sound_rectified_or_dropped(seen, warned, verdict, label):
    """Section 8, assessment: `grade`: dropped below `failing`, or weak twice in a row."""
    world = bench(levers=BARS)
    one = world.alliances[0]
    one.label, one.warned, one.failed = 1.0, warned, 2
    plain(assessment.grade)(world, 8, 0, seen)
    assert (one.verdict, one.label, one.warned) == (verdict, label, 1 if verdict == Verdict.RECTIFIED else 0)
    on_record = verdict in (Verdict.DROPPED, Verdict.RECTIFIED)
    assert world.government["failures"][0] == (2.0 if on_record else 0.0)


def test_failed_projects_go_on_record_each_once():
    """Section 8, assessment: `study_failures`."""
    world = bench()
    for failed, record in ((2, 2.0), (2, 2.0), (3, 3.0)):
        world.alliances["failed"] = failed
        plain(assessment.study_failures)(world, 0)
        assert world.government["failures"][0] == record


def test_rectifying_adds_rules_and_annoys_members():
    """Section 8, assessment: `rectify`."""
    world = bench(rectified_governance=0.5, rectified_satisfaction=0.2)
    seat(world, 0, 0, 1, satisfaction=0.5)
    world.alliances["governance"], world.alliances["fund_rules"] = 0.2, 0.6
    plain(assessment.rectify)(world, 0)
    assert (world.alliances["governance"][0], world.alliances["fund_rules"][0]) == pytest.approx((0.6, 0.8))
    assert world.seats["satisfaction"][:2] == pytest.approx(0.4)


def quarter(verdict=Verdict.EXEMPLAR, failures=0.0, lessons=0.5, effort=1.0, label=1.0):
    world = bench(attention_speed=0.5, lessons_failures=10.0, lessons_price=2.0, levers={
        "assessment_effort": effort, "assessment_support": 4.0, "assessment_lessons": lessons})
    world.alliances["verdict"], world.alliances["label"], world.government["failures"] = verdict, label, failures
    world.sectors["lessons"] = 0.2
    plain(assessment.quarterly)(world, 0)
    return world


def test_exemplars_get_support_by_quarters():
    """Section 8, assessment: `quarterly`."""
    assert quarter().alliances["public_funds"][0] == 1.0
    assert quarter(Verdict.SOUND).alliances["funds"][0] == quarter(label=0.0).alliances["funds"][0] == 0.0


def test_lessons_move_to_what_failures_on_record_teach_and_is_passed_on():
    """Section 8, assessment: `lessons` x the part paid x (1 - exp(-record / `lessons_failures`)) (`quarterly`)."""
    world = quarter(failures=10.0)
    assert world.sectors["lessons"][0] == pytest.approx(0.2 + 0.5 * (0.5 * (1.0 - exp(-1.0)) - 0.2))
    assert world.ledger[0, Flow.LESSONS] == 1.0
    world = quarter(failures=0.0)  # there is nothing to teach, so nothing is paid
    assert world.sectors["lessons"][0] == pytest.approx(0.1) and world.ledger[0, Flow.LESSONS] == 0.0
