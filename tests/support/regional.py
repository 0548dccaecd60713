"""Small regional worlds and paired experiments on them, shared by the tests of the two systems."""

from functools import cache

import numpy as np

from alliancelab.model.initialise import new_world
from alliancelab.model.regional.indicators import INDICATORS
from alliancelab.model.regional.initialise import new_region
from alliancelab.model.simulation import Recording, run_quarter, simulate
from alliancelab.model.step import steps_of
from alliancelab.scenarios.scenario import load
from tests.support.experiments import interval

CLUSTER = {
    "world.firms": 900, "world.sectors": 3, "world.universities": 12, "world.institutes": 12, "world.agencies": 30,
    "world.quarters": 112, "world.warm_up": 80, "region.firms_least": 0, "region.above_scale": 40,
    "region.revenue": 30000,
    "region.national_output": 90000, "region.alliances_named": 0,
}
"""A third of Dongying, with two further sectors, a warm-up of twenty years and eight years after it.

After two years of warm-up services were worth less and coordination added a sixth more to them than after twenty.
"""

REPLICATES = 16


@cache
def _runs(scenario: str, changes: tuple, count: int) -> tuple[Recording, ...]:
    chosen = load(scenario, dict(changes))
    return tuple(simulate(chosen.setup(seed), record=False) for seed in range(count))


def runs(scenario: str, count: int = REPLICATES, **changes) -> tuple[Recording, ...]:
    """Recordings of the first seeds; `changes` name levers as instrument__lever, others as region__name."""
    small = CLUSTER if scenario.startswith("dongying") else {}
    dotted = small | {key.replace("__", "."): value for key, value in changes.items()}
    return _runs(scenario, tuple(sorted(dotted.items(), key=str)), count)


def mean(recordings: tuple[Recording, ...], indicator: str) -> np.ndarray:
    """An indicator, by name, of each run: mean over the years after the warm-up; or a column of the record."""
    sizes = recordings[0].setup.sizes
    if indicator in INDICATORS:
        years = range(sizes["start_year"], sizes["start_year"] + (sizes["quarters"] - sizes["warm_up"]) // 4)
        return np.array([np.nanmean([INDICATORS[indicator].value(run, year) for year in years]) for run in recordings])
    return np.array([run.region.indicators[indicator][sizes["warm_up"]:].mean() for run in recordings])


def apart(scenario: str, indicator: str, before: dict, after: dict, count: int = REPLICATES) -> tuple[float, float]:
    """99 % interval of the paired difference `after` less `before` in an indicator; prints it."""
    difference = mean(runs(scenario, count, **after), indicator) - mean(runs(scenario, count, **before), indicator)
    low, high = interval(difference, 0.99)
    print(f"{scenario} {indicator}: {before} -> {after}: [{low:.4g}, {high:.4g}]")
    return low, high


def raises(scenario: str, indicator: str, before: dict, after: dict, count: int = REPLICATES) -> bool:
    """Whether the whole interval of the paired difference lies above zero."""
    return apart(scenario, indicator, before, after, count)[0] > 0


def lowers(scenario: str, indicator: str, before: dict, after: dict, count: int = REPLICATES) -> bool:
    """Whether the whole interval of the paired difference lies below zero."""
    return apart(scenario, indicator, before, after, count)[1] < 0


def after(setup, quarters):
    """World and region of a set-up after so many quarters."""
    world = new_world(setup, recorded=False)
    region = new_region(setup.region, world)
    steps = steps_of(setup, region=region)
    for tick in range(quarters):
        run_quarter(world, steps, tick)
    return world, region
