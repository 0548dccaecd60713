"""Every instrument of the policy chain moves what its mission row says, costs money, and does its harm: paired runs.

Each is laid over the scenario that it needs, as ``scenarios/single_levers.toml`` has it; intervals are 99 %.
"""

from functools import cache

import numpy as np
import pytest

from alliancelab.agents.codes import Event, Reason, Verdict
from alliancelab.model.accounts import FLOWS, Count, Flow
from alliancelab.model.initialise import new_world
from alliancelab.model.outcomes import OUTCOMES
from alliancelab.model.policy import INSTRUMENTS
from alliancelab.model.simulation import make_space
from alliancelab.scenarios.runner import replicate, run_one
from alliancelab.scenarios.scenario import library_names, load
from alliancelab.scenarios.variants import STRENGTHS, base_of, variant_names
from tests.experiments import interval
from tests.worlds import EVERYTHING_ON, plain_setup, run_until, world_at

REPLICATES = 60
NAMES = [outcome.name for outcome in OUTCOMES]


@cache
def outcomes(scenario, changes=()):
    return replicate([load(scenario, dict(changes))], REPLICATES).outcomes[0]


@cache
def runs(scenario, changes=(), count=12):
    chosen = load(scenario, dict(changes))
    return [run_one(chosen, seed) for seed in range(count)]


def effect(instrument, name, strength="mid", **changes):
    """Interval of the paired difference in an outcome that an instrument makes alone; prints it."""
    changed = tuple((key.replace("__", "."), value) for key, value in changes.items())
    column = NAMES.index(name)
    apart = outcomes(f"only_{instrument}_{strength}", changed)[:, column] - outcomes(base_of(instrument))[:, column]
    low, high = interval(apart, 0.99)
    print(f"{instrument} {strength} {changes or ''}: {name} [{low:.4g}, {high:.4g}]")
    return low, high


def raises(instrument, name, strength="mid", **changes):
    return effect(instrument, name, strength, **changes)[0] > 0


def lowers(instrument, name, strength="mid", **changes):
    return effect(instrument, name, strength, **changes)[1] < 0


def mean_over(instrument, value, strength="mid", base=False):
    """Mean of a value of single recordings, over the first seeds."""
    name = base_of(instrument) if base else f"only_{instrument}_{strength}"
    return np.array([value(run) for run in runs(name)])


def apart(instrument, value, strength="mid"):
    """Interval of the paired difference in a value of recordings."""
    difference = mean_over(instrument, value, strength) - mean_over(instrument, value, base=True)
    low, high = interval(difference, 0.99)
    print(f"{instrument} {strength}: [{low:.4g}, {high:.4g}]")
    return low, high


# --- all of them -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", variant_names())
def test_every_variant_is_a_valid_scenario(name):
    assert load(name).name == name


@pytest.mark.parametrize("instrument", [i.name for i in INSTRUMENTS])
def test_every_instrument_pays_and_nothing_is_paid_where_it_is_off(instrument):
    """Its flows are in the ledger at mid strength, none at its base; that budgets bind is tested in any world."""
    flows = [k for k, flow in enumerate(FLOWS) if flow.instrument == instrument]
    paid = mean_over(instrument, lambda run: run.ledger[:, flows].sum())
    assert (paid > 0).all()
    assert mean_over(instrument, lambda run: run.ledger[:, flows].sum(), base=True).sum() == 0.0


def test_the_chain_without_an_instrument_pays_nothing_for_it():
    for instrument in ("meetings", "platforms"):
        flows = [k for k, flow in enumerate(FLOWS) if flow.instrument == instrument]
        assert run_one(load(f"full_chain_without_{instrument}"), 0).ledger[:, flows].sum() == 0.0
        assert run_one(load("full_chain"), 0).ledger[:, flows].sum() > 0.0


# --- B: formation ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("strength", STRENGTHS)
def test_layout_lowers_duplication_for_the_money_of_a_survey(strength):
    """Rows: B1. A plan tells of rivals and keeps the subsidy for fields with a place; its harm: it keeps some away."""
    assert lowers("layout", "duplication", strength)
    if strength == "high":
        assert lowers("layout", "founded", strength)


