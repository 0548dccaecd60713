"""Programme guide: which fields a call for grants prefers, from collected needs or from above. Source: C1."""

import numpy as np

from alliancelab.agents.compiled import compiled
from alliancelab.model.accounts import Count, Flow, Purse, pay
from alliancelab.model.declarations import Lever
from alliancelab.model.environment import field_key
from alliancelab.model.policy.instrument import Instrument, budget_lever
from alliancelab.model.randomness import Process, normal, stream
from alliancelab.model.tables import CLASSES

INSTRUMENT = Instrument(
    name="programme_guide",
    title="Programme guide",
    policy_stage="growth",
    rows=("C1",),
    eligible="Every field of every sector.",
    delivery="A yearly guide, compiled from the needs of organisations and alliances or written by experts.",
    acts_on="The ranking of ideas in calls for programme grants.",
    cost="Collecting needs, or the experts.",
    harm="Needs point at what is known, experts err about tomorrow: either way money can go to the wrong field.",
    strength="effort",
    beside="programme_grants",
    levers=(
        Lever("effort", 0.0, 0.0, 1.0, "strength", "document I, 3.2",
              "How much the guide counts against the field's outlook as applicants tell it."),
        Lever("bottom_up", 1.0, 0.0, 1.0, "share", "document I, 3.2",
              "Part compiled from needs; the rest is written from above."),
        budget_lever(),
    ),
)


@compiled
def needs_of(world, s, wanted):
    """Stated needs for each field of a sector, scaled so that the largest is 1. Source: C1.

    Firms, universities and institutes speak for what they could do and lack; alliances for their joint needs, as many
    members as stand behind an idea; associations for the outlook of the industry.
    """
    sector = world.sectors[s]
    by_class = np.zeros(CLASSES)
    for i in range(sector.first_firm, sector.first_agency):
        organisation = world.organisations[i]
        if organisation.active:
            for d in range(CLASSES):
                by_class[d] += organisation.stated_need * organisation.expertise[d]
    behind = np.ones(world.fields.shape[1])
    for k in range(world.counts[Count.LIVE]):
        alliance = world.alliances[world.live[k]]
        if alliance.sector == s and alliance.idea_field >= 0:
            behind[alliance.idea_field] += alliance.size * alliance.satisfaction / 10.0
    most = 1e-12
    for f in range(sector.first_field, sector.field_count):
        field = world.fields[s, f]
        wanted[f] = 0.0
        for d in range(CLASSES):
            wanted[f] += field.weights[d] * by_class[d]
        wanted[f] *= behind[f] * field.outlook
        most = max(most, wanted[f])
    for f in range(sector.first_field, sector.field_count):
        wanted[f] /= most


@compiled
def written_from_above(world, s, f, luck, p):
    """What experts make of a field: its quality at best against the newest one's, with an error. Source: C1."""
    newest = world.fields[s, world.sectors[s].field_count - 1].vintage
    return min(max(world.fields[s, f].vintage / newest + p.guide_noise * luck, 0.0), 1.0)


@compiled
def yearly(world, tick):
    """Write this year's guide; where none is paid for, applicants' own view of the outlook stands. Source: C1."""
    levers = world.levers[tick]
    p = world.parameters[0]
    draws = stream(world.seed[0], Process.GUIDE, tick)
    wanted = np.empty(world.fields.shape[1])
    for s in range(world.sectors.shape[0]):
        sector = world.sectors[s]
        effort = 0.0
        if levers.programme_guide_effort > 0.0:
            price = p.guide_price * levers.programme_guide_effort
            paid = pay(world, tick, Purse.PROGRAMME_GUIDE, Flow.GUIDE, price)
            effort = levers.programme_guide_effort * paid / price
        if effort > 0.0:
            needs_of(world, s, wanted)
        for f in range(sector.first_field, sector.field_count):
            field = world.fields[s, f]
            if effort > 0.0:
                written = written_from_above(world, s, f, normal(draws, field_key(s, f), 0), p)
                topic = written + levers.programme_guide_bottom_up * (wanted[f] - written)
                field.guide += effort * (topic - field.guide)
