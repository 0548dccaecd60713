"""History matching in waves and a sample of worlds that fit: emulators propose, runs of their own decide.

The first wave is drawn before anything is fitted. Emulators of the moments are fitted to it; the next wave is drawn
from what they leave likely, and so on. At last worlds are proposed from the last emulators, each is run, and kept
with a chance in proportion to how much better its own runs fit than the emulators said: what is kept is a sample of
worlds given the data, however rough the emulators are, and none that is implausible.

Source: H5. Waves: Vernon, Goldstein and Bower 2010, Bayesian Analysis 5, 619-669. Proposals: elliptical slice sampling,
Murray, Adams and MacKay 2010, Proceedings of Machine Learning Research 9, 541-548.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from alliancelab.agents.errors import UserError
from alliancelab.scenarios.worlds.emulator import Emulator, fit_emulator

__all__ = ["IMPLAUSIBLE", "Effort", "Sample", "implausibility", "sample_worlds"]

IMPLAUSIBLE = 3.0  # standard deviations off a target from which a world is ruled out: Pukelsheim's rule
WITHIN = 1.96      # standard deviations within which 95 % of normal errors lie
MOST = 90.0        # percentile of the weights from which a world is kept for certain

Progress = Callable[[str, int, int], None]
Draw = Callable[[np.ndarray], np.ndarray]
Simulate = Callable[[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]


class Effort(NamedTuple):
    """How much is run.

    Attributes
    ----------
    waves : tuple of int
        Worlds of each wave.
    batch : int
        Worlds proposed at a time when worlds are kept.
    batches : int
        At most.
    steps : int
        Of the chains that propose.
    """

    waves: tuple[int, ...] = (256, 192)
    batch: int = 128
    batches: int = 24
    steps: int = 150


class Sample(NamedTuple):
    """Worlds that were run, and which of them are kept; the first axis is that of all worlds run.

    Attributes
    ----------
    u : ndarray of float64, shape (worlds, unknowns)
        Points of the unit cube.
    mean : ndarray of float64, shape (worlds, targets)
        Moments, means over the runs of a world.
    luck : ndarray of float64, shape (worlds, targets)
        Variance of these means.
    wave : ndarray of int64, shape (worlds,)
        From 1; worlds proposed to be kept count as the last.
    kept : ndarray of int64, shape (count,)
        Places of the worlds that are kept, in the order in which they were drawn.
    active : ndarray of int64
        Unknowns that some emulator uses; the others of a world are as they were drawn before anything was fitted.
    explained : ndarray of float64, shape (targets,)
        Share of the variance of each moment over the worlds proposed at last, luck left out, that emulators explain.
    error : ndarray of float64, shape (targets,)
        Root mean square of what emulators were off in these worlds, which they had not seen, in the standard deviations
        that they gave: one if they know how much they do not know.
    covered : ndarray of float64, shape (targets,)
        Share of these worlds within the 95 % interval that the emulator gave.
    """

    u: np.ndarray
    mean: np.ndarray
    luck: np.ndarray
    wave: np.ndarray
    kept: np.ndarray
    active: np.ndarray
    explained: np.ndarray
    error: np.ndarray
    covered: np.ndarray


def implausibility(mean: np.ndarray, luck: np.ndarray, values: np.ndarray, spreads: np.ndarray) -> np.ndarray:
    """Deviations from targets in standard deviations of target and luck; infinite where there is no answer."""
    off = np.abs(mean - values) / np.sqrt(spreads**2 + luck)
    return np.where(np.isfinite(off), off, np.inf)


def sample_worlds(
    draw: Draw,
    simulate: Simulate,
    values: np.ndarray,
    spreads: np.ndarray,
    count: int,
    effort: Effort | None = None,
    seed: int = 0,
    always: np.ndarray | None = None,
    progress: Progress | None = None,
) -> Sample:
    """Draw worlds given the data.

    Source: H5.

    Parameters
    ----------
    draw : callable
        From numbers of worlds to their points before anything is fitted, uniform on the unit cube.
    simulate : callable
        From numbers and points to the moments of each world and the variance of these by luck.
    values, spreads : ndarray of float64, shape (targets,)
        Targets with their standard deviations.
    count : int
        Worlds to keep.
    effort : Effort, optional
    seed : int
        Of proposals; luck of the runs is the caller's.
    always : ndarray of int64, optional
        Unknowns that are proposed anew even if no emulator uses them.
    progress : callable, optional
        Told what is being done, how much is done, and how much there is.

    Raises
    ------
    UserError
        When no world is found to fit, or too few.
    """
    effort = effort or Effort()
    search = _Search(draw, simulate, values, spreads, effort, np.random.default_rng(seed), progress)
    active = np.array([] if always is None else always, int)
    worlds, wave, active = _run_waves(search, active)
    emulators = _emulators(worlds.u, worlds.mean)
    active = _active(active, emulators)
    before, typical = len(worlds.u), _typical(worlds.luck)
    worlds, kept = _keep(search, worlds, emulators, active, count)
    u, mean, luck = worlds
    if len(kept) < count:
        raise UserError(f"only {len(kept)} worlds of {len(u)} that were run fit all targets within {IMPLAUSIBLE:g} "
                        f"standard deviations, and {count} were asked for; widen spreads of targets or ranges")
    wave = np.concatenate([wave, np.full(len(u) - before, len(effort.waves) + 1)])
    return Sample(u, mean, luck, wave, np.array(kept[:count]), active,
                  _explained(emulators, u[before:], mean[before:], luck[before:]),
                  *_judged(emulators, u[before:], mean[before:], typical))


class _Worlds(NamedTuple):
    """Worlds that were run: points, means of moments and the variance of these by luck."""

    u: np.ndarray
    mean: np.ndarray
    luck: np.ndarray

    def and_more(self, more: "_Worlds") -> "_Worlds":
        """These and others after them."""
        return _Worlds(*(np.concatenate(pair) for pair in zip(self, more, strict=True)))


class _Search(NamedTuple):
    """What is looked for, and how."""

    draw: Draw
    simulate: Simulate
    values: np.ndarray
    spreads: np.ndarray
    effort: Effort
    random: np.random.Generator
    progress: Progress | None

    def run_proposed(self, first: int, size: int, emulators: list[Emulator], luck: np.ndarray, active: np.ndarray
                     ) -> _Worlds:
        """Worlds numbered from `first`, proposed by emulators and run."""
        numbers = first + np.arange(size)
        u = _proposed(self.draw, numbers, emulators, luck, self.values, self.spreads, active, self.effort, self.random)
        return _Worlds(u, *self.simulate(numbers, u))


def _run_waves(search: _Search, active: np.ndarray) -> tuple[_Worlds, np.ndarray, np.ndarray]:
    """Worlds of all waves, the wave of each, and the unknowns that some emulator of a wave uses."""
    waves = search.effort.waves
    numbers = np.arange(waves[0])
    drawn = search.draw(numbers)
    worlds = _Worlds(drawn, *search.simulate(numbers, drawn))
    for k, size in enumerate(waves[1:], start=2):
        _tell(search.progress, "waves of worlds", k - 1, len(waves))
        emulators = _emulators(worlds.u, worlds.mean)
        active = _active(active, emulators)
        worlds = worlds.and_more(search.run_proposed(len(worlds.u), size, emulators, worlds.luck, active))
    _tell(search.progress, "waves of worlds", len(waves), len(waves))
    return worlds, np.repeat(np.arange(1, len(waves) + 1), waves), active


def _keep(search: _Search, worlds: _Worlds, emulators: list[Emulator], active: np.ndarray, count: int
          ) -> tuple[_Worlds, list[int]]:
    """These worlds and batches of more, until `count` are kept; and the places of those that are."""
    luck, typical, bar = worlds.luck, _typical(worlds.luck), None
    kept: list[int] = []
    for _ in range(search.effort.batches):
        more = search.run_proposed(len(worlds.u), search.effort.batch, emulators, luck, active)
        weight = (_fit(more.mean, more.luck, search.values, search.spreads)
                  - _emulated(emulators, more.u, typical, search.values, search.spreads))
        plausible = implausibility(more.mean, more.luck, search.values, search.spreads).max(axis=1) <= IMPLAUSIBLE
        if bar is None and plausible.any():
            bar = np.percentile(weight[plausible], MOST)
        chance = np.log(search.random.random(len(more.u)))
        if bar is not None:
            kept += (len(worlds.u) + np.flatnonzero(plausible & (chance < weight - bar))).tolist()
        worlds = worlds.and_more(more)
        _tell(search.progress, "worlds kept", min(len(kept), count), count)
        if len(kept) >= count:
            break
    return worlds, kept


def _emulators(u: np.ndarray, mean: np.ndarray) -> list[Emulator]:
    return [fit_emulator(u, column) for column in mean.T]


def _active(before: np.ndarray, emulators: list[Emulator]) -> np.ndarray:
    return np.unique(np.concatenate([before, *(emulator.active for emulator in emulators)]).astype(int))


def _proposed(draw: Draw, numbers: np.ndarray, emulators: list[Emulator], luck: np.ndarray, values: np.ndarray,
              spreads: np.ndarray, active: np.ndarray, effort: Effort, random: np.random.Generator) -> np.ndarray:
    """Points of worlds of these numbers: active unknowns from what emulators leave likely, the rest as drawn."""
    from scipy.special import ndtr, ndtri

    u, typical = draw(numbers), _typical(luck)

    def likely(z: np.ndarray) -> np.ndarray:
        point = u.copy()
        point[:, active] = ndtr(z)
        return _emulated(emulators, point, typical, values, spreads)

    # Uniform coordinates as normal ones: these are what an ellipse keeps as they are.
    start = ndtri(np.clip(u[:, active], 1e-9, 1.0 - 1e-9))
    u[:, active] = ndtr(_slices(likely, start, effort.steps, random))
    return u


def _slices(likely: Callable[[np.ndarray], np.ndarray], z: np.ndarray, steps: int,
            random: np.random.Generator) -> np.ndarray:
    """Chains of elliptical slice sampling under a standard normal prior, one a row of z."""
    height = likely(z)
    for _ in range(steps):
        other, level = random.standard_normal(z.shape), height + np.log(random.random(len(z)))
        angle = random.random(len(z)) * 2.0 * np.pi
        low, high = angle - 2.0 * np.pi, angle.copy()
        waiting = np.ones(len(z), bool)
        while waiting.any():
            tried = z * np.cos(angle)[:, None] + other * np.sin(angle)[:, None]
            found = likely(tried)
            taken = waiting & ((found > level) | (high - low < 1e-9))
            z, height = np.where(taken[:, None], tried, z), np.where(taken, found, height)
            other = np.where(taken[:, None], 0.0, other)  # a chain that has moved stands still
            waiting &= ~taken
            low, high = np.where(angle < 0.0, angle, low), np.where(angle < 0.0, high, angle)
            angle = np.where(waiting, low + (high - low) * random.random(len(z)), 0.0)
    return z


def _emulated(emulators: list[Emulator], u: np.ndarray, luck: np.ndarray, values: np.ndarray, spreads: np.ndarray
              ) -> np.ndarray:
    """Logarithm of the likelihood of the targets at points, as emulators tell the moments, shape (points,)."""
    total = np.zeros(len(u))
    for j, emulator in enumerate(emulators):
        mean, unsure = emulator.at(u)
        # What the polynomial does not hold counts as error; luck of the runs is within the rest, if not all of it.
        variance = spreads[j] ** 2 + unsure + max(emulator.rest, luck[j])
        total -= 0.5 * ((mean - values[j]) ** 2 / variance + np.log(variance))
    return total


def _fit(mean: np.ndarray, luck: np.ndarray, values: np.ndarray, spreads: np.ndarray) -> np.ndarray:
    """The same from the runs of each world; nothing where a moment has no answer."""
    # One variance for all worlds of a batch: that of four runs is too rough to weigh single worlds by.
    variance = spreads**2 + _typical(luck)
    found = -0.5 * ((mean - values) ** 2 / variance + np.log(variance)).sum(axis=1)
    return np.where(np.isfinite(found), found, -np.inf)


def _typical(luck: np.ndarray) -> np.ndarray:
    """Variance of the moments of a world by luck, mean over worlds, shape (targets,)."""
    answered = np.isfinite(luck)
    return np.where(answered, luck, 0.0).sum(axis=0) / np.maximum(answered.sum(axis=0), 1)


def _explained(emulators: list[Emulator], u: np.ndarray, mean: np.ndarray, luck: np.ndarray) -> np.ndarray:
    found = np.empty(len(emulators))
    for j, emulator in enumerate(emulators):
        there = np.isfinite(mean[:, j])
        off = float(np.mean((mean[there, j] - emulator.at(u[there])[0]) ** 2))
        noise = float(_typical(luck)[j])
        whole = float(np.var(mean[there, j])) - noise
        found[j] = 1.0 - max(off - noise, 0.0) / whole if whole > 0.0 else np.nan
    return found


def _judged(emulators: list[Emulator], u: np.ndarray, mean: np.ndarray, typical: np.ndarray
            ) -> tuple[np.ndarray, np.ndarray]:
    """Standardised errors of the emulators in worlds that they have not seen: root mean square, share within 1.96."""
    off = np.empty_like(mean)
    for j, emulator in enumerate(emulators):
        told, unsure = emulator.at(u)
        off[:, j] = (mean[:, j] - told) / np.sqrt(unsure + max(emulator.rest, typical[j]))
    there = np.isfinite(off)
    count = np.maximum(there.sum(axis=0), 1)
    square = np.where(there, off, 0.0) ** 2
    return np.sqrt(square.sum(axis=0) / count), (there & (square <= WITHIN**2)).sum(axis=0) / count


def _tell(progress: Progress | None, what: str, done: int, total: int) -> None:
    if progress:
        progress(what, done, total)
