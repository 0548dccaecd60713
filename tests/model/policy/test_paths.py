"""The six paths of re-engineering, one for each weak dimension."""

import numpy as np
import pytest

from alliancelab.agents.codes import Door, Path, ProjectState, Reason, Stage
from alliancelab.model.accounts import Count, Flow
from alliancelab.model.policy import paths
from alliancelab.model.tables import TEAM_LIMIT
from tests.support.bench import bench, members, plain, project, seat
from tests.support.rows import INDUSTRIALISATION, LAUNCH, RESEARCH

TEAM = np.zeros(TEAM_LIMIT, np.int32)


def world_of(fields=3, outlook=(0.1, 0.3, 0.2), **parameters):
    """An alliance with a line in field 0; fields promise a third, 0.6 and one half."""
    world = bench(fields=fields, outlook_half=0.2, **parameters)
    world.fields["outlook"][0, :fields] = outlook
    return world


def taken(function, world, **instead):
    """Take a path; returns line and kind of the project that it would fund."""
    begun = []
    plain(function, fund_project=lambda w, tick, a, x, kind, team: begun.append((int(x), int(kind))), **instead)(
        world, 5, 0, TEAM)
    return begun


def test_the_best_new_field_promises_most_for_those_who_are_in_it():
    """Section 8, technology leap: `best_new_field`: largest promise / (1 + `crowding` x alliances)."""
    world = world_of(crowding=1.0)
    assert plain(paths.best_new_field)(world, 0) == 1
    world.fields["alliances"][0, 1] = 1
    assert plain(paths.best_new_field)(world, 0) == 2
    world.fields["alive"][0, 1:3] = False
    assert plain(paths.best_new_field)(world, 0) == -1


def funded(luck=0.0, pull=1e9, team=(0, 1), budget=100.0):
    world = bench(research=1, budget=budget, price_project=8.0, partner_cost=1.0, project_size=2.0, team_least=2.0,
                  money_pull=pull)
    seat(world, 0, 0, 1, 4)
    asked = []
    def staff(w, tick, a, f, kind, place, share, rows):
        asked.append(float(share))
        rows[: len(team)] = team
        return len(team)
    plain(paths.fund_project, luck=luck, staff=staff)(world, 5, 0, 0, LAUNCH, TEAM.copy())
    return world, asked


def test_a_paths_project_gets_its_money_into_the_purse_and_counts_as_re_engineering():
    """Section 8: `fund_project`: funded is the money / (8 x `partner_cost` x `project_size`)."""
    world, asked = funded()
    one = world.alliances[0]
    assert asked == [0.5] and one.funds == one.public_funds == one.public_total == 8.0
    assert (one.running, world.projects["kind"][0], world.projects["door"][0]) == (1, LAUNCH, Door.REENGINEERING)
    assert world.ledger[5, Flow.RESCUE_PROJECT] == 8.0
    assert funded(budget=4.0)[1] == [0.25]  # what the budget has left


def test_members_begin_it_by_the_chance_of_half_of_the_money_on_offer():
    """Section 8: `fund_project`: at an eighth a quarter, so half within the year; 4 over 2 with a pull of ln 2 / 2."""
    pull = np.log(2.0) / 2.0
    assert funded(luck=0.49, pull=pull)[1] and not funded(luck=0.51, pull=pull)[1]
    assert funded(luck=0.51, pull=pull)[0].alliances["funds"][0] == 0.0


def test_without_partners_or_a_firm_the_money_is_there_and_no_project_runs():
    """Section 8: `fund_project`: the alliance then gets this money, and the project starts if partners are found."""
    for team in ((0,), (4, 4)):
        world, _ = funded(team=team)
        assert world.alliances["funds"][0] == 8.0 and world.alliances["running"][0] == 0


def test_a_leap_opens_a_line_with_a_head_start_and_begins_research():
    """Section 8: `leap`: knowledge gains `patent_map` of what is missing."""
    world = world_of(patent_map=0.5, knowledge_start=0.2, knowledge_transfer=0.0)
    assert taken(paths.leap, world) == [(1, RESEARCH)]
    line = world.lines[0, 1]
    assert (line.field, line.door) == (1, Door.REENGINEERING) and line.knowledge == pytest.approx(0.6)
    assert int(world.alliances["seen"][0]) & 2
    world.fields["alive"][0, 1:3] = False
    assert taken(paths.leap, world) == []


def three_lines():
    world = world_of(transformation=0.5)
    world.alliances["lines"], world.lines["field"][0, :3] = 3, (0, 1, 2)
    lines = world.lines[0]
    lines["knowledge"][:3], lines["industrialised"][:3] = (0.9, 0.6, 0.5), (0.5, 0.2, 0.5)
    lines["launched"][:3] = 0.1, 0.0, 0.5
    return world


