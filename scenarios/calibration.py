"""Fitting parameters to moments: simulated method of moments, with what the data say of each parameter.

A point is judged by the weighted distance of mean moments over a fixed block of seeds from their empirical values.
Sobol' points come first; the best are refined by least squares. Every point tried is written to a journal at once, so
that a calibration that was cut off goes on where it was. Source: H5.
"""

import json
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from alliancelab.agents.errors import ScenarioError, StoreError
from alliancelab.model.simulation import simulate
from alliancelab.scenarios.checks import check_workers
from alliancelab.scenarios.moments import moments_of
from alliancelab.scenarios.scenario import load
from alliancelab.scenarios.targets import Problem

__all__ = ["Estimate", "SimulatedMoments", "Recovery", "calibrate", "recover"]

FAR = 30.0       # spreads that a moment without an answer counts as: no run founded anything, say
FIRST_STEP = 0.04   # of a parameter's range: steps of the derivatives while searching, wide enough to see over noise
LAST_STEP = 0.08    # the same at the optimum
SEARCH_TOLERANCE = 1e-3
MOST_STEPS = 12     # of one refinement
UNIFORM_SD = 1 / np.sqrt(12)   # standard deviation of what is known before: uniform over the range
WIDEST = 100.0                 # ranges: spread of a parameter of which the data say nothing
OTHER_LUCK = 10_000_000        # added to the seeds of worlds whose parameters are to be recovered
TRUE_BLOCKS = 10               # blocks of seeds that the their moments are taken over: close to the expectation

Progress = Callable[[str, int, int], None]


class Estimate(NamedTuple):
    """Parameters fitted to values of the moments; arrays follow the order of the problem.

    Attributes
    ----------
    point : ndarray of float64, shape (parameters,)
        Estimate, four digits.
    sd : ndarray of float64, shape (parameters,)
        Standard error: the sandwich of the method of moments with targets' and simulation's uncertainty.
    low, high : ndarray of float64, shape (parameters,)
        95 % interval, cut at the bounds.
    learnt : ndarray of float64, shape (parameters,)
        One less standard error over the spread of a uniform prior on the range, at least zero: 0 where the data say
        nothing, 1 where all.
    bound : ndarray of bool, shape (parameters,)
        Whether the estimate lies on a bound.
    mean, error : ndarray of float64, shape (targets,)
        Mean moments there, and their standard error over the block of seeds.
    distance : float
        Sum of squared standardised deviations of the fitted targets.
    correlation : ndarray of float64, shape (parameters, parameters)
        Of the estimates' errors.
    tried : int
        Points looked at.
    """

    point: np.ndarray
    sd: np.ndarray
    low: np.ndarray
    high: np.ndarray
    learnt: np.ndarray
    bound: np.ndarray
    mean: np.ndarray
    error: np.ndarray
    distance: float
    correlation: np.ndarray
    tried: int


class Recovery(NamedTuple):
    """Whether known parameters are found again from the model's own output.

    Attributes
    ----------
    truth : ndarray of float64, shape (draws, parameters)
    estimates : list of Estimate
        One a draw.
    """

    truth: np.ndarray
    estimates: list[Estimate]

    @property
    def covered(self) -> np.ndarray:
        """Whether each 95 % interval holds the truth, bool of shape (draws, parameters)."""
        low = np.array([estimate.low for estimate in self.estimates])
        high = np.array([estimate.high for estimate in self.estimates])
        return (low <= self.truth) & (self.truth <= high)


