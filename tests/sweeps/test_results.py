"""Results of sweeps as people read them: tidy tables, indices by the method of the design, figures, refusals."""

import shutil

import numpy as np
import pytest

import alliancelab as al
from alliancelab.agents.errors import StoreError, UserError
from alliancelab.analysis.figures.sweep import bins
from alliancelab.analysis.results.sweep import SweepResults
from alliancelab.analysis.results.sweep_plots import MAIN
from alliancelab.scenarios.sweep.parts import write_part
from alliancelab.scenarios.sweep.plan import Sweep
from alliancelab.scenarios.sweep.work import results_of
from tests.support.sweeps import TINY, design, finished, planned

AMOUNT, RATE, SHARE = "programme_grants.amount", "parameters.pace", "startup_subsidy.share"
SMALL = {**TINY, "world.firms": 120, "world.quarters": 40, "world.warm_up": 8}
OVER_TWO = {"set": SMALL, "factors": {SHARE: {"low": 0, "high": 0.8}, RATE: {"low": 0.1, "high": 0.6}}}
COLUMNS = {
    "morris": {"mu", "mu_star", "sigma", "mu_luck"}, "saltelli": {"first", "first_low", "total", "total_high"},
    "oat": {"base", "lowest", "highest", "span", "span_luck"}, "lhs": {"coefficient", "low", "high", "r2"},
    "grid": {"coefficient", "low", "high", "r2"},
}


@pytest.fixture(scope="module", params=sorted(COLUMNS))
def results(request, tmp_path_factory) -> SweepResults:
    """A finished sweep of each method."""
    size = {"samples": None, "steps": 4} if request.param in ("oat", "grid") else {"samples": 16}
    place = tmp_path_factory.mktemp(request.param) / "s"
    return SweepResults(finished(planned(place, method=request.param, replicates=6, **size, **OVER_TWO)))


@pytest.fixture(scope="module")
def kept(tmp_path_factory) -> Sweep:
    """A small sweep with its curves."""
    return finished(planned(tmp_path_factory.mktemp("kept") / "s", samples=4, replicates=3,
                            keep=["outcomes", "curves"]))


def test_runs_are_one_row_each_with_factors_and_outcomes(results):
    """Rows: H5."""
    runs = results.runs
    assert len(runs) == results.sweep.runs and runs["error"].isna().all()
    row = runs.iloc[-1]
    changes = {name: float(row[name]) for name in (SHARE, RATE) if np.isfinite(row[name])}
    again = al.run("stage_matched", seed=int(row["seed"]), overrides={**SMALL, **changes})
    assert again.outcomes["patents"] == row["patents"]
    means = results.points
    assert means["patents"].iloc[0] == pytest.approx(runs[runs["point"] == 0]["patents"].mean())


def test_the_analysis_is_that_of_the_method(results):
    """Rows: H5."""
    table = results.sensitivity(["patents", "public_outlay"])
    assert COLUMNS[results.method] <= set(table.columns) and results.ranked_by in table.columns
    assert table.index.names == ["outcome", "factor"]
    # More of the start-up subsidy founds more alliances, which costs more.
    told = table.loc["public_outlay", results.ranked_by]
    assert told[SHARE] > 0 and told[SHARE] > told[RATE]


def test_the_variance_of_the_seed_stands_beside_what_was_varied(results):
    """Rows: H5."""
    shares = results.seed_variance()
    assert list(shares.index) == list(MAIN) and np.allclose(shares.dropna().sum(axis=1), 1)
    assert (shares.loc["founded"] >= 0).all() and shares.loc["founded", "luck"] > 0


def test_every_picture_can_be_drawn_and_written(results, tmp_path):
    """Rows: H5."""
    figure = results.plot.sensitivity()
    figure.savefig(tmp_path / "bars.png")
    titles = [axes.get_title(loc="left") for axes in figure.axes]
    assert "Patents" in " ".join(titles)
    if results.method == "oat":
        results.plot.trajectories("patents").savefig(tmp_path / "trajectories.png")
        with pytest.raises(UserError, match="no point of this design sets both"):
            results.plot.heat_map(SHARE, RATE, "patents")
    else:
        picture = results.plot.heat_map(SHARE, RATE, "patents")
        picture.savefig(tmp_path / "map.png")
        assert "share of start-up cost" in picture.axes[0].get_xlabel()
        with pytest.raises(UserError, match="need a design of the method oat"):
            results.trajectories("patents")


