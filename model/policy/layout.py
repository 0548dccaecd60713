"""Layout planning: which industries and fields, how many alliances, how large, where and when. Source: B1."""

import numpy as np

from alliancelab.agents.compiled import compiled, inner
from alliancelab.agents.government_rules import layout_score, observed
from alliancelab.model.accounts import Flow, Purse, pay
from alliancelab.model.declarations import Lever
from alliancelab.model.policy.instrument import NOT_ELIGIBLE, Instrument, best_of
from alliancelab.model.randomness import Process, normal, stream

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
        Lever("places", 2.0, 0.0, 100.0, "alliances per field", "document I, 3.1 (number)", "Alliances planned."),
        Lever("scale", 6.0, 2.0, 32.0, "members", "document I, 3.1 (scale)", "Members that a contract has to have."),
        Lever("place", 0.0, 0.0, 1.0, "strength", "document I, 3.1 (place)",
              "How much of the subsidy depends on sitting in the sector's home region."),
        Lever("order", 0.1, 0.0, 1.0, "market share ahead", "document I, 3.1 (time order)",
              "Outlook from which a field is opened."),
        Lever("base_weight", 1.0, 0.0, 10.0, "weight", "document I, 3.1 (1)", "Principle 1: industrial base."),
        Lever("potential_weight", 1.0, 0.0, 10.0, "weight", "document I, 3.1 (2)", "Principle 2: potential."),
        Lever("pull_weight", 1.0, 0.0, 10.0, "weight", "document I, 3.1 (3)", "Principle 3: pull on other industries."),
        Lever("fusion_weight", 1.0, 0.0, 10.0, "weight", "document I, 3.1 (4)", "Principle 4: fusion with others."),
        Lever("budget", 0.0, 0.0, 1e6, "million yuan a year", "scenario", "Most that is paid in a year."),
    ),
)


@inner
def plan(world, tick):
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
    choose_sectors(world, tick)
    draws = stream(world.seed[0], Process.PLANNING, tick)
    for s in range(world.sectors.shape[0]):
        sector = world.sectors[s]
        if sector.plan <= 0.0:
            continue
        sector.home = strongest_region(world, s)
        for f in range(sector.field_count):
            field = world.fields[s, f]
            entity = np.uint64(s) << np.uint64(20) | np.uint64(f)
            ahead = observed(field.outlook, normal(draws, entity, 0), sector.plan, p)
            opened = sector.priority > 0.0 and ahead >= levers.layout_order
            field.places = levers.layout_places if opened else 0.0


@inner
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


@inner
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


@inner
def hope(world, s):
    """Share of the subsidy that a founder of a sector can hope for: what the plan leaves where it has no place."""
    sector = world.sectors[s]
    if sector.plan <= 0.0:
        return 1.0
    for f in range(sector.field_count):
        if has_place(world.fields[s, f]):
            return 1.0
    return 1.0 - sector.plan


@inner
def approved(world, a):
    """Share of the start-up subsidy that the plan leaves a new alliance: field, number, scale and place. Source: B1."""
    alliance = world.alliances[a]
    sector = world.sectors[alliance.sector]
    levers = world.levers[alliance.founded]
    if sector.plan <= 0.0:
        return 1.0
    field = world.fields[alliance.sector, alliance.field]
    share = 1.0
    if field.alliances > field.places or alliance.size < levers.layout_scale:  # it counts itself already
        share = 1.0 - sector.plan
    founder = world.organisations[world.seats[alliance.block, 0].row]
    if founder.region != sector.home:
        share *= 1.0 - sector.plan * levers.layout_place
    return share
