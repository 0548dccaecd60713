"""Whatever valid world, seed and policy: money, membership, bounds, stages and identities hold after every quarter."""

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from alliancelab.agents.codes import Kind, Stage
from alliancelab.model.accounts import FLOWS, Count, Purse
from alliancelab.model.initialise import new_world
from alliancelab.model.life_cycle import ALLOWED
from alliancelab.model.parameters import PARAMETERS
from alliancelab.model.policy import INSTRUMENTS
from alliancelab.model.simulation import make_space
from alliancelab.model.step import advance
from alliancelab.model.tables import (
    ALLIANCES,
    ALLIANCES_OF_ONE,
    CURVES,
    FIELDS,
    ORGANISATIONS,
    PANEL,
    SEATS,
    SEATS_OF_ONE,
    SECTORS,
)
from tests.worlds import plain_setup, small_setup

ROUNDING = 1e-9  # of the sum of all amounts that passed a purse: float64 carries 1e-16 a booking

SIZES_OF_NATURE = {
    "organisations": ("size", "alliance_count", "joined_count", "productivity"),
    "alliances": (
        "size", "founding_size", "firms", "research", "adopters", "core_patents", "generic_patents", "standards",
        "products", "effort", "quality", "revenue", "benefit", "cost", "public_total", "private_total", "misused",
        "found", "grant", "grants", "disputes", "regrowths", "rescues", "exits", "turnover", "low_quarters",
    ),
    "sectors": ("market", "best_practice", "world_frontier", "best_quality", "mean_productivity", "firm_count"),
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
        world = make_space(world)
        assert advance(world, quarter + 1) == quarter + 1
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


def assert_membership(world):
    organisations, alive = world.organisations, living(world)
    listed = np.arange(ALLIANCES_OF_ONE) < organisations["alliance_count"][:, None]
    of_organisations = np.stack([np.nonzero(listed)[0], organisations["alliances"][listed]], 1)
    seats = world.seats[alive["block"]]
    taken = np.arange(SEATS_OF_ONE) < alive["size"][:, None]
    which = np.nonzero(taken)[0]
    rows = world.live[: len(alive)][which]
    members = seats[taken]
    of_alliances = np.stack([members["row"], rows], 1)
    assert sorted(map(tuple, of_organisations.tolist())) == sorted(map(tuple, of_alliances.tolist()))
    assert len(np.unique(of_alliances, axis=0)) == len(of_alliances), "an organisation sits twice in an alliance"
    people = organisations[members["row"]]
    assert people["active"].all(), "a dead organisation is a member"
    assert (people["key"] == members["key"]).all()
    assert (people["sector"] == alive["sector"][which]).all()
    kinds = people["kind"]
    firms = np.bincount(which, kinds == Kind.FIRM, len(alive))
    research = np.bincount(which, (kinds == Kind.UNIVERSITY) | (kinds == Kind.INSTITUTE), len(alive))
    assert (firms == alive["firms"]).all() and (research == alive["research"]).all()
    ended = world.alliances[: world.counts[Count.ALLIANCES]]
    assert ((ended["ended"] >= 0) == ~np.isin(np.arange(len(ended)), world.live[: len(alive)])).all()
    assert (ended["size"][ended["ended"] >= 0] == 0).all()
    blocks = np.concatenate([alive["block"], world.blocks[: world.counts[Count.BLOCKS]]])
    assert len(np.unique(blocks)) == len(blocks) == len(world.seats), "a block of seats is lost or given out twice"
    open_spells = world.members[: world.counts[Count.MEMBERS]]
    open_spells = open_spells[open_spells["left"] < 0]
    told = sorted(zip(open_spells["alliance"].tolist(), open_spells["organisation"].tolist(), strict=True))
    assert told == sorted(zip(rows.tolist(), members["key"].tolist(), strict=True))


def assert_bounds(world, quarter):
    alive = living(world)
    taken = np.arange(SEATS_OF_ONE) < alive["size"][:, None]
    arrived = np.arange(world.fields.shape[1]) < world.sectors["field_count"][:, None]
    tables = {
        "organisations": (world.organisations, ORGANISATIONS),
        "sectors": (world.sectors, SECTORS),
        "fields": (world.fields[arrived], FIELDS),
        "alliances": (world.alliances[: world.counts[Count.ALLIANCES]], ALLIANCES),
        "seats": (world.seats[alive["block"]][taken], SEATS),
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


def assert_fields(world):
    """The alliances counted in a field are those that work on it."""
    working = np.zeros(world.fields.shape, int)
    alive = living(world)
    np.add.at(working, (alive["sector"], alive["field"]), 1)
    assert (working == world.fields["alliances"]).all()


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


def check_every_quarter(setup):
    """Run a set-up and hold it to its accounts after each quarter; returns how many alliances were ever founded."""
    world = new_world(setup, recorded=True)
    identities = Identities(world)
    money, stages = purses(world), np.zeros(0, np.int32)
    for quarter, world in quarter_by_quarter(setup):
        assert_money(money, world, quarter)
        assert_outlay(setup, world, quarter)
        assert_membership(world)
        assert_bounds(world, quarter)
        assert_fields(world)
        assert_stages(stages, world)
        identities.follow(world)
        money, stages = purses(world), world.alliances["stage"][: world.counts[Count.ALLIANCES]].copy()
    return int(world.counts[Count.ALLIANCES])


def test_purses_are_numbered_as_instruments_are():
    assert [purse.name.lower() for purse in Purse] == [instrument.name for instrument in INSTRUMENTS]


@pytest.mark.parametrize("seed", range(4))
def test_accounts_hold_in_every_quarter_with_all_six_instruments_at_work(seed):
    setup = small_setup(seed, parameters={"initiation_rate": 0.2})
    assert check_every_quarter(setup) > 20


@pytest.mark.parametrize("bound", ["low", "high"])
@pytest.mark.parametrize("parameter", PARAMETERS, ids=lambda item: item.name)
def test_accounts_hold_with_any_one_parameter_at_either_bound(parameter, bound):
    parameters = {"initiation_rate": 0.3} | {parameter.name: getattr(parameter, bound)}
    check_every_quarter(small_setup(1, sizes={"firms": 80, "quarters": 40}, parameters=parameters))


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(st.data(), sizes_of_a_small_world(), some_parameters(), st.integers(0, 2**64 - 1))
def test_accounts_hold_in_every_quarter_of_any_valid_world(data, sizes, parameters, seed):
    policy = data.draw(policies(sizes["quarters"]))
    quarter = np.arange(sizes["quarters"])
    levers = {name: np.where(quarter < turn, first, then) for name, (first, turn, then) in policy.items()}
    check_every_quarter(plain_setup(seed, sizes=sizes, parameters=parameters, **levers))
