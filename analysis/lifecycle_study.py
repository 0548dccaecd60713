"""The life of alliances over replicates of scenarios: fitted curves, turning points, survival, stages, doors.

Source: H4.
"""

import os
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from alliancelab.analysis import survival
from alliancelab.analysis.clusters import bootstrap_weights, pooled_mean, pooled_share
from alliancelab.analysis.counterfactual import with_holm
from alliancelab.analysis.curve_families import FAMILIES
from alliancelab.analysis.curve_fits import SHORTEST, CurveFits, fit_curves, fit_family, of_one_family
from alliancelab.analysis.lifecycle import PEAK_SUPPORT
from alliancelab.analysis.tables import stage_profile_over_runs
from alliancelab.analysis.turning_points import POINTS, agreement, phases, turning_points

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

__all__ = ["LifeCycles", "RunFits", "fits_of"]

RESAMPLES = 400         # of runs, for turning points of the mean curve


class RunFits:
    """Curves fitted to the vitality of the alliances of one run that were founded after the warm-up.

    Attributes
    ----------
    fits : CurveFits
        One series an alliance.
    alliances : ndarray of int, shape (series,)
        Their rows in the alliances table.
    stages : ndarray of int, shape (series, quarters)
        Online stages, zero after the end.
    """

    def __init__(self, fits: CurveFits, alliances: np.ndarray, stages: np.ndarray):
        self.fits, self.alliances, self.stages = fits, alliances, stages

    @cached_property
    def table(self) -> "pd.DataFrame":
        """One row an alliance: ``family``, ``weight`` (Akaike), ``quarters``, ``error`` (root mean square), and each
        turning point in years of age with ``_low`` and ``_high``; NaN where the curve has none."""
        import pandas as pd

        fits, points = self.fits, turning_points(self.fits)
        columns = {
            "family": np.array([family.name for family in fits.families], object)[fits.chosen],
            "weight": fits.weights.max(axis=1),
            "quarters": fits.length,
            "error": np.sqrt((fits.errors**2).sum(axis=1) / fits.length),
        }
        for i, point in enumerate(POINTS):
            columns |= {point: points.age[:, i], f"{point}_low": points.low[:, i], f"{point}_high": points.high[:, i]}
        return pd.DataFrame(columns, pd.Index(self.alliances, name="alliance"))

    @cached_property
    def phases(self) -> np.ndarray:
        """Phases of the fitted curves, see `turning_points.phases`."""
        return phases(self.fits)

    def __repr__(self) -> str:
        return f"RunFits({len(self.alliances)} alliances)"

    def _repr_html_(self) -> str:
        return self.table.to_html(float_format=lambda value: f"{value:,.3g}")


def fits_of(recording) -> RunFits:
    """Fit every family to every alliance of a run that was founded after the warm-up and lived four quarters."""
    panel = recording.panel
    length = np.bincount(panel["alliance"], minlength=len(recording.alliances))
    founded = recording.alliances["founded"]
    rows = np.flatnonzero((founded >= recording.setup.sizes["warm_up"]) & (length >= SHORTEST))
    ages = int(length[rows].max(initial=SHORTEST))
    place = np.full(len(founded), -1)
    place[rows] = np.arange(len(rows))
    mine = panel[place[panel["alliance"]] >= 0]
    at = place[mine["alliance"]], mine["age"]
    values, stages = np.full((len(rows), ages), np.nan), np.zeros((len(rows), ages), np.int64)
    values[at], stages[at] = mine["vitality"], mine["stage"]
    return RunFits(fit_curves(values), rows, stages)


