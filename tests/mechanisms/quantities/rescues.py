"""Quantities of re-growth and of re-engineering."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from alliancelab.agents.codes import Door, Event, Kind, Stage
from alliancelab.model.accounts import Flow
from alliancelab.model.simulation import Recording
from alliancelab.scenarios.moments import founded_later
from tests.mechanisms.experiments import PATHS
from tests.mechanisms.quantities.common import (
    QUANTITIES,
    Quantity,
    mean,
    paid,
    panel,
    parameter,
    quantity,
    ratio,
    since,
)


@quantity
def hedged_regrowth(run: Recording) -> float:
    """Alliances that re-grew by a side line opened before the fall."""
    found = founded_later(run)
    return mean((found["regrowths"] > 0) & (found["door"] == Door.RISK_AVOIDANCE))


@quantity
def seized_regrowth(run: Recording) -> float:
    """Alliances that re-grew by an opportunity seized in decline."""
    found = founded_later(run)
    return mean((found["regrowths"] > 0) & (found["door"] == Door.OPPORTUNITY))


@quantity
def rescued_regrown(run: Recording) -> float:
    """Rescued alliances that re-grew within four years of the first path's purchase."""
    bought = run.events[run.events["event"] == Event.RESCUE_BOUGHT]
    alliance, when = first_rescues(bought)
    seen = when < len(run.curves) - 16
    regrown = run.events[run.events["event"] == Event.REGROWN]
    hits = [((regrown["alliance"] == a) & (regrown["quarter"] > t) & (regrown["quarter"] <= t + 16)).any()
            for a, t in zip(alliance[seen], when[seen], strict=True)]
    return mean(np.array(hits))


def regrown_where(column: str, condition: str, passes: bool) -> Quantity:
    """Share re-grown within four years of the first rescue, of those that pass a condition when it was bought, or fail.
    """
    def value(run: Recording) -> float:
        bought = run.events[run.events["event"] == Event.RESCUE_BOUGHT]
        regrown = run.events[run.events["event"] == Event.REGROWN]
        hits = []
        for alliance, when in zip(*first_rescues(bought), strict=True):
            line = run.panel[(run.panel["alliance"] == alliance) & (run.panel["quarter"] == when - 1)]
            if when < len(run.curves) - 16 and (line[column][0] >= parameter(run, condition)) == passes:
                later = regrown["quarter"][regrown["alliance"] == alliance]
                hits.append(((later > when) & (later <= when + 16)).any())
        return mean(np.array(hits))

    return value


