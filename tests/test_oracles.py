"""Compiled processes against slow and obvious Python, on small worlds; and against the mean-field limits."""

from math import exp, sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from alliancelab.agents.codes import Event, Kind, Stage
from alliancelab.agents.firm_rules import initiation_hazard, public_loss
from alliancelab.agents.organisation_rules import coverage_gain, engagement, exit_hazard, overlap
from alliancelab.model import contract, cooperation, diffusion, environment, membership
from alliancelab.model import renewal as renewing
from alliancelab.model.accounts import Count, Flow
from alliancelab.model.contract import covered
from alliancelab.model.formation import formation
from alliancelab.model.initialise import new_world
from alliancelab.model.life_cycle import stage
from alliancelab.model.organisations import organisations
from alliancelab.model.randomness import Process, stream, uniform
from alliancelab.model.simulation import make_space, simulate
from alliancelab.model.step import PROCESSES
from alliancelab.model.tables import ALLIANCES, CLASSES, ORGANISATIONS, table_type
from tests.worlds import copy_of, from_python, plain_setup, small_setup, world_at

best_expertise, contribute, share_benefit, spread, move_market, exits, innovate_on = map(from_python, (
    contract.best_expertise, cooperation.contribute, cooperation.share_benefit, diffusion.spread,
    environment.move_market, membership.exits, renewing.innovate_on,
))

NOW = 30
PLENTY = {"initiation_rate": 0.2}


@pytest.fixture(scope="module")
def busy():
    """A small world after thirty quarters with all on but what changes contributions; tests that change it copy it."""
    return world_at(small_setup(21, parameters=PLENTY, method_training_intensity=0.0, tax_preference_rate=0.0), NOW)


def living(world):
    return [int(a) for a in world.live[: world.counts[Count.LIVE]]]


def seats_of(world, a):
    return world.seats[world.alliances["block"][a], : world.alliances["size"][a]]


def members_of(world, a):
    return [world.organisations[row] for row in seats_of(world, a)["row"]]


def luck(world, process, tick, entity, index):
    return uniform(np.uint64(stream(world.seed[0], process, tick)), np.uint64(entity), index)


# --- complementary strengths -----------------------------------------------------------------------------------------


def test_coverage_is_the_best_member_in_every_class_weighted_by_the_field(busy):
    assert len(living(busy)) > 5
    for a in living(busy):
        field = busy.fields[busy.alliances["sector"][a], busy.alliances["field"][a]]
        best = best_expertise(busy, a, np.empty(CLASSES))
        expected = [max(float(m["expertise"][d]) for m in members_of(busy, a)) for d in range(CLASSES)]
        assert best.tolist() == expected
        weighted = sum(w * e for w, e in zip(field["weights"].tolist(), expected, strict=True))
        assert covered(field["weights"], best) == pytest.approx(weighted)


share = st.floats(0.0, 1.0)
twelve = st.lists(share, min_size=CLASSES, max_size=CLASSES).map(np.array)


@given(twelve, twelve, twelve)
def test_what_a_candidate_adds_and_what_it_shares_make_up_what_it_can(expertise, best, weights):
    candidate = np.zeros(1, table_type(ORGANISATIONS))
    candidate["expertise"] = expertise
    gain, common = coverage_gain(candidate[0], weights, best), overlap(candidate[0], weights, best)
    assert gain + common == pytest.approx(float(weights @ expertise))
    assert covered(weights, best) + gain == pytest.approx(covered(weights, np.maximum(best, expertise)))


# --- money -----------------------------------------------------------------------------------------------------------


