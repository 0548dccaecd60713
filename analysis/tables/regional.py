"""Tables of a regional system's run: its indicators by quarter, and its carriers at the end."""

from typing import TYPE_CHECKING

import numpy as np

from alliancelab.model.regional.codes import Carrier, Rank, Service
from alliancelab.model.regional.columns import COLUMNS
from alliancelab.model.setup import QUARTERS_A_YEAR

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["carriers_table", "indicators_table"]

def indicators_table(run) -> "pd.DataFrame":
    """One row per quarter: ``quarter``, ``year`` and every recorded indicator; vectors become one column per place.

    Empty where the scenario has no region.
    """
    import pandas as pd

    if run.region is None:
        return pd.DataFrame()
    table = run.region.indicators
    quarters = np.arange(len(table))
    columns = {"quarter": quarters, "year": run.setup.year(0) + quarters / QUARTERS_A_YEAR}
    for name, (column, place) in COLUMNS.items():
        columns[name] = table[column] if place is None else table[column][:, place]
    return pd.DataFrame(columns)


def carriers_table(run) -> "pd.DataFrame":
    """One row per carrier that exists at the end: kind, rank, service, capacity, quality, users, queue, load, since."""
    import pandas as pd

    if run.region is None:
        return pd.DataFrame()
    table = run.region.carriers[run.region.carriers["active"]]
    words = {name: [closed(int(code)).name.lower() for code in table[name]]
             for name, closed in (("kind", Carrier), ("rank", Rank), ("service", Service))}
    numbers = ("region", "since", "capacity", "quality", "area", "users", "queue", "load")
    return pd.DataFrame({**words, **{name: table[name] for name in numbers}})
