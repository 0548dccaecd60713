"""What a region begins with: as many firms as stay, their ages and sizes, and the experience of all organisations.

A world of the national model begins with organisations as they are founded, none older than twenty years, and they
learn for two generations until their expertise is that of a population of all ages. A region is measured against the
figures of a base year, so it begins with such a population. Source: F11, G8.
"""

from math import exp, log, sqrt

import numpy as np

from alliancelab.agents.codes import Kind
from alliancelab.agents.compiled import compiled
from alliancelab.agents.firm_rules import failure_hazard
from alliancelab.model.organisations import learn_and_forget
from alliancelab.model.randomness import normal, stream, uniform
from alliancelab.model.regional.codes import Draw
from alliancelab.model.regional.services import learn
from alliancelab.model.tables import CLASSES

__all__ = ["grow_up", "thin_out"]

_YEARS = 60  # what was learnt before is forgotten, or mastered
_GROWN = 1000.0  # quarters: past the hazards of youth


@compiled
def demands_before(world, s, past):
    """What a sector's market asked for in each year before the first, back in time; `past` has shape (years, CLASSES).

    A field has part of its requirements from the one before, in the mean of next vintages and new trajectories.
    """
    p = world.parameters[0]
    sector = world.sectors[s]
    draws = stream(world.seed[0], Draw.HISTORY, s)
    comes = 1.0 - exp(-4.0 * p.field_arrival * sector.dynamism)
    kept = p.field_follow * p.similarity_follow + (1.0 - p.field_follow) * p.similarity_new
    own = np.empty(CLASSES)
    past[0] = sector.demand
    for y in range(1, past.shape[0]):
        past[y] = past[y - 1]
        if uniform(draws, np.uint64(y), 0) < comes:
            for d in range(CLASSES):
                own[d] = (-log(uniform(draws, np.uint64(y), 1 + d) + 1e-12)) ** sector.focus
            past[y] = kept * past[y - 1] + (1.0 - kept) * own / own.sum()


@compiled
def age_of(world, firm, luck):
    """Years of a firm that has faced its hazard of failure until now."""
    return -log(luck + 1e-12) / failure_hazard(firm, _GROWN, 1.0, world.parameters[0])


@compiled
def thin_out(world, spin_offs, opened):
    """Close firms until each sector has as many as births and failures keep.

    Of a sector's rows that part stays filled at which newborn firms, of which some fail young, stand against those that
    fail. In the first `opened` sectors incubators found firms, too, in the part `spin_offs` of vacant rows a year at
    the full reputation that research there comes to. A sector with more firms would have fewer every year, and fewer
    alliances.
    """
    p = world.parameters[0]
    for s in range(world.sectors.shape[0]):
        sector = world.sectors[s]
        draws = stream(world.seed[0], Draw.HISTORY, s)
        founded = p.birth_rate + (spin_offs if s < opened else 0.0)
        failing = 0.0
        count = 0
        for i in range(sector.first_firm, sector.first_firm + sector.firm_rows):
            firm = world.organisations[i]
            if firm.active:
                failing += failure_hazard(firm, _GROWN, firm.productivity / sector.mean_productivity, p)
                count += 1
        failing /= max(count, 1)
        lasting = founded * exp(-failing * p.failure_youth * 0.25 * p.startup_quarters)
        kept = sector.firm_rows * lasting / max(lasting + failing, 1e-9)
        for i in range(sector.first_firm, sector.first_firm + sector.firm_rows):
            firm = world.organisations[i]
            if firm.active and uniform(draws, firm.key, 1) * count >= kept:
                firm.active = False
                firm.funds = 0.0
                firm.size = 0.0


@compiled
def size_at(age, hazard, luck, born, p):
    """Log size of a firm of some years against the mean, where newborn firms are small and the mean stands still.

    `luck` of its years and `born` are standard normal. Firms that stay grow by what failed ones sold, and revert.
    """
    kept = exp(-p.size_reversion * age)
    years = (1.0 - kept) / p.size_reversion if p.size_reversion > 0.0 else age
    spread = p.size_shock * p.size_shock * years * 0.5 * (1.0 + kept)
    newborn = log(p.newborn_size)
    return newborn * (kept - hazard * years) + sqrt(spread) * luck + 0.5 * kept * born


@compiled
def grow_in_size(world, sector, draws):
    """Give a sector's firms their age, and a size that goes with it; the sector's revenue stays. Source: F11, G8.

    A spread of sizes that newborn and failing firms do not keep would shift, and with it who can afford an alliance.
    """
    p = world.parameters[0]
    before = 0.0
    after = 0.0
    for i in range(sector.first_firm, sector.first_firm + sector.firm_rows):
        firm = world.organisations[i]
        if not firm.active:
            continue
        before += firm.size
        firm.size = exp(sector.mean_log_size)
        hazard = failure_hazard(firm, _GROWN, 1.0, p)
        age = age_of(world, firm, uniform(draws, firm.key, 0))
        firm.born = -int(4.0 * age)
        firm.size *= exp(size_at(age, hazard, normal(draws, firm.key, 2), normal(draws, firm.key, 3), p))
        after += firm.size
    for i in range(sector.first_firm, sector.first_firm + sector.firm_rows):
        world.organisations[i].size *= before / max(after, 1e-9)


@compiled
def grow_up(world, experience):
    """Give firms their age and size, and all organisations what they learnt and forgot in their years, 60 at most.

    `experience` is the yearly speed of what they learnt from others.
    """
    p = world.parameters[0]
    past = np.empty((_YEARS, CLASSES))
    learning = np.empty((_YEARS, CLASSES))
    for s in range(world.sectors.shape[0]):
        sector = world.sectors[s]
        draws = stream(world.seed[0], Draw.HISTORY, s)
        demands_before(world, s, past)
        for y in range(_YEARS):
            learning[y] = p.learning * past[y] / past[y].max()
        grow_in_size(world, sector, draws)
        for i in range(sector.first_firm, sector.first_agency + sector.agency_rows):
            organisation = world.organisations[i]
            if not organisation.active:
                continue
            years = _YEARS  # universities and institutes are older than that, and what they had is renewed
            if organisation.kind == Kind.FIRM:
                years = min(-organisation.born // 4, _YEARS)
            for y in range(years - 1, -1, -1):
                learn_and_forget(organisation, learning[y], p)
                learn(organisation, past[y], experience)
