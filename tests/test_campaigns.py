"""A smaller run of `make fuzz`, and the trials of `make chaos` that compile nothing."""

import pytest

from tests.campaigns import chaos, fuzz


def test_five_hundred_wrong_inputs_are_each_taken_or_answered_in_one_sentence():
    found, seconds, _ = fuzz.campaign(500, seed=2)
    assert [fault for kind in found for fault in kind.faults] == []
    assert all(kind.refused for kind in found)  # each kind is tried, and changed enough to be wrong
    assert seconds < 120 and max(kind.slowest for kind in found) < fuzz.PATIENCE


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in chaos.TRIALS if not name.startswith("compiled")])
def test_nothing_is_lost(name):
    verdict, seen = chaos.tried(chaos.TRIALS[name])
    if verdict == "skipped":
        pytest.skip(seen)
    assert verdict == "held", seen
