"""Tidy tables of one run: a recording's arrays as DataFrames with readable names and calendar years."""

from collections.abc import Sequence
from enum import IntEnum
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from alliancelab.agents import codes
from alliancelab.agents.codes import Door, Event, Path, PlatformKind, Reason, Stage, Verdict
from alliancelab.analysis.statistics.clusters import pooled_mean
from alliancelab.model.accounts import FLOWS, GOVERNMENTS
from alliancelab.model.setup import Setup
from alliancelab.model.tables import (
    AGES,
    ALLIANCES,
    CURVES,
    EVENTS,
    MEMBERS,
    PANEL,
    PROJECT_MEMBERS,
    PROJECTS,
    Column,
    table_type,
)

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "ADDED", "DIMENSION_NAMES", "Records", "ages_table", "alliances_table", "columns_of", "curves_table",
    "events_table", "governments_table", "ledger_table", "members_table", "panel_table", "project_members_table",
    "projects_table", "records_of", "replicate_tables", "stage_profile", "stage_profile_over_runs",
]

DIMENSION_NAMES = ("technology", "economics", "standing", "stability", "governance", "clarity")
_INTERNAL = frozenset({"first_seat", "first_project", "last_project", "next", "earlier", "first_part", "idea_line",
                       "idea_field", "idea_kind", "idea_worth", "award", "award_quarters", "seen", "host"})
"""Columns that mean nothing outside a running model."""

_PARTS = {
    "dimensions": tuple(f"dimension_{name}" for name in DIMENSION_NAMES),
    "hosted": tuple(f"hosted_{kind.name.lower()}" for kind in PlatformKind),
}
"""Columns of several numbers, each of which gets a column of its own."""

ADDED: dict[str, tuple[tuple[str, str, str], ...]] = {
    "curves": (
        ("quarter", "quarters", "since the start of the run"),
        ("year", "years", "of the calendar, with fraction"),
    ),
    "ages": (("age", "quarters", "since founding"),),
    "alliances": (
        ("alive", "-", "whether it has not ended"),
        ("duration", "quarters", "from founding to the end, or to the last quarter of the run"),
        ("founded_year", "years", "of the calendar, with fraction"),
        ("ended_year", "years", "of the calendar; NaN while alive"),
    ),
    "projects": (
        ("duration", "quarters", "from the start to the end, or to the last quarter of the run"),
        ("started_year", "years", "of the calendar, with fraction"),
        ("ended_year", "years", "of the calendar; NaN while it runs"),
    ),
    "panel": (
        ("year", "years", "of the calendar, with fraction"),
        ("new_patents", "patents", "since the quarter before"),
        ("new_disputes", "disputes", "since the quarter before"),
    ),
    "events": (
        ("year", "years", "of the calendar, with fraction"),
        ("detail", "-", "name of the code that `value` stands for; empty where it is an amount"),
    ),
    "members": (), "project_members": (),
}
"""Columns that the tables of a run have beside those that the model declares: name, unit, meaning."""

VALUE_OF_EVENT: dict[Event, type[IntEnum] | str] = {
    Event.FOUNDED: "mean stated need of the founders, 0 to 1",
    Event.SIGNED: "members",
    Event.STAGE: Stage,
    Event.REGROWN: Door,
    Event.ENDED: Reason,
    Event.DISPUTE: "trust left, 0 to 1",
    Event.PROJECT_STARTED: "row of the project",
    Event.PROJECT_ENDED: "row of the project",
    Event.LINE_OPENED: Door,
    Event.CONTRACT_RENEWED: "members",
    Event.PILOT: "score at the selection",
    Event.GRANT: "million yuan a quarter",
    Event.GRANT_STOPPED: "row of the project",
    Event.MISUSE_FOUND: "million yuan diverted",
    Event.RESCUE_BOUGHT: Path,
    Event.RESCUE_DONE: Path,
    Event.ASSESSED: Verdict,
    Event.PLATFORM_BUILT: PlatformKind,
    Event.ORDER: "million yuan",
    Event.LOAN: "million yuan",
    Event.MERGED: "row of the alliance that joined",
    Event.PROPERTY_SOLD: "price, million yuan",
    Event.FIRM_BORN: "size",
    Event.FIRM_FAILED: "size",
}
"""What the value of an event is: a code, given by name in the column ``detail``, or an amount. A rescue that members
did not carry is done with -1."""
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


def columns_of(name: str, declared: Sequence[Column]) -> list[str]:
    """Columns of a table of a run, in no order: those declared that mean something outside the model, and those added.
    """
    shown = [part for column in declared if column.name not in _INTERNAL
             for part in _PARTS.get(column.name, (column.name,))]
    return [*shown, *(added for added, _, _ in ADDED[name])]


