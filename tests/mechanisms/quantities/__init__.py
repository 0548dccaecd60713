"""What the experiments on mechanisms look at: one number of a recorded run each, NaN where it gives no answer."""

from tests.mechanisms.quantities import lives, policy, rescues, selection
from tests.mechanisms.quantities.common import QUANTITIES, Quantity

__all__ = ["QUANTITIES", "Quantity", "lives", "policy", "rescues", "selection"]
