"""Who takes part in a project, what it costs and who pays how much."""

from math import log

import numpy as np
import pytest

from alliancelab.agents.organisation_rules import Offer
from alliancelab.model import staffing
from alliancelab.model.accounts import Count
from alliancelab.model.tables import CLASSES, TEAM_LIMIT
from tests.support.bench import bench, members, partners, plain, project, seat
from tests.support.rows import LAUNCH, RESEARCH, alliance, parameters

NOTHING = Offer(*[0.0] * 9)


def team_of(*rows):
    team = np.zeros(TEAM_LIMIT, np.int32)
    team[: len(rows)] = rows
    return team


@pytest.mark.parametrize(("kind", "funded", "luck", "partners"), [
    (RESEARCH, 0.0, 0.0, 10), (RESEARCH, 1.0, 0.0, 15), (LAUNCH, 0.0, 0.0, 8),
    (RESEARCH, 0.0, log(2.0), 20), (RESEARCH, 0.0, -9.0, 4), (RESEARCH, 0.0, 9.0, TEAM_LIMIT),
])
def test_consortia_are_planned_larger_with_a_grant_and_smaller_after_research(rule, kind, funded, luck, partners):
    """7.5: planned partners (`wanted_partners`), between `team_least` and `TEAM_LIMIT`."""
    p = parameters(project_size=10.0, grant_size=0.5, partners_later=0.8, project_spread=1.0, team_least=4.0)
    assert rule(staffing.wanted_partners)(kind, funded, luck, p) == partners


def test_a_partner_of_a_larger_consortium_bears_less(rule):
    """7.4: the burden (`burden_of`) falls with the root of partners where half of a project is fixed."""
    p = parameters(partner_cost=0.4, project_size=10.0, cost_shared=0.5)
    burdens = [rule(staffing.burden_of)(partners, p) for partners in (10, 40)]
    assert burdens == pytest.approx([0.4, 0.2])


def test_a_project_is_identified_by_alliance_quarter_and_number_among_proposals():
    """4.11: `project_key` is never used twice."""
    keys = {int(plain(staffing.project_key)(alliance(key=key), tick, place))
            for key in range(8) for tick in range(8) for place in range(64)}
    assert len(keys) == 8 * 8 * 64
    assert plain(staffing.project_key)(alliance(key=3), 4, 5) == plain(staffing.project_key)(alliance(key=3), 4, 5)


def led(**columns):
    """Row of the coordinator of an alliance of a firm, a firm and a university with like luck."""
    world = bench(firms=2, research=1, coordinate_firm=0.5)
    seat(world, 0, 0, 1, 2)
    world.organisations["stated_need"] = 0.45
    for name, values in columns.items():
        table = world.seats if name == "satisfaction" else world.organisations
        table[name][:3] = values
    return plain(staffing.coordinator, luck=0.5)(world, 0, 0, np.uint64(7))


def test_the_coordinator_is_the_member_with_hands_that_needs_it_most():
    """7.5: `coordinator`: need, being a firm, satisfaction; -1 where nobody has hands."""
    assert led(stated_need=(0.4, 0.5, 0.5)) == 1
    assert led(satisfaction=(0.6, 0.2, 0.6)) == 0
    assert led(stated_need=(0.4, 0.4, 0.6)) in (0, 1)  # ln(0.65 / 0.45) is less than 0.5
    assert led(stated_need=(0.4, 0.4, 0.9)) == 2
    assert led(capacity=(0.0, 9.0, 0.0)) == 1 and led(capacity=(0.0, 0.0, 0.0)) == -1


def test_chance_decides_between_members_alike():
    """7.5: 0.8 G (`coordinator`)."""
    world = bench(firms=2)
    seat(world, 0, 0, 1)
    found = {int(plain(staffing.coordinator)(world, draw, 0, np.uint64(7))) for draw in range(9)}
    assert found == {0, 1}


def asked(yes=(0, 1, 2, 3), most=9, luck=0.0, hands=9.0):
    world = bench()
    seat(world, 0, 0, 1, 2, 3)
    world.organisations["capacity"][2] = hands
    team = team_of(0)
    count = plain(staffing.ask_members, luck=luck, says_yes=lambda w, one, *_: int(one.key) - 1 in yes)(
        world, 0, 0, np.uint64(7), world.fields[0, 0].weights, NOTHING, most, team, np.zeros(CLASSES))
    return sorted(team[:count].tolist())


