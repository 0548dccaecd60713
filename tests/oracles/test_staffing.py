"""How a project's cost is divided, against slow and obvious Python."""

import numpy as np
import pytest

from alliancelab.agents.codes import Kind
from alliancelab.agents.organisation_rules import standing
from alliancelab.model import staffing
from tests.support.oracles import living, members_of, seats_of

planned_parts = staffing.planned_parts


def test_a_projects_cost_is_shared_by_standing_as_evenly_as_the_contract_says(busy):
    a = next(a for a in living(busy) if busy.alliances["size"][a] > 5)
    world, p = busy.copy(), busy.parameters[0]
    team = seats_of(busy, a)["row"].astype(np.int32)
    carried = np.array([standing(m["size"], p) * (1.0 if m["kind"] == Kind.FIRM else p.research_part)
                        for m in members_of(busy, a)])
    for evenness in (0.0, 0.3, 1.0):
        world.alliances["evenness"][a] = evenness
        parts = np.zeros(len(team))
        planned_parts(world, a, team, len(team), parts)
        expected = evenness * carried / carried.sum()
        expected[0] += 1.0 - evenness  # the coordinator bears what is not shared
        assert parts == pytest.approx(expected) and parts.sum() == pytest.approx(1.0)
