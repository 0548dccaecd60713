"""Sweeps in many worlds: the runs are those of a comparison, points are told apart from the scenario as it is."""

from dataclasses import replace

import numpy as np
import pytest

import alliancelab as al
from alliancelab.agents.errors import StoreError, UserError
from alliancelab.scenarios.sweep.design import load_design
from alliancelab.scenarios.sweep.plan import Sweep
from alliancelab.scenarios.sweep.planning import new_runs, runs_asked, write_plan
from tests.support.sweeps import TINY, bits, design, finished, planned, table_of

AMOUNTS = [{"programme_grants.amount": 1.0}, {"programme_grants.amount": 6.0}]
LISTED = {"method": "list", "samples": None, "factors": None, "points": AMOUNTS, "worlds": 4, "replicates": 2}


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    sweep = planned(tmp_path_factory.mktemp("sweep") / "planned", **LISTED)
    return al.read_sweep(finished(sweep).storage.root)


def test_points_have_the_runs_and_the_effects_of_a_comparison_in_worlds(results):
    """One machinery. Rows: H5."""
    grown = al.load("stage_matched", TINY)
    others = [replace(al.load(grown, point), name=f"p{i}") for i, point in enumerate(AMOUNTS)]
    compared = al.compare([grown, *others], 2, worlds=4)
    rows = results.runs[results.runs["point"] == 1].sort_values(["world", "replicate"])
    assert list(rows["seed"]) == compared.runs.seeds.ravel().tolist()
    m = [outcome.name for outcome in compared.runs.declared].index("patents")
    assert np.array_equal(rows["patents"], compared.runs.outcomes[2, ..., m].ravel(), equal_nan=True)
    mine, theirs = results.effects(["patents"]).loc[(1, "patents")], compared.effects.loc[("p1", "patents")]
    assert all(mine[name] == theirs[name] for name in ("effect", "low", "high", "holding", "worlds"))
    assert mine["programme_grants.amount"] == 6.0


def test_the_scenario_as_it_is_is_run_and_is_no_point_of_the_design(results):
    assert results.sweep.points == 3 and len(results.runs) == 3 * 4 * 2 == runs_asked(load_design(design(**LISTED)))
    values, points = results.arrays("patents")
    assert values.shape == (2, 8) and not np.isnan(points).any()
    assert np.isnan(results.points.loc[("stage_matched", 2), "programme_grants.amount"])  # as it is
    assert set(results.effects().index.get_level_values("point")) == {0, 1}


@pytest.mark.parametrize(("method", "changes"), [
    ("oat", {"samples": None, "steps": 2}), ("morris", {"samples": 2}), ("saltelli", {"samples": 2}), ("lhs", {}),
    ("grid", {"samples": None, "steps": 2, "factors": {"programme_grants.amount": {"low": 1, "high": 6},
                                                       "parameters.pace": {}}})])
def test_every_method_can_be_run_in_worlds(method, changes, tmp_path):
    content = {"method": method, "worlds": 2, "replicates": 2, **changes}
    sweep = planned(tmp_path / "planned", **content)
    assert sweep.runs == runs_asked(load_design(design(**content)))
    found = al.read_sweep(finished(sweep).storage.root)
    assert "parameters.pace" in {factor.name for factor in found.factors} and "pace" not in sweep.worlds.varied
    assert found.sensitivity(["patents"]).shape[0] == len(found.factors)
    assert len(found.effects(["patents"])) == sweep.points - 1


def test_more_replicates_leave_earlier_runs_as_they_are(tmp_path, results):
    fewer = table_of(results.sweep)
    sweep = finished(planned(tmp_path / "planned", **LISTED))
    more = load_design(design(**{**LISTED, "replicates": 3}))
    grown = finished(write_plan(more, sweep.storage, new_runs(more, sweep), 0.05))
    whole = table_of(grown).filter(np.asarray(table_of(grown).column("replicate")) < 8)
    assert bits(whole.drop_columns(["run"])) == bits(fewer.drop_columns(["run"]))
    assert grown.replicates == 12
    fresh = finished(planned(tmp_path / "fresh", **{**LISTED, "replicates": 3}))
    assert al.read_sweep(fresh.storage.root).effects().equals(al.read_sweep(grown.storage.root).effects())


@pytest.mark.parametrize(("changes", "sentence"), [
    ({"worlds": 1}, "worlds is 1 and has to be at least 2"), ({"worlds": 4, "replicates": 1}, "luck is separated"),
    ({"worlds": 4000, "replicates": 2}, "as many as the ensemble has"), ({"worlds": "x"}, "worlds must be"),
    ({"ensemble": "mine"}, "ensemble is a choice of worlds"), ({"worlds": 4, "ensemble": "nowhere"}, "nowhere"),
    ({"worlds": 4, "replicates": 2, "first_seed": 2**63 - 100}, "seed"),
])
def test_a_wrong_number_of_worlds_is_refused_in_one_sentence(changes, sentence):
    with pytest.raises(UserError, match=sentence) as refused:
        load_design(design(**changes))
    assert str(refused.value).startswith("the design: ") and "\n" not in str(refused.value)


def test_worlds_that_are_gone_changed_or_others_are_told(tmp_path):
    sweep = planned(tmp_path / "planned", **LISTED)
    file = tmp_path / "planned" / "worlds.parquet"
    whole = file.read_bytes()
    file.write_bytes(whole[:-9] + b"x" + whole[-8:])
    with pytest.raises(StoreError, match="the worlds have changed"):
        Sweep(tmp_path / "planned").check()
    file.unlink()
    with pytest.raises(StoreError, match="the worlds of the sweep are missing"):
        Sweep(tmp_path / "planned").check()
    file.write_bytes(whole)
    with pytest.raises(UserError, match="worlds"):
        new_runs(load_design(design(**{**LISTED, "worlds": 5})), sweep)


def test_a_sweep_in_one_world_says_so(tmp_path):
    found = al.read_sweep(finished(planned(tmp_path / "planned", samples=3, replicates=2)).storage.root)
    assert not found.in_worlds and "world" not in found.runs
    with pytest.raises(UserError, match="one world only"):
        found.effects()


def test_the_report_tells_points_in_worlds_in_both_languages(results):
    """Rows: H6."""
    from alliancelab.analysis.report.parts import Quote, Verbatim, translated
    from alliancelab.analysis.words.glossary import translator
    from tests.support.chinese import english_in, words_of

    page = results.page()
    assert "worlds" in {section.key for section in page.sections}
    words = {word: translated(word, translator("zh")) for word in words_of(page)
             if not isinstance(word, Verbatim | Quote)}
    assert {word: said for word, said in words.items() if english_in(said)} == {}
