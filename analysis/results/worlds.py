"""What studies hand back when they were asked for worlds: effects with what they hang on, as tables and pictures.

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
from alliancelab.analysis.uncertainty.decisive import Flip
from alliancelab.analysis.uncertainty.effects import moments_by_world, true_effects
from alliancelab.analysis.uncertainty.parts import PARTS, parts_of_variance
from alliancelab.analysis.uncertainty.table import COLUMNS, differences, effects_table, flip_of
from alliancelab.scenarios.regional_outcomes import declared_outcome
from alliancelab.scenarios.store import Stored
from alliancelab.scenarios.worlds.nested import WorldRuns
from alliancelab.scenarios.worlds.unknowns import CALIBRATED

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

__all__ = ["BASES", "WorldComparison", "WorldPlots", "notes_of"]

BASES = "bases"
"""Key of the provenance under which stands what each scenario is compared with, where that is not the first."""


class WorldComparison(Result):
    """Scenarios compared in many worlds, on several seeds in each.

    Parameters
    ----------
    runs : WorldRuns
    scenarios : sequence of Scenario
        In the order of the first axis of ``runs.outcomes``.
    provenance : mapping, optional
        Version, scenarios in full, seeds, ensemble: written into the document as it is. ``bases`` has, by name of a
        scenario, the one that it is compared with; without it all are compared with the first.
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
        runs = kept_table(stored, "runs", (), ("scenario", "world", "replicate", "seed", "outcome", "value"))
        names = tuple(dict.fromkeys(runs["scenario"].astype(str)))
        places = kept_table(stored, "places", (), ("parameter", "kind"))
        needed = [name for name in COLUMNS if name != "base"]  # the document tells it
        words = kept_table(stored, "effects", (), needed).drop_duplicates("outcome").set_index("outcome")
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
        return list(self.runs.names)

    @property
    def titles(self) -> dict[str, str]:
        """Titles of the scenarios by name."""
        return {scenario.name: scenario.title for scenario in self.scenarios}

    @property
    def bases(self) -> dict[str, str]:
        """By name of each scenario that is compared, the one that it is compared with."""
        given = self.provenance.get(BASES)
        return dict(given) if given else dict.fromkeys(self.names[1:], self.names[0])

    @cached_property
    def effects(self) -> "pd.DataFrame":
        """Effects of every scenario against its base, indexed by (scenario, outcome).

        Returns
        -------
        DataFrame
            ``base``: the scenario that it is compared with
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
        return effects_table(self.runs, [self._pair(name) for name in self.bases])

    @cached_property
    def variance(self) -> "pd.DataFrame":
        """Where the variance of single runs comes from, indexed by (scenario, outcome, part).

        Columns: ``share``, ``low``, ``high`` (95 %). Parts are those of `parts.PARTS`, of a scenario together with its
        base; parts "and policy" make the effect larger or smaller, the others move both scenarios alike.
        """
        import pandas as pd

        calibrated = self.runs.u[:, [kind == CALIBRATED for kind in self.runs.kinds]]
        names = [o.name for o in self.runs.declared]
        tables = []
        for name in self.bases:
            second, first = (np.moveaxis(self.runs.outcomes[k], -1, 0) for k in self._pair(name))
            found = parts_of_variance(first, second, calibrated)
            index = pd.MultiIndex.from_product([[name], names, PARTS], names=["scenario", "outcome", "part"])
            tables.append(pd.DataFrame({key: column.ravel() for key, column in found._asdict().items()}, index))
        return pd.concat(tables) if tables else pd.DataFrame(columns=["share", "low", "high"])

    def effects_by_world(self, scenario: str, outcome: str) -> np.ndarray:
        """Effects of an outcome in every world with luck taken out of their spread, float64 of shape (worlds,).

        Raises
        ------
        UserError
            When there is no scenario or outcome of this name.
        """
        pair, m = self._pair(scenario), self._place(outcome, [o.name for o in self.runs.declared])
        return true_effects(moments_by_world(differences(self.runs, pair)[m]))

    def flip(self, scenario: str, outcome: str) -> Flip | None:
        """The parameter that flips the sign of an effect; see `decisive.flips`."""
        return flip_of(self.runs, self._pair(scenario), self._place(outcome, [o.name for o in self.runs.declared]))

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
        return of_worlds(Content(self.provenance, self.tables(), self.plot.all(), self.notes()), self.titles,
                         self.bases)

    def _pair(self, scenario: str) -> tuple[int, int]:
        """Places of a scenario and of its base among the runs."""
        self._place(scenario, list(self.bases))
        return self._place(scenario, self.names), self._place(self.bases[scenario], self.names)

    def _place(self, name: str, known: Sequence[str]) -> int:
        if name not in known:
            raise UserError(f"no '{name}' in this comparison; {did_you_mean(name, known)}")
        return list(known).index(name)

    def __repr__(self) -> str:
        worlds, replicates = self.runs.seeds.shape
        return f"{type(self).__name__}({', '.join(self.names)}: {worlds} worlds, {replicates} replicates in each)"

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
            When no scenario of this name is compared with another.
        """
        from alliancelab.analysis.figures import worlds

        comparison, outcomes = self._comparison, [o.name for o in self._comparison.runs.declared]
        found = {name: comparison.effects_by_world(scenario, name) for name in outcomes}
        flipped = {name: comparison.flip(scenario, name) for name in outcomes}
        above = {name: comparison.runs.u[:, flip.parameter] > flip.place
                 for name, flip in flipped.items() if flip is not None}
        titles = comparison.titles
        return worlds.effects(comparison.effects.loc[scenario], found, above, titles[scenario],
                              titles[comparison.bases[scenario]], comparison.runs.seeds.shape[1])

    def all(self) -> "dict[str, Figure]":
        """Every picture by name, one for each scenario that is compared with another."""
        return {f"worlds_{name}": self.effects(name) for name in self._comparison.bases}
