"""What alliances notice, which idea they find best, and how it becomes a line and a project."""

from math import exp, log

import numpy as np
import pytest

from alliancelab.agents.codes import Door, Stage
from alliancelab.model import agenda
from alliancelab.model.tables import LINES_OF_ONE, TEAM_LIMIT
from tests.support.bench import bench, plain, project, seat
from tests.support.rows import INDUSTRIALISATION, LAUNCH, RESEARCH, alliance, parameters

SIMPLE = {"choice_noise": 0.0, "outlook_half": 0.2, "worth_least": 0.1, "crowding": 1.0, "ripe": 0.0,
          "worth_industrialisation": 1.0, "worth_launch": 1.0, "unlike": 0.0, "door_innovation": 1.0,
          "door_risk": 1.0, "door_opportunity": 1.0}


def world_of(fields=3, seen=True, **changes):
    """An alliance with one line in field 0; each field promises one half and is a trajectory of its own."""
    world = bench(fields=fields, **SIMPLE | changes)
    world.fields["outlook"][0, :fields] = 0.2
    world.fields["trajectory"][0] = np.arange(world.fields.shape[1])
    world.fields["alliances"][0, 0] = 1
    world.alliances["seen"] = 2**63 if not seen else 2**fields - 1
    return world


def test_free_are_members_with_hands_and_need_is_their_mean():
    """7.5: slack is the share of members who have hands (`free_hands`)."""
    world = bench()
    seat(world, 0, 0, 1, 2)
    world.organisations["stated_need"][:3] = 0.2, 0.6, 0.9
    world.organisations["project_count"][2] = 9  # at its capacity
    assert plain(agenda.free_hands)(world, 0) == pytest.approx((2.0, 0.4))
    world.organisations["project_count"] = 9
    assert plain(agenda.free_hands)(world, 0) == (0.0, 0.0)


@pytest.mark.parametrize(("luck", "seen"), [(0.09, 0b111), (0.11, 0b001)])
def test_each_field_not_seen_is_noticed_with_the_chance_of_sight(luck, seen):
    """7.5: `look_around`."""
    world = bench(fields=3)
    seat(world, 0, 0, 1)
    world.alliances["seen"] = 1
    asked = []
    plain(agenda.look_around, luck=luck, sight=lambda home, slack, p: asked.append(slack) or 0.1)(world, 0, 0, 1.0)
    assert int(world.alliances["seen"][0]) & 7 == seen and asked == [0.5]  # one of two members has hands


@pytest.mark.parametrize(("f", "line"), [(0, 0), (2, 1), (1, -1)])
def test_a_line_is_found_by_its_field(f, line):
    """7.5: an idea in a field in which a line was opened goes into that line (`line_in`)."""
    world = world_of()
    world.alliances["lines"], world.lines["field"][0, 1] = 2, 2
    assert plain(agenda.line_in)(world, 0, f) == line


def test_likeness_is_the_largest_similarity_weighed_by_what_is_known():
    """7.5: `likeness`: similarity x (0.3 + 0.7 knowledge); fields 1 and 2 share half with field 0."""
    world = world_of()
    world.fields["weights"] = 0.0
    world.fields["weights"][0, 0, :2] = 0.5
    world.fields["weights"][0, 1, 1:3] = 0.5
    world.lines["knowledge"][0, 0] = 1.0
    assert plain(agenda.likeness)(world, 0, 1) == pytest.approx(0.5)
    world.lines["knowledge"][0, 0] = 0.0
    assert plain(agenda.likeness)(world, 0, 1) == pytest.approx(0.15)
    world.alliances["lines"], world.lines["field"][0, 1] = 2, 1
    assert plain(agenda.likeness)(world, 0, 1) == pytest.approx(0.3)  # the most similar line counts


