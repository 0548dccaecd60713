"""The government's year, what organisations believe of public money, and what a run of its instruments consists of."""

import pytest

from alliancelab.model import government
from alliancelab.model.accounts import Flow
from alliancelab.model.instruments import QUARTERLY, YEARLY
from tests.support.bench import bench, plain
from tests.support.worlds import plain_setup


def test_belief_moves_to_the_share_of_a_sectors_living_alliances_that_ever_got_public_money():
    """7.2: `form_beliefs`."""
    world = bench(sectors=2, alliances=4, belief_speed=0.5)
    world.alliances["sector"][3] = 1
    world.alliances["public_total"][:2] = 1.0
    world.sectors["public_belief"] = 0.2, 0.2
    plain(government.form_beliefs)(world)
    assert world.sectors["public_belief"].tolist() == pytest.approx([0.2 + 0.5 * (2.0 / 3.0 - 0.2), 0.1])
    assert world.sectors["living"].tolist() == [3, 1]


def test_a_year_opens_with_what_is_left_handed_back_and_new_budgets():
    """7.2: `open_year`."""
    world = bench(budget=0.0)
    world.budgets[4, :2] = 3.0, 5.0
    one = world.government[0]
    one.funds, one.weight[1], one.spent[0] = 7.0, 2.0, 2.5
    plain(government.open_year)(world, 4)
    assert (world.ledger[4, Flow.RETURNED], world.ledger[4, Flow.APPROPRIATION], one.funds) == (7.0, 13.0, 13.0)
    assert (one.spent[0], one.spent_before[0]) == (0.0, 2.5)


@pytest.mark.parametrize(("tick", "opened"), [(0, True), (1, False), (3, False), (4, True)])
def test_budgets_open_in_the_first_quarter_of_a_year_and_beliefs_form_in_each(tick, opened):
    """7.2: `open_quarter`."""
    called = []
    plain(government.open_quarter, form_beliefs=lambda world: called.append("beliefs"),
          open_year=lambda world, tick: called.append("year"))(bench(), tick)
    assert called == ["beliefs", "year"][: 1 + opened]


def test_instruments_that_are_never_on_are_left_out_and_yearly_parts_act_before_quarterly_ones():
    """Section 3: `government_processes`: beliefs and budgets, then what is done once a year, then each quarter."""
    assert government.government_processes(plain_setup(1)) == [(government.open_quarter, 1)]
    used = government.government_processes(plain_setup(1, supervision_intensity=0.5, layout_strength=0.5))
    assert used == [(government.open_quarter, 1), (YEARLY["layout"], 4), (YEARLY["supervision"], 4),
                    (QUARTERLY["supervision"], 1)]


def test_adaptive_correction_acts_before_the_other_instruments():
    """Section 8: correction, once a year, before the others (`government_processes`)."""
    used = government.government_processes(plain_setup(1, correction_speed=0.5, layout_strength=0.5))
    assert used[1] == (government.correct, 4)
