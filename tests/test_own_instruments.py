"""A researcher's own instruments: declared like ours, at work, paid, bounded, found in installed packages."""

import json
import os
import subprocess
import sys

import numpy as np
import pytest

import alliancelab as al
from alliancelab.model.accounts import FLOWS, Flow
from alliancelab.model.policy import own
from alliancelab.scenarios.scenario import load
from tests.support.worlds import fingerprint

SMALL = {"firms": 120, "universities": 4, "institutes": 6, "agencies": 4, "sectors": 2, "regions": 2,
         "quarters": 48, "warm_up": 8}


def declared(does, **changes):
    """An own instrument with little in it but what it does."""
    words = dict.fromkeys(("eligible", "delivery", "acts_on", "cost", "harm"), "-")
    return al.Instrument(
        name="trial", title="Trial", policy_stage="growth", rows=(), strength="strength", act=does, **words,
        levers=(al.Lever("strength", 0, 0, 10, "-", "-", "-"), al.Lever("budget", 0, 0, 100, "-", "-", "-")),
    )._replace(**changes)


@pytest.fixture
def trial():
    """Registers a trial instrument and forgets it after the test."""
    def known(does, **changes):
        return al.register(declared(does, **changes))

    yield known
    if "trial" in own._own:
        al.withdraw("trial")


def scenario(name="trial", **block):
    return {"title": "Trial", "world": SMALL, "policy": {name: {"strength": 1, "budget": 20} | block}}


def flows(run, flow):
    return run.recording.ledger[:, flow]


def pay_all(quarter):
    quarter.pay_alliances(quarter.addressed, quarter.levers.strength / 4)


def test_without_strength_it_is_as_if_it_were_not_there(trial):
    trial(pay_all)
    absent = al.run({"title": "t", "world": SMALL}, seed=2).recording
    idle = al.run(scenario(strength=0), seed=2).recording
    assert np.array_equal(idle.ledger[:, Flow.APPROPRIATION].reshape(-1, 4)[:, 0], [20.0] * 12)
    unused = [Flow.APPROPRIATION, Flow.RETURNED]  # its budget is appropriated and handed back
    idle.ledger[:, unused] = 0.0
    assert fingerprint(idle) == fingerprint(absent)


def test_money_goes_through_the_ledger_and_never_beyond_the_budget(trial):
    trial(pay_all)
    for budget in (0.0, 1.0, 20.0):
        run = al.run(scenario(budget=budget), seed=2)
        yearly = flows(run, Flow.OWN_TO_ALLIANCES).reshape(-1, 4).sum(axis=1)
        assert yearly.max() <= budget + 1e-9
        assert (yearly.max() > 0) == (budget > 0)
    paid = flows(run, Flow.OWN_TO_ALLIANCES)
    assert np.isclose(run.recording.curves["outlay"].sum(), paid.sum())


def test_balances_of_all_purses_change_by_the_ledger(trial):
    def act(quarter):
        quarter.pay_organisations(quarter.of_kind(0)[:5], [0.1, 0.2, 0.3, 0.4, 0.5])
        quarter.pay_alliances(quarter.living, 0.2)
        quarter.buy(0.3)

    trial(act)
    model = al.AllianceModel(scenario(budget=2), seed=1)
    for _ in range(30):
        tables = {"organisations": model.world.organisations, "alliances": model.world.alliances,
                  "government": model.world.government}
        before = {name: float(table["funds"].sum()) for name, table in tables.items()}
        model.step()
        tables["alliances"] = model.world.alliances
        line = model.world.ledger[model.quarter - 1]
        for name, table in tables.items():
            moved = sum(line[i] * ((f.target == name) - (f.source == name)) for i, f in enumerate(FLOWS))
            assert float(table["funds"].sum()) - before[name] == pytest.approx(moved, abs=1e-6)
    assert model.world.ledger[:, Flow.OWN_SERVICES].sum() > 0


def test_where_the_budget_does_not_reach_all_get_the_same_part(trial):
    seen = []

    def act(quarter):
        seen.append(quarter.pay_organisations(quarter.of_kind(0)[:3], [1.0, 2.0, 3.0]))
        assert quarter.left == pytest.approx(0.0)

    trial(act)
    al.run(scenario(budget=3))
    assert np.allclose(seen[8], [0.5, 1.0, 1.5])  # the first quarter after the warm-up
    assert np.allclose(seen[9], 0.0)              # the year's money is gone