def test_members_with_hands_are_asked_until_there_are_enough():
    """7.5: `ask_members`, the coordinator among them."""
    assert asked() == [0, 1, 2, 3] and len(asked(most=2)) == 2
    assert asked(yes=(1,)) == [0, 1] and asked(hands=0.0) == [0, 1, 3]


def test_each_round_asks_a_member_by_chance():
    """7.5: `ROUNDS` times with chance `ASKED`: a member never drawn is never asked (`ask_members`)."""
    assert asked(luck=staffing.ASKED - 0.01) == [0, 1, 2, 3] and asked(luck=staffing.ASKED) == [0]
    assert asked(luck=lambda turn: 0.0 if turn == staffing.ROUNDS - 1 else 0.9) == [0, 1, 2, 3]


def outside(yes=(1, 2, 3), want=3, refusals=9.0, seated=()):
    world = bench(candidates_met=3.0, standing_size=100.0, refusals_borne=refusals / 0.7)
    seat(world, 0, 0, *seated)
    team = team_of(0)
    count = plain(staffing.ask_outsiders, luck=0.5, meet=lambda w, draws, key, k, *_: 1 + k,
                  says_yes=lambda w, one, *_: int(one.key) - 1 in yes)(
        world, 0, 0, np.uint64(7), 0, NOTHING, want, team, 1, np.zeros(CLASSES))
    return team[:count].tolist()


def test_outsiders_are_asked_until_there_are_enough_or_too_many_refuse():
    """7.5: `ask_outsiders`, bounded by refusals as in 7.4; those who have a seat are passed by."""
    assert outside() == [0, 1, 2] and outside(want=4) == [0, 1, 2, 3]
    assert outside(yes=(3,), refusals=1.9) == [0] and outside(yes=(3,), refusals=2.1) == [0, 3]
    assert outside(want=4, seated=(2,)) == [0, 1, 3]


def offers(openness=0.0):
    """What a staffing asks of members, what it offers to insiders and outsiders."""
    world = bench(project_size=10.0, project_spread=0.0, grant_size=0.0, members_first=0.75, member_bonus=0.3,
                  partner_cost=0.5, cost_shared=0.0)
    seat(world, 0, 0, 1)
    one = world.alliances[0]
    one.openness, one.trust, one.binding, one.governance, one.label = openness, 0.6, 0.5, 0.5, 1.0
    world.sectors["attention"] = 0.2
    found = {}
    def inside(w, tick, a, key, weights, offer, most, team, best):
        found["most"], found["insiders"] = most, offer
        return 1
    def out(w, tick, a, key, f, offer, want, team, count, best):
        found["want"], found["outsiders"] = want, offer
        return count
    plain(staffing.staff, luck=0.5, ask_members=inside, ask_outsiders=out)(world, 0, 0, 0, RESEARCH, 0, 0.25, team_of())
    return found


def test_open_alliances_ask_fewer_members_and_outsiders_for_the_rest():
    """7.5: `staff`: P = 1 - 2 x openness x (1 - `members_first`) of the partners planned, at least 2."""
    assert [offers(openness)["most"] for openness in (0.0, 0.5, 1.0)] == [10, 8, 5]
    assert offers()["want"] == 10


def test_members_are_offered_trust_and_all_the_guard_of_contract_and_governance():
    """7.5: `staff`: the offer."""
    found = offers()
    mine, theirs = found["insiders"], found["outsiders"]
    assert (mine.trust, theirs.trust) == pytest.approx((0.4, 0.0))
    assert mine.guard == theirs.guard == pytest.approx(0.75)
    assert (mine.subsidy, mine.label, mine.burden) == pytest.approx((0.25, 0.2, 0.5))


def test_without_a_coordinator_nobody_is_asked():
    """7.5: `staff`."""
    assert plain(staffing.staff, luck=0.5)(bench(), 0, 0, 0, RESEARCH, 0, 0.0, team_of()) == 0


