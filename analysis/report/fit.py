"""What validations and calibrations have to say in a report."""

import json
import shlex
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from alliancelab.analysis.report import common as shared
from alliancelab.analysis.report.common import interval_of
from alliancelab.analysis.report.parts import (
    Code,
    Content,
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
)
from alliancelab.analysis.words.numbers import counted, number, signed
from alliancelab.analysis.words.titles import unit_text
from alliancelab.scenarios.spreads import NORMAL
from alliancelab.scenarios.toml_text import toml_text

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["of_calibration", "of_validation"]

CAPTIONS = {
    "facts": "Every fact: the empirical range and what the model gives, on a scale of its own.",
    "parameters": "Every parameter: the range tried, the estimate with its 95 % interval, and how much was learnt.",
}


def of_validation(content: Content) -> Report:
    """Question, facts, figure, statistics, limits, origin, reproduction."""
    document, table = content.document, content.tables["facts"]
    count, scenarios, verdicts = len(document["seeds"]), document["scenarios"], table["verdict"].value_counts()
    own = [Text("Facts with the source “own data” come from two tables that are not kept: give them again with "
                "--projects and --participation.")] if (table["source"] == "own data").any() else []
    if "registry" in document:
        own.append(Text("The tables of the registry are not kept: give their folder again with --registry."))
    again = shared.reproduction(document, scenarios[:1])  # the second arm follows from the first
    sections = [
        shared.question(scenarios[:1]), shared.scenarios(scenarios),
        Section("facts", "Facts", [
            Text(f"Of {len(table)} facts: {', '.join(f'{n} {word}' for word, n in verdicts.items())}."),
            *_facts(table), _figure(content, "facts")]),
        *([_registry(content.tables["registry"], document["registry"])] if "registry" in content.tables else []),
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
    title = f"{scenarios[0]['title']}: stylised facts"
    return Report(title, f"Validation over {counted(count, 'replicate')}", sections)


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
                     interval_of(row, "mean", "low", "high", 3),
                     f"{number(row['run_low'], 3)} – {number(row['run_high'], 3)}", data,
                     f"{sources[row['source'], row['confidence']]}"))
    head = ("Fact", "Unit", "Alliances", "Use", "Verdict", "Model", "95 % of runs", "Data (range)", "Source")
    return [Table("What is known of real alliances beside what the model gives", head, rows, words=5),
            Facts([(f"Source {place}", Quote(f"{source} ({sure})") if sure else source)
                   for (source, sure), place in sources.items()])]


def _registry(table: "pd.DataFrame", origin: Mapping[str, str]) -> Section:
    """What the tables of a registry tell beside what the model gives, and what they do not tell."""
    known, silent = table[table["reason"] == ""], table[table["reason"] != ""]
    rows = [(row["title"], unit_text(row["unit"]), row["fitted"], Sense(row["verdict"], "verdict"),
             interval_of(row, "mean", "low", "high", 3), f"{number(row['run_low'], 3)} – {number(row['run_high'], 3)}",
             f"{number(row['value'], 3)} ± {number(NORMAL * row['spread'], 2)}") for row in known.to_dict("records")]
    blocks: list[Any] = [
        Text(f"From {origin['since']} to {origin['date']}, in the scenario without public money."),
        Table("What the registry tells beside what the model gives",
              ("Fact", "Unit", "Use", "Verdict", "Model", "95 % of runs", "Registry"), rows, words=4,
              note="Registry: value with 1.96 spreads either way; the spread is that of leaving out a twentieth of "
                   "the alliances at a time. Ages count from the contract.")]
    if len(silent):
        blocks.append(Table("What the tables of the registry do not tell", ("Fact", "Reason"),
                            [(row["title"], row["reason"]) for row in silent.to_dict("records")], words=2))
    return Section("registry", "Facts of the registry", blocks)


def of_calibration(content: Content) -> Report:
    """Question, fit, parameters, recovery, limits, origin, reproduction."""
    document, scenarios = content.document, content.document["scenarios"]
    fit, found = content.tables["fit"], content.tables["parameters"]
    file, result = document["targets"], document["scenario_file"]
    name = result.removesuffix(".toml")
    blocks: list[Any] = [_fit(fit), _estimates(found.reset_index()), _figure(content, "parameters")]
    command = f"alliancelab calibrate {shlex.quote(name)}.targets.toml"
    if "recovered" in content.tables:
        recovered = content.tables["recovered"]
        blocks.append(_recovered(recovered))
        command += f" --recover {recovered['world'].nunique()}"
    again = shared.reproduction(document, scenarios, f"{command} --out results", {
        f"{name}.targets.toml": _targets_text(file, scenarios)})
    question = [Text(file["purpose"] or "No purpose was written down.")]
    sections = [
        Section("question", "Question", question), shared.scenarios(scenarios),
        Section("fit", "Fit", blocks),
        Section("result", "The calibrated scenario", [
            Text("A scenario takes this file as its base."), Code(Verbatim(result), content.texts[result])]),
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
             interval_of(row, "estimate", "low", "high"), f"{number(row['from'])} – {number(row['to'])}",
             f"{row['learnt']:.0%}") for row in table.to_dict("records")]
    return Table("Parameters with 95 % intervals",
                 ("Parameter", "Unit", "Note", "Estimate", "Range tried", "Learnt"), rows, words=3)


def _recovered(table: "pd.DataFrame") -> Table:
    rows = [(Verbatim(row["parameter"]), "yes" if row["covered"] else "no", f"{row['world'] + 1}", number(row["truth"]),
             interval_of(row, "estimate", "low", "high")) for row in table.to_dict("records")]
    return Table("Known parameters found again from the model's own output, with 95 % intervals",
                 ("Parameter", "Covered", "World", "Truth", "Estimate"), rows, words=2)


def _targets_text(file: Mapping[str, Any], scenarios: Sequence[Mapping[str, Any]]) -> str:
    """The file of targets, with the scenarios as they stand on the page."""
    sources = dict.fromkeys(target["scenario"] or file["base"] for target in file["targets"].values())
    names = {source: f"{one['name']}.toml" for source, one in zip(sources, scenarios, strict=True)}
    targets = {key: target | {"scenario": names.get(target["scenario"], "")} for key, target in file["targets"].items()}
    # `toml_text` leaves out the base, which means something else in a scenario.
    base = json.dumps(names.get(file["base"], file["base"]), ensure_ascii=False)
    return f"base = {base}\n{toml_text({**file, 'targets': targets})}"


def _figure(content: Content, name: str) -> Figure:
    return Figure(name, content.figures[name], CAPTIONS[name])
