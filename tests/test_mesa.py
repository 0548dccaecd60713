"""The Mesa model is the headless engine seen from outside: same bits, and agents that answer by the same rules."""

import gc
import subprocess
import sys
import weakref
from copy import deepcopy

import mesa
import numpy as np
import pytest

import alliancelab as al
from alliancelab.agents import firm_rules, organisation_rules
from alliancelab.agents.alliance import Alliance
from alliancelab.agents.codes import Kind, Path, Reason, Stage
from alliancelab.agents.errors import ScenarioError, UserError
from alliancelab.agents.government import Government
from alliancelab.agents.organisations import Firm, Institute, Organisation, ServiceAgency, University
from alliancelab.agents.views import Column, Field, total
from alliancelab.mesa_agents import ModelOfAgents
from alliancelab.model import membership, tables
from alliancelab.model.accounts import Count
from alliancelab.model.policy import reengineering
from alliancelab.model.policy.startup_subsidy import promised
from alliancelab.model.simulation import recording_of, simulate
from tests.support.worlds import from_python

admit, diagnose = from_python(membership.admit), from_python(reengineering.diagnose)

SMALL = {"world.firms": 120, "world.sectors": 2, "world.universities": 6, "world.institutes": 6, "world.agencies": 4,
         "world.quarters": 60, "world.warm_up": 20}


def small(scenario: str = "stage_matched", **arguments) -> al.AllianceModel:
    return al.AllianceModel(scenario, **{"rng": 0, **SMALL, **arguments})


def after(quarters: int, scenario: str = "stage_matched", **arguments) -> al.AllianceModel:
    model = small(scenario, **arguments)
    for _ in range(quarters):
        model.step()
    return model


def keys_of(model) -> set[int]:
    return {agent.key for agent in model.organisations}


@pytest.fixture(scope="module")
def grown():
    """A model in the middle of its life, not to be stepped."""
    return after(45)


# --- the same run as without Mesa ------------------------------------------------------------------------------------


@pytest.mark.parametrize("scenario", ["no_policy", "stage_matched"])
@pytest.mark.parametrize("watched", [False, True])
def test_stepping_gives_the_bits_of_the_headless_run(scenario, watched):
    """Rows: H1."""
    model = small(scenario)
    while model.running:
        model.step()
        if watched:
            model.agents.shuffle_do("step")
            model.random.random()
            [firm.initiation_hazard() for firm in model.agents_by_type[Firm]]
            [model.government.observe(alliance, 0.5) for alliance in model.alliances]
    headless = simulate(model.setup)
    assert model.recording.region is None and headless.region is None
    for name in headless._fields[1:-1]:
        assert getattr(model.recording, name).tobytes() == getattr(headless, name).tobytes(), name


def test_every_step_is_a_step_of_the_headless_run():
    model = small()
    headless = simulate(model.setup)
    while model.running:
        model.step()
        assert model.recording.curves[: model.quarter].tobytes() == headless.curves[: model.quarter].tobytes()
        assert model.recording.ledger[: model.quarter].tobytes() == headless.ledger[: model.quarter].tobytes()


def test_a_model_runs_as_long_as_its_scenario_says():
    model = small()
    model.run_model()
    assert (model.quarter, model.steps, model.running) == (60, 60, False)
    assert model.year == 2007 + (60 - model.setup.sizes["warm_up"]) / 4
    with pytest.raises(UserError, match="ended after 60 quarters"):
        model.step()


def test_seed_zero_repeats_itself_and_differs_from_seed_one():
    first, again, other = (after(30, rng=seed).recording for seed in (0, 0, 1))
    assert first.curves.tobytes() == again.curves.tobytes()
    assert first.curves.tobytes() != other.curves.tobytes()


def test_seed_and_rng_are_two_names_for_the_same():
    assert small(rng=None, seed=3).setup.seed == small(rng=np.int64(3)).setup.seed == 3
    assert small(rng=np.random.default_rng(5)).setup.seed == small(rng=np.random.default_rng(5)).setup.seed
    assert small(rng=None).setup.seed != small(rng=None).setup.seed


@pytest.mark.parametrize(("arguments", "words"), [
    ({"scenario": "stage_match"}, "did you mean 'stage_matched'"),
    ({"programme_grants.amont": 1.0}, "amont"),
    ({"firms": 3}, "world.NAME"),
    ({"rng": 1, "seed": 1}, "give one of them"),
    ({"rng": -1}, "has to be a whole number"),
    ({"rng": True}, "has to be a whole number"),
    ({"rng": "x"}, "has to be a whole number"),
    ({"seed": 1.5, "rng": None}, "has to be a whole number"),
])
def test_a_mistake_is_answered_with_one_sentence(arguments, words):
    with pytest.raises(ScenarioError, match=words) as caught:
        small(**arguments)
    assert "\n" not in str(caught.value)


