"""How outcomes and measures travel to other processes: by name, as their functions have none to be looked up by."""

import copyreg
from typing import Any

from alliancelab.model.outcomes import OUTCOMES, Outcome
from alliancelab.model.regional.outcomes import REGIONAL_OUTCOMES
from alliancelab.scenarios.consortia import MEASURES, Measure
from alliancelab.scenarios.lives import LifeMeasure

__all__ = ["declared"]


def declared(kind: str, name: str) -> Any:
    """An outcome or a measure by its name; None where none is declared. An outcome and a measure may share a name."""
    from alliancelab.scenarios.moments import MOMENTS

    if kind == Measure.__name__:
        return next((measure for measure in MEASURES if measure.name == name), None)
    known = (*OUTCOMES, *REGIONAL_OUTCOMES, *MOMENTS.values())
    return next((outcome for outcome in known if outcome.name == name), None)


def _by_name(moment: Outcome | Measure | LifeMeasure) -> tuple[Any, ...]:
    """By name where it is declared; a researcher's own as it is, with a function that its module has a name for."""
    key = type(moment).__name__, moment.name
    return (declared, key) if declared(*key) is moment else (type(moment), tuple(moment))


copyreg.pickle(Outcome, _by_name)  # type: ignore[arg-type]
copyreg.pickle(Measure, _by_name)  # type: ignore[arg-type]
copyreg.pickle(LifeMeasure, _by_name)  # type: ignore[arg-type]
