"""Results come back as tidy tables with readable names, calendar years and balanced counts."""

import subprocess
import sys

import numpy as np
import pytest

from alliancelab.agents.errors import UserError
from alliancelab.analysis.results.comparison import Comparison
from alliancelab.analysis.tables.columns import ADDED, columns_of
from alliancelab.model import tables
from alliancelab.model.outcomes import OUTCOMES
from alliancelab.model.tables import CURVES, PANEL


def test_curves_carry_calendar_years_from_the_warm_up_on(run):
    assert list(run.curves.columns) == ["quarter", "year", *(column.name for column in CURVES)]
    assert run.curves["year"].iloc[20] == 2007.0
    assert run.curves["year"].iloc[0] == 2002.0


@pytest.mark.parametrize("name", ADDED)
def test_tables_of_a_run_have_the_columns_that_the_reference_lists(run, name):
    """Rows: H4."""
    declared = getattr(tables, name.upper())
    assert sorted(getattr(run, name).columns) == sorted(columns_of(name, declared))


def test_alliances_tell_their_fate_in_words(run):
    dead, alive = run.alliances.loc[0], run.alliances.loc[1]
    assert (dead["reason"], dead["alive"], dead["duration"]) == ("failure", False, 16)
    assert (alive["reason"], alive["alive"], alive["duration"]) == ("alive", True, 57)
    assert alive["door"] == "opportunity"
    assert alive["path"] == "none"
    assert dead["ended_year"] == 2006.0
    assert np.isnan(alive["ended_year"])
    assert run.alliances["key"].is_unique
    assert "dimension_stability" in run.alliances
    assert "dimensions" not in run.alliances


def test_panel_gains_sum_to_the_stock(run):
    assert {column.name for column in PANEL} <= set(run.panel.columns)
    gains = run.panel.groupby("alliance")["new_patents"].sum()
    assert (gains == run.panel.groupby("alliance")["patents"].last()).all()


def test_events_say_what_their_value_means(run):
    assert run.events["event"].tolist() == ["founded", "stage", "ended"]
    assert run.events["detail"].tolist() == ["", "growth", "failure"]


def test_ledger_lists_every_movement_of_money_once(run):
    assert run.ledger["amount"].sum() == run.recording.ledger.sum()
    first = run.ledger.iloc[0]
    assert (first["year"], first["flow"], first["source"], first["target"]) == (
        2008.0, "appropriation", "outside", "government")


def test_members_are_named_by_kind(run):
    assert run.members["kind"].tolist() == ["firm", "university"]


def test_stage_profile_orders_quartiles_and_leaves_the_warm_up_out(run):
    profile = run.stage_profile
    assert {"size", "trust", "technology", "output", "funds", "conflict", "benefit"} <= set(profile.index.levels[0])
    size = profile.loc["size"]
    assert size.index.tolist() == ["formation", "growth", "maturity", "decline", "regrowth"]
    assert (size["lower_quartile"] <= size["median"]).all()
    assert (size["median"] <= size["upper_quartile"]).all()
    assert size["n"].sum() == (run.panel["quarter"] >= 20).sum()
    assert profile.loc[("output", "growth"), "mean"] == 2.0


def test_transitions_count_every_step_but_those_cut_off_by_the_end(run):
    moves = run.transitions
    alive = int(run.alliances["alive"].sum())
    assert moves.counts.to_numpy().sum() == len(run.panel) - alive
    assert moves.counts["ended"].sum() == (~run.alliances["alive"]).sum()
    assert moves.counts.loc["formation", "growth"] == 29  # the last alliance is a quarter short of it
    assert moves.rates.sum(axis=1).dropna().to_numpy() == pytest.approx(1.0)


def test_survival_drops_only_where_alliances_end(run):
    estimate = run.survival
    assert (np.diff(estimate.survival) != 0).nonzero()[0].tolist() == [15]
    at_risk = (run.alliances["duration"] >= 16).sum()
    assert estimate.survival[16] == pytest.approx(1 - (~run.alliances["alive"]).sum() / at_risk)


def test_tidy_outcomes_of_a_comparison_keep_seed_and_value_together(comparison):
    table = comparison.outcomes
    assert len(table) == 3 * 12 * len(OUTCOMES)
    row = table[(table["scenario"] == "some") & (table["replicate"] == 4) & (table["outcome"] == OUTCOMES[1].name)]
    assert row["value"].item() == comparison.replicates.outcomes[1, 4, 1]
    assert row["seed"].item() == comparison.replicates.seeds[4]


def test_summary_holds_means_inside_their_intervals(comparison):
    summary = comparison.summary
    assert summary.index.names == ["scenario", "outcome"]
    assert (summary["low"] < summary["mean"]).all()
    assert (summary["mean"] < summary["high"]).all()
    assert (summary["n"] == 12).all()


