"""Survival over runs: no immortal time, censored spells, estimates as lifelines has them, doors of re-growth."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from lifelines import KaplanMeierFitter

from alliancelab.agents.codes import Door, Event, Stage
from alliancelab.analysis.life import survival
from alliancelab.analysis.life.ages import kaplan_meier
from alliancelab.model.tables import ALLIANCES, EVENTS, PANEL, table_type

QUARTERS, WARM_UP = 80, 10


def recording(founded, ended, payments=(), events=(), pilot=None) -> SimpleNamespace:
    """Made-up run: alliances with these quarters, payments as (alliance, quarters), events as in the log."""
    alliances = np.zeros(len(founded), table_type(ALLIANCES))
    alliances["founded"], alliances["ended"], alliances["pilot"] = founded, ended, -1
    if pilot is not None:
        alliances["pilot"] = pilot
    log = np.zeros(len(events), table_type(EVENTS))
    for row, (quarter, event, alliance, value) in zip(log, events, strict=True):
        row["quarter"], row["event"], row["alliance"], row["value"] = quarter, event, alliance, value
    money = np.zeros((len(founded), QUARTERS))
    for alliance, quarters in payments:
        money[alliance, quarters] += 1.0
    money = np.cumsum(money, axis=1)
    last = np.where(alliances["ended"] < 0, QUARTERS, alliances["ended"])
    lived = [(a, q) for a in range(len(founded)) for q in range(founded[a], last[a])]
    panel = np.zeros(len(lived), table_type(PANEL))
    panel["alliance"], panel["quarter"] = np.array(lived).reshape(-1, 2).T
    panel["public_total"] = money[panel["alliance"], panel["quarter"]]
    alliances["public_total"] = money[np.arange(len(founded)), np.minimum(last, QUARTERS - 1)]
    return SimpleNamespace(alliances=alliances, events=log, panel=panel, curves=np.zeros(QUARTERS),
                           setup=SimpleNamespace(sizes={"warm_up": WARM_UP}))


def test_every_quarter_of_life_counts_once_and_the_warm_up_not():
    rows = survival.quarters_at_risk([recording([5, 10, 20, 30], [30, 14, -1, 30])])
    assert rows.groupby("alliance").size().to_dict() == {1: 5, 2: QUARTERS - 20, 3: 1}
    assert rows.loc[rows["ended"], "age"].tolist() == [4, 0]  # the last did not outlive the quarter of its founding


def test_an_alliance_is_supported_in_the_quarters_of_payment_and_funded_ever_after():
    """Rows: H4."""
    payments = [(0, range(20, 23)), (0, range(30, 38)), (2, [15])]
    rows = survival.quarters_at_risk([recording([10, 10, 10], [-1, -1, 15], payments, pilot=[-1, 40, -1])])
    supported = rows[rows["supported"]].assign(quarter=lambda t: t["age"] + 10)
    assert supported.loc[supported["alliance"] == 0, "quarter"].tolist() == [20, 21, 22, *range(30, 38)]
    assert rows.loc[rows["alliance"] == 0, "funded"].sum() == QUARTERS - 20
    assert rows.loc[rows["alliance"] == 1, "pilot"].sum() == QUARTERS - 40
    assert rows.loc[rows["alliance"] == 2, "supported"].tolist() == [False] * 5 + [True]  # paid, and ended after it


def test_episodes_join_quarters_without_loss():
    rows = survival.quarters_at_risk([recording([10], [40], [(0, range(20, 28))])])
    table = survival.episodes(rows)
    assert table[["start", "stop"]].to_numpy().tolist() == [[0, 10], [10, 18], [18, 31]]
    assert table["supported"].tolist() == [False, True, False]
    assert table["ended"].tolist() == [False, False, True]


def test_a_treatment_without_effect_that_begins_during_life_saves_nobody():
    """Rows: H4. Whoever is granted late has lived long: comparing those ever granted with the others shows a saving."""
    random, runs = np.random.default_rng(41), []
    for _ in range(10):
        founded = np.full(150, WARM_UP)
        life = random.geometric(0.05, 150)
        ended = np.where(founded + life < QUARTERS, founded + life, -1)
        granted = founded + random.integers(1, 40, 150)
        last = np.where(ended < 0, QUARTERS - 1, ended)  # the government acts before an alliance ends in a quarter
        payments = [(a, [q]) for a, q in enumerate(granted) if q <= last[a]]
        runs.append(recording(founded, ended, payments))
    rows = survival.quarters_at_risk(runs)
    found = survival.hazard_ratio(survival.episodes(rows), "funded", 10)
    assert found.low < 0.0 < found.high
    ever = rows.groupby(["run", "alliance"])["funded"].transform("any")
    naive = rows.loc[ever, "ended"].mean() / rows.loc[~ever, "ended"].mean()
    assert naive < 0.5
    table = survival.hazards(rows, 10)["hazard"]
    assert table["funded", True] / table["funded", False] == pytest.approx(1.0, abs=0.2)


def test_a_treatment_that_halves_the_hazard_is_seen_to_do_so():
    """Rows: H4."""
    random, parts = np.random.default_rng(42), []
    for run in range(10):
        treated = random.random(200) < 0.5
        life, watched = random.geometric(np.where(treated, 0.03, 0.06)), random.integers(10, 80, 200)
        parts.append(pd.DataFrame({"run": run, "start": 0, "stop": np.minimum(life, watched), "ended": life <= watched,
                                   "treated": treated}))
    found = survival.hazard_ratio(pd.concat(parts, ignore_index=True), "treated", 10)
    assert np.exp(found.value) == pytest.approx(0.5, abs=0.08)
    assert found.high < 0.0


def test_too_few_endings_give_no_hazard_ratio():
    table = pd.DataFrame({"run": [0, 1], "start": 0, "stop": [5, 6], "ended": True, "treated": [0, 1]})
    assert np.isnan(survival.hazard_ratio(table, "treated", 2).value)


def test_own_estimates_equal_those_of_lifelines():
    """Rows: H4. Own code is kept for resampling runs; this pins it to the library."""
    random = np.random.default_rng(43)
    life, watched = random.geometric(0.06, 150), random.integers(1, 50, 150)
    lived, ended = np.minimum(life, watched), life <= watched
    library = KaplanMeierFitter().fit(lived, ended)
    own = kaplan_meier(lived, ended)
    ages = np.unique(lived)
    expected = library.survival_function_at_times(ages).to_numpy()
    assert own.survival[ages] == pytest.approx(expected)
    leaving, ending = np.bincount(lived), np.bincount(lived[ended], minlength=lived.max() + 1)
    assert survival.weighted_kaplan_meier(ending, leaving)[ages] == pytest.approx(expected)
    bounds = library.confidence_interval_
    inside = ages[(expected < 1) & (expected > 0)]
    assert own.low[inside] == pytest.approx(bounds.iloc[:, 0].loc[inside].to_numpy())
    assert own.high[inside] == pytest.approx(bounds.iloc[:, 1].loc[inside].to_numpy())


def lives(stages: list[list[int]], ended: list[bool]) -> SimpleNamespace:
    """Made-up run of alliances founded at the end of the warm-up that go through these stages."""
    made = recording([WARM_UP] * len(stages), [WARM_UP + len(s) if e else -1 for s, e in
                                               zip(stages, ended, strict=True)])
    panel = np.zeros(sum(map(len, stages)), table_type(PANEL))
    rows = [(a, q, s) for a, life in enumerate(stages) for q, s in enumerate(life)]
    panel["alliance"], panel["age"], panel["stage"] = np.array(rows).T
    panel["quarter"] = WARM_UP + panel["age"]
    made.panel = panel
    return made


def test_spells_tell_what_follows_and_what_was_cut_off():
    """Rows: A2, H4."""
    made = lives([[0, 1, 1, 3, 3, 3, 4], [1, 1]], [True, False])
    table = survival.spells([made])
    assert table["stage"].tolist() == ["formation", "growth", "decline", "regrowth", "growth"]
    assert table["quarters"].tolist() == [1, 2, 3, 1, 2]
    assert table["following"].tolist() == ["growth", "decline", "regrowth", "ended", ""]
    assert table["began"].tolist() == [0, 1, 3, 6, 0]


def test_median_durations_are_not_shortened_by_the_end_of_the_run():
    """Rows: H4. Durations with a hazard of 0.1 a quarter have a median of 7 quarters."""
    random = np.random.default_rng(44)
    run = np.repeat(np.arange(8), 200)
    life, watched = random.geometric(0.1, run.size), random.integers(1, 15, run.size)
    table = pd.DataFrame({"run": run, "stage": "growth", "quarters": np.minimum(life, watched),
                          "following": np.where(life <= watched, "decline", "")})
    line = survival.stage_durations(table, 8).loc["growth"]
    assert line["median_low"] <= 7 / 4 <= line["median_high"]
    assert line["cut_off"] > 0.3
    assert table["quarters"].median() < 6
    assert line["to_decline"] == 1.0


def test_a_door_is_that_of_the_project_that_carried_the_rise():
    """Rows: A3."""
    events = [(24, Event.REGROWN, 0, Door.OPPORTUNITY), (25, Event.REGROWN, 1, Door.CONTINUOUS_INNOVATION),
              (41, Event.REGROWN, 2, Door.REENGINEERING), (41, Event.STAGE, 3, Stage.DECLINE),
              (41, Event.REGROWN, 4, Door.OPPORTUNITY)]
    table = survival.doors([recording([10, 10, 10, 10, 9], [-1] * 5, events=events)])
    assert table["entries"].to_dict() == {"none": 0, "risk_avoidance": 0, "opportunity": 1,
                                          "continuous_innovation": 1, "reengineering": 1}
    assert table["share"].sum() == pytest.approx(1.0)
