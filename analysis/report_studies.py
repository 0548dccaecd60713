"""What scorecards, validations, calibrations and studies have to say in a report, from the tables of their folders."""

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from alliancelab.analysis import report_shared as shared
from alliancelab.analysis.counterfactual_study import notes
from alliancelab.analysis.drawing import unit_text
from alliancelab.analysis.reopened import told_scenarios
from alliancelab.analysis.report_parts import (
    Cell,
    Code,
    Facts,
    Figure,
    Items,
    Quote,
    Report,
    Section,
    Sense,
    Table,
    Text,
    Verbatim,
    counted,
    number,
    signed,
    with_interval,
)
from alliancelab.analysis.report_pictures import drawn_again
from alliancelab.analysis.scorecard_figure import targets as targets_figure
from alliancelab.scenarios.errors import StoreError
from alliancelab.scenarios.facts import facts
from alliancelab.scenarios.store import Stored
from alliancelab.scenarios.toml_text import toml_text

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["of_calibration", "of_counterfactual", "of_lifecycle", "of_scorecard", "of_validation"]

LIFECYCLE = {
    "families": "Share of the alliances that each family of curves describes best, with 95 % intervals",
    "turning_points": "Turning points in years of age: mean over alliances, and that of the mean curve of living "
                      "alliances, each with its 95 % interval",
    "durations": "How long stages last in years, quartiles with 95 % intervals, and the share that goes to each next "
                 "stage",
    "hazards": "Endings per year with and without each treatment, with 95 % intervals",
    "hazard_ratios": "Hazard ratios at the same age, treated over untreated and scenario over the first, with 95 % "
                     "intervals",
    "hazards_by_age": "Endings per year by year of life, with 95 % intervals",
    "doors": "Share of each door in all re-growths, with 95 % intervals",
    "stage_profile": "What marks each stage: mean with its 95 % interval, and quartiles over alliance-quarters",
    "agreement": "Stages read online and phases of the fitted curves: share of alliance-quarters that agree, and "
                 "Cohen's kappa, with 95 % intervals",
    "confusion": "Alliance-quarters by stage read online, in rows, and by phase of the fitted curve, in columns",
}
COUNTERFACTUAL = {
    "matching": "How many alliances are in both scenarios, with 95 % intervals",
    "matching_by_year": "Share of the base's alliances found again, by year of founding, with 95 % intervals",
    "effects": "Differences of matched alliances, with 95 % intervals",
    "additionality": "Deadweight and additional foundings of start-up subsidies, with 95 % intervals",
    "crowding": "Private R&D money per yuan of public money, with 95 % intervals",
    "pilots": "Pilots against others and against themselves, with 95 % intervals",
    "pilots_followed": "Pilots that could be followed",
}
PICTURES = {
    "survival": "Share of alliances that outlive each age, with 95 % bands over resampled runs.",
    "hazards": "Endings per alliance and year by year of life.",
    "durations": "Median duration of each stage with its interval, and the middle half of the spells.",
    "turning_points": "Turning points: bars hold the middle half of alliances, marks are means with their intervals.",
    "matching": "Share of the base's alliances that the scenario has, too, by year of founding.",
    "pilots": "Pilots: naive and matched difference, effect, selection and interference, with 95 % intervals.",
    "facts": "Every fact: the empirical range and what the model gives, on a scale of its own.",
    "parameters": "Every parameter: the range tried, the estimate with its 95 % interval, and how much was learnt.",
}
HEADS = {"title": "Family", "what": "Measure", "whom": "Alliances compared", "p": "p", "p_holm": "p (Holm)",
         "point": Sense("Point", "of a curve"), "of_mean": "Of the mean curve", "years": "Years at risk",
         "n": "Alliance-quarters"}
"""Heads of columns whose names are no words for a page, or need a context."""
FITTED_CURVES = "curves_"  # beginning of the names of pictures, one a scenario


# --- scorecards ----------------------------------------------------------------------------------------------------


