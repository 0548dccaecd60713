"""The Mesa model is the headless engine seen from outside: same bits, and agents that answer by the same rules."""

import gc
import subprocess
import sys
import weakref

import mesa
import numpy as np
import pytest

import alliancelab as al
from alliancelab.agents.codes import Kind
from alliancelab.agents.errors import ScenarioError, UserError
from alliancelab.agents.government import Government
from alliancelab.agents.organisations import Firm, Institute, ServiceAgency, University
from alliancelab.mesa_agents import ModelOfAgents
from alliancelab.model.simulation import simulate
from tests.support.mesa import SMALL, after, small


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
