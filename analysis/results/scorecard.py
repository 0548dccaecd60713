"""Scorecards: plan against outcome, indicator by indicator, with intervals and the probability of each target.

Source: F11, G8.
"""

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from alliancelab.analysis.report.parts import Content, Report
from alliancelab.analysis.report.scorecard import of_scorecard
from alliancelab.analysis.results.base import Plots, Result, kept_table, origin_of
from alliancelab.analysis.results.stored_scenario import stored_scenarios
from alliancelab.analysis.statistics.intervals import mean_interval, paired_difference, wilson_interval
from alliancelab.model.regional.indicators import Indicator
from alliancelab.scenarios.facts import facts
from alliancelab.scenarios.own_indicators import indicators_of
from alliancelab.scenarios.store import Stored

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    from alliancelab.scenarios.scorecard import Scores

__all__ = ["Scorecard", "ScorecardPlots", "met"]

SAME = 1e-6  # relative: a start that is nearer to the document's figure counts as set to it
RANGE = (0.025, 0.975)
_COLUMNS = {"scorecard": ("title", "unit", "start", "simulated", "set", "year", "target", "met"),
            "courses": ("indicator", "title", "year", "mean", "low", "high", "kept")}
"""Columns that figures and reports need."""


def met(values: np.ndarray, target: float, better: int) -> np.ndarray:
    """Whether values meet a target: at least it where more is better, at most it where less is; NaN never does."""
    near = SAME * max(abs(target), 1e-12)
    return values >= target - near if better > 0 else values <= target + near


class Scorecard(Result):
    """Start, target and outcome of the indicators that a scenario declares, over replicates.

    Parameters
    ----------
    scores : Scores
    scenario : Scenario
    provenance : mapping, optional
        Version, scenario in full, seeds, packages: written into ``scorecard.json`` as it is.
    """

    kind, file = "scorecard", "scorecard.json"

    def __init__(self, scores: "Scores | None", scenario: Any, provenance: Mapping[str, Any] | None = None) -> None:
        self.scores = scores
        self.scenario = scenario
        self.scenarios = (scenario,)
        self.provenance = dict(provenance or {})

    @classmethod
    def from_folder(cls, stored: Stored) -> Self:
        """The scorecard that was saved into a folder: its tables, without the values of single replicates."""
        card = cls(None, stored_scenarios(stored)[0], origin_of(stored))
        table, courses = (kept_table(stored, name, (), columns) for name, columns in _COLUMNS.items())
        card._take(table=table, courses=courses)
        return card

    @property
    def replicates(self) -> int:
        """How many runs there are."""
        return len(self.provenance["seeds"]) if self.scores is None else len(self.scores.seeds)

    @property
    def _known(self) -> dict[str, Indicator]:
        """Made anew each time: a card travels to other processes, and functions of indicators do not."""
        return indicators_of(self.scenario.scorecard)

    @cached_property
    def table(self) -> "pd.DataFrame":
        """One row per indicator and target year.

        Returns
        -------
        DataFrame
            ``indicator``, ``title``, ``unit``
            ``start``: the document's figure of the base year; ``simulated``: mean of the runs in that year;
            ``set``: whether every run starts from the document's figure, False where the start is as simulated
            ``year``, ``target``: NaN in lines that have none; then the outcome is that of the last year
            ``mean``, ``low``, ``high``: outcome in the target year, mean and range of the middle 95 % of replicates
            ``met``, ``met_low``, ``met_high``: share of replicates that meet the target, with Wilson's 95 % interval
            ``effect``, ``effect_low``, ``effect_high``: of the plan in that year, mean paired difference from runs that
            keep the policy of the base year, 95 % t interval
            ``drift``, ``drift_low``, ``drift_high``: change since the base year in the runs that keep it: what comes
            without the plan, and is no part of its effect
            ``moved``: "plan" where the interval of the effect leaves zero out, "levers" where only that of the levers
            of the plan's instruments at their upper bounds does, "none" where neither the plan nor these changed the
            line in any run, "unclear" where some run changed and no interval leaves zero out
            ``n``: replicates with an answer
            ``target_fact``, ``start_fact``, ``source``: where the figures stand
        """
        import pandas as pd

        assert self.scores is not None  # a card from a folder has its table already
        return pd.DataFrame([self._line(aim) for aim in self.scores.aims])

    @cached_property
    def courses(self) -> "pd.DataFrame":
        """One row per indicator and year: ``mean``, ``low``, ``high`` (middle 95 % of replicates), ``n``, ``kept``.

        ``kept`` is the mean of runs that keep the policy of the base year.
        """
        import pandas as pd

        lines: list[dict[str, Any]] = []
        assert self.scores is not None
        for i, name in enumerate(self.scores.indicators):
            for j, year in enumerate(self.scores.years.tolist()):
                mean, low, high, n = _range(self.scores.values[i, j])
                lines.append({"indicator": name, "title": self._known[name].title, "year": year, "mean": mean,
                              "low": low, "high": high, "n": n, "kept": _range(self.scores.kept[i, j])[0]})
        return pd.DataFrame(lines)

    @property
    def plot(self) -> "ScorecardPlots":
        """Pictures, such as ``card.plot.targets()``."""
        return ScorecardPlots(self)

    def tables(self) -> "dict[str, pd.DataFrame]":
        """Both tables by name."""
        return {"scorecard": self.table, "courses": self.courses}

    def page(self) -> Report:
        """Sections of the report."""
        return of_scorecard(Content(self.provenance, self.tables(), self.plot.all()))

    def __repr__(self) -> str:
        return f"Scorecard({self.scenario.name!r}: {len(self.table)} lines, {self.replicates} replicates)"

    def _shown(self) -> "dict[str, pd.DataFrame]":
        return {"scorecard": self.table}

    def _line(self, aim: Any) -> dict[str, Any]:
        scores, indicator = self.scores, self._known[aim.indicator]
        assert scores is not None
        row = scores.indicators.index(aim.indicator)
        values = scores.values[row]
        year = int(scores.years[-1]) if aim.year is None else aim.year
        place = int(np.flatnonzero(scores.years == year)[0])
        outcome = values[place]
        mean, low, high, n = _range(outcome)
        begun = values[0]
        line = {
            "indicator": aim.indicator, "title": indicator.title, "unit": indicator.unit,
            "start": aim.start, "simulated": _range(begun)[0],
            "set": bool(np.all(np.abs(begun - aim.start) <= SAME * abs(aim.start))),
            "year": year, "target": aim.target, "mean": mean, "low": low, "high": high,
        }
        return line | _probability(outcome, aim.target, indicator.better) | _effect(
            outcome, scores.kept[row], scores.pushed[row], place) | {
            "n": n, "target_fact": aim.target_fact, "start_fact": aim.start_fact,
            "source": "; ".join(dict.fromkeys(facts()[fact].source for fact in (aim.start_fact, aim.target_fact)
                                              if fact)),
        }


