"""The six paths of re-engineering, one for each weak dimension, carried out when they fall due. Source: E3."""

import numpy as np

from alliancelab.agents.alliance_rules import beginning_for_money
from alliancelab.agents.codes import Door, Event, Kind, Path, ProjectKind, ProjectState, Reason, Stage
from alliancelab.agents.compiled import compiled
from alliancelab.agents.firm_rules import promise_of
from alliancelab.agents.government_rules import rescue_odds
from alliancelab.model.accounts import Count, Flow, Purse, left_of, pay, record_event
from alliancelab.model.agenda import find_idea, line_in, open_line
from alliancelab.model.endings import wind_up
from alliancelab.model.environment import notice
from alliancelab.model.membership import admit
from alliancelab.model.projects import end_projects
from alliancelab.model.randomness import Process, stream, uniform
from alliancelab.model.seats import credit_of, join, leave, seat_of
from alliancelab.model.staffing import staff, start_project
from alliancelab.model.tables import CLASSES, SEGMENTS, TEAM_LIMIT

__all__ = ["best_new_field", "complete"]

RESCUE = 62  # place among the proposals of a quarter of a path's project


@compiled
def best_new_field(world, a):
    """Most promising field that an alliance has no line in, -1 if there is none: what a patent map shows."""
    p = world.parameters[0]
    alliance = world.alliances[a]
    sector = world.sectors[alliance.sector]
    best = -1
    most = 0.0
    for f in range(sector.first_field, sector.field_count):
        field = world.fields[alliance.sector, f]
        if not field.alive or line_in(world, a, f) >= 0:
            continue
        promise = promise_of(field, p) / (1.0 + p.crowding * field.alliances)
        if promise > most:
            most = promise
            best = f
    return best


@compiled
def fund_project(world, tick, a, x, kind, team):
    """Start a path's project in line `x`, with public money in the alliance's purse, if partners are found.

    Members begin it because of the money: what they would begin anyway they propose themselves. It is offered for a
    year, as a grant is; whether they do is drawn at once, since a path has one date.
    """
    p = world.parameters[0]
    alliance = world.alliances[a]
    draws = stream(world.seed[0], Process.RESCUE, tick)
    offered = min(p.price_project, left_of(world, tick, Purse.REENGINEERING)) / 8.0  # a quarter, over two years
    if uniform(draws, alliance.key, 3) >= beginning_for_money(4.0 * offered, p):
        return
    money = pay(world, tick, Purse.REENGINEERING, Flow.RESCUE_PROJECT, p.price_project)
    alliance.funds += money
    alliance.public_funds += money
    alliance.public_total += money
    funded = min(money / (8.0 * p.partner_cost * p.project_size), 1.0)
    count = staff(world, tick, a, world.lines[a, x].field, kind, RESCUE, funded, team)
    firms = 0
    for j in range(count):
        firms += 1 if world.organisations[team[j]].kind == Kind.FIRM else 0
    if count >= p.team_least and firms >= 1:
        q = start_project(world, tick, a, x, kind, RESCUE, team, count, 0.0, 0)
        world.projects[q].door = Door.REENGINEERING


@compiled
def most_promising(world, a):
    """Line whose field promises most."""
    alliance = world.alliances[a]
    best = 0
    most = -1.0
    for x in range(alliance.lines):
        ahead = promise_of(world.fields[alliance.sector, world.lines[a, x].field], world.parameters[0])
        if ahead > most:
            most = ahead
            best = x
    return best


@compiled
def begin_best_idea(world, tick, a, team):
    """Begin what members think most of in the state that the path has brought them to; else research where most is
    promised.
    """
    alliance = world.alliances[a]
    find_idea(world, tick, a, RESCUE)
    if alliance.idea_field < 0:
        fund_project(world, tick, a, most_promising(world, a), ProjectKind.RESEARCH, team)
        return
    x = line_in(world, a, alliance.idea_field)
    if x < 0:
        x = open_line(world, tick, a, alliance.idea_field, Door.REENGINEERING)
    fund_project(world, tick, a, x, alliance.idea_kind, team)
    find_idea(world, tick, a, RESCUE + 1)  # what has begun is no idea for the next call


@compiled
def leap(world, tick, a, team):
    """Technology leap: a patent map shows the most promising new field and saves part of the way; a project begins."""
    p = world.parameters[0]
    f = best_new_field(world, a)
    if f < 0:
        return
    x = open_line(world, tick, a, f, Door.REENGINEERING)
    line = world.lines[a, x]
    line.knowledge += p.patent_map * (1.0 - line.knowledge)
    notice(world.alliances[a], f, True)
    fund_project(world, tick, a, x, ProjectKind.RESEARCH, team)


@compiled
def most_waiting(world, a):
    """Line in which most waits to be industrialised and launched, for what its field promises."""
    p = world.parameters[0]
    alliance = world.alliances[a]
    best = 0
    most = -1.0
    for x in range(alliance.lines):
        line = world.lines[a, x]
        waits = line.knowledge - line.launched
        worth = waits * (0.05 + promise_of(world.fields[alliance.sector, line.field], p))
        if worth > most:
            most = worth
            best = x
    return best


