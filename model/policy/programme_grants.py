"""Programme grants to projects by five principles, pilots first, successes again. Source: C2."""

import numpy as np

from alliancelab.agents.codes import Event, ProjectState
from alliancelab.agents.compiled import compiled
from alliancelab.agents.government_rules import grant_score
from alliancelab.model.accounts import Count, Flow, Purse, budget_of, pay, record_event
from alliancelab.model.declarations import Lever
from alliancelab.model.policy.instrument import NOT_ELIGIBLE, Instrument, addressed, best_of, budget_lever
from alliancelab.model.randomness import Process, normal, stream

INSTRUMENT = Instrument(
    name="programme_grants",
    title="Programme grants",
    policy_stage="growth",
    rows=("C2", "A7"),
    eligible="The best project idea of each alliance under contract in the chosen stages; pilots come first.",
    delivery="A yearly call ranks ideas by five principles; the grant is paid by quarters while the project runs.",
    acts_on="The money of one project, and how many partners it is worth proposing and joining with.",
    cost="The grants, and a handling cost for each.",
    harm="Part replaces partners' own money, part is diverted; funded projects take hands that others lack.",
    strength="amount",
    stages=("growth", "maturity", "decline", "regrowth"),
    levers=(
        Lever("amount", 0.0, 0.0, 1000.0, "million yuan a year per grant", "data: cn_nkrdp",
              "Money for one project a year."),
        Lever("years", 3.0, 0.25, 10.0, "years", "data: dur_cn_nkrdp", "Longest term of a grant."),
        Lever("need_weight", 1.0, 0.0, 10.0, "weight", "document I, 3.2 (1)", "Principle 1: need of the industry."),
        Lever("order_weight", 1.0, 0.0, 10.0, "weight", "document I, 3.2 (2)", "Principle 2: orderly advance."),
        Lever("property_weight", 1.0, 0.0, 10.0, "weight", "document I, 3.2 (3)", "Principle 3: own property."),
        Lever("firms_weight", 1.0, 0.0, 10.0, "weight", "document I, 3.2 (4)", "Principle 4: firms as the main body."),
        Lever("contract_weight", 1.0, 0.0, 10.0, "weight", "document I, 3.2 (5)", "Principle 5: contract."),
        Lever("pilots_first", 1.0, 0.0, 1.0, "strength", "document I, 3.2", "Weight of being a pilot in the ranking."),
        Lever("rolling", 0.5, 0.0, 1.0, "strength", "document I, 3.2",
              "Weight of funded projects that succeeded in ranking for a further grant."),
        budget_lever(),
    ),
)


@compiled
def success(world, a):
    """Share of an alliance's funded projects that have ended well; one half where none has ended."""
    done = 0.5
    ended = 1.0
    q = world.alliances[a].last_project
    while q >= 0:
        project = world.projects[q]
        if project.public_total > 0.0 and project.state != ProjectState.RUNNING:
            ended += 1.0
            done += 1.0 if project.state == ProjectState.DONE else 0.0
        q = project.earlier
    return done / ended


@compiled
def is_eligible(alliance, stages):
    """An alliance under contract in a chosen stage that has an idea."""
    return alliance.signed >= 0 and alliance.idea_field >= 0 and addressed(stages, alliance.stage)


@compiled
def committed(world):
    """Million yuan a year that running grants are worth."""
    total = 0.0
    for k in range(world.counts[Count.RUNNING]):
        total += 4.0 * world.projects[world.running[k]].grant
    return total


@compiled
def yearly(world, tick):
    """The yearly call: rank ideas by five principles and grant while the year's budget carries it. Source: C2."""
    levers = world.levers[tick]
    p = world.parameters[0]
    if levers.programme_grants_amount <= 0.0:
        return
    draws = stream(world.seed[0], Process.SELECTION, tick)
    live = world.counts[Count.LIVE]
    scores = np.full(live, NOT_ELIGIBLE)
    for k in range(live):
        a = world.live[k]
        alliance = world.alliances[a]
        alliance.award = 0.0
        if not is_eligible(alliance, levers.programme_grants_stages):
            continue
        sector = world.sectors[alliance.sector]
        field = world.fields[alliance.sector, alliance.idea_field]
        line = world.lines[a, max(alliance.idea_line, 0)]
        earlier = success(world, a) if alliance.awards > 0 else 0.5
        scores[k] = grant_score(alliance, line, sector, field, earlier, levers, p)
        scores[k] += p.selection_noise * normal(draws, alliance.key, 1)
    total = committed(world)
    each = levers.programme_grants_amount + p.handling_cost
    while total + each <= budget_of(world, tick, Purse.PROGRAMME_GRANTS) + 1e-9:
        k = best_of(scores)
        if k < 0:
            return
        scores[k] = NOT_ELIGIBLE
        alliance = world.alliances[world.live[k]]
        alliance.award = levers.programme_grants_amount / 4.0
        alliance.award_quarters = max(int(4.0 * levers.programme_grants_years), 1)
        alliance.awards += 1
        total += each
        pay(world, tick, Purse.PROGRAMME_GRANTS, Flow.GRANT_HANDLING, p.handling_cost)
        record_event(world, tick, Event.GRANT, world.live[k], np.uint64(0), levers.programme_grants_amount)


@compiled
def quarterly(world, tick):
    """Pay the running grants of a quarter; a grant ends with its term, its project or its programme."""
    amount = world.levers[tick].programme_grants_amount
    for k in range(world.counts[Count.RUNNING]):
        project = world.projects[world.running[k]]
        project.grant_paid = 0.0
        if project.grant <= 0.0:
            continue
        if tick >= project.grant_until or amount <= 0.0:
            project.grant = 0.0
            continue
        paid = pay(world, tick, Purse.PROGRAMME_GRANTS, Flow.GRANT, project.grant)
        project.grant_paid = paid
        world.alliances[project.alliance].public_total += paid
