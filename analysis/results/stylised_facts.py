"""What is known of real alliances, and how replicates of a model show each fact. Source: H5."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np

from alliancelab.agents.codes import Event, Verdict
from alliancelab.model.accounts import Flow
from alliancelab.model.setup import QUARTERS_A_YEAR
from alliancelab.scenarios.consortia import MEASURES
from alliancelab.scenarios.facts import Fact
from alliancelab.scenarios.moments import founded_later, hazard_between

__all__ = ["ALONE", "ARMS", "FACTS", "FUNDED", "PILOTS", "SUBSIDISED", "StylisedFact"]

ALONE, FUNDED, SUBSIDISED, PILOTS = "alone", "funded", "subsidised", "pilots"
ARMS = (ALONE, FUNDED, SUBSIDISED, PILOTS)
"""What facts are measured in: the scenario without public money, under the grants of `public_consortia`, under the
start-up subsidy of `formation_only`, and with pilots named and assessed as in `pilots_assessed`."""

Runs = Mapping[str, Any]  # recording of a replicate in each arm


class StylisedFact(NamedTuple):
    """One thing known of real alliances and how a replicate shows it.

    Attributes
    ----------
    name, title, unit : str
    arm : str
        Of `ARMS`; for the reader, and for the measure that takes one recording.
    measure : str or callable
        A moment by name, or a function of the recordings of a replicate, one for each arm.
    fact : str
        Of the table of facts.
    reading : callable, optional
        From the fact to (value, low, high); by default its own.
    """

    name: str
    title: str
    unit: str
    arm: str
    measure: str | Callable[[Runs], float]
    fact: str
    reading: "Callable[[Fact], Reading]" = lambda f: (f.value, f.low, f.high)


Reading = tuple[float | None, float | None, float | None]


def _other_part(fact: Fact) -> Reading:
    """The share left of a share that the fact knows from below."""
    assert fact.value is not None and fact.low is not None
    return 1.0 - fact.value, 0.0, 1.0 - fact.low


def _over(part: float, whole: float) -> float:
    return float(part / whole) if whole > 0 else np.nan


def _ratio_of_hazards(first: tuple[float, float], second: tuple[float, float]) -> Callable[[Runs], float]:
    """Hazard alone in one range of ages, in years, over that in another."""

    def ratio(runs: Runs) -> float:
        run = runs[ALONE]
        found = founded_later(run)
        return _over(hazard_between(run, found, *first), hazard_between(run, found, *second))

    return ratio


def _first_verdicts(runs: Runs) -> np.ndarray:
    """What the first assessment of each pilot said, by code of `Verdict`."""
    events = runs[PILOTS].events
    assessed = events[events["event"] == Event.ASSESSED]
    _, first = np.unique(assessed["alliance"], return_index=True)
    return assessed["value"][first].astype(int)


def _graded(*verdicts: Verdict) -> Callable[[Runs], float]:
    """Share of first assessments with these verdicts."""

    def share(runs: Runs) -> float:
        found = _first_verdicts(runs)
        return _over(float(np.isin(found, verdicts).sum()), float(len(found)))

    return share


def _recovered(runs: Runs) -> float:
    """Of the pilots warned at an assessment that were assessed again, the share found sound or excellent then."""
    events = runs[PILOTS].events
    assessed = events[events["event"] == Event.ASSESSED]
    order = np.lexsort((assessed["quarter"], assessed["alliance"]))
    alliance, value = assessed["alliance"][order], assessed["value"][order]
    again = (alliance[1:] == alliance[:-1]) & (value[:-1] == Verdict.RECTIFIED)
    return _over(float(np.isin(value[1:][again], (Verdict.EXEMPLAR, Verdict.SOUND)).sum()), float(again.sum()))


def _pilots_after(years: int, fit: bool) -> Callable[[Runs], float]:
    """Share of pilots, seen so long, that are alive so many years after naming, or alive and still labelled."""

    def share(runs: Runs) -> float:
        run = runs[PILOTS]
        named = np.flatnonzero((run.alliances["pilot"] >= 0)
                               & (run.alliances["pilot"] + years * QUARTERS_A_YEAR < len(run.curves)))
        then = run.alliances["pilot"][named] + years * QUARTERS_A_YEAR
        row = np.isin(run.panel["alliance"], named)
        panel = run.panel[row]
        place = np.searchsorted(named, panel["alliance"])
        there = panel["quarter"] == then[place]
        return _over(float((panel["label"][there] > 0.0).sum() if fit else there.sum()), float(len(named)))

    return share


def _public_part(runs: Runs) -> float:
    flows = runs[FUNDED].ledger[runs[FUNDED].setup.sizes["warm_up"] :].sum(axis=0)
    return _over(flows[Flow.GRANT], flows[Flow.GRANT] + flows[Flow.CONTRIBUTION])


def _crowding(runs: Runs) -> float:
    """Private R&D money, in alliances and outside, that a yuan of grants brings in: the same world with and without."""
    with_, without = (runs[arm].ledger[runs[arm].setup.sizes["warm_up"] :].sum(axis=0) for arm in (FUNDED, ALONE))
    private = (with_ - without)[[Flow.CONTRIBUTION, Flow.OWN_RESEARCH]].sum()
    return _over(private, (with_ - without)[Flow.GRANT])


def _elasticity(runs: Runs) -> float:
    """Elasticity of patents to money at work in projects, from the same world with grants and without."""
    with_, without = runs[FUNDED], runs[ALONE]
    patents, money = (
        [float(series(run)[run.setup.sizes["warm_up"] :].sum()) for run in (with_, without)]
        for series in (lambda run: run.curves["patents"], lambda run: run.ledger[:, Flow.JOINT_RESEARCH])
    )
    if min(*patents, *money) <= 0.0 or money[0] == money[1]:
        return np.nan
    return float(np.log(patents[0] / patents[1]) / np.log(money[0] / money[1]))


def _deadweight(runs: Runs) -> float:
    """Share of subsidised alliances that the same firm signs in the same quarter of the world without subsidy."""
    alone, helped = runs[ALONE].alliances, runs[SUBSIDISED].alliances
    later = (helped["founded"] >= runs[SUBSIDISED].setup.sizes["warm_up"]) & (helped["start_subsidy"] > 0.0)
    return _over(float(np.isin(helped["key"][later], alone["key"]).sum()), float(later.sum()))


_OF_CONSORTIA = tuple(
    StylisedFact(m.name, m.title, m.unit, FUNDED, m.name, f"prog_{m.name}") for m in MEASURES if m.name != "repeat_ties"
)
FACTS: tuple[StylisedFact, ...] = (
    # of projects
    *_OF_CONSORTIA,
    StylisedFact("planned_mean", "Planned length", "months", FUNDED, "planned_mean", "dur_eu"),
    StylisedFact("yearly_cost", "Cost of a project", "million yuan a year", FUNDED, "yearly_cost", "consortium_cost"),
    StylisedFact("public_part", "Public part of the cost of projects", "share", FUNDED, _public_part,
                 "consortium_public"),
    StylisedFact("ended_early", "Projects ended before or short of their plan", "share", FUNDED, "ended_early",
                 "ended_early"),
    StylisedFact("tail_exponent", "Tail of projects per organisation", "exponent", FUNDED, "tail_exponent",
                 "part_tail"),
    StylisedFact("giant_component", "Organisations linked by projects", "share", FUNDED, "giant_component",
                 "giant_component"),
    # of alliances
    StylisedFact("hazard_alone", "Hazard without public money", "per year", ALONE, "hazard_alone", "haz_alliance"),
    StylisedFact("hazard_harrigan", "Hazard without public money, by another source", "per year", ALONE, "hazard_alone",
                 "harrigan_contra"),
    StylisedFact("hazard_start", "Hazard in the first year over that from 4 to 8", "ratio", ALONE,
                 _ratio_of_hazards((0, 1), (4, 8)), "hazard_low_start", lambda f: (None, f.low, f.high)),
    StylisedFact("hazard_hump", "Hazard from 1 to 4 years over that from 4 to 8", "ratio", ALONE,
                 _ratio_of_hazards((1, 4), (4, 8)), "haz_shape", lambda f: (None, 0.0, 1.0)),
    StylisedFact("hazard_late", "Hazard from 12 years over that from 8 to 12", "ratio", ALONE,
                 _ratio_of_hazards((12, 20), (8, 12)), "haz_shape", lambda f: (None, 0.0, 1.0)),
    StylisedFact("alive_4y", "Alive after four years", "share", ALONE, "alive_4y", "surv_4y",
                 lambda f: (f.value, 0.0, f.high)),
    StylisedFact("alive_5y", "Alive after five years", "share", ALONE, "alive_5y", "surv_5y", _other_part),
    StylisedFact("alive_10y", "Alive after ten years", "share", ALONE, "alive_10y", "surv_10y",
                 lambda f: (f.value, 0.10, 0.25)),
    StylisedFact("median_life", "Median life", "years", ALONE, "median_life", "surv_median",
                 lambda f: (f.value, 6.0, 8.0)),
    StylisedFact("ended_success", "Endings in success", "share of endings", ALONE, "ended_success", "end_success"),
    StylisedFact("ended_failure", "Endings in failure", "share of endings", ALONE, "ended_failure", "end_failure"),
    StylisedFact("ended_otherwise", "Endings by expiry or withdrawal", "share of endings", ALONE, "ended_otherwise",
                 "end_otherwise"),
    StylisedFact("failed", "Endings in failure, by another source", "share of endings", ALONE, "ended_failure",
                 "term_science"),
    StylisedFact("member_exit", "Members that leave", "per member and year", ALONE, "member_exit", "member_exit"),
    StylisedFact("founders_95", "Large founding groups", "members", ALONE, "founders_95", "founders_range"),
    StylisedFact("member_growth", "Growth of members", "ratio", ALONE, "member_growth", "member_growth"),
    # of supported alliances
    StylisedFact("hazard_labelled", "Hazard of pilots", "per year", PILOTS, "hazard_labelled", "haz_labelled"),
    StylisedFact("pilots_alive", "Pilots alive ten years on", "share", PILOTS, _pilots_after(10, False),
                 "cn_2021_data"),
    StylisedFact("pilots_fit", "Pilots alive and labelled ten years on", "share", PILOTS, _pilots_after(10, True),
                 "cn_2021_fit"),
    StylisedFact("graded_excellent", "Pilots excellent at first", "share", PILOTS, _graded(Verdict.EXEMPLAR),
                 "cn_assess_excellent"),
    StylisedFact("graded_dropped", "Pilots neither excellent nor sound at first", "share", PILOTS,
                 _graded(Verdict.RECTIFIED, Verdict.DROPPED), "cn_assess_dropped"),
    StylisedFact("recovered", "Warned pilots that recovered", "share", PILOTS, _recovered, "fr_recovered"),
    # of policy and growth
    StylisedFact("crowding", "Private R&D that a yuan of grants brings in", "yuan", FUNDED, _crowding, "sub_meta_wb"),
    StylisedFact("elasticity", "Patents that money at work in projects brings", "elasticity", FUNDED, _elasticity,
                 "patent_elasticity"),
    StylisedFact("deadweight", "Subsidised alliances that would be founded anyway", "share", SUBSIDISED, _deadweight,
                 "deadweight"),
    StylisedFact("research_growth", "Growth of R&D spending, 2010 to 2023", "per year", ALONE, "research_growth",
                 "cn_research_each"),
    StylisedFact("deals_growth", "Growth of technology taken up, 2010 to 2023", "per year", ALONE, "deals_growth",
                 "cn_deals_each"),
)
