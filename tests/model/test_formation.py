"""Who founds an alliance, in which field, with whom, and on what terms."""


import numpy as np
import pytest

from alliancelab.agents.codes import Stage
from alliancelab.model import formation, seats
from alliancelab.model.accounts import Count, Flow
from alliancelab.model.tables import TEAM_LIMIT
from tests.support.bench import bench, members, partners, plain, seat


def team_of(*rows):
    team = np.zeros(TEAM_LIMIT, np.int32)
    team[: len(rows)] = rows
    return team


def chosen(outlooks, **changes):
    world = bench(fields=3, choice_noise=0.0)
    world.fields["outlook"][0, :3] = outlooks
    for name, value in changes.items():
        world.fields[name][0, :3] = value
    return plain(formation.choose_field, luck=0.5)(world, 0, 0, 0.0)


def test_a_founder_takes_the_living_field_that_appeals_most():
    """7.4: `choose_field`: by promise, shared with rivals, and by its own fit."""
    assert chosen((0.1, 0.5, 0.3)) == 1
    assert chosen((0.1, 0.5, 0.3), alive=(True, False, True)) == 2
    assert chosen((0.5, 0.5, 0.5), alliances=(4, 0, 4)) == 1
    assert chosen((0.5, 0.5, 0.5), frontier=(1.0, 1.0, 0.0)) == 2


def test_chance_can_outweigh_appeal():
    """7.4: `choose_field` adds `choice_noise` x a Gumbel draw."""
    world = bench(fields=2, choice_noise=1000.0)
    world.fields["outlook"][0, :2] = 0.9, 0.1
    choose = plain(formation.choose_field, luck=lambda index: (0.1, 0.9)[index])
    assert choose(world, 0, 0, 0.0) == 1


def invited(yes, want=3, refusals=2.0, **parameters):
    """A founder in row 0 meets rows 1, 2, 3, 1, 2, 3 in turn."""
    parameters = {"candidates_met": 6.0, "standing_size": 100.0, "refusals_borne": refusals / 0.7} | parameters
    world = bench(**parameters)
    team = team_of()
    count = plain(formation.invite, luck=0.5, meet=lambda w, draws, key, k, *_: 1 + k % 3,
                  says_yes=lambda w, candidate, *_: int(candidate.key) - 1 in yes)(world, 0, 0, 0, 0.0, want, team)
    return team[:count].tolist()


def test_the_founder_invites_until_enough_agree():
    """7.4: `invite`. Standing is one half, so refusals borne are 0.7 x `refusals_borne`."""
    assert invited({1, 2, 3}) == [0, 1, 2] and invited({1, 2, 3}, want=4) == [0, 1, 2, 3]


def test_the_search_ends_at_too_many_refusals():
    """7.4: `invite`: refusals reach `refusals_borne` x (0.2 + standing)."""
    assert invited({3}, refusals=1.9) == [0] and invited({3}, refusals=2.1) == [0, 3]


def test_no_more_are_met_than_there_are_candidates():
    """7.4: whom it meets, at most `candidates_met` times."""
    assert invited({1, 2, 3}, want=4, candidates_met=1.0) == [0, 1]


def test_bonuses_are_offered_to_those_they_are_meant_for():
    """7.4: `invite`: that of research incentives to science, that of special support for what the team lacks."""
    offered = {}
    world = bench(research=1, candidates_met=3.0, refusals_borne=9.0, standing_size=100.0, strong_standing=0.9,
                  levers={"research_incentives_bonus": 0.3, "special_support_amount": 1.0,
                          "special_support_bonus": 0.5})
    def note(w, candidate, offer, *_):
        offered[int(candidate.key) - 1] = offer.bonus
        return False
    plain(formation.invite, luck=0.5, meet=lambda w, draws, key, k, *_: (1, 4, 2)[k], says_yes=note)(
        world, 0, 0, 0, 0.0, 3, team_of())
    assert offered == pytest.approx({1: 0.0, 2: 0.0, 4: 0.8})