def of_scorecard(stored: Stored) -> Report:
    """Question, scenario, scorecard, courses, facts, statistics, limits, origin, reproduction. Source: F11, G8, H6."""
    scenario, document = told_scenarios(stored)[0], stored.document
    table = _table(stored, "scorecard", ("title", "unit", "start", "simulated", "set", "year", "target", "met"))
    count = len(document["seeds"])
    told = document["scenarios"]
    blocks: list[Any] = [_scores(table)]
    if table["target"].notna().any():
        blocks.append(Figure("scorecard", targets_figure(table, scenario.title, count), (
            "Outcome over target with the range of the middle 95 % of replicates, and the share of replicates that "
            "meet it with Wilson's 95 % interval.")))
    # The lines of the scorecard stand in its own table, not among the differences.
    without = [{key: content for key, content in one.items() if key != "scorecard"} for one in told]
    sections = [
        shared.question(told), shared.scenarios(without),
        Section("scorecard", "Scorecard", blocks),
        Section("courses", "Courses", [_courses(_table(stored, "courses", ("title", "year", "mean")), table)]),
        Section("facts", "Facts", [_places(table)]),
        Section("statistics", "Statistics", [Items([
            f"{count} replicates, seeds {document['seeds'][0]} to {document['seeds'][-1]}.",
            "Outcome: mean and range of the middle 95 % of replicates in the target year, the last year where there is "
            "no target.",
            "Probability met: share of replicates that meet the target, with Wilson's 95 % interval. A run without an "
            "answer has not met it.",
            "Change a year: mean over replicates from the base year to the last, with Student's t interval, 95 %.",
        ])]),
        shared.limits(document["version"]), shared.provenance(document), shared.reproduction(document, told),
    ]
    return Report(scenario.title, f"Scorecard over {counted(count, 'replicate')}", sections)


def _scores(table: "pd.DataFrame") -> Table:
    rows, before = [], ""
    for row in table.to_dict("records"):
        same, before = row["title"] == before, row["title"]
        start = number(row["start"]) if row["set"] or row["start"] == row["start"] else ""
        begun = "" if row["set"] else f"({number(row['simulated'], 3)})"
        rows.append(("" if same else row["title"], "" if same else unit_text(row["unit"]),
                     "" if same else row["direction"] or "–", "" if same else f"{start} {begun}".strip(),
                     f"{row['year']}", number(row["target"]), _value(row, "mean", "low", "high", 3),
                     _value(row, "met", "met_low", "met_high", 2), "" if same else _change(row)))
    head = ("Indicator", "Unit", "Course", "Start", "Year", "Target", "Outcome", "Probability met", "Change a year")
    return Table("Plan against outcome", head, rows, words=3,
                 note="Start: the document's figure of the base year; in brackets where the runs begin from their own "
                      "figure instead.")


def _change(row: Mapping[str, Any]) -> str:
    return with_interval(*(signed(row[name]) for name in ("trend", "trend_low", "trend_high")))


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


# --- facts and fits ------------------------------------------------------------------------------------------------


def of_validation(stored: Stored) -> Report:
    """Question, facts, figure, statistics, limits, origin, reproduction."""
    scenarios, document = told_scenarios(stored), stored.document
    table = _table(stored, "facts", ("title", "arm", "mean", "low", "high", "verdict", "fitted", "source"))
    count, told, verdicts = len(document["seeds"]), document["scenarios"], table["verdict"].value_counts()
    own = [Text("Facts with the source “own data” come from two tables that are not kept: give them again with "
                "--projects and --participation.")] if (table["source"] == "own data").any() else []
    again = shared.reproduction(document, told[:1])  # the second arm follows from the first
    sections = [
        shared.question(told[:1]), shared.scenarios(told),
        Section("facts", "Facts", [
            Text(f"Of {len(table)} facts: {', '.join(f'{n} {word}' for word, n in verdicts.items())}."),
            *_facts(table), *_figures(stored)]),
        Section("statistics", "Statistics", [Items([
            f"{count} replicates, seeds {document['seeds'][0]} to {document['seeds'][-1]}.",
            "Model: mean over replicates with its 95 % interval; a run is one observation.",
            "Inside or outside the empirical range: the interval of the mean as a whole, else undecided. Spanned: only "
            "a value is known, and 95 % of runs lie around it.",
            "Facts that the parameters were fitted to say less for the model than those that check it. Fitted in the "
            "other arm: the fact of alliances alone was fitted and is told of funded ones, or the reverse.",
        ])]),
        shared.limits(document["version"]), shared.provenance(document),
        Section(again.key, again.title, [*own, *again.blocks]),
    ]
    return Report(f"{scenarios[0].title}: stylised facts", f"Validation over {counted(count, 'replicate')}", sections)


