"""Process 6: partners pay and work, projects advance or fail, results arise. Source: A1, A7."""

import numpy as np

from alliancelab.agents.alliance_rules import failure_of_project, work_done
from alliancelab.agents.codes import Event, Kind, ProjectKind, ProjectState
from alliancelab.agents.compiled import compiled
from alliancelab.agents.firm_rules import promise_of
from alliancelab.agents.organisation_rules import engagement, quit_hazard, research_budget, usual_capacity
from alliancelab.model.accounts import Count, Flow, record_event
from alliancelab.model.policy import tax_preference
from alliancelab.model.public_money import comply, misuse
from alliancelab.model.randomness import Process, mix, poisson, stream, uniform
from alliancelab.model.seats import leave, leave_project
from alliancelab.model.tables import CLASSES

__all__ = ["close_up", "end_project", "end_projects", "projects"]


@compiled
def clear_quarter(world):
    """Set what is counted anew each quarter to nothing."""
    p = world.parameters[0]
    for k in range(world.counts[Count.LIVE]):
        alliance = world.alliances[world.live[k]]
        alliance.effort = 0.0
        alliance.active = 0
        place = alliance.first_seat
        while place >= 0:
            seat = world.seats[place]
            seat.contribution = 0.0
            seat.rebate = 0.0
            seat.learning *= 1.0 - p.learning_fade
            alliance.active += 1 if seat.projects > 0 else 0
            place = seat.next


@compiled
def contribute(world, tick, q):
    """Each partner pays what it really gives of its planned part; who has promised too much pays less of each.

    Source: A1, A7.
    """
    p = world.parameters[0]
    project = world.projects[q]
    alliance = world.alliances[project.alliance]
    total = 0.0
    place = project.first_part
    while place >= 0:
        partner = world.participations[place]
        seat = world.seats[partner.seat]
        member = world.organisations[partner.row]
        partner.engagement = engagement(seat, member, alliance, project.supervision, p)
        partner.engagement *= 1.0 - p.training_time * alliance.training
        affordable_share = min(p.alliance_share * research_budget(member, p) / max(member.promised, 1e-9), 1.0)
        gives = min(partner.engagement / p.engagement_usual * partner.part * affordable_share, max(member.funds, 0.0))
        member.funds -= gives
        member.given += gives
        seat.contribution += gives
        partner.given += gives
        if member.kind == Kind.FIRM:
            saved = tax_preference.rebate(world, tick, gives)
            member.funds += saved
            seat.rebate += saved
        total += gives
        place = partner.next
    alliance.private_total += total
    project.private_total += total
    world.lines[project.alliance, project.line].private += total
    world.ledger[tick, Flow.CONTRIBUTION] += total
    return total


@compiled
def spend(world, tick, q, contributed):
    """Spend partners' money and public money on the work; public money first passes misuse and compliance.

    The alliance's purse pays its projects, too: a part of it a quarter, shared among them. Source: C2, C3.
    """
    p = world.parameters[0]
    project = world.projects[q]
    alliance = world.alliances[project.alliance]
    share = min(p.spending_speed / max(alliance.running, 1), 1.0)
    public = alliance.public_funds * share + project.grant_paid
    project.grant_paid = 0.0
    reserve = max(alliance.funds - alliance.public_funds, 0.0) * share
    diverted = misuse(world, tick, q, public)
    compliance = comply(project, public - diverted, p)
    from_purse = alliance.public_funds * share + reserve
    alliance.funds = max(alliance.funds - from_purse, 0.0)
    alliance.public_funds = min(alliance.public_funds * (1.0 - share), alliance.funds)
    project.effort = max(contributed + reserve + public - diverted - compliance, 0.0)
    project.paid = project.effort / max(project.cost, 1e-9)
    project.public_total += public
    project.purse_total += reserve
    project.compliance += compliance
    world.lines[project.alliance, project.line].public += public
    alliance.effort += project.effort
    world.ledger[tick, Flow.JOINT_RESEARCH] += project.effort
    world.ledger[tick, Flow.COMPLIANCE] += compliance


@compiled
def study(world, q, weights, best):
    """Once a year: what partners' best expertise covers of the field, their methods, and what they learn from the best.

    `best` is scratch space, shape (CLASSES,). Source: A1 (complementary strengths).
    """
    p = world.parameters[0]
    project = world.projects[q]
    best[:] = 0.0
    skill = 0.0
    place = project.first_part
    while place >= 0:
        member = world.organisations[world.participations[place].row]
        skill += member.method_skill
        for d in range(CLASSES):
            best[d] = max(best[d], member.expertise[d])
        place = world.participations[place].next
    project.skill = skill / max(project.size, 1)
    project.coverage = 0.0
    for d in range(CLASSES):
        project.coverage += weights[d] * best[d]
    place = project.first_part
    while place >= 0:
        partner = world.participations[place]
        member = world.organisations[partner.row]
        gained = 0.0
        for d in range(CLASSES):
            step = p.learning_from_partners * weights[d] * (best[d] - member.expertise[d])
            member.expertise[d] += step
            gained += step
        seat = world.seats[partner.seat]
        seat.learning = min(seat.learning + gained / p.learning_reference, 1.0)
        place = partner.next


