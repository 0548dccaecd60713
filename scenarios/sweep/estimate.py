"""What a plan costs before it starts: seconds of a run, measured on a few of its runs, and bytes on the disk."""

import os
import time
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from alliancelab.model.tables import CURVES
from alliancelab.scenarios.regional_outcomes import outcomes_for
from alliancelab.scenarios.sweep.design import Design
from alliancelab.scenarios.sweep.plan import scenario_at
from alliancelab.scenarios.sweep.work import simulate_run, yearly
from alliancelab.scenarios.sweep.worlds import worlds_of_design

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["LARGE", "LONG", "Estimate", "estimate"]

LONG = 3600.0   # seconds on this machine from which a plan wants a yes
LARGE = 1e9     # bytes from which it does
TRIED = 6       # runs that are measured, the first of them for warming up
PATIENCE = 20.0  # seconds after which no further run is measured


class Estimate(NamedTuple):
    """What a plan is expected to cost.

    Attributes
    ----------
    runs : int
    seconds_a_run : float
        On one core, measured.
    cores : int
        Of this machine.
    seconds : float
        On all cores of this machine.
    megabytes : float
        At most: of the tables before they are compressed.
    """

    runs: int
    seconds_a_run: float
    cores: int
    seconds: float
    megabytes: float

    @property
    def wants_a_yes(self) -> bool:
        """Whether it is so long or large that it may be a mistake."""
        return self.seconds > LONG or self.megabytes * 1e6 > LARGE


def estimate(design: Design, runs: "pa.Table") -> Estimate:
    """Measure a few runs, evenly over the plan."""
    scenarios, worlds = {scenario.name: scenario for scenario in design.scenarios}, worlds_of_design(design)
    places = np.unique(np.linspace(0, runs.num_rows - 1, TRIED).astype(int)).tolist()
    taken, started = [], time.perf_counter()
    for place in [places[0], *places]:
        row = runs.slice(place, 1).to_pylist()[0]
        begun = time.perf_counter()
        scenario = scenario_at(scenarios[row["scenario"]], design.factors, [row[f.name] for f in design.factors])
        if worlds is not None:
            scenario = worlds.at(scenario, row["replicate"])
        recording = simulate_run(scenario, row["seed"])
        stored = len(outcomes_for(design.scenarios))
        if "curves" in design.form.keep:
            stored += len(CURVES) * len(yearly(recording)[CURVES[0].name])
        taken.append(time.perf_counter() - begun)
        if len(taken) > 1 and time.perf_counter() - started > PATIENCE:
            break
    each, cores = float(np.mean(taken[1:])), os.cpu_count() or 1
    size = runs.num_rows * 8 * stored + 2 * runs.nbytes  # the columns of the plan stand in the results, too
    return Estimate(runs.num_rows, each, cores, runs.num_rows * each / cores, size / 1e6)
