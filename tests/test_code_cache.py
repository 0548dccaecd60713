"""Compiled code that is not that of the sources never runs: damaged entries, full disks, no home, old folders."""

import os
import random
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path

import numba
import numpy as np
import pytest

from alliancelab.agents.code_cache import CodeCache, clean

ROOT = Path(__file__).resolve().parents[1]
IMPORT = "from alliancelab.agents import compiled; print(compiled.cache_folder())"
TOY = """
import sys
from pathlib import Path
import numba
from alliancelab.agents.code_cache import CodeCache, say

def double(x):
    return x + x

toy = numba.njit(double)
toy._cache = CodeCache(double, Path(sys.argv[1]), say)
print(toy(21), toy(1.5))
"""


def triple(x):
    return 3 * x


def toy(folder: Path, said: list[str] | None = None):
    """A compiled function that keeps its code in a folder, as a process that has just begun sees it."""
    dispatcher = numba.njit(triple)
    dispatcher._cache = CodeCache(triple, folder, [].append if said is None else said.append)
    return dispatcher


def loaded(dispatcher) -> bool:
    """Whether all its code came from disk."""
    return not dispatcher.stats.cache_misses and bool(dispatcher.stats.cache_hits)


def python(code: str, *arguments: str, before: tuple[str, ...] = (), cwd: Path = ROOT, **environment: str | None):
    """Run code in a process of its own; a variable that is None is taken out of its environment."""
    changed = {**os.environ, **environment}
    return subprocess.run([*before, sys.executable, "-c", code, *arguments], capture_output=True, text=True, cwd=cwd,
                          env={key: value for key, value in changed.items() if value is not None}, check=False)


# --- entries ---------------------------------------------------------------------------------------------------------


def test_code_is_read_back_by_the_next_process(tmp_path):
    assert toy(tmp_path)(2) == 6
    again = toy(tmp_path)
    assert again(2) == 6 and loaded(again)
    assert [path.suffix for path in tmp_path.iterdir()] == [".code"]


@pytest.mark.parametrize("kind", ["flip", "cut", "zeros", "grown"])
def test_a_damaged_entry_is_dropped_and_compiled_again(tmp_path, kind):
    toy(tmp_path)(2)
    (path,) = tmp_path.iterdir()
    whole, luck = path.read_bytes(), random.Random(kind)
    for _ in range(15):
        damaged, place = bytearray(whole), luck.randrange(len(whole))
        if kind == "flip":
            damaged[place] ^= 1 << luck.randrange(8)
        elif kind == "cut":
            del damaged[place:]
        elif kind == "zeros":
            damaged[place : place + 64] = bytes(len(damaged[place : place + 64]))
        else:
            damaged += b"more"
        if damaged == whole:
            continue
        path.write_bytes(damaged)
        healed = toy(tmp_path)
        assert healed(2) == 6 and not loaded(healed)
        assert loaded_after(tmp_path)


def loaded_after(folder: Path) -> bool:
    again = toy(folder)
    return again(2) == 6 and loaded(again)


def test_an_entry_under_the_name_of_another_is_not_taken_for_it(tmp_path):
    one = toy(tmp_path)
    one(2)
    (whole,) = tmp_path.iterdir()
    one(2.5)
    (real,) = (path for path in tmp_path.iterdir() if path != whole)
    shutil.copy(whole, real)
    again = toy(tmp_path)
    assert again(2.5) == 7.5 and not loaded(again)


def test_two_that_compile_at_once_do_not_take_each_others_code(tmp_path):
    """With Numba's own index both would call their code the first and the second to write would win."""
    one, other = toy(tmp_path), toy(tmp_path)
    one(2), other(np.arange(3.0)), one(2.5), other(2j)
    again = toy(tmp_path)
    assert (again(2), again(2.5), again(2j)) == (6, 7.5, 6j) and again(np.arange(3.0)).tolist() == [0.0, 3.0, 6.0]
    assert loaded(again)


