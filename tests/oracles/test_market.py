"""Sales and the benefit split against slow and obvious Python."""

import numpy as np
import pytest

from alliancelab.agents.codes import Kind
from alliancelab.model import market as markets
from alliancelab.model.accounts import Flow
from tests.support.oracles import NOW, living, members_of, seats_of
from tests.support.worlds import plain_setup, world_at

share_benefit = markets.share_benefit


def shared(busy, a):
    """What members got of an alliance's revenue, their fees, and the world after it."""
    world = busy.copy()
    world.parameters["fee"] = 0.0
    share_benefit(world, NOW, a)
    got = [float(m["funds"] - b["funds"]) for b, m in zip(members_of(busy, a), members_of(world, a), strict=True)]
    alliance = busy.alliances[a]
    free = max(alliance["funds"] - alliance["public_funds"], 0.0)
    out = min(float(alliance["revenue"] * (1.0 - world.parameters["retention"][0])), float(free))
    return np.array(got), out, world


def test_the_benefit_split_hands_out_what_is_not_retained_to_the_last_yuan_and_no_public_money(busy):
    for a in living(busy):
        received, out, world = shared(busy, a)
        assert received.sum() == pytest.approx(out, abs=1e-9)
        assert busy.alliances["funds"][a] - world.alliances["funds"][a] == pytest.approx(out, abs=1e-9)
        assert world.ledger[NOW, Flow.BENEFIT] - busy.ledger[NOW, Flow.BENEFIT] == pytest.approx(out, abs=1e-9)
        assert world.alliances["public_funds"][a] == busy.alliances["public_funds"][a]


def test_firms_share_by_what_they_gave_over_years_and_research_partners_share_the_royalty(busy):
    both = [a for a in living(busy) if busy.alliances["firms"][a] > 0 and busy.alliances["research"][a] > 0]
    assert both
    for a in both:
        received, out, world = shared(busy, a)
        p = world.parameters[0]
        given_ = seats_of(busy, a)["cost"] + p.write_off * (seats_of(busy, a)["contribution"] - seats_of(busy,
                                                                                                         a)["cost"])
        assert seats_of(world, a)["cost"] == pytest.approx(given_)
        given_ = given_ + p.benefit_floor  # so that a purse without contributions is split evenly
        is_firm = np.array([m["kind"] == Kind.FIRM for m in members_of(world, a)])
        firms = out * (1.0 - p.royalty) * given_[is_firm] / given_[is_firm].sum()
        others = out * p.royalty * given_[~is_firm] / given_[~is_firm].sum()
        assert received[is_firm] == pytest.approx(firms, abs=1e-9)
        assert received[~is_firm] == pytest.approx(others, abs=1e-9)


def test_members_pay_their_fees_into_the_purse_as_far_as_their_own_reach(busy):
    for a in living(busy):
        _, out, _ = shared(busy, a)
        world = busy.copy()
        share_benefit(world, NOW, a)
        signed = busy.alliances["signed"][a] >= 0
        fees = sum(min(float(world.parameters["fee"][0]), max(float(m["funds"]), 0.0)) for m in members_of(busy, a))
        moved = world.alliances["funds"][a] - busy.alliances["funds"][a]
        assert moved == pytest.approx(fees * signed - out, abs=1e-9)


def test_rivals_imitators_and_the_world_split_a_market_by_squared_quality_launched():
    world = world_at(plain_setup(23, sizes={"firms": 360, "quarters": 120}), 80)
    markets.market(world, 80)
    p = world.parameters[0]
    sold = 0
    for a in living(world):
        own, power = world.alliances[a], 0.0
        for line in world.lines[a, : own["lines"]]:
            field = world.fields[int(own["sector"]), int(line["field"])]
            there = [other for b in living(world) if world.alliances["sector"][b] == own["sector"]
                     for other in world.lines[b, : world.alliances["lines"][b]] if other["field"] == line["field"]]
            assert field["alliances"] == len(there)
            used = sum(float(other["launched"]) ** 2 for other in there)
            imitated = sum(
                min(float(other["diffusion"] + world.alliances["leaked"][b]), 1.0) * float(other["launched"]) ** 2
                for b in living(world) if world.alliances["sector"][b] == own["sector"]
                for other in world.lines[b, : world.alliances["lines"][b]] if other["field"] == line["field"])
            outside = p.outside_strength * float(field["frontier"]) ** 2
            mine = float(line["launched"]) ** 2 / (used + outside + p.imitation_strength * imitated + 1e-9)
            assert line["market_share"] == pytest.approx(mine)
            power += float(field["share"]) * mine
            sold += mine > 0.0
        revenue = p.margin * p.addressable * world.sectors["market"][own["sector"]] * power
        assert own["power"] == pytest.approx(power) and own["revenue"] == pytest.approx(revenue)
    assert sold > 5
