"""The commands of the studies: `effects`, `lifecycle`, `counterfactual` and `replicates`."""

import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from alliancelab.cli.calibration import Workers
from alliancelab.cli.options import Json, Out, Overwrite, Set
from alliancelab.cli.terminal import machine, say, warn
from alliancelab.cli.worlds import Chosen, InWorlds, print_worlds

if TYPE_CHECKING:
    import pandas as pd

    from alliancelab.analysis.results.replicate_plan import ReplicatePlan

__all__ = ["counterfactual", "effects", "lifecycle", "replicates"]

MAKER = {"Software": "made by alliancelab"}
"""What a figure in a file of its own says of its maker, so that no other picture is ever replaced."""

Replicates = Annotated[int, typer.Option(help="Runs of each scenario, on common random numbers.")]
Seed = Annotated[int, typer.Option(help="Seed of the first replicate; the others follow.")]
Markdown = Annotated[Path | None, typer.Option(help="Write the tables as Markdown to this file.")]


def effects(
    strengths: Annotated[list[str] | None, typer.Argument(help="low, mid, high; default mid.")] = None,
    replicates: Annotated[int | None, typer.Option(
        help="Runs of each scenario, on common random numbers; default 60, with --worlds 4 in each.")] = None,
    seed: Seed = 0,
    workers: Workers = None,
    worlds: InWorlds = None,
    ensemble: Chosen = None,
    out: Annotated[Path | None, typer.Option(
        "--out", metavar="DIR", help="With --worlds: write tables and figures to this folder.")] = None,
    overwrite: Overwrite = False,
    markdown: Annotated[Path | None, typer.Option(help="Write the table as Markdown to this file.")] = None,
    as_json: Json = False,
) -> None:
    """What each instrument does alone: paired differences from the scenario that it is laid over."""
    from alliancelab import studies
    from alliancelab.cli import show

    show.check_page(markdown)
    chosen = strengths or ["mid"]
    with show.stoppable(out, worlds is not None), show.progress() as progress:
        found = studies.effects(chosen, replicates, seed, workers, progress, warn, worlds, ensemble, out, overwrite)
    if isinstance(found, studies.WorldComparison):
        command = _command("effects", chosen, found.runs.seeds.shape[1], seed, None, worlds, ensemble)
        print_worlds(found, out, as_json, markdown, command)
        return
    replicates = int(found["n"].max())
    if as_json:
        machine(show.records(found.reset_index()))
        return
    if markdown is not None:
        show.write_page(markdown, show.effects_page(found, chosen, replicates, seed))
        return
    show.effects(found, f"{replicates} replicates, seeds {seed} to {seed + replicates - 1}")


def lifecycle(
    scenarios: Annotated[list[str], typer.Argument(help="Scenario names or .toml files; the first is the baseline.")],
    replicates: Replicates = 20,
    seed: Seed = 0,
    workers: Workers = None,
    out: Out = None,
    overwrite: Overwrite = False,
    markdown: Markdown = None,
    changes: Set = None,
    as_json: Json = False,
) -> None:
    """Fitted curves, turning points, survival, stage durations, doors of re-growth, over replicates."""
    from alliancelab import studies
    from alliancelab.cli import show

    show.check_page(markdown)
    with show.progress() as progress:
        result = studies.lifecycle(scenarios, replicates, seed, workers, show.settings(changes), out, progress,
                                   warn, overwrite)
    long = ("curves", "survival", "life_courses", "examples")
    tables = {name: table for name, table in result.tables().items() if name not in long}
    command = _command("lifecycle", scenarios, replicates, seed, changes)
    _answer(tables, command, {"scenarios": result.names, "replicates": replicates}, [], out, markdown, as_json)


def counterfactual(
    base: Annotated[str, typer.Argument(help="The scenario without the policy.")],
    scenario: Annotated[str, typer.Argument(help="The scenario with it.")],
    replicates: Annotated[int | None, typer.Option(
        help="Runs of each scenario, on common random numbers; default 20, with --worlds 4 in each.")] = None,
    seed: Seed = 0,
    workers: Workers = None,
    worlds: InWorlds = None,
    ensemble: Chosen = None,
    out: Out = None,
    overwrite: Overwrite = False,
    markdown: Markdown = None,
    changes: Set = None,
    as_json: Json = False,
) -> None:
    """The same alliances and firms with and without a policy: effects, deadweight, pilots' selection and treatment."""
    from alliancelab import studies
    from alliancelab.cli import show

    show.check_page(markdown)
    with show.stoppable(out, worlds is not None), show.progress() as progress:
        result = studies.counterfactual(base, scenario, replicates, seed, workers, show.settings(changes), out,
                                        progress, warn, overwrite, worlds, ensemble)
    if not isinstance(result, studies.Counterfactual):
        count = result.runs.seeds.shape[1]
        command = _command("counterfactual", [base, scenario], count, seed, changes, worlds, ensemble)
        print_worlds(result, out, as_json, markdown, command)
        return
    replicates = result.runs
    command = _command("counterfactual", [base, scenario], replicates, seed, changes)
    _answer(result.tables(), command, {"base": result.scenarios[0].name, "scenario": result.scenarios[1].name,
                                       "replicates": replicates}, result.notes(), out, markdown, as_json)


