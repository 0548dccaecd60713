"""How the market moves between fields, against slow and obvious Python."""

from math import exp

import numpy as np
import pytest

from alliancelab.model import environment
from tests.support.oracles import NOW

move_market = environment.move_market


def test_the_market_moves_to_better_fields_by_replicator_dynamics(busy):
    p = busy.parameters[0]
    for s in range(len(busy.sectors)):
        world = busy.copy()
        world.parameters["field_arrival"] = 0.0
        world.parameters["field_exit"] = 0.0
        count = int(world.sectors["field_count"][s])
        alive = world.fields[s, :count]["alive"].copy()
        fields = world.fields[s, :count][alive]
        assert len(fields) > 1
        frontier = [1.0 - exp(-(NOW - born) / p.frontier_time) for born in fields["born"].tolist()]
        fitness = [
            vintage * (p.frontier_floor + (1.0 - p.frontier_floor) * reached)
            for vintage, reached in zip(fields["vintage"].tolist(), frontier, strict=True)
        ]
        # A power law in the ratio of fitness to its geometric mean, weighted by share, is the replicator in discrete
        # time; the outlook runs it on to the horizon, and no field is expected to take more than the whole market.
        mean = exp(sum(s_ * np.log(f) for s_, f in zip(fields["share"].tolist(), fitness, strict=True)))
        weight = [s_ * (f / mean) ** p.replacement_speed for s_, f in zip(fields["share"].tolist(), fitness,
                                                                          strict=True)]
        ahead = [min(s_ * min((f / mean) ** (p.replacement_speed * p.horizon), exp(6.0)), 1.0)
                 for s_, f in zip(fields["share"].tolist(), fitness, strict=True)]
        move_market(world, s, NOW)
        moved = world.fields[s, :count][alive]
        assert moved["frontier"].tolist() == pytest.approx(frontier)
        assert moved["share"].tolist() == pytest.approx([w / sum(weight) for w in weight])
        assert moved["outlook"].tolist() == pytest.approx(ahead)