def test_a_box_is_found_where_the_outcome_is_high(results, tmp_path):
    """Rows: H5."""
    if results.method == "oat":
        with pytest.raises(UserError, match="a box needs points that set every factor"):
            results.discover("public_outlay", above=1)
        return
    middle = float(results.runs["public_outlay"].median())
    found = results.discover("public_outlay", above=middle)
    assert SHARE in found.limits.index and found.limits.loc[SHARE, "low"] > 0
    assert found.found["density"] > found.found["base"] and found.found["coverage"] >= 0.5
    assert "Public outlay above" in found.sentence and found.limits.loc[SHARE, "unit"] == "share of start-up cost"
    found.plot.box().savefig(tmp_path / "box.png")
    assert "quasi_p" in found._repr_html_()


def test_a_heat_map_shows_means_over_the_cells(tmp_path):
    """Rows: H5."""
    sweep = finished(planned(tmp_path / "s", method="grid", samples=None, steps=3, replicates=4, **OVER_TWO))
    results = SweepResults(sweep)
    cells = results.plot.heat_map(SHARE, RATE, "founded").axes[0].collections[0].get_array()
    runs = results.runs
    expected = runs.groupby([RATE, SHARE])["founded"].mean().unstack().to_numpy()
    assert np.allclose(np.asarray(cells).reshape(expected.shape), expected)


def test_many_values_are_put_into_bins_and_few_are_shown_as_they_are():
    place, edges = bins(np.array([1.0, 3.0, 7.0, 3.0]))
    assert list(place) == [0, 1, 2, 1] and list(edges) == [0, 2, 5, 9]
    place, edges = bins(np.linspace(0, 1, 101))
    assert len(edges) == 9 and place[0] == 0 and place[-1] == 7 and (np.diff(place) >= 0).all()
    with pytest.raises(UserError, match="at least two values"):
        bins(np.ones(3))


def test_trajectories_are_paired_means_of_single_factors(tmp_path):
    """Rows: H5."""
    sweep = finished(planned(tmp_path / "s", method="oat", samples=None, steps=3, replicates=5, **OVER_TWO))
    table = SweepResults(sweep).trajectories("patents")
    assert list(table["factor"]) == [""] + [SHARE] * 3 + [RATE] * 3 and np.isnan(table["value"].iloc[0])
    alone = al.compare(["stage_matched"], replicates=5, overrides={**SMALL, SHARE: 0.8})
    assert table["mean"].iloc[3] == pytest.approx(alone.summary.loc[("stage_matched", "patents"), "mean"])
    assert (table["low"] <= table["mean"]).all() and (table["mean"] <= table["high"]).all()


def test_curves_are_one_row_a_run_and_year(kept):
    """Rows: H5."""
    curves = SweepResults(kept).curves
    assert len(curves) == 12 * 5 and list(curves["year"][:5]) == [2007, 2008, 2009, 2010, 2011]
    assert {"scenario", "point", "replicate", "alliances", "vitality"} <= set(curves.columns)
    with pytest.raises(UserError, match="kept no curves"):
        _ = SweepResults(finished(planned(f"{kept.storage.url}-bare", samples=2, replicates=1))).curves


def test_scenarios_are_told_apart(tmp_path):
    """Rows: H5."""
    sweep = finished(planned(tmp_path / "s", scenarios=["no_policy", "formation_only"], samples=8, replicates=3,
                             **OVER_TWO))
    results = SweepResults(sweep)
    first, second = (results.sensitivity(["patents"], name) for name in ("no_policy", "formation_only"))
    assert first["r2"].notna().all() and not first.equals(second)
    assert results.sensitivity(["patents"]).equals(first)
    assert set(results.summary.index.get_level_values("scenario")) == {"no_policy", "formation_only"}
    with pytest.raises(UserError, match="did you mean 'formation_only'"):
        results.sensitivity(["patents"], "formation")


