"""Pictures of comparisons: curves with bands, paired differences, cost against effect."""

from collections.abc import Sequence
from textwrap import fill

import numpy as np
from matplotlib.axes import Axes

from alliancelab.analysis.drawing import (
    INK,
    Picture,
    key,
    key_below,
    label,
    new_picture,
    scenario_colours,
    short,
    signed,
    unit_text,
    whole_years,
)
from alliancelab.model.tables import CURVES
from alliancelab.scenarios.errors import UserError, did_you_mean

__all__ = ["cost_effect", "curves", "differences", "lifecycle"]

RAREST_AGE = 0.05   # ages with fewer alliances than this share of the most frequent age are not drawn
FARTHEST = 4.0      # standard deviations; what lies beyond is drawn at the edge of the forest plot, with its number
_CURVES = {column.name: column for column in CURVES}


def lifecycle(comparison) -> Picture:
    """Mean vitality by age of every scenario, with 95 % bands over replicates and the age of its peak."""
    picture = new_picture()
    axes = picture.subplots()
    peaks = comparison.peaks()
    bands = comparison.lifecycle
    for scenario, (colour, marker) in _styled(comparison):
        band = bands[bands["scenario"] == scenario.name]
        band = band[band["alliances"] >= RAREST_AGE * band["alliances"].max()]
        peak = peaks.loc[scenario.name]
        text = short(scenario.title)
        if not peak["falls"]:
            text += " (no peak yet)"
        elif np.isfinite(peak["low"]):
            text += f" (peak at {peak['age']:.1f} years, {peak['low']:.1f} to {peak['high']:.1f})"
        axes.fill_between(band["age"], band["low"], band["high"], color=colour, alpha=0.2, linewidth=0)
        axes.plot(band["age"], band["mean"], color=colour, linewidth=2, label=text)
        if peak["falls"]:
            axes.plot(peak["age"], peak["height"], marker=marker, color=colour, markersize=7, markeredgecolor="white")
    axes.set_xlim(0, None)
    n = len(comparison.replicates.seeds)
    label(axes, f"Mean vitality by age of the alliance, {_replicates(n)}", "Age of the alliance (years)",
          "Vitality (0 to 1), 95 % band")
    whole_years(axes)
    key(axes, loc="upper center", bbox_to_anchor=(0.5, -0.16))
    return picture


