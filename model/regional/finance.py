"""Stage-matched finance: seed, venture and equity funds and guaranteed loans, with returns and losses. Source: F7."""

from math import exp

import numpy as np

from alliancelab.agents.compiled import compiled
from alliancelab.model.accounts import Flow, left_of, pay
from alliancelab.model.declarations import Lever
from alliancelab.model.policy.instrument import Instrument
from alliancelab.model.randomness import stream, uniform
from alliancelab.model.regional.codes import Draw, Fund, RegionalPurse, Service
from alliancelab.model.regional.rules import bank_odds, exit_multiple, fund_fit, investment_effect, private_share

INSTRUMENT = Instrument(
    name="stage_finance",
    title="Stage-matched finance",
    policy_stage="services",
    rows=("F7",),
    eligible="Firms that a finance service has looked at; weak ones are kept out as far as it sees.",
    delivery="Seed, venture and equity funds buy stakes, private investors add their part; loans are guaranteed.",
    acts_on="Money that firms invest in capacity and technology.",
    cost="Handling, advice; stakes, until they are sold; guaranteed parts of failed loans and of private losses.",
    harm="Money in the wrong form does little, money for weak firms is lost more often, much money keeps private away.",
    strength="scale",
    levers=(
        Lever("scale", 0.0, 0.0, 5.0, "ratio", "document II, 5.2 (5)", "Scale of the funds that the amounts give."),
        Lever("seed", 0.0, 0.0, 1e4, "million yuan a year", "document II, 5.2 (5)", "Seed fund."),
        Lever("venture", 0.0, 0.0, 1e4, "million yuan a year", "document II, 5.2 (5)", "Venture fund."),
        Lever("equity", 0.0, 0.0, 1e4, "million yuan a year", "document II, 5.2 (5)", "Equity fund."),
        Lever("loans", 0.0, 0.0, 1e4, "million yuan a year", "document II, 5.2 (5)",
              "Guaranteed loans; they suit mature firms, which seldom ask for finance."),
        Lever("matching", 1.0, 0.0, 1.0, "share", "document II, 5.2 (5)",
              "Firms that are advised, and so get the form that suits their stage."),
        Lever("cover", 0.5, 0.0, 1.0, "share", "document II, 5.2 (5) (shared risk)",
              "Losses of private investors beside public money that are made good."),
        Lever("guarantee", 0.5, 0.0, 1.0, "share", "document II, 5.2 (5) (shared risk)", "Guaranteed share of loans."),
        Lever("budget", 0.0, 0.0, 1e6, "million yuan a year", "scenario", "Most that is paid in a year."),
    ),
)

_FUNDS = len(Fund)


@compiled
def offers(region, tick, tickets):
    """Add a quarter's money to each fund, which keeps what finds no firm, and write the tickets, shape (4,)."""
    money = region.state[0].pots
    levers = region.levers[tick]
    q = region.numbers[0]
    scale = levers.stage_finance_scale / 4.0
    money[Fund.SEED] += scale * levers.stage_finance_seed
    money[Fund.VENTURE] += scale * levers.stage_finance_venture
    money[Fund.EQUITY] += scale * levers.stage_finance_equity
    money[Fund.LOAN] += scale * levers.stage_finance_loans
    tickets[Fund.SEED] = q.ticket_seed
    tickets[Fund.VENTURE] = q.ticket_venture
    tickets[Fund.EQUITY] = q.ticket_equity
    tickets[Fund.LOAN] = q.ticket_loan


@compiled
def invest(world, region, tick):
    """Funds answer the firms that finance services have served this quarter. Source: F7."""
    levers = region.levers[tick]
    if levers.stage_finance_scale <= 0.0:
        return
    q = region.numbers[0]
    draws = stream(world.seed[0], Draw.FINANCE, tick)
    money = region.state[0].pots
    tickets = np.zeros(_FUNDS)
    offers(region, tick, tickets)
    outstanding = 0.0
    for i in range(region.clients.shape[0]):
        outstanding += region.clients[i].stake
    rows = world.organisations.shape[0]
    first = int(uniform(draws, np.uint64(0), 0) * rows)
    for step in range(rows):
        i = (first + step) % rows
        firm = world.organisations[i]
        client = region.clients[i]
        if not firm.active or client.financed != tick or client.stake > 0.0 or client.loan > 0.0:
            continue
        sector = world.sectors[firm.sector]
        if not pay_in_full(world, tick, Flow.FINANCE_HANDLING, q.handling_price):
            continue
        weak = firm.productivity < sector.mean_productivity
        seen = q.fund_sight * client.served[Service.FINANCE]
        if weak and uniform(draws, firm.key, 1) < seen:
            continue
        fund = firm.stage
        advised = uniform(draws, firm.key, 2) < levers.stage_finance_matching
        if not advised or not pay_in_full(world, tick, Flow.FINANCE_ADVICE, q.advice_price):
            fund = np.int32(uniform(draws, firm.key, 3) * _FUNDS)
        # A ticket fits the fund, and no firm takes up more than a year's revenue.
        ticket = min(tickets[fund], 4.0 * firm.size)
        if money[fund] < ticket:
            continue
        relative = firm.productivity / max(sector.mean_productivity, 1e-9)
        if fund != Fund.LOAN:
            money[fund] -= ticket
            outstanding += buy_stake(world, region, tick, i, fund, ticket, relative, outstanding)
            continue
        # A guarantee counts for as much as what is left of the year's money could answer for.
        backed = min(levers.stage_finance_guarantee, left_of(world, tick, RegionalPurse.STAGE_FINANCE) / ticket)
        if uniform(draws, firm.key, 5) < bank_odds(backed, relative, q):
            money[fund] -= ticket
            lend(world, region, tick, i, ticket, backed)


