"""What `compare` hands back: replicates of scenarios compared in pairs, as tidy tables and pictures."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from alliancelab.agents.errors import StoreError, UserError, did_you_mean
from alliancelab.analysis.life.ages import founded_by_age, peak_age, pooled_by_age
from alliancelab.analysis.life.drift import drift
from alliancelab.analysis.report.comparison import of_comparison
from alliancelab.analysis.report.parts import Content, Report
from alliancelab.analysis.results.base import Plots, Result, kept_table, origin_of, short_number
from alliancelab.analysis.results.kept_records import records_kept
from alliancelab.analysis.results.stored_scenario import StoredScenario, stored_scenarios
from alliancelab.analysis.statistics.intervals import holm, mean_interval, paired_difference
from alliancelab.analysis.tables.run import replicate_tables
from alliancelab.model.accounts import FLOWS
from alliancelab.model.setup import QUARTERS_A_YEAR
from alliancelab.model.tables import AGE_LIMIT, AGES, CURVES
from alliancelab.scenarios.regional_outcomes import declared_outcome
from alliancelab.scenarios.replicates import Replicates
from alliancelab.scenarios.store import Stored

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

__all__ = ["Comparison", "ComparisonPlots"]


class Comparison(Result):
    """Replicates of several scenarios on common random numbers.

    Parameters
    ----------
    replicates : Replicates
        Results of the runner; axes (scenario, replicate, ...).
    scenarios : sequence of Scenario
        In the order of the first axis. The first is the baseline of `differences`.
    provenance : mapping, optional
        Version, scenarios in full, seeds, packages, budgets: written into ``comparison.json`` as it is.
    """

    kind, file = "compare", "comparison.json"

    def __init__(self, replicates: Replicates, scenarios: Sequence, provenance: Mapping[str, Any] | None = None):
        self.replicates = replicates
        self.scenarios = tuple(scenarios)
        self.provenance = dict(provenance or {})

    @classmethod
    def from_folder(cls, stored: Stored) -> Self:
        """The comparison that was saved into a folder, with all its replicates."""
        scenarios = stored_scenarios(stored)
        names, seeds = tuple(s.name for s in scenarios), np.array(stored.document["seeds"], np.int64)
        words = kept_table(stored, "summary").drop_duplicates("outcome").set_index("outcome")
        declared = tuple(declared_outcome(str(name), row["title"], row["unit"]) for name, row in words.iterrows())
        shape = (len(names), len(seeds))
        curves, ages = stored.table("curves"), records_kept(stored, "ages", stored.table("ages"), AGES)
        replicates = Replicates(
            names, declared, seeds,
            _shaped(stored, "outcomes", stored.table("outcomes")["value"].to_numpy(), (*shape, len(declared))),
            _shaped(stored, "ages", ages, (*shape, AGE_LIMIT)),
            tuple(_curves_of(stored, curves, scenario, len(seeds)) for scenario in scenarios),
            _shaped(stored, "flows", stored.table("flows")["amount"].to_numpy(), (*shape, len(FLOWS))))
        return cls(replicates, scenarios, origin_of(stored))

    @property
    def names(self) -> list[str]:
        """Scenario names in order."""
        return [scenario.name for scenario in self.scenarios]

    @cached_property
    def outcomes(self) -> "pd.DataFrame":
        """One row per run and outcome: ``scenario``, ``replicate``, ``seed``, ``outcome``, ``value``."""
        import pandas as pd

        values = self.replicates.outcomes
        scenario, replicate, outcome = (axis.ravel() for axis in np.indices(values.shape))
        columns = {
            "scenario": np.array(self.names, object)[scenario],
            "replicate": replicate,
            "seed": np.asarray(self.replicates.seeds)[replicate],
            "outcome": np.array([o.name for o in self.replicates.declared], object)[outcome],
            "value": values.ravel(),
        }
        return pd.DataFrame(columns)

    @cached_property
    def summary(self) -> "pd.DataFrame":
        """Mean of every outcome with its 95 % interval, indexed by (scenario, outcome).

        Columns: ``title``, ``unit``, ``mean``, ``low``, ``high``, ``sd`` over replicates, and ``n``, the replicates
        that gave an answer.
        """
        import pandas as pd

        interval = mean_interval(np.moveaxis(self.replicates.outcomes, 1, -1))
        columns = {name: values.ravel() for name, values in interval._asdict().items()}
        return pd.DataFrame({**self._words(len(self.names)), **columns}, self._index(self.names))

    @cached_property
    def differences(self) -> "pd.DataFrame":
        """Paired differences from the first scenario, see `differences_from`."""
        return self.differences_from(self.names[0])

    def differences_from(self, baseline: str) -> "pd.DataFrame":
        """Paired differences of every other scenario from a baseline, indexed by (scenario, outcome).

        Returns
        -------
        DataFrame
            ``title``, ``unit``
            ``baseline``: its mean over the same pairs
            ``difference``, ``low``, ``high``: mean paired difference with its 95 % interval (paired t)
            ``sd``: standard deviation of the paired difference
            ``p``, ``p_holm``: of the paired t test, and adjusted for all rows of this table (Holm 1979)
            ``correlation``, ``variance_reduction``: what common random numbers did, see
            `statistics.intervals.PairedDifference`
            ``n``: pairs without NaN
            ``standardised``, ``standardised_low``, ``standardised_high``: the difference over the standard deviation
            of single runs (root mean square of the two arms); infinite if that is zero
            ``better``: 1 where more is better, -1 where less is, else 0

        Raises
        ------
        UserError
            When there is no scenario of this name.
        """
        import pandas as pd

        if baseline not in self.names:
            raise UserError(f"no scenario '{baseline}' in this comparison; {did_you_mean(baseline, self.names)}")
        place = self.names.index(baseline)
        others = [i for i in range(len(self.names)) if i != place]
        values = np.moveaxis(self.replicates.outcomes, 1, -1)
        base = np.broadcast_to(values[place], values[others].shape)
        arms = values[others]
        paired = paired_difference(arms, base)
        both = np.isfinite(arms) & np.isfinite(base)
        base_mean = mean_interval(np.where(both, base, np.nan))
        spread = np.sqrt((mean_interval(np.where(both, arms, np.nan)).sd ** 2 + base_mean.sd**2) / 2)
        standardised = {
            f"standardised{end}": _over(getattr(paired, part), spread).ravel()
            for part, end in (("difference", ""), ("low", "_low"), ("high", "_high"))
        }
        columns = {name: column.ravel() for name, column in paired._asdict().items()}
        table = pd.DataFrame({**self._words(len(others)), "baseline": base_mean.mean.ravel(), **columns},
                             self._index([self.names[i] for i in others]))
        table.insert(table.columns.get_loc("p") + 1, "p_holm", holm(paired.p).ravel())
        return table.assign(**standardised, better=np.tile([o.better for o in self.replicates.declared], len(others)))

    @cached_property
    def lifecycle(self) -> "pd.DataFrame":
        """Mean vitality by age, see `by_age`."""
        return self.by_age("vitality")

    def by_age(self, column: str = "vitality") -> "pd.DataFrame":
        """Mean of a quantity by age, over the living and over the cohort with the ended counted as zero.

        A comparison keeps sums by age, columns of AGES. `lifecycle` keeps whole runs: its `by_age` takes any column of
        the panel, groups, and other alignments.

        Returns
        -------
        DataFrame
            ``scenario``, ``age`` in years; pooled over replicates ``mean`` over the living and ``cohort``, the ended
            counted as zero, with 95 % intervals; ``alliances`` seen alive, ``founded``: that could be seen at that age

        Raises
        ------
        UserError
            When the quantity is not kept.
        """
        import pandas as pd

        kept = [column.name for column in AGES if column.name != "alliances"]
        if column not in kept:
            near = f"; {did_you_mean(column, kept)}" if isinstance(column, str) else ""
            raise UserError(f"a comparison does not keep {column!r} by age{near}; "
                            "al.lifecycle(...).by_age takes any quantity of the panel")
        bands = [pooled_by_age(self.replicates.ages[i], self._founded(i), column)
                 for i in range(len(self.names))]
        table = pd.concat([pd.DataFrame(band._asdict()) for band in bands], keys=self.names, names=["scenario"])
        return table.reset_index(level="scenario").reset_index(drop=True)

    @cached_property
    def peaks(self) -> "pd.DataFrame":
        """Age, in years, at which a cohort's mean vitality is highest, by scenario; see `life.ages.Peak`."""
        import pandas as pd

        peaks = [peak_age(self.replicates.ages[i], self._founded(i)) for i in range(len(self.names))]
        return pd.DataFrame(peaks, pd.Index(self.names, name="scenario"))

    @cached_property
    def drift(self) -> "pd.DataFrame":
        """Trends that each scenario has by itself, indexed by (scenario, quantity); see `life.drift.drift`."""
        import pandas as pd

        parts = [drift(self.replicates.curves[i], scenario.world["warm_up"])
                 for i, scenario in enumerate(self.scenarios)]
        return pd.concat(parts, keys=self.names, names=["scenario"])

    def _founded(self, place: int) -> np.ndarray:
        """Alliances of one scenario that each age could have been seen of, by replicate."""
        return founded_by_age(self.replicates.curves[place]["founded"],
                                        self.scenarios[place].world["warm_up"])

    def over_time(self, column: str, yearly: bool = False) -> "pd.DataFrame":
        """Mean of a calendar curve: ``scenario``, ``year``, ``mean``, ``low``, ``high``, ``sd``, ``n``.

        Parameters
        ----------
        column : str
            A column of CURVES.
        yearly : bool
            Means over the quarters of each full calendar year, instead of single quarters.

        Raises
        ------
        UserError
            When there is no such curve.
        """
        import pandas as pd

        known = self.replicates.curves[0].dtype.names or ()
        if column not in known:
            raise UserError(f"no curve '{column}'; {did_you_mean(column, known)}")
        parts = []
        for scenario, curves in zip(self.scenarios, self.replicates.curves, strict=True):
            years, values = scenario.years(), curves[column].T
            if yearly:
                first = scenario.world["warm_up"] % QUARTERS_A_YEAR
                full = (len(years) - first) // QUARTERS_A_YEAR
                rows = slice(first, first + full * QUARTERS_A_YEAR)
                years = years[rows][::QUARTERS_A_YEAR]
                values = values[rows].reshape(full, QUARTERS_A_YEAR, -1).mean(axis=1)
            parts.append(pd.DataFrame({"scenario": scenario.name, "year": years, **mean_interval(values)._asdict()}))
        return pd.concat(parts, ignore_index=True)

    @property
    def plot(self) -> "ComparisonPlots":
        """Pictures of the comparison, such as ``comparison.plot.differences()``."""
        return ComparisonPlots(self)

    def tables(self) -> "dict[str, pd.DataFrame]":
        """Every table by name; differences need a second scenario."""
        found = {name: getattr(self, name) for name in ("outcomes", "summary", "lifecycle", "peaks", "drift")}
        found |= replicate_tables(self.replicates)
        return found | ({"differences": self.differences} if len(self.names) > 1 else {})

    def page(self) -> Report:
        """Sections of the report."""
        return of_comparison(Content(self.provenance, self.tables(), self.plot.all()))

    def __repr__(self) -> str:
        return f"Comparison({', '.join(self.names)}: {len(self.replicates.seeds)} replicates)"

    def _repr_html_(self) -> str:
        means = self.summary.reset_index().pivot(index="outcome", columns="scenario", values="mean")
        means = means.loc[[o.name for o in self.replicates.declared], self.names]
        means.index = [f"{o.title} ({o.unit})" for o in self.replicates.declared]
        heading = f"<b>Means over {len(self.replicates.seeds)} replicates</b>"
        return heading + means.rename_axis(columns=None).to_html(float_format=short_number)

    def _index(self, scenarios: Sequence[str]) -> "pd.MultiIndex":
        import pandas as pd

        outcomes = [o.name for o in self.replicates.declared]
        return pd.MultiIndex.from_product([scenarios, outcomes], names=["scenario", "outcome"])

    def _words(self, times: int) -> dict[str, list[str]]:
        declared = self.replicates.declared
        return {"title": [o.title for o in declared] * times, "unit": [o.unit for o in declared] * times}


