"""Scenarios as a folder of results has them: what was run, not what this version would make of it."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Self

import numpy as np

from alliancelab.agents.errors import StoreError
from alliancelab.model.setup import QUARTERS_A_YEAR
from alliancelab.scenarios.store import Stored

__all__ = ["StoredScenario", "stored_scenarios"]


@dataclass(frozen=True)
class StoredScenario:
    """A scenario as a document of results has it; attributes as in `scenarios.scenario.Scenario`, policy as data."""

    name: str
    title: str
    purpose: str
    source: str
    base: str | None
    world: Mapping[str, int]
    parameters: Mapping[str, float]
    policy: Mapping[str, Mapping[str, Any]]
    hash: str

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> Self:
        """From a scenario in full, as documents have it; KeyError where something is missing."""
        return cls(**{field.name: document[field.name] for field in fields(cls)})

    def years(self) -> np.ndarray:
        """Calendar year at the start of each quarter, shape (quarters,)."""
        quarters = np.arange(self.world["quarters"])
        return self.world["start_year"] + (quarters - self.world["warm_up"]) / QUARTERS_A_YEAR


def stored_scenarios(stored: Stored) -> tuple[StoredScenario, ...]:
    """Scenarios of a folder as its document has them.

    Raises
    ------
    StoreError
        If the document lacks them, or the version or the seeds.
    """
    try:
        found = tuple(StoredScenario.of(one) for one in stored.document["scenarios"])
        if found and stored.document["version"] and [int(seed) for seed in stored.document["seeds"]]:
            return found
    except (KeyError, TypeError, ValueError) as error:
        raise StoreError(f"{stored.folder}: the document does not tell its scenarios, version and seeds in full: "
                         f"{error} is missing or wrong") from None
    raise StoreError(f"{stored.folder}: the document tells no scenario, no version or no seed")
