"""Tables of a folder made into the arrays of records that they came from."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from alliancelab.agents.errors import StoreError
from alliancelab.analysis.tables.run import records_of
from alliancelab.model.accounts import FLOWS
from alliancelab.model.tables import Column
from alliancelab.scenarios.store import Stored

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["ledger_kept", "records_kept"]

_FLOW = {flow.column: place for place, flow in enumerate(FLOWS)}


def records_kept(stored: Stored, name: str, frame: "pd.DataFrame", columns: Sequence[Column]) -> np.ndarray:
    """A table of a folder as the array of records that it was made from.

    Raises
    ------
    StoreError
        If a column is missing or a name stands for nothing that this version knows.
    """
    try:
        return records_of(frame, columns)
    except LookupError as error:
        raise StoreError(f"{stored.folder}: the table '{name}' {error}: it was written by version "
                         f"{stored.document.get('version')}; write the results again") from None


def ledger_kept(stored: Stored, quarters: int) -> np.ndarray:
    """Million yuan by quarter and flow, shape (quarters, flows), out of the table of a folder.

    Raises
    ------
    StoreError
        If it has a flow that this version does not know.
    """
    frame = stored.table("ledger")
    unknown = sorted(set(frame["flow"]) - set(_FLOW))
    if unknown:
        raise StoreError(f"{stored.folder}: the ledger has the flow '{unknown[0]}', which this version does not know: "
                         f"it was written by version {stored.document.get('version')}")
    ledger = np.zeros((quarters, len(FLOWS)))
    ledger[frame["quarter"], frame["flow"].map(_FLOW)] = frame["amount"]
    return ledger
