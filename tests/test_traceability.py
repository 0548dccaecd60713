"""Every row of the mission has its code and its test, and its state is what was measured."""

import importlib.util
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
LAST = {"A": 9, "B": 4, "C": 5, "D": 8, "E": 3, "F": 11, "G": 8, "H": 6}
MISSION = [f"{letter}{i}" for letter, last in LAST.items() for i in range(1, last + 1)]

_spec = importlib.util.spec_from_file_location("traceability", ROOT / "docs" / "traceability.py")
traceability = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(traceability)
ROWS = {row.id: row for row in traceability.rows()}


def test_every_row_of_the_mission_is_listed_once_and_in_order():
    assert list(ROWS) == MISSION
    assert {row.state for row in ROWS.values()} <= {"done", "partly"}


@pytest.mark.parametrize("name", MISSION)
def test_a_row_has_code_and_a_test(name):
    assert ROWS[name].code and ROWS[name].tests


@pytest.mark.parametrize("name", [name for name in MISSION if name[0] in "ABCDE" and name not in ("A4", "A9")])
def test_a_row_of_the_policy_chain_has_measured_claims(name):
    assert any(line["row"].split()[0] == name for line in traceability.measured())


@pytest.mark.parametrize("name", [name for name in MISSION if name[0] in "FGH" and ROWS[name].state == "partly"])
def test_what_is_missing_is_said(name):
    assert ROWS[name].note


def test_the_page_is_the_one_generated():
    assert (ROOT / "docs" / "traceability.md").read_text(encoding="utf-8") == traceability.page()
