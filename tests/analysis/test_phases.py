"""Phases of fitted curves mean by rest, rise and fall what the model does, and agreement is told rightly."""

import numpy as np
import pytest

from alliancelab.agents.codes import Stage
from alliancelab.analysis.life.phases import AGREED, DELAY, UNSEEN, Margins, agreement, kappa, margins_of, phases
from alliancelab.model.parameters import PARAMETERS

MARGINS = Margins(rise=0.04, decline=0.04, regrowth=0.1)


def path(*points: tuple[int, float]) -> np.ndarray:
    """Straight lines between (quarter, vitality)."""
    quarters, values = zip(*points, strict=True)
    return np.interp(np.arange(quarters[-1] + 1), quarters, values)


def order(curve: np.ndarray, formation: int = 0) -> list[str]:
    """Names of the phases of one curve as they follow one another."""
    found = phases(curve[None], np.array([formation]), np.array([curve.size]), MARGINS)[0]
    return [Stage(code).name.lower() for code in found[np.insert(np.diff(found) != 0, 0, True)]]


@pytest.mark.parametrize(("curve", "expected"), [
    # A life: rise, plateau, fall, rest on a lower level, which is decline still, rise well above it, plateau.
    (path((0, 0.2), (8, 0.6), (20, 0.6), (28, 0.4), (36, 0.4), (44, 0.6), (56, 0.6)),
     ["growth", "maturity", "decline", "regrowth", "maturity"]),
    # After re-growth decline is measured from the level that it reached, though life was better once.
    (path((0, 0.2), (8, 0.7), (20, 0.7), (28, 0.4), (36, 0.4), (44, 0.6), (56, 0.6), (64, 0.4)),
     ["growth", "maturity", "decline", "regrowth", "maturity", "decline"]),
    # A rise too small for re-growth ends decline where it leads near to the level before.
    (path((0, 0.2), (8, 0.6), (20, 0.6), (24, 0.52), (36, 0.52), (40, 0.59), (56, 0.59)),
     ["growth", "maturity", "decline", "maturity"]),
    # Growth is what leads to the first rise, however late that comes.
    (path((0, 0.2), (12, 0.2), (20, 0.6), (30, 0.6)), ["growth", "maturity"]),
    # A second rise from the plateau is re-growth, too; a small one is none.
    (path((0, 0.2), (8, 0.5), (20, 0.5), (28, 0.7), (40, 0.7)), ["growth", "maturity", "regrowth", "maturity"]),
    (path((0, 0.2), (8, 0.5), (20, 0.5), (24, 0.58), (40, 0.58)), ["growth", "maturity"]),
    (path((0, 0.2), (8, 0.6), (20, 0.6), (28, 0.3), (36, 0.6), (44, 0.6)),
     ["growth", "maturity", "decline", "regrowth", "maturity"]),
    # What never rises before it falls has no growth; what never moves is mature; slow erosion adds up to decline.
    (path((0, 0.6), (8, 0.6), (20, 0.2), (28, 0.2)), ["maturity", "decline"]),
    (path((0, 0.5), (30, 0.5)), ["maturity"]),
    (path((0, 0.5), (40, 0.3)), ["maturity", "decline"]),
])
def test_phases_follow_one_another_as_the_curve_does(curve, expected):
    """Rows: A2, H4."""
    assert order(curve) == expected


def test_formation_lasts_until_the_contract_and_nothing_is_seen_after_the_end():
    curves = np.tile(path((0, 0.2), (3, 0.2), (9, 0.6), (19, 0.6)), (2, 1))
    found = phases(curves, np.array([3, 5]), np.array([20, 12]), MARGINS)
    assert (found[0, :3] == Stage.FORMATION).all() and (found[1, :5] == Stage.FORMATION).all()
    assert found[0, 3] == Stage.GROWTH
    assert (found[1, 12:] == UNSEEN).all() and (found[1, :12] != UNSEEN).all()


def test_margins_are_those_of_the_run():
    default = {parameter.name: parameter.default for parameter in PARAMETERS}
    assert margins_of({}) == (default["rise_margin"], default["decline_margin"], default["regrowth_margin"])
    assert margins_of({"decline_margin": 0.2}).decline == 0.2


def test_kappa_of_a_textbook_table():
    """Cohen's coefficient of two raters who agree on 20 and 15 of 50 cases."""
    share, value = kappa(np.array([[20.0, 5.0], [10.0, 15.0]]))
    assert (share, value) == (pytest.approx(0.7), pytest.approx(0.4))


def test_agreement_is_full_with_itself_none_with_chance_and_sees_a_delay():
    random = np.random.default_rng(15)
    fitted = np.repeat(random.integers(1, 5, (60, 10)), DELAY, axis=1)
    run = np.repeat(np.arange(6), 10)
    same = agreement(fitted, fitted, run, 6)
    assert same.table.loc[("four", 0, "kappa"), "value"] == 1.0
    assert same.confusion.to_numpy().sum() == fitted.size
    assert tuple(same.confusion.index) == AGREED
    other = agreement(random.integers(1, 5, fitted.shape), fitted, run, 6).table
    assert other.loc[("four", 0, "kappa"), "low"] < 0 < other.loc[("four", 0, "kappa"), "high"]
    late = agreement(np.roll(fitted, DELAY, axis=1), fitted, run, 6).table
    assert late.loc[("four", DELAY, "share_agreeing"), "value"] == 1.0
    assert late.loc[("four", 0, "share_agreeing"), "value"] < 0.6


def test_formation_is_left_out_and_merging_never_lowers_agreement():
    fitted = np.array([[Stage.FORMATION, Stage.FORMATION, Stage.GROWTH, Stage.MATURITY, Stage.DECLINE, Stage.DECLINE,
                        Stage.REGROWTH, Stage.MATURITY, UNSEEN]])
    online = np.array([[Stage.FORMATION, Stage.FORMATION, Stage.GROWTH, Stage.GROWTH, Stage.DECLINE, Stage.DECLINE,
                        Stage.REGROWTH, Stage.REGROWTH, 0]])
    found = agreement(online, fitted, np.array([0]), 1)
    assert found.confusion.to_numpy().sum() == 6
    assert found.table["value"]["four", 0, "share_agreeing"] == pytest.approx(4 / 6)
    assert found.table["value"]["growth and maturity as one", 0, "share_agreeing"] == pytest.approx(5 / 6)
