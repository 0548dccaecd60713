"""Which outcomes runs of given scenarios are judged by: the national ones, and for regions what their scorecards count.

Source: H3, H5.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from alliancelab.agents.errors import ScenarioError
from alliancelab.model.outcomes import OUTCOMES, Outcome
from alliancelab.model.regional.outcomes import PREFIX, REGIONAL_OUTCOMES, outcome_of, value_in_last_year
from alliancelab.model.simulation import Recording
from alliancelab.scenarios.own_indicators import definition_of, indicators_of, own_lines
from alliancelab.scenarios.scenario import Scenario

__all__ = ["ALL_OUTCOMES", "PREFIX", "declared_outcome", "outcomes_for", "own_outcomes", "regional_outcomes"]

ALL_OUTCOMES: dict[str, Outcome] = {outcome.name: outcome for outcome in (*OUTCOMES, *REGIONAL_OUTCOMES)}
"""Every declared outcome by its name."""

_SYSTEM = ("stated_need", "requests_served", "turned_away", "worth", "productivity", "service_revenue",
           "contract_value", "upper_outlay", "lent", "private_stakes", "exports", "patents_filed", "output_all",
           "hollow_share", "trust")
"""Indicators of how a regional system itself is doing, whether a scorecard counts them or not."""


@dataclass(frozen=True)
class _Own:
    """Value of an indicator of one's own in the last full year: made of plain data, so that it travels."""

    lines: Mapping[str, Any]
    name: str

    def __call__(self, run: Recording) -> float:
        return value_in_last_year(indicators_of(self.lines)[self.name], run)


def outcomes_for(scenarios: Iterable[Scenario]) -> tuple[Outcome, ...]:
    """Outcomes of a run of these scenarios, in the order in which they are declared.

    Raises
    ------
    ScenarioError
        When two of them give one name to different indicators of one's own.
    """
    regional = [scenario for scenario in scenarios if scenario.region is not None]
    asked = {PREFIX + name for scenario in regional for name in (*scenario.scorecard, *_SYSTEM)}
    declared = (outcome for outcome in REGIONAL_OUTCOMES if outcome.name in asked)
    return (*OUTCOMES, *declared, *own_outcomes(regional))


def own_outcomes(scenarios: Iterable[Scenario]) -> tuple[Outcome, ...]:
    """Indicators of one's own in the scorecards of scenarios with a region; errors as in `outcomes_for`."""
    first: dict[str, Scenario] = {}
    for scenario in scenarios:
        for name in own_lines(scenario.scorecard) if scenario.region is not None else ():
            known = first.setdefault(name, scenario)
            if definition_of(known.scorecard, name) != definition_of(scenario.scorecard, name):
                raise ScenarioError(f"{known.name} and {scenario.name} define scorecard.{name} differently; give one "
                                    "of the two another name")
    return tuple(outcome_of(indicators_of(scenario.scorecard)[name], _Own(own_lines(scenario.scorecard), name))
                 for name, scenario in first.items())


def regional_outcomes(scenario: Scenario) -> dict[str, Outcome]:
    """Every outcome that a scenario's region can be asked for, by its name; empty without a region."""
    if scenario.region is None:
        return {}
    return {outcome.name: outcome for outcome in (*REGIONAL_OUTCOMES, *own_outcomes([scenario]))}


def declared_outcome(name: str, title: str, unit: str) -> Outcome:
    """A declared outcome, or a researcher's own as far as a folder of results has it, which gives no value."""
    return ALL_OUTCOMES.get(name, Outcome(name, title, unit, 0, "", lambda recording: float("nan")))
