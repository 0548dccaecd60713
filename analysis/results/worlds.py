"""What `compare` hands back when it was asked for worlds: effects with what they hang on, as tables and pictures.

Source: H3, H5.
"""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from alliancelab.agents.errors import UserError, did_you_mean
from alliancelab.analysis.report.parts import Content, Report
from alliancelab.analysis.report.worlds import of_worlds
from alliancelab.analysis.results.base import Plots, Result, kept_table, origin_of
from alliancelab.analysis.results.stored_scenario import stored_scenarios
from alliancelab.analysis.uncertainty.decisive import Flip, flips
from alliancelab.analysis.uncertainty.effects import effect_over_worlds, moments_by_world, true_effects
from alliancelab.analysis.uncertainty.parts import PARTS, parts_of_variance
from alliancelab.scenarios.regional_outcomes import declared_outcome
from alliancelab.scenarios.store import Stored
from alliancelab.scenarios.worlds.nested import WorldRuns
from alliancelab.scenarios.worlds.unknowns import CALIBRATED

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

__all__ = ["WorldComparison", "WorldPlots", "notes_of"]

_EFFECTS = ("scenario", "outcome", "title", "unit", "effect", "luck_low", "luck_high", "low", "high", "holding",
            "worlds", "decided_by", "threshold", "above", "luck_sd", "world_sd", "better")


