"""The commands `registry` (example, inspect, check, convert) and `forecast`: from tables to what becomes of them."""

from pathlib import Path
from typing import Annotated

import typer

from alliancelab.cli import worlds
from alliancelab.cli.calibration import PROJECTS, SEATS
from alliancelab.cli.options import Json, Out, Overwrite, Set
from alliancelab.cli.report import Language
from alliancelab.cli.terminal import command, machine, say, warn

__all__ = ["app", "forecast"]

SHOWN = 20  # alliances of a forecast that the terminal shows

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, pretty_exceptions_enable=False,
                  help="Tables of alliances and members to start from: an example, a look, a check, project data.")

Folder = Annotated[Path, typer.Argument(help="The folder with the tables.")]
Day = Annotated[str | None, typer.Option("--date", metavar="YYYY-MM-DD",
                                         help="Day that the registry is of; by default that of its registry.toml.")]


@app.command()
def example(
    folder: Annotated[Path, typer.Argument(help="The folder to make.")],
    scenario: Annotated[str, typer.Option(help="The scenario that makes it.")] = "no_policy",
    year: Annotated[int, typer.Option(help="Year on whose first of January the registry stands.")] = 2017,
    seed: Annotated[int, typer.Option(help="Two years of one seed are two snapshots of one world.")] = 0,
    changes: Set = None,
    overwrite: Overwrite = False,
) -> None:
    """Write a registry made by a run of the model."""
    from alliancelab.cli import show
    from alliancelab.scenarios.folders import check_folder
    from alliancelab.scenarios.registry.example import write_example

    check_folder(folder, overwrite)
    write_example(folder, scenario, year, seed, show.settings(changes))
    say(f"{folder} is written; look at it with: {command('registry', 'check', folder)}")


@app.command()
def inspect(
    folder: Folder,
    write: Annotated[bool, typer.Option("--write", help="Write it into the folder instead of printing it.")] = False,
) -> None:
    """Propose a registry.toml: which file is which table, which column is what."""
    from alliancelab.scenarios.registry.propose import propose, write_proposal

    if write:
        say(f"{write_proposal(folder)} is written; look it through, then: {command('registry', 'check', folder)}")
        return
    say(propose(folder), end="")


@app.command()
def check(
    folder: Folder,
    date: Day = None,
    similar: Annotated[float | None, typer.Option(
        metavar="PERCENT", help="List pairs of organisations whose names are at least so similar, such as 90.")] = None,
    as_json: Json = False,
) -> None:
    """Read the tables, list every problem at once, and say what a world would start from."""
    from alliancelab import forecasting
    from alliancelab.cli import show

    registry = forecasting.registry(folder, date)
    alike = None if similar is None else registry.similar_names(similar)
    if as_json:
        members = registry.members()
        more = {} if alike is None else {"similar": show.records(alike)}
        machine({"folder": str(folder), "date": registry.date, "alliances": len(registry.living()),
                 "memberships": len(members), "organisations": int(members["organisation"].nunique()),
                 "notes": list(registry.notes), **more})
        return
    say(registry.summary())
    for note in registry.notes:
        say(f"note: {note}")
    if alike is not None:
        show.table(alike.head(SHOWN), f"Names that are at least {similar:g} % the same: {len(alike):,} pairs")
        if len(alike) > SHOWN:
            say(f"{len(alike) - SHOWN:,} more pairs: with --json")


@app.command()
def convert(
    folder: Annotated[Path, typer.Argument(help="The folder to make.")],
    projects: Annotated[Path, typer.Option(metavar="FILE", help=PROJECTS)],
    participation: Annotated[Path, typer.Option(metavar="FILE", help=SEATS)],
    date: Annotated[str | None, typer.Option(metavar="YYYY-MM-DD", help="Day of the registry; by default the last "
                                                                       "start of a project.")] = None,
    overwrite: Overwrite = False,
) -> None:
    """Make a registry of project data in the columns of any vintage of CORDIS: each project is an alliance."""
    from alliancelab.scenarios.folders import check_folder
    from alliancelab.scenarios.registry.convert import convert

    check_folder(folder, overwrite, [projects, participation])
    convert(folder, projects, participation, date, warn)
    say(f"{folder} is written; look at it with: {command('registry', 'check', folder)}")


def forecast(
    folder: Folder,
    scenario: Annotated[str, typer.Option(help="A name of the library, or a .toml file.")] = "no_policy",
    years: Annotated[int | None, typer.Option(help="How far to look ahead; by default to the held-out one.")] = None,
    held_out: Annotated[Path | None, typer.Option(metavar="FOLDER", help="The registry of a later day, to score by.")
                        ] = None,
    date: Day = None,
    replicates: Annotated[int | None, typer.Option(
        help="Runs; each draws anew what the tables do not tell; default 50, with --worlds 4 in each.")] = None,
    seed: Annotated[int, typer.Option(help="Seed of the first run; the others follow.")] = 0,
    workers: Annotated[int | None, typer.Option(help="Threads; by default one for each core.")] = None,
    worlds_: Annotated[int | None, typer.Option(
        "--worlds", metavar="[N]", help="Forecast in N worlds that the data do not rule out; by itself 50.")] = None,
    ensemble: worlds.Chosen = None,
    out: Out = None,
    overwrite: Overwrite = False,
    changes: Set = None,
    language: Language = "en",
    as_json: Json = False,
) -> None:
    """Forecast survival, members and projects of the alliances of a registry, with intervals and scores."""
    from alliancelab import forecasting
    from alliancelab.cli import show

    with show.progress() as progress:
        result = forecasting.forecast(
            folder, scenario, years, held_out, replicates, seed, workers, show.settings(changes), date, out, progress,
            warn, overwrite, worlds_, ensemble, language)
    tables, runs = result.tables(), len(result.provenance["seeds"])
    if as_json:
        found = {name: show.records(table.reset_index()) for name, table in tables.items()}
        machine({"scenario": result.scenario.name, "years": result.years, "runs": runs, "worlds": worlds_,
                 "given": show.records(result.given), "notes": result.notes(), **found,
                 "folder": None if out is None else str(out)})
        return
    listed = result.alliances.drop(columns=["survives_by_age"])
    where = f"{runs} runs" if worlds_ is None else f"{runs} runs in {worlds_} worlds"
    show.table(listed.head(SHOWN), f"{result.scenario.title}: {result.years} years on, {where}, 90 % intervals")
    if len(listed) > SHOWN:
        say(f"{len(listed) - SHOWN} more alliances: {'with --out DIR' if out is None else f'in {out}'}")
    show.table(result.survival, "Share of the alliances of the registry that live; by_age: Kaplan-Meier")
    show.table(result.totals, "All alliances, those founded since included")
    if worlds_ is not None:
        say("ignorance: share of the variance of single runs that lies between worlds; the rest is luck")
    if result.scores is not None:
        show.table(result.scores, "Scores against what came, the lower the better; within: share in the 90 % intervals")
    show.table(result.given, "What came from the tables, and where the rest comes from")
    for note in result.notes():
        say(f"note: {note}")
    show.written(out)
    if out is not None:
        say(f"a page of it all: {command('report', out)}")
