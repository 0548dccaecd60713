"""Tables have room for whatever a quarter can write: what was counted before is never exceeded."""

import pytest

from alliancelab.model.accounts import Count
from alliancelab.model.initialise import new_world
from alliancelab.model.space import GROWING, count_needs
from alliancelab.model.step import steps_of
from alliancelab.scenarios.scenario import load


@pytest.mark.parametrize("name", ["no_policy", "full_chain", "stage_matched"])
@pytest.mark.parametrize("changes", [{}, {
    "parameters.candidates_met": 150.0, "parameters.refusals_borne": 100.0, "parameters.propose_rate": 1.0,
    "parameters.project_size": 40.0,
}], ids=["as it is", "large and busy"])
def test_no_quarter_writes_more_rows_than_were_counted(name, changes):
    """`count_needs` of one quarter holds until that of the next, in a world whose alliances grow large, too."""
    setup = load(name, changes).setup(5)
    world = new_world(setup, recorded=True)
    counted = None
    for tick in range(setup.sizes["quarters"]):
        for step, every in steps_of(setup):
            if step is count_needs and counted is not None:
                used = [int(world.counts[total]) for total in GROWING.values()]
                short = [table for table, row, most in zip(GROWING, used, counted, strict=True) if row > most]
                assert not short, (tick, short)
            if tick % every == 0:
                step(world, tick)
            if step is count_needs:
                counted = world.needs.tolist()
    assert world.counts[Count.ALLIANCES] > 50