def first_rescues(bought: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Alliances rescued and the quarter of the first path's purchase."""
    _, first = np.unique(bought["alliance"], return_index=True)
    return bought["alliance"][first], bought["quarter"][first]


@quantity
def cost_per_regrowth(run: Recording) -> float:
    """Outlay per re-growth of an alliance that was rescued, million yuan."""
    saved = ((run.alliances["rescues"] > 0) & (run.alliances["regrowths"] > 0)).sum()
    return ratio(QUANTITIES["public_outlay"](run), float(saved))


@quantity
def rescues(run: Recording) -> float:
    """Paths bought."""
    return float(run.alliances["rescues"].sum())


@quantity
def decline_onset(run: Recording) -> float:
    """Entries into decline per alliance and year outside decline."""
    lines = panel(run)
    outside = (lines["stage"] != Stage.DECLINE) & (lines["stage"] != Stage.FORMATION)
    moved = run.events[(run.events["event"] == Event.STAGE) & (run.events["quarter"] >= since(run))]
    return 4.0 * ratio((moved["value"] == Stage.DECLINE).sum(), outside.sum())


@quantity
def science_exit(run: Recording) -> float:
    """Universities and institutes that leave living alliances, per seat and year."""
    members = run.members
    science = (members["kind"] == Kind.UNIVERSITY) | (members["kind"] == Kind.INSTITUTE)
    begin = np.maximum(members["joined"], since(run))
    end = np.where(members["left"] < 0, len(run.curves), members["left"])
    went = (members["left"] >= since(run)) & (members["left"] != run.alliances["ended"][members["alliance"]])
    return 4.0 * ratio((went & science).sum(), np.maximum(end - begin, 0)[science].sum())


@quantity
def new_trust(run: Recording) -> float:
    """Trust in alliances in their first quarters."""
    lines = panel(run)
    return mean(lines["trust"][lines["age"] <= 2])


@quantity
def joins_of_pilots(run: Recording) -> float:
    """Members that join pilots after their naming, per pilot and year."""
    named = run.alliances["pilot"]
    joined = (named[run.members["alliance"]] >= 0) & (run.members["joined"] > named[run.members["alliance"]])
    lines = panel(run)
    return 4.0 * ratio(joined.sum(),
                       ((named[lines["alliance"]] >= 0) & (lines["quarter"] > named[lines["alliance"]])).sum())


@quantity
def deal_price(run: Recording) -> float:
    """Price of a property deal at home, million yuan."""
    sold = run.alliances["sold"].sum()
    return ratio(paid(run, Flow.LICENCE, Flow.PROPERTY_SALE), sold + run.alliances["licences"].sum())


DIMENSION_COLUMNS = ("technology_dimension", "economics", "standing", "stability", "governance", "clarity")


@quantity
def fitting_paths(run: Recording) -> float:
    """Paths bought that answer the dimension which is weakest against healthy alliances of the quarter."""
    bought = run.events[run.events["event"] == Event.RESCUE_BOUGHT]
    right = []
    for alliance, quarter, path in zip(bought["alliance"], bought["quarter"], bought["value"], strict=True):
        lines = run.panel[run.panel["quarter"] == quarter - 1]
        well = (lines["stage"] == Stage.GROWTH) | (lines["stage"] == Stage.MATURITY)
        mine = lines[lines["alliance"] == alliance]
        shares = [mean(mine[name]) / mean(lines[name][well]) for name in DIMENSION_COLUMNS]
        right.append(int(np.argmin(shares)) == int(path))
    return mean(np.array(right))


class Rescue(NamedTuple):
    """The first rescue of an alliance.

    Attributes
    ----------
    cause : int
        Its weakest dimension when the path was bought, against healthy alliances of the quarter.
    path : int
    change : array, shape (dimensions,)
        Change of its dimensions over the next two years, NaN for one that ended.
    vitality : float
        Change of its vitality over the next two years; one that ended has none left.
    regrown : bool
        Within four years.
    """

    cause: int
    path: int
    change: np.ndarray
    vitality: float
    regrown: bool


def first_rescues_of(run: Recording) -> list[Rescue]:
    """First rescues that could be seen for four years."""
    place = {(int(line["alliance"]), int(line["quarter"])): i for i, line in enumerate(run.panel)}
    bought = run.events[run.events["event"] == Event.RESCUE_BOUGHT]
    paths = {int(one["alliance"]): int(one["value"]) for one in bought[::-1]}
    regrown = run.events[run.events["event"] == Event.REGROWN]
    state = np.stack([run.panel[name] for name in DIMENSION_COLUMNS], axis=1)
    well = (run.panel["stage"] == Stage.GROWTH) | (run.panel["stage"] == Stage.MATURITY)
    found = []
    for alliance, quarter in zip(*first_rescues(bought), strict=True):
        row = place.get((int(alliance), int(quarter) - 1))
        if row is None or quarter >= len(run.curves) - 16:
            continue
        healthy = state[well & (run.panel["quarter"] == quarter - 1)].mean(axis=0)
        after = place.get((int(alliance), int(quarter) + 7))
        change = state[after] - state[row] if after is not None else np.full(len(DIMENSION_COLUMNS), np.nan)
        vitality = float(run.panel["vitality"][after]) if after is not None else 0.0
        later = regrown["quarter"][regrown["alliance"] == alliance]
        found.append(Rescue(int(np.argmin(state[row] / healthy)), paths[int(alliance)], change,
                            vitality - float(run.panel["vitality"][row]),
                            bool(((later > quarter) & (later <= quarter + 16)).any())))
    return found


RescueQuantity = Callable[[list[Rescue]], np.ndarray]

RESCUE_QUANTITIES: dict[str, RescueQuantity] = {}
"""Quantities of the first rescues of a run: a sum over some of them, and their number, shape (2,)."""


def raised(path: int, own: bool) -> RescueQuantity:
    """Change of the dimension that a path answers, over two years after it was bought, or after another was."""
    def value(rescues: list[Rescue]) -> np.ndarray:
        changes = np.array([one.change[path] for one in rescues if (one.path == path) == own])
        return np.array([np.nansum(changes), np.isfinite(changes).sum()])
    return value


def after_paths(cause: int, own: bool, field: str) -> RescueQuantity:
    """A field of `Rescue` where one dimension was weakest, after its own path or after others."""
    def value(rescues: list[Rescue]) -> np.ndarray:
        some = [float(getattr(one, field)) for one in rescues if one.cause == cause and (one.path == cause) == own]
        return np.array([sum(some), len(some)])
    return value


for _name, _column in (("base", "stability"), ("technology", "technology_dimension")):
    QUANTITIES[f"regrown_with_{_name}"] = regrown_where(_column, f"eligible_{_name}", True)
    QUANTITIES[f"regrown_without_{_name}"] = regrown_where(_column, f"eligible_{_name}", False)
for _place, (_, _name) in enumerate(PATHS):
    for _own, _which in ((True, "own_path"), (False, "other_paths")):
        RESCUE_QUANTITIES[f"{_name}_by_{_which}"] = raised(_place, _own)
        RESCUE_QUANTITIES[f"regrown_by_{_which}_of_{_name}"] = after_paths(_place, _own, "regrown")
        RESCUE_QUANTITIES[f"vitality_by_{_which}_of_{_name}"] = after_paths(_place, _own, "vitality")
