"""What a run is fitted to and checked by: moments of one recording, by name, of projects and of alliances.

Every outcome is one, every measure of consortia and of lives, and some that need the whole record of a run. Source: H5.
"""

from collections.abc import Callable, Sequence
from functools import cache

import numpy as np

from alliancelab.agents.codes import Door, ProjectState, Reason, Stage
from alliancelab.model.accounts import Flow
from alliancelab.model.outcomes import OUTCOMES, Outcome
from alliancelab.model.setup import QUARTERS_A_YEAR
from alliancelab.model.simulation import Recording
from alliancelab.scenarios.consortia import (
    MEASURES,
    Consortia,
    Measure,
    consortia_of,
    giant_component,
    tail_exponent,
)
from alliancelab.scenarios.lives import OF_LIVES, LifeMeasure, lives_of

__all__ = ["MOMENTS", "Moment", "founded_later", "hazard_between", "moments_of", "years_of_life"]

Moment = Outcome | Measure | LifeMeasure
MONTHS_A_QUARTER = 3
PROGRAMME_PROJECTS = 59  # median number of projects of a programme in the data that consortia are compared with
GROWTH_YEARS = (2010, 2023)  # of the national series that growth is compared with
LONG_LIFE = 8  # years from which a consortium counts as long-lived
OLD = 12  # years after which growth of members is looked at


def _since(run: Recording) -> int:
    return int(run.setup.sizes["warm_up"])


def _over(part: float, whole: float) -> float:
    return float(part / whole) if whole > 0 else np.nan


def _mean(values: np.ndarray) -> float:
    return float(np.mean(values)) if len(values) else np.nan


# --- projects ------------------------------------------------------------------------------------------------------


def _projects(run: Recording) -> np.ndarray:
    """Projects started after the warm-up."""
    return run.projects[run.projects["started"] >= _since(run)]


def _ended_projects(run: Recording) -> np.ndarray:
    """Projects started after the warm-up whose plan lies within the run: none is left out for lasting long."""
    found = _projects(run)
    return found[(found["started"] + found["planned"] < len(run.curves)) & (found["state"] != ProjectState.RUNNING)]


def _project_cost(run: Recording) -> float:
    """Spending on a project in a year, over all project-years after the warm-up."""
    later = run.curves[_since(run) :]
    return _over(float(later["effort"].sum()), float(later["projects"].sum()) / QUARTERS_A_YEAR)


def _planned(run: Recording) -> np.ndarray:
    return _projects(run)["planned"] * MONTHS_A_QUARTER


def _later_consortia(run: Recording) -> Consortia:
    return consortia_of(run)


# --- alliances -----------------------------------------------------------------------------------------------------


def founded_later(run: Recording) -> np.ndarray:
    """Alliances founded after the warm-up."""
    return run.alliances[run.alliances["founded"] >= _since(run)]


def years_of_life(run: Recording, alliances: np.ndarray) -> np.ndarray:
    """Years from founding to the end, or to the end of the run; the quarters of both count as life."""
    last = np.where(alliances["ended"] < 0, len(run.curves), alliances["ended"] + 1)
    return (last - alliances["founded"]) / QUARTERS_A_YEAR


def hazard_between(run: Recording, alliances: np.ndarray, first: float, last: float) -> float:
    """Endings a year at ages from `first` up to `last`, in years."""
    age = years_of_life(run, alliances)
    at_risk = np.clip(age, first, last).sum() - first * len(alliances)
    hits = ((alliances["ended"] >= 0) & (age > first) & (age <= last)).sum()
    return _over(float(hits), float(at_risk))


def _hazard(funded: bool) -> Callable[[Recording], float]:
    """Endings a year of life in quarters in which an alliance got public money, or in those in which it did not.

    The quarter in which an alliance ends is one of its life; the panel, taken at a quarter's end, has no line of it.
    """

    def hazard(run: Recording) -> float:
        over = np.flatnonzero(run.alliances["ended"] >= 0)
        ended = np.r_[np.zeros(len(run.panel), bool), np.ones(len(over), bool)]
        alliance = np.r_[run.panel["alliance"], over]
        quarter = np.r_[run.panel["quarter"], run.alliances["ended"][over]]
        public = np.r_[run.panel["public_total"], run.alliances["public_total"][over]]
        order = np.lexsort((quarter, alliance))
        new = np.diff(alliance[order], prepend=-1) > 0
        paid = np.where(new, public[order], np.diff(public[order], prepend=0.0)) > 0.0
        among = (quarter[order] >= _since(run)) & (paid == funded)
        return float(ended[order][among].sum() / among.sum() * QUARTERS_A_YEAR) if among.any() else np.nan

    return hazard


def _labelled(run: Recording) -> float:
    """Endings a year of alliances that were named pilots, from their naming on."""
    named = run.alliances[run.alliances["pilot"] >= 0]
    last = np.where(named["ended"] < 0, len(run.curves), named["ended"] + 1)
    return _over(float((named["ended"] >= 0).sum()), float((last - named["pilot"]).sum()) / QUARTERS_A_YEAR)


