"""Stylised facts: what is known of real alliances beside what the model gives, fitted to or not, inside or outside.

Source: H5.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple, Self

import numpy as np

from alliancelab.agents.codes import Event, Verdict
from alliancelab.analysis.report.fit import of_validation
from alliancelab.analysis.report.parts import Content, Report
from alliancelab.analysis.results.base import Plots, Result, kept_table, origin_of
from alliancelab.analysis.results.stored_scenario import stored_scenarios
from alliancelab.analysis.statistics.intervals import mean_interval
from alliancelab.model.accounts import Flow
from alliancelab.model.setup import QUARTERS_A_YEAR
from alliancelab.scenarios.consortia import MEASURES, Consortia, projects_of
from alliancelab.scenarios.facts import Fact, facts
from alliancelab.scenarios.moments import (
    MOMENTS,
    PROGRAMME_PROJECTS,
    founded_later,
    hazard_between,
    moments_of,
)
from alliancelab.scenarios.store import Stored

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

__all__ = ["ARMS", "FACTS", "StylisedFact", "Validation", "ValidationPlots", "facts_of"]

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


def _verdict(mean: tuple[float, float], runs: np.ndarray, value: float | None, low: float | None,
             high: float | None) -> str:
    """What the interval of the mean says: "inside" or "outside" the empirical range as a whole, else "undecided".

    Where only a value is known: "spanned" if 95 % of single runs lie around it, else "outside".
    """
    if not np.isfinite(mean).all():
        return "no answer"
    if low is None or high is None:
        return "spanned" if value is not None and runs[0] <= value <= runs[1] else "outside"
    if low <= mean[0] and mean[1] <= high:
        return "inside"
    return "outside" if mean[1] < low or mean[0] > high else "undecided"


_COLUMNS = ("title", "unit", "arm", "mean", "low", "high", "verdict", "fitted", "source")


class Validation(Result):
    """The stylised facts of a scenario.

    Parameters
    ----------
    runs : mapping of str to sequence of Recording
        Replicates of each of `ARMS`, recorded in full, on the same seeds.
    scenarios : sequence of Scenario
        Of the arms, in their order.
    fitted : collection of (str, str)
        Moments that the parameters were fitted to, each with the arm that it was fitted in.
    data : sequence of Consortia, optional
        A researcher's own programmes: facts of consortia are then taken from these.
    provenance : mapping, optional
        Written into ``validation.json`` as it is.
    """

    kind, file = "validate", "validation.json"

    def __init__(self, runs: Mapping[str, Sequence], scenarios: Sequence, fitted: Collection[tuple[str, str]] = (),
                 data: Sequence[Consortia] = (), provenance: Mapping[str, Any] | None = None) -> None:
        self.runs = {arm: list(runs[arm]) for arm in ARMS}
        self.fitted = frozenset(fitted)
        self.data = tuple(data)
        self.scenarios = tuple(scenarios)
        self.provenance = dict(provenance or {})

    @classmethod
    def from_folder(cls, stored: Stored) -> Self:
        """The validation that was saved into a folder: its table, without the runs."""
        made = cls(dict.fromkeys(ARMS, ()), stored_scenarios(stored), provenance=origin_of(stored))
        made.table = kept_table(stored, "facts", "fact", _COLUMNS)
        return made

    @property
    def replicates(self) -> int:
        """Runs of each arm."""
        return len(self.runs[ALONE]) or len(self.provenance["seeds"])

    @cached_property
    def own(self) -> dict[str, list[float]]:
        """Facts of a researcher's own data by name: mean and range; each shuffles every programme, so once for all."""
        return {name: row for name, *row in facts_of(self.data)} if self.data else {}

    @cached_property
    def values(self) -> np.ndarray:
        """Value of every fact in every replicate, float64 of shape (facts, replicates); NaN where there is none.

        Facts of consortia are those of as many alliances as a programme of the data has projects.
        """
        plain = {arm: [fact for fact in FACTS if isinstance(fact.measure, str) and fact.arm == arm] for arm in ARMS}
        found = np.full((len(FACTS), len(self.runs[ALONE])), np.nan)
        projects = projects_of(self.data) if self.data else PROGRAMME_PROJECTS
        for k in range(found.shape[1]):
            replicate = {arm: self.runs[arm][k] for arm in ARMS}
            for arm in ARMS:
                moments = [MOMENTS[str(fact.measure)] for fact in plain[arm]]
                for fact, value in zip(plain[arm], moments_of(replicate[arm], moments, projects), strict=True):
                    found[FACTS.index(fact), k] = value
            for i, fact in enumerate(FACTS):
                if not isinstance(fact.measure, str):
                    found[i, k] = fact.measure(replicate)
        return found

    @cached_property
    def table(self) -> "pd.DataFrame":
        """One row per fact, indexed by name.

        Columns: ``title``, ``unit``, ``arm``; ``mean``, ``low``, ``high``: mean over replicates with its 95 % interval
        (a run is one observation, so alliances within runs need no independence); ``run_low``, ``run_high``: between
        which 95 % of single runs lie; ``value``, ``from``, ``to``: the empirical value and range; ``fitted``,
        see `_use`; ``verdict``, see `_verdict`; ``source``, ``confidence``.
        """
        import pandas as pd

        interval = mean_interval(self.values)
        edges = np.full((2, len(FACTS)), np.nan)
        answered = np.isfinite(self.values).any(axis=1)
        edges[:, answered] = np.nanquantile(self.values[answered], [0.025, 0.975], axis=1)
        known = [self._known(fact) for fact in FACTS]
        low, high = interval.low, interval.high
        verdict = [_verdict((low[i], high[i]), edges[:, i], value, lo, hi)
                   for i, (value, lo, hi, *_) in enumerate(known)]
        return pd.DataFrame({
            "title": [fact.title for fact in FACTS], "unit": [fact.unit for fact in FACTS],
            "arm": [fact.arm for fact in FACTS], "mean": interval.mean, "low": low, "high": high,
            "run_low": edges[0], "run_high": edges[1],
            "value": [row[0] for row in known], "from": [row[1] for row in known], "to": [row[2] for row in known],
            "fitted": [self._use(fact) for fact in FACTS], "verdict": verdict,
            "source": [row[3] for row in known], "confidence": [row[4] for row in known],
        }, pd.Index([fact.name for fact in FACTS], name="fact"))

    def _use(self, fact: StylisedFact) -> str:
        """What the fact was used for: "fitted" (in its own arm), "fitted in the other arm" or "check"."""
        arms = [arm for arm in ARMS if (fact.name, arm) in self.fitted]
        return "fitted" if fact.arm in arms else "fitted in the other arm" if arms else "check"

    def _known(self, fact: StylisedFact) -> tuple[Any, ...]:
        """Value, range, source and confidence: of a researcher's own data where there are some, else of the table."""
        if fact.name in self.own:
            return (*self.own[fact.name], "own data", "")
        row = facts()[fact.fact]
        return (*fact.reading(row), row.source, row.confidence)

    @property
    def plot(self) -> "ValidationPlots":
        """Pictures, such as ``found.plot.facts()``."""
        return ValidationPlots(self)

    def tables(self) -> "dict[str, pd.DataFrame]":
        """The table by its name."""
        return {"facts": self.table}

    def page(self) -> Report:
        """Sections of the report."""
        return of_validation(Content(self.provenance, self.tables(), self.plot.all()))

    def __repr__(self) -> str:
        count = self.table["verdict"].value_counts()
        return f"Validation({', '.join(f'{number} facts {verdict}' for verdict, number in count.items())})"


class ValidationPlots(Plots):
    """Pictures of a validation; each method returns a matplotlib Figure."""

    def __init__(self, found: Validation) -> None:
        self._found = found

    def facts(self) -> "Figure":
        """Every fact: the empirical range and what the model gives, on a scale of its own."""
        from alliancelab.analysis.figures import calibration

        return calibration.facts(self._found.table)

    def all(self) -> "dict[str, Figure]":
        """The picture by its name."""
        return {"facts": self.facts()}


def facts_of(programmes: Sequence[Consortia]) -> list[tuple[str, float, float, float]]:
    """Facts of a researcher's own programmes: name, mean, and the range that holds four fifths of them.

    Facts to which no programme gives an answer are left out.

    Parameters
    ----------
    programmes : sequence of Consortia
        From `consortia.by_programme`.
    """
    rows = []
    for measure in MEASURES:
        values = np.array([measure.of(programme) for programme in programmes])
        values = values[np.isfinite(values)]
        if len(values):
            low, high = np.quantile(values, [0.1, 0.9])
            rows.append((measure.name, float(values.mean()), float(low), float(high)))
    return rows