def test_it_acts_in_its_window_and_on_its_stages(trial):
    seen = []

    def act(quarter):
        stages = quarter.alliances["stage"][quarter.addressed]
        seen.append((quarter.year, set(stages.tolist())))

    trial(act, stages=("growth",))
    al.run(scenario(**{"from": 2010, "until": 2016, "stages": ["formation", "growth"]}))
    assert [year for year, _ in seen] == [2010 + k / 4 for k in range(24)]
    assert set().union(*(stages for _, stages in seen)) == {0, 1}


def test_an_input_that_it_changes_changes_what_agents_do(trial):
    def act(quarter):
        firms = quarter.of_kind(0)
        quarter.change("organisations", "stated_need", firms, quarter.organisations["need"][firms])

    trial(act)
    founded = [al.run(s, seed=k).outcomes["founded"] for s in ({"title": "t", "world": SMALL}, scenario())
               for k in range(6)]
    assert np.mean(founded[6:]) > np.mean(founded[:6])


def test_runs_of_it_are_the_same_headless_stepped_saved_and_in_threads(trial, tmp_path):
    def act(quarter):
        lots = quarter.uniform(quarter.alliances["key"][quarter.living])
        quarter.pay_alliances(quarter.living[lots < 0.3], 0.5)

    trial(act)
    headless = fingerprint(al.run(scenario(), seed=4).recording)
    model = al.AllianceModel(scenario(), seed=4)
    for _ in range(20):
        model.step()
    model.save(tmp_path / "trial.npz")
    model.run_model()
    opened = al.AllianceModel.load(tmp_path / "trial.npz")
    opened.run_model()
    assert fingerprint(model.recording) == fingerprint(opened.recording) == headless
    compared = [al.compare([scenario()], replicates=6, workers=workers).outcomes for workers in (1, 4)]
    assert compared[0].equals(compared[1])


def test_draws_are_those_of_the_entity_whatever_else_is_asked(trial):
    drawn = {}

    def act(quarter):
        drawn[quarter.tick] = (quarter.uniform([7, 8, 9]), quarter.uniform([9, 7], 1), quarter.uniform([7]))

    trial(act)
    al.run(scenario())
    three, other, one = drawn[10]
    assert three[0] == one[0] and not np.isin(other, three).any()
    assert drawn[11][0][0] != three[0]
    assert 0.4 < np.mean([values[0] for values in drawn.values()]) < 0.6


@pytest.mark.parametrize(("act", "sentence"), [
    (lambda q: q.change("alliances", "trust", q.living, 1.0), "alliances.trust is no input"),
    (lambda q: q.change("organisations", "stated_needs", [0], 1.0), "did you mean organisations.stated_need"),
    (lambda q: q.change("organisations", "need", [0], 1.5), "has to be in [0, 1], not 1.5"),
    (lambda q: q.change("organisations", "need", [0], np.nan), "has to be in [0, 1], not nan"),
    (lambda q: q.change("organisations", "need", [10_000], 0.5), "rows of organisations that do not exist"),
    (lambda q: q.pay_organisations(q.of_kind(0)[:1], -1.0), "not negative"),
    (lambda q: q.pay_organisations(q.of_kind(0)[:1], np.inf), "an amount has to be a number"),
    (lambda q: q.pay_alliances([10_000], 1.0), "rows of alliances that do not exist"),
])
def test_what_instruments_may_not_do_is_refused_in_one_sentence(trial, act, sentence):
    trial(act)
    with pytest.raises(al.InstrumentError) as caught:
        al.run(scenario())
    assert sentence in str(caught.value) and "instrument 'trial', quarter 8" in str(caught.value)


def test_tables_cannot_be_written_past_the_ledger(trial):
    def act(quarter):
        quarter.alliances["funds"] += 1.0

    trial(act)
    with pytest.raises(ValueError, match="read-only") as caught:
        al.run(scenario())
    assert "in the instrument 'trial', quarter 8" in caught.value.__notes__


@pytest.mark.parametrize(("changes", "sentence"), [
    ({"name": "layout"}, "an instrument of ours has that name"),
    ({"name": "Not a name"}, "small letters"),
    ({"policy_stage": "youth"}, "policy_stage has to be one of"),
    ({"stages": ("youth",)}, "stages have to be of"),
    ({"strength": "force"}, "its strength 'force' has to be one of its levers"),
    ({"levers": (al.Lever("strength", 0, 0, 1, "-", "-", "-"),)}, "a lever 'budget'"),
    ({"levers": (al.Lever("strength", 1, 0, 1, "-", "-", "-"), al.Lever("budget", 0, 0, 1, "-", "-", "-"))},
     "0 by default"),
    ({"act": lambda: None}, "one argument"),
    ({"act": None}, "one argument"),
])
def test_a_declaration_that_is_not_right_is_refused(changes, sentence):
    with pytest.raises(al.InstrumentError) as caught:
        al.register(declared(pay_all, **changes))
    assert sentence in str(caught.value)


