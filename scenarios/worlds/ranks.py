"""Simulation-based calibration of a problem: truths are drawn, data made of them, worlds fitted, and truths ranked.

If worlds that fit are a sample given the data, the rank of a truth among them is uniform.

Source: H5. Talts, Betancourt, Simpson, Vehtari and Gelman 2018, arXiv 1804.06788.
"""

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np

from alliancelab.agents.errors import UserError
from alliancelab.scenarios.checks import check_count
from alliancelab.scenarios.targets import Problem
from alliancelab.scenarios.worlds.kept_moments import KeptMoments
from alliancelab.scenarios.worlds.making import REPLICATES, make_ensemble, measured_in_worlds
from alliancelab.scenarios.worlds.unknowns import CALIBRATED, unknowns
from alliancelab.scenarios.worlds.waves import Effort

__all__ = ["WORLDS", "Ranks", "check_ranks"]

WORLDS = 39      # that are fitted to each truth: ranks from 0 to 39
FIRST = 100_000  # number of the first truth, beyond those of all worlds that are fitted
BLOCKS = 4       # of runs that the moments of a truth are means of: their luck is small beside that of a world

Progress = Callable[[str, int, int], None]


class Ranks(NamedTuple):
    """Ranks of truths.

    Attributes
    ----------
    names : tuple of str
        Unknowns.
    calibrated : ndarray of bool, shape (unknowns,)
        Whether targets speak of them.
    ranks : ndarray of int64, shape (truths, unknowns)
        Worlds of `WORLDS` that lie below the truth.
    without : int
        Truths to which too few worlds could be fitted; they have no ranks.
    """

    names: tuple[str, ...]
    calibrated: np.ndarray
    ranks: np.ndarray
    without: int

    def p(self, seed: int = 0) -> np.ndarray:
        """Chance of such ranks if they are uniform, float64 of shape (unknowns,): Kolmogorov and Smirnov's test.

        Ranks are whole numbers; each is spread over its place by lot.
        """
        from scipy.stats import kstest

        random = np.random.default_rng(seed)
        places = (self.ranks + random.random(self.ranks.shape)) / (WORLDS + 1)
        return np.array([kstest(column, "uniform").pvalue for column in places.T])


def check_ranks(problem: Problem, truths: int, folder: Path, workers: int | None = None,
                progress: Progress | None = None, effort: Effort | None = None) -> Ranks:
    """Fit worlds to data made of truths that are drawn from what is plausible, and rank the truths among them.

    Parameters
    ----------
    problem : Problem
        Its values are replaced by those of the truths, with an error of the size of its spreads.
    truths : int
        How many; each takes as long as an ensemble of forty worlds.
    folder : path
        What is done is kept there, and the same call goes on with it; runs of the first wave serve all truths.
    progress : callable, optional
        Told what is being done, how much is done, and how much there is.
    effort : Effort, optional
        Worlds of the waves.

    Raises
    ------
    ScenarioError, StoreError
        If a number is out of range, or the folder cannot be written or is that of another problem.
    """
    check_count("truths", truths, 2)
    everything = unknowns(problem.file.vary)
    folder.mkdir(parents=True, exist_ok=True)
    found, without = [], 0
    for t in range(truths):
        file = folder / f"{problem.measured}-{t}.json"
        if not file.is_file():
            kept = _ranks_of(problem, t, folder / "runs.worlds.bin", workers, progress, effort)
            part = file.with_suffix(".part")
            part.write_text(json.dumps(kept))
            part.replace(file)
        ranks = json.loads(file.read_text())
        without += ranks is None
        found += [] if ranks is None else [ranks]
        if progress:
            progress("truths", t + 1, truths)
    calibrated = np.array([kind == CALIBRATED for kind in everything.kinds])
    return Ranks(everything.names, calibrated, np.array(found, int).reshape(-1, len(everything)), without)


def _ranks_of(problem: Problem, t: int, journal: Path, workers: int | None, progress: Progress | None,
              effort: Effort | None) -> list[int] | None:
    """Ranks of one truth; None where too few worlds fit its data."""
    data, truth = _with_data_of(problem, t, journal, workers, progress)
    try:
        ensemble, _ = make_ensemble(data, WORLDS, journal, workers, progress, effort)
    except UserError as error:
        if "worlds of" in str(error):  # of those that were run too few fit
            return None
        raise
    return (ensemble.u < truth).sum(axis=0).tolist()


def _with_data_of(problem: Problem, t: int, journal: Path, workers: int | None, progress: Progress | None
                  ) -> tuple[Problem, np.ndarray]:
    """The problem with data of a truth for its values, and the place of the truth, shape (unknowns,)."""
    everything = unknowns(problem.file.vary)
    numbers = FIRST + BLOCKS * t + np.arange(BLOCKS)
    truth = everything.draws(numbers[:1])
    with KeptMoments(journal, problem, REPLICATES) as kept:
        runs = measured_in_worlds(problem, everything, numbers, np.repeat(truth, BLOCKS, axis=0), kept, workers,
                                  progress)
    error = np.random.default_rng([FIRST, t]).standard_normal(len(problem.spreads))
    values = np.nanmean(runs, axis=(0, 1)) + problem.spreads * error
    changed = copy.copy(problem)
    changed.targets = tuple(target.model_copy(update={"value": float(value)})
                            for target, value in zip(problem.targets, values, strict=True))
    search = problem.file.search.model_copy(update={"seed": problem.file.search.seed + t + 1})
    changed.file = problem.file.model_copy(update={"search": search})  # proposals of truths are drawn apart
    return changed, truth[0]
