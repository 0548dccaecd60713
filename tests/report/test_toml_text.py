"""A scenario written out in full is read again as the same scenario."""

import tomllib

import pytest

from alliancelab.scenarios.layers import library_names
from alliancelab.scenarios.scenario import load
from alliancelab.scenarios.toml_text import toml_text


@pytest.mark.parametrize("name", library_names())
def test_every_scenario_of_the_library_is_read_again_from_its_text(name, tmp_path):
    """Rows: H2."""
    scenario = load(name)
    file = tmp_path / f"{name}.toml"
    file.write_text(toml_text(scenario.as_dict()), encoding="utf-8")
    again = load(file)
    assert again.hash == scenario.hash
    assert (again.title, again.purpose, again.source) == (scenario.title, scenario.purpose, scenario.source)


HOSTILE = "</script><script>alert(1)</script> \"quoted\" \\ back \n line \t tab \x7f \x01 {{ 7*7 }} 联盟 \U0001f600"


def test_words_of_any_characters_survive(tmp_path):
    scenario = load({"title": HOSTILE, "purpose": HOSTILE, "base": "no_policy"})
    file = tmp_path / "hostile.toml"
    file.write_text(toml_text(scenario.as_dict()), encoding="utf-8")
    assert load(file).title == HOSTILE
    assert load(file).hash == scenario.hash


def test_calendars_windows_stages_and_numbers_survive(tmp_path):
    policy = {"programme_grants": {"amount": {"ramp": [[2007, 1e-5], [2012.5, 3]]}, "budget": 1e6, "from": 2008,
                                   "until": 2015.25, "stages": ["growth", "maturity"]}}
    scenario = load({"title": "Numbers", "policy": policy, "parameters": {"pace": 0.1 + 0.2}})
    file = tmp_path / "numbers.toml"
    file.write_text(toml_text(scenario.as_dict()), encoding="utf-8")
    assert load(file).hash == scenario.hash


def test_sections_that_are_to_come_are_written_as_they_are():
    """A document may hold more than worlds, parameters and policy; every table of it is there again."""
    document = {"name": "n", "title": "t", "base": None, "hash": "0", "world": {"firms": 3},
                "region": {"share": 0.2, "carriers": [{"kind": "park", "rank": 2}]},
                "scorecard": {"patents": {"start": 3, "years": [2014, 2015]}}, "policy": {}}
    read = tomllib.loads(toml_text(document))
    assert read == {key: document[key] for key in ("title", "world", "region", "scorecard")}
