"""Where the true value of each parameter may lie: ranges by hand from `plausible.csv`, for the rest a rule by kind.

Prices, effects, thresholds and what data speak of have a range of their own, with its reason. The rules stand for what
is known of a kind of number: how far off a guess of it tends to be.
"""

import csv
import math
from functools import cache
from pathlib import Path

from alliancelab.model.declarations import Parameter, Plausible

__all__ = ["by_hand", "plausible_range"]

LOG_FROM = 1.5  # ratio of the ends from which a positive number is taken as a scale
SHARE_ROOM = 1 / 3  # of the way from a share to its nearer end


@cache
def by_hand() -> dict[str, tuple[float, float, str]]:
    """Low end, high end and reason of the parameters that have a range of their own, by name."""
    with (Path(__file__).parent / "plausible.csv").open(encoding="utf-8", newline="") as file:
        return {row["name"]: (float(row["low"]), float(row["high"]), row["reason"]) for row in csv.DictReader(file)}


def plausible_range(parameter: Parameter, group: str) -> Plausible | None:
    """Where the true value of a parameter may lie, within its declared bounds.

    Parameters
    ----------
    group : str
        Its group in ``parameters.csv``.

    Returns
    -------
    Plausible or None
        None where the source says that a value was chosen by design, so that there is no truth to be missed.
    """
    if parameter.source.startswith("design"):
        return None
    low, high, reason = by_hand().get(parameter.name) or _by_rule(parameter, group)
    low, high = max(low, parameter.low), min(high, parameter.high)
    if parameter.integer:
        return Plausible(math.ceil(low), math.floor(high), False, reason)
    log = low > 0.0 and high / low >= LOG_FROM and not _is_share(parameter)
    return Plausible(low, high, log, reason)


def _is_share(parameter: Parameter) -> bool:
    return parameter.low == 0.0 and parameter.high == 1.0 and "per " not in parameter.unit


def _by_rule(parameter: Parameter, group: str) -> tuple[float, float, str]:
    """Low end, high end and reason by the kind of number: what it measures, in which unit."""
    value, unit = parameter.default, parameter.unit
    if group == "life cycle":
        return _around(value, 0.15, "How vitality is read off an alliance is a convention; others differ by a seventh.")
    if group == "policy" and unit.startswith("million yuan"):
        return *_times(value, 2.0), "A price that nobody has tendered: half to double."
    if group == "policy" and parameter.high > 1.0 and "quarters" not in unit:
        return _around(value, 0.5, "An effect that nobody has evaluated: half to half as much again.")
    if _is_share(parameter):
        if value in (0.0, 1.0):
            return abs(value - 0.1), value, "Set to its end; the truth may lie a tenth short of it."
        room = (0.5 if group == "policy" else SHARE_ROOM) * min(value, 1.0 - value)
        return value - room, value + room, ("A share by judgement: half of the way to its nearer end."
                                            if group == "policy" else
                                            "A share by judgement: a third of the way to its nearer end.")
    if unit.startswith(("logit", "log")) or unit in ("exponent", "need", "trust") or value <= 0.0:
        return _around(value, 1 / 3, "A weight among others; their order is believed, each by itself to a third.")
    if unit == "quarters":
        return *_times(value, 1.25), "Years that practitioners tell to within a quarter."
    return *_times(value, 1.5), "A rate or scale known to its order: two thirds to half as much again."


def _around(value: float, part: float, reason: str) -> tuple[float, float, str]:
    room = part * abs(value)
    return value - room, value + room, reason


def _times(value: float, factor: float) -> tuple[float, float]:
    return value / factor, value * factor
