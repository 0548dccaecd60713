"""Cooperation programme: small joint projects let firms and research partners get to know each other. Source: B2."""

import numpy as np

from alliancelab.agents.compiled import compiled
from alliancelab.model.accounts import Flow, Purse, pay
from alliancelab.model.declarations import Lever
from alliancelab.model.policy.instrument import Instrument, budget_lever
from alliancelab.model.randomness import Process, stream, uniform
from alliancelab.model.seats import remember

INSTRUMENT = Instrument(
    name="cooperation_programme",
    title="Cooperation programme",
    policy_stage="formation",
    rows=("B2",),
    eligible="Pairs of a firm and a university or institute of its sector, drawn by lot among applicants.",
    delivery="A yearly call for small joint projects.",
    acts_on="Whom organisations know, and the needs that firms put into words.",
    cost="The projects.",
    harm="Partners met by lot push better ones out of a short memory; many projects lead nowhere.",
    strength="projects",
    levers=(
        Lever("projects", 0.0, 0.0, 10_000.0, "projects a year per 100 firms", "document I, 3.1", "Projects paid."),
        budget_lever(),
    ),
)


@compiled
def yearly(world, tick):
    """The yearly call: partners of a project remember each other, and the firm learns what it lacks. Source: B2."""
    levers = world.levers[tick]
    p = world.parameters[0]
    if levers.cooperation_programme_projects <= 0.0:
        return
    draws = stream(world.seed[0], Process.PAIRS, tick)
    for s in range(world.sectors.shape[0]):
        sector = world.sectors[s]
        if sector.research_rows == 0:
            continue
        projects = levers.cooperation_programme_projects * sector.firm_rows / 100.0
        for j in range(int(projects + uniform(draws, np.uint64(s), 0))):
            row = sector.first_firm + int(uniform(draws, np.uint64(s), 2 * j + 1) * sector.firm_rows)
            other = sector.first_research + int(uniform(draws, np.uint64(s), 2 * j + 2) * sector.research_rows)
            firm = world.organisations[row]
            partner = world.organisations[other]
            if not firm.active:
                continue
            price = p.project_price
            if pay(world, tick, Purse.COOPERATION_PROGRAMME, Flow.COOPERATION_PROJECT, price) < price:
                return
            remember(firm, other, partner.key)
            remember(partner, row, firm.key)
            firm.stated_need += p.project_voices * (firm.need - firm.stated_need)
