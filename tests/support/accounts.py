"""What has to hold in any world after every quarter: money, membership, bounds, identities."""

import numpy as np
import pytest
from hypothesis import assume
from hypothesis import strategies as st

from alliancelab.agents.codes import Kind, ProjectState
from alliancelab.model.accounts import FLOWS, Count
from alliancelab.model.tables import (
    ALLIANCES,
    CURVES,
    FIELDS,
    LINES,
    ORGANISATIONS,
    PANEL,
    PARTICIPATIONS,
    PROJECTS,
    SEATS,
    SECTORS,
)

ROUNDING = 1e-9  # of the sum of all amounts that passed a purse: float64 carries 1e-16 a booking
SIZES_OF_NATURE = {
    "organisations": ("size", "alliance_count", "joined_count", "productivity"),
    "alliances": (
        "size", "founding_size", "firms", "research", "adopters", "core_patents", "generic_patents", "standards",
        "products", "effort", "quality", "revenue", "benefit", "cost", "public_total", "private_total", "misused",
        "found", "award", "awards", "disputes", "regrowths", "rescues", "exits", "turnover", "low_quarters",
        "funds", "public_funds", "running", "active", "loan", "hosted",
    ),
    "sectors": ("market", "best_practice", "world_frontier", "mean_productivity", "firm_count"),
    "projects": ("size", "progress", "effort", "private_total", "public_total", "purse_total", "compliance", "misused",
                 "starved", "cost"),
    "lines": ("running", "adopters", "public", "private", "core_patents", "generic_patents", "products"),
    "fields": ("vintage", "alliances", "rivalry", "imitation", "weights"),
}
"""Columns that count or measure something of which there cannot be less than nothing."""


def unit_columns(columns):
    return [c.name for c in columns if c.unit == "[0, 1]"]


def ordinary(declared):
    """A declared number: its bounds, zero where allowed, or anything between them."""
    if declared.integer:
        return st.integers(int(declared.low), int(declared.high)).map(float)
    return st.floats(declared.low, declared.high, allow_subnormal=False)


@st.composite
def sizes_of_a_small_world(draw):
    sizes = {
        "firms": draw(st.integers(2, 150)), "universities": draw(st.integers(0, 6)),
        "institutes": draw(st.integers(0, 8)), "agencies": draw(st.integers(0, 6)),
        "sectors": draw(st.integers(1, 3)), "regions": draw(st.integers(1, 4)),
        "quarters": draw(st.integers(30, 60)), "warm_up": draw(st.integers(0, 20)),
    }
    assume(sizes["firms"] >= sizes["sectors"])
    return sizes


def living(world):
    return world.alliances[world.live[: world.counts[Count.LIVE]]]


def purses(world):
    """Money held by each group of purses; every alliance ever founded counts, so that none ends with money in hand."""
    return {
        "organisations": world.organisations["funds"].sum(),
        "alliances": world.alliances["funds"][: world.counts[Count.ALLIANCES]].sum(),
        "government": world.government["funds"][0],
    }


def assert_money(before, world, quarter):
    after = purses(world)
    ledger = world.ledger[quarter]
    scale = 1.0 + np.abs(ledger).sum() + np.abs(world.organisations["funds"]).sum()
    for group in after:
        entered = sum(ledger[i] for i, flow in enumerate(FLOWS) if flow.target == group)
        left = sum(ledger[i] for i, flow in enumerate(FLOWS) if flow.source == group)
        assert after[group] - before[group] == pytest.approx(entered - left, abs=ROUNDING * scale), group
    assert after["government"] >= -ROUNDING * scale


def chain(pool, first, onwards):
    """Places of a linked list in its order."""
    places = []
    while first >= 0:
        places.append(int(first))
        first = pool[onwards][first]
        assert len(places) <= len(pool), "a list runs in a circle"
    return places


def assert_membership(world):
    """Members are listed on both sides, once; who is dead sits nowhere; what was left is free."""
    organisations, ever = world.organisations, world.alliances[: world.counts[Count.ALLIANCES]]
    live = world.live[: world.counts[Count.LIVE]]
    assert (np.isin(np.arange(len(ever)), live) == (ever["ended"] < 0)).all()
    assert (ever["size"][ever["ended"] >= 0] == 0).all() and (ever["first_seat"][ever["ended"] >= 0] < 0).all()
    of_alliances = {}
    for a in live:
        places = chain(world.seats, ever["first_seat"][a], "next")
        seats = world.seats[places]
        people = organisations[seats["row"]]
        assert len(places) == ever["size"][a] == len(set(seats["row"].tolist())), "somebody sits twice"
        assert people["active"].all() and (people["key"] == seats["key"]).all() and (seats["alliance"] == a).all()
        assert (people["kind"] == Kind.FIRM).sum() == ever["firms"][a]
        assert np.isin(people["kind"], (Kind.UNIVERSITY, Kind.INSTITUTE)).sum() == ever["research"][a]
        of_alliances |= {place: (int(a), int(row)) for place, row in zip(places, seats["row"], strict=True)}
    of_organisations = {}
    for row in np.flatnonzero(organisations["first_seat"] >= 0):
        places = chain(world.seats, organisations["first_seat"][row], "own_next")
        assert len(places) == organisations["alliance_count"][row]
        of_organisations |= {place: (int(world.seats["alliance"][place]), int(row)) for place in places}
    assert of_alliances == of_organisations
    free = chain(world.seats, world.counts[Count.FREE_SEAT], "next")
    assert set(free).isdisjoint(of_alliances) and len(free) + len(of_alliances) == world.counts[Count.SEATS]
    spells = world.members[: world.counts[Count.MEMBERS]]
    spells = spells[spells["left"] < 0]
    told = sorted(zip(spells["alliance"].tolist(), spells["organisation"].tolist(), strict=True))
    assert told == sorted((a, int(organisations["key"][row])) for a, row in of_alliances.values())


