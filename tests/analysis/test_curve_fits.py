"""Fits recover known curves, the right family is chosen, and turning points and phases are where they should be."""

import numpy as np
import pytest
from scipy.optimize import least_squares

from alliancelab.agents.codes import Stage
from alliancelab.analysis.curve_families import FAMILIES, curve, slopes
from alliancelab.analysis.curve_fits import fit_curves, fit_family
from alliancelab.analysis.turning_points import AGREED, POINTS, agreement, kappa, phases, turning_points

KNOWN = {
    "constant": [0.45],
    "rise": [0.3, 0.3, 2.5, 0.6],
    "decline": [0.6, 0.35, 6.0, 0.7],
    "rise_decline": [0.3, 0.35, 1.5, 0.5, 0.4, 6.5, 0.8],
    "regrowth": [0.3, 0.3, 1.5, 0.4, 0.3, 5.0, 0.5, 0.35, 9.0, 0.3],
    "second_cycle": [0.3, 0.3, 1.2, 0.3, 0.3, 4.0, 0.3, 0.35, 7.0, 0.3, 0.4, 10.0, 0.4],
}
FAMILY = {family.name: family for family in FAMILIES}
QUARTERS = 52


def noise(random: np.random.Generator, shape: tuple[int, int], rho: float, size: float = 0.01) -> np.ndarray:
    """Autoregression of order one with this standard deviation."""
    values = size * random.normal(size=shape)
    for q in range(1, shape[1]):
        values[:, q] = rho * values[:, q - 1] + np.sqrt(1 - rho**2) * values[:, q]
    return values


def series(random: np.random.Generator, name: str, count: int, rho: float = 0.4) -> np.ndarray:
    true = curve(np.array([KNOWN[name]]), FAMILY[name].signs, np.arange(QUARTERS) / 4)
    return true + noise(random, (count, QUARTERS), rho)


@pytest.fixture(scope="module")
def mixed():
    """Thirty series of each family, fitted together, with the true family of each."""
    random = np.random.default_rng(11)
    values = np.vstack([series(random, name, 30) for name in KNOWN])
    return values, fit_curves(values), np.repeat(np.arange(len(KNOWN)), 30)


def test_the_family_behind_noisy_series_is_chosen(mixed):
    """Rows: H4."""
    _, fits, true = mixed
    right = np.array([(fits.chosen[true == f] == f).mean() for f in range(len(FAMILIES))])
    print(dict(zip(KNOWN, right.round(2), strict=True)))
    assert (right >= 0.9).all()
    assert fits.weights.sum(axis=1) == pytest.approx(1.0)


def test_parameters_of_known_curves_are_recovered(mixed):
    """Rows: H4."""
    _, fits, true = mixed
    for place, (name, parameters) in enumerate(KNOWN.items()):
        found = fits.fits[place].parameters[true == place]
        known = np.array(parameters)
        middles = np.abs(found - known)[:, 2::3]
        assert np.abs(np.median(found[:, 0]) - known[0]) < 0.03, name
        assert (np.median(middles, axis=0) < 0.3).all(), name


def test_correlation_of_neighbouring_errors_is_recovered_in_spite_of_fitting():
    random = np.random.default_rng(12)
    for rho in (0.0, 0.3, 0.6):
        values = np.vstack([series(random, name, 20, rho) for name in ("rise", "rise_decline", "regrowth")])
        assert fit_curves(values).rho == pytest.approx(rho, abs=0.12)


def test_correlated_noise_is_not_taken_for_a_life_cycle():
    fits = fit_curves(0.5 + noise(np.random.default_rng(13), (200, 40), 0.4))
    assert (fits.chosen == 0).mean() > 0.8


def test_the_search_ends_where_a_general_solver_with_many_starts_ends(mixed):
    values, _, true = mixed
    random = np.random.default_rng(14)
    family = FAMILY["rise_decline"]
    age = np.arange(QUARTERS) / 4
    rows = np.flatnonzero(true == 3)[:4]
    ours = fit_family(values[rows], family).loss
    for row, loss in zip(rows, ours, strict=True):
        best = min(
            2 * least_squares(lambda p, seen=values[row]: curve(p[None], family.signs, age)[0] - seen, start,
                              bounds=([-1, 0, -1, 0.15, 0, -1, 0.15], [2, 1.5, 13, 3, 1.5, 26, 3])).cost
            for start in random.uniform([0, 0.1, 0, 0.2, 0.1, 3, 0.2], [0.5, 1, 4, 2, 1, 10, 2], (8, 7)))
        assert loss <= best * 1.001