def _alive_at(years: int) -> Callable[[Recording], float]:
    """Share alive at an age, among alliances founded early enough to be seen that long."""

    def alive(run: Recording) -> float:
        founded, ended = run.alliances["founded"], run.alliances["ended"]
        long = years * QUARTERS_A_YEAR
        seen = (founded >= _since(run)) & (founded < len(run.curves) - long)
        return float(np.mean((ended[seen] < 0) | (ended[seen] - founded[seen] >= long))) if seen.any() else np.nan

    return alive


def _median_life(run: Recording) -> float:
    """Years that half of the alliances outlive, by the product-limit estimate; NaN where more are alive at the end."""
    alliances = founded_later(run)
    age = (years_of_life(run, alliances) * QUARTERS_A_YEAR).astype(int)
    died = np.bincount(age[alliances["ended"] >= 0], minlength=age.max(initial=0) + 1)
    at_risk = np.cumsum(np.bincount(age, minlength=len(died))[::-1])[::-1]
    survival = np.cumprod(1.0 - died / np.maximum(at_risk, 1))
    below = np.flatnonzero(survival <= 0.5)
    return float(below[0] / QUARTERS_A_YEAR) if below.size else np.nan


def _ended_as(*reasons: Reason) -> Callable[[Recording], float]:
    """Share of endings with these reasons."""

    def share(run: Recording) -> float:
        reason = founded_later(run)["reason"]
        return _over(float(np.isin(reason, reasons).sum()), float((reason != Reason.ALIVE).sum()))

    return share


def _fallen(run: Recording) -> float:
    """Mean fall from the own peak to the last level of vitality, over the peak, of those that did not succeed."""
    over = founded_later(run)
    over = over[(over["ended"] >= 0) & (over["reason"] != Reason.SUCCESS)]
    return _mean((over["highest"] - over["smoothed"]) / np.maximum(over["highest"], 1e-9))


def _after_decline(run: Recording) -> float:
    over = founded_later(run)
    return _mean(over["declines"][over["ended"] >= 0] > 0)


def _stage(stage: Stage) -> Callable[[Recording], float]:
    """Share of alliance-quarters after the warm-up."""

    def share(run: Recording) -> float:
        later = run.panel["quarter"] >= _since(run)
        return _mean(run.panel["stage"][later] == stage)

    return share


def _door(door: Door) -> Callable[[Recording], float]:
    def share(run: Recording) -> float:
        found = founded_later(run)
        return _mean(found["door"][found["regrowths"] > 0] == door)

    return share


def _member_exit(run: Recording) -> float:
    """Members that leave, per member and year, in alliances that live long; endings of the alliance do not count."""
    alliances, members = run.alliances, run.members
    last = np.where(alliances["ended"] < 0, len(run.curves), alliances["ended"])
    long = last - alliances["founded"] >= LONG_LIFE * QUARTERS_A_YEAR
    left = (members["left"] >= _since(run)) & (members["left"] != alliances["ended"][members["alliance"]])
    seats = run.panel["size"][long[run.panel["alliance"]] & (run.panel["quarter"] >= _since(run))]
    return _over(float((left & long[members["alliance"]]).sum()), float(seats.sum()) / QUARTERS_A_YEAR)


def _grown(run: Recording) -> float:
    """Most members over founding members, of alliances that lived long."""
    found = founded_later(run)
    old = found[years_of_life(run, found) >= OLD]
    return _mean(old["largest"] / np.maximum(old["founding_size"], 1))


# --- growth of the economy -----------------------------------------------------------------------------------------


def _growth(yearly: Callable[[Recording], np.ndarray]) -> Callable[[Recording], float]:
    """Mean yearly growth of a quarterly series between the years of the national series; NaN where it is too short."""

    def growth(run: Recording) -> float:
        series, years = yearly(run), np.floor([run.setup.year(quarter) for quarter in range(len(run.curves))])
        first, last = (series[years == year] for year in GROWTH_YEARS)
        if min(len(first), len(last)) < QUARTERS_A_YEAR or first.sum() <= 0 or last.sum() <= 0:
            return np.nan
        return float((last.sum() / first.sum()) ** (1 / (GROWTH_YEARS[1] - GROWTH_YEARS[0])) - 1)

    return growth


def _research(run: Recording) -> np.ndarray:
    return run.ledger[:, [Flow.OWN_RESEARCH, Flow.JOINT_RESEARCH]].sum(axis=1)


def _deals(run: Recording) -> np.ndarray:
    return run.curves["adoptions"] + run.curves["licences"]


