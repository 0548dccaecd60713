"""Fields and firms: what is new, what lasts, who fails."""

from math import exp, log

import numpy as np
import pytest

from alliancelab.agents.codes import FirmStage, Kind
from alliancelab.model import environment
from alliancelab.model.accounts import Flow
from alliancelab.model.tables import CLASSES, FIELDS
from tests.support.bench import bench, members, plain, seat
from tests.support.rows import LN3, alliance, parameters, row, vector


def test_fields_are_alike_by_the_requirements_they_share(rule):
    """7.1: `similarity` is the sum of the smaller of their weights."""
    one, other = row(FIELDS, weights=vector(0.5, 0.5)), row(FIELDS, weights=vector(0.2, 0.5, 0.3))
    assert rule(environment.similarity)(one, other) == pytest.approx(0.7)
    assert rule(environment.similarity)(one, one) == 1.0


def test_a_field_offers_its_quality_less_while_its_technology_is_immature(rule):
    """7.1: `fitness`."""
    offered = [rule(environment.fitness)(row(FIELDS, vintage=2.0, frontier=f), parameters(frontier_floor=0.6))
               for f in (0.0, 0.5, 1.0)]
    assert offered == pytest.approx([1.2, 1.6, 2.0])


def test_an_alliance_has_noticed_what_it_was_told_of_and_no_other():
    """7.1: `noticed`."""
    one = alliance()
    environment.notice.py_func(one, 5, True)
    environment.notice.py_func(one, 7, True)
    environment.notice.py_func(one, 7, False)
    assert [f for f in range(60) if environment.noticed.py_func(one, f)] == [5]


@pytest.mark.parametrize(("luck", "f"), [(0.0, 0), (0.49, 0), (0.51, 2), (0.999, 2)])
def test_an_older_field_is_drawn_by_market_share(luck, f):
    """7.1: `predecessor`; the field without a market is never drawn."""
    world = bench(fields=3)
    world.fields["share"][0, :3] = 0.5, 0.0, 0.5
    world.fields["alive"][0, 1] = False
    assert plain(environment.predecessor)(world, 0, luck) == f


def arrived(follows=True, **changes):
    values = {"field_follow": 1.0 if follows else 0.0, "field_entry_share": 0.2, "vintage_gain": 0.5,
              "similarity_follow": 0.75, "similarity_new": 0.25}
    world = bench(fields=2, **values | changes)
    world.sectors["focus"] = 1.0
    world.fields["trajectory"][0, 1], world.fields["vintage"][0, :2] = 1, (3.0, 2.0)
    world.alliances["seen"] = 2**63
    environment.notice.py_func(world.alliances[0], 2, True)
    plain(environment.arrive, luck=0.6)(world, 0, 9)
    return world, world.fields[0, 2]


def test_a_new_field_is_better_than_the_best_takes_its_share_from_all_and_nobody_has_noticed_it():
    """7.1: `arrive`."""
    world, one = arrived()
    assert one.vintage == pytest.approx(3.0 * (1.0 + 0.5 * 1.1)) and one.born == 9
    assert world.fields["share"][0, :3].tolist() == pytest.approx([0.4, 0.4, 0.2])
    assert one.genericness == pytest.approx(0.2 + 0.6 * 0.6) and one.weights.sum() == pytest.approx(1.0)
    assert not environment.noticed.py_func(world.alliances[0], 2) and world.sectors["field_count"][0] == 3


def test_a_next_vintage_belongs_to_the_trajectory_of_the_field_drawn_and_another_begins_its_own():
    """7.1: `arrive`."""
    assert (arrived(True)[1].trajectory, arrived(False)[1].trajectory) == (1, 2)


def test_a_new_field_keeps_a_part_of_what_the_one_before_it_asks_for():
    """7.1: `arrive`: k x those of the field drawn + (1 - k) x its own."""
    world = bench(fields=1, field_follow=1.0, similarity_follow=0.75)
    world.sectors["focus"] = 3.0
    world.fields["weights"][0, 0] = vector(1.0)
    plain(environment.arrive)(world, 0, 9)
    weights = world.fields[0, 1].weights
    assert weights[0] >= 0.75 and weights.sum() == pytest.approx(1.0)
    assert np.sort(weights[1:])[-1] > 2.0 * np.mean(weights[1:])  # a field asks much of few classes


