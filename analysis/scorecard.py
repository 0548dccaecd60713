"""Scorecards: plan against outcome, indicator by indicator, with intervals and the probability of each target.

Source: F11, G8.
"""

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from alliancelab.analysis.statistics import mean_interval, wilson_interval
from alliancelab.model.regional.indicators import INDICATORS
from alliancelab.scenarios.facts import facts

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    from alliancelab.scenarios.scorecard import Scores

__all__ = ["Scorecard", "met"]

SAME = 1e-6  # relative: a start that is nearer to the document's figure counts as set to it
RANGE = (0.025, 0.975)


def met(values: np.ndarray, target: float, better: int) -> np.ndarray:
    """Whether values meet a target: at least it where more is better, at most it where less is; NaN never does."""
    near = SAME * max(abs(target), 1e-12)
    return values >= target - near if better > 0 else values <= target + near


class Scorecard:
    """Start, target and outcome of the indicators that a scenario declares, over replicates.

    Parameters
    ----------
    scores : Scores
    scenario : Scenario
    provenance : mapping, optional
        Version, scenario in full, seeds, packages: written into ``scorecard.json`` as it is.
    """

    def __init__(self, scores: "Scores", scenario: Any, provenance: Mapping[str, Any] | None = None) -> None:
        self.scores = scores
        self.scenario = scenario
        self.provenance = dict(provenance or {})

    @cached_property
    def table(self) -> "pd.DataFrame":
        """One row an indicator and target year.

        Returns
        -------
        DataFrame
            ``indicator``, ``title``, ``unit``
            ``start``: the document's figure of the base year; ``simulated``: mean of the runs in that year;
            ``set``: whether every run starts from the document's figure, False where the start is as simulated
            ``year``, ``target``: NaN in lines that have none; then the outcome is that of the last year
            ``mean``, ``low``, ``high``: outcome in the target year, mean and range of the middle 95 % of replicates
            ``met``, ``met_low``, ``met_high``: share of replicates that meet the target, with Wilson's 95 % interval
            ``trend``, ``trend_low``, ``trend_high``: mean change a year from the base year to the last, t interval
            ``direction``: "rises", "falls" or "level", as the interval of the trend says
            ``n``: replicates with an answer
            ``target_fact``, ``start_fact``, ``source``: where the figures stand
        """
        import pandas as pd

        return pd.DataFrame([self._line(aim) for aim in self.scores.aims])

    @cached_property
    def courses(self) -> "pd.DataFrame":
        """One row an indicator and year: ``mean``, ``low``, ``high`` (middle 95 % of replicates), ``n``."""
        import pandas as pd

        lines = []
        for i, name in enumerate(self.scores.indicators):
            for j, year in enumerate(self.scores.years.tolist()):
                mean, low, high, n = _range(self.scores.values[i, j])
                lines.append({"indicator": name, "title": INDICATORS[name].title, "year": year, "mean": mean,
                              "low": low, "high": high, "n": n})
        return pd.DataFrame(lines)

    @property
    def plot(self) -> "ScorecardPlots":
        """Pictures: ``card.plot.targets()``."""
        return ScorecardPlots(self)

    def save(self, folder: str | Path) -> Path:
        """Write tables, ``scorecard.json`` and the figure into a folder of results.

        Raises
        ------
        StoreError
            When the folder cannot be written.
        """
        from alliancelab.scenarios import store

        with store.staged(folder) as place:
            store.write_table(place, "scorecard", self.table)
            store.write_table(place, "courses", self.courses)
            self.plot.targets().savefig(place / "scorecard.png", dpi=150)
            store.write_json(place, "scorecard.json", self.provenance)
        return Path(folder)

    def __repr__(self) -> str:
        return (f"Scorecard({self.scenario.name!r}: {len(self.scores.aims)} lines, "
                f"{len(self.scores.seeds)} replicates)")

    def _repr_html_(self) -> str:
        return self.table.to_html(index=False, float_format="{:,.4g}".format)

    def _line(self, aim: Any) -> dict[str, Any]:
        scores, indicator = self.scores, INDICATORS[aim.indicator]
        values = scores.values[scores.indicators.index(aim.indicator)]
        year = int(scores.years[-1]) if aim.year is None else aim.year
        outcome = values[int(np.flatnonzero(scores.years == year)[0])]
        mean, low, high, n = _range(outcome)
        begun = values[0]
        line = {
            "indicator": aim.indicator, "title": indicator.title, "unit": indicator.unit,
            "start": aim.start, "simulated": _range(begun)[0],
            "set": bool(np.all(np.abs(begun - aim.start) <= SAME * abs(aim.start))),
            "year": year, "target": aim.target, "mean": mean, "low": low, "high": high,
        }
        return line | _probability(outcome, aim.target, indicator.better) | _trend(scores.years, values) | {
            "n": n, "target_fact": aim.target_fact, "start_fact": aim.start_fact,
            "source": "; ".join(dict.fromkeys(facts()[fact].source for fact in (aim.start_fact, aim.target_fact)
                                              if fact)),
        }


class ScorecardPlots:
    """Pictures of a scorecard; each method returns a matplotlib Figure."""

    def __init__(self, card: Scorecard) -> None:
        self._card = card

    def targets(self) -> "Figure":
        """Outcome over target with its range, and the probability of meeting it, line by line."""
        from alliancelab.analysis import scorecard_figure

        card = self._card
        return scorecard_figure.targets(card.table, card.scenario.title, len(card.scores.seeds))


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


def _trend(years: np.ndarray, values: np.ndarray) -> dict[str, Any]:
    """Change a year from the first to the last year, over replicates; values are (years, replicates)."""
    span = max(int(years[-1] - years[0]), 1)
    change = mean_interval((values[-1] - values[0]) / span)
    low, high = float(change.low), float(change.high)
    direction = "rises" if low > 0 else "falls" if high < 0 else "level"
    if np.isnan(low):
        direction = "level" if float(change.mean) == 0 else ""
    return {"trend": float(change.mean), "trend_low": low, "trend_high": high, "direction": direction}
