"""Meetings between science and industry: founders meet more, and look closer before they invite. Source: B2."""

from alliancelab.agents.compiled import compiled
from alliancelab.model.accounts import Flow, Purse, pay
from alliancelab.model.declarations import Lever
from alliancelab.model.policy.instrument import Instrument, budget_lever

INSTRUMENT = Instrument(
    name="meetings",
    title="Meetings of science and industry",
    policy_stage="formation",
    rows=("B2",),
    eligible="Every firm that looks for partners.",
    delivery="Fairs, salons and matching events, in every sector and quarter.",
    acts_on="Whom founders meet: of two strangers they can take the one that adds more, more often a research partner.",
    cost="The events.",
    harm="Small firms find partners, too, and strong ones take part in fewer of the alliances.",
    strength="strength",
    levers=(
        Lever("strength", 0.0, 0.0, 1.0, "strength", "document I, 3.1", "Share of encounters that are organised."),
        budget_lever(),
    ),
)


@compiled
def quarterly(world, tick):
    """Hold the quarter's meetings, sector by sector, as far as the money goes. Source: B2."""
    strength = world.levers[tick].meetings_strength
    p = world.parameters[0]
    for s in range(world.sectors.shape[0]):
        sector = world.sectors[s]
        sector.meetings = 0.0
        if strength > 0.0:
            price = p.meetings_price * strength * sector.firm_rows / 100.0
            sector.meetings = strength * pay(world, tick, Purse.MEETINGS, Flow.MEETINGS, price) / price
