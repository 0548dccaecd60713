"""The layers install under one name, refuse any other, and the repository names no machine and no registry."""

import ast
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
LAYERS = ("agents", "model", "scenarios", "analysis")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def python(code: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, check=False)


def committed_files() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("not a git checkout")
    return [ROOT / name for name in listed.stdout.split("\0") if name]


def test_no_test_module_imports_another():
    """What tests share lies in `tests/support`."""
    for path in (ROOT / "tests").rglob("*.py"):
        imports = [node.module or "" for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
                   if isinstance(node, ast.ImportFrom)]
        shared = [name for name in imports if re.search(r"^tests\..*\b(test_\w+|conftest)$", name)]
        assert shared == [], path


def test_every_source_folder_is_listed_in_pyproject():
    folders = [path.parent for top in ("alliancelab", *LAYERS) for path in (ROOT / top).rglob("*.py")]
    found = {".".join(folder.relative_to(ROOT).parts) for folder in folders}
    names = {name if name.startswith("alliancelab") else f"alliancelab.{name}" for name in found}
    assert names == set(PROJECT["tool"]["setuptools"]["packages"])


@pytest.mark.parametrize("layer", ["analysis", "model", "scenarios"])
def test_every_data_file_of_a_layer_is_packaged(layer):
    packaged = set()
    for package, patterns in PROJECT["tool"]["setuptools"]["package-data"].items():
        parts = package.split(".")[1:]
        if parts[:1] == [layer]:
            packaged |= {path for pattern in patterns for path in ROOT.joinpath(*parts).glob(pattern)}
    kinds = (".toml", ".csv", ".json", ".html", ".css", ".txt")
    data = {path for path in (ROOT / layer).rglob("*") if path.suffix in kinds}
    assert packaged == data


@pytest.mark.parametrize("layer", LAYERS)
def test_a_layer_imported_by_its_folder_name_answers_with_the_right_one(layer):
    answer = python(f"import {layer}", ROOT)
    assert answer.returncode == 1
    assert f"ImportError: write alliancelab.{layer}" in answer.stderr


@pytest.mark.parametrize("layer", LAYERS)
def test_a_layer_imported_under_the_project_name_works_from_anywhere(layer, tmp_path):
    answer = python(f"import alliancelab.{layer}", tmp_path)
    assert answer.returncode == 0, answer.stderr


def test_importing_the_front_door_imports_nothing_heavy(tmp_path):
    heavy = ("numpy", "numba", "pandas", "matplotlib", "mesa", "scipy", "pyarrow", "pydantic", "panel")
    answer = python(f"import alliancelab, sys; print([m for m in {heavy} if m in sys.modules])", tmp_path)
    assert answer.stdout.strip() == "[]", answer.stderr


def test_every_public_name_is_there_when_asked_for_and_the_type_checker_knows_it():
    import alliancelab

    source = (ROOT / "alliancelab" / "__init__.py").read_text(encoding="utf-8")
    typed = {name.strip() for names in re.findall(r"^    from [\w.]+ import (.*)$", source, re.MULTILINE)
             for name in names.split(",")}
    assert typed | {"__version__"} == set(dir(alliancelab))
    assert [name for name in dir(alliancelab) if getattr(alliancelab, name) is None] == []


def test_every_mistake_of_a_user_is_one_class():
    import alliancelab as al

    assert all(issubclass(one, al.UserError) for one in (al.InstrumentError, al.RuleError, al.ScenarioError,
                                                         al.StoreError))


def test_version_is_the_same_in_the_package_and_its_metadata():
    import alliancelab

    assert alliancelab.__version__ == PROJECT["project"]["version"]


def test_constraints_are_names_and_versions_only():
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    wrong = [line for line in lines if line and not line.startswith("#")
             and not re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9.]+", line)]
    assert not wrong


def test_every_dependency_is_constrained():
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").lower().replace("_", "-").splitlines()
    fixed = {line.split("==")[0] for line in lines}
    wanted = PROJECT["project"]["dependencies"] + PROJECT["project"]["optional-dependencies"]["dev"]
    names = {re.split(r"[\[>=<]", item)[0].lower() for item in wanted}
    assert names <= fixed


def test_no_file_names_a_registry_or_a_home_folder():
    # The patterns are put together here so that this file does not match itself.
    forbidden = re.compile("|".join(["pypi" + r"\.org", "files" + r"\.pythonhosted", "index" + "-url", "/ro" + "ot/",
                                     "/ho" + "me/", "/wo" + "rk/"]))
    texts = [path for path in committed_files() if path.is_file() and path.suffix not in (".png", ".parquet", ".gif")]
    wrong = [f"{path.relative_to(ROOT)}: {found.group()}" for path in texts
             if (found := forbidden.search(path.read_text(encoding="utf-8", errors="replace")))]
    assert not wrong
