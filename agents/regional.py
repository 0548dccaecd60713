"""Agents of a regional service system: carriers, townships and departments that sign contracts, governments above.

They are views like the others: they read rows of the region's tables and keep no state of their own.
"""

from collections.abc import Sequence
from typing import Any

import mesa
import numpy as np

from alliancelab.agents.organisations import Organisation
from alliancelab.agents.views import AgentNumbers, Column

__all__ = ["Department", "ServiceCarrier", "Township", "UpperGovernment"]


class ServiceCarrier(mesa.Agent):
    """A carrier of services: a park, a laboratory, a centre, a station, an agency. Source: F3.

    Attributes are the columns of its row, described in `model.regional.tables.CARRIERS`. When it closes, its view
    leaves ``model.agents`` and reading it raises LookupError.
    """

    rank = Column(int)
    region = Column(int)
    since = Column(int)
    capacity = Column(float)
    quality = Column(float)
    area = Column(float)
    users = Column(float)
    queue = Column(float)
    load = Column(float)

    _ids = AgentNumbers()

    def __init__(self, model: Any, row: int) -> None:
        super().__init__(model)
        self.row = row
        self.exists = True
        self.opened = self.since

    @property
    def table(self) -> np.ndarray:
        """The table it is read from.

        Raises
        ------
        LookupError
            When it has closed.
        """
        if not self.exists:
            raise LookupError(f"the carrier in row {self.row} has closed and is no more")
        return self.model.region.carriers

    @property
    def kind(self) -> Any:
        """What it is: a member of `model.regional.codes.Carrier`."""
        return self.model.regional_codes.Carrier(int(self.table[self.row]["kind"]))

    @property
    def service(self) -> Any:
        """What it offers: a member of `model.regional.codes.Service`."""
        return self.model.regional_codes.Service(int(self.table[self.row]["service"]))

    @property
    def host(self) -> Organisation | None:
        """Organisation that hosts it; None if it stands alone, or its host has failed this quarter."""
        record = self.table[self.row]
        row = int(record["host"])
        there = row >= 0 and self.model.world.organisations[row]["key"] == record["host_key"]
        return self.model.organisation(row) if there and self.model.world.organisations[row]["active"] else None

    @property
    def payer(self) -> str:
        """Instrument that built it and keeps it up, "" if it keeps itself."""
        purse = int(self.table[self.row]["purse"])
        return self.model.instruments[purse] if purse >= 0 else ""

    @property
    def incubated(self) -> list[Organisation]:
        """Firms under incubation in it."""
        clients, organisations = self.model.region.clients, self.model.world.organisations
        inside = (clients["place"] == self.row) & organisations["active"] & (clients["key"] == organisations["key"])
        return [self.model.organisation(int(row)) for row in np.flatnonzero(inside)]

    def close(self) -> None:
        """Leave the model: the carrier has closed. Called by the model."""
        self.exists = False
        self.remove()


class UpperGovernment(mesa.Agent):
    """A government above the region: it pays what people and firms of the region win from it. Source: G6.

    Attributes
    ----------
    name : str
        ``city``, ``province`` or ``nation``: its purse in the ledger.
    """

    _ids = AgentNumbers()

    def __init__(self, model: Any, name: str, flows: Sequence[int]) -> None:
        super().__init__(model)
        self.name = name
        self._flows = list(flows)

    @property
    def outlay(self) -> float:
        """What it paid in the region in the last quarter, million yuan."""
        quarter = self.model.quarter
        return float(self.model.world.ledger[quarter - 1, self._flows].sum()) if quarter else 0.0

    @property
    def paid(self) -> float:
        """What it has paid in the region so far, million yuan."""
        return float(self.model.world.ledger[: self.model.quarter, self._flows].sum())


class _Signatory(mesa.Agent):
    """Who signs responsibility contracts; attributes as in `model.regional.tables.TOWNSHIPS`."""

    effort = Column(float)
    padding = Column(float)
    result = Column(float)
    before = Column(float)
    target = Column(float)

    _ids = AgentNumbers()

    def __init__(self, model: Any, row: int) -> None:
        super().__init__(model)
        self.row = row


class Township(_Signatory):
    """A township: one for each region of the world. Source: G5."""

    @property
    def table(self) -> np.ndarray:
        """The table it is read from."""
        return self.model.region.townships

    @property
    def organisations(self) -> list[Organisation]:
        """Organisations that sit in it."""
        table = self.model.world.organisations
        rows = np.flatnonzero(table["active"] & (table["region"] == self.row))
        return [self.model.organisation(int(row)) for row in rows]


class Department(_Signatory):
    """A department of the county: one for each sector. Source: G5."""

    @property
    def table(self) -> np.ndarray:
        """The table it is read from."""
        return self.model.region.departments

    @property
    def organisations(self) -> list[Organisation]:
        """Organisations of its sector."""
        table = self.model.world.organisations
        rows = np.flatnonzero(table["active"] & (table["sector"] == self.row))
        return [self.model.organisation(int(row)) for row in rows]
