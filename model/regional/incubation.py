"""Incubation: places for young firms, spin-offs where places are free, money for those inside. Source: F3, F1."""

import numpy as np

from alliancelab.agents.codes import FirmStage, Kind
from alliancelab.agents.compiled import compiled
from alliancelab.model.accounts import Flow, left_of, pay
from alliancelab.model.declarations import Lever
from alliancelab.model.environment import be_born
from alliancelab.model.policy.instrument import Instrument
from alliancelab.model.randomness import stream, uniform
from alliancelab.model.regional.building import erect
from alliancelab.model.regional.codes import Carrier, Draw, RegionalPurse, Service
from alliancelab.model.regional.correction import weight_of

INSTRUMENT = Instrument(
    name="incubation",
    title="Start-up and incubation system",
    policy_stage="services",
    rows=("F3", "F1"),
    eligible="Firms of open sectors in the seed and start-up stages; vacant places of these sectors for spin-offs.",
    delivery="Incubators and accelerators are built; firms inside get a subsidy.",
    acts_on="Places for young firms, information and platforms that they have, their purse.",
    cost="The public part of building, upkeep, and the subsidy.",
    harm="Places beyond what knowledge there is to found on stand empty; a subsidy draws founders without knowledge.",
    strength="scale",
    levers=(
        Lever("scale", 0.0, 0.0, 5.0, "ratio", "document II, 5.2 (4)", "Scale of the programme that the numbers give."),
        Lever("incubator", 0.0, 0.0, 100.0, "carriers a year", "document II, 5.2 (4)", "Incubators built a year."),
        Lever("startup_centre", 0.0, 0.0, 100.0, "carriers a year", "document III, seven (1) 3",
              "Start-up centres built a year."),
        Lever("accelerator", 0.0, 0.0, 100.0, "carriers a year", "document II, 5.3 (5)", "Accelerators built a year."),
        Lever("subsidy", 0.0, 0.0, 10.0, "million yuan a year per firm", "assumed", "Subsidy of a firm inside."),
        Lever("budget", 0.0, 0.0, 1e6, "million yuan a year", "scenario", "Most that is paid in a year."),
    ),
)


@compiled
def is_incubator(kind):
    """Whether a kind of carrier has places for young firms."""
    return kind <= Carrier.STARTUP_CENTRE


@compiled
def is_young(firm):
    """Whether an organisation is a firm in the seed or start-up stage."""
    return firm.active and firm.kind == Kind.FIRM and firm.stage <= FirmStage.START_UP


@compiled
def fill_places(world, region, tick):
    """Young firms take free places of incubators, grown ones leave; returns the places that stay free. Source: F3."""
    q = region.numbers[0]
    draws = stream(world.seed[0], Draw.INCUBATION, tick)
    free = np.zeros(region.carriers.shape[0])
    for c in range(region.carriers.shape[0]):
        carrier = region.carriers[c]
        if carrier.active and is_incubator(carrier.kind):
            free[c] = carrier.area / q.space
    rows = world.organisations.shape[0]
    for i in range(rows):
        client = region.clients[i]
        if client.place < 0:
            continue
        firm = world.organisations[i]
        if free[client.place] < 1.0 or not region.industries[firm.sector].open or not is_young(firm):
            client.place = -1
        else:
            free[client.place] -= 1.0
    c = 0
    first = int(uniform(draws, np.uint64(0), 0) * rows)
    for step in range(rows):
        i = (first + step) % rows
        firm = world.organisations[i]
        if not region.industries[firm.sector].open or not is_young(firm):
            continue
        if region.clients[i].place >= 0 or uniform(draws, firm.key, 1) >= q.incubate:
            continue
        while c < free.shape[0] and free[c] < 1.0:
            c += 1
        if c == free.shape[0]:
            break
        region.clients[i].place = c
        free[c] -= 1.0
    return free.sum()


@compiled
def promised_subsidy(world, region, tick):
    """Subsidy that a founder can count on, million yuan a year: as far as the year's money reaches for those inside."""
    asked = region.levers[tick].incubation_subsidy
    inside = 1
    for i in range(world.organisations.shape[0]):
        inside += 1 if region.clients[i].place >= 0 else 0
    left = left_of(world, tick, RegionalPurse.INCUBATION)
    return asked * min(4.0 * left / max(asked * inside, 1e-9), 1.0)


@compiled
def spin_off(world, region, tick, free, subsidy):
    """Free places draw founders: vacant rows of the industry fill with new firms, the more the better the research.

    Knowledge creation leads to start-ups: the first step of the innovation chain. A subsidy draws founders who come
    for the money; they bring no knowledge, and begin with the less technology the less of it there is. Source: F1.
    """
    q = region.numbers[0]
    money = subsidy / (subsidy + q.founder_pay) if subsidy > 0.0 else 0.0
    draws = stream(world.seed[0], Draw.INCUBATION, tick)
    for s in range(world.sectors.shape[0]):
        sector = world.sectors[s]
        if not region.industries[s].open:
            continue
        knowledge = 0.0
        for k in range(sector.research_rows):
            knowledge += world.organisations[sector.first_research + k].reputation
        knowledge /= max(sector.research_rows, 1)
        for i in range(sector.first_firm, sector.first_firm + sector.firm_rows):
            if free < 1.0:
                return
            luck = uniform(draws, np.uint64(i), 2)
            if not world.organisations[i].active and luck < q.spin_offs * (knowledge + money):
                be_born(world, tick, s, i)
                free -= 1.0
                if luck >= q.spin_offs * knowledge:
                    world.organisations[i].productivity *= knowledge


@compiled
def incubate(world, region, tick):
    """Incubation of a quarter: building, places, spin-offs, and what firms inside get. Source: F3, F1."""
    levers = region.levers[tick]
    scale = levers.incubation_scale * weight_of(world, RegionalPurse.INCUBATION)
    if scale > 0.0:
        erect(world, region, tick, RegionalPurse.INCUBATION, Carrier.INCUBATOR, scale * levers.incubation_incubator)
        erect(world, region, tick, RegionalPurse.INCUBATION, Carrier.STARTUP_CENTRE,
              scale * levers.incubation_startup_centre)
        erect(world, region, tick, RegionalPurse.INCUBATION, Carrier.ACCELERATOR, scale * levers.incubation_accelerator)
    free = fill_places(world, region, tick)
    spin_off(world, region, tick, free, promised_subsidy(world, region, tick) if scale > 0.0 else 0.0)
    q = region.numbers[0]
    for i in range(world.organisations.shape[0]):
        client = region.clients[i]
        if client.place < 0:
            continue
        quality = region.carriers[client.place].quality
        client.served[Service.PLATFORM] = max(client.served[Service.PLATFORM], quality)
        information = q.incubator_information * quality
        client.served[Service.INFORMATION] = max(client.served[Service.INFORMATION], information)
        if scale > 0.0 and levers.incubation_subsidy > 0.0:
            world.organisations[i].funds += pay(
                world, tick, RegionalPurse.INCUBATION, Flow.INCUBATION_SUBSIDY, levers.incubation_subsidy / 4.0)
