"""What happens to public money before it reaches the work."""

import pytest

from alliancelab.model import public_money
from alliancelab.model.accounts import Flow
from alliancelab.model.tables import PROJECTS
from tests.support.bench import bench, plain, project, seat
from tests.support.rows import parameters, row


def misused(luck, spending=10.0):
    """A fifth is diverted by two partners; it is found with a chance of 0.5 x 0.6."""
    world = bench(audit_chance=0.5, credit_loss=0.5)
    seat(world, 0, 0, 1)
    q = project(world, 0, 0, 1, supervision=0.6)
    world.organisations["opportunism"][:2], world.organisations["credit"] = (0.2, 0.6), 1.0
    world.government["funds"] = 0.0
    asked = []
    diverted = plain(public_money.misuse, luck=luck,
                     misuse_share=lambda opportunism, *_: asked.append(opportunism) or 0.2)(world, 1, q, spending)
    assert asked in ([pytest.approx(0.4)], [])  # the mean opportunism of partners
    return diverted, world


def test_what_is_diverted_goes_to_partners_in_equal_parts():
    """Section 8, supervision: `misuse`."""
    diverted, world = misused(0.31)
    assert diverted == pytest.approx(2.0) == world.ledger[1, Flow.MISUSE]
    assert world.organisations["funds"][:2].tolist() == [1.0, 1.0] and world.organisations["credit"][0] == 1.0
    assert misused(0.31, spending=0.0)[0] == 0.0


def test_what_is_found_is_paid_back_and_costs_credit():
    """Section 8, supervision: `misuse`: credit loses `credit_loss` x share."""
    diverted, world = misused(0.29)
    assert diverted == pytest.approx(2.0) and world.organisations["funds"][:2].tolist() == [0.0, 0.0]
    assert world.ledger[1, Flow.CLAWBACK] == pytest.approx(2.0) == world.government["funds"][0]
    assert world.organisations["credit"][:3].tolist() == pytest.approx([0.9, 0.9, 1.0])
    assert world.alliances["found"][0] == pytest.approx(2.0)


@pytest.mark.parametrize(("supervision", "eaten"), [(0.0, 0.0), (0.5, 0.5), (1.0, 2.0)])
def test_compliance_grows_with_the_square_of_supervision(rule, supervision, eaten):
    """Section 8, supervision: `comply`."""
    one = row(PROJECTS, supervision=supervision)
    assert rule(public_money.comply)(one, 10.0, parameters(compliance_cost=0.2)) == pytest.approx(eaten)
