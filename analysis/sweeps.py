"""Results of a sweep as tidy tables, and what is learnt from them: sensitivity, luck, boxes, pictures.

Source: H5.
"""

from collections.abc import Sequence
from functools import cached_property
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from alliancelab.analysis import discovery
from alliancelab.analysis.sensitivity import (
    Morris,
    OneAtATime,
    Regression,
    Sobol,
    morris_effects,
    one_at_a_time,
    regression,
    sobol_indices,
    unit_of,
)
from alliancelab.analysis.sensitivity import luck as shares_of_luck
from alliancelab.analysis.statistics import mean_interval
from alliancelab.model.outcomes import OUTCOMES, Outcome
from alliancelab.scenarios.errors import StoreError, UserError, did_you_mean
from alliancelab.scenarios.sweep.design import Factor
from alliancelab.scenarios.sweep.parts import chosen, parts_in, read_part
from alliancelab.scenarios.sweep.plan import COLUMNS, Sweep
from alliancelab.scenarios.sweep.points import LEVELS
from alliancelab.scenarios.sweep.pool import open_shards
from alliancelab.scenarios.sweep.work import CURVE

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

__all__ = ["MAIN", "Discovery", "SweepResults"]

MAIN = ("founded", "vitality", "patents", "products", "adoptions", "productivity", "public_outlay")
"""Outcomes that are told where none are asked for."""

_TELLS = {"morris": "mu_star", "saltelli": "total", "oat": "span"}
"""What the factors of a design are ranked by; all other methods by their coefficient."""