# --- Mesa's own tools ------------------------------------------------------------------------------------------------


def test_agents_are_one_for_each_organisation_and_the_government(grown):
    counts = {kind: len(agents) for kind, agents in grown.agents_by_type.items()}
    assert counts[University] == 6 and counts[Institute] == 6 and counts[ServiceAgency] == 4
    assert counts[Firm] == grown.world.curves["firms"][44]
    assert counts[Government] == 1 and grown.government in grown.agents
    assert set(grown.agent_types) == set(counts)


def test_agents_select_group_and_aggregate(grown):
    """Rows: H1."""
    organisations = grown.world.organisations
    firms = grown.agents.select(agent_type=Firm)
    assert firms.agg("funds", sum) == pytest.approx(organisations["funds"][organisations["kind"] == Kind.FIRM].sum())
    taking_part = grown.organisations.select(lambda organisation: organisation.alliance_count > 0)
    assert len(taking_part) == grown.world.curves["participants"][44]
    groups = taking_part.groupby("kind")
    assert groups.count()[Kind.FIRM] == len(taking_part.select(agent_type=Firm))
    assert 0.0 < groups.agg("stated_need", np.mean)[Kind.FIRM] < 1.0
    assert max(firms.get("size")) == next(iter(firms.sort("size"))).size
    assert firms.map("initiation_hazard") == [firm.initiation_hazard() for firm in firms]


def test_agents_are_not_made_before_somebody_asks():
    model = after(3)
    assert len(super(ModelOfAgents, model).agents) == 0
    assert len(model.agents) == len(super(ModelOfAgents, model).agents) > 100


def test_the_data_collector_holds_the_curves():
    model = after(30)
    frame = model.datacollector.get_model_vars_dataframe()
    assert frame["quarter"].tolist() == list(range(30))
    for name in ("alliances", "growth", "vitality", "outlay"):
        assert frame[name].tolist() == model.recording.curves[name][:30].tolist()
    assert frame["year"].iloc[-1] == model.year - 0.25


def test_a_data_collector_of_ones_own_follows_agents():
    """Rows: H1."""
    model = small()
    model.datacollector = mesa.DataCollector(
        model_reporters={"partners": lambda m: sum(len(firm.partners) for firm in m.agents_by_type[Firm])},
        agenttype_reporters={Firm: {"need": "stated_need", "alliances": lambda firm: len(firm.alliances)}},
    )
    for _ in range(20):
        model.step()
    frame = model.datacollector.get_agenttype_vars_dataframe(Firm)
    last = frame.xs(frame.index.get_level_values("Step").max(), level="Step")
    assert len(last) == len(model.agents_by_type[Firm])
    assert last["need"].tolist() == model.agents_by_type[Firm].get("stated_need")
    assert len(model.datacollector.get_model_vars_dataframe()) == 20


def test_batch_run_tries_scenarios_levers_and_seeds():
    """Rows: H1."""
    tried = {"scenario": ["no_policy", "stage_matched"], "rng": [0, 1], "programme_grants.amount": [2.0, 4.0], **SMALL}
    rows = al.batch_run(al.AllianceModel, tried)
    if hasattr(mesa, "batch_run"):  # until Mesa 4
        theirs = mesa.batch_run(al.AllianceModel, tried, number_processes=1, display_progress=False)
        assert [row["patents"] if "patents" in row else row["vitality"] for row in rows] == [
            row["patents"] if "patents" in row else row["vitality"] for row in theirs]
    assert len(rows) == 8 and {row["quarter"] for row in rows} == {59}
    for row in rows:
        run = small(row["scenario"], rng=row["rng"], **{"programme_grants.amount": row["programme_grants.amount"]})
        curve = simulate(run.setup).curves[59]
        assert (row["alliances"], row["vitality"], row["outlay"]) == (
            curve["alliances"], curve["vitality"], curve["outlay"])
    outlays = [row["outlay"] for row in rows if row["scenario"] == "stage_matched" and row["rng"] == 0]
    assert len(set(outlays)) == 2


def test_batch_run_labels_every_quarter_rightly_in_its_own_column():
    rows = al.batch_run(al.AllianceModel, {"rng": 0, **SMALL}, every=1)
    assert [row["step"] for row in rows] == list(range(1, 61))
    assert [row["quarter"] for row in rows] == list(range(60))
    assert [row["alliances"] for row in rows] == simulate(small("no_policy").setup).curves["alliances"].tolist()


