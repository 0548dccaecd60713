"""Curves against sums over the world at the end of the quarter."""

import pytest

from alliancelab.agents.codes import Kind, ProjectState, Stage
from alliancelab.model.accounts import Count
from tests.support.oracles import PLENTY, at_work, living, seats_of
from tests.support.worlds import small_setup, world_at


def test_curves_are_sums_over_the_world_at_the_end_of_the_quarter():
    setup = small_setup(24, parameters=PLENTY)
    for quarter in (9, 25, 40, 59):
        world = world_at(setup, quarter + 1)
        curve, rows = world.curves[quarter], living(world)
        alliances = world.alliances[rows]
        assert curve["alliances"] == len(rows) and curve["seats"] == alliances["size"].sum()
        assert curve["vitality"] == pytest.approx(alliances["vitality"].mean())
        assert curve["trust"] == pytest.approx(alliances["trust"].mean())
        stages = [int((alliances["stage"] == stage_).sum()) for stage_ in Stage]
        assert [curve[s.name.lower()] for s in Stage] == stages
        inside = {int(row) for a in rows for row in seats_of(world, a)["row"]}
        assert curve["participants"] == len(inside)
        strong = [i for i, o in enumerate(world.organisations) if o["kind"] == Kind.FIRM and o["active"]
                  and o["size"] / (o["size"] + world.parameters["standing_size"][0]) >= 0.75]
        assert curve["strong_firms"] == len(strong)
        assert curve["strong_participants"] == len(inside.intersection(strong))
        lines = [(int(world.alliances["sector"][a]), int(line["field"]))
                 for a in rows for line in world.lines[a, : world.alliances["lines"][a]]]
        open_ = [place for place in lines if place[1] >= world.sectors["first_field"][place[0]]]
        assert curve["duplication"] == pytest.approx(1.0 - len(set(open_)) / len(open_))
        told = world.projects[: world.counts[Count.PROJECTS]]
        assert curve["projects"] == (told["state"] == ProjectState.RUNNING).sum() == len(at_work(world))
        assert curve["projects_started"] == (told["started"] == quarter).sum()
        ended = told[told["ended"] == quarter]
        assert curve["projects_done"] == (ended["state"] == ProjectState.DONE).sum()
        assert curve["projects_failed"] == (ended["state"] != ProjectState.DONE).sum()