class LifeCycles:
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

    def __init__(self, recordings: Sequence[Sequence], scenarios: Sequence,
                 provenance: Mapping[str, Any] | None = None, workers: int | None = None):
        self.recordings, self.scenarios = tuple(map(tuple, recordings)), tuple(scenarios)
        self.provenance = dict(provenance or {})
        self.workers = workers

    @property
    def names(self) -> list[str]:
        """Scenario names in order."""
        return [scenario.name for scenario in self.scenarios]

    @property
    def runs(self) -> int:
        """Runs of each scenario."""
        return len(self.recordings[0])

    @cached_property
    def fits(self) -> list[list[RunFits]]:
        """Fitted curves by scenario and run; worked out on threads, as NumPy releases the interpreter lock."""
        with ThreadPoolExecutor(self.workers or os.cpu_count() or 1) as pool:
            return [list(pool.map(fits_of, runs)) for runs in self.recordings]

    @cached_property
    def curves(self) -> "pd.DataFrame":
        """One row an alliance, as `RunFits.table`, with ``run``; indexed by (scenario, alliance)."""
        import pandas as pd

        return self._by_scenario([pd.concat([fits.table.assign(run=run) for run, fits in enumerate(runs)])
                                  for runs in self.fits])

    @cached_property
    def families(self) -> "pd.DataFrame":
        """Share of the alliances that each family describes best: ``share``, ``low``, ``high``, ``alliances``."""
        import pandas as pd

        parts = []
        for name in self.names:
            mine = self.curves.loc[name]
            shares = [pooled_share(mine["family"] == family.name, mine["run"], self.runs) for family in FAMILIES]
            parts.append(pd.DataFrame(
                {"title": [family.title for family in FAMILIES], "share": [float(s.value) for s in shares],
                 "low": [float(s.low) for s in shares], "high": [float(s.high) for s in shares],
                 "alliances": [int((mine["family"] == family.name).sum()) for family in FAMILIES]},
                pd.Index([family.name for family in FAMILIES], name="family")))
        return self._by_scenario(parts)

    @cached_property
    def turning_points(self) -> "pd.DataFrame":
        """Turning points in years of age, indexed by (scenario, point).

        Over alliances: mean with ``low``, ``high``, quartiles, and how many ``alliances`` show the point. Of the mean
        curve of living alliances: ``of_mean``, ``of_mean_low``, ``of_mean_high`` from resampled runs with the family
        held, and that ``family``.
        """
        import pandas as pd

        parts = []
        for s, name in enumerate(self.names):
            mine = self.curves.loc[name]
            family, of_mean = self._mean_curve(s)
            lines = []
            for i, point in enumerate(POINTS):
                ages = mine[point].dropna()
                mean = pooled_mean(ages, mine.loc[mine[point].notna(), "run"], self.runs)
                quartiles = ages.quantile([0.25, 0.5, 0.75]) if len(ages) else pd.Series([np.nan] * 3)
                lines.append({
                    "mean": float(mean.value), "low": float(mean.low), "high": float(mean.high),
                    **dict(zip(("lower_quartile", "median", "upper_quartile"), quartiles, strict=True)),
                    "alliances": len(ages), "of_mean": of_mean[0, i], "of_mean_low": of_mean[1, i],
                    "of_mean_high": of_mean[2, i], "family": family})
            parts.append(pd.DataFrame(lines, pd.Index(POINTS, name="point")))
        return self._by_scenario(parts)

    def _mean_curve(self, scenario: int) -> tuple[str, np.ndarray]:
        """Family of the mean curve by age, and its turning points with interval, shape (3, points)."""
        sums = np.stack([recording.ages for recording in self.recordings[scenario]])
        number, total = sums["alliances"], sums["vitality"]
        weights = np.vstack([np.ones(self.runs), bootstrap_weights(self.runs, RESAMPLES)])
        use = np.flatnonzero(number.sum(axis=0) >= PEAK_SUPPORT * number.sum(axis=0).max())
        ages = slice(0, int(use[-1]) + 1)
        with np.errstate(invalid="ignore", divide="ignore"):
            means = (weights @ total[:, ages]) / (weights @ number[:, ages])
        means = means[np.isfinite(means).all(axis=1)]
        whole = fit_curves(means[:1])
        chosen = int(whole.chosen[0])
        family, fit = whole.families[chosen], whole.fits[chosen]
        near = np.repeat(fit.parameters, len(means), axis=0)
        resampled = fit_family(means, family, whole.rho, near)
        points = turning_points(of_one_family(means, family, resampled, whole.rho)).age
        middle = turning_points(whole).age[0]
        known = np.isfinite(points[1:]).mean(axis=0) >= 0.5 if self.runs > 1 else np.zeros(len(POINTS), bool)
        ends = np.full((2, len(POINTS)), np.nan)
        if known.any():
            ends[:, known] = np.nanquantile(points[1:, known], [0.025, 0.975], axis=0)
        return family.name, np.vstack([middle, np.where(np.isfinite(middle), ends, np.nan)])

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
        """Endings per year with and without each treatment, see `survival.hazards`."""
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

        from alliancelab.analysis.counterfactual import difference

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
        return self._by_scenario([self._agreement(s, False).confusion for s in range(len(self.names))])

    def _agreement(self, scenario: int, curved: bool):
        online, fitted, run = [], [], []
        widest = max(fits.stages.shape[1] for fits in self.fits[scenario])
        for k, fits in enumerate(self.fits[scenario]):
            use = fits.fits.chosen > 0 if curved else np.ones(len(fits.alliances), bool)
            missing = ((0, 0), (0, widest - fits.stages.shape[1]))
            online.append(np.pad(fits.stages[use], missing))
            fitted.append(np.pad(fits.phases[use], missing, constant_values=-1))
            run.append(np.full(use.sum(), k))
        return agreement(np.vstack(online), np.vstack(fitted), np.concatenate(run), self.runs)

    def tables(self) -> "dict[str, pd.DataFrame]":
        """Every table by name."""
        names = ("families", "turning_points", "survival", "hazards", "hazards_by_age", "hazard_ratios", "durations",
                 "doors", "stage_profile", "agreement", "confusion", "curves")
        return {name: getattr(self, name) for name in names}

    def figures(self) -> "dict[str, Figure]":
        """Every picture by name."""
        from alliancelab.analysis import lifecycle_figures as draw

        pictures: dict[str, Figure] = {
            "survival": draw.survival(self), "hazards": draw.hazards(self), "durations": draw.durations(self),
            "turning_points": draw.turning_points(self)}
        return pictures | {f"curves_{name}": draw.curves(self, s) for s, name in enumerate(self.names)}

    def save(self, folder: str | Path) -> Path:
        """Write tables, figures and ``lifecycle.json`` into a folder of results.

        Raises
        ------
        StoreError
            When the folder cannot be written.
        """
        from alliancelab.analysis.results import save_results

        return save_results(folder, "lifecycle.json", self.provenance, self.tables(), self.figures())

    def __repr__(self) -> str:
        return f"LifeCycles({', '.join(self.names)}: {self.runs} runs each)"

    def _repr_html_(self) -> str:
        shown = ("families", "turning_points", "hazard_ratios", "durations", "doors", "agreement")
        return "".join(f"<h4>{name.replace('_', ' ').capitalize()}</h4>"
                       + getattr(self, name).to_html(float_format=lambda value: f"{value:,.3g}") for name in shown)

    def _by_scenario(self, parts: "list[pd.DataFrame]") -> "pd.DataFrame":
        import pandas as pd

        return pd.concat(parts, keys=self.names, names=["scenario"])