@compiled
def show_engagement(world, q):
    """Engagement shows in partners' reputation, and working together trains their methods."""
    p = world.parameters[0]
    place = world.projects[q].first_part
    while place >= 0:
        partner = world.participations[place]
        member = world.organisations[partner.row]
        member.reputation += p.reputation_gain * (partner.engagement - member.reputation)
        member.method_skill += p.method_practice * partner.engagement * (1.0 - member.method_skill)
        place = partner.next


@compiled
def advance_line(line, kind, weighted_work, p):
    """Move a line by a project's work, research feeding industrialisation feeding the launch; returns the gain."""
    if kind == ProjectKind.RESEARCH:
        gain = min(p.gain * weighted_work, 1.0) * (1.0 - line.knowledge)
        line.knowledge += gain
    elif kind == ProjectKind.INDUSTRIALISATION:
        gain = min(p.gain_later * weighted_work, 1.0) * max(line.knowledge - line.industrialised, 0.0)
        line.industrialised += gain
    else:
        gain = min(p.gain_later * weighted_work, 1.0) * max(line.industrialised - line.launched, 0.0)
        line.launched += gain
    return gain


@compiled
def results(world, tick, q, work, gain):
    """Count patents, standards and products of a quarter's work. Source: A7."""
    p = world.parameters[0]
    project = world.projects[q]
    alliance = world.alliances[project.alliance]
    line = world.lines[project.alliance, project.line]
    field = world.fields[alliance.sector, project.field]
    draws = stream(world.seed[0], Process.RESULTS, tick)
    core = 0
    generic = 0
    standards = 0
    products = 0
    if project.kind == ProjectKind.LAUNCH:
        products = poisson(p.product_rate * gain, uniform(draws, project.key, 3))
    else:
        expected = p.patent_rate * work * (1.0 if project.kind == ProjectKind.RESEARCH else p.patents_later)
        expected /= 1.0 + p.duplicated * max(field.alliances - 1, 0)  # what others in the field found first is not new
        core = poisson(expected * (1.0 - field.genericness), uniform(draws, project.key, 0))
        generic = poisson(expected * field.genericness, uniform(draws, project.key, 1))
        standards = poisson(p.standard_rate * work * line.knowledge, uniform(draws, project.key, 2))
    line.core_patents += core
    line.generic_patents += generic
    line.standards += standards
    line.products += products
    alliance.core_patents += core
    alliance.generic_patents += generic
    alliance.standards += standards
    alliance.products += products
    curve = world.curves[tick]
    curve.patents += core + generic
    curve.standards += standards
    curve.products += products


@compiled
def access_of(alliance, kind):
    """Access to the platforms that serve a kind of project: laboratories, parks, public test platforms. Source: C4."""
    if kind == ProjectKind.RESEARCH:
        return alliance.access
    return alliance.parks if kind == ProjectKind.INDUSTRIALISATION else alliance.tests


@compiled
def work(world, tick, q, best):
    """A quarter's work: progress is uncertain, the line gains, results are counted, partners learn. Source: A1, A7."""
    p = world.parameters[0]
    project = world.projects[q]
    alliance = world.alliances[project.alliance]
    field = world.fields[alliance.sector, project.field]
    if (tick - project.started) % 4 == 0:
        study(world, q, field.weights, best)
    luck = uniform(stream(world.seed[0], Process.WORK, tick), project.key, 0)
    line = world.lines[project.alliance, project.line]
    done = work_done(project, alliance, project.paid, project.skill, access_of(alliance, project.kind), luck, p)
    if project.kind != ProjectKind.RESEARCH:
        done *= 1.0 + p.help_effect * alliance.helped + p.shown_conversion * world.sectors[alliance.sector].shown
        done *= 1.0 + p.order_effect * alliance.order / max(project.cost, 1e-9)
    project.progress += done
    if line.field != project.field:
        return  # the line has been given up for another field: what is found helps nobody
    gain = advance_line(line, project.kind, done * (0.6 + 0.8 * project.ambition), p)
    promise = promise_of(field, p)
    project.lift = 0.9 * project.lift + promise * (gain + 0.02)
    results(world, tick, q, done, gain)
    show_engagement(world, q)


@compiled
def quits(world, tick, q):
    """Partners may leave in mid-project, and the alliance with it; few do. Source: A7."""
    p = world.parameters[0]
    project = world.projects[q]
    alliance = world.alliances[project.alliance]
    draws = stream(world.seed[0], Process.QUITS, tick)
    place = project.first_part
    while place >= 0:
        partner = world.participations[place]
        following = partner.next
        if uniform(draws, project.key ^ mix(partner.key), 0) < quit_hazard(
                world.seats[partner.seat], alliance, project.held, p):
            leave(world, tick, partner.seat)
        place = following


