"""Seeds of runs in worlds: those of a world follow one another, no two worlds share one.

Source: H3, H5.
"""

import numpy as np

from alliancelab.scenarios.checks import check_count, check_seed

__all__ = ["MOST_REPLICATES", "seeds_of"]

MOST_REPLICATES = 1000  # of one world: seeds of the next begin so much later


def seeds_of(worlds: int, replicates: int, first_seed: int) -> np.ndarray:
    """Seeds of every world, int64 of shape (worlds, replicates): more worlds or replicates keep those of fewer.

    Raises
    ------
    ScenarioError
        When a number is not right.
    """
    check_count("replicates", replicates, 2, MOST_REPLICATES,
                " in each world: luck is separated from ignorance by runs of the same world")
    check_seed(first_seed, worlds * MOST_REPLICATES)
    return first_seed + MOST_REPLICATES * np.arange(worlds)[:, None] + np.arange(replicates)
