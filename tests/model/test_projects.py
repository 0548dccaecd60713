"""Money and work of running projects, what comes of them, and how they end."""

import numpy as np
import pytest

from alliancelab.agents.codes import Kind, ProjectState
from alliancelab.model import projects
from alliancelab.model.accounts import Count, Flow
from alliancelab.model.tables import CLASSES, LINES
from tests.support.bench import bench, members, partners, plain, project, seat
from tests.support.rows import INDUSTRIALISATION, LAUNCH, RESEARCH, alliance, parameters, row


def test_each_kind_of_project_is_served_by_its_own_platform(rule):
    """7.6: `access_of` is that to laboratories for research, to parks for industrialisation, to public platforms."""
    home = alliance(access=0.1, parks=0.2, tests=0.3)
    assert [rule(projects.access_of)(home, kind) for kind in (RESEARCH, INDUSTRIALISATION, LAUNCH)] == [0.1, 0.2, 0.3]


def test_a_quarter_begins_with_nothing_given_and_learning_that_has_faded():
    """7.6: `clear_quarter`: what is counted anew is set to nothing, felt learning loses `learning_fade`."""
    world = bench(learning_fade=0.25)
    seat(world, 0, 0, 1, contribution=3.0, rebate=1.0, learning=0.8)
    project(world, 0, 0)
    world.alliances["effort"] = 5.0
    plain(projects.clear_quarter)(world)
    assert world.seats["contribution"][:2].tolist() == world.seats["rebate"][:2].tolist() == [0.0, 0.0]
    assert world.seats["learning"][:2] == pytest.approx(0.6)
    assert (world.alliances[0].effort, world.alliances[0].active) == (0.0, 1)  # one of two members takes part


def contributing(engaged=0.5, funds=100.0, promised=2.0, training=0.0, rate=0.0, kind=Kind.FIRM):
    """A partner with a planned part of 2 gives; a fifth of its R&D budget of 10 may go to alliances."""
    world = bench(engagement_usual=0.5, alliance_share=0.2, research_intensity=0.1, training_time=0.4,
                  levers={"tax_preference_rate": rate})
    seat(world, 0, 0)
    world.organisations["kind"][0] = kind
    q = project(world, 0, 0, part=2.0)
    world.organisations["funds"][0], world.organisations["promised"][0] = funds, promised
    world.alliances["training"] = training
    given = plain(projects.contribute, engagement=lambda *_: engaged)(world, 0, q)
    assert world.ledger[0, Flow.CONTRIBUTION] == given == world.seats["contribution"][0]
    return world, given


@pytest.mark.parametrize(("case", "given"), [
    ({}, 2.0),  # engaged as usual: the planned part
    ({"engaged": 0.25}, 1.0),
    ({"promised": 4.0}, 1.0),  # twice what may be promised: half
    ({"funds": 0.3}, 0.3), ({"funds": -5.0}, 0.0),  # no more than the purse
    ({"training": 1.0}, 1.2),  # four tenths of the time go to courses
])
def test_partners_contribute_their_part_by_engagement_less_where_too_much_is_promised_and_within_their_purse(
        case, given):
    """7.6: `contribute`."""
    world, gave = contributing(**case)
    assert gave == pytest.approx(given)
    assert world.organisations["funds"][0] == pytest.approx(case.get("funds", 100.0) - given)
    assert world.organisations["given"][0] == world.participations["given"][0] == pytest.approx(given)


def test_tax_preference_gives_a_firm_part_of_what_it_contributes_back_and_others_nothing():
    """7.6: `contribute`."""
    world, gave = contributing(rate=0.25)
    assert gave == pytest.approx(2.0) and world.organisations["funds"][0] == pytest.approx(98.5)
    world, gave = contributing(rate=0.25, kind=Kind.UNIVERSITY)
    assert world.seats["rebate"][0] == 0.0 and world.organisations["funds"][0] == pytest.approx(100.0 - gave)


