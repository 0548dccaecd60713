"""Pictures of life-cycle studies: fitted curves, turning points, survival with bands, hazards, stage durations."""

import numpy as np

from alliancelab.analysis.curve_families import FAMILIES
from alliancelab.analysis.drawing import (
    BLUE,
    GREY,
    INK,
    STAGE_COLOURS,
    STAGE_TITLES,
    Picture,
    key,
    label,
    new_picture,
    scenario_colours,
    whole_years,
)
from alliancelab.analysis.lifecycle import STAGE_NAMES
from alliancelab.analysis.turning_points import POINTS
from alliancelab.model.setup import QUARTERS_A_YEAR

__all__ = ["curves", "durations", "hazards", "survival", "turning_points"]

SHOWN = 3               # alliances drawn of each family
RAREST = 20             # years of life of all alliances together; rarer ages have no hazard drawn


def curves(study, scenario: int = 0) -> Picture:
    """Alliances of one scenario with their fitted curves, by family: those of median misfit, one column a family."""
    across, down = 3, 2
    picture = new_picture(9.0, 5.4)
    panels = picture.subplots(down, across, sharex=True, sharey=True)
    families = study.families.loc[study.names[scenario]]
    for axes, (place, family) in zip(panels.ravel(), enumerate(FAMILIES), strict=True):
        mine = [(run, row) for run, fits in enumerate(study.fits[scenario])
                for row in np.flatnonzero(fits.fits.chosen == place)]
        mine.sort(key=lambda at: study.fits[scenario][at[0]].table["error"].iloc[at[1]])
        middle = len(mine) // 2
        for shade, (run, row) in enumerate(mine[max(middle - SHOWN // 2, 0) : middle + SHOWN // 2 + 1]):
            fits = study.fits[scenario][run].fits
            fitted = fits.fitted[row, : fits.length[row]]
            age = np.arange(fitted.size) / QUARTERS_A_YEAR
            axes.plot(age, fitted + fits.errors[row, : fitted.size], ".", color=GREY, markersize=2.5)
            axes.plot(age, fitted, color=(BLUE, INK, "#56B4E9")[shade % 3], linewidth=1.6)
        bottom, left = axes.get_subplotspec().is_last_row(), axes.get_subplotspec().is_first_col()
        label(axes, f"{family.title.capitalize()}: {families.loc[family.name, 'share']:.0%}",
              "Age (years)" if bottom else "", "Vitality (0 to 1)" if left else "")
        axes.set_title(axes.get_title(loc="left"), fontsize=9.5, color=INK, loc="left")
        axes.set_ylim(0, 1)
        whole_years(axes)
    picture.suptitle(f"{study.scenarios[scenario].title}: share of alliances by family, three of median misfit each",
                     fontsize=11, color=INK, x=0.02, ha="left")
    return picture


def turning_points(study) -> Picture:
    """Turning points by scenario: middle half of alliances as a bar, mean with its interval as a marker."""
    picture = new_picture(7.6, 1.6 + 0.35 * len(POINTS) * len(study.names))
    axes = picture.subplots()
    step = 0.8 / len(study.names)
    for k, (name, (colour, marker)) in enumerate(zip(study.names, scenario_colours(len(study.names)), strict=True)):
        table = study.turning_points.loc[name]
        y = np.arange(len(POINTS)) + (k - (len(study.names) - 1) / 2) * step
        axes.hlines(y, table["lower_quartile"], table["upper_quartile"], color=colour, alpha=0.3, linewidth=7)
        axes.hlines(y, table["low"], table["high"], color=colour, linewidth=1.6)
        axes.plot(table["mean"], y, marker=marker, color=colour, linestyle="none", markersize=6,
                  label=study.scenarios[k].title)
        for place, count in zip(y, table["alliances"], strict=True):
            axes.annotate(f"{count:,}", (1.0, place), xycoords=("axes fraction", "data"), xytext=(4, 0), va="center",
                          textcoords="offset points", fontsize=7.5, color=colour, annotation_clip=False)
    axes.set_yticks(range(len(POINTS)), [point.replace("_", " ").replace("regrowth", "re-growth").capitalize()
                                         for point in POINTS])
    axes.set_ylim(len(POINTS) - 0.5, -0.5)
    axes.set_xlim(0, None)
    label(axes, f"Turning points of fitted curves, {study.runs} runs",
          "Age of the alliance (years)\nMarker: mean with 95 % interval over runs. Bar: middle half of alliances.\n"
          "Numbers at the right: alliances whose curve has the point.")
    picture.legend(loc="outside lower center", ncols=3, frameon=False, fontsize=9)
    return picture


def survival(study) -> Picture:
    """Share of alliances that outlive each age, with bands from resampled runs."""
    picture = new_picture()
    axes = picture.subplots()
    for scenario, (colour, _) in zip(study.scenarios, scenario_colours(len(study.names)), strict=True):
        table = study.survival.loc[scenario.name]
        axes.fill_between(table["age"], table["low"], table["high"], step="post", color=colour, alpha=0.2, linewidth=0)
        axes.step(table["age"], table["survival"], where="post", color=colour, linewidth=2, label=scenario.title)
    axes.set_ylim(0, 1)
    axes.set_xlim(0, None)
    label(axes, f"Share of alliances still alive, by age; {study.runs} runs", "Age of the alliance (years)",
          "Share alive (95 % band)")
    whole_years(axes)
    key(axes, loc="upper right")
    return picture


def hazards(study) -> Picture:
    """Endings per alliance and year by year of life."""
    picture = new_picture()
    axes = picture.subplots()
    count = len(study.names)
    for k, (scenario, (colour, marker)) in enumerate(zip(study.scenarios, scenario_colours(count), strict=True)):
        table = study.hazards_by_age.loc[scenario.name]
        table = table[table["years"] >= RAREST]
        year = table.index.to_numpy() + 0.12 * (k - (count - 1) / 2)
        axes.errorbar(year, table["hazard"], yerr=[table["hazard"] - table["low"], table["high"] - table["hazard"]],
                      color=colour, marker=marker, markersize=5, linewidth=1.2, label=scenario.title)
    axes.set_ylim(0, None)
    label(axes, f"Hazard of ending by age; {study.runs} runs", "Year of life", "Endings per year (95 % interval)")
    whole_years(axes)
    key(axes, loc="upper left")
    return picture


def durations(study) -> Picture:
    """Median duration of each stage with its interval, and the middle half of the spells."""
    picture = new_picture(7.2, 1.4 + 0.4 * len(STAGE_NAMES) * len(study.names) ** 0.7)
    axes = picture.subplots()
    count = len(study.names)
    step = 0.8 / count
    for k, name in enumerate(study.names):
        table = study.durations.loc[name]
        for row, stage in enumerate(STAGE_NAMES):
            y, line, colour = row + (k - (count - 1) / 2) * step, table.loc[stage], STAGE_COLOURS[stage]
            axes.hlines(y, line["lower_quartile"], line["upper_quartile"], color=colour, alpha=0.35, linewidth=7)
            axes.hlines(y, line["median_low"], line["median_high"], color=INK, linewidth=1.6)
            marker = scenario_colours(count)[k][1]
            axes.plot(line["median"], y, marker=marker, color=colour, markeredgecolor=INK, markersize=6)
    for k, scenario in enumerate(study.scenarios):
        axes.plot([], [], marker=scenario_colours(count)[k][1], color="white", markeredgecolor=INK, linestyle="none",
                  label=scenario.title)
    axes.set_yticks(range(len(STAGE_NAMES)), [STAGE_TITLES[stage] for stage in STAGE_NAMES])
    axes.set_ylim(len(STAGE_NAMES) - 0.5, -0.5)
    axes.set_xlim(0, None)
    label(axes, f"How long stages last; {study.runs} runs",
          "Years; marker: median with 95 % interval; bar: middle half (Kaplan and Meier)")
    key(axes, loc="lower right")
    return picture
