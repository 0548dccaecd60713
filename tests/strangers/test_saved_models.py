"""Saved models of strangers: counts, rows, codes and sizes are checked before compiled code is given them."""

import io
import json
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest

import alliancelab as al
from alliancelab.agents.errors import StoreError
from alliancelab.checkpoint import DOCUMENT
from alliancelab.checkpoint_checks import REGION, columns_of, unknown_columns
from alliancelab.model.accounts import Count
from alliancelab.model.world import TABLES

SMALL = {"world.firms": 80, "world.sectors": 2, "world.quarters": 60, "world.warm_up": 20}
SMALL_REGION = {"world.firms": 150, "world.sectors": 6, "world.quarters": 48, "world.warm_up": 20,
                "region.above_scale": 9, "region.firms_least": 0, "region.revenue": 9000}


@pytest.fixture(scope="module")
def saved(tmp_path_factory) -> dict[str, bytes]:
    """Members of a saved model with living and ended alliances."""
    model = al.AllianceModel("stage_matched", seed=5, **SMALL)
    for _ in range(40):
        model.step()
    with zipfile.ZipFile(model.save(tmp_path_factory.mktemp("saved") / "model.npz")) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def with_table(members: dict[str, bytes], name: str, change) -> dict[str, bytes]:
    """The same with one table changed."""
    target = io.BytesIO()
    np.lib.format.write_array(target, change(np.load(io.BytesIO(members[f"{name}.npy"]), max_header_size=100_000)))
    return {**members, f"{name}.npy": target.getvalue()}


def with_column(members: dict[str, bytes], column: str, value: float, row: int = 0) -> dict[str, bytes]:
    name, _, field = column.partition(".")

    def change(table: np.ndarray) -> np.ndarray:
        table[field][row] = value
        return table

    return with_table(members, name, change)


