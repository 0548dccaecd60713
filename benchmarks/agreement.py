"""Whether the engine and the plain Mesa model tell the same story: each outcome's distribution in both, tested."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from scipy import stats

from alliancelab.analysis.statistics import holm
from alliancelab.model.outcomes import OUTCOMES, outcomes_of
from alliancelab.model.setup import QUARTERS_A_YEAR
from alliancelab.model.simulation import simulate
from benchmarks.plain_mesa import PlainModel
from benchmarks.rows import Row, setup_of

__all__ = ["READ", "Compared", "agree", "agreement", "compare", "compared"]

_SURVIVAL_QUARTERS = 5 * QUARTERS_A_YEAR
_ENGINE_RUNS = 4  # for each of plain Mesa, since they cost next to nothing and steady the shares of rare events


def _share(part: float, whole: float) -> float:
    return part / whole if whole else float("nan")


def _founded(model: PlainModel, value: Callable) -> float:
    """Mean over alliances founded after the warm-up."""
    seen = [value(a) for a in (*model.alliances, *model.ended) if a.founded >= model.warm_up]
    return float(np.mean(seen)) if seen else float("nan")


def _survival(model: PlainModel, _: int) -> float:
    """Share alive at five years among alliances founded early enough to be seen that long."""
    last = model.quarter - 1 - _SURVIVAL_QUARTERS
    seen = [a for a in (*model.alliances, *model.ended) if model.warm_up <= a.founded <= last]
    return float(np.mean([a.ended < 0 or a.ended - a.founded >= _SURVIVAL_QUARTERS for a in seen])) if seen else np.nan


READ: dict[str, Callable[[PlainModel, int], float]] = {
    "founded": lambda m, _: float(sum(a.founded >= m.warm_up for a in (*m.alliances, *m.ended))),
    "living": lambda m, quarters: m.counts["living"] / quarters,
    "motive": lambda m, _: _founded(m, lambda a: a.motive),
    "founding_size": lambda m, _: _founded(m, lambda a: a.founding_size),
    "mixed": lambda m, _: _founded(m, lambda a: a.mixed),
    "hazard": lambda m, _: _share(m.counts["endings"], (m.counts["living"] + m.counts["endings"]) / QUARTERS_A_YEAR),
    "vitality": lambda m, _: _share(m.counts["vitality"], m.counts["living"]),
    "regrown": lambda m, _: _founded(m, lambda a: a.regrowths > 0),
    "disputes": lambda m, _: _share(m.counts["disputes"], m.counts["living"] / QUARTERS_A_YEAR),
    "patents": lambda m, _: m.counts["patents"],
    "products": lambda m, _: m.counts["products"],
    "adoptions": lambda m, _: m.counts["adoptions"],
    "productivity": lambda m, quarters: m.counts["relative"] / quarters,
    "survival_5y": _survival,
}
"""Outcomes of `model.outcomes` read off the plain model, given the quarters after the warm-up."""


class Compared(NamedTuple):
    """One outcome in both models, over replicates that give an answer.

    Attributes
    ----------
    outcome : str
    plain_mean, plain_sd, engine_mean, engine_sd : float
    difference : float
        Engine's mean less plain Mesa's, in pooled standard deviations.
    welch_t, welch_p, ks_p : float
        Welch's test of the means; Kolmogorov and Smirnov's of the distributions.
    holm_p : float
        The smaller of both p, corrected for all tests of all outcomes.
    """

    outcome: str
    plain_mean: float
    plain_sd: float
    engine_mean: float
    engine_sd: float
    difference: float
    welch_t: float
    welch_p: float
    ks_p: float
    holm_p: float

    @property
    def close(self) -> bool:
        """Whether the means are within a tenth of plain Mesa's, or within half a standard deviation."""
        return abs(self.engine_mean - self.plain_mean) <= 0.1 * abs(self.plain_mean) or abs(self.difference) <= 0.5


def compare(replicates: int = 24, organisations: int = 850, quarters: int = 100) -> list[Compared]:
    """Run plain Mesa `replicates` times and the engine four times as often, on other seeds, and compare outcomes.

    The default takes less than a minute.
    """
    measures = tuple(o for name in READ for o in OUTCOMES if o.name == name)
    plain = [_plain_run(setup_of(organisations, quarters=quarters, seed=seed)) for seed in range(replicates)]
    engine = [
        outcomes_of(simulate(setup_of(organisations, quarters=quarters, seed=1_000_000 + seed), record=False), measures)
        for seed in range(_ENGINE_RUNS * replicates)
    ]
    return compared(tuple(READ), np.array(plain), np.array(engine))


def _plain_run(setup) -> np.ndarray:
    model = PlainModel(setup)
    quarters = len(setup.levers)
    for _ in range(quarters):
        model.step()
    return np.array([read(model, quarters - model.warm_up) for read in READ.values()])


def compared(names: tuple[str, ...], plain: np.ndarray, engine: np.ndarray) -> list[Compared]:
    """Compare two samples of outcomes, each (replicates, outcomes); NaN where a run gives no answer."""
    pairs = [(a[~np.isnan(a)], b[~np.isnan(b)]) for a, b in zip(plain.T, engine.T, strict=True)]
    welch = [stats.ttest_ind(b, a, equal_var=False) for a, b in pairs]
    p = np.array([(w.pvalue, stats.ks_2samp(a, b).pvalue) for w, (a, b) in zip(welch, pairs, strict=True)])
    adjusted = holm(p).min(axis=1)
    rows = []
    for name, (a, b), w, (welch_p, ks_p), holm_p in zip(names, pairs, welch, p, adjusted, strict=True):
        pooled = np.sqrt((a.var(ddof=1) + b.var(ddof=1)) / 2.0)
        rows.append(Compared(
            name, *map(float, (a.mean(), a.std(ddof=1), b.mean(), b.std(ddof=1), (b.mean() - a.mean()) / pooled,
                               w.statistic, welch_p, ks_p, holm_p)),
        ))
    return rows


def agree(rows: list[Compared]) -> bool:
    """Whether no outcome is rejected at 1 % after Holm's correction and all means are close."""
    return all(row.holm_p >= 0.01 and row.close for row in rows)


def agreement(replicates: int = 24) -> list[Row]:
    """The comparison as rows of the benchmark's table."""
    rows = compare(replicates)
    listed = [
        Row("agreement", f"{row.outcome}: engine's mean over plain Mesa's", row.engine_mean / row.plain_mean, "ratio",
            f"difference {row.difference:+.2f} sd")
        for row in rows
    ]
    smallest = min(row.holm_p for row in rows)
    what = f"smallest p of {2 * len(rows)} tests after Holm, {replicates} runs of plain Mesa"
    return [*listed, Row("agreement", what, smallest, "p", "", ">= 0.01")]
