"""Programme guide: which fields a call for grants prefers, from collected needs or from above. Source: C1."""

import numpy as np

from alliancelab.agents.compiled import inner
from alliancelab.model.accounts import Flow, Purse, pay
from alliancelab.model.declarations import Lever
from alliancelab.model.policy.instrument import Instrument
from alliancelab.model.randomness import Process, normal, stream
from alliancelab.model.tables import CLASSES

INSTRUMENT = Instrument(
    name="programme_guide",
    title="Programme guide",
    policy_stage="growth",
    rows=("C1",),
    eligible="Every field of every sector.",
    delivery="A yearly guide, compiled from the needs of organisations and alliances or written by experts.",
    acts_on="The ranking of applications for programme grants.",
    cost="Collecting needs, or the experts.",
    harm="Needs point at today's markets, experts err about tomorrow's: either way money can go to the wrong field.",
    strength="effort",
    levers=(
        Lever("effort", 0.0, 0.0, 1.0, "strength", "document I, 3.2",
              "How much the guide counts against the field's outlook as applicants tell it."),
        Lever("bottom_up", 1.0, 0.0, 1.0, "share", "document I, 3.2",
              "Part compiled from needs; the rest is written from above."),
        Lever("budget", 0.0, 0.0, 1e6, "million yuan a year", "scenario", "Most that is paid in a year."),
    ),
)


@inner
def needs_of(world, s, wanted):
    """Stated need for each field of a sector, scaled so that the largest is 1: firms speak for what they know."""
    sector = world.sectors[s]
    by_class = np.zeros(CLASSES)
    for i in range(sector.first_firm, sector.first_agency):
        organisation = world.organisations[i]
        if organisation.active:
            for d in range(CLASSES):
                by_class[d] += organisation.stated_need * organisation.expertise[d]
    most = 1e-12
    for f in range(sector.field_count):
        field = world.fields[s, f]
        wanted[f] = 0.0
        for d in range(CLASSES):
            wanted[f] += field.weights[d] * by_class[d]
        # A joint need of several members counts more than each alone: alliances speak for their fields.
        wanted[f] *= (1.0 + field.alliances) * field.share
        most = max(most, wanted[f])
    for f in range(sector.field_count):
        wanted[f] /= most


@inner
def compile_guide(world, tick):
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
        for f in range(sector.field_count):
            field = world.fields[s, f]
            field.guide = field.outlook
            if effort > 0.0:
                entity = np.uint64(s) << np.uint64(20) | np.uint64(f)
                written = min(max(field.vintage / world.fields[s, sector.field_count - 1].vintage
                                  + p.guide_noise * normal(draws, entity, 0), 0.0), 1.0)
                topic = written + levers.programme_guide_bottom_up * (wanted[f] - written)
                field.guide += effort * (topic - field.guide)
