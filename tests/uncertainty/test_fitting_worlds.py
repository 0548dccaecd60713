"""Worlds that fit: ranks of the truth are uniform, emulators tell what runs show, facts that contradict are named."""

import numpy as np
import pytest
from scipy.stats import kstest

from alliancelab.agents.errors import UserError
from alliancelab.analysis.statistics.intervals import holm
from alliancelab.scenarios.worlds.emulator import fit_emulator
from alliancelab.scenarios.worlds.making import contradictions
from alliancelab.scenarios.worlds.waves import Effort, implausibility, sample_worlds

UNKNOWN, REPLICATES, LUCK = 5, 4, 0.1
SPREADS = np.array([0.2, 0.25])
SMALL = Effort(waves=(60, 40), batch=40, batches=40, steps=30)


def moments(u):
    """A small model: bent, with two unknowns that stand for each other and two of which no target speaks."""
    x = u - 0.5
    return np.stack([2.0 * x[:, 0] + 0.5 * x[:, 1] + x[:, 0] * x[:, 1], x[:, 1] - x[:, 2] ** 2 + 0.3 * x[:, 0]], axis=1)


def sampled(values, seed, count=39, spreads=SPREADS):
    def draw(numbers):
        return np.random.default_rng([1, seed]).random((4000, UNKNOWN))[numbers]

    def simulate(numbers, u):
        luck = np.stack([np.random.default_rng([2, seed, n]).standard_normal((REPLICATES, 2)) for n in numbers])
        runs = moments(u)[:, None] + LUCK * luck
        return runs.mean(axis=1), runs.var(axis=1, ddof=1) / REPLICATES

    return sample_worlds(draw, simulate, values, spreads, count, SMALL, seed)


def test_ranks_of_the_truth_among_worlds_that_fit_are_uniform():
    """Simulation-based calibration: Talts et al. 2018. Rows: H5."""
    random, ranks = np.random.default_rng(3), []
    for k in range(60):
        truth = random.random(UNKNOWN)
        found = sampled(moments(truth[None])[0] + SPREADS * random.standard_normal(2), k)
        ranks.append((found.u[found.kept] < truth).sum(axis=0))
    places = (np.array(ranks) + random.random((60, UNKNOWN))) / 40
    assert holm(np.array([kstest(column, "uniform").pvalue for column in places.T])).min() > 0.05


def test_worlds_that_fit_are_nearer_to_the_targets_than_those_of_the_first_wave():
    values = np.array([0.9, 0.3])
    found = sampled(values, 1)
    off = np.abs(found.mean - values).mean(axis=1)
    assert off[found.kept].mean() < 0.6 * off[found.wave == 1].mean()


def test_emulators_know_how_far_they_are_off_in_worlds_that_they_have_not_seen():
    """What they are for: proposals are drawn from what they give, errors included, and weighed by it. Rows: H5."""
    errors, covered = [], []
    for seed in range(8):
        found = sampled(np.array([0.9 - 0.2 * seed, 0.3 - 0.1 * seed]), seed, count=20)
        errors.append(found.error)
        covered.append(found.covered)
    # One variance serves the whole cube, so that emulators are rather too careful among worlds that fit than too bold.
    assert 0.8 < np.sqrt(np.mean(np.square(errors))) < 1.2 and np.max(errors) < 1.5
    assert 0.92 < np.mean(covered) < 0.99 and np.min(covered) > 0.85


def test_emulators_save_runs():
    """Of the worlds that they propose many times as many fit as of worlds drawn without them."""
    found = sampled(np.array([0.9, 0.3]), 1)
    fits = implausibility(found.mean, found.luck, np.array([0.9, 0.3]), SPREADS).max(axis=1) <= 1.0
    assert fits[found.wave == 3].mean() > 3.0 * fits[found.wave == 1].mean()


def test_targets_that_no_world_meets_are_told():
    with pytest.raises(UserError, match="0 worlds of"):
        sampled(np.array([9.0, 9.0]), 2)


def test_an_emulator_finds_the_few_unknowns_that_matter_among_many():
    random = np.random.default_rng(4)
    u = random.random((300, 200))
    x = np.sqrt(12.0) * (u - 0.5)
    truth = 3.0 + x[:, 7] - 0.5 * x[:, 90] + 0.4 * x[:, 7] * x[:, 90] + 0.3 * (x[:, 7] ** 2 - 1.0)
    found = fit_emulator(u[:200], truth[:200] + 0.2 * random.standard_normal(200))
    mean, variance = found.at(u[200:])
    assert {7, 90} <= set(found.active) and len(found.active) < 20
    assert np.corrcoef(mean, truth[200:])[0, 1] > 0.98
    assert 0.03 < found.rest < 0.1 and np.all(variance >= 0.0)


def test_a_moment_that_never_moves_or_never_answers_is_told_as_it_is():
    u = np.random.default_rng(5).random((30, 4))
    assert fit_emulator(u, np.full(30, 2.5)).at(u[:3])[0] == pytest.approx(2.5)
    assert np.isfinite(fit_emulator(u, np.full(30, np.nan)).at(u[:3])[0]).all()


def test_facts_that_contradict_one_another_are_named_and_others_not():
    random = np.random.default_rng(6)
    first = random.normal(0.0, 2.0, 400)
    mean = np.stack([first, first + 0.1 * random.standard_normal(400), random.normal(0.0, 2.0, 400),
                     np.full(400, 50.0)], axis=1)
    rows = contradictions(("one", "other", "free", "far"), mean, np.zeros_like(mean), np.array([1.5, -1.5, 0.0, 0.0]),
                          np.ones(4))
    assert [(row["fact"], row["other"], row["meet_both"]) for row in rows] == [("far", "", 0), ("one", "other", 0)]