def test_slopes_are_the_derivatives_of_the_curve():
    parameters, signs = np.array([KNOWN["second_cycle"]]), FAMILY["second_cycle"].signs
    age, step = np.linspace(0, 12, 25), 1e-6
    steep = slopes(parameters, signs, age)
    for p in range(parameters.shape[1]):
        up, down = parameters.copy(), parameters.copy()
        up[0, p] += step
        down[0, p] -= step
        numeric = (curve(up, signs, age) - curve(down, signs, age)) / (2 * step)
        assert steep[:, p] == pytest.approx(numeric, abs=1e-6)


def test_a_short_series_gets_only_families_that_it_can_tell_apart():
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
    mine = (true == 4) & (fits.chosen == 4)
    columns = [i for i in range(len(POINTS)) if np.isfinite(points.age[mine, i]).any()]
    ages = dict(zip(columns, np.nanmedian(points.age[mine][:, columns], axis=0), strict=True))
    fine = np.arange(0, 13, 1e-3)
    value = curve(np.array([KNOWN["regrowth"]]), FAMILY["regrowth"].signs, fine)[0]
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
    assert np.isnan(age[(true == 0) & (fits.chosen == 0)]).all()
    assert np.isnan(age[(true == 1) & (fits.chosen == 1)][:, POINTS.index("peak") :]).all()


def test_phases_follow_one_another_as_the_curve_does(mixed):
    """Rows: A2, H4."""
    _, fits, true = mixed
    phase = phases(fits)
    row = np.flatnonzero((true == 4) & (fits.chosen == 4))[0]
    order = [AGREED[code] for code in phase[row][np.insert(np.diff(phase[row]) != 0, 0, True)]]
    assert order == ["growth", "maturity", "decline", "maturity", "regrowth", "maturity"] or order == [
        "growth", "maturity", "decline", "regrowth", "maturity"]
    assert (phase[(true == 0) & (fits.chosen == 0)] == AGREED.index("maturity")).all()


def test_kappa_of_a_textbook_table():
    """Cohen's coefficient of two raters who agree on 20 and 15 of 50 cases."""
    share, value = kappa(np.array([[20.0, 5.0], [10.0, 15.0]]))
    assert (share, value) == (pytest.approx(0.7), pytest.approx(0.4))


def test_agreement_is_full_with_itself_none_with_chance_and_sees_a_delay():
    random = np.random.default_rng(15)
    fitted = np.repeat(random.integers(0, 4, (60, 10)), 4, axis=1)
    run = np.repeat(np.arange(6), 10)
    same = agreement(fitted + Stage.GROWTH, fitted, run, 6)
    assert same.table.loc[("four", 0, "kappa"), "value"] == 1.0
    assert same.confusion.to_numpy().sum() == fitted.size
    other = agreement(random.integers(0, 4, fitted.shape) + Stage.GROWTH, fitted, run, 6).table
    assert other.loc[("four", 0, "kappa"), "low"] < 0 < other.loc[("four", 0, "kappa"), "high"]
    late = agreement(np.roll(fitted, 4, axis=1) + Stage.GROWTH, fitted, run, 6).table
    assert late.loc[("four", 4, "share_agreeing"), "value"] == 1.0
    assert late.loc[("four", 0, "share_agreeing"), "value"] < 0.6


def test_formation_counts_as_growth_and_merging_never_lowers_agreement():
    fitted = np.array([[0, 0, 1, 1, 2, 2, 3, 3]])
    online = np.array([[Stage.FORMATION, Stage.GROWTH, Stage.GROWTH, Stage.MATURITY, Stage.DECLINE, Stage.DECLINE,
                        Stage.REGROWTH, Stage.MATURITY]])
    table = agreement(online, fitted, np.array([0]), 1).table["value"]
    assert table["four", 0, "share_agreeing"] == pytest.approx(6 / 8)
    assert table["growth and maturity as one", 0, "share_agreeing"] == pytest.approx(7 / 8)
