"""Programme grants by five principles, pilots first, outstanding ones again. Source: C2."""

import numpy as np

from alliancelab.agents.codes import Event
from alliancelab.agents.compiled import inner
from alliancelab.agents.government_rules import grant_score
from alliancelab.model.accounts import Count, Flow, Purse, pay, record_event, yearly
from alliancelab.model.declarations import Lever
from alliancelab.model.policy.instrument import NOT_ELIGIBLE, Instrument, addressed, best_of
from alliancelab.model.randomness import Process, normal, stream

INSTRUMENT = Instrument(
    name="programme_grants",
    title="Programme grants",
    policy_stage="growth",
    rows=("C2", "A7"),
    eligible="Alliances under contract in the chosen stages without a running grant; pilots come first.",
    delivery="A yearly call ranks by five principles; a grant is paid by quarters over its term.",
    acts_on="The alliance's purse: joint R&D is paid from it.",
    cost="The grants, and a handling cost for each.",
    harm="Unsupervised money is diverted; where a mandate holds, known public money keeps strong firms away.",
    strength="amount",
    stages=("growth",),
    levers=(
        Lever("amount", 0.0, 0.0, 1000.0, "million yuan a year per grant", "data: cn_nkrdp",
              "Money for one alliance a year."),
        Lever("years", 3.0, 0.25, 10.0, "years", "data: dur_cn_nkrdp", "Term of a grant."),
        Lever("pilots_first", 1.0, 0.0, 1.0, "strength", "document I, 3.2", "Weight of being a pilot in the ranking."),
        Lever("rolling", 0.5, 0.0, 1.0, "strength", "document I, 3.2",
              "Weight of results in ranking for a further grant."),
        Lever("phases", 0.0, 0.0, 1.0, "share", "document I, 3.2 (orderly advance)",
              "Part of a grant tied to its phase: R&D, industrialisation, market."),
        Lever("budget", 0.0, 0.0, 1e6, "million yuan a year", "scenario", "Most that is paid in a year."),
    ),
)


@inner
def call(world, tick):
    """The yearly call: rank applicants by five principles and grant while the year's budget carries it. Source: C2."""
    levers = world.levers[tick]
    p = world.parameters[0]
    if levers.programme_grants_amount <= 0.0:
        return
    draws = stream(world.seed[0], Process.SELECTION, tick)
    live = world.counts[Count.LIVE]
    committed = 0.0
    scores = np.full(live, NOT_ELIGIBLE)
    for k in range(live):
        alliance = world.alliances[world.live[k]]
        committed += 4.0 * alliance.grant
        if alliance.grant > 0.0 or not addressed(levers.programme_grants_stages, alliance.stage):
            continue
        sector = world.sectors[alliance.sector]
        field = world.fields[alliance.sector, alliance.field]
        scores[k] = grant_score(alliance, sector, field, levers, p)
        scores[k] += p.selection_noise * normal(draws, alliance.key, 1)
    each = levers.programme_grants_amount + p.handling_cost
    while committed + each <= yearly(world, tick, Purse.PROGRAMME_GRANTS) + 1e-9:
        k = best_of(scores)
        if k < 0:
            return
        scores[k] = NOT_ELIGIBLE
        alliance = world.alliances[world.live[k]]
        alliance.grant = levers.programme_grants_amount / 4.0
        alliance.grant_since = tick
        alliance.grant_until = tick + int(4.0 * levers.programme_grants_years)
        alliance.grant_mark = alliance.technology + alliance.conversion
        alliance.grants += 1
        pay(world, tick, Purse.PROGRAMME_GRANTS, Flow.GRANT_HANDLING, p.handling_cost)
        committed += each
        record_event(world, tick, Event.GRANT, world.live[k], np.uint64(0), levers.programme_grants_amount)


@inner
def pay_out(world, tick):
    """Pay the running grants of a quarter into the alliances' purses; a grant ends with its term or its programme."""
    levers = world.levers[tick]
    for k in range(world.counts[Count.LIVE]):
        alliance = world.alliances[world.live[k]]
        alliance.trials = 0.0
        alliance.launch = 0.0
        if alliance.grant <= 0.0:
            continue
        if tick >= alliance.grant_until or levers.programme_grants_amount <= 0.0:
            alliance.grant = 0.0
            continue
        paid = pay(world, tick, Purse.PROGRAMME_GRANTS, Flow.GRANT, alliance.grant)
        alliance.public_total += paid
        tied = tie_to_phase(world, alliance, levers.programme_grants_phases * paid)
        world.ledger[tick, Flow.TRIALS] += tied
        alliance.funds += paid - tied
        alliance.public_funds += paid - tied


@inner
def tie_to_phase(world, alliance, amount):
    """Part of a grant tied to its phase: R&D, then industrialisation, then the market; returns what was tied.

    Orderly advance: research money goes on into the purse, later phases pay for trial production or a launch, which
    bring nothing while the technology is not there, and not for research. Source: C2.
    """
    p = world.parameters[0]
    if alliance.technology < p.phase_technology:
        return 0.0
    if alliance.conversion < p.phase_conversion:
        alliance.trials = amount
    else:
        alliance.launch = amount
    return amount
