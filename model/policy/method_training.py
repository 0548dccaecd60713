"""Training in innovation methods (TRIZ and the like). Source: C5."""

from alliancelab.agents.compiled import compiled
from alliancelab.model.accounts import Count, Flow, Purse, pay
from alliancelab.model.declarations import Lever
from alliancelab.model.policy.instrument import Instrument, addressed, budget_lever

INSTRUMENT = Instrument(
    name="method_training",
    title="Method training",
    policy_stage="growth",
    rows=("C5",),
    eligible="Members of alliances of the chosen stages.",
    delivery="Courses, every quarter.",
    acts_on="Members' command of innovation methods, which fades unless renewed.",
    cost="Courses for each member.",
    harm="People in courses do not do research: engagement falls while training goes on.",
    strength="intensity",
    stages=("growth", "maturity", "regrowth"),
    levers=(
        Lever("intensity", 0.0, 0.0, 1.0, "strength", "document I, 3.2", "How much training members get."),
        budget_lever(),
    ),
)


@compiled
def quarterly(world, tick):
    """A quarter's courses, as far as the money goes. Source: C5."""
    levers = world.levers[tick]
    p = world.parameters[0]
    for k in range(world.counts[Count.LIVE]):
        alliance = world.alliances[world.live[k]]
        alliance.training = 0.0
        if levers.method_training_intensity <= 0.0 or not addressed(levers.method_training_stages, alliance.stage):
            continue
        price = p.training_price * levers.method_training_intensity * alliance.size
        paid = pay(world, tick, Purse.METHOD_TRAINING, Flow.TRAINING, price)
        alliance.training = levers.method_training_intensity * paid / price
        place = alliance.first_seat
        while place >= 0:
            member = world.organisations[world.seats[place].row]
            member.method_skill += p.training_gain * alliance.training * (1.0 - member.method_skill)
            place = world.seats[place].next
