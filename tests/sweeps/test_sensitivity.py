"""Sensitivity and discovery against functions whose answers are known, and luck told apart from factors."""

from itertools import pairwise

import numpy as np
import pytest

from alliancelab.analysis.exploration import prim as discovery
from alliancelab.analysis.exploration import sensitivity
from alliancelab.scenarios.sweep.design import load_design
from alliancelab.scenarios.sweep.points import points_of, values_at
from tests.support.sweeps import design

RNG = np.random.default_rng(7)


def factors(count: int) -> dict[str, dict[str, float]]:
    """Parameters whose declared bounds hold all of [0, 1]."""
    from alliancelab.model.parameters import PARAMETERS

    found = [p.name for p in PARAMETERS if p.low <= 0.0 and p.high >= 1.0 and not p.integer]
    return {f"parameters.{name}": {"low": 0.0, "high": 1.0} for name in found[:count]}


def ishigami(x: np.ndarray) -> np.ndarray:
    """Ishigami and Homma 1990, with a = 7 and b = 0.1; shares of variance are known in closed form."""
    a, b, c = (2 * x - 1).T * np.pi
    return np.sin(a) + 7 * np.sin(b) ** 2 + 0.1 * c**4 * np.sin(a)


def test_shares_of_variance_of_the_ishigami_function():
    """Rows: H5."""
    checked = load_design(design(method="saltelli", samples=2048, factors=factors(3)))
    found = sensitivity.sobol_indices(ishigami(points_of(checked))[:, None], 3)
    first, total = np.array([0.3139, 0.4424, 0.0]), np.array([0.5576, 0.4424, 0.2437])
    assert np.allclose(found.first, first, atol=0.02) and np.allclose(found.total, total, atol=0.02)
    assert (found.first_low <= first).all() and (first <= found.first_high).all()
    assert (found.total_low <= total).all() and (total <= found.total_high).all()


def test_elementary_effects_of_a_sum_are_its_slopes_and_an_interaction_shows_as_spread():
    """Rows: H5."""
    checked = load_design(design(method="morris", samples=60, factors=factors(4)))
    points = points_of(checked)
    unit = sensitivity.unit_of(points, checked.factors, 4)
    assert np.allclose(unit, points)
    values = 3 * points[:, 0] - 2 * points[:, 1] + 4 * points[:, 2] * points[:, 0]
    found = sensitivity.morris_effects(values[:, None], unit, 4)
    assert np.allclose(found.mu[[1, 3]], [-2, 0]) and np.allclose(found.mu_star[[1, 3]], [2, 0])
    assert np.allclose(found.sigma[[1, 3]], 0, atol=1e-9) and (found.sigma[[0, 2]] > 0.5).all()
    assert found.mu[0] == pytest.approx(3 + 4 * 0.5, abs=0.5)
    assert (found.mu_star_low <= found.mu_star).all() and (found.mu_star <= found.mu_star_high).all()


def test_whole_numbers_of_a_morris_design_go_back_to_their_levels():
    checked = load_design(design(method="morris", samples=30))
    unit = sensitivity.unit_of(points_of(checked), checked.factors, 4)
    assert np.allclose(np.abs(np.diff(unit.reshape(30, 5, 4), axis=1)).sum(axis=2), 2 / 3)  # steps of a grid of four
    for j, factor in enumerate(checked.factors):
        assert np.allclose(values_at(unit[:, j], factor), points_of(checked)[:, j])


def test_luck_of_an_elementary_effect_is_its_standard_error_over_seeds():
    """Rows: H5."""
    checked = load_design(design(method="morris", samples=40, factors=factors(3)))
    points = points_of(checked)
    clean = points @ np.array([2.0, 1.0, 0.0])
    everywhere = RNG.normal(0, 5, 30)  # the same at all points: it cancels in every effect
    alike = sensitivity.morris_effects(clean[:, None] + everywhere, points, 4)
    assert np.allclose(alike.mu, [2, 1, 0]) and np.allclose(alike.mu_luck, 0, atol=1e-9)
    noisy = sensitivity.morris_effects(clean[:, None] + RNG.normal(0, 0.5, (len(points), 30)), points, 4)
    wide = 0.5 * np.sqrt(2) / (2 / 3) / np.sqrt(40 * 30)
    assert np.allclose(noisy.mu_luck, wide, rtol=0.4)
    assert (np.abs(noisy.mu - [2, 1, 0]) < 4 * wide).all()


def test_regression_recovers_slopes_and_its_intervals_cover():
    """Rows: H5."""
    covered = []
    for _ in range(300):
        points = RNG.random((60, 3)) * [1, 10, 100]
        values = points @ np.array([5.0, 0.3, 0.0]) + RNG.normal(0, 2, 60)
        found = sensitivity.regression(values[:, None], points)
        truth = np.array([5.0, 0.3, 0.0]) * points.std(axis=0) / values.std()
        covered.append((found.low <= truth) & (truth <= found.high))
    assert np.abs(np.mean(covered, axis=0) - 0.95).max() < 0.04
    exact = sensitivity.regression((points @ [5.0, 0.3, 0.0])[:, None], points)
    assert np.allclose(exact.r2, 1) and exact.coefficient[2] == pytest.approx(0, abs=1e-9)