def test_each_member_contributes_what_it_engages_of_its_budget_shared_over_its_alliances(busy):
    p = busy.parameters[0]
    for a in living(busy):
        world = copy_of(busy)
        before = [float(m["funds"]) for m in members_of(busy, a)]
        expected = []
        for seat, member in zip(seats_of(busy, a), members_of(busy, a), strict=True):
            budget = p.alliance_share * member["size"] / member["alliance_count"]
            budget *= p.research_intensity if member["kind"] == Kind.FIRM else 1.0
            given_ = engagement(seat, member, busy.alliances[a], p) * budget
            expected.append(min(given_, max(float(member["funds"]), 0.0)))
        total = contribute(world, NOW, a)
        assert seats_of(world, a)["contribution"].tolist() == pytest.approx(expected)
        assert total == pytest.approx(sum(expected))
        assert world.alliances["funds"][a] - busy.alliances["funds"][a] == pytest.approx(total)
        paid = np.array(before) - [float(m["funds"]) for m in members_of(world, a)]
        assert paid == pytest.approx(expected, abs=1e-9)
        noted = np.array([float(m["given"]) for m in members_of(world, a)])
        assert noted - [float(m["given"]) for m in members_of(busy, a)] == pytest.approx(expected)


def test_the_benefit_split_hands_out_what_is_not_retained_to_the_last_yuan(busy):
    for a in living(busy):
        world = copy_of(busy)
        before = sum(float(m["funds"]) for m in members_of(world, a))
        out = float(world.alliances["revenue"][a]) * (1.0 - world.parameters["retention"][0])
        share_benefit(world, NOW, a)
        received = sum(float(m["funds"]) for m in members_of(world, a)) - before
        assert received == pytest.approx(out, abs=1e-9)
        assert busy.alliances["funds"][a] - world.alliances["funds"][a] == pytest.approx(out, abs=1e-9)
        assert world.ledger[NOW, Flow.BENEFIT] - busy.ledger[NOW, Flow.BENEFIT] == pytest.approx(out, abs=1e-9)


def test_firms_share_by_contribution_and_research_partners_share_the_royalty(busy):
    mixed = [a for a in living(busy) if busy.alliances["firms"][a] > 0 and busy.alliances["research"][a] > 0]
    assert mixed
    for a in mixed:
        world = copy_of(busy)
        before = [float(m["funds"]) for m in members_of(world, a)]
        out = float(world.alliances["revenue"][a]) * (1.0 - world.parameters["retention"][0])
        royalty = float(world.parameters["royalty"][0])
        given_ = seats_of(world, a)["contribution"] + 1e-6  # so that a purse without contributions is split evenly
        is_firm = np.array([m["kind"] == Kind.FIRM for m in members_of(world, a)])
        share_benefit(world, NOW, a)
        received = np.array([float(m["funds"]) for m in members_of(world, a)]) - before
        firms = out * (1.0 - royalty) * given_[is_firm] / given_[is_firm].sum()
        others = out * royalty * given_[~is_firm] / given_[~is_firm].sum()
        assert received[is_firm] == pytest.approx(firms, abs=1e-9)
        assert received[~is_firm] == pytest.approx(others, abs=1e-9)


def test_steady_renewal_without_a_free_yuan_absorbs_nothing(busy):
    for a in living(busy):
        world = copy_of(busy)
        world.alliances["renewal"][a] = 0.01
        world.alliances["funds"][a] = world.alliances["public_funds"][a] = 0.0
        younger = world.sectors["field_count"][world.alliances["sector"][a]] - 1
        innovate_on(world, NOW, a, younger, 1.0)
        assert world.alliances["renewal"][a] in (0.01, 0.0)  # unchanged, or used up where the fields are that alike


# --- membership ------------------------------------------------------------------------------------------------------


