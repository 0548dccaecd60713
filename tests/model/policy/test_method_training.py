"""Training in innovation methods."""

import pytest

from alliancelab.model.accounts import Flow
from alliancelab.model.policy import method_training
from tests.support.bench import bench, plain, seat


@pytest.mark.parametrize(("intensity", "stages", "budget", "trained"), [
    (0.5, 31.0, 100.0, 0.5), (0.0, 31.0, 100.0, 0.0), (0.5, 0.0, 100.0, 0.0), (0.5, 31.0, 0.05, 0.25),
])
def test_members_gain_skill_by_the_training_that_is_paid_for(intensity, stages, budget, trained):
    """Section 8, method training: `quarterly`: `training_price` a member; skill gains `training_gain` of what lacks."""
    world = bench(budget=budget, training_price=0.1, training_gain=0.4, levers={
        "method_training_intensity": intensity, "method_training_stages": stages})
    seat(world, 0, 0, 1)
    world.organisations["method_skill"], world.alliances["training"] = 0.5, 0.9
    plain(method_training.quarterly)(world, 0)
    assert world.alliances["training"][0] == pytest.approx(trained)
    assert world.organisations["method_skill"][:3].tolist() == pytest.approx([0.5 + 0.2 * trained] * 2 + [0.5])
    assert world.ledger[0, Flow.TRAINING] == pytest.approx(0.2 * trained)
