"""Incentives for universities and institutes that join."""

import pytest

from alliancelab.model.policy import research_incentives
from tests.support.bench import bench, plain

FIRM, SCIENCE, AGENCY = 0, 4, 5


@pytest.mark.parametrize(("budget", "bonus"), [(0.3, 0.3), (0.29, 0.0)])
def test_the_bonus_counts_while_the_years_money_would_pay_one_more(budget, bonus):
    """Section 8, incentives for research partners: `promised`."""
    world = bench(budget=budget, levers={"research_incentives_bonus": 0.3})
    assert plain(research_incentives.promised)(world, 0) == bonus


def test_universities_and_institutes_get_it_and_others_do_not():
    """Section 8, incentives for research partners: `reward`."""
    world = bench(research=1, agencies=1, levers={"research_incentives_bonus": 0.3})
    for row in (FIRM, SCIENCE, AGENCY):
        plain(research_incentives.reward)(world, 0, row)
    assert world.organisations["funds"][[FIRM, SCIENCE, AGENCY]].tolist() == [0.0, 0.3, 0.0]
