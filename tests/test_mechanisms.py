"""Each mechanism changes what the simulation does in the direction that the documents claim: paired runs."""

import numpy as np
import pytest

from alliancelab.agents.codes import Door, Event, Kind, Path, Stage
from alliancelab.model.accounts import Flow
from alliancelab.model.life_cycle import ALLOWED
from alliancelab.model.parameters import PARAMETERS
from alliancelab.scenarios.runner import run_one
from alliancelab.scenarios.scenario import load
from tests.experiments import difference, founded, interval, lowers, outcome, panel, raises, recordings

NOTHING: dict = {}
SUBSIDY = {"startup_subsidy__share": 0.6, "startup_subsidy__budget": 200.0}
PILOTS = {"pilot_selection__number": 2.0, "pilot_selection__budget": 30.0}
GRANTS = {"programme_grants__amount": 3.0, "programme_grants__budget": 60.0}
WATCHED = {**GRANTS, "supervision__intensity": 0.5, "supervision__budget": 30.0}
PUBLIC = {**GRANTS, "startup_subsidy__share": 0.4, "startup_subsidy__budget": 60.0}
RESCUE = {"reengineering__effort": 0.8, "reengineering__budget": 50.0}


def _mandate(strength: float) -> dict:
    return {**PUBLIC, "diffusion_mandate__strength": strength, "diffusion_mandate__budget": 30.0}


# --- A: the alliance and its life cycle ----------------------------------------------------------------------------


def test_partners_chosen_for_what_they_add_cover_more_of_the_field():
    """Rows: A1 (complementary strengths)."""
    chosen = np.mean([run.panel["coverage"].mean() for run in recordings()])
    blind = np.mean([run.panel["coverage"].mean() for run in recordings(parameters__accept_gain=0.0)])
    assert chosen > blind


def test_joint_development_shared_benefit_and_shared_risk_are_quantities():
    """Rows: A1. Contributions become joint R&D, benefit is split, risk is spread and not borne by one."""
    run = recordings()[0]
    assert run.ledger[:, Flow.CONTRIBUTION].sum() > 0 and run.ledger[:, Flow.BENEFIT].sum() > 0
    working = run.panel[run.panel["cost"] > 0.5]
    assert 0.5 < working["risk_spread"].mean() < 1.0
    assert 0.0 < working["inequality"].mean() < 0.9


def test_no_alliance_takes_a_forbidden_step_and_stages_keep_no_timetable():
    """Rows: A2."""
    durations = []
    for run in recordings("stage_matched", 6):
        steps = run.events[run.events["event"] == Event.STAGE]
        assert {(int(a), int(b)) for a, b in zip(steps["before"], steps["value"], strict=True)} <= ALLOWED
        growth = run.panel[run.panel["stage"] == Stage.GROWTH]
        durations.append(np.unique(growth["alliance"], return_counts=True)[1])
    quarters = np.concatenate(durations)
    assert quarters.std() > 0.25 * quarters.mean(), "a timer would give every alliance the same growth"


@pytest.mark.parametrize(
    ("open_door", "door"),
    [
        ("door_risk", Door.RISK_AVOIDANCE),
        ("door_opportunity", Door.OPPORTUNITY),
        ("door_innovation", Door.CONTINUOUS_INNOVATION),
    ],
)
def test_each_door_alone_leads_to_regrowth_and_to_no_other(open_door, door):
    """Rows: A3."""
    doors = ("door_risk", "door_opportunity", "door_innovation")
    changes = {f"parameters__{name}": 6.0 if name == open_door else 0.0 for name in doors}
    alliances = founded(recordings(replicates=20, **changes))
    renewed = alliances[(alliances["regrowths"] > 0) & (alliances["door"] != Door.NONE)]
    assert len(renewed) > 0
    assert set(renewed["door"].tolist()) == {int(door)}


def test_without_doors_and_rescue_nobody_regrows():
    """Rows: A3. The stage is read off the trajectory, so a rare recovery by chance is possible: below one in 2,000."""
    share = outcome("regrown", replicates=100, parameters__renewal_rate=0.0)
    print(f"re-grown without doors: {share.mean():.2g} of about {100 * 118} alliances")
    assert share.mean() < 1 / 2000
    assert outcome("regrown").mean() > 50 * share.mean()


