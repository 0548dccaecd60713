"""Courses of life: any column of the panel by age, by time from the peak or by share of life, for all or by group.

A mean over survivors hides every decline. So each table has two means: over the living, and over the cohort, those that
have ended counted as zero. Source: A2, H4.
"""

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple, Union

import numpy as np

from alliancelab.agents.errors import UserError, did_you_mean
from alliancelab.analysis.statistics.clusters import ratio
from alliancelab.analysis.tables.run import alliances_table, panel_table
from alliancelab.model.setup import QUARTERS_A_YEAR
from alliancelab.model.tables import PANEL

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["ALIGNMENTS", "ALL", "BY_LENGTH", "ENDED", "LENGTH", "Quantity", "courses", "four_courses"]

Quantity = Union[str, "Callable[[pd.DataFrame], Any]"]

ALIGNMENTS = {"founding": "age", "peak": "years_from_peak", "share of life": "share_of_life"}
"""Where courses are laid one upon the other, and the name of the axis then."""

ALL, LENGTH, ENDED, PILOT = "all", "length of life", "ended", "pilot"
LENGTHS = (4, 8, 12)    # years, between groups by length of life
BY_LENGTH = (f"under {LENGTHS[0]} years", *(f"{low} to {high} years" for low, high in pairwise(LENGTHS)),
             f"{LENGTHS[-1]} years and more")
MOST_GROUPS = 12        # distinct numbers of a column that are groups of their own; more are cut into thirds
PEAK_WINDOW = 5         # quarters of the moving average whose highest point is an alliance's peak
SHARES = 20             # steps in which a life is cut
_QUANTITIES = {column.name: column for column in PANEL
               if column.name not in ("quarter", "alliance", "age", "stage", "field")}


class _Courses(NamedTuple):
    """Courses of one run on a common axis.

    Attributes
    ----------
    values : ndarray, shape (alliances, places)
        NaN where an alliance is not alive.
    followed : ndarray of bool, same shape
        Whether the alliance could be seen there, alive or ended.
    """

    values: np.ndarray
    followed: np.ndarray


def courses(recordings: Sequence, column: Quantity = "vitality", group: str | None = None, align: str = "founding",
            level: float = 0.95, only: Sequence[np.ndarray] | None = None) -> "pd.DataFrame":
    """Mean course of a quantity over alliances of all runs, one row per group and place on the axis.

    Source: A2, H4.

    Parameters
    ----------
    recordings : sequence of Recording
        With their panels; a run is a cluster in every interval.
    column : str or callable
        A column of PANEL that is a quantity; or what takes the panel as a DataFrame (`tables.run.panel_table`) and
        gives a number for each of its rows: ``lambda panel: panel["patents"] / panel["size"]``.
    group : str, optional
        A column of ALLIANCES as it stood last, so that "stage" is the stage in which an alliance was seen last; a
        number with many values is cut into thirds. "pilot": whether it was named at all. "length of life": of
        alliances founded early enough that each of these groups is complete. "ended": whether an alliance ended within
        the run.
    align : str
        "founding": by age. "peak": by years from the alliance's own peak, the highest point of its vitality smoothed
        over five quarters; the curve is highest there by choice. "share of life": by share of life lived, in
        twentieths. The last two are for alliances whose whole life was seen.
    level : float
        Coverage of the intervals.
    only : sequence of ndarray of bool, optional
        For each run, which of its alliances count; all by default.

    Returns
    -------
    DataFrame
        ``group``: "all" without groups
        ``age`` in years, ``years_from_peak`` or ``share_of_life``
        ``mean``, ``low``, ``high``: over the living, in the column's unit; intervals are NaN with fewer than two runs
        ``cohort``, ``cohort_low``, ``cohort_high``: over the cohort, those that have ended counted as zero
        ``alliances``: seen alive there
        ``followed``: that could be seen there, alive or ended

    Raises
    ------
    UserError
        When there is no such column, group or alignment, or the callable gives no number a row.
    """
    import pandas as pd

    _check(column, align)
    groups = _groups(recordings, group, only)
    names = groups[0].categories
    axis = _axis(recordings, align)
    shape = (len(names), axis.size, len(recordings))
    total, alive, followed = np.zeros(shape), np.zeros(shape), np.zeros(shape)
    for run, (recording, labels) in enumerate(zip(recordings, groups, strict=True)):
        found = _courses_of(recording, column, align, axis)
        there = np.isfinite(found.values)
        for place in range(len(names)):
            mine = labels.codes == place
            total[place, :, run] = np.where(there, found.values, 0.0)[mine].sum(axis=0)
            alive[place, :, run] = there[mine].sum(axis=0)
            followed[place, :, run] = found.followed[mine].sum(axis=0)
    living, cohort = ratio(total, alive, level), ratio(total, followed, level)
    place, at = (part.ravel() for part in np.indices(shape[:2]))
    table = pd.DataFrame({
        "group": pd.Categorical.from_codes(place, names),
        ALIGNMENTS[align]: axis[at],
        "mean": living.value.ravel(), "low": living.low.ravel(), "high": living.high.ravel(),
        "cohort": cohort.value.ravel(), "cohort_low": cohort.low.ravel(), "cohort_high": cohort.high.ravel(),
        "alliances": alive.sum(axis=-1).ravel().astype(int), "followed": followed.sum(axis=-1).ravel().astype(int),
    })
    return table[table["followed"] > 0].reset_index(drop=True)


