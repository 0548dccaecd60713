"""Who leaves, against slow and obvious Python."""

from alliancelab.agents.organisation_rules import exit_hazard
from alliancelab.model import membership
from alliancelab.model.randomness import Process
from tests.support.oracles import NOW, living, luck, mixed, seats_of

exits = membership.exits


def test_of_members_without_a_project_those_leave_whose_draw_lies_below_their_hazard(busy):
    left_at_all = 0
    world = busy.copy()
    world.parameters["exit_rate"] = 0.9  # enough leave for the list of seats to change under the loop
    for a in living(busy):
        leaving = {int(seat["key"]) for seat in seats_of(world, a) if seat["projects"] == 0 and luck(
            world, Process.EXITS, NOW, mixed(world.alliances["key"][a], seat["key"]), 0,
        ) < exit_hazard(seat, world.alliances[a], world.parameters[0])}
        before, told = set(seats_of(world, a)["key"].tolist()), int(world.alliances["exits"][a])
        exits(world, NOW, a)
        assert before - set(seats_of(world, a)["key"].tolist()) == leaving
        assert world.alliances["exits"][a] - told == len(leaving)
        left_at_all += len(leaving)
    assert left_at_all > 5
