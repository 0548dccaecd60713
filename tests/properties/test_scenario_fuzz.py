"""Whatever stands in a scenario: a set-up the engine can take, or one clear sentence."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from alliancelab.agents.errors import ScenarioError
from alliancelab.model.instruments import INSTRUMENTS
from alliancelab.model.parameters import PARAMETERS
from alliancelab.model.setup import SIZES, Setup
from alliancelab.scenarios.scenario import load

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
year = st.floats(2000, 2030) | st.integers(2000, 2030)
points = st.lists(st.tuples(year, st.floats(0, 1)), min_size=1, max_size=4)
calendar = st.dictionaries(st.sampled_from(["step", "ramp", "table"]), points, min_size=1, max_size=2)


def near(declared, values):
    """Numbers about their bounds, calendars, and now and then anything at all."""
    item = {d.name: st.floats(d.low, d.high) | st.integers(int(d.low), int(d.high)) | values for d in declared}
    return st.fixed_dictionaries({}, optional=item)


def block(instrument):
    words = {"from": year | anything, "until": year | anything, "stages": anything}
    levers = {lever.name: st.floats(lever.low, lever.high) | calendar | anything for lever in instrument.levers}
    return st.fixed_dictionaries({}, optional={**levers, **words})


scenarios = st.fixed_dictionaries({}, optional={
    "title": st.text(max_size=8) | anything,
    "base": st.sampled_from(["no_policy", "stage_matched", "../x", "gone"]) | anything,
    # Runs are kept short, so that what is tried is the scenario and not the memory of the machine.
    "world": near([size for size in SIZES if size.name not in ("quarters", "firms")], anything) | anything,
    "parameters": near(PARAMETERS, anything) | anything,
    "policy": st.fixed_dictionaries({}, optional={i.name: block(i) | st.just(False) for i in INSTRUMENTS}) | anything,
})


def outcome(source) -> Setup | str:
    try:
        return load(source).setup(0)
    except ScenarioError as error:
        return str(error)


def is_right(result: Setup | str) -> bool:
    if isinstance(result, str):
        return 0 < len(result) < 1000
    bounds = {f"{i.name}_{lever.name}": lever for i in INSTRUMENTS for lever in i.levers}
    for name, lever in bounds.items():
        column = result.levers[name]
        low = min(lever.low, 0.0)  # outside its window or its table a lever is zero
        if not (np.isfinite(column).all() and (column >= low).all() and (column <= lever.high).all()):
            return False
    return all(isinstance(size, int) for size in result.sizes.values())


@settings(max_examples=300, deadline=None)
@given(scenarios)
def test_a_dictionary_near_a_scenario_gives_a_setup_or_a_sentence(content):
    assert is_right(outcome(content))


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(st.text(max_size=8) | st.integers(), anything, max_size=4))
def test_any_dictionary_gives_a_setup_or_a_sentence(content):
    assert is_right(outcome(content))


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_give_a_setup_or_a_sentence(tmp_path_factory, content):
    path = tmp_path_factory.mktemp("fuzz") / "fuzz.toml"
    path.write_bytes(content)
    assert is_right(outcome(path))


@settings(max_examples=100, deadline=None)
@given(st.dictionaries(st.text(max_size=12) | st.sampled_from(["world.firms", "programme_grants.amount"]), anything))
def test_any_changes_give_a_setup_or_a_sentence(changes):
    try:
        assert is_right(load("stage_matched", changes).setup(0))
    except ScenarioError as error:
        assert str(error)
