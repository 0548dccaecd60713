"""The command line: `alliancelab run`, `compare`, `lifecycle`, `sweep`, `scenarios`, `levers`, `check` and others."""

import sys

__all__ = ["main"]


def main() -> None:
    """Run the command line; a user's mistake ends in one sentence on stderr and exit code 2."""
    from alliancelab.cli.commands import app

    try:
        app(prog_name="alliancelab")
    except ValueError as error:
        from alliancelab.agents.errors import UserError

        if not isinstance(error, UserError):
            raise
        from alliancelab.cli.terminal import warn

        warn(f"alliancelab: {error}")
        sys.exit(2)
