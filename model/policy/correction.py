"""Correction: the government compares indicators with targets and moves budgets to where they lag. Source: F4."""

from math import exp

from alliancelab.agents.codes import Stage
from alliancelab.agents.compiled import inner
from alliancelab.model.accounts import Count, Flow, Purse, pay
from alliancelab.model.declarations import Lever
from alliancelab.model.policy.instrument import Instrument

INSTRUMENT = Instrument(
    name="correction",
    title="Adaptive correction",
    policy_stage="all stages",
    rows=("F4",),
    eligible="Every instrument with a budget.",
    delivery="Once a year budgets are weighed anew by the gaps; their sum stays what it was.",
    acts_on="How the year's money is split among instruments of formation, growth, maturity and decline.",
    cost="Monitoring.",
    harm="Chasing an indicator starves instruments whose fruits come late, and swings when effects lag.",
    strength="speed",
    levers=(
        Lever("speed", 0.0, 0.0, 2.0, "per year", "document II", "How fast weights follow gaps."),
        Lever("founding", 0.8, 0.001, 100.0, "alliances a year per 100 firms", "assumed", "Target for foundings."),
        Lever("technology", 0.6, 0.01, 1.0, "[0, 1]", "assumed", "Target for alliances' mean technology."),
        Lever("diffusion", 0.2, 0.01, 1.0, "[0, 1]", "assumed", "Target for alliances' mean diffusion."),
        Lever("decline", 0.25, 0.01, 1.0, "share", "assumed", "Share of alliances in decline that is tolerated."),
        Lever("budget", 0.0, 0.0, 1e6, "million yuan a year", "scenario", "Most that is paid in a year."),
    ),
)


@inner
def gaps(world, tick, missing):
    """Write the relative gap of each policy stage's indicator to its target into `missing`, shape (4,)."""
    levers = world.levers[tick]
    firms = 0
    for s in range(world.sectors.shape[0]):
        firms += world.sectors[s].firm_rows
    live = max(world.counts[Count.LIVE], 1)
    technology = 0.0
    diffusion = 0.0
    declining = 0.0
    for k in range(world.counts[Count.LIVE]):
        alliance = world.alliances[world.live[k]]
        technology += alliance.technology
        diffusion += alliance.diffusion
        declining += 1.0 if alliance.stage == Stage.DECLINE else 0.0
    missing[0] = 1.0 - 100.0 * world.government[0].founded / max(firms, 1) / levers.correction_founding
    missing[1] = 1.0 - technology / live / levers.correction_technology
    missing[2] = 1.0 - diffusion / live / levers.correction_diffusion
    missing[3] = declining / live / levers.correction_decline - 1.0


@inner
def reweigh(world, tick, policy_stages, missing):
    """Move budgets of instruments in use towards lagging stages of the chain and keep their sum. Source: F4.

    `policy_stages` gives each instrument's place in the chain: 0 formation to 3 decline, -1 for none. An instrument
    that paid nothing last year is left alone: there is nothing to learn from it.
    """
    levers = world.levers[tick]
    government = world.government[0]
    p = world.parameters[0]
    if levers.correction_speed > 0.0:
        paid = pay(world, tick, Purse.CORRECTION, Flow.CORRECTION, p.monitoring_price) / p.monitoring_price
        gaps(world, tick, missing)
        before = 0.0
        after = 0.0
        for i in range(len(policy_stages)):
            if policy_stages[i] >= 0 and government.spent_before[i] > 0.0:
                before += world.budgets[tick, i] * government.weight[i]
                gap = min(max(missing[policy_stages[i]], -1.0), 1.0)
                government.weight[i] *= exp(levers.correction_speed * paid * gap)
                after += world.budgets[tick, i] * government.weight[i]
        if after > 0.0:
            for i in range(len(policy_stages)):
                if policy_stages[i] >= 0 and government.spent_before[i] > 0.0:
                    government.weight[i] *= before / after
    government.founded = 0.0
