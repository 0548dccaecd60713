"""Mean courses of life: over the living and over the cohort, by group, from the peak and by share of life."""

from types import SimpleNamespace

import numpy as np
import pytest

from alliancelab.agents.codes import Reason
from alliancelab.agents.errors import UserError
from alliancelab.analysis.life.courses import courses
from alliancelab.analysis.life.drift import drift, sentence
from alliancelab.model.tables import ALLIANCES, CURVES, PANEL, table_type

QUARTERS, WARM_UP = 100, 20


def recording(lengths: list[int], height: float = 1.0) -> SimpleNamespace:
    """Alliances founded at the end of the warm-up that rise for half their life and fall; the last one before it."""
    alliances = np.zeros(len(lengths) + 1, table_type(ALLIANCES))
    alliances["founded"], alliances["founded"][-1] = WARM_UP, WARM_UP - 1
    alliances["ended"] = [WARM_UP + length if WARM_UP + length < QUARTERS else -1 for length in [*lengths, 5]]
    alliances["reason"] = np.where(alliances["ended"] < 0, Reason.ALIVE, Reason.EXPIRY)
    alliances["sector"] = np.arange(len(alliances)) % 2
    alliances["motive"] = np.linspace(0.0, 1.0, len(alliances))
    rows = [(a, age) for a, length in enumerate([*lengths, 5]) for age in range(min(length, QUARTERS - WARM_UP))]
    panel = np.zeros(len(rows), table_type(PANEL))
    panel["alliance"], panel["age"] = np.array(rows).T
    panel["quarter"] = WARM_UP + panel["age"]
    half = (np.array([*lengths, 5])[panel["alliance"]] - 1) / 2
    panel["vitality"] = height * (1.0 - np.abs(panel["age"] - half) / half)
    panel["trust"] = 0.5
    return SimpleNamespace(alliances=alliances, panel=panel, curves=np.zeros(QUARTERS, table_type(CURVES)),
                           setup=SimpleNamespace(sizes={"warm_up": WARM_UP}, year=lambda quarter: 2007 + quarter / 4))


def test_the_cohort_falls_where_the_living_keep_their_level():
    """Rows: H4. Trust is one half in every life; of four alliances two end after 20 quarters."""
    table = courses([recording([21, 21, 61, 101])], "trust").set_index("age")
    assert (table["mean"] == 0.5).all()
    assert table.loc[4.0, "cohort"] == 0.5
    assert table.loc[10.0, ["cohort", "alliances", "followed"]].tolist() == [0.25, 2, 4]
    assert table.loc[19.0, "cohort"] == 0.125
    assert table["low"].isna().all()  # one run has no interval


def test_runs_are_the_clusters_of_intervals():
    """Rows: H4."""
    table = courses([recording([41], height) for height in (0.4, 0.5, 0.6)]).set_index("age")
    middle = table.loc[5.0]
    assert middle["mean"] == pytest.approx(0.5)
    assert middle["high"] - middle["mean"] == pytest.approx(4.303 * 0.1 / np.sqrt(3), rel=1e-3)


def test_courses_are_aligned_at_the_own_peak_of_each_alliance():
    """Rows: H4. Lives of 21 and 61 quarters peak at 10 and 30; the one that is still alive has no peak yet."""
    table = courses([recording([21, 61, 101])], align="peak").set_index("years_from_peak")
    assert table["mean"].idxmax() == 0.0 and table.loc[0.0, "mean"] == 1.0
    assert table.loc[0.0, "followed"] == 2
    assert table.index.min() == -7.5
    assert table.loc[5.0, ["alliances", "followed", "cohort"]].tolist() == pytest.approx([1, 2, (1 - 20 / 30) / 2])


def test_courses_by_share_of_life_lay_lives_of_any_length_upon_each_other():
    """Rows: H4."""
    table = courses([recording([21, 61, 101])], align="share of life").set_index("share_of_life")
    assert table["mean"].to_numpy() == pytest.approx(1.0 - np.abs(table.index - 0.5) / 0.5)
    assert (table["cohort"] == table["mean"]).all() and (table["followed"] == 2).all()