FURTHER: tuple[Outcome, ...] = (
    Outcome("planned_mean", "Planned length of projects", "months", 0, "Mean over projects.",
            lambda r: _mean(_planned(r))),
    Outcome("planned_sd", "Spread of planned lengths", "months", 0, "Standard deviation over projects.",
            lambda r: float(_planned(r).std(ddof=1)) if len(_planned(r)) > 1 else np.nan),
    Outcome("ended_early", "Projects ended before or short of their plan", "share", 0,
            "Failed, abandoned, stopped or superseded, among those whose plan lies within the run.",
            lambda r: _mean(_ended_projects(r)["state"] != ProjectState.DONE)),
    Outcome("failed_projects", "Projects that failed", "share", 0, "By themselves, among those that ended.",
            lambda r: _mean(_ended_projects(r)["state"] == ProjectState.FAILED)),
    Outcome("yearly_cost", "Spending on a project", "million yuan a year", 0, "Over all project-years.",
            _project_cost),
    Outcome("tail_exponent", "Tail of projects per organisation", "exponent", 0,
            "Power law fitted to organisations in at least five projects.",
            lambda r: tail_exponent(_later_consortia(r))),
    Outcome("giant_component", "Organisations linked by projects", "share", 0,
            "In the largest connected part of the network of projects.",
            lambda r: giant_component(_later_consortia(r))),
    Outcome("hazard_alone", "Hazard of ending without public money", "per year", 0,
            "Endings over years in which an alliance got no public money.", _hazard(False)),
    Outcome("hazard_funded", "Hazard of ending while publicly funded", "per year", 0,
            "Endings over years in which an alliance got public money.", _hazard(True)),
    Outcome("hazard_labelled", "Hazard of ending of pilots", "per year", 0,
            "Endings over years since an alliance was named a pilot.", _labelled),
    Outcome("hazard_first_year", "Hazard in the first year", "per year", 0, "By age.",
            lambda r: hazard_between(r, founded_later(r), 0, 1)),
    Outcome("hazard_middle", "Hazard from 4 to 8 years", "per year", 0, "By age.",
            lambda r: hazard_between(r, founded_later(r), 4, 8)),
    Outcome("alive_4y", "Alive after four years", "share", 0, "Among alliances seen that long.", _alive_at(4)),
    Outcome("alive_5y", "Alive after five years", "share", 0, "Among alliances seen that long.", _alive_at(5)),
    Outcome("alive_10y", "Alive after ten years", "share", 0, "Among alliances seen that long.", _alive_at(10)),
    Outcome("median_life", "Median life", "years", 0, "Product-limit estimate.", _median_life),
    Outcome("ended_success", "Endings in success", "share of endings", 0, "By reason.", _ended_as(Reason.SUCCESS)),
    Outcome("ended_failure", "Endings in failure", "share of endings", 0, "By reason.", _ended_as(Reason.FAILURE)),
    Outcome("ended_otherwise", "Endings by expiry or withdrawal", "share of endings", 0, "By reason.",
            _ended_as(Reason.EXPIRY, Reason.DESERTION)),
    Outcome("fall_at_end", "Fall of vitality from the own peak to the end", "share of the peak", 0,
            "Of alliances that ended otherwise than in success.", _fallen),
    Outcome("ended_after_decline", "Endings after a decline", "share of endings", 0, "At any time before.",
            _after_decline),
    *(Outcome(f"stage_{stage.name.lower()}", f"Alliances in {stage.name.lower()}", "share", 0,
              "Of alliance-quarters after the warm-up.", _stage(stage)) for stage in Stage),
    *(Outcome(f"share_{door.name.lower()}", f"Re-growth carried by {door.name.lower().replace('_', ' ')}",
              "share of re-grown", 0, "Door of the last re-growth.", _door(door))
      for door in (Door.RISK_AVOIDANCE, Door.OPPORTUNITY, Door.CONTINUOUS_INNOVATION)),
    Outcome("member_exit", "Members that leave", "per member and year", 0, "In alliances that live long.",
            _member_exit),
    Outcome("member_growth", "Growth of members", "ratio", 0, "Most over founding members, after twelve years.",
            _grown),
    Outcome("founders_95", "Large founding groups", "members", 0, "Ninety-fifth percentile of founding members.",
            lambda r: float(np.quantile(founded_later(r)["founding_size"], 0.95)) if len(founded_later(r)) else np.nan),
    Outcome("research_growth", "Growth of R&D spending, 2010 to 2023", "per year", 0,
            "Own and joint R&D, constant prices.", _growth(_research)),
    Outcome("deals_growth", "Growth of technology taken up, 2010 to 2023", "per year", 0,
            "Adoptions and licences.", _growth(_deals)),
)

_ALL: tuple[Moment, ...] = (*OUTCOMES, *FURTHER, *MEASURES, *OF_LIVES)
MOMENTS: dict[str, Moment] = {moment.name: moment for moment in _ALL}
"""By name; a measure of consortia is taken of as many projects as a programme of the data has."""


def moments_of(recording: Recording, moments: Sequence[Moment], projects: int = PROGRAMME_PROJECTS) -> np.ndarray:
    """Moments of one run that was recorded in full, float64 of shape (len(moments),); NaN where it gives no answer.

    Measures of consortia are taken of the first `projects` projects.
    """
    members, lives = cache(lambda: consortia_of(recording, projects)), cache(lambda: lives_of(recording))

    def value(moment: Moment) -> float:
        if isinstance(moment, Outcome):
            return moment.value(recording)
        return moment.of(members()) if isinstance(moment, Measure) else moment.of(lives())

    with np.errstate(divide="ignore", invalid="ignore"):
        return np.array([value(moment) for moment in moments], float)
