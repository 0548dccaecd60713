"""The picture of a plan of replicates: stability, width of intervals, power, and the values themselves."""

import numpy as np

from alliancelab.analysis.drawing import BLUE, GREY, INK, VERMILLION, Picture, key, label, new_picture, unit_text
from alliancelab.analysis.replication import STABILITY, ReplicatePlan, paired_power, running_spread
from alliancelab.analysis.statistics import t_quantile
from alliancelab.scenarios.errors import UserError, did_you_mean

__all__ = ["plan_figure"]

MOST_DRAWN = 1_000


def plan_figure(plan: ReplicatePlan, outcome: str) -> Picture:
    """Four panels for one outcome.

    Raises
    ------
    UserError
        When the plan has no such outcome.
    """
    names = [measure.name for measure in plan.measures]
    if outcome not in names:
        raise UserError(f"no outcome '{outcome}' in this plan; {did_you_mean(outcome, names)}")
    row, values = plan.table.loc[outcome], plan.values[:, :, names.index(outcome)]
    picture = new_picture(8.4, 6.2)
    (stability, width), (power, histogram) = picture.subplots(2, 2)
    picture.suptitle(f"{row['title']}: how many replicates", fontsize=12, color=INK, x=0.02, ha="left")
    known = values[0][np.isfinite(values[0])]
    if known.size >= 3:
        _stability(stability, known, row)
        _width(width, row)
        _power(power, row, plan)
    for scenario, colour, line in zip(plan.names, (INK, BLUE), values, strict=False):
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


def _power(axes, row, plan: ReplicatePlan) -> None:
    if not row.get("sd_difference", 0.0) > 0.0 or not row["half_width"] > 0.0:
        label(axes, "Power needs two scenarios that differ by chance, too", "Replicates", "Chance")
        return
    n = np.unique(np.geomspace(2, MOST_DRAWN, 200).astype(int))
    for size, colour in ((0.5, GREY), (1.0, BLUE), (2.0, INK)):
        effect = size * row["half_width"]
        axes.semilogx(n, paired_power(n, effect, row["sd_difference"], plan.goal.alpha), color=colour, linewidth=1.8,
                      label=f"difference {effect:.3g}")
    axes.axhline(plan.goal.power, color=VERMILLION, linewidth=1.0, linestyle="--")
    axes.set_ylim(0, 1.02)
    label(axes, f"Power of the paired test, level {plan.goal.alpha:g}", "Replicates", "Chance of finding it")
    key(axes)
