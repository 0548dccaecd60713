"""What an instrument is: who is eligible, how it is delivered, what it acts on, what it costs, how it can do harm."""

from collections.abc import Callable
from typing import Any, NamedTuple

from alliancelab.agents.compiled import compiled
from alliancelab.model.declarations import Lever

__all__ = ["NOT_ELIGIBLE", "Instrument", "addressed", "best_of", "budget_lever"]


class Instrument(NamedTuple):
    """A policy instrument as data.

    The behaviour of ours lives in the same file: functions of the names `yearly` and `quarterly`, which the run calls
    in the first quarter of a year and in each quarter, and small ones that a process asks. An own one's is `act`.

    Attributes
    ----------
    name : str
        Key in the scenario file: ``[policy.<name>]``.
    title : str
        For tables and figures.
    policy_stage : str
        "formation", "growth", "maturity" or "decline": the part of the policy chain it belongs to.
    rows : tuple of str
        Mission rows, e.g. ("B2",).
    eligible, delivery, acts_on, cost, harm : str
        One sentence each, shown by ``alliancelab levers``.
    strength : str
        The lever that switches the instrument off at zero.
    stages : tuple of str
        Alliance stages it addresses by default (a scenario may choose others); empty where stages do not apply.
    levers : tuple of Lever
        All levers; `budget` (million yuan a year) is among those of every instrument that pays.
    payers : tuple of str
        Purses of the ledger that its money comes from: ``government``, which in a region is its own, and where a
        region's people and firms win something above it ``city``, ``province`` and ``nation``.
    beside : str
        Instrument without which it has nobody to act on, "" if none; a scenario that leaves it out is warned.
    act : callable or None
        What an instrument of a researcher's own does in a quarter, see `own.Quarter`; None for ours.
    """

    name: str
    title: str
    policy_stage: str
    rows: tuple[str, ...]
    eligible: str
    delivery: str
    acts_on: str
    cost: str
    harm: str
    strength: str
    levers: tuple[Lever, ...]
    stages: tuple[str, ...] = ()
    payers: tuple[str, ...] = ("government",)
    beside: str = ""
    act: Callable[[Any], None] | None = None


NOT_ELIGIBLE = -1e9


def budget_lever() -> Lever:
    """The lever that every instrument with a purse has."""
    return Lever("budget", 0.0, 0.0, 1e6, "million yuan a year", "scenario", "Most that is paid in a year.")


@compiled
def best_of(scores):
    """Place of the highest score, -1 if none is eligible.

    Scores are computed once for a selection, and whoever is chosen is struck off: choosing again is cheap.
    """
    best = -1
    most = NOT_ELIGIBLE
    for k in range(len(scores)):
        if scores[k] > most:
            most = scores[k]
            best = k
    return best


@compiled
def addressed(stages, stage):
    """Whether an instrument's bit mask of stages holds `stage`."""
    return (int(stages) >> stage) & 1 == 1
