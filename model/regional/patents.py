"""Patents filed and granted, with the weak ones that subsidies and counts bring. Source: G4."""

from math import sqrt

from alliancelab.agents.codes import Kind
from alliancelab.agents.compiled import compiled
from alliancelab.model.accounts import Flow, left_of, pay
from alliancelab.model.declarations import Lever
from alliancelab.model.organisations import own_research
from alliancelab.model.policy.instrument import Instrument
from alliancelab.model.randomness import binomial, poisson, stream, uniform
from alliancelab.model.regional.buying import buy
from alliancelab.model.regional.codes import Draw, Level, RegionalPurse
from alliancelab.model.regional.correction import weight_of
from alliancelab.model.regional.matching import firms_of
from alliancelab.model.regional.responsibility import padding_of, score, urged
from alliancelab.model.regional.tables import LAGS
from alliancelab.model.regional.talent import people_of
from alliancelab.model.regional.upper_levels import give

INSTRUMENT = Instrument(
    name="patent_programme",
    title="Intellectual-property programme",
    policy_stage="bureau",
    rows=("G4",),
    eligible="Every firm that files.",
    delivery="Promotion of property; a subsidy for each filing, of which the province bears a part in a pilot.",
    acts_on="How much of what R&D finds is filed.",
    cost="Promotion, the subsidies, and being assessed as a pilot.",
    harm="Subsidies draw filings that are not worth a patent, and few of them are granted.",
    strength="promotion",
    payers=("government", "province"),
    levers=(
        Lever("promotion", 0.0, 0.0, 1.0, "strength", "document III, five", "Promotion of property."),
        Lever("subsidy", 0.0, 0.0, 1.0, "million yuan per filing", "assumed",
              "Subsidy for a filing; acts with promotion."),
        Lever("pilot", 0.0, 0.0, 1.0, "0 or 1", "document III, five (accepted as a pilot of intellectual property)",
              "Ask the province each year to be accepted as a pilot; acts with promotion and subsidy.", True),
        Lever("budget", 0.0, 0.0, 1e6, "million yuan a year", "scenario", "Most that is paid in a year."),
    ),
)

_YEAR = 4  # quarters
_PULL = 0.01  # million yuan: the unit of the parameter patent_pull


@compiled
def file_patents(world, region, tick, i, promotion, subsidy):
    """One firm's filings: what its R&D finds; promotion, subsidy and padding add to it, partly weak. Source: G4.

    Nobody counts on more of a subsidy than what is left of the year's money. In a pilot the province bears a part.
    """
    q = region.numbers[0]
    firm = world.organisations[i]
    client = region.clients[i]
    draws = stream(world.seed[0], Draw.PATENTS, tick)
    people = q.talent_work * client.used * people_of(client)  # what they carry out is R&D that the firm had not
    research = own_research(firm, world.parameters[0]) + client.project_money + people
    found = q.patent_filing * sqrt(research / q.patent_research) * (0.5 + firm.method_skill)
    good = found * urged(region, firm) * (1.0 + q.patent_promoted * promotion)
    own_part = 1.0 - q.pilot_share if region.state[0].pilot else 1.0
    counted_on = min(subsidy, left_of(world, tick, RegionalPurse.PATENT_PROGRAMME) / own_part)
    drawn = found * (q.patent_pull * counted_on / _PULL + q.patent_padded * padding_of(region, firm))
    weak = q.patent_padding * drawn
    count = poisson(good + drawn - weak, uniform(draws, firm.key, 0))
    worse = poisson(weak, uniform(draws, firm.key, 1))
    record = region.indicators[tick]
    record.patents_filed += count + worse
    record.patents_weak += worse
    region.state[0].waiting[0, tick % LAGS] += count
    region.state[0].waiting[1, tick % LAGS] += worse
    score(region, firm, q.point_patent * (count + worse))
    if subsidy > 0.0 and count + worse > 0:
        cost = own_part * subsidy * (count + worse)
        paid = pay(world, tick, RegionalPurse.PATENT_PROGRAMME, Flow.PATENT_SUBSIDY, cost)
        firm.funds += paid
        if own_part < 1.0:
            give(world, region, tick, i, Level.PROVINCE, paid * (1.0 - own_part) / own_part)


@compiled
def accept(world, region, tick):
    """Once a year the province accepts as a pilot where enough was filed in the year before, and granted. Source: G4.

    What was granted in that year is measured against the filings that it was decided on. Whoever asks pays for it. A
    pilot that falls behind is none from then on.
    """
    state = region.state[0]
    state.pilot = False
    levers = region.levers[tick]
    if levers.patent_programme_pilot <= 0.0 or levers.patent_programme_promotion <= 0.0 or tick < _YEAR:
        return
    q = region.numbers[0]
    if left_of(world, tick, RegionalPurse.PATENT_PROGRAMME) < q.pilot_price:
        return
    pay(world, tick, RegionalPurse.PATENT_PROGRAMME, Flow.PATENT_PROMOTION, q.pilot_price)
    filed = 0.0
    decided = 0.0
    granted = 0.0
    for back in range(1, _YEAR + 1):
        filed += region.indicators[tick - back].patents_filed
        decided += region.indicators[max(tick - back - int(q.patent_lag), 0)].patents_filed
        granted += region.indicators[tick - back].patents_granted
    state.pilot = filed >= q.pilot_filing * firms_of(world) and granted >= q.pilot_granted * decided


@compiled
def grant(world, region, tick):
    """The office decides on what was filed some quarters ago. Source: G4."""
    q = region.numbers[0]
    state = region.state[0]
    draws = stream(world.seed[0], Draw.PATENTS, tick)
    place = (tick - int(q.patent_lag)) % LAGS
    good = binomial(int(state.waiting[0, place]), q.patent_granted, uniform(draws, tick, 2))
    weak = binomial(int(state.waiting[1, place]), q.patent_weak, uniform(draws, tick, 3))
    region.indicators[tick].patents_granted += good + weak


@compiled
def patents(world, region, tick):
    """Patents of a quarter. Source: G4."""
    levers = region.levers[tick]
    q = region.numbers[0]
    weight = weight_of(world, RegionalPurse.PATENT_PROGRAMME)
    promotion = min(levers.patent_programme_promotion * weight, 1.0)
    subsidy = 0.0
    if promotion > 0.0:
        price = q.promotion_price * promotion
        promotion *= buy(world, tick, RegionalPurse.PATENT_PROGRAMME, Flow.PATENT_PROMOTION, price)
        subsidy = levers.patent_programme_subsidy * weight
    if tick % _YEAR == 0:
        accept(world, region, tick)
    region.indicators[tick].property_pilot = 1.0 if region.state[0].pilot else 0.0
    grant(world, region, tick)
    region.state[0].waiting[0, tick % LAGS] = 0.0
    region.state[0].waiting[1, tick % LAGS] = 0.0
    for i in range(world.organisations.shape[0]):
        firm = world.organisations[i]
        if firm.active and firm.kind == Kind.FIRM:
            file_patents(world, region, tick, i, promotion, subsidy)
