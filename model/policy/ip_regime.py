"""Intellectual-property regime: enforcement of rights, and no monopoly of a technology. Source: D4."""

from alliancelab.agents.compiled import inner
from alliancelab.model.accounts import Flow, Purse, pay
from alliancelab.model.declarations import Lever
from alliancelab.model.policy.instrument import Instrument

INSTRUMENT = Instrument(
    name="ip_regime",
    title="Property rights and competition",
    policy_stage="maturity",
    rows=("D4",),
    eligible="Every alliance.",
    delivery="Courts, inspections and market supervision in every sector.",
    acts_on="What imitators dare, what members quarrel about, what a monopolist can keep.",
    cost="Staff in every sector, for enforcement and for competition.",
    harm="Strict rights slow imitation and so the industry; strict competition law takes the reward from the best.",
    strength="enforcement",
    levers=(
        Lever("enforcement", 0.0, 0.0, 1.0, "strength", "document I, 3.3", "Enforcement of property rights."),
        Lever("antitrust", 0.0, 0.0, 1.0, "strength", "document I, 3.3", "Control of technology monopolies, as far as "
              "rights are enforced at all."),
        Lever("budget", 0.0, 0.0, 1e6, "million yuan a year", "scenario", "Most that is paid in a year."),
    ),
)


@inner
def enforce(world, tick):
    """Staff the quarter's enforcement, sector by sector, as far as the money goes. Source: D4."""
    levers = world.levers[tick]
    p = world.parameters[0]
    for s in range(world.sectors.shape[0]):
        sector = world.sectors[s]
        sector.enforcement = 0.0
        sector.antitrust = 0.0
        if levers.ip_regime_enforcement > 0.0:
            price = p.enforcement_price * (levers.ip_regime_enforcement + levers.ip_regime_antitrust)
            share = pay(world, tick, Purse.IP_REGIME, Flow.IP_REGIME, price) / price
            sector.enforcement = levers.ip_regime_enforcement * share
            sector.antitrust = levers.ip_regime_antitrust * share
