"""The market for property: services, deals at home and abroad, sales, pledged loans."""

import pytest

from alliancelab.model.accounts import Flow
from alliancelab.model.policy import ip_market
from tests.support.bench import bench, plain, seat

SHARES = {"ip_market_analysis": 1.0, "ip_market_valuation": 0.5, "ip_market_litigation": 0.25,
          "ip_market_warning": 0.25}


@pytest.mark.parametrize(("services", "budget", "offered"), [(0.5, 9.0, 0.5), (0.0, 9.0, 0.0), (0.5, 0.5, 0.25)])
def test_four_services_are_offered_as_far_as_they_are_paid(services, budget, offered):
    """Section 8, market for property: `quarterly`: `ip_services_price` each a sector."""
    world = bench(budget=budget, ip_services_price=1.0, levers=SHARES | {"ip_market_services": services})
    plain(ip_market.quarterly)(world, 0)
    one = world.sectors[0]
    assert (one.analysis, one.valuation, one.litigation, one.warning) == pytest.approx(
        (offered, 0.5 * offered, 0.25 * offered, 0.25 * offered))
    assert world.ledger[0, Flow.IP_SERVICES] == pytest.approx(2.0 * offered)


def traded(abroad=0.5, kept=0.5, sale=0.5, valuation=0.5, cost=1.0, price=1.0, quality=1.0, analysis=1.0):
    """Kind of the one deal of a quarter; the draws are `abroad`, `kept` and `sale`, each chance is one half."""
    world = bench(licence_abroad=0.5, transaction_cost=cost, licence_price=price, levers={"ip_market_sale": 1.0})
    world.alliances["quality"], world.alliances["kept_home"] = quality, 0.5
    world.sectors["analysis"], world.sectors["valuation"] = analysis, valuation
    luck, found = {1: abroad, 2: kept, 3: sale}, []
    def note(name):
        return lambda w, tick, a, deal, *_: found.append((name, float(deal)))
    plain(ip_market.trade, luck=lambda index: luck.get(index, 0.5), poisson=lambda mean, u: 1,
          sell_abroad=note("abroad"), sell_property=note("sale"), license_out=note("licence"))(world, 0, 0)
    return found


def test_a_deal_is_made_abroad_or_as_a_sale_or_as_a_licence_by_chance():
    """Section 8, market for property: `trade`; each costs `transaction_cost` x (1 - valuation)."""
    assert traded(abroad=0.49) == [("abroad", 0.5)] and traded(abroad=0.49, kept=0.49) == []  # which is kept back
    assert traded(abroad=0.51, sale=0.49) == [("sale", 0.5)] and traded(abroad=0.51) == [("licence", 0.5)]
    assert traded(abroad=0.51, sale=0.24, valuation=0.25) == [("sale", 0.75)]  # with chance `sale` x valuation


def test_there_are_no_deals_where_they_cost_more_than_they_bring_or_nothing_is_there():
    """Section 8, market for property: `trade`."""
    assert traded(cost=2.0) == traded(quality=0.0) == traded(analysis=0.0) == [] != traded(cost=1.9)


@pytest.mark.parametrize(("change", "bought"), [
    ({}, True), ({"active": False}, False), ({"productivity": 0.8}, False), ({"funds": 1.9}, False),
    ({"region": 1}, False), ({"region": 1, "luck": 0.6}, True),
])
def test_a_buyer_has_to_be_there_behind_able_to_pay_and_not_shut_out(change, bought):
    """Section 8, market for property: `buyer`; half of the property is confined to region 0."""
    world = bench()
    seat(world, 0, 0)
    world.alliances["quality"], world.alliances["confined"] = 0.8, 0.5
    luck = change.pop("luck", 0.4)
    for name, value in ({"funds": 2.0, "productivity": 0.5} | change).items():
        world.organisations[name][2] = value
    assert plain(ip_market.buyer)(world, 0, 0.5, luck, 2.0) == (2 if bought else -1)
    assert plain(ip_market.buyer)(world, 0, 0.0, luck, -1.0) == -1  # a member


