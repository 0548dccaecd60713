"""Ensembles of worlds that fit: made from targets, written, read, and given out as values of parameters.

Source: H5.
"""

import csv
import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import combinations
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from alliancelab.agents.compiled import sources_hash
from alliancelab.agents.errors import ScenarioError, StoreError
from alliancelab.model.simulation import simulate
from alliancelab.scenarios.checks import check_workers, is_whole
from alliancelab.scenarios.moments import moments_of
from alliancelab.scenarios.runner import run_in_threads
from alliancelab.scenarios.scenario import Scenario
from alliancelab.scenarios.schema import short
from alliancelab.scenarios.store import Stored, write_json, write_table
from alliancelab.scenarios.targets import REGION_SECTION, SHIPPED, Problem
from alliancelab.scenarios.worlds.kept_moments import KeptMoments
from alliancelab.scenarios.worlds.unknowns import CALIBRATED, Unknowns, unknowns
from alliancelab.scenarios.worlds.waves import Effort, Sample, implausibility, sample_worlds

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["FEWEST", "LARGEST", "REPLICATES", "SHIPPED_WORLDS", "Ensemble", "contradictions", "in_world",
           "make_ensemble", "measured_in_worlds", "read_ensemble", "worlds_of", "write_shipped"]

SHIPPED_WORLDS = SHIPPED.with_name("alliances.worlds.csv")
"""The ensemble that comes with the package; what it was made by stands beside it, in the file of the same name."""

REPLICATES = 4     # runs of each scenario in a world: luck of their mean is small beside the spreads of targets
FEWEST, LARGEST = 20, 5000  # worlds that can be asked for
MET = 1.0          # standard deviations within which a world meets a target
LEVEL = 0.05       # at which fewer worlds than by chance meet two targets together
FEW = 0.5          # of what chance would have: more than that is no contradiction

Progress = Callable[[str, int, int], None]


class Ensemble(NamedTuple):
    """Worlds that fit.

    Attributes
    ----------
    unknowns : Unknowns
        What is unknown, with its distribution before anything was fitted.
    numbers : ndarray of int64, shape (worlds,)
        Numbers of the worlds: what no target speaks of is drawn by them.
    u : ndarray of float64, shape (worlds, unknowns)
        Points of the unit cube.
    document : mapping
        What it was made by: ``targets``, ``measured``, ``model``, ``varied``, ``fit``, ``contradictions``, ``waves``.
    """

    unknowns: Unknowns
    numbers: np.ndarray
    u: np.ndarray
    document: Mapping[str, Any]

    def values(self) -> np.ndarray:
        """Values of all unknowns in all worlds, float64 of shape (worlds, unknowns)."""
        return self.unknowns.values(self.u)

    def first(self, count: int) -> "Ensemble":
        """The first worlds; their order is that in which they were drawn, so that these are a sample, too.

        Raises
        ------
        ScenarioError
            When so many are not there.
        """
        if not (is_whole(count) and 2 <= count <= len(self.numbers)):
            raise ScenarioError(f"worlds is {short(count)} and has to lie between 2 and {len(self.numbers)}, as many "
                                "as the ensemble has; `alliancelab calibrate --ensemble` makes a larger one")
        return self._replace(numbers=self.numbers[:count], u=self.u[:count])

    @property
    def is_stale(self) -> bool:
        """Whether it was fitted with another version of the model."""
        return bool(self.document.get("model") != sources_hash())

    def fixed_by(self, scenarios: Sequence[Scenario]) -> list[str]:
        """Unknowns that a scenario sets itself: what it says is taken as known."""
        return [one.parameter.name for one in self.unknowns.listed
                if any(s.parameters[one.parameter.name] != one.parameter.default for s in scenarios)]

    @property
    def hash(self) -> str:
        """Of the values of all worlds."""
        names = ",".join(self.unknowns.names).encode()
        return hashlib.sha256(names + self.values().tobytes()).hexdigest()[:16]

    def described(self, scenarios: Sequence[Scenario]) -> dict[str, Any]:
        """What the document of a result says of the worlds that it was made in, as plain data."""
        return {"targets": self.document["targets"], "measured": self.document["measured"], "stale": self.is_stale,
                "fixed": self.fixed_by(scenarios), "hash": self.hash}

    def free_in(self, scenarios: Sequence[Scenario]) -> tuple[tuple[str, ...], list[int]]:
        """Names and places of the unknowns that no scenario sets itself: those in which worlds differ."""
        fixed = set(self.fixed_by(scenarios))
        free = [j for j, name in enumerate(self.unknowns.names) if name not in fixed]
        return tuple(self.unknowns.names[j] for j in free), free