def test_those_leave_whose_draw_lies_below_their_hazard_whatever_their_seat(busy):
    left_at_all = 0
    world = copy_of(busy)
    world.parameters["exit_rate"] = 0.9  # enough leave for the order of seats to change under the loop
    for a in living(busy):
        leaving = set()
        for seat, member in zip(seats_of(world, a), members_of(world, a), strict=True):
            hazard = exit_hazard(seat, member, world.alliances[a], world.parameters[0])
            index = int(seat["key"]) >> 16
            if luck(world, Process.EXITS, NOW, world.alliances["key"][a], index) < hazard:
                leaving.add(int(seat["key"]))
        before = set(seats_of(world, a)["key"].tolist())
        exits(world, NOW, a)
        assert before - set(seats_of(world, a)["key"].tolist()) == leaving
        assert world.alliances["exits"][a] - busy.alliances["exits"][a] == len(leaving)
        left_at_all += len(leaving)
    assert left_at_all > 5


# --- founding --------------------------------------------------------------------------------------------------------

WILLING = {  # nobody refuses, strangers are met at once, so every search ends in a contract
    "accept_constant": 10.0, "accept_risk": 0.0, "accept_loss": 0.0, "coordination": 0.0, "founding_least": 2.0,
    "meet_partner": 0.0, "meet_partners_partner": 0.0, "firm_alliances": 12.0, "initiation_rate": 1.0,
    "need_threshold": 0.0, "founding_most": 3.0,
}
FIRMS_ONLY = {"universities": 0, "institutes": 0, "agencies": 0}


def before_formation(seed, firms=120):
    """A new world of willing firms just before its first founders look for partners, and each firm's hazard."""
    setup = plain_setup(seed, sizes=FIRMS_ONLY | {"firms": firms}, parameters=WILLING)
    world = make_space(new_world(setup, recorded=True))
    for process in PROCESSES[: PROCESSES.index(formation)]:
        process(world, 0)
    p = world.parameters[0]
    loss = public_loss(0.0, 0.0, p)
    firms = [firm for firm in world.organisations if firm["active"]]
    return world, {int(firm["key"]): initiation_hazard(firm, 0.0, loss, p) for firm in firms}


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


# --- markets ---------------------------------------------------------------------------------------------------------


def test_the_market_moves_to_better_fields_by_replicator_dynamics(busy):
    p = busy.parameters[0]
    for s in range(len(busy.sectors)):
        world = copy_of(busy)
        world.parameters["field_arrival"] = 0.0
        count = int(world.sectors["field_count"][s])
        fields = world.fields[s, :count].copy()
        frontier = [1.0 - exp(-(NOW - born) / p.frontier_time) for born in fields["born"].tolist()]
        fitness = [
            vintage * (p.frontier_floor + (1.0 - p.frontier_floor) * reached)
            for vintage, reached in zip(fields["vintage"].tolist(), frontier, strict=True)
        ]
        # A power law in the ratio of fitness to its geometric mean is the replicator in discrete time.
        weight = [
            share_ * f**p.replacement_speed for share_, f in zip(fields["share"].tolist(), fitness, strict=True)
        ]
        ahead = [w * f ** (p.replacement_speed * p.horizon) for w, f in zip(weight, fitness, strict=True)]
        move_market(world, s, NOW)
        moved = world.fields[s, :count]
        assert moved["frontier"].tolist() == pytest.approx(frontier)
        assert moved["share"].tolist() == pytest.approx([w / sum(weight) for w in weight])
        assert moved["outlook"].tolist() == pytest.approx([w / sum(ahead) for w in ahead])


# --- diffusion -------------------------------------------------------------------------------------------------------


