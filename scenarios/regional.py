"""The regional sections of a scenario: ``[region]``, numbers and carriers, and ``[scorecard]``, start and targets.

A number may be given as the id of a fact, so that a document's figure stands in one place only.

Source: F11, G8.
"""

from collections.abc import Mapping
from math import isfinite
from typing import Annotated, Any, Literal, NamedTuple

import numpy as np
from pydantic import AfterValidator, BeforeValidator, Field, create_model

from alliancelab.model.declarations import Parameter
from alliancelab.model.regional import REGIONAL
from alliancelab.model.regional.codes import Carrier, Rank
from alliancelab.model.regional.indicators import INDICATORS
from alliancelab.model.regional.parameters import REGION
from alliancelab.model.regional.setup import CarrierGroup
from alliancelab.scenarios.calendar import Strictly, plain_number
from alliancelab.scenarios.errors import ScenarioError, did_you_mean
from alliancelab.scenarios.facts import facts

__all__ = ["Aim", "aims", "carrier_groups", "check_region", "numbers", "region_type", "scorecard_type", "watched"]

_KINDS = tuple(kind.name.lower() for kind in Carrier)
_RANKS = tuple(rank.name.lower() for rank in Rank)
_WATCHED = {
    "research_platforms": ("postdoc_stations", "academician_stations"),
    "service_platforms": ("backbone_agencies",), "incubation": ("incubated",),
    "stage_finance": ("finance_institutions",),
    "talent_programme": ("regional_talent", "provincial_talent", "national_talent"),
    "applications": ("approved",), "matching": ("agreements",), "certification": ("certified_new",),
    "patent_programme": ("patents_filed",), "doubling_plan": ("output",),
}
"""Indicators that an instrument is there for, as `model.regional.correction.watched` reads them. Source: F4."""


class Aim(NamedTuple):
    """One line of a scorecard: an indicator in a year, with what the documents say of its start and of its target.

    Attributes
    ----------
    indicator : str
    year : int or None
        Of the target; None for an indicator without one, of which the start is compared and the course shown.
    target : float
        What has to be reached: the lower end where a range is given; NaN without one.
    start : float
        Figure of the base year, NaN where there is none.
    target_fact, start_fact : str
        Facts that they come from, "" for plain numbers.
    """

    indicator: str
    year: int | None
    target: float
    start: float
    target_fact: str
    start_fact: str