def test_the_offer_has_the_means_of_those_who_are_in_already():
    """7.4: means are over those who are in already (`invite`)."""
    seen = []
    world = bench(candidates_met=3.0, refusals_borne=9.0)
    world.organisations["reputation"], world.organisations["opportunism"] = (0.2, 0.6, 0.7, 0.9), (0.1, 0.3, 0.2, 0.0)
    def note(w, candidate, offer, *_):
        seen.append((float(offer.reputation), float(offer.opportunism)))
        return True
    plain(formation.invite, luck=0.5, meet=lambda w, draws, key, k, *_: 1 + k, says_yes=note)(
        world, 0, 0, 0, 0.0, 4, team_of())
    assert seen == [pytest.approx((0.2, 0.1)), pytest.approx((0.4, 0.2)), pytest.approx((0.5, 0.2))]


@pytest.mark.parametrize(("rows", "holds"), [((0, 1, 2), True), ((0, 1), False), ((0, 4, 5), False), ((0, 1, 4), True)])
def test_an_alliance_needs_enough_founders_two_firms_among_them(rows, holds):
    """7.4: `composition_holds`."""
    world = bench(research=2, team_least=3.0)
    assert plain(formation.composition_holds)(world, team_of(*rows), len(rows), world.parameters[0]) is holds


def test_a_new_alliance_begins_in_formation_with_one_line_and_has_noticed_all_fields():
    """7.4: `new_row`."""
    world = bench(fields=3, knowledge_start=0.15)
    a = plain(formation.new_row)(world, 5, 2, 1)
    one, line = world.alliances[a], world.lines[a, 0]
    assert (a, one.host, one.founded, one.signed, one.stage, one.lines) == (1, 2, 5, -1, Stage.FORMATION, 1)
    assert (line.field, line.knowledge, int(one.seen) & 7) == (1, 0.15, 7)
    assert world.fields["alliances"][0, :3].tolist() == [0, 1, 0]
    assert world.live[world.counts[Count.LIVE] - 1] == a


def founded(**changes):
    """Three founders found: needs 0.2, 0.4 and 0.6, reputations of 0.8, middling luck."""
    values = {"trust_start": 0.4, "trust_repeat": 0.3, "trust_reputation": 0.5, "governance_start": 0.3,
              "contract_guard": 0.5, "fund_rules": 0.6, "evenness": 0.7, "terms_spread": 0.4, "clarity_start": 0.2,
              "clarity_motive": 0.5, "satisfaction_start": 0.55, "knowledge_start": 0.1}
    world = bench(**values | changes.pop("parameters", {}))
    world.organisations["stated_need"][:3] = 0.2, 0.4, 0.6
    world.organisations["reputation"] = 0.8
    for name, value in changes.pop("sector", {}).items():
        world.sectors[name] = value
    if changes.get("known"):
        seats.remember.py_func(world.organisations[0], 1, world.organisations[1].key)
    a = plain(formation.found, luck=changes.get("luck", 0.5))(world, 3, 0, 0, team_of(0, 1, 2), 3)
    return world, world.alliances[a]


def test_terms_of_a_contract_are_its_means_where_luck_is_middling():
    """7.4: `found`, the table of terms."""
    world, one = founded()
    assert one.motive == pytest.approx(0.4) and one.trust == pytest.approx(0.4 + 0.5 * 0.3)
    assert (one.governance, one.binding, one.fund_rules, one.evenness) == pytest.approx((0.3, 0.5, 0.6, 0.7))
    assert (one.openness, one.clarity) == pytest.approx((0.5, 0.4))
    assert members(world, 1) == [0, 1, 2] and world.seats["satisfaction"][:3].tolist() == [0.55] * 3
    assert world.organisations["project_count"].tolist() == [1, 1, 1, 0]  # a place kept free for a project


@pytest.mark.parametrize(("luck", "trust", "governance", "binding"), [(1.0, 0.65, 0.5, 0.7), (0.0, 0.45, 0.1, 0.3)])
def test_terms_differ_between_contracts_by_chance(luck, trust, governance, binding):
    """7.4: `found`: `terms_spread` x (U - 1/2); trust 0.2 (U - 1/2)."""
    _, one = founded(luck=luck)
    assert (one.trust, one.governance, one.binding) == pytest.approx((trust, governance, binding))


