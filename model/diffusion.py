"""Process 9: results spread to outsiders, who produce better; owners' rents erode, mandates hasten both."""

import numpy as np

from alliancelab.agents.alliance_rules import imitation_rates
from alliancelab.agents.compiled import compiled
from alliancelab.model.accounts import Count
from alliancelab.model.policy import diffusion_mandate, diffusion_subsidy, ip_market
from alliancelab.model.randomness import Process, binomial, stream, uniform
from alliancelab.model.tables import CLASSES

__all__ = ["diffusion"]


@compiled
def quality_of(world, a, x):
    """Quality of what can be produced in a line, in units of the first vintage."""
    line = world.lines[a, x]
    return line.industrialised * world.fields[world.alliances[a].sector, line.field].vintage


@compiled
def absorb(world, firm, s, quality, absorbed):
    """A firm closes part of its gap to a quality of sector `s`; in another industry it counts in units of that one."""
    if firm.sector != s:
        quality *= world.sectors[firm.sector].best_practice / world.sectors[s].best_practice
    firm.productivity += absorbed * max(quality - firm.productivity, 0.0)


@compiled
def members_use(world, a):
    """Member firms move towards the best that their alliance can produce."""
    p = world.parameters[0]
    alliance = world.alliances[a]
    place = alliance.first_seat
    while place >= 0:
        member = world.organisations[world.seats[place].row]
        absorb(world, member, alliance.sector, alliance.quality, p.members_absorb)
        place = world.seats[place].next


@compiled
def demanded(world, s, field):
    """Share of a field's requirements that another sector has, too: what its results are worth there. Source: B1."""
    shared = 0.0
    for d in range(CLASSES):
        shared += min(field.weights[d], world.sectors[s].demand[d])
    return shared


@compiled
def adopter(world, draws, key, s, field, j):
    """Row of the j-th outsider drawn to adopt: a firm of sector `s`, or of another that has the same requirements.

    Source: B1 (pull).
    """
    p = world.parameters[0]
    pick = uniform(draws, key, 3 * j)
    elsewhere = uniform(draws, key, 3 * j + 1)
    if elsewhere < p.spill_over:
        other = elsewhere / p.spill_over * world.sectors.shape[0]
        if other - int(other) < demanded(world, int(other), field):
            s = int(other)
    sector = world.sectors[s]
    return sector.first_firm + int(pick * sector.firm_rows)


@compiled
def is_turned_away(world, draws, key, a, row, j):
    """Whether an adopter of another region does not get what is kept within the alliance's own. Source: D7."""
    alliance = world.alliances[a]
    away = world.organisations[row].region != alliance.region
    return away and uniform(draws, key, 3 * j + 2) < alliance.confined


@compiled
def teach_adopters(world, tick, a, count):
    """Adopters are taught as far as a subsidy pays or a mandate asks; returns the mean gap that an adopter closes.

    A subsidy pays for a part of the adopters. Of the others a mandate reaches a part, whom the alliance pays for.
    """
    p = world.parameters[0]
    alliance = world.alliances[a]
    taught = 0.0
    if alliance.rewarded > 0.0:
        taught = diffusion_subsidy.teach(world, tick, a, count)
    if alliance.mandate > 0.0:
        asked = alliance.mandate * (1.0 - taught)
        taught += asked * diffusion_mandate.teach(world, tick, a, asked * count)
    return p.adopters_absorb + (p.taught_absorb - p.adopters_absorb) * taught


@compiled
def spread(world, tick, a, x):
    """Outsiders adopt a line's results by Bass diffusion, at rates that follow what is launched, and encounters.

    Of the adopters drawn, each is one firm; its technology in use moves towards what diffused, further where adopters
    are taught, less in another industry. Firms of other regions do not get what is kept within the region.
    Source: A8, D3, D6, D7, D8.
    """
    p = world.parameters[0]
    alliance = world.alliances[a]
    line = world.lines[a, x]
    sector = world.sectors[alliance.sector]
    field = world.fields[alliance.sector, line.field]
    outsiders = max(sector.firm_count - alliance.firms, 0)
    if outsiders == 0 or line.launched <= 0.0:
        return
    innovation, imitation = imitation_rates(alliance, line, sector, p)
    non_adopters = max(outsiders - int(line.adopters), 0)
    rate = min((innovation + imitation * line.diffusion) * line.launched, 1.0)
    key = alliance.key + np.uint64(x)
    drawn = binomial(non_adopters, rate, uniform(stream(world.seed[0], Process.DIFFUSION, tick), key, 0))
    who = stream(world.seed[0], Process.ADOPTERS, tick)
    count = 0
    for j in range(drawn):  # whom nobody teaches costs nothing, so they are counted first
        count += 0 if is_turned_away(world, who, key, a, adopter(world, who, key, alliance.sector, field, j), j) else 1
    absorbed = teach_adopters(world, tick, a, count)
    quality = line.launched * field.vintage
    elsewhere = 0
    for j in range(drawn):
        row = adopter(world, who, key, alliance.sector, field, j)
        firm = world.organisations[row]
        if firm.active and not is_turned_away(world, who, key, a, row, j):
            elsewhere += 1 if firm.sector != alliance.sector else 0
            use = absorbed if firm.sector == alliance.sector else absorbed * demanded(world, firm.sector, field)
            absorb(world, firm, alliance.sector, quality, use)
    line.adopters += count
    line.adopters_elsewhere += elsewhere
    line.diffusion = min(line.adopters / outsiders, 1.0)
    world.curves[tick].adoptions += count


@compiled
def sum_up(world, a):
    """What an alliance's lines come to: its main line, best quality in use, and adopters."""
    alliance = world.alliances[a]
    main = 0
    most = -1.0
    alliance.quality = 0.0
    alliance.adopters = 0.0
    alliance.diffusion = 0.0
    for x in range(alliance.lines):
        line = world.lines[a, x]
        field = world.fields[alliance.sector, line.field]
        alliance.quality = max(alliance.quality, quality_of(world, a, x))
        alliance.adopters += line.adopters
        alliance.diffusion = max(alliance.diffusion, line.diffusion)
        weight = line.knowledge * field.vintage if field.alive else 0.0
        if weight > most:
            most = weight
            main = x
    line = world.lines[a, main]
    alliance.field = line.field
    alliance.technology = line.knowledge
    alliance.conversion = line.launched / line.knowledge if line.knowledge > 0.0 else 0.0


@compiled
def leak(world, a):
    """What is in use leaks abroad, unless it is kept in the nation, and ages there. Source: D7."""
    p = world.parameters[0]
    alliance = world.alliances[a]
    leaking = p.leak_rate * alliance.diffusion * (1.0 - alliance.kept_home)
    alliance.leaked += leaking * (1.0 - alliance.leaked) - p.leak_fade * alliance.leaked


@compiled
def diffusion(world, tick):
    """Process 9 of the tick."""
    for k in range(world.counts[Count.LIVE]):
        a = world.live[k]
        members_use(world, a)
        for x in range(world.alliances[a].lines):
            spread(world, tick, a, x)
        ip_market.trade(world, tick, a)
        sum_up(world, a)
        leak(world, a)
