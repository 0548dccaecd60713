"""Calls for programme grants, and how grants are paid."""

import numpy as np
import pytest

from alliancelab.agents.codes import ProjectState, Stage
from alliancelab.model.accounts import Count, Flow
from alliancelab.model.policy import programme_grants
from tests.support.bench import bench, plain, project
from tests.support.rows import alliance


@pytest.mark.parametrize(("states", "share"), [
    ((), 0.5), ((ProjectState.DONE,), 0.75), ((ProjectState.FAILED,), 0.25),
    ((ProjectState.DONE, ProjectState.FAILED), 0.5), ((ProjectState.RUNNING,), 0.5),
])
def test_success_is_the_share_of_publicly_paid_projects_that_ended_well(states, share):
    """Section 8, grants: `success`: (0.5 + done) / (1 + ended)."""
    world = bench()
    for state in states:
        project(world, 0, state=state, public_total=1.0)
    project(world, 0, state=ProjectState.FAILED)  # without public money it does not count
    assert plain(programme_grants.success)(world, 0) == pytest.approx(share)


@pytest.mark.parametrize(("change", "eligible"), [
    ({}, True), ({"signed": -1}, False), ({"idea_field": -1}, False), ({"stage": Stage.DECLINE}, False),
])
def test_eligible_are_alliances_under_contract_in_the_stages_with_an_idea(change, eligible):
    """Section 8, grants: `is_eligible`."""
    one = alliance(**{"stage": Stage.GROWTH} | change)
    assert bool(plain(programme_grants.is_eligible)(one, float(2**Stage.GROWTH))) is eligible


def test_committed_is_what_running_grants_are_worth_a_year():
    """Section 8, grants: `committed`."""
    world = bench()
    project(world, 0, grant=0.5)
    project(world, 0, grant=0.25)
    assert plain(programme_grants.committed)(world) == pytest.approx(3.0)


def called(budget=10.0, amount=3.0, running=0.0, awards=0):
    """Awards of a call among four alliances, of which the first has no idea."""
    world = bench(alliances=4, budget=budget, handling_cost=0.5, selection_noise=0.0, levers={
        "programme_grants_amount": amount, "programme_grants_years": 2.0, "programme_grants_stages": 31.0})
    world.alliances["idea_field"][1:4], world.alliances["idea_worth"][1:4] = 0, (1, 3, 2)
    world.alliances["awards"] = awards
    if running:
        project(world, 0, grant=running / 4.0)
    asked = []
    plain(programme_grants.yearly, luck=0.5, success=lambda *_: 0.9,
          grant_score=lambda one, line, sector, field, earlier, *_: asked.append(earlier) or one.idea_worth)(world, 0)
    return np.flatnonzero(world.alliances["award"][:4] > 0.0).tolist(), world, asked


def test_the_best_ideas_win_while_grants_and_handling_fit_the_budget():
    """Section 8, grants: `yearly`; a grant of 3 and its handling take 3.5."""
    won, world, _ = called()
    assert won == [2, 3] and world.alliances["award"][2] == 0.75 and world.alliances["award_quarters"][2] == 8
    assert world.ledger[0, Flow.GRANT_HANDLING] == 1.0
    assert called(budget=10.5)[0] == [1, 2, 3] and called(running=4.0)[0] == [2] and called(amount=0.0)[0] == []


def test_earlier_success_counts_for_those_that_won_before():
    """Section 8, grants: else s is one half (`yearly`)."""
    assert called()[2] == [0.5] * 3 and called(awards=1)[2] == [0.9] * 3


@pytest.mark.parametrize(("tick", "amount", "until", "paid"), [
    (3, 2.0, 4, 0.5), (4, 2.0, 4, 0.0), (3, 0.0, 4, 0.0),
])
def test_a_grant_is_paid_by_quarters_until_its_term_or_its_programme_ends(tick, amount, until, paid):
    """Section 8, grants: `quarterly`."""
    world = bench(levers={"programme_grants_amount": amount})
    q = project(world, 0, grant=0.5, grant_until=until, grant_paid=9.0)
    plain(programme_grants.quarterly)(world, tick)
    one = world.projects[q]
    assert (one.grant_paid, one.grant > 0.0, world.ledger[tick, Flow.GRANT]) == (paid, paid > 0.0, paid)
    assert world.alliances["public_total"][0] == paid and world.counts[Count.RUNNING] == 1
