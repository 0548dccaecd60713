"""What each kind of result has to say in a report: one function a kind, from a folder of results to sections.

A new kind of folder gets a line in `KINDS`; one that is not listed gets the sections that any folder can fill.
"""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from alliancelab.analysis import report_shared as shared
from alliancelab.analysis.drawing import STAGE_TITLES, unit_text
from alliancelab.analysis.lifecycle import STAGE_NAMES
from alliancelab.analysis.reopened import comparison_of, run_of
from alliancelab.analysis.report_parts import (
    Figure,
    Items,
    Report,
    Section,
    Table,
    Text,
    Verbatim,
    number,
    signed,
    with_interval,
)
from alliancelab.analysis.report_studies import (
    of_calibration,
    of_counterfactual,
    of_lifecycle,
    of_scorecard,
    of_validation,
)
from alliancelab.analysis.report_sweeps import of_sweep
from alliancelab.analysis.results import Comparison, Run
from alliancelab.analysis.statistics import mean_interval
from alliancelab.analysis.sweeps import SweepResults
from alliancelab.model.accounts import FLOWS
from alliancelab.model.policy.own import known_instruments
from alliancelab.model.setup import QUARTERS_A_YEAR
from alliancelab.scenarios.errors import UserError
from alliancelab.scenarios.store import MANIFEST, Stored, read_json

__all__ = ["KINDS", "of_comparison", "of_folder", "of_run", "report_of"]

SURE = 0.05
FOREMOST = 6  # outcomes of one scenario in the table of largest differences
SHOWN_ROWS = 20  # of a table that no kind knows
_PURSES = ("government", "organisations", "alliances", "outside")

CAPTIONS = {
    "lifecycle": "Life-cycle curve: mean vitality by age of the alliance. Ages that few alliances reach are left out.",
    "stages": "Living alliances by stage of life over calendar time, after the warm-up.",
    "transitions": "Moves between stages from quarter to quarter. Circles show the share of alliance-quarters spent in "
                   "a stage, arrows and numbers the moves per 100 alliances and quarter, grey arrows endings.",
    "survival": "Share of alliances that outlive each age, product-limit estimate with 95 % intervals; alliances alive "
                "at the end of the run count as censored.",
    "network": "Who works with whom. Large circles are alliances, coloured by stage and sized by members; small marks "
               "are their members by kind. Places are the same in every picture.",
    "curves": "Yearly means over replicates with 95 % bands.",
    "cost_effect": "Mean public outlay of a run and what it brings, with 95 % intervals over replicates.",
    "differences": "Paired differences from the first scenario, in standard deviations of single runs, with 95 % "
                   "intervals. Filled marks: the difference is told from zero after Holm's correction.",
}


# --- comparisons ---------------------------------------------------------------------------------------------------


def of_comparison(comparison: Comparison) -> Report:
    """Question, scenarios, differences, figures, means, money, statistics, limits, origin, reproduction."""
    document, told = comparison.provenance, comparison.provenance["scenarios"]
    budgets = document.get("budgets", ())
    sections = [shared.question(told), shared.scenarios(told, budgets)]
    if len(comparison.names) > 1:
        sections.append(Section("differences", "Differences", [*_foremost(comparison), _differences(comparison)]))
    sections += [
        _figures(comparison.plot.all(), comparison.plot),
        Section("means", "Means", [_means(comparison), _peaks(comparison)]),
        _ledger_of_comparison(comparison),
        _statistics_of_comparison(comparison),
        shared.limits(document["version"]),
        shared.provenance(document),
        shared.reproduction(document, told),
    ]
    count = len(comparison.replicates.seeds)
    return Report(" · ".join(scenario["title"] for scenario in told),
                  f"Comparison of {len(told)} scenarios on {count} replicates each", sections)


def _titles(comparison: Comparison) -> dict[str, str]:
    return {scenario.name: scenario.title for scenario in comparison.scenarios}


