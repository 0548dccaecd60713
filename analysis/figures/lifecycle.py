"""Pictures of life-cycle studies: fitted curves, turning points, survival with bands, hazards, stage durations."""

from collections.abc import Mapping
from math import ceil
from typing import TYPE_CHECKING

import numpy as np

from alliancelab.analysis.figures.style import (
    BLUE,
    GREY,
    INK,
    SKY,
    STAGE_COLOURS,
    Picture,
    key,
    label,
    new_picture,
    scenario_colours,
    whole_years,
)
from alliancelab.analysis.life.ages import STAGE_NAMES
from alliancelab.analysis.life.turning_points import POINTS
from alliancelab.analysis.words.titles import STAGE_TITLES

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["curves", "durations", "hazards", "survival", "turning_points"]

RAREST = 20             # years of life of all alliances together; rarer ages have no hazard drawn


def curves(examples: "pd.DataFrame", shapes: "pd.DataFrame", title: str) -> Picture:
    """Alliances of one scenario with their fitted curves, one panel per shape: those of median misfit.

    Parameters
    ----------
    examples, shapes : DataFrame
        Rows of the scenario in `LifeCycles.examples` and `LifeCycles.shapes`.
    title : str
        Of the scenario.
    """
    shapes = shapes[shapes["alliances"] > 0]
    across, down = 3, ceil(len(shapes) / 3)
    picture = new_picture(9.0, 2.7 * down)
    panels = picture.subplots(down, across, sharex=True, sharey=True).ravel()
    for place, (axes, (shape, line)) in enumerate(zip(panels, shapes.iterrows(), strict=False)):
        for shade, (_, alliance) in enumerate(examples[examples["shape"] == shape].groupby("example")):
            axes.plot(alliance["age"], alliance["vitality"], ".", color=GREY, markersize=2.5)
            axes.plot(alliance["age"], alliance["fitted"], color=(BLUE, INK, SKY)[shade % 3], linewidth=1.6)
        label(axes, f"{line['title'].capitalize()}: {line['share']:.0%}",
              "Age (years)" if place + across >= len(shapes) else "",
              "Vitality (0 to 1)" if place % across == 0 else "")
        axes.set_title(axes.get_title(loc="left"), fontsize=9.5, color=INK, loc="left")
        axes.tick_params(labelbottom=place + across >= len(shapes))
        axes.set_ylim(0, 1)
        whole_years(axes)
    for axes in panels[len(shapes):]:
        axes.set_visible(False)
    picture.suptitle(f"{title}: share of alliances by shape, three of median misfit each",
                     fontsize=11, color=INK, x=0.02, ha="left")
    return picture


def turning_points(points: "pd.DataFrame", titles: Mapping[str, str], runs: int) -> Picture:
    """Turning points by scenario: middle half of alliances as a bar, mean with its interval as a marker.

    Parameters
    ----------
    points : DataFrame
        As `LifeCycles.turning_points`.
    titles : mapping
        From the name of each scenario to its title, in the order of the legend.
    """
    picture = new_picture(7.6, 1.6 + 0.35 * len(POINTS) * len(titles))
    axes = picture.subplots()
    step = 0.8 / len(titles)
    for k, (name, (colour, marker)) in enumerate(zip(titles, scenario_colours(len(titles)), strict=True)):
        table = points.loc[name]
        y = np.arange(len(POINTS)) + (k - (len(titles) - 1) / 2) * step
        axes.hlines(y, table["lower_quartile"], table["upper_quartile"], color=colour, alpha=0.3, linewidth=7)
        axes.hlines(y, table["low"], table["high"], color=colour, linewidth=1.6)
        axes.plot(table["mean"], y, marker=marker, color=colour, linestyle="none", markersize=6,
                  label=titles[name])
        for place, count in zip(y, table["alliances"], strict=True):
            axes.annotate(f"{count:,}", (1.0, place), xycoords=("axes fraction", "data"), xytext=(4, 0), va="center",
                          textcoords="offset points", fontsize=7.5, color=colour, annotation_clip=False)
    axes.set_yticks(range(len(POINTS)), [point.replace("_", " ").replace("regrowth", "re-growth").capitalize()
                                         for point in POINTS])
    axes.set_ylim(len(POINTS) - 0.5, -0.5)
    axes.set_xlim(0, None)
    label(axes, f"Turning points of fitted curves, {runs} runs",
          "Age of the alliance (years)\nMarker: mean with 95 % interval over runs. Bar: middle half of alliances.\n"
          "Numbers at the right: alliances whose curve has the point.")
    picture.legend(loc="outside lower center", ncols=3, frameon=False, fontsize=9)
    return picture