@pytest.mark.parametrize(("trajectory", "stage", "door"), [
    (0, Stage.GROWTH, Door.CONTINUOUS_INNOVATION), (0, Stage.DECLINE, Door.CONTINUOUS_INNOVATION),
    (1, Stage.GROWTH, Door.RISK_AVOIDANCE), (1, Stage.MATURITY, Door.RISK_AVOIDANCE),
    (1, Stage.DECLINE, Door.OPPORTUNITY),
])
def test_the_door_is_read_off_trajectory_and_stage(trajectory, stage, door):
    """7.5: `door_of`."""
    world = world_of()
    world.fields["trajectory"][0, 1], world.alliances["stage"] = trajectory, stage
    assert plain(agenda.door_of)(world, 0, 1) == door


def test_each_door_has_its_weight():
    """7.5: `door_weight`."""
    p = parameters(door_innovation=0.3, door_risk=0.2, door_opportunity=0.1)
    doors = (Door.CONTINUOUS_INNOVATION, Door.RISK_AVOIDANCE, Door.OPPORTUNITY)
    assert [agenda.door_weight.py_func(door, p) for door in doors] == [0.3, 0.2, 0.1]


def test_gumbel_draws_make_the_best_a_logit_choice():
    """7.5: G is -ln(-ln U) (`gumbel`): of ln 3 and ln 1 the first wins three times in four."""
    assert agenda.gumbel.py_func(exp(-1.0)) == pytest.approx(0.0, abs=1e-9)
    u = (np.arange(200) + 0.5) / 200.0
    drawn = np.array([agenda.gumbel.py_func(one) for one in u])
    assert np.mean(log(3.0) + drawn[:, None] > drawn[None, :]) == pytest.approx(0.75, abs=0.01)


def finish(world):
    """Leave nothing to do in the first line."""
    for name in ("knowledge", "industrialised", "launched"):
        world.lines[name][0, 0] = 1.0


def idea_of(world, turn=0):
    top = plain(agenda.find_idea, luck=0.5)(world, 0, 0, turn)
    one = world.alliances[0]
    return top, (int(one.idea_line), int(one.idea_field), int(one.idea_kind), float(one.idea_worth))


def test_the_most_worth_of_the_kinds_in_a_line_is_the_idea():
    """7.5: `find_idea` in a line of its own: promise 0.5 x (0.5 + 0.5 knowledge) x room."""
    world = world_of(fields=1)
    line = world.lines[0, 0]
    line.knowledge, line.industrialised, line.launched = 0.6, 0.5, 0.0
    top, (x, f, kind, worth) = idea_of(world)
    assert (x, f, kind) == (0, 0, LAUNCH) and top == worth == pytest.approx(0.5 * 0.8 * 0.5)
    line.industrialised = 0.1
    assert idea_of(world)[1][2] == INDUSTRIALISATION
    line.knowledge = 0.4
    assert idea_of(world)[1][2] == RESEARCH


def test_projects_that_run_already_make_their_kind_worth_less_and_in_a_small_alliance_nothing():
    """7.5: worth is divided by 1 + those running; where more run than members allow there is no such idea."""
    world = world_of(fields=1)
    world.lines["running"][0, 0, RESEARCH] = 1
    assert idea_of(world)[1][1] == -1
    world.alliances["size"] = agenda.MEMBERS_A_PROPOSAL
    assert idea_of(world)[0] == pytest.approx(0.5 * 0.5 / 2.0)


def test_a_field_without_a_market_gives_no_idea():
    """7.5: `find_idea` looks at fields with a market, and at new ones that were noticed."""
    world = world_of(fields=2, seen=False)
    assert idea_of(world)[1][1] == 0  # the other has not been noticed
    world.fields["alive"] = False
    top, idea = idea_of(world)
    assert (top, idea[1], idea[3]) == (0.0, -1, 0.0)


def test_a_new_field_is_always_research_and_worth_less_with_every_rival():
    """7.5: `find_idea` in a new field: R counts all in it, as the alliance is not among them."""
    world = world_of(fields=2)
    finish(world)
    assert idea_of(world)[1] == (-1, 1, RESEARCH, pytest.approx(0.5))
    world.fields["alliances"][0, 1] = 1
    assert idea_of(world)[1][3] == pytest.approx(0.25)