def test_layout_leaves_less_subsidy_to_small_alliances_and_to_those_far_from_home():
    """Rows: B1 (scale, place)."""
    def in_plan(run):
        return run.alliances["approved"][run.alliances["founded"] >= 20].mean()

    loose, strict = (np.mean([in_plan(run) for run in runs("only_layout_high", changes)]) for changes in (
        (("layout.scale", 2), ("layout.place", 0.0)), (("layout.scale", 20), ("layout.place", 1.0))))
    assert strict < loose


def test_layout_gives_priority_to_sectors_high_on_the_principles_it_weighs():
    """Rows: B1 (four principles)."""
    weights = {f"layout.{p}_weight": 0.0 for p in ("base", "potential", "pull", "fusion")}
    for principle in ("base", "potential", "pull", "fusion"):
        changes = weights | {f"layout.{principle}_weight": 1.0, "layout.sectors": 0.25}
        world = world_at(load("only_layout_mid", changes).setup(3), 30)
        chosen = world.sectors["priority"] > 0
        assert chosen.sum() == 1 and world.sectors[principle][chosen] == world.sectors[principle].max()


def test_tax_preference_lowers_the_cost_of_membership_and_is_mostly_paid_for_what_was_done_anyway():
    """Rows: B2. Contributions rise by far less than the tax forgone."""
    def given(run):
        return run.ledger[20:, Flow.CONTRIBUTION].sum()

    forgone = mean_over("tax_preference", lambda run: run.ledger[20:, Flow.TAX_REBATE].sum()).mean()
    assert raises("tax_preference", "vitality")
    assert apart("tax_preference", given)[1] < 0.5 * forgone


def test_joint_projects_make_firms_know_research_partners():
    """Rows: B2 (cooperation programme)."""
    def knows(run):
        firms = run.organisations[(run.organisations["kind"] == 0) & run.organisations["active"]]
        research = np.flatnonzero((run.organisations["kind"] == 1) | (run.organisations["kind"] == 2))
        return np.isin(firms["partner_rows"], research).any(axis=1).mean()

    assert apart("cooperation_programme", knows, "high")[0] > 0.02
    assert raises("cooperation_programme", "patents", "high")


def test_meetings_bring_complementary_partners_and_crowd_fields():
    """Rows: B2 (meetings). Those who would not have found each other need it less, and duplicate more."""
    assert apart("meetings", lambda run: run.panel["coverage"][run.panel["age"] == 0].mean(), "high")[0] > 0
    assert raises("meetings", "duplication", "high") and lowers("meetings", "motive", "high")


def test_a_bonus_brings_research_partners_who_need_less():
    """Rows: B2 (incentives for universities and institutes)."""
    def research(run):
        joined = run.members[run.members["joined"] >= 20]
        return np.isin(joined["kind"], (1, 2)).mean()

    assert apart("research_incentives", research)[0] > 0
    assert lowers("research_incentives", "motive")


def test_special_support_goes_to_alliances_in_want_and_keeps_them_at_work():
    """Rows: B2 (special support)."""
    assert raises("special_support", "patents", "high")
    ever = np.concatenate([run.alliances for run in runs("only_special_support_high")])
    supported, others = ever[ever["supported"] > 0], ever[ever["supported"] == 0]
    # What members brought in by themselves: those supported are the poor ones.
    own = [(a["private_total"] / np.maximum(np.where(a["ended"] < 0, 100, a["ended"]) - a["founded"], 1)).mean()
           for a in (supported, others)]
    assert len(supported) > 20 and own[0] < own[1]


def test_pilots_by_lot_or_size_are_not_those_of_the_score():
    """Rows: B3 (counterfactual selections)."""
    def named(*changes):
        found = runs("only_pilot_selection_mid", changes)
        return {(k, int(a)) for k, run in enumerate(found) for a in np.flatnonzero(run.alliances["pilot"] >= 0)}

    score, lot = named(), named(("pilot_selection.lottery", 1.0))
    size = named(("pilot_selection.size_weight", 1.0))
    assert len(score & lot) < 0.9 * len(score) and len(score & size) < 0.9 * len(score)


# --- C: growth -------------------------------------------------------------------------------------------------------


