"""Picture of a scorecard: outcomes against targets, and how probable each target is."""

from typing import TYPE_CHECKING

import numpy as np

from alliancelab.analysis.drawing import BLUE, GREY, INK, Picture, label, new_picture, unit_text
from alliancelab.scenarios.errors import UserError

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["targets"]

FARTHEST = 2.5  # times the target; what lies beyond is drawn at the edge


def targets(table: "pd.DataFrame", title: str, replicates: int) -> Picture:
    """One row a target: outcome over target with the range of the middle 95 % of replicates; probability at the right.

    Parameters
    ----------
    table : DataFrame
        As `scorecard.Scorecard.table`.
    title : str
        Of the scenario.

    Raises
    ------
    UserError
        When no line of the scorecard has a target.
    """
    table = table[table["target"].notna()].reset_index(drop=True)
    if table.empty:
        raise UserError(f"{title}: no indicator of its scorecard has a target to draw")
    picture = new_picture(10.5, 1.6 + 0.26 * len(table))
    left, right = picture.subplots(1, 2, sharey=True, width_ratios=(2.2, 1.0))
    for y, row in table.iterrows():
        scale = row["target"] if row["target"] else 1.0
        start, mean, low, high = (row[name] / scale for name in ("simulated", "mean", "low", "high"))
        colour = BLUE if row["met"] >= 0.5 else INK
        left.plot(np.clip([low, high], 0, FARTHEST), [y, y], color=colour, linewidth=2)
        left.plot(np.clip(mean, 0, FARTHEST), y, marker="o" if mean <= FARTHEST else ">", color=colour, markersize=5)
        left.plot(np.clip(start, 0, FARTHEST), y, marker="|", color=GREY, markersize=9)
        right.plot([row["met_low"], row["met_high"]], [y, y], color=colour, linewidth=2)
        right.plot(row["met"], y, marker="o", color=colour, markersize=5)
        if y % 2:
            for axes in (left, right):
                axes.axhspan(y - 0.5, y + 0.5, color="#F4F4F4", linewidth=0, zorder=0)
    left.axvline(1.0, color=INK, linewidth=1)
    left.set_xlim(-0.03, FARTHEST + 0.05)
    right.set_xlim(-0.03, 1.03)
    left.set_yticks(range(len(table)), [
        f"{row['title']}, {row['year']}: {_short(row['target'])} {unit_text(row['unit'])}"
        for _, row in table.iterrows()])
    left.set_ylim(len(table) - 0.5, -0.5)
    label(left, f"{title}: {replicates} replicates", "Outcome over target; line: middle 95 % of replicates\n"
          "|: base year; arrow: beyond the axis")
    label(right, "Probability of meeting it", "Share of replicates,\nWilson's 95 % interval")
    for axes in (left, right):
        axes.tick_params(axis="y", length=0)
    return picture


def _short(value: float) -> str:
    return f"{value:,.4g}" if abs(value) < 1000 else f"{value:,.0f}"
