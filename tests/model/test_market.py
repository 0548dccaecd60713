"""Sales, fees and what members get."""

import pytest

from alliancelab.agents.codes import Kind
from alliancelab.model import market
from alliancelab.model.accounts import Flow
from alliancelab.model.tables import FIELDS, LINES, SECTORS
from tests.support.bench import bench, plain, seat
from tests.support.rows import alliance, parameters, row


def test_products_weigh_by_the_square_of_what_is_launched_and_by_help_to_enter_markets(rule):
    """7.7: `strength` of a line."""
    weight = rule(market.strength)(alliance(entry=0.5), row(LINES, launched=0.6), parameters(entry_effect=0.5))
    assert weight == pytest.approx(0.36 * 1.25)


@pytest.mark.parametrize(("enforcement", "warning", "share"), [
    (0.0, 0.0, 0.36 / (0.72 + 0.05 + 0.4)),
    (1.0, 0.0, 0.36 / (0.72 + 0.05 + 0.2)), (1.0, 1.0, 0.36 / (0.72 + 0.05 + 0.15)),
])
def test_the_market_is_split_with_rivals_the_world_and_imitators_whom_rights_hold_back(
        rule, enforcement, warning, share):
    """7.7: `share_of_market`."""
    p = parameters(outside_strength=0.2, imitation_strength=2.0, enforce_imitation=0.5, warning_imitation=0.25)
    field, sector = row(FIELDS, rivalry=0.72, frontier=0.5, imitation=0.2), row(
        SECTORS, enforcement=enforcement, warning=warning)
    assert rule(market.share_of_market)(field, 0.36, sector, p) == pytest.approx(share)


def test_a_field_counts_what_is_launched_and_what_is_copied_of_it():
    """7.7: `compete`: rivalry is the sum of strengths, imitation that of [diffusion x (1 - confined) + leaked]."""
    world = bench(alliances=3, entry_effect=0.5)
    world.lines["launched"][:3, 0] = 0.2, 0.4, 0.6
    world.lines["diffusion"][:3, 0] = 0.5, 0.9, 0.0
    world.alliances["entry"][1], world.alliances["confined"][0], world.alliances["leaked"][1] = 1.0, 0.5, 0.3
    world.lines["field"][2, 0] = 1
    world.fields["rivalry"] = 99.0
    plain(market.compete)(world)
    assert world.fields["rivalry"][0, :2].tolist() == pytest.approx([0.04 + 0.16 * 1.5, 0.36])
    assert world.fields["imitation"][0, :2].tolist() == pytest.approx([0.25 * 0.04 + 0.16, 0.0])  # at most all of it


def sold(antitrust=0.0, entry=0.0, alive=True):
    """Two lines that hold half of fields that are half of the market each: a power of one half."""
    world = bench(margin=0.1, addressable=0.5, entry_abroad=0.2, antitrust_cut=0.5, monopoly_share=0.2)
    world.alliances["lines"], world.lines["field"][0, 1] = 2, 1
    world.sectors["market"], world.sectors["antitrust"], world.alliances["entry"] = 1000.0, antitrust, entry
    world.fields["alive"] = alive
    plain(market.sell, share_of_market=lambda *_: 0.5)(world, 2, 0)
    one = world.alliances[0]
    assert one.funds == one.revenue == world.ledger[2, Flow.SALES_MARGIN]
    return one


def test_sales_are_the_margin_on_the_market_that_lines_hold():
    """7.7: `sell`: `margin` x `addressable` x market x power."""
    assert sold().power == pytest.approx(0.5) and sold().revenue == pytest.approx(0.1 * 0.5 * 1000.0 * 0.5)
    assert sold(entry=1.0).revenue == pytest.approx(25.0 * 1.2)
    assert sold(antitrust=1.0).revenue == pytest.approx(25.0 * (1.0 - 0.5 * 0.375))  # (0.5 - 0.2) / 0.8 dominates
    assert sold(antitrust=1.0, alive=False).revenue == pytest.approx(25.0)  # the largest share among living fields


def managed(funds, public=0.0, signed=0):
    world = bench(management_price=0.5, management_span=0.5)
    seat(world, 0, 0, 1, 2, 3)
    one = world.alliances[0]
    one.funds, one.public_funds, one.signed = funds, public, signed
    plain(market.manage)(world, 0, 0)
    return one


def test_managing_costs_by_a_root_of_members_and_is_paid_as_far_as_the_purse_reaches():
    """7.7: `manage`; four members cost twice as much as one."""
    one = managed(3.0)
    assert (one.funds, one.managed) == (2.0, 1.0)
    one = managed(0.25, public=0.25)
    assert (one.funds, one.public_funds, one.managed) == (0.0, 0.0, 0.25)
    assert managed(3.0, signed=-1).funds == 3.0  # nothing is managed before the contract


