"""Talent programmes: people are attracted, used, and leave where they are not used well. Source: F8, G6."""

from math import exp

import numpy as np

from alliancelab.agents.codes import Kind
from alliancelab.agents.compiled import compiled
from alliancelab.agents.organisation_rules import sigmoid
from alliancelab.model.accounts import Flow, left_of, pay
from alliancelab.model.declarations import Lever
from alliancelab.model.environment import be_born
from alliancelab.model.policy.instrument import Instrument
from alliancelab.model.randomness import binomial, stream, uniform
from alliancelab.model.regional.buying import buy
from alliancelab.model.regional.codes import Draw, Grade, Level, RegionalPurse
from alliancelab.model.regional.contracts import agree, best_partner
from alliancelab.model.regional.correction import weight_of
from alliancelab.model.regional.rules import attraction, leaving_hazard
from alliancelab.model.regional.services import learn
from alliancelab.model.regional.upper_levels import give
from alliancelab.model.tables import CLASSES

INSTRUMENT = Instrument(
    name="talent_programme",
    title="Talent programme",
    policy_stage="services",
    rows=("F8", "G6"),
    eligible="Organisations of the region; a person compares several hosts.",
    delivery="Posts are put up by grade; who comes brings an award; retention serves those who are here.",
    acts_on="Who comes and stays: people bring expertise, do R&D, file projects, lead to partners, found firms.",
    cost="Awards of the region, applying for those of upper levels, services for people here; hosts pay salaries.",
    harm="High awards bring people to hosts without work for them: they idle, cost their pay, and leave again.",
    strength="scale",
    payers=("government", "province", "nation"),
    levers=(
        Lever("scale", 0.0, 0.0, 5.0, "ratio", "document II, 5.2 (6)", "Scale of the programme that the posts give."),
        Lever("regional", 0.0, 0.0, 1000.0, "people a year", "document II, 5.3 (6)",
              "Posts of the regional programme."),
        Lever("provincial", 0.0, 0.0, 1000.0, "people a year", "document II, 5.3 (6); document III, five",
              "Posts of the provincial programme."),
        Lever("national", 0.0, 0.0, 1000.0, "people a year", "document II, 5.3 (6)",
              "Posts of the national programme."),
        Lever("award", 0.5, 0.0, 100.0, "million yuan", "data: cb_talent_grant",
              "Award of the lowest grade; each grade adds as much. Province and nation pay those of theirs."),
        Lever("retention", 0.0, 0.0, 1.0, "strength", "document II, 5.2 (6): come, stay, be used well",
              "Services for those who are here."),
        Lever("budget", 0.0, 0.0, 1e6, "million yuan a year", "scenario", "Most that is paid in a year."),
    ),
)

_GRADES = len(Grade)
_REGIONAL, _PROVINCIAL, _NATIONAL = (int(grade) for grade in Grade)


@compiled
def people_of(client):
    """People of talent programmes at a host, of all grades."""
    total = 0
    for g in range(_GRADES):
        total += client.talent[g]
    return total


@compiled
def open_sectors(region):
    """Number of sectors that the service system serves: the first ones, as they are opened in turn."""
    count = 0
    for s in range(region.industries.shape[0]):
        count += 1 if region.industries[s].open else 0
    return count


@compiled
def compare_hosts(world, region, draws, entity, award, grade):
    """Host of the highest attraction among some met at random, and its logit. Source: F8."""
    q = region.numbers[0]
    best = -1
    most = -1e9
    count = int(q.talent_hosts)
    sectors = open_sectors(region)
    for k in range(count):
        sector = world.sectors[int(uniform(draws, entity, 4 + count + k) * sectors)]
        rows = sector.firm_rows + sector.research_rows
        i = sector.first_firm + int(uniform(draws, entity, 4 + k) * rows)
        host = world.organisations[i]
        if not host.active or sectors == 0:
            continue
        logit = attraction(host, region.clients[i], world.sectors[host.sector], award, grade, q)
        if logit > most:
            most = logit
            best = i
    return best, most


