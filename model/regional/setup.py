"""What a set-up says of a region: its numbers, the carriers there are, the levers by quarter, targets to correct by."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from alliancelab.model.declarations import record_type
from alliancelab.model.regional import REGIONAL

__all__ = ["CarrierGroup", "RegionSetup", "region_levers"]


class CarrierGroup(NamedTuple):
    """Carriers of one kind and rank that are there at the start.

    Attributes
    ----------
    kind, rank, number : int
        `codes.Carrier`, `codes.Rank`, how many.
    """

    kind: int
    rank: int
    number: int


class RegionSetup(NamedTuple):
    """The regional part of a `model.setup.Setup`.

    Attributes
    ----------
    numbers : mapping of str to float
        Values of `parameters.REGION` that differ from their defaults.
    carriers : tuple of CarrierGroup
    levers : ndarray of record, shape (quarters,)
        Levers of the regional instruments, see `region_levers`.
    watched : ndarray of float64, shape (instruments,)
        Target of the indicator that an instrument is there for, 0 where there is none: what correction goes by.
    """

    numbers: Mapping[str, float]
    carriers: tuple[CarrierGroup, ...]
    levers: np.ndarray
    watched: np.ndarray


def region_levers(quarters: int) -> np.ndarray:
    """Levers of all regional instruments at their defaults in every quarter, named ``<instrument>_<lever>``."""
    declared = [(f"{i.name}_{lever.name}", lever.default) for i in REGIONAL for lever in i.levers]
    schedule = np.zeros(quarters, record_type(tuple(name for name, _ in declared)))
    for name, default in declared:
        schedule[name] = default
    return schedule
