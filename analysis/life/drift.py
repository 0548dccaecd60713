"""Drift: how far a scenario is from a stationary state, as trends of living alliances and of the shares of stages.

A difference between scenarios is read against a world that policy found. Where that world still moves by itself, this
says by how much.
"""

from typing import TYPE_CHECKING

import numpy as np

from alliancelab.analysis.life.ages import STAGE_NAMES
from alliancelab.analysis.statistics.intervals import mean_interval
from alliancelab.model.setup import QUARTERS_A_YEAR

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["LIVING", "drift", "sentence"]

LIVING = "living"       # beside the names of stages, the number of living alliances


def drift(curves: np.ndarray, warm_up: int, level: float = 0.95) -> "pd.DataFrame":
    """Trend of living alliances and of each stage's share of them, from the start of policy to the end of the runs.

    The trend of a run is the slope of its least-squares line over quarters. It is given over the mean of all runs, so
    that 0.01 means one per cent of its usual size a year.

    Parameters
    ----------
    curves : structured ndarray with the columns of CURVES, shape (replicates, quarters)
    warm_up : int
        Quarters before policy starts.
    level : float
        Coverage of the interval over replicates (Student's t).

    Returns
    -------
    DataFrame
        Indexed by ``quantity``: "living" and the names of stages.

        ``mean`` over runs and quarters, in alliances or as a share of them
        ``trend``, ``low``, ``high`` : over the mean, per year
        ``flat``: whether the interval covers zero; False with fewer than two runs
    """
    import pandas as pd

    policy = curves[:, warm_up:]
    living = policy["alliances"].astype(float)
    with np.errstate(invalid="ignore"):
        series = {LIVING: living, **{name: policy[name] / np.where(living > 0, living, np.nan) for name in STAGE_NAMES}}
    rows = []
    for values in series.values():
        mean = float(np.nanmean(values)) if np.isfinite(values).any() else np.nan
        trend = mean_interval(_slopes(values) / mean if mean else np.full(len(values), np.nan), level)
        flat = bool(trend.low <= 0.0 <= trend.high)
        rows.append((mean, float(trend.mean), float(trend.low), float(trend.high), flat))
    return pd.DataFrame(rows, pd.Index(list(series), name="quantity"), ["mean", "trend", "low", "high", "flat"])


def sentence(scenario: str, table: "pd.DataFrame") -> str:
    """The drift of one scenario in one sentence; `table` as `drift` gives it."""
    living, shares = table.loc[LIVING], table.drop(index=LIVING)["trend"].dropna().sort_values()
    text = f"Drift of {scenario}: living alliances {_percent(living['trend'])} a year"
    if np.isfinite(living["low"]):
        text += f" [{_percent(living['low'])}, {_percent(living['high'])}]"
    if len(shares):
        least, most = (f"{_percent(shares[name])} ({_word(name)})" for name in (shares.index[0], shares.index[-1]))
        text += f"; shares of stages from {least} to {most} of their means"
    flat = [_word(name) for name in table.index[table["flat"]]]
    told = f"; flat within 95 % intervals: {', '.join(flat) or 'none'}" if table["low"].notna().any() else ""
    return f"{text}{told}."


def _percent(share: float) -> str:
    return f"{round(100.0 * share, 1) + 0.0:+.1f} %"  # adding zero takes the sign from minus zero


def _word(quantity: str) -> str:
    return {"regrowth": "re-growth", LIVING: "living alliances"}.get(quantity, quantity)


def _slopes(values: np.ndarray) -> np.ndarray:
    """Slope per year of the least-squares line of each row; NaN values are left out."""
    there = np.isfinite(values)
    number = np.maximum(there.sum(axis=1, keepdims=True), 1)
    year = np.arange(values.shape[1]) / QUARTERS_A_YEAR
    aside = np.where(there, year - (there * year).sum(axis=1, keepdims=True) / number, 0.0)
    with np.errstate(invalid="ignore", divide="ignore"):
        return (aside * np.where(there, values, 0.0)).sum(axis=1) / (aside**2).sum(axis=1)
