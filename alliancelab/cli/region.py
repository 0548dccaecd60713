"""The command `fit-region`: rates of a region tuned until its base year recurs."""

from pathlib import Path
from typing import Annotated, Any

import typer

from alliancelab.cli.options import Json
from alliancelab.cli.terminal import command, machine, say, warn

__all__ = ["fit_region"]


def fit_region(
    file: Annotated[str, typer.Argument(help="A scenario with a [region] and starts in its [scorecard].")],
    replicates: Annotated[int, typer.Option(help="Runs of a round, to the end of the base year.")] = 64,
    workers: Annotated[int | None, typer.Option(help="Threads; by default one for each core.")] = None,
    write: Annotated[
        bool, typer.Option("--write", help="Put the numbers into the [region] of the file instead of printing them.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Tune the rates of a region until the flows of its base year recur; say what cannot be reached."""
    from alliancelab import fitting
    from alliancelab.agents.errors import UserError
    from alliancelab.cli import show
    from alliancelab.scenarios.fit_region import fragment, write_into

    if write and not file.endswith(".toml"):
        raise UserError(f"--write changes a file of your own, and {file} is a name of the library; give a .toml file")
    with show.progress() as progress:
        fit = fitting.fit_region(file, replicates, workers, progress, warn)
    if write:
        write_into(Path(file), fit)
    if as_json:
        machine({"scenario": file, "lines": [_plain(line._asdict()) for line in fit.lines], "numbers": fit.numbers,
                 "file": file if write else None})
        return
    show.rows([_cells(line) for line in fit.lines], f"{file}: base year, {replicates} replicates")
    missed = [line.indicator for line in fit.lines if not line.reached]
    say(f"Within a tenth: {len(fit.lines) - len(missed)} of {len(fit.lines)} figures."
        + (f" Out of reach: {', '.join(missed)}." if missed else ""))
    for line in fit.lines:
        if line.why:
            say(f"{line.why}.")
    if write:
        say(f"The numbers stand in {file} now; go on with: {command('scorecard', file)}")
    else:
        say("Put this into the scenario file, or let --write do it:\n\n" + fragment(fit))


def _plain(line: dict[str, Any]) -> dict[str, Any]:
    """A line for machines: what is not a number is null."""
    return {name: None if isinstance(value, float) and value != value else value for name, value in line.items()}


def _cells(line: Any) -> dict[str, str]:
    moved = f"{line.number}: {line.old:.4g}" if line.number else ""
    if line.new != line.old and line.number:
        moved += f" -> {line.new:.4g}"
    return {"figure": line.indicator, "asked": f"{line.target:,.4g}", "before": f"{line.before:,.4g}",
            "after": f"{line.after:,.4g}", "rate": moved, "": line.verdict}
