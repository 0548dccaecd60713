"""Making ensembles of worlds that fit targets, and facts that contradict one another.

Source: H5.
"""

from collections.abc import Callable, Sequence
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np

from alliancelab.agents.compiled import sources_hash
from alliancelab.agents.errors import ScenarioError
from alliancelab.model.simulation import simulate
from alliancelab.scenarios.checks import check_workers, is_whole
from alliancelab.scenarios.moments import moments_of
from alliancelab.scenarios.runner import run_in_threads
from alliancelab.scenarios.schema import short
from alliancelab.scenarios.targets import REGION_SECTION, Problem
from alliancelab.scenarios.worlds.ensemble import FEWEST, LARGEST, Ensemble, in_world
from alliancelab.scenarios.worlds.kept_moments import KeptMoments
from alliancelab.scenarios.worlds.unknowns import CALIBRATED, Unknowns, unknowns
from alliancelab.scenarios.worlds.waves import Effort, Sample, implausibility, sample_worlds

__all__ = ["REPLICATES", "contradictions", "make_ensemble", "measured_in_worlds"]

REPLICATES = 4     # runs of each scenario in a world: luck of their mean is small beside the spreads of targets
MET = 1.0          # standard deviations within which a world meets a target
LEVEL = 0.05       # at which fewer worlds than by chance meet two targets together
FEW = 0.5          # of what chance would have: more than that is no contradiction

Progress = Callable[[str, int, int], None]


