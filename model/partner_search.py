"""How those who look for partners meet candidates, and whether these say yes. Source: A1, B2."""

import numpy as np

from alliancelab.agents.compiled import compiled
from alliancelab.agents.organisation_rules import (
    coverage_gain,
    is_scientific,
    is_strong_firm,
    overlap,
    sigmoid,
    willingness,
)
from alliancelab.model.accounts import Count
from alliancelab.model.randomness import uniform
from alliancelab.model.seats import acquaintance
from alliancelab.model.tables import CLASSES

__all__ = ["DRAWS", "absorb", "is_among", "is_wanted", "look_closer", "meet", "says_yes"]

DRAWS = 12  # indices that one encounter of a search may use


@compiled
def is_among(team, count, row):
    """Whether an organisation is among the first `count` of a team."""
    for j in range(count):
        if team[j] == row:
            return True
    return False


@compiled
def absorb(organisation, best):
    """Raise the team's best expertise to that of one more."""
    for d in range(CLASSES):
        best[d] = max(best[d], organisation.expertise[d])


@compiled
def stranger(world, s, research, kind_luck, place_luck, pick):
    """Row of an organisation met by chance, mostly of sector `s`; `research` is the share of science among them."""
    p = world.parameters[0]
    if place_luck < p.meet_elsewhere:
        s = int(place_luck / p.meet_elsewhere * world.sectors.shape[0])
    sector = world.sectors[s]
    if kind_luck < research and sector.research_rows > 0:
        return np.int32(sector.first_research + int(pick * sector.research_rows))
    if kind_luck < research + p.meet_agency and sector.agency_rows > 0:
        return np.int32(sector.first_agency + int(pick * sector.agency_rows))
    return np.int32(sector.first_firm + int(pick * sector.firm_rows))


@compiled
def renowned(world, pick, which):
    """Row of a partner of a running project drawn by chance: the more projects, the better known; -1 if there is none.

    So those who take part much are met more, across sectors: participation concentrates.
    """
    running = world.counts[Count.RUNNING]
    if running == 0:
        return np.int32(-1)
    project = world.projects[world.running[int(pick * running)]]
    place = project.first_part
    for _ in range(int(which * project.size)):
        place = world.participations[place].next
    return world.participations[place].row if place >= 0 else np.int32(-1)


@compiled
def meet(world, draws, key, k, host, s, research):
    """Row of the k-th candidate that a host meets: a former partner, a partner's partner, a known one, or a stranger.

    At an organised meeting the host meets a stranger more. Source: A1, B2.
    """
    p = world.parameters[0]
    first = DRAWS * k
    way = uniform(draws, key, first)
    pick = uniform(draws, key, first + 1)
    if way < p.meet_partner + p.meet_partners_partner:
        row = acquaintance(world, host, pick)
        if row >= 0 and way >= p.meet_partner:
            row = acquaintance(world, world.organisations[row], uniform(draws, key, first + 2))
        if row >= 0:
            return row
    elif way < p.meet_partner + p.meet_partners_partner + p.meet_renowned:
        row = renowned(world, pick, uniform(draws, key, first + 2))
        if row >= 0:
            return row
    return stranger(world, s, research, uniform(draws, key, first + 3), uniform(draws, key, first + 4), pick)


@compiled
def look_closer(world, draws, key, k, row, s, weights, best):
    """At an organised meeting the host sees a second candidate, and takes the one that adds more. Source: B2."""
    p = world.parameters[0]
    first = DRAWS * k
    if uniform(draws, key, first + 5) >= world.sectors[s].meetings:
        return row
    other = stranger(world, s, p.meetings_research, uniform(draws, key, first + 6), uniform(draws, key, first + 7),
                     uniform(draws, key, first + 8))
    added = coverage_gain(world.organisations[row], weights, best)
    return other if coverage_gain(world.organisations[other], weights, best) > added else row


@compiled
def is_wanted(candidate, strong, research, p):
    """Whether a candidate is what an alliance in want lacks: a strong firm or a research partner. Source: B2."""
    return (not strong and is_strong_firm(candidate, p)) or (research == 0 and is_scientific(candidate))


@compiled
def says_yes(world, candidate, offer, weights, best, region, luck):
    """Whether a candidate accepts an offer."""
    gain = coverage_gain(candidate, weights, best)
    common = overlap(candidate, weights, best)
    near = 1.0 if candidate.region == region else 0.0
    return luck < sigmoid(willingness(candidate, offer, gain, common, near, world.parameters[0]))
