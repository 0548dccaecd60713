"""`alliancelab sweep`: plan, run, resume, status, verify, compact, slurm; and what is learnt from a finished one."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from alliancelab.cli.options import Json, Out, Overwrite
from alliancelab.cli.terminal import command, machine, say, warn

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    from alliancelab.analysis.results.sweep import SweepResults
    from alliancelab.scenarios.sweep.folder import Status

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="Many runs by a design: planned first, stopped and resumed at will, on this machine or many.",
)

COMPILING = "Compiling the model for this machine: once, up to a minute."
POINTS_SHOWN = 20  # of a sweep in worlds; with --out all are written
FAILED = 3  # exit code: the command went through and some runs did not, or something has to be done again

Folder = Annotated[str, typer.Argument(metavar="DIR", help="Folder of a planned sweep, or a URL that fsspec opens.")]


@app.command()
def plan(
    design: Annotated[str, typer.Argument(help="A .toml file, or a name of a design that comes with the package.")],
    out: Annotated[str, typer.Option(metavar="DIR", help="New folder; or one of the same design, to add replicates.")],
    yes: Annotated[
        bool, typer.Option("--yes", help="Proceed without asking, even if the plan exceeds one hour or 1 GB.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Check a design, measure a few of its runs, and write down what is to be run."""
    from alliancelab.agents.compiled import is_cold
    from alliancelab.cli import show
    from alliancelab.scenarios.sweep.run import plan_sweep

    if is_cold():
        warn(COMPILING)
    with show.progress() as progress:
        planned = plan_sweep(design, out, yes, progress)
    sweep, cost = planned.sweep, planned.estimate
    if as_json:
        document: dict[str, Any] = {"folder": out, "runs": sweep.runs, "shards": len(sweep.shards()),
                                    "notes": planned.notes, "added": cost._asdict() if cost else None}
        machine(document)
        return
    if cost is None:
        say(f"{out} holds this plan already: {sweep.runs:,} runs")
    else:
        say(f"planned in {out}: {cost.runs:,} runs, {sweep.runs:,} in all, in {len(sweep.shards()):,} shards")
        say(f"About {1e3 * cost.seconds_a_run:,.0f} ms per run. The {cost.runs:,} new runs need about "
            f"{_span(cost.seconds)} on {cost.cores} cores and at most {cost.megabytes:,.1f} MB.")
    for note in planned.notes:
        say(f"note: {note}, unless a factor says otherwise")
    say(f"next: {command('sweep', 'run', out)}")


@app.command()
def run(
    folder: Folder,
    workers: Annotated[int | None, typer.Option(help="Processes; by default one for each core.")] = None,
    time_limit: Annotated[float | None, typer.Option(help="Seconds that one run may take.")] = None,
    shard: Annotated[str | None, typer.Option(metavar="I/N", help="Only every N-th shard, from the I-th on.")] = None,
    cluster: Annotated[str | None, typer.Option(metavar="ADDRESS", help="Scheduler of a Dask cluster.")] = None,
    retry_failed: Annotated[bool, typer.Option("--retry-failed", help="Do shards with failed runs again.")] = False,
    as_json: Json = False,
) -> None:
    """Do what is missing; the same command goes on after whatever stopped it."""
    from alliancelab.agents.compiled import is_cold
    from alliancelab.cli import show
    from alliancelab.scenarios.sweep.run import run_sweep

    if is_cold() and cluster is None:
        warn(COMPILING)
    try:
        with show.progress() as progress:
            ran = run_sweep(folder, workers, time_limit, shard, cluster, retry_failed, progress)
    except (KeyboardInterrupt, SystemExit):
        warn(f"stopped; what is done is kept, and the same goes on: {command('sweep', 'run', folder)}")
        raise
    if as_json:
        more = {"deaths": ran.deaths, "lost": ran.lost, "set_aside": [f.name for f in ran.findings]}
        machine({**_document(ran.status), **more})
    else:
        for finding in ran.findings:
            say(f"set aside: {finding.name} {finding.problem}")
        if ran.deaths:
            say(f"{ran.deaths} workers died and were replaced")
        for name in ran.lost:
            say(f"shard {name} was lost with its workers; run it without --cluster to find the run that kills them")
        _tell(ran.status)
    if ran.status.failed or ran.lost:
        raise typer.Exit(FAILED)


