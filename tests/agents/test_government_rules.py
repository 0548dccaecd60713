"""What governments see, how they rank and whom they rescue, against values worked by hand."""

import numpy as np
import pytest

from alliancelab.agents import government_rules
from alliancelab.agents.codes import Path
from alliancelab.agents.government_rules import Composition
from alliancelab.model.tables import FIELDS, LINES, SECTORS
from tests.support.rows import E_FOLD, INDUSTRIALISATION, LAUNCH, LN3, RESEARCH, alliance, levers, parameters, row


@pytest.mark.parametrize(("opportunism", "rules", "governance", "supervision", "share"), [
    (1.0, 0.0, 0.0, 0.0, 0.8), (0.5, 0.0, 0.0, 0.0, 0.4), (1.0, 1.0, 0.0, 0.0, 0.4), (1.0, 0.0, 1.0, 0.0, 0.56),
    (1.0, 1.0, 1.0, 0.0, 0.16), (1.0, 0.0, 0.0, 1.0, 0.4), (0.0, 0.0, 0.0, 0.0, 0.0),
])
def test_opportunists_divert_what_neither_rules_nor_governance_nor_supervision_guard(
    rule, opportunism, rules, governance, supervision, share
):
    """Section 8: `misuse_share`."""
    p = parameters(misuse_most=0.8, misuse_rules=0.5, misuse_governance=0.3, detection=0.5)
    home = alliance(fund_rules=rules, governance=governance)
    assert rule(government_rules.misuse_share)(opportunism, home, supervision, p) == pytest.approx(share)


def principle(name):
    weights = {f"pilot_selection_{p}_weight": 0.0 for p in ("composition", "fit", "plan", "openness")}
    return levers(**weights | {f"pilot_selection_{name}_weight": 3.0})


@pytest.mark.parametrize(("name", "score"), [
    # Core, backbone, frontier, supporting, credit; governance, binding, rules for funds.
    ("composition", (1.0 + 0.8 + 0.5 + 1.0 + 0.9 + 0.4 + 0.2 + 0.6) / 8.0),
    ("fit", (1.0 + 0.3 + E_FOLD) / 3.0),  # ten core patents of ten
    ("plan", (0.6 + 0.5 + 0.15 + E_FOLD) / 4.0),  # one standard
    ("openness", 0.7),
])
def test_each_principle_of_pilot_selection_scores_what_it_names(rule, name, score):
    """Section 8: `pilot_score`."""
    candidate = alliance(governance=0.4, binding=0.2, fund_rules=0.6, core_patents=10.0, clarity=0.6, prospect=0.5,
                         diffusion=0.15, standards=1.0, openness=0.7)
    sector, field = row(SECTORS, priority=1.0), row(FIELDS, genericness=0.3)
    made_of = Composition(core=1.0, backbone=0.8, frontier=0.5, supporting=1.0, credit=0.9)
    weights, p = principle(name), parameters(dispute_patents=10.0)
    assert rule(government_rules.pilot_score)(candidate, sector, field, made_of, weights, p) == pytest.approx(score)


PROGRESS = {"knowledge": 0.8, "industrialised": 0.5, "launched": 0.1}


@pytest.mark.parametrize(("kind", "new", "order"), [
    (RESEARCH, True, 1.0), (RESEARCH, False, 0.2), (INDUSTRIALISATION, False, 0.375), (LAUNCH, False, 0.8),
])
def test_what_comes_next_in_its_line_keeps_best_to_the_order_of_research_industry_and_market(rule, kind, new, order):
    """Section 8: `orderly`."""
    assert rule(government_rules.orderly)(alliance(idea_kind=kind), row(LINES, **PROGRESS), new) == pytest.approx(order)


CALL = {f"programme_grants_{one}_weight": 1.0 for one in ("need", "order", "property", "firms", "contract")}


def grant_score(rule, label=0.0, success=0.5, **call):
    # Need 0.3 * 1 + 0.7 * 0.4; orderly 0.375; half of 0.7 and of one less 1 / e; firms 3 of 4; contract 0.5.
    applicant = alliance(size=4, firms=3, core_patents=10.0, governance=0.5, binding=0.4, fund_rules=0.6, label=label,
                         idea_kind=INDUSTRIALISATION)
    return rule(government_rules.grant_score)(
        applicant, row(LINES, **PROGRESS), row(SECTORS, priority=1.0), row(FIELDS, guide=0.4, genericness=0.3), success,
        levers(**CALL | call), parameters(dispute_patents=10.0))


@pytest.mark.parametrize(("label", "success", "more"), [
    (0.0, 0.5, 0.0), (1.0, 0.5, 0.8), (0.0, 1.0, 0.25), (0.0, 0.0, -0.25), (1.0, 1.0, 1.05),
])
def test_grants_rank_by_five_principles_pilots_first_and_successes_rolled_on(rule, label, success, more):
    """Section 8: `grant_score`."""
    found = grant_score(rule, label, success, programme_grants_pilots_first=0.8, programme_grants_rolling=0.5)
    assert found == pytest.approx((0.58 + 0.375 + 0.35 + 0.5 * E_FOLD + 0.75 + 0.5) / 5.0 + more)


