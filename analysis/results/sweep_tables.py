"""Tables of a sweep: single factors moved, and points in many worlds against the scenario as it is.

Source: H5.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from alliancelab.agents.errors import UserError
from alliancelab.analysis.statistics.intervals import mean_interval
from alliancelab.analysis.uncertainty.table import effects_table
from alliancelab.scenarios.worlds.nested import WorldRuns

if TYPE_CHECKING:
    import pandas as pd

    from alliancelab.analysis.results.sweep import SweepResults

__all__ = ["effects_of_points", "runs_in_worlds", "single_factors_moved"]


def runs_in_worlds(results: "SweepResults", outcomes: Sequence[str], scenario: str) -> WorldRuns:
    """Runs of one scenario of a sweep; points are what a comparison has as scenarios.

    Raises
    ------
    UserError
        If the sweep was not made in worlds.
    """
    worlds = results.sweep.worlds
    if worlds is None:
        raise UserError("the sweep was made in one world only; write worlds = 20 into its design to run every point in "
                        "twenty")
    declared = tuple(results.outcome(name) for name in outcomes)
    rows = results.runs[results.runs["scenario"] == scenario]
    count = len(worlds.values)
    shape = (results.sweep.points, count, results.sweep.replicates // count)
    place = (rows["point"], rows["replicate"] % count, rows["replicate"] // count)
    values, seeds = np.full((*shape, len(declared)), np.nan), np.zeros(shape[1:], np.int64)
    values[place] = rows[list(outcomes)]
    seeds[place[1:]] = rows["seed"]
    return WorldRuns(tuple(str(i) for i in range(shape[0])), declared, seeds, values, worlds.varied, worlds.kinds,
                     worlds.u, worlds.values)


def effects_of_points(results: "SweepResults", outcomes: Sequence[str], scenario: str) -> "pd.DataFrame":
    """Every point against the scenario as it is; see `SweepResults.effects`."""
    import pandas as pd

    runs = runs_in_worlds(results, outcomes, scenario)
    base = results.sweep.manifest["worlds"]["base"]
    pairs = [(i, base) for i in range(len(runs.names)) if i != base]
    table = effects_table(runs, pairs).drop(columns="base").reset_index()
    table.insert(0, "point", table.pop("scenario").astype(int))
    known = results.points.loc[scenario][[factor.name for factor in results.factors]]
    factors = known.reindex(table["point"]).reset_index(drop=True)
    return pd.concat([table, factors], axis=1).set_index(["point", "outcome"])


def single_factors_moved(results: "SweepResults", outcome: str, scenario: str | None) -> "pd.DataFrame":
    """One factor moved at a time; see `SweepResults.trajectories`."""
    import pandas as pd

    if results.method != "oat":
        raise UserError(f"trajectories of single factors need a design of the method oat, not {results.method}")
    values, points = results.arrays(outcome, scenario)
    names = [factor.name for factor in results.factors]
    moved = np.isfinite(points)
    frame = pd.DataFrame({
        "factor": [names[row.argmax()] if row.any() else "" for row in moved],
        "value": [point[row][0] if row.any() else np.nan for point, row in zip(points, moved, strict=True)],
    })
    interval = mean_interval(values)
    frame = frame.assign(mean=interval.mean, low=interval.low, high=interval.high, n=interval.n)
    return frame[frame["n"] > 0].reset_index(drop=True)
