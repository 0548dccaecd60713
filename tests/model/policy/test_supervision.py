"""Supervision of projects with public money."""

import pytest

from alliancelab.agents.codes import ProjectState
from alliancelab.model.accounts import Count, Flow
from alliancelab.model.policy import supervision
from tests.support.bench import bench, plain, project


@pytest.mark.parametrize(("case", "watched"), [
    ({"grant": 1.0}, 0.5), ({"public": 1.0}, 0.5), ({}, 0.0), ({"grant": 1.0, "intensity": 0.0}, 0.0),
    ({"grant": 1.0, "budget": 0.2}, 0.1),
])
def test_projects_with_public_money_are_watched_as_far_as_it_is_paid_for(case, watched):
    """Section 8, supervision: `quarterly`; `control` x supervision holds partners."""
    world = bench(budget=case.get("budget", 100.0), supervision_price=2.0, levers={
        "supervision_intensity": case.get("intensity", 0.5), "supervision_control": 0.4})
    world.alliances["public_funds"] = case.get("public", 0.0)
    q = project(world, 0, grant=case.get("grant", 0.0), supervision=0.9, held=0.9)
    plain(supervision.quarterly)(world, 0)
    assert (world.projects[q].supervision, world.projects[q].held) == pytest.approx((watched, 0.4 * watched))
    assert world.ledger[0, Flow.SUPERVISION] == pytest.approx(2.0 * watched)


@pytest.mark.parametrize(("change", "stopped"), [
    ({}, True), ({"progress": 0.3}, False), ({"grant": 0.0}, False), ({"supervision": 0.0}, False),
    ({"started": 5, "progress": 0.05}, False), ({"planned": 40}, False),  # which is less behind its plan
])
def test_a_project_far_behind_the_part_of_its_plan_that_has_passed_is_stopped(change, stopped):
    """Section 8, supervision: `yearly`: half of ten quarters have passed, a fifth is done, half of it is asked for."""
    world = bench(review_noise=0.0, levers={"supervision_review": 0.5})
    q = project(world, 0, **{"grant": 1.0, "supervision": 0.5, "started": 3, "planned": 10, "progress": 0.2} | change)
    plain(supervision.yearly)(world, 8)
    one = world.projects[q]
    assert (one.state == ProjectState.STOPPED) == stopped and world.counts[Count.RUNNING] == (not stopped)
    assert not stopped or one.grant == 0.0  # it is free for the next call


def test_a_review_sees_with_an_error():
    """Section 8, supervision: + `review_noise` x N (`yearly`)."""
    world = bench(review_noise=0.2, levers={"supervision_review": 0.5})
    q = project(world, 0, grant=1.0, supervision=0.5, started=3, planned=10, progress=0.2)
    plain(supervision.yearly, normal=lambda *_: 1.0)(world, 8)
    assert world.projects[q].state == ProjectState.RUNNING
