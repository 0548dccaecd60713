"""Stage-matched finance: seed, venture and equity funds and guaranteed loans, with returns and losses. Source: F7."""

from math import exp

import numpy as np

from alliancelab.agents.codes import Kind
from alliancelab.agents.compiled import inner
from alliancelab.model.accounts import Flow, pay
from alliancelab.model.declarations import Lever
from alliancelab.model.policy.instrument import Instrument
from alliancelab.model.randomness import stream, uniform
from alliancelab.model.regional.codes import Draw, Fund, RegionalPurse, Service
from alliancelab.model.regional.rules import exit_multiple, fund_fit, investment_effect

INSTRUMENT = Instrument(
    name="stage_finance",
    title="Stage-matched finance",
    policy_stage="services",
    rows=("F7",),
    eligible="Firms that a finance service has looked at; weak ones are kept out as far as it sees.",
    delivery="Seed, venture and equity funds buy stakes, private investors add their part; loans are guaranteed.",
    acts_on="Money that firms invest in capacity and technology.",
    cost="The investment, until stakes are sold; the guaranteed part of loans that fail. Stakes are lost with firms.",
    harm="Money in the wrong form does little; more of it goes to weaker firms and is lost more often.",
    strength="scale",
    levers=(
        Lever("scale", 0.0, 0.0, 5.0, "ratio", "document II, 5.2 (5)", "Scale of the funds that the amounts give."),
        Lever("seed", 0.0, 0.0, 1e4, "million yuan a year", "document II, 5.2 (5)", "Seed fund."),
        Lever("venture", 0.0, 0.0, 1e4, "million yuan a year", "document II, 5.2 (5)", "Venture fund."),
        Lever("equity", 0.0, 0.0, 1e4, "million yuan a year", "document II, 5.2 (5)", "Equity fund."),
        Lever("loans", 0.0, 0.0, 1e4, "million yuan a year", "document II, 5.2 (5)", "Guaranteed loans."),
        Lever("matching", 1.0, 0.0, 1.0, "share", "document II, 5.2 (5)",
              "Firms that get the form that suits their stage."),
        Lever("private", 1.0, 0.0, 10.0, "ratio", "document II, 5.2 (5) (shared risk)", "Private money beside public."),
        Lever("guarantee", 0.5, 0.0, 1.0, "share", "document II, 5.2 (5) (shared risk)", "Guaranteed share of loans."),
        Lever("budget", 0.0, 0.0, 1e6, "million yuan a year", "scenario", "Most that is paid in a year."),
    ),
)

_FUNDS = len(Fund)


@inner
def offers(region, tick, money, tickets):
    """Write each form's money of a quarter and its ticket, shapes (4,)."""
    levers = region.levers[tick]
    q = region.numbers[0]
    scale = levers.stage_finance_scale / 4.0
    money[Fund.SEED] = scale * levers.stage_finance_seed
    money[Fund.VENTURE] = scale * levers.stage_finance_venture
    money[Fund.EQUITY] = scale * levers.stage_finance_equity
    money[Fund.LOAN] = scale * levers.stage_finance_loans
    tickets[Fund.SEED] = q.ticket_seed
    tickets[Fund.VENTURE] = q.ticket_venture
    tickets[Fund.EQUITY] = q.ticket_equity
    tickets[Fund.LOAN] = q.ticket_loan


@inner
def invest(world, region, tick):
    """Funds answer the firms that finance services have served this quarter. Source: F7."""
    levers = region.levers[tick]
    if levers.stage_finance_scale <= 0.0:
        return
    q = region.numbers[0]
    draws = stream(world.seed[0], Draw.FINANCE, tick)
    money = np.zeros(_FUNDS)
    tickets = np.zeros(_FUNDS)
    offers(region, tick, money, tickets)
    rows = world.organisations.shape[0]
    first = int(uniform(draws, np.uint64(0), 0) * rows)
    for step in range(rows):
        i = (first + step) % rows
        firm = world.organisations[i]
        client = region.clients[i]
        if not firm.active or firm.kind != Kind.FIRM or client.served[Service.FINANCE] <= 0.0:
            continue
        if not (client.got and client.asked == Service.FINANCE) or client.stake > 0.0 or client.loan > 0.0:
            continue
        sector = world.sectors[firm.sector]
        weak = firm.productivity < sector.mean_productivity
        seen = q.fund_sight * client.served[Service.FINANCE]
        if weak and uniform(draws, firm.key, 1) < seen:
            continue
        fund = firm.stage
        if uniform(draws, firm.key, 2) >= levers.stage_finance_matching:
            fund = np.int32(uniform(draws, firm.key, 3) * _FUNDS)
        # A ticket fits the fund, and no firm takes up more than a year's revenue.
        ticket = min(tickets[fund], 4.0 * firm.size)
        if money[fund] >= ticket:
            money[fund] -= ticket
            place_ticket(world, region, tick, i, fund, ticket)


@inner
def place_ticket(world, region, tick, i, fund, ticket):
    """One stake or loan: public and private money enters the firm's purse. Source: F7."""
    levers = region.levers[tick]
    q = region.numbers[0]
    firm = world.organisations[i]
    client = region.clients[i]
    record = region.indicators[tick]
    fit = fund_fit(fund, firm.stage, q)
    if fund == Fund.LOAN:
        client.loan = ticket
        client.guaranteed = levers.stage_finance_guarantee
        firm.funds += ticket
        world.ledger[tick, Flow.BANK_LOAN] += ticket
        paid = ticket
    else:
        paid = pay(world, tick, RegionalPurse.STAGE_FINANCE, Flow.FUND_INVESTMENT, ticket)
        private = levers.stage_finance_private * paid
        world.ledger[tick, Flow.CO_INVESTMENT] += private
        firm.funds += paid + private
        client.stake = paid
        client.stake_size = firm.size
        record.invested += paid
        record.matched += paid if fund == firm.stage else 0.0
        paid += private
    before = client.invested
    client.fit = (client.fit * before + fit * paid) / max(before + paid, 1e-9)
    client.invested = before + paid


@inner
def spend(world, region, tick, i):
    """Investment is spent on capacity and technology, at falling returns and as it fits. Source: F7."""
    q = region.numbers[0]
    firm = world.organisations[i]
    client = region.clients[i]
    if client.invested <= 0.0:
        return
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


@inner
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
    if client.loan > 0.0:
        owed = client.loan * (1.0 + q.bank_interest)
        due = client.loan * min(q.bank_repayment + q.bank_interest, 1.0)
        paid = min(due, max(firm.funds, 0.0))
        firm.funds -= paid
        world.ledger[tick, Flow.BANK_REPAYMENT] += paid
        client.loan = max(owed - paid, 0.0)
        if client.loan < 1e-6:
            client.loan = 0.0


@inner
def lose(world, region, tick, client):
    """A failed firm's stake is lost; the guarantee answers for its part of the loan. Source: F7."""
    region.indicators[tick].lost += client.stake
    if client.loan > 0.0:
        pay(world, tick, RegionalPurse.STAGE_FINANCE, Flow.LOAN_GUARANTEE, client.guaranteed * client.loan)


@inner
def finance(world, region, tick):
    """Finance of a quarter. Source: F7."""
    invest(world, region, tick)
    for i in range(world.organisations.shape[0]):
        if world.organisations[i].active:
            spend(world, region, tick, i)
            settle_up(world, region, tick, i)