class SweepResults:
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
    measures : tuple of Outcome
        What runs are judged by.

    Raises
    ------
    StoreError
        When it is no sweep, is not complete, or a part is torn or has changed.
    """

    def __init__(self, folder: "str | Path | Sweep", partial: bool = False):
        self.sweep = folder if isinstance(folder, Sweep) else Sweep(folder)
        self.factors: tuple[Factor, ...] = tuple(self.sweep.factors)
        known = {outcome.name: outcome for outcome in OUTCOMES}
        self.measures: tuple[Outcome, ...] = tuple(known[name] for name in self.sweep.manifest["outcomes"]
                                                   if name in known)
        missing = len(open_shards(self.sweep, self.sweep.shards()))
        if missing and not partial:
            raise StoreError(f"{self.sweep.storage.url}: the sweep is not complete, {missing} of "
                             f"{len(self.sweep.shards())} shards have no part; finish it with `alliancelab sweep run`, "
                             "or ask for a partial reading")

    @property
    def method(self) -> str:
        """Method of the design."""
        return self.sweep.manifest["design"]["method"]

    @property
    def scenarios(self) -> list[str]:
        """Names of the scenarios that the design was run over."""
        return [told["name"] for told in self.sweep.manifest["scenarios"]]

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
        """One row a run: scenario, point, replicate, seed, a column for each factor and outcome, and ``error``.

        A factor is NaN where a point leaves it as it is in the scenario, an outcome where the run gives no answer;
        ``error`` says why a run failed, and is missing where it did not.
        """
        known = [factor.name for factor in self.factors] + [measure.name for measure in self.measures]
        return self._read([*COLUMNS, *known, "error"])

    @property
    def failures(self) -> "pd.DataFrame":
        """The runs that failed, with their reasons."""
        columns = ["run", "scenario", "point", "replicate", "seed", "error"]
        return self.runs.loc[self.runs["error"].notna(), columns].reset_index(drop=True)

    @cached_property
    def curves(self) -> "pd.DataFrame":
        """One row a run and calendar year after the warm-up: scenario, point, replicate, ``year``, columns of CURVES.

        Raises
        ------
        UserError
            When the sweep did not keep curves.
        """
        from alliancelab.model.tables import CURVES

        if "curves" not in self.sweep.manifest["design"]["keep"]:
            raise UserError('the sweep kept no curves; write keep = ["outcomes", "curves"] into its design')
        columns = [CURVE + column.name for column in CURVES]
        frame = self._read(["scenario", "point", "replicate", *columns])
        frame = frame[frame[columns[0]].notna()]
        starts = {told["name"]: told["world"]["start_year"] for told in self.sweep.manifest["scenarios"]}
        lengths = frame[columns[0]].map(len)
        long = frame.explode(columns, ignore_index=True)
        within = np.concatenate([np.arange(length) for length in lengths]) if len(lengths) else np.array([])
        long.insert(3, "year", long["scenario"].map(starts).astype(float) + within)
        return long.rename(columns=lambda name: name.removeprefix(CURVE)).astype(
            {column.name: float for column in CURVES})

    def points(self, scenario: str | None = None) -> "pd.DataFrame":
        """Means over replicates, one row a point: factors and outcomes, indexed by (scenario, point)."""
        known = [factor.name for factor in self.factors] + [measure.name for measure in self.measures]
        rows = self.runs if scenario is None else self.runs[self.runs["scenario"] == self._scenario(scenario)]
        return rows.groupby(["scenario", "point"], observed=True)[known].mean()

    def summary(self) -> "pd.DataFrame":
        """Outcomes over all runs, indexed by (scenario, outcome): title, unit, mean, sd, least, most, and how many."""
        import pandas as pd

        parts = {}
        for name in self.scenarios:
            rows = self.runs[self.runs["scenario"] == name]
            values = rows[[measure.name for measure in self.measures]]
            parts[name] = pd.DataFrame({
                "title": [m.title for m in self.measures], "unit": [m.unit for m in self.measures],
                "mean": values.mean().to_numpy(), "sd": values.std().to_numpy(), "least": values.min().to_numpy(),
                "most": values.max().to_numpy(), "n": values.count().to_numpy(),
            }, pd.Index([m.name for m in self.measures], name="outcome"))
        return pd.concat(parts, names=["scenario"])

    # --- arrays ----------------------------------------------------------------------------------------------------

    def _scenario(self, name: str | None) -> str:
        """The scenario of this name; the only one, or the first, where none is asked for."""
        if name is not None and name not in self.scenarios:
            raise UserError(f"there is no scenario '{name}' in this sweep; {did_you_mean(name, self.scenarios)}")
        return name or self.scenarios[0]

    def measure(self, name: str) -> Outcome:
        """Declaration of an outcome; `UserError` when there is none of that name."""
        return _named(name, self.measures, f"there is no outcome '{name}'")

    def factor(self, name: str) -> Factor:
        """What was varied under this name; `UserError` when nothing was."""
        return _named(name, self.factors, f"'{name}' was not varied in this sweep")

    def arrays(self, outcome: str, scenario: str | None = None) -> tuple[np.ndarray, np.ndarray]:
        """Values of an outcome and the points they belong to.

        Returns
        -------
        values : ndarray of float64, shape (points, replicates)
            NaN where a run failed, gave no answer or is not there yet.
        points : ndarray of float64, shape (points, factors)
            NaN where a point leaves a factor as it is, or is not there yet.
        """
        self.measure(outcome)
        rows = self.runs[self.runs["scenario"] == self._scenario(scenario)]
        values = np.full((self.sweep.points, self.sweep.replicates), np.nan)
        values[rows["point"], rows["replicate"]] = rows[outcome]
        points = np.full((self.sweep.points, len(self.factors)), np.nan)
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
        parts = {}
        for outcome in outcomes:
            values, points = self.arrays(outcome, scenario)
            parts[outcome] = pd.DataFrame(self._sensitivity(values, points)._asdict(), index)
        return pd.concat(parts, names=["outcome"])

    def _sensitivity(
        self, values: np.ndarray, points: np.ndarray
    ) -> Morris | Sobol | OneAtATime | Regression:
        if self.method == "morris":
            levels = self.sweep.manifest["design"]["levels"] or LEVELS
            return morris_effects(values, unit_of(points, self.factors, levels), levels)
        if self.method == "saltelli":
            return sobol_indices(values, len(self.factors))
        if self.method == "oat":
            return one_at_a_time(values, points)
        return regression(values, points)

    @property
    def told_by(self) -> str:
        """Column of `sensitivity` that factors are ranked by."""
        return _TELLS.get(self.method, "coefficient")

    def luck(self, outcomes: Sequence[str] = MAIN, scenario: str | None = None) -> "pd.DataFrame":
        """Shares of the variance of single runs by outcome: what was varied, the seed, and both; `sensitivity.Luck`."""
        import pandas as pd

        rows = {outcome: shares_of_luck(self.arrays(outcome, scenario)[0])._asdict() for outcome in outcomes}
        return pd.DataFrame(rows).T.rename_axis("outcome")

    def trajectories(self, outcome: str, scenario: str | None = None) -> "pd.DataFrame":
        """One factor moved at a time: ``factor``, ``value``, ``mean``, ``low``, ``high``, ``n``.

        For an oat design. The interval is that of the mean over replicates; the scenario as it is has NaN as value
        and an empty factor.

        Raises
        ------
        UserError
            When the design is another one.
        """
        import pandas as pd

        if self.method != "oat":
            raise UserError(f"trajectories of single factors want a design of the method oat, not {self.method}")
        values, points = self.arrays(outcome, scenario)
        names = [factor.name for factor in self.factors]
        moved = np.isfinite(points)
        frame = pd.DataFrame({
            "factor": [names[row.argmax()] if row.any() else "" for row in moved],
            "value": [point[row][0] if row.any() else np.nan for point, row in zip(points, moved, strict=True)],
        })
        interval = mean_interval(values)
        frame = frame.assign(mean=interval.mean, low=interval.low, high=interval.high, n=interval.n)
        return frame[frame["n"] > 0].reset_index(drop=True)

    def discover(
        self,
        outcome: str,
        above: float | None = None,
        below: float | None = None,
        coverage: float = discovery.COVERAGE,
        scenario: str | None = None,
    ) -> "Discovery":
        """The box of factors in which an outcome is above, or below, a value; see `discovery`.

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
            raise UserError("say one of --above and --below: which runs are of interest")
        if not 0.0 < coverage <= 1.0:
            raise UserError(f"--coverage is {coverage:g} and has to be more than 0 and at most 1")
        values, points = self.arrays(outcome, scenario)
        answered = np.isfinite(values).any(axis=1)
        if np.isnan(points[answered]).any():
            raise UserError(f"a box wants points that say every factor; the method {self.method} leaves some open")
        hits = values > above if above is not None else values < below
        interest = np.where(np.isfinite(values), hits, np.nan)[answered]
        shares = np.nanmean(interest, axis=1)
        if shares.sum() == 0.0 or shares.mean() == 1.0:
            raise UserError(f"{'no' if shares.sum() == 0.0 else 'every'} run has {outcome} "
                            f"{'above' if above is not None else 'below'} {above if above is not None else below:g}; "
                            f"runs have {np.nanmin(values):.4g} to {np.nanmax(values):.4g}")
        return Discovery(self, self.measure(outcome), above, below, points[answered], shares, coverage)

    @property
    def plot(self) -> "SweepPlots":
        """Pictures: ``results.plot.sensitivity()``, ``results.plot.heat_map(x, y, outcome)`` and so on."""
        return SweepPlots(self)

    def __repr__(self) -> str:
        return (f"SweepResults({', '.join(self.scenarios)}: {self.method} over {len(self.factors)} factors, "
                f"{len(self.runs):,} of {self.sweep.runs:,} runs, {len(self.failures):,} failed)")

    def _repr_html_(self) -> str:
        design = self.sweep.manifest["design"]
        heading = f"<b>{escape(design['title'] or 'Sweep')}</b>: {escape(repr(self))}"
        varied = "".join(f"<li>{escape(f.name)}: {f.low:g} to {f.high:g} {escape(f.unit)}</li>" for f in self.factors)
        table = self.summary().reset_index().drop(columns="outcome")
        return f"{heading}<ul>{varied}</ul>" + table.to_html(index=False, float_format=lambda x: f"{x:,.4g}")


