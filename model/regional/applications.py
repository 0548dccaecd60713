"""Projects flow through the levels: filed, approved, funded, completed; coaching and own projects. Source: G1."""

from math import exp

import numpy as np

from alliancelab.agents.codes import Kind
from alliancelab.agents.compiled import compiled
from alliancelab.agents.organisation_rules import sigmoid
from alliancelab.model.accounts import Flow, left_of, pay
from alliancelab.model.declarations import Lever
from alliancelab.model.policy.instrument import NOT_ELIGIBLE, Instrument, best_of
from alliancelab.model.randomness import normal, stream, uniform
from alliancelab.model.regional.buying import buy
from alliancelab.model.regional.codes import Draw, Level, Programme, RegionalPurse, State
from alliancelab.model.regional.correction import weight_of
from alliancelab.model.regional.products import launch
from alliancelab.model.regional.responsibility import padding_of, score, urged
from alliancelab.model.regional.rules import approval_odds, capability
from alliancelab.model.regional.talent import people_of
from alliancelab.model.regional.upper_levels import give

APPLICATIONS = Instrument(
    name="applications",
    title="Organised applications",
    policy_stage="bureau",
    rows=("G1",),
    eligible="Firms that could file a project with the city, the province or the nation.",
    delivery="Officers guide applicants, bring in experts and check the text.",
    acts_on="How many file, and the quality of what is filed.",
    cost="The time and experts of each application.",
    harm="Coaching spread over many applications is worth little for each.",
    strength="effort",
    payers=("government", "city", "province", "nation"),
    levers=(
        Lever("effort", 0.0, 0.0, 1.0, "strength", "document III, two", "Coaching of applicants."),
        Lever("staff", 30.0, 1.0, 10_000.0, "applications a quarter", "assumed",
              "Applications that can be coached fully."),
        Lever("budget", 0.0, 0.0, 1e6, "million yuan a year", "scenario", "Most that is paid in a year."),
    ),
)

COUNTY_PROJECTS = Instrument(
    name="county_projects",
    title="The county's own projects",
    policy_stage="bureau",
    rows=("G1", "G6"),
    eligible="Applications at the level of the county, best first.",
    delivery="A call each quarter: some are approved and paid.",
    acts_on="Money for projects in firms.",
    cost="The grants.",
    harm="More of them reach weaker applications: fewer are completed, and less comes of the money.",
    strength="number",
    levers=(
        Lever("number", 0.0, 0.0, 1000.0, "projects a year", "data: cb_own_projects", "Projects approved a year."),
        Lever("amount", 0.1, 0.0, 100.0, "million yuan", "assumed", "Grant for one."),
        Lever("budget", 0.0, 0.0, 1e6, "million yuan a year", "data: cb_plan_appropriation",
              "Most that is paid in a year."),
    ),
)

_LEVELS = len(Level)


@compiled
def share_of_sector(q, s):
    """How much firms of a sector file against others: agriculture and social development have their own programmes."""
    if s == q.agriculture:
        return q.agriculture_filing
    return q.social_filing if s == q.social else 1.0


@compiled
def bar_of_sector(q, s):
    """How much higher panels of upper levels set the bar for a sector: these programmes are small."""
    if s == q.agriculture:
        return q.agriculture_bar
    return q.social_bar if s == q.social else 0.0


@compiled
def count_special(q, record, s, step):
    """Count a project of agriculture or social development: step 0 filed, 1 approved, 2 completed."""
    if s == q.agriculture:
        record.agriculture[step] += 1
    elif s == q.social:
        record.social[step] += 1


@compiled
def programme_of(firm, client, level, q):
    """Programme of the upper levels that a project belongs to. Source: G1.

    The nation's innovation fund is for small and medium firms; province and city have funds that bring results to
    market, and the province's other projects are for key technology.
    """
    if level == Level.NATION and firm.size < q.small_firm:
        return Programme.SMALL_FIRMS
    if (level == Level.CITY or level == Level.PROVINCE) and client.record >= q.results_record:
        return Programme.RESULTS
    return Programme.KEY if level == Level.PROVINCE else Programme.ORDINARY


