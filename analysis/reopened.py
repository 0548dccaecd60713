"""Folders of results opened again: the run or comparison that was saved, ready for tables, figures and reports.

What is opened is what was written, not what this version would compute: scenarios are told as they were, not checked
anew, so that results of an earlier version stay readable.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import numpy as np

from alliancelab.analysis.results import Comparison, Run
from alliancelab.analysis.tables import DIMENSION_NAMES, codes_of
from alliancelab.model.accounts import FLOWS
from alliancelab.model.outcomes import OUTCOMES, Outcome
from alliancelab.model.setup import QUARTERS_A_YEAR, Setup
from alliancelab.model.tables import AGE_LIMIT, AGES, ALLIANCES, CURVES, EVENTS, MEMBERS, PANEL, Column, table_type
from alliancelab.scenarios.errors import StoreError
from alliancelab.scenarios.store import Stored

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["ToldScenario", "comparison_of", "run_of"]

_NOT_KEPT = ("block",)  # columns that mean nothing outside a running model
_MEASURES = {outcome.name: outcome for outcome in OUTCOMES}
_FLOW = {flow.name: place for place, flow in enumerate(FLOWS)}


@dataclass(frozen=True)
class ToldScenario:
    """A scenario as a document of results tells it; attributes as in `scenarios.scenario.Scenario`, policy as data."""

    name: str
    title: str
    purpose: str
    source: str
    base: str | None
    world: Mapping[str, int]
    parameters: Mapping[str, float]
    policy: Mapping[str, Mapping[str, Any]]
    hash: str

    def years(self) -> np.ndarray:
        """Calendar year at the start of each quarter, shape (quarters,)."""
        quarters = np.arange(self.world["quarters"])
        return self.world["start_year"] + (quarters - self.world["warm_up"]) / QUARTERS_A_YEAR


def told_scenarios(stored: Stored) -> list[ToldScenario]:
    """Scenarios of a folder as its document tells them.

    Raises
    ------
    StoreError
        When the document does not tell them, or not the version and the seeds.
    """
    names = [field.name for field in fields(ToldScenario)]
    try:
        told = [ToldScenario(**{name: one[name] for name in names}) for one in stored.document["scenarios"]]
        if told and stored.document["version"] and [int(seed) for seed in stored.document["seeds"]]:
            return told
    except (KeyError, TypeError, ValueError) as error:
        raise StoreError(f"{stored.folder}: the document does not tell its scenarios, version and seeds in full: "
                         f"{error} is missing or wrong") from None
    raise StoreError(f"{stored.folder}: the document tells no scenario, no version or no seed")


def run_of(stored: Stored) -> Run:
    """The run that a folder holds.

    Raises
    ------
    StoreError
        When a table or a column is missing, as in a folder of an earlier version.
    """
    import pandas as pd

    scenario, seed = told_scenarios(stored)[0], int(stored.document["seeds"][0])
    setup = Setup(scenario.name, seed, scenario.world, {}, np.zeros(scenario.world["quarters"]))
    tables = {name: stored.table(name) for name in ("curves", "ages", "alliances", "panel", "events", "members")}
    declared = {"curves": CURVES, "ages": AGES, "alliances": ALLIANCES, "panel": PANEL, "events": EVENTS,
                "members": MEMBERS}
    arrays = {name: _records(stored, name, tables[name], columns) for name, columns in declared.items()}
    ledger = _ledger(stored, scenario.world["quarters"])
    recording = SimpleNamespace(setup=setup, ledger=ledger, organisations=np.zeros(0), **arrays)
    told = stored.document.get("outcomes", {})
    run = Run(recording, scenario, _origin(stored), [_measure(name) for name in told])
    # Outcomes may need what a folder does not keep, or functions of a researcher's own: they are read, not computed.
    values = [np.nan if value is None else value for value in told.values()]
    run.outcomes = pd.Series(values, pd.Index(list(told), name="outcome"), float, name=scenario.name)
    return run


def comparison_of(stored: Stored) -> Comparison:
    """The comparison that a folder holds, with all its replicates.

    Raises
    ------
    StoreError
        When a table or a column is missing, as in a folder of an earlier version.
    """
    scenarios = told_scenarios(stored)
    names, seeds = tuple(s.name for s in scenarios), np.array(stored.document["seeds"], np.int64)
    words = stored.table("summary").drop_duplicates("outcome").set_index("outcome")
    measures = tuple(_measure(name, row["title"], row["unit"]) for name, row in words.iterrows())
    shape = (len(names), len(seeds))
    ages = stored.table("ages")
    curves = stored.table("curves")
    replicates = SimpleNamespace(
        names=names,
        measures=measures,
        seeds=seeds,
        outcomes=_shaped(stored, "outcomes", stored.table("outcomes")["value"].to_numpy(), (*shape, len(measures))),
        ages=_shaped(stored, "ages", _records(stored, "ages", ages, AGES), (*shape, AGE_LIMIT)),
        curves=tuple(_of_one(stored, curves, scenario, len(seeds)) for scenario in scenarios),
        flows=_shaped(stored, "flows", stored.table("flows")["amount"].to_numpy(), (*shape, len(FLOWS))),
    )
    return Comparison(replicates, scenarios, _origin(stored))


def _of_one(stored: Stored, curves: "pd.DataFrame", scenario: ToldScenario, replicates: int) -> np.ndarray:
    """Calendar curves of one scenario: records of shape (replicates, quarters)."""
    rows = curves[curves["scenario"] == scenario.name]
    return _shaped(stored, "curves", _records(stored, "curves", rows, CURVES), (replicates, scenario.world["quarters"]))


def _shaped(stored: Stored, name: str, values: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    try:
        return values.reshape(shape)
    except ValueError:
        raise StoreError(f"{stored.folder}: the table '{name}' has {len(values)} rows, not {np.prod(shape)}: "
                         f"it was written by version {stored.document.get('version')}; write the results again"
                         ) from None


def _records(stored: Stored, name: str, frame: "pd.DataFrame", columns: Sequence[Column]) -> np.ndarray:
    """A table as the array of records that it was made from."""
    records = np.zeros(len(frame), table_type(tuple(columns)))
    for column in (c.name for c in columns):
        if column == "dimensions":
            records[column] = frame[[f"dimension_{name}" for name in DIMENSION_NAMES]].to_numpy()
        elif column in frame:
            records[column] = codes_of(column, frame[column])
        elif column not in _NOT_KEPT:
            raise StoreError(f"{stored.folder}: the table '{name}' lacks the column '{column}': it was written by "
                             f"version {stored.document.get('version')}; write the results again")
    return records


def _ledger(stored: Stored, quarters: int) -> np.ndarray:
    """Million yuan by quarter and flow, shape (quarters, flows)."""
    frame = stored.table("ledger")
    unknown = sorted(set(frame["flow"]) - set(_FLOW))
    if unknown:
        raise StoreError(f"{stored.folder}: the ledger has the flow '{unknown[0]}', which this version does not know: "
                         f"it was written by version {stored.document.get('version')}")
    ledger = np.zeros((quarters, len(FLOWS)))
    ledger[frame["quarter"], frame["flow"].map(_FLOW)] = frame["amount"]
    return ledger


def _measure(name: str, title: str = "", unit: str = "") -> Outcome:
    """A declared outcome, or a researcher's own as far as the folder tells of it."""
    own = Outcome(name, title or name, unit, 0, "", lambda recording: np.nan)
    return _MEASURES.get(name, own)


def _origin(stored: Stored) -> dict[str, Any]:
    return {key: value for key, value in stored.document.items() if key != "outcomes"}