def test_a_folder_that_disappears_is_made_again(tmp_path):
    kept = tmp_path / "code"
    one = toy(kept)
    one(2)
    shutil.rmtree(kept)
    assert one(2.5) == 7.5 and len(list(kept.iterdir())) == 1


def test_threads_that_compile_at_once_leave_whole_entries(tmp_path):
    threads = [threading.Thread(target=lambda: toy(tmp_path)(2)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [path.suffix for path in tmp_path.iterdir()] == [".code"] and loaded_after(tmp_path)


def test_code_that_cannot_be_kept_is_said_and_the_call_goes_on(tmp_path):
    (tmp_path / "file").write_text("not a folder")
    said: list[str] = []
    assert toy(tmp_path / "file" / "code", said)(2) == 6
    assert said == [f"alliancelab: compiled code cannot be kept in {tmp_path}/file/code: not a directory; "
                    "it is compiled anew next time"]


def test_a_full_disk_during_compilation_is_one_line_and_leaves_no_half_file(tmp_path):
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4k", "tmpfs", str(tmp_path)], capture_output=True)
    if mounted.returncode:
        pytest.skip("mounting a small file system takes root")
    try:
        found = python(TOY, str(tmp_path))
        assert found.stdout == "42 3.0\n"
        assert found.stderr.count("\n") == len(found.stderr.splitlines()) <= 2
        assert "no space left on device; it is compiled anew next time" in found.stderr
        assert not list(tmp_path.rglob("*.part"))
    finally:
        subprocess.run(["umount", str(tmp_path)], check=True)


# --- where it lies ---------------------------------------------------------------------------------------------------


def test_the_named_folder_is_taken_without_a_word(tmp_path):
    found = python(IMPORT, ALLIANCELAB_CACHE=str(tmp_path / "new"))
    assert found.stderr == "" and Path(found.stdout.strip()).parent == tmp_path / "new"


def test_a_folder_that_cannot_be_written_is_replaced_by_one_of_the_users_own_and_said_in_one_line(tmp_path):
    found = python(IMPORT, ALLIANCELAB_CACHE="/proc/none", TMPDIR=str(tmp_path))
    own = tmp_path / f"alliancelab-{os.getuid()}"
    assert Path(found.stdout.strip()).parent == own and own.stat().st_mode & 0o777 == 0o700
    assert found.stderr == (f"alliancelab: compiled code is kept in {own}, as /proc/none cannot be written (no such "
                            "file or directory); ALLIANCELAB_CACHE can name a folder for it\n")


@pytest.mark.parametrize("home", ["/proc/none", "/dev/null", None])
def test_a_home_that_is_none_does_not_stop_anything(tmp_path, home):
    found = python(IMPORT, HOME=home, ALLIANCELAB_CACHE=None, XDG_CACHE_HOME=None, TMPDIR=str(tmp_path))
    assert found.returncode == 0 and Path(found.stdout.strip()).is_absolute()
    assert found.stderr.count("\n") == (0 if home is None else 1)


def test_a_user_without_a_name_and_a_home_has_a_folder_among_the_temporary_files(tmp_path):
    if os.getuid() != 0 or shutil.which("setpriv") is None:
        pytest.skip("becoming another user takes root and setpriv")
    tmp_path.chmod(0o777)
    for parent in tmp_path.parents[:3]:
        parent.chmod(parent.stat().st_mode | 0o011)
    before = ("setpriv", "--reuid", "54321", "--clear-groups")
    found = python(IMPORT, before=before, HOME=None, ALLIANCELAB_CACHE=None, XDG_CACHE_HOME=None, TMPDIR=str(tmp_path))
    assert Path(found.stdout.strip()).parent == tmp_path / "alliancelab-54321", found.stderr
    assert found.stderr.endswith("as there is no home folder; ALLIANCELAB_CACHE can name a folder for it\n")
    assert not (ROOT / "~").exists()


@pytest.mark.parametrize("kind", ["writable by all", "a link", "a file"])
def test_a_temporary_folder_that_others_could_have_made_is_not_trusted(tmp_path, kind):
    own = tmp_path / f"alliancelab-{os.getuid()}"
    if kind == "a link":
        (tmp_path / "elsewhere").mkdir(mode=0o700)
        own.symlink_to(tmp_path / "elsewhere")
    elif kind == "a file":
        own.write_text("")
    else:
        own.mkdir()
        own.chmod(0o777)
    found = python(IMPORT, ALLIANCELAB_CACHE="/proc/none", TMPDIR=str(tmp_path))
    assert found.stdout == "None\n"
    assert "the model is compiled anew each time, as /proc/none cannot be written" in found.stderr


def test_code_that_the_maker_of_an_image_left_serves_though_the_folder_cannot_be_written(tmp_path):
    if os.getuid() != 0 or shutil.which("setpriv") is None:
        pytest.skip("becoming another user takes root and setpriv")
    for parent in (tmp_path, *tmp_path.parents[:3]):
        parent.chmod(parent.stat().st_mode | 0o055)
    python(TOY, str(tmp_path))
    code = TOY.replace("print", "from tests.test_code_cache import loaded; print").replace("toy(1.5))",
                                                                                        "toy(1.5), loaded(toy))")
    found = python(code, str(tmp_path), before=("setpriv", "--reuid", "54321", "--clear-groups"))
    assert (found.stdout, found.stderr) == ("42 3.0 True\n", "")


def test_without_a_home_and_with_a_full_cache_the_place_serves_as_it_is(tmp_path):
    names = python("from alliancelab.agents import compiled; print(compiled._NATIONAL, compiled._WITH_REGIONAL)")
    for name in names.stdout.split():
        (tmp_path / name).mkdir()
        (tmp_path / name / "x.code").write_bytes(b"")
    code = ("import alliancelab.agents.code_cache as c; c._problem = lambda folder: 'read-only file system'\n" + IMPORT)
    found = python(code, ALLIANCELAB_CACHE=str(tmp_path))
    assert Path(found.stdout.strip()).parent == tmp_path and found.stderr == ""


# --- old folders -----------------------------------------------------------------------------------------------------


@pytest.fixture
def place(tmp_path) -> Path:
    """Folders of code: of this version, of one used yesterday, of three not used for a month, one with a stranger."""
    for name, days, files in [("a" * 16, 30, ["x.code"]), ("b" * 16, 1, ["x.code"]), ("c" * 16, 30, ["used", "x.code"]),
                              ("d" * 16, 30, ["deep/y.nbi", "deep/y.1.nbc"]), ("e" * 16, 30, ["x.code", "notes.txt"]),
                              ("thesis", 30, ["x.code"]), ("f" * 16, 30, ["x.code"])]:
        for file in files:
            path = tmp_path / name / file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(b"")
            os.utime(path, (time.time() - days * 86400,) * 2)
        os.utime(tmp_path / name, (time.time() - days * 86400,) * 2)
    (tmp_path / ("f" * 16) / "used").touch()  # in use: its mark is young
    return tmp_path


def test_folders_of_versions_that_nobody_uses_are_removed_and_nothing_else(place):
    clean(place, ["a" * 16])
    assert sorted(path.name for path in place.iterdir()) == ["a" * 16, "b" * 16, "e" * 16, "f" * 16, "thesis"]
    assert (place / ("a" * 16) / "used").exists() and (place / ("a" * 16) / "x.code").exists()


def test_folders_are_looked_through_once_a_day(place):
    clean(place, ["b" * 16])
    shutil.copytree(place / ("e" * 16), place / ("d" * 16), copy_function=shutil.copy2)
    (place / ("d" * 16) / "notes.txt").unlink()
    os.utime(place / ("d" * 16), (0, 0))
    clean(place, ["b" * 16])
    assert (place / ("d" * 16)).exists()
    os.utime(place / ("b" * 16) / "used", (time.time() - 90000,) * 2)
    clean(place, ["b" * 16])
    assert not (place / ("d" * 16)).exists()


# --- the sources -----------------------------------------------------------------------------------------------------


@pytest.fixture
def copy(tmp_path) -> Path:
    """The package under its name in a folder of its own."""
    for name in ("alliancelab", "agents", "model", "scenarios", "analysis"):
        target = tmp_path / "site" / "alliancelab" / ("" if name == "alliancelab" else name)
        shutil.copytree(ROOT / name, target, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path / "site"


def edit(copy: Path) -> None:
    """Change one rule, the logistic function, which rules of other files call."""
    path = copy / "alliancelab" / "agents" / "organisation_rules.py"
    before, name, after = path.read_text(encoding="utf-8").partition("def sigmoid(")
    path.write_text(before + name + after.replace("    return ", "    return 0.5\n    return ", 1), encoding="utf-8")


HASHES = "from alliancelab.agents import compiled as c; print(c.sources_hash(), c.cache_folder(), c.__file__)"


def test_an_edited_rule_has_another_hash_and_another_folder(copy, tmp_path):
    told = {"cwd": copy, "PYTHONPATH": str(copy), "ALLIANCELAB_CACHE": str(tmp_path / "cache")}
    before = python(HASHES, **told).stdout.split()
    edit(copy)
    after = python(HASHES, **told).stdout.split()
    assert before[2] == after[2] and str(copy) in after[2]
    assert before[0] != after[0] and before[1] != after[1]


def test_a_process_tells_the_hash_of_what_it_has_read_whatever_was_edited_since(copy, tmp_path):
    path = copy / "alliancelab" / "agents" / "firm_rules.py"
    code = ("import pathlib, sys; from alliancelab.agents.compiled import sources_hash; before = sources_hash(); "
            "pathlib.Path(sys.argv[1]).write_text(''); print(before == sources_hash())")
    found = python(code, str(path), cwd=copy, PYTHONPATH=str(copy), ALLIANCELAB_CACHE=str(tmp_path / "cache"))
    assert found.stdout == "True\n" and path.read_text() == ""


CALL = """
from alliancelab.agents.codes import Path
from alliancelab.agents.compiled import sources_hash
from alliancelab.agents.government_rules import rescue_odds
from alliancelab.model.declarations import one_row
from alliancelab.model.parameters import PARAMETERS
from alliancelab.model.tables import ALLIANCES, table_type
import numpy as np
alliance = np.zeros(1, table_type(ALLIANCES))[0]
print(sources_hash(), rescue_odds(alliance, Path.REFOCUS, 0.8, one_row(PARAMETERS, {})[0]))
"""


def test_an_edited_rule_never_runs_as_the_old_one_where_only_a_temporary_folder_can_be_written(copy, tmp_path):
    """The sources could be written, and nothing is to be found beside them afterwards."""
    (tmp_path / "tmp").mkdir()
    told = {"cwd": copy, "PYTHONPATH": str(copy), "ALLIANCELAB_CACHE": "/proc/none", "HOME": "/proc/none",
            "TMPDIR": str(tmp_path / "tmp")}
    before = python(CALL, **told)
    assert python(CALL, **told).stdout == before.stdout and before.stdout
    edit(copy)
    after = python(CALL, **told)
    assert after.returncode == 0, after.stderr
    assert after.stdout.split()[0] != before.stdout.split()[0]
    assert float(after.stdout.split()[1]) == 0.125 > 100.0 * float(before.stdout.split()[1])
    assert not [path for path in copy.rglob("*") if path.suffix in (".nbi", ".nbc", ".code")]
    assert len({path.parent for path in (tmp_path / "tmp").glob("alliancelab-*/*/*.code")}) == 2
