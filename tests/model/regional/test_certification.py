"""Centres of firms are assessed, and close where a firm has fallen behind."""

import pytest

from alliancelab.model.regional import certification
from alliancelab.model.regional.codes import Carrier
from tests.support.bench import bench, plain
from tests.support.region_bench import region_beside


def with_centres():
    """Firms 0 and 1 each have a technology centre, firm 0 an engineering centre, too."""
    world = bench()
    region = region_beside(world, centre_years=2.5)
    for c, (row, kind) in enumerate(((0, Carrier.TECHNOLOGY_CENTRE), (0, Carrier.ENGINEERING_CENTRE),
                                     (1, Carrier.TECHNOLOGY_CENTRE))):
        region.carriers["active"][c], region.carriers["kind"][c], region.carriers["host"][c] = True, kind, row
        region.clients["hosts"][row, kind] = 1
    return world, region


def test_a_centre_that_closes_loses_its_recognition_and_serves_nobody():
    """Section 5, a region: `close_centre`."""
    _, region = with_centres()
    plain(certification.close_centre)(region, 0, Carrier.TECHNOLOGY_CENTRE)
    assert region.carriers["active"][:3].tolist() == [False, True, True]
    assert region.clients["hosts"][0, Carrier.TECHNOLOGY_CENTRE] == 0
    kept = (0, Carrier.ENGINEERING_CENTRE), (1, Carrier.TECHNOLOGY_CENTRE)
    assert [region.clients["hosts"][place] for place in kept] == [1, 1]


@pytest.mark.parametrize(("luck", "fit", "there"), [
    (0.09, False, [False, False, True]), (0.11, False, [True] * 3), (0.09, True, [True] * 3),
])
def test_centres_are_assessed_every_few_years_and_close_where_the_firm_would_not_pass(luck, fit, there):
    """Section 5, a region: `assess_centres` with chance 0.25 / `centre_years` a quarter: here a tenth."""
    world, region = with_centres()
    grades = []
    plain(certification.assess_centres, luck=luck, passes=lambda able, grade, *_: grades.append(grade) or fit)(
        world, region, 3, 0, 0.5)
    assert region.carriers["active"][:3].tolist() == there and set(grades) <= {1}
