"""Incentives for universities and institutes to join alliances. Source: B2."""

from alliancelab.agents.compiled import compiled
from alliancelab.agents.organisation_rules import is_scientific
from alliancelab.model.accounts import Flow, Purse, left_of, pay
from alliancelab.model.declarations import Lever
from alliancelab.model.policy.instrument import Instrument, budget_lever

INSTRUMENT = Instrument(
    name="research_incentives",
    title="Incentives for research partners",
    policy_stage="formation",
    rows=("B2",),
    eligible="Universities and institutes that sign a founding contract or join an alliance with a project.",
    delivery="A bonus at signing, counted in their evaluation.",
    acts_on="Research partners' willingness to join.",
    cost="The bonus for each that joins.",
    harm="Some join for the bonus and not from need; seats go to them that firms could fill.",
    strength="bonus",
    levers=(
        Lever("bonus", 0.0, 0.0, 10.0, "million yuan per seat", "document I, 3.1", "Paid to each that signs."),
        budget_lever(),
    ),
)


@compiled
def promised(world, tick):
    """Bonus that a research partner can count on, while this year's money lasts."""
    bonus = world.levers[tick].research_incentives_bonus
    return bonus if left_of(world, tick, Purse.RESEARCH_INCENTIVES) >= bonus else 0.0


@compiled
def reward(world, tick, row):
    """Pay the bonus to a university or institute that signs. Source: B2."""
    bonus = world.levers[tick].research_incentives_bonus
    member = world.organisations[row]
    if bonus > 0.0 and is_scientific(member):
        member.funds += pay(world, tick, Purse.RESEARCH_INCENTIVES, Flow.RESEARCH_INCENTIVE, bonus)
