"""Phases of fitted life-cycle curves, and how far stages read online agree with them.

A stage is read as life goes on, from averages of the past; a phase is read with hindsight, off a smooth curve. Both
mean the same by rest, rise and fall: vitality rests where it moves within a year by less than a margin that the model
declares. Source: A2, H4.
"""

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from alliancelab.agents.codes import Stage
from alliancelab.analysis.statistics.clusters import jackknife
from alliancelab.model.declarations import one_row
from alliancelab.model.parameters import PARAMETERS
from alliancelab.model.setup import QUARTERS_A_YEAR

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["AGREED", "DELAY", "UNSEEN", "Agreement", "Margins", "agreement", "kappa", "margins_of", "phases"]

AGREED = ("growth", "maturity", "decline", "regrowth")
"""Stages that a curve shows. Formation is no reading of vitality: it lasts until the contract, on both sides."""

UNSEEN = -1             # phase after the end of a series
DELAY = 4
"""Quarters by which stages are read later, to see how far they lag. An average with a weight of 0.35 is 1.9 quarters
old in the mean, and a change within the past year lies two quarters behind one centred on the quarter."""


class Agreement(NamedTuple):
    """Online stages against phases of fitted curves, over alliance-quarters with a contract.

    Attributes
    ----------
    confusion : DataFrame
        Alliance-quarters by online stage (rows) and fitted phase (columns), in the same quarter.
    table : DataFrame
        ``value``, ``low``, ``high`` of the share that agrees and of Cohen's kappa, runs taken as clusters. For all four
        phases and with growth and maturity as one; and with stages read as many quarters later as they must lag.
    """

    confusion: "pd.DataFrame"
    table: "pd.DataFrame"


class Margins(NamedTuple):
    """How far vitality has to move for a stage of its own; parameters of the model, see `model/life_cycle.py`.

    Attributes
    ----------
    rise, decline : float
        Within a year.
    regrowth : float
        Above the lowest level.
    """

    rise: float
    decline: float
    regrowth: float


def margins_of(parameters: Mapping[str, float]) -> Margins:
    """The margins of a run; `parameters` are those that differ from their defaults."""
    row = one_row(PARAMETERS, parameters)[0]
    return Margins(float(row["rise_margin"]), float(row["decline_margin"]), float(row["regrowth_margin"]))


def phases(curves: np.ndarray, formation: np.ndarray, length: np.ndarray, margins: Margins) -> np.ndarray:
    """Phase in each quarter as a code of `Stage`, UNSEEN after the end; int64 of shape (series, quarters).

    A curve rises in a quarter where it gains, within the year around it, more than the margin of rise, falls where it
    loses more than that of decline, and rests otherwise. Growth lasts from the contract to the end of the first rise;
    where none comes before the first fall, there is no growth. A later rise is re-growth if it ends by the margin of
    re-growth above the lowest level since growth or the last re-growth. Everything else is decline where it falls or is
    by the margin of decline below the highest level since growth or the last re-growth began, and maturity otherwise.

    Parameters
    ----------
    curves : ndarray, shape (series, quarters)
        Fitted vitality from founding on.
    formation : ndarray of int, shape (series,)
        Quarters before the contract.
    length : ndarray of int, shape (series,)
        Quarters of each series.
    margins : Margins
    """
    phase = np.full(curves.shape, UNSEEN)
    for row, (curve, first, last) in enumerate(zip(curves, formation, length, strict=True)):
        phase[row, :first] = Stage.FORMATION
        phase[row, first:last] = _phases_of_one(curve[:last], first, margins)
    return phase


