"""How often the intervals that the package prints hold the truth: simulated data whose truth is known.

``python -m benchmarks.coverage [--repeats N] [--markdown FILE]``
"""

import argparse
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from alliancelab.agents.codes import Stage
from alliancelab.analysis.life import survival
from alliancelab.analysis.life.ages import kaplan_meier, peak_age
from alliancelab.analysis.life.curve_fits import fit_curves
from alliancelab.analysis.life.phases import agreement, kappa
from alliancelab.analysis.life.step_curves import curve
from alliancelab.analysis.life.turning_points import POINTS, turning_points
from alliancelab.analysis.statistics.clusters import pooled_mean, pooled_share
from alliancelab.analysis.statistics.intervals import mean_interval, paired_difference, wilson_interval
from alliancelab.model.tables import AGE_LIMIT, AGES, table_type

__all__ = ["CASES", "Case", "Row", "coverage_of", "coverage_rows"]

RUNS = 20
ALLIANCES = 100         # of a run
LUCK = 0.3              # standard deviation of what the alliances of one run share, in that of single alliances
RISE_DECLINE = np.array([[0.3, 0.35, 1.2, 0.5, -0.4, 6.0, 0.9]])
NOISE, MEMORY = 0.01, 0.5   # of vitality around its curve: standard deviation, correlation of neighbouring quarters


class Case(NamedTuple):
    """An interval, the data it is tried on, and a function that draws data and says for each interval if it holds."""

    interval: str
    data: str
    draw: Callable[[np.random.Generator, int], np.ndarray]
    cost: int = 1   # repeats are divided by it


class Row(NamedTuple):
    """Coverage of one interval: share that held the truth, with the standard error of the simulation."""

    interval: str
    data: str
    coverage: float
    error: float
    repeats: int


def _holds(found, truth: float) -> np.ndarray:
    return np.atleast_1d((found.low <= truth) & (truth <= found.high))


