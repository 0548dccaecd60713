"""What `run` and `compare` hand back: tidy tables of one run, and replicates of scenarios compared in pairs."""

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from alliancelab.analysis import lifecycle, regional_tables, tables
from alliancelab.analysis.statistics import holm, mean_interval, paired_difference
from alliancelab.model.outcomes import OUTCOMES, Outcome, outcomes_of
from alliancelab.model.setup import QUARTERS_A_YEAR
from alliancelab.scenarios.errors import UserError, did_you_mean

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    from alliancelab.analysis.lifecycle_study import RunFits

__all__ = ["Comparison", "Run", "save_results"]


class Run:
    """One run of one scenario, as tables that are made when they are asked for.

    Parameters
    ----------
    recording : Recording
        What the engine left.
    scenario : Scenario
    provenance : mapping, optional
        Version, scenario in full, seed, packages, platform, duration: written into ``run.json`` as it is.
    measures : sequence of Outcome
        What the run is judged by.
    """

    def __init__(self, recording, scenario, provenance: Mapping[str, Any] | None = None,
                 measures: Sequence[Outcome] = OUTCOMES):
        self.recording = recording
        self.scenario = scenario
        self.provenance = dict(provenance or {})
        self.measures = tuple(measures)

    @property
    def seed(self) -> int:
        """Seed of the run."""
        return self.recording.setup.seed

    @cached_property
    def curves(self) -> "pd.DataFrame":
        """One row a quarter, see `tables.curves_table`."""
        return tables.curves_table(self.recording)

    @cached_property
    def alliances(self) -> "pd.DataFrame":
        """One row an alliance, see `tables.alliances_table`."""
        return tables.alliances_table(self.recording)

    @cached_property
    def panel(self) -> "pd.DataFrame":
        """One row an alliance and quarter, see `tables.panel_table`."""
        return tables.panel_table(self.recording)

    @cached_property
    def members(self) -> "pd.DataFrame":
        """One row a spell of membership, see `tables.members_table`."""
        return tables.members_table(self.recording)

    @cached_property
    def events(self) -> "pd.DataFrame":
        """One row an event, see `tables.events_table`."""
        return tables.events_table(self.recording)

    @cached_property
    def ledger(self) -> "pd.DataFrame":
        """One row a quarter and flow of money, see `tables.ledger_table`."""
        return tables.ledger_table(self.recording)

    @cached_property
    def indicators(self) -> "pd.DataFrame":
        """One row a quarter of a regional system's indicators; empty without a region."""
        return regional_tables.indicators_table(self.recording)

    @cached_property
    def carriers(self) -> "pd.DataFrame":
        """One row a service carrier at the end; empty without a region."""
        return regional_tables.carriers_table(self.recording)

    @cached_property
    def outcomes(self) -> "pd.Series":
        """Value of every declared outcome, by name; NaN where the run gives no answer."""
        import pandas as pd

        values = outcomes_of(self.recording, self.measures)
        return pd.Series(values, pd.Index([o.name for o in self.measures], name="outcome"), name=self.scenario.name)

    def summary(self) -> "pd.DataFrame":
        """Outcomes with their titles and units, indexed by name."""
        import pandas as pd

        columns = {"title": [o.title for o in self.measures], "value": self.outcomes.to_numpy()}
        return pd.DataFrame({**columns, "unit": [o.unit for o in self.measures]}, self.outcomes.index)

    def stage_profile(self) -> "pd.DataFrame":
        """Distribution of size, trust, technology, output, ... by stage after the warm-up; `tables.stage_profile`."""
        return tables.stage_profile(self.panel, self.recording.setup.sizes["warm_up"])

    def transitions(self) -> lifecycle.Transitions:
        """Counts and quarterly rates of moves between stages."""
        return lifecycle.transitions(self.recording.panel, self.recording.alliances["ended"])

    def fit_curves(self) -> "RunFits":
        """Life-cycle curves fitted to the vitality of each alliance, see `lifecycle_study.RunFits`. Source: H4."""
        from alliancelab.analysis.lifecycle_study import fits_of

        return fits_of(self.recording)

    def survival(self) -> lifecycle.Survival:
        """Share of alliances that outlive each age; those alive at the end of the run count as censored."""
        return lifecycle.product_limit(self.alliances["duration"], ~self.alliances["alive"])

    @property
    def plot(self) -> "RunPlots":
        """Pictures of the run: ``run.plot.lifecycle()`` and so on."""
        return RunPlots(self)

    def report(self, path: str | Path, language: str = "en", title: str | None = None) -> Path:
        """Write one self-contained page about the run; see `report.write_page`."""
        from alliancelab.analysis import report, report_kinds

        return report.write_page(report_kinds.of_run(self), path, language, title)

    def save(self, folder: str | Path, language: str = "en") -> Path:
        """Write tables, ``run.json`` and figures, labelled in a language, into a folder of results.

        Raises
        ------
        StoreError
            When the folder cannot be written.
        """
        names: tuple[str, ...] = ("curves", "panel", "members", "events", "ledger")
        if self.recording.region is not None:
            names += ("indicators", "carriers")
        written = {"alliances": self.alliances.reset_index(), **{name: getattr(self, name) for name in names},
                   "ages": tables.ages_table(self.recording)}
        document = {**self.provenance, "outcomes": self.outcomes.to_dict()}
        return save_results(folder, "run.json", document, written, self.plot.all(), language)

    def __repr__(self) -> str:
        alliances = len(self.recording.alliances)
        quarters = len(self.recording.curves)
        return f"Run({self.scenario.name!r}, seed={self.seed}: {alliances} alliances in {quarters} quarters)"

    def _repr_html_(self) -> str:
        heading = f"<b>{escape(self.scenario.title)}</b>, seed {self.seed}"
        return heading + self.summary().to_html(index=False, float_format=_short)