def _facts(table: "pd.DataFrame") -> list[Any]:
    """The table of facts, and the sources that it numbers."""
    pairs = dict.fromkeys(zip(table["source"], table["confidence"], strict=True))
    sources = {pair: place for place, pair in enumerate(pairs, start=1)}
    rows = []
    for row in table.to_dict("records"):
        ends = [number(row[name], 3) for name in ("from", "to")]
        known = number(row["value"], 3)
        data = f"{known} ({ends[0]} – {ends[1]})" if "–" not in ends else known
        rows.append((row["title"], unit_text(row["unit"]), row["arm"], row["fitted"], Sense(row["verdict"], "verdict"),
                     _value(row, "mean", "low", "high", 3),
                     f"{number(row['run_low'], 3)} – {number(row['run_high'], 3)}", data,
                     f"{sources[row['source'], row['confidence']]}"))
    head = ("Fact", "Unit", "Alliances", "Use", "Verdict", "Model", "95 % of runs", "Data (range)", "Source")
    return [Table("What is known of real alliances beside what the model gives", head, rows, words=5),
            Facts([(f"Source {place}", Quote(f"{source} ({sure})") if sure else source)
                   for (source, sure), place in sources.items()])]


def of_calibration(stored: Stored) -> Report:
    """Question, fit, parameters, recovery, limits, origin, reproduction."""
    told_scenarios(stored)
    document, told = stored.document, stored.document["scenarios"]
    fit = _table(stored, "fit", ("title", "value", "spread", "model", "deviation", "fitted"))
    found = _table(stored, "parameters", ("parameter", "estimate", "low", "high", "learnt", "note"))
    file, name = document["targets"], next(path.stem for path in sorted(stored.folder.glob("*.toml")))
    blocks: list[Any] = [_fit(fit), _estimates(found), *_figures(stored)]
    command = f"alliancelab calibrate {name}.targets.toml"
    if "recovered" in stored.tables:
        recovered = stored.table("recovered")
        blocks.append(_recovered(recovered))
        command += f" --recover {recovered['world'].nunique()}"
    scenario_file = (stored.folder / f"{name}.toml").read_text(encoding="utf-8")
    again = shared.reproduction(document, told, f"{command} --out results", {
        f"{name}.targets.toml": _targets_text(file, told)})
    question = [Text(file["purpose"] or "No purpose was written down.")]
    sections = [
        Section("question", "Question", question), shared.scenarios(told),
        Section("fit", "Fit", blocks),
        Section("result", "The calibrated scenario", [
            Text("A scenario takes this file as its base."), Code(Verbatim(f"{name}.toml"), scenario_file)]),
        Section("statistics", "Statistics", [Items([
            f"Simulated method of moments: {document['points']} points tried, sum of squared standardised deviations "
            f"{number(document['distance'])}.",
            "Deviation: of the model's mean from the target, in units of the target's spread.",
            "Learnt: one less the spread of the parameter after the data over that of the range tried. What is learnt "
            "less than a quarter is not identified.",
        ])]),
        shared.limits(document["version"]), shared.provenance(document), again,
    ]
    line = f"Calibration of {len(found)} parameters to {int(fit['fitted'].sum())} targets"
    return Report(file["title"] or name, line, sections)