class ScorecardPlots(Plots):
    """Pictures of a scorecard; each method returns a matplotlib Figure."""

    def __init__(self, card: Scorecard) -> None:
        self._card = card

    def targets(self) -> "Figure":
        """Outcome over target with its range, and the probability of meeting it, line by line."""
        from alliancelab.analysis.figures import scorecard

        return scorecard.targets(self._card.table, self._card.scenario.title, self._card.replicates)

    def courses(self) -> "Figure":
        """Courses year by year, with the plan and with the policy of the base year kept, against targets."""
        from alliancelab.analysis.figures import scorecard

        return scorecard.courses(self._card.courses, self._card.table, self._card.scenario.title)

    def all(self) -> "dict[str, Figure]":
        """Both pictures by name, where there is a target."""
        if not self._card.table["target"].notna().any():
            return {}
        return {"scorecard": self.targets(), "courses": self.courses()}


def _range(values: np.ndarray) -> tuple[float, float, float, int]:
    """Mean, ends of the middle 95 %, and number of the values that are not NaN."""
    found = values[np.isfinite(values)]
    if not len(found):
        return float("nan"), float("nan"), float("nan"), 0
    low, high = np.quantile(found, RANGE)
    return float(found.mean()), float(low), float(high), len(found)


def _probability(outcome: np.ndarray, target: float, better: int) -> dict[str, float]:
    """Share of replicates that meet the target; a run without an answer has not met it."""
    if np.isnan(target):
        return dict.fromkeys(("met", "met_low", "met_high"), float("nan"))
    count, n = int(met(outcome, target, better).sum()), len(outcome)
    low, high = wilson_interval(np.array(count), np.array(n))
    return {"met": count / n, "met_low": float(low), "met_high": float(high)}


def _effect(outcome: np.ndarray, kept: np.ndarray, pushed: np.ndarray, place: int) -> dict[str, Any]:
    """Effect of the plan on a line, what comes without it, and what moves the line at all."""
    plan = paired_difference(outcome, kept[place])
    limits = paired_difference(pushed[place], kept[place, : pushed.shape[1]])
    drift = mean_interval(kept[place] - kept[0])
    found = {"effect": plan.difference, "effect_low": plan.low, "effect_high": plan.high,
             "drift": drift.mean, "drift_low": drift.low, "drift_high": drift.high}
    same = _same(outcome, kept[place]) and _same(pushed[place], kept[place, : pushed.shape[1]])
    moved = "none" if same else "plan" if _apart(plan) else "levers" if _apart(limits) else "unclear"
    return {name: float(value) for name, value in found.items()} | {"moved": moved}


def _same(some: np.ndarray, others: np.ndarray) -> bool:
    """Whether two arms give the same in every run, but for rounding; runs without an answer in both are the same."""
    return bool(np.allclose(some, others, rtol=SAME, atol=SAME, equal_nan=True))


def _apart(paired: Any) -> bool:
    """Whether an interval leaves zero out; differences that are all the same and not zero do, though none has width."""
    return bool(paired.low > 0 or paired.high < 0)
