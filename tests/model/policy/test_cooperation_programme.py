"""Cooperation programme: small projects let firms and research partners know each other."""

import numpy as np
import pytest

from alliancelab.model.accounts import Flow
from alliancelab.model.policy import cooperation_programme
from tests.support.bench import bench, plain


def called(projects=100.0, luck=0.5, budget=100.0, active=True, firms=2):
    """`projects` for each 100 firm rows; all draws but the first are one half."""
    world = bench(firms=firms, research=1, budget=budget, project_price=1.0, project_voices=0.5,
                  levers={"cooperation_programme_projects": projects})
    there = world.organisations
    there["need"], there["stated_need"], there["active"][:firms] = 0.8, 0.4, active
    plain(cooperation_programme.yearly, luck=lambda index: luck if index == 0 else 0.5)(world, 0)
    return world, world.ledger[0, Flow.COOPERATION_PROJECT]


def test_a_firm_and_a_research_partner_remember_each_other_and_the_firm_says_what_it_lacks():
    """Section 8, cooperation programme: `yearly`."""
    world, paid = called(projects=50.0)
    firm, partner = world.organisations[1], world.organisations[2]
    assert paid == 1.0 and firm.partner_rows[0] == 2 and partner.partner_rows[0] == 1
    assert firm.stated_need == pytest.approx(0.6) and world.organisations["stated_need"][0] == 0.4


@pytest.mark.parametrize(("luck", "projects"), [(0.24, 1), (0.26, 2)])
def test_the_number_is_rounded_by_chance_so_that_its_mean_is_kept(luck, projects):
    """Section 8, cooperation programme: `yearly`; 1.75 projects."""
    assert called(projects=87.5, luck=luck)[1] == projects
    means = [called(projects=87.5, luck=u)[1] for u in (np.arange(20) + 0.5) / 20.0]
    assert np.mean(means) == pytest.approx(1.75)


def test_a_vacant_row_costs_nothing_and_where_less_than_a_price_is_left_the_call_ends():
    """Section 8, cooperation programme: `yearly`."""
    assert called(active=False)[1] == 0.0
    world, paid = called(projects=200.0, budget=1.4)
    assert paid == pytest.approx(1.4)  # that rest is spent for nothing
    assert (world.organisations["partner_rows"][1] >= 0).sum() == 1
