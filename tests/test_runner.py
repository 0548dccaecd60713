"""Runs on common random numbers: same bits in any order, equal budgets that are equal, folders that are whole."""

import json
import os

import numpy as np
import pandas as pd
import pytest

import alliancelab as al
from alliancelab.agents.errors import ScenarioError, StoreError
from alliancelab.model.outcomes import OUTCOMES, outcomes_of
from alliancelab.scenarios import store
from alliancelab.scenarios.runner import (
    LARGEST_MISS,
    TOLERANCE,
    Replicates,
    _money,
    _solve,
    equal_budget,
    replicate,
    run_one,
)
from alliancelab.scenarios.scenario import load

SMALL = {"world.firms": 120, "world.sectors": 2, "world.universities": 6, "world.institutes": 6, "world.quarters": 60,
         "world.warm_up": 20}


def small(name: str, **changes):
    return load(name, {**SMALL, **changes})


def same(a: Replicates, b: Replicates) -> bool:
    return (a.outcomes.tobytes() == b.outcomes.tobytes() and a.ages.tobytes() == b.ages.tobytes()
            and all(x.tobytes() == y.tobytes() for x, y in zip(a.curves, b.curves, strict=True))
            and a.flows.tobytes() == b.flows.tobytes())


@pytest.fixture(scope="module")
def three():
    return [small("no_policy"), small("formation_only"), small("stage_matched")]


def test_the_number_of_workers_changes_no_bit(three):
    assert same(replicate(three, 4, workers=1), replicate(three, 4, workers=4))


def test_the_order_of_scenarios_changes_no_bit(three):
    forwards, backwards = replicate(three, 2), replicate(three[::-1], 2)
    assert forwards.outcomes.tobytes() == backwards.outcomes[::-1].tobytes()


def test_a_block_of_seeds_is_the_same_alone_or_within_a_longer_one(three):
    assert replicate(three, 2, first_seed=2).outcomes.tobytes() == replicate(three, 4).outcomes[:, 2:].tobytes()


def test_a_replicate_is_the_run_with_its_seed(three):
    """Rows: H3."""
    block = replicate(three, 2, first_seed=5)
    for s, scenario in enumerate(three):
        recording = run_one(scenario, 6)
        assert np.array_equal(block.outcomes[s, 1], outcomes_of(recording), equal_nan=True)
        assert np.array_equal(block.curves[s][1], recording.curves)
    assert block.seeds.tolist() == [5, 6]


def test_recording_more_changes_nothing(three):
    from alliancelab.model.simulation import simulate

    setup = three[2].setup(0)
    full, short = simulate(setup, record=True), simulate(setup, record=False)
    assert np.array_equal(full.curves, short.curves) and np.array_equal(full.ledger, short.ledger)


def test_an_instrument_at_strength_zero_changes_no_bit():
    from alliancelab.model.instruments import INSTRUMENTS

    off = {f"{i.name}.{i.strength}": 0 for i in INSTRUMENTS} | {f"{i.name}.budget": 50 for i in INSTRUMENTS}
    without, zero = run_one(small("no_policy"), 0), run_one(small("no_policy", **off), 0)
    assert np.array_equal(without.curves, zero.curves)
    assert outcomes_of(without).tobytes() == outcomes_of(zero).tobytes()


def test_scenarios_share_their_luck_until_policy_begins(three):
    block = replicate(three, 1)
    warm_up = three[0].world["warm_up"]
    assert np.array_equal(block.curves[0][:, :warm_up], block.curves[2][:, :warm_up])


def test_seed_zero_and_seed_one_differ(three):
    block = replicate(three[:1], 2)
    assert block.outcomes[0, 0].tobytes() != block.outcomes[0, 1].tobytes()


def test_shapes_are_those_that_are_promised(three):
    block = replicate(three, 2)
    assert block.outcomes.shape == (3, 2, len(OUTCOMES))
    assert block.ages.shape[:2] == (3, 2)
    assert [curve.shape for curve in block.curves] == [(2, 60)] * 3


