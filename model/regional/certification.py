"""Certification of high-tech firms and products, engineering and technology centres of firms. Source: G3."""

from math import log

from alliancelab.agents.codes import Kind
from alliancelab.agents.compiled import compiled
from alliancelab.agents.organisation_rules import sigmoid
from alliancelab.model.accounts import Flow, left_of, pay
from alliancelab.model.declarations import Lever
from alliancelab.model.policy.instrument import Instrument
from alliancelab.model.randomness import stream, uniform
from alliancelab.model.regional.buying import buy
from alliancelab.model.regional.codes import Carrier, Draw, Level, Rank, RegionalPurse
from alliancelab.model.regional.correction import weight_of
from alliancelab.model.regional.matching import firms_of
from alliancelab.model.regional.responsibility import padding_of, score, urged
from alliancelab.model.regional.rules import capability
from alliancelab.model.regional.services import place_carrier, vacant_carrier
from alliancelab.model.regional.upper_levels import give

INSTRUMENT = Instrument(
    name="certification",
    title="Certification of firms, products and centres",
    policy_stage="bureau",
    rows=("G3",),
    eligible="Firms not yet certified, or able to reach a higher grade; able firms for centres.",
    delivery="Firms are coached to their certificates and get an award; centres of firms are approved.",
    acts_on="How many apply; centres serve others as carriers do.",
    cost="Coaching to certificates and to centres, awards for certificates; those for centres come from the city.",
    harm="Awards draw firms that do not pass; where townships pad, certificates go to weak ones: hollow output.",
    strength="coaching",
    payers=("government", "city"),
    levers=(
        Lever("coaching", 0.0, 0.0, 1.0, "strength", "document III, three", "Coaching to certificates."),
        Lever("award", 0.0, 0.0, 10.0, "million yuan", "document III, three", "Award for a certificate."),
        Lever("centres", 0.0, 0.0, 1.0, "strength", "document III, one and seven (2) one",
              "Programme of engineering and technology centres: coaching of hosts; acts with coaching."),
        Lever("centre_award", 0.2, 0.0, 10.0, "million yuan", "data: cb_centre_grant",
              "Award of the city for a centre."),
        Lever("budget", 0.0, 0.0, 1e6, "million yuan a year", "scenario", "Most that is paid in a year."),
    ),
)

_GRADES = 3  # of certificates: city, province, nation


@compiled
def passes(able, grade, padding, luck, q):
    """Whether a firm passes the test of a grade; where it is padded, form stands in for substance. Source: G3, G5."""
    bar = q.certify_bar + q.certify_step * (grade - 1)
    return luck < sigmoid(q.able_slope * (able + q.weak_quality * padding - bar))


@compiled
def drawn_by(award, price, q):
    """What an award adds to the wish to apply, logit: by its worth beside what is to be paid for. Source: G3."""
    return q.award_pull * log(1.0 + award / price)


@compiled
def certify_firm(world, region, tick, i, able, effort, award):
    """One firm's way to the next grade, and the lapse of what it can no longer show. Source: G3.

    Nobody counts on more of an award than what is left of the year's money.
    """
    q = region.numbers[0]
    firm = world.organisations[i]
    client = region.clients[i]
    padding = padding_of(region, firm)
    draws = stream(world.seed[0], Draw.CERTIFICATION, tick)
    record = region.indicators[tick]
    if client.grade > 0 and tick - client.certified >= 4.0 * q.certify_years:
        client.certified = tick
        if not passes(able, client.grade, padding, uniform(draws, firm.key, 1), q):
            client.grade = 0
    if client.grade >= _GRADES:
        return
    counted_on = min(award, left_of(world, tick, RegionalPurse.CERTIFICATION))
    ready = q.able_slope * (able - q.certify_able - q.certify_step * client.grade)
    wants = sigmoid(ready + drawn_by(counted_on, q.certify_price, q))
    if uniform(draws, firm.key, 0) >= q.certify_rate * effort * (wants + padding * (1.0 - wants)):
        return
    record.tried_certified += 1.0
    if passes(able, client.grade + 1, padding, uniform(draws, firm.key, 2), q):
        client.grade += 1
        client.certified = tick
        record.new_certified += 1.0
        record.new_by_level[client.grade] += 1  # grades are levels: 1 city, 2 province, 3 nation
        score(region, firm, q.point_certificate)
        firm.funds += pay(world, tick, RegionalPurse.CERTIFICATION, Flow.CERTIFICATION_AWARD, award)


@compiled
def found_centre(world, region, tick, i, kind):
    """A firm's centre is approved: it gets an award of the city and serves others. Source: G3, F3."""
    firm = world.organisations[i]
    region.clients[i].hosts[kind] = 1
    give(world, region, tick, i, Level.CITY, region.levers[tick].certification_centre_award)
    c = vacant_carrier(region)
    if c >= 0:
        draws = stream(world.seed[0], Draw.CARRIERS, tick)
        place_carrier(world, region, tick, c, kind, Rank.LOCAL, -1, draws, firm.key)
        region.carriers[c].host = i
        region.carriers[c].host_key = firm.key


