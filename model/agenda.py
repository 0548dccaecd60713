"""Process 5: alliances look for projects worth doing, propose them and find partners for them. Source: A2, A3."""

from math import log

import numpy as np

from alliancelab.agents.alliance_rules import (
    beginning_for_money,
    proposal_odds,
    sight,
    worth_of_line,
    worth_of_new_line,
)
from alliancelab.agents.codes import Door, Event, Kind, ProjectKind, Stage
from alliancelab.agents.compiled import compiled
from alliancelab.agents.firm_rules import promise_of
from alliancelab.agents.organisation_rules import has_hands
from alliancelab.model.accounts import Count, record_event
from alliancelab.model.environment import notice, noticed, similarity
from alliancelab.model.randomness import Process, stream, uniform
from alliancelab.model.staffing import staff, start_project
from alliancelab.model.tables import LINES_OF_ONE, TEAM_LIMIT

__all__ = ["agenda", "door_of", "likeness", "line_in", "open_line"]

KINDS = 3                 # of projects
AWARDED = 63              # place among the proposals of a quarter of one that is begun for a grant
MEMBERS_A_PROPOSAL = 30  # a larger alliance proposes more than once a quarter, and runs more projects of a kind


@compiled
def free_hands(world, a):
    """Members of an alliance with room for a project, and their mean stated need."""
    p = world.parameters[0]
    free = 0.0
    need = 0.0
    place = world.alliances[a].first_seat
    while place >= 0:
        member = world.organisations[world.seats[place].row]
        if has_hands(member, p):
            free += 1.0
            need += member.stated_need
        place = world.seats[place].next
    return free, need / max(free, 1.0)


@compiled
def look_around(world, tick, a, free):
    """Notice younger fields of the sector, the sooner the more open, scientific and idle an alliance is. Source: A3."""
    p = world.parameters[0]
    alliance = world.alliances[a]
    sector = world.sectors[alliance.sector]
    draws = stream(world.seed[0], Process.SIGHT, tick)
    chance = sight(alliance, min(free / max(alliance.size, 1), 1.0), p)
    for f in range(sector.first_field, sector.field_count):
        if not noticed(alliance, f) and uniform(draws, alliance.key, f) < chance:
            notice(alliance, f, True)


@compiled
def line_in(world, a, f):
    """Line of an alliance in field `f`, -1 if it has none."""
    for x in range(world.alliances[a].lines):
        if world.lines[a, x].field == f:
            return x
    return -1


@compiled
def likeness(world, a, f):
    """How much of an alliance's knowledge is of use in field `f`: the most similar line, weighed with its knowledge."""
    alliance = world.alliances[a]
    field = world.fields[alliance.sector, f]
    most = 0.0
    for x in range(alliance.lines):
        line = world.lines[a, x]
        alike = similarity(field, world.fields[alliance.sector, line.field])
        most = max(most, alike * (0.3 + 0.7 * line.knowledge))
    return most


@compiled
def door_of(world, a, f):
    """Door that a new line in field `f` would be. Source: A3.

    The next vintage of one of its own trajectories is continuous innovation; another field is risk avoidance as long
    as the alliance does not decline, and an opportunity seized when it does.
    """
    alliance = world.alliances[a]
    trajectory = world.fields[alliance.sector, f].trajectory
    for x in range(alliance.lines):
        if world.fields[alliance.sector, world.lines[a, x].field].trajectory == trajectory:
            return Door.CONTINUOUS_INNOVATION
    return Door.OPPORTUNITY if alliance.stage == Stage.DECLINE else Door.RISK_AVOIDANCE


@compiled
def door_weight(door, p):
    """Weight of a door in what an alliance makes of a new field; zero shuts it. Source: A3."""
    if door == Door.RISK_AVOIDANCE:
        return p.door_risk
    return p.door_opportunity if door == Door.OPPORTUNITY else p.door_innovation


@compiled
def gumbel(u):
    """Gumbel draw: the largest of log values plus such draws is a logit choice."""
    return -log(-log(u + 1e-12) + 1e-12)


@compiled
def find_idea(world, tick, a, turn):
    """Write the best idea that an alliance sees: a project of some kind in a line, or in a field new to it.

    Fields where many are at work promise less. A sure public customer makes the way to market look larger and what is
    new look smaller. Returns the worth of the best before chance. Source: A3, D2 (and its harm).
    """
    # Lines and new fields are weighed in one choice: two functions would hand all of its state to and fro.
    p = world.parameters[0]
    alliance = world.alliances[a]
    sector = world.sectors[alliance.sector]
    draws = stream(world.seed[0], Process.IDEAS, tick)
    alliance.idea_field = -1
    alliance.idea_worth = 0.0
    best = -1e9
    top = 0.0
    least = 0.5 * p.worth_least  # what is worth less is no idea at all
    for x in range(alliance.lines):
        line = world.lines[a, x]
        field = world.fields[alliance.sector, line.field]
        if not field.alive:
            continue
        for kind in range(KINDS):
            if line.running[kind] > alliance.size // MEMBERS_A_PROPOSAL:
                continue
            worth = worth_of_line(line, kind, promise_of(field, p), max(field.alliances - 1, 0), p)
            worth /= 1.0 + line.running[kind]
            if kind != ProjectKind.RESEARCH and alliance.order > 0.0:
                worth *= 1.0 + p.order_pull
            top = max(top, worth)
            if worth < least:
                continue
            utility = log(worth) + p.choice_noise * gumbel(uniform(draws, alliance.key, 64 * turn + 3 * x + kind))
            if utility > best:
                best = utility
                keep_idea(alliance, x, line.field, kind, worth)
    for f in range(sector.first_field, sector.field_count):
        field = world.fields[alliance.sector, f]
        if not field.alive or not noticed(alliance, f) or line_in(world, a, f) >= 0:
            continue
        if worth_of_new_line(promise_of(field, p), 1.0, field.alliances, p) < least:
            continue
        worth = worth_of_new_line(promise_of(field, p), likeness(world, a, f), field.alliances, p)
        worth *= door_weight(door_of(world, a, f), p) * (1.0 - (p.order_lock if alliance.order > 0.0 else 0.0))
        top = max(top, worth)
        if worth < least:
            continue
        utility = log(worth) + p.choice_noise * gumbel(uniform(draws, alliance.key, 1024 + 1024 * turn + f))
        if utility > best:
            best = utility
            keep_idea(alliance, -1, f, ProjectKind.RESEARCH, worth)
    return top


