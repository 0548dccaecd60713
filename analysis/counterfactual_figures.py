"""Pictures of counterfactuals: how long worlds stay the same, and what naming pilots did."""

import numpy as np

from alliancelab.analysis.drawing import BLUE, INK, Picture, key, label, new_picture, signed, unit_text, whole_years
from alliancelab.analysis.pilots import CONTRASTS, OUTCOMES

__all__ = ["matching", "pilots"]


def matching(study) -> Picture:
    """Share of the base's alliances that the scenario has, too, by year of founding."""
    picture = new_picture()
    axes = picture.subplots()
    table = study.matching_by_year
    axes.fill_between(table.index, table["low"], table["high"], color=BLUE, alpha=0.2, linewidth=0)
    axes.plot(table.index, table["share"], color=BLUE, linewidth=2, marker="o", markersize=4)
    axes.set_ylim(0, 1.02)
    base, arm = (scenario.title for scenario in study.scenarios)
    label(axes, f"Alliances of “{base}” founded in “{arm}”, too; {study.runs} runs", "Year of founding",
          "Share with the same firm and quarter (95 % band)")
    whole_years(axes)
    return picture


def pilots(study) -> Picture:
    """One panel an outcome: naive and matched difference, effect, selection and interference with their intervals."""
    table = study.pilots.contrasts
    picture = new_picture(9.0, 5.2)
    panels = picture.subplots(2, 3)
    places = np.arange(len(CONTRASTS))
    for axes, (outcome, unit) in zip(panels.ravel(), OUTCOMES.items(), strict=False):
        rows = table.xs(outcome, level="outcome").loc[list(CONTRASTS)]
        axes.hlines(places, rows["low"], rows["high"], color=INK, linewidth=1.5)
        for place, row in zip(places, rows.itertuples(), strict=True):
            sure = row.p_holm < 0.05
            axes.plot(row.difference, place, "o", color=BLUE, markerfacecolor=BLUE if sure else "white", markersize=6)
            axes.annotate(signed(row.difference), (1.0, place), xycoords=("axes fraction", "data"), xytext=(3, 0),
                          textcoords="offset points", fontsize=7.5, va="center", annotation_clip=False)
        axes.axvline(0, color=INK, linewidth=0.8)
        first = axes.get_subplotspec().is_first_col()
        axes.set_yticks(places, [name.capitalize() for name in CONTRASTS] if first else [""] * len(CONTRASTS))
        axes.set_ylim(len(CONTRASTS) - 0.5, -0.5)
        label(axes, outcome.replace("_", " ").capitalize(), unit_text(unit))
    legend = panels.ravel()[-1]
    legend.axis("off")
    legend.plot([], [], "o", color=BLUE, label="p < 0.05 (Holm)")
    legend.plot([], [], "o", color=BLUE, markerfacecolor="white", label="not")
    key(legend, loc="center")
    arm = study.scenarios[1].title
    picture.suptitle(f"Pilots of “{arm}” in the three years after naming; {study.runs} runs, 95 % intervals",
                     fontsize=11, color=INK, x=0.02, ha="left")
    return picture
