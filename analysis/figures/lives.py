"""A picture of single lives: vitality by stage, members and projects of alliances drawn at random."""

from collections.abc import Mapping
from math import ceil
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import FixedLocator, NullLocator

from alliancelab.agents.codes import ProjectKind, ProjectState
from alliancelab.agents.errors import UserError
from alliancelab.analysis.figures.style import (
    GREY,
    INK,
    PURPLE,
    STAGE_COLOURS,
    YELLOW,
    Picture,
    label,
    new_picture,
    shade,
    short,
    whole_years,
)
from alliancelab.analysis.life.ages import STAGE_NAMES
from alliancelab.analysis.words.titles import STAGE_TITLES
from alliancelab.model.setup import QUARTERS_A_YEAR
from alliancelab.scenarios.checks import check_count, check_seed

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["drawable", "lives"]

ACROSS = 4              # panels side by side
NARROWEST = 4.4         # inches, for the title and the key of one panel
SEEN = 5                # years that an alliance has to be seen at least, or to its earlier end, to be drawn
KIND_COLOURS = {"research": PURPLE, "industrialisation": YELLOW, "launch": INK}
MEMBERS = (3, 10, 30, 100, 300)     # ticks of the scale of members
_UNSUCCESSFUL = [state.name.lower() for state in ProjectState
                 if state not in (ProjectState.RUNNING, ProjectState.DONE)]


def lives(alliances: "pd.DataFrame", panel: "pd.DataFrame", projects: "pd.DataFrame", world: Mapping[str, int],
          title: str, count: int = 16, seed: int = 0) -> Picture:
    """Single alliances, one panel each: vitality coloured by stage, members as a line, projects as bars below.

    They are drawn by lot among those founded after the warm-up, and early enough to be seen for five years; so nobody
    is chosen for how long it lived. A cross ends a project that was not done: failed, stopped, abandoned or superseded.

    Parameters
    ----------
    alliances, panel, projects : DataFrame
        As in `tables.run`.
    world : mapping
        Sizes of the world: ``quarters`` and ``warm_up``.
    title : str
        Of the scenario.
    count : int
        Alliances; fewer if there are no more.
    seed : int
        Of the lot; the same seed draws the same alliances.

    Raises
    ------
    UserError
        When `count` is not positive or no alliance was founded after the warm-up.
    """
    rows, pool = _drawn(alliances, panel, world, count, seed)
    across = min(ACROSS, len(rows))
    down = ceil(len(rows) / across)
    key = _key()
    lines = ceil(len(key) / (across + 1))
    picture = new_picture(max(0.9 + 2.2 * across, NARROWEST), 0.6 + 0.2 * lines + 2.3 * down, h_pad=0.04)
    grid = picture.subplots(2 * down, across, squeeze=False, height_ratios=[1.0, 0.42] * down)
    upper, lower = grid[::2].ravel(), grid[1::2].ravel()
    panels = panel[panel["alliance"].isin(rows)].groupby("alliance")
    most = max(panels["size"].max().max(), MEMBERS[1])
    longest = max(alliances.loc[rows, "duration"].max() / QUARTERS_A_YEAR, 1)  # one axis of age, so lengths compare
    for place, row in enumerate(rows):
        alliance, first, last = alliances.loc[row], place % across == 0, place + across >= len(rows)
        above, below = upper[place], lower[place]
        members = _members(above, panels.get_group(row), most)
        _vitality(above, panels.get_group(row))
        _projects(below, projects[projects["alliance"] == row], alliance)
        label(above, _fate(row, alliance), "", "Vitality (0 to 1)" if first else "")
        above.set_title(above.get_title(loc="left"), fontsize=9, color=INK, loc="left")
        label(below, "", "Age (years)" if last else "", "Projects" if first else "")
        members.set_ylabel("Members (log)" if place % across == across - 1 or place == len(rows) - 1 else "",
                           color=INK)
        for axes in (above, below, members):
            axes.set_xlim(0, longest)
            axes.tick_params(labelsize=8)
            axes.xaxis.label.set_fontsize(9)
            axes.yaxis.label.set_fontsize(9)
        below.yaxis.label.set_fontsize(8)
        above.tick_params(labelbottom=False, bottom=False)
        whole_years(below)
    for axes in (*upper[len(rows):], *lower[len(rows):]):
        axes.set_visible(False)
    picture.suptitle(f"{short(title)}: {len(rows)} of {pool} alliances, drawn by lot", fontsize=11,
                     color=INK, x=0.02, ha="left")
    picture.legend(handles=key, loc="outside lower center", ncols=across + 1, frameon=False, fontsize=9, labelcolor=INK)
    return picture


def _drawn(alliances: "pd.DataFrame", panel: "pd.DataFrame", world: Mapping[str, int], count: int, seed: int
           ) -> tuple[np.ndarray, int]:
    """Rows of the alliances drawn, in order of founding, and among how many."""
    check_count("the number of lives", count)
    check_seed(seed)
    founded, later = alliances["founded"].to_numpy(), _later(alliances, panel, world)
    early = later & (founded <= world["quarters"] - SEEN * QUARTERS_A_YEAR)
    pool = np.flatnonzero(early if early.sum() >= count else later)
    if not pool.size:
        raise UserError("no alliance was founded after the warm-up; there is no life to be drawn")
    return np.sort(np.random.default_rng(seed).choice(pool, min(count, pool.size), replace=False)), pool.size