@pytest.mark.parametrize(("door", "chosen"), [(0.5, 1), (0.0, -1)])
def test_a_weight_of_zero_shuts_a_door(door, chosen):
    """7.5: weights of doors (`find_idea`)."""
    world = world_of(fields=2, door_risk=door)
    finish(world)
    assert idea_of(world)[1][1] == chosen


def test_a_running_order_draws_to_the_market_and_away_from_what_is_new():
    """7.5: `order_pull` and `order_lock` (`find_idea`)."""
    world = world_of(fields=2, order_pull=1.0, order_lock=0.5)
    line = world.lines[0, 0]
    line.knowledge, line.industrialised = 1.0, 0.4
    world.fields["alliances"][0, 0] = 2
    before = idea_of(world)[1]
    world.alliances["order"] = 1.0
    after = idea_of(world)[1]
    assert before[:2] == (-1, 1) and before[3] == pytest.approx(0.5)
    assert after[:3] == (0, 0, INDUSTRIALISATION) and after[3] == pytest.approx(2.0 * 0.5 * 0.6 / 2.0)


def test_ideas_below_half_of_the_least_are_not_chosen_but_count_for_the_prospect():
    """7.5: `find_idea` returns the largest worth before chance."""
    world = world_of(fields=1, worth_least=0.7)
    top, idea = idea_of(world)
    assert idea[1] == -1 and top == pytest.approx(0.25)


def test_an_idea_is_written_down():
    """7.5: `keep_idea`."""
    one = alliance()
    agenda.keep_idea.py_func(one, 2, 5, LAUNCH, 0.3)
    assert (one.idea_line, one.idea_field, one.idea_kind, one.idea_worth) == (2, 5, LAUNCH, 0.3)


def test_a_new_line_begins_with_what_is_of_use_of_what_is_known():
    """7.5: `open_line`: `knowledge_start` + `knowledge_transfer` x likeness, at most 1; nothing else."""
    world = world_of(knowledge_start=0.1, knowledge_transfer=0.5)
    world.lines["launched"][0, 1] = 0.9  # what an earlier line left
    x = plain(agenda.open_line, likeness=lambda *_: 0.6)(world, 8, 0, 2, Door.RISK_AVOIDANCE)
    line = world.lines[0, 1]
    assert x == 1 and world.alliances["lines"][0] == 2 and world.alliances["renewed"][0] == 8
    assert (line.field, line.opened, line.door, line.launched) == (2, 8, Door.RISK_AVOIDANCE, 0.0)
    assert line.knowledge == pytest.approx(0.4) and world.fields["alliances"][0, :3].tolist() == [1, 0, 1]
    world = world_of(knowledge_start=0.9, knowledge_transfer=0.5)
    x = plain(agenda.open_line, likeness=lambda *_: 0.6)(world, 8, 0, 2, Door.RISK_AVOIDANCE)
    assert world.lines["knowledge"][0, x] == 1.0


def test_on_a_full_agenda_a_new_line_takes_the_place_of_the_poorest():
    """7.5: `open_line`, `poorest_line`: smallest outlook x (0.1 + launched) + running projects."""
    world = world_of(fields=LINES_OF_ONE + 1)
    world.alliances["lines"] = LINES_OF_ONE
    world.lines["field"][0] = np.arange(LINES_OF_ONE)
    world.fields["alliances"][0, :LINES_OF_ONE] = 1
    world.lines["launched"][0] = 0.5, 0.1, 0.0, 0.3, 0.2
    world.lines["running"][0, 2, RESEARCH] = 1  # the least launched is at work
    assert plain(agenda.poorest_line)(world, 0) == 1
    for kind in (INDUSTRIALISATION, LAUNCH):
        other = world.copy()
        other.lines["running"][0, 1, kind] = 1
        assert plain(agenda.poorest_line)(other, 0) == 4
    assert plain(agenda.open_line)(world, 3, 0, LINES_OF_ONE, Door.RISK_AVOIDANCE) == 1
    assert world.fields["alliances"][0, : LINES_OF_ONE + 1].tolist() == [1, 0, 1, 1, 1, 1]


