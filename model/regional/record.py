"""What a quarter leaves in the indicators: counts and sums over firms, carriers, people, townships; nothing changes."""

from math import exp

from alliancelab.agents.codes import Kind
from alliancelab.agents.compiled import compiled
from alliancelab.model.accounts import Count
from alliancelab.model.regional.building import is_agency
from alliancelab.model.regional.certification import holds_up
from alliancelab.model.regional.codes import Carrier, Grade, Rank
from alliancelab.model.regional.incubation import is_incubator

_GRADES = len(Grade)


@compiled
def record_firms(world, region, tick):
    """Firms and their revenue, need, certificates and reach; the nation's output grows as the sector's market."""
    q = region.numbers[0]
    record = region.indicators[tick]
    open_firms = 0
    for i in range(world.organisations.shape[0]):
        firm = world.organisations[i]
        if not firm.active or firm.kind != Kind.FIRM:
            continue
        client = region.clients[i]
        record.all_firms += 1
        record.turnover += firm.size
        large = firm.size >= q.scale
        record.all_revenue += firm.size if large else 0.0
        record.self_raised += world.parameters[0].research_intensity * firm.size
        if firm.sector == 0:
            record.firms += 1
            record.above_scale += 1 if large else 0
            record.revenue += firm.size if large else 0.0
        if client.grade > 0:
            record.certified += 1
            record.certified_by_level[client.grade] += 1
            record.certified_output += client.high_tech * firm.size
            record.hollow_output += 0.0 if holds_up(world, region, i) else client.high_tech * firm.size
        record.research += world.parameters[0].research_intensity * firm.size + client.project_money
        record.incubated += 1 if client.place >= 0 else 0
        if region.industries[firm.sector].open:
            open_firms += 1
            record.need += firm.need
            record.stated += firm.stated_need
            record.reach += client.reach
            record.exports += client.exports
            record.productivity += min(firm.productivity / world.sectors[firm.sector].best_practice, 1.0)
    if open_firms > 0:
        record.need /= open_firms
        record.stated /= open_firms
        record.reach /= open_firms
        record.productivity /= open_firms
    years = (tick - world.counts[Count.WARM_UP] + 1) / 4.0
    record.national = q.national_output / 4.0 * exp(world.sectors[0].growth * years)


@compiled
def record_carriers(region, tick):
    """Carriers by kind and rank, backbone agencies, areas."""
    q = region.numbers[0]
    record = region.indicators[tick]
    for c in range(region.carriers.shape[0]):
        carrier = region.carriers[c]
        if not carrier.active:
            continue
        record.carriers[carrier.kind] += 1
        record.provincial[carrier.kind] += 1 if carrier.rank == Rank.PROVINCIAL else 0
        record.nationals[carrier.kind] += 1 if carrier.rank == Rank.NATIONAL else 0
        if is_incubator(carrier.kind):
            record.incubator_area += carrier.area
        elif carrier.kind == Carrier.ACCELERATOR:
            record.accelerator_area += carrier.area
        if is_agency(carrier.kind):
            record.agencies += 1
            if carrier.load >= q.backbone_load and carrier.quality >= q.backbone_quality:
                record.backbone += 1
                record.national_agencies += 1 if carrier.rank == Rank.NATIONAL else 0


@compiled
def record_rest(world, region, tick):
    """People, townships, sectors served, trust and recognised alliances."""
    record = region.indicators[tick]
    for i in range(region.clients.shape[0]):
        for g in range(_GRADES):
            record.people[g] += region.clients[i].talent[g]
    count = region.townships.shape[0]
    for r in range(count):
        record.effort += region.townships[r].effort / count
        record.padding += region.townships[r].padding / count
    for s in range(region.industries.shape[0]):
        record.open += 1 if region.industries[s].open else 0
    record.trust = region.state[0].trust
    for k in range(world.counts[Count.LIVE]):
        record.alliances_named += 1 if world.alliances[world.live[k]].label > 0.0 else 0


@compiled
def record(world, region, tick):
    """Record the quarter."""
    record_firms(world, region, tick)
    record_carriers(region, tick)
    record_rest(world, region, tick)
