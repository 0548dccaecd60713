"""Scenarios in many worlds, each on several seeds: worlds x seeds, paired over scenarios.

Seeds are nested in worlds: no two worlds share one, so that luck averages out over worlds, and what worlds differ by is
found from it. Scenarios share both, so that their differences are paired. Source: H3, H5.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from alliancelab.agents.own_rules import OwnRules
from alliancelab.model.outcomes import Outcome, outcomes_of
from alliancelab.model.simulation import simulate
from alliancelab.scenarios.checks import check_count, check_seed, check_workers
from alliancelab.scenarios.kept_runs import KeptRuns
from alliancelab.scenarios.runner import check_names, has_own, run_in_threads
from alliancelab.scenarios.scenario import Scenario
from alliancelab.scenarios.worlds.ensemble import Ensemble, in_world

__all__ = ["MOST_REPLICATES", "WorldRuns", "run_worlds", "seeds_of"]

MOST_REPLICATES = 1000  # of one world: seeds of the next begin so much later


class WorldRuns(NamedTuple):
    """Outcomes of scenarios in worlds.

    Attributes
    ----------
    names : tuple of str
        Scenarios, the first axis of `outcomes`.
    declared : tuple of Outcome
        Its last axis.
    seeds : ndarray of int64, shape (worlds, replicates)
    outcomes : ndarray of float64, shape (scenarios, worlds, replicates, declared)
    varied : tuple of str
        Parameters in which the worlds differ.
    kinds : tuple of str
        Where the values of each come from: calibrated, data, assumed.
    u : ndarray of float64, shape (worlds, varied)
        Share of the distribution of each that lies below its value.
    values : ndarray of float64, shape (worlds, varied)
    """

    names: tuple[str, ...]
    declared: tuple[Outcome, ...]
    seeds: np.ndarray
    outcomes: np.ndarray
    varied: tuple[str, ...]
    kinds: tuple[str, ...]
    u: np.ndarray
    values: np.ndarray


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


def run_worlds(
    scenarios: Sequence[Scenario],
    ensemble: Ensemble,
    replicates: int,
    first_seed: int = 0,
    workers: int | None = None,
    progress: Callable[[int, int], None] | None = None,
    declared: Sequence[Outcome] = (),
    rules: OwnRules | None = None,
    kept: KeptRuns | None = None,
) -> WorldRuns:
    """Run scenarios in every world of an ensemble on seeds that they share.

    A parameter that a scenario sets itself is left as it is in all of them: what is said is taken as known. Of a run
    only its outcomes are kept, some hundred bytes.

    Parameters
    ----------
    scenarios : sequence of Scenario
        With different names.
    ensemble : Ensemble
        All of its worlds are run; see `Ensemble.first`.
    replicates : int
        Runs of each scenario in each world, at least two.
    workers : int, optional
        Threads; their number changes no bit of the result.
    declared : sequence of Outcome
    kept : KeptRuns, optional
        Where runs are kept as they are done; those that are there already are taken from it.

    Raises
    ------
    ScenarioError, StoreError
        When a number is not right, two scenarios share a name, or a run cannot be kept.
    """
    check_names(scenarios)
    check_workers(workers)
    seeds = seeds_of(len(ensemble.numbers), replicates, first_seed)
    fixed = set(ensemble.fixed_by(scenarios))
    free = [j for j, name in enumerate(ensemble.unknowns.names) if name not in fixed]
    varied, values = tuple(ensemble.unknowns.names[j] for j in free), ensemble.values()[:, free]
    outcomes = np.full((len(scenarios), *seeds.shape, len(declared)), np.nan)
    record = has_own(declared, scenarios)

    def one(place: tuple[int, int]) -> None:
        s, (w, k) = place[0], divmod(place[1], replicates)
        scenario = in_world(scenarios[s], varied, values[w])
        outcomes[s, w, k] = outcomes_of(simulate(scenario.setup(int(seeds[w, k])), record, rules), declared)
        if kept is not None:
            kept.add(s, int(seeds[w, k]), [outcomes[s, w, k]])

    done = _taken(kept, outcomes, seeds) if kept is not None else set()
    places = [(s, w * replicates + k) for w in range(len(seeds)) for k in range(replicates)
              for s in range(len(scenarios))]
    run_in_threads(one, [place for place in places if place not in done], workers, progress)
    return WorldRuns(tuple(scenario.name for scenario in scenarios), tuple(declared), seeds, outcomes, varied,
                     tuple(ensemble.unknowns.kinds[j] for j in free), ensemble.u[:, free], values)


def _taken(kept: KeptRuns, outcomes: np.ndarray, seeds: np.ndarray) -> set[tuple[int, int]]:
    """Fill in runs that were kept; their places."""
    worlds, replicates = seeds.shape
    aside = np.empty(outcomes.shape[-1])

    def arrays(s: int, k: int) -> list[np.ndarray]:
        w, r = divmod(k, MOST_REPLICATES)
        if not 0 <= s < len(outcomes):
            raise IndexError(s)
        return [outcomes[s, w, r] if r < replicates else aside]

    found = kept.take(arrays, int(seeds[0, 0]), worlds * MOST_REPLICATES)
    places = ((s, *divmod(k, MOST_REPLICATES)) for s, k in found)
    return {(s, w * replicates + r) for s, w, r in places if r < replicates}