def four_courses(recordings: Sequence, column: str = "vitality") -> "pd.DataFrame":
    """Mean courses by age, by age and length of life, from the own peak, and by share and length of life.

    What the picture of mean courses is drawn from: rows as of `courses`, with ``axis``, the name of the axis, and
    ``at``, the place on it.
    """
    import pandas as pd

    parts = []
    for align, group in (("founding", None), ("founding", LENGTH), ("peak", None), ("share of life", LENGTH)):
        table = courses(recordings, column, group, align)
        table = table.rename(columns={ALIGNMENTS[align]: "at"}).assign(group=table["group"].astype(str))
        table.insert(0, "axis", ALIGNMENTS[align])
        parts.append(table)
    return pd.concat(parts, ignore_index=True)


def _check(column: Quantity, align: str) -> None:
    if not callable(column) and column not in _QUANTITIES:
        raise UserError(f"no quantity {column!r} on the panel; {did_you_mean(str(column), _QUANTITIES)}; a quantity of "
                        "your own is a function of the panel")
    if align not in ALIGNMENTS:
        raise UserError(f"courses cannot be aligned at '{align}'; {did_you_mean(align, ALIGNMENTS)}")


# --- the axis ------------------------------------------------------------------------------------------------------


def _axis(recordings: Sequence, align: str) -> np.ndarray:
    """Places that courses are given at: ages in years, years from the peak, or shares of life."""
    if align == "share of life":
        return np.linspace(0.0, 1.0, SHARES + 1)
    longest = max(len(recording.curves) - recording.setup.sizes["warm_up"] for recording in recordings)
    first = 0 if align == "founding" else 1 - longest
    return np.arange(first, longest) / QUARTERS_A_YEAR


def _courses_of(recording, column: Quantity, align: str, axis: np.ndarray) -> _Courses:
    """Courses of the alliances founded after the warm-up, one row each, on the axis."""
    alliances, quarters = recording.alliances, len(recording.curves)
    warm_up = recording.setup.sizes["warm_up"]
    rows = np.flatnonzero(alliances["founded"] >= warm_up)
    founded, ended = alliances["founded"][rows], alliances["ended"][rows]
    by_age = _by_age(recording, column, rows)
    followed = np.arange(by_age.shape[1]) < (quarters - founded)[:, None]
    if align == "founding":
        missing = ((0, 0), (0, axis.size - by_age.shape[1]))
        return _Courses(np.pad(by_age, missing, constant_values=np.nan), np.pad(followed, missing))
    lived = np.isfinite(by_age).sum(axis=1)
    whole = (ended >= 0) & (lived >= PEAK_WINDOW)
    if align == "share of life":
        values = np.full((len(rows), axis.size), np.nan)
        for row in np.flatnonzero(whole):
            values[row] = np.interp(axis * (lived[row] - 1), np.arange(lived[row]), by_age[row, : lived[row]])
        return _Courses(values, np.isfinite(values))
    age = _peaks(_by_age(recording, "vitality", rows))[:, None] + np.rint(axis * QUARTERS_A_YEAR).astype(int)
    inside = (age >= 0) & (age < by_age.shape[1]) & whole[:, None]
    at = np.arange(len(rows))[:, None], np.clip(age, 0, by_age.shape[1] - 1)
    return _Courses(np.where(inside, by_age[at], np.nan), inside & followed[at])


def _by_age(recording, column: Quantity, rows: np.ndarray) -> np.ndarray:
    """A quantity by alliance and quarter of age; NaN where an alliance is not alive."""
    panel, place = recording.panel, np.full(len(recording.alliances), -1)
    if callable(column):
        panel = panel_table(recording)
        amount = _own_quantity(column, panel)
    else:
        amount = panel[column]
    place[rows] = np.arange(len(rows))
    alliance, age = np.asarray(panel["alliance"]), np.asarray(panel["age"])
    mine = place[alliance] >= 0
    values = np.full((len(rows), len(recording.curves) - recording.setup.sizes["warm_up"]), np.nan)
    values[place[alliance[mine]], age[mine]] = amount[mine]
    return values