def test_progress_counts_every_run(three):
    seen = []
    replicate(three, 2, progress=lambda done, total: seen.append((done, total)))
    assert seen == [(k, 6) for k in range(1, 7)]


@pytest.mark.parametrize("bad", [{"replicates": 0}, {"workers": 0}, {"first_seed": -1}])
def test_numbers_that_make_no_sense_are_refused(bad, three):
    with pytest.raises(ScenarioError, match="has to be"):
        replicate(three, **{"replicates": 1, **bad})


def test_two_scenarios_of_one_name_are_refused(three):
    with pytest.raises(ScenarioError, match="two scenarios are called 'no_policy'"):
        replicate([three[0], three[0]], 1)


def test_nothing_to_run_is_refused():
    with pytest.raises(ScenarioError, match="no scenario"):
        replicate([], 1)


# --- equal budgets -------------------------------------------------------------------------------------------------


def test_equal_budgets_meet_the_smallest_outlay(three):
    scaled, budgets = equal_budget(three, replicates=4)
    assert scaled[0] == three[0] and budgets[0].outlay == 0
    target = min(line.outlay for line in budgets[1:])
    for line, scenario in zip(budgets[1:], scaled[1:], strict=True):
        assert line.target == target
        assert line.achieved == pytest.approx(target, rel=LARGEST_MISS)
        block = replicate([scenario], 4)
        assert block.flows.shape[1] == 4


def test_budgets_that_cannot_be_made_equal_are_refused_with_the_nearest_outlay(three):
    with pytest.raises(ScenarioError, match=r"made equal at 1,000,000\.0 million yuan a run within 5%: the nearest .*"
                                            r"'formation_only' [\d,.]+, 'stage_matched' [\d,.]+; aim at such a one"):
        equal_budget(three, 1e6, replicates=1)


@pytest.mark.parametrize(("millions", "words"), [(1142.83, "1,142.8"), (1e6, "1,000,000.0"), (0.0213, "0.021")])
def test_an_outlay_to_aim_at_is_written_so_that_it_can_be_met(millions, words):
    assert _money(millions) == words


def test_a_scenario_with_budgets_that_pays_nothing_from_them_is_refused(three):
    idle = load({"base": "no_policy", "policy": {"startup_subsidy": {"share": 0.0, "budget": 5.0}}}, SMALL)
    with pytest.raises(ScenarioError, match="'custom' has budgets and pays nothing from them"):
        equal_budget([*three, idle], replicates=1)


def test_scenarios_that_spend_nothing_are_left_alone(three):
    scaled, budgets = equal_budget(three[:1], replicates=2)
    assert scaled == three[:1] and budgets[0].factor == 1.0


@pytest.mark.parametrize("amount", [0.0, -1.0, float("nan"), float("inf")])
def test_an_amount_that_is_no_amount_is_refused(amount, three):
    with pytest.raises(ScenarioError, match="positive number"):
        equal_budget(three, amount, replicates=1)


@pytest.mark.parametrize("outlay, target", [
    (lambda f: 100 * f, 37.0),
    (lambda f: min(100 * f, 60.0), 20.0),
    (lambda f: 60 * (1 - np.exp(-5 * f)), 30.0),
    (lambda f: 5.0 * np.floor(100 * f), 40.0),
    (lambda f: 100 * f, 900.0),
])
def test_the_factor_is_found_for_straight_saturating_and_stepped_outlays(outlay, target):
    factor, achieved = _solve(outlay, outlay(1.0), target)
    assert achieved == outlay(factor)
    assert achieved == pytest.approx(target, rel=TOLERANCE)


def test_an_outlay_that_cannot_rise_is_reported_as_it_is():
    factor, achieved = _solve(lambda f: min(100 * f, 50.0), 50.0, 80.0)
    assert achieved == 50.0 and factor == 1.0


# --- the store -----------------------------------------------------------------------------------------------------


def write(folder, value: float = 1.0) -> None:
    with store.staged(folder) as place:
        store.write_table(place, "numbers", pd.DataFrame({"value": [value]}))
        store.write_json(place, "run.json", {"value": value, "missing": float("nan")})


