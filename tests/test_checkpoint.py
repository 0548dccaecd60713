"""A model put aside goes on with the same bits; a branch differs by its policy and nothing else."""

import json
import zipfile

import numpy as np
import pytest

import alliancelab as al
from alliancelab.agents.errors import ScenarioError, StoreError
from alliancelab.model.simulation import simulate
from tests.support.worlds import fingerprint

SMALL = {"world.firms": 120, "world.sectors": 2, "world.universities": 6, "world.institutes": 6, "world.agencies": 4,
         "world.quarters": 60, "world.warm_up": 20}
GRANTS = {"programme_grants.amount": 2.0, "programme_grants.budget": 30.0, "programme_grants.stages": ["growth"]}


def after(quarters, scenario="stage_matched", **arguments):
    model = al.AllianceModel(scenario, **{"seed": 5, **SMALL, **arguments})
    for _ in range(quarters):
        model.step()
    return model


@pytest.mark.parametrize("pause", [0, 1, 23, 59, 60])
def test_a_saved_model_goes_on_with_the_bits_of_an_unbroken_run(tmp_path, pause):
    after(pause).save(tmp_path / "model.npz")
    opened = al.AllianceModel.load(tmp_path / "model.npz")
    assert (opened.quarter, opened.steps, opened.running) == (pause, pause, pause < 60)
    while opened.running:
        opened.step()
    assert fingerprint(opened.recording) == fingerprint(simulate(opened.setup))


def test_a_model_goes_on_after_it_was_saved_as_if_nothing_had_happened(tmp_path):
    model = after(30)
    model.save(tmp_path / "model.npz")
    model.run_model()
    assert fingerprint(model.recording) == fingerprint(simulate(model.setup))


def test_agents_of_an_opened_model_are_those_of_the_saved_one(tmp_path):
    model = after(40)
    opened = al.AllianceModel.load(model.save(tmp_path / "model.npz"))
    told = [[(a.key, a.funds, [str(b) for b in a.alliances]) for a in m.organisations] for m in (model, opened)]
    assert told[0] == told[1] and len(told[0]) > 100


def test_a_file_holds_arrays_and_json_and_no_pickle(tmp_path):
    path = after(40).save(tmp_path / "model.npz")
    with np.load(path, allow_pickle=False, max_header_size=100_000) as archive:
        tables = {name: archive[name] for name in archive.files if name != "model.json"}
        assert not any(table.dtype.hasobject for table in tables.values())
        document = json.loads(archive["model.json"])
    assert document["quarter"] == 40 and document["seed"] == 5 and document["scenario"]["name"] == "stage_matched"
    assert len(tables["alliances"]) < 40  # rows in use, not room for more


# --- branches --------------------------------------------------------------------------------------------------------


def test_a_branch_is_the_run_whose_levers_changed_at_that_quarter():
    model = after(24, "no_policy")
    branch = model.branch(GRANTS)
    branch.run_model()
    levers = model.setup.levers.copy()
    levers[24:] = al.AllianceModel("no_policy", seed=5, **SMALL, **GRANTS).setup.levers[24:]
    assert branch.setup.levers.tobytes() == levers.tobytes()
    assert fingerprint(branch.recording) == fingerprint(simulate(branch.setup))
    assert branch.recording.ledger[:24].tobytes() == model.recording.ledger[:24].tobytes()


def test_a_branch_keeps_the_course_that_was_collected_before():
    model = after(24)
    branch = model.branch(GRANTS)
    branch.step()
    collected = branch.datacollector.get_model_vars_dataframe()
    assert len(collected) == 25 and len(model.datacollector.get_model_vars_dataframe()) == 24
    assert collected[:24].equals(model.datacollector.get_model_vars_dataframe())


def test_levers_are_for_reading_and_branches_change_them():
    model = al.AllianceModel("no_policy", seed=5, overrides={**SMALL, **GRANTS})
    same = al.AllianceModel("no_policy", seed=5, **SMALL, **GRANTS)
    assert model.setup.levers.tobytes() == same.setup.levers.tobytes()
    with pytest.raises(ValueError, match="read-only"):
        model.levers["programme_grants_amount"] = 9.0


