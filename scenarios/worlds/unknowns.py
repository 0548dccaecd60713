"""What nobody knows, each with its distribution: parameters with a plausible range, those fitted with the range tried.

A point of the unit cube stands for a world: coordinate j is the share of the distribution of unknown j that lies below
its value. Source: H5.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple
from zlib import crc32

import numpy as np

from alliancelab.model.declarations import Parameter
from alliancelab.model.parameters import PARAMETERS

__all__ = ["ASSUMED", "CALIBRATED", "DATA", "Unknown", "Unknowns", "unknowns"]

CALIBRATED, DATA, ASSUMED = "calibrated", "data", "assumed"
DIGITS = 4  # of values, so that a file holds the very numbers that were run
_SEED = 20261129


class Unknown(NamedTuple):
    """A parameter whose value nobody knows.

    Attributes
    ----------
    parameter : Parameter
    low, high : float
        Ends of its distribution before anything is fitted, in its unit.
    log : bool
        Whether the logarithm is uniform between them, and not the value.
    kind : str
        `CALIBRATED` where targets decide, `DATA` where a source tells the range, else `ASSUMED`.
    reason : str
        Why these ends.
    """

    parameter: Parameter
    low: float
    high: float
    log: bool
    kind: str
    reason: str


class Unknowns:
    """All that is unknown, in the order of the declarations.

    Parameters
    ----------
    listed : sequence of Unknown

    Attributes
    ----------
    names : tuple of str
    low, high : ndarray of float64, shape (unknowns,)
    log, integer : ndarray of bool, shape (unknowns,)
    kinds : tuple of str
    """

    def __init__(self, listed: Sequence[Unknown]) -> None:
        self.listed = tuple(listed)
        self.names = tuple(one.parameter.name for one in listed)
        self.low = np.array([one.low for one in listed], float)
        self.high = np.array([one.high for one in listed], float)
        self.log = np.array([one.log for one in listed], bool)
        self.integer = np.array([one.parameter.integer for one in listed], bool)
        self.kinds = tuple(one.kind for one in listed)

    def __len__(self) -> int:
        return len(self.listed)

    def values(self, u: np.ndarray) -> np.ndarray:
        """Values at points of the unit cube, both of shape (..., unknowns), with four digits or whole."""
        u = np.asarray(u, float)
        with np.errstate(divide="ignore", invalid="ignore"):  # logarithms of ends that are no scales are not used
            scaled = np.exp(np.log(self.low) * (1.0 - u) + np.log(self.high) * u)
        found = np.where(self.log, scaled, self.low + (self.high - self.low) * u)
        # Whole numbers from low to high are alike likely.
        whole = np.floor(self.low + (self.high - self.low + 1.0) * u)
        return np.clip(np.where(self.integer, whole, _rounded(found)), self.low, self.high)

    def places(self, values: np.ndarray) -> np.ndarray:
        """Points of the unit cube of values, both of shape (..., unknowns): `values` the other way round."""
        values = np.clip(np.asarray(values, float), self.low, self.high)
        with np.errstate(divide="ignore", invalid="ignore"):
            scaled = np.log(values / self.low) / np.log(self.high / self.low)
        even = np.where(self.integer, (values + 0.5 - self.low) / (self.high - self.low + 1.0),
                        (values - self.low) / (self.high - self.low))
        return np.where(self.log, scaled, even)

    def draws(self, numbers: np.ndarray) -> np.ndarray:
        """Points of the worlds of these numbers before anything is fitted, float64 of shape (numbers, unknowns).

        Each name has draws of its own, so that a world keeps its values when other parameters are declared or go.
        """
        most = int(np.max(numbers, initial=-1)) + 1
        columns = [np.random.default_rng([_SEED, crc32(name.encode())]).random(most)[numbers] for name in self.names]
        return np.stack(columns, axis=-1) if columns else np.empty((len(numbers), 0))


def unknowns(varied: Mapping[str, tuple[float, float]] | None = None) -> Unknowns:
    """What is unknown of the model.

    Parameters
    ----------
    varied : mapping of str to (float, float), optional
        Parameters that are fitted to targets, with the range that is tried; uniform before they are fitted.

    Returns
    -------
    Unknowns
        Parameters with a plausible range and those fitted.

    Examples
    --------
    >>> unknowns().names[:2]
    ('field_arrival', 'field_follow')
    """
    varied = varied or {}
    found = []
    for parameter in PARAMETERS:
        if parameter.name in varied:
            low, high = varied[parameter.name]
            found.append(Unknown(parameter, low, high, False, CALIBRATED, "The range that the calibration tries."))
        elif parameter.plausible is not None and parameter.plausible.low < parameter.plausible.high:
            low, high, log, reason = parameter.plausible
            kind = DATA if parameter.source.startswith("data") else ASSUMED
            found.append(Unknown(parameter, low, high, log, kind, reason))
    return Unknowns(found)


def _rounded(values: np.ndarray) -> np.ndarray:
    """The same with so many significant digits."""
    with np.errstate(divide="ignore"):
        size = np.floor(np.log10(np.abs(values)))
    scale = 10.0 ** (DIGITS - 1 - np.where(np.isfinite(size), size, 0.0))
    # Dividing last leaves the double next to the decimal number, as a file that is read gives it.
    return np.round(values * scale) / scale
