"""Pictures of a forecast: survival year by year, and single alliances with their intervals."""

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
    whole_years,
)

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["alliances", "survival"]

MOST = 40  # alliances in one picture
LONGEST_NAME = 24  # characters


def survival(table: "pd.DataFrame", single: "pd.DataFrame", title: str) -> Picture:
    """Share of the alliances that live, with its 90 % interval, beside the Kaplan-Meier estimate and what came.

    Parameters
    ----------
    table, single : DataFrame
        As `Forecast.survival` and `Forecast.alliances`.
    title : str
        Of the scenario.
    """
    picture = new_picture()
    axes = picture.subplots()
    years = np.r_[0, table.index.to_numpy()]
    low, mean, high, by_age = (np.r_[1.0, table[name].to_numpy()] for name in ("low", "mean", "high", "by_age"))
    axes.fill_between(years, low, high, color=BLUE, alpha=0.15, linewidth=0, label="90 % interval")
    axes.plot(years, mean, color=BLUE, linewidth=2, label="Forecast")
    axes.plot(years, by_age, color=GREY, linewidth=1.3, linestyle="--", label="By age alone (Kaplan-Meier)")
    if "survived" in single:
        axes.plot(years[-1], single["survived"].mean(), "x", color=VERMILLION, markersize=9, markeredgewidth=2,
                  label="What came")
    axes.set_ylim(0.0, 1.03)
    whole_years(axes)
    label(axes, f"{short(title)}: alliances of the registry that live", "Years from the day of the registry", "Share")
    key_below(picture, axes)
    return picture


def alliances(table: "pd.DataFrame", title: str, years: int) -> Picture:
    """Chance to survive, and members now and at the end, of the alliances with most members.

    Parameters
    ----------
    table : DataFrame
        As `Forecast.alliances`.
    title : str
        Of the scenario.
    years : int
    """
    largest = table.sort_values("members", ascending=False, kind="stable").iloc[:MOST]
    picture = new_picture(9.0, 1.8 + 0.2 * len(largest))
    left, right = picture.subplots(1, 2, sharey=True, width_ratios=(1.0, 2.0))
    y = np.arange(len(largest))
    left.barh(y, largest["survives"], color=BLUE, alpha=0.5, height=0.7)
    right.hlines(y, largest["members_low"], largest["members_high"], color=BLUE, linewidth=2.2, label="90 % interval")
    right.plot(largest["members_mean"], y, "o", color=BLUE, markersize=4.5, label="Forecast")
    right.plot(largest["members"], y, "|", color=INK, markersize=9, markeredgewidth=1.6, label="Members now")
    if "survived" in largest:
        lived = largest["survived"].to_numpy(bool)
        left.plot(np.where(lived, 1.0, 0.0), y, "x", color=VERMILLION, markersize=5.5, markeredgewidth=1.5)
        right.plot(largest["members_came"], y, "x", color=VERMILLION, markersize=5.5, markeredgewidth=1.5,
                   label="What came")
    left.set_yticks(y, [str(name)[:LONGEST_NAME] for name in largest.index], parse_math=False)  # names with dollars
    left.set_ylim(len(largest) - 0.4, -0.6)
    left.set_xlim(-0.04, 1.04)
    label(left, "Chance to live", f"In {years} years")
    label(right, short(title), "Members; none where an alliance has ended")
    for axes in (left, right):
        axes.tick_params(axis="y", length=0, labelsize=7.5)
    key_below(picture, right)
    return picture
