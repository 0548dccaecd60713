"""Who is named a pilot, and what a pilot does."""

import numpy as np
import pytest

from alliancelab.agents.codes import Kind, Stage
from alliancelab.model.accounts import Flow, Purse
from alliancelab.model.policy import pilot_selection
from tests.support.bench import bench, plain, seat
from tests.support.rows import alliance, levers, vector

GROWTH = {"pilot_selection_stages": float(2**Stage.GROWTH)}


@pytest.mark.parametrize(("change", "named"), [
    ({}, True), ({"pilot": 3}, False), ({"signed": -1}, False), ({"stage": Stage.DECLINE}, False),
    ({"firms": 1}, False), ({"research": 0}, False),
])
def test_eligible_are_alliances_of_the_stages_with_two_firms_and_science_never_named_before(change, named):
    """Section 8, pilot selection: `eligible`."""
    one = alliance(**{"stage": Stage.GROWTH, "firms": 2, "research": 1} | change)
    assert bool(plain(pilot_selection.eligible)(one, levers(**GROWTH))) is named


def test_composition_is_read_off_the_members():
    """Section 8, pilot selection: `composition_of`: core, backbone, frontier, supporting, credit."""
    world = bench(firms=2, research=2, agencies=1, standing_size=100.0)
    seat(world, 0, 0, 1, 2, 3)
    there = world.organisations
    there["size"][:2], there["credit"] = (100.0, 300.0), (1.0, 1.0, 0.5, 0.5, 0.0)
    there["expertise"][1] = 1.0  # of a firm, which does not count
    there["expertise"][2], there["expertise"][3] = vector(0.8), vector(0.4, 0.4)
    world.fields["weights"][0, 0] = vector(0.5, 0.5)
    found = plain(pilot_selection.composition_of)(world, 0)
    assert found == pytest.approx((1.0, 0.625, 0.6, 0.0, 0.75))
    seat(world, 0, 4)
    found = plain(pilot_selection.composition_of)(world, 0)
    assert (found.core, found.supporting) == pytest.approx((0.8, 1.0)) and there["kind"][4] == Kind.AGENCY


@pytest.mark.parametrize(("size_weight", "lottery", "score"), [
    (0.0, 0.0, 0.6), (1.0, 0.0, 0.5), (0.0, 1.0, 0.9), (0.5, 0.0, 0.55), (0.0, 0.5, 0.75),
])
def test_a_score_moves_to_size_and_to_a_lottery_by_their_weights(size_weight, lottery, score):
    """Section 8, pilot selection: `score_of`; size is 15 of 30, the draw 0.9."""
    world = bench(levers={"pilot_selection_size_weight": size_weight, "pilot_selection_lottery": lottery})
    world.alliances["size"] = 15
    found = plain(pilot_selection.score_of, luck=0.9, pilot_score=lambda *_: 0.6, composition_of=lambda *_: None)(
        world, 0, 0, 0)
    assert found == pytest.approx(score)


def test_what_the_jury_misjudges_is_added():
    """Section 8, pilot selection: `selection_noise` x N (`score_of`)."""
    world = bench(selection_noise=0.1)
    found = plain(pilot_selection.score_of, luck=0.9, normal=lambda *_: 2.0, pilot_score=lambda *_: 0.6,
                  composition_of=lambda *_: None)(world, 0, 0, 0)
    assert found == pytest.approx(0.8)


def named(number, years=1, budget=100.0, eligible=(True,) * 4, scores=(0.1, 0.9, 0.5, 0.3)):
    """Alliances named, in the order of their naming by year."""
    world = bench(alliances=4, budget=budget, selection_price=1.0, levers={"pilot_selection_number": number})
    able = dict(zip(world.alliances["key"].tolist(), eligible, strict=False))
    for year in range(years):
        plain(pilot_selection.yearly, luck=0.5, score_of=lambda w, tick, a, draws: scores[a],
              eligible=lambda one, lever: able[int(one.key)] and one.pilot < 0)(world, 4 * year)
    return [np.flatnonzero(world.alliances["pilot"][:4] == 4 * year).tolist() for year in range(years)], world


