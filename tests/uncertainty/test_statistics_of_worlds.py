"""Over worlds and seeds: intervals cover, parts of variance are told apart, what decides on a sign is named."""

import numpy as np
import pytest

from alliancelab.analysis.statistics.intervals import paired_difference
from alliancelab.analysis.uncertainty.decisive import flips
from alliancelab.analysis.uncertainty.effects import effect_over_worlds, moments_by_world, true_effects
from alliancelab.analysis.uncertainty.parts import PARTS, parts_of_variance

REPEATS = 1500


def made(random, repeats, worlds, replicates, ignorance, luck, skew=False):
    """True effects of worlds, one further true effect, and what runs show; as (repeats, worlds, replicates)."""
    def truth(*shape):
        return ignorance * ((random.gamma(2.0, 1.0, shape) - 2.0) / np.sqrt(2.0) if skew
                            else random.standard_normal(shape)) + 0.5

    worlds_ = truth(repeats, worlds)
    size = luck * np.exp(random.normal(0.0, 0.4, (repeats, worlds, 1))) if skew else luck
    return worlds_, truth(repeats), worlds_[..., None] + size * random.standard_normal((repeats, worlds, replicates))


@pytest.mark.parametrize(("worlds", "replicates", "ignorance", "luck", "skew"), [
    (50, 4, 1.0, 1.0, False), (50, 4, 0.3, 1.0, False), (200, 4, 1.0, 1.0, True), (60, 10, 1.0, 0.2, False),
    (25, 4, 1.0, 1.0, False), (50, 4, 1.0, 3.0, True)])
def test_total_intervals_cover_a_true_effect_drawn_like_the_worlds_and_luck_alone_covers_less(
        worlds, replicates, ignorance, luck, skew):
    random = np.random.default_rng([worlds, replicates, int(10 * luck)])
    _, truth, seen = made(random, REPEATS, worlds, replicates, ignorance, luck, skew)
    found = effect_over_worlds(seen)
    total = np.mean((found.low <= truth) & (truth <= found.high))
    alone = np.mean((found.luck_low <= truth) & (truth <= found.luck_high))
    assert 0.93 <= total <= 0.981  # 0.97 and two standard errors of the simulation
    assert alone < 0.6


def test_intervals_of_luck_cover_the_mean_over_the_same_worlds():
    random = np.random.default_rng(5)
    worlds, _, seen = made(random, REPEATS, 50, 4, 1.0, 1.0, skew=True)
    found = effect_over_worlds(seen)
    mean = worlds.mean(axis=1)
    assert np.mean((found.luck_low <= mean) & (mean <= found.luck_high)) == pytest.approx(0.95, abs=0.02)


def test_luck_alone_in_alike_worlds_is_the_interval_of_a_plain_comparison():
    random = np.random.default_rng(6)
    seen = random.standard_normal((40, 5)) + 1.0
    found, plain = effect_over_worlds(seen), paired_difference(seen.ravel(), np.zeros(200))
    assert found.effect == pytest.approx(plain.difference)
    assert found.luck_high - found.luck_low == pytest.approx(plain.high - plain.low, rel=0.15)


def test_worlds_count_alike_and_those_without_an_answer_are_left_out():
    seen = np.array([[1.0, 1.0, 1.0], [3.0, np.nan, np.nan], [np.nan] * 3])
    found = effect_over_worlds(seen)
    assert (found.effect, found.worlds) == (2.0, 2)
    assert effect_over_worlds(np.full((5, 3), np.nan)).worlds == 0


def test_differences_that_are_all_the_same_have_no_width_and_hold_everywhere():
    found = effect_over_worlds(np.full((50, 4), 15.0))
    assert (found.low, found.effect, found.high, found.holding) == (15.0, 15.0, 15.0, 50)
    assert effect_over_worlds(np.zeros((50, 4))).holding == 50


def test_the_sign_holds_in_as_many_worlds_as_in_truth():
    random = np.random.default_rng(7)
    worlds, _, seen = made(random, 400, 100, 4, 1.0, 1.0)
    held = (np.sign(worlds) == np.sign(worlds.mean(axis=1))[:, None]).mean()
    assert effect_over_worlds(seen).holding.mean() / 100 == pytest.approx(held, abs=0.01)


def test_nothing_but_luck_holds_in_about_half_of_the_worlds_when_the_mean_is_open():
    random = np.random.default_rng(8)
    shares = effect_over_worlds(random.standard_normal((400, 50, 4))).holding / 50
    assert 0.5 <= np.median(shares) < 0.9


def test_true_effects_spread_as_the_truth_does():
    random = np.random.default_rng(9)
    worlds, _, seen = made(random, 300, 80, 4, 1.0, 2.0)
    ratio = true_effects(moments_by_world(seen)).std(axis=1).mean() / worlds.std(axis=1).mean()
    assert ratio == pytest.approx(1.0, abs=0.05)


def test_parts_of_variance_are_those_put_in_and_their_intervals_cover():
    random = np.random.default_rng(10)
    truth = np.array([2.25, 4.0, 4.0, 0.25, 1.0, 1.0])
    truth /= truth.sum()
    shares, hits = [], []
    for _ in range(150):
        calibrated = random.random((150, 6))
        line = np.sqrt(12.0) * (calibrated - 0.5)
        middle = (2.0 * line[:, 0] + random.standard_normal(150))[:, None] + 1.5 * random.standard_normal((150, 4))
        half = (0.5 * line[:, 1] + random.standard_normal(150))[:, None] + 2.0 * random.standard_normal((150, 4))
        found = parts_of_variance((middle - half)[None], (middle + half)[None], calibrated)
        shares.append(found.share[0])
        hits.append((found.low[0] <= truth) & (truth <= found.high[0]))
    assert np.mean(shares, axis=0) == pytest.approx(truth, abs=0.02)
    assert np.all(np.mean(hits, axis=0) > 0.88)
    assert np.sum(shares, axis=1) == pytest.approx(1.0)


def test_parts_are_not_told_apart_where_worlds_are_too_few():
    random = np.random.default_rng(11)
    found = parts_of_variance(*random.standard_normal((2, 1, 12, 3)), random.random((12, 8)))
    told = dict(zip(PARTS, np.isfinite(found.share[0]), strict=True))
    assert told["luck"] and not told["calibrated ignorance"] and not told["assumed ignorance"]


@pytest.mark.parametrize("bent", [False, True])
def test_the_parameter_that_decides_is_named_with_its_threshold_and_side(bent):
    random = np.random.default_rng(12)
    for side in (1, -1):
        u = random.random((200, 300))
        effect = np.where(u[:, 41] > 0.3, 1.0, -1.0) if bent else 3.0 * (u[:, 41] - 0.3)
        found = flips(u, side * effect + 0.5 * random.standard_normal(200))
        assert found is not None and found.parameter == 41 and found.above == side
        assert found.place == pytest.approx(0.3, rel=0.1)


def test_no_parameter_is_named_where_none_decides_but_seldom():
    random = np.random.default_rng(13)
    named = [flips(random.random((60, 200)), random.standard_normal(60)) is not None for _ in range(200)]
    assert np.mean(named) < 0.1


def test_a_parameter_that_moves_an_effect_without_turning_it_does_not_flip_it():
    random = np.random.default_rng(14)
    u = random.random((100, 20))
    assert flips(u, 5.0 + u[:, 3]) is None