def spending(running=1, diverted=0.0, complied=0.0):
    """A purse of 10, of which 4 is public, and a grant of 1 this quarter; partners gave 2."""
    world = bench(spending_speed=0.5)
    q = project(world, 0, cost=4.0, grant_paid=1.0)
    world.alliances["funds"], world.alliances["public_funds"], world.alliances["running"] = 10.0, 4.0, running
    plain(projects.spend, misuse=lambda *_: diverted, comply=lambda *_: complied)(world, 0, q, 2.0)
    return world.alliances[0], world.projects[q], world


def test_a_project_spends_its_part_of_the_purse_its_grant_and_what_partners_gave():
    """7.6: `spend`. Half of the purse: 2 of public and 3 of own money, the grant of 1, contributions of 2."""
    home, one, world = spending()
    assert one.effort == pytest.approx(8.0) and one.paid == pytest.approx(2.0)
    assert (home.funds, home.public_funds, one.grant_paid) == pytest.approx((5.0, 2.0, 0.0))
    assert (one.public_total, one.purse_total) == pytest.approx((3.0, 3.0))
    assert world.ledger[0, Flow.JOINT_RESEARCH] == pytest.approx(8.0)


def test_running_projects_share_what_the_purse_spends_in_a_quarter():
    """7.6: `spend` takes `spending_speed` / running projects."""
    home, one, _ = spending(running=2)
    assert one.effort == pytest.approx(2.0 + 1.0 + 1.5 + 1.0) and home.funds == pytest.approx(7.5)


def test_of_public_money_what_is_diverted_and_what_complying_takes_does_not_reach_the_work():
    """7.6: `spend`."""
    _, one, world = spending(diverted=1.0, complied=0.5)
    assert one.effort == pytest.approx(6.5) and one.compliance == world.ledger[0, Flow.COMPLIANCE] == 0.5


def studying():
    world = bench(learning_from_partners=0.5, learning_reference=1.0)
    seat(world, 0, 0, 1)
    q = project(world, 0, 0, 1)
    world.organisations["expertise"][0, 0], world.organisations["expertise"][1, 1] = 0.8, 0.4
    world.organisations["method_skill"][:2] = 0.2, 0.6
    weights = np.zeros(CLASSES)
    weights[:2] = 0.75, 0.25
    plain(projects.study)(world, q, weights, np.empty(CLASSES))
    return world, q


def test_a_team_covers_by_its_best_and_partners_learn_from_those_ahead():
    """7.6: `study`. Best expertise is 0.8 and 0.4, weighed 0.75 and 0.25."""
    world, q = studying()
    assert world.projects[q].coverage == pytest.approx(0.7) and world.projects[q].skill == pytest.approx(0.4)
    assert world.organisations["expertise"][0, 1] == pytest.approx(0.5 * 0.25 * 0.4)
    assert world.organisations["expertise"][1, 0] == pytest.approx(0.5 * 0.75 * 0.8)
    assert world.organisations["expertise"][0, 0] == 0.8  # the best learn nothing
    assert world.seats["learning"][:2].tolist() == pytest.approx([0.05, 0.3])


def worked(kind=RESEARCH, moved=False, tick=1, helped=0.0, order=0.0, shown=0.0):
    """A tenth of the goal is done before help; a third of the field's promise is in its outlook."""
    world = bench(gain=1.0, gain_later=1.0, help_effect=0.5, order_effect=0.5, shown_conversion=0.25, outlook_half=0.2,
                  patent_rate=0.0, standard_rate=0.0, product_rate=0.0)
    seat(world, 0, 0)
    q = project(world, 0, 0, kind=kind, ambition=0.5, cost=2.0)
    line = world.lines[0, 0]
    line.knowledge, line.industrialised, line.launched = 0.8, 0.4, 0.2
    world.fields["outlook"] = 0.1
    world.alliances["helped"], world.alliances["order"], world.sectors["shown"] = helped, order, shown
    if moved:
        line.field = 1
    plain(projects.work, work_done=lambda *_: 0.1, luck=0.5)(world, tick, q, np.empty(CLASSES))
    return world, world.projects[q], line


