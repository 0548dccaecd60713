"""Which outcomes runs of given scenarios are judged by: the national ones, and for regions what their scorecards count.

Source: H3, H5.
"""

from collections.abc import Iterable

from alliancelab.model.outcomes import OUTCOMES, Outcome
from alliancelab.model.regional.outcomes import PREFIX, REGIONAL_OUTCOMES
from alliancelab.scenarios.scenario import Scenario

__all__ = ["ALL_OUTCOMES", "declared_outcome", "outcomes_for"]

ALL_OUTCOMES: dict[str, Outcome] = {outcome.name: outcome for outcome in (*OUTCOMES, *REGIONAL_OUTCOMES)}
"""Every declared outcome by its name."""

_SYSTEM = ("stated_need", "requests_served", "turned_away", "worth", "productivity", "service_revenue",
           "contract_value", "lent", "private_stakes", "exports", "patents_filed", "output_all", "hollow_share",
           "trust")
"""Indicators of how a regional system itself is doing, whether a scorecard counts them or not."""


def outcomes_for(scenarios: Iterable[Scenario]) -> tuple[Outcome, ...]:
    """Outcomes of a run of these scenarios, in the order in which they are declared."""
    asked = {PREFIX + name for scenario in scenarios if scenario.region is not None
             for name in (*scenario.scorecard, *_SYSTEM)}
    return (*OUTCOMES, *(outcome for outcome in REGIONAL_OUTCOMES if outcome.name in asked))


def declared_outcome(name: str, title: str, unit: str) -> Outcome:
    """A declared outcome, or a researcher's own as far as a folder of results has it, which gives no value."""
    return ALL_OUTCOMES.get(name, Outcome(name, title, unit, 0, "", lambda recording: float("nan")))
