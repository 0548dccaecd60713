"""Whatever valid world, seed and policy: money, membership, bounds, stages and identities hold after every quarter."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from alliancelab.agents.codes import ProjectState, Stage
from alliancelab.model.accounts import FLOWS, Count, Flow, Purse
from alliancelab.model.initialise import new_world
from alliancelab.model.instruments import INSTRUMENTS
from alliancelab.model.life_cycle import ALLOWED
from alliancelab.model.parameters import PARAMETERS
from alliancelab.model.simulation import simulate
from alliancelab.scenarios.scenario import load
from tests.support.accounts import (
    ROUNDING,
    assert_bounds,
    assert_membership,
    assert_money,
    assert_projects,
    ordinary,
    purses,
    sizes_of_a_small_world,
)
from tests.support.worlds import plain_setup, run_until, small_setup

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


@pytest.mark.parametrize("scenario", ["no_policy", "full_chain"])
def test_what_projects_received_is_what_was_worked_diverted_and_complied_with(scenario):
    run = simulate(load(scenario, {"world.firms": 300, "world.sectors": 2, "world.quarters": 80}).setup(5))
    projects = run.projects
    received = projects["private_total"] + projects["public_total"] + projects["purse_total"]
    worked = received - projects["misused"] - projects["compliance"]
    assert (worked > -1e-9).all() and (projects["state"] == ProjectState.RUNNING).any()
    assert worked.sum() == pytest.approx(run.ledger[:, Flow.JOINT_RESEARCH].sum(), rel=1e-9)
    assert projects["compliance"].sum() == pytest.approx(run.ledger[:, Flow.COMPLIANCE].sum(), rel=1e-9)


def test_the_record_of_partners_tells_what_each_gave_whether_or_not_it_still_takes_part():
    run = simulate(load("full_chain", {"world.firms": 300, "world.sectors": 2, "world.quarters": 80}).setup(5))
    partners = run.project_members
    assert (partners["given"][partners["left"] < 0] > 0.0).any()
    given = np.bincount(partners["project"], partners["given"], len(run.projects))
    assert given == pytest.approx(run.projects["private_total"], rel=1e-9, abs=1e-9)