app.command(name="resume", help="The same as run.")(run)


@app.command()
def status(folder: Folder, as_json: Json = False) -> None:
    """How far a sweep is."""
    from alliancelab.scenarios.sweep.folder import status as status_of
    from alliancelab.scenarios.sweep.plan import Sweep

    found = status_of(Sweep(folder))
    if as_json:
        machine(_document(found))
    else:
        _tell(found)


@app.command()
def verify(folder: Folder, as_json: Json = False) -> None:
    """Read every part; set aside what is torn, changed or foreign; name what is missing. Exit code 3 if anything is."""
    from alliancelab.scenarios.sweep.folder import verify as findings_of
    from alliancelab.scenarios.sweep.plan import Sweep

    sweep = Sweep(folder)
    findings = findings_of(sweep)
    if as_json:
        machine([finding._asdict() for finding in findings])
    else:
        for finding in findings:
            say(f"{finding.name}: {finding.problem}{'; set aside' if finding.aside else ''}")
        say(f"{len(findings)} to be done: {command('sweep', 'run', folder)}" if findings
            else f"{sweep.runs:,} runs, every part is sound")
    if findings:
        raise typer.Exit(FAILED)


@app.command()
def compact(folder: Folder, as_json: Json = False) -> None:
    """Join the parts of a complete sweep into few large files."""
    from alliancelab.scenarios.sweep.folder import compact as compacted
    from alliancelab.scenarios.sweep.plan import Sweep

    before, after = compacted(Sweep(folder))
    if as_json:
        machine({"before": before, "after": after})
    else:
        say(f"{before:,} files are now {after:,}")


@app.command()
def slurm(
    folder: Folder,
    tasks: Annotated[int, typer.Option(min=1, help="Tasks of the array.")] = 10,
    cores: Annotated[int, typer.Option(min=1, help="Cores of a task.")] = 4,
) -> None:
    """Print a script for sbatch."""
    from alliancelab.scenarios.sweep.folder import slurm_script
    from alliancelab.scenarios.sweep.plan import Sweep

    say(slurm_script(Sweep(folder), tasks, cores), end="")


def _document(found: "Status") -> dict[str, Any]:
    return {**found._asdict(), "complete": found.complete}


def _tell(found: "Status") -> None:
    say(f"{found.done:,} of {found.runs:,} runs are done, {found.shards - found.open:,} of {found.shards:,} shards"
        + (f", {found.claimed:,} more are claimed" if found.claimed else ""))
    if not found.complete:
        say(f"what is left takes about {_span(found.seconds_left)} of one core")
    if found.failed:
        say(f"{found.failed:,} runs failed:")
        for reason, count in sorted(found.reasons.items(), key=lambda item: -item[1])[:10]:
            say(f"  {count:,} x {reason}")


def _span(seconds: float) -> str:
    if seconds < 120:
        return f"{seconds:.1f} s" if seconds < 10 else f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} minutes" if seconds < 7200 else f"{seconds / 3600:.1f} hours"


# --- what is learnt ------------------------------------------------------------------------------------------------

Outcome = Annotated[list[str] | None, typer.Option(help="An outcome; several times for several.")]
OneScenario = Annotated[str | None, typer.Option(help="One of the scenarios of the sweep; default the first.")]
Partial = Annotated[bool, typer.Option("--partial", help="Use the runs finished so far.")]


