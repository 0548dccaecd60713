"""Figures of a region's base year that contradict each other: what no run could start from.

Source: F11, G8.
"""

from collections.abc import Mapping

from alliancelab.agents.errors import ScenarioError
from alliancelab.model.regional.parameters import REGION

__all__ = ["check_region_figures", "check_starts", "default"]

ROUNDED = 0.01  # of a share, which documents give in whole percent, and of a sum of rounded parts
_FILED = ("filed_city", "filed_province", "filed_nation")
_APPROVED = ("approved_city", "approved_province", "approved_nation")
_AT_MOST = (
    *((won, whole) for won, whole in zip(((name,) for name in _APPROVED), ((name,) for name in _FILED), strict=True)),
    (_FILED, ("filed_upper",)),
    (_APPROVED, ("filed_upper",)),
    (("approved",), ("filed_upper", "approved_own")),
    (("approved",), (*_FILED, "approved_own")),
    ((*_APPROVED, "approved_own"), ("approved",)),
    (("filed_nation",), ("major_filed",)),
    (("small_firms_approved",), ("approved_nation",)),
    (("key_approved",), ("approved_province",)),
    (("agriculture_filed", "social_filed"), ("filed_upper",)),
    (("agriculture_approved",), ("agriculture_filed",)),
    (("social_approved",), ("social_filed",)),
    (("agriculture_approved", "social_approved"), ("approved",)),
    (("certified_new",), ("certified_tried",)),
    (("certified_new_city", "certified_new_province", "certified_new_nation"), ("certified_new",)),
    (("output",), ("output_all",)),
    (("above_scale",), ("firms",)),
    (("agreements",), ("needs",)),
)
"""Indicators that in one year are no more than others, sums over both sides: parts of a whole, and what comes of it.

Panels decide within half a year, and a run begins where filing stands still, so a year approves no more than it files.
What is filed at the city, the province and the nation may be less than what is filed at upper levels in all: the
report of the county has 95 of 98.
An agreement comes from a need that was noted.
"""

_PAID = ("paid_city", "paid_province", "paid_nation")  # their sum is upper_funds

_AWARDED = ("engineering_new", "technology_new", "talent_arrived")  # what upper levels give awards for


