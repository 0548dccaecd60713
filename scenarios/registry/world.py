"""A world that starts from a registry: its alliances, members and projects as they are, the rest drawn given them.

The world runs its warm-up as always, with as many organisations of each kind and sector as the registry has or more. On
the day of the registry its own alliances give way to those of the tables. What the tables do not tell of an alliance is
taken over from a living one of that world which is near in age, size and running projects (its donor: imputation by the
nearest neighbour, Little and Rubin 2019, ch. 4); members are organisations of their kind and sector, those in many
alliances for those in many. So each seed draws what is not known anew. Source: H5.
"""

import datetime
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from alliancelab.agents.errors import UserError
from alliancelab.agents.own_rules import OwnRules
from alliancelab.model.setup import QUARTERS_A_YEAR
from alliancelab.model.simulation import Recording, simulate
from alliancelab.model.starting import Start
from alliancelab.scenarios.registry.filled import Filled, names_of
from alliancelab.scenarios.registry.placing import Placing
from alliancelab.scenarios.registry.tables import Registry
from alliancelab.scenarios.scenario import Scenario, load

__all__ = ["Started", "run_from", "scenario_from"]

LEAST_WARM_UP = 20  # quarters until a drawn world has alliances to draw from


class Started(NamedTuple):
    """A run that started from a registry.

    Attributes
    ----------
    recording : Recording
        The alliances of the registry are its first ones, in the order of their founding.
    alliances : tuple of str
        Identifiers of those, row by row.
    organisations : dict of str to int
        Key in the run of every organisation of the registry that was a member on its day.
    """

    recording: Recording
    alliances: tuple[str, ...]
    organisations: dict[str, int]


def scenario_from(
    registry: Registry, scenario: str | Path | Mapping[str, Any] | Scenario,
    overrides: Mapping[str, Any] | None = None, years: int | None = None,
) -> Scenario:
    """A scenario fitted to a registry: start, sectors and regions are those of the tables.

    Its numbers of organisations are the stated population; where the registry has more of a kind, it counts.

    Parameters
    ----------
    registry : Registry
    scenario, overrides
        As in `scenario.load`.
    years : int, optional
        From the day of the registry to the end of the run; by default as long as the scenario runs after its warm-up.

    Raises
    ------
    UserError
        When the scenario has a regional system, or too short a warm-up to draw from.
    """
    resolved = load(scenario, overrides)
    if resolved.region is not None:
        raise UserError(f"the scenario '{resolved.name}' has a regional system, which no registry tells of; take one "
                        "without [region]")
    if resolved.world["warm_up"] < LEAST_WARM_UP:
        raise UserError(f"world.warm_up is {resolved.world['warm_up']} and has to be at least {LEAST_WARM_UP} quarters "
                        "to start from a registry: what the tables do not tell is drawn from the world that it ends in")
    world = dict(resolved.world)
    day = datetime.date.fromisoformat(registry.date)
    world["start_year"] = day.year
    sectors, regions = names_of(registry, "sector"), names_of(registry, "region")
    world["sectors"] = len(sectors) or world["sectors"]
    world["regions"] = max(len(regions), 1) if regions else world["regions"]
    if years is not None:
        world["quarters"] = world["warm_up"] + (day.month - 1) // 3 + QUARTERS_A_YEAR * years
    changed = {f"world.{name}": value for name, value in world.items() if value != resolved.world[name]}
    return replace(load(resolved, changed), base=resolved.base)


def run_from(registry: Registry, scenario: Scenario, seed: int, record: bool = True, rules: OwnRules | None = None
             ) -> Started:
    """Run a scenario from the day of a registry on.

    Parameters
    ----------
    registry : Registry
    scenario : Scenario
        As `scenario_from` gives it.
    seed : int
        Decides luck, and what the tables do not tell.
    record : bool
        Whether the panel, events and members are kept, from the day of the registry on.
    rules : OwnRules, optional

    Raises
    ------
    UserError
        When the run ends before the day of the registry, or the drawn world has no alliances to draw from.
    """
    setup = scenario.setup(seed)
    filled = Filled(registry, scenario, seed)
    if filled.quarter >= scenario.world["quarters"]:
        raise UserError(f"the run ends before {registry.date}, the day of the registry; give it more quarters")
    placing = Placing(filled)
    start = Start(filled.quarter, filled.counts(setup), placing.place)
    recording = simulate(setup, record, rules, start)
    return Started(recording, tuple(placing.order), placing.keys)
