"""The life of alliances over replicates of scenarios: fitted curves, turning points, survival, stages, doors.

Source: H4.
"""

import os
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from alliancelab.analysis.life import survival
from alliancelab.analysis.life.ages import PEAK_SUPPORT
from alliancelab.analysis.life.courses import Quantity, courses, four_courses
from alliancelab.analysis.life.curve_fits import fit_curves, fit_steps, of_steps
from alliancelab.analysis.life.phases import UNSEEN, agreement
from alliancelab.analysis.life.run_fits import RunFits, fits_of
from alliancelab.analysis.life.step_curves import SHAPES
from alliancelab.analysis.life.turning_points import POINTS, turning_points
from alliancelab.analysis.report.parts import Content, Report
from alliancelab.analysis.report.studies import of_lifecycle
from alliancelab.analysis.results.base import Result, kept_table, not_kept, origin_of
from alliancelab.analysis.results.lifecycle_plots import LifeCyclePlots
from alliancelab.analysis.results.stored_scenario import stored_scenarios
from alliancelab.analysis.statistics.clusters import bootstrap_weights, pooled_mean, pooled_share
from alliancelab.analysis.statistics.contrasts import difference, with_holm
from alliancelab.analysis.tables.run import stage_profile_over_runs
from alliancelab.model.setup import QUARTERS_A_YEAR
from alliancelab.scenarios.store import Stored

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["LifeCycles"]

RESAMPLES = 400         # of runs, for turning points of the mean curve
CHANCE = 1.96           # standard errors within which a correlation lies in 95 % of cases where there is none
EXAMPLES = 3            # alliances of each shape that are shown with their fitted curves
_INDEX = {
    "shapes": ("scenario", "shape"),
    "misfit": ("scenario",),
    "turning_points": ("scenario", "point"),
    "survival": ("scenario",),
    "hazards": ("scenario", "treatment", "treated"),
    "hazards_by_age": ("scenario", "year_of_life"),
    "hazard_ratios": ("scenario", "contrast"),
    "durations": ("scenario", "stage"),
    "doors": ("scenario", "door"),
    "stage_profile": ("scenario", "measure", "stage"),
    "agreement": ("scenario", "alliances", "phases", "quarters_later", "measure"),
    "confusion": ("scenario", "stage"),
    "life_courses": ("scenario",),
    "curves": ("scenario", "alliance"),
    "examples": ("scenario",),
}
"""Tables, and the columns that are their index."""


