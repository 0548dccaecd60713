"""Tables of effects over worlds in words: in how many worlds a sign holds, and which parameter flips it."""

from collections.abc import Mapping
from typing import Any

from alliancelab.model.parameters import PARAMETERS

__all__ = ["decided", "holds"]

_DECLARED = {parameter.name: parameter for parameter in PARAMETERS}


def holds(row: Mapping[str, Any]) -> str:
    """In how many worlds the sign of an effect holds, in words; a dash where none gave an answer."""
    if not row["worlds"]:
        return "–"
    return f"{int(row['holding'])} of {int(row['worlds'])}"


def decided(row: Mapping[str, Any]) -> str:
    """The parameter that flips an effect with its threshold and what is above it, in words; "" without one."""
    if not row["decided_by"]:
        return ""
    unit = _DECLARED[row["decided_by"]].unit if row["decided_by"] in _DECLARED else "-"
    with_unit = "" if unit == "-" else f" {unit}"
    return f"{row['decided_by']}: {'+' if row['above'] > 0 else '−'} above {row['threshold']:.3g}{with_unit}"
