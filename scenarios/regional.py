"""The regional sections of a scenario: ``[region]``, numbers and carriers, and ``[scorecard]``, start and targets.

A number may be given as the id of a fact, so that a document's figure stands in one place only.

Source: F11, G8.
"""

from collections.abc import Mapping
from sys import float_info
from typing import Annotated, Any, Literal, NamedTuple

import numpy as np
from pydantic import AfterValidator, BeforeValidator, Field, create_model

from alliancelab.agents.errors import ScenarioError, did_you_mean
from alliancelab.model.declarations import Parameter
from alliancelab.model.regional import REGIONAL
from alliancelab.model.regional.codes import Carrier, Rank
from alliancelab.model.regional.parameters import REGION
from alliancelab.model.regional.setup import CarrierGroup
from alliancelab.scenarios.base_figures import check_region_figures, default
from alliancelab.scenarios.calendar import Strictly, plain_number
from alliancelab.scenarios.facts import facts
from alliancelab.scenarios.own_indicators import WORDS, can_fall, indicators_of

__all__ = ["Aim", "aims", "carrier_groups", "check_region", "numbers", "region_type", "scorecard_type", "set_by",
           "starts", "watched"]

LARGEST = float_info.max
_KINDS = tuple(kind.name.lower() for kind in Carrier)
_RANKS = tuple(rank.name.lower() for rank in Rank)
_WATCHED = {
    "research_platforms": ("postdoc_stations", "academician_stations"),
    "service_platforms": ("backbone_agencies", "finance_institutions"),
    "incubation": ("incubator_area", "accelerator_area"),
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
        raise ValueError("must be a number or the id of a fact in quotes")
    if isinstance(value, str):
        if value not in facts():
            raise ValueError(f"is neither a number nor the id of a fact; {did_you_mean(value, facts())}")
        if facts()[value].value is None:
            raise ValueError(f"names the fact '{value}', which has no value")
    elif not abs(value) <= LARGEST:  # NaN is not; a whole number of any length can be compared
        raise ValueError("must be a finite number" + (f", not {value}" if isinstance(value, float) else ""))
    return value


def _within(item: Parameter) -> Any:
    def check(value: Any) -> Any:
        given = _value(value)
        if item.integer and given != int(given):
            raise ValueError(f"must be a whole number, not {given:g}")
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


Parts = Annotated[tuple[str, ...], Field(max_length=100)]


class ScorecardLine(Strictly):
    """Start and targets of one indicator."""

    start: Given | None = Field(None, description="Figure of the year before the first, or the id of a fact.")
    targets: dict[str, Given] = Field(default_factory=dict, description="Targets by year, or ids of facts.")
    title: str | None = Field(None, max_length=200, description="Title of an indicator of one's own.")
    unit: str | None = Field(None, max_length=50, description="Unit of it.")
    better: Literal[1, -1] = Field(1, description="Whether more of it is better, 1, or less, -1.")
    total: Parts | None = Field(None, description=WORDS["total"])
    level: Parts | None = Field(None, description=WORDS["level"])
    ratio: Parts | None = Field(None, description=WORDS["ratio"])
    growth: str | None = Field(None, description=WORDS["growth"])


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


def _known_indicators(lines: dict[str, ScorecardLine | Literal[False]]) -> dict[str, ScorecardLine | Literal[False]]:
    for name, line in lines.items():
        if line is False:
            continue
        for year in line.targets:
            if not (year.isdigit() and len(year) == 4):
                raise ValueError(f"wants years such as \"2015\" as keys of {name}.targets, not {year!r}")
        if line.start is None and not line.targets:
            raise ValueError(f"wants a start or a target for {name}")
    return lines


def scorecard_type() -> Any:
    """Type of the section ``[scorecard]``."""
    line = Annotated[ScorecardLine | Literal[False], BeforeValidator(_line_or_false)]
    return Annotated[dict[str, line], AfterValidator(_known_indicators)]  # type: ignore[valid-type]


def _line_or_false(value: Any) -> Any:
    """A line, checked by itself so that what is wrong with it is said of it, or false, which takes it out."""
    return value if value is False else ScorecardLine.model_validate(value)


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
    known = indicators_of(scorecard)
    for name, line in scorecard.items():
        start = line.get("start")
        first = float("nan") if start is None else _value(start)
        words = start if isinstance(start, str) else ""
        for year, target in sorted(line.get("targets", {}).items()):
            fact = target if isinstance(target, str) else ""
            found.append(Aim(name, int(year), _least(target, known[name].better), first, fact, words))
        if not line.get("targets"):
            found.append(Aim(name, None, float("nan"), first, "", words))
    return found


def starts(scorecard: Mapping[str, Any]) -> dict[str, float]:
    """Figures of the base year that a scorecard gives, by indicator."""
    return {aim.indicator: aim.start for aim in aims(scorecard) if np.isfinite(aim.start)}


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


def set_by(above_scale: float) -> dict[str, str]:
    """Numbers of ``[region]`` that set what an indicator starts from, by indicator.

    Where the firms above scale of the first sector are given, revenue is theirs, else that of all sectors. Source: F11.
    """
    revenue = "revenue" if above_scale > 0 else "output_all"
    return {"firms": "firms_least", "above_scale": "above_scale", revenue: "revenue", "output": "certified_output",
            "provincial_alliances": "alliances_named"}


def check_region(place: str, region: Mapping[str, Any] | None, scorecard: Mapping[str, Any],
                 policy: Mapping[str, Any], world: Mapping[str, int]) -> None:
    """Check what the sections ask of each other.

    Raises
    ------
    ScenarioError
        When a regional instrument or indicator has no region, or a number of the region does not fit the world.
    """
    try:
        known = indicators_of(scorecard)
    except ValueError as error:
        raise ScenarioError(f"{place}: scorecard {error}") from None
    for aim in aims(scorecard):
        for figure in (aim.start, aim.target):
            if figure < 0.0 and not can_fall(scorecard, aim.indicator):
                raise ScenarioError(f"{place}: scorecard.{aim.indicator} is {figure:g} and has to be at least 0; only "
                                    "growth can be below it")
            if known[aim.indicator].unit == "share" and not (np.isnan(figure) or abs(figure) <= 1.0):
                raise ScenarioError(f"{place}: scorecard.{aim.indicator} is {figure:g} and has to be at most 1, as a "
                                    "share")
        if region is None and known[aim.indicator].regional:
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
    check_region_figures(place, given, world)
    groups = sum(group.number for group in carrier_groups(region))
    rows = given.get("carrier_rows", default("carrier_rows"))
    if groups + world["agencies"] > rows:
        raise ScenarioError(f"{place}: region.carriers and world.agencies are {groups + world['agencies']} carriers "
                            f"and have to be at most region.carrier_rows, {rows:g}")