@pytest.mark.parametrize(("evenness", "parts"), [
    (0.0, (1.0, 0.0, 0.0)), (1.0, (0.4, 0.4, 0.2)), (0.5, (0.7, 0.2, 0.1)),
])
def test_the_even_part_of_a_cost_is_shared_by_standing_and_the_rest_is_the_coordinators(evenness, parts):
    """7.5: `planned_parts`; all have the same standing, research pays half of that."""
    world = bench(firms=2, research=1, research_part=0.5)
    world.alliances["evenness"] = evenness
    found = np.zeros(3)
    plain(staffing.planned_parts)(world, 0, team_of(0, 1, 2), 3, found)
    assert found == pytest.approx(parts) and found.sum() == pytest.approx(1.0)


def started(kind=RESEARCH, grant=0.0, **changes):
    values = {"project_length": 10.0, "partner_cost": 0.5, "project_size": 2.0, "cost_shared": 0.0, "cost_later": 2.0,
              "grant_substitution": 0.5, "private_least": 0.2}
    world = bench(**values | changes)
    seat(world, 0, 0, 1)
    world.alliances["evenness"], world.alliances["vitality"] = 1.0, 0.4
    world.lines["door"][0, 0] = 2
    q = plain(staffing.start_project, luck=0.5)(world, 6, 0, 0, kind, 0, team_of(0, 1), 2, grant, 8)
    return world, world.projects[q]


def test_a_project_starts_with_its_plan_cost_and_the_state_of_its_alliance():
    """7.5: `start_project`; a middling ambition costs the burden of all partners."""
    world, one = started()
    assert (one.planned, one.ambition, one.cost, one.started) == (10, 0.5, 1.0, 6)
    assert (one.door, one.vitality, one.size_start) == (2, 0.4, 2)
    assert world.alliances["running"][0] == world.lines["running"][0, 0, RESEARCH] == 1
    assert world.running[: world.counts[Count.RUNNING]].tolist() == [0]
    assert started(LAUNCH)[1].cost == pytest.approx(2.0)
    assert started(project_length=1.0)[1].planned == 4


@pytest.mark.parametrize(("grant", "private"), [(0.0, 1.0), (0.8, 0.6), (9.0, 0.2)])
def test_a_grant_takes_the_place_of_part_of_what_partners_pay_but_never_of_all(grant, private):
    """7.5: `start_project`: cost less `grant_substitution` x grant, at least `private_least` of it."""
    world, one = started(grant=grant)
    assert world.participations["part"][:2].sum() == pytest.approx(private)
    assert (one.grant, one.grant_until) == (grant, 15)  # the first payment is next quarter's


def test_outsiders_in_a_team_become_members_and_science_gets_its_bonus():
    """7.5: `fill_seats`."""
    world = bench(firms=2, research=1, levers={"research_incentives_bonus": 0.3})
    seat(world, 0, 0)
    q = project(world, 0)
    plain(staffing.fill_seats)(world, 3, 0, q, team_of(0, 1, 2), 3, 6.0)
    assert members(world, 0) == [0, 1, 2] == partners(world, q)
    assert world.organisations["funds"].tolist() == pytest.approx([0.0, 0.0, 0.3])
    assert world.participations["part"][:3].sum() == pytest.approx(6.0)


def test_partners_remember_the_coordinator_and_the_one_listed_before():
    """7.5: `fill_seats`, `acquaint`."""
    world = bench()
    q = project(world, 0)
    plain(staffing.fill_seats)(world, 3, 0, q, team_of(0, 1, 2, 3), 4, 1.0)
    known = [set(one["partner_rows"]) - {-1} for one in world.organisations]
    assert known == [{1, 2, 3}, {0, 2}, {0, 1, 3}, {0, 2}]


def test_an_acquaintance_is_mutual_and_kept_under_the_key():
    """7.5: `acquaint`."""
    world = bench()
    plain(staffing.acquaint)(world, 0, 3)
    assert (world.organisations[0].partner_rows[0], world.organisations[0].partner_keys[0]) == (3, 4)
    assert (world.organisations[3].partner_rows[0], world.organisations[3].partner_keys[0]) == (0, 1)