def _foremost(comparison: Comparison) -> list[Any]:
    """The largest differences of each scenario that are told from zero, among outcomes with a better and a worse."""
    titles, table = _titles(comparison), comparison.differences
    judged = table[(table["p_holm"] < SURE) & (table["better"] != 0) & np.isfinite(table["standardised"])]
    rows = []
    for name in comparison.names[1:]:
        if name in judged.index.get_level_values("scenario"):
            mine = judged.loc[name].sort_values("standardised", key=abs, ascending=False).head(FOREMOST)
            rows += [(titles[name], row["title"], unit_text(row["unit"]), _difference(row),
                      "better" if row["standardised"] * row["better"] > 0 else "worse") for _, row in mine.iterrows()]
    base = titles[comparison.names[0]]
    if not rows:
        return [Text("No outcome with a better and a worse side differs from the first scenario after Holm's "
                     "correction.")]
    caption = f"Largest differences from “{base}” relative to the spread of single runs"
    return [Table(caption, ("Scenario", "Outcome", "Unit", "Difference", "Direction"), rows, words=3)]


def _differences(comparison: Comparison) -> Table:
    titles, table = _titles(comparison), comparison.differences
    others = comparison.names[1:]
    rows = []
    for outcome in comparison.replicates.measures:
        first = table.loc[(others[0], outcome.name)]
        rows.append((outcome.title, unit_text(outcome.unit), number(first["baseline"]),
                     *(_starred(table.loc[(name, outcome.name)]) for name in others)))
    head = ("Outcome", "Unit", titles[comparison.names[0]], *(titles[name] for name in others))
    return Table("Paired differences from the first scenario with 95 % intervals", head, rows, words=2,
                 note="First column of numbers: mean of the first scenario. * p < 0.05 after Holm's correction for "
                      "all rows and scenarios of this table.")


def _difference(row: Mapping[str, Any]) -> str:
    return with_interval(*(signed(row[name]) for name in ("difference", "low", "high")))


def _starred(row: Mapping[str, Any]) -> str:
    return _difference(row) + ("*" if row["p_holm"] < SURE else "")


def _means(comparison: Comparison) -> Table:
    titles, summary = _titles(comparison), comparison.summary()
    rows = []
    for outcome in comparison.replicates.measures:
        cells = (summary.loc[(name, outcome.name)] for name in comparison.names)
        rows.append((outcome.title, unit_text(outcome.unit), *(_mean(cell) for cell in cells)))
    return Table("Means over replicates with 95 % intervals", ("Outcome", "Unit", *titles.values()), rows, words=2)


def _mean(row: Mapping[str, Any]) -> str:
    return with_interval(*(number(row[name]) for name in ("mean", "low", "high")))


def _peaks(comparison: Comparison) -> Table:
    titles = _titles(comparison)
    rows = [(titles[str(name)], with_interval(*(number(row[part]) for part in ("age", "low", "high"))),
             number(row["height"]), "yes" if row["falls"] else "no") for name, row in comparison.peaks().iterrows()]
    return Table("Age at which mean vitality is highest, years, with 95 % bootstrap interval",
                 ("Scenario", "Age", "Vitality there", "Falls afterwards"), rows)


def _ledger_of_comparison(comparison: Comparison) -> Section:
    flows = comparison.replicates.flows
    interval = mean_interval(np.moveaxis(flows, 1, -1))
    columns = [[with_interval(*(number(part[s, f]) for part in (interval.mean, interval.low, interval.high)))
                for f in range(len(FLOWS))] for s in range(len(comparison.names))]
    heads = list(_titles(comparison).values())
    moved = flows.any(axis=(0, 1))
    instruments, outlay = _by_instrument(flows)
    spent = mean_interval(np.moveaxis(outlay, 1, -1))
    rows = [(title, *(with_interval(*(number(part[s, i]) for part in (spent.mean, spent.low, spent.high)))
                      for s in range(len(heads)))) for i, title in enumerate(instruments)]
    return Section("ledger", "Money", [
        Text("Mean over replicates of a run after its warm-up, million yuan, with 95 % intervals."),
        *([Table("Public outlay by instrument", ("Instrument", *heads), rows)] if rows else []),
        _flow_table(heads, columns, moved),
    ])


# --- single runs ---------------------------------------------------------------------------------------------------


