"""Estimates of differences as rows of a table: with intervals, p values, and Holm's correction over the table."""

from typing import TYPE_CHECKING

import numpy as np

from alliancelab.analysis.statistics.clusters import Estimate
from alliancelab.analysis.statistics.intervals import holm

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["difference", "with_holm"]


def difference(found: Estimate) -> dict[str, float]:
    """An estimate as columns ``difference``, ``low``, ``high`` and ``p``, two-sided from Student's t."""
    from scipy.special import stdtr

    with np.errstate(divide="ignore", invalid="ignore"):
        p = 2.0 * stdtr(np.maximum(found.clusters - 1, 1), -np.abs(found.value / found.error))
    p = np.where(found.value == 0.0, 1.0, p)
    return {"difference": float(found.value), "low": float(found.low), "high": float(found.high),
            "p": float(np.where(found.clusters > 1, p, np.nan))}


def with_holm(table: "pd.DataFrame") -> "pd.DataFrame":
    """The table with ``p_holm`` after ``p``, adjusted for all its rows."""
    table.insert(table.columns.get_loc("p") + 1, "p_holm", holm(table["p"].to_numpy()))
    return table