def written(folder: Path, members: dict[str, bytes], kind: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(folder / "model.npz", "w", kind) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return folder / "model.npz"


@pytest.mark.parametrize(("column", "value"), [
    ("organisations.first_seat", 5_000_000), ("organisations.partner_rows", 10**6),
    ("organisations.alliance_count", 900), ("organisations.sector", 2), ("organisations.segment", 99),
    ("organisations.region", -7),
    ("organisations.partner_next", 8), ("organisations.kind", 4), ("alliances.first_seat", 10**8), ("alliances.size",
                                                                                                    333),
    ("alliances.sector", -2), ("alliances.field", 10**6), ("alliances.first_project", 10**7), ("alliances.stage", 17),
    ("alliances.founded", -1000), ("alliances.founded", 41), ("seats.row", 10**7), ("seats.spell", 10**7),
    ("sectors.first_firm", 3), ("sectors.firm_rows", 10**6), ("sectors.field_count", 900), ("sectors.home", 77),
    ("members.alliance", 10**7), ("panel.alliance", -5), ("events.event", 99),
    ("organisations.funds", float("nan")), ("alliances.trust", float("inf")), ("government.funds", 1e19),
    ("levers.programme_grants_amount", float("nan")),
])
def test_a_value_that_no_run_leaves_is_refused(saved, tmp_path, column, value):
    with pytest.raises(StoreError, match=rf"no run leaves such a model: {column.replace('.', '[.]')}"):
        al.AllianceModel.load(written(tmp_path, with_column(saved, column, value)))


@pytest.mark.parametrize("count", [Count.QUARTER, Count.ALLIANCES, Count.LIVE, Count.PROJECTS, Count.PANEL,
                                   Count.EVENTS,
                                   Count.MEMBERS, Count.RECORD, Count.WARM_UP])
@pytest.mark.parametrize("value", [-1, 10**6, 2**62])
def test_a_running_total_that_does_not_fit_its_table_is_refused(saved, tmp_path, count, value):
    def change(counts: np.ndarray) -> np.ndarray:
        counts[count] = value
        return counts

    with pytest.raises(StoreError, match="no run leaves such a model"):
        al.AllianceModel.load(written(tmp_path, with_table(saved, "counts", change)))


@pytest.mark.parametrize("kind", ["twice", "elsewhere"])
@pytest.mark.parametrize("name", ["live", "running"])
def test_a_list_of_the_living_that_is_wrong_is_refused(saved, tmp_path, name, kind):
    def change(rows: np.ndarray) -> np.ndarray:
        rows[0] = rows[1] if kind == "twice" else 10**6
        return rows

    with pytest.raises(StoreError, match=f"no run leaves such a model: {name}"):
        al.AllianceModel.load(written(tmp_path, with_table(saved, name, change)))


@pytest.mark.parametrize(("table", "onwards"), [("seats", "next"), ("seats", "own_next"), ("participations", "next")])
def test_seats_and_parts_that_lead_in_a_circle_or_belong_to_two_are_refused(saved, tmp_path, table, onwards):
    def change(rows: np.ndarray) -> np.ndarray:
        linked = np.flatnonzero(rows[onwards] >= 0)
        rows[onwards][linked[0]] = linked[0]
        return rows

    with pytest.raises(StoreError, match="no run leaves such a model: "):
        al.AllianceModel.load(written(tmp_path, with_table(saved, table, change)))


@pytest.mark.parametrize("name", ["parameters", "seed"])
def test_another_set_up_inside_is_refused(saved, tmp_path, name):
    def change(table: np.ndarray) -> np.ndarray:
        table.view(np.uint8)[0] ^= 1
        return table

    with pytest.raises(StoreError, match=f"no run leaves such a model: {name} of another set-up"):
        al.AllianceModel.load(written(tmp_path, with_table(saved, name, change)))


@pytest.mark.parametrize("name", ["organisations", "sectors", "fields", "ledger", "curves", "ages"])
def test_a_table_of_another_length_is_refused(saved, tmp_path, name):
    for change in (lambda table: table[:-1], lambda table: np.concatenate([table, table])):
        with pytest.raises(StoreError, match="this is not a saved model, or it is torn"):
            al.AllianceModel.load(written(tmp_path, with_table(saved, name, change)))


def header(shape: tuple[int, ...], like: bytes) -> bytes:
    """The head of a table of this shape, without its rows."""
    table = np.load(io.BytesIO(like), max_header_size=100_000)
    target = io.BytesIO()
    np.lib.format.write_array_header_1_0(target, {
        "descr": np.lib.format.dtype_to_descr(table.dtype), "fortran_order": False, "shape": shape})
    return target.getvalue()


@pytest.mark.parametrize("shape", [(10**12,), (2**62,), (-1,), (10**6, 10**6)])
def test_a_table_that_claims_to_be_huge_takes_no_memory(saved, tmp_path, shape):
    members = {**saved, "panel.npy": header(shape, saved["panel.npy"])}
    with pytest.raises(StoreError, match="this is not a saved model, or it is torn"):
        al.AllianceModel.load(written(tmp_path, members))


def test_a_bomb_is_refused_before_it_unfolds(saved, tmp_path):
    members = {**saved, "panel.npy": header((10**7,), saved["panel.npy"]) + bytes(300_000_000)}
    path = written(tmp_path, members)
    assert path.stat().st_size < 3_000_000
    with pytest.raises(StoreError, match="the file would become larger than"):
        al.AllianceModel.load(path)
    path = written(tmp_path, {**saved, DOCUMENT: b" " * 50_000_000 + saved[DOCUMENT]})
    with pytest.raises(StoreError, match="this is not a saved model"):
        al.AllianceModel.load(path)


@pytest.mark.parametrize("text", ["[]", "{", "[" * 100_000, "null", '{"model": 1}', "\x80"])
def test_a_document_that_is_none_is_refused(saved, tmp_path, text):
    with pytest.raises(StoreError):
        al.AllianceModel.load(written(tmp_path, {**saved, DOCUMENT: text.encode("latin-1")}))


@pytest.mark.parametrize(("key", "value"), [
    ("seed", -1), ("seed", "1"), ("seed", 2**70), ("quarter", None), ("branches", [[1]]), ("branches", [["a", {}]]),
    ("rules", 3), ("rules", [None]), ("scenario", []), ("scenario", {"world": {"firms": -1}}),
    ("scenario", {"world": {"firms": 10**400}}), ("scenario", {"policy": 7}), ("scenario", None),
])
def test_a_document_with_a_wrong_value_is_refused_in_a_sentence(saved, tmp_path, key, value):
    document = {**json.loads(saved[DOCUMENT]), key: value}
    with pytest.raises(StoreError):
        al.AllianceModel.load(written(tmp_path, {**saved, DOCUMENT: json.dumps(document).encode()}))
    del document[key]
    with pytest.raises(StoreError, match=f"{key} is missing"):
        al.AllianceModel.load(written(tmp_path, {**saved, DOCUMENT: json.dumps(document).encode()}))


def test_flipped_bits_anywhere_are_refused_or_change_nothing(saved, tmp_path):
    """300 flips over the whole file: each is refused in one sentence, or lies where the archive keeps no content."""
    whole = written(tmp_path, saved).read_bytes()
    path, luck, held = tmp_path / "flipped.npz", np.random.default_rng(7), 0
    expected = al.AllianceModel.load(tmp_path / "model.npz").world
    for _ in range(300):
        content = bytearray(whole)
        content[luck.integers(len(content))] ^= 1 << luck.integers(8)
        path.write_bytes(content)
        try:
            world = al.AllianceModel.load(path).world
        except StoreError:
            continue
        held += 1
        assert all(getattr(world, name).tobytes() == getattr(expected, name).tobytes() for name in TABLES)
    assert held < 60


@pytest.mark.parametrize(("scenario", "sizes"), [("full_chain", SMALL), ("dongying", SMALL_REGION)])
def test_every_whole_number_of_a_world_has_bounds(scenario, sizes):
    """A column of rows or places that is new needs a line in `checkpoint_checks`; counts, quarters and codes do not."""
    model = al.AllianceModel(scenario, seed=1, **sizes)
    regional = model.region._asdict() if model.region else {}
    tables = {name: getattr(model.world, name) for name in TABLES} | {f"{REGION}{name}": table for name,
                                                                      table in regional.items()}
    assert unknown_columns(tables) == []
    assert all(columns_of(name) for name, table in tables.items() if table.dtype.names and name not in (
        "parameters", "levers", "region_numbers", "region_levers"))


@pytest.mark.parametrize(("column", "value"), [
    ("region_clients.grade", 4), ("region_clients.place", 10**6), ("region_projects.row", 10**6),
    ("region_carriers.purse", 48), ("region_carriers.host", -9), ("region_clients.rung", 77)])
def test_a_region_is_checked_as_the_world_is(tmp_path, column, value):
    model = al.AllianceModel("dongying", seed=1, **SMALL_REGION)
    model.step()
    with zipfile.ZipFile(model.save(tmp_path / "region.npz")) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    with pytest.raises(StoreError, match=column.replace(".", "[.]")):
        al.AllianceModel.load(written(tmp_path, with_column(members, column, value)))


@pytest.mark.slow
def test_worlds_of_random_values_are_refused_or_run_to_their_end(saved, tmp_path):
    """In a process of its own: a write outside of a table would end it. 150 worlds, three columns changed in each."""
    code = f"""
import io, sys, zipfile
import numpy as np
from pathlib import Path
sys.path.insert(0, {str(Path(__file__).resolve().parents[2])!r})
import alliancelab as al
from alliancelab.agents.errors import StoreError
from tests.strangers.test_saved_models import with_column, written
with zipfile.ZipFile(sys.argv[1]) as archive:
    saved = {{name: archive.read(name) for name in archive.namelist()}}
luck, place, refused = np.random.default_rng(11), Path(sys.argv[2]), 0
tables = {{name: np.load(io.BytesIO(saved[name + '.npy']), max_header_size=100_000) for name in
          ('organisations', 'sectors', 'fields', 'alliances', 'seats', 'government', 'platforms', 'panel', 'members')}}
for trial in range(150):
    members = saved
    for _ in range(3):
        name = luck.choice(list(tables))
        column = luck.choice(tables[name].dtype.names)
        values = np.asarray(tables[name][column])
        if values.dtype.kind == 'f':
            value = luck.choice([-1.0, 0.0, 1.0, 2.0, 1e6, -1e6, 1e15, 1e-300])
        elif values.dtype.kind == 'i':
            value = luck.choice([-1, 0, 1, 2, 3, int(values.max()), int(values.max()) + 1])
        else:
            continue
        members = with_column(members, name + '.' + column, value, luck.integers(len(values)))
    try:
        model = al.AllianceModel.load(written(place, members))
    except StoreError:
        refused += 1
        continue
    model.run_model()
print(refused)
"""
    found = subprocess.run([sys.executable, "-c", code, str(written(tmp_path, saved)), str(tmp_path)],
                           capture_output=True, text=True, timeout=400)
    assert found.returncode == 0, found.stderr[-2000:]
    assert 0 < int(found.stdout) < 150
