"""A sweep: its runs as tidy tables, and what is learnt from them.

Source: H5.
"""

import shutil
from collections.abc import Sequence
from functools import cached_property
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from alliancelab.agents.errors import StoreError, UserError, did_you_mean
from alliancelab.analysis.exploration.sensitivity import RANK_OF_METHOD, by_method, seed_variance
from alliancelab.analysis.report.parts import Report
from alliancelab.analysis.report.sweep import of_sweep
from alliancelab.analysis.results.base import Result
from alliancelab.analysis.results.discovery import COVERAGE, Discovery
from alliancelab.analysis.results.stored_scenario import StoredScenario
from alliancelab.analysis.results.sweep_plots import MAIN, SweepPlots
from alliancelab.analysis.results.sweep_tables import effects_of_points, single_factors_moved
from alliancelab.model.outcomes import Outcome
from alliancelab.model.tables import CURVES
from alliancelab.scenarios import store
from alliancelab.scenarios.store import Stored
from alliancelab.scenarios.sweep.design import Factor
from alliancelab.scenarios.sweep.parts import chosen, parts_in, read_part
from alliancelab.scenarios.sweep.plan import COLUMNS, WORLD, Sweep
from alliancelab.scenarios.sweep.points import LEVELS
from alliancelab.scenarios.sweep.pool import open_shards
from alliancelab.scenarios.sweep.storage import LocalStorage
from alliancelab.scenarios.sweep.work import CURVE

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

__all__ = ["SweepResults"]


