"""Tidy tables of one run: a recording's arrays as DataFrames with readable names and calendar years."""

from collections.abc import Sequence
from enum import IntEnum
from typing import TYPE_CHECKING

import numpy as np

from alliancelab.agents.codes import Door, Event, Kind, Path, Reason, Stage

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "DIMENSION_NAMES", "ages_table", "alliances_table", "codes_of", "curves_table", "events_table", "ledger_table",
    "members_table", "panel_table", "replicate_tables", "stage_profile", "stage_profile_over_runs",
]

DIMENSION_NAMES = ("technology", "economics", "standing", "stability", "governance", "clarity")
_INTERNAL = ("block",)
_CODED: dict[str, type[IntEnum]] = {
    "stage": Stage, "reason": Reason, "door": Door, "path": Path, "kind": Kind, "event": Event,
}
_VALUE_OF_EVENT: dict[Event, type[IntEnum]] = {
    Event.STAGE: Stage,
    Event.ENDED: Reason,
    Event.RENEWAL: Door,
    Event.RESCUE_BOUGHT: Path,
    Event.RESCUE_DONE: Path,
}
# Row A4: what the stage profile tells of, with the panel column it is read from and its unit.
_PROFILE = {
    "size": ("size", "members"),
    "trust": ("trust", "[0, 1]"),
    "technology": ("technology", "[0, 1]"),
    "output": ("new_patents", "patents a quarter"),
    "funds": ("funds", "million yuan"),
    "conflict": ("new_disputes", "disputes a quarter"),
    "benefit": ("benefit", "million yuan a quarter"),
    "vitality": ("vitality", "[0, 1]"),
}


def curves_table(recording) -> "pd.DataFrame":
    """One row a quarter: ``quarter``, ``year`` (calendar, with fraction) and the columns of CURVES."""
    import pandas as pd

    quarters = np.arange(len(recording.curves))
    table = pd.DataFrame({name: recording.curves[name] for name in recording.curves.dtype.names})
    table.insert(0, "quarter", quarters)
    table.insert(1, "year", recording.setup.year(quarters))
    return table


def ages_table(recording) -> "pd.DataFrame":
    """One row a quarter of ``age``: the columns of AGES, sums over alliance-quarters after the warm-up."""
    table = _plain(recording.ages)
    table.insert(0, "age", np.arange(len(table)))
    return table


def alliances_table(recording) -> "pd.DataFrame":
    """One row an alliance, indexed by its row ``alliance``: the columns of ALLIANCES, with codes as names.

    Added: ``founded_year``, ``ended_year`` (NaN while alive), ``alive``, ``duration`` in quarters from founding to the
    end, or to the last quarter of the run, and the six dimensions as ``dimension_<name>``.
    """
    import pandas as pd

    alliances, setup = recording.alliances, recording.setup
    columns = {}
    for name in alliances.dtype.names:
        if name == "dimensions":
            columns.update({f"dimension_{d}": alliances[name][:, i] for i, d in enumerate(DIMENSION_NAMES)})
        elif name not in _INTERNAL:
            columns[name] = _readable(name, alliances[name])
    alive = alliances["ended"] < 0
    last = np.where(alive, len(recording.curves) - 1, alliances["ended"])
    columns["alive"] = alive
    columns["duration"] = last - alliances["founded"]
    columns["founded_year"] = setup.year(alliances["founded"])
    columns["ended_year"] = np.where(alive, np.nan, setup.year(alliances["ended"]))
    return pd.DataFrame(columns, index=pd.RangeIndex(len(alliances), name="alliance"))


def panel_table(recording) -> "pd.DataFrame":
    """One row an alliance and quarter: ``year`` and the columns of PANEL, ordered by alliance and quarter.

    Added: ``new_patents`` and ``new_disputes``, the gain in the stocks since the quarter before.
    """
    table = _plain(recording.panel).sort_values(["alliance", "quarter"], ignore_index=True)
    table.insert(1, "year", recording.setup.year(table["quarter"]))
    for stock in ("patents", "disputes"):
        gain = table.groupby("alliance")[stock].diff()
        table[f"new_{stock}"] = gain.fillna(table[stock]).clip(lower=0)
    return table


def members_table(recording) -> "pd.DataFrame":
    """One row a spell of membership: the columns of MEMBERS, ``left`` is -1 for members at the end of the run."""
    return _plain(recording.members)


def events_table(recording) -> "pd.DataFrame":
    """One row an event: ``year`` and the columns of EVENTS.

    Added: ``detail``, the stage, reason, door or path that ``value`` stands for, empty where it is an amount.
    """
    table = _plain(recording.events)
    table.insert(1, "year", recording.setup.year(table["quarter"]))
    detail = np.full(len(table), "", object)
    for event, codes in _VALUE_OF_EVENT.items():
        rows = recording.events["event"] == event
        names = {code.value: code.name.lower() for code in codes}
        detail[rows] = [names.get(int(value), "") for value in recording.events["value"][rows]]
    table["detail"] = detail
    return table


