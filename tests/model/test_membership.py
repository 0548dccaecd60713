"""How members judge, quarrel, trust and leave, and which outsiders are let in."""

import numpy as np
import pytest

from alliancelab.model import membership
from alliancelab.model.tables import CLASSES
from tests.support.bench import bench, members, plain, project, seat


def test_supervision_is_the_mean_over_running_projects():
    """7.8: mean supervision of its projects (`supervised`)."""
    world = bench()
    assert plain(membership.supervised)(world, 0) == 0.0
    project(world, 0, supervision=0.2)
    project(world, 0, supervision=0.8)
    assert plain(membership.supervised)(world, 0) == pytest.approx(0.5)


def judged(**seat_values):
    world = bench(satisfaction_speed=0.5, loss_fade=0.25)
    seat(world, 0, 0, 1, **seat_values)
    project(world, 0, 0)
    plain(membership.judge, satisfaction_target=lambda *_: 0.9)(world, 0, 0.0)
    return world


def test_satisfaction_moves_part_of_the_way_and_loss_fades_after_it():
    """7.8: `judge`."""
    world = judged(satisfaction=0.5, loss=0.8)
    assert world.seats["satisfaction"][:2] == pytest.approx(0.7) and world.alliances["satisfaction"][0] == 0.7
    assert world.seats["loss"][:2] == pytest.approx(0.6) and world.alliances["loss"][0] == pytest.approx(0.8)


def test_quarters_without_a_project_are_counted_for_those_that_have_none():
    """7.8: quarters in a row without a project (`judge`)."""
    assert judged().seats["idle"][:2].tolist() == [0, 1]


def quarrelled(luck, progress=0.5):
    world = bench(dispute_trust=0.2, dispute_satisfaction=0.1, dispute_work=0.3)
    seat(world, 0, 0, 1, satisfaction=0.5)
    project(world, 0, 0, progress=0.9)
    project(world, 0, 0, progress=progress)
    world.alliances["trust"] = 0.5
    plain(membership.quarrel, luck=luck, dispute_hazard=lambda *_: 0.4)(world, 3, 0)
    return world


def test_a_dispute_costs_trust_satisfaction_and_the_work_of_the_project_started_last():
    """7.8: `quarrel`, with the chance of its hazard."""
    world = quarrelled(0.39)
    assert (world.alliances["trust"][0], world.alliances["disputes"][0]) == (pytest.approx(0.4), 1)
    assert world.seats["satisfaction"][:2] == pytest.approx(0.45) and world.curves["disputes"][3] == 1
    assert world.projects["progress"][:2] == pytest.approx([0.9, 0.2])
    assert quarrelled(0.39, progress=0.1).projects["progress"][1] == 0.0  # at most down to 0
    world = quarrelled(0.41)
    assert world.alliances["trust"][0] == 0.5 and world.projects["progress"][1] == 0.5


@pytest.mark.parametrize(("luck", "left"), [(0.19, [0]), (0.21, [0, 1, 2])])
def test_members_without_a_project_exit_by_their_hazard_and_those_with_one_stay(luck, left):
    """7.8: `exits`."""
    world = bench()
    seat(world, 0, 0, 1, 2)
    project(world, 0, 0)
    plain(membership.exits, luck=luck, exit_hazard=lambda *_: 0.2)(world, 1, 0)
    assert members(world, 0) == left and world.alliances["exits"][0] == 3 - len(left)


def cohesion(exits=0, trust=0.5, governance=0.5, clarity=0.5, change=0.0):
    world = bench(turnover_weight=2.0, turnover_memory=0.5, clarity_speed=0.5, outlook_half=0.2)
    world.fields["outlook"][0, :2] = 0.0, 0.2
    one = world.alliances[0]
    one.size, one.exits, one.trust, one.governance, one.clarity, one.lines = 9, exits, trust, governance, clarity, 2
    world.lines["field"][0, 1] = 1
    promises = []
    plain(membership.update_cohesion, trust_change=lambda *_: change, governance_change=lambda *_: change,
          clarity_target=lambda home, promise, p: promises.append(promise) or 0.9 + 9.0 * change)(world, 0, 0.0)
    return one, promises


def test_turnover_moves_to_twice_the_share_that_left_at_most_to_one():
    """7.8: `update_cohesion`; 1 of 10 left, or 9 of 18."""
    assert cohesion(exits=1)[0].turnover == pytest.approx(0.1) and cohesion(exits=9)[0].turnover == pytest.approx(0.5)
    assert cohesion(exits=9)[0].exits == 0 and cohesion()[0].turnover == 0.0