def check_region_figures(place: str, given: Mapping[str, float], world: Mapping[str, int]) -> None:
    """Refuse numbers of ``[region]`` that contradict each other.

    Parameters
    ----------
    place : str
        What messages begin with.
    given : mapping of str to float
        Numbers of the region that differ from their defaults.
    world : mapping of str to int
    """
    rows = -(-world["firms"] // world["sectors"])
    above, firms, revenue = (given.get(name, 0.0) for name in ("above_scale", "firms_least", "revenue"))
    least = 4.0 * given.get("scale", default("scale")) * above
    certified = given.get("certified_output", 0.0)
    for name, figure in (("above_scale", above), ("firms_least", firms)):
        if figure > rows:
            raise ScenarioError(f"{place}: region.{name} is {figure:g} and has to be at most {rows}, the firms of the "
                                f"first sector that world.firms and world.sectors leave room for")
    if above > 0 and revenue < least:
        raise ScenarioError(f"{place}: region.revenue is {revenue:g} and has to be at least {least:g} million yuan a "
                            f"year, what {above:g} firms above scale have of region.scale")
    nation = given.get("national_output", 0.0)
    if 0 < nation < revenue:
        raise ScenarioError(f"{place}: region.national_output is {nation:g} and has to be at least region.revenue, "
                            f"{revenue:g}")
    if 0.0 <= given.get("agriculture", -1.0) == given.get("social", -1.0):
        raise ScenarioError(f"{place}: region.agriculture and region.social are both sector {given['social']:g}")
    if above == 0 and certified > revenue > 0:
        raise ScenarioError(f"{place}: region.certified_output is {certified:g} and has to be at most region.revenue, "
                            f"{revenue:g}")


def check_starts(place: str, starts: Mapping[str, float], given: Mapping[str, float], own_projects: float) -> None:
    """Refuse starts of a scorecard that contradict each other or the numbers of ``[region]``.

    Targets are met from their value on, so any of them can be met together: they are not looked at.

    Parameters
    ----------
    place : str
        What messages begin with.
    starts : mapping of str to float
        Figures of the base year by indicator.
    given : mapping of str to float
        Numbers of the region that differ from their defaults.
    own_projects : float
        Most of the region's own projects in a year, where no start says how many there are.
    """
    for parts, whole in _AT_MOST:
        _check_parts(place, [name for name in parts if name in starts], whole, starts, own_projects)
    _check_share(place, "output_share", starts, ("output", "output_all"), (
        starts.get("output", given.get("certified_output", 0.0)),
        starts.get("output_all", 0.0 if given.get("above_scale", 0.0) > 0.0 else given.get("revenue", 0.0))))
    _check_share(place, "national_share", starts, ("revenue", "region.national_output"), (
        starts.get("revenue", given.get("revenue", 0.0)), given.get("national_output", 0.0)))
    _check_paid(place, starts)
    nobody = (starts.get(whole) == 0.0 or all(starts.get(part) == 0.0 for part in parts)
              for whole, parts in (("filed_upper", _FILED), ("approved", _APPROVED)))
    if starts.get("upper_funds", 0.0) > 0.0 and any(nobody) and not any(starts.get(name) for name in _AWARDED):
        raise ScenarioError(f"{place}: scorecard.upper_funds starts from {starts['upper_funds']:g} and has to be 0, as "
                            f"upper levels fund no project, and no start of {', '.join(_AWARDED)} brings an award")


def _check_parts(place: str, parts: list[str], whole: tuple[str, ...], starts: Mapping[str, float],
                 own_projects: float) -> None:
    """Refuse parts whose sum is more than that of the whole, where all of the whole is known."""
    known = {"approved_own": own_projects} | dict(starts)
    if not parts or not all(name in known for name in whole):
        return
    figure, most = sum(starts[name] for name in parts), sum(known[name] for name in whole)
    if figure > most:
        names = (f"scorecard.{name}" if name in starts else "policy.county_projects.number" for name in whole)
        raise ScenarioError(f"{place}: scorecard.{' + '.join(parts)} starts from {figure:g} and has to be at most "
                            f"{most:g}, {' + '.join(names)}; take a line out with scorecard.{parts[0]} = false")


def _check_paid(place: str, starts: Mapping[str, float]) -> None:
    """Refuse payments of upper levels that are more than their sum, or all there and another one."""
    parts = [name for name in _PAID if name in starts]
    if not parts or "upper_funds" not in starts:
        return
    figure, whole = sum(starts[name] for name in parts), starts["upper_funds"]
    least = whole if len(parts) == len(_PAID) else 0.0
    if not least * (1.0 - ROUNDED) <= figure <= whole * (1.0 + ROUNDED):
        raise ScenarioError(f"{place}: scorecard.{' + '.join(parts)} starts from {figure:g} and has to be "
                            f"{'' if least else 'at most '}{whole:g}, scorecard.upper_funds; take a line out with "
                            f"scorecard.{parts[0]} = false")


def _check_share(place: str, name: str, starts: Mapping[str, float], parts: tuple[str, str],
                 values: tuple[float, float]) -> None:
    """Refuse a share that is not that of the two figures it is of, where both are given."""
    above, below = values
    if name in starts and above > 0.0 and below > 0.0 and abs(starts[name] - above / below) > ROUNDED:
        raise ScenarioError(f"{place}: scorecard.{name} starts from {starts[name]:g} and {parts[0]} over {parts[1]}, "
                            f"{above:g} over {below:g}, is {above / below:.3g}; give figures that fit each other or "
                            f"take the line out with scorecard.{name} = false")


def default(name: str) -> float:
    """Default of a number of ``[region]``."""
    return next(item.default for item in REGION if item.name == name)
