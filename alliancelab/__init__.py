"""The front door: what a researcher types, each name imported only when it is asked for."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from alliancelab.agents.codes import Dimension, Door, Event, Kind, ProjectKind, ProjectState, Reason, Stage, Verdict
    from alliancelab.agents.errors import InstrumentError, RuleError, ScenarioError, StoreError, UserError
    from alliancelab.analysis.results.base import Result
    from alliancelab.analysis.results.calibration import Calibration
    from alliancelab.analysis.results.comparison import Comparison
    from alliancelab.analysis.results.counterfactual import Counterfactual
    from alliancelab.analysis.results.discovery import Discovery
    from alliancelab.analysis.results.forecast import Forecast
    from alliancelab.analysis.results.lifecycles import LifeCycles
    from alliancelab.analysis.results.replicate_plan import ReplicatePlan
    from alliancelab.analysis.results.run import Run
    from alliancelab.analysis.results.scorecard import Scorecard
    from alliancelab.analysis.results.sweep import SweepResults
    from alliancelab.analysis.results.validation import Validation
    from alliancelab.analysis.results.world_scorecard import WorldScorecard
    from alliancelab.analysis.results.worlds import WorldComparison
    from alliancelab.analysis.statistics.sample_size import Goal
    from alliancelab.api import compare, read, report, run, scorecard
    from alliancelab.catalogue import levers, list_scenarios, outcomes, parameters
    from alliancelab.fitting import calibrate, fit_region, targets, validate
    from alliancelab.forecasting import forecast, registry
    from alliancelab.mesa_model import AllianceModel
    from alliancelab.mesa_versions import batch_run
    from alliancelab.model.declarations import Lever
    from alliancelab.model.outcomes import Outcome
    from alliancelab.model.policy.instrument import Instrument
    from alliancelab.model.policy.own import Quarter, register, withdraw
    from alliancelab.scenarios.registry.problems import RegistryError
    from alliancelab.scenarios.scenario import Scenario, load
    from alliancelab.studies import counterfactual, effects, lifecycle, plan_replicates
    from alliancelab.sweeping import read_sweep, sweep
    from alliancelab.worlds import FittedWorlds, uncertainties

__version__ = "0.1.0"

_NAMES = {
    "agents.codes": ("Dimension", "Door", "Event", "Kind", "ProjectKind", "ProjectState", "Reason", "Stage", "Verdict"),
    "agents.errors": ("InstrumentError", "RuleError", "ScenarioError", "StoreError", "UserError"),
    "analysis.results.base": ("Result",),
    "analysis.results.calibration": ("Calibration",),
    "analysis.results.comparison": ("Comparison",),
    "analysis.results.counterfactual": ("Counterfactual",),
    "analysis.results.discovery": ("Discovery",),
    "analysis.results.forecast": ("Forecast",),
    "analysis.results.lifecycles": ("LifeCycles",),
    "analysis.results.replicate_plan": ("ReplicatePlan",),
    "analysis.results.run": ("Run",),
    "analysis.results.scorecard": ("Scorecard",),
    "analysis.results.sweep": ("SweepResults",),
    "analysis.results.validation": ("Validation",),
    "analysis.results.world_scorecard": ("WorldScorecard",),
    "analysis.results.worlds": ("WorldComparison",),
    "analysis.statistics.sample_size": ("Goal",),
    "api": ("compare", "read", "report", "run", "scorecard"),
    "catalogue": ("levers", "list_scenarios", "outcomes", "parameters"),
    "fitting": ("calibrate", "fit_region", "targets", "validate"),
    "forecasting": ("forecast", "registry"),
    "mesa_model": ("AllianceModel",),
    "mesa_versions": ("batch_run",),
    "model.declarations": ("Lever",),
    "model.outcomes": ("Outcome",),
    "model.policy.instrument": ("Instrument",),
    "model.policy.own": ("Quarter", "register", "withdraw"),
    "scenarios.registry.problems": ("RegistryError",),
    "scenarios.scenario": ("Scenario", "load"),
    "studies": ("counterfactual", "effects", "lifecycle", "plan_replicates"),
    "sweeping": ("read_sweep", "sweep"),
    "worlds": ("FittedWorlds", "uncertainties"),
}
"""Public names by the module that has them."""

_HOMES = {name: f"alliancelab.{module}" for module, names in _NAMES.items() for name in names}
__all__ = ["__version__", *sorted(_HOMES)]


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'alliancelab' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
