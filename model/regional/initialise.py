"""The region on its first day, and the base year's figures, to which it is set at the end of the warm-up.

Source: F11, G8.
"""

from collections.abc import Callable

import numpy as np

from alliancelab.agents.codes import FirmStage, Kind
from alliancelab.agents.compiled import compiled
from alliancelab.model.accounts import Count
from alliancelab.model.declarations import one_row
from alliancelab.model.environment import be_born
from alliancelab.model.randomness import normal, stream, uniform
from alliancelab.model.regional.codes import Carrier, Draw, Level, Rank, Service
from alliancelab.model.regional.history import grow_up, thin_out
from alliancelab.model.regional.parameters import REGION
from alliancelab.model.regional.quarter import observe, quarter
from alliancelab.model.regional.services import place_carrier
from alliancelab.model.regional.setup import RegionSetup
from alliancelab.model.regional.tables import (
    CARRIERS,
    CLIENTS,
    DEPARTMENTS,
    INDICATORS,
    INDUSTRIES,
    KINDS,
    LEVELS,
    PARTNERS,
    PROJECTS,
    STATE,
    TOWNSHIPS,
    Region,
)
from alliancelab.model.setup import QUARTERS_A_YEAR
from alliancelab.model.tables import CLASSES, table_type
from alliancelab.model.world import World

__all__ = ["empty_region", "new_region", "regional_process", "settle"]

_SERVICES = len(Service)
_TOP = int(Rank.NATIONAL)
_NAMES = {item.name for item in REGION}

_OFFERED = {
    Carrier.SCIENCE_PARK: Service.PLATFORM, Carrier.INCUBATOR: Service.PLATFORM,
    Carrier.STARTUP_CENTRE: Service.PLATFORM, Carrier.ACCELERATOR: Service.PLATFORM,
    Carrier.ENGINEERING_CENTRE: Service.KNOWLEDGE, Carrier.TECHNOLOGY_CENTRE: Service.KNOWLEDGE,
    Carrier.KEY_LABORATORY: Service.KNOWLEDGE, Carrier.RESEARCH_INSTITUTION: Service.KNOWLEDGE,
    Carrier.POSTDOC_STATION: Service.TALENT, Carrier.ACADEMICIAN_STATION: Service.TALENT,
    Carrier.PRODUCTIVITY_CENTRE: Service.INFORMATION, Carrier.TRANSFER_AGENCY: Service.INFORMATION,
    Carrier.TESTING_CENTRE: Service.PLATFORM, Carrier.RELAY_STATION: Service.INFORMATION,
    Carrier.FINANCE_INSTITUTION: Service.FINANCE, Carrier.SERVICE_AGENCY: Service.INFORMATION,
}
"""Main service of each kind of carrier; service agencies draw theirs."""


def new_region(setup: RegionSetup, world: World) -> Region:
    """A region at quarter 0, beside a new world."""
    region = empty_region(setup, world)
    q = region.numbers[0]
    region.clients["place"] = -1
    region.clients["collected"] = -1
    region.clients["contacted"] = -1
    region.clients["refused"] = -1
    region.clients["financed"] = -1
    region.clients["rung"] = -1
    region.townships["effort"] = q["effort_start"]
    region.departments["effort"] = q["effort_start"]
    region.state["trust"] = 1.0
    region.industries["open"][: int(q["open_sectors"])] = True
    region.industries["fit"][: int(q["open_sectors"])] = 1.0
    groups = np.array([tuple(group) for group in setup.carriers], np.int64).reshape(-1, 3)
    incubators = bool((groups[:, 0] <= Carrier.STARTUP_CENTRE).any())
    thin_out(world, QUARTERS_A_YEAR * q["spin_offs"] if incubators else 0.0, int(q["open_sectors"]))
    grow_up(world, q["experience"])
    _place_carriers(world, region, groups)
    _set_sizes(world, q, _before(world, 0))
    table = world.organisations
    rows = _firm_rows(world)
    table["funds"][rows] = world.parameters[0]["reserve"] * table["size"][rows]
    for s in range(len(world.sectors)):
        world.sectors["market"][s] = table["size"][rows[table["sector"][rows] == s]].sum()
    region.industries["demand"] = q["foreign_demand"] * world.sectors["market"]
    region.partners["sector"] = np.repeat(np.arange(len(world.sectors)), int(q["foreign_partners"]))
    _know(world, region.partners)
    return region


