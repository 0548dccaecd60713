"""Pictures of who works with whom: organisations and alliances at chosen years, in places that do not change."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection

from alliancelab.agents.errors import UserError
from alliancelab.analysis.figures.style import GREY, INK, STAGE_COLOURS, Picture, new_picture, short
from alliancelab.analysis.life.ages import STAGE_NAMES
from alliancelab.analysis.words.titles import STAGE_TITLES
from alliancelab.model.setup import QUARTERS_A_YEAR

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Frames", "Ties", "drawable", "network", "places"]

PICTURES = 4       # years shown where none are asked for
ITERATIONS = 60    # of the spring layout
LARGEST = 1_500    # nodes that a picture can show and that are laid out in seconds
_MARKS = {"firm": ("o", "Firm"), "university": ("^", "University"), "institute": ("s", "Institute"),
          "agency": ("D", "Service agency")}


class Ties(NamedTuple):
    """What the network is drawn from.

    Attributes
    ----------
    alliances, panel, members : DataFrame
        As in `tables.run`.
    warm_up, quarters : int
        First quarter after the warm-up, and quarters of the run.
    start_year : int
        Calendar year of the first quarter after the warm-up.
    title : str
        Of the scenario.
    """

    alliances: "pd.DataFrame"
    panel: "pd.DataFrame"
    members: "pd.DataFrame"
    warm_up: int
    quarters: int
    start_year: int
    title: str

    def year(self, quarter: int) -> float:
        """Calendar year at the start of a quarter."""
        return self.start_year + (quarter - self.warm_up) / QUARTERS_A_YEAR


def network(ties: Ties, years: Sequence[float] | None = None, seed: int = 0) -> Picture:
    """Alliances and their members at chosen years, one panel per year, every node in the same place in all panels.

    Only organisations that are in an alliance in that year are drawn. Source: H6.

    Parameters
    ----------
    years : sequence of float, optional
        Calendar years; the state at the start of the year is shown. By default four years spread over the run after
        its warm-up.
    seed : int
        Of the layout, which changes places and nothing else.

    Raises
    ------
    UserError
        When a year lies outside the run, none is given, or there are too many organisations to be told apart.
    """
    quarters = _quarters(ties, years)
    seats = [_seats(ties, quarter) for quarter in quarters]
    if _nodes(seats) > LARGEST:
        raise UserError(f"{_nodes(seats)} alliances and members are too many for a picture; at most {LARGEST} can be "
                        "drawn: choose fewer years or a smaller world")
    return _picture(ties, list(zip(quarters, seats, strict=True)), places(ties, seats, seed), _tiles(ties, seats))


class Frames:
    """The network quarter by quarter after the warm-up, one picture each, every node in one place in all of them.

    Source: H6.

    Parameters
    ----------
    ties : Ties

    Attributes
    ----------
    quarters : range
        Quarters that can be drawn, warm-up included in the count.

    Raises
    ------
    UserError
        When no alliance has members after the warm-up, or there are too many nodes over the run to be told apart.
    """

    def __init__(self, ties: Ties):
        self._ties = ties
        self.quarters = range(ties.warm_up, ties.quarters)
        self._seats = [_seats(ties, quarter) for quarter in self.quarters]
        nodes = _nodes(self._seats)
        if nodes == 0:
            raise UserError("no alliance has members after the warm-up, so there is no network to draw")
        if nodes > LARGEST:
            raise UserError(f"{nodes} alliances and members over the run are too many for pictures of the network; "
                            f"at most {LARGEST} can be drawn")
        self._places = places(ties, self._seats)
        self._sectors = _tiles(ties, self._seats)

    def picture(self, quarter: int) -> Picture:
        """The network at the end of one of `quarters`."""
        seats = self._seats[self.quarters.index(quarter)]
        picture = _picture(self._ties, [(quarter, seats)], self._places, self._sectors)
        corners = np.array(list(self._sectors.values()))
        picture.axes[0].set_xlim(-0.02, corners[:, 0].max() + 1.02)
        picture.axes[0].set_ylim(corners[:, 1].min() - 0.08, 1.02)
        return picture


def _picture(ties: Ties, seats: Sequence[tuple[int, "pd.DataFrame"]], place: dict, sectors: dict) -> Picture:
    """One panel for each quarter and its seats."""
    across = min(len(seats), 2)
    down = -(-len(seats) // across)
    picture = new_picture(4.4 * across, 0.5 + 4.3 * down)
    panels = np.atleast_1d(picture.subplots(down, across, sharex=True, sharey=True)).ravel()
    for axes, (quarter, members) in zip(panels, seats, strict=False):
        _draw(axes, ties, quarter, members, place)
        for sector, corner in sectors.items():
            axes.annotate(f"Sector {sector}", corner, (0, -4), textcoords="offset points", fontsize=7.5, color=GREY)
    for axes in panels:
        axes.axis("off")
    marks = [panels[0].scatter([], [], marker="o", s=70, color=STAGE_COLOURS[name], label=STAGE_TITLES[name])
             for name in STAGE_NAMES]
    marks += [panels[0].scatter([], [], marker=mark, s=22, color=INK, label=title) for mark, title in _MARKS.values()]
    picture.legend(handles=marks, loc="outside lower center", ncols=1 + 2 * across, frameon=False, fontsize=9,
                   labelcolor=INK)
    picture.suptitle(f"{short(ties.title)}: alliances and their members", fontsize=11, color=INK, x=0.02,
                     ha="left")
    return picture


def drawable(ties: Ties) -> bool:
    """Whether the picture of the usual years has something to show, and not too much."""
    return 0 < _nodes([_seats(ties, quarter) for quarter in _quarters(ties, None)]) <= LARGEST


def _nodes(seats: Sequence["pd.DataFrame"]) -> int:
    return len({node for members in seats for ends in _ends(members) for node in ends})


def places(ties: Ties, seats: Sequence["pd.DataFrame"], seed: int = 0) -> dict[tuple[str, int], np.ndarray]:
    """Place of every alliance and organisation that any of the tables of seats holds.

    Sectors have alliances of their own, so each is laid out by itself, by forces over all years at once, and gets a
    tile of the picture. Source: Fruchterman and Reingold 1991, Software: Practice and Experience 21.

    Parameters
    ----------
    seats : sequence of DataFrame
        With ``alliance`` and ``organisation``, one row per seat.
    seed : int
        Of the layout.

    Returns
    -------
    dict
        From ("alliance", row) and ("organisation", key) to x and y, sectors in tiles of one by one.
    """
    import networkx
    import pandas as pd

    union = pd.concat(seats)[["alliance", "organisation"]].drop_duplicates()
    sector = ties.alliances["sector"].reindex(union["alliance"]).to_numpy()
    found: dict[tuple[str, int], np.ndarray] = {}
    for one, corner in _tiles(ties, seats).items():
        graph = networkx.Graph(_ends(union[sector == one]))
        spring = networkx.spring_layout(graph, k=1.6 / np.sqrt(len(graph)), iterations=ITERATIONS, seed=seed)
        found |= dict(zip(spring, _spread(np.array(list(spring.values()))) + corner, strict=True))
    return found


def _tiles(ties: Ties, seats: Sequence["pd.DataFrame"]) -> dict[int, np.ndarray]:
    """Lower left corner of the tile of each sector that has members in any of the tables of seats."""
    shown = np.unique([row for members in seats for row in members["alliance"].unique()])
    sectors = np.unique(ties.alliances["sector"].reindex(shown))
    across = int(np.ceil(np.sqrt(len(sectors))))
    return {int(one): np.array([tile % across, -(tile // across)], float) for tile, one in enumerate(sectors)}


def _ends(seats: "pd.DataFrame") -> list[tuple[tuple[str, int], tuple[str, int]]]:
    """The two nodes that each seat ties; keys of organisations need all 64 bits of an integer."""
    return [(("alliance", int(a)), ("organisation", int(o)))
            for a, o in zip(seats["alliance"], seats["organisation"], strict=True)]


def _spread(at: np.ndarray) -> np.ndarray:
    """Places by their ranks and their distances in equal parts, within a tile: far pieces come nearer, none cover."""
    ranks = np.argsort(np.argsort(at, axis=0), axis=0) / max(len(at) - 1, 1)
    span = np.ptp(at, axis=0)
    even = (at - at.min(axis=0)) / np.where(span > 0, span, 1.0)
    return 0.06 + 0.88 * (ranks + even) / 2


def _quarters(ties: Ties, years: Sequence[float] | None) -> list[int]:
    first, last = ties.warm_up, ties.quarters - 1
    if years is None:
        spread = (np.linspace(first, last, PICTURES + 1)[1:] - first) // QUARTERS_A_YEAR
        return [int(first + year * QUARTERS_A_YEAR) for year in np.unique(spread)]
    if len(years) == 0:
        raise UserError("a picture of the network needs at least one year")
    quarters = [round((year - ties.start_year) * QUARTERS_A_YEAR) + first for year in years]
    for year, quarter in zip(years, quarters, strict=True):
        if not 0 <= quarter <= last:
            raise UserError(f"the year {year:g} lies outside the run, which goes from {ties.year(0):g} "
                            f"to {ties.year(last):g}")
    return quarters


def _seats(ties: Ties, quarter: int) -> "pd.DataFrame":
    """Members of alliances that are alive at the end of a quarter."""
    members = ties.members
    there = (members["joined"] <= quarter) & ((members["left"] < 0) | (members["left"] > quarter))
    living = ties.panel.loc[ties.panel["quarter"] == quarter, "alliance"]
    return members[there & members["alliance"].isin(living)]


def _draw(axes: Axes, ties: Ties, quarter: int, members: "pd.DataFrame", place: dict) -> None:
    """One year: lines from alliances to members, members by kind, alliances by stage and size."""
    panel = ties.panel[ties.panel["quarter"] == quarter].set_index("alliance")
    lines = [(place[alliance], place[organisation]) for alliance, organisation in _ends(members)]
    axes.add_collection(LineCollection(lines, colors=GREY, linewidths=0.35, alpha=0.6, zorder=1))
    for kind, (mark, _) in _MARKS.items():
        keys = members.loc[members["kind"] == kind, "organisation"].unique()
        at = np.array([place["organisation", int(key)] for key in keys]).reshape(-1, 2)
        axes.scatter(at[:, 0], at[:, 1], marker=mark, s=9 if kind == "firm" else 13, color=INK, linewidths=0, zorder=2)
    drawn = members.groupby("alliance").size()
    for alliance, size in drawn.items():
        stage = str(panel.at[alliance, "stage"])
        x, y = place["alliance", int(alliance)]
        axes.scatter(x, y, s=10 * size, color=STAGE_COLOURS[stage], edgecolors="white",
                     linewidths=0.6, alpha=0.9, zorder=3)
    year = ties.year(quarter)
    axes.set_title(f"{year:g}: {len(drawn)} alliances, {members['organisation'].nunique()} organisations",
                   fontsize=10, color=INK, loc="left")
