"""Tax preference: part of what members contribute to an alliance comes back as tax saved. Source: B2."""

from alliancelab.agents.compiled import compiled
from alliancelab.model.accounts import Flow, Purse, pay
from alliancelab.model.declarations import Lever
from alliancelab.model.policy.instrument import Instrument, budget_lever

INSTRUMENT = Instrument(
    name="tax_preference",
    title="Tax preference",
    policy_stage="formation",
    rows=("B2",),
    eligible="Every firm that contributes to an alliance.",
    delivery="Each quarter, automatic, with its contribution.",
    acts_on="Members' purses and what membership costs them.",
    cost="The tax forgone.",
    harm="Nobody asks what the money brings: most of it goes to large firms that would have contributed anyway, "
         "and who stays longer founds less.",
    strength="rate",
    levers=(
        Lever("rate", 0.0, 0.0, 1.0, "share", "document I, 3.1", "Part of a contribution that is saved in tax."),
        budget_lever(),
    ),
)


@compiled
def rebate(world, tick, contribution):
    """Tax that a firm saves by a contribution. Source: B2."""
    rate = world.levers[tick].tax_preference_rate
    if rate <= 0.0:
        return 0.0
    return pay(world, tick, Purse.TAX_PREFERENCE, Flow.TAX_REBATE, rate * contribution)
