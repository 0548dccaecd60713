"""What a user is told when a scenario or a folder is not right: one sentence with the place and what would be right."""

from collections.abc import Iterable
from difflib import get_close_matches

__all__ = ["ScenarioError", "StoreError", "UserError", "did_you_mean"]


class UserError(ValueError):
    """A mistake that the user can mend; the command line prints it as one sentence and ends with code 2."""


class ScenarioError(UserError):
    """A scenario that cannot be run as it is written."""


class StoreError(UserError):
    """A folder of results that cannot be written or read."""


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Half a sentence that names the nearest known name, or all of them where none is near."""
    names = sorted(known)
    near = get_close_matches(name[:80], names, n=1, cutoff=0.6)
    if near:
        return f"did you mean '{near[0]}'?"
    return f"known names: {', '.join(names)}" if len(names) <= 12 else f"{len(names)} names are known, none is near"
