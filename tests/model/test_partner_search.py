"""Whom those who look for partners meet, and who says yes."""

import numpy as np
import pytest

from alliancelab.agents.codes import Kind
from alliancelab.agents.organisation_rules import Offer
from alliancelab.model import partner_search, seats
from alliancelab.model.tables import CLASSES
from tests.support.bench import bench, plain, project, seat
from tests.support.rows import parameters

FIRM, SCIENCE, AGENCY = 0, 4, 6  # first rows by kind: four firms, two universities, two agencies
ALIKE = np.full(CLASSES, 1.0 / CLASSES)


@pytest.mark.parametrize(("kind_luck", "place_luck", "pick", "row"), [
    (0.29, 0.9, 0.0, SCIENCE), (0.29, 0.9, 0.99, SCIENCE + 1),
    (0.31, 0.9, 0.0, AGENCY), (0.31, 0.9, 0.99, AGENCY + 1), (0.51, 0.9, 0.0, FIRM), (0.51, 0.9, 0.99, FIRM + 3),
    (0.51, 0.15, 0.0, 8 + FIRM), (0.51, 0.05, 0.0, FIRM),  # any sector, the own one included
])
def test_a_stranger_is_science_by_its_share_an_agency_by_a_chance_else_a_firm(kind_luck, place_luck, pick, row):
    """7.4: `stranger`; with chance `meet_elsewhere` of any sector, else of its own."""
    world = bench(research=2, agencies=2, sectors=2, meet_elsewhere=0.2, meet_agency=0.2)
    assert plain(partner_search.stranger)(world, 0, 0.3, kind_luck, place_luck, pick) == row


def test_where_a_sector_has_no_science_a_firm_is_met():
    """7.4: `stranger`."""
    assert plain(partner_search.stranger)(bench(meet_elsewhere=0.0, meet_agency=0.0), 0, 1.0, 0.5, 0.5, 0.0) == FIRM


def test_the_more_projects_an_organisation_is_in_the_more_it_is_met():
    """7.4: `renowned` draws a running project, then a partner of it, both by lot."""
    world = bench()
    seat(world, 0, 0, 1, 2)
    assert plain(partner_search.renowned)(world, 0.5, 0.5) == -1  # no project runs
    project(world, 0, 0, 1)
    project(world, 0, 0, 2)
    met = [int(plain(partner_search.renowned)(world, pick, which)) for pick in (0.1, 0.6) for which in (0.1, 0.6)]
    assert sorted(met) == [0, 0, 1, 2]


@pytest.mark.parametrize(("way", "row"), [
    (0.19, 1),  # a partner remembered
    (0.21, 2),  # that partner's partner
    (0.41, 3),  # a partner of a running project
    (0.61, 99),  # a stranger
])
def test_a_host_meets_partners_their_partners_the_renowned_or_strangers(way, row):
    """7.4: `meet`, each way with its chance."""
    world = bench(meet_partner=0.2, meet_partners_partner=0.2, meet_renowned=0.2)
    seats.remember.py_func(world.organisations[0], 1, world.organisations[1].key)
    seats.remember.py_func(world.organisations[1], 2, world.organisations[2].key)
    seat(world, 0, 3)
    project(world, 0, 3)
    meet = plain(partner_search.meet, luck=lambda index: way if index == 0 else 0.0, stranger=lambda *_: 99)
    assert meet(world, 0, 7, 0, world.organisations[0], 0, 0.5) == row


def test_where_memory_leads_to_nobody_a_stranger_is_met():
    """7.4: `meet`."""
    world = bench(meet_partner=1.0)
    meet = plain(partner_search.meet, luck=0.0, stranger=lambda *_: 99)
    assert meet(world, 0, 7, 0, world.organisations[0], 0, 0.5) == 99


@pytest.mark.parametrize(("luck", "able", "row"), [(0.49, 0.9, 5), (0.51, 0.9, 0), (0.49, 0.1, 0)])
def test_at_a_meeting_the_host_sees_a_second_stranger_and_takes_the_one_that_adds_more(luck, able, row):
    """7.4: `look_closer` with the strength of meetings as chance."""
    world = bench(research=2)
    world.sectors["meetings"] = 0.5
    world.organisations["expertise"][0], world.organisations["expertise"][5] = 0.5, able
    look = plain(partner_search.look_closer, luck=luck, stranger=lambda *_: 5)
    assert look(world, 0, 7, 0, 0, 0, ALIKE, np.zeros(CLASSES)) == row


@pytest.mark.parametrize(("kind", "size", "strong", "research", "wanted"), [
    (Kind.FIRM, 300.0, False, 1, True), (Kind.FIRM, 300.0, True, 1, False), (Kind.FIRM, 3.0, False, 1, False),
    (Kind.UNIVERSITY, 3.0, True, 0, True), (Kind.UNIVERSITY, 3.0, True, 1, False), (Kind.AGENCY, 3.0, False, 0, False),
])
def test_wanted_is_a_strong_firm_or_a_research_partner_that_a_team_still_lacks(kind, size, strong, research, wanted):
    """7.4: special support promises its bonus for what the team still lacks (`is_wanted`)."""
    world = bench()
    world.organisations["kind"][0], world.organisations["size"][0] = kind, size
    p = parameters(standing_size=100.0, strong_standing=0.7)
    assert plain(partner_search.is_wanted)(world.organisations[0], strong, research, p) is wanted


def test_a_candidate_says_yes_with_the_logistic_chance_of_its_willingness():
    """7.4: `says_yes`; all weights are zero but that of the constant, so the chance is three quarters."""
    world = bench(**dict.fromkeys(world_weights(), 0.0), accept_constant=np.log(3.0))
    says = plain(partner_search.says_yes)
    offer = Offer(*[0.0] * 9)
    asked = [says(world, world.organisations[0], offer, ALIKE, np.zeros(CLASSES), 0, u) for u in (0.0, 0.74, 0.76)]
    assert asked == [True, True, False]


def test_the_same_region_counts_in_favour():
    """7.4: `says_yes` with `accept_proximity`."""
    world = bench(**dict.fromkeys(world_weights(), 0.0) | {"accept_proximity": np.log(3.0)}, accept_constant=0.0)
    says, offer = plain(partner_search.says_yes), Offer(*[0.0] * 9)
    asked = [says(world, world.organisations[0], offer, ALIKE, np.zeros(CLASSES), region, 0.6) for region in (0, 1)]
    assert asked == [True, False]


def world_weights():
    return [f"accept_{name}" for name in ("need", "gain", "overlap", "reputation", "trust", "label", "subsidy", "bonus",
                                          "proximity", "opportunism", "loss", "risk")]
