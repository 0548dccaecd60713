"""Scenarios in many worlds: the same bits whoever runs them, resumed, saved, reported; what decides is named."""

import json

import numpy as np
import pytest

import alliancelab as al
from alliancelab import api, fitting
from alliancelab.agents.errors import StoreError, UserError
from alliancelab.analysis.results.worlds import WorldComparison
from alliancelab.model.parameters import PARAMETERS
from alliancelab.model.plausible import by_hand
from alliancelab.scenarios import kept_runs
from alliancelab.scenarios.scenario import load
from alliancelab.scenarios.worlds import ensemble as ensembles
from alliancelab.scenarios.worlds import making
from alliancelab.scenarios.worlds import ranks as rank_checks
from alliancelab.scenarios.worlds.unknowns import unknowns
from alliancelab.scenarios.worlds.waves import Effort
from tests.support.many_worlds import PLAN, SMALL, SUBSIDY


def compared(worlds=6, replicates=2, **options):
    return api.compare([SUBSIDY, PLAN], replicates, worlds=worlds, **options)


@pytest.fixture(scope="module")
def result():
    return compared()


# --- what is unknown -------------------------------------------------------------------------------------------------


def test_every_number_that_is_no_matter_of_design_has_a_plausible_range_with_a_reason():
    """Rows: H5."""
    for parameter in PARAMETERS:
        if not parameter.source.startswith("design"):
            range_ = parameter.plausible
            assert parameter.low <= range_.low < range_.high <= parameter.high, parameter.name
            assert len(range_.reason) > 20, parameter.name


def test_ranges_by_hand_are_of_parameters_that_exist():
    assert set(by_hand()) <= {parameter.name for parameter in PARAMETERS}


def test_values_of_a_world_and_its_place_belong_together():
    everything = unknowns({"term": (9.0, 20.0)})
    u = everything.draws(np.arange(20))
    values = everything.values(u)
    assert np.all((values >= everything.low) & (values <= everything.high))
    smooth = ~everything.integer
    assert everything.places(values)[:, smooth] == pytest.approx(u[:, smooth], abs=2e-3)
    assert np.all(values[:, everything.integer] % 1.0 == 0.0)


def test_a_world_keeps_its_values_when_others_are_drawn_beside_it():
    everything = unknowns()
    assert np.array_equal(everything.draws(np.array([3, 7])), everything.draws(np.arange(9))[[3, 7]])


def test_uncertainties_tell_kind_range_and_reason_of_every_unknown():
    table = al.uncertainties()
    assert set(table["kind"]) == {"calibrated", "data", "assumed"}
    assert (table["fitted_low"] >= table["low"] - 1e-9).all() and (table["fitted_high"] <= table["high"] + 1e-9).all()


# --- scenarios in worlds ---------------------------------------------------------------------------------------------


def test_results_do_not_depend_on_workers_and_more_worlds_keep_those_of_fewer(result):
    one, more = compared(workers=1), compared(worlds=7, replicates=3)
    assert np.array_equal(one.runs.outcomes, result.runs.outcomes, equal_nan=True)
    assert np.array_equal(more.runs.outcomes[:, :6, :2], result.runs.outcomes, equal_nan=True)


def test_a_world_is_the_scenario_with_its_parameters(result):
    from alliancelab.scenarios.runner import replicate

    whole = {parameter.name for parameter in PARAMETERS if parameter.integer}
    changes = {f"parameters.{name}": int(value) if name in whole else value for name, value in zip(
        result.runs.varied, result.runs.values[4].tolist(), strict=True)}
    plain = replicate([load(PLAN, changes)], 2, int(result.runs.seeds[4, 0]), declared=result.runs.declared)
    assert np.array_equal(plain.outcomes[0], result.runs.outcomes[1, 4], equal_nan=True)


def test_no_two_worlds_share_a_seed(result):
    assert len(np.unique(result.runs.seeds)) == result.runs.seeds.size


def test_what_a_scenario_sets_itself_is_taken_as_known():
    set_ = compared(overrides={"parameters.plan_price": 0.7})
    assert "plan_price" not in set_.runs.varied
    assert any("plan_price" in note for note in set_.notes())