def empty_region(setup: RegionSetup, world: World) -> Region:
    """The tables of a region in which nothing has been drawn yet."""
    # Most of it is the list of tables.
    numbers = one_row(REGION, setup.numbers)
    q = numbers[0]
    quarters = len(setup.levers)
    return Region(
        numbers=numbers,
        levers=setup.levers,
        watched=setup.watched,
        worth=np.array([[q[f"worth_{stage.name.lower()}_{service.name.lower()}"] for service in Service]
                        for stage in FirmStage]),
        kinds=_kinds(q),
        levels=_levels(q),
        carriers=np.zeros(int(q["carrier_rows"]), table_type(CARRIERS)),
        clients=np.zeros(len(world.organisations), table_type(CLIENTS)),
        projects=np.zeros(int(q["project_rows"]), table_type(PROJECTS)),
        townships=np.zeros(world.platforms.shape[1], table_type(TOWNSHIPS)),
        departments=np.zeros(len(world.sectors), table_type(DEPARTMENTS)),
        industries=np.zeros(len(world.sectors), table_type(INDUSTRIES)),
        partners=np.zeros(len(world.sectors) * int(q["foreign_partners"]), table_type(PARTNERS)),
        state=np.zeros(1, table_type(STATE)),
        indicators=np.zeros(quarters, table_type(INDICATORS)),
    )


def _kinds(q: np.record) -> np.ndarray:
    kinds = np.zeros(len(Carrier), table_type(KINDS))
    for kind, service in _OFFERED.items():
        name = kind.name.lower()
        area = q[f"area_{name}"] if f"area_{name}" in _NAMES else 0.0
        kinds[kind] = (service, q[f"capacity_{name}"], q[f"price_{name}"], area)
    return kinds


def _levels(q: np.record) -> np.ndarray:
    levels = np.zeros(len(Level), table_type(LEVELS))
    for level in Level:
        name = level.name.lower()
        levels[level] = tuple(q[f"{part}_{name}"] for part in ("file", "able", "bar", "grant"))
    return levels


@compiled
def _have_practised(region, c):
    """A carrier that is there at the start has the quality at which practice and its fading balance. Source: F3."""
    q = region.numbers[0]
    carrier = region.carriers[c]
    best = q.carrier_most + (1.0 - q.carrier_most) * carrier.rank / _TOP
    gain = q.practice * q.load_start
    carrier.load = q.load_start
    carrier.quality += gain / max(gain + q.practice_fade, 1e-9) * max(best - carrier.quality, 0.0)


@compiled
def _place_carriers(world, region, groups):
    """Carriers that are there at the start, and one service agency for each organisation that is one. Source: F3."""
    draws = stream(world.seed[0], Draw.START, 0)
    c = 0
    for g in range(groups.shape[0]):
        for _ in range(groups[g, 2]):
            if c < region.carriers.shape[0]:
                place_carrier(world, region, -1, c, groups[g, 0], groups[g, 1], -1, draws, np.uint64(c))
                if groups[g, 0] == Carrier.SERVICE_AGENCY:
                    region.carriers[c].service = int(uniform(draws, np.uint64(c), 23) * _SERVICES)
                c += 1
    for i in range(world.organisations.shape[0]):
        agency = world.organisations[i]
        if agency.kind == Kind.AGENCY and c < region.carriers.shape[0]:
            place_carrier(world, region, -1, c, Carrier.SERVICE_AGENCY, Rank.LOCAL, -1, draws, agency.key)
            region.carriers[c].service = int(uniform(draws, agency.key, 23) * _SERVICES)
            region.carriers[c].region = agency.region
            region.carriers[c].host = i
            region.carriers[c].host_key = agency.key
            c += 1
    for k in range(c):
        _have_practised(region, k)
    share = region.numbers[0].certified_share
    for i in range(world.organisations.shape[0]):
        firm = world.organisations[i]
        client = region.clients[i]
        if not firm.active:
            continue
        client.key = firm.key
        client.aware = region.numbers[0].aware_start
        if firm.kind == Kind.FIRM and uniform(draws, firm.key, 24) < share:
            client.grade = 1
            client.certified = -int(uniform(draws, firm.key, 25) * 4.0 * region.numbers[0].certify_years)
            client.high_tech = region.numbers[0].certified_high_tech


@compiled
def _know(world, partners):
    """What foreign partners know: at least half of all that there is to know, each something else. Source: F9."""
    draws = stream(world.seed[0], Draw.PARTNERS, 0)
    for k in range(partners.shape[0]):
        for d in range(CLASSES):
            partners[k].expertise[d] = 0.5 + 0.5 * uniform(draws, np.uint64(k), d)


@compiled
def _found_missing(world, tick, least):
    """Found firms in vacant rows of the first sector until there are so many; returns how many there are."""
    sector = world.sectors[0]
    count = 0
    for i in range(sector.first_firm, sector.first_firm + sector.firm_rows):
        count += 1 if world.organisations[i].active else 0
    for i in range(sector.first_firm, sector.first_firm + sector.firm_rows):
        if count < least and not world.organisations[i].active:
            be_born(world, tick, 0, i)
            count += 1
    return count


@compiled
def _lucks(world, rows, out):
    """A lasting standard normal draw for each row, shape as `rows`."""
    draws = stream(world.seed[0], Draw.START, 0)
    for k in range(rows.shape[0]):
        out[k] = normal(draws, world.organisations[rows[k]].key, 26)


