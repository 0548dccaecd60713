"""Votes, and what an ending leaves, against slow and obvious Python."""

import numpy as np

from alliancelab.agents.codes import Event, Kind
from alliancelab.agents.organisation_rules import renewal_odds
from alliancelab.model import endings
from alliancelab.model.randomness import Process
from alliancelab.model.simulation import simulate
from tests.support.oracles import NOW, PLENTY, living, luck, members_of, mixed, seats_of
from tests.support.worlds import small_setup

vote = endings.vote


def test_at_the_end_of_a_term_members_without_a_project_sign_again_by_their_odds(busy):
    outcomes = set()
    for a in living(busy):
        world = busy.copy()
        staying = {int(seat["key"]) for seat in seats_of(world, a) if seat["projects"] > 0 or luck(
            world, Process.VOTES, NOW, mixed(world.alliances["key"][a], seat["key"]), 0,
        ) < renewal_odds(seat, world.alliances[a], world.parameters[0])}
        firms = sum(m["kind"] == Kind.FIRM for m in members_of(busy, a) if int(m["key"]) in staying)
        broken = bool(vote(world, NOW, a))
        assert set(seats_of(world, a)["key"].tolist()) == staying
        assert broken == (len(staying) < world.parameters["team_least"][0] or firms < 2)
        assert broken or world.alliances["term_end"][a] >= NOW + 6
        outcomes.add(broken)
    assert False in outcomes


def test_every_ending_is_told_once_and_frees_its_members():
    run = simulate(small_setup(25, parameters=PLENTY))
    told = run.events[run.events["event"] == Event.ENDED]
    ended = np.flatnonzero(run.alliances["ended"] >= 0)
    assert len(ended) > 5 and sorted(told["alliance"].tolist()) == ended.tolist()
    assert (run.alliances["ended"][told["alliance"]] == told["quarter"]).all()
    assert (run.alliances["reason"][told["alliance"]] == told["value"]).all()
    spells = run.members[np.isin(run.members["alliance"], ended)]
    assert (spells["left"] >= 0).all() and (spells["left"] <= run.alliances["ended"][spells["alliance"]]).all()
