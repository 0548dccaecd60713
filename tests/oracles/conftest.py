"""One busy world for all slow versions."""

import pytest

from tests.support.oracles import NOW, PLENTY, at_work, living
from tests.support.worlds import small_setup, world_at


@pytest.fixture(scope="session")
def busy():
    """A small world after thirty quarters with all on but what changes contributions; tests that change it copy it."""
    world = world_at(small_setup(21, parameters=PLENTY, method_training_intensity=0.0, tax_preference_rate=0.0), NOW)
    assert len(living(world)) > 5 and len(at_work(world)) > 5
    return world
