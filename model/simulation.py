"""A run from its set-up to its recording: the headless path."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from alliancelab.model.accounts import Count
from alliancelab.model.initialise import new_world
from alliancelab.model.regional.initialise import new_region
from alliancelab.model.regional.tables import Region
from alliancelab.model.setup import Setup
from alliancelab.model.step import EVENTS_OF_ONE, PROCESSES, advance, with_instruments
from alliancelab.model.tables import World

__all__ = ["Recording", "make_space", "recording_of", "run_quarter", "simulate"]


class Recording(NamedTuple):
    """What a run leaves: structured arrays with the columns declared in `tables`.

    Attributes
    ----------
    setup : Setup
    curves : ndarray, shape (quarters,)
    ages : ndarray, shape (AGE_LIMIT,)
    alliances : ndarray, one row per alliance ever founded
    panel : ndarray, one row per alliance and quarter; empty if not recorded
    events, members : ndarray; empty if not recorded
    ledger : ndarray of float64, shape (quarters, flows)
    organisations : ndarray, state at the end
    region : Region, optional
        Tables of the regional system, its indicators among them; None where there is none.
    """

    setup: Setup
    curves: np.ndarray
    ages: np.ndarray
    alliances: np.ndarray
    panel: np.ndarray
    events: np.ndarray
    members: np.ndarray
    ledger: np.ndarray
    organisations: np.ndarray
    region: Region | None = None


def _grown(table: np.ndarray, used: int, more: int) -> np.ndarray:
    """A table with room for `more` rows after the used ones; only these are copied: the rest costs no memory."""
    if len(table) >= used + more:
        return table
    new = np.zeros((max(used + more, len(table) * 3 // 2), *table.shape[1:]), table.dtype)
    new[:used] = table[:used]
    return new


def _more_seats(world: World, started: int) -> World:
    """A world with a free block of seats for each alliance that may start; living alliances keep theirs."""
    live, free, before = int(world.counts[Count.LIVE]), int(world.counts[Count.BLOCKS]), len(world.seats)
    if free >= started:
        return world
    seats = np.zeros((max(live + started, before * 3 // 2), *world.seats.shape[1:]), world.seats.dtype)
    taken = world.alliances["block"][world.live[:live]]
    seats[taken] = world.seats[taken]
    # New blocks go under the free ones, highest first: low ones are used first, the others cost no memory.
    fresh = np.arange(len(seats) - 1, before - 1, -1, dtype=np.int32)
    blocks = np.concatenate([fresh, world.blocks[:free], np.zeros(len(seats) - free - len(fresh), np.int32)])
    world.counts[Count.BLOCKS] = free + len(fresh)
    return world._replace(seats=seats, blocks=blocks, live=_grown(world.live, live, len(seats) - live))


def make_space(world: World) -> World:
    """A world whose tables hold whatever the next quarter can add; same state, larger arrays where needed."""
    counts = world.counts
    live = int(counts[Count.LIVE])
    started = int(world.sectors["firm_rows"].sum())
    grown = _more_seats(world, started)
    grown = grown._replace(alliances=_grown(world.alliances, int(counts[Count.ALLIANCES]), started))
    if counts[Count.RECORD]:
        lines = live + started
        grown = grown._replace(
            panel=_grown(world.panel, int(counts[Count.PANEL]), lines),
            events=_grown(world.events, int(counts[Count.EVENTS]), EVENTS_OF_ONE * lines + 2 * started),
            members=_grown(world.members, int(counts[Count.MEMBERS]), world.seats.shape[1] * lines),
        )
    return grown


def recording_of(world: World, setup: Setup, region: Region | None = None) -> Recording:
    """What a world has recorded so far, cut to length."""
    counts = world.counts
    return Recording(
        setup=setup,
        curves=world.curves,
        ages=world.ages,
        alliances=world.alliances[: counts[Count.ALLIANCES]],
        panel=world.panel[: counts[Count.PANEL]],
        events=world.events[: counts[Count.EVENTS]],
        members=world.members[: counts[Count.MEMBERS]],
        ledger=world.ledger,
        organisations=world.organisations,
        region=region,
    )


def simulate(setup: Setup, record: bool = True, processes: Sequence[Callable] = PROCESSES) -> Recording:
    """Run a set-up from its first to its last quarter.

    Parameters
    ----------
    setup : Setup
    record : bool
        Whether to keep the panel, the event log and the membership spells; curves, age curves, the ledger and the
        alliances are always kept. Recording changes nothing in the run.
    processes : sequence of callable
        The processes of a quarter, from `step.processes_with` where rules are a researcher's own.
    """
    world = new_world(setup, recorded=record)
    region = None if setup.region is None else new_region(setup.region, world)
    processes = with_instruments(processes, setup, region)
    quarters = len(setup.levers)
    while world.counts[Count.QUARTER] < quarters:
        world = make_space(world)
        if processes is PROCESSES:
            advance(world, quarters)
        else:
            run_quarter(world, processes)
    return recording_of(world, setup, region)


def run_quarter(world: World, processes: Sequence[Callable] = PROCESSES) -> None:
    """Run one quarter process by process; the world needs space for it, see `make_space`."""
    tick = int(world.counts[Count.QUARTER])
    for process in processes:
        process(world, tick)
    world.counts[Count.QUARTER] = tick + 1