def test_an_interrupted_comparison_goes_on_with_equal_bits(result, tmp_path, monkeypatch):
    out, add, added = tmp_path / "out", kept_runs.KeptRuns.add, []

    def stop(self, *place):
        if len(added) == 9:
            raise KeyboardInterrupt
        added.append(place[:2])
        add(self, *place)

    monkeypatch.setattr(kept_runs.KeptRuns, "add", stop)
    with pytest.raises(KeyboardInterrupt):
        compared(out=out, workers=1)
    monkeypatch.setattr(kept_runs.KeptRuns, "add", lambda self, *place: (added.append(place[:2]), add(self, *place)))
    whole = compared(out=out)
    assert np.array_equal(whole.runs.outcomes, result.runs.outcomes, equal_nan=True)
    assert len(added) == len(set(added)) == result.runs.seeds.size * 2  # nothing was run twice
    assert not out.with_name("out.runs").exists()


def test_a_saved_comparison_is_opened_as_it_was_and_reported(result, tmp_path):
    result.save(tmp_path / "out")
    again = al.read(tmp_path / "out")
    assert isinstance(again, WorldComparison)
    assert again.effects.equals(result.effects)
    assert np.array_equal(again.variance["share"], result.variance["share"], equal_nan=True)
    page = al.report(tmp_path / "out").read_text(encoding="utf-8")
    assert "of 6" in page and "Where the variance comes from" in page


def test_bad_numbers_of_worlds_are_refused_before_anything_is_run():
    for options in ({"worlds": 0}, {"worlds": -3}, {"worlds": 10**6}, {"replicates": 1}, {"first_seed": -1},
                    {"workers": 0}, {"ensemble": "nowhere"}):
        with pytest.raises(UserError):
            compared(**options)
    with pytest.raises(UserError, match="two scenarios"):
        api.compare([PLAN], worlds=5)
    with pytest.raises(UserError, match="in how many"):
        api.compare([PLAN], ensemble="nowhere")


@pytest.mark.slow
def test_an_assumed_price_that_decides_the_sign_is_named_with_its_threshold():
    """A plan costs its price, a subsidy its budget: which of them costs more hangs on the price alone. Rows: H5."""
    found = compared(worlds=80, replicates=3)
    row = found.effects.loc[("plan", "public_outlay")]
    m = [outcome.name for outcome in found.runs.declared].index("public_outlay")
    price = found.runs.values[:, found.runs.varied.index("plan_price")]
    subsidy, plan = found.runs.outcomes[..., m].mean(axis=2)
    truth = subsidy.mean() / (plan / price).mean()
    assert (row["decided_by"], row["above"]) == ("plan_price", 1)
    assert row["threshold"] == pytest.approx(truth, rel=0.1)
    assert row["holding"] == pytest.approx((np.sign(plan - subsidy) == np.sign(row["effect"])).sum(), abs=3)


@pytest.mark.slow
def test_total_intervals_hold_the_effect_in_a_world_that_nobody_knew():
    """Each world in turn is the truth, in which many runs are made; the others are what is known. Rows: H5."""
    found = compared(worlds=60, replicates=16)
    wanted = [k for k, o in enumerate(found.runs.declared) if o.name in ("founded", "living", "patents", "effort")]
    from alliancelab.analysis.uncertainty.effects import effect_over_worlds, moments_by_world

    differences = np.moveaxis(found.runs.outcomes[1] - found.runs.outcomes[0], -1, 0)[wanted]
    total, alone = [], []
    for w in range(60):
        known = effect_over_worlds(np.delete(differences, w, axis=1))
        truth = moments_by_world(differences).mean[:, w]  # with luck of its own, of which the interval knows nothing
        total.append((known.low <= truth) & (truth <= known.high))
        alone.append((known.luck_low <= truth) & (truth <= known.luck_high))
    assert np.mean(total) > 0.9 and np.mean(alone) < 0.5


# --- ensembles -------------------------------------------------------------------------------------------------------

TARGETS = {
    "base": "small.toml", "replicates": 4, "first_seed": 500,
    "vary": {"project_length": (8.0, 20.0), "partner_cost": (0.2, 0.8)},
    "targets": {"planned_mean": {"value": 40.0, "spread": 3.0}, "yearly_cost": {"value": 15.0, "spread": 6.0},
                "firm_share": {"value": 0.4, "spread": 0.2, "fit": False}},
}


