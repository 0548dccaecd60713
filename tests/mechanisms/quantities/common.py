"""The list of quantities, and what several of them are made of."""

from collections.abc import Callable

import numpy as np

from alliancelab.model.accounts import Flow
from alliancelab.model.outcomes import OUTCOMES
from alliancelab.model.parameters import PARAMETERS
from alliancelab.model.simulation import Recording
from alliancelab.scenarios.moments import founded_later

Quantity = Callable[[Recording], float]
STRONG = 0.6  # standing from which a firm counts as strong, as in special support
QUANTITIES: dict[str, Quantity] = {outcome.name: outcome.value for outcome in OUTCOMES}


def quantity(function: Quantity) -> Quantity:
    """Enter a function in the list by its name."""
    QUANTITIES[function.__name__] = function
    return function


def since(run: Recording) -> int:
    """First quarter after the warm-up."""
    return int(run.setup.sizes["warm_up"])


def curve(run: Recording, name: str) -> np.ndarray:
    """A calendar curve after the warm-up."""
    return run.curves[name][since(run) :]


def panel(run: Recording) -> np.ndarray:
    """The panel after the warm-up."""
    return run.panel[run.panel["quarter"] >= since(run)]


def ratio(part: float, whole: float) -> float:
    """A share, NaN of nothing."""
    return float(part / whole) if whole > 0 else np.nan


def mean(values: np.ndarray) -> float:
    """A mean, NaN of nothing."""
    return float(np.mean(values)) if len(values) else np.nan


def paid(run: Recording, *flows: Flow) -> float:
    """Million yuan that moved by some flows after the warm-up."""
    return float(run.ledger[since(run) :, list(flows)].sum())


def parameter(run: Recording, name: str) -> float:
    """Value of a parameter in a run."""
    declared = next(one for one in PARAMETERS if one.name == name)
    return float(run.setup.parameters.get(name, declared.default))


def standing_of(run: Recording, size: np.ndarray) -> np.ndarray:
    """Standing by size."""
    reference = parameter(run, "standing_size")
    return size / (size + reference)


@quantity
def survival_8y(run: Recording) -> float:
    """Share alive at eight years, among alliances seen that long."""
    found = founded_later(run)
    found = found[found["founded"] <= len(run.curves) - 1 - 32]
    return mean((found["ended"] < 0) | (found["ended"] - found["founded"] >= 32))
