"""What the experiments on mechanisms look at: one number of a recorded run each, NaN where it gives no answer."""

from tests.mechanisms.quantities import lives, policy, rescues, selection
from tests.mechanisms.quantities.common import QUANTITIES, Quantity
from tests.mechanisms.quantities.rescues import RESCUE_QUANTITIES, Rescue, first_rescues_of

__all__ = [
    "QUANTITIES", "RESCUE_QUANTITIES", "Quantity", "Rescue", "first_rescues_of", "lives", "policy",
    "rescues", "selection",
]
