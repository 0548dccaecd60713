"""Numbers, dates and folders of the wrong type are refused in one sentence by every call that takes them."""

from collections.abc import Callable
from typing import Any

import pytest

import alliancelab as al

SMALL = {"world.firms": 60, "world.sectors": 2, "world.quarters": 40, "world.warm_up": 8}
RUNS = ("replicates", "first_seed", "workers")
CALLS: dict[str, tuple[Callable[..., Any], tuple[str, ...]]] = {
    "run": (lambda **given: al.run("no_policy", overrides=SMALL, **given), ("seed",)),
    "compare": (lambda **given: al.compare(["no_policy", "formation_only"],
                                           **{"replicates": 2, "overrides": SMALL} | given),
                (*RUNS, "worlds", "budget")),
    "scorecard": (lambda **given: al.scorecard("county_bureau", **{"replicates": 1} | given),
                  (*RUNS, "worlds")),
    "effects": (lambda **given: al.effects(**{"replicates": 2} | given), (*RUNS, "worlds")),
    "lifecycle": (lambda **given: al.lifecycle(["no_policy"], **{"replicates": 2, "overrides": SMALL} | given), RUNS),
    "counterfactual": (lambda **given: al.counterfactual("no_policy", "formation_only",
                                                         **{"replicates": 2, "overrides": SMALL} | given),
                       (*RUNS, "worlds")),
    "validate": (lambda **given: al.validate("no_policy", **{"replicates": 2} | given), RUNS),
    "calibrate": (lambda **given: al.calibrate(**given), ("recover", "workers", "ensemble")),
    "forecast": (lambda **given: al.forecast(given.pop("folder"), **{"years": 1, "replicates": 2} | given),
                 (*RUNS, "years", "worlds", "date")),
    "registry": (lambda **given: al.registry(given.pop("folder"), **given), ("date",)),
}
WRONG = ("x", 2.5, True, [], b"b", -1)
CASES = [(name, argument, value) for name, (_, arguments) in CALLS.items() for argument in arguments for value in WRONG
         if (argument, value) != ("budget", 2.5)]  # money may have a fraction


@pytest.fixture(scope="module")
def registry(tmp_path_factory):
    folder = tmp_path_factory.mktemp("registry")
    rows = "".join(f"o{i},a{i % 3},200{i % 9 + 1}-03-01\n" for i in range(18))
    (folder / "memberships.csv").write_text("organisation,alliance,from\n" + rows)
    (folder / "registry.toml").write_text("date = 2015-01-01\n")
    return folder


@pytest.mark.parametrize(("name", "argument", "value"), CASES, ids=[f"{name}-{argument}-{value!r}"
                                                                    for name, argument, value in CASES])
def test_a_wrong_type_is_one_sentence(registry, name, argument, value):
    folder = {"folder": registry} if name in ("forecast", "registry") else {}
    with pytest.raises(al.UserError) as refused:
        CALLS[name][0](**folder, **{argument: value})
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("call", [al.compare, al.lifecycle])
@pytest.mark.parametrize("scenarios", ["no_policy", {"name": "no_policy"}, 3, None], ids=repr)
def test_scenarios_that_are_no_list_are_refused_with_an_example(call, scenarios):
    with pytest.raises(al.UserError, match=r"as a list, such as \['no_policy', 'stage_matched'\]"):
        call(scenarios)


def test_changes_that_are_no_mapping_are_refused_with_an_example():
    with pytest.raises(al.UserError, match=r"as \{'parameters.margin': 0.1\}"):
        al.run("no_policy", overrides=["parameters.margin=1"])


@pytest.mark.parametrize("given", [{"count": "a"}, {"count": 0}, {"seed": 1.5}], ids=repr)
def test_lives_that_cannot_be_drawn_are_refused(given):
    run = al.run("no_policy", overrides=SMALL)
    with pytest.raises(al.UserError, match="has to be"):
        run.plot.lives(**given)


@pytest.mark.parametrize("folder", [None, 3, b"results", {}, []], ids=repr)
def test_what_is_no_folder_is_one_sentence(folder):
    for read in (al.read, al.registry):
        with pytest.raises(al.UserError, match="is no folder"):
            read(folder)
