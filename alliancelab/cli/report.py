"""The command that writes a report about a folder of results."""

from pathlib import Path
from typing import Annotated

import typer

from alliancelab.cli.terminal import say

__all__ = ["Language", "report"]

Language = Annotated[
    str, typer.Option("--lang", metavar="LANG", help="Language of figures and reports: en or zh (Chinese).")
]


def report(
    folder: Annotated[Path, typer.Argument(help="What a command wrote with --out, or a sweep.")],
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Page to write; default report.html in the folder.")
    ] = None,
    language: Language = "en",
    title: Annotated[str | None, typer.Option(help="Instead of the titles of the scenarios.")] = None,
    partial: Annotated[
        bool, typer.Option("--partial", help="Report on the runs finished so far.")
    ] = False,
) -> None:
    """Write one self-contained page about a folder of results."""
    from alliancelab import api

    say(f"written to {api.report(folder, out, language, title, partial)}")