def test_scenarios_know_its_levers_and_bounds(trial):
    with pytest.raises(al.ScenarioError, match=r"policy\.trial is not known here"):
        load(scenario())
    trial(pay_all)
    with pytest.raises(al.ScenarioError, match=r"policy\.trial\.strength is 11 and has to be at most 10"):
        load(scenario(strength=11))
    with pytest.raises(al.ScenarioError, match="did you mean 'strength'"):
        load(scenario(strenght=1))
    before = load(scenario()).hash
    trial(lambda quarter: None)
    assert load(scenario()).hash != before  # what it does decides a run


def test_equal_budgets_and_provenance_hold_for_it(trial, tmp_path):
    trial(pay_all)
    file = tmp_path / "paid.toml"
    file.write_text('title = "Paid"\nbase = "trial.toml"\n[policy.trial]\nbudget = 2\n')
    lines = [f"{key} = {value}" for key, value in SMALL.items()]
    (tmp_path / "trial.toml").write_text(
        'title = "Trial"\n[policy.trial]\nstrength = 4\nbudget = 5\n[world]\n' + "\n".join(lines))
    compared = al.compare([str(file), str(tmp_path / "trial.toml")], replicates=4, equal_budget=True,
                          out=tmp_path / "results")
    table = compared.outcomes
    outlay = table[table["outcome"] == "public_outlay"].groupby("scenario")["value"].mean()
    assert outlay["paid"] == pytest.approx(outlay["trial"], rel=0.02) and outlay["paid"] > 0
    assert "def pay_all" in al.read(tmp_path / "results").provenance["instruments"]["trial"]


def test_a_branch_changes_its_strength_and_brings_none(trial):
    trial(pay_all)
    model = al.AllianceModel(scenario(strength=0), seed=1)
    for _ in range(12):
        model.step()
    paid = model.branch({"trial.strength": 2})
    for one in (model, paid):
        one.run_model()
    assert flows(model, Flow.OWN_TO_ALLIANCES).sum() == 0.0 < flows(paid, Flow.OWN_TO_ALLIANCES)[12:].sum()
    assert flows(paid, Flow.OWN_TO_ALLIANCES)[:12].sum() == 0.0
    assert paid.government.spent["trial"] >= 0.0 and paid.government.budgets["trial"] == 20
    bare = al.AllianceModel({"title": "t", "world": SMALL}, seed=1)
    with pytest.raises(al.ScenarioError, match="cannot bring or drop an own instrument"):
        bare.branch({"trial.strength": 2})


PACKAGE = """
import alliancelab as al

def act(quarter):
    quarter.buy(0.1)

words = dict.fromkeys(("eligible", "delivery", "acts_on", "cost", "harm"), "-")
INSTRUMENT = al.Instrument(
    name="brought", title="Brought by a package", policy_stage="growth", rows=(), strength="strength", act=act, **words,
    levers=(al.Lever("strength", 0, 0, 10, "-", "-", "-"), al.Lever("budget", 0, 0, 100, "-", "-", "-")))
WRONG = 3
"""


@pytest.mark.parametrize(("name", "code", "said"), [
    ("INSTRUMENT", 0, "policy.brought"),
    ("WRONG", 2, "it has to be an alliancelab.Instrument"),
    ("MISSING", 2, "cannot be loaded: AttributeError"),
])
def test_an_installed_package_brings_one_to_the_command_line(tmp_path, name, code, said):
    (tmp_path / "brought.py").write_text(PACKAGE)
    info = tmp_path / "brought-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: brought\nVersion: 1\n")
    (info / "entry_points.txt").write_text(f"[{own.GROUP}]\nbrought = brought:{name}\n")
    answer = subprocess.run([sys.executable, "-m", "alliancelab", "levers", "growth"], capture_output=True, text=True,
                            env=os.environ | {"PYTHONPATH": str(tmp_path)}, check=False)
    assert answer.returncode == code
    assert said in " ".join((answer.stdout + answer.stderr).split()) and "Traceback" not in answer.stderr
    if code == 0:
        described = subprocess.run([sys.executable, "-m", "alliancelab", "levers", "--json"], capture_output=True,
                                   text=True, env=os.environ | {"PYTHONPATH": str(tmp_path)}, check=True)
        assert json.loads(described.stdout)[-1]["name"] == "brought"
