"""Rows of tables, parameters and levers with the values that a test names, the rest zero or at their defaults."""

from math import exp, log
from typing import Any

import numpy as np

from alliancelab.agents.codes import Kind, ProjectKind
from alliancelab.model.declarations import one_row
from alliancelab.model.parameters import PARAMETERS
from alliancelab.model.setup import lever_schedule
from alliancelab.model.tables import ALLIANCES, CLASSES, ORGANISATIONS, table_type

LN3 = log(3.0)  # the logit of three quarters
E_FOLD = 1.0 - exp(-1.0)
RESEARCH, INDUSTRIALISATION, LAUNCH = (int(kind) for kind in ProjectKind)


def parameters(**values: float) -> Any:
    """Record of all parameters."""
    return one_row(PARAMETERS, values)[0]


def row(columns: tuple, **values: Any) -> Any:
    """One row of a table of these columns."""
    made = np.zeros(1, table_type(columns))
    for name, value in values.items():
        made[name][0] = value
    return made[0]


def firm(**values: Any) -> Any:
    """A firm that exists."""
    return row(ORGANISATIONS, **{"kind": Kind.FIRM, "active": True} | values)


def alliance(**values: Any) -> Any:
    """An alliance that was never named a pilot."""
    return row(ALLIANCES, **{"pilot": -1} | values)


def vector(*first: float) -> np.ndarray:
    """Values by class of technology, zero after those given."""
    full = np.zeros(CLASSES)
    full[: len(first)] = first
    return full


def levers(**values: float) -> Any:
    """Levers of a quarter."""
    schedule = lever_schedule(1)
    for name, value in values.items():
        schedule[name] = value
    return schedule[0]
