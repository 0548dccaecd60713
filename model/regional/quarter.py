"""A quarter of a regional system: its processes in their order, one compiled function beside the national ten.

Source: F1 to F10, G1 to G7.
"""

import numpy as np

from alliancelab.agents.compiled import compiled
from alliancelab.model.regional.applications import projects
from alliancelab.model.regional.building import build, keep_up
from alliancelab.model.regional.certification import certify
from alliancelab.model.regional.codes import RegionalPurse, State
from alliancelab.model.regional.coordination import coordinate
from alliancelab.model.regional.correction import correct
from alliancelab.model.regional.doubling import double
from alliancelab.model.regional.expansion import expand
from alliancelab.model.regional.finance import finance, lose
from alliancelab.model.regional.incubation import incubate
from alliancelab.model.regional.markets import go_abroad
from alliancelab.model.regional.matching import match
from alliancelab.model.regional.patents import patents
from alliancelab.model.regional.practice import compete
from alliancelab.model.regional.products import products
from alliancelab.model.regional.record import record
from alliancelab.model.regional.responsibility import assess
from alliancelab.model.regional.services import services
from alliancelab.model.regional.talent import talent
from alliancelab.model.regional.transfer import activate, pull_along_chain

__all__ = ["observe", "quarter"]

_YEAR = 4
_PURSES = int(RegionalPurse.DOUBLING_PLAN) + 1
_WATCHED = len(RegionalPurse)


@compiled
def forget(client, key, aware):
    """A client's row begins anew with another organisation in it."""
    client.key = key
    client.aware = aware
    client.financed = -1
    client.served[:] = 0.0
    client.visits = 0.0
    client.collected = -1
    client.waiting = False
    client.contacted = -1
    client.place = -1
    client.invested = 0.0
    client.fit = 0.0
    client.converting = 0.0
    client.stake = 0.0
    client.private = 0.0
    client.covered = 0.0
    client.stake_size = 0.0
    client.loan = 0.0
    client.guaranteed = 0.0
    client.talent[:] = 0
    client.used = 0.0
    client.reach = 0.0
    client.exports = 0.0
    client.grade = 0
    client.certified = 0
    client.products = 0
    client.high_tech = 0.0
    client.agreements = 0.0
    client.hosts[:] = 0
    client.refused = -1
    client.projects = 0
    client.project_money = 0.0
    client.record = 0.0
    client.rung = -1
    client.climbed = 0


@compiled
def follow(world, region, tick):
    """Notice which firms failed and which were born since the last quarter; what was in the failed ones is lost."""
    q = region.numbers[0]
    for i in range(world.organisations.shape[0]):
        organisation = world.organisations[i]
        client = region.clients[i]
        key = organisation.key if organisation.active else np.uint64(0)
        if client.key == key:
            continue
        if client.key != np.uint64(0):
            lose(world, region, tick, client)
            for g in range(client.talent.shape[0]):
                region.indicators[tick].left[g] += client.talent[g]
        forget(client, key, q.aware_start)
    for k in range(region.projects.shape[0]):
        project = region.projects[k]
        if project.state != State.FREE and region.clients[project.row].key != project.key:
            project.state = State.FREE


@compiled
def switched_on(region, tick, on):
    """Which building instruments act, by purse: what they built is kept up while they do."""
    levers = region.levers[tick]
    on[:] = False
    on[RegionalPurse.RESEARCH_PLATFORMS] = levers.research_platforms_scale > 0.0
    on[RegionalPurse.SERVICE_PLATFORMS] = levers.service_platforms_scale > 0.0
    on[RegionalPurse.INCUBATION] = levers.incubation_scale > 0.0


@compiled
def quarter(world, region, tick):
    """A quarter of the regional system, after the government's: the year's plan, services, the bureau."""
    if tick % _YEAR == 0:
        correct(world, region, tick, np.zeros(_WATCHED))  # before anything is paid: guarantees are, on failures
    follow(world, region, tick)
    if tick % _YEAR == 0:
        assess(world, region, tick)
    on = np.zeros(_PURSES, np.bool_)
    switched_on(region, tick, on)
    expand(world, region, tick)
    build(world, region, tick)
    keep_up(world, region, tick, on)
    pull_along_chain(world, region)
    activate(world, region, tick)
    incubate(world, region, tick)
    follow(world, region, tick)
    left = coordinate(world, region, tick)
    services(world, region, tick, left)
    finance(world, region, tick)
    talent(world, region, tick)
    go_abroad(world, region, tick)
    match(world, region, tick)
    projects(world, region, tick)
    certify(world, region, tick)
    products(world, region, tick)
    patents(world, region, tick)
    double(world, region, tick)
    compete(world, region, tick)


@compiled
def observe(world, region, tick):
    """Record the quarter's indicators; apart, so that base figures can be set before."""
    record(world, region, tick)