class ComparisonPlots(Plots):
    """Pictures of a comparison; each method returns a matplotlib Figure."""

    def __init__(self, comparison: Comparison):
        self._comparison = comparison
        self._titles = {scenario.name: scenario.title for scenario in comparison.scenarios}
        self._count = len(comparison.replicates.seeds)

    def lifecycle(self) -> "Figure":
        """Mean vitality of a cohort by age in every scenario, with bands, and that of the living."""
        from alliancelab.analysis.figures import comparison

        return comparison.lifecycle(self._comparison.lifecycle, self._comparison.peaks, self._titles, self._count)

    def curves(self, columns: str | Sequence[str] = ("alliances", "vitality", "diffused", "outlay")) -> "Figure":
        """Yearly means of every scenario after the warm-up, with bands; columns of CURVES, one panel each."""
        from alliancelab.analysis.figures import comparison

        columns = (columns,) if isinstance(columns, str) else columns

        first = min(scenario.world["start_year"] for scenario in self._comparison.scenarios)
        tables = {column: self._comparison.over_time(column, yearly=True) for column in columns}
        return comparison.curves({name: one[one["year"] >= first] for name, one in tables.items()}, self._titles)

    def differences(self, baseline: str | None = None) -> "Figure":
        """Paired differences from a baseline (by default the first scenario) as a forest plot.

        Raises
        ------
        UserError
            With fewer than two scenarios or replicates, or an unknown baseline.
        """
        from alliancelab.analysis.figures import comparison

        if len(self._titles) < 2 or self._count < 2:
            raise UserError("a picture of differences needs at least two scenarios and two replicates")
        name = baseline or self._comparison.names[0]
        return comparison.differences(self._comparison.differences_from(name), self._titles, name, self._count)

    def cost_effect(self, cost: str = "public_outlay", effect: str = "diffused_innovation") -> "Figure":
        """Mean effect against mean cost of every scenario, both outcomes, with intervals."""
        from alliancelab.analysis.figures import comparison

        return comparison.cost_effect(self._comparison.summary, self._titles, cost, effect)

    def all(self) -> "dict[str, Figure]":
        """Every picture by name; that of differences needs more than one scenario and replicate."""
        pictures = {"lifecycle": self.lifecycle(), "curves": self.curves(), "cost_effect": self.cost_effect()}
        if len(self._titles) > 1 and self._count > 1:
            pictures["differences"] = self.differences()
        return pictures


def _curves_of(stored: Stored, curves: "pd.DataFrame", scenario: StoredScenario, replicates: int) -> np.ndarray:
    """Calendar curves of one scenario: records of shape (replicates, quarters)."""
    rows = records_kept(stored, "curves", curves[curves["scenario"] == scenario.name], CURVES)
    return _shaped(stored, "curves", rows, (replicates, scenario.world["quarters"]))


def _shaped(stored: Stored, name: str, values: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    try:
        return values.reshape(shape)
    except ValueError:
        raise StoreError(f"{stored.folder}: the table '{name}' has {len(values)} rows, not {np.prod(shape)}: "
                         f"it was written by version {stored.document.get('version')}; write the results again"
                         ) from None


def _over(difference: np.ndarray, spread: np.ndarray) -> np.ndarray:
    """Difference over spread: infinite where a difference meets no spread, zero where there is neither."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where((spread == 0) & (difference == 0), 0.0, difference / spread)
