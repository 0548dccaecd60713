"""No wrong number without a word: targets out of reach, points without an answer, results that travel."""

import copy
import io
import pickle
from concurrent.futures import ProcessPoolExecutor
from contextlib import redirect_stdout
from multiprocessing import get_context

import numpy as np
import pytest

import alliancelab as al
from alliancelab.analysis.results.calibration import Calibration
from alliancelab.analysis.results.sweep import SweepResults
from alliancelab.cli import sweep as commands
from alliancelab.model.outcomes import OUTCOMES
from alliancelab.scenarios import calibration
from alliancelab.scenarios.calibration import FAR, SimulatedMoments, _standardised
from alliancelab.scenarios.consortia import MEASURES
from alliancelab.scenarios.moments import MOMENTS
from alliancelab.scenarios.scenario import load
from alliancelab.scenarios.sweep.design import load_design
from alliancelab.scenarios.targets import problem_of
from tests.support.sweeps import finished, planned
from tests.support.worlds import fingerprint

TINY = {"world.firms": 60, "world.sectors": 2, "world.quarters": 40, "world.warm_up": 8}
FOUNDED = {"base": "no_policy", "replicates": 2, "search": {"points": 8, "starts": 1},
           "vary": {"alliance_share": [0.03, 0.25]}}


def fitted(spread: float, value: float = 100.0) -> Calibration:
    targets = {"founded": {"value": value, "spread": spread}, "size_mean": {"value": 9.0, "spread": 3.0}}
    problem = problem_of(FOUNDED | {"targets": targets}, "far", "far.toml")
    return Calibration(problem, calibration.calibrate(SimulatedMoments(problem)))


@pytest.mark.parametrize("deviation", [1.0, -29.0, 31.0, -500.0, 1e9])
def test_a_target_far_off_pulls_as_much_as_it_is_far(deviation):
    found = _standardised(np.array([deviation]), np.zeros(1), np.ones(1))
    assert found[0] == deviation
    assert _standardised(np.array([np.nan]), np.zeros(1), np.ones(1))[0] == FAR


@pytest.mark.slow
def test_a_tighter_spread_never_makes_its_target_worse_and_the_distance_is_that_of_the_table():
    """With deviations cut off at thirty spreads, a spread of 0.3 left this target at twice the distance."""
    distances = []
    for spread in (10.0, 1.0, 0.01):
        found = fitted(spread)
        rows = found.fit[found.fit["fitted"]]
        assert found.estimate.distance == pytest.approx(float((rows["deviation"] ** 2).sum()))
        distances.append(abs(found.fit.at["founded", "model"] - 100.0))
    assert max(distances) < 3.0  # of a hundred; the replicates alone scatter by as much


@pytest.mark.slow
def test_rows_beyond_three_spreads_are_marked_and_told_in_a_sentence():
    found = fitted(1.0, 1e5)
    assert found.fit.at["founded", "note"] == "beyond 3 spreads" and found.fit.at["size_mean", "note"] in (
        "", "beyond 3 spreads")
    assert found.missed().startswith("1 of 2 fitted targets are more than 3 spreads off, so that this fit is none: ")


@pytest.fixture(scope="module")
def sweep(tmp_path_factory) -> SweepResults:
    """Results in which an outcome has no answer at one point, and not in every replicate at another."""
    results = SweepResults(finished(planned(tmp_path_factory.mktemp("s") / "s", samples=10, replicates=3)))
    runs = results.runs
    runs.loc[(runs["point"] == 4), "patents"] = np.nan
    runs.loc[(runs["point"] == 7) & (runs["replicate"] == 1), "patents"] = np.nan
    return results


def test_points_without_an_answer_are_named(sweep):
    assert sweep.unanswered(["patents"]) == {"patents": {"none": [4], "some": [7]}}
    assert "founded" not in sweep.unanswered(["founded", "patents"])
    told = io.StringIO()
    with redirect_stdout(told):
        for outcome, points in sweep.unanswered(["patents"]).items():
            commands._tell_left_out(outcome, points, sweep)
    assert "patents: no answer at 1 of 10 points (4); they are left out\n" in told.getvalue()
    assert "patents: not every replicate gives an answer at 1 of 10 points (7); their means" in told.getvalue()


# --- results travel --------------------------------------------------------------------------------------------------


def things() -> dict:
    """One of every result, scenario and model."""
    run = al.run("stage_matched", seed=1, overrides=TINY)
    model = al.AllianceModel("stage_matched", seed=1, **TINY)
    model.step()
    design = {"scenarios": ["no_policy"], "set": TINY, "method": "lhs", "samples": 4,
              "factors": {"parameters.trust_start": {}}}
    return {
        "scenario": load("full_chain"), "regional scenario": load("county_bureau"), "run": run,
        "comparison": al.compare(["no_policy", "stage_matched"], 3, overrides=TINY), "model": model,
        "set-up": load("dongying").setup(1), "design": load_design(design),
        "lifecycle": al.lifecycle(["no_policy"], 2),
        "counterfactual": al.counterfactual("no_policy", "only_meetings_mid", 2),
        "scorecard": al.scorecard("dongying", 2),
        "validation": al.validate(replicates=2),
        "plan of replicates": al.plan_replicates(["no_policy"], pilot=10, overrides=TINY),
        "outcome": OUTCOMES[0], "moments": tuple(MOMENTS.values()), "measures": MEASURES,
        "instrument": next(iter(load("full_chain").setup(1).own), None),
    }


def test_every_result_scenario_and_model_pickles_and_deep_copies():
    for name, thing in things().items():
        for again in (pickle.loads(pickle.dumps(thing)), copy.deepcopy(thing)):
            assert type(again) is type(thing), name
            if hasattr(thing, "summary"):
                assert again.summary.equals(thing.summary)
            if hasattr(thing, "hash"):
                assert again.hash == thing.hash


def test_a_copied_model_goes_on_with_the_same_bits():
    model = al.AllianceModel("stage_matched", seed=1, **TINY)
    for _ in range(10):
        model.step()
    assert len(model.agents) > 10
    other, third = pickle.loads(pickle.dumps(model)), copy.deepcopy(model)
    for one in (model, other, third):
        one.run_model()
    assert fingerprint(other.recording) == fingerprint(third.recording) == fingerprint(model.recording)
    assert len(other.agents) == len(model.agents)


@pytest.mark.parametrize("start", ["spawn", "forkserver"])
def test_a_pool_of_processes_over_runs_works(start):
    with ProcessPoolExecutor(2, mp_context=get_context(start)) as pool:
        runs = list(pool.map(al.run, ["no_policy", load("stage_matched", TINY)], [1, 2]))
    assert runs[1].summary.equals(al.run("stage_matched", 2, TINY).summary)
