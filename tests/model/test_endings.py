"""Why an alliance ends, who votes, and what an ending leaves."""

import pytest

from alliancelab.agents.codes import ProjectState, Reason
from alliancelab.model import endings
from alliancelab.model.accounts import Count, Flow
from alliancelab.model.tables import ALLIANCES
from tests.support.bench import bench, members, plain, project, seat
from tests.support.rows import parameters, row


@pytest.mark.parametrize(("size", "firms", "signed", "broken"), [
    (3, 2, 0, False), (2, 2, 0, True), (9, 1, 0, True),
    (4, 2, -1, True), (5, 2, -1, False),  # under negotiation fewer than a team
])
def test_too_few_members_or_firms_break_an_alliance(size, firms, signed, broken):
    """7.11: `is_broken`."""
    one = row(ALLIANCES, size=size, firms=firms, signed=signed)
    assert bool(endings.is_broken.py_func(one, parameters(team_least=5.0, members_least=3.0))) is broken


@pytest.mark.parametrize(("change", "success"), [
    ({}, True), ({"running": 1}, False), ({"prospect": 0.3}, False), ({"launched": 0.79}, False),
    ({"diffusion": 0.39}, False),
])
def test_the_purpose_is_reached_with_a_line_launched_and_diffused_and_nothing_worth_beginning(change, success):
    """7.11: `has_succeeded`."""
    world = bench(purpose_prospect=0.3, purpose_reached=0.8, purpose_diffused=0.4)
    line, one = world.lines[0, 0], world.alliances[0]
    line.launched, line.diffusion, one.prospect = 0.8, 0.4, 0.29
    for name, value in change.items():
        (one if name in ("running", "prospect") else line)[name] = value
    assert plain(endings.has_succeeded)(world, 0) is success


@pytest.mark.parametrize(("luck", "patience"), [(0.0, 6.0), (0.5, 12.0), (1.0, 18.0)])
def test_patience_is_drawn_evenly_around_the_usual(luck, patience):
    """7.11: `patience_of` is drawn from `patience` x (1 +- `patience_spread`)."""
    world = bench(patience=12.0, patience_spread=0.5)
    assert plain(endings.patience_of, luck=luck)(world, world.alliances[0]) == pytest.approx(patience)


def voted(luck=0.4, projects=(), **changes):
    world = bench(firms=4, **{"team_least": 2.0, "binding_renewed": 0.5, "term": 10.0, "term_spread": 0.0} | changes)
    seat(world, 0, 0, 1, 2, 3)
    if projects:
        project(world, 0, *projects)
    world.alliances["binding"] = 0.2
    too_few = plain(endings.vote, luck=luck, renewal_odds=lambda *_: 0.5)(world, 20, 0)
    return too_few, world


def test_who_signs_again_stays_and_a_new_term_binds_more():
    """7.11: `vote`."""
    too_few, world = voted()
    assert not too_few and members(world, 0) == [0, 1, 2, 3]
    assert world.alliances["binding"][0] == pytest.approx(0.6) and world.alliances["term_end"][0] == 30


def test_members_in_a_project_stay_whatever_they_think_and_the_others_leave():
    """7.11: `vote`."""
    too_few, world = voted(luck=0.6, projects=(1, 2))
    assert not too_few and members(world, 0) == [1, 2]
    too_few, world = voted(luck=0.6, projects=(1,))
    assert too_few and world.alliances["binding"][0] == 0.2
    assert voted(luck=0.6, projects=(0, 1), team_least=3.0)[0]


def reason(tick=20, luck=0.5, succeeded=False, expired=False, broken=False, **changes):
    world = bench(floor_patience=4.0, floor_patience_running=6.0, floor_patience_label=2.0, wind_up=0.3)
    one = world.alliances[0]
    for name, value in ({"term_end": 40} | changes).items():
        one[name] = value
    return Reason(plain(
        endings.reason_to_end, luck=luck, is_broken=lambda *_: broken, has_succeeded=lambda *_: succeeded,
        patience_of=lambda *_: 12.0, vote=lambda *_: expired)(world, tick, 0))


@pytest.mark.parametrize(("case", "expected"), [
    ({}, Reason.ALIVE), ({"broken": True, "low_quarters": 9}, Reason.DESERTION),
    ({"low_quarters": 4}, Reason.FAILURE), ({"low_quarters": 3}, Reason.ALIVE),
    ({"low_quarters": 5, "running": 1}, Reason.ALIVE), ({"low_quarters": 6, "running": 1}, Reason.FAILURE),
    ({"low_quarters": 5, "label": 1.0}, Reason.ALIVE), ({"low_quarters": 6, "label": 1.0}, Reason.FAILURE),
    ({"low_quarters": 9, "tick": 12}, Reason.ALIVE), ({"low_quarters": 9, "tick": 13}, Reason.FAILURE),
    ({"succeeded": True}, Reason.ALIVE), ({"succeeded": True, "luck": 0.29}, Reason.SUCCESS),
    ({"succeeded": True, "term_end": 20}, Reason.SUCCESS),
    ({"succeeded": True, "term_end": 20, "label": 1.0}, Reason.ALIVE),  # no pilot
    ({"expired": True}, Reason.ALIVE), ({"expired": True, "term_end": 20}, Reason.EXPIRY),
    ({"signed": -1, "low_quarters": 99, "tick": 39}, Reason.ALIVE),  # under negotiation desertion is the only way
])
def test_reasons_to_end_are_tried_in_their_order(case, expected):
    """7.11: `reason_to_end`: desertion, failure, success, expiry."""
    assert reason(**case) == expected


def test_an_alliance_that_ends_abandons_its_projects_and_shares_its_purse_equally():
    """7.11: `wind_up`."""
    world = bench(failed_trust=0.0)
    seat(world, 0, 0, 1)
    q = project(world, 0, 0)
    world.alliances["funds"], world.fields["alliances"][0, 0] = 6.0, 1
    plain(endings.wind_up)(world, 9, 0, Reason.EXPIRY)
    one = world.alliances[0]
    assert (one.ended, one.reason, one.size, one.funds) == (9, Reason.EXPIRY, 0, 0.0)
    assert world.organisations["funds"][:2].tolist() == [3.0, 3.0] and world.ledger[9, Flow.LIQUIDATION] == 6.0
    assert world.projects["state"][q] == ProjectState.ABANDONED and world.fields["alliances"][0, 0] == 0
    assert world.organisations["alliance_count"].sum() == world.organisations["project_count"].sum() == 0


def test_a_loan_is_settled_before_the_purse_is_shared():
    """7.11: `wind_up` settles its loan."""
    world = bench()
    seat(world, 0, 0)
    world.alliances["funds"], world.alliances["loan"] = 6.0, 4.0
    plain(endings.wind_up)(world, 9, 0, Reason.EXPIRY)
    assert world.organisations["funds"][0] == 2.0 and world.ledger[9, Flow.REPAYMENT] == 4.0


def test_the_living_stay_listed_in_the_order_of_founding():
    """7.11: `endings`."""
    world = bench(alliances=3)
    plain(endings.endings, reason_to_end=lambda w, tick, a: Reason.EXPIRY if a == 1 else Reason.ALIVE)(world, 0)
    assert world.live[: world.counts[Count.LIVE]].tolist() == [0, 2]
    assert world.alliances["ended"][:3].tolist() == [-1, 0, -1]
