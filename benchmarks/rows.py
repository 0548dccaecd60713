"""What a benchmark says: one measured figure a row, with the floor it is held against."""

import time
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

__all__ = ["Row", "setup_of", "spread", "timed"]


class Row(NamedTuple):
    """A measured figure.

    Attributes
    ----------
    section, what : str
    value : float
    unit : str
    spread : str
        Smallest and largest of the repetitions, "" where there was one.
    floor : str
        What it has to reach, such as ">= 200"; "" where it is for orientation.
    """

    section: str
    what: str
    value: float
    unit: str
    spread: str = ""
    floor: str = ""

    @property
    def reached(self) -> bool | None:
        """Whether the floor is reached; None where there is none."""
        if not self.floor:
            return None
        sign, bound = self.floor.split()
        return bool(self.value >= float(bound) if sign == ">=" else self.value <= float(bound))


def timed(action: Callable[[], object], repeats: int) -> np.ndarray:
    """Seconds of each of so many calls."""
    seconds = np.empty(repeats)
    for k in range(repeats):
        started = time.perf_counter()
        action()
        seconds[k] = time.perf_counter() - started
    return seconds


def spread(values: np.ndarray) -> str:
    """Smallest and largest of some repetitions."""
    return f"{values.min():.3g} - {values.max():.3g}"


def setup_of(organisations: int, scenario: str = "no_policy", quarters: int = 100, seed: int = 0):
    """A set-up of the usual mix of kinds and the usual number of firms a sector, at another size.

    The library's scenarios have 730 firms, 60 universities, 40 institutes and 20 agencies in 4 sectors. Budgets are
    those of the scenario.
    """
    from alliancelab.scenarios.scenario import load

    times = organisations / 850
    usual = {"firms": 730, "universities": 60, "institutes": 40, "agencies": 20, "sectors": 4}
    world = {f"world.{name}": max(round(number * times), 1) for name, number in usual.items()}
    return load(scenario, {**world, "world.quarters": quarters}).setup(seed)
