"""What a sweep has to say in a report: design, runs, outcomes over points, sensitivity, how to do it again."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from alliancelab.analysis.exploration.sensitivity import RANKED_BY, ends
from alliancelab.analysis.report import common as shared
from alliancelab.analysis.report.parts import Facts, Figure, Items, Quote, Report, Section, Table, Text, Verbatim
from alliancelab.analysis.statistics.intervals import mean_interval
from alliancelab.analysis.tables.worlds import holds
from alliancelab.analysis.words.numbers import counted, number, signed, with_interval
from alliancelab.analysis.words.titles import unit_text
from alliancelab.model.outcomes import Outcome
from alliancelab.scenarios.sweep.design import YEAR, Factor
from alliancelab.scenarios.sweep.pool import SET_ASIDE
from alliancelab.scenarios.toml_text import toml_text

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure as Drawing

    from alliancelab.scenarios.sweep.plan import Sweep

__all__ = ["SweepReading", "of_sweep"]

MOST_POINTS = 30  # of a design whose points are listed one by one
METHODS = {
    "grid": "Every combination of values", "list": "Listed points", "table": "Points of a table",
    "lhs": "Latin hypercube", "sobol": "Sobol' sequence", "oat": "One factor at a time",
    "morris": "Morris' trajectories", "saltelli": "Saltelli's sample",
}
CAPTIONS = {
    "sensitivity": "factors ranked by what they do to each outcome, with 95 % intervals.",
    "trajectories": "mean outcome over the values of each factor alone, with 95 % bands; dashed: the scenario "
                    "as it is.",
    "map": "mean outcome over both factors.",
}
"""What stands under a picture, by the beginning of its name."""
_OWN_UNIT = ("mu_star", "span")  # measures of sensitivity in the unit of the outcome
_STATISTICS = {
    "mu_star": "Sensitivity: mean absolute elementary effects of Morris over the whole range of a factor, of means "
               "over replicates; intervals by bootstrap over trajectories with a fixed seed.",
    "total": "Sensitivity: total indices of Sobol' after Saltelli, shares of the variance of means over replicates, "
             "each factor with all its interactions; intervals by bootstrap over points with a fixed seed. Shares "
             "below zero and above one are noise of small samples.",
    "span": "Sensitivity: difference between the highest and the lowest mean over the values of a factor, the others "
            "as in the scenario; normal intervals of the difference paired by seed. The ends are chosen after the "
            "fact, so that chance alone gives some span.",
    "coefficient": "Sensitivity: standardised coefficients of a linear fit to means over replicates, with t intervals; "
                   "they say little where the fit explains little.",
}


class SweepReading(Protocol):
    """What a report asks of the results of a sweep; attributes as in `results.sweep.SweepResults`."""

    sweep: "Sweep"
    factors: tuple[Factor, ...]
    declared: tuple[Outcome, ...]

    @property
    def main(self) -> list[Outcome]: ...
    @property
    def method(self) -> str: ...
    @property
    def ranked_by(self) -> str: ...
    @property
    def in_worlds(self) -> bool: ...
    @property
    def runs(self) -> "pd.DataFrame": ...
    @property
    def failures(self) -> "pd.DataFrame": ...
    def arrays(self, outcome: str, scenario: str | None = None) -> tuple[np.ndarray, np.ndarray]: ...
    def outcome(self, name: str) -> Outcome: ...
    def sensitivity(self, outcomes: Sequence[str], scenario: str | None = None) -> "pd.DataFrame": ...
    def seed_variance(self, outcomes: Sequence[str], scenario: str | None = None) -> "pd.DataFrame": ...
    def effects(self, outcomes: Sequence[str], scenario: str | None = None) -> "pd.DataFrame": ...
    def figures_of(self, scenario: str) -> "dict[str, Drawing]": ...


def of_sweep(results: SweepReading) -> Report:
    """Question, scenarios, design, runs, outcomes, sensitivity, statistics, limits, origin, reproduction.

    Source: H6.
    """
    document, scenarios = results.sweep.manifest, results.sweep.manifest["scenarios"]
    planning = {key: content for key, content in document.items() if key != "duration_seconds"}  # that of the plan
    outcomes = results.main
    title = document["design"]["title"]
    sections = [
        _question(results),
        shared.scenarios(scenarios),
        _design(results),
        _runs(results),
        Section("outcomes", "Outcomes", [
            *(_over_points(results, one) for one in scenarios), *_points(results, outcomes)]),
        *_in_worlds(results, outcomes),
        Section("sensitivity", "Sensitivity", _sensitivity(results, outcomes)),
        _statistics(results),
        shared.limits(document["version"]),
        shared.provenance(planning),
        _reproduction(results),
    ]
    sweep = results.sweep
    line = (f"Sweep of {counted(sweep.points, 'point')} over {counted(len(scenarios), 'scenario')}, "
            f"{counted(sweep.replicates, 'replicate')} each")
    return Report(title or " · ".join(one["title"] for one in scenarios), f"{line}{_so_far(results)}", sections)


def _so_far(results: SweepReading) -> str:
    """What the line under the title adds where the sweep is not complete."""
    done, planned = len(results.runs), results.sweep.runs
    return f"; not complete: {done} of {planned} runs" if done < planned else ""


def _question(results: SweepReading) -> Section:
    design, asked = results.sweep.manifest["design"], shared.question(results.sweep.manifest["scenarios"])
    own = [Text(design["purpose"])] if design["purpose"] else []
    return Section(asked.key, asked.title, [*own, *asked.blocks])


# --- design and runs -----------------------------------------------------------------------------------------------


def _design(results: SweepReading) -> Section:
    sweep, design = results.sweep, results.sweep.manifest["design"]
    pairs: list[tuple[str, str]] = [("Method", METHODS[results.method])]
    pairs += [(title, Verbatim(design[key])) for key, title in (
        ("samples", "Samples"), ("steps", "Values of a factor without its own"), ("levels", "Levels of the grid"),
        ("design_seed", "Seed of the design")) if design.get(key) is not None]
    worlds = sweep.manifest.get("worlds")
    pairs += [] if worlds is None else [("Worlds", f"{worlds['count']}")]
    pairs += [("Points", f"{sweep.points}"), ("Replicates of each point", f"{sweep.replicates}")]
    rows = [(Verbatim(factor.name), Quote(factor.description), unit_text(factor.unit),
             *(_at(end, factor) for end in (factor.low, factor.high)),
             ", ".join(_at(value, factor) for value in factor.values) or "–") for factor in results.factors]
    head = ("Factor varied", "Meaning", "Unit", "Lowest", "Highest", "Values")
    return Section("design", "Design", [Facts(pairs), Table("What is varied", head, rows, words=3)])


def _at(value: float, factor: Factor) -> str:
    """A value of a factor; years without a mark between their thousands."""
    return f"{value:.6g}" if factor.unit == YEAR and value == value else number(value)


def _runs(results: SweepReading) -> Section:
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
        titles = {one["name"]: one["title"] for one in results.sweep.manifest["scenarios"]}
        rows = [(Verbatim(reason), titles[one["scenario"].iloc[0]], f"{one['point'].iloc[0]}",
                 f"{one['seed'].iloc[0]}", f"{len(one)}")
                for reason, one in sorted(failures.groupby("error"), key=lambda pair: -len(pair[1]))]
        blocks.append(Table("Why runs failed, with the first run of each reason",
                            ("Reason", "Scenario", "Point", "Seed", "Runs"), rows, words=2,
                            note="Failed runs are left out of all numbers."))
    return Section("runs", "Runs", blocks)


# --- outcomes ------------------------------------------------------------------------------------------------------


def _over_points(results: SweepReading, scenario: dict[str, Any]) -> Table:
    """Mean over the design, and the ends of the means of single points."""
    rows = []
    for outcome in results.declared:
        values, _ = results.arrays(outcome.name, scenario["name"])
        whole = values[np.isfinite(values).all(axis=1)]
        over = mean_interval(whole.mean(axis=0)) if len(whole) else mean_interval(np.full(values.shape[1], np.nan))
        each = mean_interval(whole)
        cells = [_interval(over)]
        cells += [_interval(each, pick(each.mean)) if len(whole) else "–" for pick in (np.argmin, np.argmax)]
        rows.append((outcome.title, unit_text(outcome.unit), f"{len(whole)}", *cells))
    return Table(f"{scenario['title']}: outcomes over the points of the design, with 95 % intervals over replicates",
                 ("Outcome", "Unit", "Points", "Mean", "Lowest point", "Highest point"), rows, words=2,
                 note="Points at which every replicate gave an answer. The lowest and the highest point are chosen by "
                      "their means, so chance alone draws them apart.")


def _interval(found: Any, at: Any = ()) -> str:
    return with_interval(*(number(float(part[at])) for part in (found.mean, found.low, found.high)))


def _points(results: SweepReading, outcomes: Sequence[Outcome]) -> list[Any]:
    """Every point with its factors and main outcomes, where there are few."""
    if results.sweep.points > MOST_POINTS:
        return [Text("The points are too many for a page; the sweep opened in Python gives them as a table.")]
    tables = []
    for scenario in results.sweep.manifest["scenarios"]:
        means = [mean_interval(results.arrays(outcome.name, scenario["name"])[0]) for outcome in outcomes]
        _, points = results.arrays(outcomes[0].name, scenario["name"])
        rows = [(f"{i}", *(_at(*pair) for pair in zip(point, results.factors, strict=True)),
                 *(_interval(mean, i) for mean in means)) for i, point in enumerate(points)]
        head = ("Point", *(Verbatim(factor.name) for factor in results.factors),
                *(f"{outcome.title} ({unit_text(outcome.unit)})" for outcome in outcomes))
        caption = f"{scenario['title']}: points of the design, means with 95 % intervals over replicates"
        tables.append(Table(caption, head, rows,
                            note="A dash under a factor: as in the scenario; under an outcome: no answer."))
    return tables


def _in_worlds(results: SweepReading, outcomes: Sequence[Outcome]) -> list[Section]:
    """Points against the scenario as it is, where the sweep was made in many worlds."""
    if not results.in_worlds:
        return []
    if results.sweep.points > MOST_POINTS:
        return [Section("worlds", "Points in all worlds", [
            Text("The points are too many for a page; the sweep opened in Python gives them as a table.")])]
    tables = []
    for scenario in results.sweep.manifest["scenarios"]:
        found = results.effects([outcome.name for outcome in outcomes], scenario["name"])
        for outcome in outcomes:
            rows = [(f"{point}", *(_at(row[factor.name], factor) for factor in results.factors), signed(row["effect"]),
                     *(f"{signed(row[low])} … {signed(row[high])}" if row[low] == row[low] else "–"
                       for low, high in (("luck_low", "luck_high"), ("low", "high"))), holds(row))
                    for point, row in found.xs(outcome.name, level="outcome").iterrows()]
            head = ("Point", *(Verbatim(factor.name) for factor in results.factors), "Difference", "Luck alone",
                    "Everything", "Sign holds")
            tables.append(Table(f"{scenario['title']}: {outcome.title} ({unit_text(outcome.unit)}), points against the "
                                "scenario as it is in all worlds", head, rows,
                                note="A dash under a factor: as in the scenario. Intervals: 95 %."))
    return [Section("worlds", "Points in all worlds", tables)]


# --- sensitivity ---------------------------------------------------------------------------------------------------


def _sensitivity(results: SweepReading, outcomes: Sequence[Outcome]) -> list[Any]:
    """For each scenario tables and figures of what the factors do, and how much of the variance the seed makes."""
    names: list[str] = [outcome.name for outcome in outcomes]
    blocks: list[Any] = []
    for scenario in results.sweep.manifest["scenarios"]:
        name, title = scenario["name"], scenario["title"]
        table, pictures = results.sensitivity(names, name), results.figures_of(name)
        drawn = [Figure(key, picture, f"{title}: {CAPTIONS[key.split('-')[0]]}") for key, picture in pictures.items()]
        ranked = [figure for figure in drawn if figure.name.startswith("sensitivity-")]
        if ranked:
            blocks += [*ranked, _table_of_factors(results, table, outcomes, title)]
        else:
            blocks.append(Text(f"{title}: the method gives no sensitivity here; points are too few, or some give no "
                               "answer."))
        blocks += [figure for figure in drawn if figure not in ranked]
        blocks.append(_seed_variance(results, names, name, title))
    return blocks


def _table_of_factors(results: SweepReading, table: Any, outcomes: Sequence[Outcome], title: str) -> Table:
    ranked_by, columns = results.ranked_by, []
    for outcome in outcomes:
        mine = table.loc[outcome.name]
        low, high = ends(mine, ranked_by)
        columns.append([with_interval(*(number(cell, 3) for cell in row))
                        for row in zip(mine[ranked_by], low, high, strict=True)])
    rows = [(Verbatim(factor.name), *cells)
            for factor, *cells in zip(results.factors, *columns, strict=True)]
    heads = (f"{one.title} ({unit_text(one.unit)})" if ranked_by in _OWN_UNIT else one.title for one in outcomes)
    return Table(f"{title}: {RANKED_BY[ranked_by]}, with 95 % intervals", ("Factor varied", *heads), rows)


def _seed_variance(results: SweepReading, names: Sequence[str], scenario: str, title: str) -> Table:
    rows = [(results.outcome(str(name)).title, *(number(share, 3) for share in row[["factors", "luck", "both"]]))
            for name, row in results.seed_variance(names, scenario).iterrows()]
    head = ("Outcome", "What was varied", "Seed, alike at all points", "Seed, different from point to point")
    return Table(f"{title}: shares of the variance of single runs", head, rows)


# --- statistics, reproduction --------------------------------------------------------------------------------------


def _statistics(results: SweepReading) -> Section:
    first = results.sweep.manifest["design"]["first_seed"]
    last = first + results.sweep.replicates - 1
    seeds = (f"Replicates have seeds {first} to {last}. Replicate k has the same seed at every point of every scenario "
             "(common random numbers).")
    if results.in_worlds:
        seeds = ("Replicates are runs in all worlds; points share worlds and seeds. The seed's part of the variance "
                 "holds what differs between worlds, too.")
    return Section("statistics", "Statistics", [Items([
        seeds,
        "Means: Student's t intervals over replicates, 95 %; over the design, of the mean over points of each "
        "replicate. They reflect the choice of seeds, not of points.",
        _STATISTICS[results.ranked_by],
        "Shares of variance: analysis of variance of single runs, points by seeds.",
    ])])


def _reproduction(results: SweepReading) -> Section:
    """The design as a file, with both commands; scenarios hold the changes of its `set` already."""
    document = results.sweep.manifest
    scenarios, design = document["scenarios"], dict(document["design"])
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
    design["scenarios"] = [f"{one['name']}.toml" for one in scenarios]
    commands = "alliancelab sweep plan design.toml --out results\nalliancelab sweep run results"
    return shared.reproduction(document, scenarios, commands, {"design.toml": toml_text(design)})