def _fit(table: "pd.DataFrame") -> Table:
    rows = [(row["title"], unit_text(row["unit"]), Verbatim(row["scenario"]), "fitted" if row["fitted"] else "check",
             number(row["value"]), number(row["spread"]), f"{number(row['model'])} ± {number(row['error'], 2)}",
             signed(row["deviation"])) for row in table.to_dict("records")]
    return Table("Targets: empirical value and spread, and the mean of the model with its standard error",
                 ("Target", "Unit", "Scenario", "Use", "Data", "Spread", "Model", "Deviation"), rows, words=4)


def _estimates(table: "pd.DataFrame") -> Table:
    rows = [(Verbatim(row["parameter"]), unit_text(row["unit"]), row["note"] or "–",
             _value(row, "estimate", "low", "high"), f"{number(row['from'])} – {number(row['to'])}",
             f"{row['learnt']:.0%}") for row in table.to_dict("records")]
    return Table("Parameters with 95 % intervals",
                 ("Parameter", "Unit", "Note", "Estimate", "Range tried", "Learnt"), rows, words=3)


def _recovered(table: "pd.DataFrame") -> Table:
    rows = [(Verbatim(row["parameter"]), "yes" if row["covered"] else "no", f"{row['world'] + 1}", number(row["truth"]),
             _value(row, "estimate", "low", "high")) for row in table.to_dict("records")]
    return Table("Known parameters found again from the model's own output, with 95 % intervals",
                 ("Parameter", "Covered", "World", "Truth", "Estimate"), rows, words=2)


def _targets_text(file: Mapping[str, Any], told: Sequence[Mapping[str, Any]]) -> str:
    """The file of targets, with the scenarios as they stand on the page."""
    sources = dict.fromkeys(target["scenario"] or file["base"] for target in file["targets"].values())
    names = {source: f"{one['name']}.toml" for source, one in zip(sources, told, strict=True)}
    targets = {key: target | {"scenario": names.get(target["scenario"], "")} for key, target in file["targets"].items()}
    # `toml_text` leaves out the base, which means something else in a scenario.
    base = json.dumps(names.get(file["base"], file["base"]), ensure_ascii=False)
    return f"base = {base}\n{toml_text({**file, 'targets': targets})}"


# --- studies -------------------------------------------------------------------------------------------------------


def of_lifecycle(stored: Stored) -> Report:
    """Question, scenarios, figures, tables, statistics, limits, origin, reproduction."""
    return _study(stored, "Life cycles", LIFECYCLE, [
        "Intervals take runs as clusters: alliances of one run share its luck. Curves are fitted to alliances founded "
        "after the warm-up that lived for a year.",
        "Turning points of the mean curve: runs resampled, the family of the curve held.",
        "p_holm: Holm's step-down correction over all tests of a table.",
        "Every age of survival and every fitted curve stand in the tables survival and curves of the folder.",
    ])


def of_counterfactual(stored: Stored) -> Report:
    """Question, scenarios, figures, tables, statistics, limits, origin, reproduction."""
    return _study(stored, "Counterfactual", COUNTERFACTUAL, [
        *notes("pilots" in stored.tables), "Intervals take runs as clusters: alliances of one run share its luck.",
        "p_holm: Holm's step-down correction over all tests of a table."])


def _study(stored: Stored, word: str, captions: Mapping[str, str], statistics: Sequence[str]) -> Report:
    told_scenarios(stored)
    document, told = stored.document, stored.document["scenarios"]
    titles = {one["name"]: one["title"] for one in told}
    count = len(document["seeds"])
    tables = [_readable(stored.table(name), caption, titles)
              for name, caption in captions.items() if name in stored.tables]
    seeds = f"{count} replicates of each scenario, seeds {document['seeds'][0]} to {document['seeds'][-1]}."
    sections = [
        shared.question(told), shared.scenarios(told),
        Section("figures", "Figures", _figures(stored, titles)), Section("tables", "Tables", tables),
        Section("statistics", "Statistics", [Items([seeds, *statistics])]),
        shared.limits(document["version"]), shared.provenance(document), shared.reproduction(document, told),
    ]
    return Report(" · ".join(titles.values()), f"{word} over {counted(count, 'replicate')} of each scenario", sections)