class Records(NamedTuple):
    """What is analysed of one run, read back from its tables; attributes as in `model.simulation.Recording`."""

    setup: Setup
    curves: np.ndarray
    ages: np.ndarray
    alliances: np.ndarray
    projects: np.ndarray
    panel: np.ndarray
    events: np.ndarray
    members: np.ndarray
    project_members: np.ndarray
    ledger: np.ndarray
    region: None = None


def curves_table(recording) -> "pd.DataFrame":
    """One row per quarter: ``quarter``, ``year`` (calendar, with fraction) and the columns of CURVES."""
    table = _table(recording.curves, CURVES)
    table.insert(0, "quarter", np.arange(len(table)))
    table.insert(1, "year", recording.setup.year(table["quarter"]))
    return table


def ages_table(recording) -> "pd.DataFrame":
    """One row per quarter of ``age``: the columns of AGES, sums over alliance-quarters after the warm-up."""
    table = _table(recording.ages, AGES)
    table.insert(0, "age", np.arange(len(table)))
    return table


def alliances_table(recording) -> "pd.DataFrame":
    """One row per alliance, indexed by its row ``alliance``: the columns of ALLIANCES, with codes as names.

    Added: ``founded_year``, ``ended_year`` (NaN while alive), ``alive``, ``duration`` in quarters from founding to the
    end, or to the last quarter of the run, and the six dimensions as ``dimension_<name>``.
    """
    table = _table(recording.alliances, ALLIANCES).rename_axis("alliance")
    alive = table["ended"] < 0
    last = table["ended"].where(~alive, len(recording.curves) - 1)
    return table.assign(alive=alive, duration=last - table["founded"],
                        founded_year=recording.setup.year(table["founded"]),
                        ended_year=recording.setup.year(table["ended"].where(~alive)))


def panel_table(recording) -> "pd.DataFrame":
    """One row per alliance and quarter: ``year`` and the columns of PANEL, ordered by alliance and quarter.

    From the first quarter of the run on: quarters below ``world.warm_up`` are the warm-up.

    Added: ``new_patents`` and ``new_disputes``, the gain in the stocks since the quarter before.
    """
    table = _table(recording.panel, PANEL).sort_values(["alliance", "quarter"], ignore_index=True)
    table.insert(1, "year", recording.setup.year(table["quarter"]))
    for stock in ("patents", "disputes"):
        gain = table.groupby("alliance")[stock].diff()
        table[f"new_{stock}"] = gain.fillna(table[stock]).clip(lower=0)
    return table


def projects_table(recording) -> "pd.DataFrame":
    """One row per project, indexed by its row ``project``: the columns of PROJECTS, with codes as names.

    Added: ``started_year``, ``ended_year`` (NaN while it runs) and ``duration`` in quarters from the start to the end,
    or to the last quarter of the run.
    """
    table = _table(recording.projects, PROJECTS).rename_axis("project")
    runs = table["ended"] < 0
    last = table["ended"].where(~runs, len(recording.curves) - 1)
    return table.assign(duration=last - table["started"], started_year=recording.setup.year(table["started"]),
                        ended_year=recording.setup.year(table["ended"].where(~runs)))


def project_members_table(recording) -> "pd.DataFrame":
    """One row per participation: the columns of PROJECT_MEMBERS, ``left`` is -1 for partners at the end of the run."""
    return _table(recording.project_members, PROJECT_MEMBERS)


def members_table(recording) -> "pd.DataFrame":
    """One row per spell of membership: the columns of MEMBERS, ``left`` is -1 for members at the end of the run."""
    return _table(recording.members, MEMBERS)


def events_table(recording) -> "pd.DataFrame":
    """One row per event: ``year`` and the columns of EVENTS.

    Added: ``detail``, the name of the code that ``value`` stands for, as VALUE_OF_EVENT tells; empty where it is an
    amount.
    """
    table = _table(recording.events, EVENTS)
    table.insert(1, "year", recording.setup.year(table["quarter"]))
    detail = np.full(len(table), "", object)
    for event, kinds in VALUE_OF_EVENT.items():
        if isinstance(kinds, str):
            continue
        rows = recording.events["event"] == event
        names = {code.value: code.name.lower() for code in kinds}
        detail[rows] = [names.get(int(value), "") for value in recording.events["value"][rows]]
    table["detail"] = detail
    return table


