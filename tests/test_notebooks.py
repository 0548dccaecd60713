"""Notebooks run from top to bottom without a warning, and the saved ones show what such a run shows."""

import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from notebooks.execute import NOTEBOOKS, execute, pictures, troubles

ROOT = Path(__file__).resolve().parents[1]
TITLES = {
    "1_first_run", "2_comparing_policies", "3_sweep_and_sensitivity", "4_rescuing_one_alliance",
    "5_dongying_and_the_county", "6_your_own_registry",
}
each_notebook = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


def saved(path: Path) -> nbformat.NotebookNode:
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    return notebook


def test_the_six_notebooks_are_there():
    assert {path.stem for path in NOTEBOOKS} == TITLES


@each_notebook
def test_a_saved_notebook_was_executed_in_order_and_shows_pictures(path):
    """Rows: H6."""
    notebook = saved(path)
    assert troubles(notebook) == []
    assert pictures(notebook) >= 3
    assert path.stat().st_size < 1e6


@each_notebook
def test_a_notebook_begins_with_a_question_and_ends_with_what_to_try_next(path):
    cells = saved(path).cells
    first, last = cells[0], cells[-1]
    assert first.cell_type == last.cell_type == "markdown"
    assert first.source.splitlines()[0].endswith("?")
    assert "## Try next" in last.source.splitlines()


@pytest.mark.slow
@each_notebook
def test_a_notebook_runs_from_top_to_bottom_without_a_warning(path):
    """Rows: H6."""
    notebook = saved(path)
    fresh = execute(notebook)
    assert troubles(fresh) == []
    assert pictures(fresh) == pictures(notebook)


def test_executing_leaves_the_notebook_it_was_given_as_it_was():
    notebook = new_notebook(cells=[new_code_cell("6 * 7")])
    before = nbformat.writes(notebook)
    fresh = execute(notebook)
    assert nbformat.writes(notebook) == before
    assert fresh.cells[0].outputs[0].data["text/plain"] == "42"


@pytest.mark.parametrize(("code", "told"), [
    ("1 / 0", "raises ZeroDivisionError: division by zero"),
    ("import warnings; warnings.warn('beware')", "warns"),
    ("import os; print(os.path.join(os.sep, 'tmp', 'results'))", "names the folder /tmp/"),
    ("import os; os.path.join(os.sep, 'opt', 'me')", "names the folder /opt/"),
])
def test_trouble_is_found_and_told_with_its_cell(code, told):
    found = troubles(execute(new_notebook(cells=[new_code_cell("1"), new_code_cell(code)])))
    assert found
    assert found[0].startswith("code cell 2 ") and told in found[0]


def test_cells_out_of_order_are_found():
    cells = [new_code_cell("1", execution_count=2), new_code_cell("2", execution_count=1), new_code_cell("3")]
    assert len(troubles(new_notebook(cells=cells))) == 3


def test_an_unknown_notebook_is_answered_with_the_known_ones():
    answer = subprocess.run([sys.executable, str(ROOT / "notebooks" / "execute.py"), "6_none"], capture_output=True,
                            text=True, check=False)
    assert answer.returncode == 2
    assert "there is no notebook '6_none'" in answer.stderr and "1_first_run" in answer.stderr