def moved(luck=0.9, fields=2, **changes):
    values = {"field_arrival": 0.0, "frontier_time": 10.0, "frontier_floor": 1.0, "replacement_speed": 0.5,
              "horizon": 2.0, "field_exit": 0.05, "market_volatility": 0.1}
    world = bench(fields=fields, **values | changes)
    world.sectors["market"], world.sectors["growth"] = 100.0, 0.4
    world.fields["born"][0, :2], world.fields["vintage"][0, :2] = 0, (1.0, 3.0)
    plain(environment.move_market, luck=luck)(world, 0, 10)
    return world


def test_frontiers_mature_and_shares_move_to_the_better_field():
    """7.1: `move_market`: mean ln fitness is half of ln 3, so advantages are a quarter of it to either side."""
    world = moved()
    fields = world.fields[0, :2]
    assert fields["frontier"].tolist() == pytest.approx([1.0 - exp(-1.0)] * 2)
    ratio = fields["share"][1] / fields["share"][0]
    assert ratio == pytest.approx(exp(0.5 * LN3)) and fields["share"].sum() == pytest.approx(1.0)
    assert fields["outlook"].tolist() == pytest.approx([0.5 * exp(-0.5 * LN3), 0.5 * exp(0.5 * LN3)])


def test_a_field_below_the_floor_has_no_market_any_more_but_the_last_one_stays():
    """7.1: `move_market`, `field_exit`."""
    world = moved(field_exit=0.4)
    assert world.fields["alive"][0, :2].tolist() == [False, True] and world.sectors["first_field"][0] == 1
    assert world.fields["share"][0, :2].tolist() == [0.0, 1.0]
    assert moved(field_exit=1.0, replacement_speed=0.0).fields["alive"][0, :2].sum() >= 1


def test_the_market_grows_by_a_quarter_of_its_yearly_trend_where_luck_is_middling():
    """7.1: the market is multiplied by exp(growth / 4 + `market_volatility` x N) (`move_market`)."""
    assert moved().sectors["market"][0] == pytest.approx(100.0 * exp(0.1))


def test_a_field_arrives_with_its_chance_a_quarter():
    """7.1: 1 - exp(-`field_arrival` x dynamism) (`move_market`); here one half."""
    for luck, count in ((0.49, 3), (0.51, 2)):
        world = bench(fields=2, field_arrival=log(2.0) / 2.0)
        world.sectors["dynamism"], world.sectors["focus"] = 2.0, 1.0
        plain(environment.move_market, luck=luck)(world, 0, 4)
        assert world.sectors["field_count"][0] == count


def test_a_sectors_fields_are_summed_by_share():
    """7.1: `summarise_fields`: best practice, the world's frontier, demand for a class."""
    world = bench(fields=2, frontier_floor=0.5, field_entry_share=0.3)
    fields = world.fields[0]
    fields["share"][:2], fields["vintage"][:2], fields["frontier"][:2] = (0.75, 0.25), (1.0, 4.0), (1.0, 0.5)
    fields["weights"][:2] = vector(0.8, 0.2), vector(0.4, 0.6)
    plain(environment.summarise_fields)(world, 0)
    sector = world.sectors[0]
    assert sector.best_practice == pytest.approx(0.75 * 1.0 + 0.25 * 3.0)
    assert sector.world_frontier == pytest.approx(1.0)  # the other has not gained a market yet
    assert sector.demand[:3].tolist() == pytest.approx([0.7, 0.3, 0.0]) and len(sector.demand) == CLASSES
    world.parameters["field_entry_share"] = 0.2
    plain(environment.summarise_fields)(world, 0)
    assert sector.world_frontier == pytest.approx(2.0)
    fields["vintage"] = 0.0
    plain(environment.summarise_fields)(world, 0)
    assert (sector.best_practice, sector.world_frontier) == (0.05, 0.05)


