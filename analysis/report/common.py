"""Sections that every report of runs has: question, scenarios as differences, money, limits, origin, reproduction."""

import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from alliancelab.agents.errors import ScenarioError
from alliancelab.analysis.report.parts import Cell, Code, Facts, Figure, Items, Quote, Section, Table, Text, Verbatim
from alliancelab.analysis.words.numbers import number, with_interval
from alliancelab.analysis.words.titles import unit_text
from alliancelab.model.accounts import FLOWS
from alliancelab.model.declarations import Declaration
from alliancelab.model.parameters import PARAMETERS
from alliancelab.model.policy.instrument import Instrument
from alliancelab.model.policy.own import known_instruments
from alliancelab.model.setup import SIZES
from alliancelab.scenarios.scenario import load
from alliancelab.scenarios.toml_text import toml_text

__all__ = ["CAPTIONS", "by_instrument", "figures", "flow_table", "interval_of", "limits", "provenance", "question",
           "reproduction", "scenarios", "shown", "start"]

LIMITS = Path(__file__).parent / "templates" / "limits.txt"
CAPTIONS = {
    "lifecycle": "Life-cycle curve: mean vitality by age. Full lines are means over all alliances that were founded, "
                 "those that have ended counted as zero; dashed lines are means over the living alone, which tell of "
                 "survivors. Ages that few alliances reach are left out.",
    "life_courses": "Mean courses of vitality: by age, by length of life, from each alliance's own peak, where the "
                    "curve is highest by choice, and by share of life lived. Each panel says what it is a mean of.",
    "lives": "Single alliances, drawn by lot among those founded after the warm-up and early enough to be seen for "
             "five years. Colours are stages; bars are projects, and a cross ends one that was not done.",
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
                   "intervals. Filled marks: the difference is significant after Holm's correction.",
}
"""What stands under a picture of a run or comparison."""

_PURSES = ("government", "city", "province", "nation", "organisations", "alliances", "outside")
ScenarioDocument = Mapping[str, Any]  # a scenario as `Scenario.as_dict` gives it
_KNOWN_SECTIONS = {"name", "title", "purpose", "source", "base", "hash", "world", "parameters", "policy"}
_REPLICATES = "--replicates {count} --seed {first}"
_OPTIONS = {"run": "--seed {first}",
            **dict.fromkeys(("compare", "scorecard", "lifecycle", "counterfactual", "validate"), _REPLICATES)}
"""Options of the command that makes a kind of result, besides its scenarios and its folder."""


def question(documents: Sequence[ScenarioDocument]) -> Section:
    """What each scenario was written for."""
    pairs = [(scenario["title"], scenario["purpose"] or "No purpose was written down.") for scenario in documents]
    return Section("question", "Question", [Facts(pairs)])


# --- scenarios as differences --------------------------------------------------------------------------------------


def scenarios(documents: Sequence[ScenarioDocument], budgets: Sequence[Mapping[str, Any]] = ()) -> Section:
    """Every scenario as its differences from its base, and the budgets side by side."""
    blocks: list[Any] = []
    for scenario in documents:
        blocks += _differences(scenario)
    blocks += _budgets(documents)
    if budgets:
        blocks.append(_equal_budgets(budgets, {scenario["name"]: scenario["title"] for scenario in documents}))
    return Section("scenarios", "Scenarios", blocks)


