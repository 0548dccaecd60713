"""A run from its set-up to its recording: the headless path."""

from typing import NamedTuple

import numpy as np

from alliancelab.model.accounts import Count
from alliancelab.model.initialise import new_world
from alliancelab.model.setup import Setup
from alliancelab.model.step import EVENTS_OF_ONE, advance
from alliancelab.model.tables import World

__all__ = ["Recording", "make_space", "recording_of", "simulate"]


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


def _grown(table: np.ndarray, rows: int) -> np.ndarray:
    if len(table) >= rows:
        return table
    new = np.zeros((max(rows, len(table) * 3 // 2), *table.shape[1:]), table.dtype)
    new[: len(table)] = table
    return new


def make_space(world: World) -> World:
    """A world whose tables hold whatever the next quarter can add; same state, larger arrays where needed."""
    counts = world.counts
    live = int(counts[Count.LIVE])
    started = int(world.sectors["firm_rows"].sum())
    old_blocks = len(world.seats)
    blocks, seats = world.blocks, world.seats
    if counts[Count.BLOCKS] < started:
        seats = _grown(world.seats, live + started + int(counts[Count.BLOCKS]))
        blocks = _grown(world.blocks, len(seats))
        free = int(counts[Count.BLOCKS])
        # New blocks go under the old free ones' numbers, highest first, so that low blocks are used first.
        fresh = np.arange(len(seats) - 1, old_blocks - 1, -1, dtype=np.int32)
        blocks[free : free + len(fresh)] = fresh
        counts[Count.BLOCKS] = free + len(fresh)
    grown = world._replace(
        alliances=_grown(world.alliances, int(counts[Count.ALLIANCES]) + started),
        seats=seats,
        blocks=blocks,
        live=_grown(world.live, len(seats)),
    )
    if counts[Count.RECORD]:
        lines = live + started
        grown = grown._replace(
            panel=_grown(world.panel, int(counts[Count.PANEL]) + lines),
            events=_grown(world.events, int(counts[Count.EVENTS]) + EVENTS_OF_ONE * lines + 2 * started),
            members=_grown(world.members, int(counts[Count.MEMBERS]) + seats.shape[1] * lines),
        )
    return grown


def recording_of(world: World, setup: Setup) -> Recording:
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
    )


def simulate(setup: Setup, record: bool = True) -> Recording:
    """Run a set-up from its first to its last quarter.

    Parameters
    ----------
    setup : Setup
    record : bool
        Whether to keep the panel, the event log and the membership spells; curves, age curves, the ledger and the
        alliances are always kept. Recording changes nothing in the run.
    """
    world = new_world(setup, recorded=record)
    quarters = len(setup.levers)
    while world.counts[Count.QUARTER] < quarters:
        world = make_space(world)
        advance(world, quarters)
    return recording_of(world, setup)
