"""Competition with the sector's firms elsewhere: who uses better technology than they gains market. Source: F11, G7."""

from math import exp

from alliancelab.agents.compiled import inner
from alliancelab.model.accounts import Count

_MOST = 3.0  # times the mean technology: what is more counts no further, as in `agents.firm_rules.size_growth`


@inner
def follow_outside(world, region, tick, s):
    """Technology in use elsewhere: as here in the warm-up, and from then on it gains on best practice as here before.

    So a cluster that goes on as in its warm-up keeps its share, whatever the frontier does.
    """
    sector = world.sectors[s]
    industry = region.industries[s]
    gap = max(sector.best_practice - industry.before, 0.0)
    if tick < world.counts[Count.WARM_UP]:
        if tick > 0:
            industry.gained += sector.mean_productivity - industry.before
            industry.gaps += gap
        industry.outside = sector.mean_productivity
    elif industry.gaps > 0.0:
        # Firms that close or enter move the mean too; what is in use elsewhere is not unlearned by that.
        speed = max(industry.gained, 0.0) / industry.gaps
        industry.outside += speed * (sector.best_practice - industry.outside)
    industry.before = sector.mean_productivity


@inner
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
        here = max(sector.mean_productivity, 1e-9)
        outside = max(region.industries[s].outside, 1e-9)
        for i in range(sector.first_firm, sector.first_firm + sector.firm_rows):
            firm = world.organisations[i]
            if firm.active:
                against_outside = min(firm.productivity / outside, _MOST)
                firm.size *= exp(pull * (against_outside - min(firm.productivity / here, _MOST)))
