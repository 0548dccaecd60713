"""Designs: points where each method wants them, declared bounds, mistakes answered before anything runs."""

import os

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alliancelab.agents.errors import ScenarioError, UserError
from alliancelab.model.parameters import PARAMETERS
from alliancelab.scenarios.scenario import load
from alliancelab.scenarios.sweep.design import DesignFile, design_names, load_design
from alliancelab.scenarios.sweep.estimate import estimate
from alliancelab.scenarios.sweep.plan import scenario_at
from alliancelab.scenarios.sweep.planning import new_runs, runs_asked
from alliancelab.scenarios.sweep.points import points_of
from alliancelab.scenarios.sweep.pool import open_shards
from alliancelab.scenarios.sweep.run import plan_sweep
from alliancelab.scenarios.sweep.work import do_shard
from tests.support.sweeps import TINY, design, finished, planned, table_of

AMOUNT, RATE, START, SEATS = ("programme_grants.amount", "parameters.pace", "programme_grants.from",
                              "parameters.floor_patience")


def points(**changes) -> np.ndarray:
    return points_of(load_design(design(**changes)))


def test_bounds_that_are_not_given_are_the_declared_ones():
    """Rows: H5."""
    factors = {factor.name: factor for factor in load_design(design()).factors}
    declared = {parameter.name: parameter for parameter in PARAMETERS}["pace"]
    assert (factors[RATE].low, factors[RATE].high) == (declared.low, declared.high)
    assert (factors[START].low, factors[START].high) == (2007, 2012)  # 20 quarters of policy in the tiny world
    assert factors[SEATS].integer and factors[AMOUNT].unit == "million yuan a year per grant"


@pytest.mark.parametrize("method", ["lhs", "sobol", "morris", "saltelli"])
def test_sampled_points_fill_the_bounds_and_whole_numbers_stay_whole(method):
    """Rows: H5."""
    samples = 64
    found = points(method=method, samples=samples)
    assert len(found) == {"lhs": samples, "sobol": samples, "morris": 5 * samples, "saltelli": 6 * samples}[method]
    assert len(found) * 20 == runs_asked(load_design(design(method=method, samples=samples)))
    for j, factor in enumerate(load_design(design()).factors):
        assert factor.low <= found[:, j].min() and found[:, j].max() <= factor.high
        assert np.ptp(found[:, j]) > 0.9 * (factor.high - factor.low)
    seats = found[:, 3]
    assert set(seats) == {1.0, 2.0, 3.0, 4.0}
    assert np.array_equal(found, points(method=method, samples=samples))
    assert not np.array_equal(found, points(method=method, samples=samples, design_seed=1))


def test_a_latin_hypercube_has_one_point_in_each_slice_of_each_factor():
    """Rows: H5."""
    found = points(samples=50)
    slices = np.floor((found[:, 0] - 1.0) / 5.0 * 50).astype(int)
    assert sorted(slices) == list(range(50))


def test_a_trajectory_changes_one_factor_at_a_time():
    """Rows: H5."""
    found = points(method="morris", samples=10).reshape(10, 5, 4)
    assert (np.count_nonzero(np.diff(found, axis=1), axis=2) == 1).all()


def test_a_grid_has_every_combination_and_one_at_a_time_leaves_the_others_alone():
    """Rows: H5."""
    factors = {AMOUNT: {"values": [1, 3, 5]}, SEATS: {"low": 1, "high": 4}}
    grid = points(method="grid", samples=None, steps=4, factors=factors)
    assert {tuple(point) for point in grid} == {(a, s) for a in (1, 3, 5) for s in (1, 2, 3, 4)}
    alone = points(method="oat", samples=None, steps=4, factors=factors)
    assert np.isnan(alone[0]).all() and len(alone) == 1 + 3 + 4
    assert (np.isfinite(alone[1:]).sum(axis=1) == 1).all()


def test_listed_points_leave_what_they_do_not_name_as_it_is(tmp_path):
    """Rows: H5."""
    listed = design(method="list", samples=None, factors=None,
                    points=[{AMOUNT: 2, "programme_grants": {"from": 2009}}, {AMOUNT: 5}])
    found = points_of(load_design(listed))
    assert np.array_equal(found, [[2, 2009], [5, np.nan]], equal_nan=True)
    (tmp_path / "points.csv").write_text(f"{AMOUNT},{START}\n2,2009\n5,\n")
    (tmp_path / "d.toml").write_text(
        'scenarios = ["stage_matched"]\nmethod = "table"\ntable = "points.csv"\n', encoding="utf-8")
    assert np.array_equal(points_of(load_design(tmp_path / "d.toml")), found, equal_nan=True)
    base = load("stage_matched")
    at = scenario_at(base, load_design(listed).factors, found[1].tolist())
    assert at.hash == load(base, {AMOUNT: 5.0}).hash


