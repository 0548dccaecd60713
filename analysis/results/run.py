"""One run: tidy tables that are made when they are asked for, and pictures."""

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from html import escape
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from alliancelab.agents.errors import UserError
from alliancelab.analysis.life.ages import (
    Transitions,
    founded_by_age,
    kaplan_meier,
    peak_age,
    pooled_by_age,
    transitions,
)
from alliancelab.analysis.report.parts import Content, Report
from alliancelab.analysis.report.run import of_run
from alliancelab.analysis.results.base import Plots, Result, kept_table, origin_of, short_number
from alliancelab.analysis.results.kept_records import ledger_kept, records_kept
from alliancelab.analysis.results.stored_scenario import stored_scenarios
from alliancelab.analysis.tables import run as tables
from alliancelab.analysis.tables.regional import carriers_table, indicators_table
from alliancelab.model.outcomes import OUTCOMES, Outcome, outcomes_of
from alliancelab.model.parameters import PARAMETERS
from alliancelab.model.setup import Setup
from alliancelab.model.tables import (
    AGES,
    ALLIANCES,
    CURVES,
    EVENTS,
    MEMBERS,
    PANEL,
    PROJECT_MEMBERS,
    PROJECTS,
)
from alliancelab.scenarios.store import Stored

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    from alliancelab.analysis.figures.networks import Ties
    from alliancelab.analysis.life.courses import Quantity
    from alliancelab.analysis.life.run_fits import RunFits

__all__ = ["Run", "RunPlots"]

_KEPT = {"curves": CURVES, "ages": AGES, "alliances": ALLIANCES, "projects": PROJECTS, "panel": PANEL,
         "events": EVENTS, "members": MEMBERS, "project_members": PROJECT_MEMBERS}


