"""Special support for alliances that cannot draw strong firms, research partners or capital. Source: B2."""

from alliancelab.agents.codes import Kind
from alliancelab.agents.compiled import inner
from alliancelab.agents.organisation_rules import standing
from alliancelab.model.accounts import Count, Flow, Purse, pay
from alliancelab.model.declarations import Lever
from alliancelab.model.policy.instrument import Instrument, addressed

INSTRUMENT = Instrument(
    name="special_support",
    title="Special support",
    policy_stage="formation",
    rows=("B2",),
    eligible="Alliances of the chosen stages without a strong firm, without a research partner, or short of money; "
    "not those whose running work a grant or pilot support pays already, unless the scenario allows both.",
    delivery="Yearly support by quarters while the want lasts, for some years at most.",
    acts_on="The alliance's purse.",
    cost="The support.",
    harm="Money goes where nobody else wants to put it: weak alliances live longer, and part is misused.",
    strength="amount",
    stages=("formation", "growth"),
    levers=(
        Lever("amount", 0.0, 0.0, 100.0, "million yuan a year", "document I, 3.1", "Support of one alliance a year."),
        Lever("years", 3.0, 0.25, 20.0, "years", "assumed", "How long one alliance is supported at most."),
        Lever("cumulation", 0.0, 0.0, 1.0, "0 or 1", "assumed",
              "Whether alliances under a grant or pilot support get it, too.", True),
        Lever("budget", 0.0, 0.0, 1e6, "million yuan a year", "scenario", "Most that is paid in a year."),
    ),
)


@inner
def in_want(world, a):
    """Whether an alliance lacks a strong firm, a research partner, or money for a quarter of its usual work."""
    p = world.parameters[0]
    alliance = world.alliances[a]
    strongest = 0.0
    for k in range(alliance.size):
        member = world.organisations[world.seats[alliance.block, k].row]
        if member.kind == Kind.FIRM:
            strongest = max(strongest, standing(member.size, p))
    return strongest < p.strong_standing or alliance.research == 0 or alliance.effort < p.scarce_effort


@inner
def paid_already(world, tick, a):
    """Whether a grant or pilot support pays for an alliance's running work: nothing is paid for twice. Source: C2."""
    levers = world.levers[tick]
    alliance = world.alliances[a]
    supported = levers.pilot_selection_support > 0.0 and tick - alliance.pilot < 4.0 * levers.pilot_selection_years
    return alliance.grant > 0.0 or (alliance.label > 0.0 and supported)


@inner
def support(world, tick):
    """Pay a quarter's special support. Source: B2."""
    levers = world.levers[tick]
    if levers.special_support_amount <= 0.0:
        return
    for k in range(world.counts[Count.LIVE]):
        a = world.live[k]
        alliance = world.alliances[a]
        if not addressed(levers.special_support_stages, alliance.stage):
            continue
        if alliance.supported >= 4.0 * levers.special_support_years or not in_want(world, a):
            continue
        if levers.special_support_cumulation < 0.5 and paid_already(world, tick, a):
            continue
        paid = pay(world, tick, Purse.SPECIAL_SUPPORT, Flow.SPECIAL_SUPPORT, levers.special_support_amount / 4.0)
        if paid > 0.0:
            alliance.supported += 1
        alliance.funds += paid
        alliance.public_funds += paid
        alliance.public_total += paid