def test_a_folder_is_read_back_as_it_was_written(tmp_path):
    write(tmp_path / "out")
    stored = store.Stored(tmp_path / "out")
    assert stored.table("numbers")["value"].tolist() == [1.0]
    assert stored.document == {"value": 1.0, "missing": None}


def test_results_replace_earlier_results_and_leave_nothing_beside(tmp_path):
    write(tmp_path / "out", 1.0)
    write(tmp_path / "out", 2.0)
    assert store.Stored(tmp_path / "out").document["value"] == 2.0
    assert os.listdir(tmp_path) == ["out"]


def test_a_failure_half_way_leaves_the_earlier_results(tmp_path):
    write(tmp_path / "out", 1.0)
    with pytest.raises(ZeroDivisionError), store.staged(tmp_path / "out") as place:
        (place / "half").write_text("x")
        raise ZeroDivisionError
    assert store.Stored(tmp_path / "out").document["value"] == 1.0
    assert os.listdir(tmp_path) == ["out"]


def test_a_full_disk_is_answered_in_a_sentence(tmp_path):
    with pytest.raises(StoreError, match="no space left"), store.staged(tmp_path / "out"):
        raise OSError(28, "No space left on device")
    assert os.listdir(tmp_path) == []


def test_a_folder_with_other_peoples_files_is_refused(tmp_path):
    (tmp_path / "thesis.tex").write_text("precious")
    with pytest.raises(StoreError, match=r"holds 'thesis\.tex', which alliancelab did not write"):
        store.check_folder(tmp_path)


def test_a_note_put_into_our_own_folder_is_not_thrown_away(tmp_path):
    write(tmp_path / "out")
    (tmp_path / "out" / "notes.txt").write_text("precious")
    with pytest.raises(StoreError, match=r"notes\.txt"):
        write(tmp_path / "out")


def test_an_empty_folder_is_taken(tmp_path):
    (tmp_path / "out").mkdir()
    write(tmp_path / "out")
    assert store.Stored(tmp_path / "out").tables == ("numbers",)


@pytest.mark.parametrize("path", ["/proc/out", "/dev/null", "/dev/null/out", "a\0b"])
def test_a_folder_that_cannot_be_written_is_refused_before_anything_runs(path):
    with pytest.raises(StoreError, match="give "):
        store.check_folder(path)


def test_a_torn_file_is_named(tmp_path):
    write(tmp_path / "out")
    table = tmp_path / "out" / "numbers.parquet"
    table.write_bytes(table.read_bytes()[:50])
    with pytest.raises(StoreError, match=r"numbers\.parquet: the file is missing or torn"):
        store.Stored(tmp_path / "out")


@pytest.mark.parametrize("text", ["", "{", "[]", '{"files": 3}', '{"files": {"gone.parquet": 3}}'])
def test_a_folder_that_is_not_ours_is_not_read(text, tmp_path):
    (tmp_path / "manifest.json").write_text(text)
    with pytest.raises(StoreError):
        store.Stored(tmp_path)


def test_provenance_is_enough_to_run_it_again(tmp_path, three):
    document = store.provenance("run", three[2:], [7], 0.1)
    restored = json.loads(json.dumps(document))
    assert restored["scenarios"][0]["hash"] == three[2].hash
    with store.staged(tmp_path / "out") as place:
        store.write_json(place, "run.json", document)
    assert store.Stored(tmp_path / "out").scenarios == three[2:]


def test_alliances_are_chosen_by_index_or_by_truth_value():
    found = al.run("stage_matched", seed=1)
    pilots = found.alliances["pilot"] >= 0
    by_index = found.by_age("vitality", alliances=found.alliances.index[pilots])
    assert len(by_index) and by_index.equals(found.by_age("vitality", alliances=pilots))
    with pytest.raises(al.UserError, match="alliances has 2 truth values; the run has"):
        found.by_age("vitality", alliances=[True, False])


def test_a_parameter_without_its_table_is_told_apart():
    with pytest.raises(al.ScenarioError, match=r"did you mean 'parameters\.money_pull'"):
        al.run("no_policy", overrides={"money_pull": 2.0})