def test_adopters_are_the_binomial_quantile_of_the_draw_and_each_takes_up_a_share_of_the_gap(busy):
    p = busy.parameters[0]
    adopted = 0
    for a in living(busy):
        world = copy_of(busy)
        world.parameters["spread_spontaneous"] = 0.2
        home, sector = busy.alliances[a], busy.sectors[busy.alliances["sector"][a]]
        home = home.copy()
        for column in ("mandate", "rewarded", "shown", "confined"):
            world.alliances[column][a] = 0.0
        for column in ("enforcement", "antitrust"):
            world.sectors[column] = 0.0
        outsiders = int(sector["firm_count"] - home["firms"])
        rate = (0.2 + p.spread_imitation * home["diffusion"]) * home["technology"] * home["conversion"]
        waiting = max(outsiders - int(home["adopters"]), 0)
        count = int(stats.binom.ppf(luck(world, Process.DIFFUSION, NOW, home["key"], 0), waiting, rate))
        productivity = busy.organisations["productivity"].copy()
        for j in range(count):
            place = int(luck(world, Process.ADOPTERS, NOW, home["key"], 2 * j) * sector["firm_rows"])
            row = int(sector["first_firm"]) + place
            if busy.organisations["active"][row] and productivity[row] < home["quality"]:
                productivity[row] += p.adopters_absorb * (home["quality"] - productivity[row])
        spread(world, NOW, a)
        assert world.alliances["adopters"][a] == pytest.approx(home["adopters"] + count)
        assert world.alliances["diffusion"][a] == pytest.approx(min((home["adopters"] + count) / outsiders, 1.0))
        assert world.organisations["productivity"] == pytest.approx(productivity)
        adopted += count
    assert adopted > 5


def distance_from_bass(firms, quarters=40, runs=60, innovation=0.01, imitation=0.2):
    """Outsiders, and the root mean square distance of single runs from the Bass equation, which their mean follows."""
    setup = plain_setup(
        3, sizes={"firms": firms, "sectors": 1},
        parameters={"initiation_rate": 1.0, "need_threshold": 0.0, "spread_spontaneous": innovation,
                    "spread_imitation": imitation},
    )
    start = world_at(setup, 12)
    a = living(start)[0]
    for column in ("technology", "conversion", "quality"):
        start.alliances[column][a] = 1.0
    start.alliances["adopters"][a] = start.alliances["diffusion"][a] = start.alliances["mandate"][a] = 0.0
    outsiders = int(start.sectors["firm_count"][0] - start.alliances["firms"][a])
    followed = np.zeros((runs, quarters))
    for run in range(runs):
        world = copy_of(start)
        world.seed[0] = run
        for quarter in range(quarters):
            spread(world, quarter, a)
            followed[run, quarter] = world.alliances["diffusion"][a]
    bass, level = [], 0.0
    for _ in range(quarters):
        level += (innovation + imitation * level) * (1.0 - level)
        bass.append(level)
    assert 0.9 < bass[-1] < 1.0
    error = followed.std(axis=0, ddof=1) / sqrt(runs)
    # Beyond chance the mean of a finite population lags the equation by the order of one over its size.
    assert (np.abs(followed.mean(axis=0) - bass) < 4.0 * error + 3.0 / outsiders).all()
    return outsiders, sqrt(np.mean((followed - bass) ** 2))


def test_adoption_follows_the_bass_equation_with_an_error_that_falls_as_the_root_of_the_number_of_firms():
    sizes, errors = zip(*(distance_from_bass(firms) for firms in (150, 600, 2400)), strict=True)
    slope = np.polyfit(np.log(sizes), np.log(errors), 1)[0]
    assert -0.7 < slope < -0.35, (sizes, errors)  # minus one half, from three noisy points


# --- a quarter at home -----------------------------------------------------------------------------------------------


def test_a_quarter_at_home_earns_learns_and_needs_as_the_sentences_say(busy):
    world = copy_of(busy)
    organisations(world, NOW)
    p = busy.parameters[0]
    for before, after in zip(busy.organisations, world.organisations, strict=True):
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
        e = before["expertise"]
        assert after["expertise"] == pytest.approx(e + p.learning * pull * e * (1.0 - e) - p.forgetting * e)
        gap = max(1.0 - before["productivity"] / sector["best_practice"], 0.0) if firm else 0.5
        logit = p.need_constant + p.need_gap * gap + before["taste"] - p.need_served * before["alliance_count"]
        need = before["need"] + p.need_speed * (1.0 / (1.0 + exp(-logit)) - before["need"])
        assert after["need"] == pytest.approx(need)
        voiced = p.activation + p.attention_effect * sector["attention"]
        assert after["stated_need"] == pytest.approx(
            before["stated_need"] + voiced * (need - before["stated_need"]))


