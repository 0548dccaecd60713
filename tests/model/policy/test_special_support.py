"""Special support of alliances in want."""

import pytest

from alliancelab.model.accounts import Flow, Purse
from alliancelab.model.policy import special_support
from tests.support.bench import bench, plain, project, seat
from tests.support.rows import INDUSTRIALISATION, LAUNCH, RESEARCH

ON = {"special_support_amount": 4.0, "special_support_bonus": 0.5, "special_support_years": 1.0,
      "special_support_venture": 0.25, "special_support_stages": 31.0}


def test_a_strong_firm_is_one_of_standing_among_members():
    """Section 8, special support: `has_strong_firm`."""
    world = bench(standing_size=100.0, strong_standing=0.7)
    seat(world, 0, 0, 1)
    assert not plain(special_support.has_strong_firm)(world, 0)
    world.organisations["size"][3] = 900.0
    assert not plain(special_support.has_strong_firm)(world, 0)  # which is no member
    world.organisations["size"][1] = 900.0
    assert plain(special_support.has_strong_firm)(world, 0) is True


@pytest.mark.parametrize(("case", "paid"), [
    ({}, False), ({"grant": 0.1}, True), ({"label": 1.0}, True), ({"label": 1.0, "tick": 8}, False),
    ({"label": 1.0, "support": 0.0}, False),
])
def test_an_alliance_is_paid_already_by_a_grant_or_pilot_support_that_runs(case, paid):
    """Section 8, special support: `is_paid_already`."""
    world = bench(levers={"pilot_selection_support": case.get("support", 1.0), "pilot_selection_years": 2.0})
    world.alliances["label"], world.alliances["pilot"] = case.get("label", 0.0), 0
    project(world, 0, grant=case.get("grant", 0.0))
    assert plain(special_support.is_paid_already)(world, case.get("tick", 7), 0) is paid


def supported(research=False, strong=False, paid_already=False, before=0, stages=31.0, cumulation=0.0, amount=4.0):
    world = bench(research=1, standing_size=100.0, strong_standing=0.7, levers=ON | {
        "special_support_stages": stages, "special_support_cumulation": cumulation, "special_support_amount": amount})
    seat(world, 0, 0, *([4] if research else []))
    world.organisations["size"][0] = 900.0 if strong else 1.0
    world.alliances["supported"], world.alliances["wanting"] = before, 1.0
    plain(special_support.quarterly, is_paid_already=lambda *_: paid_already)(world, 0)
    one = world.alliances[0]
    assert one.funds == one.public_funds == one.public_total == float(one.wanting)  # a quarter of the amount a year
    assert one.supported == before + one.wanting
    return bool(one.wanting)


def test_in_want_is_who_lacks_science_or_a_strong_firm_and_gets_a_quarter_of_the_amount():
    """Section 8, special support: `quarterly`."""
    assert supported() and supported(research=True) and supported(strong=True)
    assert not supported(research=True, strong=True)


def test_support_ends_after_its_years_outside_its_stages_and_where_work_is_paid_already():
    """Section 8, special support: `quarterly`, unless `cumulation` is set."""
    assert supported(before=3) and not supported(before=4)
    assert not supported(stages=0.0) and not supported(amount=0.0)
    assert not supported(paid_already=True) and supported(paid_already=True, cumulation=1.0)


@pytest.mark.parametrize(("amount", "budget", "bonus"), [(1.0, 0.5, 0.5), (1.0, 0.4, 0.0), (0.0, 9.0, 0.0)])
def test_the_bonus_is_promised_while_money_lasts_for_one_more(amount, budget, bonus):
    """Section 8, special support: `promised`."""
    world = bench(budget=budget, levers=ON | {"special_support_amount": amount})
    assert plain(special_support.promised)(world, 0) == bonus


def test_who_was_lacking_is_paid_when_it_joins():
    """Section 8, special support: `reward`."""
    world = bench(levers=ON)
    plain(special_support.reward)(world, 0, 2)
    assert world.organisations["funds"].tolist() == [0.0, 0.0, 0.5, 0.0]
    assert world.ledger[0, Flow.SPECIAL_BONUS] == 0.5 == world.government[0].spent[Purse.SPECIAL_SUPPORT]


@pytest.mark.parametrize(("kind", "public", "private"), [
    (RESEARCH, 0.0, 0.0), (INDUSTRIALISATION, 0.0625, 0.25), (LAUNCH, 0.0625, 0.25),
])
def test_investors_dare_in_proportion_to_the_match_and_as_far_as_it_is_paid(kind, public, private):
    """Section 8, special support: `draw_investors`: a quarter of 1 = 0.5 x 0.5 x 0.5 x 8, a quarter of it matched."""
    world = bench(venture_most=0.5, outlook_half=0.2, levers=ON)
    world.fields["outlook"], world.alliances["governance"] = 0.2, 0.5
    project(world, 0, kind=kind, cost=8.0)
    plain(special_support.draw_investors)(world, 0, 0)
    one = world.alliances[0]
    assert (one.public_funds, one.funds, one.public_total) == pytest.approx((public, public + private, public))
    assert world.ledger[0, Flow.VENTURE] == pytest.approx(private)
