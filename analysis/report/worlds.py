"""What a study in many worlds has to say in a report. Source: H3, H5, H6."""

import shlex
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from alliancelab.analysis.report import common as shared
from alliancelab.analysis.report.parts import Content, Figure, Items, Report, Section, Table, Text, Verbatim
from alliancelab.analysis.tables.worlds import holds
from alliancelab.analysis.uncertainty.parts import PARTS
from alliancelab.analysis.words.numbers import number, signed, with_interval
from alliancelab.analysis.words.titles import unit_text

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["of_worlds", "targets_section"]

CAPTION = ("Effects in every world, in standard deviations of paired differences of single runs. Thick lines: what "
           "luck of the runs alone leaves open; thin lines: luck and ignorance together.")


def of_worlds(content: Content, titles: Mapping[str, str], bases: Mapping[str, str],
              lines: Section | None = None) -> Report:
    """Question, scenarios, effects with their worlds, where variance comes from, figures, statistics, origin.

    Parameters
    ----------
    content : Content
    titles : mapping of str to str
        Of the scenarios by name.
    bases : mapping of str to str
        By name of each scenario that is compared, the one that it is compared with.
    lines : Section, optional
        What stands before the effects, such as the targets of a scorecard.
    """
    document, tables = content.document, content.tables
    scenarios = document["scenarios"]
    worlds, replicates = (int(tables["runs"][name].max()) + 1 for name in ("world", "replicate"))
    effects: list[Any] = [_effects(tables["effects"].loc[name], titles[name], titles[base])
                          for name, base in bases.items()]
    # The lines of a scorecard stand in a table of their own, not among the differences.
    without = [{key: part for key, part in one.items() if key != "scorecard"} for one in scenarios]
    sections = [
        shared.question(scenarios),
        shared.scenarios(scenarios if lines is None else without, document.get("budgets", ())),
        *([] if lines is None else [lines]),
        Section("effects", "Effects in all worlds", [*effects, *([Items(content.notes)] if content.notes else [])]),
        Section("variance", "Where the variance comes from", [
            _variance(tables["variance"].loc[name], tables["effects"].loc[name], titles[name]) for name in bases]),
        Section("figures", "Figures", [Figure(name, picture, CAPTION) for name, picture in content.figures.items()]),
        _statistics(document.get("ensemble", {}), worlds, replicates, tables["worlds"].columns),
        shared.limits(document["version"]), shared.provenance({**document, "seeds": []}),
        shared.reproduction(document, scenarios, _command(document, worlds, replicates)),
    ]
    title, line = _heading(document, titles, bases, worlds, replicates)
    return Report(title, line, sections)


def targets_section(targets: "pd.DataFrame") -> Section:
    """Lines of a scorecard in all worlds; the table is `WorldScorecard.targets`."""
    rows = [(row["title"], unit_text(row["unit"]), number(row["target"]),
             with_interval(*(number(row[end], 3) for end in ("mean", "low", "high"))), _percent(row["met"]),
             f"{row['met_in']} of {row['worlds']}" if row["target"] == row["target"] else "–")
            for row in targets.to_dict("records")]
    return Section("targets", "Targets in all worlds", [Table(
        "Plan against outcome in all worlds",
        ("Indicator", "Unit", "Target", "Outcome", "Runs that meet it, %", "Worlds that meet it"), rows, words=2,
        note="Outcome: mean and middle 95 % of all runs in all worlds. A world meets a target if at least half of its "
             "runs do.")])


def _heading(document: Mapping[str, Any], titles: Mapping[str, str], bases: Mapping[str, str], worlds: int,
             replicates: int) -> tuple[str, str]:
    """Title of the page, and the line below it."""
    where = f"in {worlds} worlds, {replicates} seeds in each"
    study = document.get("study", "compare")
    if study == "effects":
        return "What each instrument does alone", f"{len(bases)} instruments and strengths {where}"
    if study == "counterfactual":
        return " · ".join(titles.values()), f"The same alliances with and without a policy {where}"
    if study == "scorecard":
        return document["scenarios"][0]["title"], f"Plan against outcome {where}"
    return " · ".join(titles.values()), f"Comparison of {len(titles)} scenarios {where}"


def _effects(table: "pd.DataFrame", title: str, base: str) -> Table:
    rows = []
    for _, row in table.iterrows():
        threshold = "" if not row["decided_by"] else number(row["threshold"], 3)
        side = {1: "more above it", -1: "less above it", 0: ""}[int(row["above"])]
        rows.append((row["title"], unit_text(row["unit"]), Verbatim(row["decided_by"]), side, threshold,
                     signed(row["effect"]),
                     *(f"{signed(row[low])} … {signed(row[high])}" if row[low] == row[low] else "–"
                       for low, high in (("luck_low", "luck_high"), ("low", "high"))), holds(row)))
    return Table(f"{title}: effects against “{base}”, and in how many worlds their sign holds",
                 ("Outcome", "Unit", "Decided by", "Side", "Threshold", "Effect", "Luck alone", "Everything",
                  "Sign holds"), rows, words=4,
                 note="Decided by: the parameter on whose value the sign depends most, where one is found; side: what "
                      "the effect is above the threshold. Intervals: 95 %.")


def _variance(table: "pd.DataFrame", effects: "pd.DataFrame", title: str) -> Table:
    rows = []
    for outcome, words in effects["title"].items():
        part = table.loc[outcome]
        rows.append((words, *(with_interval(*(_percent(part.at[key, end]) for end in ("share", "low", "high")))
                              for key in PARTS)))
    return Table(f"{title}: shares of the variance of single runs, in %, with 95 % intervals",
                 ("Outcome", *(part.capitalize() for part in PARTS)), rows,
                 note="Of this scenario and the one it is compared with together. Parts with policy make the effect of "
                      "the policy larger or smaller; the others move both scenarios alike.")


def _percent(share: float) -> str:
    return "–" if share != share else f"{100.0 * share:.0f}"


def _statistics(ensemble: Any, worlds: int, replicates: int, varied: Sequence[str]) -> Section:
    return Section("statistics", "Statistics", [Items([
        f"{worlds} worlds drawn from those that the data do not rule out, and {replicates} seeds in each; scenarios "
        "share both, so that differences are paired. No two worlds share a seed.",
        f"{len(varied)} parameters differ between worlds.",
        "Luck alone: the interval of the mean over the same worlds and other seeds.",
        "Everything: the interval in which the true effect lies, if the true world is one of their kind.",
        "Sign holds: worlds whose effect has the sign of the mean, with luck taken out of their spread.",
    ]), *([Text(f"Targets of the ensemble: {ensemble['targets']}.")] if ensemble.get("targets") else [])])


def _command(document: Mapping[str, Any], worlds: int, replicates: int) -> str:
    study = document.get("study", "compare")
    what = (document["strengths"] if study == "effects"
            else [f"{scenario['name']}.toml" for scenario in document["scenarios"]])
    return (f"alliancelab {study} {shlex.join(what)} --worlds {worlds} --replicates {replicates} "
            f"--seed {document['seeds'][0]} --out results")