def _own_quantity(function: "Callable[[pd.DataFrame], Any]", panel: "pd.DataFrame") -> np.ndarray:
    """What a researcher's function gives for the rows of the panel."""
    try:
        values = np.asarray(function(panel), float)
    except (TypeError, ValueError) as error:
        raise UserError(f"your quantity gives no numbers: {error}") from None
    if values.shape != (len(panel),):
        raise UserError(f"your quantity gives {values.size} values for the {len(panel)} rows of the panel; give one "
                        "for each row")
    return values


def _peaks(vitality: np.ndarray) -> np.ndarray:
    """Quarter of age at which the smoothed vitality of each alliance is highest; 0 for those never seen alive."""
    there, window = np.isfinite(vitality), np.ones(PEAK_WINDOW)
    filled = np.where(there, vitality, 0.0)
    # Not "same", which is as long as the window where a run is shorter.
    centre = slice(PEAK_WINDOW // 2, PEAK_WINDOW // 2 + vitality.shape[1])
    smooth = [np.convolve(line, window)[centre] / np.maximum(np.convolve(seen, window)[centre], 1.0)
              for line, seen in zip(filled, there, strict=True)]
    return np.where(there, np.array(smooth).reshape(vitality.shape), -np.inf).argmax(axis=1)


# --- groups --------------------------------------------------------------------------------------------------------


def _groups(recordings: Sequence, group: str | None, only: Sequence[np.ndarray] | None) -> "list[pd.Categorical]":
    """Group of each alliance founded after the warm-up, by run; missing where it is in none."""
    import pandas as pd

    parts = [_grouping(recording, group) for recording in recordings]
    labels = _labelled(pd.concat(parts, ignore_index=True))
    if only is not None:
        founded = (recording.alliances["founded"] >= recording.setup.sizes["warm_up"] for recording in recordings)
        there = np.concatenate([mine[rows] for mine, rows in zip(only, founded, strict=True)])
        labels = pd.Categorical.from_codes(np.where(there, labels.codes, -1), labels.categories)
    return [labels[end - len(part) : end] for part, end in zip(parts, np.cumsum([len(p) for p in parts]), strict=True)]


def _grouping(recording, group: str | None) -> "pd.Series":
    """What the alliances of one run are grouped by."""
    import pandas as pd

    rows = recording.alliances["founded"] >= recording.setup.sizes["warm_up"]
    alliances, quarters = recording.alliances[rows], len(recording.curves)
    if group is None:
        return pd.Series(pd.Categorical([ALL] * len(alliances)))
    if group == ENDED:
        return pd.Series(pd.Categorical.from_codes((alliances["ended"] < 0).astype(int), ["ended", "alive"]))
    if group == PILOT:
        return pd.Series(pd.Categorical.from_codes((alliances["pilot"] >= 0).astype(int), ["no", "yes"]))
    if group == LENGTH:
        lived = np.where(alliances["ended"] < 0, quarters, alliances["ended"]) - alliances["founded"]
        place = np.searchsorted(np.array(LENGTHS) * QUARTERS_A_YEAR, lived, side="right")
        complete = alliances["founded"] <= quarters - LENGTHS[-1] * QUARTERS_A_YEAR
        return pd.Series(pd.Categorical.from_codes(np.where(complete, place, -1), BY_LENGTH))
    table = alliances_table(recording)[rows]
    if group not in table:
        raise UserError(f"alliances cannot be grouped by '{group}'; {did_you_mean(group, [*table, LENGTH, ENDED])}")
    return table[group]


def _labelled(values: "pd.Series") -> "pd.Categorical":
    """Groups by value: names in their order, yes and no, few whole numbers one by one, other numbers in thirds."""
    import pandas as pd

    if values.dtype == "category":
        return pd.Categorical(values).remove_unused_categories()
    if values.dtype == bool:
        return pd.Categorical.from_codes(values.astype(int), ["no", "yes"])
    if values.dtype.kind != "f" and values.nunique() <= MOST_GROUPS:
        found = pd.Categorical(values)
        return found.rename_categories([str(value) for value in found.categories])
    edges = values.quantile([1 / 3, 2 / 3]).to_numpy()
    thirds = np.where(values.isna(), -1, np.searchsorted(edges, values, side="left"))
    return pd.Categorical.from_codes(thirds, ["lowest third", "middle third", "highest third"])
