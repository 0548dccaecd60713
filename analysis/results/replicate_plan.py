"""A plan of replicates: how many outcomes need, from a pilot block of runs.

Source: H3.
"""

from collections.abc import Mapping, Sequence
from functools import cached_property
from html import escape
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from alliancelab.agents.errors import UserError, did_you_mean
from alliancelab.analysis.report.folder import of_any
from alliancelab.analysis.report.parts import Content, Report
from alliancelab.analysis.results.base import Plots, Result, kept_table, origin_of
from alliancelab.analysis.results.stored_scenario import stored_scenarios
from alliancelab.analysis.statistics.intervals import mean_interval, paired_difference
from alliancelab.analysis.statistics.sample_size import (
    MOST,
    Goal,
    anova_replicates,
    is_bimodal,
    replicates_for_power,
    replicates_for_width,
    running_spread,
    stable_from,
)
from alliancelab.model.outcomes import Outcome
from alliancelab.scenarios.regional_outcomes import declared_outcome
from alliancelab.scenarios.store import Stored

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

__all__ = ["ReplicatePlan", "ReplicatePlanPlots"]

MOST_OUTCOMES = 0.8     # share of the outcomes that an advised number of replicates serves


class ReplicatePlan(Result):
    """Replicates that outcomes of one scenario, or the paired difference of two, ask for.

    Parameters
    ----------
    values : ndarray, shape (scenarios, replicates, outcomes)
        A pilot block: one scenario, or two on the same seeds.
    scenarios : sequence of Scenario
    declared : sequence of Outcome
    goal : Goal
    provenance : mapping, optional
        Written into ``replicates.json`` as it is.
    """

    kind, file = "replicates", "replicates.json"

    def __init__(self, values: np.ndarray, scenarios: Sequence, declared: Sequence, goal: Goal,
                 provenance: Mapping[str, Any] | None = None):
        self.values, self.scenarios = values, tuple(scenarios)
        self.declared, self.goal, self.provenance = tuple(declared), goal, dict(provenance or {})

    @classmethod
    def from_folder(cls, stored: Stored) -> Self:
        """The plan that was saved into a folder."""
        scenarios, goal = stored_scenarios(stored), Goal(**stored.document["goal"])
        frame = kept_table(stored, "values", (), ("scenario", "replicate", "outcome", "value"))
        table = kept_table(stored, "plan", "outcome", ("title", "unit", "remarks"))
        declared = [declared_outcome(str(name), row["title"], row["unit"]) for name, row in table.iterrows()]
        values = frame["value"].to_numpy().reshape(len(scenarios), -1, len(declared))
        return cls(values, scenarios, declared, goal, origin_of(stored, ["goal"]))

    @property
    def names(self) -> list[str]:
        """Scenario names in order."""
        return [scenario.name for scenario in self.scenarios]

    @property
    def pilot(self) -> int:
        """Replicates of the pilot block."""
        return self.values.shape[1]

    @cached_property
    def table(self) -> "pd.DataFrame":
        """One row per outcome, indexed by name; numbers of replicates are NaN beyond 100,000 or where undefined.

        ``title``, ``unit``, ``mean``, ``sd`` of the first scenario; ``half_width`` aimed at; ``stable`` (coefficient of
        variation, see `stable_from`); ``for_mean``: for that half-width of the mean. With two scenarios also
        ``difference``, ``sd_difference``, ``for_difference`` (paired), ``for_independent`` (the same with independent
        seeds) and ``for_power``. ``remarks`` says what to distrust.
        """
        import pandas as pd

        rows = [self._row(self.values[..., i], outcome) for i, outcome in enumerate(self.declared)]
        table = pd.DataFrame(rows, pd.Index([outcome.name for outcome in self.declared], name="outcome"))
        words = ["title", "unit", "remarks"]
        # None, for what cannot be planned, is NaN in a column of numbers, also where it is the only entry.
        return table.astype({name: float for name in table.columns if name not in words})

    def _row(self, values: np.ndarray, outcome: Outcome) -> dict:
        first = values[0][np.isfinite(values[0])]
        row: dict[str, Any] = {"title": outcome.title, "unit": outcome.unit}
        if first.size < 3:
            return row | {"remarks": "fewer than three runs give an answer"}
        mean, sd = float(first.mean()), float(first.std(ddof=1))
        aim = self.goal.relative * abs(mean) if self.goal.half_width is None else self.goal.half_width
        spread, relative = running_spread(first)
        stable = stable_from(spread)
        row |= {"mean": mean, "sd": sd, "half_width": aim, "stable": stable,
                "for_mean": replicates_for_width(sd, aim, pilot=first.size) if aim > 0 else None}
        remarks = [] if relative else ["mean near zero: standard deviation in place of the coefficient of variation"]
        if stable is None:
            remarks.append(f"spread not stable within {first.size // 2}")
        if is_bimodal(first):
            remarks.append("two modes: a mean describes neither")
        if len(values) == 2:
            row |= self._paired(values, aim)
        return row | {"remarks": "; ".join(remarks)}

    def _paired(self, values: np.ndarray, aim: float) -> dict:
        paired = paired_difference(values[1], values[0])
        both = np.isfinite(values).all(axis=0)
        apart = float(np.sqrt((mean_interval(np.where(both, values, np.nan)).sd ** 2).sum()))
        sd, n = float(paired.sd), int(paired.n)
        known = n >= 3 and aim > 0
        return {
            "difference": float(paired.difference), "sd_difference": sd,
            "for_difference": replicates_for_width(sd, aim, pilot=n) if known else None,
            "for_independent": replicates_for_width(apart, aim, pilot=n) if known else None,
            "for_power": replicates_for_power(aim, sd, self.goal.alpha, self.goal.power) if known else None,
        }

    def notes(self) -> list[str]:
        """What to do, in plain sentences with numbers."""
        table, goal = self.table, self.goal
        columns = [name for name in ("for_mean", "for_difference", "for_power") if name in table]
        words = {"for_mean": f"means of {self.names[0]} within their half-widths",
                 "for_difference": "paired differences within the same half-widths",
                 "for_power": f"a difference of that size found with a chance of {goal.power:g} at a level of "
                              f"{goal.alpha:g}"}
        lines = []
        for name in columns:
            asked = table[name].astype(float).dropna().sort_values()
            if len(asked):
                most = int(np.ceil(MOST_OUTCOMES * len(asked)))
                text = f"{int(asked.iloc[most - 1]):,} replicates: {words[name]}"
                if len(asked) > 1:
                    hardest = table.loc[asked.index[-1], "title"]
                    text += (f", for {most} of {len(asked)} outcomes; all would take {int(asked.iloc[-1]):,} "
                             f"({hardest})")
                lines.append(text + ".")
        short = [title for name in columns for title in table["title"][table[name].isna()]]
        if short:
            lines.append(f"Not planned: {', '.join(dict.fromkeys(short))}. Their mean is zero, or the aim needs more "
                         f"than {MOST:,}; set a half-width in their own unit.")
        lines += [f"Careful with {row.title}: {row.remarks}." for row in table.itertuples() if row.remarks]
        few, more = (anova_replicates(goal.cells, effect, goal.alpha, goal.power) for effect in (0.4, 0.1))
        lines.append(f"With independent seeds, {goal.cells} scenarios need {few:,} replicates each to tell a large "
                     f"difference (Cohen's f = 0.4) from none, {more:,} for a small one (0.1).")
        lines.append("Replicate k keeps its seed: a longer block holds the shorter one. More runs than needed make any "
                     "difference significant; report its size.")
        return lines

    @property
    def plot(self) -> "ReplicatePlanPlots":
        """Pictures, such as ``plan.plot.outcome("patents")``."""
        return ReplicatePlanPlots(self)

    def tables(self) -> "dict[str, pd.DataFrame]":
        """The plan, and ``values`` of the pilot block: ``scenario``, ``replicate``, ``outcome``, ``value``."""
        import pandas as pd

        scenario, replicate, outcome = (axis.ravel() for axis in np.indices(self.values.shape))
        columns = {"scenario": np.array(self.names, object)[scenario], "replicate": replicate,
                   "outcome": np.array([one.name for one in self.declared], object)[outcome],
                   "value": self.values.ravel()}
        return {"plan": self.table, "values": pd.DataFrame(columns)}

    def document(self) -> dict[str, Any]:
        """Provenance and goal."""
        return {**self.provenance, "goal": self.goal._asdict()}

    def page(self) -> Report:
        """Sections of the report."""
        title = f"How many replicates: {' · '.join(scenario.title for scenario in self.scenarios)}"
        return of_any(Content(self.document(), self.tables(), self.plot.all(), self.notes()), title)

    def __repr__(self) -> str:
        return f"ReplicatePlan({', '.join(self.names)}: {len(self.declared)} outcomes, {self.pilot} replicates tried)"

    def _repr_html_(self) -> str:
        advice = "".join(f"<li>{escape(line)}</li>" for line in self.notes())
        return f"<ul>{advice}</ul>" + self.table.to_html(float_format=lambda value: f"{value:,.4g}")


class ReplicatePlanPlots(Plots):
    """Pictures of a plan; each method returns a matplotlib Figure."""

    def __init__(self, plan: ReplicatePlan):
        self._plan = plan

    def outcome(self, name: str | None = None) -> "Figure":
        """Stability, width, power and histogram of one outcome, by default the first.

        Raises
        ------
        UserError
            If the plan has no such outcome.
        """
        from alliancelab.analysis.figures.replicate_plan import plan_figure

        plan, names = self._plan, [outcome.name for outcome in self._plan.declared]
        name = names[0] if name is None else name
        if name not in names:
            raise UserError(f"no outcome '{name}' in this plan; {did_you_mean(name, names)}")
        values = dict(zip(plan.names, plan.values[:, :, names.index(name)], strict=True))
        return plan_figure(plan.table.loc[name], values, plan.goal)

    def all(self) -> "dict[str, Figure]":
        """The picture of the first outcome, by its name."""
        return {self._plan.declared[0].name: self.outcome()}