# --- joint research --------------------------------------------------------------------------------------------------


def test_joint_research_moves_technology_trust_and_satisfaction_as_the_sentences_say():
    # No public money, so that nothing is misused.
    world = world_at(plain_setup(23, sizes={"firms": 360}, parameters=PLENTY), NOW)
    organisations(world, NOW)
    before = copy_of(world)
    cooperation.cooperation(world, NOW)
    p = world.parameters[0]
    assert len(living(world)) > 5
    gave = {}
    for a in living(before):
        alliance = before.alliances[a]
        budgets = [(p.research_intensity if m["kind"] == Kind.FIRM else 1.0) * float(m["size"]) * p.alliance_share
                   / max(int(m["alliance_count"]), 1) for m in members_of(before, a)]
        gave[a] = world.alliances["private_total"][a] - alliance["private_total"]
        assert 0.0 <= gave[a] <= sum(budgets)
        effort = gave[a] + p.spending_speed * max(float(alliance["funds"]), 0.0)
        assert world.alliances["effort"][a] == pytest.approx(effort)
        coverage = world.alliances["coverage"][a]
        # Method skill has been trained meanwhile and satisfaction has moved; both bounds come from the range of skill.
        drive_ = p.progress_rate * (effort / p.effort_reference) ** p.effort_exponent * (p.coverage_base + coverage)
        drive_ *= sqrt(alliance["trust"] * alliance["clarity"])
        gained = world.alliances["progress"][a] / (1.0 - alliance["technology"])
        skills = [float(m["method_skill"]) for m in members_of(before, a)]
        efficiency = 1.0 - p.method_weight + p.method_weight * sum(skills) / len(skills)
        # Members of several alliances have trained in the ones before: skill there is a little higher.
        assert min(drive_ * efficiency, 0.5) - 1e-9 <= gained <= min(drive_ * efficiency * 1.05, 0.5) + 1e-9
        assert world.alliances["technology"][a] == pytest.approx(
            alliance["technology"] + world.alliances["progress"][a])
        seats = seats_of(world, a)
        disputed = world.alliances["disputes"][a] > alliance["disputes"]
        if not disputed:
            assert world.alliances["satisfaction"][a] == pytest.approx(float(seats["satisfaction"].mean()))
        assert world.alliances["quality"][a] == pytest.approx(
            world.alliances["technology"][a] * world.alliances["conversion"][a]
            * world.fields["vintage"][alliance["sector"], alliance["field"]])


def test_rivals_split_the_market_by_squared_quality():
    world = world_at(plain_setup(23, sizes={"firms": 360}, parameters=PLENTY), NOW)
    cooperation.cooperation(world, NOW)
    p = world.parameters[0]
    for a in living(world):
        own = world.alliances[a]
        field = world.fields[int(own["sector"]), int(own["field"])]
        there = [world.alliances[b] for b in living(world)
                 if (world.alliances["sector"][b], world.alliances["field"][b]) == (own["sector"], own["field"])]
        used = [float(r["technology"] * r["conversion"]) for r in there]
        imitated = sum(float(r["diffusion"]) * u * u for r, u in zip(there, used, strict=True))
        outside = p.outside_strength * float(field["frontier"]) ** 2
        mine = float(own["technology"] * own["conversion"])
        share_ = mine**2 / (sum(u * u for u in used) + outside + p.imitation_strength * imitated + 1e-9)
        assert own["market_share"] == pytest.approx(share_)
        assert field["alliances"] == len(there)


# --- recording -------------------------------------------------------------------------------------------------------


