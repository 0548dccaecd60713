"""What organisations of a region bring to the first day: firms their age, all of them the experience of their years.

A world of the national model begins with organisations as they are founded, none older than twenty years, and they
learn for two generations until their expertise is that of a population of all ages. A region is measured against the
figures of a base year, so it begins with such a population. Source: F11, G8.
"""

from math import exp, log

import numpy as np

from alliancelab.agents.codes import Kind
from alliancelab.agents.compiled import compiled, inner
from alliancelab.agents.firm_rules import failure_hazard
from alliancelab.model.organisations import learn_and_forget
from alliancelab.model.randomness import stream, uniform
from alliancelab.model.regional.codes import Draw
from alliancelab.model.regional.services import learn
from alliancelab.model.tables import CLASSES

__all__ = ["grow_up"]

_YEARS = 60  # what was learnt before is forgotten, or mastered
_GROWN = 1000.0  # quarters: past the hazards of youth


@inner
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


@inner
def age_of(world, firm, luck):
    """Years of a firm that has faced its hazard of failure until now."""
    return -log(luck + 1e-12) / failure_hazard(firm, _GROWN, 1.0, world.parameters[0])


@compiled
def grow_up(world, experience):
    """Give firms their age, and all organisations what they learnt and forgot in their years, 60 at most.

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
        for i in range(sector.first_firm, sector.first_agency + sector.agency_rows):
            organisation = world.organisations[i]
            if not organisation.active:
                continue
            years = _YEARS  # universities and institutes are older than that, and what they had is renewed
            if organisation.kind == Kind.FIRM:
                age = age_of(world, organisation, uniform(draws, organisation.key, 0))
                organisation.born = -int(4.0 * age)
                years = min(int(age), _YEARS)
            for y in range(years - 1, -1, -1):
                learn_and_forget(organisation, learning[y], p)
                learn(organisation, past[y], experience)