def _number_or_fact(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise ValueError("wants a number or the id of a fact in quotes")
    if isinstance(value, str):
        if value not in facts():
            raise ValueError(f"names no fact; {did_you_mean(value, facts())}")
        if facts()[value].value is None:
            raise ValueError(f"names the fact '{value}', which has no value")
    elif not isfinite(value):
        raise ValueError(f"wants a finite number, not {value}")
    return value


def _within(item: Parameter) -> Any:
    def check(value: Any) -> Any:
        given = _value(value)
        if item.integer and given != int(given):
            raise ValueError(f"wants a whole number, not {given:g}")
        if not item.low <= given <= item.high:
            raise ValueError(f"is {given:g}, outside its bounds {item.low:g} to {item.high:g} ({item.unit})")
        return value

    return check


def _value(given: Any) -> float:
    """Number that a number or a fact stands for; where a fact has a range its value is taken."""
    return float(facts()[given].value) if isinstance(given, str) else float(given)  # type: ignore[arg-type]


Given = Annotated[Any, BeforeValidator(plain_number), AfterValidator(_number_or_fact)]


class CarrierEntry(Strictly):
    """Carriers of one kind and rank that are there at the start."""

    kind: Literal[_KINDS] = Field(description="Kind of carrier.")  # type: ignore[valid-type]
    rank: Literal[_RANKS] = Field("local", description="Rank.")  # type: ignore[valid-type]
    number: Given = Field(description="How many, or the id of a fact.")


class ScorecardLine(Strictly):
    """Start and targets of one indicator."""

    start: Given | None = Field(None, description="Figure of the year before the first, or the id of a fact.")
    targets: dict[str, Given] = Field(default_factory=dict, description="Targets by year, or ids of facts.")


def region_type() -> Any:
    """Type of the section ``[region]``."""
    fields: dict[str, Any] = {
        item.name: (Annotated[Given, AfterValidator(_within(item))], Field(item.default, description=item.description))
        for item in REGION
    }
    carriers: Any = Annotated[tuple[CarrierEntry, ...], Field(max_length=1000)]
    fields["carriers"] = (carriers, Field((), description="Carriers that are there at the start."))
    return create_model("region", __base__=Strictly, __doc__="A regional system; acts if the section is there.",
                        **fields)


def _known_indicators(lines: dict[str, ScorecardLine]) -> dict[str, ScorecardLine]:
    for name, line in lines.items():
        if name not in INDICATORS:
            raise ValueError(f"knows no indicator '{name}'; {did_you_mean(name, INDICATORS)}")
        for year in line.targets:
            if not (year.isdigit() and len(year) == 4):
                raise ValueError(f"wants years such as \"2015\" as keys of {name}.targets, not {year!r}")
        if line.start is None and not line.targets:
            raise ValueError(f"wants a start or a target for {name}")
    return lines


def scorecard_type() -> Any:
    """Type of the section ``[scorecard]``."""
    return Annotated[dict[str, ScorecardLine], AfterValidator(_known_indicators)]


def numbers(region: Mapping[str, Any]) -> dict[str, float]:
    """Numbers of a region that differ from their defaults."""
    given = {item.name: _value(region.get(item.name, item.default)) for item in REGION}
    return {item.name: given[item.name] for item in REGION if given[item.name] != item.default}


def carrier_groups(region: Mapping[str, Any]) -> tuple[CarrierGroup, ...]:
    """Carriers at the start, as the engine takes them."""
    return tuple(
        CarrierGroup(_KINDS.index(entry["kind"]), _RANKS.index(entry.get("rank", "local")),
                     int(_value(entry["number"])))
        for entry in region.get("carriers", ())
    )


def aims(scorecard: Mapping[str, Any]) -> list[Aim]:
    """Lines of a scorecard in the order of the file, years rising."""
    found = []
    for name, line in scorecard.items():
        start = line.get("start")
        first = float("nan") if start is None else _value(start)
        words = start if isinstance(start, str) else ""
        for year, target in sorted(line.get("targets", {}).items()):
            fact = target if isinstance(target, str) else ""
            found.append(Aim(name, int(year), _least(target, INDICATORS[name].better), first, fact, words))
        if not line.get("targets"):
            found.append(Aim(name, None, float("nan"), first, "", words))
    return found


def _least(given: Any, better: int) -> float:
    """What meets a target: of a range the end that is easier to reach."""
    if not isinstance(given, str):
        return float(given)
    fact = facts()[given]
    end = fact.low if better > 0 else fact.high
    return _value(given) if end is None else float(end)


def watched(scorecard: Mapping[str, Any]) -> np.ndarray:
    """Last target of what each regional instrument is there for, 0 where there is none. Source: F4."""
    last = {aim.indicator: aim.target for aim in aims(scorecard) if aim.year is not None}
    return np.array([sum(last.get(name, 0.0) for name in _WATCHED.get(i.name, ())) for i in REGIONAL])


def check_region(place: str, region: Mapping[str, Any] | None, scorecard: Mapping[str, Any],
                 policy: Mapping[str, Any], world: Mapping[str, int]) -> None:
    """Check what the sections ask of each other.

    Raises
    ------
    ScenarioError
        When a regional instrument or indicator has no region, or a number of the region does not fit the world.
    """
    for aim in aims(scorecard):
        if region is None and INDICATORS[aim.indicator].regional:
            raise ScenarioError(f"{place}: scorecard.{aim.indicator} needs a [region]; "
                                "lay the scenario over dongying or county_bureau")
    if region is None:
        for instrument in REGIONAL:
            if instrument.name in policy:
                raise ScenarioError(f"{place}: policy.{instrument.name} needs a [region]; "
                                    "lay the scenario over dongying or county_bureau")
        return
    given = numbers(region)
    for name in ("open_sectors", "agriculture", "social"):
        most = world["sectors"] - (0 if name == "open_sectors" else 1)
        if given.get(name, 0) > most:
            raise ScenarioError(f"{place}: region.{name} is {given[name]:g} and has to be at most {most} "
                                f"with {world['sectors']} sectors")
    groups = sum(group.number for group in carrier_groups(region))
    rows = given.get("carrier_rows", next(item.default for item in REGION if item.name == "carrier_rows"))
    if groups + world["agencies"] > rows:
        raise ScenarioError(f"{place}: region.carriers and world.agencies are {groups + world['agencies']} carriers "
                            f"and have to be at most region.carrier_rows, {rows:g}")