def of_run(run: Run) -> Report:
    """Question, scenario, outcomes, figures, life of alliances, money, statistics, limits, origin, reproduction."""
    document, told = run.provenance, run.provenance["scenarios"]
    sections = [
        shared.question(told),
        shared.scenarios(told),
        Section("outcomes", "Outcomes", [_outcomes(run)]),
        _figures(run.plot.all(), run.plot),
        Section("life", "Life of the alliances", [*_stage_profile(run), _endings(run)]),
        _ledger_of_run(run),
        Section("statistics", "Statistics", [Items([
            "One run with one seed: its numbers carry the luck of that seed, and say nothing of uncertainty. "
            "For statements about policy, compare scenarios on replicates.",
            "Outcomes count what happens after the warm-up; where alliances are looked at one by one, those founded "
            "after it.",
            "Survival is the product-limit estimate of Kaplan and Meier; its intervals lie on the log(-log) scale, "
            "with Greenwood's variance.",
        ])]),
        shared.limits(document["version"]),
        shared.provenance(document),
        shared.reproduction(document, told),
    ]
    quarters = run.scenario.world["quarters"] - run.scenario.world["warm_up"]
    line = f"One run with seed {run.seed}: {quarters / QUARTERS_A_YEAR:g} years after a warm-up"
    return Report(run.scenario.title, line, sections)


def _outcomes(run: Run) -> Table:
    words = {outcome.name: outcome.description for outcome in run.measures}
    rows = [(row["title"], words[str(name)], unit_text(row["unit"]), number(row["value"]))
            for name, row in run.summary().iterrows()]
    return Table("Outcomes of the run", ("Outcome", "Meaning", "Unit", "Value"), rows, words=3)


def _stage_profile(run: Run) -> list[Table]:
    """What marks each stage. Source: A4."""
    profile = run.stage_profile()
    rows = []
    for measure in profile.index.get_level_values("measure").unique():
        cells = [profile.loc[(measure, stage)] for stage in STAGE_NAMES]
        rows.append((measure, unit_text(cells[0]["unit"]), *(
            with_interval(*(number(cell[part], 3) for part in ("median", "lower_quartile", "upper_quartile")))
            for cell in cells)))
    return [Table("What marks each stage: median and quartiles over alliance-quarters",
                  ("Measure", "Unit", *STAGE_TITLES.values()), rows, words=2)]


def _endings(run: Run) -> Table:
    alliances = run.alliances[run.alliances["founded"] >= run.scenario.world["warm_up"]]
    grown = alliances[alliances["regrowths"] > 0]
    rows = []
    for word, codes in (("reason of ending", alliances["reason"]), ("door to re-growth", grown["door"])):
        counts = codes.value_counts(sort=False).drop("none", errors="ignore")
        rows += [(word if place == 0 else "", str(code).replace("_", " "), f"{count}",
                  number(count / max(len(alliances), 1), 3)) for place, (code, count) in enumerate(counts.items())]
    return Table("Alliances founded after the warm-up: how they ended, and through which door some grew again",
                 ("", "", "Alliances", "Share"), rows, words=2)


def _ledger_of_run(run: Run) -> Section:
    flows = run.recording.ledger[run.scenario.world["warm_up"]:].sum(axis=0)
    instruments, outlay = _by_instrument(flows)
    rows = [(title, number(money)) for title, money in zip(instruments, outlay, strict=True)]
    return Section("ledger", "Money", [
        Text("Sums over the run after its warm-up, million yuan."),
        *([Table("Public outlay by instrument", ("Instrument", "Million yuan"), rows)] if rows else []),
        _flow_table(["Million yuan"], [[number(money) for money in flows]], flows > 0),
    ])


# --- what both share -----------------------------------------------------------------------------------------------


def _figures(pictures: Mapping[str, Any], plots: Any) -> Section:
    """Every picture with its caption: written here, or the first sentence of its method."""
    blocks = []
    for name, picture in pictures.items():
        document = getattr(type(plots), name).__doc__ or ""
        blocks.append(Figure(name, picture, CAPTIONS.get(name, document.split("\n\n")[0])))
    return Section("figures", "Figures", blocks)


def _by_instrument(flows: np.ndarray) -> tuple[list[str], np.ndarray]:
    """Titles of the instruments that paid, and what they paid; the last axis of `flows` is that of FLOWS."""
    titles = {instrument.name: instrument.title for instrument in known_instruments()}
    paying = [name for name in dict.fromkeys(flow.instrument for flow in FLOWS) if name]
    sums = [flows[..., [f for f, flow in enumerate(FLOWS) if flow.instrument == name]].sum(axis=-1) for name in paying]
    used = [i for i, paid in enumerate(sums) if np.any(paid > 0)]
    names = [titles.get(paying[i], "Own instruments") for i in used]
    return names, np.stack([sums[i] for i in used], axis=-1) if used else np.zeros((*flows.shape[:-1], 0))


