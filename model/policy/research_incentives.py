"""Incentives for universities and institutes to join alliances. Source: B2."""

from alliancelab.agents.codes import Kind
from alliancelab.agents.compiled import compiled, inner
from alliancelab.model.accounts import Flow, Purse, left_of, pay
from alliancelab.model.declarations import Lever
from alliancelab.model.policy.instrument import Instrument

INSTRUMENT = Instrument(
    name="research_incentives",
    title="Incentives for research partners",
    policy_stage="formation",
    rows=("B2",),
    eligible="Universities and institutes that sign an alliance's founding contract.",
    delivery="A bonus at signing, counted in their evaluation.",
    acts_on="Research partners' willingness to join.",
    cost="The bonus for each that joins.",
    harm="Some join for the bonus and not from need; alliances grow costlier to coordinate.",
    strength="bonus",
    levers=(
        Lever("bonus", 0.0, 0.0, 10.0, "million yuan per seat", "document I, 3.1", "Paid to each that signs."),
        Lever("budget", 0.0, 0.0, 1e6, "million yuan a year", "scenario", "Most that is paid in a year."),
    ),
)


@compiled
def promised(world, tick):
    """Bonus that a research partner can count on, while this year's money lasts."""
    bonus = world.levers[tick].research_incentives_bonus
    return bonus if left_of(world, tick, Purse.RESEARCH_INCENTIVES) >= bonus else 0.0


@inner
def reward(world, tick, a):
    """Pay the bonus to the universities and institutes of a new contract. Source: B2."""
    bonus = world.levers[tick].research_incentives_bonus
    if bonus <= 0.0:
        return
    alliance = world.alliances[a]
    for k in range(alliance.size):
        member = world.organisations[world.seats[alliance.block, k].row]
        if member.kind == Kind.UNIVERSITY or member.kind == Kind.INSTITUTE:
            member.funds += pay(world, tick, Purse.RESEARCH_INCENTIVES, Flow.RESEARCH_INCENTIVE, bonus)
