"""Picture of effects over worlds: a dot for each world, in the colour of the side of the parameter that decides."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from alliancelab.analysis.figures.style import (
    BLUE,
    GREY,
    INK,
    VERMILLION,
    Picture,
    key_below,
    label,
    new_picture,
    short,
)
from alliancelab.analysis.tables.worlds import holds
from alliancelab.analysis.words.titles import unit_text

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["effects"]

FARTHEST = 4.0  # standard deviations; what lies beyond is drawn at the edge
ROOM = 0.62     # of a row that dots are spread over


def effects(table: "pd.DataFrame", by_world: Mapping[str, np.ndarray], above: Mapping[str, np.ndarray],
            title: str, baseline: str, replicates: int) -> Picture:
    """Effects of a scenario in every world, one row an outcome, in standard deviations of single paired differences.

    Thin line: 95 % interval of everything; thick line: of luck alone. Dots: worlds; where a parameter flips the sign,
    those above its threshold in one colour and those below in the other. Numbers: worlds in which the sign holds.

    Parameters
    ----------
    table : DataFrame
        Rows of `WorldComparison.effects` of one scenario, indexed by outcome.
    by_world : mapping of str to ndarray of float64, shape (worlds,)
        Effects in every world by outcome.
    above : mapping of str to ndarray of bool, shape (worlds,)
        Whether a world is above the threshold of the parameter that flips the sign; only of outcomes that have one.
    title, baseline : str
        Of the scenario, and of the one that it is compared with.
    replicates : int
        Seeds in each world.
    """
    size = np.sqrt(table["luck_sd"] ** 2 + table["world_sd"] ** 2)
    rows = [name for name in table.index if np.isfinite(size[name]) and size[name] > 0.0]
    picture = new_picture(8.4, 1.6 + 0.24 * max(len(rows), 1))
    axes = picture.subplots()
    for y, name in enumerate(rows):
        row, scale = table.loc[name], size[name]
        values = by_world[name] / scale
        # Spread over the row by the golden section: even, the same each time, and no two dots in one place.
        height = y + ROOM * ((np.arange(len(values)) * 0.618034) % 1.0 - 0.5)
        colours = np.where(above[name], VERMILLION, BLUE) if name in above else np.full(len(values), GREY)
        axes.scatter(np.clip(values, -FARTHEST, FARTHEST), height, s=7, c=colours, linewidths=0, alpha=0.75, zorder=2)
        for ends, width in ((("low", "high"), 1.0), (("luck_low", "luck_high"), 3.5)):
            axes.plot(np.clip([row[end] / scale for end in ends], -FARTHEST, FARTHEST), [y, y], color=INK,
                      linewidth=width, zorder=3, solid_capstyle="butt")
        axes.annotate(holds(row), (1.0, y), xycoords=("axes fraction", "data"), xytext=(4, 0),
                      textcoords="offset points", fontsize=7.5, color=INK, va="center", annotation_clip=False)
        if y % 2:
            axes.axhspan(y - 0.5, y + 0.5, color="#F4F4F4", linewidth=0, zorder=0)
    axes.plot([], [], color=INK, linewidth=1.0, label="95 % interval of everything")
    axes.plot([], [], color=INK, linewidth=3.5, label="95 % interval of luck alone")
    for colour, text in ((VERMILLION, "above the threshold of the parameter that decides"), (BLUE, "below it"),
                         (GREY, "no single parameter decides")):
        axes.plot([], [], color=colour, marker="o", markersize=4, linestyle="none", label=text)
    axes.axvline(0.0, color=INK, linewidth=0.8)
    axes.set_yticks(range(len(rows)), [f"{table.at[name, 'title']} ({unit_text(table.at[name, 'unit'])})"
                                       for name in rows], fontsize=8)
    axes.set_ylim(len(rows) - 0.5, -0.5)
    count = len(next(iter(by_world.values()), ()))
    label(axes, f"“{short(title)}” against “{short(baseline)}” in {count} worlds, {replicates} seeds in each",
          "Effect in standard deviations of paired differences of single runs.\n"
          "Numbers at the right: worlds in which the effect has the sign of the mean.")
    axes.set_xlabel(axes.get_xlabel(), loc="right")
    axes.set_title(axes.get_title(loc="left"), fontsize=11, color=INK, loc="left", x=1.0, ha="right")
    axes.tick_params(axis="y", length=0)
    key_below(picture, axes)
    return picture