class Run(Result):
    """One run of one scenario.

    Parameters
    ----------
    recording : Recording
        What the engine left.
    scenario : Scenario
    provenance : mapping, optional
        Version, scenario in full, seed, packages, platform, duration: written into ``run.json`` as it is.
    declared : sequence of Outcome
        Outcomes of the run.
    """

    kind, file = "run", "run.json"

    def __init__(self, recording, scenario, provenance: Mapping[str, Any] | None = None,
                 declared: Sequence[Outcome] = OUTCOMES):
        self.recording = recording
        self.scenario = scenario
        self.scenarios = (scenario,)
        self.provenance = dict(provenance or {})
        self._declared = tuple(declared)

    @classmethod
    def from_folder(cls, stored: Stored) -> Self:
        """The run that was saved into a folder."""
        scenario, seed = stored_scenarios(stored)[0], int(stored.document["seeds"][0])
        known = {parameter.name for parameter in PARAMETERS}  # of this version, which may not be that of the results
        parameters = {name: value for name, value in scenario.parameters.items() if name in known}
        setup = Setup(scenario.name, seed, scenario.world, parameters, np.zeros(scenario.world["quarters"]))
        arrays: dict[str, Any] = {name: records_kept(stored, name, stored.table(name), columns)
                                  for name, columns in _KEPT.items()}
        records = tables.Records(setup, ledger=ledger_kept(stored, scenario.world["quarters"]), **arrays)
        run = cls(records, scenario, origin_of(stored, ["outcomes"]))
        # Outcomes may need what a folder does not keep, or functions of a researcher's own: they are not computed anew.
        run._take(summary=kept_table(stored, "summary", "outcome", ("title", "value", "unit", "description")), **{
            name: stored.table(name) for name in ("regional", "carriers", "governments") if name in stored.tables})
        return run

    @property
    def seed(self) -> int:
        """Seed of the run."""
        return self.recording.setup.seed

    @cached_property
    def curves(self) -> "pd.DataFrame":
        """One row per quarter, see `tables.run.curves_table`."""
        return tables.curves_table(self.recording)

    @cached_property
    def ages(self) -> "pd.DataFrame":
        """One row per quarter of age, see `tables.run.ages_table`."""
        return tables.ages_table(self.recording)

    @cached_property
    def alliances(self) -> "pd.DataFrame":
        """One row per alliance, see `tables.run.alliances_table`.

        Of a run from a registry with ``name`` of the alliance there, "" for alliances founded since.
        """
        table = tables.alliances_table(self.recording)
        given = self.provenance.get("registry")
        if given:
            names = given["alliances"]
            table.insert(0, "name", [*names, *[""] * (len(table) - len(names))])
        return table

    @cached_property
    def projects(self) -> "pd.DataFrame":
        """One row per project, see `tables.run.projects_table`."""
        return tables.projects_table(self.recording)

    @cached_property
    def project_members(self) -> "pd.DataFrame":
        """One row per partner's part in a project, see `tables.run.project_members_table`; names as in `members`."""
        return self._named(tables.project_members_table(self.recording))

    def _named(self, table: "pd.DataFrame") -> "pd.DataFrame":
        """A table with the names that its organisations have in the registry of the run, if it has one."""
        given = self.provenance.get("registry")
        if given:
            names = {int(key): name for name, key in given["organisations"].items()}
            place = table.columns.get_loc("organisation") + 1
            table.insert(place, "name", table["organisation"].map(lambda key: names.get(int(key), "")).astype(object))
        return table

    @cached_property
    def panel(self) -> "pd.DataFrame":
        """One row per alliance and quarter, see `tables.run.panel_table`."""
        return tables.panel_table(self.recording)

    @cached_property
    def members(self) -> "pd.DataFrame":
        """One row per spell of membership, see `tables.run.members_table`.

        Of a run from a registry with ``name`` of the organisation there, "" for those that were no members on its day.
        """
        return self._named(tables.members_table(self.recording))

    @cached_property
    def events(self) -> "pd.DataFrame":
        """One row per event, see `tables.run.events_table`."""
        return tables.events_table(self.recording)

    @cached_property
    def ledger(self) -> "pd.DataFrame":
        """One row per quarter and flow of money, see `tables.run.ledger_table`."""
        return tables.ledger_table(self.recording)

    @cached_property
    def governments(self) -> "pd.DataFrame":
        """Outlay of each government by calendar year, see `tables.run.governments_table`."""
        return tables.governments_table(self.recording)

    @cached_property
    def regional(self) -> "pd.DataFrame":
        """One row per quarter of a regional system's indicators; empty without a region."""
        return indicators_table(self.recording)

    @cached_property
    def carriers(self) -> "pd.DataFrame":
        """One row per service carrier at the end; empty without a region."""
        return carriers_table(self.recording)

    @cached_property
    def summary(self) -> "pd.DataFrame":
        """Every outcome by name: ``title``, ``value``, ``unit``, ``description``; NaN where a run gives no answer."""
        import pandas as pd

        columns = {"title": [o.title for o in self._declared], "value": outcomes_of(self.recording, self._declared),
                   "unit": [o.unit for o in self._declared], "description": [o.description for o in self._declared]}
        return pd.DataFrame(columns, pd.Index([o.name for o in self._declared], name="outcome"))

    @property
    def outcomes(self) -> "pd.Series":
        """Value of every outcome, by name; NaN where the run gives no answer."""
        return self.summary["value"].rename(self.scenario.name)

    @cached_property
    def stage_profile(self) -> "pd.DataFrame":
        """Distribution of size, trust, technology, output, ... by stage after the warm-up.

        See `tables.run.stage_profile`.
        """
        return tables.stage_profile(self.panel, self.recording.setup.sizes["warm_up"])

    @cached_property
    def transitions(self) -> Transitions:
        """Counts and quarterly rates of moves between stages."""
        return transitions(self.recording.panel, self.recording.alliances["ended"])

    @cached_property
    def survival(self) -> "pd.DataFrame":
        """Share of alliances that outlive each age, see `life.ages.kaplan_meier`; those alive at the end are censored.

        Columns: the attributes of `life.ages.Survival`.
        """
        import pandas as pd

        return pd.DataFrame(kaplan_meier(self.alliances["duration"], ~self.alliances["alive"])._asdict())

    def by_age(self, column: "Quantity" = "vitality", group: str | None = None, align: str = "founding",
               alliances: Sequence[int] | None = None) -> "pd.DataFrame":
        """Mean course of a quantity over alliances founded after the warm-up.

        Parameters
        ----------
        column : str or callable
            A column of `panel` that is a quantity; or what takes the panel and gives a number for each of its rows.
        group : str, optional
            A column of `alliances` as it stood last, a number with many values in thirds; "pilot": whether it was
            named at all; "length of life"; "ended".
        align : str
            "founding", "peak" (years from an alliance's own peak), "share of life".
        alliances : sequence of int, optional
            Only these, by their index in `alliances`; or a truth value for each row of it.

        Returns
        -------
        DataFrame
            ``group``; ``age`` in years, ``years_from_peak`` or ``share_of_life``
            ``mean`` over the living, ``cohort``: the ended counted as zero
            ``alliances`` seen alive there, ``followed``: seen alive or ended

        Raises
        ------
        UserError
            When there is no such column, group or alignment.

        Examples
        --------
        >>> import alliancelab as al
        >>> run = al.run("no_policy", overrides={"world.firms": 60, "world.quarters": 60, "world.warm_up": 8})
        >>> ages = run.by_age(lambda panel: panel["patents"] / panel["size"], group="sector")
        >>> large = run.alliances.query("founding_size > 6").index
        >>> run.by_age("trust", alliances=large).columns[:3].tolist()
        ['group', 'age', 'mean']
        """
        from alliancelab.analysis.life.courses import courses

        only = None if alliances is None else [_chosen(alliances, len(self.recording.alliances))]
        return courses([self.recording], column, group, align, only=only).drop(
            columns=["low", "high", "cohort_low", "cohort_high"])

    def fit_curves(self) -> "RunFits":
        """Life-cycle curves fitted to the vitality of each alliance, see `life.run_fits.RunFits`. Source: H4."""
        from alliancelab.analysis.life.run_fits import fits_of

        return fits_of(self.recording)

    @property
    def plot(self) -> "RunPlots":
        """Pictures of the run, such as ``run.plot.lifecycle()``."""
        return RunPlots(self)

    def tables(self) -> "dict[str, pd.DataFrame]":
        """Every table by name."""
        names: tuple[str, ...] = ("summary", *_KEPT, "ledger", "governments")
        names += tuple(name for name in ("regional", "carriers") if len(getattr(self, name)))
        return {name: getattr(self, name) for name in names}

    def document(self) -> dict[str, Any]:
        """Provenance and outcomes."""
        return {**self.provenance, "outcomes": self.outcomes.to_dict()}

    def page(self) -> Report:
        """Sections of the report."""
        return of_run(Content(self.provenance, self.tables(), self.figures()))

    def __repr__(self) -> str:
        alliances = len(self.recording.alliances)
        quarters = len(self.recording.curves)
        return f"Run({self.scenario.name!r}, seed={self.seed}: {alliances} alliances in {quarters} quarters)"

    def _repr_html_(self) -> str:
        heading = f"<b>{escape(self.scenario.title)}</b>, seed {self.seed}"
        table = self.summary[["title", "value", "unit"]]
        return heading + table.to_html(index=False, float_format=short_number)


