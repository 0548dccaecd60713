"""Whatever valid world, seed and policy: money, membership, bounds, stages and identities hold after every quarter."""

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from alliancelab.agents.codes import Kind, ProjectState, Stage
from alliancelab.model.accounts import FLOWS, Count, Purse
from alliancelab.model.initialise import new_world
from alliancelab.model.instruments import INSTRUMENTS
from alliancelab.model.life_cycle import ALLOWED
from alliancelab.model.parameters import PARAMETERS
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
from tests.worlds import plain_setup, run_until, small_setup

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
    "projects": ("size", "progress", "effort", "private_total", "public_total", "misused", "starved", "cost"),
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


LEVER_CAPS = {"budget": 40.0, "number": 8.0, "support": 10.0, "amount": 10.0}
"""Budgets and amounts are kept to the scale of a small world: beyond it nothing more happens."""


@st.composite
def policies(draw, quarters):
    """Every instrument; each lever has one value before a quarter of its instrument's choice, another from it on."""
    policy = {}
    for instrument in INSTRUMENTS:
        turn = draw(st.integers(0, quarters))
        for lever in instrument.levers:
            most = min(lever.high, LEVER_CAPS.get(lever.name, lever.high))
            value = st.floats(lever.low, most, allow_subnormal=False)
            policy[f"{instrument.name}_{lever.name}"] = (draw(value), turn, draw(value))
        if instrument.stages:
            policy[f"{instrument.name}_stages"] = (float(draw(st.integers(0, 31))), 0, float(draw(st.integers(0, 31))))
    return policy


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


@st.composite
def some_parameters(draw):
    """A handful of parameters anywhere within their bounds; founding is common, so that worlds fill with alliances."""
    moved = draw(st.lists(st.sampled_from(PARAMETERS), max_size=8, unique_by=lambda item: item.name))
    return {"initiation_rate": 0.3} | {item.name: draw(ordinary(item)) for item in moved}


def quarter_by_quarter(setup):
    """Yield the world after every quarter, driven as `simulate` drives it."""
    world = new_world(setup, recorded=True)
    for quarter in range(len(setup.levers)):
        world = run_until(world, setup, quarter + 1)
        yield quarter, world


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


def assert_outlay(setup, world, quarter):
    """What an instrument paid this year is what the government wrote down, and within the year's budget."""
    opened = quarter - quarter % 4
    year = slice(opened, quarter + 1)
    for number, instrument in enumerate(INSTRUMENTS):
        columns = [i for i, flow in enumerate(FLOWS) if flow.instrument == instrument.name]
        outlay = world.ledger[year, columns].sum()
        # Correction moves budgets among instruments, once a year; their sum is checked as appropriation.
        budget = setup.levers[f"{instrument.name}_budget"][year].max() * world.government["weight"][0, number]
        assert outlay <= budget * (1.0 + ROUNDING), instrument.name
        assert world.government["spent"][0, number] == pytest.approx(outlay, rel=ROUNDING, abs=1e-12), instrument.name


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


class Identities:
    """Keys met so far in a run: a key belongs to one organisation or alliance for good."""

    def __init__(self, world):
        self.held = np.where(world.organisations["active"], world.organisations["key"], 0)
        self.used = set(self.held[self.held > 0].tolist())

    def follow(self, world):
        active = world.organisations["active"]
        keys = world.organisations["key"]
        assert len(np.unique(keys[active])) == active.sum(), "two living organisations share a key"
        newcomers = keys[active & (keys != self.held)].tolist()
        assert self.used.isdisjoint(newcomers), "a key is used a second time"
        reborn = active & (self.held == 0) & np.isin(keys, list(self.used))
        assert not reborn.any(), "a failed firm came back under its old key"
        self.used.update(newcomers)
        self.held = np.where(active, keys, 0)
        alliances = world.alliances["key"][: world.counts[Count.ALLIANCES]]
        assert len(np.unique(alliances)) == len(alliances)


def assert_stages(before, world):
    for row in range(world.counts[Count.ALLIANCES]):
        now = Stage(world.alliances["stage"][row])
        was = Stage(before[row]) if row < len(before) else Stage.FORMATION
        assert now == was or (was, now) in ALLOWED, f"{was.name} to {now.name}"


def check_every_quarter(setup, tables_every=1):
    """Run a set-up and hold it to its accounts after each quarter; returns how many alliances were ever founded.

    Money, outlay and stages are looked at in every quarter, tables, which carry a fault along, as often as asked.
    """
    world = new_world(setup, recorded=True)
    identities = Identities(world)
    money, stages = purses(world), np.zeros(0, np.int32)
    for quarter, world in quarter_by_quarter(setup):
        assert_money(money, world, quarter)
        assert_outlay(setup, world, quarter)
        assert_stages(stages, world)
        identities.follow(world)
        if quarter % tables_every == 0:
            assert_membership(world)
            assert_bounds(world, quarter)
            assert_projects(world, quarter)
        money, stages = purses(world), world.alliances["stage"][: world.counts[Count.ALLIANCES]].copy()
    return int(world.counts[Count.ALLIANCES])


def test_purses_are_numbered_as_instruments_are():
    assert [purse.name.lower() for purse in Purse] == [instrument.name for instrument in INSTRUMENTS]


@pytest.mark.parametrize("seed", range(4))
def test_accounts_hold_in_every_quarter_with_all_instruments_at_work(seed):
    setup = small_setup(seed, parameters={"initiation_rate": 0.2})
    assert check_every_quarter(setup) > 20


@pytest.mark.parametrize("bound", ["low", "high"])
@pytest.mark.parametrize("parameter", PARAMETERS, ids=lambda item: item.name)
def test_accounts_hold_with_any_one_parameter_at_either_bound(parameter, bound):
    parameters = {"initiation_rate": 0.3} | {parameter.name: getattr(parameter, bound)}
    sizes = {"firms": 80, "quarters": 40, "warm_up": 8}
    check_every_quarter(small_setup(1, sizes=sizes, parameters=parameters), tables_every=6)


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(st.data(), sizes_of_a_small_world(), some_parameters(), st.integers(0, 2**64 - 1))
def test_accounts_hold_in_every_quarter_of_any_valid_world(data, sizes, parameters, seed):
    policy = data.draw(policies(sizes["quarters"]))
    quarter = np.arange(sizes["quarters"])
    levers = {name: np.where(quarter < turn, first, then) for name, (first, turn, then) in policy.items()}
    check_every_quarter(plain_setup(seed, sizes=sizes, parameters=parameters, **levers))