@compiled
def transform(world, tick, a, team):
    """Business transformation: what waits in the best line is industrialised, and a launch begins."""
    p = world.parameters[0]
    x = most_waiting(world, a)
    line = world.lines[a, x]
    line.industrialised += p.transformation * max(line.knowledge - line.industrialised, 0.0)
    line.launched += p.transformation * max(line.industrialised - line.launched, 0.0)
    fund_project(world, tick, a, x, ProjectKind.LAUNCH, team)


@compiled
def has_segment(world, a, segment):
    """Whether a member firm works in a segment of the industry chain."""
    place = world.alliances[a].first_seat
    while place >= 0:
        member = world.organisations[world.seats[place].row]
        if member.kind == Kind.FIRM and member.segment == segment:
            return True
        place = world.seats[place].next
    return False


@compiled
def recruit(world, tick, a, wanted, along_chain):
    """Approach strangers of the sector and win up to `wanted` that add coverage and want in themselves.

    Along the chain only firms of segments that the alliance does not cover are approached.
    """
    p = world.parameters[0]
    alliance = world.alliances[a]
    sector = world.sectors[alliance.sector]
    draws = stream(world.seed[0], Process.RESCUE, tick)
    best = np.empty(CLASSES)
    rows = sector.firm_rows if along_chain else sector.firm_rows + sector.research_rows
    for j in range(int(p.candidates_met)):
        if wanted <= 0:
            return
        row = sector.first_firm + int(uniform(draws, alliance.key, 10 + 2 * j) * rows)
        if along_chain and has_segment(world, a, world.organisations[row].segment):
            continue
        if admit(world, tick, a, row, best, uniform(draws, alliance.key, 11 + 2 * j)):
            wanted -= 1


@compiled
def extend_chain(world, tick, a, team):
    """Standing through the chain: merger with an alliance that covers missing segments, else firms are brought in.

    Old and new members begin a project together. Source: E3.
    """
    p = world.parameters[0]
    other = merger_partner(world, a)
    if other >= 0:
        merge(world, tick, a, other)
    else:
        recruit(world, tick, a, int(p.extension_members), True)
    x = most_waiting(world, a)
    line = world.lines[a, x]
    ready = line.industrialised - line.launched > line.knowledge - line.industrialised
    fund_project(world, tick, a, x, ProjectKind.LAUNCH if ready else ProjectKind.INDUSTRIALISATION, team)


@compiled
def merger_partner(world, a):
    """Alliance of the sector, past its rise, that covers most missing segments of the chain; -1 if there is none."""
    alliance = world.alliances[a]
    best = -1
    most = 0
    for k in range(world.counts[Count.LIVE]):
        b = world.live[k]
        other = world.alliances[b]
        past = other.stage == Stage.MATURITY or other.stage == Stage.DECLINE
        if b == a or other.sector != alliance.sector or not past or other.ended >= 0 or other.size == 0:
            continue
        added = 0
        for segment in range(SEGMENTS):
            if has_segment(world, b, segment) and not has_segment(world, a, segment):
                added += 1
        if added > most:
            most = added
            best = b
    return best


@compiled
def merge(world, tick, a, b):
    """Members, purse, debts, property and the best line of alliance `b` go over to `a`; `b` ends."""
    p = world.parameters[0]
    alliance = world.alliances[a]
    other = world.alliances[b]
    place = other.first_seat
    while place >= 0:
        row = world.seats[place].row
        if seat_of(world, row, a) < 0:
            join(world, tick, a, row, p.satisfaction_start)
        place = world.seats[place].next
    end_projects(world, tick, b, ProjectState.ABANDONED)  # first, as a grant just paid to one of them goes over, too
    world.ledger[tick, Flow.MERGER] += other.funds
    alliance.funds += other.funds
    alliance.public_funds += other.public_funds
    alliance.loan += other.loan
    alliance.guarantee = max(alliance.guarantee, other.guarantee)
    # Results paid for with public money stay so: a merger sheds no duty.
    alliance.public_total += other.public_total
    alliance.private_total += other.private_total
    for kind in range(4):
        alliance.hosted[kind] += other.hosted[kind]
    take_over(world, tick, a, b, most_waiting(world, b))
    other.funds = 0.0
    other.public_funds = 0.0
    other.loan = 0.0
    wind_up(world, tick, b, Reason.MERGED)
    record_event(world, tick, Event.MERGED, a, np.uint64(0), float(b))


@compiled
def take_over(world, tick, a, b, y):
    """Take a line of alliance `b` over: its knowledge is added where `a` works in the field, else it is a new line."""
    f = world.lines[b, y].field
    x = line_in(world, a, f)
    if x < 0:
        x = open_line(world, tick, a, f, Door.REENGINEERING)
    mine = world.lines[a, x]
    theirs = world.lines[b, y]
    mine.knowledge = max(mine.knowledge, theirs.knowledge)
    mine.industrialised = max(mine.industrialised, theirs.industrialised)
    mine.launched = max(mine.launched, theirs.launched)
    mine.core_patents += theirs.core_patents
    mine.generic_patents += theirs.generic_patents
    mine.standards += theirs.standards
    mine.products += theirs.products
    mine.public += theirs.public
    mine.private += theirs.private
    mine.adopters = max(mine.adopters, theirs.adopters)
    mine.adopters_elsewhere = max(mine.adopters_elsewhere, theirs.adopters_elsewhere)
    alliance = world.alliances[a]
    alliance.core_patents += theirs.core_patents
    alliance.generic_patents += theirs.generic_patents
    alliance.standards += theirs.standards
    alliance.products += theirs.products


