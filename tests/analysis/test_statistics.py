"""Intervals cover, tests keep their level, and survival estimates give known answers."""

import math

import numpy as np
import pytest

from alliancelab.analysis.life.ages import founded_by_age, kaplan_meier, peak_age, pooled_by_age
from alliancelab.analysis.statistics.intervals import holm, mean_interval, paired_difference, wilson_interval
from alliancelab.model.tables import AGE_LIMIT, AGES, table_type


def test_mean_interval_of_four_values_is_that_of_the_t_table():
    interval = mean_interval([1.0, 2.0, 3.0, 4.0])
    half = 3.182446 * math.sqrt(5 / 3) / 2
    assert interval.mean == 2.5
    assert interval.n == 4
    assert interval.low == pytest.approx(2.5 - half, abs=1e-5)
    assert interval.high == pytest.approx(2.5 + half, abs=1e-5)


def test_mean_intervals_cover_the_true_mean_in_95_of_100_samples():
    samples = np.random.default_rng(1).normal(3.0, 2.0, size=(20_000, 6))
    interval = mean_interval(samples)
    assert np.mean((interval.low <= 3.0) & (3.0 <= interval.high)) == pytest.approx(0.95, abs=0.006)


def test_a_missing_replicate_is_left_out_and_counted():
    interval = mean_interval([[1.0, np.nan, 3.0], [np.nan, np.nan, 5.0], [np.nan, np.nan, np.nan]])
    assert interval.n.tolist() == [2, 1, 0]
    assert interval.mean[:2].tolist() == [2.0, 5.0]
    assert np.isnan(interval.mean[2])
    assert np.isnan(interval.low[1:]).all()


def test_paired_intervals_cover_and_common_luck_narrows_them():
    random = np.random.default_rng(2)
    luck = random.normal(size=(5_000, 12)) * 3
    baseline = luck + random.normal(size=luck.shape)
    arm = luck + random.normal(size=luck.shape) + 0.5
    paired = paired_difference(arm, baseline)
    assert np.mean((paired.low <= 0.5) & (0.5 <= paired.high)) == pytest.approx(0.95, abs=0.012)
    many = paired_difference(arm.ravel(), baseline.ravel())
    assert many.correlation == pytest.approx(0.9, abs=0.01)
    assert many.variance_reduction == pytest.approx(10.0, rel=0.05)


def test_paired_t_test_keeps_its_level():
    random = np.random.default_rng(3)
    paired = paired_difference(random.normal(size=(20_000, 8)), random.normal(size=(20_000, 8)))
    assert np.mean(paired.p < 0.05) == pytest.approx(0.05, abs=0.006)


def test_a_pair_with_one_missing_side_is_dropped():
    paired = paired_difference([1.0, 2.0, np.nan, 6.0], [0.0, np.nan, 9.0, 4.0])
    assert paired.n == 2
    assert paired.difference == 1.5


def test_equal_arms_differ_by_nothing_with_certainty():
    paired = paired_difference([0.3, 0.7, 0.1], [0.3, 0.7, 0.1])
    assert (paired.difference, paired.low, paired.high, paired.p) == (0.0, 0.0, 0.0, 1.0)


def test_a_constant_difference_is_not_taken_for_noise():
    paired = paired_difference(np.array([0.1, 0.2, 0.7]) + 0.3, [0.1, 0.2, 0.7])
    assert paired.sd == 0.0
    assert paired.p == 0.0
    assert paired.low == paired.high == pytest.approx(0.3)
    assert np.isinf(paired.variance_reduction)


def test_one_replicate_gives_a_difference_without_interval():
    paired = paired_difference([2.0], [1.0])
    assert paired.difference == 1.0
    assert np.isnan([paired.low, paired.high, paired.p]).all()


def test_holm_of_four_tests():
    assert holm([0.01, 0.04, 0.03, 0.005]).tolist() == pytest.approx([0.03, 0.06, 0.06, 0.02])


def test_holm_leaves_missing_tests_out_of_the_family():
    adjusted = holm([0.02, np.nan, 0.6])
    assert adjusted[[0, 2]].tolist() == pytest.approx([0.04, 0.6])
    assert np.isnan(adjusted[1])


def test_wilson_interval_of_known_shares():
    low, high = wilson_interval([0, 5, 10], [10, 10, 10])
    assert low.tolist() == pytest.approx([0.0, 0.2366, 0.7225], abs=1e-4)
    assert high.tolist() == pytest.approx([0.2775, 0.7634, 1.0], abs=1e-4)
    assert np.isnan(wilson_interval(0, 0)).all()


