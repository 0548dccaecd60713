"""Layout planning: which industries and fields, how many alliances, how large, where and when. Source: B1."""

import numpy as np

from alliancelab.agents.compiled import compiled
from alliancelab.agents.government_rules import layout_score, observed
from alliancelab.model.accounts import Count, Flow, Purse, pay
from alliancelab.model.declarations import Lever
from alliancelab.model.environment import field_key
from alliancelab.model.policy.instrument import NOT_ELIGIBLE, Instrument, best_of, budget_lever
from alliancelab.model.randomness import Process, normal, stream
from alliancelab.model.tables import CLASSES

INSTRUMENT = Instrument(
    name="layout",
    title="Layout planning",
    policy_stage="formation",
    rows=("B1",),
    eligible="Sectors by four principles; in those chosen, fields with a future.",
    delivery="A yearly plan: sectors, fields as their time comes, places for alliances, their size and their region.",
    acts_on="What founders know of rivals, and who is approved for the start-up subsidy.",
    cost="Surveys and planning in every sector.",
    harm="The plan errs about the future; promising fields without places go without support.",
    strength="strength",
    levers=(
        Lever("strength", 0.0, 0.0, 1.0, "strength", "document I, 3.1", "How well the plan is known and how it binds."),
        Lever("sectors", 0.5, 0.0, 1.0, "share", "document I, 3.1", "Sectors chosen."),
        Lever("places", 6.0, 0.0, 100.0, "alliances per field", "document I, 3.1 (number)", "Alliances planned."),
        Lever("scale", 6.0, 2.0, 32.0, "members", "document I, 3.1 (scale)", "Members that a contract has to have."),
        Lever("place", 0.0, 0.0, 1.0, "strength", "document I, 3.1 (place)",
              "How much of the subsidy depends on sitting in the sector's home region."),
        Lever("order", 0.1, 0.0, 1.0, "market share ahead", "document I, 3.1 (time order)",
              "Outlook from which a field is opened."),
        Lever("base_weight", 1.0, -10.0, 10.0, "weight", "document I, 3.1 (1)", "Principle 1: industrial base."),
        Lever("potential_weight", 1.0, -10.0, 10.0, "weight", "document I, 3.1 (2)", "Principle 2: potential."),
        Lever("pull_weight", 1.0, -10.0, 10.0, "weight", "document I, 3.1 (3)",
              "Principle 3: pull on other industries."),
        Lever("fusion_weight", 1.0, -10.0, 10.0, "weight", "document I, 3.1 (4)", "Principle 4: fusion with others."),
        budget_lever(),
    ),
)


@compiled
def yearly(world, tick):
    """The yearly plan, as far as there is money to survey sectors. Source: B1."""
    levers = world.levers[tick]
    p = world.parameters[0]
    for s in range(world.sectors.shape[0]):
        world.sectors[s].plan = 0.0
    if levers.layout_strength <= 0.0:
        return
    for s in range(world.sectors.shape[0]):
        price = p.plan_price * levers.layout_strength
        paid = pay(world, tick, Purse.LAYOUT, Flow.LAYOUT, price)
        world.sectors[s].plan = levers.layout_strength * paid / price
    survey(world)
    choose_sectors(world, tick)
    draws = stream(world.seed[0], Process.PLANNING, tick)
    for s in range(world.sectors.shape[0]):
        sector = world.sectors[s]
        if sector.plan <= 0.0:
            continue
        sector.home = strongest_region(world, s)
        for f in range(sector.first_field, sector.field_count):
            field = world.fields[s, f]
            ahead = observed(field.outlook, normal(draws, field_key(s, f), 0), sector.plan, p)
            opened = field.alive and sector.priority > 0.0 and ahead >= levers.layout_order
            field.places = levers.layout_places if opened else 0.0