def test_work_adds_to_progress_gain_and_lift():
    """7.6: `work`; a middling ambition weighs work by one; lift is promise x (gain + 0.02)."""
    _, one, line = worked()
    assert one.progress == pytest.approx(0.1) and line.knowledge == pytest.approx(0.82)
    assert one.lift == pytest.approx((0.02 + 0.02) / 3.0)


@pytest.mark.parametrize(("kind", "progress"), [(RESEARCH, 0.1), (LAUNCH, 0.1 * 1.75 * 1.5)])
def test_help_demonstration_and_orders_speed_work_on_later_projects_only(kind, progress):
    """7.6: `work` of industrialisation and launch is multiplied; an order of twice the cost counts twice."""
    _, one, _ = worked(kind, helped=1.0, order=2.0, shown=1.0)
    assert one.progress == pytest.approx(progress)


def test_work_on_a_line_that_was_given_up_moves_progress_alone():
    """7.6: `work`: no gain, lift, result, reputation or method skill."""
    world, one, line = worked(moved=True)
    assert one.progress == pytest.approx(0.1)
    assert (line.knowledge, one.lift, world.organisations["reputation"][0]) == (0.8, 0.0, 0.0)


def test_partners_study_in_the_first_quarter_and_every_fourth_after_it():
    """7.6: `work`."""
    def covered(tick):
        world = bench()
        seat(world, 0, 0)
        world.organisations["expertise"][0] = 0.4
        q = project(world, 0, 0, started=2)
        plain(projects.work, luck=0.5)(world, tick, q, np.empty(CLASSES))
        return world.projects[q].coverage
    assert [covered(tick) > 0.0 for tick in range(2, 11)] == [True, False, False, False] * 2 + [True]


@pytest.mark.parametrize(("kind", "work", "line"), [
    (RESEARCH, 0.5, (0.9, 0.4, 0.1)), (INDUSTRIALISATION, 0.5, (0.8, 0.6, 0.1)), (LAUNCH, 0.5, (0.8, 0.4, 0.25)),
    (RESEARCH, 9.0, (1.0, 0.4, 0.1)), (LAUNCH, 9.0, (0.8, 0.4, 0.4)),  # no step passes the one before it
])
def test_a_line_advances_by_a_part_of_what_the_step_before_has_reached(kind, work, line):
    """7.6: `advance_line`."""
    one = row(LINES, knowledge=0.8, industrialised=0.4, launched=0.1)
    projects.advance_line.py_func(one, kind, work, parameters(gain=1.0, gain_later=1.0))
    assert (one.knowledge, one.industrialised, one.launched) == pytest.approx(line)


def test_nothing_goes_backwards_where_a_later_step_is_ahead():
    """7.6: the gain of `advance_line` is never below zero."""
    one = row(LINES, knowledge=0.3, industrialised=0.4, launched=0.5)
    for kind in (INDUSTRIALISATION, LAUNCH):
        assert projects.advance_line.py_func(one, kind, 0.5, parameters(gain_later=1.0)) == 0.0


@pytest.mark.parametrize(("kind", "gain"), [(RESEARCH, 0.1), (INDUSTRIALISATION, 0.05), (LAUNCH, 0.05)])
def test_research_has_a_gain_of_its_own_and_later_steps_share_theirs(kind, gain):
    """7.6: `advance_line`: by `gain` of what is missing, by `gain_later` of what waits; half of each waits here."""
    one = row(LINES, knowledge=0.5, industrialised=0.0, launched=0.0)
    if kind == LAUNCH:
        one.industrialised = 0.5
    assert projects.advance_line.py_func(one, kind, 0.5, parameters(gain=0.4, gain_later=0.2)) == pytest.approx(gain)


@pytest.mark.parametrize(("ambition", "weight"), [(0.0, 0.6), (0.5, 1.0), (1.0, 1.4)])
def test_ambitious_work_moves_a_line_further(ambition, weight):
    """7.6: `work`: v = work x (0.6 + 0.8 ambition)."""
    world = bench()
    seat(world, 0, 0)
    q = project(world, 0, 0, started=1)
    world.projects[q].ambition = ambition
    moved = []
    plain(projects.work, luck=0.5, work_done=lambda *_: 0.3,
          advance_line=lambda line, kind, v, p: moved.append(v) or 0.0)(world, 3, q, np.empty(CLASSES))
    assert moved == [pytest.approx(0.3 * weight)]


