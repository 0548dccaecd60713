"""Pictures of counterfactuals: how long worlds stay the same, and what naming pilots did."""

from typing import TYPE_CHECKING

import numpy as np

from alliancelab.analysis.causal.pilots import CONTRASTS, OUTCOMES
from alliancelab.analysis.figures.style import BLUE, INK, Picture, key, label, new_picture, signed, whole_years
from alliancelab.analysis.words.titles import unit_text

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["matching", "pilots"]


def matching(table: "pd.DataFrame", base: str, arm: str, runs: int) -> Picture:
    """Share of the base's alliances that the scenario has, too, by year of founding.

    Parameters
    ----------
    table : DataFrame
        As `causal.matching.matching_by_year`.
    base, arm : str
        Titles of both scenarios.
    """
    picture = new_picture()
    axes = picture.subplots()
    axes.fill_between(table.index, table["low"], table["high"], color=BLUE, alpha=0.2, linewidth=0)
    axes.plot(table.index, table["share"], color=BLUE, linewidth=2, marker="o", markersize=4)
    axes.set_ylim(0, 1.02)
    label(axes, f"Alliances of “{base}” founded in “{arm}”, too; {runs} runs", "Year of founding",
          "Share with the same firm and quarter (95 % band)")
    whole_years(axes)
    return picture


def pilots(table: "pd.DataFrame", arm: str, runs: int) -> Picture:
    """One panel per outcome: naive and matched difference, effect, selection and interference with their intervals.

    Parameters
    ----------
    table : DataFrame
        As `causal.pilots.PilotStudy.contrasts`.
    arm : str
        Title of the scenario with pilots.
    """
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
    picture.suptitle(f"Pilots of “{arm}” in the three years after naming; {runs} runs, 95 % intervals",
                     fontsize=11, color=INK, x=0.02, ha="left")
    return picture