def test_product_limit_of_a_textbook_sample():
    """Remission times of the 6-MP group in Freireich et al. 1963, the standard example of the estimator."""
    weeks = [6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35]
    relapsed = [1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0]
    estimate = kaplan_meier(np.array(weeks), np.array(relapsed, bool))
    at = estimate.survival[[6, 7, 10, 13, 16, 22, 23, 35]]
    assert at.tolist() == pytest.approx([0.857, 0.807, 0.753, 0.690, 0.627, 0.538, 0.448, 0.448], abs=6e-4)
    assert estimate.error[23] == pytest.approx(0.1346, abs=6e-4)
    assert estimate.at_risk[[6, 10, 23]].tolist() == [21, 15, 6]


def test_product_limit_intervals_cover_under_censoring():
    random = np.random.default_rng(4)
    covered = []
    for _ in range(400):
        life, watched = random.geometric(0.05, 120), random.integers(5, 60, 120)
        estimate = kaplan_meier(np.minimum(life, watched), life <= watched)
        covered.append(estimate.low[20] <= 0.95**20 <= estimate.high[20])
    assert np.mean(covered) == pytest.approx(0.95, abs=0.03)


def test_product_limit_never_rises_and_its_band_holds_it():
    random = np.random.default_rng(5)
    estimate = kaplan_meier(random.integers(0, 40, 60), random.random(60) < 0.6)
    assert (np.diff(estimate.survival) <= 0).all()
    known = np.isfinite(estimate.low)
    assert (estimate.low <= estimate.survival)[known].all()
    assert (estimate.survival <= estimate.high)[known].all()


FOUNDED = np.full(AGE_LIMIT, 60.0)


def age_sums(random: np.random.Generator, replicates: int, peak: int, alive: np.ndarray = FOUNDED) -> np.ndarray:
    """Age sums of alliances whose expected vitality is a parabola with its top at `peak` quarters."""
    sums = np.zeros((replicates, AGE_LIMIT), table_type(AGES))
    age = np.arange(AGE_LIMIT)
    sums["alliances"] = alive
    noise = random.normal(0, 0.08, sums.shape) / np.sqrt(sums["alliances"])
    sums["vitality"] = (0.6 - 0.0004 * (age - peak) ** 2 + noise) * sums["alliances"]
    return sums


def founded(sums: np.ndarray) -> np.ndarray:
    return np.broadcast_to(FOUNDED, sums.shape)


def test_bands_by_age_cover_the_expected_curve_of_the_living_and_of_the_cohort():
    """Rows: H4. The living keep to their curve while the cohort, with the ended as zero, falls."""
    age = np.arange(AGE_LIMIT)
    alive = np.maximum(1, 60 - age)
    sums = age_sums(np.random.default_rng(6), 40, 22, alive)
    band = pooled_by_age(sums, founded(sums))
    expected = (0.6 - 0.0004 * (age - 22) ** 2)[:-1]
    share = (alive / FOUNDED)[:-1]
    assert band.mean.size == AGE_LIMIT - 1
    assert np.mean((band.low <= expected) & (expected <= band.high)) > 0.88
    assert np.mean((band.cohort_low <= expected * share) & (expected * share <= band.cohort_high)) > 0.88
    assert (band.alliances <= band.founded).all()


def test_an_age_belongs_to_all_that_could_have_been_seen_at_it():
    """Rows: H4. Two quarters of warm-up, six after it; three alliances founded."""
    found = founded_by_age(np.array([1, 0, 0, 2, 0, 0, 0, 0]), 2)
    # The first is seen from age 2 to 7, the two of quarter 3 from age 0 to 4.
    assert found[:9].tolist() == [2, 2, 3, 3, 3, 1, 1, 1, 0]
    many = founded_by_age(np.array([[1, 0, 0, 2, 0, 0, 0, 0]] * 3), 2)
    assert (many == found).all()


def test_peak_age_recovers_a_known_peak():
    sums = age_sums(np.random.default_rng(7), 40, 22)
    peak = peak_age(sums, founded(sums))
    assert peak.low <= 22 / 4 <= peak.high
    assert peak.high - peak.low < 2.0
    assert peak.falls


def test_a_curve_that_only_rises_is_not_given_a_peak():
    sums = age_sums(np.random.default_rng(8), 40, 119)
    assert not peak_age(sums, founded(sums)).falls


def test_survivors_that_keep_their_level_do_not_hide_that_a_cohort_falls():
    """Rows: H4."""
    flat = np.zeros((12, AGE_LIMIT), table_type(AGES))
    flat["alliances"] = np.maximum(1, 60 - np.arange(AGE_LIMIT))
    flat["vitality"] = 0.5 * flat["alliances"]
    peak = peak_age(flat, founded(flat))
    assert peak.falls and peak.age == 0.0