def test_an_incomplete_sweep_is_refused_unless_asked_for(kept, tmp_path):
    """Rows: H5."""
    shutil.copytree(kept.storage.url, tmp_path / "s")
    for part in sorted((tmp_path / "s" / "parts").iterdir())[1:]:
        part.unlink()
    with pytest.raises(StoreError, match="not complete, 1 of 2 shards have no part"):
        al.read_sweep(tmp_path / "s")
    partial = al.read_sweep(tmp_path / "s", partial=True)
    assert len(partial.runs) == 10 and "10 of 12 runs" in repr(partial)
    values, _ = partial.arrays("patents")
    assert np.isnan(values).sum() == 2 and partial.sensitivity(["patents"])["r2"].isna().all()  # too few points
    with pytest.raises(StoreError, match="has no results yet"):
        _ = SweepResults(planned(tmp_path / "empty"), partial=True).runs


def test_a_torn_part_is_not_read(kept, tmp_path):
    """Rows: H5."""
    shutil.copytree(kept.storage.url, tmp_path / "s")
    part = sorted((tmp_path / "s" / "parts").iterdir())[0]
    part.write_bytes(part.read_bytes()[:-1])
    with pytest.raises(StoreError, match="torn or has changed"):
        _ = al.read_sweep(tmp_path / "s").runs


def test_failed_runs_are_told_and_left_out(tmp_path):
    """Rows: H5."""
    sweep = planned(tmp_path / "s", samples=8, replicates=5)
    for shard in sweep.shards():
        write_part(sweep.storage, [shard], results_of(sweep, sweep.rows(shard), {3: "took longer than 1 s"}))
    results = SweepResults(sweep)
    assert results.failures[["run", "error"]].to_numpy().tolist() == [[3, "took longer than 1 s"]]
    assert results.summary.loc[("stage_matched", "patents"), "n"] == 39
    assert np.isfinite(results.sensitivity(["patents"])["coefficient"]).all()
    assert "1 failed" in repr(results)


def test_results_show_themselves_in_a_notebook(kept):
    text = SweepResults(kept)._repr_html_()
    assert "programme_grants.amount: 1 to 6 million yuan a year" in text and "<table" in text and "Patents" in text


def test_one_call_plans_runs_and_reads_and_goes_on(tmp_path):
    """Rows: H5."""
    told = []
    content = design(samples=4, replicates=3)
    results = al.sweep(content, tmp_path / "s", workers=2, progress=lambda what, done, total: told.append(what))
    assert len(results.runs) == 12 and set(told) == {"points checked", "runs"}
    more = al.sweep({**content, "replicates": 4}, tmp_path / "s", workers=1)
    assert len(more.runs) == 16
    assert more.runs.sort_values("run")["patents"][:12].tolist() == results.runs["patents"].tolist()


@pytest.mark.parametrize("options, answer", [
    ({"outcome": "patent", "above": 1}, "did you mean 'patents'"),
    ({"outcome": "patents"}, "one of above and below"),
    ({"outcome": "patents", "above": 1, "below": 2}, "one of above and below"),
    ({"outcome": "patents", "above": 1e9}, "no run has patents above 1e"),
    ({"outcome": "patents", "above": -1}, "every run has patents above -1"),
    ({"outcome": "patents", "above": 5, "coverage": 0.0}, "coverage is 0"),
], ids=["outcome", "neither", "both", "none", "all", "coverage"])
def test_a_mistake_is_told_in_a_sentence(kept, options, answer):
    with pytest.raises(UserError, match=answer):
        SweepResults(kept).discover(**options)
    with pytest.raises(UserError, match="two factors, not"):
        SweepResults(kept).plot.heat_map(AMOUNT, AMOUNT, "patents")
    with pytest.raises(UserError, match="was not varied"):
        SweepResults(kept).plot.heat_map(AMOUNT, "programme_grants.years", "patents")
