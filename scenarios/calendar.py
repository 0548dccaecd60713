"""Levers that change by calendar: steps, ramps and tables of years, as data."""

from itertools import pairwise
from typing import Annotated, Any, Self

import numpy as np
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, Strict, model_validator

__all__ = ["Calendar", "Finite", "Strictly", "Year", "most", "plain_number"]


def plain_number(value: Any) -> Any:
    """Take a NumPy number as the Python number it stands for."""
    return value.item() if isinstance(value, np.generic) else value


Finite = Annotated[float, BeforeValidator(plain_number), Strict(), Field(allow_inf_nan=False)]
Year = Annotated[float, BeforeValidator(plain_number), Strict(), Field(ge=1900, le=2800, allow_inf_nan=False)]
Points = Annotated[tuple[tuple[Year, Finite], ...], Field(min_length=1, max_length=1000)]


class Strictly(BaseModel):
    """A part of a scenario: frozen, and closed to names that are not declared."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, protected_namespaces=())


class Calendar(Strictly):
    """One of ``step``, ``ramp`` and ``table``: pairs of a year and a value, years rising.

    Attributes
    ----------
    step
        Each value holds from its year on; before the first one the lever has its default.
    ramp
        Values on a line between the points, flat before the first and after the last.
    table
        Each value holds in its calendar year only; the lever is zero in all other years.
    """

    step: Points | None = Field(None, description="[[year, value], ...]: each value holds from its year on.")
    ramp: Points | None = Field(None, description="[[year, value], ...]: linear between the points, flat outside.")
    table: Points | None = Field(None, description="[[year, value], ...]: each value holds in its year only.")

    @model_validator(mode="after")
    def _is_one_rising_list(self) -> Self:
        given = [kind for kind in ("step", "ramp", "table") if getattr(self, kind) is not None]
        if len(given) != 1:
            raise ValueError("wants exactly one of step, ramp and table")
        years = [year for year, _ in self.points]
        if any(b <= a for a, b in pairwise(years)):
            raise ValueError("wants its years in rising order, each once")
        if self.table is not None and any(year != int(year) for year in years):
            raise ValueError("wants whole years in a table")
        return self

    @property
    def kind(self) -> str:
        """``step``, ``ramp`` or ``table``."""
        return next(kind for kind in ("step", "ramp", "table") if getattr(self, kind) is not None)

    @property
    def points(self) -> tuple[tuple[float, float], ...]:
        """Pairs of year and value."""
        return getattr(self, self.kind)

    def scaled(self, factor: float) -> "Calendar":
        """Return the same calendar with every value times `factor`."""
        return Calendar.model_validate({self.kind: [(year, value * factor) for year, value in self.points]})

    def values(self, years: np.ndarray, default: float) -> np.ndarray:
        """Value of the lever at the start of each quarter.

        Parameters
        ----------
        years : ndarray, shape (quarters,)
            Calendar year of each quarter, with fractions.
        default : float
            Value before the first step.

        Returns
        -------
        ndarray of float64, shape (quarters,)
        """
        at, values = np.array(self.points).T
        if self.kind == "ramp":
            return np.interp(years, at, values)
        if self.kind == "step":
            return np.append(default, values)[np.searchsorted(at, years, side="right")]
        found = np.searchsorted(at, np.floor(years))
        hit = at[np.minimum(found, len(at) - 1)] == np.floor(years)
        return np.where(hit, values[np.minimum(found, len(at) - 1)], 0.0)


def most(value: float | Calendar) -> float:
    """The largest value that a lever is given."""
    return max(v for _, v in value.points) if isinstance(value, Calendar) else value