def test_former_partners_among_founders_add_trust_in_proportion():
    """7.4: `found`: `trust_repeat` x former partners / founders."""
    assert founded(known=True)[1].trust - founded()[1].trust == pytest.approx(0.3 / 3.0)


def test_trust_begins_within_bounds():
    """7.4: trust is kept in [0.05, 0.95] (`found`)."""
    assert [founded(parameters={"trust_start": start})[1].trust for start in (-3.0, 3.0)] == [0.05, 0.95]


def test_pilots_that_teach_raise_governance_to_their_level_and_rules_for_funds():
    """7.4: `learn_from_pilots`, and nothing where nobody teaches or pilots are behind."""
    taught = {"parameters": {"experience_founding": 0.5}, "sector": {"teaching": 0.8, "pilot_governance": 0.8}}
    _, one = founded(**taught)
    assert one.governance == pytest.approx(0.3 + 0.4 * 0.5) and one.fund_rules == pytest.approx(0.6 + 0.4 * 0.4)
    world = bench(experience_founding=0.5)
    world.sectors["teaching"], world.sectors["pilot_governance"] = 1.0, 0.2
    world.alliances["governance"] = 0.6
    plain(formation.learn_from_pilots)(world, world.alliances[0])
    assert world.alliances[0].governance == 0.6


@pytest.mark.parametrize(("row", "key", "former"), [(1, 2, True), (1, 99, False), (2, 2, False)])
def test_a_former_partner_is_remembered_by_row_and_key(row, key, former):
    """7.4: `is_former`; a newborn in a failed partner's row is a stranger."""
    world = bench()
    seats.remember.py_func(world.organisations[0], 1, world.organisations[1].key)
    assert plain(formation.is_former)(world.organisations[0], key, row) is former


def negotiating(size=4, trust=0.5, quarters=1, **changes):
    world = bench(firms=6, negotiation_speed=0.2, founding_size=4.0, **{"team_least": 2.0} | changes)
    seat(world, 0, *range(size))
    world.alliances["signed"], world.alliances["trust"] = -1, trust
    for tick in range(quarters):
        plain(formation.negotiate, sign=lambda w, t, a, team: w.alliances[a].__setattr__("signed", t))(
            world, tick, 0, team_of())
    return world.alliances[0]


def test_negotiations_are_faster_with_trust_and_fewer_founders():
    """7.4: `negotiate`: 0.2 x (0.5 + trust) x the root of 4 / members."""
    assert negotiating().readiness == pytest.approx(0.2)
    assert negotiating(trust=1.0).readiness == pytest.approx(0.3)
    assert negotiating(size=1).readiness == pytest.approx(0.4)


def test_the_contract_is_signed_when_it_is_ready_and_founders_are_enough():
    """7.4: `negotiate`."""
    assert negotiating(quarters=4).signed == -1 and negotiating(quarters=5).signed == 4
    assert negotiating(quarters=9, team_least=5.0).signed == -1


def signed(**changes):
    world = bench(term=10.0, term_spread=2.0, **changes)
    seat(world, 0, 1, 0, 2)
    world.alliances["signed"], world.alliances["host"] = -1, 0
    world.organisations["project_count"][:3] = 1
    plain(formation.sign, luck=0.5)(world, 7, 0, team_of())
    return world


def test_signing_sets_the_term_and_begins_the_first_project_with_all_members_led_by_the_founder():
    """7.4: `sign`."""
    world = signed()
    one, first = world.alliances[0], world.projects[0]
    assert (one.signed, one.term_end, one.running) == (7, 17, 1)
    assert sorted(partners(world, 0)) == [0, 1, 2] and first.coordinator == world.organisations[0].key
    assert (first.kind, first.line, first.grant) == (0, 0, 0.0)
    assert world.organisations["project_count"][:3].tolist() == [1, 1, 1]  # the promise becomes the project


def test_no_term_is_shorter_than_six_quarters():
    """7.4: `sign`."""
    world = bench(term=1.0, term_spread=0.0)
    seat(world, 0, 0, 1)
    plain(formation.sign, luck=0.5)(world, 7, 0, team_of())
    assert world.alliances[0].term_end == 13