@compiled
def file_project(world, region, tick, i, level, able, weak):
    """Put one application on the table, into the next free row; what finds none is counted as unheard. Source: G1."""
    rows = region.projects.shape[0]
    first = region.state[0].row
    for step in range(rows):
        k = (first + step) % rows
        project = region.projects[k]
        if project.state != State.FREE:
            continue
        q = region.numbers[0]
        firm = world.organisations[i]
        client = region.clients[i]
        region.state[0].row = k
        project.state = State.FILED
        project.programme = programme_of(firm, client, level, q)
        project.level = level
        project.row = i
        project.key = firm.key
        project.weak = weak
        helped = q.coached_quality * region.state[0].coaching if level > Level.COUNTY else 0.0
        partner = q.partner_quality * min(client.agreements, 1.0)
        lost = q.weak_quality if weak else 0.0
        project.quality = min(max(able + helped + partner - lost, 0.0), 1.0)
        project.due = tick + int(q.decision_time)
        record = region.indicators[tick]
        record.filed[level] += 1
        record.weak[level] += 1 if weak else 0
        if level > Level.COUNTY:
            count_special(q, record, firm.sector, 0)
            record.programmes_filed[project.programme] += 1
        return
    region.indicators[tick].unheard += 1


@compiled
def file(world, region, tick):
    """Firms file projects: in need, able, urged by their township; some only for the count. Source: G1, G5."""
    levers = region.levers[tick]
    q = region.numbers[0]
    state = region.state[0]
    draws = stream(world.seed[0], Draw.FILING, tick)
    state.coaching = 0.0
    if levers.applications_effort > 0.0:
        weight = weight_of(world, RegionalPurse.APPLICATIONS)
        effort = min(levers.applications_effort * weight, 1.0)
        staff = levers.applications_staff * weight
        price = q.coaching_price * effort * min(max(state.filed, 1.0), staff)
        paid = buy(world, tick, RegionalPurse.APPLICATIONS, Flow.COACHING, price)
        state.coaching = effort * paid * min(staff / max(state.filed, 1.0), 1.0)
    coached = 1.0 + q.coached_filing * state.coaching
    total = 0.0
    for i in range(world.organisations.shape[0]):
        firm = world.organisations[i]
        if not firm.active or firm.kind != Kind.FIRM or not region.industries[firm.sector].open:
            continue
        client = region.clients[i]
        able = capability(firm, client, world.sectors[firm.sector], q)
        padding = padding_of(region, firm)
        often = share_of_sector(q, firm.sector) * firm.stated_need * urged(region, firm)
        often *= 1.0 + q.talent_files * client.used * people_of(client)
        for level in range(_LEVELS):
            row = region.levels[level]
            rate = row.rate * often * (coached if level > Level.COUNTY else 1.0)
            if level > Level.COUNTY and client.rung < level - 1:
                rate *= q.ladder
            fits = sigmoid(q.able_slope * (able - row.able))
            luck = uniform(draws, firm.key, level)
            if luck < rate * fits:
                file_project(world, region, tick, i, level, able, False)
                score(region, firm, 1.0 + level)
                total += 1.0 if level > Level.COUNTY else 0.0
            elif luck < rate * (fits + padding * (1.0 - fits)):
                file_project(world, region, tick, i, level, able, True)
                score(region, firm, 1.0 + level)
                total += 1.0 if level > Level.COUNTY else 0.0
    state.filed = total


@compiled
def start_project(world, region, tick, k, grant):
    """An approved project starts: its firm adds own money, as far as it has it, to the grant. Source: G1, G6."""
    q = region.numbers[0]
    project = region.projects[k]
    firm = world.organisations[project.row]
    client = region.clients[project.row]
    own = min(q.project_match * grant, max(firm.funds - grant, 0.0))
    project.state = State.RUNNING
    project.due = tick + int(q.project_time)
    project.money = grant + own
    client.projects += 1
    client.project_money += project.money / q.project_time
    record = region.indicators[tick]
    record.approved[project.level] += 1
    record.self_raised += own
    if project.level > Level.COUNTY:
        record.programmes_approved[project.programme] += 1
        count_special(q, record, firm.sector, 1)


@compiled
def decide(world, region, tick):
    """Panels of the upper levels decide on what is due; weak applications cost the region trust. Source: G1, G5."""
    q = region.numbers[0]
    state = region.state[0]
    draws = stream(world.seed[0], Draw.PANELS, tick)
    decided = 0.0
    weak = 0.0
    for k in range(region.projects.shape[0]):
        project = region.projects[k]
        if project.state != State.FILED or project.due > tick or project.level == Level.COUNTY:
            continue
        firm = world.organisations[project.row]
        if not firm.active or firm.key != project.key:
            project.state = State.FREE
            continue
        decided += 1.0
        weak += 1.0 if project.weak else 0.0
        level = region.levels[project.level]
        entity = firm.key + np.uint64(project.level)
        quality = project.quality + q.quality_noise * normal(draws, entity, 1)
        bar = level.bar + bar_of_sector(q, firm.sector)
        if uniform(draws, entity, 0) >= approval_odds(quality, bar, state.trust, q):
            project.state = State.FREE
            continue
        grant = level.grant * exp(q.grant_spread * normal(draws, entity, 2) - 0.5 * q.grant_spread * q.grant_spread)
        give(world, region, tick, project.row, project.level, grant)
        start_project(world, region, tick, k, grant)
    if decided > 0.0:
        state.trust += q.trust_speed * (1.0 - weak / decided - state.trust)