def _phases_of_one(curve: np.ndarray, first: int, margins: Margins) -> np.ndarray:
    """Phases of one curve from its quarter `first` on."""
    moves = _moves(curve, margins)[first:]
    phase = np.full(moves.size, Stage.MATURITY)
    spells = np.split(np.arange(moves.size), np.flatnonzero(np.diff(moves)) + 1) if moves.size else []
    growing = next((moves[spell[0]] for spell in spells if moves[spell[0]]), 0) > 0
    lowest, highest = np.inf, -np.inf
    for spell in spells:
        move, level = moves[spell[0]], curve[first + spell]
        if growing:
            phase[spell], growing, lowest, highest = Stage.GROWTH, move <= 0, level[-1], max(highest, level.max())
        elif move > 0 and level.max() > min(lowest, level.min()) + margins.regrowth:
            phase[spell], lowest, highest = Stage.REGROWTH, level[-1], level.max()
        else:
            high = np.maximum(highest, np.maximum.accumulate(level))
            phase[spell] = np.where((move < 0) | (level < high - margins.decline), Stage.DECLINE, Stage.MATURITY)
            lowest, highest = min(lowest, level.min()), high[-1]
    return phase


def _moves(curve: np.ndarray, margins: Margins) -> np.ndarray:
    """Whether a curve rises (1), rests (0) or falls (-1) in each quarter, by its change within the year around it."""
    half, quarter = QUARTERS_A_YEAR // 2, np.arange(curve.size)
    early, late = np.maximum(quarter - half, 0), np.minimum(quarter + half, curve.size - 1)
    change = (curve[late] - curve[early]) * QUARTERS_A_YEAR / np.maximum(late - early, 1)
    return np.where(change > margins.rise, 1, np.where(change < -margins.decline, -1, 0))


def agreement(online: np.ndarray, fitted: np.ndarray, run: np.ndarray, runs: int, level: float = 0.95) -> Agreement:
    """How far online stages and fitted phases say the same. Source: H4.

    Parameters
    ----------
    online : ndarray of int, shape (series, quarters)
        Codes of `Stage`; whatever stands after the end of a series is not looked at.
    fitted : ndarray of int, shape (series, quarters)
        As `phases` gives them.
    run : ndarray of int, shape (series,)
        Run of each series, from 0 to ``runs - 1``.
    """
    import pandas as pd

    merged = np.array([[1, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1]])
    lines, confusion = {}, np.zeros((len(AGREED), len(AGREED)))
    for delay in (0, DELAY):
        early, late = fitted[:, : fitted.shape[1] - delay], fitted[:, delay:]
        seen = (early > Stage.FORMATION) & (late > Stage.FORMATION)
        counts = np.zeros((runs, len(AGREED), len(AGREED)))
        at = np.broadcast_to(run[:, None], seen.shape)[seen], online[:, delay:][seen] - 1, early[seen] - 1
        np.add.at(counts, at, 1.0)
        confusion = counts.sum(axis=0) if delay == 0 else confusion
        for which, table in (("four", counts), ("growth and maturity as one", merged.T @ counts @ merged)):
            estimate = jackknife(partial(_kappa_of_runs, table), runs, level)
            for place, measure in enumerate(("share_agreeing", "kappa")):
                lines[which, delay, measure] = [float(part[place]) for part in estimate[:3]]
    index = pd.MultiIndex.from_tuples(lines, names=["phases", "quarters_later", "measure"])
    table = pd.DataFrame(list(lines.values()), index, ["value", "low", "high"])
    labels = [pd.Index(AGREED, name=axis) for axis in ("stage", "phase")]
    return Agreement(pd.DataFrame(confusion.astype(np.int64), *labels), table)


def _kappa_of_runs(counts: np.ndarray, weights: np.ndarray) -> np.ndarray:
    return kappa(np.tensordot(weights, counts, 1))


def kappa(counts: np.ndarray) -> np.ndarray:
    """Share that agrees and Cohen's kappa of a square table of counts.

    Source: Cohen 1960, Educational and Psychological Measurement 20, 37-46.
    """
    total = counts.sum()
    if total == 0:
        return np.array([np.nan, np.nan])
    agreed = np.trace(counts) / total
    chance = (counts.sum(axis=0) * counts.sum(axis=1)).sum() / total**2
    return np.array([agreed, (agreed - chance) / (1.0 - chance) if chance < 1.0 else np.nan])
