"""Who founds, against slow and obvious Python, and at what rate."""

from math import sqrt

import numpy as np

from alliancelab.agents.firm_rules import initiation_hazard, public_loss
from alliancelab.agents.organisation_rules import has_room
from alliancelab.model.accounts import Count
from alliancelab.model.formation import find_initiators, formation
from alliancelab.model.initialise import new_world
from alliancelab.model.randomness import Process
from alliancelab.model.space import count_needs, make_space
from alliancelab.model.step import PROCESSES
from tests.support.oracles import luck
from tests.support.worlds import plain_setup

WILLING = {  # nobody refuses, strangers are met at once, so every search ends in an agreement
    "accept_constant": 10.0, "accept_risk": 0.0, "accept_loss": 0.0, "accept_opportunism": 0.0, "team_least": 2.0,
    "meet_partner": 0.0, "meet_partners_partner": 0.0, "meet_renowned": 0.0, "capacity_firm": 30.0,
    "idle_seats": 50.0, "initiation_rate": 1.0, "need_threshold": 0.0, "founding_size": 3.0, "founding_spread": 0.0,
    "candidates_met": 60.0,
}
FIRMS_ONLY = {"universities": 0, "institutes": 0, "agencies": 0}


def before_formation(seed, firms=120):
    """A new world of willing firms just before its first founders look for partners, and each firm's hazard."""
    setup = plain_setup(seed, sizes=FIRMS_ONLY | {"firms": firms}, parameters=WILLING)
    world = new_world(setup, recorded=True)
    for process in PROCESSES[: PROCESSES.index(formation)]:
        process(world, 0)
    find_initiators(world, 0)
    count_needs(world, 0)
    make_space(world, 0)
    p = world.parameters[0]
    loss = public_loss(0.0, 0.0, p)
    able = [firm for firm in world.organisations if has_room(firm, p)]
    return world, {int(firm["key"]): initiation_hazard(firm, 0.0, loss, p) for firm in able}


def test_those_firms_found_whose_draw_lies_below_their_hazard():
    world, hazards = before_formation(31)
    starting = {key for key, hazard in hazards.items() if luck(world, Process.INITIATION, 0, key, 0) < hazard}
    formation(world, 0)
    assert set(world.alliances["founder"][: world.counts[Count.ALLIANCES]].tolist()) == starting
    assert len(starting) > 3


def test_founding_follows_its_rate_with_an_error_that_falls_as_the_root_of_the_number_of_firms():
    sizes, errors = (100, 400, 1600), []
    for firms in sizes:
        apart = []
        for seed in range(60):
            world, hazards = before_formation(seed, firms)
            formation(world, 0)
            expected = sum(hazards.values())
            spread_ = sqrt(sum(h * (1.0 - h) for h in hazards.values()))
            apart.append((int(world.counts[Count.ALLIANCES]) - expected) / expected)
        assert abs(np.mean(apart)) < 4.0 * spread_ / expected / sqrt(len(apart))
        errors.append(sqrt(np.mean(np.square(apart))))
    slope = np.polyfit(np.log(sizes), np.log(errors), 1)[0]
    assert -0.7 < slope < -0.35, errors  # minus one half, from three noisy points
