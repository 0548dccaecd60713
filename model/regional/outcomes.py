"""Indicators of a region as outcomes of a run, each under a name of its own: its value in the last full year.

Source: F11, G8, H3, H5.
"""

from alliancelab.model.outcomes import Outcome
from alliancelab.model.regional.indicators import INDICATORS, Indicator
from alliancelab.model.setup import QUARTERS_A_YEAR
from alliancelab.model.simulation import Recording

__all__ = ["PREFIX", "REGIONAL_OUTCOMES"]

PREFIX = "regional_"  # alliances have patents, productivity and effort of their own


def _outcome(indicator: Indicator) -> Outcome:
    def value(run: Recording) -> float:
        sizes = run.setup.sizes
        years = (sizes["quarters"] - sizes["warm_up"]) // QUARTERS_A_YEAR
        return indicator.value(run, int(sizes["start_year"]) + years - 1) if years else float("nan")

    return Outcome(PREFIX + indicator.name, f"Region: {indicator.title}", indicator.unit, indicator.better,
                   "In the last full year.", value)


REGIONAL_OUTCOMES: tuple[Outcome, ...] = tuple(_outcome(one) for one in INDICATORS.values() if one.regional)
