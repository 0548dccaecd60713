"""The engine beside the plain Mesa model: the ratio of their speeds, and whether they tell the same story."""

from collections.abc import Callable

import numpy as np
from scipy import stats

from alliancelab.analysis.statistics import holm
from alliancelab.model.outcomes import OUTCOMES, outcomes_of
from alliancelab.model.setup import QUARTERS_A_YEAR, Setup
from alliancelab.model.simulation import simulate
from benchmarks.plain_mesa import PlainModel
from benchmarks.rows import Row, setup_of, spread, timed

__all__ = ["COMPARED", "agreement", "plain_outcomes", "samples", "speed"]


def _share(part: float, whole: float) -> float:
    return part / whole if whole else float("nan")


def _founded(model: PlainModel, value: Callable) -> float:
    """Mean over alliances founded after the warm-up."""
    seen = [value(a) for a in (*model.alliances, *model.ended) if a.founded >= model.warm_up]
    return float(np.mean(seen)) if seen else float("nan")


COMPARED: dict[str, Callable[[PlainModel, int], float]] = {
    "founded": lambda m, _: float(sum(a.founded >= m.warm_up for a in (*m.alliances, *m.ended))),
    "living": lambda m, quarters: m.counts["living"] / quarters,
    "motive": lambda m, _: _founded(m, lambda a: a.motive),
    "founding_size": lambda m, _: _founded(m, lambda a: a.founding_size),
    "mixed": lambda m, _: _founded(m, lambda a: a.mixed),
    "hazard": lambda m, _: _share(m.counts["endings"], m.counts["living"] / QUARTERS_A_YEAR),
    "vitality": lambda m, _: _share(m.counts["vitality"], m.counts["living"]),
    "regrown": lambda m, _: _founded(m, lambda a: a.regrowths > 0),
    "disputes": lambda m, _: _share(m.counts["disputes"], m.counts["living"] / QUARTERS_A_YEAR),
    "patents": lambda m, _: m.counts["patents"],
    "products": lambda m, _: m.counts["products"],
    "adoptions": lambda m, _: m.counts["adoptions"],
    "productivity": lambda m, quarters: m.counts["relative"] / quarters,
}
"""Outcomes of `model.outcomes` read off the plain model, given the quarters after the warm-up."""


def plain_outcomes(setup: Setup) -> np.ndarray:
    """The compared outcomes of one run of the plain model, shape (len(COMPARED),)."""
    model = PlainModel(setup)
    quarters = len(setup.levers)
    for _ in range(quarters):
        model.step()
    return np.array([read(model, quarters - model.warm_up) for read in COMPARED.values()])


def samples(replicates: int, organisations: int = 850) -> tuple[np.ndarray, np.ndarray]:
    """Compared outcomes of the plain model and of the engine, on different seeds, each (replicates, outcomes)."""
    measures = tuple(o for name in COMPARED for o in OUTCOMES if o.name == name)
    plain = [plain_outcomes(setup_of(organisations, seed=seed)) for seed in range(replicates)]
    engine = [outcomes_of(simulate(setup_of(organisations, seed=1_000_000 + seed), record=False), measures)
              for seed in range(4 * replicates)]
    return np.array(plain), np.array(engine)


def agreement(replicates: int = 40) -> list[Row]:
    """Welch's test of each outcome's mean and Kolmogorov and Smirnov's of its distribution, the smaller p by Holm."""
    plain, engine = samples(replicates)
    p = np.array([
        (stats.ttest_ind(a[~np.isnan(a)], b[~np.isnan(b)], equal_var=False).pvalue,
         stats.ks_2samp(a[~np.isnan(a)], b[~np.isnan(b)]).pvalue)
        for a, b in zip(plain.T, engine.T, strict=True)
    ])
    adjusted = holm(p)
    rows = [
        Row("agreement", f"{name}: engine's mean over plain Mesa's", float(np.nanmean(b) / np.nanmean(a)), "ratio",
            f"sd {np.nanstd(a) / abs(np.nanmean(a)):.3f} and {np.nanstd(b) / abs(np.nanmean(b)):.3f} of the mean")
        for name, a, b in zip(COMPARED, plain.T, engine.T, strict=True)
    ]
    return [*rows, Row("agreement", f"smallest p of {p.size} tests after Holm, {replicates} runs of plain Mesa",
                       float(adjusted.min()), "p", "", ">= 0.01")]


def speed(rounds: int = 3) -> list[Row]:
    """Agent-steps a second of both in one process, in turns: an agent-step is one place for an organisation, a quarter.

    Both run the scenario without policy from an empty world to the end of its warm-up and on, and keep curves only.
    """
    rows = []
    for organisations, quarters in ((850, 100), (5_000, 40)):
        setup = setup_of(organisations, quarters=quarters)
        simulate(setup, record=False)

        def run_plain(setup: Setup = setup) -> None:
            model = PlainModel(setup)
            for _ in range(len(setup.levers)):
                model.step()

        plain, engine = np.empty(rounds), np.empty(rounds)
        for k in range(rounds):
            plain[k] = timed(run_plain, 1)[0]
            engine[k] = np.median(timed(lambda s=setup: simulate(s, record=False), 20))  # type: ignore[misc]
        steps = len(simulate(setup, record=False).organisations) * quarters
        what = f"{organisations} organisations x {quarters} quarters"
        slow, fast = steps / plain / 1e3, steps / engine / 1e3
        rows += [
            Row("versus", f"plain Mesa, {what}", float(np.median(slow)), "thousand/s", spread(slow)),
            Row("versus", f"engine, {what}", float(np.median(fast)), "thousand/s", spread(fast)),
            Row("versus", f"engine over plain Mesa, {what}", float(np.median(plain / engine)), "times",
                spread(plain / engine), ">= 200" if organisations == 850 else ""),
        ]
    return rows