def test_factors_may_be_written_as_nested_tables(tmp_path):
    (tmp_path / "d.toml").write_text(
        'scenarios = ["stage_matched"]\nmethod = "lhs"\nsamples = 4\n[factors.programme_grants]\namount = {}\n'
        '[factors]\n"parameters.pace" = { high = 0.5 }\n', encoding="utf-8")
    assert [factor.name for factor in load_design(tmp_path / "d.toml").factors] == [AMOUNT, RATE]


@given(amount=st.floats(0.5, 8), rate=st.floats(0.05, 0.8), seats=st.integers(1, 4), start=st.floats(2007, 2011))
def test_a_run_of_the_plan_is_the_run_of_the_scenario_with_these_values(amount, rate, seats, start):
    """Rows: H5."""
    base = load("stage_matched", TINY)
    factors = load_design(design()).factors
    at = scenario_at(base, factors, [amount, start, rate, float(seats)])
    assert at.hash == load("stage_matched", {**TINY, AMOUNT: amount, RATE: rate, SEATS: seats, START: start}).hash


# --- the plan ------------------------------------------------------------------------------------------------------


def test_a_plan_names_every_run_by_model_scenario_and_seed(tmp_path):
    """Rows: H5."""
    sweep = planned(tmp_path / "s", scenarios=["stage_matched", "formation_only"], samples=3, replicates=4)
    plan = [row for shard in sweep.shards() for row in sweep.rows(shard).to_pylist()]
    assert [number for shard in sweep.shards() for number in sweep.numbers(shard)] == list(range(24))
    assert (sweep.points, sweep.replicates, sweep.runs) == (3, 4, 24)
    assert [row["run"] for row in plan] == list(range(24))
    assert len({row["run_id"] for row in plan}) == 24
    assert [row["seed"] for row in plan[:5]] == [0, 1, 2, 3, 0]
    again = planned(tmp_path / "t", scenarios=["stage_matched", "formation_only"], samples=3, replicates=4)
    assert again.manifest["plan"] == sweep.manifest["plan"]


def test_replicates_added_later_change_no_earlier_run(tmp_path):
    """Rows: H5."""
    few = finished(planned(tmp_path / "s", replicates=5))
    before = table_of(few)
    assert plan_sweep(design(replicates=5), tmp_path / "s").estimate is None  # nothing to add
    more = plan_sweep(design(replicates=9, title="More"), tmp_path / "s").sweep
    assert more.runs == 90 and len(more.blocks) == 2
    for shard in open_shards(more, more.shards()):
        do_shard(more, shard)
    table = table_of(more)
    assert table.slice(0, 50).select(["run_id", "patents"]).equals(before.select(["run_id", "patents"]))
    at_once = table_of(finished(planned(tmp_path / "t", replicates=9)))
    by_id = {row["run_id"]: row["patents"] for row in at_once.to_pylist()}
    assert {row["run_id"]: row["patents"] for row in table.to_pylist()} == by_id


def test_curves_are_yearly_means_after_the_warm_up(tmp_path):
    """Rows: H5."""
    import alliancelab as al

    sweep = finished(planned(tmp_path / "s", method="oat", samples=None, replicates=2, keep=["outcomes", "curves"],
                             factors={AMOUNT: {"values": [3]}}))
    kept = table_of(sweep).to_pylist()[1]
    run = al.run("stage_matched", seed=1, overrides=TINY)
    yearly = run.curves["alliances"].to_numpy()[4:].reshape(5, 4).mean(axis=1)
    assert np.allclose(kept["curve.alliances"], yearly, rtol=1e-12) and kept["patents"] == run.outcomes["patents"]