class RunPlots:
    """Pictures of one run; each method returns a matplotlib Figure."""

    def __init__(self, run: Run):
        self._run = run

    def lifecycle(self) -> "Figure":
        """Vitality by age: the mean and single alliances behind it."""
        from alliancelab.analysis import run_figures

        return run_figures.lifecycle(self._run)

    def stages(self) -> "Figure":
        """Alliances by stage over calendar time."""
        from alliancelab.analysis import run_figures

        return run_figures.stages(self._run)

    def transitions(self) -> "Figure":
        """Stage transition diagram."""
        from alliancelab.analysis import run_figures

        return run_figures.transitions(self._run)

    def survival(self) -> "Figure":
        """Share of alliances that outlive each age."""
        from alliancelab.analysis import run_figures

        return run_figures.survival([self._run])

    def network(self, years: Sequence[float] | None = None) -> "Figure":
        """Alliances and their members at chosen years, each in one place; see `networks.network`."""
        from alliancelab.analysis import networks

        return networks.network(self._run, years)

    def all(self) -> "dict[str, Figure]":
        """Every picture by name; that of the network needs members, and not too many to be told apart."""
        from alliancelab.analysis import networks

        draw: tuple[Callable[[], Figure], ...] = (self.lifecycle, self.stages, self.transitions, self.survival)
        draw += (self.network,) if networks.drawable(self._run) else ()
        return {method.__name__: method() for method in draw}


class Comparison:
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

    def __init__(self, replicates, scenarios: Sequence, provenance: Mapping[str, Any] | None = None):
        self.replicates = replicates
        self.scenarios = tuple(scenarios)
        self.provenance = dict(provenance or {})

    @property
    def names(self) -> list[str]:
        """Scenario names in order."""
        return [scenario.name for scenario in self.scenarios]

    @cached_property
    def outcomes(self) -> "pd.DataFrame":
        """One row a scenario, replicate and outcome: ``scenario``, ``replicate``, ``seed``, ``outcome``, ``value``."""
        import pandas as pd

        values = self.replicates.outcomes
        scenario, replicate, outcome = (axis.ravel() for axis in np.indices(values.shape))
        columns = {
            "scenario": np.array(self.names, object)[scenario],
            "replicate": replicate,
            "seed": np.asarray(self.replicates.seeds)[replicate],
            "outcome": np.array([o.name for o in self.replicates.measures], object)[outcome],
            "value": values.ravel(),
        }
        return pd.DataFrame(columns)

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
            ``correlation``, ``variance_reduction``: what common random numbers did; see `statistics.PairedDifference`
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
        return table.assign(**standardised, better=np.tile([o.better for o in self.replicates.measures], len(others)))

    @cached_property
    def lifecycle(self) -> "pd.DataFrame":
        """Mean vitality by age: ``scenario``, ``age`` in years, ``mean``, ``low``, ``high``, ``alliances``.

        Pooled over replicates, with a 95 % interval; see `lifecycle.pooled_by_age`.
        """
        import pandas as pd

        bands = [lifecycle.pooled_by_age(self.replicates.ages[i]) for i in range(len(self.names))]
        parts = [pd.DataFrame(band._asdict()) for band in bands]
        table = pd.concat(parts, keys=self.names, names=["scenario"]).reset_index(level="scenario")
        return table.reset_index(drop=True)

    def peaks(self) -> "pd.DataFrame":
        """Age, in years, at which mean vitality is highest, with 95 % interval, by scenario; see `lifecycle.Peak`."""
        import pandas as pd

        peaks = [lifecycle.peak_age(self.replicates.ages[i]) for i in range(len(self.names))]
        return pd.DataFrame(peaks, pd.Index(self.names, name="scenario"))

    def curves(self, column: str, yearly: bool = False) -> "pd.DataFrame":
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

        known = self.replicates.curves[0].dtype.names
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
        """Pictures of the comparison: ``comparison.plot.differences()`` and so on."""
        return ComparisonPlots(self)

    def figures(self) -> "dict[str, Figure]":
        """Every picture by name; that of differences needs more than one scenario and replicate."""
        return self.plot.all()

    def report(self, path: str | Path, language: str = "en", title: str | None = None) -> Path:
        """Write one self-contained page about the comparison; see `report.write_page`."""
        from alliancelab.analysis import report, report_kinds

        return report.write_page(report_kinds.of_comparison(self), path, language, title)

    def save(self, folder: str | Path, language: str = "en") -> Path:
        """Write tables, ``comparison.json`` and figures, labelled in a language, into a folder of results.

        Raises
        ------
        StoreError
            When the folder cannot be written.
        """
        written = {
            "outcomes": self.outcomes,
            "summary": self.summary().reset_index(),
            "lifecycle": self.lifecycle,
            "peaks": self.peaks().reset_index(),
            **tables.replicate_tables(self.replicates),
        }
        if len(self.names) > 1:
            written["differences"] = self.differences.reset_index()
        return save_results(folder, "comparison.json", self.provenance, written, self.plot.all(), language)

    def __repr__(self) -> str:
        return f"Comparison({', '.join(self.names)}: {len(self.replicates.seeds)} replicates)"

    def _repr_html_(self) -> str:
        means = self.summary().reset_index().pivot(index="outcome", columns="scenario", values="mean")
        means = means.loc[[o.name for o in self.replicates.measures], self.names]
        means.index = [f"{o.title} ({o.unit})" for o in self.replicates.measures]
        heading = f"<b>Means over {len(self.replicates.seeds)} replicates</b>"
        return heading + means.rename_axis(columns=None).to_html(float_format=_short)

    def _index(self, scenarios: Sequence[str]) -> "pd.MultiIndex":
        import pandas as pd

        outcomes = [o.name for o in self.replicates.measures]
        return pd.MultiIndex.from_product([scenarios, outcomes], names=["scenario", "outcome"])

    def _words(self, times: int) -> dict[str, list[str]]:
        measures = self.replicates.measures
        return {"title": [o.title for o in measures] * times, "unit": [o.unit for o in measures] * times}


