"""Process 7: results spread to outsiders, who produce better; owners' rents erode, mandates hasten both."""

from alliancelab.agents.alliance_rules import imitation_rates
from alliancelab.agents.compiled import compiled, inner
from alliancelab.model.accounts import Count
from alliancelab.model.policy import diffusion_mandate, diffusion_subsidy, ip_market
from alliancelab.model.randomness import Process, binomial, stream, uniform

__all__ = ["diffusion"]


@inner
def members_use(world, a):
    """Member firms move towards the technology of their own alliance."""
    p = world.parameters[0]
    alliance = world.alliances[a]
    for k in range(alliance.size):
        member = world.organisations[world.seats[alliance.block, k].row]
        member.productivity += p.members_absorb * max(alliance.quality - member.productivity, 0.0)


@inner
def adopter(world, tick, a, j):
    """Row of the j-th outsider drawn to adopt, -1 if it is of another region and turned away there. Source: D7."""
    alliance = world.alliances[a]
    sector = world.sectors[alliance.sector]
    who = stream(world.seed[0], Process.ADOPTERS, tick)
    row = sector.first_firm + int(uniform(who, alliance.key, 2 * j) * sector.firm_rows)
    home = world.organisations[world.seats[alliance.block, 0].row].region
    away = world.organisations[row].region != home
    return -1 if away and uniform(who, alliance.key, 2 * j + 1) < alliance.confined else row


@inner
def spread(world, tick, a):
    """Outsiders adopt by Bass diffusion at rates that follow technology, encounters and imitation.

    Of the adopters drawn, each is one firm of the sector; its technology in use moves towards what diffused, further
    where adopters are taught. Firms of other regions do not get what is kept within the region.
    Source: A8, D3, D6, D7, D8.
    """
    p = world.parameters[0]
    alliance = world.alliances[a]
    sector = world.sectors[alliance.sector]
    outsiders = max(sector.firm_count - alliance.firms, 0)
    if outsiders == 0 or alliance.quality <= 0.0:
        return
    innovation, imitation = imitation_rates(alliance, sector, p)
    waiting = max(outsiders - int(alliance.adopters), 0)
    rate = min((innovation + imitation * alliance.diffusion) * alliance.technology * alliance.conversion, 1.0)
    draws = stream(world.seed[0], Process.DIFFUSION, tick)
    drawn = binomial(waiting, rate, uniform(draws, alliance.key, 0))
    count = drawn
    if alliance.confined > 0.0:  # whom nobody teaches costs nothing, so they are counted first
        count = 0
        for j in range(drawn):
            count += 1 if adopter(world, tick, a, j) >= 0 else 0
    teaching = alliance.mandate > 0.0 or alliance.rewarded > 0.0
    if alliance.rewarded > 0.0:
        diffusion_subsidy.reward(world, tick, a, count)
    taught = diffusion_mandate.teach(world, tick, a, count) if teaching else 0.0
    absorbed = p.adopters_absorb + (p.taught_absorb - p.adopters_absorb) * taught
    for j in range(drawn):
        row = adopter(world, tick, a, j)
        if row >= 0 and world.organisations[row].active:
            firm = world.organisations[row]
            firm.productivity += absorbed * max(alliance.quality - firm.productivity, 0.0)
    alliance.adopters += count
    alliance.diffusion = min(alliance.adopters / outsiders, 1.0)
    world.curves[tick].adoptions += count


@compiled
def diffusion(world, tick):
    """Process 7 of the tick."""
    for k in range(world.counts[Count.LIVE]):
        a = world.live[k]
        members_use(world, a)
        spread(world, tick, a)
        ip_market.license_out(world, tick, a)
