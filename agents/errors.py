"""Mistakes that a user can mend: one sentence with the place and what would be right."""

from collections.abc import Iterable
from difflib import get_close_matches

__all__ = ["InstrumentError", "RuleError", "ScenarioError", "StoreError", "UserError", "did_you_mean"]


class UserError(ValueError):
    """A mistake that the user can mend; the command line prints it as one sentence and ends with code 2.

    The sentence stays on one line whatever names and values stand in it.
    """

    def __init__(self, sentence: str) -> None:
        super().__init__(" ".join(sentence.splitlines()))


class ScenarioError(UserError):
    """A scenario that cannot be run as it is written."""


class StoreError(UserError):
    """A folder of results that cannot be written or read."""


class RuleError(UserError):
    """A rule that cannot take the place of ours; the message says what would be right."""


class InstrumentError(UserError):
    """An own instrument that is not right, or did what instruments may not; the message says what would be right."""


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Half a sentence that names the nearest known name, or all of them where none is near."""
    names = sorted(known)
    near = get_close_matches(name[:80], names, n=1, cutoff=0.6)
    if near:
        return f"did you mean '{near[0]}'?"
    return f"known names: {', '.join(names)}" if len(names) <= 12 else f"{len(names)} names are known, none is near"
