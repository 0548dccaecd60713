"""The sourced tables of figures: real alliances, and the documents on a cluster and a county, in own words."""

import csv
from functools import cache
from pathlib import Path
from typing import NamedTuple

__all__ = ["Fact", "facts"]

_FOLDER = Path(__file__).parent / "facts"


class Fact(NamedTuple):
    """One figure: its value with range and unit, where it comes from, and how far it can be trusted.

    Attributes
    ----------
    id, quantity, unit, source : str
    value, low, high : float or None
    confidence : str
        A: computed from or stated in a primary source; B: secondary quotation; C: derived from others.
    use : str
        Of figures of the documents: start, target or parameter in scenarios, or context; "" for others.
    """

    id: str
    quantity: str
    value: float | None
    low: float | None
    high: float | None
    unit: str
    source: str
    confidence: str
    use: str = ""


@cache
def facts() -> dict[str, Fact]:
    """All figures by their id."""
    found = {}
    for table in sorted(_FOLDER.glob("*.csv")):
        with table.open(encoding="utf-8", newline="") as file:
            found.update({row["id"]: _fact(row) for row in csv.DictReader(file)})
    return found


def _fact(row: dict[str, str]) -> Fact:
    value, low, high = (float(row[key]) if row[key] else None for key in ("value", "low", "high"))
    return Fact(row["id"], row["quantity"], value, low, high, row["unit"], row["source"], row["confidence"],
                row.get("use", ""))