def ledger_table(recording) -> "pd.DataFrame":
    """One row per quarter and flow in which money moved.

    Columns: ``year``, ``quarter``, ``flow``, ``source`` and ``target`` purse, ``instrument`` ("" if none) and
    ``amount`` in million yuan.
    """
    import pandas as pd

    quarter, flow = np.nonzero(recording.ledger)
    return pd.DataFrame({"year": recording.setup.year(quarter), "quarter": quarter, **_flow_columns(flow),
                         "amount": recording.ledger[quarter, flow]})


def governments_table(recording) -> "pd.DataFrame":
    """One row per calendar year: ``year`` and the outlay of each government, million yuan.

    Columns: ``government``, in a region its own, and there ``city``, ``province`` and ``nation``, which pay what
    people and firms of the region win from them.
    """
    import pandas as pd

    found = {purse: recording.ledger[:, flows].sum(axis=1) for purse, flows in GOVERNMENTS.items()
             if recording.region is not None or purse == "government"}
    years = np.floor(recording.setup.year(np.arange(len(recording.ledger)))).astype(int)
    return pd.DataFrame(found).groupby(pd.Index(years, name="year")).sum().reset_index()


def _flow_columns(flow: np.ndarray) -> dict[str, np.ndarray]:
    """What tables tell of flows, given by their places in FLOWS."""
    attributes = {"flow": "column", "source": "source", "target": "target", "instrument": "instrument"}
    return {name: np.array([getattr(one, attribute) for one in FLOWS], object)[flow]
            for name, attribute in attributes.items()}


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

    names = replicates.names
    ages = [_by_replicate(name, "age", replicates.ages[i], AGES) for i, name in enumerate(names)]
    curves = [_by_replicate(name, "quarter", replicates.curves[i], CURVES) for i, name in enumerate(names)]
    scenario, replicate, flow = (axis.ravel() for axis in np.indices(replicates.flows.shape))
    flows = {"scenario": np.array(names, object)[scenario], "replicate": replicate, **_flow_columns(flow),
             "amount": replicates.flows.ravel()}
    return {"ages": pd.concat(ages, ignore_index=True), "curves": pd.concat(curves, ignore_index=True),
            "flows": pd.DataFrame(flows)}


def _by_replicate(name: str, axis: str, records: np.ndarray, declared: Sequence[Column]) -> "pd.DataFrame":
    table = _table(records.ravel(), declared)
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


def _table(records: np.ndarray, declared: Sequence[Column]) -> "pd.DataFrame":
    """Records as a DataFrame: codes as names, a column of several numbers as several, internal columns left out."""
    import pandas as pd

    columns: dict[str, Any] = {}
    for column in declared:
        values = records[column.name]
        if column.name in _PARTS:
            columns |= dict(zip(_PARTS[column.name], values.T, strict=True))
        elif column.name not in _INTERNAL:
            kinds = _kinds(column)
            columns[column.name] = values if kinds is None else _named(values, kinds)
    return pd.DataFrame(columns, pd.RangeIndex(len(records)))


def records_of(table: "pd.DataFrame", declared: Sequence[Column]) -> np.ndarray:
    """The array of records that a table was made from; internal columns are zero.

    Raises
    ------
    LookupError
        In half a sentence, when a declared column is missing or a name stands for no code.
    """
    records = np.zeros(len(table), table_type(tuple(declared)))
    for column in declared:
        if column.name in _INTERNAL:
            continue
        parts = _PARTS.get(column.name, (column.name,))
        missing = [part for part in parts if part not in table]
        if missing:
            raise LookupError(f"lacks the column '{missing[0]}'")
        kinds = _kinds(column)
        if kinds is not None:
            records[column.name] = [_code(name, kinds) for name in table[column.name]]
        elif column.name in _PARTS:
            records[column.name] = table[list(parts)].to_numpy()
        else:
            records[column.name] = table[column.name]
    return records


def _kinds(column: Column) -> type[IntEnum] | None:
    """The list that a column of codes counts in: its unit names it."""
    return getattr(codes, column.unit, None) if column.unit in codes.__all__ else None


def _named(values: np.ndarray, kinds: type[IntEnum]) -> "pd.Categorical":
    """Codes as lower-case names; a code that is not on the list, such as -1 for none, has no name."""
    import pandas as pd

    place = np.asarray(values, np.int64) - min(kinds)  # codes are counted without gaps
    known = (place >= 0) & (place < len(kinds))
    return pd.Categorical.from_codes(np.where(known, place, -1), [kind.name.lower() for kind in kinds])


def _code(name: Any, kinds: type[IntEnum]) -> int:
    if not isinstance(name, str):
        return -1
    if name.upper() not in kinds.__members__:
        raise LookupError(f"has '{name}', which this version does not know")
    return kinds[name.upper()].value