def test_points_without_an_answer_are_left_out_of_a_fit_and_spoil_an_index():
    points = RNG.random((40, 2))
    values = (points @ [1.0, 2.0])[:, None] + np.zeros((1, 3))
    values[7] = np.nan
    values[8, 1] = np.nan  # two replicates are left
    assert np.allclose(sensitivity.regression(values, points).r2, 1)
    assert np.isnan(sensitivity.sobol_indices(values, 8).first).all()
    assert np.isnan(sensitivity.regression(np.ones((40, 2)), points).coefficient).all()
    assert np.isnan(sensitivity.regression(values[:3], points[:3]).coefficient).all()


def test_one_factor_at_a_time_tells_span_base_and_luck():
    """Rows: H5."""
    points = np.array([[np.nan, np.nan], [1, np.nan], [2, np.nan], [np.nan, 5], [np.nan, 6]])
    seeds = np.array([0.0, 10.0, 20.0])
    values = np.array([4.0, 3.0, 7.0, 4.0, 4.0])[:, None] + seeds
    found = sensitivity.one_at_a_time(values, points)
    assert np.allclose(found.base, 14) and np.allclose(found.lowest, [13, 14]) and np.allclose(found.highest, [17, 14])
    assert np.allclose(found.span, [4, 0]) and np.allclose(found.span_luck, 0)  # seeds are paired


def test_components_of_variance_are_recovered():
    """Rows: H5."""
    found = np.array([sensitivity.seed_variance(2 * RNG.normal(size=(80, 1)) + RNG.normal(size=(1, 40))
                                       + 3 * RNG.normal(size=(80, 40))) for _ in range(30)]).mean(axis=0)
    assert np.allclose(found, np.array([4, 1, 9]) / 14, atol=0.03)
    for columns in (1, 4):
        assert np.isnan(sensitivity.seed_variance(np.ones((5, columns)))).all()
    assert sensitivity.seed_variance(np.arange(5.0)[:, None] + np.zeros((1, 3))) == pytest.approx((1, 0, 0))


# --- scenario discovery --------------------------------------------------------------------------------------------


def test_a_box_that_is_there_is_found_with_its_sides():
    """Rows: H5."""
    points = RNG.random((2000, 4))
    inside = (points[:, 0] > 0.6) & (points[:, 2] < 0.5)
    interest = (inside & (RNG.random(2000) < 0.95)).astype(float)
    box = discovery.find_box(points, interest, coverage=0.8)
    assert list(box.restricted) == [True, False, True, False]
    assert box.low[0] == pytest.approx(0.6, abs=0.03) and box.high[2] == pytest.approx(0.5, abs=0.03)
    assert box.density > 0.93 and box.coverage > 0.9
    p = discovery.quasi_p(points, interest, box)
    assert p[0] < 1e-6 and p[2] < 1e-6 and np.isnan(p[[1, 3]]).all()


def test_boxes_get_smaller_and_say_what_they_hold():
    """Rows: H5."""
    points = RNG.random((500, 3))
    interest = (points.sum(axis=1) > 2).astype(float)
    boxes = discovery.trajectory(points, interest)
    assert boxes[0].mass == 1 and not boxes[0].restricted.any() and boxes[0].density == interest.mean()
    assert all(b.mass < a.mass for a, b in pairwise(boxes))
    for box in boxes:
        inside = box.holds(points)
        assert box.mass == inside.mean() and box.density == interest[inside].mean()
        assert box.coverage == pytest.approx(interest[inside].sum() / interest.sum())
    assert boxes[-1].density > 0.95


def test_a_factor_of_few_values_is_cut_between_them():
    """Rows: H5."""
    points = np.stack([RNG.integers(1, 5, 800).astype(float), RNG.random(800)], axis=1)
    interest = (points[:, 0] >= 3).astype(float)
    box = discovery.find_box(points, interest, coverage=0.9)
    assert box.low[0] == 2.5 and box.density == 1 and box.coverage == 1 and list(box.restricted) == [True, False]


def test_where_there_is_nothing_to_find_the_density_does_not_hold_elsewhere():
    """Rows: H5."""
    found = []
    for _ in range(20):
        points, interest = RNG.random((200, 6)), (RNG.random(200) < 0.3).astype(float)
        box = discovery.find_box(points, interest, coverage=0.3)
        found.append((box.density, discovery.held_out_density(points, interest, coverage=0.3)[1]))
    searched, elsewhere = np.mean(found, axis=0)
    assert searched > 0.36 and elsewhere == pytest.approx(0.3, abs=0.05)  # three standard errors


def test_shares_of_replicates_count_as_shares():
    points = np.random.default_rng(11).random((300, 2))
    interest = np.where(points[:, 0] > 0.5, 0.75, 0.25)
    box = discovery.find_box(points, interest, coverage=0.5)
    assert box.low[0] == pytest.approx(0.5, abs=0.05)
    assert 0.7 < box.density <= 0.75  # a twentieth too wide, it would hold one in eleven of the others
