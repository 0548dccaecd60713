"""Every row of the mission that is called done has its code, its mark in the docstring, and its test."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "traceability.md"
LAST = {"A": 9, "B": 4, "C": 5, "D": 8, "E": 3, "F": 11, "G": 8, "H": 6}
MISSION = [f"{letter}{i}" for letter, last in LAST.items() for i in range(1, last + 1)]


def _rows() -> dict[str, list[str]]:
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    rows = [line for line in lines if re.match(r"\| [A-H]\d+ \|", line)]
    cells = [[cell.strip() for cell in row.strip("|").split("|")] for row in rows]
    return {row[0]: row[1:] for row in cells}


ROWS = _rows()
WORKING = [row for row, cells in ROWS.items() if cells[0] in ("done", "partly")]
DONE = [row for row, cells in ROWS.items() if cells[0] == "done"]


def _named(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


@cache
def _docstrings(file: Path) -> dict[str, str]:
    """Docstring of a module, under "", and of each function and class in it."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    found = {"": ast.get_docstring(tree) or ""}
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            found[node.name] = ast.get_docstring(node) or ""
    return found


def _docstring(name: str) -> str | None:
    """Docstring of ``module`` or ``module.function``, None where there is no such thing."""
    path = ROOT.joinpath(*name.split("."))
    if path.with_suffix(".py").is_file():
        return _docstrings(path.with_suffix(".py"))[""]
    file = path.parent.with_suffix(".py")
    return _docstrings(file).get(path.name) if file.is_file() else None


def _sources(docstring: str) -> set[str]:
    """Row identifiers in the `Source:` paragraphs of a docstring."""
    paragraphs = re.findall(r"Source:((?:[^\n]|\n(?!\s*\n))*)", docstring)
    return {row for text in paragraphs for row in re.findall(r"\b[A-H]\d+\b", text)}


def _ranges(text: str) -> set[str]:
    """Row identifiers in a text, ranges such as E1-E3 written out."""
    rows = set(re.findall(r"\b[A-H]\d+\b", text))
    for letter, first, last in re.findall(r"\b([A-H])(\d+)-[A-H]?(\d+)\b", text):
        rows |= {f"{letter}{i}" for i in range(int(first), int(last) + 1)}
    return rows


def test_every_row_of_the_mission_is_listed_once_and_in_order():
    listed = re.findall(r"^\| ([A-H]\d+) \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert listed == MISSION
    assert {cells[0] for cells in ROWS.values()} <= {"done", "partly", "open"}


@pytest.mark.parametrize("row", WORKING)
def test_code_of_a_row_exists(row):
    code = _named(ROWS[row][1])
    assert code
    assert [name for name in code if _docstring(name) is None] == []


@pytest.mark.parametrize("row", DONE)
def test_code_of_a_done_row_carries_its_identifier(row):
    assert [name for name in _named(ROWS[row][1]) if row not in _sources(_docstring(name) or "")] == []


@pytest.mark.parametrize("row", WORKING)
def test_test_of_a_row_exists(row):
    tests = [name.split("::") for name in _named(ROWS[row][2])]
    assert tests
    assert [name for file, name in tests if not (ROOT / file).is_file() or name not in _docstrings(ROOT / file)] == []


@pytest.mark.parametrize("row", DONE)
def test_a_test_of_a_done_row_names_it(row):
    tests = [name.split("::") for name in _named(ROWS[row][2])]
    lines = [re.search(r"[Rr]ows: ([^.]*)", _docstrings(ROOT / file)[name]) for file, name in tests]
    assert row in set().union(*(_ranges(line.group(1)) for line in lines if line))


@pytest.mark.parametrize("row", WORKING)
def test_names_of_a_row_are_declared(row):
    from alliancelab.model.outcomes import OUTCOMES
    from alliancelab.model.parameters import PARAMETERS
    from alliancelab.model.policy import INSTRUMENTS
    from alliancelab.model.regional import REGIONAL
    from alliancelab.model.regional.indicators import INDICATORS
    from alliancelab.model.regional.parameters import REGION

    declared = {item.name for item in (*PARAMETERS, *REGION, *OUTCOMES, *INDICATORS.values())}
    declared |= {lever.name for instrument in (*INSTRUMENTS, *REGIONAL) for lever in instrument.levers}
    assert set(_named(ROWS[row][3])) <= declared


@pytest.mark.parametrize("row", [row for row, cells in ROWS.items() if cells[0] in ("open", "partly")])
def test_what_is_missing_is_said(row):
    assert ROWS[row][4]


def test_no_docstring_names_a_row_that_is_still_open():
    files = [file for room in ("agents", "model", "scenarios", "analysis") for file in (ROOT / room).rglob("*.py")]
    marked = {row for file in files for text in _docstrings(file).values() for row in _sources(text)}
    assert marked & set(MISSION) <= set(WORKING)