@compiled
def restructure(world, tick, a, team):
    """Membership restructuring: complementary organisations replace dissatisfied members, and begin a project with
    those who stay.
    """
    p = world.parameters[0]
    alliance = world.alliances[a]
    before = alliance.size
    recruit(world, tick, a, count_dissatisfied(world, a), False)
    replaced = alliance.size - before
    place = alliance.first_seat
    while place >= 0 and replaced > 0:
        seat = world.seats[place]
        following = seat.next
        enough = alliance.firms > 2 or world.organisations[seat.row].kind != Kind.FIRM
        if is_dissatisfied(seat, p) and enough:
            leave(world, tick, place)
            replaced -= 1
        place = following
    alliance.exits = 0  # who is asked to go takes no trust along
    alliance.turnover = 0.0
    alliance.trust += p.restructure_trust * (1.0 - alliance.trust)
    begin_best_idea(world, tick, a, team)


@compiled
def is_dissatisfied(seat, p):
    """Whether a member without a project is one to be replaced."""
    return seat.projects == 0 and seat.satisfaction < p.restructure_satisfaction


@compiled
def count_dissatisfied(world, a):
    """Members to be replaced."""
    count = 0
    place = world.alliances[a].first_seat
    while place >= 0:
        count += 1 if is_dissatisfied(world.seats[place], world.parameters[0]) else 0
        place = world.seats[place].next
    return count


@compiled
def renew_governance(world, tick, a, team):
    """Governance renewal: a new managing body, rules for funds, a contract that binds; a project begins under them."""
    p = world.parameters[0]
    alliance = world.alliances[a]
    alliance.governance += p.governance_renewed * (1.0 - alliance.governance)
    alliance.fund_rules += p.governance_renewed * (1.0 - alliance.fund_rules)
    alliance.binding += p.governance_renewed * (1.0 - alliance.binding)
    begin_best_idea(world, tick, a, team)


@compiled
def refocus(world, tick, a, team):
    """Strategic refocus: a road map makes goals clear and shows all fields; a project begins in the best of all."""
    p = world.parameters[0]
    alliance = world.alliances[a]
    sector = world.sectors[alliance.sector]
    alliance.clarity += p.clarity_renewed * (1.0 - alliance.clarity)
    for f in range(sector.first_field, sector.field_count):
        notice(alliance, f, True)
    x = most_promising(world, a)
    f = best_new_field(world, a)
    if f >= 0 and promise_of(world.fields[alliance.sector, f], p) > promise_of(
            world.fields[alliance.sector, world.lines[a, x].field], p):
        x = open_line(world, tick, a, f, Door.REENGINEERING)
    fund_project(world, tick, a, x, ProjectKind.RESEARCH, team)


@compiled
def take_path(world, tick, a, team):
    """One path for each weak dimension; each intervenes in something else. Source: E3."""
    path = world.alliances[a].path
    if path == Path.TECHNOLOGY_LEAP:
        leap(world, tick, a, team)
    elif path == Path.BUSINESS_TRANSFORMATION:
        transform(world, tick, a, team)
    elif path == Path.CHAIN_EXTENSION:
        extend_chain(world, tick, a, team)
    elif path == Path.RESTRUCTURING:
        restructure(world, tick, a, team)
    elif path == Path.GOVERNANCE_RENEWAL:
        renew_governance(world, tick, a, team)
    else:
        refocus(world, tick, a, team)


@compiled
def complete(world, tick):
    """Carry out the paths that fall due; whether members carry them follows from the state of the alliance.

    An alliance that was merged into another leaves the list of the living.
    """
    p = world.parameters[0]
    team = np.empty(TEAM_LIMIT, np.int32)
    draws = stream(world.seed[0], Process.RESCUE, tick)
    for k in range(world.counts[Count.LIVE]):
        a = world.live[k]
        alliance = world.alliances[a]
        if alliance.path_until < 0 or tick < alliance.path_until or alliance.ended >= 0:
            continue
        alliance.path_until = -1
        carried = uniform(draws, alliance.key, 2) < rescue_odds(alliance, alliance.path, credit_of(world, a), p)
        record_event(world, tick, Event.RESCUE_DONE, a, np.uint64(0), float(alliance.path) if carried else -1.0)
        if carried:
            take_path(world, tick, a, team)
    kept = 0
    for k in range(world.counts[Count.LIVE]):
        if world.alliances[world.live[k]].ended < 0:
            world.live[kept] = world.live[k]
            kept += 1
    world.counts[Count.LIVE] = kept
