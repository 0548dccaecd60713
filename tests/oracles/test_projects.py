"""Money, work, fate and pain of projects against slow and obvious Python."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alliancelab.agents.alliance_rules import failure_of_project, work_done
from alliancelab.agents.codes import Kind, ProjectKind, ProjectState
from alliancelab.agents.firm_rules import promise_of
from alliancelab.agents.organisation_rules import engagement, research_budget
from alliancelab.model import projects
from alliancelab.model.accounts import Flow
from alliancelab.model.randomness import Process
from alliancelab.model.tables import CLASSES
from tests.support.oracles import NOW, PLENTY, at_work, listed, luck, partners_of, parts_of
from tests.support.worlds import plain_setup, world_at

contribute, spend, study, work, fate, hurt = (
    projects.contribute, projects.spend, projects.study, projects.work, projects.fate, projects.hurt,
)


def test_a_project_is_covered_by_its_best_partner_in_every_class_and_the_others_learn_from_it(busy):
    p = busy.parameters[0]
    for q in at_work(busy):
        world = busy.copy()
        weights = busy.fields["weights"][busy.alliances["sector"][busy.projects["alliance"][q]],
                                         busy.projects["field"][q]]
        study(world, q, weights.copy(), np.empty(CLASSES))
        before = partners_of(busy, q)
        best = [max(float(m["expertise"][d]) for m in before) for d in range(CLASSES)]
        weighted = sum(w * e for w, e in zip(weights.tolist(), best, strict=True))
        assert world.projects["coverage"][q] == pytest.approx(weighted)
        assert world.projects["skill"][q] == pytest.approx(np.mean([m["method_skill"] for m in before]))
        for was, now in zip(before, partners_of(world, q), strict=True):
            learned = p.learning_from_partners * weights * (np.array(best) - was["expertise"])
            assert now["expertise"] == pytest.approx(was["expertise"] + learned)


def test_each_partner_pays_what_it_engages_of_its_part_and_less_where_it_has_promised_too_much(busy):
    p = busy.parameters[0]
    stretched_at_all = False
    for q in at_work(busy):
        world = busy.copy()
        a, supervision = int(busy.projects["alliance"][q]), busy.projects["supervision"][q]
        expected = []
        for part, partner in zip(parts_of(busy, q), partners_of(busy, q), strict=True):
            engaged = engagement(busy.seats[part["seat"]], partner, busy.alliances[a], supervision, p)
            can = p.alliance_share * research_budget(partner, p) / partner["promised"]
            stretched_at_all |= can < 1.0
            given_ = engaged / p.engagement_usual * part["part"] * min(can, 1.0)
            expected.append(min(given_, max(float(partner["funds"]), 0.0)))
        total = contribute(world, NOW, q)
        gave = parts_of(world, q)["given"] - parts_of(busy, q)["given"]
        assert gave == pytest.approx(expected) and total == pytest.approx(sum(expected))
        assert world.projects["private_total"][q] - busy.projects["private_total"][q] == pytest.approx(total)
        assert world.ledger[NOW, Flow.CONTRIBUTION] - busy.ledger[NOW, Flow.CONTRIBUTION] == pytest.approx(total)
        paid = [float(b["funds"] - m["funds"]) for b, m in zip(partners_of(busy, q), partners_of(world, q),
                                                               strict=True)]
        assert paid == pytest.approx(expected, abs=1e-9)
    assert stretched_at_all


@pytest.fixture(scope="module")
def alike(busy):
    """A running project whose partners are alike: how much does the failure hurt them, by how the cost was shared?"""
    q = max(at_work(busy), key=lambda q: busy.projects["size"][q])

    def pain(shares, total=0.5):
        world = busy.copy()
        places = listed(world.participations, world.projects["first_part"][q])
        world.organisations["kind"][world.participations["row"][places]] = Kind.INSTITUTE
        world.organisations["size"][world.participations["row"][places]] = 4.0
        world.organisations["caution"][world.participations["row"][places]] = 0.5
        world.seats["loss"] = 0.0
        given_ = np.zeros(len(places))
        given_[: len(shares)] = total * np.array(shares) / sum(shares)
        world.participations["given"][places] = given_
        hurt(world, q)
        return world.seats["loss"][world.participations["seat"][places]]

    return pain, int(busy.projects["size"][q])


def test_a_failure_hurts_by_the_square_of_what_was_lost_of_the_research_budget_and_the_cautious_most(busy):
    p = busy.parameters[0]
    for q in at_work(busy):
        world = busy.copy()
        hurt(world, q)
        for part, partner in zip(parts_of(busy, q), partners_of(busy, q), strict=True):
            lost = part["given"] / (p.loss_borne * 4.0 * research_budget(partner, p))
            pain = (0.5 + partner["caution"]) * lost**2 / (1.0 + lost**2)
            before = busy.seats["loss"][part["seat"]]
            assert world.seats["loss"][part["seat"]] == pytest.approx(min(before + pain, 1.0), rel=1e-6, abs=1e-9)


@given(st.floats(0.0, 1.0), st.floats(0.0, 1.0))
def test_a_failure_hurts_its_partners_more_the_more_its_cost_is_concentrated(alike, one, other):
    pain, partners = alike
    even, uneven = sorted((one, other))
    spread_, concentrated = (  # from all alike to one that bears it all
        pain([whole + (1.0 - whole) / partners] + [(1.0 - whole) / partners] * (partners - 1)).sum()
        for whole in (even, uneven))
    assert concentrated >= spread_ - 1e-12
    if uneven - even > 0.01:
        assert concentrated > spread_


def test_a_failure_hurts_each_partner_less_the_more_of_them_share_the_cost(alike):
    pain, partners = alike
    hurts = [pain([1.0] * few).max() for few in range(1, partners + 1)]
    assert (np.diff(hurts) < 0.0).all()


def test_a_projects_money_is_what_partners_gave_and_its_part_of_the_purse_less_what_is_diverted(busy):
    p = busy.parameters[0]
    for q in at_work(busy):
        world, alliance = busy.copy(), busy.alliances[busy.projects["alliance"][q]]
        part = min(p.spending_speed / alliance["running"], 1.0)
        world.projects["grant_paid"][q] = 0.7
        public = part * alliance["public_funds"] + 0.7
        own = part * max(alliance["funds"] - alliance["public_funds"], 0.0)
        spend(world, NOW, q, 1.5)
        assert world.projects["grant_paid"][q] == 0.0
        diverted = world.projects["misused"][q] - busy.projects["misused"][q]
        complied = p.compliance_cost * busy.projects["supervision"][q] ** 2 * (public - diverted)
        assert 0.0 <= diverted <= p.misuse_most * public + 1e-12
        effort = 1.5 + own + public - diverted - complied
        assert world.projects["effort"][q] == pytest.approx(effort)
        assert world.projects["paid"][q] == pytest.approx(effort / busy.projects["cost"][q])


def test_work_moves_its_line_from_knowledge_to_industry_to_the_market():
    world = world_at(plain_setup(23, sizes={"firms": 240, "quarters": 80}, parameters=PLENTY), 60)
    kinds = set()
    for q in at_work(world):
        after, project = world.copy(), world.projects[q]
        a, p = int(project["alliance"]), world.parameters[0]
        alliance, line, kind = world.alliances[a], world.lines[a, project["line"]], ProjectKind(project["kind"])
        if (60 - project["started"]) % 4 == 0 or line["field"] != project["field"]:
            continue  # partners learn this quarter, or the line has been given up
        drawn = luck(world, Process.WORK, 60, project["key"], 0)
        done = work_done(project, alliance, project["paid"], project["skill"], 0.0, drawn, p)
        work(after, 60, q, np.empty(CLASSES))
        assert after.projects["progress"][q] == pytest.approx(project["progress"] + done)
        daring = done * (0.6 + 0.8 * project["ambition"])
        known, made, sold = float(line["knowledge"]), float(line["industrialised"]), float(line["launched"])
        if kind == ProjectKind.RESEARCH:
            known += min(p.gain * daring, 1.0) * (1.0 - known)
        elif kind == ProjectKind.INDUSTRIALISATION:
            made += min(p.gain_later * daring, 1.0) * max(known - made, 0.0)
        else:
            sold += min(p.gain_later * daring, 1.0) * max(made - sold, 0.0)
        moved = after.lines[a, project["line"]]
        assert (moved["knowledge"], moved["industrialised"], moved["launched"]) == pytest.approx((known, made, sold))
        gain = known + made + sold - float(line["knowledge"] + line["industrialised"] + line["launched"])
        promise = promise_of(world.fields[alliance["sector"], project["field"]], p)
        assert after.projects["lift"][q] == pytest.approx(0.9 * project["lift"] + promise * (gain + 0.02))
        kinds.add(kind)
    assert kinds == set(ProjectKind)


def fate_of(world, q, tick, **changes):
    copied = world.copy()
    copied.parameters["failure_rate_project"] = 0.0
    for name, value in changes.items():
        copied.projects[name][q] = value
    return ProjectState(fate(copied, tick, q))


def test_a_project_ends_done_short_of_its_goal_starved_deserted_or_overtaken_by_its_field(busy):
    p = busy.parameters[0]
    q = next(q for q in at_work(busy) if busy.fields["alive"][
        busy.alliances["sector"][busy.projects["alliance"][q]], busy.projects["field"][q]])
    last = int(busy.projects["started"][q] + busy.projects["planned"][q]) - 1
    fed = {"paid": 1.0, "starved": 0, "size": int(p.partners_least)}
    assert fate_of(busy, q, last - 1, progress=9.0, **fed) == ProjectState.RUNNING
    assert fate_of(busy, q, last, progress=p.goal_reached, **fed) == ProjectState.DONE
    assert fate_of(busy, q, last, progress=0.99 * p.goal_reached, **fed) == ProjectState.FAILED
    assert fate_of(busy, q, last, **fed | {"size": int(p.partners_least) - 1}) == ProjectState.ABANDONED
    hungry = fed | {"paid": 0.99 * p.starved_below}
    assert fate_of(busy, q, last - 1, **hungry | {"starved": int(p.starved_most) - 1}) == ProjectState.ABANDONED
    assert fate_of(busy, q, last - 1, **hungry) == ProjectState.RUNNING
    late = busy.copy()
    late.fields["alive"] = False
    assert fate_of(late, q, last, progress=9.0, **fed) == ProjectState.SUPERSEDED


def test_those_projects_fail_whose_draw_lies_below_their_hazard(busy):
    failed = 0
    for q in at_work(busy):
        world = busy.copy()
        world.parameters["failure_rate_project"] = 1.0
        project, alliance = world.projects[q], world.alliances[world.projects["alliance"][q]]
        project["paid"], project["starved"], project["planned"] = 1.0, 0, 400
        lessons = world.sectors["lessons"][alliance["sector"]]
        hazard = failure_of_project(project, alliance, lessons, world.parameters[0])
        lives = world.fields["alive"][alliance["sector"], project["field"]]
        now = ProjectState(fate(world, NOW, q))
        if lives and project["size"] >= world.parameters["partners_least"][0]:
            lost = luck(world, Process.FATE, NOW, project["key"], 0) < hazard
            assert now == (ProjectState.FAILED if lost else ProjectState.RUNNING)
            failed += lost
    assert failed > 0