class SimulatedMoments:
    """Moments of a problem at points of the unit cube, each simulated once and kept in a journal.

    Parameters
    ----------
    problem : Problem
    journal : path, optional
        File of the points measured so far; read if it is there, and added to.
    workers : int, optional
        Threads; their number changes no bit.

    Raises
    ------
    ScenarioError
        When there are fewer than one worker.
    StoreError
        When the journal cannot be written, or is that of another problem or version of the model.
    """

    def __init__(self, problem: Problem, journal: Path | None = None, workers: int | None = None) -> None:
        check_workers(workers)
        self.problem, self.journal = problem, journal
        self.workers = workers or os.cpu_count() or 1
        self.known: dict[str, np.ndarray] = {}
        if journal is not None:
            self._open(journal)

    def at(self, u: np.ndarray) -> np.ndarray:
        """Moments of every run at a point of the unit cube, float64 of shape (replicates, targets)."""
        key = np.asarray(u, float).tobytes().hex()
        if key not in self.known:
            found = self.simulate(self.point(u), self.problem.file.first_seed)
            self.known[key] = found
            self._write({"at": key, "moments": found.tolist()})
        return self.known[key]

    def point(self, u: np.ndarray) -> np.ndarray:
        """Parameters of a point of the unit cube."""
        return self.problem.low + np.asarray(u) * (self.problem.high - self.problem.low)

    def simulate(self, point: np.ndarray, first_seed: int) -> np.ndarray:
        """Moments of every run at given parameters, float64 of shape (replicates, targets)."""
        problem = self.problem
        arms = [load(scenario, problem.overrides(point)) for scenario in problem.scenarios]
        asked = [[m for m, arm in zip(problem.moments, problem.arm, strict=True) if arm == a] for a in range(len(arms))]

        def one(task: tuple[int, int]) -> np.ndarray:
            arm, replicate = task
            return moments_of(simulate(arms[arm].setup(first_seed + replicate)), asked[arm], problem.file.projects)

        tasks = [(arm, k) for arm in range(len(arms)) for k in range(problem.file.replicates)]
        found = np.empty((problem.file.replicates, len(problem.moments)))
        with ThreadPoolExecutor(self.workers) as pool:
            for (arm, k), values in zip(tasks, pool.map(one, tasks), strict=True):
                found[k, problem.arm == arm] = values
        return found

    def _open(self, journal: Path) -> None:
        head = {"problem": self.problem.measured}
        try:
            lines = journal.read_bytes().split(b"\n")[:-1] if journal.exists() else []  # a torn last line is dropped
            read = [json.loads(line) for line in lines]
        except (OSError, ValueError, RecursionError) as error:
            raise StoreError(f"{journal}: the journal cannot be read: {error}; move it away") from None
        if read and read[0] != head:
            raise StoreError(f"{journal}: these points are of other targets, parameters or another version of the "
                             "model; give a new folder")
        shape = (self.problem.file.replicates, len(self.problem.moments))
        try:
            for line in read[1:]:
                self.known[line["at"]] = np.array(line["moments"], float).reshape(shape)
        except (LookupError, TypeError, ValueError, OverflowError):
            raise StoreError(f"{journal}: a line of the journal is not as it was written; move it away") from None
        whole = b"".join(line + b"\n" for line in lines) or (json.dumps(head) + "\n").encode()
        try:
            with journal.open("wb") as file:
                file.write(whole)
        except OSError as error:
            raise StoreError(f"{journal}: the journal cannot be written: {error.strerror}") from None

    def _write(self, line: dict[str, Any]) -> None:
        if self.journal is None:
            return
        try:
            with self.journal.open("ab") as file:
                file.write((json.dumps(line) + "\n").encode())  # JSON's NaN is read back by the same library
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise StoreError(f"{self.journal}: a point could not be written: {error.strerror}; what was written "
                             "before is safe") from None


def calibrate(measured: SimulatedMoments, values: np.ndarray | None = None, progress: Progress | None = None
              ) -> Estimate:
    """Fit the parameters of a problem: Sobol' points, then least squares from the best of them.

    Source: H5. Method: McFadden 1989, Econometrica 57, 995-1026; standard errors as in Gourieroux, Monfort and
    Renault 1993, Journal of Applied Econometrics 8, S85-S118.

    Parameters
    ----------
    measured : SimulatedMoments
    values : ndarray of float64, shape (targets,), optional
        What to fit to instead of the problem's empirical values.
    progress : callable, optional
        Told what is being done, how many points are done, and how many at most.
    """
    from scipy.optimize import least_squares
    from scipy.stats import qmc

    problem, search = measured.problem, measured.problem.file.search
    values = problem.values if values is None else values
    fitted = problem.fitted
    visited: set[bytes] = set()

    def deviations(u: np.ndarray) -> np.ndarray:
        visited.add(np.asarray(u, float).tobytes())
        return _standardised(_mean(measured.at(u)), values, problem.spreads)[fitted]

    def slopes(u: np.ndarray, step: float = FIRST_STEP) -> np.ndarray:
        return _slopes(deviations, u, step)

    tried = qmc.Sobol(len(problem.parameters), seed=search.seed).random(search.points)
    distance = np.empty(len(tried))
    for k, u in enumerate(tried):
        distance[k] = (deviations(u) ** 2).sum()
        if progress:
            progress("points", k + 1, len(tried))
    _refuse_silent(measured, tried)
    best, least = tried[np.argmin(distance)], float(distance.min())
    for k, start in enumerate(tried[np.argsort(distance, kind="stable")[: search.starts]]):
        # least_squares wants a start inside the bounds.
        found = least_squares(deviations, np.clip(start, 0.01, 0.99), slopes, bounds=(0.0, 1.0), max_nfev=MOST_STEPS,
                              xtol=SEARCH_TOLERANCE, ftol=SEARCH_TOLERANCE)
        if 2 * found.cost < least:
            best, least = found.x, 2 * float(found.cost)
        if progress:
            progress("refinements", k + 1, search.starts)
    point = _four_digits(measured.point(best), problem)
    u = (point - problem.low) / (problem.high - problem.low)
    return _estimate(problem, values, point, measured.at(u), slopes(u, LAST_STEP), len(visited))