def ledger_table(recording) -> "pd.DataFrame":
    """One row a quarter and flow in which money moved.

    Columns: ``year``, ``quarter``, ``flow``, ``source`` and ``target`` purse, ``instrument`` ("" if none) and
    ``amount`` in million yuan.
    """
    import pandas as pd

    from alliancelab.model.accounts import FLOWS

    quarter, flow = np.nonzero(recording.ledger)
    columns = {"year": recording.setup.year(quarter), "quarter": quarter}
    for name, attribute in (("flow", "name"), ("source", "source"), ("target", "target"), ("instrument", "instrument")):
        columns[name] = np.array([getattr(f, attribute) for f in FLOWS], object)[flow]
    return pd.DataFrame({**columns, "amount": recording.ledger[quarter, flow]})


def replicate_tables(replicates) -> "dict[str, pd.DataFrame]":
    """What every replicate left, so that a comparison can be opened again.

    Returns
    -------
    dict of DataFrame
        ``ages``: one row a ``scenario``, ``replicate`` and quarter of ``age``, with the columns of AGES
        ``curves``: one row a ``scenario``, ``replicate`` and ``quarter``, with the columns of CURVES
        ``flows``: one row a ``scenario``, ``replicate`` and flow of money, with ``source``, ``target``, ``instrument``
        ("" if none) and ``amount`` in million yuan after the warm-up
    """
    import pandas as pd

    from alliancelab.model.accounts import FLOWS

    names = replicates.names
    ages = [_by_replicate(name, "age", replicates.ages[i]) for i, name in enumerate(names)]
    curves = [_by_replicate(name, "quarter", replicates.curves[i]) for i, name in enumerate(names)]
    scenario, replicate, flow = (axis.ravel() for axis in np.indices(replicates.flows.shape))
    columns = {"scenario": np.array(names, object)[scenario], "replicate": replicate}
    for name, attribute in (("flow", "name"), ("source", "source"), ("target", "target"), ("instrument", "instrument")):
        columns[name] = np.array([getattr(f, attribute) for f in FLOWS], object)[flow]
    flows = pd.DataFrame({**columns, "amount": replicates.flows.ravel()})
    return {"ages": pd.concat(ages, ignore_index=True), "curves": pd.concat(curves, ignore_index=True), "flows": flows}


def _by_replicate(name: str, axis: str, records: np.ndarray) -> "pd.DataFrame":
    table = _plain(records.ravel())
    replicate, place = (part.ravel() for part in np.indices(records.shape))
    for at, (column, values) in enumerate({"scenario": name, "replicate": replicate, axis: place}.items()):
        table.insert(at, column, values)
    return table


def stage_profile(panel: "pd.DataFrame", from_quarter: int = 0) -> "pd.DataFrame":
    """Distribution of what marks a stage, over alliance-quarters. Source: A4.

    Parameters
    ----------
    panel : DataFrame
        As made by `panel_table`.
    from_quarter : int
        Earlier quarters (the warm-up) are left out.

    Returns
    -------
    DataFrame
        Indexed by (measure, stage); columns ``unit``, ``mean``, ``lower_quartile``, ``median``, ``upper_quartile`` and
        ``n``, the alliance-quarters.
    """
    import pandas as pd

    stages = panel[panel["quarter"] >= from_quarter].groupby("stage", observed=False)
    parts = {}
    for measure, (column, unit) in _PROFILE.items():
        values = stages[column]
        parts[measure] = pd.DataFrame(
            {
                "unit": unit,
                "mean": values.mean(),
                "lower_quartile": values.quantile(0.25),
                "median": values.median(),
                "upper_quartile": values.quantile(0.75),
                "n": values.size(),
            }
        )
    return pd.concat(parts, names=["measure", "stage"])


def stage_profile_over_runs(recordings: Sequence) -> "pd.DataFrame":
    """The stage profile of many runs, with intervals of the means that take runs as clusters. Source: A4.

    Returns
    -------
    DataFrame
        As `stage_profile`, with ``low`` and ``high`` after ``mean``; alliance-quarters of all runs after the warm-up.
    """
    import pandas as pd

    from alliancelab.analysis.clusters import pooled_mean

    panels = [panel_table(recording).assign(run=run) for run, recording in enumerate(recordings)]
    panel = pd.concat(panels, ignore_index=True)
    from_quarter = recordings[0].setup.sizes["warm_up"]
    profile = stage_profile(panel, from_quarter)
    panel = panel[panel["quarter"] >= from_quarter]
    ends = {}
    for measure, (column, _) in _PROFILE.items():
        for stage, rows in panel.groupby("stage", observed=False):
            mean = pooled_mean(rows[column], rows["run"], len(recordings))
            ends[measure, stage] = float(mean.low), float(mean.high)
    for place, name in enumerate(("low", "high")):
        profile.insert(2 + place, name, [ends[key][place] for key in profile.index])
    return profile


def _plain(records: np.ndarray) -> "pd.DataFrame":
    import pandas as pd

    return pd.DataFrame({name: _readable(name, records[name]) for name in records.dtype.names or ()})


def codes_of(name: str, values) -> np.ndarray:
    """Codes of a column that `_readable` made of them; any other column as it is."""
    if name not in _CODED:
        return np.asarray(values)
    codes = {code.name.lower(): code.value for code in _CODED[name]}
    return np.array([codes[value] for value in values], np.int64)


def _readable(name: str, values: np.ndarray):
    """Codes as a categorical of lower-case names, everything else as it is."""
    import pandas as pd

    if name not in _CODED:
        return values
    codes = _CODED[name]
    first = min(code.value for code in codes)
    return pd.Categorical.from_codes(values - first, [code.name.lower() for code in codes])