def begun(team=(0, 1), award=0.5, idea_field=0, firms=4):
    world = world_of(team_least=2.0, partner_cost=0.5, project_size=2.0)
    seat(world, 0, 0, 1)
    one = world.alliances[0]
    one.award, one.award_quarters, one.awards = award, 8, 2
    one.idea_field, one.idea_kind = idea_field, RESEARCH
    world.organisations["kind"][firms:] = 1
    asked = []
    def staff(w, tick, a, f, kind, place, funded, seats):
        asked.append((int(f), float(funded)))
        seats[: len(team)] = team
        return len(team)
    plain(agenda.staff_and_start, staff=staff, luck=0.5)(world, 4, 0, 0, np.zeros(TEAM_LIMIT, np.int32))
    return world, asked


def test_a_grant_goes_with_the_project_that_begins():
    """7.5: `staff_and_start`; funded is the grant over `partner_cost` x `project_size`, at most 1."""
    world, asked = begun()
    one = world.projects[0]
    assert asked == [(0, 0.5)] and (one.grant, one.grant_until, one.rolled) == (0.5, 13, True)
    assert world.alliances["award"][0] == 0.0
    assert begun(award=9.0)[1] == [(0, 1.0)]


def test_without_enough_partners_or_a_firm_there_is_no_project_and_the_grant_waits():
    """7.5: `staff_and_start`."""
    for world, _ in (begun(team=(0,)), begun(firms=0)):
        assert world.alliances["running"][0] == 0 and world.alliances["award"][0] == 0.5


def test_an_idea_in_a_new_field_opens_its_line_unless_one_was_opened_since_the_call():
    """7.5: `staff_and_start`."""
    world, _ = begun(idea_field=1)
    assert world.alliances["lines"][0] == 2 and world.projects["line"][0] == 1
    assert begun(idea_field=0)[0].alliances["lines"][0] == 1


def quarter(luck=0.0, tick=0, award=0.0, size=4, odds=0.5, **changes):
    """One call of the process with a proposal at even odds; returns the world and the turns that were begun."""
    world = world_of(fields=1, money_pull=1e9, **changes)
    world.alliances["award"], world.alliances["size"], world.alliances["idea_field"] = award, size, 0
    turns = []
    plain(agenda.agenda, luck=luck, proposal_odds=lambda *_: odds, free_hands=lambda *_: (9.0, 0.5),
          staff_and_start=lambda w, t, a, turn, team: turns.append(turn))(world, tick)
    return world, turns


def test_an_idea_is_proposed_by_its_odds_and_large_alliances_take_up_more_than_one():
    """7.5: `agenda`."""
    assert quarter(0.49)[1] == [0] and quarter(0.51)[1] == []
    assert quarter(0.49, size=2 * agenda.MEMBERS_A_PROPOSAL)[1] == [0, 1, 2]
    assert quarter(0.49, worth_least=0.26)[1] == []  # an idea worth less is not proposed


@pytest.mark.parametrize(("least", "prospect"), [(0.125, 0.5), (0.05, 1.0), (0.25, 0.125), (0.5, 0.0625)])
def test_prospect_is_the_best_worth_over_four_times_the_least_and_halved_where_it_is_no_more(least, prospect):
    """7.5: `agenda`; the best worth is 0.25."""
    assert quarter(0.9, worth_least=least)[0].alliances["prospect"][0] == pytest.approx(prospect)


def test_a_grant_that_was_won_begins_the_best_idea_and_lapses_with_the_year():
    """7.5: `agenda`: with the chance of the money, without a proposal."""
    world, turns = quarter(award=1.0, odds=0.0)
    assert turns == [agenda.AWARDED] and world.alliances["award"][0] == 1.0
    assert quarter(award=1.0, tick=3)[0].alliances["award"][0] == 0.0
    assert quarter(award=0.0, odds=0.0)[1] == []


def test_nothing_is_put_on_the_agenda_before_the_contract():
    """7.5: for each alliance under contract (`agenda`)."""
    world = world_of(fields=1)
    world.alliances["signed"] = -1
    seat(world, 0, 0)
    plain(agenda.agenda, luck=0.0)(world, 0)
    assert world.alliances["prospect"][0] == 0.0 and project(world, 0) == 0