def _differences(scenario: ScenarioDocument) -> list[Any]:
    base, words = _base_of(scenario)
    rows = [*_changed("world", SIZES, base["world"], scenario["world"]),
            *_changed("parameters", PARAMETERS, base["parameters"], scenario["parameters"])]
    for instrument in known_instruments():
        rows += _levers(instrument, base["policy"].get(instrument.name), scenario["policy"].get(instrument.name))
    unknown = set(scenario["policy"]) - {instrument.name for instrument in known_instruments()}
    for name in sorted(unknown):
        rows += [(name, Verbatim(f"{name}.{lever}"), "–", shown(value), "")
                 for lever, value in scenario["policy"][name].items()]
    for section in sorted(set(scenario) - _KNOWN_SECTIONS):
        there, here = _flat(section, base.get(section)), _flat(section, scenario[section])
        rows += [(section.capitalize(), Verbatim(name), *map(_named, (there.get(name), value)), "")
                 for name, value in here.items() if value != there.get(name)]
    if not rows:
        return [Text(f"{scenario['title']}: as {words}.")]
    head = ("Instrument", "Name", "Base", "Here", "Unit")
    named_once = [row if k == 0 or row[0] != rows[k - 1][0] else ("", *row[1:]) for k, row in enumerate(rows)]
    return [Table(f"{scenario['title']}: differences from {words}", head, named_once, words=len(head))]


def _flat(place: str, content: Any) -> dict[str, Any]:
    """Values of nested tables by their dotted names."""
    if not isinstance(content, Mapping):
        return {place: content}
    return {name: value for key, part in content.items() for name, value in _flat(f"{place}.{key}", part).items()}


def _base_of(scenario: ScenarioDocument) -> tuple[ScenarioDocument, str]:
    """The scenario that differences are measured from, and what to call it."""
    if scenario["base"] is not None:
        try:
            base = load(scenario["base"])
            return base.as_dict(), f"its base “{base.title}”"
        except ScenarioError:
            pass  # a file of the user's own, which the results do not keep: the text says what stands in for it
    defaults = {"world": {size.name: int(size.default) for size in SIZES},
                "parameters": {parameter.name: parameter.default for parameter in PARAMETERS}, "policy": {}}
    return defaults, "the declared defaults without any instrument"


def _changed(place: str, declared: Sequence[Declaration], base: Mapping, here: Mapping) -> list[tuple]:
    units = {item.name: item.unit for item in declared}
    title = {"world": "Size of the world", "parameters": "Parameter"}[place]
    return [(title, Verbatim(f"{place}.{name}"), shown(base.get(name)), shown(value), unit_text(units.get(name, "")))
            for name, value in here.items() if value != base.get(name)]


def _levers(instrument: Instrument, base: ScenarioDocument | None, here: ScenarioDocument | None) -> list[tuple]:
    """Levers of one instrument that differ; where one side does not use it, those off their defaults."""
    if here is None:
        return [] if base is None else [(instrument.title, Verbatim(instrument.name), "used", "not used", "")]
    usual: dict[str, Any] = {lever.name: lever.default for lever in instrument.levers}
    if instrument.stages:
        usual["stages"] = list(instrument.stages)
    units = {lever.name: lever.unit for lever in instrument.levers}
    against = usual if base is None else base
    return [(instrument.title, Verbatim(f"{instrument.name}.{name}"), "–" if base is None else shown(base.get(name)),
             shown(value), unit_text(units.get(name, "")))
            for name, value in here.items() if value != against.get(name)]


def _named(value: Any) -> Cell:
    """A value that may be the name of a figure."""
    return Verbatim(value) if isinstance(value, str) else shown(value)


def shown(value: Any) -> str:
    """A lever's value: a number, stages, a calendar, or how many entries a list has."""
    if value is None:
        return "–"
    if isinstance(value, Mapping):
        (kind, points), = value.items()
        return _calendar(kind, points)
    if isinstance(value, list | tuple) and any(isinstance(entry, Mapping) for entry in value):
        return f"{len(value)} entries, see the file"
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    return value if isinstance(value, str) else f"{value:g}"


def _calendar(kind: str, points: Sequence[tuple[float, float]]) -> str:
    """Values and the years they hold in (table), hold from (step), or lie between on a line (ramp)."""
    if kind != "table":
        word = {"step": "from", "ramp": "in"}[kind]
        return "; ".join(f"{number(value)} {word} {year:g}" for year, value in points)
    spells: list[list[float]] = []
    for year, value in points:
        if spells and spells[-1][2] == value and spells[-1][1] == year - 1:
            spells[-1][1] = year
        else:
            spells.append([year, year, value])
    return "; ".join(f"{number(value)} in {first:g}" + (f"–{last:g}" if last > first else "")
                     for first, last, value in spells)


