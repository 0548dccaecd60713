"""Loans on pledged property: what is repaid, and who answers for the rest."""

import pytest

from alliancelab.model import loans
from alliancelab.model.accounts import Flow
from tests.support.bench import bench, plain


def owing(function, funds, public=0.0, guarantee=0.0, loan=10.0):
    world = bench(loan_repayment=0.2, loan_interest=0.1)
    one = world.alliances[0]
    one.loan, one.funds, one.public_funds, one.guarantee = loan, funds, public, guarantee
    plain(function)(world, 1, 0)
    return one, world.ledger[1]


@pytest.mark.parametrize(("funds", "public", "paid"), [(9.0, 0.0, 3.0), (4.0, 2.0, 2.0), (2.0, 2.0, 0.0)])
def test_repayment_and_interest_are_paid_from_own_money_and_what_is_missing_is_owed_on(funds, public, paid):
    """Section 8, market for property: `repay`."""
    one, ledger = owing(loans.repay, funds, public)
    assert (one.loan, one.funds) == pytest.approx((11.0 - paid, funds - paid))
    assert ledger[Flow.REPAYMENT] == pytest.approx(paid)


@pytest.mark.parametrize(("funds", "paid", "called"), [(12.0, 10.0, 0.0), (4.0, 4.0, 3.0), (0.0, 0.0, 5.0)])
def test_at_its_end_an_alliance_repays_what_it_can_and_the_government_the_guaranteed_part(funds, paid, called):
    """Section 8: of what is missing at its end the government pays the guaranteed part (`settle`)."""
    one, ledger = owing(loans.settle, funds, guarantee=0.5)
    assert (one.loan, one.funds) == (0.0, funds - paid)
    assert (ledger[Flow.REPAYMENT], ledger[Flow.GUARANTEE]) == (paid, called)
