"""What a forecast from a registry has to say in a report. Source: H5, H6."""

import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from alliancelab.analysis.report import common as shared
from alliancelab.analysis.report.common import interval_of
from alliancelab.analysis.report.parts import Content, Figure, Items, Report, Section, Table, Text, Verbatim
from alliancelab.analysis.words.numbers import counted, number

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["of_forecast"]

MOST = 300  # alliances that a page lists
CAPTIONS = {
    "forecast_survival": "Share of the alliances of the registry that live, with its 90 % interval, beside what their "
                         "ages alone would say; a cross is what came, where it is known.",
    "forecast_alliances": "The alliances with most members: the chance to live, and members now (bar) and at the end "
                          "with 90 % intervals; crosses are what came, where it is known.",
}


def of_forecast(content: Content) -> Report:
    """Question, starting point, forecast, scores, alliances, statistics, limits, origin, reproduction."""
    document, tables = content.document, content.tables
    scenarios, registry, years = document["scenarios"], document["registry"], document["years"]
    runs, worlds = len(document["seeds"]), document.get("worlds")
    own = [note for note in content.notes if note not in registry["notes"]]
    sections = [
        shared.question(scenarios), shared.scenarios(scenarios), shared.start(registry),
        Section("forecast", "Forecast", [
            *([Items(own)] if own else []), _totals(tables["totals"], years),
            _figure(content, "forecast_survival"), _survival(tables["survival"])]),
        *([Section("scores", "Scores", [_scores(tables["scores"])])] if "scores" in tables else []),
        Section("alliances", "Alliances", [_figure(content, "forecast_alliances"), _alliances(tables["alliances"])]),
        Section("statistics", "Statistics", [Items(_statistics(document, runs))]),
        shared.limits(document["version"], "The intervals hold as far as the world works as the model does; on "
                                           "registries of the real world that has not been measured."),
        shared.provenance({**document, "seeds": document["seeds"] if worlds is None else []}),
        _again(document, scenarios),
    ]
    line = f"Forecast from {registry['date']}: {counted(years, 'year')}, {counted(runs, 'run')}"
    return Report(scenarios[0]["title"], line, sections)


def _totals(table: "pd.DataFrame", years: int) -> Table:
    came = "came" in table
    rows = [(measure, number(row["now"]), interval_of(row, "mean", "low", "high", 3),
             *([number(row["came"])] if came else []), *_ignorance(row)) for measure, row in table.iterrows()]
    return Table(f"All alliances, those founded since included: now and {counted(years, 'year')} on",
                 ("Measure", "Now", "Forecast", *(["What came"] if came else []), *_head(table)), rows)


def _survival(table: "pd.DataFrame") -> Table:
    rows = [(f"{year}", interval_of(row, "mean", "low", "high", 2), number(row["by_age"], 2), *_ignorance(row))
            for year, row in table.iterrows()]
    return Table("Share of the alliances of the registry that live",
                 ("Year", "Forecast", "By age alone (Kaplan-Meier)", *_head(table)), rows)


def _head(table: "pd.DataFrame") -> list[str]:
    return ["Ignorance, % of variance"] if "ignorance" in table else []


def _ignorance(row: "pd.Series") -> list[str]:
    if "ignorance" not in row:
        return []
    return ["–" if row["ignorance"] != row["ignorance"] else f"{100.0 * row['ignorance']:.0f}"]


def _scores(table: "pd.DataFrame") -> Table:
    rows = [(measure, Verbatim(score), *(number(row[name], 3) for name in ("model", "nothing_changes", "kaplan_meier")),
             "–" if row["within"] != row["within"] else f"{row['within']:.0%}")
            for (measure, score), row in table.iterrows()]
    return Table("Scores against what came, the lower the better",
                 ("Measure", "Scoring rule", "Model", "Nothing changes", "By age alone (Kaplan-Meier)",
                  "In 90 % intervals"),
                 rows, words=2, note="In 90 % intervals: share of the cases that came to lie in the interval of the "
                                     "model.")


def _alliances(table: "pd.DataFrame") -> Table:
    came, projects = "survived" in table, "projects" in table
    shown = table.sort_values("members", ascending=False, kind="stable").iloc[:MOST]
    rows = []
    for name, row in shown.iterrows():
        cells = [Verbatim(name), number(row["age"], 3), f"{row['members']:.0f}",
                 f"{row['survives']:.0%}", interval_of(row, "members_mean", "members_low", "members_high", 3)]
        if projects:
            cells += [f"{row['projects']:.0f}", interval_of(row, "projects_mean", "projects_low", "projects_high", 2)]
        if came:
            cells += ["yes" if row["survived"] else "no", f"{row['members_came']:.0f}"]
        rows.append(cells)
    head = ["Alliance", "Age", "Members now", "Chance to live", "Members, forecast"]
    head += ["Projects now", "Projects, forecast"] if projects else []
    head += ["Lived", "Members that came"] if came else []
    return Table(f"Alliances by members, {len(shown)} of {len(table)}", head, rows,
                 note="An alliance that has ended has no members and no projects.")


def _statistics(document: Mapping[str, Any], runs: int) -> list[str]:
    worlds = document.get("worlds")
    notes = ["Intervals hold nine tenths of the runs. Each run draws anew what the tables do not tell."]
    if worlds is None:
        notes.append(f"{runs} runs with the parameters of the scenario: the intervals hold luck, and no doubt about "
                     "parameters.")
    else:
        notes += [f"{worlds} worlds drawn from those that the data do not rule out, and {runs // worlds} seeds in "
                  "each: the intervals hold luck and ignorance.",
                  "Ignorance: the share of the variance of single runs that lies between worlds; the rest is luck."]
    if document["held_out"] is not None:
        notes += ["Brier score: mean squared distance of the chance to live from what came. CRPS: continuous ranked "
                  "probability score, in the unit of what is forecast.",
                  "Nothing changes: all stay as they are. By age alone: alliances end as those of their age have done "
                  "by the day of the registry, the others stay as they are."]
    return notes


def _again(document: Mapping[str, Any], scenarios: Any) -> Section:
    worlds = document.get("worlds")
    runs = len(document["seeds"]) // (worlds or 1)
    command = ["alliancelab", "forecast", Path(document["registry"]["folder"]).name or ".",
               "--scenario", f"{scenarios[0]['name']}.toml", "--years", f"{document['years']}",
               "--date", document["registry"]["date"], "--replicates", f"{runs}", "--seed", f"{document['seeds'][0]}"]
    if worlds is not None:
        command += ["--worlds", f"{worlds}"]
        folder = document["ensemble"]["folder"]
        command += [] if folder is None else ["--ensemble", Path(folder).name]
    if document["held_out"] is not None:
        command += ["--held-out", Path(document["held_out"]).name]
    again = shared.reproduction(document, scenarios, f"{shlex.join(command)} --out results")
    return Section(again.key, again.title, [
        Text("The tables of the registry are not kept: put their folders beside the files below."), *again.blocks])


def _figure(content: Content, name: str) -> Figure:
    return Figure(name, content.figures[name], CAPTIONS[name])