class WorldComparison(Result):
    """Scenarios compared in many worlds, on several seeds in each.

    Parameters
    ----------
    runs : WorldRuns
    scenarios : sequence of Scenario
        In the order of the first axis of ``runs.outcomes``. The first is the baseline.
    provenance : mapping, optional
        Version, scenarios in full, seeds, ensemble: written into ``worlds.json`` as it is.
    """

    kind, file = "worlds", "worlds.json"

    def __init__(self, runs: WorldRuns, scenarios: Sequence, provenance: Mapping[str, Any] | None = None) -> None:
        self.runs = runs
        self.scenarios = tuple(scenarios)
        self.provenance = dict(provenance or {})

    @classmethod
    def from_folder(cls, stored: Stored) -> Self:
        """The comparison that was saved into a folder, with all its runs."""
        scenarios = stored_scenarios(stored)
        names = tuple(scenario.name for scenario in scenarios)
        runs = kept_table(stored, "runs", (), ("world", "replicate", "seed", "outcome", "value"))
        places = kept_table(stored, "places", (), ("parameter", "kind"))
        words = kept_table(stored, "effects", (), _EFFECTS).drop_duplicates("outcome").set_index("outcome")
        declared = tuple(
            declared_outcome(str(name), row["title"], row["unit"])._replace(better=int(row["better"]))
            for name, row in words.iterrows())
        shape = (len(names), *(int(runs[name].max()) + 1 for name in ("world", "replicate")), len(declared))
        found = WorldRuns(
            names, declared, runs["seed"].to_numpy().reshape(shape)[0, :, :, 0],
            runs["value"].to_numpy(float).reshape(shape), tuple(places["parameter"]), tuple(places["kind"]),
            places.iloc[:, 2:].to_numpy(float).T, stored.table("worlds").to_numpy(float))
        return cls(found, scenarios, origin_of(stored))

    @property
    def names(self) -> list[str]:
        """Scenario names in order."""
        return [scenario.name for scenario in self.scenarios]

    @cached_property
    def effects(self) -> "pd.DataFrame":
        """Effects of every scenario against the first, indexed by (scenario, outcome).

        Returns
        -------
        DataFrame
            ``title``, ``unit``
            ``effect``: mean over worlds of the paired difference
            ``luck_low``, ``luck_high``: its 95 % interval as luck of the runs alone leaves it
            ``low``, ``high``: 95 % interval of everything, in which the true effect lies
            ``holding``, ``worlds``: in how many of how many worlds the effect has the sign of the mean
            ``decided_by``, ``threshold``, ``above``: the parameter that flips the sign, the value at which, and the
            sign of the effect above it; "" and NaN where no single one does
            ``luck_sd``, ``world_sd``: standard deviation of single runs in a world, and of true effects over worlds
            ``better``: 1 where more is better, -1 where less is, else 0
        """
        import pandas as pd

        parts = []
        for s in range(1, len(self.names)):
            found = effect_over_worlds(self._differences(s))
            flipped = [self._flip(s, m) for m in range(len(self.runs.declared))]
            columns = found._asdict()
            parts.append(pd.DataFrame({
                "scenario": self.names[s], "outcome": [o.name for o in self.runs.declared],
                "title": [o.title for o in self.runs.declared], "unit": [o.unit for o in self.runs.declared],
                **{name: columns[name] for name in ("effect", "luck_low", "luck_high", "low", "high", "holding",
                                                    "worlds")},
                "decided_by": ["" if flip is None else self.runs.varied[flip.parameter] for flip in flipped],
                "threshold": [np.nan if flip is None else self._value(flip) for flip in flipped],
                "above": [0 if flip is None else flip.above for flip in flipped],
                "luck_sd": found.luck_sd, "world_sd": found.world_sd,
                "better": [o.better for o in self.runs.declared],
            }))
        whole = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=list(_EFFECTS))
        return whole.set_index(["scenario", "outcome"])

    @cached_property
    def variance(self) -> "pd.DataFrame":
        """Where the variance of single runs comes from, indexed by (scenario, outcome, part).

        Columns: ``share``, ``low``, ``high`` (95 %). Parts are those of `parts.PARTS`, of a scenario together with the
        first; parts "and policy" make the effect larger or smaller, the others move both scenarios alike.
        """
        import pandas as pd

        calibrated = self.runs.u[:, [kind == CALIBRATED for kind in self.runs.kinds]]
        names = [o.name for o in self.runs.declared]
        tables = []
        for s in range(1, len(self.names)):
            first, second = (np.moveaxis(self.runs.outcomes[k], -1, 0) for k in (0, s))
            found = parts_of_variance(first, second, calibrated)
            index = pd.MultiIndex.from_product([[self.names[s]], names, PARTS], names=["scenario", "outcome", "part"])
            tables.append(pd.DataFrame({key: column.ravel() for key, column in found._asdict().items()}, index))
        return pd.concat(tables) if tables else pd.DataFrame(columns=["share", "low", "high"])

    def effects_by_world(self, scenario: str, outcome: str) -> np.ndarray:
        """Effects of an outcome in every world with luck taken out of their spread, float64 of shape (worlds,).

        Raises
        ------
        UserError
            When there is no scenario or outcome of this name.
        """
        s, m = self._place(scenario, self.names[1:]) + 1, self._place(outcome, [o.name for o in self.runs.declared])
        return true_effects(moments_by_world(self._differences(s)[m]))

    def flip(self, scenario: str, outcome: str) -> Flip | None:
        """The parameter that flips the sign of an effect; see `decisive.flips`."""
        return self._flip(self._place(scenario, self.names[1:]) + 1,
                          self._place(outcome, [o.name for o in self.runs.declared]))

    @property
    def plot(self) -> "WorldPlots":
        """Pictures of the comparison, such as ``comparison.plot.effects("stage_matched")``."""
        return WorldPlots(self)

    def tables(self) -> "dict[str, pd.DataFrame]":
        """Every table by name.

        ``effects`` and ``variance``; ``worlds``: values of all that differs; ``places``: shares of their distributions
        below these; ``runs``: every outcome of every run.
        """
        import pandas as pd

        worlds = pd.DataFrame(self.runs.values, columns=list(self.runs.varied))
        values = self.runs.outcomes
        s, w, k, m = (axis.ravel() for axis in np.indices(values.shape))
        runs = pd.DataFrame({
            "scenario": np.array(self.names, object)[s], "world": w, "replicate": k, "seed": self.runs.seeds[w, k],
            "outcome": np.array([o.name for o in self.runs.declared], object)[m], "value": values.ravel()})
        places = pd.DataFrame({"parameter": self.runs.varied, "kind": self.runs.kinds,
                               **{str(w): column for w, column in enumerate(self.runs.u)}})
        return {"effects": self.effects, "variance": self.variance, "worlds": worlds, "places": places, "runs": runs}

    def notes(self) -> list[str]:
        """Sentences that have to be known to read the tables rightly."""
        return notes_of(self.provenance.get("ensemble", {}))

    def page(self) -> Report:
        """Sections of the report."""
        return of_worlds(Content(self.provenance, self.tables(), self.plot.all(), self.notes()))

    def _differences(self, s: int) -> np.ndarray:
        """Paired differences of a scenario from the first, float64 of shape (measures, worlds, replicates)."""
        return np.moveaxis(self.runs.outcomes[s] - self.runs.outcomes[0], -1, 0)

    def _flip(self, s: int, m: int) -> Flip | None:
        return flips(self.runs.u, moments_by_world(self._differences(s)[m]).mean)

    def _value(self, flip: Flip) -> float:
        """Value of a parameter at the place where it flips a sign."""
        order = np.argsort(self.runs.u[:, flip.parameter])
        u, values = self.runs.u[order, flip.parameter], self.runs.values[order, flip.parameter]
        scale = np.log if (values > 0.0).all() else lambda x: x  # between two worlds, as scales go
        found = np.interp(flip.place, u, scale(values))
        return float(np.exp(found) if (values > 0.0).all() else found)

    def _place(self, name: str, known: Sequence[str]) -> int:
        if name not in known:
            raise UserError(f"no '{name}' in this comparison; {did_you_mean(name, known)}")
        return list(known).index(name)

    def __repr__(self) -> str:
        worlds, replicates = self.runs.seeds.shape
        return f"WorldComparison({', '.join(self.names)}: {worlds} worlds, {replicates} replicates in each)"

    def _shown(self) -> "dict[str, pd.DataFrame]":
        return {"effects": self.effects}