def _slopes(function: Callable[[np.ndarray], np.ndarray], u: np.ndarray, step: float) -> np.ndarray:
    """Central differences of a function of a point of the unit cube, one column per coordinate."""
    columns = []
    for k in range(len(u)):
        ends = np.array([u, u], float)
        ends[0, k], ends[1, k] = max(u[k] - step / 2, 0.0), min(u[k] + step / 2, 1.0)
        columns.append((function(ends[1]) - function(ends[0])) / (ends[1, k] - ends[0, k]))
    return np.stack(columns, axis=1)


def _refuse_silent(measured: SimulatedMoments, tried: np.ndarray) -> None:
    """Refuse a target to be fitted that has no value at any point tried."""
    problem = measured.problem
    silent = [name for name, *values in zip(problem.names, *(_mean(measured.at(u)) for u in tried), strict=True)
              if not np.isfinite(values).any() and problem.fitted[problem.names.index(name)]]
    if silent:
        raise ScenarioError(f"the target '{silent[0]}' has no value at any point tried: the runs of its scenario do "
                            "not show it; take it out or choose another scenario")


def recover(measured: SimulatedMoments, draws: int, seed: int = 0, progress: Progress | None = None) -> Recovery:
    """Draw parameters, simulate moments with other luck, let the targets err, and fit to them: are they found again?

    Targets err by their spreads, as empirical values do: so 95 % intervals hold the truth in 95 of 100 worlds, if they
    are right.

    Parameters
    ----------
    draws : int
        Worlds with known parameters, uniform over the inner three fifths of each range.
    seed : int
        Of the draws.
    """
    problem = measured.problem
    random = np.random.default_rng(seed)
    cube = 0.2 + 0.6 * random.random((draws, len(problem.parameters)))
    truth = np.array([_four_digits(measured.point(u), problem) for u in cube])
    estimates = []
    for k, point in enumerate(truth):
        first = problem.file.first_seed + OTHER_LUCK * (k + 1)
        seen = _mean(np.concatenate([measured.simulate(point, first + block * problem.file.replicates)
                                     for block in range(TRUE_BLOCKS)]))
        seen = seen + problem.spreads * random.standard_normal(len(seen))
        estimates.append(calibrate(measured, seen))
        if progress:
            progress("recoveries", k + 1, draws)
    return Recovery(truth, estimates)


def _mean(runs: np.ndarray) -> np.ndarray:
    """Mean over runs that gave an answer; NaN where none did."""
    answered = np.isfinite(runs)
    return np.where(answered.any(axis=0), np.where(answered, runs, 0.0).sum(axis=0) / np.maximum(answered.sum(0), 1),
                    np.nan)


def _standardised(mean: np.ndarray, values: np.ndarray, spreads: np.ndarray) -> np.ndarray:
    """Deviations in spreads, however many these are: a target far off has to pull, or it is never come nearer to."""
    found = (mean - values) / spreads
    return np.where(np.isfinite(found), found, FAR)


def _four_digits(point: np.ndarray, problem: Problem) -> np.ndarray:
    """The point as it is written into a file."""
    rounded = np.array([float(f"{x:.4g}") for x in point])
    return np.clip(rounded, problem.low, problem.high)


def _estimate(problem: Problem, values: np.ndarray, point: np.ndarray, runs: np.ndarray, slopes: np.ndarray,
              tried: int) -> Estimate:
    """Standard errors at a point: targets and simulated means both err, and their errors pass through the slopes."""
    fitted, width = problem.fitted, problem.high - problem.low
    mean = _mean(runs)
    filled = np.where(np.isfinite(runs), runs, mean)
    luck = np.cov((filled / problem.spreads)[:, fitted], rowvar=False).reshape(fitted.sum(), -1) / len(runs)
    luck = np.where(np.isfinite(luck), luck, 0.0)
    # A direction that moves no moment would divide by nothing: it gets a spread of a hundred ranges instead.
    inverse = np.linalg.inv(slopes.T @ slopes + np.eye(len(point)) / WIDEST**2)
    errors = np.eye(fitted.sum()) + luck
    covariance = inverse @ (slopes.T @ errors @ slopes + np.eye(len(point)) / WIDEST**2) @ inverse
    sd = np.sqrt(np.diag(covariance))
    reach = 1.96 * sd * width
    deviations = _standardised(mean, values, problem.spreads)[fitted]
    return Estimate(
        point=point, sd=sd * width,
        low=np.maximum(point - reach, problem.low), high=np.minimum(point + reach, problem.high),
        learnt=1.0 - np.minimum(sd / UNIFORM_SD, 1.0),
        bound=(point - problem.low < 0.005 * width) | (problem.high - point < 0.005 * width),
        mean=mean, error=filled.std(axis=0, ddof=1) / np.sqrt(len(runs)),
        distance=float((deviations**2).sum()), correlation=covariance / np.outer(sd, sd), tried=tried,
    )
