"""Correction by targets: budgets and strengths move to what lags behind the plan's indicators. Source: F4."""

from math import exp

from alliancelab.agents.compiled import compiled
from alliancelab.model.accounts import Purse
from alliancelab.model.regional.codes import Carrier, RegionalPurse

_FIRST = int(RegionalPurse.TECHNOLOGY_TRANSFER)
(
    _, _, _RESEARCH_PLATFORMS, _SERVICE_PLATFORMS, _INCUBATION, _, _TALENT_PROGRAMME, _, _,
    _APPLICATIONS, _, _MATCHING, _CERTIFICATION, _PATENT_PROGRAMME, _, _DOUBLING_PLAN,
) = range(len(RegionalPurse))


@compiled
def watched(region, tick, now):
    """Write the indicator that each instrument is there for into `now`: means or stocks of last year. Source: F4."""
    now[:] = 0.0
    last = region.indicators[tick - 1]
    now[_RESEARCH_PLATFORMS] = last.carriers[Carrier.POSTDOC_STATION] + last.carriers[
        Carrier.ACADEMICIAN_STATION]
    now[_SERVICE_PLATFORMS] = last.backbone + last.carriers[Carrier.FINANCE_INSTITUTION]
    now[_INCUBATION] = last.incubator_area + last.accelerator_area
    now[_TALENT_PROGRAMME] = last.people.sum()
    for quarter in range(tick - 4, tick):
        record = region.indicators[quarter]
        now[_APPLICATIONS] += record.approved.sum()
        now[_MATCHING] += record.agreements
        now[_CERTIFICATION] += record.new_certified
        now[_PATENT_PROGRAMME] += record.patents_filed
    now[_DOUBLING_PLAN] = 4.0 * last.certified_output


@compiled
def weight_of(world, purse):
    """Weight of an instrument, 1 until correction moves it: of its budget, and of the strength of what it does."""
    return world.government[0].weight[purse]


@compiled
def correct(world, region, tick, now):
    """Once a year: instruments whose indicator lags its target are strengthened, the others weakened. Source: F4.

    Strength and budget of an instrument move together, and what was spent last year is spent again in sum. The speed,
    and the monitoring that it needs, are those of the national corrector: levers and purse are shared.
    """
    levers = world.levers[tick]
    government = world.government[0]
    if levers.correction_speed <= 0.0 or tick < 4:
        return
    seen = government.spent[Purse.CORRECTION] / world.parameters[0].monitoring_price
    watched(region, tick, now)
    before = 0.0
    after = 0.0
    for k in range(len(now)):
        i = _FIRST + k
        if region.watched[k] <= 0.0 or government.spent_before[i] <= 0.0:
            continue
        gap = min(max(1.0 - now[k] / region.watched[k], -1.0), 1.0)
        times = exp(levers.correction_speed * min(seen, 1.0) * gap)
        government.weight[i] *= times
        before += government.spent_before[i]
        after += government.spent_before[i] * times
    if after <= 0.0:
        return
    for k in range(len(now)):
        if region.watched[k] > 0.0 and government.spent_before[_FIRST + k] > 0.0:
            government.weight[_FIRST + k] *= before / after