def test_differences_are_paired_with_the_first_scenario(comparison):
    table, values = comparison.differences, comparison.replicates.outcomes
    assert "nothing" not in table.index.levels[0]
    expected = (values[2] - values[0]).mean(axis=0)
    assert table.loc["more"]["difference"].to_numpy() == pytest.approx(expected)
    assert (table["p_holm"] >= table["p"]).all()
    assert (table["variance_reduction"] > 3).mean() > 0.9
    assert (table["standardised"] * table["difference"] > 0).all()


def test_differences_from_another_baseline_turn_their_sign(comparison):
    turned = comparison.differences_from("more").loc["nothing"]["difference"]
    assert turned.to_numpy() == pytest.approx(-comparison.differences.loc["more"]["difference"].to_numpy())


def test_outcomes_without_any_spread_are_standardised_to_zero_or_infinity(comparison):
    outcomes = np.zeros_like(comparison.replicates.outcomes)
    outcomes[1] = 2.0
    values = comparison.replicates._replace(outcomes=outcomes)
    table = Comparison(values, comparison.scenarios).differences
    assert (table.loc["some"]["standardised"] == np.inf).all()
    assert (table.loc["more"]["standardised"] == 0.0).all()


def test_an_unknown_baseline_is_answered_with_the_nearest_name(comparison):
    with pytest.raises(UserError, match="did you mean 'nothing'"):
        comparison.differences_from("nothin")
    with pytest.raises(UserError, match="did you mean 'vitality'"):
        comparison.over_time("vitallity")


def test_lifecycle_of_a_comparison_holds_each_scenario_by_age(comparison):
    table = comparison.lifecycle
    assert table["scenario"].unique().tolist() == ["nothing", "some", "more"]
    seen = table[table["alliances"] > 12]
    assert (seen["low"] <= seen["mean"]).all()
    assert (seen["alliances"] <= seen["founded"]).all()
    # Single alliances peak at five years; every third ends at four, so the cohort's mean peaks before.
    assert comparison.peaks["age"].between(2.5, 4).all()
    assert comparison.peaks["falls"].all()
    with pytest.raises(UserError, match=r"did you mean 'trust'.*al\.lifecycle"):
        comparison.by_age("trus")
    with pytest.raises(UserError, match=r"does not keep <function .* by age; al\.lifecycle"):
        comparison.by_age(lambda panel: panel["trust"])


def test_a_comparison_tells_how_far_each_scenario_drifts(comparison):
    table = comparison.drift
    assert table.index.names == ["scenario", "quantity"]
    assert set(table.loc["nothing"].index) == {"living", "formation", "growth", "maturity", "decline", "regrowth"}
    assert table.loc[("nothing", "living"), "trend"] > 0.0  # one founded every half year, every third ends
    assert table.loc[("nothing", "formation"), "trend"] < 0.0


def test_yearly_curves_are_means_of_four_quarters(comparison):
    quarterly, yearly = comparison.over_time("alliances"), comparison.over_time("alliances", yearly=True)
    first = quarterly[(quarterly["scenario"] == "some") & quarterly["year"].between(2007, 2007.75)]
    found = yearly[(yearly["scenario"] == "some") & (yearly["year"] == 2007)]
    assert found["mean"].item() == pytest.approx(first["mean"].mean())
    assert len(yearly) == len(quarterly) / 4


def test_results_show_themselves_in_a_notebook(run, comparison):
    assert "seed 3" in run._repr_html_()
    assert OUTCOMES[0].title in comparison._repr_html_()
    assert "30 alliances" in repr(run)


def test_saved_tables_are_read_back_as_they_were(run, comparison, tmp_path):
    from alliancelab.scenarios.store import Stored

    run.save(tmp_path / "run")
    stored = Stored(tmp_path / "run")
    assert stored.document["version"] == "test"
    assert stored.table("alliances")["reason"].tolist() == run.alliances["reason"].tolist()
    assert stored.table("panel").equals(run.panel)
    assert (tmp_path / "run" / "lifecycle.png").stat().st_size > 5_000
    comparison.save(tmp_path / "comparison")
    stored = Stored(tmp_path / "comparison")
    difference = stored.table("differences")
    assert difference["difference"].to_numpy() == pytest.approx(comparison.differences["difference"].to_numpy())
    assert {"scenario", "outcome"} <= set(difference.columns)


def test_importing_results_loads_no_heavy_package():
    heavy = "[m for m in ('pandas', 'matplotlib', 'scipy.stats', 'mesa') if m in sys.modules]"
    script = f"import sys; import alliancelab.analysis.results.run; print({heavy})"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_projects_tell_kind_state_and_length_in_words_and_quarters(run):
    first, last = run.projects.iloc[0], run.projects.iloc[-1]
    assert (first["kind"], first["state"], first["duration"], first["door"]) == ("research", "done", 8, "none")
    assert (last["state"], last["ended"]) == ("running", -1)
    assert np.isnan(last["ended_year"]) and last["started_year"] == 2016.75
    assert run.projects.index.name == "project"
    assert run.project_members["newcomer"].tolist() == [True]
    assert not {"next", "earlier", "first_part"} & set(run.projects)
