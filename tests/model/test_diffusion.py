"""How members and outsiders come to use results, and what leaks abroad."""

import pytest

from alliancelab.model import diffusion
from alliancelab.model.accounts import Flow
from tests.support.bench import bench, plain, seat
from tests.support.rows import vector


def test_a_firm_closes_a_part_of_its_gap_and_nothing_where_it_is_ahead():
    """7.9: `absorb`."""
    world = bench(firms=2)
    world.organisations["productivity"] = 0.4, 0.9
    for one in world.organisations:
        plain(diffusion.absorb)(world, one, 0, 0.8, 0.5)
    assert world.organisations["productivity"].tolist() == pytest.approx([0.6, 0.9])


def test_in_another_sector_quality_counts_in_units_of_that_one():
    """7.9: quality is multiplied by that sector's best practice over this one's (`absorb`)."""
    world = bench(firms=1, sectors=2)
    world.sectors["best_practice"] = 2.0, 1.0
    plain(diffusion.absorb)(world, world.organisations[1], 0, 0.8, 0.5)
    assert world.organisations["productivity"][1] == pytest.approx(0.2)  # half of the way to 0.4


def test_members_use_the_quality_of_the_quarter_before_and_outsiders_do_not():
    """7.9: `members_use`."""
    world = bench(firms=3, members_absorb=0.25)
    seat(world, 0, 0, 1)
    world.alliances["quality"] = 0.8
    plain(diffusion.members_use)(world, 0)
    assert world.organisations["productivity"].tolist() == pytest.approx([0.2, 0.2, 0.0])


def test_what_is_demanded_elsewhere_is_the_smaller_of_weight_and_demand_by_class():
    """7.9: `demanded`."""
    world = bench()
    world.fields["weights"][0, 0], world.sectors["demand"][0] = vector(0.5, 0.5), vector(0.2, 0.4, 0.4)
    assert plain(diffusion.demanded)(world, 0, world.fields[0, 0]) == pytest.approx(0.6)


@pytest.mark.parametrize(("elsewhere", "row"), [
    (0.21, 3),  # of the own sector
    (0.0, 3), (0.12, 7), (0.16, 3),  # the second tenth points at sector 1, which demands half of it
])
def test_an_adopter_is_a_firm_of_the_sector_or_of_one_that_demands_the_same(elsewhere, row):
    """7.9: `adopter`, with chance `spill_over` a sector is drawn first."""
    world = bench(sectors=2, spill_over=0.2)
    world.fields["weights"][0, 0] = world.sectors["demand"][0] = vector(0.5, 0.5)
    world.sectors["demand"][1] = vector(0.5, 0.0, 0.5)
    draw = plain(diffusion.adopter, luck=lambda index: (0.99, elsewhere)[index % 3])
    assert draw(world, 0, 7, 0, world.fields[0, 0], 0) == row


@pytest.mark.parametrize(("region", "luck", "away"), [(1, 0.29, True), (1, 0.31, False), (0, 0.0, False)])
def test_those_of_other_regions_are_turned_away_with_the_chance_of_confinement(region, luck, away):
    """7.9: `is_turned_away`."""
    world = bench()
    world.alliances["confined"], world.organisations["region"][0] = 0.3, region
    assert plain(diffusion.is_turned_away, luck=luck)(world, 0, 7, 0, 0, 0) == away


def taught(mandate=0.0, rewarded=0.0, funds=100.0):
    world = bench(adopters_absorb=0.2, taught_absorb=0.6, teaching_cost=1.0)
    one = world.alliances[0]
    one.mandate, one.rewarded, one.funds = mandate, rewarded, funds
    return plain(diffusion.teach_adopters)(world, 0, 0, 4), one, world.ledger[0]


def test_adopters_absorb_more_where_they_are_taught_and_nobody_teaches_for_nothing():
    """7.9: `teach_adopters`: of four adopters what a subsidy pays for, of the others what a mandate asks for."""
    gap, one, _ = taught()
    assert gap == pytest.approx(0.2) and one.funds == 100.0
    gap, one, _ = taught(mandate=1.0)
    assert gap == pytest.approx(0.6) and one.funds == 96.0
    assert taught(mandate=1.0, funds=1.0)[0] == pytest.approx(0.3)  # one of four could be taught
    gap, one, _ = taught(mandate=0.5)
    assert gap == pytest.approx(0.4) and one.funds == 98.0
    gap, one, ledger = taught(rewarded=0.5)
    assert gap == pytest.approx(0.4) and (one.funds, ledger[Flow.DIFFUSION_SUBSIDY]) == (100.0, 2.0)
    gap, one, ledger = taught(mandate=0.5, rewarded=0.5)
    assert gap == pytest.approx(0.5) and (one.funds, ledger[Flow.DIFFUSION_SUBSIDY]) == (99.0, 2.0)


def spreading(launched=0.5, drawn=2, firms=6, members=1, adopters=0.0, p=0.2, q=0.4, diffused=0.0, **changes):
    """Rates asked for, and the world after `drawn` of the outsiders adopted: rows 1 and 2 of one sector."""
    world = bench(firms=firms, adopters_absorb=0.5, **changes)
    seat(world, 0, *range(members))
    line = world.lines[0, 0]
    line.launched, line.adopters, line.diffusion = launched, adopters, diffused
    world.fields["vintage"] = 1.6
    asked = []
    plain(diffusion.spread, luck=0.5, imitation_rates=lambda *_: (p, q), adopter=lambda w, d, key, s, f, j: 1 + j,
          binomial=lambda trials, chance, u: asked.append((trials, chance)) or drawn)(world, 3, 0, 0)
    return asked, line, world


