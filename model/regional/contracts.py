"""Technology contracts and agreements of firms with universities and institutes. Source: G2, F2."""

import numpy as np

from alliancelab.agents.compiled import compiled
from alliancelab.agents.organisation_rules import coverage_gain, overlap, sigmoid, standing
from alliancelab.model.accounts import Flow
from alliancelab.model.randomness import stream, uniform
from alliancelab.model.regional.codes import Draw
from alliancelab.model.seats import remember
from alliancelab.model.tables import CLASSES


@compiled
def best_partner(world, region, tick, i, sight):
    """University or institute, of `sight` seen at random, that adds most to a firm and shares ground; -1 if none.

    The measure is that of alliances: coverage gained and common ground over what the market asks for. Whoever compares
    sees who is busy with other agreements, as far as it keeps one from signing.
    """
    firm = world.organisations[i]
    sector = world.sectors[firm.sector]
    draws = stream(world.seed[0], Draw.CONTRACTS, tick)
    q = region.numbers[0]
    best = -1
    most = -np.inf
    for k in range(sight):
        if sector.research_rows == 0:
            break
        row = sector.first_research + int(uniform(draws, firm.key, 4 + k) * sector.research_rows)
        partner = world.organisations[row]
        fit = coverage_gain(partner, sector.demand, firm.expertise) + overlap(partner, sector.demand, firm.expertise)
        score = q.agree_gain * fit - q.agree_load * region.clients[row].agreements
        if score > most:
            most = score
            best = row
    return best


@compiled
def agree(world, region, tick, i, row, luck):
    """A firm and a research partner sign, if need and fit outweigh the partner's other duties; returns whether.

    They remember each other, so alliances are founded among them; the firm learns, and pays. Source: G2.
    """
    q = region.numbers[0]
    firm = world.organisations[i]
    partner = world.organisations[row]
    sector = world.sectors[firm.sector]
    busy = region.clients[row]
    gain = coverage_gain(partner, sector.demand, firm.expertise)
    common = overlap(partner, sector.demand, firm.expertise)
    logit = q.agree_constant + q.agree_need * firm.stated_need + q.agree_gain * (gain + common)
    if luck >= sigmoid(logit - q.agree_load * busy.agreements):
        return False
    remember(firm, row, partner.key)
    remember(partner, i, firm.key)
    share = q.agree_learning / (1.0 + q.agree_load * busy.agreements)
    for d in range(CLASSES):
        firm.expertise[d] += share * max(partner.expertise[d] - firm.expertise[d], 0.0)
    region.clients[i].agreements += 1.0
    busy.agreements += 1.0
    value = min(q.contract_value * standing(firm.size, world.parameters[0]), max(firm.funds, 0.0))
    firm.funds -= value
    partner.funds += value
    world.ledger[tick, Flow.TECHNOLOGY_CONTRACT] += value
    record = region.indicators[tick]
    record.contracts += 1.0
    record.contract_value += value
    return True


@compiled
def lead_to_partner(world, region, tick, i, quality):
    """A knowledge or information service of quality may lead a firm to a partner's door. Source: F2."""
    q = region.numbers[0]
    firm = world.organisations[i]
    draws = stream(world.seed[0], Draw.CONTRACTS, tick)
    if uniform(draws, firm.key, 0) >= q.contract_rate * quality:
        return
    row = best_partner(world, region, tick, i, 1)
    if row >= 0:
        agree(world, region, tick, i, row, uniform(draws, firm.key, 1))


@compiled
def sight_of(pool, q):
    """Partners compared for a need: one, and more with the pool of experts. Source: G2."""
    return 1 + int(q.pool_partners * pool / (pool + q.pool_half) + 0.5)