@pytest.mark.parametrize(("one", "score"), [
    ("need", 0.58), ("order", 0.375), ("property", 0.35 + 0.5 * E_FOLD), ("firms", 0.75), ("contract", 0.5),
])
def test_each_principle_of_a_call_can_stand_alone(rule, one, score):
    """Section 8: `grant_score`."""
    alone = dict.fromkeys(CALL, 0.0) | {f"programme_grants_{one}_weight": 2.0}
    plain = {"programme_grants_pilots_first": 0.0, "programme_grants_rolling": 0.0}
    assert grant_score(rule, **alone | plain) == pytest.approx(score)


@pytest.mark.parametrize(("noise", "effort", "seen"), [
    (0.0, 0.0, 0.5), (1.0, 0.0, 0.7), (1.0, 1.0, 0.55), (-1.0, 1.0, 0.45), (9.0, 0.0, 1.0), (-9.0, 0.0, 0.0),
])
def test_effort_divides_the_noise_of_what_a_government_sees(rule, noise, effort, seen):
    """Section 8: `observed`."""
    p = parameters(diagnosis_noise=0.2, diagnosis_accuracy=3.0)
    assert rule(government_rules.observed)(0.5, noise, effort, p) == pytest.approx(seen)


@pytest.mark.parametrize(("path", "base", "technology", "credit", "odds"), [
    (Path.REFOCUS, 0.3, 0.4, 0.7, 0.125), (Path.REFOCUS, 0.3 + LN3 / 10.0, 0.4, 0.7, 0.1875),
    (Path.REFOCUS, 0.3, 0.4 - LN3 / 10.0, 0.7, 0.0625), (Path.REFOCUS, 0.3, 0.4, 0.7 + LN3 / 10.0, 0.1875),
    # No path asks for what it mends.
    (Path.RESTRUCTURING, 0.0, 0.4, 0.7, 0.25), (Path.TECHNOLOGY_LEAP, 0.3, 0.0, 0.7, 0.25),
])
def test_the_odds_of_a_rescue_need_base_technology_and_credit_each(rule, path, base, technology, credit, odds):
    """Section 8: `rescue_odds`."""
    p = parameters(rescue_slope=10.0, carry_base=0.3, carry_technology=0.4, carry_credit=0.7)
    home = alliance(dimensions=np.array([technology, 0.0, 0.0, base, 0.0, 0.0]))
    assert rule(government_rules.rescue_odds)(home, path, credit, p) == pytest.approx(odds)


def test_sectors_rank_by_the_weighed_sum_of_four_principles(rule):
    """Section 8: `layout_score`."""
    weights = {f"layout_{p}_weight": w for p, w in (("base", 1.0), ("potential", 2.0), ("pull", 3.0), ("fusion", 4.0))}
    sector = row(SECTORS, base=0.1, potential=0.2, pull=0.3, fusion=0.4)
    assert rule(government_rules.layout_score)(sector, levers(**weights)) == pytest.approx(0.1 + 0.4 + 0.9 + 1.6)


@pytest.mark.parametrize(("change", "facilities", "strict", "fits"), [
    ({}, 0.5, 1.0, True), ({"funds": 4.9}, 0.5, 1.0, False), ({"public_funds": 0.2}, 0.5, 1.0, False),
    ({"technology": 0.3}, 0.5, 1.0, False), ({"openness": 0.2}, 0.5, 1.0, False), ({}, 0.3, 1.0, False),
    ({"dimensions": np.zeros(6)}, 0.5, 1.0, False),
    ({"technology": 0.3, "openness": 0.2}, 0.3, 0.5, True),  # conditions that are taken half as seriously
    ({"funds": 4.9}, 0.5, 0.0, False),  # what it cannot pay it cannot host
])
def test_a_host_needs_own_funds_technology_leadership_facilities_and_reach(rule, change, facilities, strict, fits):
    """Section 8: `can_host`."""
    p = parameters(host_technology=0.4, host_leadership=0.4, host_facilities=0.4, host_openness=0.3)
    home = alliance(**{"funds": 5.1, "technology": 0.5, "openness": 0.5, "dimensions": np.full(6, 0.5)} | change)
    assert bool(rule(government_rules.can_host)(home, 5.0, facilities, strict, p)) is fits


@pytest.mark.parametrize(("own", "near", "users", "openness", "access"), [
    (0.0, 4.0, 8.0, 0.5, 0.25),  # half of four open to eight
    (0.0, 4.0, 16.0, 0.5, 0.125),  # twice the users: congestion
    (0.0, 4.0, 8.0, 0.0, 0.0),
    (0.5, 4.5, 8.0, 0.5, 0.5 + 0.5 * 0.25),  # its own first, of the rest what is open
    (3.0, 3.0, 9.0, 1.0, 1.0),
    (0.0, 99.0, 1.0, 1.0, 1.0),
])
def test_platforms_serve_their_host_first_and_congest(rule, own, near, users, openness, access):
    """Section 8: `platform_access`."""
    assert rule(government_rules.platform_access)(own, near, users, openness) == pytest.approx(access)


def test_a_pilots_record_is_the_mean_of_technology_use_projects_done_rules_and_vitality(rule):
    """Section 8: `pilot_record`."""
    # Two projects done of two: three of four, as a record of none would be one of two.
    pilot = alliance(technology=0.8, conversion=0.4, governance=0.6, vitality=0.2, done=2)
    assert rule(government_rules.pilot_record)(pilot) == pytest.approx((0.8 + 0.4 + 0.75 + 0.6 + 0.2) / 5.0)
