"""Stylised facts: what is known of real alliances beside what the model gives, fitted to or not, inside or outside.

Source: H5.
"""

from collections.abc import Collection, Mapping, Sequence
from functools import cached_property
from itertools import combinations
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from alliancelab.analysis.report.fit import of_validation
from alliancelab.analysis.report.parts import Content, Report
from alliancelab.analysis.results.base import Plots, Result, kept_table, origin_of
from alliancelab.analysis.results.stored_scenario import stored_scenarios
from alliancelab.analysis.results.stylised_facts import ALONE, ARMS, FACTS, StylisedFact
from alliancelab.analysis.statistics.intervals import mean_interval
from alliancelab.scenarios.consortia import MEASURES, Consortia, projects_of
from alliancelab.scenarios.facts import facts
from alliancelab.scenarios.moments import (
    MOMENTS,
    PROGRAMME_PROJECTS,
    moments_of,
)
from alliancelab.scenarios.registry.facts import RegistryFacts
from alliancelab.scenarios.spreads import NORMAL
from alliancelab.scenarios.store import Stored

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

__all__ = ["Validation", "ValidationPlots", "facts_of"]

def _verdict(mean: tuple[float, float], runs: np.ndarray, value: float | None, low: float | None,
             high: float | None) -> str:
    """What the interval of the mean says: "inside" or "outside" the empirical range as a whole, else "undecided".

    Where only a value is known: "spanned" if 95 % of single runs lie around it, else "outside".
    """
    if not np.isfinite(mean).all():
        return "no answer"
    if low is None or high is None:
        return "spanned" if value is not None and runs[0] <= value <= runs[1] else "outside"
    if low <= mean[0] and mean[1] <= high:
        return "inside"
    return "outside" if mean[1] < low or mean[0] > high else "undecided"


def _edges(values: np.ndarray) -> np.ndarray:
    """Between which 95 % of single runs lie, shape (2, facts); NaN where no run gives an answer."""
    edges = np.full((2, len(values)), np.nan)
    answered = np.isfinite(values).any(axis=1)
    edges[:, answered] = np.nanquantile(values[answered], [0.025, 0.975], axis=1)
    return edges


def _span(low: float, high: float) -> str:
    return f"{low:.3g}" if low == high else f"at most {high:.3g}" if low == 0.0 else f"{low:.3g} to {high:.3g}"


_ALIVE_AT = {4: "alive_4y", 5: "alive_5y", 10: "alive_10y"}
_OWN = ("title", "unit", "mean", "low", "high", "value", "spread", "verdict", "fitted", "reason")
_COLUMNS = ("title", "unit", "arm", "mean", "low", "high", "verdict", "fitted", "source")


