"""Funds and banks answer where handling is paid for; a guarantee counts as far as there is money to answer for it."""

import pytest

from alliancelab.agents.codes import FirmStage
from alliancelab.model.accounts import Flow
from alliancelab.model.regional import finance
from alliancelab.model.regional.codes import Fund
from tests.support.bench import bench, plain
from tests.support.region_bench import region_beside


def asked(budget):
    """One mature firm asks; advice leads it to a loan of two million yuan, full guarantee promised."""
    world = bench(budget=budget)
    region = region_beside(world, handling_price=0.1, advice_price=0.2, ticket_loan=2.0)
    region.levers["stage_finance_scale"] = region.levers["stage_finance_guarantee"] = 1.0
    region.levers["stage_finance_loans"] = 400.0
    region.clients["financed"] = -1
    region.clients["financed"][1] = 4
    world.organisations["stage"], world.organisations["productivity"] = FirmStage.MATURE, 1.0
    shares = []
    plain(finance.invest, luck=0.0, bank_odds=lambda share, *_: shares.append(share) or 1.0)(world, region, 4)
    return world, region, shares


@pytest.mark.parametrize(("budget", "share"), [(9.0, 1.0), (1.3, 0.5), (0.4, 0.05)])
def test_a_guarantee_counts_as_far_as_the_money_left_could_answer_for_it(budget, share):
    """Section 5, a region: `invest`."""
    assert Fund.LOAN == FirmStage.MATURE
    world, region, shares = asked(budget)
    assert shares == pytest.approx([share])
    assert region.clients["guaranteed"][1] == pytest.approx(share) and region.clients["loan"][1] == 2.0
    assert world.ledger[4, Flow.FINANCE_HANDLING] == pytest.approx(0.1)
    assert world.ledger[4, Flow.FINANCE_ADVICE] == pytest.approx(0.2)


def test_nobody_is_answered_where_handling_is_not_paid_for():
    """Section 5, a region: `invest`."""
    world, region, shares = asked(0.09)
    assert not shares and region.clients["loan"][1] == 0.0 and world.ledger[4, Flow.BANK_LOAN] == 0.0


@pytest.mark.parametrize(("budget", "covered"), [(9.0, 0.8), (3.0, 0.5), (2.0, 0.0)])
def test_cover_counts_as_far_as_the_money_left_could_answer_for_it(budget, covered):
    """Section 5, a region: `buy_stake`; two million yuan of private money beside two of public money."""
    world = bench(budget=budget)
    region = region_beside(world)
    region.levers["stage_finance_cover"] = 0.8
    shares = []
    plain(finance.buy_stake, private_share=lambda relative, cover, *_: shares.append(cover) or 1.0)(
        world, region, 4, 0, Fund.VENTURE, 2.0, 1.0, 0.0)
    assert shares == [0.8, pytest.approx(covered)] and region.clients["covered"][0] == pytest.approx(covered)
    assert world.ledger[4, Flow.CO_INVESTMENT] == 2.0
