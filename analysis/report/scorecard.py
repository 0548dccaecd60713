"""What a scorecard has to say in a report. Source: F11, G8, H6."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from alliancelab.analysis.report import common as shared
from alliancelab.analysis.report.common import interval_of
from alliancelab.analysis.report.parts import Content, Figure, Items, Quote, Report, Section, Table, Verbatim
from alliancelab.analysis.words.numbers import counted, figures_apart, number, signed, with_interval
from alliancelab.analysis.words.titles import unit_text
from alliancelab.scenarios.facts import facts

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["of_scorecard"]

CAPTIONS = {
    "scorecard": "Outcome over target with the range of the middle 95 % of replicates, and the share of replicates "
                 "that meet it with Wilson's 95 % interval.",
    "courses": "Courses of indicators that have targets: with the plan, with the range of the middle 95 % of "
               "replicates, and with the policy of the base year kept (dashes); crosses are targets.",
}


def of_scorecard(content: Content) -> Report:
    """Question, scenario, scorecard, courses, facts, statistics, limits, origin, reproduction. Source: F11, G8, H6."""
    document, table, courses = content.document, content.tables["scorecard"], content.tables["courses"]
    count, scenarios = len(document["seeds"]), document["scenarios"]
    drawn: dict[str, list[Any]] = {name: [Figure(name, content.figures[name], CAPTIONS[name])]
                                   if name in content.figures else [] for name in CAPTIONS}
    # The lines of the scorecard stand in its own table, not among the differences.
    without = [{key: part for key, part in one.items() if key != "scorecard"} for one in scenarios]
    sections = [
        shared.question(scenarios), shared.scenarios(without),
        Section("scorecard", "Scorecard", [*drawn["scorecard"], _scores(table)]),
        Section("courses", "Courses", [*drawn["courses"], _courses(courses, table)]),
        Section("facts", "Facts", [_places(table)]),
        Section("statistics", "Statistics", [Items([
            f"{count} replicates, seeds {document['seeds'][0]} to {document['seeds'][-1]}.",
            "Mean of the runs, with the range of the middle 95 % of replicates in the target year, the last year where "
            "there is no target.",
            "Probability met: share of replicates that meet the target, with Wilson's 95 % interval. A run without an "
            "answer has not met it.",
            "Effect of the plan: mean paired difference from runs that keep the policy of the base year, with "
            "Student's t interval, 95 %; a dash where neither the plan nor its instruments with all levers at their "
            "upper bounds changed the line in any run.",
            "Without it: mean change since the base year in the runs that keep that policy.",
        ])]),
        shared.limits(document["version"]), shared.provenance(document), shared.reproduction(document, scenarios),
    ]
    return Report(scenarios[0]["title"], f"Scorecard over {counted(count, 'replicate')}", sections)


def _scores(table: "pd.DataFrame") -> Table:
    rows, before = [], ""
    for row in table.to_dict("records"):
        same, before = row["title"] == before, row["title"]
        start = number(row["start"]) if row["set"] or row["start"] == row["start"] else ""
        begun = "" if row["set"] else f"({number(row['simulated'], 3)})"
        rows.append(("" if same else f"{row['title']} ({unit_text(row['unit'])})",
                     "" if same else f"{start} {begun}".strip(),
                     f"{row['year']}", number(row["target"]),
                     interval_of(row, "mean", "low", "high", figures_apart(row["mean"], row["target"], 3)),
                     interval_of(row, "met", "met_low", "met_high", 2),
                     "–" if row["moved"] == "none" else _change(row), signed(row["drift"])))
    head = ("Indicator", "Start", "Year", "Target", "Mean of the runs", "Probability met", "Effect of the plan",
            "Without it")
    return Table("Plan against outcome", head, rows, words=2,
                 note="Start: the document's figure of the base year; in brackets where the runs begin from their own "
                      "figure instead.")


def _change(row: Mapping[str, Any]) -> str:
    return with_interval(*(signed(row[f"effect{end}"]) for end in ("", "_low", "_high")))


def _courses(courses: "pd.DataFrame", table: "pd.DataFrame") -> Table:
    units = dict(zip(table["title"], table["unit"], strict=True))
    wide = courses.pivot(index="title", columns="year", values="mean").reindex(courses["title"].unique())
    rows = [(title, unit_text(units.get(title, "")), *(number(value) for value in row))
            for title, row in zip(wide.index, wide.to_numpy(), strict=True)]
    return Table("Indicators by year, means over replicates", ("Indicator", "Unit", *map(str, wide.columns)), rows,
                 words=2)


def _places(table: "pd.DataFrame") -> Table:
    """Every figure that the scorecard is held against, with its place in the documents."""
    known, names = facts(), dict.fromkeys(n for pair in zip(table["start_fact"], table["target_fact"], strict=True)
                                          for n in pair if n)
    rows = [(Verbatim(name), Quote(known[name].quantity), Quote(known[name].source), unit_text(known[name].unit),
             known[name].use, _fact(known[name])) for name in names if name in known]
    return Table("Figures of starts and targets, and where they stand",
                 ("Fact", "Meaning", "Place", "Unit", "Use", "Figure"), rows, words=5,
                 note="Starts and targets without a line here are plain numbers of the scenario file.")


def _fact(fact: Any) -> str:
    ends = [end for end in (fact.low, fact.high) if end is not None]
    if fact.value is not None:
        return number(fact.value)
    return " – ".join(map(number, ends))
