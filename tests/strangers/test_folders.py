"""Folders of strangers: what manifests, documents, claims and parts say is checked before it is used."""

import hashlib
import json
import os
import platform
import shutil
import time
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import alliancelab as al
from alliancelab.agents.errors import StoreError, UserError
from alliancelab.scenarios.sweep.folder import status, verify
from alliancelab.scenarios.sweep.plan import Sweep
from alliancelab.scenarios.sweep.run import run_sweep
from tests.support.sweeps import finished, planned

SMALL = {"world.firms": 80, "world.sectors": 2, "world.quarters": 60, "world.warm_up": 20}


@pytest.fixture(scope="module")
def results(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("results") / "out"
    al.compare(["no_policy", "stage_matched"], 3, overrides=SMALL, out=folder)
    return folder


def tampered(results: Path, place: Path, file: str, change) -> Path:
    """A copy in which a JSON file says something else, and the manifest agrees with it."""
    folder = place / "copy"
    shutil.copytree(results, folder)
    (folder / file).write_text(json.dumps(change(json.loads((folder / file).read_text()))))
    if file != "manifest.json":
        manifest = json.loads((folder / "manifest.json").read_text())
        manifest["files"][file] = (folder / file).stat().st_size
        del manifest["sha256"][file]
        (folder / "manifest.json").write_text(json.dumps(manifest))
    return folder


@pytest.mark.parametrize("name", ["../outside.json", "/etc/hostname", "a/../../outside.json", "..\\outside.json",
                                  "C:/x.json", "./x.json", "", "a\0b"])
def test_a_manifest_names_files_of_its_folder_only(results, tmp_path, name):
    (tmp_path / "outside.json").write_text("{}")
    folder = tampered(results, tmp_path, "manifest.json", lambda told: {**told, "files": {name: 2, **told["files"]}})
    with pytest.raises(StoreError, match="which is no file of the folder"):
        al.read(folder)


def test_a_link_out_of_the_folder_is_not_followed(results, tmp_path):
    folder = tampered(results, tmp_path, "manifest.json", lambda told: told)
    text = (folder / "comparison.json").read_text()
    (tmp_path / "outside.json").write_text(text)
    (folder / "comparison.json").unlink()
    (folder / "comparison.json").symlink_to(tmp_path / "outside.json")
    with pytest.raises(StoreError, match="missing or torn"):
        al.read(folder)


def test_a_changed_number_in_a_table_of_results_is_noticed(results, tmp_path):
    folder = tampered(results, tmp_path, "manifest.json", lambda told: told)
    path = folder / "outcomes.parquet"
    content = bytearray(path.read_bytes())
    content[len(content) // 3] ^= 1
    path.write_bytes(content)
    with pytest.raises(StoreError, match="its checksum is not that of the manifest"):
        al.read(folder)


@pytest.mark.parametrize("change", [
    lambda told: {**told, "scenarios": 3}, lambda told: {**told, "scenarios": [3]},
    lambda told: {**told, "seeds": "x"}, lambda told: {**told, "seeds": []}, lambda told: {},
    lambda told: {**told, "kind": ["compare"]},
    lambda told: {**told, "scenarios": [{**told["scenarios"][0], "world": 3}]},
    lambda told: {**told, "scenarios": [{**one, "policy": []} for one in told["scenarios"]]},
    lambda told: {key: value for key, value in told.items() if key != "version"},
    lambda told: {**told, "budgets": 5}, lambda told: {**told, "packages": 1},
    lambda told: {**told, "kind": "validate"},
    lambda told: {**told, "kind": "calibrate", "scenario_file": "../x.toml"},
    lambda told: {**told, "kind": "lifecycle"},
])
def test_a_document_that_says_anything_is_answered_in_a_sentence(results, tmp_path, change):
    folder = tampered(results, tmp_path, "comparison.json", change)
    for use in (al.report, al.validate):
        try:
            use(folder)
        except UserError as error:
            assert len(str(error).splitlines()) == 1


@pytest.fixture(scope="module")
def sweep(tmp_path_factory) -> Path:
    return Path(finished(planned(tmp_path_factory.mktemp("sweep") / "s")).storage.url)


WRONG = {
    "no blocks": ({"blocks": []}, "blocks must have at least one entry"),
    "blocks of a wrong kind": ({"blocks": 5}, "blocks must be a list"),
    "a million million runs": ({"blocks": [{"rows": 10**12}]}, "blocks.0.rows"),
    "rows of a wrong kind": ({"blocks": [{"rows": "many"}]}, "blocks.0.rows"),
    "shards of nothing": ({"blocks": [{"shard_rows": 0}]}, "blocks.0.shard_rows"),
    "no replicates": ({"blocks": [{"replicates": [0, 0]}]}, "whole replicates"),
    "negative replicates": ({"blocks": [{"replicates": [5, 2]}]}, "whole replicates"),
    "another file": ({"blocks": [{"file": "../../plan.parquet"}]}, "blocks.0.file"),
    "no scenarios": ({"scenarios": []}, "scenarios must have at least one entry"),
    "scenarios of a wrong kind": ({"scenarios": [3]}, "scenarios.0"),
    "no design": ({"design": None}, "design"),
    "factors of a wrong kind": ({"design": {"factors": [1]}}, "design.factors.0"),
    "endless time": ({"seconds_a_run": float("inf")}, "seconds_a_run"),
    "no identity": ({"identity": 3}, "identity"),
    "outcomes of a wrong kind": ({"outcomes": [3]}, "outcomes.0"),
}


@pytest.mark.parametrize(("change", "told"), WRONG.values(), ids=WRONG.keys())
def test_a_manifest_of_a_sweep_that_says_anything_is_answered_in_a_sentence(sweep, tmp_path, change, told):
    manifest = json.loads((sweep / "manifest.json").read_text())
    for key, value in change.items():
        if key == "blocks" and isinstance(value, list) and value:
            value = [{**manifest["blocks"][0], **value[0]}]
        if key == "design" and isinstance(value, dict):
            value = {**manifest["design"], **value}
        manifest[key] = value
    (tmp_path / "manifest.json").write_text(json.dumps(manifest))
    began = time.monotonic()
    with pytest.raises(StoreError) as refused:
        Sweep(tmp_path)
    assert told in str(refused.value) and time.monotonic() - began < 2.0


@pytest.mark.parametrize("key", ["blocks", "design", "scenarios", "identity", "outcomes", "plan", "seconds_a_run",
                                 "schema", "version"])
def test_a_manifest_without_a_key_names_it(sweep, tmp_path, key):
    manifest = json.loads((sweep / "manifest.json").read_text())
    del manifest[key]
    (tmp_path / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(StoreError, match=f"{key}_? is missing"):
        Sweep(tmp_path)


def test_a_nest_without_end_is_refused(tmp_path):
    for text in ("[" * 200_000, '{"a":' * 100_000):
        (tmp_path / "manifest.json").write_text(text)
        with pytest.raises(StoreError):
            Sweep(tmp_path)
        with pytest.raises(StoreError):
            al.read(tmp_path)


def test_folders_among_the_parts_are_set_aside_each_under_its_own_name(sweep, tmp_path):
    shutil.copytree(sweep, tmp_path / "s")
    parts, mine = tmp_path / "s" / "parts", Sweep(tmp_path / "s")
    part = sorted(os.listdir(parts))[0]
    for _ in range(3):
        (parts / "stray").mkdir()
        (parts / "stray" / "mine.txt").write_text("mine")
        assert [finding.name for finding in verify(mine)] == ["parts/stray"]
    assert sorted(os.listdir(tmp_path / "s" / "aside")) == ["stray", "stray.2", "stray.3"]
    (parts / part).unlink()
    (parts / part).mkdir()  # a folder called like a part
    assert {finding.problem for finding in verify(mine)} == {
        "the file cannot be read: is a directory", "has no part yet"}
    assert run_sweep(mine, workers=1).status.complete


@pytest.mark.parametrize("claim", ['{"host": "x", "pid": "a", "beat": 1}', '{"host": "HERE", "pid": 1e99, "beat": 1}',
                                   '{"host": "HERE", "pid": -1, "beat": 9e99}', '{"host": 3, "pid": 1, "beat": NaN}',
                                   '{"host": "x", "pid": 1, "beat": 1e11}', "[" * 100_000])
def test_a_claim_that_says_anything_holds_nothing(sweep, tmp_path, claim):
    shutil.copytree(sweep, tmp_path / "s")
    for part in (tmp_path / "s" / "parts").iterdir():
        part.unlink()
    (tmp_path / "s" / "claims").mkdir(exist_ok=True)
    (tmp_path / "s" / "claims" / "1-00000.json").write_text(claim.replace("HERE", platform.node()))
    assert run_sweep(tmp_path / "s", workers=1).status.complete


def test_a_part_of_other_columns_is_named(sweep, tmp_path):

    shutil.copytree(sweep, tmp_path / "s")
    part = sorted((tmp_path / "s" / "parts").iterdir())[0]
    buffer = pa.BufferOutputStream()
    pq.write_table(pa.table({"x": [1] * 10}), buffer)
    content = buffer.getvalue().to_pybytes()
    part.unlink()
    head = part.name.split(".")[0]
    (part.parent / f"{head}.10.{hashlib.sha256(content).hexdigest()}.parquet").write_bytes(content)
    with pytest.raises(StoreError, match="the file has no column 'error'"):
        status(Sweep(tmp_path / "s"))