class ComparisonPlots:
    """Pictures of a comparison; each method returns a matplotlib Figure."""

    def __init__(self, comparison: Comparison):
        self._comparison = comparison

    def lifecycle(self) -> "Figure":
        """Mean vitality by age of every scenario, with bands."""
        from alliancelab.analysis import comparison_figures

        return comparison_figures.lifecycle(self._comparison)

    def curves(self, columns: Sequence[str] = ("alliances", "vitality", "diffused", "outlay")) -> "Figure":
        """Yearly means of every scenario, with bands; columns of CURVES, one panel each."""
        from alliancelab.analysis import comparison_figures

        return comparison_figures.curves(self._comparison, columns)

    def differences(self, baseline: str | None = None) -> "Figure":
        """Paired differences from a baseline (by default the first scenario) as a forest plot."""
        from alliancelab.analysis import comparison_figures

        return comparison_figures.differences(self._comparison, baseline)

    def cost_effect(self, cost: str = "public_outlay", effect: str = "diffused_innovation") -> "Figure":
        """Mean effect against mean cost of every scenario, both outcomes, with intervals."""
        from alliancelab.analysis import comparison_figures

        return comparison_figures.cost_effect(self._comparison, cost, effect)

    def all(self) -> "dict[str, Figure]":
        """Every picture by name; that of differences needs more than one scenario and replicate."""
        pictures = {"lifecycle": self.lifecycle(), "curves": self.curves(), "cost_effect": self.cost_effect()}
        if len(self._comparison.names) > 1 and len(self._comparison.replicates.seeds) > 1:
            pictures["differences"] = self.differences()
        return pictures


def _over(difference: np.ndarray, spread: np.ndarray) -> np.ndarray:
    """Difference over spread: infinite where a difference meets no spread, zero where there is neither."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where((spread == 0) & (difference == 0), 0.0, difference / spread)


def _short(value: float) -> str:
    return f"{value:,.3g}" if abs(value) < 1000 else f"{value:,.0f}"


def save_results(folder: str | Path, name: str, document: Mapping[str, Any], written: "Mapping[str, pd.DataFrame]",
                 pictures: "Mapping[str, Figure]", language: str = "en") -> Path:
    """Write a folder of results as a whole: tables, figures and the document that says where they come from.

    Raises
    ------
    StoreError
        When the folder cannot be written.
    """
    from alliancelab.analysis.glossary import translate_figure
    from alliancelab.scenarios import store

    with store.staged(folder) as place:
        for table, frame in written.items():
            store.write_table(place, table, frame)
        for title, figure in pictures.items():
            translate_figure(figure, language).savefig(place / f"{title}.png", dpi=150)
        store.write_json(place, name, document)
    return Path(folder)
