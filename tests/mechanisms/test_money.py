"""Grants act through what projects do with the money, not through members that a grant ties to their alliance."""

import numpy as np
import pytest

from tests.mechanisms.experiments import GRANTS, parameters
from tests.mechanisms.measure import recording
from tests.mechanisms.quantities import QUANTITIES

PAIRS = 40
FREE = parameters(exit_binding=0.0, vote_binding=0.0)
"""Neither contract nor term holds a member that wants to go."""


def effect(quantity: str, base: dict[str, float]) -> float:
    """Mean effect of grants on a quantity in a world."""
    value = QUANTITIES[quantity]
    return float(np.mean([value(recording(base | GRANTS, k)) - value(recording(base, k)) for k in range(PAIRS)]))


@pytest.mark.slow
@pytest.mark.parametrize("quantity", ["patents", "adoptions"])
def test_at_least_half_of_what_grants_do_stays_where_nothing_binds_members(quantity):
    """Rows: C2, A7."""
    bound, free = effect(quantity, {}), effect(quantity, FREE)
    print(f"{quantity} that grants bring: {bound:.0f}, where nothing binds members {free:.0f}")
    assert free > 0.5 * bound > 0.0
