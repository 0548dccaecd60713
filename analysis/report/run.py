"""What one run of one scenario has to say in a report."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from alliancelab.analysis.life.ages import STAGE_NAMES
from alliancelab.analysis.report import common as shared
from alliancelab.analysis.report.parts import Cell, Content, Items, Report, Section, Sense, Table, Text
from alliancelab.analysis.tables.run import stage_profile
from alliancelab.analysis.words.numbers import number, with_interval
from alliancelab.analysis.words.titles import STAGE_TITLES, unit_text
from alliancelab.model.accounts import FLOWS
from alliancelab.model.setup import QUARTERS_A_YEAR

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["of_run"]


def of_run(content: Content) -> Report:
    """Question, scenario, outcomes, figures, life of alliances, money, statistics, limits, origin, reproduction."""
    document, tables = content.document, content.tables
    scenarios, world = document["scenarios"], document["scenarios"][0]["world"]
    warm_up = world["warm_up"]
    later = {name: tables[name][tables[name][first] >= warm_up] for name, first in (
        ("alliances", "founded"), ("projects", "started"), ("ledger", "quarter"))}
    sections = [
        shared.question(scenarios),
        shared.scenarios(scenarios),
        *([shared.start(document["registry"])] if "registry" in document else []),
        Section("outcomes", "Outcomes", [_outcomes(tables["summary"])]),
        shared.figures(content.figures),
        Section("life", "Life of the alliances", [
            _stage_profile(stage_profile(tables["panel"], warm_up)), _endings(later["alliances"])]),
        Section("projects", "Projects", [_projects(later["projects"])]),
        _ledger(later["ledger"]),
        Section("statistics", "Statistics", [Items([
            "One run with one seed: its numbers depend on the chance of that seed, and say nothing of uncertainty. "
            "For statements about policy, compare scenarios on replicates.",
            "Outcomes count what happens after the warm-up; where alliances are looked at one by one, those founded "
            "after it.",
            "Survival is the product-limit estimate of Kaplan and Meier; its intervals lie on the log(-log) scale, "
            "with Greenwood's variance.",
        ])]),
        shared.limits(document["version"]),
        shared.provenance(document),
        shared.reproduction(document, scenarios),
    ]
    years = (world["quarters"] - warm_up) / QUARTERS_A_YEAR
    line = f"One run with seed {document['seeds'][0]}: {years:g} years after a warm-up"
    return Report(scenarios[0]["title"], line, sections)


def _outcomes(summary: "pd.DataFrame") -> Table:
    rows = [(row["title"], row["description"], unit_text(row["unit"]), number(row["value"]))
            for row in summary.to_dict("records")]
    return Table("Outcomes of the run", ("Outcome", "Meaning", "Unit", "Value"), rows, words=3)


def _stage_profile(profile: "pd.DataFrame") -> Table:
    """What marks each stage. Source: A4."""
    rows = []
    for measure in profile.index.get_level_values("measure").unique():
        cells = [profile.loc[(measure, stage)] for stage in STAGE_NAMES]
        rows.append((measure, unit_text(cells[0]["unit"]), *(
            _median(cell["median"], cell["lower_quartile"], cell["upper_quartile"]) for cell in cells)))
    return Table("What marks each stage: median and quartiles over alliance-quarters",
                 ("Measure", "Unit", *STAGE_TITLES.values()), rows, words=2)


def _median(*values: float) -> str:
    return with_interval(*(number(value, 3) for value in values))


def _endings(alliances: "pd.DataFrame") -> Table:
    grown = alliances[alliances["regrowths"] > 0]
    rows = []
    for word, codes in (("reason of ending", alliances["reason"]), ("door to re-growth", grown["door"])):
        counts = codes.value_counts(sort=False).drop("none", errors="ignore")
        rows += [(word if place == 0 else "", str(code).replace("_", " "), f"{count}",
                  number(count / max(len(alliances), 1), 3)) for place, (code, count) in enumerate(counts.items())]
    return Table("Alliances founded after the warm-up: how they ended, and through which door some grew again",
                 ("", "", "Alliances", "Share"), rows, words=2)


def _projects(projects: "pd.DataFrame") -> Table:
    """Projects by kind: how they ended, how long they took, how many shared them, what they cost."""
    kinds, states = (projects[column].cat.categories for column in ("kind", "state"))
    parts = [*(projects[projects["kind"] == kind] for kind in kinds), projects]
    rows: list[tuple[Cell, ...]] = [("started", "projects", *(f"{len(part)}" for part in parts))]
    rows += [(Sense(str(state), "project"), "projects", *(f"{(part['state'] == state).sum()}" for part in parts))
             for state in states]
    for measure, unit, values in _MEASURES_OF_PROJECTS:
        quartiles = [values(part).quantile([0.5, 0.25, 0.75]) for part in parts]
        rows.append((measure, unit, *(_median(*three) for three in quartiles)))
    return Table("Projects started after the warm-up, by kind: numbers, then medians and quartiles",
                 ("Measure", "Unit", *(str(kind).capitalize() for kind in kinds), "All"), rows, words=2)


def _public_part(projects: "pd.DataFrame") -> "pd.Series":
    return projects["public_total"] / (projects["public_total"] + projects["private_total"])


_MONTHS = 12 / QUARTERS_A_YEAR
_MEASURES_OF_PROJECTS: tuple[tuple[str, str, Callable[["pd.DataFrame"], "pd.Series"]], ...] = (
    ("planned length", "months", lambda table: _MONTHS * table["planned"]),
    ("length of those done", "months", lambda table: _MONTHS * table["duration"][table["state"] == "done"]),
    ("partners at the start", "organisations", lambda table: table["size_start"]),
    ("planned cost", "million yuan a year", lambda table: QUARTERS_A_YEAR * table["cost"]),
    ("public part of the money spent", "share", _public_part),
)


def _ledger(ledger: "pd.DataFrame") -> Section:
    moved = ledger.groupby("flow", observed=True)["amount"].sum()
    flows = np.array([moved.get(flow.column, 0.0) for flow in FLOWS])
    instruments, outlay = shared.by_instrument(flows)
    rows = [(title, number(money)) for title, money in zip(instruments, outlay, strict=True)]
    return Section("ledger", "Money", [
        Text("Sums over the run after its warm-up, million yuan."),
        *([Table("Public outlay by instrument", ("Instrument", "Million yuan"), rows)] if rows else []),
        shared.flow_table(["Million yuan"], [[number(money) for money in flows]], flows > 0),
    ])
