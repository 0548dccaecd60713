"""Competition with the sector's firms elsewhere: who uses better technology than they gains market. Source: F11, G7."""

from math import exp

from alliancelab.agents.compiled import compiled
from alliancelab.agents.firm_rules import failure_hazard, size_growth
from alliancelab.model.accounts import Count

_MOST = 3.0  # times the mean technology: what is more counts no further, as in `agents.firm_rules.size_growth`
_NEWBORN = exp(0.125)  # mean of a newborn firm's size over its median, as `environment.be_born` draws it
_LATELY = 20.0  # quarters of the warm-up that tell what firms elsewhere do: what a world begins with is no guide


@compiled
def follow_outside(world, region, tick, s):
    """Technology in use elsewhere: as here in the warm-up, and from then on it gains on best practice as here before.

    So a cluster that goes on as in the last five years of its warm-up keeps its share, whatever the frontier does.
    """
    sector = world.sectors[s]
    industry = region.industries[s]
    gap = max(sector.best_practice - industry.before, 0.0)
    if tick < world.counts[Count.WARM_UP]:
        if tick > 0:
            weight = 1.0 / min(float(tick), _LATELY)
            industry.gained += weight * (sector.mean_productivity - industry.before - industry.gained)
            industry.gaps += weight * (gap - industry.gaps)
        industry.outside = sector.mean_productivity
    elif industry.gaps > 0.0:
        # Firms that close or enter move the mean too; what is in use elsewhere is not unlearned by that.
        speed = max(industry.gained, 0.0) / industry.gaps
        industry.outside += speed * (sector.best_practice - industry.outside)
    industry.before = sector.mean_productivity


@compiled
def unsold(world, tick, s):
    """Part of the market that a sector's firms would leave unserved in a quarter, were each to grow by itself.

    Firms fail, are founded, have good and bad years; what they can be expected to sell then need not grow as the market
    does. New products do not count here, see `launched_part`. Source: F11.
    """
    p = world.parameters[0]
    sector = world.sectors[s]
    before = 0.0
    after = 0.0
    for i in range(sector.first_firm, sector.first_firm + sector.firm_rows):
        firm = world.organisations[i]
        if firm.active:
            relative = firm.productivity / max(sector.mean_productivity, 1e-9)
            growth = size_growth(firm, relative, sector.mean_log_size, 0.0, p) + 0.5 * p.size_shock * p.size_shock
            before += firm.size
            after += firm.size * (1.0 - failure_hazard(firm, tick - firm.born, relative, p)) * exp(growth)
        else:
            after += p.birth_rate * p.newborn_size * _NEWBORN * exp(sector.mean_log_size)
    return 0.25 * (1.0 - after / before) if before > 0.0 else 0.0


@compiled
def launched_part(world, region, s):
    """Growth of a sector's revenue by the new products of a quarter. Source: F11, G7."""
    sector = world.sectors[s]
    revenue = 0.0
    for i in range(sector.first_firm, sector.first_firm + sector.firm_rows):
        revenue += world.organisations[i].size
    return region.industries[s].launching / max(revenue, 1e-9)


@compiled
def market_left(world, region, tick, s):
    """Growth of every firm by what the sector's firms elsewhere leave unserved, as those here did in the warm-up.

    The nation's output grows as the market: what failed firms sold others sell, and what luck adds to some is taken
    from others. Without that a region would lose its share for no cause but that its firms can fail. Firms elsewhere
    bring new products, too, as many as those here did in the last years of the warm-up: a region gains by more.
    """
    industry = region.industries[s]
    if tick < world.counts[Count.WARM_UP]:
        weight = 1.0 / min(tick + 1.0, _LATELY)
        industry.left += weight * (unsold(world, tick, s) - industry.left)
        industry.products += weight * (launched_part(world, region, s) - industry.products)
    industry.launching = 0.0
    return industry.left - industry.products


@compiled
def compete(world, region, tick):
    """Growth by technology against practice elsewhere, in the place of that against the sector's own mean.

    The national model measures a firm against the mean of its sector, which for a region is its own: it could not grow
    by technology. What the firm's accounts have gained or lost by that in a year is taken back, and growth against
    practice elsewhere stands in for it.
    """
    pull = 0.25 * world.parameters[0].growth_productivity
    for s in range(world.sectors.shape[0]):
        sector = world.sectors[s]
        follow_outside(world, region, tick, s)
        left = market_left(world, region, tick, s)
        here = max(sector.mean_productivity, 1e-9)
        outside = max(region.industries[s].outside, 1e-9)
        for i in range(sector.first_firm, sector.first_firm + sector.firm_rows):
            firm = world.organisations[i]
            if firm.active:
                against_outside = min(firm.productivity / outside, _MOST)
                firm.size *= exp(left + pull * (against_outside - min(firm.productivity / here, _MOST)))