def test_a_plan_says_how_long_and_how_large_and_wants_a_yes_for_much(tmp_path, monkeypatch):
    """Rows: H5."""
    checked = load_design(design())
    cost = estimate(checked, new_runs(checked, None))
    assert cost.runs == 200 and 1e-5 < cost.seconds_a_run < 1 and 0 < cost.megabytes < 5 and not cost.wants_a_yes
    monkeypatch.setattr("alliancelab.scenarios.sweep.estimate.LONG", cost.seconds / 100)
    with pytest.raises(UserError, match=r"200 runs take about .* say --yes"):
        plan_sweep(design(), tmp_path / "s")
    assert not (tmp_path / "s").exists()
    assert plan_sweep(design(), tmp_path / "s", yes=True).sweep.runs == 200


def test_an_instrument_of_this_process_only_is_refused(tmp_path):
    import alliancelab as al

    levers = (al.Lever("visits", 0.0, 0.0, 100.0, "percent a year", "assumed", "Firms visited."),
              al.Lever("budget", 0.0, 0.0, 100.0, "million yuan a year", "assumed", "What it may cost."))
    al.register(al.Instrument("engineers", "Engineers", "formation", (), "All firms.", "Visits.", "Need.", "Money.",
                              "None.", "visits", levers, act=lambda quarter: None))
    try:
        with pytest.raises(ScenarioError, match="'engineers' is known to this process only"):
            plan_sweep(design(factors={"engineers.visits": {}}, set={**TINY, "engineers.budget": 1}), tmp_path / "s")
    finally:
        al.withdraw("engineers")


def test_designs_that_come_with_the_package_are_right():
    """Rows: H5."""
    assert design_names()
    for name in design_names():
        assert runs_asked(load_design(name)) > 1


# --- mistakes ------------------------------------------------------------------------------------------------------

MISTAKES = {
    "unknown key": ({"sample": 3}, "sample is not known here; did you mean 'samples'?"),
    "unknown method": ({"method": "lsh"}, "method is 'lsh'; did you mean 'lhs'?"),
    "unknown scenario": ({"scenarios": ["stage_match"]}, "did you mean 'stage_matched'?"),
    "no scenario": ({"scenarios": []}, "scenarios must have at least one entry"),
    "scenario twice": ({"scenarios": ["no_policy", "no_policy"]}, "scenarios names 'no_policy' twice"),
    "no method": ({"method": None}, "method is missing"),
    "no factor": ({"factors": {}}, "factors names nothing to vary"),
    "unknown lever": ({"factors": {"programme_grants.amuont": {}}},
                      "factors.programme_grants.amuont is not known here; did you mean 'amount'?"),
    "unknown instrument": ({"factors": {"program_grants.amount": {}}}, "did you mean 'programme_grants'?"),
    "unknown parameter": ({"factors": {"parameters.pacee": {}}}, "did you mean 'pace'?"),
    "unknown word": ({"factors": {AMOUNT: {"hi": 3}}}, f"factors.{AMOUNT}.hi is not known here; did you mean 'high'?"),
    "too high": ({"factors": {AMOUNT: {"high": 1e6}}}, f"factors.{AMOUNT}.high is 1e+06 and has to be at most"),
    "too low": ({"factors": {AMOUNT: {"low": -1}}}, f"factors.{AMOUNT}.low is -1 and has to be at least 0"),
    "upside down": ({"factors": {AMOUNT: {"low": 3, "high": 2}}}, f"factors.{AMOUNT}.low is 3 and has to be less"),
    "not a number": ({"factors": {AMOUNT: {"low": float("nan")}}}, f"factors.{AMOUNT}.low must be a finite number"),
    "infinite": ({"factors": {AMOUNT: {"high": float("inf")}}}, f"factors.{AMOUNT}.high must be a finite number"),
    "a text": ({"factors": {AMOUNT: {"high": "5"}}}, f"factors.{AMOUNT}.high must be a number, not '5'"),
    "no table": ({"factors": {AMOUNT: 5}}, f"factors.{AMOUNT}"),
    "half a firm": ({"factors": {SEATS: {"low": 1.5}}}, f"factors.{SEATS}.low must be a whole number"),
    "values sampled": ({"factors": {AMOUNT: {"values": [1, 2]}}}, "values means nothing to the method lhs"),
    "values and bounds": ({"method": "grid", "samples": None, "factors": {AMOUNT: {"values": [1], "low": 0}}},
                          "has values and bounds"),
    "grid without steps": ({"method": "grid", "samples": None}, "wants values, or the design steps"),
    "no samples": ({"samples": None}, "samples is missing"),
    "zero samples": ({"samples": 0}, "samples is 0 and has to be at least 1"),
    "samples of a grid": ({"method": "grid", "steps": 2}, "samples means nothing to the method grid"),
    "not a power of two": ({"method": "saltelli", "samples": 100}, "samples is 100 and has to be a power of two"),
    "odd levels": ({"method": "morris", "levels": 5}, "levels is 5 and has to be an even number"),
    "too few whole numbers": ({"method": "morris", "factors": {SEATS: {"low": 1, "high": 3}, AMOUNT: {}}},
                              "has 3 whole numbers and Morris needs"),
    "one factor": ({"method": "saltelli", "samples": 4, "factors": {AMOUNT: {}}}, "must have at least two"),
    "negative seed": ({"first_seed": -1}, "first_seed is -1 and has to be at least 0"),
    "huge seed": ({"first_seed": 2**63 - 5}, "leaves no room for 20 seeds"),
    "no replicates": ({"replicates": 0}, "replicates is 0"),
    "unknown keep": ({"keep": ["curve"]}, "did you mean 'curves'?"),
    "unknown change": ({"set": {"world.firmz": 3}}, "did you mean 'firms'?"),
    "point out of bounds": ({"method": "list", "samples": None, "factors": None, "points": [{AMOUNT: 1}, {AMOUNT: -3}]},
                            f"points.1.{AMOUNT} is -3 and has to be at least 0"),
    "point with a text": ({"method": "list", "samples": None, "factors": None, "points": [{AMOUNT: "x"}]},
                          f"points.0.{AMOUNT} must be a finite number, not 'x'"),
    "factors of a list": ({"method": "list", "samples": None, "points": [{AMOUNT: 1}]}, "its points name them"),
    "missing table": ({"method": "table", "samples": None, "factors": None, "table": "gone.csv"}, "not there"),
    "dates crossed": ({"method": "list", "samples": None, "factors": None,
                       "points": [{START: 2010, "programme_grants.until": 2009}]},
                      f"point 0 over stage_matched ({START} = 2010, programme_grants.until = 2009)"),
    "sectors over firms": ({"factors": {"world.firms": {"low": 2, "high": 9}, "world.sectors": {"low": 20}}},
                           "point 0 over stage_matched"),
    "too many": ({"samples": 9_000_000}, "at most 10,000,000"),
}


