"""What life cycles and counterfactuals have to say in a report."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from alliancelab.analysis.report import common as shared
from alliancelab.analysis.report.parts import Cell, Content, Figure, Items, Report, Section, Sense, Table
from alliancelab.analysis.words.numbers import counted, number, with_interval

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["of_counterfactual", "of_lifecycle", "readable"]

LIFECYCLE = {
    "shapes": "Share of the alliances whose fitted curve has each shape, with 95 % intervals",
    "misfit": "What fitted curves leave: root mean square of errors, and share of alliances whose neighbouring errors "
              "are correlated beyond chance, with 95 % interval",
    "turning_points": "Turning points in years of age: mean over alliances, and that of the mean curve of living "
                      "alliances, each with its 95 % interval",
    "durations": "How long stages last in years, quartiles with 95 % intervals, and the share that goes to each next "
                 "stage",
    "hazards": "Endings per year of alliances founded after the warm-up, with and without each treatment, with 95 % "
               "intervals",
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
}
HEADS = {"title": "Shape", "what": "Measure", "whom": "Alliances compared", "p": "p", "p_holm": "p (Holm)",
         "point": Sense("Point", "of a curve"), "of_mean": "Of the mean curve",
         "shape_of_mean": "Shape of the mean curve", "years": "Years at risk",
         "n": "Alliance-quarters"}
"""Heads of columns whose names are no words for a page, or need a context."""
OF_SCENARIOS = {
    "curves_": "alliances with their fitted curves, those of median misfit, one panel per shape.",
    "life_courses_": "mean courses of vitality; each panel says what it is a mean of.",
}
"""Beginnings of the names of pictures of which there is one a scenario, with what they show."""


def of_lifecycle(content: Content) -> Report:
    """Question, scenarios, figures, tables, statistics, limits, origin, reproduction."""
    return _study(content, "Life cycles", LIFECYCLE, [
        "Intervals take runs as clusters: alliances of one run share its chance events. Curves are fitted to alliances "
        "founded after the warm-up that lived for a year.",
        "Turning points of the mean curve: runs resampled, the number of steps held.",
        "p_holm: Holm's step-down correction over all tests of a table.",
        "Every age of survival and every fitted curve stand in the tables survival and curves of the folder.",
    ])


def of_counterfactual(content: Content) -> Report:
    """Question, scenarios, figures, tables, statistics, limits, origin, reproduction."""
    return _study(content, "Counterfactual", COUNTERFACTUAL, [
        *content.notes, "Intervals take runs as clusters: alliances of one run share its chance events.",
        "p_holm: Holm's step-down correction over all tests of a table."])


def _study(content: Content, word: str, captions: Mapping[str, str], statistics: Sequence[str]) -> Report:
    document, scenarios = content.document, content.document["scenarios"]
    titles = {one["name"]: one["title"] for one in scenarios}
    count = len(document["seeds"])
    tables = [readable(content.tables[name], caption, titles)
              for name, caption in captions.items() if name in content.tables]
    seeds = f"{count} replicates of each scenario, seeds {document['seeds'][0]} to {document['seeds'][-1]}."
    sections = [
        shared.question(scenarios), shared.scenarios(scenarios),
        Section("figures", "Figures", [Figure(name, picture, _caption(name, titles))
                                       for name, picture in sorted(content.figures.items())]),
        Section("tables", "Tables", tables),
        Section("statistics", "Statistics", [Items([seeds, *statistics])]),
        shared.limits(document["version"]), shared.provenance(document), shared.reproduction(document, scenarios),
    ]
    return Report(" · ".join(titles.values()), f"{word} over {counted(count, 'replicate')} of each scenario", sections)


def _caption(name: str, titles: Mapping[str, str]) -> str:
    """What stands under a picture: of all scenarios, or of the one whose name its own ends with."""
    for beginning, text in OF_SCENARIOS.items():
        if name.startswith(beginning):
            return f"{titles[name.removeprefix(beginning)]}: {text}"
    return PICTURES[name]


def readable(frame: "pd.DataFrame", caption: str, titles: Mapping[str, str]) -> Table:
    """Words first, then numbers, each with its interval in one cell; scenarios by their titles, each named once."""
    frame = frame.reset_index() if any(frame.index.names) else frame
    groups = _with_ends([name for name in frame if name != "shape" or "title" not in frame])
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
