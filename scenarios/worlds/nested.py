"""Scenarios in many worlds, each on several seeds: worlds x seeds, paired over scenarios.

Seeds are nested in worlds: no two worlds share one, so that luck averages out over worlds, and what worlds differ by is
found from it. Scenarios share both, so that their differences are paired. Source: H3, H5.
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import NamedTuple

import numpy as np

from alliancelab.agents.own_rules import OwnRules
from alliancelab.model.outcomes import Outcome, outcomes_of
from alliancelab.model.simulation import simulate
from alliancelab.scenarios.checks import check_workers
from alliancelab.scenarios.kept_runs import KeptRuns
from alliancelab.scenarios.runner import check_names, has_own, run_in_threads
from alliancelab.scenarios.scenario import Scenario
from alliancelab.scenarios.worlds.ensemble import Ensemble, in_world
from alliancelab.scenarios.worlds.seeds import MOST_REPLICATES, seeds_of

__all__ = ["Together", "WorldRuns", "run_worlds"]

Together = Callable[[Sequence[Scenario], int], np.ndarray]
"""From the scenarios in one world and a seed to numbers of shape (scenarios, declared)."""


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
    together: Together | None = None,
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
    together : callable, optional
        For numbers that take all scenarios of a world and seed at once, such as those of the same alliance in two: it
        runs them. By default each scenario is run by itself and judged by `declared`.

    Raises
    ------
    ScenarioError, StoreError
        When a number is not right, two scenarios share a name, or a run cannot be kept.
    """
    check_names(scenarios)
    check_workers(workers)
    seeds = seeds_of(len(ensemble.numbers), replicates, first_seed)
    varied, free = ensemble.free_in(scenarios)
    values = ensemble.values()[:, free]
    outcomes = np.full((len(scenarios), *seeds.shape, len(declared)), np.nan)
    groups = [slice(s, s + 1) for s in range(len(scenarios))] if together is None else [slice(None)]
    run = together or partial(_judged, declared=declared, rules=rules, record=has_own(declared, scenarios))

    def one(place: tuple[int, int]) -> None:
        g, (w, k) = place[0], divmod(place[1], replicates)
        seed = int(seeds[w, k])
        outcomes[groups[g], w, k] = run([in_world(one, varied, values[w]) for one in scenarios[groups[g]]], seed)
        if kept is not None:
            kept.add(g, seed, [outcomes[groups[g], w, k]])

    done = _taken(kept, outcomes, groups, seeds) if kept is not None else set()
    places = [(g, w * replicates + k) for w in range(len(seeds)) for k in range(replicates)
              for g in range(len(groups))]
    run_in_threads(one, [place for place in places if place not in done], workers, progress)
    return WorldRuns(tuple(scenario.name for scenario in scenarios), tuple(declared), seeds, outcomes, varied,
                     tuple(ensemble.unknowns.kinds[j] for j in free), ensemble.u[:, free], values)


def _judged(scenarios: Sequence[Scenario], seed: int, declared: Sequence[Outcome], rules: OwnRules | None,
            record: bool) -> np.ndarray:
    """Outcomes of each scenario, shape (scenarios, declared)."""
    return np.stack([outcomes_of(simulate(scenario.setup(seed), record, rules), declared)
                     for scenario in scenarios])


def _taken(kept: KeptRuns, outcomes: np.ndarray, groups: Sequence[slice], seeds: np.ndarray) -> set[tuple[int, int]]:
    """Fill in runs that were kept; their places."""
    worlds, replicates = seeds.shape
    aside = [np.empty_like(outcomes[group, 0, 0]) for group in groups]  # for replicates that are not asked for

    def arrays(g: int, k: int) -> list[np.ndarray]:
        w, r = divmod(k, MOST_REPLICATES)
        if not 0 <= g < len(groups):
            raise IndexError(g)
        return [outcomes[groups[g], w, r] if r < replicates else aside[g]]

    found = kept.take(arrays, int(seeds[0, 0]), worlds * MOST_REPLICATES)
    places = ((g, *divmod(k, MOST_REPLICATES)) for g, k in found)
    return {(g, w * replicates + r) for g, w, r in places if r < replicates}
