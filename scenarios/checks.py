"""Numbers of runs, seeds and threads as callers give them: checked in one place, before anything is computed.

Source: H3.
"""

from typing import Any

import numpy as np

from alliancelab.agents.errors import ScenarioError
from alliancelab.scenarios.schema import short

__all__ = ["LARGEST_SEED", "check_count", "check_seed", "check_workers", "is_number", "is_whole"]

LARGEST_SEED = 2**63 - 1


def is_whole(value: Any) -> bool:
    """Whether a value is a whole number, of Python or NumPy."""
    return isinstance(value, int | np.integer) and not isinstance(value, bool)


def is_number(value: Any) -> bool:
    """Whether a value is a number, of Python or NumPy."""
    return isinstance(value, int | float | np.integer | np.floating) and not isinstance(value, bool)


def check_count(name: str, value: Any, least: int = 1, most: int | None = None, why: str = "") -> None:
    """Refuse what is no whole number or out of bounds; `why` is added to the sentence."""
    if not is_whole(value):
        raise ScenarioError(f"{name} is {short(value)} and has to be a whole number{why}")
    if value < least:
        raise ScenarioError(f"{name} is {value} and has to be at least {least}{why}")
    if most is not None and value > most:
        raise ScenarioError(f"{name} is {value} and has to be at most {most}{why}")


def check_workers(workers: Any) -> None:
    """Refuse a number of threads that is none; None leaves it to the machine."""
    if workers is not None:
        check_count("workers", workers)


def check_seed(seed: Any, runs: int = 0) -> None:
    """Refuse a first seed from which so many runs do not have seeds."""
    if not (is_whole(seed) and 0 <= seed <= LARGEST_SEED - runs):
        raise ScenarioError(f"the seed {short(seed)} has to be a whole number from 0 to {LARGEST_SEED - runs}")
