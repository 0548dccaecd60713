"""Pictures of fitting and checking: facts beside the model, what the data say of each parameter."""

from typing import TYPE_CHECKING, Any

import numpy as np

from alliancelab.analysis.figures.style import BLUE, GREY, INK, Picture, key, label, new_picture

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["facts", "parameters"]

LINE = 0.27  # inches that a row takes
REACH = 3.0  # half-widths of its range that a row shows; what lies beyond is drawn at the edge
MARKS: dict[str, dict[str, Any]] = {
    "fitted": {}, "fitted in the other arm": {"fillstyle": "left", "markerfacecoloralt": "white"},
    "check": {"markerfacecolor": "white"},
}
"""How the mean of a fact is drawn, by what it was used for: full, half and empty."""


def facts(table: "pd.DataFrame") -> Picture:
    """One row per fact: the empirical range as a bar from -1 to 1, the model's mean and interval beside it.

    Parameters
    ----------
    table : DataFrame
        As `Validation.table`.
    """
    picture = new_picture(7.6, 1.2 + LINE * len(table))
    axes = picture.subplots()
    low, high = table["from"].to_numpy(float), table["to"].to_numpy(float)
    value = table["value"].to_numpy(float)
    middle = np.where(np.isfinite(low + high), (low + high) / 2, value)
    half = np.where(np.isfinite(high - low) & (high > low), (high - low) / 2, np.abs(value) / 2)
    rows = np.arange(len(table))[::-1]
    ranged = np.isfinite(low + high)
    axes.barh(rows[ranged], 2.0, left=-1.0, height=0.62, color=GREY, alpha=0.35, label="empirical range")
    only = ~ranged
    axes.scatter(np.zeros(only.sum()), rows[only], marker="|", s=120, color=INK, label="empirical value, no range")
    mean, ends = (table["mean"] - middle) / half, [(table[end] - middle) / half for end in ("low", "high")]
    runs = [np.clip((table[end] - middle) / half, -REACH, REACH) for end in ("run_low", "run_high")]
    axes.hlines(rows, *runs, color=BLUE, linewidth=0.8, alpha=0.5, label="model, 95 % of runs")
    axes.hlines(rows, *(np.clip(end, -REACH, REACH) for end in ends), color=BLUE, linewidth=3)
    for use, mark in MARKS.items():
        chosen = table["fitted"].to_numpy() == use
        axes.plot(np.clip(mean, -REACH, REACH)[chosen], rows[chosen], "o", color=BLUE, markersize=5.5,
                  label=f"model's mean, {use}", **mark)
    axes.set_yticks(rows, [f"{title} ({unit})" for title, unit in zip(table["title"], table["unit"], strict=True)])
    axes.set_ylim(-0.8, len(table) - 0.2)
    axes.set_xlim(-REACH - 0.15, REACH + 0.15)
    label(axes, "", "Half-widths of the empirical range from its middle")
    axes.tick_params(axis="y", labelsize=8, length=0)
    key(axes, loc="upper center", bbox_to_anchor=(0.2, -0.9 / len(table) - 0.02), ncols=2)
    return picture


def parameters(table: "pd.DataFrame") -> Picture:
    """One row per parameter: the range tried, the estimate with its interval, and how much was learnt.

    Parameters
    ----------
    table : DataFrame
        As `Calibration.parameters`.
    """
    picture = new_picture(7.2, 1.1 + 1.3 * LINE * len(table))
    axes = picture.subplots()
    rows = np.arange(len(table))[::-1]
    width = (table["to"] - table["from"]).to_numpy()
    place = {name: (table[name] - table["from"]).to_numpy() / width for name in ("estimate", "low", "high")}
    axes.barh(rows, 1.0, height=0.5, color=GREY, alpha=0.25)
    axes.hlines(rows, place["low"], place["high"], color=BLUE, linewidth=3)
    axes.plot(place["estimate"], rows, "o", color=BLUE, markersize=6)
    for row, learnt, low, high in zip(rows, table["learnt"], table["from"], table["to"], strict=True):
        axes.text(1.02, row, f"{learnt:.0%}", va="center", fontsize=9, color=INK)
        axes.text(0.005, row + 0.27, f"{low:g}", va="bottom", fontsize=7, color=INK)
        axes.text(0.995, row + 0.27, f"{high:g}", va="bottom", ha="right", fontsize=7, color=INK)
    axes.text(1.02, len(table) - 0.35, "learnt", va="bottom", fontsize=9, color=INK)
    axes.set_yticks(rows, table.index)
    axes.set_xlim(0, 1)
    axes.set_xticks([])
    label(axes, "", "Range tried; estimate with its 95 % interval")
    axes.tick_params(axis="y", length=0)
    return picture