def _figures(stored: Stored, titles: Mapping[str, str] | None = None) -> list[Figure]:
    """The pictures of a folder with their captions: drawn again, or as they were drawn when it was computed."""
    found = []
    for path in sorted(stored.folder.glob("*.png")):
        caption = PICTURES.get(path.stem, path.stem.replace("_", " "))
        if path.stem.startswith(FITTED_CURVES):
            name = path.stem.removeprefix(FITTED_CURVES)
            caption = (f"{(titles or {}).get(name, name)}: alliances with their fitted curves, those of median misfit, "
                       "one column a family.")
        found.append(Figure(path.stem, drawn_again(stored, path.stem) or path.read_bytes(), caption))
    return found


# --- tables as they are stored, made readable ----------------------------------------------------------------------


def _table(stored: Stored, name: str, columns: Sequence[str]) -> "pd.DataFrame":
    """A table that has at least these columns.

    Raises
    ------
    StoreError
        When it has not, as in a folder of another version.
    """
    table = stored.table(name)
    lacking = [column for column in columns if column not in table]
    if lacking:
        raise StoreError(f"{stored.folder}: the table '{name}' lacks the column '{lacking[0]}': it was written by "
                         f"version {stored.document.get('version')}; write the results again")
    return table


def _value(row: Mapping[str, Any], mean: str, low: str, high: str, figures: int = 4) -> str:
    return with_interval(*(number(row[name], figures) for name in (mean, low, high)))


def _readable(frame: "pd.DataFrame", caption: str, titles: Mapping[str, str]) -> Table:
    """Words first, then numbers, each with its interval in one cell; scenarios by their titles, each named once."""
    groups = _with_ends([name for name in frame if name != "family" or "title" not in frame])
    words = [name for name in groups if frame[name].dtype.kind in "OUSb"]
    numbers = [name for name in groups if name not in words]
    rows, before = [], ""
    for row in frame.to_dict("records"):
        cells: list[Cell] = [_word(row[name], titles, name) for name in words]
        if words[:1] == ["scenario"]:
            cells[0], before = ("" if row["scenario"] == before else cells[0]), row["scenario"]
        cells += [_number(row, name, groups[name]) for name in numbers]
        rows.append(cells)
    head = [HEADS.get(name, name.replace("_", " ").capitalize()) for name in (*words, *numbers)]
    return Table(caption, head, rows, words=len(words))


def _with_ends(columns: list[str]) -> dict[str, tuple[str, ...]]:
    """Columns that are no ends of an interval, each with the two that are its ends, or none."""
    groups: dict[str, tuple[str, ...]] = {}
    for i, name in enumerate(columns):
        if name in ("low", "high") or name.removesuffix("_low").removesuffix("_high") in columns[:i]:
            continue
        own = (f"{name}_low", f"{name}_high")
        plain = tuple(columns[i + 1:i + 3])
        groups[name] = own if set(own) <= set(columns) else plain if plain == ("low", "high") else ()
    return groups


def _word(value: Any, titles: Mapping[str, str], column: str) -> Cell:
    if isinstance(value, str):
        word = titles.get(value, value.replace("_", " "))
        return Sense(word, "measure") if column in ("measure", "outcome") else word
    return ("yes" if value else "no") if isinstance(value, bool) else "–"


def _number(row: Mapping[str, Any], name: str, ends: Sequence[str]) -> str:
    value = row[name]
    if isinstance(value, int):
        return f"{value}"
    return with_interval(*(number(row[part], 3) for part in (name, *ends))) if ends else number(value, 3)
