"""What a sweep has to say in a report: design, runs, outcomes over points, sensitivity, how to do it again."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from alliancelab.analysis import report_shared as shared
from alliancelab.analysis.drawing import unit_text
from alliancelab.analysis.report_parts import (
    Facts,
    Figure,
    Items,
    Quote,
    Report,
    Section,
    Table,
    Text,
    Verbatim,
    counted,
    number,
    with_interval,
)
from alliancelab.analysis.statistics import mean_interval
from alliancelab.analysis.sweep_figures import RANKED_BY, ends
from alliancelab.analysis.sweeps import MAIN, SweepResults
from alliancelab.model.outcomes import Outcome
from alliancelab.scenarios.sweep.design import YEAR, Factor
from alliancelab.scenarios.sweep.pool import SET_ASIDE
from alliancelab.scenarios.toml_text import toml_text

__all__ = ["of_sweep"]

MOST_POINTS = 30  # of a design whose points are listed one by one
METHODS = {
    "grid": "Every combination of values", "list": "Listed points", "table": "Points of a table",
    "lhs": "Latin hypercube", "sobol": "Sobol' sequence", "oat": "One factor at a time",
    "morris": "Morris' trajectories", "saltelli": "Saltelli's sample",
}
_OWN_UNIT = ("mu_star", "span")  # measures of sensitivity in the unit of the outcome
_STATISTICS = {
    "mu_star": "Sensitivity: mean absolute elementary effects of Morris over the whole range of a factor, of means "
               "over replicates; intervals by bootstrap over trajectories with a fixed seed.",
    "total": "Sensitivity: total indices of Sobol' after Saltelli, shares of the variance of means over replicates, "
             "each factor with all its interactions; intervals by bootstrap over points with a fixed seed. Shares "
             "below zero and above one are noise of small samples.",
    "span": "Sensitivity: difference between the highest and the lowest mean over the values of a factor, the others "
            "as in the scenario; normal intervals of the difference paired by seed. The ends are chosen after the "
            "fact, so that luck alone gives some span.",
    "coefficient": "Sensitivity: standardised coefficients of a linear fit to means over replicates, with t intervals; "
                   "they say little where the fit explains little.",
}


def of_sweep(results: SweepResults) -> Report:
    """Question, scenarios, design, runs, outcomes, sensitivity, statistics, limits, origin, reproduction.

    Source: H6.
    """
    document, told = results.sweep.manifest, results.sweep.manifest["scenarios"]
    planning = {key: content for key, content in document.items() if key != "duration_seconds"}  # that of the plan
    measures = [results.measure(name) for name in MAIN if name in {measure.name for measure in results.measures}]
    title = document["design"]["title"]
    sections = [
        _question(results),
        shared.scenarios(told),
        _design(results),
        _runs(results),
        Section("outcomes", "Outcomes", [*(_over_points(results, one) for one in told), *_points(results, measures)]),
        Section("sensitivity", "Sensitivity", _sensitivity(results, measures)),
        _statistics(results),
        shared.limits(document["version"]),
        shared.provenance(planning),
        _reproduction(results),
    ]
    sweep = results.sweep
    line = (f"Sweep of {counted(sweep.points, 'point')} over {counted(len(told), 'scenario')}, "
            f"{counted(sweep.replicates, 'replicate')} each")
    return Report(title or " · ".join(one["title"] for one in told), f"{line}{_so_far(results)}", sections)


def _so_far(results: SweepResults) -> str:
    """What the line under the title adds where the sweep is not complete."""
    done, planned = len(results.runs), results.sweep.runs
    return f"; not complete: {done} of {planned} runs" if done < planned else ""


def _question(results: SweepResults) -> Section:
    design, asked = results.sweep.manifest["design"], shared.question(results.sweep.manifest["scenarios"])
    own = [Text(design["purpose"])] if design["purpose"] else []
    return Section(asked.key, asked.title, [*own, *asked.blocks])


# --- design and runs -----------------------------------------------------------------------------------------------


def _design(results: SweepResults) -> Section:
    sweep, design = results.sweep, results.sweep.manifest["design"]
    pairs: list[tuple[str, str]] = [("Method", METHODS[results.method])]
    pairs += [(title, Verbatim(design[key])) for key, title in (
        ("samples", "Samples"), ("steps", "Values of a factor without its own"), ("levels", "Levels of the grid"),
        ("design_seed", "Seed of the design")) if design.get(key) is not None]
    pairs += [("Points", f"{sweep.points}"), ("Replicates of each point", f"{sweep.replicates}")]
    rows = [(Verbatim(factor.name), Quote(factor.description), unit_text(factor.unit),
             *(_at(end, factor) for end in (factor.low, factor.high)),
             ", ".join(_at(value, factor) for value in factor.values) or "–") for factor in results.factors]
    head = ("Factor varied", "Meaning", "Unit", "Lowest", "Highest", "Values")
    return Section("design", "Design", [Facts(pairs), Table("What is varied", head, rows, words=3)])


def _at(value: float, factor: Factor) -> str:
    """A value of a factor; years without a mark between their thousands."""
    return f"{value:.6g}" if factor.unit == YEAR and value == value else number(value)


def _runs(results: SweepResults) -> Section:
    runs, failures, planned = results.runs, results.failures, results.sweep.runs
    aside = failures["error"].str.startswith(SET_ASIDE)
    counts = {"Planned": planned, "Done": len(runs) - len(failures), "Failed": len(failures) - int(aside.sum()),
              "Set aside": int(aside.sum()), "Missing": planned - len(runs)}
    blocks: list[Any] = [Table("How many runs", tuple(counts), [tuple(map(str, counts.values()))], words=0,
                               note="Set aside: runs that killed their workers or took longer than their limit.")]
    if len(runs) < planned:
        blocks.insert(0, Text("The sweep is not complete: what follows tells of the runs that are there, and changes "
                              "with those to come."))
    if len(failures):
        titles = {told["name"]: told["title"] for told in results.sweep.manifest["scenarios"]}
        rows = [(Verbatim(reason), titles[one["scenario"].iloc[0]], f"{one['point'].iloc[0]}",
                 f"{one['seed'].iloc[0]}", f"{len(one)}")
                for reason, one in sorted(failures.groupby("error"), key=lambda pair: -len(pair[1]))]
        blocks.append(Table("Why runs failed, with the first run of each reason",
                            ("Reason", "Scenario", "Point", "Seed", "Runs"), rows, words=2,
                            note="Failed runs are left out of all numbers."))
    return Section("runs", "Runs", blocks)


# --- outcomes ------------------------------------------------------------------------------------------------------


def _over_points(results: SweepResults, told: dict[str, Any]) -> Table:
    """Mean over the design, and the ends of the means of single points."""
    rows = []
    for measure in results.measures:
        values, _ = results.arrays(measure.name, told["name"])
        whole = values[np.isfinite(values).all(axis=1)]
        over = mean_interval(whole.mean(axis=0)) if len(whole) else mean_interval(np.full(values.shape[1], np.nan))
        each = mean_interval(whole)
        cells = [_interval(over)]
        cells += [_interval(each, pick(each.mean)) if len(whole) else "–" for pick in (np.argmin, np.argmax)]
        rows.append((measure.title, unit_text(measure.unit), f"{len(whole)}", *cells))
    return Table(f"{told['title']}: outcomes over the points of the design, with 95 % intervals over replicates",
                 ("Outcome", "Unit", "Points", "Mean", "Lowest point", "Highest point"), rows, words=2,
                 note="Points at which every replicate gave an answer. The lowest and the highest point are chosen by "
                      "their means, so luck draws them apart.")


def _interval(found: Any, at: Any = ()) -> str:
    return with_interval(*(number(float(part[at])) for part in (found.mean, found.low, found.high)))


def _points(results: SweepResults, measures: Sequence[Outcome]) -> list[Any]:
    """Every point with its factors and main outcomes, where there are few."""
    if results.sweep.points > MOST_POINTS:
        return [Text("The points are too many for a page; the sweep opened in Python gives them as a table.")]
    tables = []
    for told in results.sweep.manifest["scenarios"]:
        means = [mean_interval(results.arrays(measure.name, told["name"])[0]) for measure in measures]
        _, points = results.arrays(measures[0].name, told["name"])
        rows = [(f"{i}", *(_at(*pair) for pair in zip(point, results.factors, strict=True)),
                 *(_interval(mean, i) for mean in means)) for i, point in enumerate(points)]
        head = ("Point", *(Verbatim(factor.name) for factor in results.factors),
                *(f"{measure.title} ({unit_text(measure.unit)})" for measure in measures))
        tables.append(Table(f"{told['title']}: points of the design, means with 95 % intervals over replicates", head,
                            rows, note="A dash under a factor: as in the scenario; under an outcome: no answer."))
    return tables


# --- sensitivity ---------------------------------------------------------------------------------------------------


def _sensitivity(results: SweepResults, measures: Sequence[Outcome]) -> list[Any]:
    """For each scenario a table and a figure of what the factors do, and how much is luck."""
    names, told_by, blocks = [measure.name for measure in measures], results.told_by, []
    plots: Any = results.plot
    for told in results.sweep.manifest["scenarios"]:
        name, title = told["name"], told["title"]
        table = results.sensitivity(names, name)
        if table[told_by].notna().any():
            blocks += [
                Figure(f"sensitivity-{name}", plots.sensitivity(names, name),
                       f"{title}: factors ranked by what they do to each outcome, with 95 % intervals."),
                _table_of_factors(results, table, measures, title)]
        else:
            blocks.append(Text(f"{title}: the method gives no sensitivity here; points are too few, or some give no "
                               "answer."))
        blocks += _pictures(results, names, name, title)
        blocks.append(_luck(results, names, name, title))
    return blocks


def _table_of_factors(results: SweepResults, table: Any, measures: Sequence[Outcome], title: str) -> Table:
    told_by, columns = results.told_by, []
    for measure in measures:
        mine = table.loc[measure.name]
        low, high = ends(mine, told_by)
        columns.append([with_interval(*(number(cell, 3) for cell in row))
                        for row in zip(mine[told_by], low, high, strict=True)])
    rows = [(Verbatim(factor.name), *cells)
            for factor, *cells in zip(results.factors, *columns, strict=True)]
    heads = (f"{one.title} ({unit_text(one.unit)})" if told_by in _OWN_UNIT else one.title for one in measures)
    return Table(f"{title}: {RANKED_BY[told_by]}, with 95 % intervals", ("Factor varied", *heads), rows)


def _pictures(results: SweepResults, names: Sequence[str], scenario: str, title: str) -> list[Figure]:
    """Trajectories of an oat design; maps of a grid of two factors."""
    plots: Any = results.plot
    if results.method == "oat":
        return [Figure(f"trajectories-{scenario}-{name}", plots.trajectories(name, scenario),
                       f"{title}: mean outcome over the values of each factor alone, with 95 % bands; dashed: the "
                       "scenario as it is.") for name in names]
    whole, factors = len(results.runs) == results.sweep.runs, results.factors
    if results.method == "grid" and whole and len(factors) == 2 and all(one.low < one.high for one in factors):
        x, y = (factor.name for factor in factors)
        return [Figure(f"map-{scenario}-{name}", plots.heat_map(x, y, name, scenario),
                       f"{title}: mean outcome over both factors.") for name in names]
    return []


def _luck(results: SweepResults, names: Sequence[str], scenario: str, title: str) -> Table:
    rows = [(results.measure(str(name)).title, *(number(share, 3) for share in row[["factors", "luck", "both"]]))
            for name, row in results.luck(names, scenario).iterrows()]
    head = ("Outcome", "What was varied", "Seed, alike at all points", "Seed, different from point to point")
    return Table(f"{title}: shares of the variance of single runs", head, rows)


# --- statistics, reproduction --------------------------------------------------------------------------------------


def _statistics(results: SweepResults) -> Section:
    first = results.sweep.manifest["design"]["first_seed"]
    last = first + results.sweep.replicates - 1
    return Section("statistics", "Statistics", [Items([
        f"Replicates have seeds {first} to {last}. Replicate k has the same seed at every point of every scenario "
        "(common random numbers).",
        "Means: Student's t intervals over replicates, 95 %; over the design, of the mean over points of each "
        "replicate. They tell of luck, not of the choice of points.",
        _STATISTICS[results.told_by],
        "Luck: analysis of variance of single runs, points by seeds.",
    ])])


def _reproduction(results: SweepResults) -> Section:
    """The design as a file, with both commands; scenarios hold the changes of its `set` already."""
    document = results.sweep.manifest
    told, design = document["scenarios"], dict(document["design"])
    names = [factor.name for factor in results.factors]
    factors = {factor.name: {"values": list(factor.values)} if factor.values
               else {"low": factor.low, "high": factor.high} for factor in results.factors}
    design.pop("set")
    points = design.pop("points", None)
    if points is None:
        design["factors"] = factors
    else:  # those of a table are listed, too
        design.pop("factors")
        design |= {"method": "list", "points": [
            {name: value for name, value in zip(names, point, strict=True) if value is not None} for point in points]}
    design["scenarios"] = [f"{one['name']}.toml" for one in told]
    commands = "alliancelab sweep plan design.toml --out results\nalliancelab sweep run results"
    return shared.reproduction(document, told, commands, {"design.toml": toml_text(design)})