def notes_of(ensemble: Mapping[str, Any]) -> list[str]:
    """What has to be known of the worlds of a result, as its document describes them."""
    found = []
    if ensemble.get("stale"):
        found.append("The worlds were fitted to data with another version of the model; they have to be made anew.")
    if ensemble.get("fixed"):
        found.append(f"Set by a scenario and so taken as known in all worlds: {', '.join(ensemble['fixed'])}.")
    return found


class WorldPlots(Plots):
    """Pictures of a comparison in worlds; each method returns a matplotlib Figure."""

    def __init__(self, comparison: WorldComparison) -> None:
        self._comparison = comparison

    def effects(self, scenario: str) -> "Figure":
        """Effects of a scenario in every world, with intervals and the worlds in which their signs hold.

        Raises
        ------
        UserError
            When there is no scenario of this name beside the first.
        """
        from alliancelab.analysis.figures import worlds

        comparison, outcomes = self._comparison, [o.name for o in self._comparison.runs.declared]
        found = {name: comparison.effects_by_world(scenario, name) for name in outcomes}
        flipped = {name: comparison.flip(scenario, name) for name in outcomes}
        above = {name: comparison.runs.u[:, flip.parameter] > flip.place
                 for name, flip in flipped.items() if flip is not None}
        titles = {one.name: one.title for one in comparison.scenarios}
        return worlds.effects(comparison.effects.loc[scenario], found, above, titles[scenario],
                              titles[comparison.names[0]], comparison.runs.seeds.shape[1])

    def all(self) -> "dict[str, Figure]":
        """Every picture by name, one for each scenario but the first."""
        return {f"worlds_{name}": self.effects(name) for name in self._comparison.names[1:]}
