"""New products: projects, agreements and centres bring them, they add to revenue, replace others, and age.

What counts as high-tech output is the revenue of certified products, so a certificate by itself moves no output.
Source: G3, G7.
"""

from math import exp

from alliancelab.agents.codes import Kind
from alliancelab.agents.compiled import compiled
from alliancelab.model.accounts import Flow
from alliancelab.model.randomness import poisson, stream, uniform
from alliancelab.model.regional.codes import Draw
from alliancelab.model.regional.responsibility import urged


@compiled
def launch(region, firm, client, tick, number):
    """New products on the market: revenue grows by what they do not replace; a certified firm certifies them."""
    q = region.numbers[0]
    added = number * q.product_sales * (1.0 - q.product_replaces)
    region.industries[firm.sector].launching += added * firm.size
    firm.size *= 1.0 + added
    client.high_tech /= 1.0 + added
    region.indicators[tick].launched += number
    certify_products(region, client, tick, number)


@compiled
def certify_products(region, client, tick, number):
    """A certified firm has products certified: the part of its revenue that counts as high-tech rises. Source: G3."""
    if client.grade == 0 or number == 0:
        return
    client.products += number
    region.indicators[tick].new_products += number
    client.high_tech = min(client.high_tech + number * region.numbers[0].product_sales, 1.0)


@compiled
def has_centre(client):
    """Whether a firm hosts a centre, a laboratory or a station."""
    for hosted in client.hosts:
        if hosted > 0:
            return True
    return False


@compiled
def convert(world, region, tick, i):
    """Money for bringing results to market is spent; returns the new products that can be expected. Source: G7.

    More money brings fewer more, as a firm has only so many results.
    """
    q = region.numbers[0]
    firm = world.organisations[i]
    client = region.clients[i]
    meant = q.investment_speed * client.converting
    spent = min(meant, max(firm.funds, 0.0))
    client.converting -= meant
    if client.converting < 1e-6:
        client.converting = 0.0
    firm.funds -= spent
    world.ledger[tick, Flow.FIRM_INVESTMENT] += spent
    return q.conversion_most * (1.0 - exp(-spent / max(q.conversion_price * q.conversion_most, 1e-9)))


@compiled
def products(world, region, tick):
    """Products of a quarter: of agreements, centres and support on the market, those of certified firms certified."""
    q = region.numbers[0]
    draws = stream(world.seed[0], Draw.PRODUCTS, tick)
    for i in range(world.organisations.shape[0]):
        firm = world.organisations[i]
        if not firm.active or firm.kind != Kind.FIRM:
            continue
        client = region.clients[i]
        client.high_tech *= 1.0 - q.product_age
        rate = q.agreement_product * client.agreements + (q.centre_product if has_centre(client) else 0.0)
        if client.converting > 0.0:
            rate += convert(world, region, tick, i)
        launch(region, firm, client, tick, poisson(rate, uniform(draws, firm.key, 0)))
        if client.grade > 0:
            own = poisson(q.product_rate * urged(region, firm), uniform(draws, firm.key, 1))
            certify_products(region, client, tick, own)
