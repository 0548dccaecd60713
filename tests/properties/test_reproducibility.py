"""The same version, scenario and seed give the same bits, whatever the order, the place and the company."""

import os
import random
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from alliancelab.model.initialise import new_world
from alliancelab.model.instruments import INSTRUMENTS
from alliancelab.model.simulation import recording_of, simulate
from tests.support.worlds import (
    EVERYTHING_ON,
    TABLES,
    bits,
    fields_of,
    fingerprint,
    plain_setup,
    run_until,
    small_setup,
    without,
)

BUSY = {"initiation_rate": 0.2}


def busy(seed, **levers):
    """A small world full of alliances, with all instruments on."""
    return small_setup(seed, parameters=BUSY, **levers)


def test_the_same_setup_gives_the_same_bits_twice():
    run = simulate(busy(3))
    assert len(run.alliances) > 20 and len(run.panel) > 200 and run.curves["pilots"].max() > 0
    assert fingerprint(simulate(busy(3))) == fingerprint(run)


def test_another_seed_gives_another_run():
    assert all(fingerprint(simulate(busy(3)))[name] != fingerprint(simulate(busy(4)))[name] for name in TABLES)


def test_a_run_changes_nothing_in_its_setup():
    setup = busy(5)
    levers = setup.levers.copy()
    simulate(setup)
    assert bits(setup.levers) == bits(levers) and setup.parameters == BUSY


def test_threads_in_any_order_give_the_bits_of_a_serial_run():
    seeds = list(range(12))
    serial = {seed: fingerprint(simulate(busy(seed))) for seed in seeds}
    shuffled = random.Random(1).sample(seeds, len(seeds))
    with ThreadPoolExecutor(4) as pool:
        threaded = dict(zip(shuffled, pool.map(lambda seed: fingerprint(simulate(busy(seed))), shuffled), strict=True))
    assert threaded == serial


@pytest.mark.parametrize("pause", [1, 7, 30, 59])
def test_a_run_resumed_from_a_copy_of_its_world_gives_the_bits_of_an_unbroken_one(pause):
    setup = busy(6)
    halted = run_until(new_world(setup, recorded=True), setup, pause)
    resumed = run_until(halted.copy(), setup, len(setup.levers))
    assert fingerprint(recording_of(resumed, setup)) == fingerprint(simulate(setup))


def test_a_run_quarter_by_quarter_gives_the_bits_of_a_run_in_one_go():
    setup = busy(7)
    world = new_world(setup, recorded=True)
    for quarter in range(len(setup.levers)):
        world = run_until(world, setup, quarter + 1)
    assert fingerprint(recording_of(world, setup)) == fingerprint(simulate(setup))


def test_recording_changes_nothing_in_the_run():
    recorded, bare = simulate(busy(8)), simulate(busy(8), record=False)
    kept = ("curves", "ages", "ledger", "organisations", "alliances", "lines", "projects")
    assert fingerprint(bare, kept) == fingerprint(recorded, kept)
    assert len(bare.panel) == len(bare.events) == len(bare.members) == len(bare.project_members) == 0


def explained(run):
    """What a run did, without what was merely set aside for instruments and handed back."""
    told = fingerprint(run)
    flows = run.ledger.copy()
    flows[:, :2] = 0.0  # appropriation, returned
    return told | {"ledger": bits(flows)}


def switched_off(name, levers):
    """Levers with one instrument at strength zero, all its other levers and its budget left as they are."""
    instrument = next(i for i in INSTRUMENTS if i.name == name)
    return levers | {f"{name}_{instrument.strength}": 0.0}


@pytest.mark.parametrize("name", [instrument.name for instrument in INSTRUMENTS])
def test_an_instrument_at_strength_zero_beside_all_others_is_as_if_it_were_not_there(name):
    idle = busy(9, **switched_off(name, EVERYTHING_ON))
    assert np.any([idle.levers[field][0] != 0.0 for field in fields_of(name)])
    assert explained(simulate(idle)) == explained(simulate(without(idle, name)))


