"""Controls follow the declarations, and what is typed into them is taken or refused in the schema's words."""

import tomllib

import pytest

from alliancelab.agents.errors import UserError
from alliancelab.dashboard.controls import (
    Change,
    Control,
    change,
    instrument_controls,
    instruments_for,
    library,
    uncertainty_controls,
)
from alliancelab.model.parameters import UNCERTAINTIES
from alliancelab.model.policy.own import known_instruments
from alliancelab.model.regional import REGIONAL
from alliancelab.scenarios.layers import library_names
from alliancelab.scenarios.scenario import load
from alliancelab.scenarios.toml_text import toml_text

BASE = "stage_matched"
USED = list(load(BASE).policy)


def controls_of(scenario: str = BASE) -> list[Control]:
    base = load(scenario)
    found = [control for one in instruments_for(base) for control in instrument_controls(base, one)]
    return found + uncertainty_controls(base)


def typed(texts: dict[str, str], instruments: list[str] = USED, stages: dict | None = None, base: str = BASE):
    return change(base, controls_of(base), texts, instruments, stages or {})


@pytest.mark.parametrize("scenario", ["no_policy", "dongying"])
def test_every_lever_and_uncertainty_has_a_control_with_its_declaration(scenario):
    """Rows: H6."""
    regional = scenario == "dongying"
    declared = {f"{one.name}.{lever.name}": lever for one in known_instruments() if regional or one not in REGIONAL
                for lever in one.levers}
    declared |= {f"parameters.{one.name}": one for one in UNCERTAINTIES}
    assert {control.key: control.declared for control in controls_of(scenario)} == declared


@pytest.mark.parametrize("scenario", library_names())
def test_controls_left_alone_change_nothing(scenario):
    base = load(scenario)
    texts = {control.key: control.text for control in controls_of(scenario)}
    stages = {one: base.policy[one].stages[::-1] for one in base.policy if hasattr(base.policy[one], "stages")}
    assert typed(texts, list(base.policy), stages, scenario) == Change(None, {})


def test_a_control_starts_at_the_value_of_the_scenario_or_at_its_calendar():
    controls = {control.key: control for control in controls_of()}
    assert controls["programme_grants.amount"].text == "3"
    assert controls["pilot_selection.number"].text == ""
    assert controls["pilot_selection.number"].calendar.startswith("0 in 2007")
    assert controls["platforms.share"].text == "0.5"  # not used there, so at its default


def test_what_is_typed_becomes_a_scenario_that_differs_in_that_alone():
    """Rows: H6."""
    found = typed({"programme_grants.amount": " 5 ", "parameters.horizon": "1.2e1"}).scenario
    expected = load(BASE, {"programme_grants.amount": 5.0, "parameters.horizon": 12.0})
    assert found.hash == expected.hash
    assert (found.name, found.base, found.title) == ("stage_matched_changed", BASE, "Changed: Stage-matched")
    assert load(tomllib.loads(toml_text(found.as_dict()))).hash == expected.hash


def test_instruments_are_added_and_taken_out_and_meet_other_stages():
    added = [one for one in USED if one != "supervision"] + ["platforms"]
    found = typed({"platforms.number": "2"}, added, {"programme_grants": ["maturity", "growth"]}).scenario
    assert list(found.policy) == [one.name for one in known_instruments() if one.name in added]
    assert found.policy["platforms"].number == 2.0
    assert found.policy["programme_grants"].stages == ("maturity", "growth")


@pytest.mark.parametrize(("key", "text", "sentence"), [
    ("programme_grants.amount", "5000", "policy.programme_grants.amount is 5000.0 and has to be at most 1000"),
    ("programme_grants.amount", "-1", "policy.programme_grants.amount is -1.0 and has to be at least 0"),
    ("programme_grants.amount", "", "policy.programme_grants.amount must be a number, not ''"),
    ("programme_grants.amount", "3 + 2", "policy.programme_grants.amount must be a number, not '3 + 2'"),
    ("programme_grants.amount", "__import__('os')", "policy.programme_grants.amount must be a number"),
    ("programme_grants.amount", "nan", "policy.programme_grants.amount must be a finite number, not nan"),
    ("parameters.horizon", "1e999", "parameters.horizon must be a finite number, not inf"),
    ("parameters.horizon", "9" * 5000, "parameters.horizon must be a finite number, not inf"),
])
def test_a_value_that_the_schema_refuses_is_answered_in_its_words(key, text, sentence):
    """Rows: H6."""
    found = typed({key: text, "supervision.intensity": "0.5"})
    assert found.scenario is None
    assert list(found.refused) == [key]
    assert found.refused[key].startswith(sentence)


def test_each_wrong_value_has_its_own_sentence():
    found = typed({"programme_grants.amount": "x", "supervision.intensity": "7", "parameters.horizon": "9"})
    assert sorted(found.refused) == ["programme_grants.amount", "supervision.intensity"]


def test_no_stage_at_all_is_refused():
    found = typed({}, stages={"programme_grants": []})
    assert "policy.programme_grants.stages must have at least one entry" in found.refused["programme_grants.stages"]


def test_what_is_wrong_together_only_is_told_for_the_whole():
    found = change("no_policy", [], {}, ["incubation"], {})
    assert found.refused == {} and "needs a [region]" in found.sentence


@pytest.mark.parametrize("name", ["../../secret", "/etc/passwd.toml", "mine.toml", "only_platforms_mid", "", "x" * 999])
def test_nothing_but_the_library_is_opened(name):
    """Rows: H6."""
    with pytest.raises(UserError, match=r"there is no scenario '.*' in the library"):
        library(name)