def settle(world: World, region: Region, tick: int) -> None:
    """Set the base year's figures: firms, those above scale and their revenue, certified output, recognised alliances.

    Only sizes of firms change, and what part of a certified firm's revenue its certified products bring; where a figure
    is 0 the region keeps what the warm-up has made. Source: F11, G8.
    """
    q = region.numbers[0]
    _found_missing(world, tick, int(q["firms_least"]))
    _set_sizes(world, q, 1.0)
    if q["certified_output"] > 0.0:
        _set_products(world, region, float(q["certified_output"]) / 4.0)
    _name_alliances(world, int(q["alliances_named"]))


def _before(world: World, tick: int) -> float:
    """Revenue at the start of a quarter of the warm-up over that at its end: it grows as the market does."""
    years = (float(world.counts[Count.WARM_UP]) - tick) / 4.0
    return float(np.exp(-world.parameters[0]["market_growth"] * years))


def _set_sizes(world: World, q: np.record, before: float) -> None:
    """Sizes of firms as the base year has them, times `before`.

    The warm-up begins with them less its growth and comes back to them each year, so that nothing leaps at its end.
    """
    revenue = float(q["revenue"]) / 4.0 * before
    if q["above_scale"] > 0:
        _shape_sizes(world, q, revenue)
    elif revenue > 0.0:
        _scale_sizes(world, q, revenue)


def _firm_rows(world: World) -> np.ndarray:
    table = world.organisations
    return np.flatnonzero(table["active"] & (table["kind"] == Kind.FIRM))


def _shape_sizes(world: World, q: np.record, revenue: float) -> None:
    """The largest firms of the first sector above scale, as many and with the revenue that the figures say.

    They keep their order; the others keep their proportions and stay or come below scale. Were those above it cut off
    there, many would stand just below and rise above it in the first year.
    """
    table = world.organisations
    rows = _firm_rows(world)
    rows = rows[table["sector"][rows] == 0]
    rows = rows[np.argsort(-table["size"][rows], kind="stable")]
    number, scale = min(int(q["above_scale"]), len(rows)), float(q["scale"])
    excess = np.empty(number)
    _lucks(world, rows[:number], excess)
    excess = np.sort(np.exp(q["scale_spread"] * excess))[::-1]
    wanted = revenue - scale * number
    table["size"][rows[:number]] = scale + max(wanted, 0.0) * excess / excess.sum()
    below = rows[number:]
    largest = table["size"][below].max(initial=0.0)
    table["size"][below] *= min(0.95 * scale / max(largest, 1e-9), 1.0)


def _scale_sizes(world: World, q: np.record, revenue: float) -> None:
    """Scale all firms, then those above scale, until the revenue of these is what the figures say."""
    size, scale = world.organisations["size"], float(q["scale"])
    chosen = rows = _firm_rows(world)
    for _ in range(50):  # scaling moves firms over the threshold: a few rounds until revenue above it is right
        now = size[rows][size[rows] >= scale].sum()
        if now <= 0.0 or abs(now / revenue - 1.0) < 1e-12:
            break
        least = 0.0 if len(chosen) == len(rows) else scale
        size[chosen] = np.maximum(size[chosen] * (revenue / now), least)
        chosen = rows[size[rows] >= scale]


def _set_products(world: World, region: Region, output: float) -> None:
    """Raise or lower the part of their revenue that certified products bring, of all certified firms alike.

    Where they have less revenue than that, all of it counts.
    """
    rows = _firm_rows(world)
    rows = rows[region.clients["grade"][rows] > 0]
    size, part = world.organisations["size"][rows], np.maximum(region.clients["high_tech"][rows], 1e-6)
    if size.sum() <= output:
        region.clients["high_tech"][rows] = 1.0
        return
    low, high = 0.0, 1e9
    for _ in range(200):  # the more it is raised, the more firms have nothing but certified products
        middle = 0.5 * (low + high)
        low, high = (middle, high) if (np.minimum(part * middle, 1.0) * size).sum() < output else (low, middle)
    region.clients["high_tech"][rows] = np.minimum(part * high, 1.0)


def _name_alliances(world: World, number: int) -> None:
    """Give the province's label to the most vital living alliances, until so many have it as there are at most.

    Members do not give up a label soon, so those named live longer: were they named all at once, there would be more
    and more alliances from then on.
    """
    live = world.live[: world.counts[Count.LIVE]]
    named = world.alliances["label"][live] > 0.0
    live = live[~named]
    best = live[np.argsort(-world.alliances["vitality"][live], kind="stable")][: max(number - int(named.sum()), 0)]
    world.alliances["label"][best] = 1.0
    world.alliances["pilot"][best] = world.counts[Count.QUARTER]


def regional_process(region: Region) -> Callable[[World, int], None]:
    """The process of a region for the list of a quarter's processes; its state is in the tables that it is given."""

    def regional(world: World, tick: int) -> None:
        quarter(world, region, tick)
        left = world.counts[Count.WARM_UP] - 1 - tick
        if left == 0:
            settle(world, region, tick)
        elif left > 0 and left % QUARTERS_A_YEAR == 0:
            _set_sizes(world, region.numbers[0], _before(world, tick + 1))
            _name_alliances(world, int(region.numbers[0]["alliances_named"]))
        observe(world, region, tick)

    return regional