def _chosen(alliances: Sequence[int] | Sequence[bool], count: int) -> np.ndarray:
    """Which of so many alliances are asked for, by their index or by a truth value for each."""
    asked = np.asarray(alliances)
    if asked.dtype != bool:
        return np.isin(np.arange(count), asked)
    if len(asked) != count:
        raise UserError(f"alliances has {len(asked)} truth values; the run has {count} alliances, each needs one")
    return asked


class RunPlots(Plots):
    """Pictures of one run; each method returns a matplotlib Figure."""

    def __init__(self, run: Run):
        self._run = run
        self._title, self._world = run.scenario.title, run.recording.setup.sizes

    def _later(self, table: "pd.DataFrame") -> "pd.DataFrame":
        """Rows after the warm-up."""
        return table[table["quarter"] >= self._world["warm_up"]]

    def lifecycle(self) -> "Figure":
        """Vitality by age: means over the cohort and over the living, and single alliances behind them."""
        from alliancelab.analysis.figures import run as figures

        recording = self._run.recording
        founded = founded_by_age(recording.curves["founded"], self._world["warm_up"])
        band, peak = pooled_by_age(recording.ages, founded), peak_age(recording.ages, founded)
        return figures.lifecycle(self._later(self._run.panel), band, peak, self._title)

    def life_courses(self) -> "Figure":
        """Mean vitality of cohort and living by age, by length of life, from the peak, and by share of life."""
        from alliancelab.analysis.figures.life_courses import life_courses
        from alliancelab.analysis.life.courses import four_courses

        return life_courses(four_courses([self._run.recording]), self._title, 1)

    def lives(self, count: int = 16, seed: int = 0) -> "Figure":
        """Single alliances, drawn by lot: stages, members, projects, and how they ended; see `figures.lives.lives`."""
        from alliancelab.analysis.figures import lives

        run = self._run
        return lives.lives(run.alliances, run.panel, run.projects, self._world, self._title, count, seed)

    def stages(self) -> "Figure":
        """Alliances by stage over calendar time."""
        from alliancelab.analysis.figures import run as figures

        return figures.stages(self._later(self._run.curves), self._title)

    def transitions(self) -> "Figure":
        """Stage transition diagram."""
        from alliancelab.analysis.figures import run as figures

        return figures.transitions(self._run.transitions, self._title)

    def survival(self) -> "Figure":
        """Share of alliances that outlive each age."""
        from alliancelab.analysis.figures import run as figures

        return figures.survival({self._title: self._run.survival})

    def network(self, years: Sequence[float] | None = None) -> "Figure":
        """Alliances and their members at chosen years, each in one place; see `figures.networks.network`."""
        from alliancelab.analysis.figures import networks

        return networks.network(self.ties, years)

    @property
    def ties(self) -> "Ties":
        """What pictures of the network are drawn from."""
        from alliancelab.analysis.figures.networks import Ties

        run = self._run
        return Ties(run.alliances, run.panel, run.members, self._world["warm_up"], len(run.recording.curves),
                    self._world["start_year"], self._title)

    def all(self) -> "dict[str, Figure]":
        """Every picture by name; lives need an alliance, the network few enough members to be told apart."""
        from alliancelab.analysis.figures import lives, networks

        run = self._run
        draw: tuple[Callable[[], Figure], ...] = (self.lifecycle, self.stages, self.transitions, self.survival)
        draw += (self.lives, self.life_courses) if lives.drawable(run.alliances, run.panel, self._world) else ()
        draw += (self.network,) if networks.drawable(self.ties) else ()
        return {method.__name__: method() for method in draw}
