"""Intellectual-property regime: enforcement of rights, promotion of standards, no technology monopoly. Source: D4."""

from alliancelab.agents.compiled import compiled
from alliancelab.model.accounts import Flow, Purse, pay
from alliancelab.model.declarations import Lever
from alliancelab.model.policy.instrument import Instrument, budget_lever

INSTRUMENT = Instrument(
    name="ip_regime",
    title="Property rights and competition",
    policy_stage="maturity",
    rows=("D4",),
    eligible="Every alliance.",
    delivery="Courts, inspections, standard bodies and market supervision in every sector.",
    acts_on="What imitators dare, what members quarrel about, how standards spread, what a monopolist can keep.",
    cost="Staff in every sector, for each of the three tasks.",
    harm="Strict rights slow imitation and so the industry; strict competition law takes the reward from the best.",
    strength="strength",
    levers=(
        Lever("strength", 0.0, 0.0, 1.0, "strength", "document I, 3.3", "How much of each of the three is done."),
        Lever("enforcement", 1.0, 0.0, 1.0, "share", "document I, 3.3",
              "Supervision of conduct, enforcement of rights."),
        Lever("antitrust", 0.0, 0.0, 1.0, "share", "document I, 3.3", "Control of technology monopolies."),
        Lever("standards", 0.0, 0.0, 1.0, "share", "document I, 3.3", "Promotion of industry standards."),
        budget_lever(),
    ),
)


@compiled
def quarterly(world, tick):
    """Staff the quarter's work, sector by sector, as far as the money goes. Source: D4."""
    levers = world.levers[tick]
    p = world.parameters[0]
    tasks = levers.ip_regime_enforcement + levers.ip_regime_antitrust + levers.ip_regime_standards
    for s in range(world.sectors.shape[0]):
        sector = world.sectors[s]
        done = 0.0
        if levers.ip_regime_strength > 0.0 and tasks > 0.0:
            price = p.enforcement_price * levers.ip_regime_strength * tasks
            done = levers.ip_regime_strength * pay(world, tick, Purse.IP_REGIME, Flow.IP_REGIME, price) / price
        sector.enforcement = levers.ip_regime_enforcement * done
        sector.antitrust = levers.ip_regime_antitrust * done
        sector.promotion = levers.ip_regime_standards * done