def test_a_model_that_nobody_holds_is_freed():
    model = after(2)
    assert len(model.agents) > 100
    gone = weakref.ref(model)
    del model
    gc.collect()
    assert gone() is None


# --- agents and alliances are views ----------------------------------------------------------------------------------


@pytest.mark.parametrize(("view", "columns"), [
    (Organisation, tables.ORGANISATIONS), (Firm, tables.ORGANISATIONS), (Government, tables.GOVERNMENT),
    (Alliance, tables.ALLIANCES), (Field, tables.FIELDS),
])
def test_every_attribute_read_from_a_table_is_a_column_of_it(view, columns):
    named = {name for name, value in vars(view).items() if isinstance(value, Column)}
    assert named and named <= {column.name for column in columns}


def test_an_agent_reads_its_row_and_refuses_to_be_set(grown):
    firm = next(iter(grown.agents_by_type[Firm]))
    row = grown.world.organisations[firm.row]
    assert (firm.funds, firm.stage, firm.kind) == (row["funds"], row["stage"], Kind.FIRM)
    assert firm.age == 45 - row["born"]
    firm.expertise[:] = 0.0
    assert firm.expertise.tolist() == row["expertise"].tolist() != [0.0] * tables.CLASSES
    with pytest.raises(AttributeError, match="change a lever"):
        firm.funds = 1.0


def test_agents_follow_births_and_failures():
    model = small()
    seen = {agent.row: agent for agent in model.organisations}
    failed = born = 0
    while model.running:
        model.step()
        table = model.world.organisations
        assert keys_of(model) == set(table["key"][table["active"]].tolist())
        now = {agent.row: agent for agent in model.organisations}
        for row, agent in seen.items():
            if agent.exists:
                assert now[row] is agent
            else:
                failed += 1
                assert agent not in model.agents
                with pytest.raises(LookupError, match="is no more"):
                    agent.funds  # noqa: B018
        for row, agent in now.items():
            if seen.get(row) is not agent:
                born += 1
                assert isinstance(agent, Firm) and agent.age == 1
        seen = now
    assert failed > 5 and born > 5


def test_membership_reads_the_same_from_both_sides(grown):
    assert grown.alliances
    for alliance in grown.alliances:
        assert len(alliance.members) == len(alliance.seats) == alliance.size
        assert all(alliance in member.alliances for member in alliance.members)
        assert alliance.firms == sum(isinstance(member, Firm) for member in alliance.members)
        for member in alliance.members:
            assert set(member.partners) >= set(alliance.members) - {member}
            assert member not in member.partners


def test_an_alliance_is_readable(grown):
    curve = grown.world.curves[44]
    stages = [alliance.stage for alliance in grown.alliances]
    assert all(isinstance(stage, Stage) for stage in stages)
    assert [stages.count(stage) for stage in Stage] == [curve[stage.name.lower()] for stage in Stage]
    alliance = grown.alliances[0]
    assert alliance == grown.alliance(alliance.row) and len({alliance, grown.alliance(alliance.row)}) == 1
    assert alliance.stage.name.lower() in repr(alliance)
    assert alliance.field.share == grown.world.fields[alliance.sector, alliance.field.number]["share"]
    assert alliance.alive and alliance.reason is Reason.ALIVE


def test_an_ended_alliance_shows_its_last_state_and_invites_nobody():
    model = after(60)
    row = int(np.flatnonzero(model.recording.alliances["ended"] >= 0)[0])
    alliance = model.alliance(row)
    assert not alliance.alive and alliance not in model.alliances and alliance.reason is not Reason.ALIVE
    assert alliance.members == [] and alliance.age == alliance.ended - alliance.founded
    with pytest.raises(LookupError, match="invites nobody"):
        alliance.invitation()


def test_the_ledger_of_the_government_is_that_of_the_run(grown):
    ledger = grown.government.ledger
    assert ledger.shape == (45, len(grown.flows))
    assert ledger.to_numpy().tobytes() == recording_of(grown.world, grown.setup).ledger[:45].tobytes()
    paid = [flow.column for flow in grown.flows if flow.instrument]
    assert grown.government.outlay == pytest.approx(ledger[paid].iloc[-1].sum())
    assert grown.government.budget == sum(grown.government.budgets.values()) > 0.0
    for name, spent in grown.government.spent.items():
        assert 0.0 <= spent <= grown.government.budgets[name] + 1e-9


# --- verbs call the rules --------------------------------------------------------------------------------------------