def test_a_guide_from_needs_sends_grants_to_todays_markets_and_one_from_above_to_tomorrows():
    """Rows: C1. Seen where many apply for little money and nothing else blurs the ranking."""
    def market(run):
        granted = run.events[run.events["event"] == Event.GRANT]
        panel = {(q, a): f for q, a, f in zip(
            run.panel["quarter"].tolist(), run.panel["alliance"].tolist(), run.panel["field"].tolist(), strict=True)}
        return np.mean([panel[(q, a)] for q, a in zip(
            granted["quarter"].tolist(), granted["alliance"].tolist(), strict=True) if (q, a) in panel])

    crowded = (("programme_grants.budget", 30), ("parameters.initiation_rate", 0.2), ("programme_guide.budget", 10),
               ("parameters.selection_noise", 0.0), ("parameters.guide_noise", 0.0))
    changes = {kind: (("programme_guide.bottom_up", share), *crowded)
               for kind, share in (("needs", 1.0), ("above", 0.0))}
    younger = [np.array([market(run) for run in runs("only_programme_guide_high", changes[kind], 80)])
               for kind in changes]
    low, _ = interval(younger[1] - younger[0], 0.99)
    assert low > 0  # fields are numbered in order of arrival


def test_phases_tie_late_grants_to_trials_and_convert_results_sooner():
    """Rows: C2 (orderly advance)."""
    def converted(run):
        return run.panel["conversion"][(run.panel["age"] >= 6) & (run.panel["age"] < 16)].mean()

    phased = (("programme_grants.phases", 1.0), ("programme_grants.stages", ("growth", "maturity")))
    loose = (("programme_grants.phases", 0.0), ("programme_grants.stages", ("growth", "maturity")))
    with_, without = (np.array([converted(run) for run in runs("only_programme_grants_high", kind)])
                      for kind in (phased, loose))
    assert interval(with_ - without, 0.99)[0] > 0
    assert all(run.ledger[:, Flow.TRIALS].sum() > 0 for run in runs("only_programme_grants_high", phased))


def test_platforms_speed_research_up_and_congest():
    """Rows: C4. Pattern 11: money beyond the middle strength brings less productivity a yuan than up to it."""
    assert raises("platforms", "patents", "low") and raises("platforms", "productivity", "high")
    gain = {s: np.mean(effect("platforms", "productivity", s)) for s in ("mid", "high")}
    cost = {s: np.mean(effect("platforms", "public_outlay", s)) for s in ("mid", "high")}
    assert (gain["high"] - gain["mid"]) / (cost["high"] - cost["mid"]) < gain["mid"] / cost["mid"]
    upkeep = mean_over("platforms", lambda run: run.ledger[:, Flow.PLATFORM_UPKEEP].sum(), "high")
    assert (upkeep > 0).all()  # the hosts pay for the running


def test_platforms_open_to_nobody_serve_their_hosts_only():
    """Rows: C4 (reach to outsiders)."""
    column = NAMES.index("patents")
    low, _ = interval(outcomes("only_platforms_high", (("platforms.openness", 1.0),))[:, column]
                      - outcomes("only_platforms_high", (("platforms.openness", 0.0),))[:, column], 0.99)
    assert low > 0


def test_method_training_raises_results_and_costs_working_time():
    """Rows: C5."""
    assert raises("method_training", "patents") and raises("method_training", "productivity")
    assert lowers("method_training", "effort", "high")


def test_what_was_trained_fades_when_training_stops():
    """Rows: C5 (decay). Pattern 11."""
    stopped = load("only_method_training_high", {"method_training.until": 2012})
    going_on = load("only_method_training_high")
    skill = [np.mean([run_one(s, seed).organisations["method_skill"].mean() for seed in range(6)])
             for s in (load("no_policy"), stopped, going_on)]
    assert skill[0] < skill[2] and abs(skill[1] - skill[0]) < 0.3 * (skill[2] - skill[0])


# --- D: maturity -----------------------------------------------------------------------------------------------------


def test_assessment_crowns_some_drops_some_and_saves_their_support():
    """Rows: D1."""
    verdicts = np.concatenate([run.alliances["verdict"] for run in runs("only_assessment_mid")])
    assert all((verdicts == v).sum() > 3 for v in (Verdict.EXEMPLAR, Verdict.DROPPED, Verdict.RECTIFIED))
    support = apart("assessment", lambda run: run.ledger[:, Flow.PILOT_SUPPORT].sum())
    assert support[1] < 0
    assert raises("assessment", "vitality")  # rectified ones govern themselves better


def test_effort_in_assessment_drops_fewer_good_pilots():
    """Rows: D1 (noise)."""
    def dropped_well(run):
        dropped = run.alliances[run.alliances["verdict"] == Verdict.DROPPED]
        return (dropped["technology"] > 0.5).sum()

    careless, careful = (np.mean([dropped_well(run) for run in runs(f"only_assessment_{s}")]) for s in ("low", "high"))
    assert careful < careless


