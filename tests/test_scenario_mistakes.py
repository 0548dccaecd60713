"""What a mistake in a scenario file is answered with."""

import pytest

import alliancelab as al
from alliancelab.agents.errors import ScenarioError, UserError
from alliancelab.scenarios.layers import LARGEST_FILE
from alliancelab.scenarios.scenario import load
from tests.support.scenarios import written

MISTAKES = {
    "unknown key": ("fims = 3", "fims is not known here"),
    "key in the wrong place": ("firms = 3", r"firms belongs in \[world\]"),
    "unknown size": ("[world]\nfirmz = 3", "world.firmz is not known here; did you mean 'firms'"),
    "unknown instrument": ("[policy.supervison]\nreview = 1", "policy.supervison .* did you mean 'supervision'"),
    "unknown lever": ("[policy.startup_subsidy]\nshre = 0.4", "startup_subsidy.shre .* did you mean 'share'"),
    "unknown calendar": ("[policy.startup_subsidy]\nshare = { stp = [[2007, 0.1]] }", "did you mean 'step'"),
    "two calendars": ("[policy.startup_subsidy]\nshare = { step = [[2007, 0]], ramp = [[2007, 0]] }", "exactly one"),
    "years that fall": ("[policy.startup_subsidy]\nshare = { ramp = [[2012, 0.1], [2010, 0.2]] }", "rising order"),
    "half a year in a table": ("[policy.startup_subsidy]\nshare = { table = [[2012.5, 0.1]] }", "whole years"),
    "year without value": ("[policy.startup_subsidy]\nshare = { step = [[2012]] }", "a pair of a year and a value"),
    "value out of bounds in a calendar": ("[policy.startup_subsidy]\nshare = { step = [[2012, 4]] }", "bounds 0 to 1"),
    "boolean for a number": ("[world]\nfirms = true", "world.firms must be a whole number, not true"),
    "text for a number": ('[policy.startup_subsidy]\nshare = "much"', "share must be a number, not 'much'"),
    "fraction for a count": ("[world]\nfirms = 1.5", "world.firms must be a whole number, not 1.5"),
    "number for a title": ("title = 3", "title must be text in quotes"),
    "number for a section": ("world = 3", "world must be a table of names and values"),
    "true for an instrument": ("[policy]\nsupervision = true", "policy.supervision must be a table"),
    "too small": ("[world]\nfirms = 0", "world.firms is 0 and has to be at least 2"),
    "a lever called number": ("[policy.platforms]\nnumber = 'x'", "policy.platforms.number must be a number, not 'x'"),
    "too large": ("[policy.startup_subsidy]\nshare = 1.5", "share is 1.5 and has to be at most 1"),
    "negative budget": ("[policy.startup_subsidy]\nbudget = -1", "budget is -1 and has to be at least 0"),
    "nan": ("[policy.startup_subsidy]\nshare = nan", "share must be a finite number, not nan"),
    "infinity": ("[policy.startup_subsidy]\nbudget = inf", "budget must be a finite number, not inf"),
    "nan in a calendar": ("[policy.startup_subsidy]\nshare = { step = [[2012, nan]] }", "finite number"),
    "closed window": ("[policy.startup_subsidy]\nfrom = 2010\nuntil = 2010", "until .2010. later than from"),
    "unknown stage": ('[policy.programme_grants]\nstages = ["grwth"]', "did you mean 'growth'"),
    "no stage": ("[policy.programme_grants]\nstages = []", "at least one entry"),
    "stages where there are none": ('[policy.startup_subsidy]\nstages = ["growth"]', "stages is not known here"),
    "run that ends in its warm-up": ("[world]\nquarters = 20", "quarters is 20 and has to be more than world.warm_up"),
    "more sectors than firms": ("[world]\nfirms = 3", "world.sectors is 4 and has to be at most world.firms, 3"),
    "duplicate key": ('title = "a"\ntitle = "b"\n[world]', "a key is given twice .at line 2"),
    "duplicate table": ("[world]\nfirms = 3\n[world]\n", "a key is given twice .at line 3"),
    "not toml": ("title = ", "not valid TOML, invalid value"),
    "missing base": ('base = "no_polcy"', "no base 'no_polcy' in the library; did you mean 'no_policy'"),
    "missing base file": ('base = "gone.toml"', "base 'gone.toml' is not in the same folder"),
    "base that climbs": ('base = "../other.toml"', "has to be a name of the library"),
    "base that is its own": ('base = "mine.toml"', "round in a circle"),
    "empty": ("", "the file is empty"),
    "deep nesting": ("a = " + "[" * 100_000, "nested too deep"),
    "endless number": ("[world]\nfirms = " + "9" * 5000, "a value cannot be read"),
    "huge number": ("[world]\nfirms = " + "9" * 400, "longer than 64 bits"),
    "not utf-8": (b"title = '\xff'", "byte 10 is not UTF-8"),
    "zero byte": (b"title = '\0'", "invalid character"),
    "large file": (b"#" * (LARGEST_FILE + 1), "larger than 1 MB"),
}