@compiled
def fate(world, tick, q):
    """How a project stands at the end of a quarter, as a `ProjectState`. Source: A7.

    It fails by its own hazard or short of its goal at the planned end; it is abandoned where partners or money have
    gone; it is superseded where its field has lost its market.
    """
    p = world.parameters[0]
    project = world.projects[q]
    alliance = world.alliances[project.alliance]
    project.starved = project.starved + 1 if project.paid < p.starved_below else 0
    if project.size < p.partners_least or project.starved >= int(p.starved_most):
        return ProjectState.ABANDONED
    if not world.fields[alliance.sector, project.field].alive:
        return ProjectState.SUPERSEDED
    lessons = world.sectors[alliance.sector].lessons
    luck = uniform(stream(world.seed[0], Process.FATE, tick), project.key, 0)
    if luck < failure_of_project(project, alliance, lessons, p):
        return ProjectState.FAILED
    if tick - project.started + 1 >= project.planned:
        return ProjectState.DONE if project.progress >= p.goal_reached else ProjectState.FAILED
    return ProjectState.RUNNING


@compiled
def hurt(world, q):
    """A failed project hurts each partner by what it lost of its R&D budget, the cautious most. Source: A1.

    Pain grows faster than the loss, so the more evenly a project's cost is shared, and the more share it, the less a
    failure hurts.
    """
    p = world.parameters[0]
    place = world.projects[q].first_part
    while place >= 0:
        partner = world.participations[place]
        member = world.organisations[partner.row]
        lost = partner.given / (p.loss_borne * 4.0 * research_budget(member, p) + 1e-9)
        lost = (0.5 + member.caution) * lost * lost / (1.0 + lost * lost)
        seat = world.seats[partner.seat]
        seat.loss = min(seat.loss + lost, 1.0)
        place = partner.next


@compiled
def reward(world, q):
    """A project done adds to what its partners can take on: experience. Source: A1."""
    p = world.parameters[0]
    place = world.projects[q].first_part
    while place >= 0:
        partner = world.participations[place]
        member = world.organisations[partner.row]
        most = p.capacity_most * usual_capacity(member, p)
        member.capacity += p.capacity_gain * max(most - member.capacity, 0.0)
        place = partner.next


@compiled
def end_project(world, tick, q, state):
    """End a project: it leaves the alliance's list, partners are free, trust and clarity move with how it ended."""
    p = world.parameters[0]
    project = world.projects[q]
    a = project.alliance
    alliance = world.alliances[a]
    project.state = state
    project.ended = tick
    project.grant = 0.0
    alliance.funds += project.grant_paid  # a quarter's grant that was paid before the project stopped
    alliance.public_funds += project.grant_paid
    project.grant_paid = 0.0
    before = alliance.first_project
    if before == q:
        alliance.first_project = project.next
    else:
        while world.projects[before].next != q:
            before = world.projects[before].next
        world.projects[before].next = project.next
    alliance.running -= 1
    line = world.lines[a, project.line]
    if line.field == project.field:
        line.running[project.kind] -= 1
    curve = world.curves[tick]
    if state == ProjectState.DONE:
        alliance.done += 1
        curve.projects_done += 1
        alliance.trust += p.done_trust * (1.0 - alliance.trust)
        alliance.clarity += p.done_clarity * (1.0 - alliance.clarity)
        reward(world, q)
    else:
        alliance.failed += 1
        curve.projects_failed += 1
        if state != ProjectState.SUPERSEDED:
            alliance.trust *= 1.0 - p.failed_trust
            alliance.clarity *= 1.0 - p.failed_clarity
            hurt(world, q)
    while project.first_part >= 0:
        leave_project(world, tick, project.first_part)
    record_event(world, tick, Event.PROJECT_ENDED, a, project.coordinator, float(q))


@compiled
def end_projects(world, tick, a, state):
    """End all running projects of an alliance; the list of running projects is closed up by the caller's process."""
    while world.alliances[a].first_project >= 0:
        end_project(world, tick, world.alliances[a].first_project, state)


@compiled
def close_up(world):
    """Drop ended projects from the list of running ones, in its order."""
    kept = 0
    for k in range(world.counts[Count.RUNNING]):
        q = world.running[k]
        if world.projects[q].state == ProjectState.RUNNING:
            world.running[kept] = q
            kept += 1
    world.counts[Count.RUNNING] = kept


@compiled
def projects(world, tick):
    """Process 6 of the tick."""
    best = np.empty(CLASSES)
    clear_quarter(world)
    for k in range(world.counts[Count.RUNNING]):
        q = world.running[k]
        if world.projects[q].state != ProjectState.RUNNING:
            continue
        contributed = contribute(world, tick, q)
        spend(world, tick, q, contributed)
        work(world, tick, q, best)
        quits(world, tick, q)
        state = fate(world, tick, q)
        if state != ProjectState.RUNNING:
            end_project(world, tick, q, state)
    close_up(world)