def replicates(
    scenarios: Annotated[list[str], typer.Argument(help="One scenario, or two to be compared.")],
    outcome: Annotated[list[str] | None, typer.Option(help="Outcome to plan for, repeatable; default all.")] = None,
    half_width: Annotated[
        float | None, typer.Option(help="Half-width aimed at of the 95 % interval, in the outcome's unit.")
    ] = None,
    relative: Annotated[float, typer.Option(help="The same as a share of the first scenario's mean.")] = 0.05,
    alpha: Annotated[float, typer.Option(help="Level of the test that power is worked out for.")] = 0.01,
    power: Annotated[float, typer.Option(help="Chance to find a difference as large as the half-width.")] = 0.95,
    cells: Annotated[int, typer.Option(help="Scenarios of an experiment with independent seeds.")] = 2,
    pilot: Annotated[int, typer.Option(help="Runs of each scenario to plan from.")] = 100,
    seed: Seed = 0,
    workers: Workers = None,
    figure: Annotated[Path | None, typer.Option(help="Draw the first outcome to this .png file.")] = None,
    changes: Set = None,
    as_json: Json = False,
) -> None:
    """How many replicates: stability of the spread, width of intervals, power of the paired test."""
    from alliancelab import studies
    from alliancelab.analysis.statistics.sample_size import Goal
    from alliancelab.cli import show

    if figure is not None:
        _check_figure(figure)
    with show.progress() as progress:
        plan = studies.plan_replicates(scenarios, outcome or (), Goal(half_width, relative, alpha, power, cells), pilot,
                                       seed, workers, show.settings(changes), progress, warn)
    if figure is not None:
        _draw(plan, figure)
    if as_json:
        machine({"pilot": pilot, "outcomes": show.records(plan.table), "advice": plan.notes()})
        return
    show.rows([{"outcome": f"{row.pop('title')} ({row.pop('unit')})", **row}
               for row in plan.table.to_dict("records")],
              f"Replicates that outcomes need, from {pilot} runs, seeds {seed} to {seed + pilot - 1}")
    for line in plan.notes():
        say(line)
    show.written(figure)


def _command(name: str, words: Sequence[str], replicates: int, seed: int, changes: list[str] | None = None,
             worlds: int | None = None, ensemble: Path | None = None) -> str:
    """What to type to get a page again."""
    changed = [word for change in changes or () for word in ("--set", change)]
    where = [*(("--worlds", str(worlds)) if worlds is not None else ()),
             *(("--ensemble", str(ensemble)) if ensemble is not None else ())]
    return shlex.join([name, *words, *where, "--replicates", str(replicates), "--seed", str(seed), *changed])


def _answer(tables: "dict[str, pd.DataFrame]", command: str, document: dict[str, Any], notes: list[str],
            out: Path | None, markdown: Path | None, as_json: bool) -> None:
    """Print tables, or give them to machines or to a page of documentation."""
    from alliancelab.cli import show

    if as_json:
        found = {name: show.records(table) for name, table in tables.items()}
        machine(document | found | {"folder": None if out is None else str(out)})
        return
    if markdown is not None:
        show.write_page(markdown, show.tables_page(tables, command))
    else:
        for name, table in tables.items():
            show.table(table, name.replace("_", " ").capitalize())
        for note in notes:
            say(note)
    show.written(out)


def _check_figure(file: Path) -> None:
    """Refuse, before anything is computed, a name that is no figure's, or somebody's own picture."""
    from alliancelab.agents.errors import UserError
    from alliancelab.cli import show

    if file.suffix.lower() != ".png":
        raise UserError(f"{file}: the figure has to end in .png")
    show.check_target(file, MAKER["Software"], 200)


def _draw(plan: "ReplicatePlan", file: Path) -> None:
    """Draw a plan to a file of a kind that matplotlib knows."""
    from alliancelab.agents.errors import UserError

    try:
        plan.plot.outcome().savefig(file, dpi=150, metadata=MAKER)
    except OSError as error:
        raise UserError(f"{file}: the figure cannot be written: {error.strerror}") from None