def test_stage_profile_tells_the_stages_apart():
    """Rows: A4. The table of stages comes from simulated data."""
    from alliancelab.analysis.results import Run

    scenario = load("no_policy")
    profile = Run(run_one(scenario, 1), scenario, {}).stage_profile()
    text = profile.to_string()
    for word in ("growth", "maturity", "decline", "trust"):
        assert word in text


def test_subsidy_without_layout_rushes_alliances_in():
    """Rows: A5, B2. More alliances, more duplication, lower motive, less vitality; life gets no shorter (a finding)."""
    assert raises("founded", NOTHING, SUBSIDY)
    assert raises("duplication", NOTHING, SUBSIDY)
    assert lowers("motive", NOTHING, SUBSIDY)
    assert lowers("vitality", NOTHING, SUBSIDY)
    low, high = difference("survival_5y", NOTHING, SUBSIDY, replicates=200)
    assert -0.01 < low and high < 0.03  # docs/limitations.md


def test_public_good_side_keeps_strong_firms_out_and_support_brings_them_in():
    """Rows: A6."""
    assert raises("strong_participation", NOTHING, {"parameters__public_good_loss": 0.0})
    assert raises("strong_participation", NOTHING, SUBSIDY)


def test_growth_suffers_from_want_of_funds_disputes_and_poor_methods():
    """Rows: A7."""
    poor = {"parameters__alliance_share": 0.03}
    assert lowers("patents", NOTHING, poor)
    assert raises("disputes", NOTHING, {"parameters__dispute_rate": 0.3})
    assert raises("hazard", NOTHING, {"parameters__dispute_rate": 0.3})
    assert lowers("products", NOTHING, {"parameters__conversion_rate": 0.05})


def test_results_of_mature_alliances_do_not_spread_by_themselves():
    """Rows: A8. At the end of maturity most outsiders still do without."""
    mature = panel(recordings())
    mature = mature[mature["stage"] == Stage.MATURITY]
    assert mature["technology"].mean() > 0.6
    assert mature["diffusion"].mean() < 0.25


def test_decline_shows_its_symptoms():
    """Rows: A9. Members split off, trust, benefit and clarity fall, the market shrinks."""
    table = panel(recordings())
    mature, declining = (table[table["stage"] == stage] for stage in (Stage.MATURITY, Stage.DECLINE))
    assert declining["turnover"].mean() > mature["turnover"].mean()
    for symptom in ("trust", "benefit", "clarity", "economics", "standing", "satisfaction"):
        assert declining[symptom].mean() < mature[symptom].mean(), symptom


# --- B: formation policy -------------------------------------------------------------------------------------------


def test_part_of_the_subsidy_is_deadweight_and_a_larger_share_less():
    """Rows: B2. Who would have started anyway gets the money too."""
    assert 0.2 < outcome("deadweight", **SUBSIDY).mean() < 0.6
    assert lowers("deadweight", {**SUBSIDY, "startup_subsidy__share": 0.3}, SUBSIDY)


def test_pilots_are_chosen_by_the_principles_their_weights_name():
    """Rows: B3."""
    weights = ("composition", "fit", "plan", "openness")
    only = {f"pilot_selection__{w}_weight": 1.0 if w == "openness" else 0.0 for w in weights}
    even = founded(recordings(**PILOTS))
    by_openness = founded(recordings(**PILOTS, **only))
    open_pilots = by_openness["openness"][by_openness["pilot"] >= 0].mean()
    assert open_pilots > even["openness"][even["pilot"] >= 0].mean() > even["openness"][even["pilot"] < 0].mean()
    for run in recordings(**PILOTS):
        for row in np.flatnonzero(run.alliances["pilot"] >= 0):
            named = run.alliances["pilot"][row]
            there = run.members[(run.members["alliance"] == row) & (run.members["joined"] < named)]
            there = there[(there["left"] < 0) | (there["left"] >= named)]
            assert np.isin(there["kind"], (Kind.UNIVERSITY, Kind.INSTITUTE)).any()
            assert np.sum(there["kind"] == Kind.FIRM) >= 2


