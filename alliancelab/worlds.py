"""What a conclusion hangs on, from Python: what is unknown, worlds that fit, and scenarios compared in all of them."""

import hashlib
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from alliancelab.agents.errors import ScenarioError
from alliancelab.agents.own_rules import OwnRules
from alliancelab.analysis.results.worlds import WorldComparison
from alliancelab.model.outcomes import Outcome
from alliancelab.scenarios import store
from alliancelab.scenarios.kept_runs import KeptRuns
from alliancelab.scenarios.scenario import Scenario
from alliancelab.scenarios.targets import Problem
from alliancelab.scenarios.worlds.ensemble import Ensemble, make_ensemble, read_ensemble, write_ensemble
from alliancelab.scenarios.worlds.nested import run_worlds, seeds_of

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["REPLICATES", "FittedWorlds", "choose_worlds", "compare_in_worlds", "described", "fit_worlds", "hash_of",
           "uncertainties"]

REPLICATES = 4  # in each world where nothing else is said

Progress = Callable[[str, int, int], None]


def uncertainties(ensemble: str | Path | None = None) -> "pd.DataFrame":
    """Everything that is unknown of the model, with its distribution before and after anything was fitted.

    Parameters
    ----------
    ensemble : path, optional
        A folder that `calibrate` wrote with `ensemble`; by default the ensemble that comes with the package.

    Returns
    -------
    DataFrame
        Indexed by parameter
        ``kind``: calibrated, data or assumed
        ``default``, ``unit``, ``source``
        ``low``, ``high``, ``scale``: ends before anything was fitted, and whether the value or its logarithm is uniform
        ``fitted_low``, ``fitted_high``: between these lie 95 % of the worlds that fit
        ``learnt``: one less the spread over worlds that fit relative to that before, at least zero
        ``reason``: why these ends

    Examples
    --------
    >>> import alliancelab as al
    >>> al.uncertainties().loc["price_leap", "unit"]
    'million yuan'
    """
    import pandas as pd

    worlds = read_ensemble(ensemble)
    values = worlds.values()
    low, high = np.percentile(values, [2.5, 97.5], axis=0)
    listed = worlds.unknowns.listed
    return pd.DataFrame({
        "kind": worlds.unknowns.kinds, "default": [one.parameter.default for one in listed],
        "unit": [one.parameter.unit for one in listed], "source": [one.parameter.source for one in listed],
        "low": worlds.unknowns.low, "high": worlds.unknowns.high,
        "scale": ["log" if one.log else "even" for one in listed], "fitted_low": low, "fitted_high": high,
        "learnt": np.maximum(1.0 - worlds.u.std(axis=0, ddof=1) * np.sqrt(12.0), 0.0),
        "reason": [one.reason for one in listed],
    }, pd.Index(worlds.unknowns.names, name="parameter"))


@dataclass(frozen=True)
class FittedWorlds:
    """What `calibrate` hands back when it was asked for an ensemble.

    Attributes
    ----------
    ensemble : Ensemble
    provenance : dict
    """

    ensemble: Ensemble
    provenance: dict[str, Any]

    def tables(self) -> "dict[str, pd.DataFrame]":
        """By name: ``fit`` of the targets, ``waves``, and ``contradictions`` between facts."""
        import pandas as pd

        document = self.ensemble.document
        return {name: pd.DataFrame(document[name]) for name in ("fit", "waves", "contradictions")}

    def save(self, folder: str | Path) -> Path:
        """Write worlds, tables and ``ensemble.json`` into a folder of results.

        Raises
        ------
        StoreError
            When the folder cannot be written.
        """
        with store.staged(folder) as place:
            write_ensemble(place, self.ensemble, self.provenance)
        return Path(folder)

    def __repr__(self) -> str:
        return f"FittedWorlds({self.ensemble.document['targets']!r}: {len(self.ensemble.numbers)} worlds)"


def fit_worlds(problem: Problem, count: int, folder: Path | None, workers: int | None, progress: Progress | None,
               started: float) -> FittedWorlds:
    """Worlds that fit the targets of a problem; arguments as in `calibrate`, which checks and announces."""
    journal = None if folder is None else folder.with_name(f"{folder.name}.worlds.bin")
    ensemble, _ = make_ensemble(problem, count, journal, workers, progress)
    seeds = [problem.file.first_seed]
    result = FittedWorlds(ensemble, store.provenance(
        "ensemble", problem.scenarios, seeds, time.perf_counter() - started))
    if folder is not None:
        result.save(folder)
    return result


def choose_worlds(scenarios: Sequence[Scenario], worlds: int, replicates: int, first_seed: int,
                  ensemble: str | Path | None) -> Ensemble:
    """The worlds to compare in; arguments as in `compare`, checked before anything is computed."""
    if len(scenarios) < 2:
        raise ScenarioError("effects in many worlds are differences: name two scenarios, or more")
    drawn = read_ensemble(ensemble).first(worlds)
    seeds_of(worlds, replicates, first_seed)
    return drawn


def compare_in_worlds(
    scenarios: Sequence[Scenario],
    drawn: Ensemble,
    replicates: int,
    first_seed: int,
    workers: int | None,
    progress: Callable[[int, int], None] | None,
    declared: Sequence[Outcome],
    rules: OwnRules,
    kept: KeptRuns | None,
    started: float,
    more: dict[str, Any],
) -> WorldComparison:
    """Scenarios in worlds; arguments as in `compare`, which loads, chooses, checks, announces and saves."""
    runs = run_worlds(scenarios, drawn, replicates, first_seed, workers, progress, declared, rules, kept)
    origin = store.provenance("worlds", scenarios, runs.seeds.ravel().tolist(), time.perf_counter() - started,
                              ensemble=described(drawn, scenarios), **more)
    return WorldComparison(runs, scenarios, origin)


def described(ensemble: Ensemble, scenarios: Sequence[Scenario]) -> dict[str, Any]:
    """What the document of a result says of the worlds that it was made in, as plain data."""
    return {"targets": ensemble.document["targets"], "measured": ensemble.document["measured"],
            "stale": ensemble.is_stale, "fixed": ensemble.fixed_by(scenarios), "hash": hash_of(ensemble)}


def hash_of(ensemble: Ensemble) -> str:
    """Of the values of all worlds."""
    names = ",".join(ensemble.unknowns.names).encode()
    return hashlib.sha256(names + ensemble.values().tobytes()).hexdigest()[:16]