def test_a_branch_leaves_its_model_as_it_was():
    model = after(24, "no_policy")
    model.branch(GRANTS).run_model()
    model.run_model()
    assert model.branches == () and fingerprint(model.recording) == fingerprint(simulate(model.setup))


def test_a_branch_without_changes_is_a_copy():
    model = after(24)
    copy = model.branch()
    for one in (model, copy):
        one.run_model()
    assert fingerprint(copy.recording) == fingerprint(model.recording) and copy.branches == ()


def test_branches_of_branches_are_saved_with_their_history(tmp_path):
    twig = after(24, "no_policy").branch(GRANTS)
    for _ in range(8):
        twig.step()
    leaf = twig.branch({"programme_grants.amount": 0.0})
    assert [quarter for quarter, _ in leaf.branches] == [24, 32]
    opened = al.AllianceModel.load(leaf.save(tmp_path / "leaf.npz"))
    assert opened.branches == leaf.branches
    leaf.run_model()
    opened.run_model()
    assert fingerprint(opened.recording) == fingerprint(leaf.recording)
    assert leaf.recording.ledger[24:32].sum() != after(32, "no_policy").recording.ledger[24:32].sum()


@pytest.mark.parametrize(("changes", "words"), [
    ({"world.firms": 3}, "cannot change in mid-run"),
    ({"parameters.progress_rate": 0.3}, "cannot change in mid-run"),
    ({"programme_grants.amont": 3.0}, "did you mean 'amount'"),
])
def test_a_branch_takes_levers_only(changes, words):
    with pytest.raises(ScenarioError, match=words):
        after(3).branch(changes)


# --- files that are not right ----------------------------------------------------------------------------------------


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(StoreError, match="there is no such file"):
        al.AllianceModel.load(tmp_path / "none.npz")


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.99])
def test_a_torn_file_is_refused(tmp_path, share):
    path = after(10).save(tmp_path / "model.npz")
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * share)])
    with pytest.raises(StoreError, match="not a saved model, or it is torn"):
        al.AllianceModel.load(path)


def test_a_flipped_bit_is_noticed(tmp_path):
    path = after(10).save(tmp_path / "model.npz")
    raw = bytearray(path.read_bytes())
    raw[len(raw) // 2] ^= 1
    path.write_bytes(raw)
    with pytest.raises(StoreError, match="not a saved model, or it is torn"):
        al.AllianceModel.load(path)


def rewritten(path, **changes):
    """The same file with parts of its document changed."""
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    members["model.json"] = json.dumps(json.loads(members["model.json"]) | changes).encode()
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)


def test_a_file_of_another_version_of_the_model_is_refused(tmp_path):
    path = after(10).save(tmp_path / "model.npz")
    rewritten(path, model="0123456789abcdef")
    with pytest.raises(StoreError, match="another version of the model"):
        al.AllianceModel.load(path)


def test_a_failed_write_leaves_the_old_file_alone(tmp_path, monkeypatch):
    path = after(10).save(tmp_path / "model.npz")
    before = path.read_bytes()

    def full(*_arguments, **_options):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("numpy.lib.format.write_array", full)
    with pytest.raises(StoreError, match="No space left on device"):
        after(11).save(path)
    assert path.read_bytes() == before and list(tmp_path.iterdir()) == [path]


def test_a_folder_that_is_not_there_is_named(tmp_path):
    with pytest.raises(StoreError, match="could not be saved"):
        after(1).save(tmp_path / "none" / "model.npz")


def test_a_model_with_own_rules_asks_for_them_again(tmp_path):
    def restless(seat, alliance, p):
        return 0.3

    model = after(20, rules={"exit_hazard": restless})
    path = model.save(tmp_path / "model.npz")
    with pytest.raises(StoreError, match="own rules: exit_hazard"):
        al.AllianceModel.load(path)
    opened = al.AllianceModel.load(path, rules={"exit_hazard": restless})
    for one in (model, opened):
        one.run_model()
    assert fingerprint(opened.recording) == fingerprint(model.recording)
