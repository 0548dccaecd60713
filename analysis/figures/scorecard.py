"""Pictures of a scorecard: outcomes against targets, how probable each target is, and courses year by year."""

from textwrap import fill
from typing import TYPE_CHECKING

import numpy as np

from alliancelab.agents.errors import UserError
from alliancelab.analysis.figures.style import BLUE, GREY, INK, Picture, label, new_picture
from alliancelab.analysis.words.titles import unit_text

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["courses", "targets"]

COLUMNS = 4
MARGIN = 1.08   # of the highest figure of a course: what lies at it does not hide in the frame
TITLE = 36      # letters in a line of a course's title
FARTHEST = 2.5  # times the target; what lies beyond is drawn at the edge


def targets(table: "pd.DataFrame", title: str, replicates: int) -> Picture:
    """Outcome over target with the range of the middle 95 % of replicates, and the probability; one row per target.

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


def courses(lines: "pd.DataFrame", table: "pd.DataFrame", title: str) -> Picture:
    """Courses of the indicators that have targets: with the plan, with the policy of the base year kept, targets.

    Parameters
    ----------
    lines, table : DataFrame
        As `scorecard.Scorecard.courses` and `scorecard.Scorecard.table`.
    title : str
        Of the scenario.

    Raises
    ------
    UserError
        When no line of the scorecard has a target.
    """
    asked = table[table["target"].notna()]
    names = list(asked["indicator"].unique())
    if not names:
        raise UserError(f"{title}: no indicator of its scorecard has a target to draw")
    rows = -(-len(names) // COLUMNS)
    picture = new_picture(11.0, 0.6 + 2.2 * rows)
    panels = picture.subplots(rows, COLUMNS, squeeze=False).ravel()
    for axes, name in zip(panels, names, strict=False):
        line, aims = lines[lines["indicator"] == name], asked[asked["indicator"] == name]
        axes.fill_between(line["year"], line["low"], line["high"], color=BLUE, alpha=0.15, linewidth=0)
        axes.plot(line["year"], line["mean"], color=BLUE, linewidth=1.5)
        axes.plot(line["year"], line["kept"], color=GREY, linewidth=1.2, linestyle="--")
        axes.plot(aims["year"], aims["target"], "x", color=INK, markersize=6)
        top = max(float(line["high"].max()), float(line["kept"].max()), float(aims["target"].max()))
        axes.set_ylim(min(0.0, float(line["low"].min())), top * MARGIN if top > 0.0 else None)
        axes.xaxis.get_major_locator().set_params(integer=True, nbins=4)
        axes.set_title(fill(aims["title"].iloc[0], TITLE), fontsize=7)
        axes.set_ylabel(unit_text(aims["unit"].iloc[0]), fontsize=8)
    for axes in panels[len(names):]:
        axes.set_visible(False)
    picture.suptitle(f"{title}: line with the plan (middle 95 %), dashes with the policy of the base year, x target",
                     fontsize=9)
    return picture