class Validation(Result):
    """The stylised facts of a scenario.

    Parameters
    ----------
    runs : mapping of str to sequence of Recording
        Replicates of each of `ARMS`, recorded in full, on the same seeds.
    scenarios : sequence of Scenario
        Of the arms, in their order.
    fitted : collection of (str, str)
        Moments that the parameters were fitted to, each with the arm that it was fitted in.
    data : sequence of Consortia, optional
        A researcher's own programmes: facts of consortia are then taken from these.
    provenance : mapping, optional
        Written into ``validation.json`` as it is.
    registry : RegistryFacts, optional
        Of a researcher's own registry: they stand in a table of their own.
    """

    kind, file = "validate", "validation.json"

    def __init__(self, runs: Mapping[str, Sequence], scenarios: Sequence, fitted: Collection[tuple[str, str]] = (),
                 data: Sequence[Consortia] = (), provenance: Mapping[str, Any] | None = None,
                 registry: RegistryFacts | None = None) -> None:
        self.runs = {arm: list(runs[arm]) for arm in ARMS}
        self.fitted = frozenset(fitted)
        self.data = tuple(data)
        self.scenarios = tuple(scenarios)
        self.provenance = dict(provenance or {})
        self._registry = registry

    @classmethod
    def from_folder(cls, stored: Stored) -> Self:
        """The validation that was saved into a folder: its table, without the runs."""
        made = cls(dict.fromkeys(ARMS, ()), stored_scenarios(stored), provenance=origin_of(stored))
        made._take(
            table=kept_table(stored, "facts", "fact", _COLUMNS),
            registry=kept_table(stored, "registry", "fact", _OWN) if "registry" in stored.tables else None)
        return made

    @property
    def replicates(self) -> int:
        """Runs of each arm."""
        return len(self.runs[ALONE]) or len(self.provenance["seeds"])

    @cached_property
    def own(self) -> dict[str, list[float]]:
        """Facts of a researcher's own data by name: mean and range; each shuffles every programme, so once for all."""
        return {name: row for name, *row in facts_of(self.data)} if self.data else {}

    @cached_property
    def values(self) -> np.ndarray:
        """Value of every fact in every replicate, float64 of shape (facts, replicates); NaN where there is none.

        Facts of consortia are those of as many alliances as a programme of the data has projects.
        """
        plain = {arm: [fact for fact in FACTS if isinstance(fact.measure, str) and fact.arm == arm] for arm in ARMS}
        found = np.full((len(FACTS), len(self.runs[ALONE])), np.nan)
        projects = projects_of(self.data) if self.data else PROGRAMME_PROJECTS
        for k in range(found.shape[1]):
            replicate = {arm: self.runs[arm][k] for arm in ARMS}
            for arm in ARMS:
                moments = [MOMENTS[str(fact.measure)] for fact in plain[arm]]
                for fact, value in zip(plain[arm], moments_of(replicate[arm], moments, projects), strict=True):
                    found[FACTS.index(fact), k] = value
            for i, fact in enumerate(FACTS):
                if not isinstance(fact.measure, str):
                    found[i, k] = fact.measure(replicate)
        return found

    @cached_property
    def table(self) -> "pd.DataFrame":
        """One row per fact, indexed by name.

        Columns: ``title``, ``unit``, ``arm``; ``mean``, ``low``, ``high``: mean over replicates with its 95 % interval
        (a run is one observation, so alliances within runs need no independence); ``run_low``, ``run_high``: between
        which 95 % of single runs lie; ``value``, ``from``, ``to``: the empirical value and range; ``fitted``,
        see `_use`; ``verdict``, see `_verdict`; ``source``, ``confidence``.
        """
        import pandas as pd

        interval = mean_interval(self.values)
        edges = _edges(self.values)
        known = [self._known(fact) for fact in FACTS]
        low, high = interval.low, interval.high
        verdict = [_verdict((low[i], high[i]), edges[:, i], value, lo, hi)
                   for i, (value, lo, hi, *_) in enumerate(known)]
        return pd.DataFrame({
            "title": [fact.title for fact in FACTS], "unit": [fact.unit for fact in FACTS],
            "arm": [fact.arm for fact in FACTS], "mean": interval.mean, "low": low, "high": high,
            "run_low": edges[0], "run_high": edges[1],
            "value": [row[0] for row in known], "from": [row[1] for row in known], "to": [row[2] for row in known],
            "fitted": [self._use(fact) for fact in FACTS], "verdict": verdict,
            "source": [row[3] for row in known], "confidence": [row[4] for row in known],
        }, pd.Index([fact.name for fact in FACTS], name="fact"))

    @cached_property
    def registry(self) -> "pd.DataFrame | None":
        """One row per fact that registries tell, indexed by name, in the scenario without public money; else None.

        Columns as in `table`; ``value`` with its standard deviation ``spread``, ``verdict`` on whether the model lies
        within 1.96 of these, "not told" where the tables do not tell the fact, for a ``reason``.
        """
        import pandas as pd

        if self._registry is None:
            return None
        facts, projects = self._registry
        values = np.array([moments_of(run, [MOMENTS[fact.name] for fact in facts], projects)
                           for run in self.runs[ALONE]]).T
        interval, edges = mean_interval(values), _edges(values)
        rows = []
        for i, fact in enumerate(facts):
            ends = fact.value - NORMAL * fact.spread, fact.value + NORMAL * fact.spread
            mean = float(interval.low[i]), float(interval.high[i])
            rows.append({
                "title": fact.title, "unit": fact.unit, "mean": interval.mean[i], "low": mean[0], "high": mean[1],
                "run_low": edges[0, i], "run_high": edges[1, i], "value": fact.value, "spread": fact.spread,
                "verdict": "not told" if fact.reason else _verdict(mean, edges[:, i], fact.value, *ends),
                "fitted": "fitted" if (fact.name, ALONE) in self.fitted else "check", "reason": fact.reason})
        return pd.DataFrame(rows, pd.Index([fact.name for fact in facts], name="fact"))

    @cached_property
    def contradictions(self) -> list[str]:
        """Pairs of facts that no world can meet both, a sentence each.

        Two sources of one quantity whose ranges do not touch; and a share of less than half alive at an age that half
        outlive by another source.
        """
        known = {name: (row["value"] if np.isnan(row["from"]) else row["from"],
                        row["value"] if np.isnan(row["to"]) else row["to"])
                 for name, row in self.table[["value", "from", "to"]].astype(float).iterrows()}
        of_one = [(one, other) for one, other in combinations(FACTS, 2)
                  if (one.measure, one.arm) == (other.measure, other.arm)
                  and (known[one.name][1] < known[other.name][0] or known[other.name][1] < known[one.name][0])]
        by_name = {fact.name: fact for fact in FACTS}
        median = by_name["median_life"]
        of_lives = [(by_name[name], median) for years, name in _ALIVE_AT.items()
                    if years < known[median.name][0] and known[name][1] < 0.5]
        return [f"{one.title} ({_span(*known[one.name])}) and {other.title[0].lower()}{other.title[1:]} "
                f"({_span(*known[other.name])}{' years' if other is median else ''}) contradict each other."
                for one, other in (*of_one, *of_lives)]

    def _use(self, fact: StylisedFact) -> str:
        """What the fact was used for: "fitted" (in its own arm), "fitted in the other arm" or "check"."""
        arms = [arm for arm in ARMS if (fact.name, arm) in self.fitted]
        return "fitted" if fact.arm in arms else "fitted in the other arm" if arms else "check"

    def _known(self, fact: StylisedFact) -> tuple[Any, ...]:
        """Value, range, source and confidence: of a researcher's own data where there are some, else of the table."""
        if fact.name in self.own:
            return (*self.own[fact.name], "own data", "")
        row = facts()[fact.fact]
        return (*fact.reading(row), row.source, row.confidence)

    @property
    def plot(self) -> "ValidationPlots":
        """Pictures, such as ``found.plot.facts()``."""
        return ValidationPlots(self)

    def tables(self) -> "dict[str, pd.DataFrame]":
        """The table by its name, and that of the registry."""
        return {"facts": self.table} | ({} if self.registry is None else {"registry": self.registry})

    def page(self) -> Report:
        """Sections of the report."""
        return of_validation(Content(self.provenance, self.tables(), self.plot.all()))

    def __repr__(self) -> str:
        count = self.table["verdict"].value_counts()
        return f"Validation({', '.join(f'{number} facts {verdict}' for verdict, number in count.items())})"


class ValidationPlots(Plots):
    """Pictures of a validation; each method returns a matplotlib Figure."""

    def __init__(self, found: Validation) -> None:
        self._found = found

    def facts(self) -> "Figure":
        """Every fact: the empirical range and what the model gives, on a scale of its own."""
        from alliancelab.analysis.figures import calibration

        return calibration.facts(self._found.table)

    def all(self) -> "dict[str, Figure]":
        """The picture by its name."""
        return {"facts": self.facts()}


def facts_of(programmes: Sequence[Consortia]) -> list[tuple[str, float, float, float]]:
    """Facts of a researcher's own programmes: name, mean, and the range that holds four fifths of them.

    Facts to which no programme gives an answer are left out.

    Parameters
    ----------
    programmes : sequence of Consortia
        From `consortia.by_programme`.
    """
    rows = []
    for measure in MEASURES:
        values = np.array([measure.of(programme) for programme in programmes])
        values = values[np.isfinite(values)]
        if len(values):
            low, high = np.quantile(values, [0.1, 0.9])
            rows.append((measure.name, float(values.mean()), float(low), float(high)))
    return rows
