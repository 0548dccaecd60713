"""Tables of a regional system's run: its indicators by quarter, and its carriers at the end."""

from typing import TYPE_CHECKING

import numpy as np

from alliancelab.model.regional.codes import Carrier, Grade, Level, Rank, Service
from alliancelab.model.regional.tables import INDICATORS
from alliancelab.model.setup import QUARTERS_A_YEAR

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["carriers_table", "indicators_table"]

_PLACES = {
    len(Carrier): [kind.name.lower() for kind in Carrier],
    len(Level): [level.name.lower() for level in Level],
}
_GRADES = [grade.name.lower() for grade in Grade]
_STEPS = ["filed", "approved", "completed"]


def indicators_table(run) -> "pd.DataFrame":
    """One row a quarter: ``quarter``, ``year`` and every recorded indicator; vectors become one column a place.

    Empty where the scenario has no region.
    """
    import pandas as pd

    if run.region is None:
        return pd.DataFrame()
    table = run.region.indicators
    quarters = np.arange(len(table))
    columns = {"quarter": quarters, "year": run.setup.year(0) + quarters / QUARTERS_A_YEAR}
    for name in (column.name for column in INDICATORS):
        values = table[name]
        if values.ndim == 1:
            columns[name] = values
            continue
        places = _PLACES.get(values.shape[1], _STEPS if name in ("agriculture", "social") else _GRADES)
        columns |= {f"{name}_{place}": values[:, k] for k, place in enumerate(places)}
    return pd.DataFrame(columns)


def carriers_table(run) -> "pd.DataFrame":
    """One row a carrier that exists at the end: kind, rank, service, capacity, quality, users, queue, load, since."""
    import pandas as pd

    if run.region is None:
        return pd.DataFrame()
    table = run.region.carriers[run.region.carriers["active"]]
    words = {name: [closed(int(code)).name.lower() for code in table[name]]
             for name, closed in (("kind", Carrier), ("rank", Rank), ("service", Service))}
    numbers = ("region", "since", "capacity", "quality", "area", "users", "queue", "load")
    return pd.DataFrame({**words, **{name: table[name] for name in numbers}})
