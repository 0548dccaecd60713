"""What a region records, by name: a vector is spread over one name for each of its places."""

from collections.abc import Callable

import numpy as np

from alliancelab.model.regional.codes import Carrier, Grade, Level, Programme
from alliancelab.model.regional.tables import INDICATORS
from alliancelab.model.tables import table_type

__all__ = ["COLUMNS", "read_column"]

_SPECIAL = ("filed", "approved", "completed")


def _places(name: str, count: int) -> list[str]:
    if name in ("agriculture", "social"):
        return list(_SPECIAL)
    closed = {"programmes_filed": Programme, "programmes_approved": Programme}.get(name)
    for codes in (closed,) if closed else (Carrier, Grade, Level):
        if len(codes) == count:
            return [code.name.lower() for code in codes]
    raise ValueError(f"{name}: no closed list has {count} places")


def _columns() -> dict[str, tuple[str, int | None]]:
    found: dict[str, tuple[str, int | None]] = {}
    types = table_type(INDICATORS)
    for column in INDICATORS:
        shape = types[column.name].shape
        if not shape:
            found[column.name] = (column.name, None)
            continue
        for k, place in enumerate(_places(column.name, shape[0])):
            found[f"{column.name}_{place}"] = (column.name, k)
    return found


COLUMNS = _columns()
"""Column of the record and place in it, None where it is a single number, by name."""


def read_column(name: str) -> Callable[[np.ndarray], np.ndarray]:
    """How a recorded column is read from the table of indicators: values of all quarters."""
    column, place = COLUMNS[name]

    def read(table: np.ndarray) -> np.ndarray:
        values = table[column].astype(float)
        return values if place is None else values[:, place]

    return read
