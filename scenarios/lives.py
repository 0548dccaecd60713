"""What a registry tells of the lives of alliances: one form of its tables and of runs, and the facts taken from it.

Times are in years, and ages count from the contract, which is what a registry has the date of. Source: H5.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from alliancelab.agents.codes import Kind, ProjectState
from alliancelab.model.setup import QUARTERS_A_YEAR
from alliancelab.model.simulation import Recording

if TYPE_CHECKING:
    from scipy.stats import ecdf

__all__ = ["LEAST_SEEN", "OF_LIVES", "LifeMeasure", "Lives", "lives_of"]

LEAST_SEEN = 5  # alliances that a fact needs
MONTHS_A_YEAR = 12
_THREE = (Kind.FIRM, Kind.UNIVERSITY, Kind.INSTITUTE)
_SIGNING = 1 / QUARTERS_A_YEAR  # years: who joins within the quarter of the contract is a founder


class Lives(NamedTuple):
    """Alliances, members and projects up to a day.

    Attributes
    ----------
    since, until : float
        Nothing is missing from the one to the other.
    founded, ended : ndarray of float64, shape (alliances,)
        Year of the contract and of the end, infinite for those that live.
    alliance : ndarray of int64, shape (spells,)
        Row of the alliance of each spell of membership.
    joined, left : ndarray of float64, shape (spells,)
        Infinite for those that are members; the members of an alliance that ends leave then.
    kind : ndarray of int64, shape (spells,)
        Code of `Kind`, -1 where it is not known.
    home : ndarray of int64, shape (projects,)
        Row of the alliance of each project.
    start, end : ndarray of float64, shape (projects,)
        Of a running project the planned end; NaN where it is not known.
    """

    since: float
    until: float
    founded: np.ndarray
    ended: np.ndarray
    alliance: np.ndarray
    joined: np.ndarray
    left: np.ndarray
    kind: np.ndarray
    home: np.ndarray
    start: np.ndarray
    end: np.ndarray

    @property
    def seen(self) -> np.ndarray:
        """Whether the whole life up to the last day is known of each alliance: it was founded since the first."""
        return self.founded >= self.since

    @property
    def years(self) -> np.ndarray:
        """Length of each life, up to the last day."""
        return np.minimum(self.ended, self.until) - self.founded

    def members_at(self, time: np.ndarray | float) -> np.ndarray:
        """Members of each alliance at a time, or at one of its own."""
        then = np.broadcast_to(time, self.founded.shape)[self.alliance]
        return np.bincount(self.alliance[(self.joined <= then) & (self.left > then)], minlength=len(self.founded))

    def founders(self) -> np.ndarray:
        """Members of each alliance that joined with its contract."""
        with_it = self.joined < self.founded[self.alliance] + _SIGNING
        return np.bincount(self.alliance[with_it], minlength=len(self.founded))


def lives_of(recording: Recording) -> Lives:
    """What a registry would tell of a run that was recorded in full, from the end of the warm-up to its end."""
    def years(quarters: np.ndarray, never: float = np.inf) -> np.ndarray:
        return np.where(quarters < 0, never, quarters / QUARTERS_A_YEAR)

    table, spells, projects = recording.alliances, recording.members, recording.projects
    signed = np.flatnonzero(table["signed"] >= 0)
    row = np.full(len(table), -1)
    row[signed] = np.arange(len(signed))
    since_contract = table["signed"][spells["alliance"]]
    # Founders who left before the contract was signed were never members of anything.
    spells = spells[(since_contract >= 0) & ((spells["left"] < 0) | (spells["left"] > since_contract))]
    joined = np.maximum(spells["joined"], table["signed"][spells["alliance"]])
    planned = projects["started"] + projects["planned"]
    end = np.where(projects["state"] == ProjectState.RUNNING, planned, projects["ended"])
    return Lives(
        recording.setup.sizes["warm_up"] / QUARTERS_A_YEAR, len(recording.curves) / QUARTERS_A_YEAR,
        years(table["signed"][signed]), years(table["ended"][signed]),
        row[spells["alliance"]], years(joined), years(spells["left"]), spells["kind"].astype(np.int64),
        row[projects["alliance"]], years(projects["started"]), years(end, np.nan))


class LifeMeasure(NamedTuple):
    """A fact of lives.

    Attributes
    ----------
    name, title, unit, description : str
    needs : str
        What of a registry it needs: "endings", "joining", "leaving", "kinds", "members" or "projects".
    of : callable
        Takes `Lives`; NaN where they give no answer.
    """

    name: str
    title: str
    unit: str
    description: str
    needs: str
    of: Callable[[Lives], float]


def _over(part: float, whole: float) -> float:
    return float(part / whole) if whole > 0 else np.nan


# --- endings -------------------------------------------------------------------------------------------------------


def _hazard(first: float, last: float) -> Callable[[Lives], float]:
    """Endings a year at ages from `first` up to `last`."""

    def hazard(lives: Lives) -> float:
        years, over = lives.years[lives.seen], lives.ended[lives.seen] < lives.until
        if (years >= first).sum() < LEAST_SEEN:
            return np.nan
        return _over(float((over & (years >= first) & (years < last)).sum()),
                     float((np.clip(years, first, last) - first).sum()))

    return hazard


def _survival(lives: Lives) -> "ecdf":
    """Product-limit estimate of the survival function (Kaplan and Meier 1958)."""
    from scipy.stats import CensoredData, ecdf  # takes longer to import than a run takes

    years, over = lives.years[lives.seen], lives.ended[lives.seen] < lives.until
    return ecdf(CensoredData(uncensored=years[over], right=years[~over])).sf


def _alive_at(age: float) -> Callable[[Lives], float]:
    def alive(lives: Lives) -> float:
        if (lives.until - lives.founded[lives.seen] >= age).sum() < LEAST_SEEN:
            return np.nan
        return float(_survival(lives).evaluate(age))

    return alive


def _median_life(lives: Lives) -> float:
    """Age that half of the alliances outlive; NaN where more of them are alive."""
    if not lives.seen.any():
        return np.nan
    survival = _survival(lives)
    below = np.flatnonzero(survival.probabilities <= 0.5)
    return float(survival.quantiles[below[0]]) if below.size else np.nan


# --- members -------------------------------------------------------------------------------------------------------


def _member_years(lives: Lives) -> float:
    """Years of all memberships since the first day."""
    span = np.minimum(lives.left, lives.until) - np.maximum(lives.joined, lives.since)
    return float(np.maximum(span, 0.0).sum())


def _exits(lives: Lives) -> float:
    """Members that leave, per member and year; endings of the alliance do not count."""
    gone = (lives.left >= lives.since) & (lives.left < lives.until) & (lives.left < lives.ended[lives.alliance])
    return _over(float(gone.sum()), _member_years(lives))


def _entries(lives: Lives) -> float:
    """Members that join after the founding, per member and year."""
    late = lives.joined >= np.maximum(lives.founded[lives.alliance] + _SIGNING, lives.since)
    return _over(float((late & (lives.joined < lives.until)).sum()), _member_years(lives))


def _founders(of: Callable[[np.ndarray], float]) -> Callable[[Lives], float]:
    def share(lives: Lives) -> float:
        founders = lives.founders()[lives.seen]
        return float(of(founders[founders > 0])) if (founders > 0).sum() >= LEAST_SEEN else np.nan

    return share


def _grown(age: float) -> Callable[[Lives], float]:
    """Members at an age over founders, of all alliances that reach it."""

    def grown(lives: Lives) -> float:
        there = lives.seen & (lives.years >= age) & (lives.ended > lives.founded + age)
        then, founders = lives.members_at(lives.founded + age)[there], lives.founders()[there]
        return _over(float(then.sum()), float(founders.sum())) if there.sum() >= LEAST_SEEN else np.nan

    return grown


def _members(of: Callable[[np.ndarray], float]) -> Callable[[Lives], float]:
    """A figure of the members of each alliance that lives on the last day."""

    def share(lives: Lives) -> float:
        members = lives.members_at(lives.until)[(lives.ended > lives.until) & (lives.founded <= lives.until)]
        return float(of(members[members > 0])) if (members > 0).sum() >= LEAST_SEEN else np.nan

    return share


def _cv(sizes: np.ndarray) -> float:
    return float(sizes.std(ddof=1) / sizes.mean())


def _firms(lives: Lives) -> float:
    """Share of firms among firms, universities and institutes that joined since the first day."""
    known = lives.kind[(lives.joined >= lives.since) & np.isin(lives.kind, _THREE)]
    return _over(float((known == Kind.FIRM).sum()), float(known.size))


# --- projects ------------------------------------------------------------------------------------------------------


def _lengths(lives: Lives) -> np.ndarray:
    """Months from start to end, of running projects as planned."""
    months = (lives.end - lives.start)[(lives.start >= lives.since) & (lives.start < lives.until)] * MONTHS_A_YEAR
    return months[np.isfinite(months)]


def _project_months(lives: Lives) -> float:
    months = _lengths(lives)
    return float(months.mean()) if months.size >= LEAST_SEEN else np.nan


def _project_rate(lives: Lives) -> float:
    """Projects started per alliance and year."""
    span = np.minimum(lives.ended, lives.until) - np.maximum(lives.founded, lives.since)
    started = (lives.start >= lives.since) & (lives.start < lives.until) & (lives.home >= 0)
    return _over(float(started.sum()), float(np.maximum(span, 0.0).sum()))


OF_LIVES: tuple[LifeMeasure, ...] = tuple(measure._replace(name=f"registry_{measure.name}") for measure in (
    LifeMeasure("hazard", "Endings", "per alliance and year", "At all ages.", "endings", _hazard(0, np.inf)),
    LifeMeasure("hazard_first_year", "Endings in the first year", "per alliance and year", "By age.", "endings",
                _hazard(0, 1)),
    LifeMeasure("hazard_middle", "Endings from 4 to 8 years", "per alliance and year", "By age.", "endings",
                _hazard(4, 8)),
    LifeMeasure("alive_4y", "Alive four years after the contract", "share", "Product-limit estimate.", "endings",
                _alive_at(4)),
    LifeMeasure("alive_5y", "Alive five years after the contract", "share", "Product-limit estimate.", "endings",
                _alive_at(5)),
    LifeMeasure("alive_10y", "Alive ten years after the contract", "share", "Product-limit estimate.", "endings",
                _alive_at(10)),
    LifeMeasure("median_life", "Median life from the contract on", "years", "Product-limit estimate.", "endings",
                _median_life),
    LifeMeasure("exits", "Members that leave before the end", "per member and year",
                "Of all members; with the end of an alliance nobody leaves.", "leaving", _exits),
    LifeMeasure("entries", "Members that join later", "per member and year",
                "After the quarter of the contract, relative to all members.", "joining", _entries),
    LifeMeasure("founders_mean", "Founders of an alliance", "members", "Mean over alliances.", "joining",
                _founders(np.mean)),
    LifeMeasure("founders_95", "Founders of a large alliance", "members", "Ninety-fifth percentile.", "joining",
                _founders(lambda founders: np.quantile(founders, 0.95))),
    LifeMeasure("growth_5y", "Members five years after the contract over founders", "ratio",
                "Of all alliances that live so long together.", "joining", _grown(5)),
    LifeMeasure("members_mean", "Members of an alliance on the day", "members", "Mean over living alliances.",
                "members", _members(np.mean)),
    LifeMeasure("members_cv", "Coefficient of variation of members on the day", "-", "Over living alliances.",
                "members", _members(_cv)),
    LifeMeasure("firms", "Firms among new members", "share of seats", "Of firms, universities and institutes.",
                "kinds", _firms),
    LifeMeasure("project_months", "Length of a project", "months", "From start to end, of running ones as planned.",
                "projects", _project_months),
    LifeMeasure("project_rate", "Projects that start", "per alliance and year", "Over all years of life.", "projects",
                _project_rate),
))
"""What a registry tells of lives, measured in the same way in its tables and in a run."""