def test_groups_by_length_of_life_are_complete_and_in_order():
    """Rows: H4."""
    table = courses([recording([9, 21, 40, 61, 101])], group="length of life")
    assert table["group"].cat.categories.tolist() == ["under 4 years", "4 to 8 years", "8 to 12 years",
                                                      "12 years and more"]
    start = table[table["age"] == 0].set_index("group")["followed"]
    assert start.tolist() == [1, 1, 1, 2]


@pytest.mark.parametrize(("group", "names"), [
    ("sector", ["0", "1"]), ("mixed", ["no"]), ("ended", ["ended", "alive"]), ("reason", ["alive", "expiry"]),
    ("motive", ["lowest third", "middle third", "highest third"]),
])
def test_any_column_of_alliances_makes_groups(group, names):
    made = recording([9, 21, 40, 61, 101, 101])
    table = courses([made, made], group=group)
    start = table[table["age"] == 0].set_index("group")["followed"]
    assert [name for name in table["group"].cat.categories if start.get(name, 0)] == names
    assert start.sum() == 2 * 6  # that of the warm-up is in no group


def test_a_quantity_of_ones_own_is_a_function_of_the_panel():
    made = recording([21, 40])
    twice = courses([made], lambda panel: 2.0 * panel["vitality"])
    plain = courses([made])
    assert twice["mean"].to_numpy() == pytest.approx(2.0 * plain["mean"].to_numpy(), nan_ok=True)
    assert twice["cohort"].to_numpy() == pytest.approx(2.0 * plain["cohort"].to_numpy(), nan_ok=True)
    with pytest.raises(UserError, match="gives 1 values for the"):
        courses([made], lambda panel: panel["vitality"].iloc[:1])
    with pytest.raises(UserError, match="your quantity gives no numbers"):
        courses([made], lambda panel: "many")


def test_a_subset_of_alliances_has_a_course_of_its_own():
    made = recording([21, 40, 61])
    only = courses([made], only=[np.array([False, True, False, False])])
    assert only["followed"].max() == 1 and only["mean"].max() == pytest.approx(courses([recording([40])])["mean"].max())


def test_pilots_are_those_that_were_named_at_all():
    made = recording([21, 40, 61])
    made.alliances["pilot"] = [30, -1, 44, -1]
    table = courses([made], group="pilot")
    assert table[table["age"] == 0].set_index("group")["followed"].to_dict() == {"no": 1, "yes": 2}


def test_what_is_not_there_is_answered_with_the_nearest_name():
    made = recording([21])
    with pytest.raises(UserError, match="did you mean 'trust'"):
        courses([made], "trus")
    with pytest.raises(UserError, match="did you mean 'sector'"):
        courses([made], group="sectr")
    with pytest.raises(UserError, match="did you mean 'peak'"):
        courses([made], align="peek")


def made_curves(replicates: int, slope: float) -> np.ndarray:
    """Living alliances that grow by a share of their mean a year, half of them in growth; with noise."""
    random = np.random.default_rng(3)
    curves = np.zeros((replicates, 120), table_type(CURVES))
    year = (np.arange(120) - 79.5) / 4
    curves["alliances"] = np.rint(4000 * (1 + slope * year) + random.normal(0, 40, curves.shape))
    curves["growth"] = curves["alliances"] // 2
    curves["decline"] = curves["alliances"] - curves["growth"]
    return curves


def test_a_known_drift_is_found_and_a_flat_world_is_flat():
    table = drift(made_curves(20, 0.01), 40)
    living = table.loc["living"]
    assert living["low"] < 0.01 < living["high"] and not living["flat"]
    assert living["mean"] == pytest.approx(4000, rel=0.01)
    assert abs(table.loc["growth", "trend"]) < 1e-4
    assert drift(made_curves(20, 0.0), 40).loc["living", "flat"]


def test_drift_is_told_in_one_sentence_also_of_one_run():
    text = sentence("no_policy", drift(made_curves(20, 0.01), 40))
    assert text.startswith("Drift of no_policy: living alliances +1.0 % a year [+1.0 %, +1.0 %]; shares of stages ")
    alone = sentence("no_policy", drift(made_curves(1, 0.01), 40))
    assert "living alliances +1.0 % a year;" in alone and "intervals" not in alone  # one run has none
