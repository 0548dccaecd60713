"""Subsidies for filings count as far as there is money for them, and the province bears a part in a pilot."""

import pytest

from alliancelab.model.accounts import Flow
from alliancelab.model.regional import patents
from alliancelab.model.regional.codes import RegionalPurse
from tests.support.bench import bench, plain
from tests.support.region_bench import region_beside


def filed(budget, pilot=False, subsidy=0.02):
    """What can be expected of a firm that finds two inventions a quarter, and the world after it filed four patents."""
    world = bench(budget=budget)
    region = region_beside(world, patent_filing=2.0, patent_research=1.0, patent_pull=0.5, patent_padding=0.25,
                           pilot_share=0.5, effort_effect=0.0)
    region.state["pilot"] = pilot
    expected = []

    def count(mean, luck):
        expected.append(mean)
        return 2

    plain(patents.file_patents, luck=0.5, own_research=lambda *_: 1.0, poisson=count)(
        world, region, 4, 0, 0.0, subsidy)
    return expected, world


@pytest.mark.parametrize(("budget", "counted_on"), [(9.0, 0.02), (0.01, 0.01), (0.0, 0.0)])
def test_nobody_counts_on_more_of_a_subsidy_than_is_left(budget, counted_on):
    """Section 5, a region: `file_patents`; without promotion one good patent, half a patent for each 0.01 million."""
    (good, weak), world = filed(budget)
    drawn = 0.5 * counted_on / 0.01
    assert (good, weak) == pytest.approx((1.0 + 0.75 * drawn, 0.25 * drawn))
    paid = world.ledger[4, Flow.PATENT_SUBSIDY]
    assert paid == pytest.approx(min(4 * 0.02, budget)) and world.organisations["funds"][0] == pytest.approx(paid)


@pytest.mark.parametrize(("budget", "own"), [(9.0, 0.04), (0.03, 0.03)])
def test_in_a_pilot_the_province_bears_a_part_of_what_is_paid(budget, own):
    """Section 5, a region: `file_patents`; half and half, as far as the region's own money goes."""
    _, world = filed(budget, pilot=True)
    assert world.ledger[4, Flow.PATENT_SUBSIDY] == pytest.approx(own)
    assert world.ledger[4, Flow.PROVINCE_GRANT] == pytest.approx(own)
    assert world.organisations["funds"][0] == pytest.approx(2.0 * own)


@pytest.mark.parametrize(("asks", "budget", "each_quarter", "granted", "pilot"), [
    (1.0, 9.0, 2.0, 0.8, True), (0.0, 9.0, 2.0, 0.8, False), (1.0, 0.05, 2.0, 0.8, False), (1.0, 9.0, 1.9, 0.8, False),
    (1.0, 9.0, 2.0, 0.79, False),
])
def test_the_province_accepts_who_asks_and_pays_where_enough_was_filed_and_granted(asks, budget, each_quarter, granted,
                                                                                  pilot):
    """Section 5, a region: `accept`; two filings of each of four firms, and four tenths of those decided on."""
    world = bench(budget=budget)
    region = region_beside(world, pilot_price=0.1, pilot_filing=2.0, pilot_granted=0.4, patent_lag=6.0)
    region.levers["patent_programme_pilot"], region.levers["patent_programme_promotion"] = asks, 0.5
    region.indicators["patents_filed"][10:14], region.indicators["patents_granted"][10:14] = each_quarter, granted
    region.indicators["patents_filed"][4:8] = 2.0  # six quarters before, on which the office decided
    region.state["pilot"] = not pilot
    plain(patents.accept)(world, region, 14)
    assert region.state["pilot"][0] == pilot
    paid = world.government["spent"][0, RegionalPurse.PATENT_PROGRAMME]
    assert paid == pytest.approx(0.1 if asks and budget > 0.1 else 0.0)
