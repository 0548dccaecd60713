"""The picture of a plan of replicates: stability, width of intervals, power, and the values themselves."""

from typing import TYPE_CHECKING

import numpy as np

from alliancelab.analysis.figures.style import BLUE, GREY, INK, VERMILLION, Picture, key, label, new_picture
from alliancelab.analysis.statistics.intervals import t_quantile
from alliancelab.analysis.statistics.sample_size import STABILITY, Goal, paired_power, running_spread
from alliancelab.analysis.words.titles import unit_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

__all__ = ["plan_figure"]

MOST_DRAWN = 1_000


def plan_figure(row: "pd.Series", values: "Mapping[str, np.ndarray]", goal: Goal) -> Picture:
    """Four panels for one outcome.

    Parameters
    ----------
    row : Series
        Of the outcome in `ReplicatePlan.table`.
    values : mapping
        From the name of each scenario to the values of its runs.
    """
    picture = new_picture(8.4, 6.2)
    (stability, width), (power, histogram) = picture.subplots(2, 2)
    picture.suptitle(f"{row['title']}: how many replicates", fontsize=12, color=INK, x=0.02, ha="left")
    first = next(iter(values.values()))
    known = first[np.isfinite(first)]
    if known.size >= 3:
        _stability(stability, known, row)
        _width(width, row)
        _power(power, row, goal)
    for scenario, colour, line in zip(values, (INK, BLUE), values.values(), strict=False):
        histogram.hist(line[np.isfinite(line)], bins=20, color=colour, alpha=0.5, label=scenario)
    label(histogram, "Values of single runs", f"{row['title']} ({unit_text(row['unit'])})", "Runs")
    key(histogram)
    return picture


def _stability(axes, values: np.ndarray, row) -> None:
    spread, relative = running_spread(values)
    n = np.arange(2, values.size + 1)
    axes.axhspan(spread[-1] - STABILITY, spread[-1] + STABILITY, color=GREY, alpha=0.3, linewidth=0)
    axes.plot(n, spread, color=INK, linewidth=1.6)
    name = "Coefficient of variation" if relative else "Standard deviation over the last"
    found = "not stable yet" if np.isnan(row["stable"]) else f"stable from {int(row['stable'])}"
    label(axes, f"Spread: {found}", "Replicates", name)


def _width(axes, row) -> None:
    n = np.unique(np.geomspace(2, MOST_DRAWN, 200).astype(int))
    lines = [("sd", INK, "mean")] + ([("sd_difference", BLUE, "paired difference")] if "sd_difference" in row else [])
    for column, colour, name in lines:
        axes.loglog(n, t_quantile(0.95, n - 1) * row[column] / np.sqrt(n), color=colour, linewidth=1.8, label=name)
    axes.axhline(row["half_width"], color=VERMILLION, linewidth=1.0, linestyle="--", label="aim")
    label(axes, "Half-width of the 95 % interval", "Replicates", unit_text(row["unit"]))
    key(axes)


def _power(axes, row, goal: Goal) -> None:
    if not row.get("sd_difference", 0.0) > 0.0 or not row["half_width"] > 0.0:
        label(axes, "Power needs two scenarios that differ by chance, too", "Replicates", "Chance")
        return
    n = np.unique(np.geomspace(2, MOST_DRAWN, 200).astype(int))
    for size, colour in ((0.5, GREY), (1.0, BLUE), (2.0, INK)):
        effect = size * row["half_width"]
        axes.semilogx(n, paired_power(n, effect, row["sd_difference"], goal.alpha), color=colour, linewidth=1.8,
                      label=f"difference {effect:.3g}")
    axes.axhline(goal.power, color=VERMILLION, linewidth=1.0, linestyle="--")
    axes.set_ylim(0, 1.02)
    label(axes, f"Power of the paired test, level {goal.alpha:g}", "Replicates", "Chance of finding it")
    key(axes)
