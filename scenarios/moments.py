"""What a run is fitted to and checked by: moments of one recording, by name.

Every outcome is one, every measure of consortia, and some that need the whole record of a run. Source: H5.
"""

from collections.abc import Callable, Sequence
from functools import cache

import numpy as np

from alliancelab.model.accounts import Flow
from alliancelab.model.outcomes import OUTCOMES, Outcome
from alliancelab.model.setup import QUARTERS_A_YEAR
from alliancelab.model.simulation import Recording
from alliancelab.scenarios.consortia import MEASURES, Measure, consortia_of

__all__ = ["MOMENTS", "Moment", "moments_of"]

Moment = Outcome | Measure
MONTHS_A_QUARTER = 3
PROGRAMME_PROJECTS = 59  # median number of projects of a programme in the data that consortia are compared with
GROWTH_YEARS = (2010, 2023)  # of the national series that growth is compared with


def _cost(run: Recording) -> float:
    """Joint R&D of an alliance in a year, over all alliance-years after the warm-up."""
    later = run.curves[run.setup.sizes["warm_up"] :]
    years = later["alliances"].sum() / QUARTERS_A_YEAR
    return float(later["effort"].sum() / years) if years > 0 else np.nan


def _planned(run: Recording) -> np.ndarray:
    """Planned months of the alliances founded after the warm-up."""
    later = run.alliances["founded"] >= run.setup.sizes["warm_up"]
    return run.alliances["planned"][later] * MONTHS_A_QUARTER


def _spread(values: np.ndarray) -> float:
    return float(values.std(ddof=1)) if len(values) > 1 else np.nan


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
        among = (quarter[order] >= run.setup.sizes["warm_up"]) & (paid == funded)
        return float(ended[order][among].sum() / among.sum() * QUARTERS_A_YEAR) if among.any() else np.nan

    return hazard


def _alive_at(years: int) -> Callable[[Recording], float]:
    """Share alive at an age, among alliances founded early enough to be seen that long."""

    def alive(run: Recording) -> float:
        founded, ended = run.alliances["founded"], run.alliances["ended"]
        long = years * QUARTERS_A_YEAR
        seen = (founded >= run.setup.sizes["warm_up"]) & (founded < len(run.curves) - long)
        return float(np.mean((ended[seen] < 0) | (ended[seen] - founded[seen] >= long))) if seen.any() else np.nan

    return alive


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
    return run.curves["adoptions"]


FURTHER: tuple[Outcome, ...] = (
    Outcome("planned_mean", "Planned length of the first contract", "months", 0, "Mean over alliances.",
            lambda r: float(_planned(r).mean()) if len(_planned(r)) else np.nan),
    Outcome("planned_sd", "Spread of planned lengths", "months", 0, "Standard deviation over alliances.",
            lambda r: _spread(_planned(r))),
    Outcome("yearly_cost", "Joint R&D of an alliance", "million yuan a year", 0, "Over all alliance-years.", _cost),
    Outcome("hazard_alone", "Hazard of ending without public money", "per year", 0,
            "Endings over years in which an alliance got no public money.", _hazard(False)),
    Outcome("hazard_funded", "Hazard of ending while publicly funded", "per year", 0,
            "Endings over years in which an alliance got public money.", _hazard(True)),
    Outcome("alive_4y", "Alive after four years", "share", 0, "Among alliances seen that long.", _alive_at(4)),
    Outcome("alive_5y", "Alive after five years", "share", 0, "Among alliances seen that long.", _alive_at(5)),
    Outcome("alive_10y", "Alive after ten years", "share", 0, "Among alliances seen that long.", _alive_at(10)),
    Outcome("research_growth", "Growth of R&D spending, 2010 to 2023", "per year", 0,
            "Own and joint R&D, constant prices.", _growth(_research)),
    Outcome("deals_growth", "Growth of technology taken up, 2010 to 2023", "per year", 0,
            "Adoptions, licences among them.", _growth(_deals)),
)

_ALL: tuple[Moment, ...] = (*OUTCOMES, *FURTHER, *MEASURES)
MOMENTS: dict[str, Moment] = {moment.name: moment for moment in _ALL}
"""By name; a measure of consortia is taken of as many alliances as a programme has projects."""


def moments_of(recording: Recording, moments: Sequence[Moment], projects: int = PROGRAMME_PROJECTS) -> np.ndarray:
    """Moments of one run that was recorded in full, float64 of shape (len(moments),); NaN where it gives no answer.

    Measures of consortia are taken of the first `projects` alliances.
    """
    members = cache(lambda: consortia_of(recording, projects))
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.array([m.of(members()) if isinstance(m, Measure) else m.value(recording) for m in moments], float)
