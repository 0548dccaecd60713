"""Awards and coaching bring certificates and centres; these are assessed, and close where a firm has fallen behind."""

from math import exp, log

import pytest

from alliancelab.model.regional import certification
from alliancelab.model.regional.codes import Carrier, RegionalPurse
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


@pytest.mark.parametrize(("award", "price", "logit"), [(0.0, 0.02, 0.0), (0.02, 0.02, 1.5 * log(2.0)),
                                                       (0.2, 4.0, 1.5 * log(1.05))])
def test_an_award_draws_by_its_worth_beside_the_price(award, price, logit):
    """Section 5, a region: `drawn_by`."""
    region = region_beside(bench(), award_pull=1.5)
    assert plain(certification.drawn_by)(award, price, region.numbers[0]) == pytest.approx(logit)


@pytest.mark.parametrize(("left", "counted_on"), [(1.0, 0.06), (0.02, 0.02), (0.0, 0.0)])
def test_nobody_counts_on_more_of_an_award_than_is_left(left, counted_on):
    """Section 5, a region: `certify_firm`."""
    world = bench(budget=left)
    region = region_beside(world, certify_rate=1.0, certify_able=0.5, able_slope=10.0, certify_price=0.02,
                           award_pull=1.0, certify_years=5.0)
    wishes = 1.0 / (1.0 + exp(-(10.0 * (0.4 - 0.5) + log(1.0 + counted_on / 0.02))))
    for luck, tried in ((wishes - 1e-9, 1.0), (wishes + 1e-9, 0.0)):
        region.indicators["tried_certified"] = 0.0
        plain(certification.certify_firm, luck=luck, passes=lambda *_: False)(world, region, 4, 0, 0.4, 1.0, 0.06)
        assert region.indicators["tried_certified"][4] == tried


@pytest.mark.parametrize(("coached", "programme", "engineering", "technology"), [
    (0.0, 0.0, 0.0, 0.0), (0.5, 0.0, 0.05, 0.0), (0.0, 0.5, 0.05, 0.1), (0.5, 0.5, 0.1, 0.1),
])
def test_coaching_leads_to_engineering_centres_and_the_programme_to_both(coached, programme, engineering, technology):
    """Section 5, a region: `centres`; a firm in the middle of readiness, half of them with a partner."""
    for kind, place, odds in ((Carrier.ENGINEERING_CENTRE, 4, engineering),
                              (Carrier.TECHNOLOGY_CENTRE, 5, technology)):
        for luck, there in ((max(odds - 1e-9, 0.0), odds > 0.0), (odds + 1e-9, False)):
            world = bench()
            region = region_beside(world, centre_rate=0.4, technology_rate=0.4, certify_able=0.5, able_slope=10.0,
                                   effort_effect=0.0)
            region.clients["agreements"] = 0.5
            region.kinds["price"] = 4.0
            region.levers["certification_centre_award"] = 0.0

            def drawn(index, place=place, luck=luck):
                return luck if index == place else 0.999

            plain(certification.centres, luck=drawn)(world, region, 4, 0, 0.5, coached, programme)
            assert region.clients["hosts"][0, kind] == there


def test_coaching_is_as_strong_as_it_is_paid_for():
    """Section 5, a region: `coach`. Four firms at half a million yuan, a rate of a tenth: 0.2 at full strength."""
    for budget, strength in ((1.0, 1.0), (0.1, 0.5), (0.0, 0.0)):
        world = bench(budget=budget)
        region = region_beside(world, certify_price=0.5)
        assert plain(certification.coach)(world, 4, 1.0, 0.1, region.numbers[0]) == pytest.approx(strength)
        assert world.government["spent"][0, RegionalPurse.CERTIFICATION] == pytest.approx(0.2 * strength)