@compiled
def close_centre(region, i, kind):
    """A firm's centre of a kind loses its recognition and serves others no more."""
    region.clients[i].hosts[kind] = 0
    for c in range(region.carriers.shape[0]):
        carrier = region.carriers[c]
        if carrier.active and carrier.kind == kind and carrier.host == i:
            carrier.active = False


@compiled
def assess_centres(world, region, tick, i, able):
    """Every few years a firm's centres are assessed: those close whose firm would not pass a test of the first grade.

    Source: G3.
    """
    q = region.numbers[0]
    firm = world.organisations[i]
    draws = stream(world.seed[0], Draw.CERTIFICATION, tick)
    for place, kind in enumerate((Carrier.ENGINEERING_CENTRE, Carrier.TECHNOLOGY_CENTRE)):
        if region.clients[i].hosts[kind] == 0 or uniform(draws, firm.key, 6 + place) >= 0.25 / q.centre_years:
            continue
        if not passes(able, 1, padding_of(region, firm), uniform(draws, firm.key, 8 + place), q):
            close_centre(region, i, kind)


@compiled
def founds_centre(region, i, kind, odds, luck):
    """Whether a firm without a centre of a kind gets one approved."""
    return region.clients[i].hosts[kind] == 0 and luck < odds


@compiled
def centres(world, region, tick, i, able, coached, programme):
    """Engineering centres of able firms with a research partner, technology centres of able firms. Source: G3.

    Who coaches firms to certificates leads them to engineering centres, too; the programme leads to both.
    """
    q = region.numbers[0]
    firm = world.organisations[i]
    award = region.levers[tick].certification_centre_award
    draws = stream(world.seed[0], Draw.CERTIFICATION, tick)
    urge = urged(region, firm)
    readiness = q.able_slope * (able - q.certify_able)
    partner = min(region.clients[i].agreements, 1.0)
    price = region.kinds[Carrier.ENGINEERING_CENTRE].price
    odds = q.centre_rate * sigmoid(readiness + drawn_by(award, price, q)) * partner * urge * (coached + programme)
    if founds_centre(region, i, Carrier.ENGINEERING_CENTRE, odds, uniform(draws, firm.key, 4)):
        region.indicators[tick].new_engineering += 1.0
        found_centre(world, region, tick, i, Carrier.ENGINEERING_CENTRE)
    price = region.kinds[Carrier.TECHNOLOGY_CENTRE].price
    odds = q.technology_rate * sigmoid(readiness + drawn_by(award, price, q)) * urge * programme
    if founds_centre(region, i, Carrier.TECHNOLOGY_CENTRE, odds, uniform(draws, firm.key, 5)):
        region.indicators[tick].new_technology += 1.0
        found_centre(world, region, tick, i, Carrier.TECHNOLOGY_CENTRE)


@compiled
def coach(world, tick, strength, rate, q):
    """Coach firms that could apply at a rate, as far as the money goes; returns the strength that was paid for."""
    price = q.certify_price * strength * rate * firms_of(world)
    return strength * buy(world, tick, RegionalPurse.CERTIFICATION, Flow.CERTIFICATION, price)


@compiled
def certify(world, region, tick):
    """Certificates and centres of a quarter. Source: G3."""
    levers = region.levers[tick]
    q = region.numbers[0]
    weight = weight_of(world, RegionalPurse.CERTIFICATION)
    coaching = coach(world, tick, min(levers.certification_coaching * weight, 1.0), q.certify_rate, q)
    on = levers.certification_coaching > 0.0
    programme = min(levers.certification_centres * weight, 1.0) if on else 0.0
    programme = coach(world, tick, programme, q.centre_rate + q.technology_rate, q)
    award = levers.certification_award if on else 0.0
    for i in range(world.organisations.shape[0]):
        firm = world.organisations[i]
        if not firm.active or firm.kind != Kind.FIRM:
            continue
        client = region.clients[i]
        able = capability(firm, client, world.sectors[firm.sector], q)
        certify_firm(world, region, tick, i, able, urged(region, firm) * (1.0 + q.certify_coached * coaching), award)
        assess_centres(world, region, tick, i, able)
        centres(world, region, tick, i, able, coaching, programme)


@compiled
def holds_up(world, region, i):
    """Whether a certified firm is able enough for its grade without padding: otherwise its output is hollow."""
    q = region.numbers[0]
    firm = world.organisations[i]
    client = region.clients[i]
    able = capability(firm, client, world.sectors[firm.sector], q)
    return able >= q.certify_bar + q.certify_step * (client.grade - 1)