def sensitivity(
    folder: Folder, outcome: Outcome = None, scenario: OneScenario = None, partial: Partial = False, out: Out = None,
    overwrite: Overwrite = False, as_json: Json = False,
) -> None:
    """Which factors of a finished sweep matter, with intervals, and how much of the variance the seed makes."""
    from alliancelab.analysis.results.sweep import SweepResults
    from alliancelab.analysis.results.sweep_plots import MAIN
    from alliancelab.cli import show

    _check_out(out, overwrite, folder)
    results = SweepResults(folder, partial)
    outcomes = list(dict.fromkeys(outcome or MAIN))
    table, shares = results.sensitivity(outcomes, scenario), results.seed_variance(outcomes, scenario)
    left_out = results.unanswered(outcomes, scenario)
    effects = results.effects(outcomes, scenario) if results.in_worlds else None
    if out is not None:
        figures = {"sensitivity": results.plot.sensitivity(outcomes, scenario)}
        tables = {"sensitivity": table, "seed_variance": shares} | ({} if effects is None else {"effects": effects})
        if results.method == "oat":
            import pandas as pd

            moved = {name: results.trajectories(name, scenario) for name in outcomes}
            tables["trajectories"] = pd.concat(moved, names=["outcome"]).reset_index(level="outcome")
            figures |= {f"trajectories_{name}": results.plot.trajectories(name, scenario) for name in outcomes}
        _save(results, out, tables, figures, {
            "scenario": scenario or results.names[0], "outcomes": outcomes, "left_out": left_out})
    if as_json:
        document = {"method": results.method, "sensitivity": show.records(table), "seed_variance": show.records(shares),
                    "left_out": left_out, **({} if effects is None else {"effects": show.records(effects)})}
        machine({**document, "failed": len(results.failures)})
        return
    show.table(_ranked(table, results.ranked_by),
               f"{results.method}, {len(results.runs):,} runs: factors ranked by {results.ranked_by}")
    show.table(shares, "Shares of the variance of single runs")
    if effects is not None:
        _tell_effects(results, effects)
    for outcome_, points in left_out.items():
        _tell_left_out(outcome_, points, results)
    _tell_failed(results)
    show.written(out)


def _tell_effects(results: "SweepResults", effects: "pd.DataFrame") -> None:
    """Print how points differ from the scenario as it is, in how many worlds; of many those that fewest bear out."""
    from alliancelab.analysis.tables.worlds import decided, holds
    from alliancelab.cli import show

    say("The seed's part of these shares holds what differs between worlds, too.")
    for name in effects.index.unique("outcome"):
        table = effects.xs(name, level="outcome")
        shown = table.sort_values("holding", kind="stable").head(POINTS_SHOWN) if len(table) > POINTS_SHOWN else table
        rows = [{"point": str(point), **{f.name: show.cell(float(row[f.name])) for f in results.factors},
                 "difference": show.signed(row["effect"]), "luck alone": show.between(row, "luck_low", "luck_high"),
                 "everything": show.between(row, "low", "high"), "sign holds": holds(row), "flipped by": decided(row)}
                for point, row in shown.iterrows()]
        some = "" if len(shown) == len(table) else f", the {len(shown)} of {len(table)} that fewest bear out"
        first = table.iloc[0]
        show.rows(rows, f"{first['title']} ({first['unit']}): points against the scenario as it is in "
                        f"{results.sweep.manifest['worlds']['count']} worlds{some}")


def _ranked(table: "pd.DataFrame", ranked_by: str) -> "pd.DataFrame":
    """Factors of each outcome in order, the one that matters most first."""
    order = table[ranked_by].abs().groupby(level="outcome", sort=False).rank(
        ascending=False, method="first", na_option="bottom")
    place = {name: k for k, name in enumerate(table.index.unique("outcome"))}
    key = order + len(table) * table.index.get_level_values("outcome").map(place).to_numpy()
    return table.iloc[key.argsort(kind="stable").to_numpy()]


