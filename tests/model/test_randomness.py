"""Draws are uniform, independent along every coordinate, and the same whenever they are asked for."""

from math import sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from alliancelab.model import randomness

WORD = 2**64


def splitmix_finaliser(x):
    """The published finaliser on Python's unbounded integers."""
    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9 % WORD
    x = (x ^ (x >> 27)) * 0x94D049BB133111EB % WORD
    return x ^ (x >> 31)


@pytest.mark.parametrize(("steps", "published"), [
    (1, 0xE220A8397B1DCDAF), (2, 0x6E789E6AA1B965F4), (3, 0x06C45D188009454F),
])
def test_the_mixer_gives_the_published_first_words_of_splitmix64(rule, steps, published):
    with np.errstate(over="ignore"):
        assert int(rule(randomness.mix)(np.uint64(steps * 0x9E3779B97F4A7C15 % WORD))) == published


@given(st.integers(0, WORD - 1))
def test_the_mixer_is_the_published_one_on_every_word(word):
    assert int(randomness.mix(np.uint64(word))) == splitmix_finaliser(word)


level = st.floats(0.0, 1.0)
DRAWS = 20_000
COORDINATES = {
    "seed": lambda n: (n, 3, 7, 11, 0),
    "process": lambda n: (5, n, 7, 11, 0),
    "quarter": lambda n: (5, 3, n, 11, 0),
    "entity": lambda n: (5, 3, 7, n, 0),
    "packed key": lambda n: (5, 3, 7, (n << 20) | (1 << 44) | 1, 0),
    "index": lambda n: (5, 3, 7, 11, n),
}


def uniform_at(seed, process, quarter, entity, index):
    key = np.uint64(randomness.stream(np.uint64(seed), process, quarter))
    return randomness.uniform(key, np.uint64(entity), index)


def along(coordinate, count=DRAWS, shift=0, index=0):
    place = COORDINATES[coordinate]
    points = (place(n + shift) for n in range(count))
    return np.array([uniform_at(*point[:4], point[4] + index) for point in points])


@pytest.mark.parametrize("coordinate", COORDINATES)
def test_draws_are_uniform_along_every_coordinate(coordinate):
    """4.11: `uniform` of a `stream`: a pure function of seed, process, quarter, entity and index."""
    drawn = along(coordinate)
    counts = np.histogram(drawn, 100, (0.0, 1.0))[0]
    assert stats.chisquare(counts).pvalue > 1e-3
    assert stats.kstest(drawn, "uniform").pvalue > 1e-3
    assert drawn.min() >= 0.0 and drawn.max() < 1.0


@pytest.mark.parametrize("coordinate", COORDINATES)
def test_neighbours_along_every_coordinate_are_independent(coordinate):
    drawn = along(coordinate, DRAWS + 1)
    table = np.histogram2d(drawn[:-1], drawn[1:], 10, ((0.0, 1.0), (0.0, 1.0)))[0]
    assert stats.chisquare(table.ravel()).pvalue > 1e-3


@pytest.mark.parametrize("coordinate", [name for name in COORDINATES if name != "index"])
def test_draws_of_one_place_under_neighbouring_indices_are_independent(coordinate):
    first, second = along(coordinate), along(coordinate, index=1)
    table = np.histogram2d(first, second, 10, ((0.0, 1.0), (0.0, 1.0)))[0]
    assert stats.chisquare(table.ravel()).pvalue > 1e-3
    assert abs(np.corrcoef(first, second)[0, 1]) < 4.0 / sqrt(DRAWS)


def test_no_two_places_share_a_draw():
    """4.11: `stream`, `uniform`."""
    places = [(s, p, t, e, i) for s in range(6) for p in range(6) for t in range(6) for e in range(6) for i in range(6)]
    drawn = {uniform_at(*place) for place in places}
    assert len(drawn) == len(places)


def test_a_draw_is_the_same_compiled_and_plain_and_whenever_asked():
    """4.11: `stream`, `uniform`."""
    with np.errstate(over="ignore"):
        for place in ((0, 1, 0, 0, 0), (2**64 - 1, 19, 2000, 2**63, 1605)):
            seed, process, quarter, entity, index = place
            key = randomness.stream.py_func(np.uint64(seed), process, quarter)
            plain = randomness.uniform.py_func(key, np.uint64(entity), index)
            assert plain == uniform_at(*place) == uniform_at(*place)