@compiled
def keep_idea(alliance, line, f, kind, worth):
    """Write down an idea."""
    alliance.idea_line = line
    alliance.idea_field = f
    alliance.idea_kind = kind
    alliance.idea_worth = worth


@compiled
def open_line(world, tick, a, f, door):
    """Put field `f` on the agenda, in the place of the poorest line where it is full; returns the line.

    What the alliance knows of similar fields is a head start. Source: A3.
    """
    p = world.parameters[0]
    alliance = world.alliances[a]
    start = min(p.knowledge_start + p.knowledge_transfer * likeness(world, a, f), 1.0)
    x = alliance.lines
    if x < LINES_OF_ONE:
        alliance.lines += 1
    else:
        x = poorest_line(world, a)
        world.fields[alliance.sector, world.lines[a, x].field].alliances -= 1
    world.fields[alliance.sector, f].alliances += 1
    line = world.lines[a, x]
    line.field = f
    line.opened = tick
    line.door = door
    line.knowledge = start
    line.industrialised = 0.0
    line.launched = 0.0
    line.running[:] = 0
    line.market_share = 0.0
    line.diffusion = 0.0
    line.adopters = 0.0
    line.adopters_elsewhere = 0.0
    line.core_patents = 0.0
    line.generic_patents = 0.0
    line.standards = 0.0
    line.products = 0.0
    line.public = 0.0
    line.private = 0.0
    if alliance.renewed < 0:
        alliance.renewed = tick
    record_event(world, tick, Event.LINE_OPENED, a, np.uint64(0), line.door)
    return x


@compiled
def poorest_line(world, a):
    """Line without running projects whose field promises least for what it sells; the first if all run."""
    alliance = world.alliances[a]
    poorest = 0
    least = 1e9
    for x in range(alliance.lines):
        line = world.lines[a, x]
        field = world.fields[alliance.sector, line.field]
        value = field.outlook * (0.1 + line.launched) + line.running[0] + line.running[1] + line.running[2]
        if value < least:
            least = value
            poorest = x
    return poorest


@compiled
def staff_and_start(world, tick, a, turn, team):
    """Find partners for the idea and start it as a project; a grant that was won goes with it."""
    alliance = world.alliances[a]
    p = world.parameters[0]
    grant = alliance.award
    quarters = alliance.award_quarters
    funded = min(grant / (p.partner_cost * p.project_size), 1.0)
    count = staff(world, tick, a, alliance.idea_field, alliance.idea_kind, turn, funded, team)
    firms = 0
    for j in range(count):
        firms += 1 if world.organisations[team[j]].kind == Kind.FIRM else 0
    if count < p.team_least or firms < 1:
        return
    # Since a call ranked the idea its line may have been opened, or given up.
    x = line_in(world, a, alliance.idea_field)
    if x < 0:
        x = open_line(world, tick, a, alliance.idea_field, door_of(world, a, alliance.idea_field))
    alliance.award = 0.0
    q = start_project(world, tick, a, x, alliance.idea_kind, turn, team, count, grant, quarters)
    world.projects[q].rolled = grant > 0.0 and alliance.awards > 1


@compiled
def agenda(world, tick):
    """Process 5 of the tick."""
    p = world.parameters[0]
    team = np.empty(TEAM_LIMIT, np.int32)
    draws = stream(world.seed[0], Process.PROPOSALS, tick)
    for k in range(world.counts[Count.LIVE]):
        a = world.live[k]
        alliance = world.alliances[a]
        if alliance.signed < 0:
            continue
        free, need = free_hands(world, a)
        look_around(world, tick, a, free)
        if alliance.award > 0.0 and alliance.idea_field >= 0 and uniform(
                draws, alliance.key, AWARDED) < beginning_for_money(alliance.award, p):
            staff_and_start(world, tick, a, AWARDED, team)
        turns = 1 + alliance.size // MEMBERS_A_PROPOSAL
        begun = False
        for turn in range(turns):
            top = find_idea(world, tick, a, turn)
            if turn == 0:
                alliance.prospect = min(top / (4.0 * p.worth_least), 1.0) * (1.0 if top > p.worth_least else 0.5)
            if alliance.idea_field < 0 or alliance.idea_worth < p.worth_least:
                break
            if uniform(draws, alliance.key, turn) < proposal_odds(alliance, free, need, p):
                staff_and_start(world, tick, a, min(turn, AWARDED - 1), team)
                free = max(free - 4.0, 0.0)
                begun = True
        if begun:
            find_idea(world, tick, a, turns)  # what has begun is no idea for the next call
        if (tick + 1) % 4 == 0:
            alliance.award = 0.0  # a grant that nobody has begun a project for lapses with the year