class SweepResults(Result):
    """Results of a sweep.

    Parameters
    ----------
    folder : str, Path or Sweep
    partial : bool
        Whether a sweep that is not complete is read as far as it is.

    Attributes
    ----------
    sweep : Sweep
        Its plan and manifest.
    factors : tuple of Factor
        What was varied.
    declared : tuple of Outcome
        Outcomes of the runs.

    Raises
    ------
    StoreError
        When it is no sweep, is not complete, or a part is torn or has changed.
    """

    kind, file = "sweep", store.MANIFEST

    def __init__(self, folder: "str | Path | Sweep", partial: bool = False):
        self.sweep = folder if isinstance(folder, Sweep) else Sweep(folder)
        self.factors: tuple[Factor, ...] = tuple(self.sweep.factors)
        self.declared: tuple[Outcome, ...] = self.sweep.outcomes
        missing = len(open_shards(self.sweep, self.sweep.shards()))
        if missing and not partial:
            raise StoreError(f"{self.sweep.storage.url}: the sweep is not complete, {missing} of "
                             f"{len(self.sweep.shards())} shards have no part; finish it with `alliancelab sweep run`, "
                             "or ask for a partial reading")
        self.scenarios = tuple(StoredScenario.of(one) for one in self.sweep.manifest["scenarios"])
        self.provenance = self.sweep.manifest

    @classmethod
    def from_folder(cls, stored: Stored) -> Self:
        """The sweep of a folder."""
        return cls(stored.folder)

    @property
    def method(self) -> str:
        """Method of the design."""
        return self.sweep.manifest["design"]["method"]

    @property
    def names(self) -> list[str]:
        """Names of the scenarios that the design was run over, in order."""
        return [scenario.name for scenario in self.scenarios]

    @property
    def main(self) -> list[Outcome]:
        """The outcomes of `MAIN` that the sweep has."""
        return [self.outcome(name) for name in MAIN if name in {outcome.name for outcome in self.declared}]

    def _read(self, columns: Sequence[str]) -> "pd.DataFrame":
        import pandas as pd

        parts = chosen(parts_in(self.sweep.storage)[0])
        if not parts:
            raise StoreError(f"{self.sweep.storage.url}: the sweep has no results yet; `alliancelab sweep run` it")
        tables = [read_part(self.sweep.storage, part, list(columns)).to_pandas(use_threads=False) for part in parts]
        frame = pd.concat(tables, ignore_index=True)
        return frame.assign(scenario=frame["scenario"].astype("category"))

    @cached_property
    def runs(self) -> "pd.DataFrame":
        """One row per run: scenario, point, replicate, seed, a column for each factor and outcome, and ``error``.

        A factor is NaN where a point leaves it as it is in the scenario, an outcome where the run gives no answer;
        ``error`` says why a run failed, and is missing where it did not. In many worlds ``world`` numbers these.
        """
        known = [factor.name for factor in self.factors] + [outcome.name for outcome in self.declared]
        return self._read([*COLUMNS, *([WORLD] if self.in_worlds else []), *known, "error"])

    @property
    def in_worlds(self) -> bool:
        """Whether every point was run in many worlds."""
        return self.sweep.manifest.get("worlds") is not None

    @property
    def failures(self) -> "pd.DataFrame":
        """The runs that failed, with their reasons."""
        columns = ["run", "scenario", "point", "replicate", "seed", "error"]
        return self.runs.loc[self.runs["error"].notna(), columns].reset_index(drop=True)

    @cached_property
    def curves(self) -> "pd.DataFrame":
        """One row per run and calendar year after the warm-up: scenario, point, replicate, ``year``, columns of CURVES.

        Raises
        ------
        UserError
            When the sweep did not keep curves.
        """
        if "curves" not in self.sweep.manifest["design"]["keep"]:
            raise UserError('the sweep kept no curves; write keep = ["outcomes", "curves"] into its design')
        columns = [CURVE + column.name for column in CURVES]
        frame = self._read(["scenario", "point", "replicate", *columns])
        frame = frame[frame[columns[0]].notna()]
        starts = {one["name"]: one["world"]["start_year"] for one in self.sweep.manifest["scenarios"]}
        lengths = frame[columns[0]].map(len)
        long = frame.explode(columns, ignore_index=True)
        within = np.concatenate([np.arange(length) for length in lengths]) if len(lengths) else np.array([])
        long.insert(3, "year", long["scenario"].map(starts).astype(float) + within)
        return long.rename(columns=lambda name: name.removeprefix(CURVE)).astype(
            {column.name: float for column in CURVES})

    @cached_property
    def points(self) -> "pd.DataFrame":
        """Means over replicates, one row per point: factors and outcomes, indexed by (scenario, point)."""
        known = [factor.name for factor in self.factors] + [outcome.name for outcome in self.declared]
        return self.runs.groupby(["scenario", "point"], observed=True)[known].mean()

    @cached_property
    def summary(self) -> "pd.DataFrame":
        """Outcomes over all runs, indexed by (scenario, outcome): title, unit, mean, sd, least, most, and how many."""
        import pandas as pd

        parts = {}
        for name in self.names:
            rows = self.runs[self.runs["scenario"] == name]
            values = rows[[outcome.name for outcome in self.declared]]
            parts[name] = pd.DataFrame({
                "title": [o.title for o in self.declared], "unit": [o.unit for o in self.declared],
                "mean": values.mean().to_numpy(), "sd": values.std().to_numpy(), "least": values.min().to_numpy(),
                "most": values.max().to_numpy(), "n": values.count().to_numpy(),
            }, pd.Index([o.name for o in self.declared], name="outcome"))
        return pd.concat(parts, names=["scenario"])

    # --- arrays ----------------------------------------------------------------------------------------------------

    def _scenario(self, name: str | None) -> str:
        """The scenario of this name; the only one, or the first, where none is asked for."""
        if name is not None and name not in self.names:
            raise UserError(f"there is no scenario '{name}' in this sweep; {did_you_mean(name, self.names)}")
        return name or self.names[0]

    def outcome(self, name: str) -> Outcome:
        """Declaration of an outcome; `UserError` when there is none of that name."""
        return _named(name, self.declared, f"there is no outcome '{name}'")

    def factor(self, name: str) -> Factor:
        """What was varied under this name; `UserError` when nothing was."""
        return _named(name, self.factors, f"'{name}' was not varied in this sweep")

    def arrays(self, outcome: str, scenario: str | None = None) -> tuple[np.ndarray, np.ndarray]:
        """Values of an outcome and the points they belong to.

        Returns
        -------
        values : ndarray of float64, shape (points, replicates)
            NaN where a run failed, gave no answer or is not there yet; in worlds, replicates in all of them.
        points : ndarray of float64, shape (points, factors)
            NaN where a point leaves a factor as it is, or is not there yet.
        """
        self.outcome(outcome)
        rows = self.runs[self.runs["scenario"] == self._scenario(scenario)]
        # The scenario as it is, added to points in worlds, is none of the design.
        added = bool((self.sweep.manifest.get("worlds") or {}).get("added"))
        rows = rows[rows["point"] < self.sweep.points - added]
        values = np.full((self.sweep.points - added, self.sweep.replicates), np.nan)
        values[rows["point"], rows["replicate"]] = rows[outcome]
        points = np.full((len(values), len(self.factors)), np.nan)
        points[rows["point"]] = rows[[factor.name for factor in self.factors]]
        return values, points

    # --- what is learnt --------------------------------------------------------------------------------------------

    def sensitivity(self, outcomes: Sequence[str] = MAIN, scenario: str | None = None) -> "pd.DataFrame":
        """Sensitivity of outcomes to factors, by the method that the design is for.

        Indexed by (outcome, factor). Columns: those of `sensitivity.Morris` for trajectories, of `sensitivity.Sobol`
        for a Saltelli design, of `sensitivity.OneAtATime` for oat, and of `sensitivity.Regression` for all others.
        NaN where a point gave no answer.

        Raises
        ------
        UserError
            When there is no such outcome or scenario.
        """
        import pandas as pd

        index = pd.Index([factor.name for factor in self.factors], name="factor")
        levels, parts = self.sweep.manifest["design"]["levels"] or LEVELS, {}
        for outcome in outcomes:
            found = by_method(self.method, *self.arrays(outcome, scenario), self.factors, levels)
            parts[outcome] = pd.DataFrame(found._asdict(), index)
        return pd.concat(parts, names=["outcome"])

    def effects(self, outcomes: Sequence[str] = MAIN, scenario: str | None = None) -> "pd.DataFrame":
        """Every point against the scenario as it is, in all worlds of the sweep, indexed by (point, outcome).

        Columns: those of `WorldComparison.effects`, and one for each factor.

        Raises
        ------
        UserError
            If the sweep was not made in worlds, or there is no such outcome or scenario.
        """
        return effects_of_points(self, outcomes, self._scenario(scenario))

    @property
    def ranked_by(self) -> str:
        """Column of `sensitivity` that factors are ranked by."""
        return RANK_OF_METHOD.get(self.method, "coefficient")

    def seed_variance(self, outcomes: Sequence[str] = MAIN, scenario: str | None = None) -> "pd.DataFrame":
        """Shares of the variance of single runs by outcome: what was varied, the seed, and both.

        Columns: the attributes of `exploration.sensitivity.SeedVariance`.
        """
        import pandas as pd

        rows = {outcome: seed_variance(self.arrays(outcome, scenario)[0])._asdict() for outcome in outcomes}
        return pd.DataFrame(rows).T.rename_axis("outcome")

    def unanswered(self, outcomes: Sequence[str] = MAIN, scenario: str | None = None
                   ) -> dict[str, dict[str, list[int]]]:
        """Points that what is learnt leaves out, by outcome; outcomes without any are not named.

        Returns
        -------
        dict
            ``none``: points at which no replicate gave an answer, which sensitivity leaves out (Morris and Saltelli
            designs give no index then); ``some``: those at which not all did, which `seed_variance` leaves out.
        """
        found = {}
        for outcome in outcomes:
            there = np.isfinite(self.arrays(outcome, scenario)[0])
            none, some = ~there.any(axis=1), there.any(axis=1) & ~there.all(axis=1)
            if none.any() or some.any():
                found[outcome] = {"none": np.flatnonzero(none).tolist(), "some": np.flatnonzero(some).tolist()}
        return found

    def trajectories(self, outcome: str, scenario: str | None = None) -> "pd.DataFrame":
        """One factor moved at a time: ``factor``, ``value``, ``mean``, ``low``, ``high``, ``n``.

        For an oat design. The interval is that of the mean over replicates; the scenario as it is has NaN as value
        and an empty factor.

        Raises
        ------
        UserError
            When the design is another one.
        """
        return single_factors_moved(self, outcome, scenario)

    def discover(
        self,
        outcome: str,
        above: float | None = None,
        below: float | None = None,
        coverage: float = COVERAGE,
        scenario: str | None = None,
    ) -> "Discovery":
        """The box of factors in which an outcome is above, or below, a value; see `exploration.prim`.

        Parameters
        ----------
        above, below : float
            One of the two: which runs are of interest.
        coverage : float
            Share of these that the box has to hold.

        Raises
        ------
        UserError
            When both or none are given, no run or every run is of interest, or points leave factors open.
        """
        if (above is None) == (below is None):
            raise UserError("give one of above and below: which runs are of interest")
        if not 0.0 < coverage <= 1.0:
            raise UserError(f"coverage is {coverage:g} and has to be more than 0 and at most 1")
        values, points = self.arrays(outcome, scenario)
        answered = np.isfinite(values).any(axis=1)
        if np.isnan(points[answered]).any():
            raise UserError(f"a box needs points that set every factor; the method {self.method} leaves some open")
        hits = values > above if above is not None else values < below
        interest = np.where(np.isfinite(values), hits, np.nan)[answered]
        shares = np.nanmean(interest, axis=1)
        if shares.sum() == 0.0 or shares.mean() == 1.0:
            raise UserError(f"{'no' if shares.sum() == 0.0 else 'every'} run has {outcome} "
                            f"{'above' if above is not None else 'below'} {above if above is not None else below:g}; "
                            f"runs have {np.nanmin(values):.4g} to {np.nanmax(values):.4g}")
        return Discovery.find(self.factors, self.outcome(outcome), above, below, points[answered], shares, coverage,
                              [self.scenario_of(scenario)], self.provenance)

    @property
    def plot(self) -> SweepPlots:
        """Pictures, such as ``results.plot.sensitivity()`` and ``results.plot.heat_map(x, y, outcome)``."""
        return SweepPlots(self)

    def figures_of(self, scenario: str) -> "dict[str, Figure]":
        """Pictures of one scenario, by name."""
        return self.plot.of(scenario)

    def page(self) -> Report:
        """Sections of the report."""
        return of_sweep(self)

    def scenario_of(self, name: str | None) -> StoredScenario:
        """The scenario of this name; the first where none is asked for."""
        return self.scenarios[self.names.index(self._scenario(name))]

    def tables(self) -> "dict[str, pd.DataFrame]":
        """Tables by name; sensitivity and variance of the outcomes of `MAIN`."""
        import pandas as pd

        outcomes = [outcome.name for outcome in self.main]
        found = {"runs": self.runs, "points": self.points, "summary": self.summary}
        for name, of in (("sensitivity", self.sensitivity), ("seed_variance", self.seed_variance)):
            found[name] = pd.concat({one: of(outcomes, one) for one in self.names}, names=["scenario"])
        if self.in_worlds:
            found["effects"] = pd.concat({one: self.effects(outcomes, one) for one in self.names}, names=["scenario"])
        return found | ({"curves": self.curves} if "curves" in self.sweep.manifest["design"]["keep"] else {})

    def save(self, folder: str | Path, language: str = "en") -> Path:
        """Copy the sweep with all its runs into a new folder, which holds no figures in any language.

        Raises
        ------
        StoreError, UserError
            If the folder cannot be written, or the sweep lies on another machine.
        """
        if not isinstance(self.sweep.storage, LocalStorage):
            raise UserError(f"{self.sweep.storage.url}: only a sweep on this machine can be copied")
        target = Path(folder)
        if target.exists():
            raise StoreError(f"{target}: there is something already; give the name of a new folder")
        shutil.copytree(self.sweep.storage.root, target)
        return target

    def __repr__(self) -> str:
        return (f"SweepResults({', '.join(self.names)}: {self.method} over {len(self.factors)} factors, "
                f"{len(self.runs):,} of {self.sweep.runs:,} runs, {len(self.failures):,} failed)")

    def _repr_html_(self) -> str:
        design = self.sweep.manifest["design"]
        heading = f"<b>{escape(design['title'] or 'Sweep')}</b>: {escape(repr(self))}"
        varied = "".join(f"<li>{escape(f.name)}: {f.low:g} to {f.high:g} {escape(f.unit)}</li>" for f in self.factors)
        table = self.summary.reset_index().drop(columns="outcome")
        return f"{heading}<ul>{varied}</ul>" + table.to_html(index=False, float_format=lambda x: f"{x:,.4g}")


def _named(name: str, known: Sequence[Any], problem: str) -> Any:
    """The one of this name."""
    for item in known:
        if item.name == name:
            return item
    raise UserError(f"{problem}; {did_you_mean(name, [item.name for item in known])}")
