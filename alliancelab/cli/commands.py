"""The commands and their options; what is slow to import is imported when a command runs."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from alliancelab.cli import calibration, registry, studies, sweep, worlds
from alliancelab.cli.dashboard import dashboard
from alliancelab.cli.options import Json, Out, Overwrite, Set
from alliancelab.cli.region import fit_region
from alliancelab.cli.report import Language, report
from alliancelab.cli.terminal import command, machine, say, warn

if TYPE_CHECKING:
    import pandas as pd

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="An agent-based lab for industrial technology alliances and the policies that serve them.",
)

app.add_typer(sweep.app, name="sweep")
app.add_typer(registry.app, name="registry")
app.command(cls=worlds.WithWorlds)(registry.forecast)
for reading in (sweep.sensitivity, sweep.discover, sweep.heatmap):
    app.command()(reading)


@app.callback(invoke_without_command=True)
def _options(
    version: Annotated[bool, typer.Option("--version", help="Print the version and end.", is_eager=True)] = False,
) -> None:
    if version:
        from alliancelab import __version__

        say(__version__)
        raise typer.Exit


@app.command()
def run(
    scenario: Annotated[str, typer.Argument(help="A name of the library, or a .toml file.")],
    seed: Annotated[int, typer.Option(help="Random seed; the same seed gives the same run.")] = 0,
    out: Out = None,
    overwrite: Overwrite = False,
    changes: Set = None,
    language: Language = "en",
    scorecard: Annotated[
        bool, typer.Option("--scorecard", help="Run replicates and print plan against outcome instead.")
    ] = False,
    replicates: Annotated[int | None, typer.Option(help="Runs of a scorecard; default 30.")] = None,
    registry_folder: Annotated[Path | None, typer.Option(
        "--registry", metavar="FOLDER", help="Start from the alliances, members and projects of these tables.")] = None,
    as_json: Json = False,
) -> None:
    """Run one scenario once, or score it on replicates."""
    from alliancelab import api
    from alliancelab.agents.errors import UserError
    from alliancelab.cli import show

    if scorecard and registry_folder is not None:
        raise UserError("a scorecard is of a region, which no registry tells of; give --scorecard or --registry")

    if scorecard:
        from alliancelab.cli.scorecard import print_scorecard

        print_scorecard(scenario, replicates, seed, None, out, overwrite, changes, as_json, language=language)
        return
    if replicates is not None:
        raise UserError("run makes one run; replicates are made by compare, or by run with --scorecard")
    result = api.run(scenario, seed=seed, overrides=show.settings(changes), out=out, announce=warn,
                     language=language, overwrite=overwrite, registry=registry_folder)
    if as_json:
        document = {"scenario": result.scenario.name, "hash": result.scenario.hash, "seed": seed}
        machine(document | {"outcomes": show.records(result.summary.drop(columns="description")), "folder": _text(out)})
        return
    for note in result.provenance.get("registry", {}).get("notes", ()):
        say(f"note: {note}")
    show.table(result.summary.drop(columns="description"), f"{result.scenario.title}, seed {seed}")
    show.written(out)


@app.command(cls=worlds.WithWorlds)
def scorecard(
    scenario: Annotated[str, typer.Argument(help="A scenario that declares a scorecard.")],
    replicates: Annotated[int | None, typer.Option(help="Runs; default 30, with --worlds 4 in each.")] = None,
    seed: Annotated[int, typer.Option(help="Seed of the first replicate; the others follow.")] = 0,
    workers: Annotated[int | None, typer.Option(help="Threads; by default one for each core.")] = None,
    worlds_: worlds.InWorlds = None,
    ensemble: worlds.Chosen = None,
    out: Out = None,
    overwrite: Overwrite = False,
    changes: Set = None,
    language: Language = "en",
    as_json: Json = False,
) -> None:
    """Plan against outcome: start, target, interval and probability of each indicator."""
    from alliancelab.cli.scorecard import print_scorecard

    print_scorecard(scenario, replicates, seed, workers, out, overwrite, changes, as_json, worlds_, ensemble,
                    language)


@app.command(cls=worlds.WithWorlds)
def compare(
    scenarios: Annotated[list[str], typer.Argument(
        help="Scenario names or .toml files, NAME:KEY=VALUE with changes of its own; the first is the baseline.")],
    replicates: Annotated[int | None, typer.Option(
        help="Runs of each scenario, on common random numbers; default 100, with --worlds 4 in each.")] = None,
    seed: Annotated[int, typer.Option(help="Seed of the first replicate; the others follow.")] = 0,
    workers: Annotated[int | None, typer.Option(help="Threads; by default one for each core.")] = None,
    worlds_: worlds.InWorlds = None,
    ensemble: worlds.Chosen = None,
    equal_budget: Annotated[
        bool, typer.Option("--equal-budget", help="Scale budgets until all that spend have the same mean outlay.")
    ] = False,
    budget: Annotated[
        float | None, typer.Option(help="Outlay of a run to aim at, million yuan; implies --equal-budget.")
    ] = None,
    out: Out = None,
    overwrite: Overwrite = False,
    changes: Set = None,
    language: Language = "en",
    as_json: Json = False,
) -> None:
    """Compare scenarios on replicates: paired differences with their intervals."""
    from alliancelab import api
    from alliancelab.cli import show

    with show.stoppable(out), show.progress() as progress:
        result = api.compare(
            scenarios, replicates=replicates, first_seed=seed, workers=workers,
            equal_budget=equal_budget or budget is not None, budget=budget,
            overrides=show.settings(changes), out=out, progress=progress, announce=warn,
            language=language, overwrite=overwrite, worlds=worlds_, ensemble=ensemble,
        )
    if isinstance(result, api.WorldComparison):
        worlds.print_worlds(result, out, as_json)
        return
    budgets = result.provenance.get("budgets", [])
    replicates = len(result.replicates.seeds)
    if as_json:
        document: dict[str, Any] = {"scenarios": [s.name for s in result.scenarios], "replicates": replicates}
        document["summary"] = show.records(result.summary)
        document["differences"] = show.records(result.differences) if len(result.names) > 1 else []
        machine(document | {"budgets": budgets, "folder": _text(out)})
        return
    for line in budgets:
        show.budget(line)
    show.comparison(result, f"{replicates} replicates of each scenario, seeds {seed} to {seed + replicates - 1}")
    show.written(out)


def _text(out: Path | None) -> str | None:
    return None if out is None else str(out)


app.command()(report)
app.command(name="app")(dashboard)


@app.command()
def export(
    folder: Annotated[Path, typer.Argument(help="What a command wrote with --out, or a sweep.")],
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Folder for the CSV files.")],
    overwrite: Overwrite = False,
) -> None:
    """Write every table of a folder of results as CSV, for R, Stata and spreadsheets."""
    from alliancelab import api
    from alliancelab.cli import show
    from alliancelab.scenarios import store

    store.check_folder(out, overwrite, [folder])
    api.read(folder).export(out)
    show.written(out)


@app.command(name="scenarios")
def list_scenarios(
    everything: Annotated[
        bool, typer.Option("--all", help="Also those of one instrument alone, and of the chain without one.")
    ] = False,
    as_json: Json = False,
) -> None:
    """List the scenarios of the library."""
    from alliancelab.cli import show
    from alliancelab.scenarios.layers import library_names
    from alliancelab.scenarios.scenario import load
    from alliancelab.scenarios.variants import variant_names

    rows = [load(name) for name in library_names() + (variant_names() if everything else [])]
    listed = [{"name": s.name, "title": s.title, "base": s.base or "", "instruments": ", ".join(s.policy),
               "purpose": s.purpose} for s in rows]
    if as_json:
        machine([{**row, "source": s.source, "hash": s.hash} for row, s in zip(listed, rows, strict=True)])
        return
    show.rows(listed, "Scenarios")
    if not everything:
        more = len(variant_names())
        say(f"{more} more with --all: only_INSTRUMENT_low, _mid, _high, full_chain_without_INSTRUMENT")


@app.command()
def levers(
    stage: Annotated[str | None, typer.Argument(help="formation, growth, ..., services, bureau; default all.")] = None,
    as_json: Json = False,
) -> None:
    """List the instruments of policy and their levers."""
    from alliancelab.agents.errors import UserError, did_you_mean
    from alliancelab.cli import show
    from alliancelab.model.policy.own import known_instruments

    stages = list(dict.fromkeys(instrument.policy_stage for instrument in known_instruments()))
    if stage is not None and stage not in stages:
        raise UserError(f"there is no policy stage '{stage}'; {did_you_mean(stage, stages)}")
    chosen = [instrument for instrument in known_instruments() if stage in (None, instrument.policy_stage)]
    if as_json:
        machine([show.declaration(instrument) for instrument in chosen])
        return
    for instrument in chosen:
        show.instrument(instrument)


@app.command()
def parameters(
    name: Annotated[str | None, typer.Argument(help="Part of a name; default all.")] = None, as_json: Json = False,
) -> None:
    """List the parameters of the model, with bounds, units and sources."""
    from alliancelab import catalogue

    _catalogue(catalogue.parameters(), name, "Parameters", as_json)


@app.command()
def outcomes(
    name: Annotated[str | None, typer.Argument(help="Part of a name; default all.")] = None, as_json: Json = False,
) -> None:
    """List the outcomes of a run, with units and meanings."""
    from alliancelab import catalogue

    _catalogue(catalogue.outcomes(), name, "Outcomes", as_json)


def _catalogue(table: "pd.DataFrame", part: str | None, title: str, as_json: bool) -> None:
    from alliancelab.agents.errors import UserError, did_you_mean
    from alliancelab.cli import show

    found = table if part is None else table[table.index.str.contains(part, regex=False)]
    if found.empty:
        raise UserError(f"no name contains '{part}'; {did_you_mean(str(part), table.index)}")
    if as_json:
        machine(show.records(found))
    else:
        show.table(found, title)


for one in (calibration.calibrate, calibration.validate, calibration.targets, studies.lifecycle,
            studies.replicates, worlds.uncertainties, fit_region):
    app.command()(one)
app.command(cls=worlds.WithWorlds)(studies.counterfactual)
app.command(cls=worlds.WithWorlds)(studies.effects)


@app.command()
def check(
    file: Annotated[str, typer.Argument(help="A .toml file, or a name of the library.")],
    as_json: Json = False,
) -> None:
    """Check a scenario file and say what it does."""
    from alliancelab.scenarios.scenario import load
    from alliancelab.scenarios.scorecard import check_scorecard

    scenario = load(file)
    check_scorecard(scenario)
    if as_json:
        machine({"hash": scenario.hash, **scenario.as_dict()})
        return
    acting = ", ".join(scenario.policy) or "no instrument"
    say(f"{file} is a valid scenario: {scenario.title}; {acting}; "
        f"{scenario.world['firms']} firms, {scenario.world['quarters']} quarters; hash {scenario.hash[:12]}")
    for note in scenario.notes():
        say(f"note: {note}")


@app.command()
def new(
    file: Annotated[Path, typer.Argument(help="The .toml file to make.")],
    base: Annotated[str, typer.Option(help="The scenario that it starts from.")] = "no_policy",
    region: Annotated[bool, typer.Option("--region", help="With base figures and scorecard of a county or cluster.")
                      ] = False,
    figures: Annotated[Path | None, typer.Option(
        metavar="FILE", help="Its figures: a .csv (indicator, start, years) or a .toml of scorecard lines.")] = None,
    year: Annotated[int | None, typer.Option(help="First year of its plan; the base's calendars move there.")] = None,
) -> None:
    """Create a scenario file that inherits everything from its base."""
    from alliancelab.scenarios.template import write_template

    write_template(file, base, region, figures, year)
    say(f"{file} is written; change it, then: {command('check', file)}")
