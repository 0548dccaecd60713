"""Coordination of scattered agencies into a service alliance: referrals and packages. Source: F6."""

from alliancelab.agents.compiled import compiled
from alliancelab.model.accounts import Flow
from alliancelab.model.declarations import Lever
from alliancelab.model.policy.instrument import Instrument
from alliancelab.model.regional.buying import buy
from alliancelab.model.regional.codes import RegionalPurse

INSTRUMENT = Instrument(
    name="coordination",
    title="Service alliance",
    policy_stage="services",
    rows=("F6",),
    eligible="Every service carrier.",
    delivery="An alliance of carriers refers clients on and joins services to packages.",
    acts_on="Whom a full carrier sends on, and which further service a client is led to.",
    cost="A secretariat and meetings, by carrier.",
    harm="Coordinating takes carriers' time, more the more of them there are.",
    strength="strength",
    levers=(
        Lever("strength", 0.0, 0.0, 1.0, "strength", "document II, 4.2", "Share of clients that are passed on."),
        Lever("budget", 0.0, 0.0, 1e6, "million yuan a year", "scenario", "Most that is paid in a year."),
    ),
)


@compiled
def coordinate(world, region, tick):
    """Run the service alliance for a quarter; returns the part of carriers' capacity that it leaves. Source: F6."""
    strength = region.levers[tick].coordination_strength
    q = region.numbers[0]
    state = region.state[0]
    state.coordination = 0.0
    if strength <= 0.0:
        return 1.0
    count = 0
    for c in range(region.carriers.shape[0]):
        count += 1 if region.carriers[c].active else 0
    if count == 0:
        return 1.0
    price = q.coordination_price * strength * count
    state.coordination = strength * buy(world, tick, RegionalPurse.COORDINATION, Flow.COORDINATION, price)
    return 1.0 - q.coordination_time * state.coordination * count / (count + q.coordination_size)
