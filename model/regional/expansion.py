"""Expansion: the system built for one sector is carried over to further ones in turn. Source: F10."""

from alliancelab.agents.compiled import compiled
from alliancelab.model.accounts import Flow, pay
from alliancelab.model.declarations import Lever
from alliancelab.model.policy.instrument import Instrument
from alliancelab.model.regional.codes import RegionalPurse

INSTRUMENT = Instrument(
    name="expansion",
    title="Expansion to further industries",
    policy_stage="services",
    rows=("F10",),
    eligible="Sectors that the service system does not serve yet, in their order.",
    delivery="Sectors are opened at a pace, as money comes; services fit as experience carries over, and learn.",
    acts_on="Which firms carriers serve, and how well services suit them.",
    cost="Opening a sector, and carrying experience over.",
    harm="The same carriers serve more firms: those of the first sector queue longer.",
    strength="pace",
    levers=(
        Lever("pace", 0.0, 0.0, 20.0, "sectors a year", "document II, 4.5 and 5.2 (8)", "Sectors opened a year."),
        Lever("experience", 0.5, 0.0, 1.0, "share", "document II, 4.5 (lessons drawn)", "Lack of fit that the "
              "experience of the first sector takes away."),
        Lever("budget", 0.0, 0.0, 1e6, "million yuan a year", "scenario", "Most that is paid in a year."),
    ),
)


@compiled
def expand(world, region, tick):
    """Open the next sectors, and let services learn to suit those that are open. Source: F10."""
    levers = region.levers[tick]
    q = region.numbers[0]
    state = region.state[0]
    for s in range(region.industries.shape[0]):
        industry = region.industries[s]
        if industry.open:
            industry.fit += q.fit_speed * (1.0 - industry.fit)
    if levers.expansion_pace <= 0.0:
        return
    price = q.expansion_price * (1.0 + q.expansion_lessons * levers.expansion_experience)
    state.opening += levers.expansion_pace / 4.0
    for s in range(region.industries.shape[0]):
        industry = region.industries[s]
        if industry.open:
            continue
        if state.opening < 1.0 - 1e-9:
            break
        # What a year's money does not reach for is prepared over several.
        state.prepared += pay(world, tick, RegionalPurse.EXPANSION, Flow.EXPANSION, price - state.prepared)
        if state.prepared < price - 1e-9:
            break
        state.prepared = 0.0
        lesson = levers.expansion_experience * region.industries[0].fit
        industry.open = True
        industry.fit = q.sector_fit + (1.0 - q.sector_fit) * lesson
        state.opening -= 1.0
    state.opening = min(state.opening, 1.0)
