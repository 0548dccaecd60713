"""Effects of runs in worlds as one table: with intervals, the worlds in which signs hold, and what flips them."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from alliancelab.analysis.uncertainty.decisive import Flip, flips
from alliancelab.analysis.uncertainty.effects import effect_over_worlds, moments_by_world
from alliancelab.scenarios.worlds.nested import WorldRuns

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["COLUMNS", "differences", "effects_table", "flip_of", "value_at"]

COLUMNS = ("scenario", "base", "outcome", "title", "unit", "effect", "luck_low", "luck_high", "low", "high", "holding",
           "worlds", "decided_by", "threshold", "above", "luck_sd", "world_sd", "better")
"""Columns of `effects_table`, its index among them."""


def differences(runs: WorldRuns, pair: tuple[int, int]) -> np.ndarray:
    """Paired differences of a scenario from its base, float64 of shape (declared, worlds, replicates).

    Parameters
    ----------
    pair : (int, int)
        Places of the scenario and of its base.
    """
    scenario, base = pair
    return np.moveaxis(runs.outcomes[scenario] - runs.outcomes[base], -1, 0)


def flip_of(runs: WorldRuns, pair: tuple[int, int], outcome: int) -> Flip | None:
    """The parameter that flips the sign of an effect; see `decisive.flips`."""
    return flips(runs.u, moments_by_world(differences(runs, pair)[outcome]).mean)


def value_at(runs: WorldRuns, flip: Flip) -> float:
    """Value of a parameter at the place where it flips a sign, in its unit."""
    order = np.argsort(runs.u[:, flip.parameter])
    u, values = runs.u[order, flip.parameter], runs.values[order, flip.parameter]
    scale = np.log if (values > 0.0).all() else lambda x: x  # between two worlds, as scales go
    found = np.interp(flip.place, u, scale(values))
    return float(np.exp(found) if (values > 0.0).all() else found)


def effects_table(runs: WorldRuns, pairs: Sequence[tuple[int, int]]) -> "pd.DataFrame":
    """Effects of scenarios against their bases, indexed by (scenario, outcome).

    Parameters
    ----------
    runs : WorldRuns
    pairs : sequence of (int, int)
        Places of each scenario and of its base on the first axis of ``runs.outcomes``.

    Returns
    -------
    DataFrame
        `COLUMNS`; see `results.worlds.WorldComparison.effects`.
    """
    import pandas as pd

    parts = []
    for pair in pairs:
        found = effect_over_worlds(differences(runs, pair))
        flipped = [flip_of(runs, pair, m) for m in range(len(runs.declared))]
        parts.append(pd.DataFrame({
            "scenario": runs.names[pair[0]], "base": runs.names[pair[1]], "outcome": [o.name for o in runs.declared],
            "title": [o.title for o in runs.declared], "unit": [o.unit for o in runs.declared],
            **{name: getattr(found, name) for name in ("effect", "luck_low", "luck_high", "low", "high", "holding",
                                                       "worlds")},
            "decided_by": ["" if flip is None else runs.varied[flip.parameter] for flip in flipped],
            "threshold": [np.nan if flip is None else value_at(runs, flip) for flip in flipped],
            "above": [0 if flip is None else flip.above for flip in flipped],
            "luck_sd": found.luck_sd, "world_sd": found.world_sd, "better": [o.better for o in runs.declared],
        }))
    whole = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=list(COLUMNS))
    return whole.set_index(["scenario", "outcome"])
