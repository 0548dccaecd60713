"""The doubling plan: support for the growth of certified high-tech firms. Source: G7."""

from alliancelab.agents.codes import FirmStage
from alliancelab.agents.compiled import compiled
from alliancelab.model.accounts import Flow, pay
from alliancelab.model.declarations import Lever
from alliancelab.model.policy.instrument import Instrument
from alliancelab.model.regional.codes import RegionalPurse
from alliancelab.model.regional.correction import weight_of
from alliancelab.model.regional.finance import put_in

INSTRUMENT = Instrument(
    name="doubling_plan",
    title="Doubling plan for high-tech output",
    policy_stage="bureau",
    rows=("G7",),
    eligible="Certified high-tech firms, those of the chosen industries first.",
    delivery="Each gets money to bring results to market, and to invest in capacity.",
    acts_on="New products of certified firms, and their investment.",
    cost="The support.",
    harm="Money beyond what a firm can absorb does little; hollow certificates draw it, too.",
    strength="support",
    levers=(
        Lever("support", 0.0, 0.0, 100.0, "million yuan a year per firm", "document III, seven (2) three", "Support."),
        Lever("conversion", 0.5, 0.0, 1.0, "share", "document III, seven (2) three (conversion of results)",
              "Part of it that is for bringing results to market; the rest is for capacity."),
        Lever("industries", 4.0, 0.0, 1000.0, "sectors", "data: cb_industries", "First sectors that it is for.", True),
        Lever("budget", 0.0, 0.0, 1e6, "million yuan a year", "scenario", "Most that is paid in a year."),
    ),
)


@compiled
def double(world, region, tick):
    """Pay the quarter's support into the purses of certified firms, to be invested. Source: G7."""
    levers = region.levers[tick]
    support = levers.doubling_plan_support * weight_of(world, RegionalPurse.DOUBLING_PLAN)
    if support <= 0.0:
        return
    for i in range(region.clients.shape[0]):
        client = region.clients[i]
        firm = world.organisations[i]
        if not firm.active or client.grade == 0 or firm.sector >= levers.doubling_plan_industries:
            continue
        paid = pay(world, tick, RegionalPurse.DOUBLING_PLAN, Flow.DOUBLING_SUPPORT, support / 4.0)
        firm.funds += paid
        client.converting += levers.doubling_plan_conversion * paid
        # Grants for capacity suit firms that have something to expand.
        fit = 1.0 if firm.stage >= FirmStage.GROWTH else region.numbers[0].misfit
        put_in(client, (1.0 - levers.doubling_plan_conversion) * paid, fit)
