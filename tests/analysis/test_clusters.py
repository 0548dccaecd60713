"""Intervals over runs as clusters give known answers, and runs that differ widen them."""

import numpy as np
import pytest

from alliancelab.analysis.statistics.clusters import bootstrap_weights, jackknife, pooled_mean, pooled_share, ratio
from alliancelab.analysis.statistics.intervals import mean_interval, wilson_interval


def test_clusters_of_one_value_give_the_plain_t_interval():
    """Rows: H3."""
    values = np.array([1.0, 2.0, 3.0, 4.0])
    found, plain = pooled_mean(values, np.arange(4), 4), mean_interval(values)
    assert np.array(found[:3]) == pytest.approx(np.array(plain[:3]))
    assert jackknife(lambda w: (w @ values) / w.sum(), 4).low == pytest.approx(float(plain.low))


def test_alliances_that_share_their_runs_luck_say_less_than_their_number():
    random = np.random.default_rng(31)
    run = np.repeat(np.arange(10), 100)
    values = random.normal(size=10)[run] + 0.1 * random.normal(size=run.size)
    found, naive = pooled_mean(values, run, 10), mean_interval(values)
    assert found.value == pytest.approx(float(naive.mean))
    assert found.high - found.low > 5 * (naive.high - naive.low)


def test_missing_values_and_empty_runs_have_no_say():
    found = pooled_mean([1.0, np.nan, 3.0], np.array([0, 0, 2]), 4)
    assert (found.value, found.clusters) == (2.0, 2)
    assert np.isnan(ratio([1.0], [1.0]).low)
    assert np.isnan(ratio([0.0, 0.0], [0.0, 0.0]).value)


def test_a_share_stays_within_bounds_and_equals_wilsons_for_many_independent_values():
    random = np.random.default_rng(32)
    run = np.repeat(np.arange(400), 5)
    hits = random.random(run.size) < 0.3
    found = pooled_share(hits, run, 400)
    low, high = wilson_interval(hits.sum(), hits.size)
    assert (found.low, found.high) == (pytest.approx(float(low), abs=3e-3), pytest.approx(float(high), abs=3e-3))
    none = pooled_share(np.zeros(50, bool), np.repeat(np.arange(5), 10), 5)
    assert none.low == pytest.approx(0.0, abs=1e-12)
    assert 0.0 < none.high < 0.3


def test_leaving_out_runs_of_a_ratio_agrees_with_its_linearised_error():
    random = np.random.default_rng(33)
    totals, sizes = random.normal(50, 10, 30), random.integers(50, 150, 30).astype(float)
    plain = ratio(totals, sizes)
    left_out = jackknife(lambda w: (w @ totals) / (w @ sizes), 30)
    assert left_out.value == pytest.approx(float(plain.value))
    assert left_out.error == pytest.approx(float(plain.error), rel=0.05)


def test_resamples_draw_as_many_runs_as_there_are_and_repeat_themselves():
    weights = bootstrap_weights(7, 50)
    assert (weights.sum(axis=1) == 7).all()
    assert (weights == bootstrap_weights(7, 50)).all()