def _flow_table(heads: Sequence[str], columns: Sequence[Sequence[str]], moved: np.ndarray) -> Table:
    """Who paid what to whom, purse by purse."""
    order = sorted((f for f in range(len(FLOWS)) if moved[f]),
                   key=lambda f: (_PURSES.index(FLOWS[f].source), _PURSES.index(FLOWS[f].target), f))
    rows = [(FLOWS[f].source, FLOWS[f].target, Verbatim(FLOWS[f].name), FLOWS[f].description,
             *(column[f] for column in columns)) for f in order]
    return Table("Who paid what to whom", ("From", "To", "Flow", "Meaning", *heads), rows, words=4)


def _statistics_of_comparison(comparison: Comparison) -> Section:
    seeds, names = comparison.replicates.seeds, comparison.names
    items = [
        f"{len(seeds)} replicates of each scenario, seeds {seeds[0]} to {seeds[-1]}. Replicate k of every scenario has "
        "the same seed, so the same entity meets the same luck until policy makes a difference (common random "
        "numbers).",
        "Means: Student's t intervals over replicates, 95 %.",
        "Life-cycle curve: ratio of sums over alliances, with replicates as clusters; the interval of the peak is a "
        "percentile bootstrap over replicates with a fixed seed.",
    ]
    if len(names) > 1 and len(seeds) > 1:
        table = comparison.differences
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


# --- folders of any kind -------------------------------------------------------------------------------------------


def of_folder(stored: Stored) -> Report:
    """What can be said of any folder: question, scenarios, tables from their beginnings, pictures, origin."""
    document, told = stored.document, stored.document.get("scenarios", ())
    tables = [_beginning(stored, name) for name in stored.tables]
    pictures = [Figure(path.stem, path.read_bytes(), path.stem.replace("_", " "))
                for path in sorted(stored.folder.glob("*.png"))]
    sections = [shared.question(told), shared.scenarios(told)] if told else []
    sections += [Section("tables", "Tables", tables)] if tables else []
    sections += [Section("figures", "Figures", pictures)] if pictures else []
    sections += [shared.limits(document["version"])] if told else []
    sections.append(shared.provenance(document))
    sections += [shared.reproduction(document, told)] if told else []
    return Report(stored.folder.resolve().name, f"Folder of results of the kind {document.get('kind', 'unknown')}",
                  sections)


def _beginning(stored: Stored, name: str) -> Table:
    frame = stored.table(name)
    rows = [tuple(Verbatim(number(cell)) if isinstance(cell, float) else Verbatim(cell) for cell in row)
            for row in frame.head(SHOWN_ROWS).itertuples(index=False)]
    return Table(f"{name}: first {len(rows)} of {len(frame)} rows", [Verbatim(column) for column in frame.columns],
                 rows, words=0)


KINDS: dict[str, Callable[[Path], Report]] = {
    "run": lambda folder: of_run(run_of(Stored(folder))),
    "compare": lambda folder: of_comparison(comparison_of(Stored(folder))),
    "sweep": lambda folder: of_sweep(SweepResults(folder)),
    "scorecard": lambda folder: of_scorecard(Stored(folder)),
    "validate": lambda folder: of_validation(Stored(folder)),
    "calibrate": lambda folder: of_calibration(Stored(folder)),
    "lifecycle": lambda folder: of_lifecycle(Stored(folder)),
    "counterfactual": lambda folder: of_counterfactual(Stored(folder)),
}
"""From the kind of a folder, as its manifest or its document names it, to the function that tells of it."""


def report_of(folder: str | Path, partial: bool = False) -> Report:
    """The report of a folder of results, by its kind.

    Parameters
    ----------
    partial : bool
        Whether a sweep that is not complete is told of as far as it is.

    Raises
    ------
    StoreError
        When it is no folder of results, or a file of it is missing or torn, or it is a sweep that is not complete.
    UserError
        When a partial reading is asked for of something else than a sweep.
    """
    place = Path(folder)
    kind = read_json(place, MANIFEST).get("kind") or Stored(place).document.get("kind")
    if partial:
        if kind != "sweep":
            raise UserError(f"{place}: a partial reading is for sweeps; results of the kind {kind} are whole")
        return of_sweep(SweepResults(place, partial))
    return KINDS[kind](place) if kind in KINDS else of_folder(Stored(place))
