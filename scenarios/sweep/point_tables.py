"""Tables of points: a column for each factor, as people have them, or the plan or the results of an earlier sweep.

Source: H5.
"""

from pathlib import Path
from typing import Any, NamedTuple

from alliancelab.agents.errors import ScenarioError, UserError
from alliancelab.scenarios.files import is_file
from alliancelab.scenarios.people_tables import PeopleTable, number, read_people_table
from alliancelab.scenarios.regional_outcomes import ALL_OUTCOMES, PREFIX
from alliancelab.scenarios.schema import short

__all__ = ["Rows", "read_points"]

POINT = "point"
_PLAN = ("run", "run_id", "scenario", POINT, "replicate", "seed", "world")
"""What a plan says of a run beside its factors."""
_RESULTS = ("error", *ALL_OUTCOMES)
_RESULT_GROUPS = ("curve.", PREFIX)  # before names of columns; a factor's begins with neither


class Rows(NamedTuple):
    """Points as they were listed.

    Attributes
    ----------
    place : str
        How messages call the file.
    points : list of (str, dict)
        How messages call each point, and its values by factor; a factor that is not named stays as it is.
    table : bool
        Whether they stand in a table with columns.
    """

    place: str
    points: list[tuple[str, dict[str, Any]]]
    table: bool = False

    def key(self, name: str) -> str:
        """How messages call a factor."""
        return f"column {name}" if self.table else f"{self.points[0][0]}.{name}"


def read_points(place: str, path: Path) -> Rows:
    """Points of a table; empty cells leave a factor as it is in the scenario.

    The plan of a sweep, and tables of its results, are such tables, too: what they say beside the factors is passed by,
    and each point is taken once.

    Raises
    ------
    ScenarioError
        When there is no such table, it is empty, a column stands twice or a cell is no number.
    """
    if not is_file(path):
        raise ScenarioError(f"{place}: table names {short(str(path))}, which is not there; give a file beside the "
                            "design")
    try:
        table = read_people_table(path, str(path))
    except UserError as error:
        raise ScenarioError(str(error)) from None
    if not table.rows:
        raise ScenarioError(f"{path}: the table is empty; give a column for each factor and a row for each point")
    twice = next((name for name in table.columns if table.columns.count(name) > 1), None)
    if twice is not None:
        raise ScenarioError(f"{path}: the column {twice} stands there twice; keep one of them")
    of_sweep = POINT in table.columns
    passed = {*_PLAN, *_RESULTS} if of_sweep else set()
    factors = [i for i, name in enumerate(table.columns) if name not in passed and not (
        of_sweep and name.startswith(_RESULT_GROUPS))]
    seen: set[str] = set()
    points = []
    for line, cells in table.rows:
        if of_sweep:
            known = cells[table.columns.index(POINT)]
            if known in seen:
                continue
            seen.add(known)
        values = {table.columns[i]: _value(cells[i], table, line, i) for i in factors if cells[i]}
        points.append((f"row {line}", values))
    return Rows(str(path), points, table=True)


def _value(text: str, table: PeopleTable, line: int, column: int) -> int | float:
    try:
        found = number(text, table.decimal_comma)
    except ValueError:
        raise ScenarioError(f"{table.place}: row {line}.{table.columns[column]} must be a finite number, not "
                            f"{short(text)}") from None
    return int(found) if found.is_integer() and abs(found) < 1e15 else found
