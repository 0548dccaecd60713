"""Every number of the model that is not a lever, from `parameters.csv`: uncertainties and constants, with source.

Where the true value of each may lie comes from `plausible.csv`, or by the rules of `plausible.py`.
"""

import csv
from pathlib import Path

from alliancelab.model.declarations import Parameter
from alliancelab.model.plausible import plausible_range

__all__ = ["CONSTANTS", "PARAMETERS", "UNCERTAINTIES"]

_POLICY = "policy"


def _read() -> list[tuple[str, Parameter]]:
    """Group and declaration of every row of the table."""
    with (Path(__file__).parent / "parameters.csv").open(encoding="utf-8", newline="") as file:
        read = [
            (row["group"], Parameter(
                row["name"], float(row["default"]), float(row["low"]), float(row["high"]), row["unit"], row["source"],
                row["description"], row["integer"] == "yes"))
            for row in csv.DictReader(file)
        ]
    return [(group, one._replace(plausible=plausible_range(one, group))) for group, one in read]


_ALL = _read()

UNCERTAINTIES = tuple(parameter for group, parameter in _ALL if group != _POLICY)
"""What nobody knows exactly: calibration and sensitivity analysis range over these."""

CONSTANTS = tuple(parameter for group, parameter in _ALL if group == _POLICY)
"""Prices and effects of instruments, held fixed in the shipped scenarios."""

PARAMETERS = UNCERTAINTIES + CONSTANTS