@compiled
def survey(world):
    """Describe every sector by the four principles, from what is there. Source: B1.

    Base: revenue of its firms relative to the largest sector. Potential: market that young fields are about to take.
    Pull: requirements that other industries share, where its results are of use, too. Fusion: seats in its alliances
    held by organisations of other sectors.
    """
    p = world.parameters[0]
    count = world.sectors.shape[0]
    revenue = np.zeros(count)
    seats = np.zeros(count)
    other_sector_seats = np.zeros(count)
    for s in range(count):
        sector = world.sectors[s]
        for i in range(sector.first_firm, sector.first_firm + sector.firm_rows):
            revenue[s] += world.organisations[i].size
        ahead = 0.0
        for f in range(sector.first_field, sector.field_count):
            field = world.fields[s, f]
            ahead += field.outlook * (1.0 - field.frontier) * sector.dynamism
        sector.potential = ahead / (ahead + p.outlook_half)
        sector.pull = min(shared_demand(world, s), 1.0)  # sums of shares may come to one and a last digit
    for k in range(world.counts[Count.LIVE]):
        alliance = world.alliances[world.live[k]]
        place = alliance.first_seat
        while place >= 0:
            seats[alliance.sector] += 1.0
            other_sector_seats[alliance.sector] += world.organisations[world.seats[place].row].sector != alliance.sector
            place = world.seats[place].next
    most = np.max(revenue)
    for s in range(count):
        world.sectors[s].base = revenue[s] / max(most, 1e-9)
        world.sectors[s].fusion = other_sector_seats[s] / max(seats[s], 1.0)


@compiled
def shared_demand(world, s):
    """Requirements that the other sectors share with sector `s`, mean over them."""
    count = world.sectors.shape[0]
    total = 0.0
    for other in range(count):
        if other != s:
            for d in range(CLASSES):
                total += min(world.sectors[s].demand[d], world.sectors[other].demand[d])
    return total / max(count - 1, 1)


@compiled
def choose_sectors(world, tick):
    """Of the sectors surveyed those highest on the four principles get priority, the others lose it."""
    levers = world.levers[tick]
    count = world.sectors.shape[0]
    scores = np.empty(count)
    for s in range(count):
        scores[s] = NOT_ELIGIBLE
        if world.sectors[s].plan > 0.0:
            scores[s] = layout_score(world.sectors[s], levers)
            world.sectors[s].priority = 0.0
    for _ in range(max(int(levers.layout_sectors * count + 0.5), 1)):
        s = best_of(scores)
        if s < 0:
            return
        world.sectors[s].priority = 1.0
        scores[s] = NOT_ELIGIBLE


@compiled
def strongest_region(world, s):
    """Region in which a sector's firms have most revenue."""
    sector = world.sectors[s]
    revenue = np.zeros(world.platforms.shape[1])
    for i in range(sector.first_firm, sector.first_firm + sector.firm_rows):
        firm = world.organisations[i]
        revenue[firm.region] += firm.size
    return np.argmax(revenue)


@compiled
def has_place(field):
    """Whether the plan has a place left in a field."""
    return field.alliances < field.places


@compiled
def is_open(world, s):
    """Whether the plan has a place left in any field of a sector."""
    sector = world.sectors[s]
    for f in range(sector.first_field, sector.field_count):
        if has_place(world.fields[s, f]):
            return True
    return False


@compiled
def expected_share(world, tick, row):
    """Share of the subsidy that a founder can hope for: where the plan has a place, and sits the sector. Source: B1."""
    founder = world.organisations[row]
    sector = world.sectors[founder.sector]
    if sector.plan <= 0.0:
        return 1.0
    share = 1.0 if is_open(world, founder.sector) else 1.0 - sector.plan
    if founder.region != sector.home:
        share *= 1.0 - sector.plan * world.levers[tick].layout_place
    return share


@compiled
def scale_sought(world, tick, s, subsidy):
    """Partners that a founder looks for to be approved by a plan; none where there is no plan or no subsidy."""
    if subsidy <= 0.0 or world.sectors[s].plan <= 0.0:
        return 0
    return int(world.levers[tick].layout_scale * world.sectors[s].plan)


@compiled
def approved(world, tick, a):
    """Share of the start-up subsidy that the plan leaves a new alliance: field, number, scale and place. Source: B1."""
    alliance = world.alliances[a]
    sector = world.sectors[alliance.sector]
    levers = world.levers[tick]
    if sector.plan <= 0.0:
        return 1.0
    field = world.fields[alliance.sector, alliance.field]
    share = 1.0
    if field.alliances > field.places or alliance.size < levers.layout_scale:  # it counts itself already
        share = 1.0 - sector.plan
    if alliance.region != sector.home:
        share *= 1.0 - sector.plan * levers.layout_place
    return share
