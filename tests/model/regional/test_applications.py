"""Projects that run, what completing one opens, and for how long."""

import pytest

from alliancelab.model.accounts import Flow
from alliancelab.model.regional import applications
from alliancelab.model.regional.codes import Level, State
from tests.support.bench import bench, plain
from tests.support.region_bench import region_beside


def carried(tick=8, luck=0.0, level=Level.CITY, rung=-1, climbed=0, due=8, funds=100.0):
    world = bench()
    region = region_beside(world, ladder_years=2.0, record_fade=0.0, project_product=0.0, complete_base=0.6,
                           complete_quality=0.0, record_gain=0.5)
    one, client = region.projects[0], region.clients[0]
    one.state, one.key, one.level, one.due, one.money = State.RUNNING, world.organisations[0].key, level, due, 6.0
    client.projects, client.project_money, client.rung, client.climbed = 1, 3.0, rung, climbed
    world.organisations["funds"] = funds
    plain(applications.carry_out, luck=luck)(world, region, tick)
    return world, region, client


def test_a_completed_project_opens_the_next_level_of_the_ladder():
    """Section 5, a region: `carry_out`."""
    _, region, client = carried(luck=0.59)
    assert (client.rung, client.climbed, client.projects) == (Level.CITY, 8, 0)
    assert region.projects[0].state == State.FREE
    assert region.indicators["completed"][8, Level.CITY] == 1 and client.record == pytest.approx(0.5)
    _, region, client = carried(luck=0.61)  # it was not completed
    assert client.rung == -1 and client.record == 0.0 and region.projects[0].state == State.FREE
    assert carried(due=9)[2].rung == -1


def test_a_lower_project_does_not_take_a_higher_rung_away():
    """Section 5, a region: `carry_out`."""
    assert carried(level=Level.CITY, rung=Level.PROVINCE, climbed=4)[2].rung == Level.PROVINCE


@pytest.mark.parametrize(("climbed", "rung"), [(0, Level.CITY), (-1, -1)])
def test_after_its_years_a_firm_has_none_to_show_until_it_completes_another(climbed, rung):
    """Section 5, a region: ladder years (`carry_out`): here eight quarters."""
    assert carried(luck=0.99, rung=Level.CITY, climbed=climbed)[2].rung == rung
    assert carried(luck=0.0, rung=Level.CITY, climbed=climbed)[2].rung == Level.CITY


def test_a_firm_spends_a_projects_money_as_far_as_its_purse_reaches():
    """regional.md: `carry_out`."""
    world, _, _ = carried(due=99)
    assert world.organisations["funds"][0] == 97.0 and world.ledger[8, Flow.PROJECT_WORK] == 3.0
    assert carried(due=99, funds=1.0)[0].organisations["funds"][0] == 0.0