def test_naming_a_pilot_draws_members_and_experience_helps_the_others():
    """Rows: B4. The same alliance, matched by its key, has more members joining when it is named a pilot."""
    more = []
    for plain, named in zip(recordings(replicates=20), recordings(replicates=20, **PILOTS), strict=True):
        before = {a["key"]: i for i, a in enumerate(plain.alliances)}
        for i, alliance in enumerate(named.alliances):
            if alliance["pilot"] >= 0 and alliance["key"] in before:
                joins = [
                    np.sum((run.members["alliance"] == row) & (run.members["joined"] > alliance["pilot"]))
                    for run, row in ((plain, before[alliance["key"]]), (named, i))
                ]
                more.append(joins[1] - joins[0])
    assert len(more) > 100
    assert np.mean(more) > 2.0 * np.std(more) / np.sqrt(len(more))
    assert raises("living", NOTHING, PILOTS)


# --- C: growth policy ----------------------------------------------------------------------------------------------


def test_a_running_grant_binds_its_members_and_puts_the_vote_off():
    """Rows: C2 (contract). Its harm: whom it holds against his will gives less."""
    free = {**GRANTS, "parameters__exit_forfeit": 0.0}
    assert lowers("hazard", free, GRANTS)

    def gives_while_unwilling(changes):
        """Share of funded alliance-quarters in which members are dissatisfied, in each run."""
        values = []
        for run in recordings(replicates=20, **changes):
            table = run.panel[np.lexsort((run.panel["quarter"], run.panel["alliance"]))]
            funded = np.r_[False, np.diff(table["public_total"]) > 0]
            values.append(np.mean(table["satisfaction"][funded] < 0.35))
        return np.array(values)

    low, high = interval(gives_while_unwilling(GRANTS) - gives_while_unwilling(free), 0.99)
    print(f"share of funded alliance-quarters with dissatisfied members, bound less free: [{low:.4f}, {high:.4f}]")
    assert low > 0
    for run in recordings(replicates=3, **GRANTS):
        votes = run.events[run.events["event"] == Event.CONTRACT_RENEWED]
        grants = run.events[run.events["event"] == Event.GRANT]
        for vote in votes:
            running = grants[(grants["alliance"] == vote["alliance"]) & (grants["quarter"] <= vote["quarter"])]
            assert not (vote["quarter"] < running["quarter"] + 12).any()  # a grant runs for three years


def test_generic_fields_join_more_universities_and_institutes():
    """Rows: A1. With the same parameters, alliances of generic fields have the larger share of research partners."""
    def slope(generic):
        slopes = []
        for run in recordings(replicates=12, parameters__meet_generic=generic):
            table = run.alliances[run.alliances["founded"] >= 20]
            share, patents = table["research"] / np.maximum(table["size"], 1), table["generic_patents"]
            generic_part = patents / np.maximum(patents + table["core_patents"], 1)
            grown = (table["size"] > 0) & (patents + table["core_patents"] > 5)
            slopes.append(np.polyfit(generic_part[grown], share[grown], 1)[0])
        return np.array(slopes)

    low, high = interval(slope(9.0) - slope(0.0), 0.99)
    print(f"research partners against the generic share of patents: [{low:.3f}, {high:.3f}]")
    assert low > 0


def test_grants_raise_joint_research_though_part_of_them_is_diverted():
    """Rows: C2. Members whom the contract of a grant holds give more, too: docs/facts.md has what a yuan brings in."""
    assert difference("effort", NOTHING, GRANTS)[0] > 0
    assert interval(outcome("misuse", **GRANTS))[0] > 0.02


def test_pilots_come_first_for_grants():
    """Rows: C2."""
    alliances = founded(recordings(**GRANTS, **PILOTS, programme_grants__pilots_first=1.0))
    indifferent = founded(recordings(**GRANTS, **PILOTS, programme_grants__pilots_first=0.0))

    def funded(table):
        return (table["grants"][table["pilot"] >= 0] > 0).mean()

    assert funded(alliances) > funded(indifferent)


