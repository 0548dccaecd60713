"""The page from the mission to the code: code by its `Source:`, tests by their `Rows:`, effects as measured."""

import ast
import csv
import re
import runpy
from collections import defaultdict
from pathlib import Path
from typing import NamedTuple

__all__ = ["Row", "page", "rows"]

ROOT = Path(__file__).resolve().parents[1]
CODE = ("agents", "model", "scenarios", "analysis", "alliancelab", "notebooks")
MANY = 12
HEAD = """# From the mission to the code

One row per mechanism (A to G) or capability (H) of the mission. Code is whatever names the row in the `Source:` of its
docstring, a test whatever names it in `Rows:`; `module.function` is without the leading `alliancelab`.

- **done**: code and tests exist, and in A to E every claim below moves what it should at 99 %.
- **partly**: something does not show; the claims below, or the note, say what.

In A to E the state is read off the measured claims, or set to partly by hand where the note says what is missing; in F
to H it is set by hand, in docs/traceability.csv.

| id | state | code | tests | note |
|---|---|---|---|---|
"""
CLAIMS = """
## Claims and what was measured

Each claim is run on pairs of replicates with common random numbers; the mean paired difference with its 99 % interval
has to lie on the side that the arrow shows. What is switched, in which world, and what each quantity counts is in
`tests/mechanisms/`; `python -m tests.mechanisms` measures all of it anew.

| row | claim | quantity | | base | difference | 99 % interval | pairs | holds |
|---|---|---|---|---|---|---|---|---|
"""


class Row(NamedTuple):
    """One row of the mission: its state, code, tests and note."""

    id: str
    state: str
    code: list[str]
    tests: list[str]
    note: str


def rows() -> list[Row]:
    """All rows, in order."""
    code = _named(CODE, r"Source:((?:[^\n]|\n(?!\s*\n))*)")
    tests = _named(("tests",), r"[Rr]ows: ((?:[^.\n]|\n(?!\s*\n))*)")
    failed = {line["row"].split()[0] for line in measured() if line["holds"] != "yes"}
    found = []
    for line in _read(ROOT / "docs" / "traceability.csv"):
        name = line["id"]
        state = line["state"] or ("partly" if name in failed else "done")
        found.append(Row(name, state, code[name], tests[name], line["note"]))
    return found


def measured() -> list[dict[str, str]]:
    """Lines of the table of measured claims."""
    return _read(ROOT / "tests" / "mechanisms" / "measured.csv")


def page() -> str:
    """The whole page."""
    text = HEAD
    for row in rows():
        code, tests = _shown(row.code, "."), _shown(row.tests, "::")
        text += f"| {row.id} | {row.state} | {code} | {tests} | {row.note} |\n"
    text += CLAIMS
    claims = dict(_claims())
    for line in measured():
        arrow = "up" if line["direction"] == "+1" else "down"
        found = f"{line['difference']} | {line['low']} to {line['high']}" if line["pairs"] != "0" else "no pair | -"
        text += (f"| {line['row']} | {claims[line['row']]} | `{line['quantity']}` | {arrow} | {line['base']} | "
                 f"{found} | {line['pairs']} | {line['holds']} |\n")
    return text


def _shown(names: list[str], mark: str) -> str:
    """Names in a cell: where there are many, only the files that they are in."""
    if len(names) > MANY:
        names = sorted({name.rpartition(mark)[0] or name for name in names})
    return ", ".join(f"`{one}`" for one in names)


def _claims() -> list[tuple[str, str]]:
    """Row and claim of every experiment, read from the table without running it."""
    experiments = runpy.run_path(str(ROOT / "tests" / "mechanisms" / "experiments.py"))["EXPERIMENTS"]
    return [(one.row, one.claim) for one in experiments]


def _read(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def _named(folders: tuple[str, ...], pattern: str) -> dict[str, list[str]]:
    """Functions, classes and modules by the rows that their docstrings name."""
    found: dict[str, list[str]] = defaultdict(list)
    for file in sorted(file for folder in folders for file in (ROOT / folder).rglob("*.py")):
        place = file.relative_to(ROOT).as_posix()
        module = place.removesuffix(".py").replace("/", ".").removeprefix("alliancelab.")
        tree = ast.parse(file.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if not isinstance(node, ast.FunctionDef | ast.ClassDef | ast.Module):
                continue
            name = f"{module}.{node.name}" if hasattr(node, "name") else module
            if folders == ("tests",):
                name = f"{place}::{node.name}" if hasattr(node, "name") else place
            for row in _rows_in(pattern, ast.get_docstring(node) or ""):
                found[row].append(name)
    return found


def _rows_in(pattern: str, docstring: str) -> list[str]:
    """Rows in the marked part of a docstring, ranges such as E1-E3 written out."""
    text = " ".join(re.findall(pattern, docstring))
    named = set(re.findall(r"\b[A-H]\d+\b", text))
    for letter, first, last in re.findall(r"\b([A-H])(\d+)-[A-H]?(\d+)\b", text):
        named |= {f"{letter}{i}" for i in range(int(first), int(last) + 1)}
    if re.search(r"\bA1-E3\b", text):
        named |= {f"{letter}{i}" for letter, last in (("A", 9), ("B", 4), ("C", 5), ("D", 8), ("E", 3))
                  for i in range(1, last + 1)}
    return sorted(named)
