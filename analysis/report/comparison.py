"""What a comparison of scenarios on replicates has to say in a report."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from alliancelab.analysis.report import common as shared
from alliancelab.analysis.report.parts import Content, Items, Report, Section, Table, Text
from alliancelab.analysis.statistics.intervals import ALPHA, mean_interval
from alliancelab.analysis.words.numbers import number, signed, with_interval
from alliancelab.analysis.words.titles import STAGE_TITLES, unit_text
from alliancelab.model.accounts import FLOWS

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["of_comparison"]

FOREMOST = 6  # outcomes of one scenario in the table of largest differences


def of_comparison(content: Content) -> Report:
    """Question, scenarios, differences, figures, means, money, statistics, limits, origin, reproduction."""
    document, tables = content.document, content.tables
    scenarios, seeds = document["scenarios"], document["seeds"]
    titles = {scenario["name"]: scenario["title"] for scenario in scenarios}
    differences = tables.get("differences")
    sections = [shared.question(scenarios), shared.scenarios(scenarios, document.get("budgets", ()))]
    if differences is not None:
        sections.append(Section("differences", "Differences", [
            *_foremost(differences, titles), _differences(differences, titles)]))
    sections += [
        shared.figures(content.figures),
        Section("means", "Means", [
            _means(tables["summary"], titles), _peaks(tables["peaks"], titles), _drift(tables["drift"], titles)]),
        _ledger(tables["flows"], titles, len(seeds)),
        _statistics(differences, seeds),
        shared.limits(document["version"]),
        shared.provenance(document),
        shared.reproduction(document, scenarios),
    ]
    return Report(" · ".join(titles.values()),
                  f"Comparison of {len(scenarios)} scenarios on {len(seeds)} replicates each", sections)


def _foremost(table: "pd.DataFrame", titles: Mapping[str, str]) -> list[Any]:
    """The largest significant differences of each scenario, among outcomes with a better and a worse side."""
    baseline, *others = titles
    judged = table[(table["p_holm"] < ALPHA) & (table["better"] != 0) & np.isfinite(table["standardised"])]
    rows = []
    for name in others:
        if name in judged.index.get_level_values("scenario"):
            mine = judged.loc[name].sort_values("standardised", key=abs, ascending=False).head(FOREMOST)
            rows += [(titles[name], row["title"], unit_text(row["unit"]), _difference(row),
                      "better" if row["standardised"] * row["better"] > 0 else "worse") for _, row in mine.iterrows()]
    base = titles[baseline]
    if not rows:
        return [Text("No outcome with a better and a worse side differs from the first scenario after Holm's "
                     "correction.")]
    caption = f"Largest differences from “{base}” relative to the spread of single runs"
    return [Table(caption, ("Scenario", "Outcome", "Unit", "Difference", "Direction"), rows, words=3)]


def _differences(table: "pd.DataFrame", titles: Mapping[str, str]) -> Table:
    baseline, *others = titles
    rows = []
    for outcome, first in table.loc[others[0]].iterrows():
        rows.append((first["title"], unit_text(first["unit"]), number(first["baseline"]),
                     *(_starred(table.loc[(name, outcome)]) for name in others)))
    head = ("Outcome", "Unit", titles[baseline], *(titles[name] for name in others))
    return Table("Paired differences from the first scenario with 95 % intervals", head, rows, words=2,
                 note="First column of numbers: mean of the first scenario. * p < 0.05 after Holm's correction for "
                      "all rows and scenarios of this table.")


def _difference(row: Mapping[str, Any]) -> str:
    return with_interval(*(signed(row[name]) for name in ("difference", "low", "high")))


def _starred(row: Mapping[str, Any]) -> str:
    return _difference(row) + ("*" if row["p_holm"] < ALPHA else "")


def _means(summary: "pd.DataFrame", titles: Mapping[str, str]) -> Table:
    rows = []
    for outcome, words in summary.loc[next(iter(titles))].iterrows():
        cells = (summary.loc[(name, outcome)] for name in titles)
        rows.append((words["title"], unit_text(words["unit"]), *(_mean(cell) for cell in cells)))
    return Table("Means over replicates with 95 % intervals", ("Outcome", "Unit", *titles.values()), rows, words=2)


def _mean(row: Mapping[str, Any]) -> str:
    return with_interval(*(number(row[name]) for name in ("mean", "low", "high")))


def _peaks(peaks: "pd.DataFrame", titles: Mapping[str, str]) -> Table:
    rows = [(titles[str(name)], with_interval(*(number(row[part]) for part in ("age", "low", "high"))),
             number(row["height"]), "yes" if row["falls"] else "no") for name, row in peaks.iterrows()]
    return Table("Age at which the mean vitality of a cohort is highest, years, with 95 % bootstrap interval",
                 ("Scenario", "Age", "Vitality there", "Falls afterwards"), rows,
                 note="The ended count as zero. Whether the curve falls: whether it is lower at the last age looked at "
                      "in 97.5 % of resamples.")


def _drift(table: "pd.DataFrame", titles: Mapping[str, str]) -> Table:
    """How far each scenario moves by itself."""
    rows = []
    for quantity in table.index.unique("quantity"):
        cells = (table.loc[(name, quantity)] for name in titles)
        rows.append((STAGE_TITLES.get(quantity, "Living alliances"), *(
            with_interval(*(signed(100 * cell[part]) for part in ("trend", "low", "high"))) for cell in cells)))
    return Table("Drift from the start of policy to the end, in % of the mean a year, with 95 % intervals",
                 ("Living alliances and shares of stages", *titles.values()), rows)


def _ledger(table: "pd.DataFrame", titles: Mapping[str, str], replicates: int) -> Section:
    flows = table["amount"].to_numpy().reshape(len(titles), replicates, len(FLOWS))
    interval = mean_interval(np.moveaxis(flows, 1, -1))
    columns = [[with_interval(*(number(part[s, f]) for part in (interval.mean, interval.low, interval.high)))
                for f in range(len(FLOWS))] for s in range(len(titles))]
    heads = list(titles.values())
    moved = flows.any(axis=(0, 1))
    instruments, outlay = shared.by_instrument(flows)
    spent = mean_interval(np.moveaxis(outlay, 1, -1))
    rows = [(title, *(with_interval(*(number(part[s, i]) for part in (spent.mean, spent.low, spent.high)))
                      for s in range(len(heads)))) for i, title in enumerate(instruments)]
    return Section("ledger", "Money", [
        Text("Mean over replicates of a run after its warm-up, million yuan, with 95 % intervals."),
        *([Table("Public outlay by instrument", ("Instrument", *heads), rows)] if rows else []),
        shared.flow_table(heads, columns, moved),
    ])


def _statistics(table: "pd.DataFrame | None", seeds: Sequence[int]) -> Section:
    items = [
        f"{len(seeds)} replicates of each scenario, seeds {seeds[0]} to {seeds[-1]}. Replicate k of every scenario has "
        "the same seed, so the same entity meets the same chance events until policy makes a difference (common random "
        "numbers).",
        "Means: Student's t intervals over replicates, 95 %.",
        "Life-cycle curve: ratio of sums over alliances, with replicates as clusters; the interval of the peak is a "
        "percentile bootstrap over replicates with a fixed seed.",
        "Drift: slope of the least-squares line of each replicate over the mean of all, with Student's t intervals.",
    ]
    if table is not None and len(seeds) > 1:
        gain = table["variance_reduction"].replace([np.inf, -np.inf], np.nan).median()
        items += [
            "Differences: paired by replicate, t intervals of the paired difference, 95 %; intervals are not adjusted "
            "for their number.",
            f"Holm's step-down correction over all {int(table['p'].notna().sum())} tests of the table of differences.",
            f"Pairing divides the variance of a difference by {number(gain)} (median over rows), against independent "
            "seeds.",
        ]
        gaps = table[table["n"] < len(seeds)]
        if len(gaps):
            items.append(f"In {len(gaps)} rows some replicates give no answer (such as a share of nothing); they are "
                         f"left out there; the fewest pairs of a row are {int(gaps['n'].min())}.")
    return Section("statistics", "Statistics", [Items(items)])
