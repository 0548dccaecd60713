"""Special support for alliances that cannot draw strong firms, research partners or venture money. Source: B2."""

from alliancelab.agents.codes import ProjectKind
from alliancelab.agents.compiled import compiled
from alliancelab.agents.firm_rules import promise_of
from alliancelab.agents.organisation_rules import is_strong_firm
from alliancelab.model.accounts import Count, Flow, Purse, left_of, pay
from alliancelab.model.declarations import Lever
from alliancelab.model.policy.instrument import Instrument, addressed, budget_lever

INSTRUMENT = Instrument(
    name="special_support",
    title="Special support",
    policy_stage="formation",
    rows=("B2",),
    eligible="Founders and alliances of the chosen stages without a strong firm or a research partner. Not those whose "
    "running work a grant or pilot support pays already, unless the scenario allows both.",
    delivery="A bonus to strong firms and research partners that join; yearly support while the want lasts; a match "
    "for venture money.",
    acts_on="Willingness of those that are wanting, the alliance's purse, what investors dare.",
    cost="Bonuses, support, and the match.",
    harm="Money goes where nobody else wants to put it: weak alliances live longer, and part is misused.",
    strength="amount",
    stages=("formation", "growth"),
    levers=(
        Lever("amount", 0.0, 0.0, 100.0, "million yuan a year", "document I, 3.1", "Support of one alliance a year."),
        Lever("bonus", 0.5, 0.0, 10.0, "million yuan per seat", "document I, 3.1",
              "Paid to a strong firm or research partner that an alliance lacks."),
        Lever("venture", 0.5, 0.0, 1.0, "share", "document I, 3.1", "Public yuan for each yuan that investors put in."),
        Lever("years", 3.0, 0.25, 20.0, "years", "assumed", "How long one alliance is supported at most."),
        Lever("cumulation", 0.0, 0.0, 1.0, "0 or 1", "assumed",
              "Whether alliances under a grant or pilot support get it, too.", True),
        budget_lever(),
    ),
)


@compiled
def promised(world, tick):
    """Bonus that a strong firm or research partner can count on where it is lacking, while this year's money lasts."""
    levers = world.levers[tick]
    if levers.special_support_amount <= 0.0:
        return 0.0
    bonus = levers.special_support_bonus
    return bonus if left_of(world, tick, Purse.SPECIAL_SUPPORT) >= bonus else 0.0


@compiled
def reward(world, tick, row):
    """Pay the bonus to one that an alliance lacked and that now joins. Source: B2."""
    bonus = world.levers[tick].special_support_bonus
    world.organisations[row].funds += pay(world, tick, Purse.SPECIAL_SUPPORT, Flow.SPECIAL_BONUS, bonus)


@compiled
def has_strong_firm(world, a):
    """Whether a firm of standing is a member."""
    p = world.parameters[0]
    place = world.alliances[a].first_seat
    while place >= 0:
        member = world.organisations[world.seats[place].row]
        if is_strong_firm(member, p):
            return True
        place = world.seats[place].next
    return False


@compiled
def is_paid_already(world, tick, a):
    """Whether a grant or pilot support pays for an alliance's running work: nothing is paid for twice. Source: C2."""
    levers = world.levers[tick]
    alliance = world.alliances[a]
    if alliance.label > 0.0 and levers.pilot_selection_support > 0.0:
        if tick - alliance.pilot < 4.0 * levers.pilot_selection_years:
            return True
    q = alliance.first_project
    while q >= 0:
        if world.projects[q].grant > 0.0:
            return True
        q = world.projects[q].next
    return False


@compiled
def quarterly(world, tick):
    """Find the alliances in want, support them, and match what investors put into their projects. Source: B2."""
    levers = world.levers[tick]
    for k in range(world.counts[Count.LIVE]):
        a = world.live[k]
        alliance = world.alliances[a]
        alliance.wanting = 0.0
        if levers.special_support_amount <= 0.0 or not addressed(levers.special_support_stages, alliance.stage):
            continue
        if alliance.supported >= 4.0 * levers.special_support_years:
            continue
        if levers.special_support_cumulation < 0.5 and is_paid_already(world, tick, a):
            continue
        if alliance.research > 0 and has_strong_firm(world, a):
            continue
        alliance.wanting = 1.0
        paid = pay(world, tick, Purse.SPECIAL_SUPPORT, Flow.SPECIAL_SUPPORT, levers.special_support_amount / 4.0)
        alliance.supported += 1 if paid > 0.0 else 0
        alliance.funds += paid
        alliance.public_funds += paid
        alliance.public_total += paid
        draw_investors(world, tick, a)


@compiled
def draw_investors(world, tick, a):
    """Venture money comes to later projects with a market ahead, the more of it the government matches. Source: B2.

    Investors dare in proportion to the match, and put in their part as far as the match is paid.
    """
    levers = world.levers[tick]
    p = world.parameters[0]
    alliance = world.alliances[a]
    q = alliance.first_project
    while q >= 0:
        project = world.projects[q]
        if project.kind != ProjectKind.RESEARCH:
            ahead = promise_of(world.fields[alliance.sector, project.field], p)
            dared = levers.special_support_venture * p.venture_most * ahead * alliance.governance * project.cost
            match = pay(world, tick, Purse.SPECIAL_SUPPORT, Flow.SPECIAL_SUPPORT,
                        levers.special_support_venture * dared)
            private = match / max(levers.special_support_venture, 1e-9)
            world.ledger[tick, Flow.VENTURE] += private
            alliance.funds += match + private
            alliance.public_funds += match
            alliance.public_total += match
        q = project.next