@pytest.mark.parametrize("changes, answer", MISTAKES.values(), ids=MISTAKES.keys())
def test_a_mistake_is_answered_with_path_and_reason_and_nothing_is_written(changes, answer, tmp_path):
    """Rows: H5."""
    with pytest.raises(UserError) as refused:
        plan_sweep(design(**changes), tmp_path / "s")
    assert answer in str(refused.value)
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("text, answer", [
    ("", "the file is empty"), ("method = ", "not valid TOML"), ("samples = 1\nsamples = 2", "a key is given twice")])
def test_a_file_that_is_not_right_is_named(tmp_path, text, answer):
    (tmp_path / "d.toml").write_text(text)
    with pytest.raises(ScenarioError, match=r"d\.toml: .*" + answer):
        load_design(tmp_path / "d.toml")
    with pytest.raises(ScenarioError, match=r"gone\.toml: there is no such file"):
        load_design(tmp_path / "gone.toml")


_values = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 2**70) | st.floats() | st.text(max_size=8)
    | st.sampled_from([AMOUNT, "stage_matched", "low", "grid", "../x.toml", "programme_grants"]),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.sampled_from([AMOUNT, START, "low", "high", "values", "parameters", "x.y"]),
                      inner, max_size=3), max_leaves=6)


@settings(max_examples=300)
@given(key=st.sampled_from([*DesignFile.model_fields, "x"]), value=_values,
       method=st.sampled_from(["grid", "lhs", "list", "table", "morris", "oat"]))
def test_whatever_a_design_says_it_is_a_design_or_one_sentence(key, value, method):
    """Rows: H5."""
    own = {"grid": {"steps": 2}, "oat": {"steps": 2}, "list": {"points": [{AMOUNT: 1}], "factors": None},
           "table": {"table": "x.csv", "factors": None}}.get(method, {"samples": 4})
    try:
        checked = load_design(design(**{"samples": None, "method": method, **own, key: value}))
    except UserError as error:
        assert len(str(error).splitlines()) == 1
    else:
        assert runs_asked(checked) >= 1 and checked.factors