def deal(function, able=True, **changes):
    world = bench(licence_price=2.0, licence_absorb=0.25, sale_price=3.0, sale_absorb=0.5, sale_loss=0.4)
    one = world.alliances[0]
    one.quality, one.core_patents, one.lines = 0.8, 2.0, 2
    world.lines["core_patents"][0, :2], world.lines["launched"][0, :2] = (0.5, 1.5), 0.5
    for name, value in changes.items():
        one[name] = value
    plain(function, buyer=lambda *_: 1 if able else -1)(world, 0, 0, 0.5, 0.5, 0.5)
    return world, one, world.organisations[1]


def test_a_licence_is_paid_and_closes_a_part_of_the_gap():
    """Section 8, market for property: `license_out`."""
    world, one, firm = deal(ip_market.license_out)
    assert (firm.funds, one.funds, one.licences) == (-2.0, 1.5, 1.0) and firm.productivity == pytest.approx(0.2)
    assert (world.ledger[0, Flow.LICENCE], world.ledger[0, Flow.TRANSACTION]) == (2.0, 0.5)
    assert deal(ip_market.license_out, able=False)[1].funds == 0.0


def test_a_sale_costs_more_closes_more_and_takes_a_patent_and_a_part_of_the_launch_along():
    """Section 8, market for property: `sell_property`, in the line with most core patents."""
    world, one, firm = deal(ip_market.sell_property)
    assert (firm.funds, one.funds, one.core_patents, one.sold) == (-6.0, 5.5, 1.0, 1.0)
    assert firm.productivity == pytest.approx(0.4) and world.ledger[0, Flow.PROPERTY_SALE] == 6.0
    assert world.lines["core_patents"][0, :2].tolist() == [0.5, 0.5]
    assert world.lines["launched"][0, :2].tolist() == pytest.approx([0.5, 0.3])


def test_with_less_than_one_core_patent_or_a_firm_that_cannot_buy_there_is_no_sale():
    """Section 8, market for property: `sell_property`, and no licence in its place."""
    sell = ip_market.sell_property
    for world, one, firm in (deal(sell, core_patents=0.9), deal(sell, able=False)):
        assert one.funds == firm.funds == 0.0 and not world.ledger.any()


def test_a_buyer_abroad_pays_more_and_knowledge_leaks():
    """Section 8, market for property: `sell_abroad`."""
    world = bench(licence_price=2.0, abroad_premium=0.5, leak_licence=0.25)
    one = world.alliances[0]
    one.leaked = 0.2
    plain(ip_market.sell_abroad)(world, 0, 0, 0.5)
    assert (one.funds, one.licences) == (2.5, 1.0) and one.leaked == pytest.approx(0.4)
    assert world.ledger[0, Flow.FOREIGN_LICENCE] == 3.0


@pytest.mark.parametrize(("change", "loan"), [
    ({}, 3.0), ({"funds": 2.0}, 0.0), ({"funds": 2.0, "public_funds": 1.5}, 3.0), ({"core_patents": 0.0}, 0.0),
    ({"valuation": 0.0}, 0.0), ({"pledge": 0.0}, 0.0),
])
def test_who_is_short_of_own_money_borrows_on_its_patents(change, loan):
    """Section 8, market for property: `finance`: `pledge_value` x patents x `pledge` x valuation."""
    world = bench(pledge_value=3.0, scarce_funds=1.0)
    one = world.alliances[0]
    one.core_patents, one.running, world.sectors["valuation"] = 4.0, 1, change.pop("valuation", 0.5)
    pledge = change.pop("pledge", 0.5)
    for name, value in change.items():
        one[name] = value
    before = one.funds
    plain(ip_market.finance)(world, 0, 0, pledge)
    assert (one.loan, one.funds) == (loan, before + loan) and (loan == 0.0 or one.guarantee == 0.5)


def test_who_owes_repays_first():
    """Section 8, market for property: an alliance that owes nothing borrows (`finance`)."""
    world = bench(loan_repayment=0.5, loan_interest=0.0)
    one = world.alliances[0]
    one.loan, one.funds = 4.0, 3.0
    plain(ip_market.finance)(world, 0, 0, 0.5)
    assert (one.loan, one.funds) == (2.0, 1.0)