def assert_projects(world, quarter):
    """Partners of projects are members with hands full; each yuan of a project is told by its partners and sources."""
    ever, projects = world.alliances, world.projects[: world.counts[Count.PROJECTS]]
    running = world.running[: world.counts[Count.RUNNING]]
    assert (np.isin(np.arange(len(projects)), running) == (projects["state"] == ProjectState.RUNNING)).all()
    assert ((projects["ended"] >= 0) == (projects["state"] != ProjectState.RUNNING)).all()
    busy, taken = np.zeros(len(world.organisations), int), 0
    given = np.bincount(world.project_members["project"][: world.counts[Count.PROJECT_MEMBERS]],
                        world.project_members["given"][: world.counts[Count.PROJECT_MEMBERS]], len(projects))
    for a in world.live[: world.counts[Count.LIVE]]:
        mine = chain(projects, ever["first_project"][a], "next")
        assert len(mine) == ever["running"][a]
        for q in mine:
            places = chain(world.participations, projects["first_part"][q], "next")
            parts = world.participations[places]
            assert projects["alliance"][q] == a
            assert len(places) == projects["size"][q] == len(set(parts["row"].tolist()))
            assert (world.seats["alliance"][parts["seat"]] == a).all()
            assert (world.seats["row"][parts["seat"]] == parts["row"]).all()
            busy[parts["row"]] += 1
            taken += len(places)
            given[q] += parts["given"].sum()
        if ever["signed"][a] < 0:  # founders keep room for the first project
            busy[world.seats["row"][chain(world.seats, ever["first_seat"][a], "next")]] += 1
    assert (busy == world.organisations["project_count"]).all()
    free = chain(world.participations, world.counts[Count.FREE_PARTICIPATION], "next")
    assert len(free) + taken == world.counts[Count.PARTICIPATIONS]
    assert given == pytest.approx(projects["private_total"], rel=1e-9, abs=1e-9)
    by_field = np.zeros(world.fields.shape, int)
    for a in world.live[: world.counts[Count.LIVE]]:
        lines = world.lines[a, : ever["lines"][a]]
        np.add.at(by_field, (ever["sector"][a], lines["field"]), 1)
        for x, line in enumerate(lines):
            at_work = [q for q in chain(projects, ever["first_project"][a], "next")
                       if projects["line"][q] == x and projects["field"][q] == line["field"]]
            assert np.bincount(projects["kind"][at_work], minlength=3).tolist() == line["running"].tolist()
    assert (by_field == world.fields["alliances"]).all(), "alliances counted in a field are not those with a line in it"
    assert world.curves["projects"][quarter] == len(running)


def assert_bounds(world, quarter):
    alive = living(world)
    seats = np.concatenate([chain(world.seats, first, "next") for first in alive["first_seat"]] or [[]]).astype(int)
    projects = world.projects[world.running[: world.counts[Count.RUNNING]]]
    parts = np.concatenate([chain(world.participations, one, "next") for one in projects["first_part"]] or [[]])
    arrived = np.arange(world.fields.shape[1]) < world.sectors["field_count"][:, None]
    tables = {
        "organisations": (world.organisations, ORGANISATIONS),
        "sectors": (world.sectors, SECTORS),
        "fields": (world.fields[arrived], FIELDS),
        "alliances": (world.alliances[: world.counts[Count.ALLIANCES]], ALLIANCES),
        "lines": (world.lines[: world.counts[Count.ALLIANCES]].ravel(), LINES),
        "projects": (world.projects[: world.counts[Count.PROJECTS]], PROJECTS),
        "seats": (world.seats[seats], SEATS),
        "participations": (world.participations[parts.astype(int)], PARTICIPATIONS),
        "curves": (world.curves[quarter : quarter + 1], CURVES),
        "panel": (world.panel[: world.counts[Count.PANEL]][-max(len(alive), 1) :], PANEL),
    }
    for name, (table, columns) in tables.items():
        for column in columns:
            values = table[column.name]
            if values.dtype.kind == "f":
                assert np.isfinite(values).all(), f"{name}.{column.name} is not a number"
        for column in unit_columns(columns):
            values = table[column]
            assert ((values >= 0.0) & (values <= 1.0)).all(), f"{name}.{column} leaves [0, 1]"
        for column in SIZES_OF_NATURE.get(name, ()):
            assert (table[column] >= 0.0).all(), f"{name}.{column} is negative"
    assert np.isfinite(world.ledger[quarter]).all() and np.isfinite(world.government["funds"]).all()
    assert (alive["funds"] >= -1e-9).all(), "an alliance overdraws its purse"
    assert (world.fields["share"].sum(axis=1) == pytest.approx(1.0)), "fields do not share the whole market"
