"""Pictures of fits and studies drawn again from the tables of their folders, so that a page has them in its language.

The fitted curves of a life-cycle study are not among them: its tables do not keep what alliances were fitted to.
"""

from collections.abc import Callable, Mapping
from functools import partial
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from alliancelab.analysis import calibration_figures, counterfactual_figures, lifecycle_figures
from alliancelab.analysis.reopened import told_scenarios
from alliancelab.scenarios.store import Stored

if TYPE_CHECKING:
    from alliancelab.analysis.drawing import Picture

__all__ = ["drawn_again"]

Draw = Callable[[Stored], "Picture"]


def drawn_again(stored: Stored, name: str) -> "Picture | None":
    """The picture of this name; None where tables do not suffice, as in a folder of another version."""
    draw = DRAWN.get(stored.document.get("kind", ""), {}).get(name)
    try:
        return draw(stored) if draw else None
    except KeyError:
        return None


def _facts(stored: Stored) -> "Picture":
    return calibration_figures.facts(stored.table("facts"))


def _parameters(stored: Stored) -> "Picture":
    return calibration_figures.parameters(stored.table("parameters").set_index("parameter"))


def _of_lifecycle(draw: Callable[[Any], "Picture"], table: str, index: list[str], stored: Stored) -> "Picture":
    scenarios = told_scenarios(stored)
    return draw(_study(stored, names=[one.name for one in scenarios], **{table: _indexed(stored, table, index)}))


def _matching(stored: Stored) -> "Picture":
    shares = _indexed(stored, "matching_by_year", "year")
    return counterfactual_figures.matching(_study(stored, matching_by_year=shares))


def _pilots(stored: Stored) -> "Picture":
    contrasts = _indexed(stored, "pilots", ["contrast", "outcome"])
    return counterfactual_figures.pilots(_study(stored, pilots=SimpleNamespace(contrasts=contrasts)))


def _indexed(stored: Stored, table: str, index: str | list[str]) -> Any:
    return stored.table(table).set_index(index)


def _study(stored: Stored, **tables: Any) -> SimpleNamespace:
    """What a function that draws asks of a study: its scenarios, how many runs, and a table."""
    return SimpleNamespace(scenarios=told_scenarios(stored), runs=len(stored.document["seeds"]), **tables)


DRAWN: Mapping[str, Mapping[str, Draw]] = {
    "validate": {"facts": _facts},
    "calibrate": {"parameters": _parameters},
    "lifecycle": {
        "survival": partial(_of_lifecycle, lifecycle_figures.survival, "survival", ["scenario"]),
        "hazards": partial(_of_lifecycle, lifecycle_figures.hazards, "hazards_by_age", ["scenario", "year_of_life"]),
        "durations": partial(_of_lifecycle, lifecycle_figures.durations, "durations", ["scenario", "stage"]),
        "turning_points": partial(_of_lifecycle, lifecycle_figures.turning_points, "turning_points",
                                  ["scenario", "point"]),
    },
    "counterfactual": {"matching": _matching, "pilots": _pilots},
}
"""Functions that draw, by kind of folder and by name of the picture's file."""
