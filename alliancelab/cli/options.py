"""Options that several files of commands share."""

from typing import Annotated

import typer

__all__ = ["Set"]

Set = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUE", help="Change a number: programme_grants.amount=5, world.firms=100."),
]