def test_the_best_are_named_and_fractions_of_the_number_add_up():
    """Section 8, pilot selection: `yearly`; naming costs `selection_price`."""
    found, world = named(2.0)
    assert found == [[1, 2]] and world.alliances["label"][:4].tolist() == [0.0, 1.0, 1.0, 0.0]
    assert world.ledger[0, Flow.PILOT_SELECTION] == 2.0
    assert named(0.5, 4)[0] == [[], [1], [], [2]] and named(0.0, 2)[0] == [[], []]


def test_of_what_cannot_be_named_one_is_carried_over():
    """Section 8, pilot selection: `yearly`."""
    found, world = named(3.0, eligible=(True, False, False, False))
    assert found == [[0]] and world.government["named"][0] - world.government["pilots"][0] == 1.0
    assert named(3.0, budget=1.5)[0] == [[1]]  # the second is not named for what is left


@pytest.mark.parametrize(("tick", "label", "paid"), [(0, 1.0, 0.5), (7, 1.0, 0.5), (8, 1.0, 0.0), (0, 0.0, 0.0)])
def test_a_pilot_is_supported_for_its_years_as_long_as_it_has_the_label(tick, label, paid):
    """Section 8, what a pilot does: `support`, as public money."""
    world = bench(levers={"pilot_selection_support": 2.0, "pilot_selection_years": 2.0})
    world.alliances["pilot"], world.alliances["label"] = 0, label
    plain(pilot_selection.support)(world, tick)
    one = world.alliances[0]
    assert one.funds == one.public_funds == one.public_total == world.ledger[tick, Flow.PILOT_SUPPORT] == paid


@pytest.mark.parametrize(("strength", "left", "bought"), [(0.5, 9.0, 0.5), (0.5, 0.2, 0.1), (0.0, 9.0, 0.0)])
def test_a_campaign_is_as_strong_as_what_is_paid_for(strength, left, bought):
    """Section 8, what a pilot does: `campaign` at its price at full strength."""
    world = bench(budget=left)
    assert plain(pilot_selection.campaign)(world, 0, strength, 2.0) == pytest.approx(bought)
    assert world.government[0].spent[Purse.PILOT_SELECTION] == pytest.approx(2.0 * bought)


def test_pilots_are_counted_by_sector_with_their_mean_governance():
    """Section 8, what a pilot does: `count_pilots`."""
    world = bench(sectors=2, alliances=3)
    world.alliances["label"][:2], world.alliances["governance"][:3] = 1.0, (0.4, 0.8, 0.9)
    plain(pilot_selection.count_pilots)(world)
    assert world.sectors["pilots"].tolist() == [2, 0]
    assert world.sectors["pilot_governance"].tolist() == pytest.approx([0.6, 0.0])


def taught(pilots=True):
    """A pilot and two others, of which one is better governed than it."""
    world = bench(alliances=3, attention_speed=0.5, experience_effect=0.5, publicity_price=1.0, experience_price=1.0,
                  levers={"pilot_selection_publicity": 0.6, "pilot_selection_experience": 0.8,
                          "pilot_selection_support": 0.0})
    world.alliances["governance"][:3], world.sectors["living"], world.sectors["attention"] = (0.7, 0.3, 0.9), 3, 0.4
    world.alliances["label"][0] = 1.0 if pilots else 0.0
    plain(pilot_selection.quarterly)(world, 0)
    return world


def test_attention_moves_to_publicity_by_the_share_of_pilots():
    """Section 8, what a pilot does: `quarterly`."""
    assert taught().sectors["attention"][0] == pytest.approx(0.4 + 0.5 * (0.6 / 3.0 - 0.4))
    assert taught(pilots=False).sectors["attention"][0] == pytest.approx(0.2)


def test_teaching_moves_the_governance_of_others_to_the_pilots_where_that_is_higher():
    """Section 8, what a pilot does: `quarterly`."""
    assert taught().alliances["governance"][:3].tolist() == pytest.approx([0.7, 0.3 + 0.5 * 0.8 * 0.4, 0.9])
    assert taught(pilots=False).alliances["governance"][:3].tolist() == [0.7, 0.3, 0.9]
    assert taught(pilots=False).ledger[0, Flow.PILOT_SELECTION] == 0.0
