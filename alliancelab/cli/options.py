"""Options that several files of commands share."""

from pathlib import Path
from typing import Annotated

import typer

__all__ = ["Json", "Out", "Overwrite", "Set"]

Set = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUE",
                 help="Change a number, in every scenario: programme_grants.amount=5, world.firms=100."),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON on stdout, for machines.")]
Out = Annotated[Path | None, typer.Option("--out", metavar="DIR", help="Write tables and figures to this folder.")]
Overwrite = Annotated[bool, typer.Option("--overwrite", help="Replace earlier results in the folder.")]
