"""Identity and lasting traits of an organisation, drawn from its own key, at the start or at birth."""

import numpy as np

from alliancelab.agents.codes import Kind
from alliancelab.agents.compiled import compiled
from alliancelab.agents.organisation_rules import need_target, usual_capacity
from alliancelab.model.randomness import Process, normal, stream, uniform
from alliancelab.model.tables import CLASSES

__all__ = ["endow", "organisation_key"]


@compiled
def organisation_key(kind, sector, place, generation):
    """Identity of an organisation: a packed word that no later one shares and that no other sector can shift."""
    return (
        (np.uint64(kind) << np.uint64(60)) | (np.uint64(sector) << np.uint64(44))
        | (np.uint64(place) << np.uint64(20)) | np.uint64(generation + 1)
    )


@compiled
def endow(world, organisation, key, tick):
    """Draw the lasting traits and first state of an organisation that begins, from its own key and its size only."""
    p = world.parameters[0]
    draws = stream(world.seed[0], Process.INITIAL, 0)
    organisation.key = key
    organisation.active = True
    organisation.born = tick
    organisation.first_seat = -1
    organisation.alliance_count = 0
    organisation.joined_count = 0
    organisation.project_count = 0
    organisation.project_total = 0
    organisation.promised = 0.0
    organisation.partner_next = 0
    organisation.partner_rows[:] = -1
    organisation.taste = p.need_taste * normal(draws, key, 1)
    organisation.opportunism = uniform(draws, key, 2) * p.opportunism_most
    organisation.caution = uniform(draws, key, 4)
    organisation.reputation = 0.5
    organisation.credit = 1.0
    organisation.method_skill = 0.2 * uniform(draws, key, 3)
    organisation.capacity = usual_capacity(organisation, p)
    # Near the level that need keeps to with an average gap and no alliance.
    organisation.need = need_target(organisation, 0.4, p)
    organisation.stated_need = organisation.need
    scale = p.expertise_firm if organisation.kind == Kind.FIRM else p.expertise_research
    power = 4.0 if organisation.kind == Kind.FIRM else 3.0
    for d in range(CLASSES):
        # High powers leave an organisation strong in two or three classes: specialisation.
        organisation.expertise[d] = min(scale * uniform(draws, key, 20 + d) ** power, 1.0)
