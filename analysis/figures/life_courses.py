"""Pictures of mean courses of life, each with what it is a mean of."""

from typing import TYPE_CHECKING

from matplotlib.axes import Axes

from alliancelab.analysis.figures.style import BLUE, GREEN, INK, ORANGE, VERMILLION, Picture, label, new_picture, short
from alliancelab.analysis.life.courses import ALL, BY_LENGTH

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["life_courses"]

FEWEST = 5              # alliances that a mean is drawn for
RAREST = 0.02           # of those followed at the start of a course; rarer ones are not drawn
COLOURS = (VERMILLION, ORANGE, GREEN, INK)   # of groups by length of life, from the shortest


def life_courses(table: "pd.DataFrame", title: str, runs: int, words: str = "Vitality (0 to 1)") -> Picture:
    """Four mean courses of a quantity: by age, by length of life, from the own peak, and by share of life lived.

    Parameters
    ----------
    table : DataFrame
        As `life_courses.four_courses` gives it. Bands are its 95 % intervals over runs, where there are any.
    title : str
        Of the scenario.
    runs : int
    words : str
        Name of the quantity with its unit.
    """
    picture = new_picture(9.0, 7.2)
    (by_age, by_length), (from_peak, by_share) = picture.subplots(2, 2, sharey=True)
    age, peak, share = (table[table["axis"] == axis] for axis in ("age", "years_from_peak", "share_of_life"))
    founded = _two_means(by_age, age[age["group"] == ALL])
    label(by_age, f"By age\nMean of {founded:,} alliances founded after the warm-up", "Age (years)", words)
    grouped = _groups(by_length, age[age["group"] != ALL])
    label(by_length, f"By length of life\nMean of the living until half have ended; {grouped:,} alliances",
          "Age (years)")
    whole = _two_means(from_peak, peak)
    label(from_peak, f"From each alliance's own peak of vitality\nMean of {whole:,} alliances seen to their end",
          "Years from the peak", words)
    ended = _groups(by_share, share)
    label(by_share, f"By share of life lived\nMean of {ended:,} of the alliances above, seen to their end",
          "Share of life lived")
    for axes in (by_age, by_length, from_peak, by_share):
        axes.set_ylim(0, None)
        axes.set_title(axes.get_title(loc="left"), fontsize=9.5, color=INK, loc="left")
    lines = [line for line in (*by_age.lines, *by_length.lines) if len(line.get_xdata())]
    picture.legend(lines, [str(line.get_label()) for line in lines], loc="outside lower center", ncols=3,
                   frameon=False, fontsize=9, labelcolor=INK)
    picture.suptitle(f"{short(title)}: mean courses of life, {runs} {'run' if runs == 1 else 'runs'}", fontsize=11,
                     color=INK, x=0.02, ha="left")
    return picture


def _two_means(axes: Axes, table: "pd.DataFrame") -> int:
    """The mean of the living, and that of the cohort with its band; returns the number of alliances."""
    most = max(table["followed"], default=0)
    drawn = table[table["alliances"] >= max(FEWEST, RAREST * most)]
    axes.fill_between(drawn["at"], drawn["cohort_low"], drawn["cohort_high"], color=BLUE, alpha=0.2, linewidth=0)
    axes.plot(drawn["at"], drawn["cohort"], color=BLUE, linewidth=2, label="all, the ended as zero")
    axes.plot(drawn["at"], drawn["mean"], color=BLUE, linewidth=1.2, linestyle="--", label="the living alone")
    return most


def _groups(axes: Axes, table: "pd.DataFrame") -> int:
    """The mean of the living of each group, as long as half of it lives; returns the number of alliances."""
    count = 0
    for name, colour in zip(BY_LENGTH, COLOURS, strict=True):
        rows = table[table["group"] == name]
        most = max(rows["followed"], default=0)
        count += most
        drawn = rows[(rows["alliances"] >= FEWEST) & (2 * rows["alliances"] >= most)]
        axes.fill_between(drawn["at"], drawn["low"], drawn["high"], color=colour, alpha=0.2, linewidth=0)
        axes.plot(drawn["at"], drawn["mean"], color=colour, linewidth=2, label=name)
    return count