def discover(
    folder: Folder,
    outcome: Annotated[str, typer.Option(help="The outcome that runs are of interest for.")],
    above: Annotated[float | None, typer.Option(help="Runs are of interest where it is above this.")] = None,
    below: Annotated[float | None, typer.Option(help="Runs are of interest where it is below this.")] = None,
    coverage: Annotated[float, typer.Option(help="Share of the runs of interest that the box has to hold.")] = 0.5,
    scenario: OneScenario = None,
    partial: Partial = False,
    out: Out = None,
    overwrite: Overwrite = False,
    as_json: Json = False,
) -> None:
    """The box of factors in which an outcome of a finished sweep is above, or below, a value (PRIM)."""
    from alliancelab.analysis.results.sweep import SweepResults
    from alliancelab.cli import show

    _check_out(out, overwrite, folder)
    results = SweepResults(folder, partial)
    found = results.discover(outcome, above, below, coverage, scenario)
    if out is not None:
        found.save(out)
    if as_json:
        box = {name: value for name, value in found.found.items() if isinstance(value, float)}
        machine({**box, "limits": show.records(found.limits), "steps": show.records(found.steps)})
        return
    say(found.sentence)
    show.table(found.limits, "The box; factors that are not named are free")
    _tell_failed(results)
    show.written(out)


def heatmap(
    folder: Folder,
    x: Annotated[str, typer.Argument(help="Factor across.")],
    y: Annotated[str, typer.Argument(help="Factor upwards.")],
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Write the figures to this folder.")],
    outcome: Outcome = None,
    scenario: OneScenario = None,
    partial: Partial = False,
    overwrite: Overwrite = False,
) -> None:
    """Draw mean outcomes of a finished sweep over two factors."""
    from alliancelab.analysis.results.sweep import SweepResults
    from alliancelab.analysis.results.sweep_plots import MAIN
    from alliancelab.cli import show

    _check_out(out, overwrite, folder)
    results = SweepResults(folder, partial)
    outcomes = list(dict.fromkeys(outcome or MAIN))
    figures = {f"heat_map_{name}": results.plot.heat_map(x, y, name, scenario) for name in outcomes}
    _save(results, out, {}, figures, {"scenario": scenario or results.names[0], "x": x, "y": y})
    show.written(out)


def _check_out(out: Path | None, overwrite: bool, sweep: Path | str) -> None:
    from alliancelab.scenarios import store

    if out is not None:
        store.check_folder(out, overwrite, [Path(sweep)])


def _save(
    results: "SweepResults", out: Path, tables: "dict[str, pd.DataFrame]", figures: "dict[str, Figure]",
    more: dict[str, Any],
) -> None:
    """Write tables and figures with the provenance of the sweep that they were made from."""
    from alliancelab.scenarios import store

    manifest = results.sweep.manifest
    with store.staged(out) as place:
        for name, frame in tables.items():
            store.write_table(place, name, frame)
        for name, figure in figures.items():
            figure.savefig(place / f"{name}.png", dpi=150)
        kept = ("program", "version", "identity", "plan", "design", "scenarios", "packages", "platform")
        store.write_json(place, "analysis.json", {
            "kind": "analysis of a sweep", **more, "sweep": results.sweep.storage.url,
            "runs": len(results.runs), "failed": len(results.failures), **{key: manifest[key] for key in kept}})


def _tell_left_out(outcome: str, points: dict[str, list[int]], results: "SweepResults") -> None:
    """Say which points an outcome has no answer at, and what that means for the tables."""
    total = results.sweep.points
    if points["none"]:
        so = ("its indices cannot be told" if results.method in ("morris", "saltelli") else "they are left out")
        say(f"{outcome}: no answer at {len(points['none'])} of {total} points ({_numbers(points['none'])}); {so}")
    if points["some"]:
        say(f"{outcome}: not every replicate gives an answer at {len(points['some'])} of {total} points "
            f"({_numbers(points['some'])}); their means are over those that do, and shares of variance leave them out")


def _numbers(points: list[int]) -> str:
    shown = ", ".join(map(str, points[:10]))
    return shown if len(points) <= 10 else f"{shown} and {len(points) - 10} more"


def _tell_failed(results: "SweepResults") -> None:
    if len(results.failures):
        say(f"{len(results.failures):,} runs failed and are left out; `alliancelab sweep status` says why")
