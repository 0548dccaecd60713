"""Pilots: what naming them did, separated from whom it chose.

Source: B3, B4.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from alliancelab.analysis.statistics.clusters import pooled_mean, pooled_share
from alliancelab.analysis.statistics.contrasts import difference, with_holm
from alliancelab.model.setup import QUARTERS_A_YEAR

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["CONTRASTS", "OUTCOMES", "PilotStudy", "pilot_study"]

HORIZON = 12            # quarters after naming over which pilots are followed
NEIGHBOURS = 3          # non-pilots that a pilot is matched with
COVARIATES = ("age", "size", "vitality", "technology", "conversion", "trust", "satisfaction", "governance", "clarity",
              "patents")
OUTCOMES = {"years_lived": "years", "alive": "share", "members": "members", "vitality_years": "vitality times years",
            "patents_gained": "patents"}
CONTRASTS = {
    "naive": "pilots less all non-pilots alive when they were named",
    "matched": f"pilots less the {NEIGHBOURS} non-pilots of the same stage most like them when they were named",
    "effect": "pilots less themselves in the scenario without pilots",
    "selection": "pilots-to-be less non-pilots-to-be, both in the scenario without pilots",
    "interference": "non-pilots less themselves in the scenario without pilots",
}


class PilotStudy(NamedTuple):
    """Contrasts between pilots and others.

    Attributes
    ----------
    contrasts : DataFrame
        Indexed by (contrast, outcome) of `CONTRASTS` and `OUTCOMES`: ``unit``, ``difference``, ``low``, ``high``,
        ``p``, ``p_holm`` for the whole table, and ``pilots``. Over the pilots of "effect", naive = effect + selection -
        interference, up to pilots and others without a counterpart.
    followed : DataFrame
        Pilots named early enough to be followed, and the share of them alive at naming without pilots, too:
        ``value``, ``low``, ``high``.
    """

    contrasts: "pd.DataFrame"
    followed: "pd.DataFrame"


def pilot_study(base: Sequence, arm: Sequence, level: float = 0.95) -> PilotStudy | None:
    """Compare pilots with others and with themselves; None where the scenario names none that can be followed.

    Outcomes are those of the three years after naming, zero members and no vitality after an end. Non-pilots are all
    alliances alive in the quarter before and not named by then (a later naming does not take them out again). Runs
    are clusters.

    Source: B3, B4.

    Parameters
    ----------
    base, arm : sequence of Recording
        Of the same seeds in the same order; `base` without pilots.
    """
    import pandas as pd

    lines: dict[str, list] = {name: [] for name in CONTRASTS}
    run_of: dict[str, list] = {name: [] for name in CONTRASTS}
    seen = []
    for run, (without, with_) in enumerate(zip(base, arm, strict=True)):
        for _, contrasts in _pilots_of_a_run(_History(without), _History(with_)):
            seen.append((run, "effect" in contrasts))
            for name, values in contrasts.items():
                lines[name].append(values)
                run_of[name].append(run)
    if not seen:
        return None
    table = {}
    for name in CONTRASTS:
        values = np.array(lines[name]).reshape(-1, len(OUTCOMES))
        for column, (outcome, unit) in enumerate(OUTCOMES.items()):
            found = pooled_mean(values[:, column], np.array(run_of[name], int), len(base), level)
            table[name, outcome] = {"unit": unit, **difference(found), "pilots": len(values)}
    index = pd.MultiIndex.from_tuples(table, names=["contrast", "outcome"])
    runs, paired = (np.array(part) for part in zip(*seen, strict=True))
    share = pooled_share(paired, runs, len(base), level)
    followed = pd.DataFrame({"value": [len(seen), float(share.value)], "low": [np.nan, float(share.low)],
                             "high": [np.nan, float(share.high)]},
                            pd.Index(["pilots followed", "share with a counterpart"], name="what"))
    return PilotStudy(with_holm(pd.DataFrame(list(table.values()), index)), followed)


class _History:
    """One run as matrices, (alliances, quarters): what alliances were in each quarter."""

    def __init__(self, recording):
        self.alliances, panel = recording.alliances, recording.panel
        self.place = {int(key): row for row, key in enumerate(self.alliances["key"])}
        self.quarters = len(recording.curves)
        shape, at = (len(self.alliances), self.quarters), (panel["alliance"], panel["quarter"])
        self.alive, self.stage = np.zeros(shape, bool), np.zeros(shape, np.int64)
        self.alive[at], self.stage[at] = True, panel["stage"]
        self.state = {name: np.zeros(shape) for name in COVARIATES}
        for name, matrix in self.state.items():
            matrix[at] = panel[name]
        self.patents = np.maximum.accumulate(self.state["patents"], axis=1)
        self.spread = {name: max(float(panel[name].std()), 1e-9) if len(panel) else 1.0 for name in COVARIATES}

    def outcomes(self, rows: np.ndarray, named: int) -> np.ndarray:
        """Outcomes of the years after a quarter, shape (rows, outcomes), in the order of `OUTCOMES`."""
        window = slice(named, named + HORIZON)
        end = named + HORIZON - 1
        return np.column_stack([
            self.alive[rows, window].sum(axis=1) / QUARTERS_A_YEAR,
            self.alive[rows, end],
            self.state["size"][rows, end],
            self.state["vitality"][rows, window].sum(axis=1) / QUARTERS_A_YEAR,
            self.patents[rows, end] - self.patents[rows, named - 1],
        ])

    def unlike(self, row: int, others: np.ndarray, before: int) -> np.ndarray:
        """Euclidean distance of others from an alliance in a quarter, each covariate in its standard deviations."""
        gaps = [(self.state[name][others, before] - self.state[name][row, before]) / self.spread[name]
                for name in COVARIATES]
        return np.sqrt((np.array(gaps) ** 2).sum(axis=0))


def _pilots_of_a_run(without: _History, with_: _History):
    """Each pilot that can be followed, with the contrasts that can be taken for it."""
    named_at = with_.alliances["pilot"]
    for row in np.flatnonzero((named_at > 0) & (named_at + HORIZON <= with_.quarters)):
        named = int(named_at[row])
        before = named - 1
        others = np.flatnonzero(with_.alive[:, before] & ~((named_at >= 0) & (named_at <= named)))
        if not with_.alive[row, before] or not others.size:
            continue
        own = with_.outcomes(np.array([row]), named)[0]
        contrasts = {"naive": own - with_.outcomes(others, named).mean(axis=0)}
        like = others[with_.stage[others, before] == with_.stage[row, before]]
        if like.size >= NEIGHBOURS:
            nearest = like[np.argsort(with_.unlike(int(row), like, before), kind="stable")[:NEIGHBOURS]]
            contrasts["matched"] = own - with_.outcomes(nearest, named).mean(axis=0)
        twin = _twins(without, with_, np.array([row]), before, named)
        twins = _twins(without, with_, others, before, named)
        if twin[0] >= 0 and (twins >= 0).any():
            alone = without.outcomes(twin, named)[0]
            theirs = without.outcomes(twins[twins >= 0], named).mean(axis=0)
            contrasts["effect"] = own - alone
            contrasts["selection"] = alone - theirs
            contrasts["interference"] = with_.outcomes(others[twins >= 0], named).mean(axis=0) - theirs
        yield row, contrasts


def _twins(without: _History, with_: _History, rows: np.ndarray, before: int, named: int) -> np.ndarray:
    """Rows of the same alliances without pilots, -1 for those not alive there or named in the years followed."""
    twin = np.array([without.place.get(int(key), -1) for key in with_.alliances["key"][rows]])
    pilot = without.alliances["pilot"][twin]
    usable = without.alive[twin, before] & ~((pilot >= 0) & (pilot < named + HORIZON))
    return np.where((twin >= 0) & usable, twin, -1)