def test_an_evaluation_is_the_chance_with_which_the_model_lets_a_candidate_in(grown):
    """The process of membership, on a copy of the world, admits just below the probability and refuses just above."""
    p, tick, tried = grown.parameters, grown.quarter, 0
    best = np.empty(tables.CLASSES)
    for alliance in grown.alliances:
        invitation = alliance.invitation()
        for firm in grown.agents_by_type[Firm]:
            gain = organisation_rules.coverage_gain(firm.record, invitation.weights, invitation.best)
            taken = firm.sector != alliance.sector or firm in alliance.members or gain < p.entry_gain
            if taken or not firm.has_room():
                continue
            chance = firm.evaluate(invitation)
            assert not admit(deepcopy(grown.world), tick, alliance.row, firm.row, best, chance)
            other = deepcopy(grown.world)
            other.counts[Count.RECORD] = 0  # the copy has no spare rows for a record of who joins
            assert admit(other, tick, alliance.row, firm.row, best, np.nextafter(chance, 0.0))
            tried += 1
            if tried == 40:
                return
    assert tried > 20


def test_a_label_attracts(grown):
    alliance = grown.alliances[0]
    for agent in grown.organisations:
        assert agent.evaluate(alliance.invitation(label=1.0)) > agent.evaluate(alliance.invitation(label=0.0))


def test_an_initiation_hazard_is_that_of_the_rule(grown):
    p, levers = grown.parameters, grown.levers
    for firm in grown.agents_by_type[Firm]:
        subsidy = promised(grown.world, grown.quarter, firm.sector)
        loss = firm_rules.public_loss(
            levers.diffusion_mandate_strength, grown.world.sectors[firm.sector].public_belief, p)
        hazard = firm_rules.initiation_hazard(firm.record, subsidy, loss, p)
        assert firm.initiation_hazard() == (hazard if firm.has_room() else 0.0)
        assert 0.0 <= firm.failure_hazard() <= 1.0
        assert 0.0 < firm.evaluate(firm.invitation(firm.fields[-1])) < 1.0
        assert all(np.isfinite(firm.appeal(field)) for field in firm.fields)


def test_members_engage_by_the_rule(grown):
    for alliance in grown.alliances:
        for seat in alliance.seats:
            member, p = seat.member, grown.parameters
            record = alliance.seat_of(member)
            if seat.projects == 0:
                assert member.exit_hazard(alliance) == organisation_rules.exit_hazard(record, alliance.record, p)
            assert member.satisfaction(alliance) == seat.satisfaction
        assert 0.0 <= alliance.dispute_hazard() <= 1.0


def test_sums_add_one_number_after_the_other():
    values = np.array([1.0, 1e100, 1.0, -1e100] * 3)
    by_hand = 0.0
    for value in values:
        by_hand += value
    assert total(values) == by_hand == 0.0


def test_an_outsider_has_no_seat(grown):
    alliance = grown.alliances[0]
    outsider = next(firm for firm in grown.agents_by_type[Firm] if alliance not in firm.alliances)
    with pytest.raises(LookupError, match="is no member"):
        outsider.satisfaction(alliance)


def test_acquaintances_exist_and_are_those_remembered(grown):
    remembered = 0
    for agent in grown.organisations:
        rows = set(agent.record["partner_rows"].tolist())
        assert all(other.exists and other.row in rows for other in agent.acquaintances)
        remembered += len(agent.acquaintances)
    assert remembered > 10


def test_the_government_sees_what_its_diagnosis_would_see(grown):
    for alliance in grown.alliances:
        seen = np.empty(tables.DIMENSIONS)
        effort = diagnose(deepcopy(grown.world), grown.quarter, alliance.row, seen)
        assert grown.government.observe(alliance, effort).tolist() == seen.tolist()
    with pytest.raises(ValueError, match="from 0 to 1"):
        grown.government.observe(alliance, 2.0)


def test_the_government_ranks_alliances(grown):
    for alliance in grown.alliances:
        assert 0.0 <= grown.government.pilot_score(alliance) <= 1.0
        assert 0.0 < grown.government.rescue_odds(alliance, Path.REFOCUS) < 1.0


# --- the headless path knows nothing of Mesa -------------------------------------------------------------------------


@pytest.mark.parametrize("code", [
    "import alliancelab",
    "from alliancelab.agents import alliance, alliance_rules, firm_rules, government_rules, organisation_rules, views",
    "import alliancelab as al; al.run('no_policy', overrides={'world.quarters': 50, 'world.firms': 60})",
    "import alliancelab as al; al.compare(['no_policy'], replicates=1, overrides={'world.quarters': 50})",
    "import alliancelab.cli",
])
def test_without_agents_mesa_is_not_imported(code, tmp_path):
    code += "\nimport sys; print([name for name in sys.modules if name.split('.')[0] in ('mesa', 'networkx')])"
    answer = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert answer.stdout.splitlines()[-1:] == ["[]"], answer.stderr