def _named(name: str, known: Sequence[Any], problem: str) -> Any:
    """The one of this name."""
    for item in known:
        if item.name == name:
            return item
    raise UserError(f"{problem}; {did_you_mean(name, [item.name for item in known])}")


class Discovery:
    """A box of factors, how it was come by, and how far it holds.

    Attributes
    ----------
    box : Box
        The chosen one.
    trajectory : list of Box
        All boxes from the whole space to the smallest.
    base : float
        Share of runs of interest in the whole space.
    held_out : tuple of float
        Coverage and density of boxes on points that they were not found on.
    """

    def __init__(self, results: SweepResults, measure: Outcome, above: float | None, below: float | None,
                 points: np.ndarray, interest: np.ndarray, coverage: float):
        self.results, self.measure = results, measure
        self.condition = f"above {above:g}" if above is not None else f"below {below:g}"
        self.points, self.interest = points, interest
        self.base = float(interest.mean())
        self.trajectory = discovery.trajectory(points, interest)
        self.box = discovery.find_box(points, interest, coverage)
        self.held_out = discovery.held_out_density(points, interest, coverage)

    @property
    def limits(self) -> "pd.DataFrame":
        """Restricted factors, indexed by name: ``low``, ``high``, ``unit``, and ``quasi_p`` of the restriction.

        A side that is not restricted is the bound of the design.
        """
        import pandas as pd

        kept, p = self.box.restricted, discovery.quasi_p(self.points, self.interest, self.box)
        factors = [factor for factor, restricted in zip(self.results.factors, kept, strict=True) if restricted]
        return pd.DataFrame({
            "low": np.maximum(self.box.low[kept], [factor.low for factor in factors]),
            "high": np.minimum(self.box.high[kept], [factor.high for factor in factors]),
            "unit": [factor.unit for factor in factors], "quasi_p": p[kept],
        }, pd.Index([factor.name for factor in factors], name="factor"))

    @property
    def steps(self) -> "pd.DataFrame":
        """The trajectory: ``mass``, ``coverage``, ``density``, ``restricted`` factors, one row a box."""
        import pandas as pd

        told = {name: [getattr(box, name) for box in self.trajectory] for name in ("mass", "coverage", "density")}
        return pd.DataFrame({**told, "restricted": [int(box.restricted.sum()) for box in self.trajectory]})

    def sentence(self) -> str:
        """What was found, in words."""
        held, dense = self.held_out
        return (f"{self.measure.title} {self.condition} in {self.base:.0%} of all runs, and in {self.box.density:.0%} "
                f"of those in the box, which holds {self.box.coverage:.0%} of the runs of interest; on points that "
                f"were not searched, such a box has {dense:.0%} and holds {held:.0%}")

    def plot(self) -> "Figure":
        """The trade-off between coverage and density, and the box."""
        from alliancelab.analysis import sweep_figures

        return sweep_figures.box(self)

    def __repr__(self) -> str:
        return f"Discovery({self.sentence()})"

    def _repr_html_(self) -> str:
        return f"<p>{escape(self.sentence())}</p>" + self.limits.to_html(float_format=lambda x: f"{x:,.4g}")


class SweepPlots:
    """Pictures of a sweep; each method returns a matplotlib Figure."""

    def __init__(self, results: SweepResults):
        self._results = results

    def sensitivity(self, outcomes: Sequence[str] = MAIN, scenario: str | None = None) -> "Figure":
        """Factors ranked by what they do to each outcome, with intervals and the share of luck."""
        from alliancelab.analysis import sweep_figures

        return sweep_figures.sensitivity_bars(self._results, outcomes, scenario)

    def trajectories(self, outcome: str, scenario: str | None = None) -> "Figure":
        """Mean outcome over the values of each factor, for an oat design."""
        from alliancelab.analysis import sweep_figures

        return sweep_figures.trajectories(self._results, outcome, scenario)

    def heat_map(self, x: str, y: str, outcome: str, scenario: str | None = None) -> "Figure":
        """Mean outcome over two factors, all others averaged over."""
        from alliancelab.analysis import sweep_figures

        return sweep_figures.heat_map(self._results, x, y, outcome, scenario)
