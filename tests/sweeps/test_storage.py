"""The seam between a sweep and where it lies: a folder and a store behind fsspec keep the same promises."""

import uuid
from pathlib import Path

import pytest

from alliancelab.agents.errors import StoreError, UserError
from alliancelab.scenarios.sweep.claims import Claims
from alliancelab.scenarios.sweep.folder import compact, status, verify
from alliancelab.scenarios.sweep.plan import Sweep
from alliancelab.scenarios.sweep.storage import LocalStorage, RemoteStorage, open_storage
from alliancelab.scenarios.sweep.work import do_claimed
from tests.support.sweeps import fingerprint, finished, planned


@pytest.fixture(params=["folder", "memory", "directory of fsspec"])
def storage(request, tmp_path):
    if request.param == "memory":
        return open_storage(f"memory://{uuid.uuid4().hex}/sweep")
    if request.param == "folder":
        return open_storage(tmp_path / "a folder, and 名")
    return RemoteStorage(f"local://{tmp_path}/sweep")


def test_kinds_of_addresses_open_kinds_of_storage(tmp_path):
    assert isinstance(open_storage(tmp_path), LocalStorage)
    assert open_storage(f"file://{tmp_path}").url == str(tmp_path)
    assert isinstance(open_storage("memory://x"), RemoteStorage)
    with pytest.raises(UserError, match="nowhere://x: the address cannot be opened"):
        open_storage("nowhere://x")


def test_files_are_written_listed_moved_and_removed(storage):
    """Rows: H5."""
    assert storage.names("parts") == [] and storage.names("") == []
    storage.write("parts/b", b"two")
    storage.write("parts/a", b"one")
    storage.write("parts/a", b"one again")
    assert storage.names("parts") == ["a", "b"]
    with storage.open("parts/a") as file:
        assert file.read() == b"one again"
    assert storage.create("claims/x", b"1") and not storage.create("claims/x", b"2")
    assert storage.move("parts/a", "aside/a") and not storage.move("parts/a", "aside/a")
    storage.remove("parts/b")
    storage.remove("parts/b")
    assert storage.names("parts") == [] and storage.names("aside") == ["a"]
    with pytest.raises(FileNotFoundError):
        storage.open("parts/b")
    assert storage.clean() == 0


def test_a_sweep_in_a_store_is_the_sweep_in_a_folder(storage, tmp_path):
    """Rows: H5."""
    sweep = planned(storage, samples=4)
    assert do_claimed(storage.url, sweep.manifest["plan"], tuple(sweep.shards()[0])) == {"rows": 10, "failed": 0}
    finished(Sweep(storage))
    assert verify(sweep) == [] and status(sweep).complete
    assert fingerprint(sweep) == fingerprint(finished(planned(tmp_path / "folder", samples=4)))
    assert compact(sweep) == (8, 1) and verify(sweep) == []


def test_a_torn_object_is_set_aside(storage):
    """Rows: H5."""
    sweep = finished(planned(storage, samples=4))
    name = f"parts/{storage.names('parts')[0]}"
    with storage.open(name) as file:
        content = file.read()
    storage.write(name, content[:-9])
    assert [finding.problem for finding in verify(sweep)] == [
        "the file is torn or has changed: its checksum is not the one in its name", "has no part yet"]
    assert storage.names("aside") == [name.removeprefix("parts/")]


def test_a_shard_that_is_claimed_is_left_alone(storage):
    """Rows: H5."""
    sweep = planned(storage, samples=4)
    assert Claims(storage).take(sweep.shards()[0].name)
    assert status(sweep).claimed == 1
    assert do_claimed(storage.url, sweep.manifest["plan"], tuple(sweep.shards()[0])) is None


def test_a_folder_that_cannot_be_written_is_told(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(StoreError, match=r"file/s/plan\.parquet: .* bytes could not be written: not a directory"):
        planned(Path(tmp_path / "file" / "s"))
    with pytest.raises(StoreError, match=r"plan\.parquet: .* bytes could not be written: file exists"):
        planned(tmp_path / "file")
