"""The front door: what a researcher types, each name imported only when it is asked for."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from alliancelab import scenarios
    from alliancelab.api import compare, effects, read, report, run, scorecard
    from alliancelab.fitting import calibrate, validate
    from alliancelab.model.declarations import Lever
    from alliancelab.model.outcomes import Outcome
    from alliancelab.model.policy.instrument import Instrument
    from alliancelab.model.policy.own import InstrumentError, Quarter, register, withdraw
    from alliancelab.scenarios.mesa_model import AllianceModel
    from alliancelab.scenarios.scenario import Scenario, ScenarioError
    from alliancelab.studies import counterfactual, lifecycle, plan_replicates
    from alliancelab.sweeping import read_sweep, sweep

__version__ = "0.1.0"

_HOMES = {
    "run": "alliancelab.api",
    "compare": "alliancelab.api",
    "effects": "alliancelab.api",
    "read": "alliancelab.api",
    "report": "alliancelab.api",
    "calibrate": "alliancelab.fitting",
    "validate": "alliancelab.fitting",
    "counterfactual": "alliancelab.studies",
    "lifecycle": "alliancelab.studies",
    "plan_replicates": "alliancelab.studies",
    "read_sweep": "alliancelab.sweeping",
    "sweep": "alliancelab.sweeping",
    "scorecard": "alliancelab.api",
    "AllianceModel": "alliancelab.scenarios.mesa_model",
    "Instrument": "alliancelab.model.policy.instrument",
    "InstrumentError": "alliancelab.model.policy.own",
    "Lever": "alliancelab.model.declarations",
    "Outcome": "alliancelab.model.outcomes",
    "Quarter": "alliancelab.model.policy.own",
    "register": "alliancelab.model.policy.own",
    "withdraw": "alliancelab.model.policy.own",
    "Scenario": "alliancelab.scenarios.scenario",
    "ScenarioError": "alliancelab.scenarios.scenario",
}

__all__ = [
    "AllianceModel", "Instrument", "InstrumentError", "Lever", "Outcome", "Quarter", "Scenario", "ScenarioError",
    "__version__", "calibrate", "compare", "counterfactual", "effects", "lifecycle", "plan_replicates", "read",
    "read_sweep", "register", "report", "run", "scenarios", "scorecard", "sweep", "validate", "withdraw",
]


def __getattr__(name: str) -> Any:
    if name == "scenarios":
        return import_module("alliancelab.scenarios")
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'alliancelab' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