@pytest.mark.parametrize("name", [instrument.name for instrument in INSTRUMENTS])
def test_an_instrument_at_strength_zero_alone_is_as_if_there_were_no_policy(name):
    own = {key: value for key, value in EVERYTHING_ON.items() if key in fields_of(name)}
    idle = plain_setup(10, parameters=BUSY, **switched_off(name, own))
    assert explained(simulate(idle)) == explained(simulate(plain_setup(10, parameters=BUSY)))


@pytest.mark.parametrize("name", [instrument.name for instrument in INSTRUMENTS])
def test_every_instrument_at_work_does_something(name):
    assert explained(simulate(busy(9))) != explained(simulate(without(busy(9), name)))


@pytest.mark.parametrize("name", [i.name for i in INSTRUMENTS if i.name != "startup_subsidy"])
def test_the_budget_of_an_idle_instrument_pays_for_no_other_that_begins_within_a_year(name):
    # The year opens in quarter 8; the subsidy begins in quarter 10, before its own money is appropriated in 12.
    begun = np.arange(60) >= 10
    subsidy = {"startup_subsidy_share": np.where(begun, 0.5, 0.0), "startup_subsidy_budget": np.where(begun, 50.0, 0.0)}
    own = {key: value for key, value in EVERYTHING_ON.items() if key in fields_of(name)}
    idle = plain_setup(11, parameters={"initiation_rate": 0.6}, **subsidy, **switched_off(name, own))
    assert explained(simulate(idle)) == explained(simulate(without(idle, name)))


def test_seed_zero_is_a_seed_like_any_other():
    run = simulate(busy(0))
    assert len(run.alliances) > 20
    assert fingerprint(run) == fingerprint(simulate(busy(0)))
    assert fingerprint(run)["curves"] != fingerprint(simulate(busy(1)))["curves"]


def test_the_largest_seed_works():
    assert len(simulate(busy(2**64 - 1)).alliances) > 10


@pytest.mark.parametrize("kind", ["firms", "universities", "institutes", "agencies"])
def test_one_more_organisation_in_another_sector_changes_nobody_elses_luck_where_sectors_are_closed(kind):
    # Sectors are filled in turn: of an odd number the first sector has one more, so one on top goes to the second.
    closed = {"rows_filled": 1.0, "meet_elsewhere": 0.0, "meet_renowned": 0.0, "spill_over": 0.0}
    odd = {"firms": 119, "universities": 3, "institutes": 5, "agencies": 3}
    few, more = (
        simulate(plain_setup(12, sizes=odd | {kind: odd[kind] + extra}, parameters=BUSY | closed))
        for extra in (0, 1)
    )
    assert len(more.organisations) == len(few.organisations) + 1
    places = ("partner_rows", "first_seat", "host", "first_project", "last_project")  # rows, which a newcomer shifts
    for table in ("organisations", "alliances"):
        before, after = (getattr(run, table)[getattr(run, table)["sector"] == 0] for run in (few, more))
        assert len(before) > 10
        for column in before.dtype.names:
            if column not in places:
                assert bits(before[column]) == bits(after[column]), f"{table}.{column}"


def test_one_more_organisation_changes_its_own_sector():
    few, more = (simulate(plain_setup(12, sizes={"firms": n}, parameters=BUSY)) for n in (119, 129))
    second = [bits(run.alliances["key"][run.alliances["sector"] == 1]) for run in (few, more)]
    assert second[0] != second[1]


def test_the_order_in_which_python_hashes_names_does_not_reach_the_results():
    code = (
        "from alliancelab.model.simulation import simulate\n"
        "from tests.support.worlds import fingerprint, small_setup\n"
        "print(sorted(fingerprint(simulate(small_setup(2))).items()))"
    )
    told = {hash_seed: _told_by_a_fresh_process(code, hash_seed) for hash_seed in ("0", "1", "4711")}
    here = str(sorted(fingerprint(simulate(small_setup(2))).items()))
    assert set(told.values()) == {here}


def _told_by_a_fresh_process(code, hash_seed):
    environment = os.environ | {"PYTHONHASHSEED": hash_seed}
    checkout = Path(__file__).resolve().parents[2]
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment, cwd=checkout
    )
    return done.stdout.strip()