def test_only_active_firms_count():
    """7.1: `summarise_firms`, `summarise_sizes`: means over a sector's firms."""
    world = bench(firms=3, research=1)
    world.organisations["productivity"], world.organisations["size"] = (0.2, 0.6, 9.0, 9.0), (1.0, exp(2.0), 9.0, 9.0)
    world.organisations["active"][2] = False
    plain(environment.summarise_firms)(world, 0)
    plain(environment.summarise_sizes)(world, 0)
    sector = world.sectors[0]
    assert (sector.firm_count, sector.mean_productivity, sector.mean_log_size) == pytest.approx((2, 0.4, 1.0))


@pytest.mark.parametrize(("funds", "written_off", "brought"), [(5.0, 5.0, 0.0), (-5.0, 0.0, 5.0)])
def test_a_firm_that_fails_leaves_its_alliances_its_purse_and_its_row(funds, written_off, brought):
    """7.1: `fail`; owners answer for what is missing."""
    world = bench()
    seat(world, 0, 0, 1)
    world.organisations["funds"][0] = funds
    plain(environment.fail)(world, 3, 0)
    one = world.organisations[0]
    assert members(world, 0) == [1] and (one.active, one.funds, one.size) == (False, 0.0, 0.0)
    assert (world.ledger[3, Flow.WRITE_OFF], world.ledger[3, Flow.ENTRY_CAPITAL]) == (written_off, brought)


def test_a_newborn_has_a_new_key_the_sectors_technology_and_outside_capital():
    """7.1: `be_born`; region and segment are those of the row."""
    world = bench(newborn_size=0.5, reserve=2.0)
    world.sectors["mean_log_size"], world.sectors["mean_productivity"] = log(10.0), 0.8
    one = world.organisations[1]
    one.active, one.region, one.segment, key = False, 1, 3, one.key
    plain(environment.be_born, luck=0.5)(world, 7, 0, 1)
    assert one.key == key + 1 and one.active and one.born == 7 and one.stage == FirmStage.SEED
    assert (one.size, one.funds, one.productivity) == pytest.approx((5.0, 10.0, 0.8))
    assert (one.region, one.segment, one.kind) == (1, 3, Kind.FIRM)
    assert world.ledger[7, Flow.ENTRY_CAPITAL] == one.funds


def closed(luck, tick=0, hazard=0.2, growth=0.1, active=True):
    """Rows of eight firms that close their accounts in a quarter: failed, grown, born."""
    world = bench(firms=8, birth_rate=0.3)
    world.organisations["active"] = active
    world.sectors["growth"] = 0.05
    failed, born = [], []
    plain(environment.firms_of_sector, luck=luck, failure_hazard=lambda *_: hazard, size_growth=lambda *_: growth,
          fail=lambda w, t, i: failed.append(i), be_born=lambda w, t, s, i: born.append(i))(world, 0, tick)
    grown = np.flatnonzero(world.organisations["size"] != 100.0).tolist()
    return failed, grown, born, world


def test_a_quarter_of_the_firms_close_their_accounts_in_each_quarter():
    """7.1: `firms_of_sector`: once a year."""
    assert sorted(row for tick in range(4) for row in closed(0.9, tick)[1]) == list(range(8))
    assert closed(0.9, 2)[1] == closed(0.9, 6)[1] == [2, 6]


def test_a_firm_fails_or_grows_and_a_vacant_row_may_be_taken():
    """7.1: `firms_of_sector`."""
    failed, grown, born, world = closed(0.21)
    assert (failed, grown, born) == ([], [0, 4], [])
    assert world.organisations["size"][0] == pytest.approx(100.0 * exp(0.15))
    assert closed(0.19)[:3] == ([0, 4], [], [])
    assert closed(0.29, active=False)[2] == [0, 4] and closed(0.31, active=False)[2] == []


def test_the_market_moves_before_firms_and_what_is_asked_of_fields_is_summed_up_last():
    """7.1: `environment`, sector by sector."""
    called = []
    def note(name):
        return lambda world, s, tick=0: called.append((name, s))
    plain(environment.environment, move_market=note("market"), firms_of_sector=note("firms"),
          summarise_fields=note("sums"))(bench(sectors=2), 0)
    assert called == [(name, s) for s in (0, 1) for name in ("market", "firms", "sums")]