def test_curves_are_sums_over_the_world_at_the_end_of_the_quarter():
    setup = small_setup(24, parameters=PLENTY)
    for quarter in (9, 25, 40, 59):
        world = world_at(setup, quarter + 1)
        curve, rows = world.curves[quarter], living(world)
        alliances = world.alliances[rows]
        assert curve["alliances"] == len(rows) and curve["seats"] == alliances["size"].sum()
        assert curve["vitality"] == pytest.approx(alliances["vitality"].mean())
        assert curve["trust"] == pytest.approx(alliances["trust"].mean())
        stages = [int((alliances["stage"] == stage_).sum()) for stage_ in Stage]
        assert [curve[s.name.lower()] for s in Stage] == stages
        inside = {int(row) for a in rows for row in seats_of(world, a)["row"]}
        assert curve["participants"] == len(inside)
        strong = [i for i, o in enumerate(world.organisations) if o["kind"] == Kind.FIRM and o["active"]
                  and o["size"] / (o["size"] + world.parameters["standing_size"][0]) >= 0.75]
        assert curve["strong_firms"] == len(strong)
        assert curve["strong_participants"] == len(inside.intersection(strong))
        occupied = {(s, f) for s, f in zip(alliances["sector"].tolist(), alliances["field"].tolist(), strict=True)}
        assert curve["duplication"] == pytest.approx(1.0 - len(occupied) / len(rows))


# --- stages ----------------------------------------------------------------------------------------------------------


def test_the_recorded_stages_are_read_off_the_recorded_vitality_and_nothing_else():
    setup = small_setup(22, parameters=PLENTY)
    run = simulate(setup)
    p = world_at(setup, 0).parameters[0]
    fast_weight, slow_weight = p.average_fast, p.average_slow
    changes = 0
    for alliance in range(len(run.alliances)):
        lines = run.panel[run.panel["alliance"] == alliance]
        track = np.zeros(1, table_type(ALLIANCES))
        before = Stage.FORMATION
        for line in lines:
            vitality = float(line["vitality"])
            if line["age"] == 0:
                for column in ("fast", "slow", "peak", "trough", "start"):
                    track[column] = vitality
            track["fast"] = (1.0 - fast_weight) * track["fast"] + fast_weight * vitality
            track["slow"] = (1.0 - slow_weight) * track["slow"] + slow_weight * vitality
            if track["fast"][0] >= track["peak"][0]:
                track["peak"] = track["trough"] = track["fast"]
            track["trough"] = min(track["trough"][0], track["fast"][0])
            track["start"] = min(track["start"][0], track["fast"][0])
            # Standards and products are not in the panel: leaving formation is taken as told, all else is derived.
            has_results = line["stage"] != Stage.FORMATION
            assert has_results or line["patents"] == 0
            now = Stage(stage(int(before), track[0], has_results, p))
            assert now == line["stage"], f"alliance {alliance}, quarter {line['quarter']}"
            if now == Stage.REGROWTH != before:
                track["start"] = track["trough"]
                track["peak"] = track["trough"] = track["fast"]
            changes += now != before
            before = now
    assert changes > 30


def test_vitality_is_the_mean_of_the_six_dimensions_told():
    run = simulate(small_setup(23, parameters=PLENTY))
    six = ("technology_dimension", "economics", "standing", "stability", "governance", "clarity")
    mean = sum(run.panel[name] for name in six) / 6.0
    # A renewal moves clarity after the diagnosis of its quarter; all other lines tell what was diagnosed.
    renewals = run.events[run.events["event"] == Event.RENEWAL]
    moved = set(zip(renewals["quarter"].tolist(), renewals["alliance"].tolist(), strict=True))
    places = zip(run.panel["quarter"].tolist(), run.panel["alliance"].tolist(), strict=True)
    told = np.array([place not in moved for place in places])
    assert told.sum() > 200
    assert run.panel["vitality"][told] == pytest.approx(mean[told])
