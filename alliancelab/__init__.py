"""The front door: what a researcher types, each name imported only when it is asked for."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from alliancelab import scenarios
    from alliancelab.api import compare, effects, read, run
    from alliancelab.model.outcomes import Outcome
    from alliancelab.scenarios.mesa_model import AllianceModel
    from alliancelab.scenarios.scenario import Scenario, ScenarioError

__version__ = "0.1.0"

_HOMES = {
    "run": "alliancelab.api",
    "compare": "alliancelab.api",
    "effects": "alliancelab.api",
    "read": "alliancelab.api",
    "AllianceModel": "alliancelab.scenarios.mesa_model",
    "Outcome": "alliancelab.model.outcomes",
    "Scenario": "alliancelab.scenarios.scenario",
    "ScenarioError": "alliancelab.scenarios.scenario",
}

__all__ = [
    "AllianceModel", "Outcome", "Scenario", "ScenarioError", "__version__", "compare", "effects", "read", "run",
    "scenarios",
]


def __getattr__(name: str) -> Any:
    if name == "scenarios":
        return import_module("alliancelab.scenarios")
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'alliancelab' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