def test_of_those_who_have_not_adopted_a_binomial_number_adopts_by_launch_and_diffusion():
    """7.9: `spread` with chance (p + q x diffusion) x launched, at most 1."""
    assert spreading()[0] == [(5, pytest.approx(0.1))]
    assert spreading(diffused=0.5, adopters=2.0)[0] == [(3, pytest.approx(0.2))]
    assert spreading(p=9.0)[0] == [(5, 1.0)]
    assert spreading(launched=0.0)[0] == [] and spreading(firms=1)[0] == []  # nothing on the market, nobody outside


def test_adopters_close_a_part_of_the_gap_to_what_is_launched_and_diffusion_is_their_share():
    """7.9: `spread`: launched x vintage is 0.8."""
    _, line, world = spreading()
    assert world.organisations["productivity"].tolist() == pytest.approx([0.0, 0.4, 0.4, 0.0, 0.0, 0.0])
    assert (line.adopters, line.diffusion, world.curves["adoptions"][3]) == (2.0, pytest.approx(0.4), 2.0)


def test_diffusion_is_at_most_all():
    """7.9: `spread`: firms that failed since may have adopted, too."""
    assert spreading(adopters=4.0)[1].diffusion == 1.0


def test_in_another_sector_an_adopter_closes_less_and_is_counted_by_line():
    """7.9: a x the share demanded there (`spread`)."""
    world = bench(firms=2, sectors=2, adopters_absorb=0.5)
    line = world.lines[0, 0]
    line.launched = 0.8
    world.fields["weights"][0, 0], world.sectors["demand"][1] = vector(1.0), vector(0.25, 0.75)
    plain(diffusion.spread, luck=0.5, imitation_rates=lambda *_: (0.1, 0.0), adopter=lambda *_: 3,
          binomial=lambda *_: 1)(world, 0, 0, 0)
    assert (line.adopters, line.adopters_elsewhere) == (1.0, 1.0)
    assert world.organisations["productivity"][3] == pytest.approx(0.8 * 0.5 * 0.25)


def test_a_vacant_row_may_be_drawn_and_counts():
    """7.9: `spread`."""
    world = bench(firms=4)
    world.lines["launched"][0, 0], world.organisations["active"][2] = 1.0, False
    plain(diffusion.spread, luck=0.5, imitation_rates=lambda *_: (0.1, 0.0), adopter=lambda *_: 2,
          binomial=lambda *_: 1)(world, 0, 0, 0)
    assert world.lines["adopters"][0, 0] == 1.0 and world.organisations["productivity"][2] == 0.0


def test_quality_is_what_can_be_produced_in_units_of_the_first_vintage():
    """7.9: industrialised x vintage (`quality_of`)."""
    world = bench()
    world.lines["industrialised"][0, 0], world.fields["vintage"][0, 0] = 0.5, 1.6
    assert plain(diffusion.quality_of)(world, 0, 0) == pytest.approx(0.8)


def test_lines_are_summed_up_to_the_main_one_the_best_quality_and_the_widest_diffusion():
    """7.9: `sum_up`; the main line has the largest knowledge x vintage in a living field (section 2)."""
    world = bench(fields=3)
    world.alliances["lines"] = 3
    lines = world.lines[0]
    lines["field"][:3] = 0, 1, 2
    lines["knowledge"][:3], world.fields["vintage"][0, :3] = (0.9, 0.8, 0.9), (1.0, 1.5, 2.0)
    lines["launched"][:3], lines["industrialised"][:3] = (0.1, 0.2, 0.3), (0.2, 0.3, 0.1)
    lines["adopters"][:3], lines["diffusion"][:3] = (3.0, 2.0, 1.0), (0.3, 0.2, 0.1)
    world.fields["alive"][0, 2] = False
    plain(diffusion.sum_up)(world, 0)
    one = world.alliances[0]
    assert (one.field, one.technology, one.conversion) == (1, 0.8, pytest.approx(0.25))
    assert (one.quality, one.adopters, one.diffusion) == pytest.approx((0.45, 6.0, 0.3))


def leaked(kept=0.0, before=0.0, diffused=0.5):
    world = bench(leak_rate=0.4, leak_fade=0.1)
    one = world.alliances[0]
    one.diffusion, one.kept_home, one.leaked = diffused, kept, before
    plain(diffusion.leak)(world, 0)
    return one.leaked


def test_what_is_in_use_leaks_unless_it_is_kept_in_the_nation_and_fades():
    """7.9: `leak`."""
    assert leaked() == pytest.approx(0.2) and leaked(kept=1.0) == leaked(diffused=0.0) == 0.0
    assert leaked(before=0.5) == pytest.approx(0.5 + 0.1 - 0.05) and leaked(kept=1.0, before=0.5) == pytest.approx(0.45)


def test_members_use_then_lines_spread_then_property_is_traded_then_all_is_summed_up():
    """7.9: `diffusion`: so members use the quality of the quarter before."""
    world = bench()
    world.alliances["lines"] = 2
    called = []
    def note(name):
        return lambda *arguments: called.append(name)
    plain(diffusion.diffusion, members_use=note("use"), spread=note("spread"), trade=note("trade"),
          sum_up=note("sum"), leak=note("leak"))(world, 0)
    assert called == ["use", "spread", "spread", "trade", "sum", "leak"]