@compiled
def pay_in_full(world, tick, flow, price):
    """Pay for handling an application or for advice; returns whether the money was there."""
    return pay(world, tick, RegionalPurse.STAGE_FINANCE, flow, price) >= price


@compiled
def put_in(client, paid, fit):
    """Money for investment, and how well the form of all that is not spent yet suits the firm."""
    before = client.invested
    client.fit = (client.fit * before + fit * paid) / max(before + paid, 1e-9)
    client.invested = before + paid


@compiled
def buy_stake(world, region, tick, i, fund, ticket, relative, outstanding):
    """Public money, and private money that joins it, enters the firm's purse; returns the public stake. Source: F7."""
    q = region.numbers[0]
    firm = world.organisations[i]
    client = region.clients[i]
    record = region.indicators[tick]
    paid = pay(world, tick, RegionalPurse.STAGE_FINANCE, Flow.FUND_INVESTMENT, ticket)
    # As a guarantee, cover counts for as much as what is left of the year's money could answer for.
    cover = region.levers[tick].stage_finance_cover
    covered = paid * private_share(relative, cover, outstanding, q)
    cover = min(cover, left_of(world, tick, RegionalPurse.STAGE_FINANCE) / max(covered, 1e-9))
    private = paid * private_share(relative, cover, outstanding, q)
    world.ledger[tick, Flow.CO_INVESTMENT] += private
    firm.funds += paid + private
    client.stake = paid
    client.private = private
    client.covered = cover
    client.stake_size = firm.size
    record.invested += paid
    record.joined += private
    record.matched += paid if fund == firm.stage else 0.0
    put_in(client, paid + private, fund_fit(fund, firm.stage, q))
    return paid


@compiled
def lend(world, region, tick, i, ticket, backed):
    """A bank lends, the share `backed` of it guaranteed. Source: F7."""
    firm = world.organisations[i]
    client = region.clients[i]
    client.loan = ticket
    client.guaranteed = backed
    firm.funds += ticket
    world.ledger[tick, Flow.BANK_LOAN] += ticket
    region.indicators[tick].lent += ticket
    put_in(client, ticket, fund_fit(Fund.LOAN, firm.stage, region.numbers[0]))


@compiled
def spend(world, region, tick, i):
    """Investment is spent on capacity and technology, at falling returns and as it fits. Source: F7."""
    q = region.numbers[0]
    firm = world.organisations[i]
    client = region.clients[i]
    spent = min(q.investment_speed * client.invested, max(firm.funds, 0.0))
    client.invested -= q.investment_speed * client.invested
    if client.invested < 1e-6:
        client.invested = 0.0
    firm.funds -= spent
    world.ledger[tick, Flow.FIRM_INVESTMENT] += spent
    effect = investment_effect(spent, firm.size, client.fit)
    ahead = max(world.sectors[firm.sector].best_practice - firm.productivity, 0.0)
    firm.productivity += q.investment_technology * effect * ahead
    firm.size *= exp(q.investment_growth * effect)


@compiled
def settle_up(world, region, tick, i):
    """Stakes are sold at what the firm has grown to, loans are repaid. Source: F7."""
    q = region.numbers[0]
    firm = world.organisations[i]
    client = region.clients[i]
    if client.stake > 0.0:
        draws = stream(world.seed[0], Draw.FINANCE, tick)
        if uniform(draws, firm.key, 4) < q.exit_rate:
            proceeds = client.stake * exit_multiple(firm.size, client.stake_size, q)
            world.ledger[tick, Flow.FUND_RETURN] += proceeds
            world.government[0].funds += proceeds
            region.indicators[tick].returned += proceeds
            client.stake = 0.0
            client.private = 0.0
    if client.loan > 0.0:
        owed = client.loan * (1.0 + q.bank_interest)
        due = client.loan * min(q.bank_repayment + q.bank_interest, 1.0)
        paid = min(due, max(firm.funds, 0.0))
        firm.funds -= paid
        world.ledger[tick, Flow.BANK_REPAYMENT] += paid
        client.loan = max(owed - paid, 0.0)
        if client.loan < 1e-6:
            client.loan = 0.0


@compiled
def lose(world, region, tick, client):
    """A failed firm's stakes are lost; cover and guarantee answer for their part of stake and loan. Source: F7."""
    region.indicators[tick].lost += client.stake
    if client.private > 0.0:
        pay(world, tick, RegionalPurse.STAGE_FINANCE, Flow.LOAN_GUARANTEE, client.covered * client.private)
    if client.loan > 0.0:
        pay(world, tick, RegionalPurse.STAGE_FINANCE, Flow.LOAN_GUARANTEE, client.guaranteed * client.loan)


@compiled
def finance(world, region, tick):
    """Finance of a quarter. Source: F7."""
    invest(world, region, tick)
    for i in range(world.organisations.shape[0]):
        if not world.organisations[i].active:
            continue
        client = region.clients[i]  # looked at here, since a call costs more than a look
        if client.invested > 0.0:
            spend(world, region, tick, i)
        if client.stake > 0.0 or client.loan > 0.0:
            settle_up(world, region, tick, i)
