"""A run from its set-up to its recording: the headless path."""

from typing import NamedTuple

import numpy as np
from numba import types

from alliancelab.agents.own_rules import OwnRules
from alliancelab.model.accounts import Count
from alliancelab.model.compiling import share_compilation
from alliancelab.model.initialise import new_world
from alliancelab.model.regional.initialise import new_region
from alliancelab.model.regional.tables import Region
from alliancelab.model.setup import Setup
from alliancelab.model.starting import Start
from alliancelab.model.step import Step, direct, steps_of
from alliancelab.model.world import World

__all__ = ["Recording", "recording_of", "run_quarter", "simulate"]


class Recording(NamedTuple):
    """What a run leaves: structured arrays with the columns declared in `tables`.

    Attributes
    ----------
    setup : Setup
    curves : ndarray, shape (quarters,)
    ages : ndarray, shape (AGE_LIMIT,)
    alliances, projects : ndarray, one row per alliance ever founded and per project ever started
    lines : ndarray, shape (alliances, LINES_OF_ONE)
        The agenda of each alliance, as it is at the end.
    panel : ndarray, one row per alliance and quarter; empty if not recorded
    events, members, project_members : ndarray; empty if not recorded
    ledger : ndarray of float64, shape (quarters, flows)
    organisations : ndarray, state at the end
    region : Region, optional
        Tables of the regional system, its indicators among them; None where there is none.
    """

    setup: Setup
    curves: np.ndarray
    ages: np.ndarray
    alliances: np.ndarray
    projects: np.ndarray
    lines: np.ndarray
    panel: np.ndarray
    events: np.ndarray
    members: np.ndarray
    project_members: np.ndarray
    ledger: np.ndarray
    organisations: np.ndarray
    region: Region | None = None


def recording_of(world: World, setup: Setup, region: Region | None = None) -> Recording:
    """What a world has recorded so far, cut to length."""
    counts = world.counts
    return Recording(
        setup=setup,
        curves=world.curves,
        ages=world.ages,
        alliances=world.alliances[: counts[Count.ALLIANCES]],
        projects=world.projects[: counts[Count.PROJECTS]],
        lines=world.lines[: counts[Count.ALLIANCES]],
        panel=world.panel[: counts[Count.PANEL]],
        events=world.events[: counts[Count.EVENTS]],
        members=world.members[: counts[Count.MEMBERS]],
        project_members=_project_members(world),
        ledger=world.ledger,
        organisations=world.organisations,
        region=region,
    )


def _project_members(world: World) -> np.ndarray:
    """The record of partners; what those gave who still take part stands with them."""
    told = world.project_members[: world.counts[Count.PROJECT_MEMBERS]]
    record = np.zeros(told.shape, told.dtype)  # a copy has in the gaps between columns whatever was in memory
    record[:] = told
    partners = world.participations[: world.counts[Count.PARTICIPATIONS]]
    partners = partners[partners["spell"] >= 0]  # a place left free has the figure that was recorded
    record["given"][partners["spell"]] = partners["given"]
    return record


def simulate(
    setup: Setup, record: bool = True, rules: OwnRules | None = None, start: Start | None = None
) -> Recording:
    """Run a set-up from its first to its last quarter.

    Parameters
    ----------
    setup : Setup
    record : bool
        Whether to keep the panel, the event log and the records of members; curves, age curves, the ledger, alliances
        and projects are always kept. Recording changes nothing in the run.
    rules : OwnRules, optional
        A researcher's own rules.
    start : Start, optional
        Given alliances, which take the place of those that were drawn.
    """
    other = share_compilation(setup)
    world = new_world(setup, recorded=record, counts=None if start is None else start.counts)
    region = None if setup.region is None else new_region(setup.region, world)
    steps: list[Step] = [(direct(step, world, types.int64), every) for step, every in steps_of(setup, rules, region)]
    if other is not None and region is not None:
        other.wait()  # it compiles the region's process, or has failed
    for tick in range(len(setup.levers)):
        if start is not None and tick == start.quarter:
            world = start.place(world)
        run_quarter(world, steps, tick)
    return recording_of(world, setup, region)


def run_quarter(world: World, steps: list[Step], tick: int) -> None:
    """Run one quarter step by step."""
    for step, every in steps:
        if tick % every == 0:
            step(world, tick)
    world.counts[Count.QUARTER] = tick + 1
