"""A quarter of organisations at home, and what a candidate adds, against slow and obvious Python."""

from math import exp

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alliancelab.agents.codes import Kind
from alliancelab.agents.organisation_rules import coverage_gain, overlap, usual_capacity
from alliancelab.model.organisations import organisations
from alliancelab.model.tables import CLASSES, ORGANISATIONS, table_type
from tests.support.oracles import NOW

share = st.floats(0.0, 1.0)
classes = st.lists(share, min_size=CLASSES, max_size=CLASSES).map(np.array)


@given(classes, classes, classes)
def test_what_a_candidate_adds_and_what_it_shares_make_up_what_it_can(expertise, best, weights):
    candidate = np.zeros(1, table_type(ORGANISATIONS))
    candidate["expertise"] = expertise
    gain, common = coverage_gain(candidate[0], weights, best), overlap(candidate[0], weights, best)
    assert gain + common == pytest.approx(float(weights @ expertise))
    assert float(weights @ best) + gain == pytest.approx(float(weights @ np.maximum(best, expertise)))


def test_a_quarter_at_home_earns_learns_and_needs_as_the_sentences_say(busy):
    world = busy.copy()
    organisations(world, NOW)
    p = busy.parameters[0]
    for i, (before, after) in enumerate(zip(busy.organisations, world.organisations, strict=True)):
        sector = busy.sectors[int(before["sector"])]
        firm = before["kind"] == Kind.FIRM
        if not before["active"]:
            assert (after["funds"], after["need"]) == (before["funds"], before["need"])
            continue
        size = float(before["size"])
        income = p.cash_margin * size if firm else size
        wanted = max((p.research_intensity * size if firm else size) - before["given"], 0.0)
        assert after["given"] == 0.0
        purse = before["funds"] + income - min(wanted, max(before["funds"] + income, 0.0))
        kept = p.reserve * size if firm else size
        assert after["funds"] == pytest.approx(purse - p.payout * max(purse - kept, 0.0))
        pull = sector["demand"] / sector["demand"].max()
        e, capacity = before["expertise"], float(before["capacity"])
        if (i + NOW) % 4 == 0:  # slow changes, once a year
            assert after["expertise"] == pytest.approx(e + p.learning * pull * e * (1.0 - e) - p.forgetting * e)
            assert after["capacity"] == pytest.approx(
                capacity + p.capacity_fade * (usual_capacity(before, p) - capacity))
        else:
            assert (after["expertise"] == e).all() and after["capacity"] == capacity
        gap = max(1.0 - before["productivity"] / sector["best_practice"], 0.0) if firm else 0.5
        logit = p.need_constant + p.need_gap * gap + before["taste"]
        logit -= p.need_served * before["alliance_count"] / capacity
        need = before["need"] + p.need_speed * (1.0 / (1.0 + exp(-logit)) - before["need"])
        assert after["need"] == pytest.approx(need)
        voiced = p.activation + p.attention_effect * sector["attention"] + p.centre_voices * sector["served"]
        assert after["stated_need"] == pytest.approx(
            before["stated_need"] + min(voiced, 1.0) * (need - before["stated_need"]))
