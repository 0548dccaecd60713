"""Indicators of a year: one function each, read from a recording; what scorecards compare with start and target.

Source: F11, G8.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from alliancelab.model.accounts import GOVERNMENTS, Flow
from alliancelab.model.regional.codes import Carrier, Grade, Level, Programme, Rank, RegionalPurse
from alliancelab.model.simulation import Recording

__all__ = ["INDICATORS", "Indicator", "Value", "flow", "growth", "ratio", "stock"]

_YEAR = 4
_RANKED = {Rank.PROVINCIAL: "provincial", Rank.NATIONAL: "nationals"}
_PLATFORMS = slice(Carrier.ENGINEERING_CENTRE, Carrier.ACADEMICIAN_STATION + 1)


Column = Callable[[np.ndarray], np.ndarray]
Value = Callable[[Recording, int], float]


class Indicator(NamedTuple):
    """What a plan counts.

    Attributes
    ----------
    name, title, unit : str
    better : int
        1 if more is better, -1 if less is better.
    regional : bool
        Whether it needs a scenario with a ``[region]``.
    value : callable
        Takes a `Recording` and a calendar year, returns a float; NaN where the run does not reach that year.
    """

    name: str
    title: str
    unit: str
    better: int
    regional: bool
    value: Value


def _quarters(run: Recording, year: int) -> slice | None:
    """Quarters of a calendar year, None where the run has not all four of them."""
    sizes = run.setup.sizes
    first = sizes["warm_up"] + _YEAR * (year - sizes["start_year"])
    return slice(first, first + _YEAR) if 0 <= first <= len(run.curves) - _YEAR else None




def _column(name: str, place: int | slice | None = None) -> Column:
    """A column of the indicators, one place of it, or the sum over some of its places."""

    def read(table: np.ndarray) -> np.ndarray:
        values = table[name].astype(float)
        if place is None:
            return values if values.ndim == 1 else values.sum(axis=1)
        return values[:, place].sum(axis=1) if isinstance(place, slice) else values[:, place]

    return read


def _table(run: Recording) -> np.ndarray | None:
    return None if run.region is None else run.region.indicators


def stock(column: Column, times: float = 1.0) -> Value:
    """Its level at the end of the year; with `times` 4 the yearly rate of a quarterly flow."""

    def value(run: Recording, year: int) -> float:
        quarters, table = _quarters(run, year), _table(run)
        if quarters is None or table is None:
            return float("nan")
        return float(times * column(table)[quarters][-1])

    return value


def flow(column: Column) -> Value:
    """Its sum over the year."""

    def value(run: Recording, year: int) -> float:
        quarters, table = _quarters(run, year), _table(run)
        return float("nan") if quarters is None or table is None else float(column(table)[quarters].sum())

    return value


def _since_start(column: Column) -> Value:
    """Its sum from the first year after the warm-up to the end of the year."""

    def value(run: Recording, year: int) -> float:
        quarters, table = _quarters(run, year), _table(run)
        if quarters is None or table is None:
            return float("nan")
        return float(column(table)[run.setup.sizes["warm_up"] : quarters.stop].sum())

    return value


def growth(of: Value) -> Value:
    """Mean growth a year since the base year, the last of the warm-up: what plans call average growth."""

    def value(run: Recording, year: int) -> float:
        base = int(run.setup.sizes["start_year"]) - 1
        first, last = of(run, base), of(run, year)
        return (last / first) ** (1.0 / (year - base)) - 1.0 if year > base and first > 0 else float("nan")

    return value


def ratio(above: Value, below: Value) -> Value:
    def value(run: Recording, year: int) -> float:
        base = below(run, year)
        return above(run, year) / base if base > 0 else float("nan")

    return value


def _times(of: Value, parameter: str) -> Value:
    def value(run: Recording, year: int) -> float:
        return float("nan") if run.region is None else of(run, year) * float(run.region.numbers[0][parameter])

    return value


def _curve(name: str, total: bool) -> Value:
    """A calendar curve of any run: its sum over the year, or its level at the end."""

    def value(run: Recording, year: int) -> float:
        quarters = _quarters(run, year)
        if quarters is None:
            return float("nan")
        values = run.curves[name][quarters]
        return float(values.sum() if total else values[-1])

    return value


def _carriers(kind: Carrier, rank: Rank | None = None) -> Value:
    return stock(_column("carriers" if rank is None else _RANKED[rank], int(kind)))


def _major(run: Recording, year: int) -> float:
    """Projects of the nation, and of the funds for major results."""
    results = flow(_column("programmes_filed", int(Programme.RESULTS)))
    return flow(_column("filed", int(Level.NATION)))(run, year) + results(run, year)


def _weak(run: Recording, year: int) -> float:
    return ratio(flow(_column("weak")), flow(_column("filed")))(run, year)


def _paid_by(purse: str) -> Value:
    """What a government above the region has paid in it."""

    def value(run: Recording, year: int) -> float:
        quarters = _quarters(run, year)
        return float("nan") if quarters is None else float(run.ledger[quarters][:, GOVERNMENTS[purse]].sum())

    return value


_OWN_MONEY = [flow for flow in Flow if flow.instrument in {purse.name.lower() for purse in RegionalPurse}]


def _spent(run: Recording, year: int) -> float:
    """What the instruments of the region have paid."""
    quarters = _quarters(run, year)
    return float("nan") if quarters is None else float(run.ledger[quarters][:, _OWN_MONEY].sum())


def _answered(run: Recording, year: int) -> float:
    """Requests that were served; packages passed on to a further carrier are services without a request."""
    return flow(_column("served"))(run, year) - flow(_column("packages"))(run, year)


_UPPER = slice(Level.CITY, Level.NATION + 1)
_REVENUE = stock(_column("revenue"), _YEAR)
_OUTPUT = stock(_column("certified_output"), _YEAR)
_ALL = stock(_column("all_revenue"), _YEAR)
_PRODUCT = _times(flow(_column("turnover")), "product_ratio")
_SERVICE = flow(_column("service_revenue"))
_CONTRACTS = flow(_column("contract_value"))
_MONEY = "million yuan a year"


def _regional(name: str, title: str, unit: str, value: Value, better: int = 1) -> Indicator:
    return Indicator(name, title, unit, better, True, value)


def _platforms(run: Recording, year: int) -> float:
    return sum(_since_start(_column(name, _PLATFORMS))(run, year) for name in ("built", "raised"))


_CLUSTER = (
    _regional("firms", "Firms of the first sector", "firms", stock(_column("firms"))),
    _regional("above_scale", "Firms above scale, first sector", "firms", stock(_column("above_scale"))),
    _regional("revenue", "Revenue above scale, first sector", _MONEY, _REVENUE),
    _regional("national_share", "Share of the national output", "share",
              ratio(_REVENUE, stock(_column("national"), _YEAR))),
    _regional("provincial_alliances", "Alliances that the province recognises", "alliances",
              stock(_column("alliances_named"))),
    *(_regional(name, title, "carriers", _carriers(kind, rank)) for name, title, kind, rank in (
        ("science_parks", "National university science parks", Carrier.SCIENCE_PARK, Rank.NATIONAL),
        ("national_incubators", "National incubators", Carrier.INCUBATOR, Rank.NATIONAL),
        ("provincial_incubators", "Provincial incubators", Carrier.INCUBATOR, Rank.PROVINCIAL),
        ("national_startup_centres", "National start-up centres", Carrier.STARTUP_CENTRE, Rank.NATIONAL),
        ("national_engineering", "National engineering centres", Carrier.ENGINEERING_CENTRE, Rank.NATIONAL),
        ("provincial_engineering", "Provincial engineering centres", Carrier.ENGINEERING_CENTRE, Rank.PROVINCIAL),
        ("national_technology", "National technology centres", Carrier.TECHNOLOGY_CENTRE, Rank.NATIONAL),
        ("provincial_laboratories", "Provincial key laboratories", Carrier.KEY_LABORATORY, Rank.PROVINCIAL),
        ("national_productivity", "National productivity centres", Carrier.PRODUCTIVITY_CENTRE, Rank.NATIONAL),
        ("provincial_productivity", "Provincial productivity centres", Carrier.PRODUCTIVITY_CENTRE, Rank.PROVINCIAL),
        ("national_transfer", "National transfer institutions", Carrier.TRANSFER_AGENCY, Rank.NATIONAL),
        ("national_testing", "National testing centres", Carrier.TESTING_CENTRE, Rank.NATIONAL),
        ("relay_stations", "Stations of the innovation relay", Carrier.RELAY_STATION, None),
        ("institutions", "New research institutions", Carrier.RESEARCH_INSTITUTION, None),
        ("postdoc_stations", "Post-doctoral stations", Carrier.POSTDOC_STATION, None),
        ("academician_stations", "Academician stations", Carrier.ACADEMICIAN_STATION, None),
        ("finance_institutions", "Finance institutions", Carrier.FINANCE_INSTITUTION, None),
    )),
    _regional("platforms_built", "High-end platforms built or raised", "platforms", _platforms),
    _regional("engineering_raised", "Engineering centres raised to national rank", "carriers",
              _since_start(_column("raised", int(Carrier.ENGINEERING_CENTRE)))),
    _regional("backbone_agencies", "Backbone service agencies", "agencies", stock(_column("backbone"))),
    _regional("national_agencies", "Backbone agencies of national rank", "agencies",
              stock(_column("national_agencies"))),
    _regional("service_agencies", "Service agencies", "agencies", stock(_column("agencies"))),
    _regional("service_revenue", "Revenue of services", _MONEY, _SERVICE),
    _regional("service_growth", "Mean growth of service revenue", "per year", growth(_SERVICE)),
    _regional("national_projects", "National projects won since the start", "projects",
              _since_start(_column("approved", int(Level.NATION)))),
    _regional("contract_value", "Value of technology contracts", _MONEY, _CONTRACTS),
    _regional("contract_growth", "Mean growth of contract value", "per year", growth(_CONTRACTS)),
    _regional("incubator_area", "Area of incubators", "m2", stock(_column("incubator_area"))),
    _regional("incubated", "Firms under incubation", "firms", stock(_column("incubated"))),
    _regional("accelerator_area", "Area of accelerators", "m2", stock(_column("accelerator_area"))),
    _regional("regional_talent", "Talents of the regional programme", "people",
              stock(_column("people", int(Grade.REGIONAL)))),
    _regional("provincial_talent", "Talents of the provincial programme", "people",
              stock(_column("people", int(Grade.PROVINCIAL)))),
    _regional("national_talent", "Talents of the national programme", "people",
              stock(_column("people", int(Grade.NATIONAL)))),
    _regional("talent_left", "Talents who left", "people a year", flow(_column("left")), -1),
    _regional("stated_need", "Stated need", "[0, 1]", stock(_column("stated"))),
    _regional("requests_served", "Requests served", "share",
              ratio(_answered, flow(_column("requests")))),
    _regional("turned_away", "Requests turned away", "requests a year", flow(_column("turned_away")), -1),
    _regional("worth", "Worth of services to a firm", "ratio", stock(_column("worth"))),
    _regional("productivity", "Technology in use over best practice, served sectors", "ratio",
              stock(_column("productivity"))),
    _regional("exports", "Foreign orders", _MONEY, stock(_column("exports"), _YEAR)),
    _regional("foreign_contracts", "Work begun with foreign partners", "contracts",
              flow(_column("foreign_contracts"))),
    _regional("lent", "Guaranteed bank loans", _MONEY, flow(_column("lent"))),
    _regional("private_stakes", "Private money beside public stakes", _MONEY, flow(_column("joined"))),
    _regional("foreign_reach", "Foreign reach", "[0, 1]", stock(_column("reach"))),
    _regional("sectors_served", "Sectors served", "sectors", stock(_column("open"))),
    _regional("stakes_lost", "Public stakes lost", _MONEY, flow(_column("lost")), -1),
)

_BUREAU = (
    _regional("filed_upper", "Applications, city and above", "projects", flow(_column("filed", _UPPER))),
    _regional("filed_city", "Applications to the city", "projects", flow(_column("filed", int(Level.CITY)))),
    _regional("filed_province", "Applications to the province", "projects",
              flow(_column("filed", int(Level.PROVINCE)))),
    _regional("filed_nation", "Applications to the nation", "projects", flow(_column("filed", int(Level.NATION)))),
    _regional("weak_share", "Applications for the count", "share", _weak, -1),
    _regional("approved", "New projects, all levels", "projects", flow(_column("approved"))),
    _regional("approved_nation", "New national projects", "projects", flow(_column("approved", int(Level.NATION)))),
    _regional("approved_province", "New provincial projects", "projects",
              flow(_column("approved", int(Level.PROVINCE)))),
    _regional("approved_city", "New city projects", "projects", flow(_column("approved", int(Level.CITY)))),
    _regional("approved_own", "New own projects", "projects", flow(_column("approved", int(Level.COUNTY)))),
    _regional("major_filed", "Major projects filed", "projects", _major),
    _regional("small_firms_approved", "New projects of the innovation fund for small firms", "projects",
              flow(_column("programmes_approved", int(Programme.SMALL_FIRMS)))),
    _regional("results_approved", "New projects of the funds for major results", "projects",
              flow(_column("programmes_approved", int(Programme.RESULTS)))),
    _regional("key_approved", "New key technology projects", "projects",
              flow(_column("programmes_approved", int(Programme.KEY)))),
    _regional("startup_centres", "Start-up centres", "centres", _carriers(Carrier.STARTUP_CENTRE)),
    _regional("research_share", "R&D in the product", "share", ratio(flow(_column("research")), _PRODUCT)),
    _regional("completed", "Projects completed", "projects", flow(_column("completed"))),
    _regional("upper_funds", "Money from upper levels", _MONEY, flow(_column("upper_funds"))),
    _regional("appropriation", "The region's own science money, spent", _MONEY, _spent),
    *(_regional(f"paid_{purse}", f"Money from the {purse}", _MONEY, _paid_by(purse))
      for purse in ("city", "province", "nation")),
    _regional("self_raised", "Firms' own money", _MONEY, flow(_column("self_raised"))),
    _regional("needs", "Needs collected", "needs", flow(_column("needs"))),
    _regional("contacts", "Universities and institutes contacted", "organisations", flow(_column("contacts"))),
    _regional("experts_invited", "Experts invited", "people", flow(_column("invited"))),
    _regional("expert_pool", "Pool of experts", "people", stock(_column("pool"))),
    _regional("agreements", "Agreements with research partners", "agreements", flow(_column("agreements"))),
    _regional("joint_centres", "Joint centres founded", "centres", flow(_column("joint_centres"))),
    _regional("certified_tried", "Applications for certificates of firms", "firms",
              flow(_column("tried_certified"))),
    _regional("certified_new", "New high-tech firms", "firms", flow(_column("new_certified"))),
    *(_regional(f"certified_new_{level}", f"New high-tech firms, {level} level", "firms",
                flow(_column("new_by_level", int(Level[level.upper()])))) for level in ("city", "province", "nation")),
    _regional("products_new", "New high-tech products", "products", flow(_column("new_products"))),
    _regional("engineering_new", "New engineering centres", "centres", flow(_column("new_engineering"))),
    _regional("technology_new", "New technology centres", "centres", flow(_column("new_technology"))),
    _regional("output", "High-tech output", _MONEY, _OUTPUT),
    _regional("output_share", "Its share in output above scale", "share", ratio(_OUTPUT, _ALL)),
    _regional("hollow_share", "Hollow part of high-tech output", "share",
              ratio(stock(_column("hollow_output"), _YEAR), _OUTPUT), -1),
    _regional("output_all", "Output above scale", _MONEY, _ALL),
    _regional("patents_filed", "Patents filed", "patents", flow(_column("patents_filed"))),
    _regional("patents_granted", "Patents granted", "patents", flow(_column("patents_granted"))),
    _regional("property_pilot", "Accepted as a pilot of intellectual property", "0 or 1",
              stock(_column("property_pilot"))),
    *(_regional(f"{field}_{step}", f"{title} projects {step}", "projects", flow(_column(field, place)))
      for field, title in (("agriculture", "Agricultural"), ("social", "Social"))
      for place, step in enumerate(("filed", "approved", "completed"))),
    _regional("talent_arrived", "Talents who came", "people a year", flow(_column("arrived"))),
    _regional("effort", "Effort of townships", "[0, 1]", stock(_column("effort"))),
    _regional("padding", "Padding by townships", "[0, 1]", stock(_column("padding")), -1),
    _regional("trust", "Trust of panels", "[0, 1]", stock(_column("trust"))),
)

_ANY = (
    Indicator("alliances", "Living alliances", "alliances", 1, False, _curve("alliances", False)),
    Indicator("founded", "Alliances founded", "alliances", 1, False, _curve("founded", True)),
    Indicator("alliance_patents", "Patents of alliances", "patents", 1, False, _curve("patents", True)),
    Indicator("adoptions", "Adoptions of alliances' results", "adoptions", 1, False, _curve("adoptions", True)),
    Indicator("vitality", "Vitality of alliances", "[0, 1]", 1, False, _curve("vitality", False)),
    Indicator("relative_productivity", "Technology in use over best practice, all sectors", "ratio", 1, False,
              _curve("relative_productivity", False)),
    Indicator("outlay", "Public outlay", _MONEY, -1, False, _curve("outlay", True)),
)

INDICATORS: dict[str, Indicator] = {indicator.name: indicator for indicator in (*_CLUSTER, *_BUREAU, *_ANY)}
"""By name; a scenario's ``[scorecard]`` chooses among them."""