def survival(shares: "pd.DataFrame", titles: Mapping[str, str], runs: int) -> Picture:
    """Share of alliances that outlive each age, with bands from resampled runs; `shares` as `LifeCycles.survival`."""
    picture = new_picture()
    axes = picture.subplots()
    for (name, title), (colour, _) in zip(titles.items(), scenario_colours(len(titles)), strict=True):
        table = shares.loc[name]
        axes.fill_between(table["age"], table["low"], table["high"], step="post", color=colour, alpha=0.2, linewidth=0)
        axes.step(table["age"], table["survival"], where="post", color=colour, linewidth=2, label=title)
    axes.set_ylim(0, 1)
    axes.set_xlim(0, None)
    label(axes, f"Share of alliances still alive, by age; {runs} runs", "Age of the alliance (years)",
          "Share alive (95 % band)")
    whole_years(axes)
    key(axes, loc="upper right")
    return picture


def hazards(by_age: "pd.DataFrame", titles: Mapping[str, str], runs: int) -> Picture:
    """Endings per alliance and year by year of life; `by_age` as `LifeCycles.hazards_by_age`."""
    picture = new_picture()
    axes = picture.subplots()
    count = len(titles)
    for k, (name, (colour, marker)) in enumerate(zip(titles, scenario_colours(count), strict=True)):
        table = by_age.loc[name]
        table = table[table["years"] >= RAREST]
        year = table.index.to_numpy() + 0.12 * (k - (count - 1) / 2)
        arms = np.array([table["hazard"] - table["low"], table["high"] - table["hazard"]])
        axes.errorbar(year, table["hazard"], yerr=arms, color=colour, marker=marker, markersize=5, linewidth=1.2,
                      label=titles[name])
    axes.set_ylim(0, None)
    label(axes, f"Hazard of ending by age; {runs} runs", "Year of life", "Endings per year (95 % interval)")
    whole_years(axes)
    key(axes, loc="upper left")
    return picture


def durations(lengths: "pd.DataFrame", titles: Mapping[str, str], runs: int) -> Picture:
    """Median duration of each stage with its interval, and the middle half of the spells.

    Parameters
    ----------
    lengths : DataFrame
        As `LifeCycles.durations`.
    titles : mapping
        As in `turning_points`.
    """
    picture = new_picture(7.2, 1.4 + 0.4 * len(STAGE_NAMES) * len(titles) ** 0.7)
    axes = picture.subplots()
    count = len(titles)
    step = 0.8 / count
    for k, name in enumerate(titles):
        table = lengths.loc[name]
        for row, stage in enumerate(STAGE_NAMES):
            y, line, colour = row + (k - (count - 1) / 2) * step, table.loc[stage], STAGE_COLOURS[stage]
            axes.hlines(y, line["lower_quartile"], line["upper_quartile"], color=colour, alpha=0.35, linewidth=7)
            axes.hlines(y, line["median_low"], line["median_high"], color=INK, linewidth=1.6)
            marker = scenario_colours(count)[k][1]
            axes.plot(line["median"], y, marker=marker, color=colour, markeredgecolor=INK, markersize=6)
    for k, title in enumerate(titles.values()):
        axes.plot([], [], marker=scenario_colours(count)[k][1], color="white", markeredgecolor=INK, linestyle="none",
                  label=title)
    axes.set_yticks(range(len(STAGE_NAMES)), [STAGE_TITLES[stage] for stage in STAGE_NAMES])
    axes.set_ylim(len(STAGE_NAMES) - 0.5, -0.5)
    axes.set_xlim(0, None)
    label(axes, f"How long stages last; {runs} runs",
          "Years; marker: median with 95 % interval; bar: middle half (Kaplan and Meier)")
    key(axes, loc="lower right")
    return picture