@compiled
def attract(world, region, tick, grade, posts):
    """Posts of a grade: each is offered once; who comes brings the award and expertise. Source: F8, G6."""
    q = region.numbers[0]
    state = region.state[0]
    draws = stream(world.seed[0], Draw.TALENT, tick)
    award = region.levers[tick].talent_programme_award * (grade + 1.0)
    # The region pays its own awards; for those of upper levels it pays the application, whether somebody comes or not.
    price = award if grade == Grade.REGIONAL else q.application_price * award
    state.posting[grade] += posts / 4.0
    number = 0
    while state.posting[grade] >= 1.0 - 1e-9:
        state.posting[grade] -= 1.0
        number += 1
        entity = np.uint64(1 + grade * 10000 + number)
        if left_of(world, tick, RegionalPurse.TALENT_PROGRAMME) < price:
            continue
        if grade > Grade.REGIONAL:
            pay(world, tick, RegionalPurse.TALENT_PROGRAMME, Flow.TALENT_RETENTION, price)
        i, logit = compare_hosts(world, region, draws, entity, award, grade)
        if i < 0 or uniform(draws, entity, 0) >= sigmoid(logit):
            continue
        host = world.organisations[i]
        if grade > Grade.REGIONAL:
            give(world, region, tick, i, Level.PROVINCE + grade - Grade.PROVINCIAL, award)
        else:
            host.funds += pay(world, tick, RegionalPurse.TALENT_PROGRAMME, Flow.TALENT_AWARD, award)
        region.clients[i].talent[grade] += 1
        region.indicators[tick].arrived[grade] += 1
        learn(host, world.sectors[host.sector].demand, q.talent_expertise * (grade + 1.0))


@compiled
def act(world, region, tick, i, people):
    """People who are used well lead their host to partners and found firms. Source: F8.

    What they do besides stands where it is done: R&D in `patents.file_patents`, filing in `applications.file`.
    """
    q = region.numbers[0]
    host = world.organisations[i]
    used = people * region.clients[i].used
    draws = stream(world.seed[0], Draw.TALENT, tick)
    if host.kind == Kind.FIRM and uniform(draws, host.key, 30) < q.talent_links * used:
        row = best_partner(world, region, tick, i, 1)
        if row >= 0:
            agree(world, region, tick, i, row, uniform(draws, host.key, 31))
    if uniform(draws, host.key, 32) >= q.talent_founds * used:
        return
    sector = world.sectors[host.sector]
    for row in range(sector.first_firm, sector.first_firm + sector.firm_rows):
        if not world.organisations[row].active:
            be_born(world, tick, host.sector, row)
            return


@compiled
def use_and_keep(world, region, tick, i, kept):
    """A host pays and uses its people; those not used well leave, with part of what they brought. Source: F8."""
    p = world.parameters[0]
    q = region.numbers[0]
    host = world.organisations[i]
    client = region.clients[i]
    people = people_of(client)
    work = (p.research_intensity if host.kind == Kind.FIRM else 1.0) * host.size + client.project_money
    client.used = 1.0 - exp(-work * (1.0 + host.alliance_count) / (q.talent_work * people))
    region.indicators[tick].idle += people * (1.0 - client.used)
    act(world, region, tick, i, people)
    pay_due = 0.0
    for g in range(_GRADES):
        pay_due += q.talent_pay * (g + 1.0) * client.talent[g]
    salary = min(pay_due, max(host.funds, 0.0))
    host.funds -= salary
    world.ledger[tick, Flow.TALENT_PAY] += salary
    draws = stream(world.seed[0], Draw.TALENT, tick)
    hazard = leaving_hazard(client.used, kept, q)
    for g in range(_GRADES):
        leaving = binomial(client.talent[g], hazard, uniform(draws, host.key, 1 + g))
        client.talent[g] -= leaving
        region.indicators[tick].left[g] += leaving
        share = min((1.0 - q.talent_kept) * q.talent_expertise * (g + 1.0) * leaving, 1.0)
        for d in range(CLASSES):
            host.expertise[d] -= share * host.expertise[d]


@compiled
def talent(world, region, tick):
    """Talent programmes of a quarter. Source: F8."""
    levers = region.levers[tick]
    q = region.numbers[0]
    scale = levers.talent_programme_scale * weight_of(world, RegionalPurse.TALENT_PROGRAMME)
    kept = 0.0
    if scale > 0.0:
        attract(world, region, tick, _REGIONAL, scale * levers.talent_programme_regional)
        attract(world, region, tick, _PROVINCIAL, scale * levers.talent_programme_provincial)
        attract(world, region, tick, _NATIONAL, scale * levers.talent_programme_national)
        people = 0
        for i in range(region.clients.shape[0]):
            people += people_of(region.clients[i])
        price = q.retention_price * levers.talent_programme_retention * people
        paid = buy(world, tick, RegionalPurse.TALENT_PROGRAMME, Flow.TALENT_RETENTION, price)
        kept = levers.talent_programme_retention * paid
    for i in range(region.clients.shape[0]):
        if not world.organisations[i].active:
            continue
        if people_of(region.clients[i]) > 0:
            use_and_keep(world, region, tick, i, kept)
        else:
            region.clients[i].used = 0.0
