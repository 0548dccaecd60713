"""Pictures of comparisons: curves with bands, paired differences, cost against effect."""

from collections.abc import Iterator, Mapping
from textwrap import fill
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes

from alliancelab.agents.errors import UserError, did_you_mean
from alliancelab.analysis.figures.style import (
    GREY,
    INK,
    Picture,
    key,
    key_below,
    label,
    new_picture,
    scenario_colours,
    short,
    signed,
    whole_years,
)
from alliancelab.analysis.words.titles import unit_text
from alliancelab.model.tables import CURVES

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["cost_effect", "curves", "differences", "lifecycle"]

RAREST_AGE = 0.05   # ages with fewer alliances than this share of the most frequent age are not drawn
FARTHEST = 4.0      # standard deviations; what lies beyond is drawn at the edge of the forest plot, with its number
_CURVES = {column.name: column for column in CURVES}


def lifecycle(bands: "pd.DataFrame", peaks: "pd.DataFrame", titles: Mapping[str, str], replicates: int) -> Picture:
    """Mean vitality by age of every scenario: of the cohort with its 95 % band and its peak, and of the living.

    Parameters
    ----------
    bands, peaks : DataFrame
        As `Comparison.lifecycle` and `Comparison.peaks`.
    titles : mapping
        From the name of each scenario to its title, in the order of the legend.
    """
    picture = new_picture(7.2, 4.6)
    axes = picture.subplots()
    for name, title, (colour, marker) in _styled(titles):
        band = bands[bands["scenario"] == name]
        band = band[band["alliances"] >= RAREST_AGE * band["alliances"].max()]
        peak = peaks.loc[name]
        text = short(title)
        if not peak["falls"]:
            text += " (no peak yet)"
        elif np.isfinite(peak["low"]):
            text += f" (peak at {peak['age']:g} years, {peak['low']:g} to {peak['high']:g})"
        axes.fill_between(band["age"], band["cohort_low"], band["cohort_high"], color=colour, alpha=0.2, linewidth=0)
        axes.plot(band["age"], band["cohort"], color=colour, linewidth=2, label=text)
        axes.plot(band["age"], band["mean"], color=colour, linewidth=1, linestyle=(0, (4, 2)))
        if peak["falls"]:
            axes.plot(peak["age"], peak["height"], marker=marker, color=colour, markersize=7, markeredgecolor="white")
    axes.plot([], [], color=GREY, linewidth=1, linestyle=(0, (4, 2)), label="dashed: mean of the living alone")
    axes.set_xlim(0, None)
    axes.set_ylim(0, None)
    label(axes, f"Mean vitality of all alliances founded, the ended as zero; {_replicates(replicates)}",
          "Age of the alliance (years)", "Vitality (0 to 1), 95 % band")
    whole_years(axes)
    key(axes, loc="upper center", bbox_to_anchor=(0.5, -0.16))
    return picture