def test_demonstration_spreads_results_and_needs_pilots_to_show():
    """Rows: D2, A8. Pattern 11."""
    assert raises("demonstration", "adoptions") and raises("demonstration", "productivity")
    alone = outcomes("no_policy", (("demonstration.intensity", 0.5), ("demonstration.budget", 10)))
    assert np.array_equal(np.nan_to_num(alone), np.nan_to_num(outcomes("no_policy")))


def test_confidentiality_keeps_rents_and_slows_the_spread():
    """Rows: D2 (confidentiality), D8."""
    adoptions, revenue = NAMES.index("adoptions"), NAMES.index("revenue")
    secret = outcomes("only_demonstration_high", (("demonstration.confidentiality", 1.0),))
    shown = outcomes("only_demonstration_high", (("demonstration.confidentiality", 0.0),))
    assert interval((secret - shown)[:, adoptions], 0.99)[1] < 0 < interval((secret - shown)[:, revenue], 0.99)[0]


def test_procurement_turns_results_into_products_and_holds_alliances_in_old_fields():
    """Rows: D2 (procurement), A8."""
    def conversion(run):
        return run.panel["conversion"][(run.panel["age"] >= 12) & (run.panel["age"] < 20)].mean()

    assert apart("procurement", conversion, "high")[0] > 0
    assert lowers("procurement", "regrown", "low")


def test_enforced_rights_prevent_disputes_and_slow_imitation():
    """Rows: D4."""
    assert lowers("ip_regime", "disputes") and raises("ip_regime", "revenue")
    assert lowers("ip_regime", "adoptions") and lowers("ip_regime", "productivity", "high")


def test_competition_law_takes_rents_and_spreads_results():
    """Rows: D4 (no technology monopoly)."""
    strict = (("ip_regime.antitrust", 1.0), ("ip_regime.budget", 20))
    loose = (("ip_regime.budget", 20),)
    adoptions, revenue = NAMES.index("adoptions"), NAMES.index("revenue")
    difference = outcomes("only_ip_regime_mid", strict) - outcomes("only_ip_regime_mid", loose)
    assert interval(difference[:, adoptions], 0.99)[0] > 0 > interval(difference[:, revenue], 0.99)[1]


def test_a_market_for_property_makes_licences_and_better_producers_and_weaker_sellers():
    """Rows: D5."""
    assert (mean_over("ip_market", lambda run: run.alliances["licences"].sum()) > 10).all()
    assert raises("ip_market", "productivity")
    assert lowers("ip_market", "patents")  # licensees compete


def test_better_services_make_more_deals_at_lower_cost():
    """Rows: D5 (transaction cost)."""
    deals, cost = ([mean_over("ip_market", value, s).mean() for s in ("low", "high")] for value in (
        lambda run: run.alliances["licences"].sum(),
        lambda run: run.ledger[:, Flow.TRANSACTION].sum() / run.alliances["licences"].sum()))
    assert deals[0] < deals[1] and cost[0] > cost[1]


def test_pledged_loans_are_lent_repaid_and_partly_lost():
    """Rows: D5 (pledge finance)."""
    lending = runs("only_ip_market_high", (("ip_market.pledge", 0.8), ("ip_market.budget", 30)))
    lent, repaid, guaranteed = (sum(run.ledger[:, flow].sum() for run in lending)
                                for flow in (Flow.LOAN, Flow.REPAYMENT, Flow.GUARANTEE))
    assert lent > 1 and repaid > 1 and guaranteed > 0


def test_a_diffusion_subsidy_spreads_results_and_erodes_rents():
    """Rows: D6, D8."""
    assert raises("diffusion_subsidy", "adoptions") and raises("diffusion_subsidy", "productivity")
    assert lowers("diffusion_subsidy", "founded") and lowers("diffusion_subsidy", "revenue")


def test_leakage_control_keeps_rents_and_holds_the_industry_back():
    """Rows: D7, D8."""
    assert lowers("leakage_control", "adoptions") and lowers("leakage_control", "productivity")
    assert raises("leakage_control", "founded", "high") and raises("leakage_control", "revenue")


# --- E, F: decline and correction ------------------------------------------------------------------------------------


