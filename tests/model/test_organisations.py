"""Organisations at home: money, need, expertise, and what fades."""

import numpy as np
import pytest

from alliancelab.agents.codes import Kind
from alliancelab.model import organisations
from alliancelab.model.accounts import Flow
from alliancelab.model.tables import ORGANISATIONS, SECTORS
from tests.support.bench import bench, plain
from tests.support.rows import firm, parameters, row, vector


@pytest.mark.parametrize(("kind", "given", "research"), [
    (Kind.FIRM, 0.0, 5.0), (Kind.FIRM, 2.0, 3.0), (Kind.FIRM, 9.0, 0.0), (Kind.UNIVERSITY, 30.0, 70.0),
])
def test_own_research_is_the_budget_less_what_was_given_to_projects(rule, kind, given, research):
    """7.3: `own_research`."""
    one = row(ORGANISATIONS, kind=kind, size=100.0, given=given)
    assert rule(organisations.own_research)(one, parameters(research_intensity=0.05)) == pytest.approx(research)


def earned(kind=Kind.FIRM, funds=0.0, given=0.0):
    world = bench(cash_margin=0.1, research_intensity=0.05, reserve=0.2, payout=0.5)
    one = world.organisations[0]
    one.kind, one.funds, one.given = kind, funds, given
    plain(organisations.earn_and_spend)(world, 1, one, world.parameters[0])
    ledger = world.ledger[1]
    assert one.funds == pytest.approx(
        funds + ledger[Flow.OPERATING_INCOME] - ledger[Flow.OWN_RESEARCH] - ledger[Flow.PAYOUT])
    return one, ledger


def test_a_firm_earns_its_margin_does_its_own_research_and_pays_out_part_of_what_exceeds_the_reserve():
    """7.3: `earn_and_spend`: a firm of 100 earns 10, researches with 5, and keeps 20 before it pays out."""
    one, ledger = earned()
    assert (one.funds, ledger[Flow.PAYOUT], one.given) == pytest.approx((5.0, 0.0, 0.0))
    assert earned(funds=35.0)[0].funds == pytest.approx(30.0)  # half of the 20 beyond the reserve
    assert earned(given=5.0)[0].funds == pytest.approx(10.0)


def test_research_stops_where_the_purse_is_empty():
    """7.3: own R&D as far as the purse reaches (`earn_and_spend`)."""
    one, ledger = earned(funds=-20.0)
    assert ledger[Flow.OWN_RESEARCH] == 0.0 and one.funds == pytest.approx(-10.0)


def test_others_earn_and_keep_one_quarters_budget():
    """7.3: `earn_and_spend`."""
    one, ledger = earned(Kind.UNIVERSITY, funds=150.0, given=100.0)
    assert ledger[Flow.OPERATING_INCOME] == 100.0 and one.funds == pytest.approx(150.0 + 100.0 - 75.0)


def test_expertise_grows_where_there_is_some_and_demand_for_it_and_fades_everywhere(rule):
    """7.3: `learn_and_forget`: e grows by e x (l x (1 - e) - `forgetting`)."""
    one = firm(expertise=vector(0.5, 0.5, 0.0, 0.9))
    rule(organisations.learn_and_forget)(one, vector(0.4, 0.0, 0.4, 0.4), parameters(forgetting=0.1))
    assert one["expertise"][:4].tolist() == pytest.approx([0.55, 0.45, 0.0, 0.846])


@pytest.mark.parametrize(("kind", "technology", "gap"), [
    (Kind.FIRM, 0.5, 0.5), (Kind.FIRM, 3.0, 0.0), (Kind.UNIVERSITY, 0.0, 0.5),
])
def test_the_gap_of_a_firm_is_what_it_lacks_of_best_practice_and_that_of_others_one_half(kind, technology, gap):
    """7.3: `state_need`."""
    asked = []
    one = row(ORGANISATIONS, kind=kind, productivity=technology)
    sector = row(SECTORS, best_practice=1.0)
    plain(organisations.state_need, need_target=lambda o, g, p: asked.append(g) or 0.0)(one, sector, parameters())
    assert asked == [pytest.approx(gap)]


@pytest.mark.parametrize(("attention", "served", "stated"), [
    (0.0, 0.0, 0.2 + 0.25 * 0.4), (1.0, 0.0, 0.2 + 0.5 * 0.4), (0.0, 1.0, 0.2 + 0.75 * 0.4), (3.0, 3.0, 0.6),
])
def test_need_moves_to_its_target_and_is_put_into_words_faster_where_pilots_or_centres_are(attention, served, stated):
    """7.3: `state_need`: latent need moves from 0.4 half of the way to 0.8."""
    one = row(ORGANISATIONS, need=0.4, stated_need=0.2)
    sector = row(SECTORS, best_practice=1.0, attention=attention, served=served)
    p = parameters(need_speed=0.5, activation=0.25, attention_effect=0.25, centre_voices=0.5)
    plain(organisations.state_need, need_target=lambda *_: 0.8)(one, sector, p)
    assert (one["need"], one["stated_need"]) == pytest.approx((0.6, stated))


def test_a_quarter_moves_technology_to_best_practice_and_lets_skill_reputation_and_credit_return():
    """7.3: technology in use and what fades (`organisations`)."""
    world = bench(firms=2, research=1, own_progress=0.1, method_fade=0.25, reputation_fade=0.5, credit_repair=0.5)
    there = world.organisations
    there["productivity"], there["method_skill"], there["reputation"], there["credit"] = (0.5, 2.0, 0.5), 0.4, 0.9, 0.6
    there["active"][1] = False
    plain(organisations.organisations)(world, 0)
    assert there["productivity"].tolist() == pytest.approx([0.55, 2.0, 0.5])
    assert there["method_skill"].tolist() == pytest.approx([0.3, 0.4, 0.3])
    assert there["reputation"].tolist() == pytest.approx([0.7, 0.9, 0.7]) and there["credit"][0] == pytest.approx(0.8)


def test_expertise_and_capacity_change_once_a_year_for_a_quarter_of_the_organisations():
    """7.3: expertise, capacity (`organisations`); a class is learnt by its demand over the largest."""
    world = bench(firms=8, learning=0.4, forgetting=0.0, capacity_fade=0.5, capacity_firm=1.0, capacity_size=0.0)
    world.organisations["expertise"] = 0.5
    world.sectors["demand"] = vector(0.5, 0.25)
    plain(organisations.organisations)(world, 1)
    changed = np.flatnonzero(world.organisations["capacity"] != 9.0)
    assert changed.tolist() == [3, 7] and world.organisations["capacity"][3] == pytest.approx(5.0)
    assert world.organisations["expertise"][3, :3].tolist() == pytest.approx([0.6, 0.55, 0.5])
