"""One quarter: the ten processes in their order, and the compiled loop over quarters."""

from collections.abc import Callable, Sequence

from alliancelab.agents.compiled import compiled
from alliancelab.agents.own_rules import OwnRules
from alliancelab.model.accounts import Count
from alliancelab.model.cooperation import cooperation
from alliancelab.model.diagnosis import diagnosis
from alliancelab.model.diffusion import diffusion
from alliancelab.model.environment import environment
from alliancelab.model.formation import formation
from alliancelab.model.government import government
from alliancelab.model.membership import membership
from alliancelab.model.organisations import organisations
from alliancelab.model.policy import INSTRUMENTS
from alliancelab.model.policy.own import acting
from alliancelab.model.recording import record_quarter
from alliancelab.model.regional import REGIONAL
from alliancelab.model.regional.initialise import regional_process
from alliancelab.model.regional.tables import Region
from alliancelab.model.renewal import renewal
from alliancelab.model.setup import Setup

__all__ = ["EVENTS_OF_ONE", "PROCESSES", "advance", "has_space", "processes_with", "with_instruments"]

EVENTS_OF_ONE = 24  # events that one alliance can write in a quarter, with some to spare

PROCESSES = (
    environment,
    government,
    organisations,
    formation,
    cooperation,
    membership,
    diffusion,
    diagnosis,
    renewal,
    record_quarter,
)
"""The order of a tick; `advance` runs the same ten in compiled code."""


def processes_with(rules: OwnRules) -> tuple[Callable, ...]:
    """The ten processes, those rebuilt that use a researcher's own rule; `PROCESSES` itself where there is none."""
    return tuple(rules.within(process) for process in PROCESSES) if rules.own else PROCESSES


def with_instruments(
    processes: Sequence[Callable], setup: Setup, region: Region | None = None
) -> Sequence[Callable]:
    """The processes with own instruments and the regional system right after the government's; the same without them.

    `region` holds the state of the regional system; where it is None nothing of it is compiled or run.
    """
    more: list[Callable] = []
    if setup.own:
        first = len(INSTRUMENTS) + (0 if region is None else len(REGIONAL))
        more.append(acting(setup.own, setup.sizes["start_year"], setup.sizes["warm_up"], first))
    if region is not None:
        more.append(regional_process(region))
    if not more:
        return processes
    after = PROCESSES.index(government) + 1
    return (*processes[:after], *more, *processes[after:])


@compiled
def has_space(world):
    """Whether the tables hold whatever one quarter can add: at most one alliance a firm, one panel line an alliance."""
    counts = world.counts
    live = counts[Count.LIVE]
    started = 0
    for s in range(world.sectors.shape[0]):
        started += world.sectors[s].firm_rows
    if counts[Count.ALLIANCES] + started > world.alliances.shape[0] or counts[Count.BLOCKS] < started:
        return False
    if counts[Count.RECORD] == 0:
        return True
    seats = world.seats.shape[1]
    return (
        counts[Count.PANEL] + live + started <= world.panel.shape[0]
        and counts[Count.EVENTS] + EVENTS_OF_ONE * (live + started) + 2 * started <= world.events.shape[0]
        and counts[Count.MEMBERS] + seats * (live + started) <= world.members.shape[0]
    )


@compiled
def advance(world, stop):
    """Run quarters until `stop`, or until the tables need more space; returns the quarter reached."""
    while world.counts[Count.QUARTER] < stop and has_space(world):
        tick = world.counts[Count.QUARTER]
        environment(world, tick)
        government(world, tick)
        organisations(world, tick)
        formation(world, tick)
        cooperation(world, tick)
        membership(world, tick)
        diffusion(world, tick)
        diagnosis(world, tick)
        renewal(world, tick)
        record_quarter(world, tick)
        world.counts[Count.QUARTER] = tick + 1
    return world.counts[Count.QUARTER]