def _later(alliances: "pd.DataFrame", panel: "pd.DataFrame", world: Mapping[str, int]) -> np.ndarray:
    """Which alliances were founded after the warm-up and lived for a quarter."""
    seen = np.isin(alliances.index, panel["alliance"].unique())
    return seen & (alliances["founded"].to_numpy() >= world["warm_up"])


def drawable(alliances: "pd.DataFrame", panel: "pd.DataFrame", world: Mapping[str, int]) -> bool:
    """Whether there is a life to be drawn."""
    return bool(_later(alliances, panel, world).any())


def _fate(row: int, alliance: "pd.Series") -> str:
    """How it ended and at what age."""
    years = f"{alliance['duration'] / QUARTERS_A_YEAR:.1f} years"
    if alliance["alive"]:
        return f"{row}: alive after {years}"
    return f"{row}: {str(alliance['reason']).replace('_', ' ')} at {years}"


def _course(panel: "pd.DataFrame", column: str) -> tuple[np.ndarray, np.ndarray]:
    """Age in years and a column, to the end of the last quarter."""
    values = panel[column].to_numpy()
    return (panel["age"].iloc[0] + np.arange(len(values) + 1)) / QUARTERS_A_YEAR, np.append(values, values[-1])


def _vitality(axes: Axes, panel: "pd.DataFrame") -> None:
    """The course of vitality, in the colours of the stages."""
    stage = panel["stage"].to_numpy()
    age, vitality = _course(panel, "vitality")
    first = np.flatnonzero(np.append(True, stage[1:] != stage[:-1]))
    for begin, end in zip(first, np.append(first[1:], len(stage)), strict=True):
        part = slice(begin, end + 1)  # up to where the next stage begins
        colour = STAGE_COLOURS[stage[begin]]
        axes.fill_between(age[part], vitality[part], color=shade(colour, 0.3), linewidth=0)
        axes.plot(age[part], vitality[part], color=colour, linewidth=2, solid_capstyle="butt")
    axes.set_ylim(0, 1)
    axes.set_yticks([0, 0.5, 1])


def _members(axes: Axes, panel: "pd.DataFrame", most: int) -> Axes:
    """Members as a thin line on a logarithmic scale of its own, the same in all panels."""
    other = axes.twinx()
    other.plot(*_course(panel, "size"), color=INK, linewidth=0.9)
    other.set_yscale("log")
    other.set_ylim(2, 1.3 * most)
    ticks = [tick for tick in MEMBERS if tick <= 1.3 * most]
    other.yaxis.set_major_locator(FixedLocator(ticks))
    other.yaxis.set_minor_locator(NullLocator())
    other.set_yticklabels([str(tick) for tick in ticks])
    other.spines[["top", "left"]].set_visible(False)
    other.spines[["right", "bottom"]].set_color(GREY)
    other.tick_params(colors=INK, color=GREY)
    return other


def _projects(axes: Axes, projects: "pd.DataFrame", alliance: "pd.Series") -> None:
    """Projects as bars, each in the first lane that is free; a cross ends those that were not done."""
    free: list[int] = []
    for project in projects.sort_values("started").itertuples():
        begin = project.started - alliance["founded"]
        length = max(project.duration, 1)
        lane = next((lane for lane, until in enumerate(free) if until <= begin), len(free))
        free[lane : lane + 1] = [begin + length]
        axes.barh(lane, length / QUARTERS_A_YEAR, left=begin / QUARTERS_A_YEAR, height=0.7,
                  color=KIND_COLOURS[project.kind], edgecolor=INK, linewidth=0.4)
        if project.state in _UNSUCCESSFUL:
            axes.plot((begin + length) / QUARTERS_A_YEAR, lane, marker="X", color="white", markeredgecolor=INK,
                      markeredgewidth=0.8, markersize=6, clip_on=False, zorder=3)
    axes.set_ylim(max(len(free), 3) - 0.4, -0.6)
    axes.set_yticks([])


def _key() -> list:
    """What colours and marks mean."""
    stages = [Patch(facecolor=shade(STAGE_COLOURS[name], 0.3), edgecolor=STAGE_COLOURS[name], linewidth=1.5,
                    label=STAGE_TITLES[name]) for name in STAGE_NAMES]
    kinds = [Patch(facecolor=KIND_COLOURS[kind.name.lower()], edgecolor=INK, linewidth=0.4,
                   label=f"{kind.name.capitalize()} project") for kind in ProjectKind]
    cross = Line2D([], [], marker="X", color="white", markeredgecolor=INK, linestyle="none", label="Project not done")
    return [*stages, *kinds, cross, Line2D([], [], color=INK, linewidth=0.9, label="Members")]
