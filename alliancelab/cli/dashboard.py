"""The command that serves the dashboard."""

import sys
from importlib.util import find_spec
from typing import Annotated

import typer

from alliancelab.cli.report import Language

__all__ = ["dashboard"]


def dashboard(
    port: Annotated[int, typer.Option(help="Where to listen on this machine.")] = 5006,
    language: Language = "en",
    show: Annotated[
        bool | None, typer.Option("--show/--no-show", help="Open a browser; by default when typed on a terminal.")
    ] = None,
) -> None:
    """Compare, change and watch scenarios in a browser on this machine."""
    from alliancelab.agents.errors import UserError

    if find_spec("panel") is None:
        raise UserError("the dashboard needs Panel, which is not installed; install alliancelab with its extra 'app'")
    from alliancelab.dashboard.serve import serve

    serve(port, language, sys.stdout.isatty() if show is None else show)
