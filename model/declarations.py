"""One declaration per number: parameters, levers and world sizes share this form.

Validation, the reference tables, the command line and the sweeps all read these declarations; nothing else
states a default or a bound.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import NamedTuple

import numpy as np

__all__ = ["Declaration", "Lever", "Parameter", "Plausible", "one_row", "record_type"]


class Plausible(NamedTuple):
    """Where the true value of a number that nobody knows may lie.

    Attributes
    ----------
    low, high : float
        Ends, in the unit of the number; nothing outside is held possible.
    log : bool
        Whether the logarithm is uniform between them, as for scales, and not the number itself, as for shares.
    reason : str
        Why these ends, in one sentence.
    """

    low: float
    high: float
    log: bool
    reason: str


class Parameter(NamedTuple):
    """A number that describes the world: an uncertainty, a constant or a size.

    Attributes
    ----------
    name : str
        The name in scenario files and in the code.
    default, low, high : float
        Default and plausible bounds, in `unit`; values outside the bounds are refused.
    unit : str
        Unit, "-" for a pure number.
    source : str
        "document I", a paper, "data: <id in facts>", "calibrated", or "assumed".
    description : str
        One sentence.
    integer : bool
        Whether only whole numbers make sense.
    plausible : Plausible, optional
        Where the true value may lie; None for what is a matter of design and not of fact.
    """

    name: str
    default: float
    low: float
    high: float
    unit: str
    source: str
    description: str
    integer: bool = False
    plausible: Plausible | None = None


class Lever(NamedTuple):
    """A number that a policy maker sets; part of one instrument.

    Attributes as in `Parameter`, but for the last: what is decided is not unknown.
    """

    name: str
    default: float
    low: float
    high: float
    unit: str
    source: str
    description: str
    integer: bool = False


Declaration = Parameter | Lever


@cache
def record_type(names: tuple[str, ...]) -> np.dtype:
    """Type of a record with one float64 field per name, readable as attributes in Python and in compiled code."""
    return np.dtype((np.record, np.dtype([(name, np.float64) for name in names], align=True)))


def one_row(declared: Sequence[Declaration], values: Mapping[str, float]) -> np.ndarray:
    """Table of one row, shape (1,), with all declared numbers: the given values, defaults for the rest.

    Raises
    ------
    KeyError
        When a value is given for a name that is not declared.
    """
    unknown = set(values) - {item.name for item in declared}
    if unknown:
        raise KeyError(f"not declared: {', '.join(sorted(unknown))}")
    numbers = tuple(values.get(item.name, item.default) for item in declared)
    return np.array([numbers], record_type(tuple(item.name for item in declared)))
