"""Pictures of sweeps: bars of sensitivity, trajectories of single factors, heat maps of two, boxes."""

from collections.abc import Sequence
from textwrap import fill

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from alliancelab.analysis.drawing import BLUE, GREY, INK, VERMILLION, Picture, key, label, new_picture, unit_text
from alliancelab.analysis.statistics import normal_quantile
from alliancelab.scenarios.errors import UserError

__all__ = ["RANKED_BY", "bins", "box", "ends", "heat_map", "sensitivity_bars", "trajectories"]

MOST_VALUES = 25   # of a factor that a heat map shows as they are; with more, they are put into bins
BINS = 8
MOST_NUMBERS = 100  # cells of a heat map that are written into
MAP = "cividis"     # even in lightness, for colour-blind readers and for print
RANKED_BY = {
    "mu_star": "mean absolute elementary effect over the whole range of the factor",
    "total": "share of the variance of replicate means",
    "span": "span of the mean outcome over the values of the factor",
    "coefficient": "standard deviations of the outcome per standard deviation of the factor",
}
"""What factors are ranked by, in words."""


def sensitivity_bars(results, outcomes: Sequence[str], scenario: str | None = None) -> Picture:
    """Factors ranked by what they do to each outcome, one panel an outcome, with 95 % intervals."""
    tables = results.sensitivity(outcomes, scenario)
    shares = results.luck(outcomes, scenario)
    across = min(len(outcomes), 2)
    down = -(-len(outcomes) // across)
    picture = new_picture(5.2 * across, 1.0 + down * (0.9 + 0.26 * len(results.factors)))
    panels = np.atleast_1d(picture.subplots(down, across)).ravel()
    for axes, outcome in zip(panels, outcomes, strict=False):
        measure = results.measure(outcome)
        _bars(axes, tables.loc[outcome], results.told_by)
        own = results.told_by in ("mu_star", "span")
        noise = shares.loc[outcome, ["luck", "both"]].sum(skipna=False)
        if np.isfinite(noise):
            axes.text(1.0, 0.02, f"luck: {noise:.0%} of the variance of single runs", transform=axes.transAxes,
                      ha="right", fontsize=8, color=GREY)
        label(axes, f"{measure.title}{f' ({unit_text(measure.unit)})' if own else ''}")
    for axes in panels[len(outcomes):]:
        axes.set_visible(False)
    handles, labels = panels[0].get_legend_handles_labels()
    if len(labels) > 1:
        picture.legend(handles, labels, loc="outside upper right", ncols=2, frameon=False, fontsize=9)
    measure_told = RANKED_BY[results.told_by].capitalize()
    picture.supxlabel(fill(f"{measure_told}, with 95 % intervals", 90), fontsize=9.5, color=INK)
    return picture


def _bars(axes: Axes, table, told: str) -> None:
    """Bars of one outcome, the most telling factor on top."""
    table = table.reindex(table[told].abs().sort_values(na_position="first").index)
    places = np.arange(len(table))
    low, high = ends(table, told)
    axes.barh(places, table[told], color=BLUE, height=0.62, label={"total": "with interactions"}.get(told, told))
    axes.hlines(places, low, high, color=INK, linewidth=1.2)
    if told == "total":
        axes.plot(table["first"], places, "D", color=VERMILLION, markersize=5, markeredgecolor="white",
                  label="the factor alone", linestyle="none")
    axes.axvline(0.0, color=GREY, linewidth=0.8)
    axes.set_yticks(places, list(table.index), fontsize=8.5)
    if table[told].isna().all():
        axes.text(0.5, 0.5, "some points give no answer", transform=axes.transAxes, ha="center", color=GREY, fontsize=9)


def ends(table, told: str) -> tuple[np.ndarray, np.ndarray]:
    """Both ends of the 95 % interval of what the factors of a table of sensitivity are ranked by."""
    if told == "coefficient":
        return table["low"], table["high"]
    if told == "span":
        half = normal_quantile(0.95) * table["span_luck"]
        return table["span"] - half, table["span"] + half
    return table[f"{told}_low"], table[f"{told}_high"]


def trajectories(results, outcome: str, scenario: str | None = None) -> Picture:
    """Mean outcome over the values of each factor alone, with 95 % bands over replicates; dashed: as it is."""
    table = results.trajectories(outcome, scenario)
    measure = results.measure(outcome)
    across = min(len(results.factors), 3)
    down = -(-len(results.factors) // across)
    picture = new_picture(3.4 * across, 0.7 + 2.5 * down)
    panels = np.atleast_1d(picture.subplots(down, across, sharey=True)).ravel()
    base = float(table.loc[table["factor"] == "", "mean"].iloc[0])
    for axes, factor in zip(panels, results.factors, strict=False):
        rows = table[table["factor"] == factor.name].sort_values("value")
        axes.axhline(base, color=GREY, linewidth=1, linestyle="--")
        axes.fill_between(rows["value"], rows["low"], rows["high"], color=BLUE, alpha=0.2, linewidth=0)
        axes.plot(rows["value"], rows["mean"], color=BLUE, marker="o", markersize=4, linewidth=1.8)
        first = axes.get_subplotspec().is_first_col()
        label(axes, "", f"{factor.name}\n({unit_text(factor.unit)})", unit_text(measure.unit) if first else "")
    for axes in panels[len(results.factors):]:
        axes.set_visible(False)
    picture.suptitle(f"{measure.title}, one factor moved at a time, with 95 % bands", fontsize=11, color=INK)
    return picture


def bins(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Place of each value in a row of cells, and the edges of these; values as they are where they are few."""
    distinct = np.unique(values)
    if len(distinct) < 2:
        raise UserError("a heat map wants two factors that take at least two values each")
    if len(distinct) <= MOST_VALUES:
        middle = 0.5 * (distinct[1:] + distinct[:-1])
        edges = np.concatenate([[2 * distinct[0] - middle[0]], middle, [2 * distinct[-1] - middle[-1]]])
    else:
        edges = np.linspace(distinct[0], distinct[-1], BINS + 1)
    return np.clip(np.searchsorted(edges, values, side="right") - 1, 0, len(edges) - 2), edges


def heat_map(results, x: str, y: str, outcome: str, scenario: str | None = None) -> Picture:
    """Mean outcome over two factors, all others averaged over.

    Raises
    ------
    UserError
        When one of them was not varied, both are the same, or no point sets both.
    """
    if x == y:
        raise UserError(f"a heat map wants two factors, not '{x}' twice")
    names = [factor.name for factor in results.factors]
    across, down, measure = results.factor(x), results.factor(y), results.measure(outcome)
    values, points = results.arrays(outcome, scenario)
    at = points[:, [names.index(x), names.index(y)]]
    kept = np.isfinite(at).all(axis=1)
    if not kept.any():
        raise UserError(f"no point of the method {results.method} says both {x} and {y}; a grid does")
    (column, edges_x), (row, edges_y) = bins(at[kept, 0]), bins(at[kept, 1])
    total, count = np.zeros((len(edges_y) - 1, len(edges_x) - 1)), np.zeros((len(edges_y) - 1, len(edges_x) - 1))
    present = np.isfinite(values[kept])
    np.add.at(total, (row, column), np.where(present, values[kept], 0.0).sum(axis=1))
    np.add.at(count, (row, column), present.sum(axis=1))
    cells = np.divide(total, count, out=np.full_like(total, np.nan), where=count > 0)
    picture = new_picture(6.6, 4.8)
    axes = picture.subplots()
    mesh = axes.pcolormesh(edges_x, edges_y, cells, cmap=MAP)
    bar = picture.colorbar(mesh, ax=axes)
    bar.set_label(f"{measure.title} ({unit_text(measure.unit)})", fontsize=10, color=INK)
    bar.outline.set_visible(False)
    if cells.size <= MOST_NUMBERS:
        _write(axes, cells, edges_x, edges_y)
    least, most = int(count[count > 0].min()), int(count.max())
    runs = f"{least} runs a cell" if least == most else f"{least} to {most} runs a cell"
    label(axes, f"{measure.title}: mean of {runs}", *(
        f"{factor.name} ({unit_text(factor.unit)})" for factor in (across, down)))
    return picture


def _write(axes: Axes, cells: np.ndarray, edges_x: np.ndarray, edges_y: np.ndarray) -> None:
    """The number of each cell in it, light on dark and dark on light."""
    dark = np.nanmin(cells) + 0.5 * (np.nanmax(cells) - np.nanmin(cells))
    for i, j in np.argwhere(np.isfinite(cells)):
        axes.text(0.5 * (edges_x[j] + edges_x[j + 1]), 0.5 * (edges_y[i] + edges_y[i + 1]), f"{cells[i, j]:.3g}",
                  ha="center", va="center", fontsize=8, color="white" if cells[i, j] < dark else "black")


def box(found) -> Picture:
    """The trade-off between coverage and density along the trajectory, and the chosen box in its factors."""
    picture = new_picture(9.6, 1.2 + max(3.0, 0.5 * len(found.limits)))
    left, right = picture.subplots(1, 2, width_ratios=[1, 1.15])
    steps = found.steps
    dots = left.scatter(steps["coverage"], steps["density"], c=steps["restricted"], cmap=MAP, s=28, zorder=2)
    left.plot(found.box.coverage, found.box.density, "o", markersize=13, markerfacecolor="none",
              markeredgecolor=VERMILLION, markeredgewidth=2, label="chosen box", zorder=3)
    left.axhline(found.base, color=GREY, linestyle="--", linewidth=1, label="all runs")
    bar = picture.colorbar(dots, ax=left, shrink=0.7)
    bar.set_label("factors restricted", fontsize=9, color=INK)
    bar.locator = MaxNLocator(integer=True)
    left.set_xlim(0, 1.03)
    left.set_ylim(0, 1.03)
    label(left, "What a smaller box gains and loses", "Coverage: share of the runs of interest inside",
          "Density: share inside that is of interest")
    key(left, loc="lower left")
    limits = found.limits.iloc[::-1]
    for place, (name, row) in enumerate(limits.iterrows()):
        factor = found.results.factor(str(name))
        span = factor.high - factor.low
        low, high = (row["low"] - factor.low) / span, (row["high"] - factor.low) / span
        right.plot([0, 1], [place, place], color="#DDDDDD", linewidth=6, solid_capstyle="butt", zorder=1)
        right.plot([low, high], [place, place], color=BLUE, linewidth=6, solid_capstyle="butt", zorder=2)
        right.annotate(f"{row['low']:.4g} to {row['high']:.4g} {unit_text(str(row['unit']))}, p {row['quasi_p']:.2g}",
                       (0, place), xytext=(0, 8), textcoords="offset points", fontsize=8.5, color=INK)
    right.set_yticks(range(len(limits)), list(limits.index), fontsize=9)
    right.set_ylim(-0.6, len(limits) - 0.2)
    label(right, f"{found.measure.title} {found.condition}: the box", "Within the bounds of the design, 0 to 1")
    return picture
