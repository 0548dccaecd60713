"""Which alliances an instrument addresses, and which a selection takes first."""

import numpy as np
import pytest

from alliancelab.agents.codes import Stage
from alliancelab.model.policy import instrument


def test_an_instrument_addresses_the_stages_it_is_set_to(rule):
    """Section 8: `addressed`."""
    stages = float(2**Stage.GROWTH + 2**Stage.MATURITY)
    assert [bool(rule(instrument.addressed)(stages, stage)) for stage in Stage] == [False, True, True, False, False]
    assert not any(rule(instrument.addressed)(0.0, stage) for stage in Stage)


@pytest.mark.parametrize(("scores", "best"), [
    ((0.1, 0.9, 0.5), 1), ((0.9, 0.9), 0), ((-5.0, -3.0), 1), ((), -1),
    ((instrument.NOT_ELIGIBLE, instrument.NOT_ELIGIBLE), -1),
])
def test_a_selection_takes_the_best_score_first(rule, scores, best):
    """Section 8: `best_of`."""
    assert rule(instrument.best_of)(np.array(scores, float)) == best