def test_normal_draws_are_standard_normal():
    """4.11: `stream`, `normal`."""
    key = randomness.stream(np.uint64(1), 3, 5)
    drawn = np.array([randomness.normal(key, np.uint64(n), 0) for n in range(DRAWS)])
    assert stats.kstest(drawn, "norm").pvalue > 1e-3
    assert abs(drawn.mean()) < 4.0 / sqrt(DRAWS) and abs(drawn.std() - 1.0) < 4.0 / sqrt(2.0 * DRAWS)


@given(st.floats(1e-15, 1.0 - 1e-15))
def test_the_normal_quantile_has_seven_digits(u):
    assert randomness.normal_quantile(u) == pytest.approx(stats.norm.ppf(u), rel=1e-6, abs=1e-7)


LUCK = (np.arange(997) + 0.5) / 997.0


@pytest.mark.parametrize("mean", [1e-9, 0.03, 0.7, 1.0, 5.5, 40.0, 200.0, 499.0])
def test_a_poisson_count_is_the_quantile_of_its_distribution(rule, mean):
    """4.11: `poisson`."""
    drawn = np.array([rule(randomness.poisson)(mean, u) for u in LUCK])
    assert (drawn == stats.poisson.ppf(LUCK, mean)).all()


@pytest.mark.parametrize(("trials", "chance"), [
    (1, 0.5), (10, 0.1), (10, 0.9), (100, 0.5), (700, 0.01), (700, 0.28), (40_000, 0.004), (205, 0.97), (2_000, 0.999),
])
def test_a_binomial_count_is_the_quantile_of_its_distribution(rule, trials, chance):
    """4.11: `binomial`."""
    drawn = np.array([rule(randomness.binomial)(trials, chance, u) for u in LUCK])
    assert (drawn == stats.binom.ppf(LUCK, trials, chance)).all()


@pytest.mark.parametrize(("trials", "chance"), [
    (1_000, 0.21), (1_000, 0.5), (1_000, 0.75), (50_000, 0.005), (10**6, 0.3),
])
def test_a_large_binomial_count_is_at_most_one_off_the_quantile_and_unbiased(rule, trials, chance):
    """4.11: `binomial`."""
    drawn = np.array([rule(randomness.binomial)(trials, chance, u) for u in LUCK])
    exact = stats.binom.ppf(LUCK, trials, chance)
    assert np.abs(drawn - exact).max() <= 1.0
    assert abs((drawn - exact).mean()) < 0.02


@given(st.integers(0, 3_000), level, level, st.floats(0.0, 0.999))
def test_a_binomial_count_stays_in_range_and_rises_with_its_chance(trials, chance, other, u):
    """4.11: `binomial`."""
    low, high = sorted((chance, other))
    fewer, more = randomness.binomial(trials, low, u), randomness.binomial(trials, high, u)
    assert 0 <= fewer <= trials and 0 <= more <= trials
    assert fewer <= more + 1  # by one where it passes from the exact count to the approximation


@pytest.mark.parametrize("u", [0.0, 0.3, 1.0 - 2.0**-53])
def test_there_is_nothing_of_what_is_not_expected_and_everything_of_what_is_certain(rule, u):
    """4.11: `poisson`, `binomial`."""
    assert rule(randomness.poisson)(0.0, u) == rule(randomness.poisson)(-1.0, u) == 0
    assert rule(randomness.binomial)(10, 0.0, u) == rule(randomness.binomial)(0, 0.5, u) == 0
    assert rule(randomness.binomial)(10, 1.0, u) == 10


@given(st.floats(1e-6, 500.0), st.integers(1, 3_000), st.floats(0.001, 0.999))
def test_the_luckiest_draw_is_no_absurd_count(mean, trials, chance):
    """4.11: `poisson`, `binomial`."""
    luckiest = 1.0 - 2.0**-53
    assert randomness.poisson(mean, luckiest) <= mean + 9.0 * sqrt(mean) + 30.0
    spread = sqrt(trials * chance * (1.0 - chance))
    assert randomness.binomial(trials, chance, luckiest) <= trials * chance + 9.0 * spread + 30.0
    assert randomness.binomial(trials, chance, 0.0) >= 0
