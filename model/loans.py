"""Loans on pledged property: what is owed is paid back, or is missing at the end. Source: D5."""

from alliancelab.agents.compiled import compiled
from alliancelab.model.accounts import Flow, Purse, pay

__all__ = ["repay", "settle"]


@compiled
def repay(world, tick, a):
    """A quarter's interest and repayment, from the alliance's own money."""
    p = world.parameters[0]
    alliance = world.alliances[a]
    owed = alliance.loan * (1.0 + p.loan_interest)
    due = alliance.loan * (p.loan_repayment + p.loan_interest)
    paid = min(due, max(alliance.funds - alliance.public_funds, 0.0))
    alliance.funds -= paid
    alliance.loan = max(owed - paid, 0.0)
    world.ledger[tick, Flow.REPAYMENT] += paid


@compiled
def settle(world, tick, a):
    """An alliance that ends repays what it can; the government's guarantee answers for its part of the rest."""
    alliance = world.alliances[a]
    if alliance.loan <= 0.0:
        return
    paid = min(alliance.loan, max(alliance.funds, 0.0))
    alliance.funds -= paid
    world.ledger[tick, Flow.REPAYMENT] += paid
    pay(world, tick, Purse.IP_MARKET, Flow.GUARANTEE, (alliance.loan - paid) * alliance.guarantee)
    alliance.loan = 0.0
