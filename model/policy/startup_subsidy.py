"""Start-up subsidy: public money for part of what it costs to set an alliance up. Source: B2."""

from alliancelab.agents.compiled import compiled
from alliancelab.model.accounts import Flow, Purse, left_of, pay
from alliancelab.model.declarations import Lever
from alliancelab.model.policy import layout
from alliancelab.model.policy.instrument import Instrument, budget_lever

INSTRUMENT = Instrument(
    name="startup_subsidy",
    title="Start-up subsidy",
    policy_stage="formation",
    rows=("B2", "A5", "A6"),
    eligible="Every alliance whose founders are ready to sign, as long as the year's budget lasts.",
    delivery="Promised when a firm looks for partners, paid at the contract towards the cost of setting up.",
    acts_on="The need at which a firm starts, a candidate's willingness to join, what members have to pay.",
    cost="Share of the start-up cost of each alliance, and a handling cost for each case.",
    harm="Alliances without a real need rush in, crowd the same fields and do less; part is pure deadweight.",
    strength="share",
    levers=(
        Lever("share", 0.0, 0.0, 1.0, "share of start-up cost", "document I, 3.1",
              "Part of the start-up cost that is paid."),
        budget_lever(),
    ),
)


@compiled
def promised(world, tick, row):
    """Share of the start-up cost that a founder can count on, while money and the plan's places last.

    Nobody counts on more than what is left for an alliance of usual size.
    """
    share = world.levers[tick].startup_subsidy_share
    money = left_of(world, tick, Purse.STARTUP_SUBSIDY)
    if share <= 0.0 or money <= 0.0:
        return 0.0
    p = world.parameters[0]
    usual = share * p.set_up_cost * p.founding_size + p.handling_cost
    return share * min(money / usual, 1.0) * layout.expected_share(world, tick, row)


@compiled
def deliver(world, tick, a):
    """Pay the subsidy and the handling of the case at the signing of a contract; returns what the alliance got."""
    levers = world.levers[tick]
    if levers.startup_subsidy_share <= 0.0:
        return 0.0
    p = world.parameters[0]
    alliance = world.alliances[a]
    alliance.approved = layout.approved(world, tick, a)
    amount = levers.startup_subsidy_share * alliance.approved * p.set_up_cost * alliance.size
    paid = pay(world, tick, Purse.STARTUP_SUBSIDY, Flow.STARTUP_SUBSIDY, amount)
    pay(world, tick, Purse.STARTUP_SUBSIDY, Flow.STARTUP_HANDLING, p.handling_cost)
    alliance.start_subsidy = paid
    alliance.public_total += paid
    return paid
