"""Pictures of networks show who is in which alliance, each node in one place over the years."""

import numpy as np
import pytest
from matplotlib.collections import LineCollection, PathCollection

import alliancelab as al
from alliancelab.agents.errors import UserError
from alliancelab.analysis.figures import networks
from alliancelab.analysis.figures.style import STAGE_COLOURS

YEARS = (2010, 2013, 2016)


@pytest.fixture(scope="module")
def run(run_folder):
    return al.read(run_folder)


def seats(run, year):
    quarter = round((year - 2007) * 4) + 20
    return networks._seats(run.plot.ties, quarter)


def ties(axes) -> set[tuple]:
    lines = next(one for one in axes.collections if isinstance(one, LineCollection))
    return {tuple(np.round(end, 9).ravel()) for end in lines.get_segments()}


def test_seats_are_those_of_the_panel(run):
    for quarter in range(20, 60, 7):
        panel = run.panel[run.panel["quarter"] == quarter].set_index("alliance")["size"]
        counted = networks._seats(run.plot.ties, quarter).groupby("alliance").size()
        assert counted.reindex(panel.index).tolist() == panel.tolist()


def test_only_participants_are_drawn_and_every_seat_is_a_line(run):
    """Rows: H6."""
    picture = run.plot.network(YEARS)
    for axes, year in zip(picture.axes, YEARS, strict=False):
        members = seats(run, year)
        points = sum(len(one.get_offsets()) for one in axes.collections if isinstance(one, PathCollection))
        assert len(ties(axes)) == len(members)
        assert points == members["organisation"].nunique() + members["alliance"].nunique()
        assert axes.get_title(loc="left") == (f"{year}: {members['alliance'].nunique()} alliances, "
                                              f"{members['organisation'].nunique()} organisations")


def test_who_stays_keeps_his_place(run):
    """Rows: H6."""
    early, late = run.plot.network(YEARS).axes[:2]
    kept = seats(run, YEARS[0]).merge(seats(run, YEARS[1]), on=["alliance", "organisation"])
    assert len(kept) >= 5
    assert len(ties(early) & ties(late)) == len(kept)


def test_the_seed_decides_places_and_nothing_else(run):
    chosen = [seats(run, year) for year in YEARS]
    first, again, other = (networks.places(run.plot.ties, chosen, seed) for seed in (0, 0, 1))
    assert all((first[node] == again[node]).all() for node in first)
    assert first.keys() == other.keys()
    assert any((first[node] != other[node]).any() for node in first)


def test_nodes_lie_in_the_tile_of_their_sector_and_apart(run):
    chosen = [seats(run, year) for year in YEARS]
    place = networks.places(run.plot.ties, chosen)
    sector = run.alliances["sector"]
    corners = networks._tiles(run.plot.ties, chosen)
    for (kind, row), at in place.items():
        if kind == "alliance":
            assert (at > corners[sector[row]]).all() and (at < corners[sector[row]] + 1).all()
    assert len({tuple(at) for at in place.values()}) == len(place)


def test_alliances_have_the_colour_of_their_stage(run):
    from matplotlib.colors import to_hex

    axes = run.plot.network(YEARS).axes[0]
    quarter = round((YEARS[0] - 2007) * 4) + 20
    living = run.panel[run.panel["quarter"] == quarter]
    expected = sorted(STAGE_COLOURS[stage].lower() for stage in living["stage"])
    single = [one for one in axes.collections if isinstance(one, PathCollection) and len(one.get_offsets()) == 1]
    drawn = sorted(to_hex(one.get_facecolor()[0]) for one in single if to_hex(one.get_facecolor()[0]) in expected)
    assert drawn == expected


def test_years_outside_the_run_and_too_many_nodes_are_refused(run, monkeypatch):
    with pytest.raises(UserError, match=r"the year 2040 lies outside the run, which goes from 2002 to 2016\.75"):
        run.plot.network([2010, 2040])
    with pytest.raises(UserError, match="at least one year"):
        run.plot.network([])
    monkeypatch.setattr(networks, "LARGEST", 10)
    with pytest.raises(UserError, match="too many for a picture"):
        run.plot.network(YEARS)
    assert "network" not in run.plot.all()
