"""What a scenario allows and hardly means: instruments and levers that cannot act, figures that rarely go together.

Source: H2.
"""

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from alliancelab.model.policy.instrument import Instrument
from alliancelab.model.policy.own import known_instruments
from alliancelab.scenarios.calendar import most
from alliancelab.scenarios.regional import starts

if TYPE_CHECKING:
    from alliancelab.scenarios.scenario import Scenario

__all__ = ["policy_notes", "region_notes"]

_PAYERS = {"programme_grants": "amount", "pilot_selection": "support", "special_support": "amount",
           "reengineering": "effort"}
"""Instruments whose public money is in projects and purses of alliances, where `supervision` watches it, by lever."""

_ONE_OF = {
    "doubling_plan": ("industries",),
    "incubation": ("incubator", "startup_centre", "accelerator", "subsidy"),
    "ip_market": ("analysis", "valuation", "litigation", "warning"),
    "ip_regime": ("enforcement", "antitrust", "standards"),
    "leakage_control": ("nation", "region"),
    "platforms": ("laboratories", "parks", "public_platforms", "service_centres"),
    "research_platforms": ("engineering_centre", "technology_centre", "key_laboratory", "research_institution",
                           "postdoc_station", "academician_station", "raised"),
    "service_platforms": ("productivity_centre", "transfer_agency", "testing_centre", "relay_station",
                          "finance_institution", "raised"),
    "stage_finance": ("seed", "venture", "equity", "loans"),
    "talent_programme": ("regional", "provincial", "national", "retention"),
}
"""Levers that say what an instrument does: were they all 0, the others would be without effect."""

_EMPTY = {("layout", "sectors"): "chooses one sector all the same",
          ("layout", "places"): "has no place for any alliance"}
"""What an instrument does where a lever of it is 0."""

_RISING = {"assessment": ("failing", "weak", "exemplary")}
"""Bars of an instrument, from the lowest to the highest."""


def policy_notes(scenario: "Scenario") -> list[str]:
    """Instruments of a scenario that are switched on and cannot act, one sentence each."""
    found = []
    for instrument in known_instruments():
        if instrument.name in scenario.policy:
            found += [f"policy.{instrument.name} {words}" for words in _of_instrument(scenario, instrument)]
    return found


def _of_instrument(scenario: "Scenario", instrument: Instrument) -> list[str]:
    """What is to be said of an instrument: why it cannot act, or else which of its levers hardly mean what they say."""
    block = scenario.policy[instrument.name]
    if most(getattr(block, instrument.strength)) <= 0.0:
        return [f"does nothing: its {instrument.strength} is 0"]
    values = scenario.values_of(instrument)
    acting = values[instrument.strength] > 0.0
    if not acting.any():
        first, last = scenario.world["start_year"], int(scenario.years()[-1])
        return [f"never acts in the years of policy, {first} to {last}"]
    if "budget" in values and not values["budget"][acting].any():
        return ["pays nothing: its budget is 0"]
    if instrument.beside and not _acts(scenario, instrument.beside):
        return [f"has nobody to act on: policy.{instrument.beside} is off"]
    if instrument.name == "supervision" and not (
            scenario.own_instruments or any(_acts(scenario, name, lever) for name, lever in _PAYERS.items())):
        return ["has nobody to act on: no instrument pays public money into projects or purses of alliances"]
    parts = _ONE_OF.get(instrument.name)
    if parts and not any(values[part][acting].any() for part in parts):
        return [f"does nothing: its {', '.join(parts)} {'is' if len(parts) == 1 else 'are all'} 0"]
    empty = [f"{words}: its {lever} is 0" for (name, lever), words in _EMPTY.items()
             if name == instrument.name and not values[lever][acting].any()]
    return empty + _crossed(instrument, values, acting)


def _crossed(instrument: Instrument, values: dict[str, np.ndarray], acting: np.ndarray) -> list[str]:
    """Bars of which the lower one is above the higher one in some quarter."""
    bars = _RISING.get(instrument.name, ())
    found = []
    for low, high in pairwise(bars):
        crossed = np.flatnonzero(acting & (values[low] > values[high]))
        if len(crossed):
            first = crossed[0]
            found.append(f"has bars that contradict each other: its {high} is {values[high][first]:g} and its {low} "
                         f"{values[low][first]:g}")
    return found


def _acts(scenario: "Scenario", name: str, lever: str = "") -> bool:
    """Whether an instrument is switched on in some quarter, with money, and with a lever of it above 0."""
    if name not in scenario.policy:
        return False
    instrument = next(one for one in known_instruments() if one.name == name)
    values = scenario.values_of(instrument)
    needed = [values[one] > 0.0 for one in (instrument.strength, "budget", lever) if one in values]
    return bool(np.logical_and.reduce(needed).any())


def region_notes(scenario: "Scenario") -> list[str]:
    """Figures of the base year that are possible in a single year, and hardly in one that a run begins from."""
    if scenario.region is None:
        return []
    given, found = starts(scenario.scorecard), []
    granted, filed = given.get("patents_granted", 0.0), given.get("patents_filed", np.inf)
    if granted > filed:
        found.append(f"scorecard.patents_granted starts from {granted:g} and patents_filed from {filed:g}: grants are "
                     "on filings of the year before, and a run begins where these stand still, so it cannot have both")
    return found + _own_projects(scenario, given) + _needs(scenario, given)


def _own_projects(scenario: "Scenario", given: dict[str, float]) -> list[str]:
    """The lever of the region's own projects, where the figures have fewer: it is often that of the base."""
    number = _in_base_year(scenario, "county_projects", "number")
    name = "approved_own" if "approved_own" in given else "approved"
    if number <= given.get(name, np.inf):
        return []
    return [f"policy.county_projects.number is {number:g} in the base year and scorecard.{name} starts from "
            f"{given[name]:g}: no rate makes up for that"]


def _needs(scenario: "Scenario", given: dict[str, float]) -> list[str]:
    """More needs than visits: a visit notes one at most."""
    visits, needs = _in_base_year(scenario, "matching", "visits"), given.get("needs", 0.0)
    if needs <= visits:
        return []
    return [f"policy.matching.visits is {visits:g} in the base year and scorecard.needs starts from {needs:g}: a need "
            "is noted on a visit, so no rate makes up for that"]


def _in_base_year(scenario: "Scenario", name: str, lever: str) -> float:
    """Lever of an instrument in the last quarter before the run's first year, 0 where the instrument is off."""
    if name not in scenario.policy:
        return 0.0
    instrument = next(one for one in known_instruments() if one.name == name)
    return float(scenario.values_of(instrument)[lever][max(scenario.world["warm_up"] - 1, 0)])
