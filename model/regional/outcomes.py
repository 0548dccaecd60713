"""Indicators of a region as outcomes of a run, each under a name of its own: its value in the last full year.

Source: F11, G8, H3, H5.
"""

from collections.abc import Callable
from functools import partial

from alliancelab.model.accounts import GOVERNMENTS
from alliancelab.model.outcomes import Outcome
from alliancelab.model.regional.indicators import INDICATORS, Indicator
from alliancelab.model.setup import QUARTERS_A_YEAR
from alliancelab.model.simulation import Recording

__all__ = ["PREFIX", "REGIONAL_OUTCOMES", "outcome_of", "value_in_last_year"]

PREFIX = "regional_"  # alliances have patents, productivity and effort of their own


def value_in_last_year(indicator: Indicator, run: Recording) -> float:
    """Value of an indicator in the last full year of a run; NaN where it has none after the warm-up."""
    sizes = run.setup.sizes
    years = (sizes["quarters"] - sizes["warm_up"]) // QUARTERS_A_YEAR
    return indicator.value(run, int(sizes["start_year"]) + years - 1) if years else float("nan")


def outcome_of(indicator: Indicator, value: Callable[[Recording], float]) -> Outcome:
    """An indicator as an outcome, under its name with the prefix."""
    return Outcome(PREFIX + indicator.name, f"Region: {indicator.title}", indicator.unit, indicator.better,
                   "In the last full year.", value)


def _upper_outlay(run: Recording) -> float:
    above = [flow for purse in ("city", "province", "nation") for flow in GOVERNMENTS[purse]]
    return float(run.ledger[int(run.setup.sizes["warm_up"]):, above].sum())


REGIONAL_OUTCOMES: tuple[Outcome, ...] = (
    *(outcome_of(one, partial(value_in_last_year, one)) for one in INDICATORS.values() if one.regional),
    Outcome(f"{PREFIX}upper_outlay", "Region: Outlay of city, province and nation", "million yuan", -1,
            "Their grants and awards, over the years of public_outlay.", _upper_outlay))
