"""Whatever regional world, seed and policy: money, membership, bounds and counts hold after every quarter."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from alliancelab.agents.codes import Kind
from alliancelab.model.accounts import FLOWS, Count
from alliancelab.model.initialise import new_world
from alliancelab.model.instruments import INSTRUMENTS
from alliancelab.model.regional import REGIONAL
from alliancelab.model.regional.codes import Carrier, Rank, State
from alliancelab.model.regional.initialise import new_region
from alliancelab.model.regional.parameters import REGION
from alliancelab.model.regional.setup import CarrierGroup, RegionSetup, region_levers
from alliancelab.model.regional.tables import CARRIERS, CLIENTS, INDICATORS, INDUSTRIES, PROJECTS, STATE, TOWNSHIPS
from alliancelab.model.simulation import run_quarter
from alliancelab.model.step import steps_of
from tests.support.accounts import (
    ROUNDING,
    assert_bounds,
    assert_membership,
    assert_money,
    assert_projects,
    ordinary,
    purses,
    sizes_of_a_small_world,
    unit_columns,
)
from tests.support.worlds import EVERYTHING_ON, plain_setup, small_setup

TABLES = {"carriers": CARRIERS, "clients": CLIENTS, "projects": PROJECTS, "townships": TOWNSHIPS,
          "industries": INDUSTRIES, "state": STATE}
CARRIERS_THERE = (CarrierGroup(Carrier.INCUBATOR, Rank.NATIONAL, 2), CarrierGroup(Carrier.ENGINEERING_CENTRE, 1, 5),
                  CarrierGroup(Carrier.PRODUCTIVITY_CENTRE, Rank.PROVINCIAL, 3),
                  CarrierGroup(Carrier.FINANCE_INSTITUTION, Rank.LOCAL, 3))
CAPS = {"budget": 60.0, "award": 5.0, "amount": 3.0, "support": 3.0}
"""Amounts are kept to the scale of a small world."""


def levers_at(value):
    """Every regional lever at a share of its range, amounts within `CAPS`, from quarter 4 on."""
    levers = region_levers(60)
    for instrument in REGIONAL:
        for lever in instrument.levers:
            most = min(lever.high, CAPS.get(lever.name, 30.0))
            levers[f"{instrument.name}_{lever.name}"][4:] = lever.low + value * (most - lever.low)
    return levers


def assert_regional_outlay(setup, world, region, quarter):
    """What a regional instrument paid this year is what the government wrote down, and within the year's budget."""
    year = slice(quarter - quarter % 4, quarter + 1)
    for number, instrument in enumerate(REGIONAL, start=len(INSTRUMENTS)):
        columns = [i for i, flow in enumerate(FLOWS) if flow.instrument == instrument.name]
        outlay = world.ledger[year, columns].sum()
        budget = region.levers[f"{instrument.name}_budget"][year].max() * world.government["weight"][0, number]
        assert outlay <= budget * (1.0 + ROUNDING) + 1e-9, instrument.name
        assert world.government["spent"][0, number] == pytest.approx(outlay, rel=1e-9, abs=1e-9), instrument.name


def assert_region(world, region, quarter):
    for name, columns in TABLES.items():
        table = getattr(region, name)
        for column in columns:
            values = table[column.name]
            if values.dtype.kind == "f":
                assert np.isfinite(values).all(), f"{name}.{column.name} is not a number"
                # The mean technology of a sector falls when its best firm closes; good luck may leave nothing unserved.
                assert column.name in ("gained", "left") or (values >= -1e-9).all(), f"{name}.{column.name} is negative"
        for column in unit_columns(columns):
            assert (table[column] <= 1.0 + 1e-12).all(), f"{name}.{column} is more than one"
    record = region.indicators[quarter]
    for column in INDICATORS:
        assert np.isfinite(record[column.name]).all() and (np.asarray(record[column.name]) >= -1e-9).all(), column.name
    clients = region.clients
    # A row whose firm failed after the regional process still holds its client until the next quarter notices.
    held = clients[clients["key"] == np.where(world.organisations["active"], world.organisations["key"], 0)]
    running = region.projects[region.projects["state"] == State.RUNNING]
    assert len(running) == clients["projects"].sum()
    inside = clients["place"][clients["place"] >= 0]
    places = region.carriers["area"] / region.numbers[0]["space"]
    assert (np.bincount(inside, minlength=len(places)) <= places).all(), "an incubator is overfull"
    assert record["incubated"] >= 0 and (held["grade"] <= 3).all()
    assert record["people"].sum() == clients["talent"].sum()
    carriers = region.carriers[region.carriers["active"]]
    assert (carriers["users"] <= carriers["capacity"] + 0.5).all()