@pytest.fixture
def problem(tmp_path):
    from alliancelab.scenarios.targets import problem_of

    lines = "\n".join(f"{name} = {value}" for name, value in SMALL.items())
    (tmp_path / "small.toml").write_text(f'title = "small"\nbase = "no_policy"\n[world]\n{lines}\n', encoding="utf-8")
    return problem_of(TARGETS, "mine", "the test", tmp_path)


def test_an_ensemble_of_own_targets_fits_is_resumed_and_compared_in(problem, tmp_path, monkeypatch):
    little = Effort(waves=(30, 20), batch=20, batches=20, steps=20)
    journal = tmp_path / "out.worlds.bin"
    first, sample = making.make_ensemble(problem, 20, journal, effort=little)
    whole = journal.read_bytes()
    journal.write_bytes(whole[: len(whole) // 2 + 7])  # cut off in the middle of a record
    again, _ = making.make_ensemble(problem, 20, journal, workers=1, effort=little)
    assert np.array_equal(first.u, again.u) and json.dumps(first.document) == json.dumps(again.document)
    off = np.abs(sample.mean - problem.values[problem.fitted]) / problem.spreads[problem.fitted]
    assert np.all(off[sample.kept] < 3.5)

    monkeypatch.setattr(making, "Effort", lambda: little)
    monkeypatch.setattr("alliancelab.scenarios.worlds.making.make_ensemble", lambda *given: (first, sample))
    fitted = fitting.calibrate(TARGETS | {"base": str(tmp_path / "small.toml")}, tmp_path / "out", ensemble=20)
    assert {"fit", "waves", "contradictions"} == set(fitted.tables())
    read = ensembles.read_ensemble(tmp_path / "out")
    assert np.allclose(read.values(), first.values(), rtol=1e-12)
    found = compared(worlds=3, ensemble=tmp_path / "out")
    assert found.provenance["ensemble"]["targets"] == "mine"
    with pytest.raises(StoreError, match="holds no ensemble"):
        found.save(tmp_path / "other")
        ensembles.read_ensemble(tmp_path / "other")


def test_ranks_of_truths_are_kept_and_gone_on_with(problem, tmp_path, monkeypatch):
    """The full problem by `python docs/worlds.py ranks`; uniformity is tested on a small model. Rows: H5."""
    little = Effort(waves=(30, 20), batch=40, batches=20, steps=20)
    monkeypatch.setattr(rank_checks, "WORLDS", 20)
    first = rank_checks.check_ranks(problem, 2, tmp_path / "ranks", effort=little)
    assert len(first.ranks) + first.without == 2 and set(np.unique(first.ranks)) <= set(range(21))
    assert [name for name, of in zip(first.names, first.calibrated, strict=True) if of] == list(TARGETS["vary"])
    made = rank_checks.make_ensemble
    calls = []
    monkeypatch.setattr(rank_checks, "make_ensemble", lambda *given: calls.append(1) or made(*given))
    more = rank_checks.check_ranks(problem, 3, tmp_path / "ranks", effort=little)
    assert len(calls) == 1 and np.array_equal(more.ranks[: len(first.ranks)], first.ranks)
    assert np.all((first.p() >= 0.0) & (first.p() <= 1.0)) and len(first.p()) == len(first.names)
    with pytest.raises(UserError, match="truths is 1"):
        rank_checks.check_ranks(problem, 1, tmp_path / "ranks")


def test_the_shipped_ensemble_has_as_many_worlds_as_are_promised():
    shipped = ensembles.read_ensemble()
    assert len(shipped.numbers) >= 200
    assert {row["target"] for row in shipped.document["fit"]} and shipped.document["waves"]


def test_page_and_figure_in_chinese_hold_no_english(result, tmp_path):
    """Rows: H6."""
    from alliancelab.analysis.report.parts import Quote, Verbatim, translated
    from alliancelab.analysis.words.glossary import chinese_font, translator
    from tests.support.chinese import english_drawn, english_in, words_of

    changed = compared(overrides={"parameters.plan_price": 0.7})
    titles = {"subsidy", "plan"}
    for found in (result, changed):
        words = {word: translated(word, translator("zh")) for word in words_of(found.page())
                 if not isinstance(word, Verbatim | Quote)}
        english = {word: said for word, said in words.items() if set(english_in(said)) - titles}
        assert english == {}
    try:
        chinese_font()
    except UserError as error:
        pytest.skip(str(error))
    assert [text for text in english_drawn(result.plot.all()["worlds_plan"]) if set(english_in(text)) - titles] == []