def make_ensemble(
    problem: Problem,
    count: int,
    journal: Path | None = None,
    workers: int | None = None,
    progress: Progress | None = None,
    effort: Effort | None = None,
) -> tuple[Ensemble, Sample]:
    """Worlds that fit the targets of a problem, by history matching.

    All unknowns are drawn: those that the problem varies from its ranges, the others from what is plausible. What a
    scenario of the problem sets itself is left as it is.

    Source: H5.

    Parameters
    ----------
    problem : Problem
    count : int
        Worlds to keep.
    journal : path, optional
        File that runs are kept in; the same call goes on with what is there.
    workers : int, optional
        Threads; their number changes no bit.
    effort : Effort, optional
        Worlds of the waves.

    Raises
    ------
    ScenarioError, StoreError, UserError
        When a number or the journal is not right, or too few worlds fit.
    """
    if not (is_whole(count) and FEWEST <= count <= LARGEST):
        raise ScenarioError(f"an ensemble of {short(count)} worlds cannot be made; ask for {FEWEST} to {LARGEST}")
    check_workers(workers)
    regional = next((name for name in problem.varied if name.startswith(REGION_SECTION)), None)
    if regional is not None:
        raise ScenarioError(f"an ensemble draws parameters, and {regional} is a number of a region; fit it by "
                            "`alliancelab calibrate` without --ensemble, or take it out of vary")
    everything = unknowns(problem.file.vary)
    calibrated = np.flatnonzero([kind == CALIBRATED for kind in everything.kinds])
    fitted = problem.fitted
    with KeptMoments(journal, problem, REPLICATES) as kept:
        def runs(numbers: np.ndarray, u: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
            found = measured_in_worlds(problem, everything, numbers, u, kept, workers, progress)
            everything_measured.append(found)
            mean, luck = _mean_and_luck(found)
            return mean[:, fitted], luck[:, fitted]

        everything_measured: list[np.ndarray] = []
        sample = sample_worlds(everything.draws, runs, problem.values[fitted], problem.spreads[fitted], count, effort,
                               problem.file.search.seed, calibrated, progress)
    mean, luck = _mean_and_luck(np.concatenate(everything_measured))
    document = {
        "targets": problem.name, "measured": problem.measured, "replicates": REPLICATES,
        "model": sources_hash(any(scenario.region is not None for scenario in problem.scenarios)),
        "first_seed": problem.file.first_seed, "run": len(sample.u), "varied": problem.file.vary,
        "active": [everything.names[j] for j in sample.active],
        "waves": _waves(sample, problem), "fit": _fit(problem, sample, mean, luck),
        # Of the first wave only: worlds chosen because they fit miss one target the more, the less they miss another.
        "contradictions": contradictions(problem.names, mean[sample.wave == 1], luck[sample.wave == 1],
                                         problem.values, problem.spreads),
    }
    return Ensemble(everything, sample.kept, sample.u[sample.kept], document), sample


def measured_in_worlds(problem: Problem, everything: Unknowns, numbers: np.ndarray, u: np.ndarray, kept: KeptMoments,
                       workers: int | None, progress: Progress | None) -> np.ndarray:
    """Moments of every run of every world, float64 of shape (worlds, replicates, targets).

    Parameters
    ----------
    numbers : ndarray of int64, shape (worlds,)
        Of the worlds; their seeds follow from these.
    u : ndarray of float64, shape (worlds, unknowns)
        Points of the unit cube.
    kept : KeptMoments
        Runs that are there are not made again.
    """
    values = everything.values(u)
    found = np.full((len(u), REPLICATES, len(problem.moments)), np.nan)
    asked = [[m for m, arm in zip(problem.moments, problem.arm, strict=True) if arm == a]
             for a in range(len(problem.scenarios))]
    free = [[j for j, one in enumerate(everything.listed)
             if one.kind == CALIBRATED or s.parameters[one.parameter.name] == one.parameter.default]
            for s in problem.scenarios]
    arms = {(a, w): in_world(s, [everything.names[j] for j in free[a]], values[w, free[a]])
            for a, s in enumerate(problem.scenarios) for w in range(len(u))}

    def one(place: tuple[int, int]) -> None:
        a, (w, k) = place[0], divmod(place[1], REPLICATES)
        seed = problem.file.first_seed + int(numbers[w]) * REPLICATES + k
        row = kept.get(a, seed, values[w])
        if row is None:
            row = moments_of(simulate(arms[a, w].setup(seed)), asked[a], problem.file.projects)
            kept.add(a, seed, values[w], row)
        found[w, k, problem.arm == a] = row

    places = [(a, w * REPLICATES + k) for w in range(len(u)) for k in range(REPLICATES) for a in range(len(asked))]
    what = f"runs of worlds {numbers[0] + 1} to {numbers[-1] + 1}"
    run_in_threads(one, places, workers, (lambda done, total: progress(what, done, total)) if progress else None)
    return found


def _mean_and_luck(runs: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean over the runs of a world that gave an answer, and its variance; NaN where there are too few."""
    there = np.isfinite(runs)
    n = there.sum(axis=1)
    mean = np.where(n > 0, np.where(there, runs, 0.0).sum(axis=1) / np.maximum(n, 1), np.nan)
    off = np.where(there, runs - mean[:, None], 0.0)
    return mean, np.where(n > 1, (off**2).sum(axis=1) / np.maximum(n - 1, 1) / np.maximum(n, 1), np.nan)


def _waves(sample: Sample, problem: Problem) -> list[dict[str, Any]]:
    """How far each wave came: worlds run, and the share that no target rules out."""
    fitted = problem.fitted
    off = implausibility(sample.mean, sample.luck, problem.values[fitted], problem.spreads[fitted]).max(axis=1)
    return [{"wave": int(k), "worlds": int((sample.wave == k).sum()),
             "plausible": float(np.mean(off[sample.wave == k] <= 3.0)),
             "median_implausibility": float(np.median(off[sample.wave == k]))} for k in np.unique(sample.wave)]


def _fit(problem: Problem, sample: Sample, mean: np.ndarray, luck: np.ndarray) -> list[dict[str, Any]]:
    """Every target: where the worlds that were kept lie, and how the emulator did in worlds that it had not seen."""
    kept = sample.kept
    judged = {j: {"emulator": one, "emulator_error": two, "emulator_covered": three} for j, one, two, three in zip(
        np.flatnonzero(problem.fitted).tolist(), sample.explained.tolist(), sample.error.tolist(),
        sample.covered.tolist(), strict=True)}
    unjudged = dict.fromkeys(("emulator", "emulator_error", "emulator_covered"))
    off = implausibility(mean, luck, problem.values, problem.spreads)
    rows = []
    for j, name in enumerate(problem.names):
        low, middle, high = (float(x) for x in np.nanpercentile(mean[kept, j], [2.5, 50.0, 97.5]))
        rows.append({"target": name, "title": problem.moments[j].title, "unit": problem.moments[j].unit,
                     "scenario": problem.scenarios[problem.arm[j]].name, "value": float(problem.values[j]),
                     "spread": float(problem.spreads[j]), "fitted": bool(problem.fitted[j]), "model": middle,
                     "low": low, "high": high, "met": float(np.mean(off[kept, j] <= MET)),
                     **judged.get(j, unjudged)})
    return rows


def contradictions(names: Sequence[str], mean: np.ndarray, luck: np.ndarray, values: np.ndarray,
                   spreads: np.ndarray) -> list[dict[str, Any]]:
    """Facts that no world meets, and pairs that fewer worlds meet together than chance would let them.

    A world meets a fact if its mean lies within one standard deviation of fact and luck. A pair contradicts itself if
    fewer than half as many worlds meet both as chance would have it, by Fisher's exact test adjusted for the number of
    pairs (Holm 1979).

    Returns
    -------
    list of dict
        ``fact``, ``other`` ("" for a fact by itself), ``worlds`` that were looked at, how many ``meet_fact``,
        ``meet_other`` and ``meet_both``, ``expected`` by chance, ``p``; fewest first, relative to chance.
    """
    from scipy.stats import hypergeom

    met = implausibility(mean, luck, values, spreads) <= MET
    rows: list[dict[str, Any]] = [
        {"fact": name, "other": "", "worlds": len(met), "meet_fact": 0, "meet_other": 0, "meet_both": 0,
         "expected": 0.0, "p": None} for name, count in zip(names, met.sum(axis=0), strict=True) if count == 0]
    pairs: list[tuple[float, dict[str, Any]]] = []
    for i, j in combinations(range(len(names)), 2):
        first, second, both = (int(x.sum()) for x in (met[:, i], met[:, j], met[:, i] & met[:, j]))
        if first and second:
            pairs.append((float(hypergeom.cdf(both, len(met), first, second)), {
                "fact": names[i], "other": names[j], "worlds": len(met), "meet_fact": first, "meet_other": second,
                "meet_both": both, "expected": first * second / len(met)}))
    pairs.sort(key=lambda pair: pair[0])
    for k, (p, row) in enumerate(pairs):
        if p * (len(pairs) - k) >= LEVEL:
            break
        if row["meet_both"] < FEW * row["expected"]:
            rows.append(row | {"p": p})
    return rows