def curves(tables: "Mapping[str, pd.DataFrame]", titles: Mapping[str, str]) -> Picture:
    """Yearly means over calendar time with 95 % bands; one panel per column of CURVES.

    Parameters
    ----------
    tables : mapping
        From each column to its table, as `Comparison.over_time`, after the warm-up.
    titles : mapping
        As in `lifecycle`.
    """
    columns = list(tables)
    across = min(len(columns), 2)
    down = -(-len(columns) // across)
    picture = new_picture(4.1 * across, 0.6 + 2.6 * down)
    panels = np.atleast_1d(picture.subplots(down, across, sharex=True)).ravel()
    for axes, column in zip(panels, columns, strict=False):
        means = tables[column]
        for name, title, (colour, _) in _styled(titles):
            mean = means[means["scenario"] == name]
            axes.fill_between(mean["year"], mean["low"], mean["high"], color=colour, alpha=0.2, linewidth=0)
            axes.plot(mean["year"], mean["mean"], color=colour, linewidth=1.8, label=short(title))
        declared = _CURVES[column]
        heading = f"{column.replace('_', ' ').capitalize()}: {declared.description}"
        label(axes, fill(heading, 40), "Year" if axes.get_subplotspec().is_last_row() else "", unit_text(declared.unit))
        whole_years(axes)
        if means["low"].min() < 0.5 * means["high"].max():
            axes.set_ylim(0, None)
    for axes in panels[len(columns):]:
        axes.set_visible(False)
    key_below(picture, panels[0])
    return picture


def differences(table: "pd.DataFrame", titles: Mapping[str, str], baseline: str, replicates: int
                ) -> Picture:
    """Paired differences from a baseline as a forest plot, one row per outcome.

    Differences are over the standard deviation of single runs, so that outcomes of all units share an axis; the
    numbers at the right are in the outcome's own unit. Filled markers: the 95 % interval, adjusted for the whole
    table (Holm), leaves zero out.

    Parameters
    ----------
    table : DataFrame
        As `Comparison.differences_from` the baseline.
    titles : mapping
        As in `lifecycle`, with that of the baseline.
    """
    others = [name for name in titles if name != baseline]
    style = {name: look for name, _, look in _styled(titles)}
    answered = table["standardised"].notna().groupby(level="outcome").any()
    words = table.loc[others[0]]
    shown = [str(name) for name in words.index if answered[name]]
    picture = new_picture(8.4, 1.4 + 0.125 * len(shown) * (len(others) + 0.8))
    axes = picture.subplots()
    step = 1.0 / (len(others) + 0.8)
    for row, outcome in enumerate(shown):
        for k, name in enumerate(others):
            _difference(axes, row + (k - (len(others) - 1) / 2) * step, table.loc[(name, outcome)], style[name])
        if row % 2:
            axes.axhspan(row - 0.5, row + 0.5, color="#F4F4F4", linewidth=0, zorder=0)
    for name in others:
        colour, marker = style[name]
        axes.plot([], [], color=colour, marker=marker, linestyle="none", label=short(titles[name]))
    axes.axvline(0, color=INK, linewidth=0.8)
    axes.set_yticks(range(len(shown)), [
        f"{words.at[name, 'title']} ({unit_text(words.at[name, 'unit'])})" for name in shown])
    axes.set_ylim(len(shown) - 0.5, -0.5)
    axes.set_xlim(-FARTHEST * 1.05, FARTHEST * 1.05)
    label(axes, f"Difference from “{short(titles[baseline])}”, {_replicates(replicates)} on the same seeds",
          "In standard deviations of single runs, with 95 % intervals; filled: p < 0.05 (Holm).\n"
          "Numbers at the right: the difference in the outcome's own unit. Arrows: beyond the axis.")
    # Centred or from the left they would leave the picture beside long titles of rows.
    axes.set_xlabel(axes.get_xlabel(), loc="right")
    axes.set_title(axes.get_title(loc="left"), fontsize=11, color=INK, loc="left", x=1.0, ha="right")
    axes.tick_params(axis="y", length=0)
    key_below(picture, axes)
    return picture


def cost_effect(summary: "pd.DataFrame", titles: Mapping[str, str], cost: str, effect: str) -> Picture:
    """Mean effect against mean cost, both outcomes by name, with 95 % intervals over replicates.

    Parameters
    ----------
    summary : DataFrame
        As `Comparison.summary`.
    titles : mapping
        As in `lifecycle`.

    Raises
    ------
    UserError
        If there is no outcome of one of these names.
    """
    words = summary.loc[next(iter(titles))]
    for name in (cost, effect):
        if name not in words.index:
            raise UserError(f"no outcome '{name}'; {did_you_mean(name, words.index)}")
    picture = new_picture(6.4, 4.3)
    axes = picture.subplots()
    for scenario, title, (colour, marker) in _styled(titles):
        x, y = summary.loc[(scenario, cost)], summary.loc[(scenario, effect)]
        axes.errorbar(
            x["mean"], y["mean"], xerr=_arms(x), yerr=_arms(y), color=colour, marker=marker, markersize=8,
            markeredgecolor="white", linewidth=1.2, linestyle="none", label=short(title),
        )
    axes.margins(0.12)
    label(axes, "What each package costs and what it brings", *(
        f"{words.at[name, 'title']} ({unit_text(words.at[name, 'unit'])})" for name in (cost, effect)
    ))
    key_below(picture, axes)
    return picture


def _difference(axes: Axes, y: float, row, style: tuple[str, str]) -> None:
    """One marker with its interval and its number; what lies outside the axes is held at their edge."""
    colour, marker = style
    value = row["standardised"]
    if np.isnan(value):
        return
    low, high = np.nan_to_num(row["standardised_low"], nan=value), np.nan_to_num(row["standardised_high"], nan=value)
    axes.plot(np.clip([low, high], -FARTHEST, FARTHEST), [y, y], color=colour, linewidth=1.5, zorder=2)
    sure = row["p_holm"] < 0.05
    edge = np.clip(value, -FARTHEST, FARTHEST)
    if edge != value:
        marker = ">" if value > 0 else "<"
    axes.plot(edge, y, marker=marker, color=colour, markerfacecolor=colour if sure else "white", markersize=5.5,
              linestyle="none", zorder=3)
    axes.annotate(signed(row["difference"]), (1.0, y), xycoords=("axes fraction", "data"), xytext=(4, 0),
                  textcoords="offset points", fontsize=7.5, color=colour, va="center", annotation_clip=False)


def _styled(titles: Mapping[str, str]) -> Iterator[tuple[str, str, tuple[str, str]]]:
    """Name, title, colour and marker of each scenario."""
    return zip(titles, titles.values(), scenario_colours(len(titles)), strict=True)


def _arms(row) -> np.ndarray:
    """Lengths of an interval's two arms, shape (2, 1); zero where there is no interval."""
    return np.nan_to_num(np.array([[row["mean"] - row["low"]], [row["high"] - row["mean"]]]))


def _replicates(n: int) -> str:
    return "1 replicate" if n == 1 else f"{n} replicates"