def _budgets(documents: Sequence[ScenarioDocument]) -> list[Table]:
    titles = {instrument.name: instrument.title for instrument in known_instruments()}
    paying = [name for name in dict.fromkeys([*titles, *(n for s in documents for n in s["policy"])])
              if any("budget" in s["policy"].get(name, {}) for s in documents)]
    if not paying:
        return []
    rows = [(titles.get(name, name), *(shown(s["policy"].get(name, {}).get("budget")) for s in documents))
            for name in paying]
    head = ("Instrument", *(scenario["title"] for scenario in documents))
    return [Table("Most that each instrument may spend, million yuan a year", head, rows)]


def _equal_budgets(budgets: Sequence[Mapping[str, Any]], titles: Mapping[str, str]) -> Table:
    rows = [(titles.get(line["name"], line["name"]), number(line["factor"]), number(line["outlay"]),
             number(line["achieved"]), "–" if line["target"] is None else number(line["target"]))
            for line in budgets]
    return Table("Budgets made equal: what all budgets of a scenario were multiplied by, and mean outlay of a run, "
                 "million yuan", ("Scenario", "Factor", "Outlay before", "Outlay achieved", "Outlay aimed at"), rows)


# --- pictures and money --------------------------------------------------------------------------------------------


def figures(pictures: Mapping[str, Any]) -> Section:
    """Every picture with its caption."""
    return Section("figures", "Figures", [Figure(name, picture, CAPTIONS[name]) for name, picture in pictures.items()])


def by_instrument(flows: np.ndarray) -> tuple[list[str], np.ndarray]:
    """Titles of the instruments that paid, and what they paid; the last axis of `flows` is that of FLOWS."""
    titles = {instrument.name: instrument.title for instrument in known_instruments()}
    paying = [name for name in dict.fromkeys(flow.instrument for flow in FLOWS) if name]
    sums = [flows[..., [f for f, flow in enumerate(FLOWS) if flow.instrument == name]].sum(axis=-1) for name in paying]
    used = [i for i, paid in enumerate(sums) if np.any(paid > 0)]
    names = [titles.get(paying[i], "Own instruments") for i in used]
    return names, np.stack([sums[i] for i in used], axis=-1) if used else np.zeros((*flows.shape[:-1], 0))


def flow_table(heads: Sequence[str], columns: Sequence[Sequence[str]], moved: np.ndarray) -> Table:
    """Who paid what to whom, purse by purse."""
    order = sorted((f for f in range(len(FLOWS)) if moved[f]),
                   key=lambda f: (_PURSES.index(FLOWS[f].source), _PURSES.index(FLOWS[f].target), f))
    rows = [(FLOWS[f].source, FLOWS[f].target, Verbatim(FLOWS[f].column), FLOWS[f].description,
             *(column[f] for column in columns)) for f in order]
    return Table("Who paid what to whom", ("From", "To", "Flow", "Meaning", *heads), rows, words=4)


# --- limits, origin, reproduction ----------------------------------------------------------------------------------


def limits(version: str, sense: str = "The model compares policies in one artificial world; it forecasts nothing."
           ) -> Section:
    """What a reader should know before believing a number, from docs/limitations.md."""
    sentences = LIMITS.read_text(encoding="utf-8").splitlines()
    return Section("limits", "Limits", [Text(sense), Text(f"Of version {version} it is known:"), Items(sentences)])