def test_chain_extension_merges_alliances_that_complete_the_chain():
    """Rows: E3 (merger)."""
    merged = [run.alliances["reason"] == Reason.MERGED for run in runs("only_reengineering_high", count=30)]
    assert sum(m.sum() for m in merged) > 5
    for run, gone in zip(runs("only_reengineering_high", count=30), merged, strict=True):
        events = run.events[run.events["event"] == Event.MERGED]
        assert sorted(events["value"].astype(int).tolist()) == np.flatnonzero(gone).tolist()


def test_correction_moves_money_towards_the_lagging_stage_and_keeps_the_sum():
    """Rows: F4."""
    stages = {i.name: i.policy_stage for i in INSTRUMENTS}

    def share_of(stage, changes):
        flows = [k for k, flow in enumerate(FLOWS) if stages.get(flow.instrument) == stage]
        paid = [k for k, flow in enumerate(FLOWS) if flow.instrument]
        return np.mean([run.ledger[20:, flows].sum() / run.ledger[20:, paid].sum()
                        for run in runs("only_correction_mid", changes, 6)])

    eager = (("correction.diffusion", 1.0), ("correction.founding", 0.01), ("correction.technology", 0.01),
             ("correction.decline", 1.0))
    content = (("correction.diffusion", 0.01), ("correction.founding", 100.0), ("correction.technology", 1.0),
               ("correction.decline", 0.01))
    assert share_of("maturity", eager) > share_of("maturity", content)
    for run in runs("only_correction_mid", eager, 6):
        plain = runs(base_of("correction"), (), 6)[0].ledger[:, Flow.APPROPRIATION].reshape(-1, 4).sum(axis=1)
        assert run.ledger[:, Flow.APPROPRIATION].reshape(-1, 4).sum(axis=1)[6:] == pytest.approx(plain[6:] + 1.0)


# --- optima ----------------------------------------------------------------------------------------------------------


def swept(instrument, lever, values, name):
    """An outcome of every replicate at each strength; prints the means."""
    tried = [((f"{instrument}.{lever}", value), (f"{instrument}.budget", 30.0)) for value in values]
    found = [outcomes(f"only_{instrument}_mid", changes)[:, NAMES.index(name)] for changes in tried]
    print(f"{instrument}.{lever} against {name}: {dict(zip(values, [f.mean().round(4) for f in found], strict=True))}")
    return dict(zip(values, found, strict=True))


@pytest.mark.slow
def test_a_mandate_alone_brings_less_and_less_and_at_last_nothing():
    """Rows: D3, D8. Productivity peaks within beside founding aid and grants: tests/patterns, pattern 8."""
    found = swept("diffusion_mandate", "strength", (0.0, 0.1, 0.4, 0.7, 1.0), "productivity")
    first, last = found[0.1] - found[0.0], found[1.0] - found[0.7]
    assert interval(first, 0.99)[0] > 0 and interval(first - last, 0.99)[0] > 0 and interval(last, 0.99)[0] < 0.003


@pytest.mark.slow
def test_a_diffusion_subsidy_has_no_inner_optimum_in_diffused_innovation():
    """Rows: D6. Written down in docs/limitations.md: it goes on rising to the largest rate."""
    found = swept("diffusion_subsidy", "rate", (0.0, 0.1, 0.3, 0.5, 0.8, 1.0), "diffused_innovation")
    assert interval(found[1.0] - found[0.5], 0.99)[0] > 0 and interval(found[0.5] - found[0.1], 0.99)[0] > 0


@pytest.mark.slow
def test_enforcement_has_no_inner_optimum_in_diffused_innovation():
    """Rows: D4. Written down in docs/limitations.md: it falls from the start, though revenue rises."""
    found = swept("ip_regime", "enforcement", (0.0, 0.1, 0.25, 0.5, 0.75, 1.0), "diffused_innovation")
    assert interval(found[0.25] - found[0.0], 0.99)[1] < 0 and interval(found[1.0] - found[0.5], 0.99)[1] < 0


@pytest.mark.slow
def test_more_pilots_have_no_inner_optimum_but_falling_returns():
    """Rows: B3. Diffused innovation rises while the budget carries more pilots; the first four bring most of it."""
    found = swept("pilot_selection", "number", (0.0, 1.0, 4.0, 16.0), "diffused_innovation")
    first, rest = found[4.0] - found[0.0], found[16.0] - found[4.0]
    assert interval(first, 0.99)[0] > 0 and interval(first - rest, 0.99)[0] > 0
    assert interval(rest, 0.99)[1] > 0


