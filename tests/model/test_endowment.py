"""Traits that an organisation is born with, and its identity."""

import numpy as np
import pytest

from alliancelab.agents.codes import Kind
from alliancelab.model import endowment
from tests.support.bench import bench, plain


def test_an_identity_packs_kind_sector_place_and_generation(rule):
    """Section 5: `organisation_key`; no two organisations share one."""
    keys = {int(rule(endowment.organisation_key)(kind, s, place, generation))
            for kind in range(4) for s in range(4) for place in range(9) for generation in range(3)}
    assert len(keys) == 4 * 4 * 9 * 3 and 0 not in keys
    one, next_ = (int(rule(endowment.organisation_key)(0, 1, 2, generation)) for generation in (0, 1))
    assert next_ == one + 1  # so that a newborn's key is the next one


def born(kind=Kind.FIRM, luck=0.5):
    world = bench(need_taste=0.4, opportunism_most=0.6, expertise_firm=0.8, expertise_research=2.0, need_constant=0.0,
                  need_gap=0.0, need_served=0.0, capacity_firm=3.0, capacity_research=4.0, capacity_size=0.0)
    one = world.organisations[0]
    one.kind, one.reputation, one.promised = kind, 0.1, 9.0
    plain(endowment.endow, luck=luck)(world, one, np.uint64(77), 5)
    return one


def test_traits_at_birth():
    """Section 5: `endow`: opportunism `opportunism_most` x U, caution U, skill U / 5, all need stated."""
    one = born()
    assert (one.opportunism, one.caution, one.method_skill) == pytest.approx((0.3, 0.5, 0.1))
    assert (one.reputation, one.credit, one.capacity, one.promised) == (0.5, 1.0, 3.0, 0.0)
    assert one.need == one.stated_need == pytest.approx(0.5) and (one.key, one.born) == (77, 5)


@pytest.mark.parametrize(("kind", "luck", "expertise"), [
    (Kind.FIRM, 0.5, 0.8 / 16.0), (Kind.UNIVERSITY, 0.5, 2.0 / 8.0), (Kind.UNIVERSITY, 1.0, 1.0),
])
def test_expertise_is_a_power_of_luck_so_that_an_organisation_is_strong_in_few_classes(kind, luck, expertise):
    """Section 5: `endow`: to the power of 4 for firms and 3 for others, at most 1."""
    assert born(kind, luck)["expertise"] == pytest.approx(expertise)


def test_traits_do_not_depend_on_the_quarter_of_birth_but_on_the_key():
    """Section 5: `endow`."""
    world = bench(firms=3)
    for row, (key, tick) in enumerate(((77, 0), (77, 9), (78, 0))):
        plain(endowment.endow)(world, world.organisations[row], np.uint64(key), tick)
    one, same, other = (row["opportunism"] for row in world.organisations)
    assert one == same != other