def in_world(scenario: Scenario, names: Sequence[str], values: np.ndarray) -> Scenario:
    """The same scenario with these parameters."""
    changed = dict(scenario.parameters) | dict(zip(names, values.tolist(), strict=True))
    return replace(scenario, parameters=MappingProxyType(changed))


def worlds_of(scenario: Scenario, ensemble: Ensemble) -> list[Scenario]:
    """A scenario in every world of an ensemble; what it sets itself is taken as known in all of them."""
    names, free = ensemble.free_in([scenario])
    return [in_world(scenario, names, values) for values in ensemble.values()[:, free]]


# --- making --------------------------------------------------------------------------------------------------------


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
        "targets": problem.name, "measured": problem.measured, "model": sources_hash(), "replicates": REPLICATES,
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


# --- files ---------------------------------------------------------------------------------------------------------


def table_of(ensemble: Ensemble) -> "pd.DataFrame":
    """One row a world: its number, and the values that targets speak of; the rest follows from the number."""
    import pandas as pd

    places = [ensemble.unknowns.names.index(name) for name in ensemble.document["active"]]
    return pd.DataFrame(ensemble.values()[:, places], columns=list(ensemble.document["active"])).assign(
        world=ensemble.numbers)[["world", *ensemble.document["active"]]]


def write_ensemble(place: Path, ensemble: Ensemble, provenance: Mapping[str, Any]) -> None:
    """Write an ensemble into a folder of results that is being made."""
    import pandas as pd

    write_table(place, "worlds", table_of(ensemble))
    write_table(place, "fit", pd.DataFrame(ensemble.document["fit"]))
    write_table(place, "waves", pd.DataFrame(ensemble.document["waves"]))
    write_table(place, "contradictions", pd.DataFrame(
        ensemble.document["contradictions"],
        columns=["fact", "other", "worlds", "meet_fact", "meet_other", "meet_both", "expected", "p"]))
    write_json(place, "ensemble.json", {**provenance, "ensemble": dict(ensemble.document)})


def write_shipped(ensemble: Ensemble, file: Path = SHIPPED_WORLDS) -> None:
    """Write an ensemble as the one that comes with the package: a table as text, and what it was made by beside it."""
    table = table_of(ensemble)
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(table.columns)
        writer.writerows([f"{x:.10g}" for x in row] for row in table.itertuples(index=False))
    file.with_suffix(".json").write_text(json.dumps(dict(ensemble.document), indent=1) + "\n", encoding="utf-8")


def read_ensemble(folder: str | Path | None = None) -> Ensemble:
    """Read an ensemble: one that `calibrate` wrote into a folder, or the one that comes with the package.

    Parameters that are gone are left out, new ones are drawn from what is plausible of them.

    Raises
    ------
    StoreError
        When the folder holds no ensemble, or one that cannot be read.
    """
    if folder is None:
        with SHIPPED_WORLDS.open(encoding="utf-8", newline="") as file:
            names, *rows = csv.reader(file)
        columns = dict(zip(names, np.array(rows, float).T, strict=True))
        return _read(columns, json.loads(SHIPPED_WORLDS.with_suffix(".json").read_text(encoding="utf-8")))
    stored = Stored(folder)
    if stored.document.get("kind") != "ensemble":
        raise StoreError(f"{stored.folder}: this folder holds no ensemble of worlds; give one that "
                         "`alliancelab calibrate --ensemble` wrote")
    table = stored.table("worlds")
    try:
        return _read({str(name): table[name].to_numpy(float) for name in table}, stored.document["ensemble"])
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        raise StoreError(f"{stored.folder}: the ensemble is not as alliancelab writes it: {error}") from None


def _read(columns: Mapping[str, np.ndarray], document: Mapping[str, Any]) -> Ensemble:
    everything = unknowns({name: (float(low), float(high)) for name, (low, high) in document["varied"].items()})
    numbers = columns["world"].astype(int)
    u = everything.draws(numbers)
    for name, values in columns.items():
        if name in everything.names:
            j = everything.names.index(name)
            whole = np.repeat(everything.low[None], len(values), axis=0)
            whole[:, j] = values
            u[:, j] = everything.places(whole)[:, j]
    return Ensemble(everything, numbers, u, document)
