"""One quarter: the twelve processes in their order, and how a run calls them."""

from collections.abc import Callable
from typing import Any

from numba import types
from numba.core.dispatcher import Dispatcher

from alliancelab.agents.compiled import is_compiled
from alliancelab.agents.own_rules import OwnRules
from alliancelab.model.agenda import agenda
from alliancelab.model.diagnosis import diagnosis
from alliancelab.model.diffusion import diffusion
from alliancelab.model.endings import endings
from alliancelab.model.environment import environment
from alliancelab.model.formation import find_initiators, formation
from alliancelab.model.government import government_processes
from alliancelab.model.instruments import INSTRUMENTS
from alliancelab.model.market import market
from alliancelab.model.membership import membership
from alliancelab.model.organisations import organisations
from alliancelab.model.policy.own import acting
from alliancelab.model.projects import projects
from alliancelab.model.recording import record_quarter
from alliancelab.model.regional import REGIONAL
from alliancelab.model.regional.initialise import regional_process
from alliancelab.model.regional.tables import Region
from alliancelab.model.setup import Setup
from alliancelab.model.space import count_needs, make_space
from alliancelab.model.world import World

__all__ = ["PROCESSES", "Step", "direct", "steps_of"]

PROCESSES = (
    environment,
    organisations,
    formation,
    agenda,
    projects,
    market,
    membership,
    diffusion,
    diagnosis,
    endings,
    record_quarter,
)
"""The processes of a quarter in their order; the government acts after the environment, see `steps_of`."""

Step = tuple[Callable[[World, int], None], int]
"""A function of world and quarter, and every how many quarters it is called."""


def steps_of(setup: Setup, rules: OwnRules | None = None, region: Region | None = None) -> list[Step]:
    """All that a quarter of a run consists of, in order.

    Parameters
    ----------
    setup : Setup
        Instruments that it never uses are left out.
    rules : OwnRules, optional
        Processes are rebuilt that use a researcher's own rule.
    region : Region, optional
        State of the regional system; where it is None nothing of it is compiled or run.
    """
    government = government_processes(setup)
    if region is not None:
        government.append((regional_process(region), 1))
    if setup.own:
        first = len(INSTRUMENTS) + (0 if region is None else len(REGIONAL))
        government.append((acting(setup.own, setup.sizes["start_year"], setup.sizes["warm_up"], first), 1))
    at = PROCESSES.index(formation)
    steps: list[Step] = [
        (environment, 1), *government, *((process, 1) for process in PROCESSES[1:at]),
        (find_initiators, 1), (count_needs, 1), (make_space, 1), *((process, 1) for process in PROCESSES[at:]),
    ]
    if rules is None or not rules.own:
        return steps
    return [(rules.within(step) if is_compiled(step) else step, every) for step, every in steps]


def direct(step: Callable, world: World, *others: types.Type) -> Callable:
    """A compiled step as Python calls it without looking at the types of its arguments again; compiles it if need be.

    A run makes some two thousand calls, and finding out each time what a world is costs more than some of them do.
    """
    if not isinstance(step, Dispatcher):
        return step
    signature = (world.numba_type, *others)
    if signature not in step.overloads:
        step.compile(signature)
    made: Any = step.overloads[signature]
    return made.entry_point