def curves(comparison, columns: Sequence[str]) -> Picture:
    """Yearly means over calendar time with 95 % bands, after the warm-up; one panel a column of CURVES."""
    across = min(len(columns), 2)
    down = -(-len(columns) // across)
    picture = new_picture(4.1 * across, 0.6 + 2.6 * down)
    panels = np.atleast_1d(picture.subplots(down, across, sharex=True)).ravel()
    for axes, column in zip(panels, columns, strict=False):
        means = comparison.curves(column, yearly=True)
        means = means[means["year"] >= min(scenario.world["start_year"] for scenario in comparison.scenarios)]
        for scenario, (colour, _) in _styled(comparison):
            mean = means[means["scenario"] == scenario.name]
            axes.fill_between(mean["year"], mean["low"], mean["high"], color=colour, alpha=0.2, linewidth=0)
            axes.plot(mean["year"], mean["mean"], color=colour, linewidth=1.8, label=short(scenario.title))
        declared = _CURVES[column]
        title = f"{column.replace('_', ' ').capitalize()}: {declared.description}"
        label(axes, fill(title, 42), "Year" if axes.get_subplotspec().is_last_row() else "", unit_text(declared.unit))
        whole_years(axes)
        if means["low"].min() < 0.5 * means["high"].max():
            axes.set_ylim(0, None)
    for axes in panels[len(columns):]:
        axes.set_visible(False)
    key_below(picture, panels[0])
    return picture


def differences(comparison, baseline: str | None = None) -> Picture:
    """Paired differences from a baseline as a forest plot, one row an outcome.

    Differences are over the standard deviation of single runs, so that outcomes of all units share an axis; the
    numbers at the right are in the outcome's own unit. Filled markers: the 95 % interval, adjusted for the whole
    table (Holm), leaves zero out.

    Raises
    ------
    UserError
        With fewer than two scenarios or replicates, or an unknown baseline.
    """
    baseline = baseline or comparison.names[0]
    if len(comparison.names) < 2 or len(comparison.replicates.seeds) < 2:
        raise UserError("a picture of differences needs at least two scenarios and two replicates")
    table = comparison.differences_from(baseline)
    others = [name for name in comparison.names if name != baseline]
    style = dict(zip(comparison.names, scenario_colours(len(comparison.names)), strict=True))
    titles = {scenario.name: short(scenario.title) for scenario in comparison.scenarios}
    answered = table["standardised"].notna().groupby(level="outcome").any()
    shown = [o for o in comparison.replicates.measures if answered[o.name]]
    picture = new_picture(8.4, 1.4 + 0.125 * len(shown) * (len(others) + 0.8))
    axes = picture.subplots()
    step = 1.0 / (len(others) + 0.8)
    for row, outcome in enumerate(shown):
        for k, name in enumerate(others):
            _difference(axes, row + (k - (len(others) - 1) / 2) * step, table.loc[(name, outcome.name)], style[name])
        if row % 2:
            axes.axhspan(row - 0.5, row + 0.5, color="#F4F4F4", linewidth=0, zorder=0)
    for name in others:
        colour, marker = style[name]
        axes.plot([], [], color=colour, marker=marker, linestyle="none", label=titles[name])
    axes.axvline(0, color=INK, linewidth=0.8)
    axes.set_yticks(range(len(shown)), [f"{o.title} ({unit_text(o.unit)})" for o in shown])
    axes.set_ylim(len(shown) - 0.5, -0.5)
    axes.set_xlim(-FARTHEST * 1.05, FARTHEST * 1.05)
    n = len(comparison.replicates.seeds)
    label(axes, f"Difference from “{titles[baseline]}”, {_replicates(n)} on the same seeds",
          "In standard deviations of single runs, with 95 % intervals; filled: p < 0.05 (Holm).\n"
          "Numbers at the right: the difference in the outcome's own unit. Arrows: beyond the axis.")
    axes.set_xlabel(axes.get_xlabel(), loc="right")  # centred it would leave the picture beside long titles of rows
    axes.tick_params(axis="y", length=0)
    key_below(picture, axes)
    return picture


def cost_effect(comparison, cost: str, effect: str) -> Picture:
    """Mean effect against mean cost, both outcomes by name, with 95 % intervals over replicates.

    Raises
    ------
    UserError
        When there is no outcome of one of these names.
    """
    measures = {measure.name: measure for measure in comparison.replicates.measures}
    for name in (cost, effect):
        if name not in measures:
            raise UserError(f"no outcome '{name}'; {did_you_mean(name, measures)}")
    picture = new_picture(6.4, 4.3)
    axes = picture.subplots()
    summary = comparison.summary()
    for scenario, (colour, marker) in _styled(comparison):
        x, y = summary.loc[(scenario.name, cost)], summary.loc[(scenario.name, effect)]
        axes.errorbar(
            x["mean"], y["mean"], xerr=_arms(x), yerr=_arms(y), color=colour, marker=marker, markersize=8,
            markeredgecolor="white", linewidth=1.2, linestyle="none", label=short(scenario.title),
        )
    axes.margins(0.12)
    label(axes, "What each package costs and what it brings", *(
        f"{measures[name].title} ({unit_text(measures[name].unit)})" for name in (cost, effect)
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


def _styled(comparison):
    return zip(comparison.scenarios, scenario_colours(len(comparison.scenarios)), strict=True)


def _arms(row) -> np.ndarray:
    """Lengths of an interval's two arms, shape (2, 1); zero where there is no interval."""
    return np.nan_to_num(np.array([[row["mean"] - row["low"]], [row["high"] - row["mean"]]]))


def _replicates(n: int) -> str:
    return "1 replicate" if n == 1 else f"{n} replicates"