def test_most_waiting_is_the_line_with_most_not_yet_launched_for_what_its_field_promises():
    """Section 8: `most_waiting`: (knowledge - launched) x (0.05 + promise): 0.8 x 0.38, 0.6 x 0.65, 0."""
    assert plain(paths.most_waiting)(three_lines(), 0) == 1
    world = three_lines()
    world.fields["outlook"] = 0.1
    assert plain(paths.most_waiting)(world, 0) == 0


def test_transformation_industrialises_then_launches_what_waits():
    """Section 8: `transform`: `transformation` of what waits; a launch project."""
    world = three_lines()
    assert taken(paths.transform, world) == [(1, LAUNCH)]
    line = world.lines[0, 1]
    assert (line.industrialised, line.launched) == pytest.approx((0.4, 0.2))


@pytest.mark.parametrize(("segment", "has"), [(0, True), (1, False), (2, False)])
def test_a_segment_is_covered_by_a_member_firm(segment, has):
    """Section 8: `has_segment`; the university of segment 1 does not count, nor a stranger of segment 2."""
    world = bench(research=1)
    world.organisations["segment"] = 0, 0, 2, 2, 1
    seat(world, 0, 0, 4)
    assert plain(paths.has_segment)(world, 0, segment) is has


def recruited(wanted=2, chain=False, yes=True, segments=(0, 0, 1, 1, 0), met=4.0):
    world = bench(research=1, candidates_met=met)
    world.organisations["segment"] = segments
    seat(world, 0, 0)
    approached = []
    def admit(w, tick, a, row, best, luck):
        approached.append(int(row))
        return yes
    def in_turn(index):
        return ((index - 10) // 2 % 5 + 0.5) / 5.0
    plain(paths.recruit, luck=in_turn, admit=admit)(world, 5, 0, wanted, chain)
    return approached


def test_strangers_are_approached_until_enough_are_won():
    """Section 8: `recruit`: as applicants are, `candidates_met` at most, firms and research partners by rows."""
    assert recruited() == [0, 1] and recruited(wanted=0) == []
    assert recruited(yes=False) == [0, 1, 2, 3] and recruited(yes=False, met=5.0) == [0, 1, 2, 3, 4]


def test_along_the_chain_only_firms_of_missing_segments_are_approached():
    """Section 8: `recruit`; among four firms, two have the segment that is there already."""
    assert set(recruited(wanted=9, chain=True, met=5.0)) == {2, 3}


@pytest.mark.parametrize(("other", "expected"), [(1, ["merge"]), (-1, [("recruit", 3, True)])])
def test_extension_merges_where_a_partner_is_found_and_recruits_along_the_chain_where_not(other, expected):
    """Section 8: `extend_chain`."""
    called = []
    taken(paths.extend_chain, world_of(extension_members=3.0), merger_partner=lambda *_: other,
          merge=lambda *_: called.append("merge"),
          recruit=lambda w, tick, a, wanted, chain: called.append(("recruit", wanted, chain)))
    assert called == expected


@pytest.mark.parametrize(("line", "kind"), [((0.9, 0.8, 0.2), LAUNCH), ((0.9, 0.3, 0.2), INDUSTRIALISATION)])
def test_an_extension_launches_where_more_waits_to_be_launched_than_to_be_industrialised(line, kind):
    """Section 8: `extend_chain`, in the most waiting line."""
    world = world_of(candidates_met=0.0)
    world.lines["knowledge"][0, 0], world.lines["industrialised"][0, 0], world.lines["launched"][0, 0] = line
    assert taken(paths.extend_chain, world, merger_partner=lambda *_: -1) == [(0, kind)]
    several = three_lines()
    several.parameters["candidates_met"] = 0.0
    assert taken(paths.extend_chain, several, merger_partner=lambda *_: -1) == [(1, INDUSTRIALISATION)]


def merging(stage=Stage.MATURITY, sector=0, segments=(0, 1, 2, 2)):
    """An alliance of row 0, and two others: of row 1, and of rows 2 and 3."""
    world = bench(alliances=3)
    world.organisations["segment"] = segments
    seat(world, 0, 0)
    seat(world, 1, 1)
    seat(world, 2, 2, 3)
    world.alliances["stage"][1:3], world.alliances["sector"][1] = stage, sector
    return world


def test_a_merger_partner_is_past_its_rise_and_covers_most_missing_segments():
    """Section 8: `merger_partner`, of the sector, in maturity or decline."""
    assert plain(paths.merger_partner)(merging(segments=(0, 0, 2, 3)), 0) == 2
    assert plain(paths.merger_partner)(merging(segments=(0, 1, 2, 3)), 0) == 2  # two are more than one
    assert plain(paths.merger_partner)(merging(), 0) == 1  # the first of those alike
    assert plain(paths.merger_partner)(merging(Stage.DECLINE, segments=(0, 0, 2, 3)), 0) == 2
    assert plain(paths.merger_partner)(merging(Stage.GROWTH), 0) == -1
    assert plain(paths.merger_partner)(merging(segments=(0, 0, 0, 0)), 0) == -1
    world = merging(segments=(0, 1, 0, 0))
    world.alliances["sector"][0] = 1
    assert plain(paths.merger_partner)(world, 0) == -1


def test_in_a_merger_members_purse_debts_platforms_and_a_line_go_over():
    """Section 8: `merge`; public money received stays known."""
    world = merging()
    q = project(world, 1, 1)
    mine, other = world.alliances[0], world.alliances[1]
    other.funds, other.public_funds, other.loan, other.public_total, other.hosted[0] = 5.0, 2.0, 3.0, 7.0, 4.0
    mine.funds = 1.0
    plain(paths.merge)(world, 5, 0, 1)
    assert members(world, 0) == [0, 1] and members(world, 1) == []
    assert (mine.funds, mine.public_funds, mine.loan, mine.public_total, mine.hosted[0]) == (6.0, 2.0, 3.0, 7.0, 4.0)
    assert (other.ended, other.reason, other.funds, other.loan) == (5, Reason.MERGED, 0.0, 0.0)
    assert world.projects["state"][q] == ProjectState.ABANDONED and world.organisations["funds"].sum() == 0.0


@pytest.mark.parametrize(("field", "lines"), [(0, 1), (1, 2)])
def test_a_line_taken_over_is_added_where_there_is_one_in_the_field_else_it_is_new(field, lines):
    """Section 8: `take_over`: the better of both, with its property."""
    world = bench(alliances=2, fields=2, knowledge_start=0.1, knowledge_transfer=0.0)
    mine, theirs = world.lines[0, 0], world.lines[1, 0]
    mine.knowledge, theirs.knowledge, theirs.launched, theirs.field = 0.7, 0.5, 0.4, field
    mine.core_patents, theirs.core_patents, theirs.generic_patents = 1.0, 2.0, 3.0
    world.alliances["core_patents"][0] = 1.0
    plain(paths.take_over)(world, 5, 0, 1, 0)
    line = world.lines[0, lines - 1]
    assert world.alliances["lines"][0] == lines and line.launched == 0.4
    assert line.knowledge == (0.7 if lines == 1 else 0.5) and line.core_patents == (3.0 if lines == 1 else 2.0)
    assert (world.alliances["core_patents"][0], world.alliances["generic_patents"][0]) == (3.0, 3.0)


def unhappy():
    """Five members: two content, three dissatisfied, one of these in a project."""
    world = bench(firms=8, restructure_satisfaction=0.3, restructure_trust=0.5)
    places = seat(world, 0, 0, 1, 2, 3, 4)
    world.seats["satisfaction"][places] = 0.9, 0.9, 0.2, 0.1, 0.2
    project(world, 0, 4)
    return world


def test_dissatisfied_is_who_has_no_project_and_low_satisfaction():
    """Section 8: `is_dissatisfied`, `count_dissatisfied`."""
    world = unhappy()
    p = world.parameters[0]
    assert [plain(paths.is_dissatisfied)(world.seats[place], p) for place in range(5)] == [False] * 2 + [True] * 2 + [
        False]
    assert plain(paths.count_dissatisfied)(world, 0) == 2


def restructured(won):
    world = unhappy()
    world.alliances["trust"], world.alliances["turnover"], world.alliances["exits"] = 0.4, 0.3, 2
    asked = []
    def recruit(w, tick, a, wanted, chain):
        asked.append((wanted, chain))
        seat(w, 0, *range(5, 5 + won))
    begun = taken(paths.restructure, world, recruit=recruit)
    return world, asked, begun


def test_as_many_dissatisfied_leave_as_strangers_were_won():
    """Section 8: `restructure`; turnover is forgotten, trust gains, a project begins."""
    world, asked, begun = restructured(1)
    assert asked == [(2, False)] and begun == [(0, RESEARCH)]
    left = {0, 1, 2, 3, 4} - set(members(world, 0))
    assert len(left) == 1 and left <= {2, 3}
    assert (world.alliances["turnover"][0], world.alliances["exits"][0]) == (0.0, 0)
    assert world.alliances["trust"][0] == pytest.approx(0.7)
    assert members(restructured(0)[0], 0) == [0, 1, 2, 3, 4] and members(restructured(2)[0], 0) == [0, 1, 4, 5, 6]


def test_nobody_is_asked_to_go_where_only_two_firms_would_stay():
    """Section 8: `restructure`: while two firms stay."""
    world = bench(firms=2, research=2, restructure_satisfaction=0.3)
    seat(world, 0, 0, 1, satisfaction=0.1)
    taken(paths.restructure, world, recruit=lambda w, *_: seat(w, 0, 2, 3))
    assert members(world, 0) == [0, 1, 2, 3]


def test_renewal_mends_governance_rules_and_binding():
    """Section 8: `renew_governance`: each gains `governance_renewed` of what is missing; the best idea is begun."""
    world = three_lines()
    world.parameters["governance_renewed"] = 0.5
    world.alliances["governance"], world.alliances["fund_rules"], world.alliances["binding"] = 0.2, 0.4, 0.6
    assert len(taken(paths.renew_governance, world)) == 1
    one = world.alliances[0]
    assert (one.governance, one.fund_rules, one.binding) == pytest.approx((0.6, 0.7, 0.8))


@pytest.mark.parametrize(("field", "begun", "lines"), [
    (2, (2, LAUNCH), 3), (3, (3, LAUNCH), 4), (-1, (1, RESEARCH), 3),
])
def test_the_best_idea_is_begun_in_its_line_or_a_new_one_and_without_any_research_where_most_is_promised(
        field, begun, lines):
    """Section 8: `begin_best_idea`: what members draw as in any quarter."""
    world = three_lines()
    world.fields["alive"][0, 3] = True
    world.sectors["field_count"] = 4
    turns = []
    def find_idea(w, tick, a, turn):
        turns.append(turn)
        w.alliances[a].idea_field, w.alliances[a].idea_kind = field, LAUNCH
    assert taken(paths.begin_best_idea, world, find_idea=find_idea) == [begun]
    assert world.alliances["lines"][0] == lines and len(set(turns)) == len(turns) == (1 if field < 0 else 2)


def test_the_most_promising_line_is_that_of_the_field_that_promises_most():
    """Section 8: `most_promising`."""
    assert plain(paths.most_promising)(three_lines(), 0) == 1


@pytest.mark.parametrize(("outlook", "begun", "lines"), [
    ((0.1, 0.3, 0.2), (1, RESEARCH), 2), ((0.4, 0.3, 0.2), (0, RESEARCH), 1),
])
def test_refocus_makes_goals_clear_shows_all_fields_and_begins_in_the_most_promising(outlook, begun, lines):
    """Section 8: `refocus`, in its own field or a new one."""
    world = world_of(outlook=outlook, clarity_renewed=0.5)
    world.alliances["clarity"] = 0.4
    assert taken(paths.refocus, world) == [begun]
    one = world.alliances[0]
    assert one.clarity == pytest.approx(0.7) and one.lines == lines and int(one.seen) & 7 == 7


@pytest.mark.parametrize(("path", "name"), [
    (Path.TECHNOLOGY_LEAP, "leap"), (Path.BUSINESS_TRANSFORMATION, "transform"), (Path.CHAIN_EXTENSION, "extend_chain"),
    (Path.RESTRUCTURING, "restructure"), (Path.GOVERNANCE_RENEWAL, "renew_governance"), (Path.REFOCUS, "refocus"),
])
def test_each_path_answers_its_dimension(path, name):
    """Section 8: `take_path`, the table of weakest dimensions."""
    world, called = bench(), []
    world.alliances["path"] = path
    names = ("leap", "transform", "extend_chain", "restructure", "renew_governance", "refocus")
    plain(paths.take_path, **{one: lambda *_, one=one: called.append(one) for one in names})(world, 5, 0, TEAM)
    assert called == [name]


@pytest.mark.parametrize(("until", "luck", "taken_"), [(5, 0.39, [0]), (5, 0.41, []), (6, 0.0, []), (-1, 0.0, [])])
def test_members_carry_a_path_that_falls_due_by_their_odds(until, luck, taken_):
    """Section 8: `complete`."""
    world, called = bench(), []
    world.alliances["path_until"] = until
    plain(paths.complete, luck=luck, rescue_odds=lambda *_: 0.4,
          take_path=lambda w, tick, a, team: called.append(int(a)))(world, 5)
    assert called == taken_ and world.alliances["path_until"][0] == (6 if until == 6 else -1)


def test_an_alliance_that_was_merged_leaves_the_list_of_the_living():
    """Section 8: `complete`."""
    world = bench(alliances=3)
    world.alliances["path_until"][0] = 5
    def swallow(w, tick, a, team):
        w.alliances["ended"][1] = tick
    plain(paths.complete, luck=0.0, rescue_odds=lambda *_: 1.0, take_path=swallow)(world, 5)
    assert world.live[: world.counts[Count.LIVE]].tolist() == [0, 2]