def test_members_share_equally_what_setting_up_costs_beyond_the_subsidy():
    """7.4: `set_up`; all of it is spent at once."""
    world = bench(set_up_cost=1.0, levers={"startup_subsidy_share": 0.25})
    seat(world, 0, 0, 1, 2, 3)
    world.alliances["region"] = 0
    plain(formation.set_up)(world, 3, 0)
    assert world.organisations["funds"].tolist() == [-0.75] * 4
    ledger = world.ledger[3]
    assert (ledger[Flow.SET_UP], ledger[Flow.CONTRIBUTION], ledger[Flow.STARTUP_SUBSIDY]) == (4.0, 3.0, 1.0)


def tried(luck=0.29, hazard=0.3, want=3, agree=3, **changes):
    parameters = {"team_least": 3.0, "need_relief": 0.25, "founding_size": want, "founding_spread": 0.0} | changes
    world = bench(**parameters)
    world.organisations["stated_need"] = 0.8
    asked = []
    def invite(w, tick, row, f, subsidy, wanted, team):
        asked.append(wanted)
        team[:agree] = range(agree)
        return agree
    plain(formation.try_to_found, luck=luck, initiation_hazard=lambda *_: hazard, invite=invite)(
        world, 2, 0, team_of())
    return world, asked


def test_a_firm_whose_draw_lies_below_its_hazard_looks_for_partners_and_founds_if_enough_agree():
    """7.4: `try_to_found`."""
    world, asked = tried()
    assert world.counts[Count.ALLIANCES] == 2 and world.curves["founded"][2] == 1 and asked == [3]
    assert world.organisations["stated_need"][0] == pytest.approx(0.6)  # loses the part `need_relief`
    assert tried(luck=0.31)[1] == []
    world, asked = tried(agree=2)
    assert world.counts[Count.ALLIANCES] == 1 and asked == [3] and world.organisations["stated_need"][0] == 0.8


@pytest.mark.parametrize(("want", "asked"), [(5.0, 5), (1.0, 3), (500.0, TEAM_LIMIT)])
def test_a_founder_plans_for_a_usual_number_within_bounds(want, asked):
    """7.4: `try_to_found`: how many."""
    assert tried(want=want)[1] == [asked]


def test_firms_passed_by_at_once_are_those_above_any_hazard():
    """7.4: `find_initiators`, by a bound that no hazard exceeds: 0.1 x (1 + 0.5) / (1 - 0.25)."""
    world = bench(firms=4, initiation_rate=0.1, subsidy_pull=0.5, need_threshold=0.25)
    draws = {1: 0.19, 2: 0.21, 3: 0.0, 4: 0.9}
    plain(formation.find_initiators, uniform=lambda stream, key, index: draws[int(key)])(world, 0)
    assert world.initiators[: world.counts[Count.INITIATORS]].tolist() == [0, 2]


def test_negotiations_go_on_before_firms_start_new_ones():
    """7.4: `formation`."""
    called = []
    world = bench(alliances=2)
    world.alliances["signed"][0] = -1
    world.counts[Count.INITIATORS], world.initiators[0] = 1, 3
    plain(formation.formation, negotiate=lambda w, tick, a, team: called.append(("negotiates", int(a))),
          try_to_found=lambda w, tick, i, team: called.append(("starts", int(i))))(world, 0)
    assert called == [("negotiates", 0), ("starts", 3)]


def test_half_of_deadweight_is_the_drive_beyond_the_threshold_that_was_there_without_the_subsidy():
    """Section 8, start-up subsidy: deadweight; drive 0.7 alone, 0.9 with the subsidy, threshold 0.5."""
    world = bench(team_least=2.0, need_threshold=0.5, subsidy_pull=0.4, public_good_loss=0.0, mandate_loss=0.0,
                  founding_size=2.0, founding_spread=0.0, levers={"startup_subsidy_share": 0.5})
    world.organisations["stated_need"] = 0.7
    def invite(w, tick, row, f, subsidy, wanted, team):
        team[:2] = 0, 1
        return 2
    plain(formation.try_to_found, luck=0.0, invite=invite, initiation_hazard=lambda *_: 1.0)(world, 0, 0, team_of())
    assert world.alliances["deadweight"][1] == pytest.approx(0.5)
