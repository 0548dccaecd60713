"""The sourced table of starting figures: what is known of real alliances, in the project's own words."""

import csv
from pathlib import Path
from typing import NamedTuple

__all__ = ["Fact", "facts"]

_TABLE = Path(__file__).parent / "facts" / "starting_figures.csv"


class Fact(NamedTuple):
    """One figure: its value with range and unit, where it comes from, and how far it can be trusted.

    Attributes
    ----------
    id, quantity, unit, source : str
    value, low, high : float or None
    confidence : str
        A: computed from or stated in a primary source; B: secondary quotation; C: derived from others.
    """

    id: str
    quantity: str
    value: float | None
    low: float | None
    high: float | None
    unit: str
    source: str
    confidence: str


def facts() -> dict[str, Fact]:
    """All figures by their id."""
    with _TABLE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {row["id"]: _fact(row) for row in rows}


def _fact(row: dict[str, str]) -> Fact:
    value, low, high = (float(row[key]) if row[key] else None for key in ("value", "low", "high"))
    return Fact(row["id"], row["quantity"], value, low, high, row["unit"], row["source"], row["confidence"])