def expected_results(kind, rivals=0):
    """Means of the four counts drawn, for work of 2 and gain of 0.5 in a field that is generic by a quarter."""
    world = bench(patent_rate=10.0, patents_later=0.5, duplicated=1.0, standard_rate=3.0, product_rate=8.0)
    q = project(world, 0, kind=kind)
    world.lines["knowledge"][0, 0] = 0.5
    world.fields["genericness"], world.fields["alliances"] = 0.25, 1 + rivals
    plain(projects.results, luck=0.5, poisson=lambda mean, u: mean)(world, 0, q, 2.0, 0.5)
    line, home = world.lines[0, 0], world.alliances[0]
    found = (line.core_patents, line.generic_patents, line.standards, line.products)
    assert found == (home.core_patents, home.generic_patents, home.standards, home.products)
    return found


@pytest.mark.parametrize(("kind", "rivals", "found"), [
    (RESEARCH, 0, (15.0, 5.0, 3.0, 0.0)), (INDUSTRIALISATION, 0, (7.5, 2.5, 3.0, 0.0)),
    (RESEARCH, 1, (7.5, 2.5, 3.0, 0.0)),  # another in the field finds half of it first
    (LAUNCH, 0, (0.0, 0.0, 0.0, 4.0)),
])
def test_results_are_patents_and_standards_before_the_launch_and_products_from_it(kind, rivals, found):
    """7.6: `results`."""
    assert expected_results(kind, rivals) == pytest.approx(found)


def test_engagement_shows_in_reputation_and_trains_methods():
    """7.6: `show_engagement`."""
    world = bench(reputation_gain=0.5, method_practice=0.5)
    seat(world, 0, 0)
    q = project(world, 0, 0)
    world.participations["engagement"][0] = 0.8
    world.organisations["reputation"][0], world.organisations["method_skill"][0] = 0.4, 0.5
    plain(projects.show_engagement)(world, q)
    assert world.organisations["reputation"][0] == pytest.approx(0.6)
    assert world.organisations["method_skill"][0] == pytest.approx(0.5 + 0.5 * 0.8 * 0.5)


@pytest.mark.parametrize(("luck", "left"), [(0.29, []), (0.31, [0, 1])])
def test_who_quits_a_project_leaves_the_alliance(luck, left):
    """7.6: `quits` happen with the hazard of quitting."""
    world = bench()
    seat(world, 0, 0, 1)
    q = project(world, 0, 0, 1)
    plain(projects.quits, luck=luck, quit_hazard=lambda *_: 0.3)(world, 1, q)
    assert partners(world, q) == members(world, 0) == left


@pytest.mark.parametrize(("change", "alive", "luck", "state"), [
    ({}, True, 0.9, ProjectState.RUNNING),
    ({"size": 1}, True, 0.9, ProjectState.ABANDONED),
    ({"paid": 0.1, "starved": 2}, True, 0.9, ProjectState.ABANDONED),
    ({"paid": 0.1, "starved": 1}, True, 0.9, ProjectState.RUNNING),
    ({"size": 1}, False, 0.1, ProjectState.ABANDONED),  # in this order
    ({}, False, 0.1, ProjectState.SUPERSEDED),
    ({}, True, 0.19, ProjectState.FAILED),
    ({"planned": 5, "progress": 0.9}, True, 0.9, ProjectState.DONE),
    ({"planned": 5, "progress": 0.7}, True, 0.9, ProjectState.FAILED),
    ({"planned": 6, "progress": 5.0}, True, 0.9, ProjectState.RUNNING),  # none ends before its plan by success
])
def test_fate_is_abandonment_before_supersession_before_failure_before_the_planned_end(change, alive, luck, state):
    """7.6: `fate`, in the fifth quarter of a project that fails with chance 0.2."""
    world = bench(partners_least=2.0, starved_below=0.2, starved_most=3.0, goal_reached=0.8)
    q = project(world, 0, **{"size": 2, "paid": 1.0} | change)
    world.fields["alive"] = alive
    assert plain(projects.fate, luck=luck, failure_of_project=lambda *_: 0.2)(world, 4, q) == state