def _lognormal(random: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    return random.lognormal(0.0, 1.0, shape) - np.exp(0.5)


def _two_modes(random: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    return random.normal(0.0, 0.3, shape) + 2.0 * (random.random(shape) < 0.2) - 0.4


def _normal(random: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    return random.normal(size=shape)


def _mean(values: Callable, n: int) -> Callable:
    return lambda random, repeats: _holds(mean_interval(values(random, (repeats, n))), 0.0)


def _paired(values: Callable, n: int) -> Callable:
    def draw(random: np.random.Generator, repeats: int) -> np.ndarray:
        luck = 3.0 * random.normal(size=(repeats, n))
        return _holds(paired_difference(luck + values(random, luck.shape), luck), 0.0)

    return draw


def _wilson(share: float, n: int) -> Callable:
    def draw(random: np.random.Generator, repeats: int) -> np.ndarray:
        low, high = wilson_interval(random.binomial(n, share, repeats), np.full(repeats, n))
        return (low <= share) & (share <= high)

    return draw


def _clusters(runs: int) -> tuple[np.ndarray, int]:
    return np.repeat(np.arange(runs), ALLIANCES), runs


def _pooled(values: Callable, runs: int, aware: bool = True) -> Callable:
    """Mean over alliances that share the luck of their run; or the same as if they did not."""

    def draw(random: np.random.Generator, repeats: int) -> np.ndarray:
        run, _ = _clusters(runs)
        held = []
        for _ in range(repeats):
            # Runs differ in size, and large ones in their mean: the ratio has to cope with both.
            luck = random.normal(size=runs)
            kept = random.random(run.size) < (0.5 + 0.2 * np.tanh(luck))[run]
            mean = values(random, (run.size,)) + LUCK * luck[run]
            found = pooled_mean(mean[kept], run[kept], runs) if aware else mean_interval(mean[kept])
            held.append(_holds(found, _size_biased())[0])
        return np.array(held)

    return draw


def _size_biased() -> float:
    """Mean luck of an alliance where lucky runs have more of them: E[luck size] over E[size], by quadrature."""
    point, weight = np.polynomial.hermite_e.hermegauss(64)
    size = 0.5 + 0.2 * np.tanh(point)
    return float(LUCK * (weight * size * point).sum() / (weight * size).sum())


def _share(share: float) -> Callable:
    def draw(random: np.random.Generator, repeats: int) -> np.ndarray:
        run, runs = _clusters(RUNS)
        chance = random.beta(10.0 * share, 10.0 * (1.0 - share), (repeats, runs))
        return np.array([_holds(pooled_share(random.random(run.size) < c[run], run, runs), share)[0] for c in chance])

    return draw


def _lives(random: np.random.Generator, spread: float = LUCK) -> pd.DataFrame:
    """Episodes of alliances treated at some age or never, no effect of it; runs differ in their hazard."""
    run, runs = _clusters(RUNS)
    hazard = 0.04 * np.exp(spread * random.normal(size=runs) - spread**2 / 2)[run]
    life, watched = random.geometric(hazard), random.integers(1, 80, run.size)
    lived, ended = np.minimum(life, watched), life <= watched
    begins = np.where(random.random(run.size) < 0.5, random.integers(0, 30, run.size), 10**6)
    before, treated = begins > 0, begins < lived
    first = pd.DataFrame({"run": run, "start": 0, "stop": np.minimum(lived, begins), "ended": ended & ~treated,
                          "treated": 0})[before]
    second = pd.DataFrame({"run": run, "start": begins, "stop": lived, "ended": ended, "treated": 1})[treated]
    return pd.concat([first, second], ignore_index=True)


def _hazard_ratio(random: np.random.Generator, repeats: int) -> np.ndarray:
    return np.array([_holds(survival.hazard_ratio(_lives(random), "treated", RUNS), 0.0)[0] for _ in range(repeats)])


def _arms(random: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Run, arm, years and ending of alliances of two scenarios on the same seeds that differ in nothing but chance."""
    run, runs = _clusters(RUNS)
    luck = random.normal(size=(2, runs))
    hazard = np.concatenate([0.04 * np.exp(LUCK * (luck[arm] - LUCK / 2))[run] for arm in (0, 1)])
    life, watched = random.geometric(hazard), random.integers(1, 80, hazard.size)
    return np.tile(run, 2), np.repeat([0, 1], run.size), np.minimum(life, watched), life <= watched


def _arms_aware(random: np.random.Generator, repeats: int) -> np.ndarray:
    held = []
    for _ in range(repeats):
        run, arm, lived, ended = _arms(random)
        table = pd.DataFrame({"run": run, "start": 0, "stop": lived, "ended": ended, "arm": arm})
        held.append(_holds(survival.hazard_ratio(table, "arm", RUNS), 0.0)[0])
    return np.array(held)


def _log_rank(random: np.random.Generator, repeats: int) -> np.ndarray:
    from lifelines.statistics import logrank_test

    held = []
    for _ in range(repeats):
        _, arm, lived, ended = _arms(random)
        p = logrank_test(lived[arm == 0], lived[arm == 1], ended[arm == 0], ended[arm == 1]).p_value
        held.append(p >= 0.05)
    return np.array(held)


def _truth_of_survival(age: int) -> float:
    point, weight = np.polynomial.hermite_e.hermegauss(64)
    hazard = 0.04 * np.exp(LUCK * point - LUCK**2 / 2)
    return float((weight * (1.0 - hazard) ** age).sum() / weight.sum())


def _band(random: np.random.Generator, repeats: int) -> np.ndarray:
    truth, held = _truth_of_survival(20), []
    for _ in range(repeats):
        run, runs = _clusters(RUNS)
        hazard = 0.04 * np.exp(LUCK * random.normal(size=runs) - LUCK**2 / 2)[run]
        life, watched = random.geometric(hazard), random.integers(1, 80, run.size)
        table = pd.DataFrame({"run": run, "alliance": np.arange(run.size), "age": np.minimum(life, watched),
                              "ended": life <= watched})
        band = survival.survival_bands(table, runs).iloc[20]
        held.append(band["low"] <= truth <= band["high"])
    return np.array(held)


def _one_run(random: np.random.Generator, repeats: int) -> np.ndarray:
    held = []
    for _ in range(repeats):
        life, watched = random.geometric(0.05, 120), random.integers(5, 60, 120)
        found = kaplan_meier(np.minimum(life, watched), life <= watched)
        held.append(found.low[20] <= 0.95**20 <= found.high[20])
    return np.array(held)


def _median(random: np.random.Generator, repeats: int) -> np.ndarray:
    """Durations from 1 on with a hazard of 0.1: the median is 7 quarters."""
    held = []
    for _ in range(repeats):
        run, runs = _clusters(RUNS)
        life, watched = random.geometric(0.1, run.size), random.integers(1, 40, run.size)
        table = pd.DataFrame({"run": run, "stage": "growth", "quarters": np.minimum(life, watched),
                              "following": np.where(life <= watched, "ended", "")})
        line = survival.stage_durations(table, runs).loc["growth"]
        held.append(line["median_low"] <= 7 / 4 <= line["median_high"])
    return np.array(held)


def _peak(skewed: bool) -> Callable:
    def draw(random: np.random.Generator, repeats: int) -> np.ndarray:
        age, held = np.arange(AGE_LIMIT), []
        for _ in range(repeats):
            sums = np.zeros((RUNS, AGE_LIMIT), table_type(AGES))
            sums["alliances"] = founded = np.full(sums.shape, 60.0)
            # What a run's alliances share stays over quarters: an autoregression over ages.
            shocks = (_lognormal(random, sums.shape) / 2.0) if skewed else random.normal(size=sums.shape)
            for a in range(1, AGE_LIMIT):
                shocks[:, a] = 0.9 * shocks[:, a - 1] + np.sqrt(1 - 0.81) * shocks[:, a]
            sums["vitality"] = (0.6 - 0.0004 * (age - 22) ** 2 + 0.02 * shocks) * sums["alliances"]
            held.append(_holds(peak_age(sums, founded), 22 / 4)[0])
        return np.array(held)

    return draw


def _point(name: str) -> Callable:
    """A turning point of single series of 36 quarters; those for which another shape is chosen have none."""

    def draw(random: np.random.Generator, repeats: int) -> np.ndarray:
        column = POINTS.index(name)
        age = np.arange(36) / 4
        values = np.repeat(curve(RISE_DECLINE, age), repeats, axis=0)
        noise = NOISE * random.normal(size=values.shape)
        for q in range(1, age.size):
            noise[:, q] = MEMORY * noise[:, q - 1] + np.sqrt(1 - MEMORY**2) * noise[:, q]
        fine = np.arange(0, 9, 1e-4)
        bend = np.log(2 + np.sqrt(3))
        truth = {"take_off": 1.2 - bend * 0.5, "onset_of_decline": 6.0 - bend * 0.9,
                 "peak": fine[curve(RISE_DECLINE, fine)[0].argmax()]}[name]
        points = turning_points(fit_curves(values + noise))
        known = np.isfinite(points.low[:, column])
        return (points.low[known, column] <= truth) & (truth <= points.high[known, column])

    return draw


def _agreement(random: np.random.Generator, repeats: int) -> np.ndarray:
    """Stages of two in three quarters told right; a run's rate varies."""
    counts = 0.65 / 4 * np.eye(4) + 0.35 / 16
    truth = kappa(counts)[1]
    held = []
    for _ in range(repeats):
        run, runs = np.repeat(np.arange(RUNS), 20), RUNS
        fitted = random.integers(Stage.GROWTH, Stage.GROWTH + 4, (run.size, 30))
        right = random.random(fitted.shape) < np.clip(0.65 + 0.1 * random.normal(size=runs), 0, 1)[run][:, None]
        online = np.where(right, fitted, random.integers(Stage.GROWTH, Stage.GROWTH + 4, fitted.shape))
        row = agreement(online, fitted, run, runs).table.loc[("four", 0, "kappa")]
        held.append(row["low"] <= truth <= row["high"])
    return np.array(held)


CASES = (
    Case("t, mean of runs", "20 normal", _mean(_normal, 20)),
    Case("t, mean of runs", "20 lognormal (skewness 6)", _mean(_lognormal, 20)),
    Case("t, mean of runs", "100 lognormal (skewness 6)", _mean(_lognormal, 100)),
    Case("t, mean of runs", "20 in two modes, 1 in 5 apart", _mean(_two_modes, 20)),
    Case("paired t", "20 normal differences", _paired(_normal, 20)),
    Case("paired t", "20 lognormal differences", _paired(_lognormal, 20)),
    Case("paired t", "100 lognormal differences", _paired(_lognormal, 100)),
    Case("Wilson", "share 0.05 of 50", _wilson(0.05, 50)),
    Case("Wilson", "share 0.5 of 50", _wilson(0.5, 50)),
    Case("ratio over runs", "20 runs with luck in common", _pooled(_normal, 20), 10),
    Case("ratio over runs", "6 runs with luck in common", _pooled(_normal, 6), 10),
    Case("ratio over runs", "20 runs, lognormal alliances", _pooled(_lognormal, 20), 10),
    Case("t over alliances, runs ignored", "20 runs with luck in common", _pooled(_normal, 20, False), 10),
    Case("score interval over runs", "20 runs, share 0.03", _share(0.03), 10),
    Case("score interval over runs", "20 runs, share 0.5", _share(0.5), 10),
    Case("Kaplan-Meier, one run", "120 alliances, at 5 years", _one_run, 10),
    Case("Kaplan-Meier, resampled runs", "20 runs that differ, at 5 years", _band, 40),
    Case("median duration, resampled runs", "20 runs, cut off", _median, 40),
    Case("hazard ratio, runs left out", "treatment begins during life", _hazard_ratio, 60),
    Case("hazard ratio, runs left out", "two scenarios, runs that differ", _arms_aware, 60),
    Case("log-rank test, runs ignored (1 - level)", "two scenarios, runs that differ", _log_rank, 40),
    Case("age of the peak, resampled runs", "20 runs, normal luck over ages", _peak(False), 40),
    Case("age of the peak, resampled runs", "20 runs, lognormal luck over ages", _peak(True), 40),
    Case("take-off of one curve", "36 quarters, correlated noise", _point("take_off"), 20),
    Case("peak of one curve", "36 quarters, correlated noise", _point("peak"), 20),
    Case("onset of decline of one curve", "36 quarters, correlated noise", _point("onset_of_decline"), 20),
    Case("kappa, runs left out", "20 runs that differ", _agreement, 40),
)


def coverage_of(case: Case, repeats: int, seed: int = 0) -> Row:
    """Coverage of a nominal 95 % interval in this many repeats, fewer for costly ones."""
    held = case.draw(np.random.default_rng(seed), max(repeats // case.cost, 2))
    share = float(held.mean())
    return Row(case.interval, case.data, share, float(np.sqrt(share * (1 - share) / held.size)), held.size)


def coverage_rows(repeats: int) -> Iterator[Row]:
    """Coverage of every case."""
    return (coverage_of(case, repeats) for case in CASES)


def main() -> None:
    """Print the table, or write it as Markdown."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=20_000)
    parser.add_argument("--markdown", type=Path)
    options = parser.parse_args()
    lines = ["| interval | data | coverage | repeats |", "|---|---|---|---|"]
    for row in coverage_rows(options.repeats):
        lines.append(f"| {row.interval} | {row.data} | {row.coverage:.3f} ± {row.error:.3f} | {row.repeats:,} |")
        print(lines[-1], flush=True)
    if options.markdown:
        made = f"Made by `python -m benchmarks.coverage --repeats {options.repeats} --markdown FILE`."
        options.markdown.write_text("\n".join(["# Coverage of intervals", "", made, "", *lines, ""]), encoding="utf-8")


if __name__ == "__main__":
    main()
