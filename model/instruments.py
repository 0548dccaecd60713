"""Our instruments, and what each does in a year and in a quarter; each has a file of its own in `policy`."""

from collections.abc import Callable
from importlib import import_module

from alliancelab.model.accounts import Purse
from alliancelab.model.policy.instrument import Instrument

__all__ = ["INSTRUMENTS", "QUARTERLY", "YEARLY"]

_FILES = {purse.name.lower(): import_module(f"alliancelab.model.policy.{purse.name.lower()}") for purse in Purse}

INSTRUMENTS: tuple[Instrument, ...] = tuple(file.INSTRUMENT for file in _FILES.values())
"""In the order in which they act, which is that of the policy chain; `accounts.Purse` numbers them the same way."""

YEARLY: dict[str, Callable] = {name: file.yearly for name, file in _FILES.items() if hasattr(file, "yearly")}
"""What an instrument does in the first quarter of a year."""

QUARTERLY: dict[str, Callable] = {name: file.quarterly for name, file in _FILES.items() if hasattr(file, "quarterly")}
"""What an instrument does in every quarter."""