def pain(given, caution=0.5, before=0.0):
    world = bench(loss_borne=0.5, research_intensity=0.1)  # what hurts is measured by 0.5 x 4 x 10 = 20
    seat(world, 0, 0, loss=before)
    q = project(world, 0, 0)
    world.participations["given"][0], world.organisations["caution"][0] = given, caution
    plain(projects.hurt)(world, q)
    return world.seats["loss"][0]


def test_a_failure_hurts_by_more_than_in_proportion_and_the_cautious_most():
    """7.6: `hurt`; x = 1 where 20 were given."""
    assert pain(20.0) == pytest.approx(0.5) and pain(20.0, caution=0.0) == pytest.approx(0.25)
    assert pain(2.0) == pytest.approx(0.01 / 1.01) and pain(4.0) > 3.0 * pain(2.0)
    assert pain(20.0, before=0.9) == 1.0 and pain(0.0) == 0.0


def test_a_project_done_adds_to_what_its_partners_can_take_on_up_to_a_bound():
    """7.6: `reward`: capacity gains `capacity_gain` of what is missing to `capacity_most` x the usual one."""
    world = bench(capacity_gain=0.5, capacity_most=2.0, capacity_firm=4.0, capacity_size=0.0)
    seat(world, 0, 0, 1)
    q = project(world, 0, 0, 1)
    world.organisations["capacity"][:2] = 4.0, 9.0
    plain(projects.reward)(world, q)
    assert world.organisations["capacity"][:2].tolist() == [6.0, 9.0]


@pytest.mark.parametrize(("state", "trust", "clarity", "hurts"), [
    (ProjectState.DONE, 0.6, 0.7, False), (ProjectState.SUPERSEDED, 0.5, 0.5, False),
    (ProjectState.FAILED, 0.45, 0.4, True), (ProjectState.ABANDONED, 0.45, 0.4, True),
    (ProjectState.STOPPED, 0.45, 0.4, True),
])
def test_an_end_moves_trust_and_clarity_by_what_it_was_and_frees_all_partners(state, trust, clarity, hurts):
    """7.6: `end_project`; a quarter's grant that was paid goes into the purse as public money."""
    world = bench(done_trust=0.2, done_clarity=0.4, failed_trust=0.1, failed_clarity=0.2)
    seat(world, 0, 0, 1)
    first, q = project(world, 0, 0), project(world, 0, 0, 1, grant=1.0, grant_paid=0.25)
    world.alliances["trust"] = world.alliances["clarity"] = 0.5
    world.participations["given"] = 10.0
    plain(projects.end_project)(world, 7, q, state)
    home, one = world.alliances[0], world.projects[q]
    assert (home.trust, home.clarity) == pytest.approx((trust, clarity))
    assert (world.seats["loss"][:2] > 0.0).tolist() == [hurts, hurts]
    assert partners(world, q) == [] and partners(world, first) == [0] and home.first_project == first
    assert (one.ended, one.grant, home.running, home.funds, home.public_funds) == (7, 0.0, 1, 0.25, 0.25)
    assert home.done + home.failed == 1 and home.done == (state == ProjectState.DONE)


def test_projects_run_through_a_quarter_in_order_and_those_that_end_leave_the_list():
    """7.6: `projects`: each running project contributes, spends, works, and may end."""
    world = bench(partners_least=1.0, failure_rate_project=0.0)
    seat(world, 0, 0)
    late, last = project(world, 0, 0, planned=9), project(world, 0, 0, planned=1)
    world.organisations["funds"] = 10.0
    plain(projects.projects, luck=0.999)(world, 0)
    assert world.running[: world.counts[Count.RUNNING]].tolist() == [late]
    assert world.projects["state"][[late, last]].tolist() == [ProjectState.RUNNING, ProjectState.FAILED]
    assert world.ledger[0, Flow.CONTRIBUTION] > 0.0