@compiled
def county_call(world, region, tick):
    """The county's call: the best of what is due are approved while number and money last. Source: G1, G6."""
    levers = region.levers[tick]
    q = region.numbers[0]
    state = region.state[0]
    draws = stream(world.seed[0], Draw.PANELS, tick)
    scores = np.full(region.projects.shape[0], NOT_ELIGIBLE)
    for k in range(region.projects.shape[0]):
        project = region.projects[k]
        if project.state != State.FILED or project.level != Level.COUNTY or project.due > tick:
            continue
        firm = world.organisations[project.row]
        if firm.active and firm.key == project.key:
            scores[k] = project.quality + q.quality_noise * normal(draws, firm.key, 5)
    state.calling += levers.county_projects_number / 4.0
    while state.calling >= 1.0 - 1e-9:
        grant = levers.county_projects_amount
        if grant > 0.0 and left_of(world, tick, RegionalPurse.COUNTY_PROJECTS) < grant:
            break
        k = best_of(scores)
        if k < 0:
            break
        scores[k] = NOT_ELIGIBLE
        firm = world.organisations[region.projects[k].row]
        firm.funds += pay(world, tick, RegionalPurse.COUNTY_PROJECTS, Flow.COUNTY_PROJECT, grant)
        start_project(world, region, tick, k, grant)
        state.calling -= 1.0
    state.calling = min(state.calling, 1.0)
    for k in range(region.projects.shape[0]):
        project = region.projects[k]
        if project.state == State.FILED and project.level == Level.COUNTY and project.due <= tick:
            project.state = State.FREE


@compiled
def carry_out(world, region, tick):
    """Projects spend their money and are reviewed when due; what is completed brings technology. Source: G1."""
    # One step after the other for one application: its state stays in one place.
    q = region.numbers[0]
    draws = stream(world.seed[0], Draw.PANELS, tick)
    record = region.indicators[tick]
    for i in range(region.clients.shape[0]):
        client = region.clients[i]
        client.record -= q.record_fade * client.record
        if client.rung >= 0 and tick - client.climbed > 4.0 * q.ladder_years:
            client.rung = -1
        if client.project_money > 0.0:
            firm = world.organisations[i]
            spent = min(client.project_money, max(firm.funds, 0.0))
            firm.funds -= spent
            world.ledger[tick, Flow.PROJECT_WORK] += spent
    for k in range(region.projects.shape[0]):
        project = region.projects[k]
        if project.state != State.RUNNING or project.due > tick:
            continue
        project.state = State.FREE
        firm = world.organisations[project.row]
        client = region.clients[project.row]
        if not firm.active or firm.key != project.key:
            continue
        client.projects -= 1
        client.project_money = max(client.project_money - project.money / q.project_time, 0.0)
        if client.projects == 0:
            client.project_money = 0.0
        odds = q.complete_weak if project.weak else q.complete_base
        odds *= 1.0 - q.complete_quality * (1.0 - project.quality)
        if uniform(draws, firm.key + np.uint64(project.level), 10) >= odds:
            continue
        record.completed[project.level] += 1
        if project.level > Level.COUNTY:
            count_special(q, record, firm.sector, 2)
        client.record += q.record_gain * (1.0 - client.record)
        if project.level >= client.rung:
            client.rung = project.level
            client.climbed = tick
        if uniform(draws, firm.key + np.uint64(project.level), 11) < q.project_product:
            launch(region, firm, client, tick, 1)
        ahead = max(world.sectors[firm.sector].best_practice - firm.productivity, 0.0)
        firm.productivity += q.project_technology * (1.0 - exp(-project.money / q.project_money)) * ahead


@compiled
def projects(world, region, tick):
    """Projects of a quarter: reviews, decisions, new applications. Source: G1."""
    carry_out(world, region, tick)
    decide(world, region, tick)
    county_call(world, region, tick)
    file(world, region, tick)
