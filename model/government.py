"""Process 2: the government's year opens, organisations see who lives on public money, instruments act."""

from collections.abc import Callable

from alliancelab.agents.compiled import compiled
from alliancelab.model.accounts import Count, Flow
from alliancelab.model.instruments import INSTRUMENTS, QUARTERLY, YEARLY
from alliancelab.model.policy import correction
from alliancelab.model.setup import QUARTERS_A_YEAR, Setup

__all__ = ["government_processes", "open_quarter"]


@compiled
def open_year(world, tick):
    """Hand back what last year left and appropriate this year's budgets."""
    government = world.government[0]
    world.ledger[tick, Flow.RETURNED] += government.funds
    granted = 0.0
    for i in range(world.budgets.shape[1]):
        granted += world.budgets[tick, i] * government.weight[i]
        government.spent_before[i] = government.spent[i]
        government.spent[i] = 0.0
    world.ledger[tick, Flow.APPROPRIATION] += granted
    government.funds = granted


@compiled
def form_beliefs(world):
    """Organisations see what share of their sector's alliances lives on public money."""
    p = world.parameters[0]
    for s in range(world.sectors.shape[0]):
        world.sectors[s].living = 0
        world.sectors[s].funded = 0
    for k in range(world.counts[Count.LIVE]):
        alliance = world.alliances[world.live[k]]
        sector = world.sectors[alliance.sector]
        sector.living += 1
        sector.funded += 1 if alliance.public_total > 0.0 else 0
    for s in range(world.sectors.shape[0]):
        sector = world.sectors[s]
        share = sector.funded / sector.living if sector.living > 0 else 0.0
        sector.public_belief += p.belief_speed * (share - sector.public_belief)


@compiled
def open_quarter(world, tick):
    """Begin process 2 of the tick: in the first quarter of a year the budgets, in each what is believed."""
    form_beliefs(world)
    if tick % 4 == 0:
        open_year(world, tick)


def correct(world, tick):
    """Adaptive correction, once the year is open; in Python, since it reads instruments by name. Source: F4."""
    correction.reweigh(world, tick, INSTRUMENTS)


def is_used(setup: Setup, instrument) -> bool:
    """Whether an instrument's strength is ever above zero in a run."""
    return bool((setup.levers[f"{instrument.name}_{instrument.strength}"] > 0.0).any())


def government_processes(setup: Setup) -> list[tuple[Callable, int]]:
    """What process 2 consists of in a run: functions, and every how many quarters each is called.

    Instruments that are never on are left out: nothing of them is compiled or run.
    """
    used = [one for one in INSTRUMENTS if is_used(setup, one)]
    steps: list[tuple[Callable, int]] = [(open_quarter, 1)]
    if any(one.name == correction.INSTRUMENT.name for one in used):
        steps.append((correct, QUARTERS_A_YEAR))
    steps += [(YEARLY[one.name], QUARTERS_A_YEAR) for one in used if one.name in YEARLY]
    return steps + [(QUARTERLY[one.name], 1) for one in used if one.name in QUARTERLY]