def test_misuse_exists_and_supervision_lowers_it_for_a_price():
    """Rows: C3."""
    assert outcome("misuse", **GRANTS).mean() > 0.1
    assert lowers("misuse", GRANTS, WATCHED)
    assert raises("public_outlay", GRANTS, WATCHED)
    run = recordings(**WATCHED)[0]
    assert run.ledger[:, Flow.CLAWBACK].sum() > 0
    assert run.ledger[:, Flow.COMPLIANCE].sum() > 0


def test_review_stops_grants_that_bring_too_little():
    """Rows: C3 (stage results)."""
    stopped = [
        sum(np.sum(run.events["event"] == Event.GRANT_STOPPED) for run in recordings(**WATCHED, supervision__review=r))
        for r in (0.0, 1.0)
    ]
    assert stopped[1] > stopped[0]


# --- D: maturity policy --------------------------------------------------------------------------------------------


def test_mandate_spreads_each_alliance_further_and_drives_partners_away():
    """Rows: D3, D8."""
    free, bound = (outcome("adoptions", **c) / outcome("living", **c) for c in (PUBLIC, _mandate(0.5)))
    assert np.mean(bound - free) > 3.0 * np.std(bound - free) / np.sqrt(len(free))
    assert lowers("participation", PUBLIC, _mandate(0.5))
    assert lowers("participation", _mandate(0.5), _mandate(1.0))


def test_mandate_without_public_money_binds_nobody():
    """Rows: D3. Only results of publicly funded work must be shown."""
    lonely = {"diffusion_mandate__strength": 0.5, "diffusion_mandate__budget": 30.0}
    assert outcome("public_outlay", **lonely).max() == 0.0
    assert np.array_equal(outcome("adoptions", **lonely), outcome("adoptions"))


# --- E: decline policy ---------------------------------------------------------------------------------------------


_USUAL = np.array([p.default for p in PARAMETERS if p.name.startswith("usual_")])


def _right_path(effort: float) -> float:
    """Share of bought paths that answer the truly weakest dimension, judged by the levels the diagnosis uses."""
    right, bought = 0, 0
    for run in recordings(replicates=15, **{**RESCUE, "reengineering__effort": effort}):
        rows = run.events[run.events["event"] == Event.RESCUE_BOUGHT]
        for row in rows:
            state = run.panel[(run.panel["alliance"] == row["alliance"]) & (run.panel["quarter"] == row["quarter"] - 1)]
            if len(state) == 0:
                continue
            names = ("technology_dimension", "economics", "standing", "stability", "governance", "clarity")
            weakest = int(np.argmax(_USUAL - np.array([state[0][n] for n in names])))
            right += weakest == int(row["value"])
            bought += 1
    return right / bought


def test_effort_of_diagnosis_buys_the_right_path_more_often():
    """Rows: E1."""
    assert _right_path(1.0) > _right_path(0.05) + 0.05


def test_four_conditions_hold_rescue_back_where_it_is_not_worth_it():
    """Rows: E2."""
    counts = [
        sum(
            np.sum(run.events["event"] == Event.RESCUE_BOUGHT)
            for run in recordings(**RESCUE, reengineering__eligibility=strict)
        )
        for strict in (1.0, 0.0)
    ]
    assert counts[0] < counts[1]


def test_reengineering_raises_regrowth_and_buys_every_path():
    """Rows: E3."""
    assert raises("regrown", NOTHING, RESCUE)
    paths = np.concatenate(
        [run.events["value"][run.events["event"] == Event.RESCUE_BOUGHT] for run in recordings(replicates=20, **RESCUE)]
    )
    assert {int(Path(int(v))) for v in paths} == {0, 1, 2, 3, 4, 5}


def test_random_paths_rescue_fewer_for_the_same_number_bought():
    """Rows: E3. The path follows from the cause."""
    blind = {**RESCUE, "reengineering__targeting": 0.0}

    def success(changes):
        regrown, bought = 0, 0
        for run in recordings(replicates=30, **changes):
            alliances = run.alliances
            bought += (alliances["rescues"] > 0).sum()
            regrown += ((alliances["rescues"] > 0) & (alliances["regrowths"] > 0)).sum()
        return regrown / bought

    assert success(RESCUE) > success(blind)
