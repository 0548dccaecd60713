"""What happens to public money in a project before it reaches the work: misuse, the work of complying. Source: C3."""

import numpy as np

from alliancelab.agents.codes import Event
from alliancelab.agents.compiled import compiled
from alliancelab.agents.government_rules import misuse_share
from alliancelab.model.accounts import Flow, record_event
from alliancelab.model.randomness import Process, stream, uniform

__all__ = ["comply", "misuse"]


@compiled
def misuse(world, tick, q, spending):
    """Public money that partners divert to their own ends, and what an audit claws back. Source: C3.

    Misuse grows with the opportunism of partners, falls with rules for funds, governance and the chance of being found;
    what is found is paid back and costs credit.

    Returns
    -------
    float
        Million yuan of `spending` that did not reach the joint work.
    """
    project = world.projects[q]
    if spending <= 0.0 or project.size == 0:
        return 0.0
    p = world.parameters[0]
    alliance = world.alliances[project.alliance]
    opportunism = 0.0
    place = project.first_part
    while place >= 0:
        opportunism += world.organisations[world.participations[place].row].opportunism / project.size
        place = world.participations[place].next
    share = misuse_share(opportunism, alliance, project.supervision, p)
    diverted = share * spending
    project.misused += diverted
    alliance.misused += diverted
    world.ledger[tick, Flow.MISUSE] += diverted
    world.curves[tick].misused += diverted
    draws = stream(world.seed[0], Process.AUDIT, tick)
    caught = uniform(draws, project.key, 0) < p.audit_chance * project.supervision
    place = project.first_part
    while place >= 0:
        member = world.organisations[world.participations[place].row]
        part = diverted / project.size
        member.funds += part
        if caught:
            member.funds -= part
            world.government[0].funds += part
            world.ledger[tick, Flow.CLAWBACK] += part
            member.credit *= 1.0 - p.credit_loss * min(share, 1.0)
        place = world.participations[place].next
    if caught:
        alliance.found += diverted
        record_event(world, tick, Event.MISUSE_FOUND, project.alliance, np.uint64(0), diverted)
    return diverted


@compiled
def comply(project, public, p):
    """Reports and audits eat part of the money, in proportion to the public part. Source: C3 (the lever's harm)."""
    return p.compliance_cost * project.supervision * project.supervision * public
