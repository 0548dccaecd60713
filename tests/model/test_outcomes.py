"""One number per outcome, of a recording."""

import numpy as np

from alliancelab.model.outcomes import OUTCOMES, outcomes_of
from alliancelab.model.simulation import simulate
from tests.support.worlds import plain_setup


def test_outcomes_leave_the_warm_up_out():
    """4.12: `outcomes_of`: what is changed in the warm-up changes no outcome, what is changed after it does."""
    run = simulate(plain_setup(3))
    found, names = np.array(outcomes_of(run)), [outcome.name for outcome in OUTCOMES]
    assert len(found) == len(names)
    first = run.setup.sizes["warm_up"]
    run.curves["vitality"][:first] = 0.0
    np.testing.assert_array_equal(np.array(outcomes_of(run)), found)
    run.curves["vitality"][first:] = 0.0
    changed = [name for name, was, now in zip(names, found, outcomes_of(run), strict=True) if was != now == now]
    assert changed != []
