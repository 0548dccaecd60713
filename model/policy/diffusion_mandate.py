"""Diffusion mandate: results of publicly funded work must spread. Source: D3, D8."""

from alliancelab.agents.compiled import compiled
from alliancelab.model.accounts import Count, Flow, Purse, left_of, pay
from alliancelab.model.declarations import Lever
from alliancelab.model.policy.instrument import Instrument, addressed, budget_lever

INSTRUMENT = Instrument(
    name="diffusion_mandate",
    title="Diffusion mandate",
    policy_stage="maturity",
    rows=("D3", "D8"),
    eligible="Alliances in the chosen stages whose results were paid for with public money.",
    delivery="A duty to show and teach results to outsiders, generic technology above all, checked by visits.",
    acts_on="Encounters of outsiders with results, the alliance's cost of teaching, the loss that partners expect.",
    cost="Visits by the government; teaching cost borne by the alliance for each adopter.",
    harm="Owners' rents erode; firms that expect to give results away stay out or give less.",
    strength="strength",
    stages=("maturity", "decline", "regrowth"),
    levers=(
        Lever("strength", 0.0, 0.0, 1.0, "strength", "document I, 3.3",
              "How much of publicly paid results must be shown."),
        budget_lever(),
    ),
)


@compiled
def quarterly(world, tick):
    """Put publicly paid alliances of the chosen stages under the mandate, as far as the money for visits reaches.

    Firms expect the mandate that they see enforced; before there is anybody to visit, the one that money is there for.
    """
    levers = world.levers[tick]
    strength = levers.diffusion_mandate_strength
    price = world.parameters[0].visit_price * strength
    enforced = 0.0
    if price > 0.0:
        enforced = strength * min(left_of(world, tick, Purse.DIFFUSION_MANDATE) / price, 1.0)
    bound = 0
    total = 0.0
    for k in range(world.counts[Count.LIVE]):
        alliance = world.alliances[world.live[k]]
        alliance.mandate = 0.0
        if price <= 0.0 or alliance.public_total <= 0.0:
            continue
        if not addressed(levers.diffusion_mandate_stages, alliance.stage):
            continue
        paid = pay(world, tick, Purse.DIFFUSION_MANDATE, Flow.MANDATE_VISITS, price)
        alliance.mandate = strength * paid / price
        total += alliance.mandate
        bound += 1
    if bound > 0:
        enforced = total / bound
    for s in range(world.sectors.shape[0]):
        world.sectors[s].mandate = enforced


@compiled
def teach(world, tick, a, adopters):
    """The alliance pays for teaching adopters under a mandate; returns the share of them it could afford to teach."""
    p = world.parameters[0]
    alliance = world.alliances[a]
    cost = p.teaching_cost * adopters
    if cost <= 0.0:
        return 1.0
    own = max(alliance.funds - alliance.public_funds, 0.0)
    paid = min(cost, own)
    alliance.funds -= paid
    world.ledger[tick, Flow.TEACHING] += paid
    return paid / cost