def fees(signed=0):
    world = bench(firms=2, research=1, fee=0.5, write_off=0.25, benefit_floor=0.1)
    seat(world, 0, 0, 1, 2, contribution=1.5, cost=1.0)
    world.organisations["funds"] = 9.0, 0.2, -4.0
    world.alliances["signed"] = signed
    return world, plain(market.collect_fees)(world, 0, 0)


def test_members_pay_their_fee_as_far_as_their_purse_reaches_and_costs_are_written_off():
    """7.7: `collect_fees`."""
    world, (from_firms, from_others) = fees()
    assert world.organisations["funds"].tolist() == pytest.approx([8.5, 0.0, -4.0])
    assert world.alliances["funds"][0] == pytest.approx(0.7) == world.ledger[0, Flow.CONTRIBUTION]
    assert world.seats["cost"][:3].tolist() == pytest.approx([1.25, 1.175, 1.125])  # a quarter of the way
    assert (from_firms, from_others) == pytest.approx((2.625, 1.225))
    assert fees(signed=-1)[0].alliances["funds"][0] == 0.0


def shared(kinds=(Kind.FIRM, Kind.FIRM, Kind.UNIVERSITY), revenue=10.0, funds=20.0, public=0.0, costs=(3.0, 1.0, 1.0)):
    world = bench(firms=3, fee=0.0, write_off=0.0, benefit_floor=0.0, retention=0.2, royalty=0.25, money_memory=0.5,
                  publication_value=2.0)
    seat(world, 0, 0, 1, 2)
    world.seats["cost"][:3] = costs
    world.seats["contribution"][:3], world.seats["rebate"][:3] = 1.0, 0.5
    world.organisations["kind"] = kinds
    one = world.alliances[0]
    one.revenue, one.funds, one.public_funds = revenue, funds, public
    plain(market.share_benefit)(world, 0, 0)
    assert one.funds == pytest.approx(funds - world.organisations["funds"].sum())
    return world


def test_what_is_not_retained_goes_to_firms_by_cost_and_a_royalty_to_science():
    """7.7: `share_benefit`: of 8 a quarter is royalty; firms share 6 by 3 to 1."""
    world = shared()
    assert world.organisations["funds"].tolist() == pytest.approx([4.5, 1.5, 2.0])
    # Worth: money and tax saved; for science money and twice what it gave. A benefit moves half of the way.
    assert world.seats["benefit"][:3].tolist() == pytest.approx([2.5, 1.0, 2.0])


def test_without_science_firms_get_all_and_without_firms_science_does():
    """7.7: `share_benefit`."""
    assert shared((Kind.FIRM,) * 3).organisations["funds"].tolist() == pytest.approx([4.8, 1.6, 1.6])
    assert shared((Kind.AGENCY,) * 3).organisations["funds"].sum() == pytest.approx(8.0)


def test_no_public_money_is_paid_out():
    """7.7: `share_benefit`."""
    assert shared(funds=5.0, public=2.0).organisations["funds"].sum() == pytest.approx(3.0)
    assert shared(funds=5.0, public=5.0).organisations["funds"].sum() == 0.0


def fairness(benefits, costs=(1.0, 1.0)):
    world = bench(benefit_floor=0.0)
    seat(world, 0, 0, 1)
    world.seats["benefit"][:2], world.seats["cost"][:2] = benefits, costs
    mean = sum(b / c for b, c in zip(benefits, costs, strict=True)) / 2.0
    plain(market.measure_fairness)(world, 0, mean)
    return world.alliances[0]


def test_inequality_is_the_mean_deviation_of_benefit_over_cost():
    """7.7: `measure_fairness`: mean |r - mean r| / (2 mean r + 0.5), at most 1."""
    assert fairness((1.0, 1.0)).inequality == 0.0
    assert fairness((2.0, 0.0)).inequality == pytest.approx(1.0 / 2.5)
    assert fairness((3.0, 1.0), (3.0, 1.0)).inequality == 0.0  # in proportion to cost


def test_risk_is_spread_by_how_evenly_costs_are_shared():
    """7.7: spread of risk is 1 - the sum of squared shares of cost (`measure_fairness`)."""
    assert fairness((1.0, 1.0)).risk_spread == pytest.approx(0.5)
    assert fairness((1.0, 1.0), (3.0, 1.0)).risk_spread == pytest.approx(1.0 - 10.0 / 16.0)


def test_all_compete_before_any_sells_and_fees_are_paid_after_managing():
    """7.7: `market`."""
    called = []
    plain(market.market, compete=lambda world: called.append("compete"),
          sell=lambda world, tick, a: called.append(f"sell {a}"),
          manage=lambda world, tick, a: called.append(f"manage {a}"),
          share_benefit=lambda world, tick, a: called.append(f"share {a}"))(bench(alliances=2), 0)
    assert called == ["compete", "sell 0", "manage 0", "share 0", "sell 1", "manage 1", "share 1"]