@pytest.mark.slow
def test_more_platforms_have_no_inner_optimum_but_falling_returns():
    """Rows: C4. They stop where no further host is fit; founding falls a little."""
    found = swept("platforms", "number", (0.0, 0.5, 2.0, 8.0), "productivity")
    first, rest = found[2.0] - found[0.0], found[8.0] - found[2.0]
    assert interval(first, 0.99)[0] > 0 and interval(first - rest, 0.99)[0] > 0
    founded = swept("platforms", "number", (0.0, 8.0), "founded")
    assert interval(founded[8.0] - founded[0.0], 0.99)[1] < 0


@pytest.mark.slow
def test_the_size_of_a_grant_has_an_inner_optimum_at_the_same_budget():
    """Rows: C2. Crumbs hold nobody and large grants reach few: what members forfeit has falling weight."""
    budget = ("programme_grants.budget", 12.0)
    tried = {amount: outcomes("no_policy", (("programme_grants.amount", amount), budget))[:, NAMES.index("survival_5y")]
             for amount in (0.1, 0.5, 3.0, 10.0)}
    print({amount: found.mean().round(4) for amount, found in tried.items()})
    assert interval(tried[0.5] - tried[0.1], 0.99)[0] > 0
    assert interval(tried[0.5] - tried[3.0], 0.99)[0] > 0 and interval(tried[3.0] - tried[10.0], 0.99)[0] > 0


@pytest.mark.slow
def test_the_size_of_alliances_has_no_inner_optimum():
    """Rows: A1, B1 (scale). A cap on members costs diffused innovation and bites less the higher it is."""
    tried = {most: outcomes("no_policy", (("parameters.members_most", most),))[:, NAMES.index("diffused_innovation")]
             for most in (6, 10, 16, 30)}
    print({most: found.mean().round(1) for most, found in tried.items()})
    assert interval(tried[30] - tried[6], 0.99)[0] > 0
    assert interval((tried[10] - tried[6]) - (tried[30] - tried[16]), 0.99)[0] > 0


def test_packages_of_equal_budget_cost_the_same():
    """Rows: H3. Grants come whole, so outlays meet within one in twenty."""
    packages = [load(name) for name in library_names() if name.endswith("_equal_budget")]
    outlay = replicate(packages, 40).outcomes[:, :, NAMES.index("public_outlay")].mean(axis=1)
    print(dict(zip([package.name for package in packages], outlay.round(1), strict=True)))
    assert len(packages) == 5 and outlay == pytest.approx([230.0] * 5, rel=0.05)


def test_running_work_is_not_paid_for_twice_unless_the_scenario_allows_it():
    """Rows: B2, C2. Special support passes by alliances under a grant or pilot support."""
    def twice(cumulation):
        levers = EVERYTHING_ON | {"special_support_cumulation": cumulation, "special_support_budget": 50.0,
                                  "special_support_stages": 31.0, "special_support_years": 20.0}
        world, met = make_space(new_world(plain_setup(3, parameters={"initiation_rate": 0.3}, **levers),
                                          recorded=False)), 0
        for quarter in range(1, 41):
            before = world.alliances["supported"].copy()
            world = run_until(world, quarter)
            living = world.live[: world.counts[Count.LIVE]]
            old = living[living < len(before)]
            got = world.alliances["supported"][old] > before[old]
            met += int((got & (world.alliances["grant"][old] > 0)).sum())
        return met

    assert twice(0.0) == 0 < twice(1.0)


def test_a_plan_without_money_changes_nothing():
    """Rows: B1 (cost)."""
    changes = (("layout.budget", 0.0),)
    flows = [run.curves.tobytes() for run in runs("only_layout_high", changes, 3)]
    assert flows == [run.curves.tobytes() for run in runs(base_of("layout"), (), 3)]


def test_a_merger_sheds_no_public_duty():
    """Rows: D3, E3. Public money of both partners stays on the books of the one that is left."""
    for run in runs("only_reengineering_high", count=30):
        gone = run.alliances[run.alliances["reason"] == Reason.MERGED]
        events = run.events[run.events["event"] == Event.MERGED]
        for alliance, other in zip(events["alliance"], events["value"].astype(int), strict=True):
            assert run.alliances["public_total"][alliance] >= run.alliances["public_total"][other]
        assert len(gone) == len(events)
