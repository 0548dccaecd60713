"""Stylised facts: what is known of real alliances beside what the model gives, fitted to or not, inside or outside.

Source: H5.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import cached_property
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from alliancelab.agents.codes import Reason
from alliancelab.analysis.statistics import mean_interval
from alliancelab.model.accounts import Flow
from alliancelab.model.setup import QUARTERS_A_YEAR
from alliancelab.scenarios.consortia import MEASURES, Consortia, projects_of
from alliancelab.scenarios.facts import Fact, facts
from alliancelab.scenarios.moments import MOMENTS, PROGRAMME_PROJECTS, moments_of

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

__all__ = ["ARMS", "FACTS", "StylisedFact", "Validation", "facts_of"]

ALONE, FUNDED, SUBSIDISED = "alone", "funded", "subsidised"
ARMS = (ALONE, FUNDED, SUBSIDISED)
"""What facts are measured in: the scenario without public money, under the grants of `public_consortia`, and under the
start-up subsidy of `formation_only`."""

FUNDED_SPREAD = 0.005  # assumed, as in the shipped targets: the two sources of the fact agree by chance to 0.001

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


def _around(fact: Fact, spread: float) -> Reading:
    """A value with one standard deviation on either side."""
    assert fact.value is not None
    return fact.value, fact.value - spread, fact.value + spread


def _other_part(fact: Fact) -> Reading:
    """The share left of a share that the fact knows from below."""
    assert fact.value is not None and fact.low is not None
    return 1.0 - fact.value, 0.0, 1.0 - fact.low


def _hazard_between(run, first: float, last: float) -> float:
    """Endings a year at ages from `first` up to `last`, in years, of alliances founded after the warm-up."""
    founded, ended = run.alliances["founded"], run.alliances["ended"]
    later = founded >= run.setup.sizes["warm_up"]
    age = (np.where(ended < 0, len(run.curves), ended + 1) - founded)[later] / QUARTERS_A_YEAR
    at_risk = np.clip(age, first, last).sum() - first * later.sum()
    hits = ((ended[later] >= 0) & (age > first) & (age <= last)).sum()
    return float(hits / at_risk) if at_risk > 0 else np.nan


def _over(part: float, whole: float) -> float:
    return float(part / whole) if whole > 0 else np.nan


def _early(runs: Runs) -> float:
    return _over(_hazard_between(runs[ALONE], 0, 1.5), _hazard_between(runs[ALONE], 2, 6))


def _late(runs: Runs) -> float:
    return _over(_hazard_between(runs[ALONE], 8, 20), _hazard_between(runs[ALONE], 2, 6))


def _half_life(runs: Runs) -> float:
    """Years that half of the alliances outlive, by the product-limit estimate; NaN where more are alive at the end."""
    from alliancelab.analysis.lifecycle import product_limit

    run = runs[ALONE]
    later = run.alliances["founded"] >= run.setup.sizes["warm_up"]
    founded, ended = run.alliances["founded"][later], run.alliances["ended"][later]
    survival = product_limit(np.where(ended < 0, len(run.curves) - 1, ended) - founded, ended >= 0)
    below = np.flatnonzero(survival.survival <= 0.5)
    return float(survival.age[below[0]]) if below.size else np.nan


def _before_plan(runs: Runs) -> float:
    """Share ended before the planned end of the first contract, among those whose plan lies within the run."""
    run = runs[FUNDED]
    alliances = run.alliances[run.alliances["founded"] >= run.setup.sizes["warm_up"]]
    alliances = alliances[alliances["founded"] + alliances["planned"] < len(run.curves)]
    early = (alliances["ended"] >= 0) & (alliances["ended"] < alliances["founded"] + alliances["planned"])
    return float(early.mean()) if len(alliances) else np.nan


def _failed(runs: Runs) -> float:
    reason = runs[ALONE].alliances["reason"][runs[ALONE].alliances["founded"] >= runs[ALONE].setup.sizes["warm_up"]]
    return _over(float((reason == Reason.FAILURE).sum()), float((reason != Reason.ALIVE).sum()))


def _public_part(runs: Runs) -> float:
    flows = runs[FUNDED].ledger[runs[FUNDED].setup.sizes["warm_up"] :].sum(axis=0)
    return _over(flows[Flow.GRANT], flows[Flow.GRANT] + flows[Flow.CONTRIBUTION])


def _crowding(runs: Runs) -> float:
    """Private R&D money, in alliances and outside, that a yuan of grants brings in: the same world with and without."""
    with_, without = (runs[arm].ledger[runs[arm].setup.sizes["warm_up"] :].sum(axis=0) for arm in (FUNDED, ALONE))
    private = (with_ - without)[[Flow.CONTRIBUTION, Flow.OWN_RESEARCH]].sum()
    return _over(private, (with_ - without)[Flow.GRANT])


def _deadweight(runs: Runs) -> float:
    """Share of subsidised alliances that the same firm signs in the same quarter of the world without subsidy."""
    alone, helped = runs[ALONE].alliances, runs[SUBSIDISED].alliances
    later = (helped["founded"] >= runs[SUBSIDISED].setup.sizes["warm_up"]) & (helped["start_subsidy"] > 0.0)
    return _over(float(np.isin(helped["key"][later], alone["key"]).sum()), float(later.sum()))


_OF_CONSORTIA = tuple(
    StylisedFact(m.name, m.title, m.unit, FUNDED, m.name, f"prog_{m.name}") for m in MEASURES if m.name != "repeat_ties"
)
FACTS: tuple[StylisedFact, ...] = (
    *_OF_CONSORTIA,
    StylisedFact("planned_mean", "Planned length", "months", FUNDED, "planned_mean", "dur_eu"),
    StylisedFact("yearly_cost", "Joint R&D of an alliance", "million yuan a year", FUNDED, "yearly_cost",
                 "consortium_cost"),
    StylisedFact("public_part", "Public part of joint R&D", "share", FUNDED, _public_part, "consortium_public"),
    StylisedFact("hazard_alone", "Hazard without public money", "per year", ALONE, "hazard_alone", "haz_alliance"),
    StylisedFact("hazard_funded", "Hazard while publicly funded", "per year", FUNDED, "hazard_funded",
                 "haz_consortium", lambda f: _around(f, FUNDED_SPREAD)),
    StylisedFact("alive_4y", "Alive after four years", "share", ALONE, "alive_4y", "surv_4y",
                 lambda f: (f.value, 0.0, f.high)),
    StylisedFact("alive_5y", "Alive after five years", "share", ALONE, "alive_5y", "surv_5y",
                 _other_part),
    StylisedFact("alive_10y", "Alive after ten years", "share", ALONE, "alive_10y", "surv_10y"),
    StylisedFact("median_life", "Median life", "years", ALONE, _half_life, "surv_median"),
    StylisedFact("hazard_early", "Hazard up to 1.5 years over that from 2 to 6", "ratio", ALONE, _early, "haz_shape",
                 lambda f: (None, 0.0, 1.0)),
    StylisedFact("hazard_late", "Hazard from 8 years over that from 2 to 6", "ratio", ALONE, _late, "haz_shape",
                 lambda f: (None, 0.0, 1.0)),
    StylisedFact("before_plan", "Funded alliances ended before their plan", "share", FUNDED, _before_plan, "term_atp"),
    StylisedFact("failed", "Endings in failure", "share of endings", ALONE, _failed, "term_science"),
    StylisedFact("crowding", "Private R&D that a yuan of grants brings in", "yuan", FUNDED, _crowding, "sub_meta_wb"),
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


class Validation:
    """The stylised facts of a scenario.

    Parameters
    ----------
    runs : mapping of str to sequence of Recording
        Replicates of each of `ARMS`, recorded in full, on the same seeds.
    fitted : collection of (str, str)
        Moments that the parameters were fitted to, each with the arm that it was fitted in.
    data : sequence of Consortia, optional
        A researcher's own programmes: facts of consortia are then taken from these.
    provenance : mapping, optional
        Written into ``validation.json`` as it is.
    """

    def __init__(self, runs: Mapping[str, Sequence], fitted: Collection[tuple[str, str]] = (),
                 data: Sequence[Consortia] = (), provenance: Mapping[str, Any] | None = None) -> None:
        self.runs = {arm: list(runs[arm]) for arm in ARMS}
        self.fitted = frozenset(fitted)
        self.data = tuple(data)
        self.provenance = dict(provenance or {})

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
        """One row a fact, indexed by name.

        Columns: ``title``, ``unit``, ``arm``; ``mean``, ``low``, ``high``: mean over replicates with its 95 % interval
        (a run is one observation, so alliances within runs need no independence); ``run_low``, ``run_high``: between
        which 95 % of single runs lie; ``value``, ``from``, ``to``: the empirical value and range; ``fitted``,
        see `_use`; ``verdict``, see `_verdict`; ``source``, ``confidence``.
        """
        import pandas as pd

        interval = mean_interval(self.values)
        edges = np.full((2, len(FACTS)), np.nan)
        told = np.isfinite(self.values).any(axis=1)
        edges[:, told] = np.nanquantile(self.values[told], [0.025, 0.975], axis=1)
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
        own = {name: row for name, *row in facts_of(self.data)} if self.data else {}
        if fact.name in own:
            return (*own[fact.name], "own data", "")
        row = facts()[fact.fact]
        return (*fact.reading(row), row.source, row.confidence)

    def plot(self) -> "Figure":
        """Every fact: the empirical range and what the model gives, on a scale of its own."""
        from alliancelab.analysis import calibration_figures

        return calibration_figures.facts(self.table)

    def save(self, folder: str | Path) -> Path:
        """Write the table, ``validation.json`` and the figure into a folder of results.

        Raises
        ------
        StoreError
            When the folder cannot be written.
        """
        from alliancelab.analysis.results import save_results

        table = {"facts": self.table.reset_index()}
        return save_results(folder, "validation.json", self.provenance, table, {"facts": self.plot()})

    def __repr__(self) -> str:
        count = self.table["verdict"].value_counts()
        return f"Validation({', '.join(f'{number} facts {verdict}' for verdict, number in count.items())})"

    def _repr_html_(self) -> str:
        return f"<b>{escape(repr(self))}</b>" + self.table.to_html(float_format="{:.3g}".format, na_rep="-")


def facts_of(programmes: Sequence[Consortia]) -> list[tuple[str, float, float, float]]:
    """Facts of a researcher's own programmes: name, mean, and the range that holds four fifths of them.

    Parameters
    ----------
    programmes : sequence of Consortia
        From `consortia.by_programme`.
    """
    rows = []
    for measure in MEASURES:
        values = np.array([measure.of(programme) for programme in programmes])
        low, high = np.nanquantile(values, [0.1, 0.9])
        rows.append((measure.name, float(np.nanmean(values)), float(low), float(high)))
    return rows
