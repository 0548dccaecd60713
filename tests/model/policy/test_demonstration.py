"""Demonstration: who shows, what is seen, who is helped."""

import pytest

from alliancelab.agents.codes import Verdict
from alliancelab.model.accounts import Flow
from alliancelab.model.policy import demonstration
from tests.support.bench import bench, plain

ON = {"demonstration_intensity": 0.8, "demonstration_confidentiality": 0.25, "demonstration_stages": 31.0}


@pytest.mark.parametrize(("verdict", "label", "shown"), [
    (Verdict.EXEMPLAR, 1.0, 0.8), (Verdict.NONE, 1.0, 0.4), (Verdict.SOUND, 1.0, 0.0), (Verdict.EXEMPLAR, 0.0, 0.0),
])
def test_exemplars_show_in_full_and_pilots_not_yet_assessed_half(verdict, label, shown):
    """Section 8, demonstration: `show`, for `showing_price`; outsiders see what is not confidential."""
    world = bench(showing_price=2.0, levers=ON)
    one = world.alliances[0]
    one.verdict, one.label, one.governance = verdict, label, 0.7
    plain(demonstration.show)(world, 0, 0)
    assert one.shown == pytest.approx(0.75 * shown) and world.sectors["shown"][0] == pytest.approx(shown)
    assert world.ledger[0, Flow.DEMONSTRATION] == pytest.approx(2.0 * shown)
    assert world.sectors["shown_governance"][0] == (0.7 if shown else 0.0)


def test_what_several_show_adds_up_with_falling_returns():
    """Section 8, demonstration: each adds shown x (1 - sector's) (`show`)."""
    world = bench(alliances=2, levers=ON)
    world.alliances["verdict"], world.alliances["label"] = Verdict.EXEMPLAR, 1.0
    for a in (0, 1):
        plain(demonstration.show)(world, 0, a)
    assert world.sectors["shown"][0] == pytest.approx(1.0 - 0.2 * 0.2)


@pytest.mark.parametrize(("change", "helped", "entry"), [
    ({}, 0.0, 0.0), ({"running": 1}, 0.5, 0.0), ({"standards": 1.0, "conversion": 0.1}, 0.0, 0.4),
    ({"core_patents": 1.0, "conversion": 0.1}, 0.0, 0.4), ({"core_patents": 1.0}, 0.0, 0.0),
    ({"conversion": 0.1, "core_patents": 0.9}, 0.0, 0.0),
    ({"running": 1, "stages": 0.0}, 0.0, 0.0),
])
def test_help_goes_to_those_that_convert_and_to_those_with_something_of_their_own(change, helped, entry):
    """Section 8, demonstration: `help_with`, for `help_price` and `entry_price`."""
    stages = {"demonstration_stages": change.pop("stages", 31.0)}
    world = bench(help_price=2.0, entry_price=3.0, levers=ON | stages | {
        "demonstration_conversion_help": 0.5, "demonstration_market_entry": 0.4})
    for name, value in change.items():
        world.alliances[name] = value
    plain(demonstration.help_with)(world, 0, 0)
    one = world.alliances[0]
    assert (one.helped, one.entry) == pytest.approx((helped, entry))
    assert world.ledger[0, Flow.CONVERSION_HELP] == pytest.approx(2.0 * helped)
    assert world.ledger[0, Flow.MARKET_ENTRY] == pytest.approx(3.0 * entry)


def test_governance_of_others_moves_to_the_highest_among_those_that_show():
    """Section 8, demonstration: `quarterly`: by `shown_governance` x what is shown."""
    world = bench(alliances=3, shown_governance=0.5, levers=ON)
    world.alliances["verdict"][0], world.alliances["label"][0] = Verdict.EXEMPLAR, 1.0
    world.alliances["governance"][:3] = 0.6, 0.2, 0.9
    world.sectors["shown"] = 0.9  # of the quarter before
    plain(demonstration.quarterly)(world, 0)
    assert world.alliances["governance"][:3].tolist() == pytest.approx([0.6, 0.2 + 0.5 * 0.8 * 0.4, 0.9])
    assert world.sectors["shown"][0] == pytest.approx(0.8)
