"""Pictures of single runs: life cycle, stages over time, stage transitions, survival."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Circle, FancyArrowPatch

from alliancelab.analysis.figures.style import (
    BLUE,
    GREY,
    INK,
    STAGE_COLOURS,
    Picture,
    key,
    key_below,
    label,
    new_picture,
    scenario_colours,
    shade,
    short,
    whole_years,
)
from alliancelab.analysis.life.ages import STAGE_NAMES
from alliancelab.analysis.words.titles import STAGE_TITLES
from alliancelab.model.setup import QUARTERS_A_YEAR

if TYPE_CHECKING:
    import pandas as pd

    from alliancelab.analysis.life.ages import AgeBand, Peak, Transitions

__all__ = ["lifecycle", "stages", "survival", "transitions"]

FEWEST = 5              # alliances of one age that a mean is drawn for
RAREST_MOVE = 0.0005    # per quarter; rarer moves are left out of the diagram
# The transition diagram in units of its axes: where stages stand, how far moves bulge to their right (rad of `arc3`,
# straight if not named), and in which direction (degrees) endings leave.
_PLACES = {"formation": (0.0, 1.0), "growth": (2.1, 1.0), "maturity": (4.2, 1.0), "decline": (7.0, 1.0),
           "regrowth": (5.6, -1.3)}
_BULGES = {("growth", "decline"): -0.5, ("maturity", "regrowth"): 0.2, ("regrowth", "maturity"): 0.1,
           ("decline", "regrowth"): 0.1, ("regrowth", "decline"): 0.2}
_EXITS = {"formation": 270, "growth": 270, "maturity": 245, "decline": 0, "regrowth": 270}


def lifecycle(panel: "pd.DataFrame", band: "AgeBand", peak: "Peak", title: str) -> Picture:
    """Vitality by age: single alliances in grey, and the means of the cohort and of the living.

    The cohort's mean counts the ended as zero; ages that fewer than five alliances reached are left out.

    Parameters
    ----------
    panel : DataFrame
        As `tables.run.panel_table`, after the warm-up.
    title : str
        Of the scenario.
    """
    picture = new_picture()
    axes = picture.subplots()
    for _, alliance in panel.groupby("alliance"):
        axes.plot(alliance["age"] / QUARTERS_A_YEAR, alliance["vitality"], color=GREY, alpha=0.25, linewidth=0.6)
    reached = band.alliances >= FEWEST
    age = band.age[reached]
    axes.plot(age, band.cohort[reached], color=BLUE, linewidth=2.5, label="mean of all founded, the ended as zero")
    axes.plot(age, band.mean[reached], color=BLUE, linewidth=1.5, linestyle="--", label="mean of the living")
    axes.plot([], [], color=GREY, linewidth=0.8, label="single alliances")
    title = short(title)
    if peak.falls:
        title += f": mean vitality is highest at {_years(peak.age)}"
    elif np.isfinite(peak.age):
        title += f": mean vitality does not fall within {_years(peak.age)}"
    axes.set_xlim(0, max(age.max(initial=1.0), 1.0))
    axes.set_ylim(0, 1)
    label(axes, title, "Age of the alliance (years)", "Vitality (0 to 1)")
    whole_years(axes)
    key_below(picture, axes)
    return picture


def stages(curves: "pd.DataFrame", title: str) -> Picture:
    """Living alliances by stage over calendar time; `curves` as `tables.run.curves_table`, after the warm-up."""
    picture = new_picture()
    axes = picture.subplots()
    axes.stackplot(
        curves["year"],
        *(curves[stage] for stage in STAGE_NAMES),
        colors=[STAGE_COLOURS[stage] for stage in STAGE_NAMES],
        labels=[STAGE_TITLES[stage] for stage in STAGE_NAMES],
        edgecolor="white",
        linewidth=0.4,
    )
    axes.set_xlim(curves["year"].min(), curves["year"].max())
    axes.set_ylim(0, None)
    label(axes, f"{short(title)}: alliances by stage of life", "Year", "Living alliances")
    whole_years(axes)
    handles, labels = axes.get_legend_handles_labels()
    key(axes, handles=handles[::-1], labels=labels[::-1], loc="center left", bbox_to_anchor=(1.0, 0.5))
    return picture


def transitions(moves: "Transitions", title: str) -> Picture:
    """Stages as circles, moves as arrows.

    A larger circle means a larger share of alliance-quarters; an arrow's width and number are moves per 100 alliances
    and quarter; grey arrows are endings.
    """
    spent = moves.counts.sum(axis=1)
    share = spent / max(spent.sum(), 1)
    picture = new_picture(7.6, 4.4)
    axes = picture.subplots()
    radius = {stage: 0.45 + 0.45 * np.sqrt(share[stage]) for stage in STAGE_NAMES}
    for stage, (x, y) in _PLACES.items():
        axes.add_patch(Circle((x, y), radius[stage], facecolor=shade(STAGE_COLOURS[stage], 0.45), edgecolor=INK,
                              linewidth=0.8, zorder=3))
        axes.text(x, y, f"{STAGE_TITLES[stage]}\n{share[stage]:.0%}", ha="center", va="center", fontsize=9,
                  color=INK, zorder=4)
    for left in STAGE_NAMES:
        for found in STAGE_NAMES:
            rate = moves.rates.loc[left, found]
            if left != found and rate >= RAREST_MOVE:
                _move(axes, left, found, rate, radius)
        if moves.rates.loc[left, "ended"] >= RAREST_MOVE:
            _ending(axes, left, moves.rates.loc[left, "ended"], radius[left])
    axes.set_xlim(-0.8, 8.5)
    axes.set_ylim(-3.0, 2.8)
    axes.set_aspect("equal")
    axes.axis("off")
    axes.set_title(f"{short(title)}: moves between stages per 100 alliances and quarter", fontsize=11,
                   color=INK, loc="left")
    axes.text(-0.7, -2.9, "Circles: share of alliance-quarters. Grey: endings.", fontsize=9, color=INK, va="bottom")
    return picture


def survival(tables: "Mapping[str, pd.DataFrame]") -> Picture:
    """Share of alliances that outlive each age, with 95 % intervals; one line per run, by its title."""
    picture = new_picture()
    axes = picture.subplots()
    for (name, table), (colour, _) in zip(tables.items(), scenario_colours(len(tables)), strict=True):
        axes.step(table["age"], table["survival"], where="post", color=colour, linewidth=2, label=short(name))
        axes.fill_between(table["age"], table["low"], table["high"], step="post", color=colour, alpha=0.2, linewidth=0)
    axes.set_ylim(0, 1)
    axes.set_xlim(0, None)
    title = "Share of alliances still alive, by age"
    if len(tables) == 1:
        title = _survival_title(short(name), table)
    label(axes, title, "Age of the alliance (years)", "Share alive (95 % interval)")
    whole_years(axes)
    if len(tables) > 1:
        key(axes, loc="upper right")
    return picture


def _survival_title(name: str, table: "pd.DataFrame") -> str:
    gone = np.flatnonzero(table["survival"] <= 0.5)
    if gone.size == 0:
        return f"{name}: more than half of the alliances outlive the run"
    return f"{name}: half of the alliances have ended by {_years(float(table['age'].iloc[gone[0]]))}"


def _years(age: float) -> str:
    return f"{age:.1f} years"


def _move(axes: Axes, left: str, found: str, rate: float, radius: dict[str, float]) -> None:
    """One arrow between two stages, bent so that there and back stay apart, with its rate."""
    start, end = np.array(_PLACES[left]), np.array(_PLACES[found])
    along = (end - start) / np.linalg.norm(end - start)
    aside = np.array([along[1], -along[0]])
    bulge = _BULGES.get((left, found), 0.0)
    # The ends stand on the circles' rims, turned towards the side on which the arrow bulges.
    tail = start + radius[left] * _turned(along, aside, bulge)
    tip = end + (radius[found] + 0.04) * _turned(-along, aside, bulge)
    # The curve is quadratic: its middle lies half as far aside as its control point.
    middle = (tail + tip) / 2 + aside * 0.5 * bulge * np.linalg.norm(tip - tail)
    axes.add_patch(_arrow(tail, tip, rate, STAGE_COLOURS[found], bulge))
    outside = aside if bulge > 0 else -aside
    _rate(axes, middle + outside * 0.3, rate)


def _arrow(tail: np.ndarray, tip: np.ndarray, rate: float, colour: str, bulge: float = 0.0) -> FancyArrowPatch:
    """An arrow as wide as the rate says."""
    width = 0.8 + 5.0 * min(rate / 0.15, 1.0)
    return FancyArrowPatch(
        tuple(tail), tuple(tip), connectionstyle=f"arc3,rad={bulge}", mutation_scale=1, linewidth=width, color=colour,
        arrowstyle=f"-|>,head_length={5 + width},head_width={2 + 0.8 * width}", shrinkA=0, shrinkB=0,
        capstyle="butt", joinstyle="miter", zorder=2,
    )


def _turned(along: np.ndarray, aside: np.ndarray, bulge: float) -> np.ndarray:
    """Direction from a circle's centre to where a bent arrow touches it."""
    direction = along + 1.5 * bulge * aside
    return direction / np.linalg.norm(direction)


def _ending(axes: Axes, stage: str, rate: float, radius: float) -> None:
    """A short grey arrow away from a stage."""
    angle = np.deg2rad(_EXITS[stage])
    centre, away = np.array(_PLACES[stage]), np.array([np.cos(angle), np.sin(angle)])
    axes.add_patch(_arrow(centre + (radius + 0.03) * away, centre + (radius + 0.52) * away, rate, GREY))
    _rate(axes, centre + (radius + 0.82) * away, rate)


def _rate(axes: Axes, place: np.ndarray, rate: float) -> None:
    """The number beside an arrow: moves per 100 alliances and quarter."""
    axes.text(place[0], place[1], f"{100 * rate:.1f}", ha="center", va="center", fontsize=9, color=INK)