@pytest.mark.parametrize("text, answer", MISTAKES.values(), ids=MISTAKES.keys())
def test_a_mistake_in_a_file_is_answered_with_place_and_remedy(text, answer, tmp_path):
    with pytest.raises(ScenarioError, match=answer) as caught:
        load(written(tmp_path, text))
    message = str(caught.value)
    assert "mine.toml" in message, "the message names the file"
    assert "\n" not in message and len(message) < 500, "the message is one sentence"


def test_a_circle_of_bases_is_shown(tmp_path):
    written(tmp_path, 'base = "two.toml"', "one.toml")
    written(tmp_path, 'base = "one.toml"', "two.toml")
    with pytest.raises(ScenarioError, match=r"one\.toml -> .*two\.toml -> .*one\.toml"):
        load(tmp_path / "one.toml")


def test_a_mistake_in_the_base_is_blamed_on_the_base(tmp_path):
    written(tmp_path, "[world]\nfirmz = 3", "below.toml")
    with pytest.raises(ScenarioError, match=r"below\.toml: world\.firmz"):
        load(written(tmp_path, 'base = "below.toml"'))


@pytest.mark.parametrize("name", ["../no_policy", "no_policy/", "/etc/passwd", "no policy", "", "x" * 65, "a\0b", "."])
def test_a_name_that_could_be_a_path_is_no_library_name(name):
    with pytest.raises(ScenarioError):
        load(name)


@pytest.mark.parametrize("path", ["/dev/zero.toml", "gone.toml", "a\0.toml", "x" * 300 + ".toml"])
def test_a_file_that_cannot_be_read_is_answered_in_a_sentence(path):
    with pytest.raises(ScenarioError):
        load(path)


def test_a_folder_is_no_scenario(tmp_path):
    (tmp_path / "folder.toml").mkdir()
    with pytest.raises(ScenarioError, match="no such file"):
        load(tmp_path / "folder.toml")


@pytest.mark.parametrize("changes", [{"programe.amount": 5}, {"base": "no_policy"}, {"world": 1, "world.firms": 3},
                                     {"world.firms.x": 3}, {"": 1}, {"programme_grants.": 1}, {3: 1}])
def test_a_change_that_fits_nowhere_is_refused(changes):
    with pytest.raises(ScenarioError):
        load("stage_matched", changes)


def test_dictionaries_are_named_by_their_titles_so_that_two_can_be_compared():
    """Rows: H2."""
    one, other = ({"title": title, "base": "no_policy", "world": {"quarters": 60}} for title in ("Few grants!", "Many"))
    assert [scenario.name for scenario in al.compare([one, other], replicates=1).scenarios] == ["few_grants", "many"]
    assert load({"base": "no_policy"}).name == "custom"


def test_what_is_hardly_meant_is_said_when_a_scenario_is_run():
    """Rows: H2."""
    with pytest.warns(UserWarning, match="no_policy: policy.startup_subsidy pays nothing: its budget is 0"):
        al.run("no_policy", overrides={"startup_subsidy.share": 0.5, "world.quarters": 60})


def test_tables_say_what_can_be_set_and_asked_for():
    """Rows: H4. Every name in them is one that an override takes."""
    levers, parameters = al.levers(), al.parameters()
    assert levers.loc["programme_grants.amount", "unit"] == "million yuan a year per grant"
    assert load("no_policy", {"programme_grants.amount": 1.0, "programme_grants.budget": 1.0}).spends
    assert load("no_policy", {"parameters.term": 9.0}).parameters["term"] == 9.0
    assert parameters.loc["parameters.term", "low"] <= 9.0 <= parameters.loc["parameters.term", "high"]
    assert set(al.levers("growth")["policy_stage"]) == {"growth"} and len(al.levers("growth")) < len(levers)
    with pytest.raises(UserError, match="did you mean 'growth'"):
        al.levers("grow")
    assert {"patents", "survival_5y"} <= set(al.outcomes().index) and "stage_matched" in al.list_scenarios().index