def test_trust_governance_and_clarity_stay_within_their_bounds():
    """7.8: `update_cohesion`: trust and clarity in [0.02, 1]; clarity moves by its speed."""
    one, promises = cohesion()
    assert (one.trust, one.governance, one.clarity) == pytest.approx((0.5, 0.5, 0.7))
    assert promises == pytest.approx([0.5])  # of the most promising line
    low, high = cohesion(change=-1.0)[0], cohesion(change=1.0)[0]
    assert (low.trust, low.governance, low.clarity) == (0.02, 0.0, 0.02)
    assert (high.trust, high.governance, high.clarity) == (1.0, 1.0, 1.0)


def test_the_best_of_members_is_taken_class_by_class():
    """7.8: members' best expertise (`best_of_members`)."""
    world = bench()
    seat(world, 0, 0, 1)
    world.organisations["expertise"][:3, 0], world.organisations["expertise"][:3, 1] = (0.2, 0.6, 0.9), (0.5, 0.1, 0.9)
    best = np.full(CLASSES, 9.0)
    plain(membership.best_of_members)(world, 0, best)
    assert best[:3].tolist() == [0.6, 0.5, 0.0]


def admitted(row=2, yes=True, skill=0.5, capacity=9.0):
    world = bench(entry_gain=0.1, satisfaction_start=0.55)
    seat(world, 0, 0, 1)
    world.organisations["expertise"][2], world.organisations["capacity"][2] = skill, capacity
    joined = plain(membership.admit, says_yes=lambda *_: yes)(world, 4, 0, row, np.zeros(CLASSES), 0.5)
    assert joined == (members(world, 0) == [0, 1, 2])
    return joined


def test_an_applicant_needs_room_no_seat_something_to_add_and_has_to_want_in():
    """7.8: `admit`."""
    assert admitted() and not admitted(yes=False) and not admitted(skill=0.05) and not admitted(capacity=0.0)
    assert not admitted(row=1)  # who has a seat gets no second one


def test_the_offer_to_an_applicant_has_the_means_of_members_and_no_trust_or_subsidy():
    """7.8: `admit` with the burden `partner_cost`."""
    world = bench(entry_gain=0.0, partner_cost=0.4)
    seat(world, 0, 0, 1)
    world.organisations["reputation"][:2], world.organisations["opportunism"][:2] = (0.2, 0.6), (0.1, 0.3)
    world.alliances["label"], world.sectors["attention"] = 1.0, 0.25
    world.alliances["binding"] = 0.5
    offered = []
    plain(membership.admit, says_yes=lambda w, one, offer, *_: offered.append(offer) or False)(
        world, 0, 0, 2, np.zeros(CLASSES), 0.5)
    one = offered[0]
    assert (one.reputation, one.opportunism, one.guard, one.burden) == pytest.approx((0.4, 0.2, 0.5, 0.4))
    assert (one.trust, one.subsidy, one.label, one.bonus) == pytest.approx((0.0, 0.0, 0.25, 0.0))


def applicants(luck, size=20, openness=1.0, vitality=0.5, label=0.0, sought=0.0):
    """Rows that apply: the chance is 0.4 x openness x vitality x (0.5 + size / 40), with 20 members 0.2."""
    world = bench(firms=4, research=4, entry_rate=0.4, entry_label=2.0)
    one = world.alliances[0]
    one.size, one.openness, one.vitality, one.label = size, openness, vitality, label
    world.sectors["attention"] = 0.5
    rows = []
    plain(membership.take_applicants, luck=lambda index: luck if index == 0 else 0.3,
          research_sought=lambda *_: sought, admit=lambda w, tick, a, row, best, u: rows.append(int(row)))(
        world, 0, 0, np.zeros(CLASSES))
    return rows


def test_outsiders_apply_by_openness_vitality_size_and_label():
    """7.8: `take_applicants`."""
    assert applicants(0.19) and not applicants(0.21) and not applicants(0.0, openness=0.0)
    assert not applicants(0.0, vitality=0.0) and applicants(0.39, vitality=1.0)
    assert applicants(0.39, label=1.0) and not applicants(0.41, label=1.0)  # 1 + 2 x 0.5 times as often


def test_one_applies_and_one_more_for_each_full_number_of_members_and_science_by_its_share():
    """7.8: `take_applicants`, `APPLICANTS_PER_MEMBERS`."""
    assert len(applicants(0.0, size=2 * membership.APPLICANTS_PER_MEMBERS)) == 3
    assert applicants(0.0) == [1] and applicants(0.0, sought=0.5) == [5]


def test_outsiders_apply_under_contract_only():
    """7.8: `membership`."""
    for signed, asked in ((-1, []), (0, [0])):
        world = bench()
        seat(world, 0, 0)
        world.alliances["signed"] = signed
        found = []
        plain(membership.membership, luck=0.5, take_applicants=lambda w, tick, a, best, to=found: to.append(int(a)))(
            world, 0)
        assert found == asked
