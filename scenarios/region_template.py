"""A county or cluster of one's own: the sections of a new scenario file, filled from a table of figures.

Source: F11, G8.
"""

import csv
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from alliancelab.agents.errors import ScenarioError
from alliancelab.model.policy.instrument import Instrument
from alliancelab.model.regional.parameters import REGION
from alliancelab.scenarios.calendar import Calendar
from alliancelab.scenarios.files import reason
from alliancelab.scenarios.fit_region import RATES
from alliancelab.scenarios.layers import read_toml
from alliancelab.scenarios.own_indicators import indicators_of
from alliancelab.scenarios.regional import set_by
from alliancelab.scenarios.scenario import Scenario
from alliancelab.scenarios.toml_text import value_text

__all__ = ["moved_calendar", "read_figures", "region_lines"]

_BASE_FIGURES = ("firms_least", "above_scale", "scale", "revenue", "national_output", "certified_output",
                 "alliances_named", "open_sectors", "agriculture", "social")
LARGEST_TABLE = 1_000_000  # bytes
LARGEST_FIGURE = 1e15  # million yuan or whatever: what TOML takes as a whole number

Figures = Mapping[str, Mapping[str, Any]]


def read_figures(path: Path, base: Scenario) -> Figures:
    """Figures of a county or cluster: lines of a scorecard by indicator, ``start`` and ``targets`` by year.

    Parameters
    ----------
    path : Path
        A CSV file with the columns ``indicator``, ``start`` and one for each year of targets, empty cells left out; or
        a TOML file with the lines of a scorecard.
    base : Scenario
        Its own indicators are known, too.

    Raises
    ------
    ScenarioError
        When the file cannot be read, a name is not known, or a cell is no number.
    """
    if path.suffix == ".toml":
        lines: Figures = read_toml(path)
    elif path.suffix == ".csv":
        lines = _read_csv(path)
    else:
        raise ScenarioError(f"{path}: figures stand in a .csv or a .toml file")
    try:
        indicators_of({**base.scorecard, **{name: line for name, line in lines.items() if isinstance(line, Mapping)}})
    except ValueError as error:
        raise ScenarioError(f"{path}: the table {error}") from None
    return lines


def _read_csv(path: Path) -> Figures:
    try:
        if path.stat().st_size > LARGEST_TABLE:
            raise ScenarioError(f"{path}: the table is larger than 1 MB; it wants one line an indicator")
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file, strict=True)
            rows = [(reader.line_num, [cell.strip() for cell in row]) for row in reader]
    except UnicodeDecodeError:
        raise ScenarioError(f"{path}: the table cannot be read: it has to be saved as UTF-8") from None
    except (OSError, csv.Error) as error:
        raise ScenarioError(f"{path}: the table cannot be read: {reason(error)}") from None
    head = rows[0][1] if rows else []
    _check_head(path, head)
    lines: dict[str, dict[str, Any]] = {}
    for number, row in rows[1:]:
        if not any(row):
            continue
        if len(row) > len(head):
            raise ScenarioError(f"{path}, line {number}: it has {len(row)} cells and the table {len(head)} columns")
        cells = dict(zip(head, row, strict=False))
        name = cells.pop("indicator", "")
        given = {column: _cell(f"{path}, line {number}", name, column, text) for column, text in cells.items() if text}
        if not given:
            raise ScenarioError(f"{path}, line {number}: {name} has neither a start nor a target; give one, or leave "
                                "the line out")
        if name in lines:
            raise ScenarioError(f"{path}, line {number}: {name} has a line above already; give each indicator once")
        line: dict[str, Any] = {"start": given.pop("start")} if "start" in given else {}
        lines[name] = line | ({"targets": given} if given else {})
    if not lines:
        raise ScenarioError(f"{path}: the table has no line below its head")
    return lines


def _check_head(path: Path, head: list[str]) -> None:
    """Refuse columns that no table of figures has."""
    if "indicator" not in head:
        found = f"; it has {', '.join(map(repr, head))}" if any(head) else ""
        raise ScenarioError(f"{path}: the table wants a column 'indicator', a column 'start' and one for each year, "
                            f"with commas between them{found}")
    for k, column in enumerate(head):
        if column not in ("indicator", "start") and not re.fullmatch(r"[0-9]{4}", column):
            raise ScenarioError(f"{path}: the table has a column {column!r}; known are indicator, start, and years "
                                "such as 2015")
        if column in head[:k]:
            raise ScenarioError(f"{path}: the table has the column {column!r} twice; give each once")


def _cell(place: str, name: str, column: str, text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not abs(value) <= LARGEST_FIGURE:
        raise ScenarioError(f"{place}: {column} of {name} is {text!r} and has to be a number, at most "
                            f"{LARGEST_FIGURE:g}")
    return plain(value)


def region_lines(base: Scenario, figures: Figures) -> list[str]:
    """Sections ``[region]`` and ``[scorecard]``: what the figures say, and the rest as comments.

    Raises
    ------
    ScenarioError
        When the base has no region.
    """
    if base.region is None:
        raise ScenarioError(f"the base '{base.name}' has no [region]; take county_bureau or dongying")
    set_up = base.region_setup()
    assert set_up is not None  # the base has a region
    declared = {item.name: item for item in REGION}
    above = figures.get("above_scale", {}).get("start", set_up.numbers.get("above_scale", 0.0))
    sets = set_by(1.0 if isinstance(above, str) else above)  # a fact has a figure
    given = {sets[name]: line["start"] for name, line in figures.items() if name in sets and "start" in line}
    rates = [rate.number for rate in RATES]
    lines = ["", "# Figures of the base year are set; rates below them are tuned by: alliancelab fit-region THIS_FILE",
             "[region]"]
    for name in dict.fromkeys((*_BASE_FIGURES, *given, *rates)):
        item = declared[name]
        value = given.get(name, set_up.numbers.get(name, item.default))
        text = value_text(value) if isinstance(value, str) else f"{float(value):.10g}"
        lines.append(f"{'' if name in given else '# '}{name} = {text}  # {item.unit}: {item.description}")
    lines += ["", "# start: figure of the base year; targets by year. A line of the base goes with NAME = false.",
              "# A line of your own: my_share = { ratio = [\"output\", \"output_all\"] };",
              "# or total, level (recorded columns), growth (an indicator).",
              "[scorecard]"]
    known = indicators_of({**base.scorecard, **{k: v for k, v in figures.items() if isinstance(v, Mapping)}})
    for name, line in figures.items():
        lines.append(f"{name} = {value_text(line)}  # {known[name].unit}: {known[name].title}")
    for name in base.scorecard:
        if name not in figures:
            lines.append(f"{'' if figures else '# '}{name} = false  # {known[name].unit}: {known[name].title}")
    return lines


def moved_calendar(base: Scenario, instrument: Instrument, later: int) -> dict[str, Any]:
    """Window and calendars of an instrument of the base, `later` years later; what has no year is left out."""
    block = base.policy.get(instrument.name)
    if block is None:
        return {}
    moved: dict[str, Any] = {name: plain(getattr(block, field) + later)
                             for name, field in (("from", "from_"), ("until", "until"))
                             if getattr(block, field) is not None}
    for lever in instrument.levers:
        value = getattr(block, lever.name)
        if isinstance(value, Calendar):
            moved[lever.name] = {value.kind: [[plain(year + later), plain(number)] for year, number in value.points]}
    return moved


def plain(number: float) -> float | int:
    """A whole number without a point, as people write it."""
    return int(number) if number == int(number) else number
