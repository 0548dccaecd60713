"""What a run is judged by: one declared outcome each, computed from its recording."""

from collections.abc import Callable
from typing import NamedTuple

__all__ = ["OUTCOMES", "Outcome"]


class Outcome(NamedTuple):
    """An outcome of one run.

    Attributes
    ----------
    name, title, unit, description : str
    better : int
        1 if more is better, -1 if less is better, 0 if it is neither.
    value : callable
        Takes a `Recording`, returns a float; NaN where the run gives no answer.
    """

    name: str
    title: str
    unit: str
    better: int
    description: str
    value: Callable


OUTCOMES: tuple[Outcome, ...] = ()
