"""Supervision of publicly funded projects: money, changes, stage results. Source: C3."""

import numpy as np

from alliancelab.agents.codes import Event, ProjectState
from alliancelab.agents.compiled import compiled
from alliancelab.model.accounts import Count, Flow, Purse, pay, record_event
from alliancelab.model.declarations import Lever
from alliancelab.model.policy.instrument import Instrument, budget_lever
from alliancelab.model.projects import close_up, end_project
from alliancelab.model.randomness import Process, normal, stream

INSTRUMENT = Instrument(
    name="supervision",
    title="Supervision",
    policy_stage="growth",
    rows=("C3",),
    eligible="Running projects with public money.",
    delivery="Continuous: audits of money, control of changes among partners, yearly review of stage results.",
    acts_on="The chance that misuse is found, opportunism under watch, who may leave, the running of the grant.",
    cost="Staff of the supervisor for each project, and the partners' own work to comply.",
    harm="Compliance eats R&D time and annoys honest members; strict reviews stop slow but sound projects.",
    strength="intensity",
    levers=(
        Lever("intensity", 0.0, 0.0, 1.0, "strength", "document I, 3.2 (1)",
              "How closely the use of money is watched."),
        Lever("control", 0.5, 0.0, 1.0, "strength", "document I, 3.2 (2)",
              "How far leaving a project needs the supervisor's consent."),
        Lever("review", 0.5, 0.0, 1.0, "strength", "document I, 3.2 (3)",
              "Share of the planned progress below which a project is stopped."),
        budget_lever(),
    ),
)


@compiled
def quarterly(world, tick):
    """Staff the watch over every project with public money; what the budget cannot pay is not watched. Source: C3."""
    levers = world.levers[tick]
    p = world.parameters[0]
    for k in range(world.counts[Count.RUNNING]):
        project = world.projects[world.running[k]]
        project.supervision = 0.0
        project.held = 0.0
        alliance = world.alliances[project.alliance]
        if levers.supervision_intensity <= 0.0 or project.grant + alliance.public_funds <= 1e-3:
            continue
        price = p.supervision_price * levers.supervision_intensity
        paid = pay(world, tick, Purse.SUPERVISION, Flow.SUPERVISION, price)
        project.supervision = levers.supervision_intensity * paid / price
        project.held = levers.supervision_control * project.supervision


@compiled
def yearly(world, tick):
    """Yearly review: a project far behind its plan is stopped, and its money is free for the next call. Source: C3."""
    levers = world.levers[tick]
    p = world.parameters[0]
    draws = stream(world.seed[0], Process.REVIEW, tick)
    for k in range(world.counts[Count.RUNNING]):
        q = world.running[k]
        project = world.projects[q]
        if project.grant <= 0.0 or project.supervision <= 0.0 or tick - project.started < 4:
            continue
        planned = min((tick - project.started) / project.planned, 1.0)
        seen = project.progress / planned + p.review_noise * normal(draws, project.key, 0)
        if seen < levers.supervision_review:
            record_event(world, tick, Event.GRANT_STOPPED, project.alliance, np.uint64(0), float(q))
            end_project(world, tick, q, ProjectState.STOPPED)
    close_up(world)
