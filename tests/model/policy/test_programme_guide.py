"""The programme guide: which fields a call prefers."""

import numpy as np
import pytest

from alliancelab.model.accounts import Flow
from alliancelab.model.policy import programme_guide
from tests.support.bench import bench, plain
from tests.support.rows import vector


def wanted(outlook=(0.5, 0.5), **idea):
    world = bench(firms=2, research=1, agencies=1)
    there = world.organisations
    there["stated_need"], there["expertise"] = 0.5, vector(0.4, 0.2)
    there["stated_need"][3] = 99.0  # of an agency, which is not asked
    world.fields["weights"][0, 0], world.fields["weights"][0, 1] = vector(1.0), vector(0.0, 1.0)
    world.fields["outlook"][0, :2] = outlook
    for name, value in idea.items():
        world.alliances[name][0] = value
    found = np.zeros(world.fields.shape[1])
    plain(programme_guide.needs_of)(world, 0, found)
    return found[:2].tolist()


def test_needs_are_summed_by_class_weighed_by_outlook_and_scaled_to_the_largest():
    """Section 8, programme guide: `needs_of`."""
    assert wanted() == pytest.approx([1.0, 0.5]) and wanted((0.25, 0.75)) == pytest.approx([2.0 / 3.0, 1.0])


def test_alliances_speak_for_the_field_of_their_idea():
    """Section 8, programme guide: times (1 + members x satisfaction / 10) (`needs_of`)."""
    assert wanted(idea_field=1, size=20, satisfaction=0.5) == pytest.approx([1.0, 1.0])


@pytest.mark.parametrize(("vintage", "luck", "written"), [
    (1.0, 0.0, 0.5), (2.0, 0.0, 1.0), (1.0, 2.0, 0.7), (1.0, -9.0, 0.0),
])
def test_experts_judge_a_field_by_its_vintage_against_the_newest_with_an_error(vintage, luck, written):
    """Section 8, programme guide: `written_from_above`."""
    world = bench(guide_noise=0.1)
    world.fields["vintage"][0, :2] = vintage, 2.0
    assert plain(programme_guide.written_from_above)(world, 0, 0, luck, world.parameters[0]) == pytest.approx(written)


@pytest.mark.parametrize(("effort", "bottom_up", "budget", "guide"), [
    (0.0, 1.0, 9.0, 0.2), (1.0, 1.0, 9.0, 0.9), (1.0, 0.0, 9.0, 0.5), (0.5, 0.5, 9.0, 0.45), (1.0, 1.0, 0.5, 0.55),
])
def test_a_fields_weight_moves_by_effort_to_needs_or_to_what_is_written_from_above(effort, bottom_up, budget, guide):
    """Section 8, programme guide: `yearly`; needs say 0.9, experts 0.5, applicants 0.2."""
    world = bench(fields=1, budget=budget, guide_price=1.0, levers={
        "programme_guide_effort": effort, "programme_guide_bottom_up": bottom_up})
    world.fields["guide"] = 0.2
    plain(programme_guide.yearly, luck=0.5, needs_of=lambda w, s, found: found.fill(0.9),
          written_from_above=lambda *_: 0.5)(world, 0)
    assert world.fields["guide"][0, 0] == pytest.approx(guide)
    assert world.ledger[0, Flow.GUIDE] == pytest.approx(min(effort, budget))
