"""Fits recover known curves, the right number of steps is chosen, and turning points are where they should be."""

import numpy as np
import pytest
from scipy.optimize import least_squares

from alliancelab.analysis.life.curve_fits import RHO, fit_curves
from alliancelab.analysis.life.step_curves import curve, shape_of, slopes
from alliancelab.analysis.life.turning_points import POINTS, turning_points

KNOWN = {
    "constant": [0.45],
    "rise": [0.3, 0.3, 2.5, 0.6],
    "decline": [0.6, -0.35, 6.0, 0.7],
    "rise_decline": [0.3, 0.35, 1.5, 0.5, -0.4, 6.5, 0.8],
    "regrowth": [0.3, 0.3, 1.5, 0.4, -0.3, 5.0, 0.5, 0.35, 9.0, 0.3],
    "second_cycle": [0.3, 0.3, 1.2, 0.3, -0.3, 4.0, 0.3, 0.35, 7.0, 0.3, -0.4, 10.0, 0.4],
}
"""Level, then height, middle and width of each step."""

STEPS = {name: len(parameters) // 3 for name, parameters in KNOWN.items()}
SHAPES = list(KNOWN)
QUARTERS = 52


def noise(random: np.random.Generator, shape: tuple[int, int], rho: float, size: float = 0.01) -> np.ndarray:
    """Autoregression of order one with this standard deviation."""
    values = size * random.normal(size=shape)
    for q in range(1, shape[1]):
        values[:, q] = rho * values[:, q - 1] + np.sqrt(1 - rho**2) * values[:, q]
    return values


def series(random: np.random.Generator, name: str, count: int, rho: float = 0.4) -> np.ndarray:
    true = curve(np.array([KNOWN[name]]), np.arange(QUARTERS) / 4)
    return true + noise(random, (count, QUARTERS), rho)


@pytest.fixture(scope="module")
def mixed():
    """Thirty series of each shape, fitted together, with the place of the true shape of each."""
    random = np.random.default_rng(11)
    values = np.vstack([series(random, name, 30) for name in KNOWN])
    return values, fit_curves(values), np.repeat(np.arange(len(KNOWN)), 30)


def test_the_shape_behind_noisy_series_is_found(mixed):
    """Rows: H4."""
    _, fits, true = mixed
    right = {name: (fits.shapes[true == place] == name).mean() for place, name in enumerate(SHAPES)}
    print(right)
    assert min(right.values()) >= 0.85
    assert fits.weights.sum(axis=1) == pytest.approx(1.0)


def test_parameters_of_known_curves_are_recovered(mixed):
    """Rows: H4."""
    _, fits, true = mixed
    for place, (name, parameters) in enumerate(KNOWN.items()):
        found, known = fits.fits[STEPS[name]].parameters[true == place], np.array(parameters)
        assert np.abs(np.median(found[:, 0]) - known[0]) < 0.03, name
        assert (np.median(np.abs(found - known)[:, 2::3], axis=0) < 0.3).all(), name


@pytest.mark.parametrize(("heights", "shape"), [
    ([], "constant"), ([0.2, 0.3], "rise"), ([-0.1], "decline"), ([0.2, 0.1, -0.1, -0.2], "rise_decline"),
    ([0.2, -0.1, 0.1, 0.2], "regrowth"), ([0.2, -0.1, 0.1, -0.2], "second_cycle"), ([-0.2, 0.1], "other"),
])
def test_a_shape_counts_steps_in_one_direction_as_one(heights, shape):
    assert shape_of(np.array(heights)) == shape


def test_noise_that_is_forgotten_within_a_year_is_not_taken_for_a_life_cycle():
    fits = fit_curves(0.5 + noise(np.random.default_rng(13), (200, 40), RHO))
    assert (fits.chosen == 0).mean() > 0.75


def test_the_search_ends_where_a_general_solver_with_many_starts_ends(mixed):
    values, fits, true = mixed
    random = np.random.default_rng(14)
    age = np.arange(QUARTERS) / 4

    def whitened(parameters: np.ndarray, seen: np.ndarray) -> np.ndarray:
        errors = seen - curve(parameters[None], age)[0]
        return np.append(errors[0] * np.sqrt(1 - RHO**2), errors[1:] - RHO * errors[:-1])

    for row in np.flatnonzero(true == SHAPES.index("rise_decline"))[:4]:
        best = min(
            2 * least_squares(whitened, start, args=(values[row],),
                              bounds=([-1, -1.5, -1, 0.15, -1.5, -1, 0.15], [2, 1.5, 13, 3, 1.5, 26, 3])).cost
            for start in random.uniform([0, 0.1, 0, 0.2, -1, 3, 0.2], [0.5, 1, 4, 2, -0.1, 10, 2], (8, 7)))
        assert fits.fits[2].loss[row] <= best * 1.001


def test_slopes_are_the_derivatives_of_the_curve():
    parameters = np.array([KNOWN["second_cycle"]])
    age, step = np.linspace(0, 12, 25), 1e-6
    steep = slopes(parameters, age)
    for p in range(parameters.shape[1]):
        up, down = parameters.copy(), parameters.copy()
        up[0, p] += step
        down[0, p] -= step
        numeric = (curve(up, age) - curve(down, age)) / (2 * step)
        assert steep[:, p] == pytest.approx(numeric, abs=1e-6)


def test_a_short_series_gets_only_as_many_steps_as_it_can_tell_apart():
    values = np.full((2, 12), np.nan)
    values[0, :4] = [0.3, 0.4, 0.5, 0.6]
    values[1] = 0.3 + 0.02 * np.arange(12)
    fits = fit_curves(values)
    assert fits.chosen[0] == 0
    assert np.isinf(fits.aicc[0, 1:]).all()


@pytest.mark.parametrize("values", [[[0.1, 0.2, 0.3, np.nan]], [[0.1, np.nan, 0.3, 0.4, 0.5]]])
def test_a_series_too_short_or_with_a_gap_is_refused(values):
    with pytest.raises(ValueError, match="without a gap"):
        fit_curves(np.array(values))


def test_turning_points_of_a_known_curve_come_in_order_and_near_the_truth(mixed):
    """Rows: H4."""
    _, fits, true = mixed
    points = turning_points(fits)
    mine = (true == SHAPES.index("regrowth")) & (fits.shapes == "regrowth")
    columns = [i for i in range(len(POINTS)) if np.isfinite(points.age[mine, i]).any()]
    ages = dict(zip(columns, np.nanmedian(points.age[mine][:, columns], axis=0), strict=True))
    fine = np.arange(0, 13, 1e-3)
    value = curve(np.array([KNOWN["regrowth"]]), fine)[0]
    bend = np.log(2 + np.sqrt(3))
    expected = {"take_off": 1.5 - bend * 0.4, "peak": fine[value[fine < 5].argmax()],
                "onset_of_decline": 5 - bend * 0.5, "regrowth": 9 - bend * 0.3,
                "trough": fine[fine > 5][value[fine > 5].argmin()]}
    for name, age in expected.items():
        # Between two steps the curve is nearly flat: its extreme is known less well than its bends.
        assert ages[POINTS.index(name)] == pytest.approx(age, abs=0.6 if name in ("peak", "trough") else 0.25), name
    assert POINTS.index("second_onset") not in ages
    assert (points.low[mine] <= points.age[mine])[np.isfinite(points.low[mine])].all()


def test_a_constant_has_no_turning_point_and_a_rise_no_peak(mixed):
    _, fits, true = mixed
    age = turning_points(fits).age
    assert np.isnan(age[(true == 0) & (fits.shapes == "constant")]).all()
    assert np.isnan(age[(true == 1) & (fits.shapes == "rise")][:, POINTS.index("peak") :]).all()
