"""`alliancelab sweep`: plan, run, resume, status, verify, compact, slurm; and what is learnt from a finished one."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    from alliancelab.analysis.sweeps import SweepResults
    from alliancelab.scenarios.sweep.folder import Status

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="Many runs by a design: planned first, stopped and resumed at will, on this machine or many.",
)

COMPILING = "Compiling the model for this machine: once, up to a minute."
FAILED = 3  # exit code: the command went through and some runs did not, or something has to be done again

Folder = Annotated[str, typer.Argument(metavar="DIR", help="Folder of a planned sweep, or a URL that fsspec opens.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON on stdout, for machines.")]


@app.command()
def plan(
    design: Annotated[str, typer.Argument(help="A .toml file, or a name of a design that comes with the package.")],
    out: Annotated[str, typer.Option(metavar="DIR", help="New folder; or one of the same design, to add replicates.")],
    yes: Annotated[bool, typer.Option("--yes", help="It may take more than an hour or a gigabyte.")] = False,
    as_json: Json = False,
) -> None:
    """Check a design, measure a few of its runs, and write down what is to be run."""
    from alliancelab.agents.compiled import is_cold
    from alliancelab.cli import show
    from alliancelab.scenarios.sweep.run import plan_sweep

    if is_cold():
        show.announce(COMPILING)
    with show.progress() as progress:
        planned = plan_sweep(design, out, yes, progress)
    sweep, cost = planned.sweep, planned.estimate
    if as_json:
        document: dict[str, Any] = {"folder": out, "runs": sweep.runs, "shards": len(sweep.shards()),
                                    "notes": planned.notes, "added": cost._asdict() if cost else None}
        print(json.dumps(document, indent=2))
        return
    if cost is None:
        print(f"{out} holds this plan already: {sweep.runs:,} runs")
    else:
        print(f"planned in {out}: {cost.runs:,} runs, {sweep.runs:,} in all, in {len(sweep.shards()):,} shards")
        print(f"a run takes about {1e3 * cost.seconds_a_run:.3g} ms here, what is new about {_span(cost.seconds)} on "
              f"{cost.cores} cores and at most {cost.megabytes:,.3g} MB")
    for note in planned.notes:
        print(f"note: {note}, unless a factor says otherwise")
    print(f"next: alliancelab sweep run {out}")


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
        show.announce(COMPILING)
    try:
        with show.progress() as progress:
            ran = run_sweep(folder, workers, time_limit, shard, cluster, retry_failed, progress)
    except (KeyboardInterrupt, SystemExit):
        print(f"stopped; what is done is kept, and the same goes on: alliancelab sweep run {folder}", file=sys.stderr)
        raise
    if as_json:
        told = {"deaths": ran.deaths, "lost": ran.lost, "set_aside": [f.name for f in ran.findings]}
        print(json.dumps({**_document(ran.status), **told}, indent=2))
    else:
        for finding in ran.findings:
            print(f"set aside: {finding.name} {finding.problem}")
        if ran.deaths:
            print(f"{ran.deaths} workers died and were replaced")
        for name in ran.lost:
            print(f"shard {name} was lost with its workers; run it without --cluster to find the run that kills them")
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
        print(json.dumps(_document(found), indent=2))
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
        print(json.dumps([finding._asdict() for finding in findings], indent=2))
    else:
        for finding in findings:
            print(f"{finding.name}: {finding.problem}{'; set aside' if finding.aside else ''}")
        print(f"{len(findings)} to be done: alliancelab sweep run {folder}" if findings
              else f"{sweep.runs:,} runs, every part is sound")
    if findings:
        raise typer.Exit(FAILED)


@app.command()
def compact(folder: Folder, as_json: Json = False) -> None:
    """Join the parts of a complete sweep into few large files."""
    from alliancelab.scenarios.sweep.folder import compact as compacted
    from alliancelab.scenarios.sweep.plan import Sweep

    before, after = compacted(Sweep(folder))
    print(json.dumps({"before": before, "after": after}) if as_json else f"{before:,} files are now {after:,}")


@app.command()
def slurm(
    folder: Folder,
    tasks: Annotated[int, typer.Option(min=1, help="Tasks of the array.")] = 10,
    cores: Annotated[int, typer.Option(min=1, help="Cores of a task.")] = 4,
) -> None:
    """Print a script for sbatch."""
    from alliancelab.scenarios.sweep.folder import slurm_script
    from alliancelab.scenarios.sweep.plan import Sweep

    print(slurm_script(Sweep(folder), tasks, cores), end="")


def _document(found: "Status") -> dict[str, Any]:
    return {**found._asdict(), "complete": found.complete}


def _tell(found: "Status") -> None:
    print(f"{found.done:,} of {found.runs:,} runs are done, {found.shards - found.open:,} of {found.shards:,} shards"
          + (f", {found.claimed:,} more are claimed" if found.claimed else ""))
    if not found.complete:
        print(f"what is left takes about {_span(found.seconds_left)} of one core")
    if found.failed:
        print(f"{found.failed:,} runs failed:")
        for reason, count in sorted(found.reasons.items(), key=lambda item: -item[1])[:10]:
            print(f"  {count:,} x {reason}")


def _span(seconds: float) -> str:
    if seconds < 120:
        return f"{seconds:.2g} s"
    return f"{seconds / 60:.0f} minutes" if seconds < 7200 else f"{seconds / 3600:.1f} hours"


# --- what is learnt ------------------------------------------------------------------------------------------------

Outcome = Annotated[list[str] | None, typer.Option(help="An outcome; several times for several.")]
OneScenario = Annotated[str | None, typer.Option(help="One of the scenarios of the sweep; default the first.")]
Partial = Annotated[bool, typer.Option("--partial", help="Read a sweep that is not complete as far as it is.")]
Out = Annotated[Path | None, typer.Option("--out", metavar="DIR", help="Write tables and figures to this folder.")]


def sensitivity(
    folder: Folder, outcome: Outcome = None, scenario: OneScenario = None, partial: Partial = False, out: Out = None,
    as_json: Json = False,
) -> None:
    """Which factors of a finished sweep matter, with intervals, and how much is luck."""
    from alliancelab.analysis.sweeps import MAIN, SweepResults
    from alliancelab.cli import show

    results = SweepResults(folder, partial)
    outcomes = list(dict.fromkeys(outcome or MAIN))
    table, shares = results.sensitivity(outcomes, scenario), results.luck(outcomes, scenario)
    if out is not None:
        figures = {"sensitivity": results.plot.sensitivity(outcomes, scenario)}
        tables = {"sensitivity": table, "luck": shares}
        if results.method == "oat":
            import pandas as pd

            moved = {name: results.trajectories(name, scenario) for name in outcomes}
            tables["trajectories"] = pd.concat(moved, names=["outcome"]).reset_index(level="outcome")
            figures |= {f"trajectories_{name}": results.plot.trajectories(name, scenario) for name in outcomes}
        _save(results, out, tables, figures, {"scenario": scenario or results.scenarios[0], "outcomes": outcomes})
    if as_json:
        document = {"method": results.method, "sensitivity": show.records(table), "luck": show.records(shares)}
        print(json.dumps({**document, "failed": len(results.failures)}, indent=2))
        return
    show.table(table, f"{results.method}, {len(results.runs):,} runs: {results.told_by} ranks the factors")
    show.table(shares, "Shares of the variance of single runs")
    _tell_failed(results)
    show.written(out)


def discover(
    folder: Folder,
    outcome: Annotated[str, typer.Option(help="The outcome that runs are of interest for.")],
    above: Annotated[float | None, typer.Option(help="Runs are of interest where it is above this.")] = None,
    below: Annotated[float | None, typer.Option(help="Runs are of interest where it is below this.")] = None,
    coverage: Annotated[float, typer.Option(help="Share of the runs of interest that the box has to hold.")] = 0.5,
    scenario: OneScenario = None,
    partial: Partial = False,
    out: Out = None,
    as_json: Json = False,
) -> None:
    """The box of factors in which an outcome of a finished sweep is above, or below, a value (PRIM)."""
    from alliancelab.analysis.sweeps import SweepResults
    from alliancelab.cli import show

    results = SweepResults(folder, partial)
    found = results.discover(outcome, above, below, coverage, scenario)
    if out is not None:
        told = {"scenario": scenario or results.scenarios[0], "outcome": outcome, "condition": found.condition}
        _save(results, out, {"box": found.limits, "steps": found.steps}, {"box": found.plot()},
              {**told, "found": found.sentence()})
    if as_json:
        box = {"base": found.base, "coverage": found.box.coverage, "density": found.box.density,
               "mass": found.box.mass, "held_out_coverage": found.held_out[0], "held_out_density": found.held_out[1]}
        print(json.dumps({**box, "limits": show.records(found.limits), "steps": show.records(found.steps)}, indent=2))
        return
    print(found.sentence())
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
) -> None:
    """Draw mean outcomes of a finished sweep over two factors."""
    from alliancelab.analysis.sweeps import MAIN, SweepResults
    from alliancelab.cli import show

    results = SweepResults(folder, partial)
    outcomes = list(dict.fromkeys(outcome or MAIN))
    figures = {f"heat_map_{name}": results.plot.heat_map(x, y, name, scenario) for name in outcomes}
    _save(results, out, {}, figures, {"scenario": scenario or results.scenarios[0], "x": x, "y": y})
    show.written(out)


def _save(
    results: "SweepResults", out: Path, tables: "dict[str, pd.DataFrame]", figures: "dict[str, Figure]",
    told: dict[str, Any],
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
            "kind": "analysis of a sweep", **told, "sweep": results.sweep.storage.url,
            "runs": len(results.runs), "failed": len(results.failures), **{key: manifest[key] for key in kept}})


def _tell_failed(results: "SweepResults") -> None:
    if len(results.failures):
        print(f"{len(results.failures):,} runs failed and are left out; `alliancelab sweep status` says why")
