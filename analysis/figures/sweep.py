"""Pictures of sweeps: bars of sensitivity, trajectories of single factors, heat maps of two, boxes."""

from collections.abc import Sequence
from textwrap import fill
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from alliancelab.agents.errors import UserError
from alliancelab.analysis.exploration.sensitivity import RANKED_BY, ends
from alliancelab.analysis.figures.style import BLUE, GREY, INK, VERMILLION, Picture, key, label, new_picture
from alliancelab.analysis.words.numbers import number
from alliancelab.analysis.words.titles import unit_text

if TYPE_CHECKING:
    import pandas as pd

    from alliancelab.model.outcomes import Outcome
    from alliancelab.scenarios.sweep.design import Factor

__all__ = ["bins", "box", "heat_map", "sensitivity_bars", "trajectories"]

MOST_VALUES = 25   # of a factor that a heat map shows as they are; with more, they are put into bins
BINS = 8
MOST_NUMBERS = 100  # cells of a heat map that are written into
MAP = "cividis"     # even in lightness, for colour-blind readers and for print

def sensitivity_bars(tables: "pd.DataFrame", noise: "pd.Series", outcomes: "Sequence[Outcome]", ranked_by: str
                     ) -> Picture:
    """Factors ranked by what they do to each outcome, one panel per outcome, with 95 % intervals.

    Parameters
    ----------
    tables : DataFrame
        As `SweepResults.sensitivity`.
    noise : Series
        Share of the variance of single runs that the seed makes, by outcome.
    ranked_by : str
        Column of the tables, a key of `RANKED_BY`.
    """
    factors = tables.index.unique("factor")
    across = min(len(outcomes), 2)
    down = -(-len(outcomes) // across)
    picture = new_picture(5.2 * across, 1.0 + down * (0.9 + 0.26 * len(factors)))
    panels = np.atleast_1d(picture.subplots(down, across)).ravel()
    for axes, outcome in zip(panels, outcomes, strict=False):
        _bars(axes, tables.loc[outcome.name], ranked_by)
        own = ranked_by in ("mu_star", "span")
        if np.isfinite(noise[outcome.name]):
            axes.text(1.0, 0.02, f"seed: {noise[outcome.name]:.0%} of the variance of single runs",
                      transform=axes.transAxes, ha="right", fontsize=8, color=GREY)
        label(axes, f"{outcome.title}{f' ({unit_text(outcome.unit)})' if own else ''}")
    for axes in panels[len(outcomes):]:
        axes.set_visible(False)
    handles, labels = panels[0].get_legend_handles_labels()
    if len(labels) > 1:
        picture.legend(handles, labels, loc="outside upper right", ncols=2, frameon=False, fontsize=9)
    picture.supxlabel(fill(f"{RANKED_BY[ranked_by].capitalize()}, with 95 % intervals", 90), fontsize=9.5, color=INK)
    return picture


def _bars(axes: Axes, table: "pd.DataFrame", ranked_by: str) -> None:
    """Bars of one outcome, the most telling factor on top."""
    table = table.reindex(table[ranked_by].abs().sort_values(na_position="first").index)
    places = np.arange(len(table))
    low, high = ends(table, ranked_by)
    axes.barh(places, table[ranked_by], color=BLUE, height=0.62,
              label={"total": "with interactions"}.get(ranked_by, ranked_by))
    axes.hlines(places, low, high, color=INK, linewidth=1.2)
    if ranked_by == "total":
        axes.plot(table["first"], places, "D", color=VERMILLION, markersize=5, markeredgecolor="white",
                  label="the factor alone", linestyle="none")
    axes.axvline(0.0, color=GREY, linewidth=0.8)
    axes.set_yticks(places, list(table.index), fontsize=8.5)
    if table[ranked_by].isna().all():
        axes.text(0.5, 0.5, "some points give no answer", transform=axes.transAxes, ha="center", color=GREY, fontsize=9)


def trajectories(table: "pd.DataFrame", factors: "Sequence[Factor]", outcome: "Outcome") -> Picture:
    """Mean outcome over the values of each factor alone, with 95 % bands over replicates; dashed: as it is.

    Parameters
    ----------
    table : DataFrame
        As `SweepResults.trajectories`.
    """
    across = min(len(factors), 3)
    down = -(-len(factors) // across)
    picture = new_picture(3.4 * across, 0.7 + 2.5 * down)
    panels = np.atleast_1d(picture.subplots(down, across, sharey=True)).ravel()
    base = float(table.loc[table["factor"] == "", "mean"].iloc[0])
    for axes, factor in zip(panels, factors, strict=False):
        rows = table[table["factor"] == factor.name].sort_values("value")
        axes.axhline(base, color=GREY, linewidth=1, linestyle="--")
        axes.fill_between(rows["value"], rows["low"], rows["high"], color=BLUE, alpha=0.2, linewidth=0)
        axes.plot(rows["value"], rows["mean"], color=BLUE, marker="o", markersize=4, linewidth=1.8)
        first = axes.get_subplotspec().is_first_col()
        label(axes, "", f"{factor.name}\n({unit_text(factor.unit)})", unit_text(outcome.unit) if first else "")
    for axes in panels[len(factors):]:
        axes.set_visible(False)
    picture.suptitle(f"{outcome.title}, one factor moved at a time, with 95 % bands", fontsize=11, color=INK)
    return picture


def bins(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Place of each value in a row of cells, and the edges of these; values as they are where they are few."""
    distinct = np.unique(values)
    if len(distinct) < 2:
        raise UserError("a heat map needs two factors that take at least two values each")
    if len(distinct) <= MOST_VALUES:
        middle = 0.5 * (distinct[1:] + distinct[:-1])
        edges = np.concatenate([[2 * distinct[0] - middle[0]], middle, [2 * distinct[-1] - middle[-1]]])
    else:
        edges = np.linspace(distinct[0], distinct[-1], BINS + 1)
    return np.clip(np.searchsorted(edges, values, side="right") - 1, 0, len(edges) - 2), edges


def heat_map(points: np.ndarray, values: np.ndarray, across: "Factor", down: "Factor", outcome: "Outcome") -> Picture:
    """Mean outcome over two factors, all others averaged over.

    Parameters
    ----------
    points : ndarray of float64, shape (points, 2)
        Values of both factors; NaN where a point leaves one as it is.
    values : ndarray of float64, shape (points, replicates)
        NaN where a run gave no answer.

    Raises
    ------
    UserError
        If both factors are the same, or no point sets both.
    """
    if across.name == down.name:
        raise UserError(f"a heat map needs two factors, not '{across.name}' twice")
    kept = np.isfinite(points).all(axis=1)
    if not kept.any():
        raise UserError(f"no point of this design sets both {across.name} and {down.name}; a grid does")
    (column, edges_x), (row, edges_y) = bins(points[kept, 0]), bins(points[kept, 1])
    total, count = np.zeros((len(edges_y) - 1, len(edges_x) - 1)), np.zeros((len(edges_y) - 1, len(edges_x) - 1))
    present = np.isfinite(values[kept])
    np.add.at(total, (row, column), np.where(present, values[kept], 0.0).sum(axis=1))
    np.add.at(count, (row, column), present.sum(axis=1))
    cells = np.divide(total, count, out=np.full_like(total, np.nan), where=count > 0)
    picture = new_picture(6.6, 4.8)
    axes = picture.subplots()
    mesh = axes.pcolormesh(edges_x, edges_y, cells, cmap=MAP)
    bar = picture.colorbar(mesh, ax=axes)
    bar.set_label(f"{outcome.title} ({unit_text(outcome.unit)})", fontsize=10, color=INK)
    bar.outline.set_visible(False)
    if cells.size <= MOST_NUMBERS:
        _write(axes, cells, edges_x, edges_y)
    least, most = int(count[count > 0].min()), int(count.max())
    runs = f"{least} runs per cell" if least == most else f"{least} to {most} runs per cell"
    label(axes, f"{outcome.title}: mean of {runs}", *(
        f"{factor.name} ({unit_text(factor.unit)})" for factor in (across, down)))
    return picture


def _write(axes: Axes, cells: np.ndarray, edges_x: np.ndarray, edges_y: np.ndarray) -> None:
    """The number of each cell in it, light on dark and dark on light."""
    dark = np.nanmin(cells) + 0.5 * (np.nanmax(cells) - np.nanmin(cells))
    for i, j in np.argwhere(np.isfinite(cells)):
        axes.text(0.5 * (edges_x[j] + edges_x[j + 1]), 0.5 * (edges_y[i] + edges_y[i + 1]), number(cells[i, j], 3),
                  ha="center", va="center", fontsize=8, color="white" if cells[i, j] < dark else "black")


def box(limits: "pd.DataFrame", steps: "pd.DataFrame", chosen: tuple[float, float], base: float, title: str) -> Picture:
    """The trade-off between coverage and density along the trajectory, and the chosen box in its factors.

    Parameters
    ----------
    limits, steps : DataFrame
        As `Discovery.limits` and `Discovery.steps`.
    chosen : tuple of float
        Coverage and density of the chosen box.
    base : float
        Density of all runs.
    title : str
        What runs of interest are.
    """
    picture = new_picture(9.6, 1.2 + max(3.0, 0.5 * len(limits)))
    left, right = picture.subplots(1, 2, width_ratios=[1, 1.15])
    dots = left.scatter(steps["coverage"], steps["density"], c=steps["restricted"], cmap=MAP, s=28, zorder=2)
    left.plot(*chosen, "o", markersize=13, markerfacecolor="none",
              markeredgecolor=VERMILLION, markeredgewidth=2, label="chosen box", zorder=3)
    left.axhline(base, color=GREY, linestyle="--", linewidth=1, label="all runs")
    bar = picture.colorbar(dots, ax=left, shrink=0.7)
    bar.set_label("factors restricted", fontsize=9, color=INK)
    bar.locator = MaxNLocator(integer=True)
    left.set_xlim(0, 1.03)
    left.set_ylim(0, 1.03)
    label(left, "What a smaller box gains and loses", "Coverage: share of the runs of interest inside",
          "Density: share inside that is of interest")
    key(left, loc="lower left")
    limits = limits.iloc[::-1]
    for place, row in enumerate(limits.to_dict("records")):
        span = row["to"] - row["from"]
        low, high = (row["low"] - row["from"]) / span, (row["high"] - row["from"]) / span
        right.plot([0, 1], [place, place], color="#DDDDDD", linewidth=6, solid_capstyle="butt", zorder=1)
        right.plot([low, high], [place, place], color=BLUE, linewidth=6, solid_capstyle="butt", zorder=2)
        right.annotate(f"{row['low']:.4g} to {row['high']:.4g} {unit_text(str(row['unit']))}, p {row['quasi_p']:.2g}",
                       (0, place), xytext=(0, 8), textcoords="offset points", fontsize=8.5, color=INK)
    right.set_yticks(range(len(limits)), list(limits.index), fontsize=9)
    right.set_ylim(-0.6, len(limits) - 0.2)
    label(right, f"{title}: the box", "Within the bounds of the design, 0 to 1")
    return picture
