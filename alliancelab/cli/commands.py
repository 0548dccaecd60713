"""The commands and their options; what is slow to import is imported when a command runs."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from alliancelab.cli import calibration, studies, sweep
from alliancelab.cli.dashboard import dashboard
from alliancelab.cli.options import Set
from alliancelab.cli.report import Language, report

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="An agent-based lab for industrial technology alliances and the policies that serve them.",
)

Json = Annotated[bool, typer.Option("--json", help="Print JSON on stdout, for machines.")]
Out = Annotated[Path | None, typer.Option("--out", metavar="DIR", help="Write tables and figures to this folder.")]


app.add_typer(sweep.app, name="sweep")
for reading in (sweep.sensitivity, sweep.discover, sweep.heatmap):
    app.command()(reading)


@app.callback(invoke_without_command=True)
def _options(
    version: Annotated[bool, typer.Option("--version", help="Print the version and end.", is_eager=True)] = False,
) -> None:
    if version:
        from alliancelab import __version__

        print(__version__)
        raise typer.Exit


@app.command()
def run(
    scenario: Annotated[str, typer.Argument(help="A name of the library, or a .toml file.")],
    seed: Annotated[int, typer.Option(help="Decides the luck; the same seed gives the same run.")] = 0,
    out: Out = None,
    changes: Set = None,
    language: Language = "en",
    scorecard: Annotated[
        bool, typer.Option("--scorecard", help="Run replicates and print plan against outcome instead.")
    ] = False,
    replicates: Annotated[int, typer.Option(help="Runs of a scorecard.")] = 30,
    as_json: Json = False,
) -> None:
    """Run one scenario once, or score it on replicates."""
    from alliancelab import api
    from alliancelab.cli import show

    if scorecard:
        from alliancelab.cli.scorecard import print_scorecard

        print_scorecard(scenario, replicates, seed, None, out, changes, as_json)
        return
    result = api.run(scenario, seed=seed, overrides=show.settings(changes), out=out, announce=show.announce,
                     language=language)
    if as_json:
        document = {"scenario": result.scenario.name, "hash": result.scenario.hash, "seed": seed}
        print(json.dumps(document | {"outcomes": show.records(result.summary()), "folder": _text(out)}, indent=2))
        return
    show.table(result.summary(), f"{result.scenario.title}, seed {seed}")
    show.written(out)


@app.command()
def scorecard(
    scenario: Annotated[str, typer.Argument(help="A scenario that declares a scorecard.")],
    replicates: Annotated[int, typer.Option(help="Runs.")] = 30,
    seed: Annotated[int, typer.Option(help="Seed of the first replicate; the others follow.")] = 0,
    workers: Annotated[int | None, typer.Option(help="Threads; by default one for each core.")] = None,
    out: Out = None,
    changes: Set = None,
    as_json: Json = False,
) -> None:
    """Plan against outcome: start, target, interval and probability of each indicator."""
    from alliancelab.cli.scorecard import print_scorecard

    print_scorecard(scenario, replicates, seed, workers, out, changes, as_json)


@app.command()
def compare(
    scenarios: Annotated[list[str], typer.Argument(help="Names of the library, or .toml files; first the yardstick.")],
    replicates: Annotated[int, typer.Option(help="Runs of each scenario, on common random numbers.")] = 100,
    seed: Annotated[int, typer.Option(help="Seed of the first replicate; the others follow.")] = 0,
    workers: Annotated[int | None, typer.Option(help="Threads; by default one for each core.")] = None,
    equal_budget: Annotated[
        bool, typer.Option("--equal-budget", help="Scale budgets until all that spend have the same mean outlay.")
    ] = False,
    budget: Annotated[
        float | None, typer.Option(help="Outlay of a run to aim at, million yuan; implies --equal-budget.")
    ] = None,
    out: Out = None,
    changes: Set = None,
    language: Language = "en",
    as_json: Json = False,
) -> None:
    """Compare scenarios on replicates: paired differences with their intervals."""
    from alliancelab import api
    from alliancelab.cli import show

    with show.progress() as progress:
        result = api.compare(
            scenarios, replicates=replicates, first_seed=seed, workers=workers,
            equal_budget=equal_budget or budget is not None, budget=budget,
            overrides=show.settings(changes), out=out, progress=progress, announce=show.announce,
            language=language,
        )
    budgets = result.provenance.get("budgets", [])
    if as_json:
        document: dict[str, Any] = {"scenarios": [s.name for s in result.scenarios], "replicates": replicates}
        document["summary"] = show.records(result.summary())
        document["differences"] = show.records(result.differences) if len(result.names) > 1 else []
        print(json.dumps(document | {"budgets": budgets, "folder": _text(out)}, indent=2))
        return
    for line in budgets:
        show.budget(line)
    show.comparison(result, f"{replicates} replicates of each scenario, seeds {seed} to {seed + replicates - 1}")
    show.written(out)


def _text(out: Path | None) -> str | None:
    return None if out is None else str(out)


app.command()(report)
app.command(name="app")(dashboard)


@app.command(name="scenarios")
def list_scenarios(
    everything: Annotated[
        bool, typer.Option("--all", help="Also those of one instrument alone, and of the chain without one.")
    ] = False,
    as_json: Json = False,
) -> None:
    """List the scenarios of the library."""
    from alliancelab.cli import show
    from alliancelab.scenarios.scenario import library_names, load
    from alliancelab.scenarios.variants import variant_names

    rows = [load(name) for name in library_names() + (variant_names() if everything else [])]
    listed = [{"name": s.name, "title": s.title, "base": s.base or "", "instruments": ", ".join(s.policy),
               "purpose": s.purpose} for s in rows]
    if as_json:
        print(json.dumps([{**row, "source": s.source, "hash": s.hash} for row, s in zip(listed, rows, strict=True)],
                         indent=2, ensure_ascii=False))
        return
    show.rows(listed, "Scenarios")
    if not everything:
        more = len(variant_names())
        print(f"{more} more with --all: only_INSTRUMENT_low, _mid, _high, full_chain_without_INSTRUMENT")


@app.command()
def levers(
    stage: Annotated[str | None, typer.Argument(help="formation, growth, ..., services, bureau; default all.")] = None,
    as_json: Json = False,
) -> None:
    """List the instruments of policy and their levers."""
    from alliancelab.cli import show
    from alliancelab.model.policy.own import known_instruments
    from alliancelab.scenarios.errors import UserError, did_you_mean

    stages = list(dict.fromkeys(instrument.policy_stage for instrument in known_instruments()))
    if stage is not None and stage not in stages:
        raise UserError(f"there is no policy stage '{stage}'; {did_you_mean(stage, stages)}")
    chosen = [instrument for instrument in known_instruments() if stage in (None, instrument.policy_stage)]
    if as_json:
        print(json.dumps([show.declaration(instrument) for instrument in chosen], indent=2))
        return
    for instrument in chosen:
        show.instrument(instrument)


@app.command()
def effects(
    strengths: Annotated[list[str] | None, typer.Argument(help="low, mid, high; default mid.")] = None,
    replicates: Annotated[int, typer.Option(help="Runs of each scenario, on common random numbers.")] = 60,
    seed: Annotated[int, typer.Option(help="Seed of the first replicate.")] = 0,
    workers: Annotated[int | None, typer.Option(help="Threads; by default one for each core.")] = None,
    markdown: Annotated[Path | None, typer.Option(help="Write the table as Markdown to this file.")] = None,
    as_json: Json = False,
) -> None:
    """What each instrument does alone: paired differences from the scenario that it is laid over."""
    from alliancelab import api
    from alliancelab.cli import show

    with show.progress() as progress:
        table = api.effects(strengths or ["mid"], replicates, seed, workers, progress, show.announce)
    if as_json:
        print(json.dumps(show.records(table.reset_index()), indent=2))
        return
    if markdown is not None:
        show.write_page(markdown, show.effects_page(table, strengths or ["mid"], replicates, seed))
        return
    show.effects(table, f"{replicates} replicates, seeds {seed} to {seed + replicates - 1}")


for command in (calibration.calibrate, calibration.validate, calibration.targets, studies.lifecycle,
                studies.counterfactual, studies.replicates):
    app.command()(command)


@app.command()
def check(
    file: Annotated[str, typer.Argument(help="A .toml file, or a name of the library.")],
    as_json: Json = False,
) -> None:
    """Check a scenario file and say what it does."""
    from alliancelab.scenarios.scenario import load

    scenario = load(file)
    if as_json:
        print(json.dumps({"hash": scenario.hash, **scenario.as_dict()}, indent=2, ensure_ascii=False))
        return
    acting = ", ".join(scenario.policy) or "no instrument"
    print(f"{file} is a valid scenario: {scenario.title}; {acting}; "
          f"{scenario.world['firms']} firms, {scenario.world['quarters']} quarters; hash {scenario.hash[:12]}")
    for note in scenario.notes():
        print(f"note: {note}")


@app.command()
def new(
    file: Annotated[Path, typer.Argument(help="The .toml file to make.")],
    base: Annotated[str, typer.Option(help="The scenario that it starts from.")] = "no_policy",
) -> None:
    """Make a scenario file that differs from its base in nothing yet."""
    from alliancelab.scenarios.template import write_template

    write_template(file, base)
    print(f"{file} is written; change it, then: alliancelab check {file}")
