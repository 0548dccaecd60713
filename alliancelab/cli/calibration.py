"""The commands that fit the model to data and check it by data: calibrate, validate, targets."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from alliancelab.cli.options import Json, Out, Overwrite
from alliancelab.cli.terminal import command, machine, say, warn
from alliancelab.cli.worlds import print_ensemble

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["calibrate", "targets", "validate"]

Workers = Annotated[int | None, typer.Option(help="Threads; by default one for each core.")]
PROJECTS = "Projects of your own: project, start, programme, as any CORDIS file names them; .csv.gz and .parquet, too."
SEATS = "Who takes part in them: project, organisation, type."
Projects = Annotated[Path | None, typer.Option(metavar="FILE", help=PROJECTS)]
Participation = Annotated[Path | None, typer.Option(metavar="FILE", help=SEATS)]
Registry = Annotated[Path | None, typer.Option(
    metavar="FOLDER", help="A registry of your own: tables of alliances and members, as for `registry check`.")]


def calibrate(
    targets: Annotated[Path | None, typer.Argument(help="A .toml file of targets; default: the shipped ones.")] = None,
    recover: Annotated[int, typer.Option(help="Worlds with known parameters to find again.")] = 0,
    ensemble: Annotated[int | None, typer.Option(
        metavar="N", help="Find N worlds that fit, for compare --worlds, instead of one best fit.")] = None,
    registry: Registry = None,
    workers: Workers = None,
    out: Out = None,
    overwrite: Overwrite = False,
    as_json: Json = False,
) -> None:
    """Fit parameters to targets; the same command goes on where it was cut off, if it has a folder."""
    from alliancelab import fitting
    from alliancelab.cli import show

    with show.progress() as progress:
        result = fitting.calibrate(targets, out, recover, workers, progress, warn, overwrite, ensemble, registry)
    if isinstance(result, fitting.FittedWorlds):
        print_ensemble(result, out, as_json)
        return
    if as_json:
        recovered = show.records(result.recovered) if recover else []
        machine({"fit": show.records(result.fit), "missed": result.missed(),
                 "parameters": show.records(result.parameters), "recovered": recovered,
                 "distance": result.found['distance'], "points": result.found['points']})
        return
    show.table(result.fit, f"{result.found['targets']['title']}: {result.found['points']} points tried, "
                           f"sum of squared deviations {result.found['distance']:.3g}")
    if result.missed():
        say(result.missed())
    show.table(result.parameters, "Parameters, with 95 % intervals")
    if recover:
        held = result.recovered["covered"]
        show.table(result.recovered, "Known parameters found again from the model's own output: "
                                     f"{held.sum()} of {len(held)} intervals hold the truth")
    show.written(out)


def validate(
    results: Annotated[
        str, typer.Argument(help="A scenario without public money, or a folder of compare or calibrate.")
    ] = "no_policy",
    replicates: Annotated[int, typer.Option(help="Runs; a folder has its own.")] = 40,
    seed: Annotated[int, typer.Option(help="Seed of the first; the others follow.")] = 0,
    projects: Projects = None,
    participation: Participation = None,
    registry: Registry = None,
    workers: Workers = None,
    markdown: Annotated[Path | None, typer.Option(help="Write the table as Markdown to this file.")] = None,
    out: Out = None,
    overwrite: Overwrite = False,
    as_json: Json = False,
) -> None:
    """Stylised facts: what is known of real alliances beside what the model gives."""
    from alliancelab import fitting
    from alliancelab.cli import show

    show.check_page(markdown)
    with show.progress() as progress:
        result = fitting.validate(results, replicates, seed, projects, participation, out, workers, progress,
                                  warn, overwrite, registry)
    if as_json:
        machine(show.records(result.table) if result.registry is None else
                {name: show.records(table) for name, table in result.tables().items()})
        return
    lines = fact_lines(result.table)
    if markdown is not None:
        show.write_page(markdown, facts_page(lines, result.contradictions, results, result.replicates, seed))
        return
    show.rows(lines, f"{repr(result)[11:-1]}, {len(result.runs['alone'])} replicates")
    say("Model: mean over replicates with its 95 % interval; inside or outside: as a whole. Spanned: only a value is "
        "known, and 95 % of runs lie around it.")
    for sentence in result.contradictions:
        say(sentence)
    if result.registry is not None:
        show.rows(_registry_lines(result.registry), f"Facts of the registry {registry}")
        say("Data: with 1.96 spreads either way; the spread is that of leaving out a twentieth of the alliances at a "
            "time.")
    show.written(out)


def _registry_lines(table: "pd.DataFrame") -> list[dict[str, str]]:
    """Rows of the table of a registry as people read them."""
    lines = []
    for _, row in table.iterrows():
        data = row["reason"] or f"{row['value']:.3g} ± {1.96 * row['spread']:.2g}"
        lines.append({"fact": row["title"], "unit": row["unit"],
                      "model": f"{row['mean']:.3g} [{row['low']:.3g}, {row['high']:.3g}]", "data": data,
                      "fitted": row["fitted"], "verdict": row["verdict"]})
    return lines


def fact_lines(table) -> list[dict[str, str]]:
    """Rows of the table of facts as people read them."""
    lines = []
    for _, row in table.iterrows():
        known = [row["from"], row["value"], row["to"]]
        low, value, high = ("" if number is None or number != number else f"{number:.3g}" for number in known)
        lines.append({
            "fact": row["title"], "unit": row["unit"], "arm": row["arm"],
            "model": f"{row['mean']:.3g} [{row['low']:.3g}, {row['high']:.3g}]",
            "data": f"{value} ({low} to {high})".strip() if low and high else value,
            "fitted": row["fitted"],
            "verdict": row["verdict"],
            "source": f"{row['source']} ({row['confidence']})" if row["confidence"] else row["source"],
        })
    return lines


def facts_page(lines: list[dict[str, str]], contradictions: list[str], results: str, replicates: int, seed: int
               ) -> str:
    """The table as Markdown, with the command that makes it and the facts that contradict each other."""
    head = list(lines[0])
    return "\n".join([
        "# Stylised facts", "",
        f"Made by `{command('validate', results, '--replicates', replicates, '--seed', seed)} --markdown FILE`. Model: "
        "mean over replicates with its 95 % interval; inside or outside the empirical range: as a whole. Spanned: "
        "only a value is known, and 95 % of runs lie around it. Fitted in the other arm: the fact of alliances alone "
        "was fitted and is told of funded ones, or the reverse. How facts are measured: "
        "[calibration.md](calibration.md).", "",
        f"| {' | '.join(head)} |", f"|{'---|' * len(head)}",
        *(f"| {' | '.join(cell.replace('|', '/') for cell in line.values())} |" for line in lines), "",
        *(["No world can meet both of these:", "", *(f"- {sentence}" for sentence in contradictions), ""]
          if contradictions else []),
    ])


def targets(
    file: Annotated[Path, typer.Argument(help="The .toml file to make.")],
    registry: Registry = None,
    projects: Projects = None,
    participation: Participation = None,
) -> None:
    """Make a file of targets from data of your own: a registry, or projects in the columns of any vintage of CORDIS."""
    from alliancelab import fitting

    source = ", ".join(part.name for part in (registry, projects, participation) if part is not None)
    fitting.targets(file, projects, participation, source, warn, registry)
    say(f"{file} is written; choose what to vary, then: {command('calibrate', file)}")