def check_every_quarter(setup):
    """Run a regional set-up and hold it to its accounts after each quarter; returns world and region."""
    world = new_world(setup, recorded=True)
    region = new_region(setup.region, world)
    steps = steps_of(setup, region=region)
    money = purses(world)
    people = np.zeros(3, int)
    for quarter in range(len(setup.levers)):
        run_quarter(world, steps, quarter)
        assert_money(money, world, quarter)
        assert_regional_outlay(setup, world, region, quarter)
        assert_membership(world)
        assert_bounds(world, quarter)
        assert_projects(world, quarter)
        assert_region(world, region, quarter)
        record = region.indicators[quarter]
        assert (record["people"] == people + record["arrived"] - record["left"]).all(), "people come from nowhere"
        money, people = purses(world), record["people"].copy()
    return world, region


def with_region(setup, levers, numbers=None, watched=None):
    region = RegionSetup(numbers or {}, CARRIERS_THERE, levers, np.ones(len(REGIONAL)) if watched is None else watched)
    return replace(setup, region=region)


@pytest.mark.parametrize("share", [0.1, 0.5, 1.0])
def test_accounts_hold_with_every_instrument_of_both_chains_at_work(share):
    setup = with_region(small_setup(2, parameters={"initiation_rate": 0.5}), levers_at(share),
                        {"above_scale": 10, "revenue": 2000.0, "alliances_named": 2})
    world, region = check_every_quarter(setup)
    assert world.counts[Count.ALLIANCES] > 20
    for name in ("requests", "invested", "agreements", "patents_filed", "new_certified"):
        assert region.indicators[name].sum() > 0, name
    assert (world.organisations["kind"] == Kind.FIRM).sum() > 0


@pytest.mark.parametrize("bound", ["low", "high"])
@pytest.mark.parametrize("group", range(8))
def test_accounts_hold_with_regional_numbers_at_either_bound(bound, group):
    """Numbers one by one would take minutes: every eighth moves at once, others stay."""
    sized = ("project_rows", "carrier_rows", "open_sectors", "agriculture", "social", "firms_least", "above_scale",
             "revenue", "national_output", "certified_output", "scale")
    moved = [item for item in REGION if item.name not in sized][group::8]
    numbers = {item.name: float(getattr(item, bound)) for item in moved}
    check_every_quarter(with_region(plain_setup(1, sizes={"firms": 60, "quarters": 24, "warm_up": 8}, **EVERYTHING_ON),
                                    levers_at(0.4)[:24], numbers))


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(st.data(), sizes_of_a_small_world(), st.integers(0, 2**63 - 1))
def test_accounts_hold_in_any_valid_regional_world(data, sizes, seed):
    quarters = sizes["quarters"]
    levers = region_levers(quarters)
    for instrument in REGIONAL:
        turn = data.draw(st.integers(0, quarters))
        for lever in instrument.levers:
            most = min(lever.high, CAPS.get(lever.name, 30.0))
            levers[f"{instrument.name}_{lever.name}"][turn:] = data.draw(st.floats(lever.low, most,
                                                                                  allow_subnormal=False))
    free = [item for item in REGION if item.name not in (
        "project_rows", "carrier_rows", "open_sectors", "agriculture", "social")]
    moved = data.draw(st.lists(st.sampled_from(free), max_size=6, unique_by=lambda item: item.name))
    numbers = {item.name: data.draw(ordinary(item)) for item in moved}
    check_every_quarter(with_region(plain_setup(seed, sizes=sizes, parameters={"initiation_rate": 0.3}), levers,
                                    numbers))