def start(registry: Mapping[str, Any]) -> Section:
    """What came from the tables of a registry and what was drawn; notes, which name files, are shown as they are."""
    rows = [(row["what"], row["rest"] or "–", f"{row['given']:,}", f"{row['all']:,}" if row["all"] else "–")
            for row in registry["given"]]
    return Section("start", "Where it starts", [
        Text(f"From a registry, on {registry['date']}."),
        Table("What came from the tables, and what was drawn", ("What", "The rest", "In the tables", "Of"),
              rows, words=2),
        *([Items([Quote(note) for note in registry["notes"]])] if registry["notes"] else [])])


def provenance(document: Mapping[str, Any]) -> Section:
    """Where the numbers come from: version, hashes, seeds, packages, platform, duration."""
    pairs: list[tuple[str, str]] = [
        ("Program", Verbatim(f"{document.get('program', 'alliancelab')} {document.get('version', '')}"))]
    for one in document.get("scenarios", ()):
        if "hash" in one:
            pairs.append((f"Hash of “{one.get('title', one.get('name'))}”", Verbatim(one["hash"])))
    if document.get("plan"):
        pairs.append(("Hash of the plan", Verbatim(document["plan"])))
    if document.get("seeds"):
        pairs.append(("Seeds", Verbatim(_seeds(document["seeds"]))))
    packages = document.get("packages", {})
    if packages:
        pairs.append(("Packages", Verbatim(", ".join(f"{name} {version}" for name, version in packages.items()))))
    for key, title in (("python", "Python"), ("platform", "Platform"), ("cores", "Cores")):
        if document.get(key) is not None:
            pairs.append((title, Verbatim(document[key])))
    if document.get("duration_seconds") is not None:
        pairs.append(("Duration of the computation", f"{document['duration_seconds']:g} s"))
    blocks: list[Any] = [Facts(pairs)]
    for kind in ("rules", "instruments"):
        blocks += [Code(Verbatim(f"{kind}: {name}"), str(text)) for name, text in document.get(kind, {}).items()]
    return Section("provenance", "Provenance", blocks)


def _seeds(seeds: Sequence[int]) -> str:
    in_a_row = list(seeds) == list(range(seeds[0], seeds[0] + len(seeds)))
    return f"{seeds[0]} … {seeds[-1]} ({len(seeds)})" if in_a_row and len(seeds) > 1 else ", ".join(map(str, seeds))


def reproduction(
    document: Mapping[str, Any], documents: Sequence[ScenarioDocument], command: str | None = None,
    files: Mapping[str, str] | None = None,
) -> Section:
    """The exact command, and every scenario in full as a file that `alliancelab check` accepts.

    Parameters
    ----------
    command : str, optional
        Instead of the kind of the document with its scenarios and `_OPTIONS`.
    files : mapping of str to str, optional
        Further files that the command reads.
    """
    blocks: list[Any] = [
        Text("Save the files below under their names, check them, and run the same version of the program. The same "
             "version, scenario and seed give the same bits on one platform."),
    ]
    if command is None and document["kind"] in _OPTIONS:
        names = shlex.join(f"{scenario['name']}.toml" for scenario in documents)
        options = _OPTIONS[document["kind"]].format(first=document["seeds"][0], count=len(document["seeds"]))
        command = f"alliancelab {document['kind']} {names} {options} --out results"
    if command is not None:
        blocks.append(Code("Command", command))
    if document.get("budgets"):
        blocks.append(Text("Budgets in the files are those made equal; the command does not scale them again."))
    if document.get("rules") or document.get("instruments"):
        blocks.append(Text("This result used rules or instruments of its own, whose source stands under provenance; "
                           "it is repeated from Python."))
    blocks += [Code(Verbatim(name), text) for name, text in (files or {}).items()]
    blocks += [Code(Verbatim(f"{scenario['name']}.toml"), toml_text(scenario)) for scenario in documents]
    return Section("reproduction", "How to reproduce", blocks)


def interval_of(row: Mapping[str, Any], mean: str, low: str, high: str, figures: int = 4) -> str:
    """A number of a row with its interval."""
    return with_interval(*(number(row[name], figures) for name in (mean, low, high)))