class LifeCycles(Result):
    """Life-cycle analysis of replicates of scenarios.

    Tables hold all scenarios, by name in the first level of the index. Runs are clusters in every interval.

    Parameters
    ----------
    recordings : sequence of sequence of Recording
        By scenario, then by seed.
    scenarios : sequence of Scenario
    provenance : mapping, optional
        Written into ``lifecycle.json`` as it is.
    workers : int, optional
        Threads that fit curves; as many as there are cores by default. Their number changes no result.
    """

    kind, file = "lifecycle", "lifecycle.json"

    def __init__(self, recordings: Sequence[Sequence], scenarios: Sequence,
                 provenance: Mapping[str, Any] | None = None, workers: int | None = None):
        self.recordings, self.scenarios = tuple(map(tuple, recordings)), tuple(scenarios)
        self.provenance = dict(provenance or {})
        self.workers = workers

    @classmethod
    def from_folder(cls, stored: Stored) -> Self:
        """The life cycles that were saved into a folder: their tables, without the runs."""
        made = cls((), stored_scenarios(stored), origin_of(stored))
        for name, index in _INDEX.items():
            made._take(**{name: kept_table(stored, name, index)})
        return made

    @property
    def names(self) -> list[str]:
        """Scenario names in order."""
        return [scenario.name for scenario in self.scenarios]

    @property
    def runs(self) -> int:
        """Runs of each scenario."""
        return len(self.recordings[0]) if self.recordings else len(self.provenance["seeds"])

    @cached_property
    def fits(self) -> list[list[RunFits]]:
        """Fitted curves by scenario and run; worked out on threads, as NumPy releases the interpreter lock."""
        self._need_runs("fits to single alliances")
        with ThreadPoolExecutor(self.workers or os.cpu_count() or 1) as pool:
            return [list(pool.map(fits_of, runs)) for runs in self.recordings]

    @cached_property
    def curves(self) -> "pd.DataFrame":
        """One row per alliance, as `RunFits.table`, with ``run``; indexed by (scenario, alliance)."""
        import pandas as pd

        return self._by_scenario([pd.concat([fits.table.assign(run=run) for run, fits in enumerate(runs)])
                                  for runs in self.fits])

    def _need_runs(self, what: str) -> None:
        if not self.recordings:
            raise not_kept(what, "run the life cycles again")

    @cached_property
    def examples(self) -> "pd.DataFrame":
        """Alliances with their fitted curves, of median misfit, three of each shape; indexed by scenario.

        Columns: ``shape``, ``example``, ``run``, ``alliance``, ``age`` in years, ``vitality``, ``fitted``.
        """
        import pandas as pd

        parts = []
        for runs in self.fits:
            lines = [line for shape in SHAPES for line in self._examples_of(runs, shape)]
            parts.append(pd.concat(lines, ignore_index=True))
        return self._by_scenario(parts).droplevel(-1)

    @staticmethod
    def _examples_of(runs: list[RunFits], shape: str) -> "list[pd.DataFrame]":
        import pandas as pd

        mine = [(run, row) for run, found in enumerate(runs) for row in np.flatnonzero(found.fits.shapes == shape)]
        mine.sort(key=lambda at: runs[at[0]].table["error"].iloc[at[1]])
        middle, found = len(mine) // 2, []
        for place, (run, row) in enumerate(mine[max(middle - EXAMPLES // 2, 0) : middle + EXAMPLES // 2 + 1]):
            fits = runs[run].fits
            fitted = fits.fitted[row, : fits.length[row]]
            found.append(pd.DataFrame({
                "shape": shape, "example": place, "run": run, "alliance": int(runs[run].alliances[row]),
                "age": np.arange(fitted.size) / QUARTERS_A_YEAR, "vitality": fitted + fits.errors[row, : fitted.size],
                "fitted": fitted}))
        return found

    @cached_property
    def shapes(self) -> "pd.DataFrame":
        """Share of the alliances whose curve has each shape: ``share``, ``low``, ``high``, ``alliances``."""
        import pandas as pd

        parts = []
        for name in self.names:
            mine = self.curves.loc[name]
            shares = [pooled_share(mine["shape"] == shape, mine["run"], self.runs) for shape in SHAPES]
            parts.append(pd.DataFrame(
                {"title": list(SHAPES.values()), "share": [float(s.value) for s in shares],
                 "low": [float(s.low) for s in shares], "high": [float(s.high) for s in shares],
                 "alliances": [int((mine["shape"] == shape).sum()) for shape in SHAPES]},
                pd.Index(list(SHAPES), name="shape")))
        return self._by_scenario(parts)

    @cached_property
    def misfit(self) -> "pd.DataFrame":
        """What curves leave unexplained, indexed by scenario.

        Columns: ``error``, the mean over alliances of the root mean square; ``correlated``, the share of alliances
        whose neighbouring errors are correlated beyond chance (5 %), with ``low``, ``high``; ``alliances``.
        """
        import pandas as pd

        rows = []
        for name in self.names:
            mine = self.curves.loc[name]
            beyond = mine["correlation"].abs() > CHANCE / np.sqrt(mine["quarters"])
            share = pooled_share(beyond, mine["run"], self.runs)
            rows.append({"error": mine["error"].mean(), "correlated": float(share.value), "low": float(share.low),
                         "high": float(share.high), "alliances": len(mine)})
        return pd.DataFrame(rows, pd.Index(self.names, name="scenario"))

    @cached_property
    def turning_points(self) -> "pd.DataFrame":
        """Turning points in years of age, indexed by (scenario, point).

        Over alliances: mean with ``low``, ``high``, quartiles, and how many ``alliances`` show the point. Of the mean
        curve of living alliances: ``of_mean``, ``of_mean_low``, ``of_mean_high`` from resampled runs with the number of
        steps held, and its shape, ``shape_of_mean``, the same for all points.
        """
        import pandas as pd

        parts = []
        for s, name in enumerate(self.names):
            mine = self.curves.loc[name]
            shape, of_mean = self._mean_curve(s)
            lines = []
            for i, point in enumerate(POINTS):
                ages = mine[point].dropna()
                mean = pooled_mean(ages, mine.loc[mine[point].notna(), "run"], self.runs)
                quartiles = ages.quantile([0.25, 0.5, 0.75]) if len(ages) else pd.Series([np.nan] * 3)
                lines.append({
                    "mean": float(mean.value), "low": float(mean.low), "high": float(mean.high),
                    **dict(zip(("lower_quartile", "median", "upper_quartile"), quartiles, strict=True)),
                    "alliances": len(ages), "of_mean": of_mean[0, i], "of_mean_low": of_mean[1, i],
                    "of_mean_high": of_mean[2, i], "shape_of_mean": shape})
            parts.append(pd.DataFrame(lines, pd.Index(POINTS, name="point")))
        return self._by_scenario(parts)

    def _mean_curve(self, scenario: int) -> tuple[str, np.ndarray]:
        """Shape of the mean curve by age, and its turning points with interval, shape (3, points)."""
        sums = np.stack([recording.ages for recording in self.recordings[scenario]])
        number, total = sums["alliances"], sums["vitality"]
        weights = np.vstack([np.ones(self.runs), bootstrap_weights(self.runs, RESAMPLES)])
        use = np.flatnonzero(number.sum(axis=0) >= PEAK_SUPPORT * number.sum(axis=0).max())
        ages = slice(0, int(use[-1]) + 1)
        with np.errstate(invalid="ignore", divide="ignore"):
            means = (weights @ total[:, ages]) / (weights @ number[:, ages])
        means = means[np.isfinite(means).all(axis=1)]
        whole = fit_curves(means[:1])
        fit = whole.fits[int(whole.chosen[0])]
        resampled = fit_steps(means, np.repeat(fit.parameters, len(means), axis=0))
        points = turning_points(of_steps(means, resampled)).age
        middle = turning_points(whole).age[0]
        known = np.isfinite(points[1:]).mean(axis=0) >= 0.5 if self.runs > 1 else np.zeros(len(POINTS), bool)
        ends = np.full((2, len(POINTS)), np.nan)
        if known.any():
            ends[:, known] = np.nanquantile(points[1:, known], [0.025, 0.975], axis=0)
        return whole.shapes[0], np.vstack([middle, np.where(np.isfinite(middle), ends, np.nan)])

    def by_age(self, column: Quantity = "vitality", group: str | None = None, align: str = "founding"
               ) -> "pd.DataFrame":
        """Mean course of a quantity by scenario, with intervals over runs; columns as of `Run.by_age`.

        Arguments are those of `Run.by_age`, without `alliances`, whose numbers mean others in each run: use `group`.
        Beside its columns there are ``scenario`` and the ends of 95 % intervals: ``low``, ``high``, ``cohort_low``,
        ``cohort_high``.
        """
        self._need_runs("whole runs")
        parts = [courses(runs, column, group, align) for runs in self.recordings]
        return self._by_scenario(parts).reset_index(level="scenario").reset_index(drop=True)

    @cached_property
    def life_courses(self) -> "pd.DataFrame":
        """Mean courses of vitality by scenario, see `life_courses.four_courses`."""
        return self._by_scenario([four_courses(runs) for runs in self.recordings]).droplevel(-1)

    @cached_property
    def at_risk(self) -> "list[pd.DataFrame]":
        """Quarters at risk by scenario, see `survival.quarters_at_risk`."""
        return [survival.quarters_at_risk(runs) for runs in self.recordings]

    @cached_property
    def survival(self) -> "pd.DataFrame":
        """Share that outlives each age, see `survival.survival_bands`."""
        return self._by_scenario([survival.survival_bands(rows, self.runs) for rows in self.at_risk]).droplevel(-1)

    @cached_property
    def hazards(self) -> "pd.DataFrame":
        """Endings per year of those founded after the warm-up, with and without treatments; see `survival.hazards`."""
        return self._by_scenario([survival.hazards(rows, self.runs) for rows in self.at_risk])

    @cached_property
    def hazards_by_age(self) -> "pd.DataFrame":
        """Endings per year by year of life."""
        return self._by_scenario([survival.hazards_by_age(rows, self.runs) for rows in self.at_risk])

    @cached_property
    def hazard_ratios(self) -> "pd.DataFrame":
        """Hazard ratios at the same age by (scenario, contrast): ``ratio``, ``low``, ``high``, ``p``, ``p_holm``.

        Treated over untreated for each treatment, and each scenario over the first (a seed is one cluster of both).
        """
        import pandas as pd

        tables, lines = [survival.episodes(rows) for rows in self.at_risk], {}
        for name, table in zip(self.names, tables, strict=True):
            for treatment in survival.TREATMENTS:
                lines[name, treatment] = survival.hazard_ratio(table, treatment, self.runs)
        for name, table in zip(self.names[1:], tables[1:], strict=True):
            both = pd.concat([tables[0].assign(arm=0), table.assign(arm=1)], ignore_index=True)
            lines[name, f"against {self.names[0]}"] = survival.hazard_ratio(both, "arm", self.runs)
        rows = []
        for found in lines.values():
            row = difference(found)
            rows.append({"ratio": np.exp(row["difference"]), "low": np.exp(row["low"]), "high": np.exp(row["high"]),
                         "p": row["p"]})
        return with_holm(pd.DataFrame(rows, pd.MultiIndex.from_tuples(lines, names=["scenario", "contrast"])))

    @cached_property
    def durations(self) -> "pd.DataFrame":
        """How long stages last and what follows, see `survival.stage_durations`."""
        return self._by_scenario([survival.stage_durations(survival.spells(runs), self.runs)
                                  for runs in self.recordings])

    @cached_property
    def doors(self) -> "pd.DataFrame":
        """Share of each door in all re-growths, see `survival.doors`."""
        return self._by_scenario([survival.doors(runs) for runs in self.recordings])

    @cached_property
    def stage_profile(self) -> "pd.DataFrame":
        """What marks each stage, see `tables.stage_profile_over_runs`. Source: A4."""
        return self._by_scenario([stage_profile_over_runs(runs) for runs in self.recordings])

    @cached_property
    def agreement(self) -> "pd.DataFrame":
        """Share of alliance-quarters in which online stage and fitted phase agree, and Cohen's kappa.

        For all alliances, and for those whose curve is not a constant.
        """
        import pandas as pd

        return self._by_scenario([pd.concat({who: self._agreement(s, curved).table
                                             for who, curved in (("all", False), ("not constant", True))},
                                            names=["alliances"]) for s in range(len(self.names))])

    @cached_property
    def confusion(self) -> "pd.DataFrame":
        """Alliance-quarters by online stage (rows) and fitted phase (columns)."""
        parts = [self._agreement(s, False).confusion for s in range(len(self.names))]
        return self._by_scenario(parts).rename_axis(columns=None)

    def _agreement(self, scenario: int, curved: bool):
        online, fitted, run = [], [], []
        widest = max(fits.stages.shape[1] for fits in self.fits[scenario])
        for k, fits in enumerate(self.fits[scenario]):
            use = fits.fits.chosen > 0 if curved else np.ones(len(fits.alliances), bool)
            missing = ((0, 0), (0, widest - fits.stages.shape[1]))
            online.append(np.pad(fits.stages[use], missing))
            fitted.append(np.pad(fits.phases[use], missing, constant_values=UNSEEN))
            run.append(np.full(use.sum(), k))
        return agreement(np.vstack(online), np.vstack(fitted), np.concatenate(run), self.runs)

    def tables(self) -> "dict[str, pd.DataFrame]":
        """Every table by name."""
        return {name: getattr(self, name) for name in _INDEX}

    @property
    def plot(self) -> LifeCyclePlots:
        """Pictures, such as ``lives.plot.survival()``."""
        return LifeCyclePlots(self)

    def page(self) -> Report:
        """Sections of the report."""
        return of_lifecycle(Content(self.provenance, self.tables(), self.plot.all()))

    def __repr__(self) -> str:
        return f"LifeCycles({', '.join(self.names)}: {self.runs} runs each)"

    def _shown(self) -> "dict[str, pd.DataFrame]":
        names = ("shapes", "turning_points", "hazard_ratios", "durations", "doors", "agreement")
        return {name: getattr(self, name) for name in names}

    def _by_scenario(self, parts: "list[pd.DataFrame]") -> "pd.DataFrame":
        import pandas as pd

        return pd.concat(parts, keys=self.names, names=["scenario"])
