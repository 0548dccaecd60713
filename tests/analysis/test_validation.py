"""The table of stylised facts: complete, told honestly, and made anew from a researcher's own data."""

import numpy as np
import pytest

import alliancelab as al
from alliancelab.agents.errors import UserError
from alliancelab.analysis.causal.matching import additionality, pairs
from alliancelab.analysis.results.stylised_facts import ALONE, FACTS, FUNDED, PILOTS, SUBSIDISED
from alliancelab.analysis.results.validation import Validation, facts_of
from alliancelab.cli.calibration import fact_lines
from alliancelab.scenarios.consortia import Consortia, consortia_of
from alliancelab.scenarios.facts import facts
from alliancelab.scenarios.scenario import load
from alliancelab.scenarios.targets import SHIPPED, read_targets
from alliancelab.scenarios.toml_text import toml_text
from tests.support.calibration import TARGETS, small_world
from tests.support.experiments import founded, recordings


@pytest.fixture(scope="module")
def validation():
    subsidy = {"startup_subsidy__share": 0.6, "startup_subsidy__budget": 40.0}
    return Validation({ALONE: recordings(replicates=6), FUNDED: recordings("public_consortia", replicates=6),
                       SUBSIDISED: recordings(replicates=6, **subsidy),
                       PILOTS: recordings("pilots_assessed", replicates=6)},
                      (), fitted=[("hazard_alone", ALONE), ("size_mean", ALONE)])


def test_every_fact_has_a_value_a_source_and_a_verdict(validation):
    """Rows: H5."""
    table = validation.table
    assert list(table.index) == [fact.name for fact in FACTS]
    assert all(fact.fact in facts() for fact in FACTS)
    assert np.isfinite(table[["mean", "low", "high"]].to_numpy(float)).all()
    assert (table["low"] <= table["mean"]).all() and (table["mean"] <= table["high"]).all()
    assert table["source"].str.len().gt(5).all() and set(table["confidence"]) <= set("ABC")


def test_deadweight_is_that_of_the_counterfactual_study(validation):
    """Rows: H5, B2. The same firm in the same quarter, with and without."""
    runs = validation.runs
    table = additionality(pairs(runs[ALONE], runs[SUBSIDISED]))
    values = validation.values[[fact.name for fact in FACTS].index("deadweight")]
    subsidised = [(founded((run,))["start_subsidy"] > 0).sum() for run in runs[SUBSIDISED]]
    assert np.average(values, weights=subsidised) == pytest.approx(table.loc["deadweight", "value"])


def test_a_fact_says_in_which_arm_it_was_fitted(validation):
    """Rows: H5. Sizes are fitted in alliances alone and told of funded ones."""
    used = validation.table["fitted"]
    assert used["hazard_alone"] == "fitted" and used["size_mean"] == "fitted in the other arm"
    assert set(used.drop(["hazard_alone", "size_mean"])) == {"check"}
    assert [line["fitted"] for line in fact_lines(validation.table)] == used.tolist()


def test_what_the_shipped_parameters_were_fitted_to_is_told_by_arm():
    """Rows: H5. As the scenarios of the targets say; where a parameter is another, nothing was fitted."""
    used = al.validate(replicates=2).table["fitted"]
    assert set(used.index[used == "fitted"]) == {"hazard_alone", "research_growth", "yearly_cost"}
    assert set(used.index[used == "fitted in the other arm"]) == {
        "size_mean", "size_cv", "size_log_sd", "firm_share", "firm_share_sd", "university_share", "mixed", "top_tenth",
        "planned_mean"}
    other = load("no_policy", {"parameters.exit_rate": 0.1})
    assert set(al.validate(other, replicates=2).table["fitted"]) == {"check"}


def test_a_fact_is_inside_or_outside_only_where_the_whole_interval_is(validation):
    """Rows: H5. A wide interval decides nothing."""
    for _, row in validation.table.iterrows():
        low, high = row["low"], row["high"]
        if np.isfinite(np.array([row["from"], row["to"]], float)).all():
            within = row["from"] <= low and high <= row["to"]
            apart = high < row["from"] or low > row["to"]
            assert row["verdict"] == ("inside" if within else "outside" if apart else "undecided")
        else:
            assert row["verdict"] == ("spanned" if row["run_low"] <= row["value"] <= row["run_high"] else "outside")
    assert set(validation.table["verdict"]) >= {"inside", "outside"}


def test_facts_that_no_world_can_meet_both_are_told(validation):
    """Rows: H5."""
    assert validation.contradictions == [
        "Endings in failure (0.24 to 0.44) and endings in failure, by another source (0.17) contradict each other.",
        "Alive after four years (at most 0.4) and median life (6 to 8 years) contradict each other.",
        "Alive after five years (at most 0.45) and median life (6 to 8 years) contradict each other."]
    milder = Validation(validation.runs, ())
    table = validation.table.copy()
    table.loc[["alive_4y", "alive_5y"], "to"] = 0.5  # as many as half live longer than six years
    table.loc["failed", "value"] = 0.24
    vars(milder)["table"] = table
    assert milder.contradictions == []


def test_every_fitted_target_is_among_the_facts_or_says_why_not():
    """Rows: H5. Shares of kinds and sizes are told in the arm of funded consortia, as the data are."""
    fitted = {name for name, target in read_targets(SHIPPED).file.targets.items() if target.fit}
    assert fitted - {fact.name for fact in FACTS} == {"planned_sd"}  # a spread without a range of its own


def test_the_same_world_with_and_without_grants_tells_what_a_yuan_brings_in(validation):
    """Rows: H5, C2. Against the difference of two ledgers, added up flow by flow."""
    k = [fact.name for fact in FACTS].index("crowding")
    from alliancelab.model.accounts import Flow
    with_, without = recordings("public_consortia", replicates=6)[2], recordings(replicates=6)[2]
    private = sum(with_.ledger[20:, f].sum() - without.ledger[20:, f].sum()
                  for f in (Flow.CONTRIBUTION, Flow.OWN_RESEARCH))
    assert validation.values[k, 2] == pytest.approx(private / with_.ledger[20:, Flow.GRANT].sum())


def test_half_of_the_alliance_quarters_of_public_consortia_are_paid(validation):
    """As the scenario's purpose says: a grant runs out, and the next call comes once a year."""
    paid = []
    for run in validation.runs[FUNDED]:
        panel = run.panel[np.lexsort((run.panel["quarter"], run.panel["alliance"]))]
        rise = np.diff(panel["public_total"]) * (np.diff(panel["alliance"]) == 0)
        paid.append((rise > 0)[panel["quarter"][1:] >= run.setup.sizes["warm_up"]].mean())
    print("paid", np.round(paid, 3))
    assert 0.4 < np.mean(paid) < 0.6
    assert "half of alliance-quarters are paid" in load("public_consortia").purpose


def test_facts_of_ones_own_data_replace_those_of_the_table(validation):
    """Rows: H5."""
    draws = np.random.default_rng(0)
    data = [Consortia(np.repeat(np.arange(40), size), draws.integers(0, 80, 40 * size),
                      draws.integers(0, 3, 40 * size), np.zeros(40 * size, int)) for size in (4, 5, 6)]
    own = Validation(validation.runs, (), (), data)
    assert own.table.loc["size_mean", "value"] == pytest.approx(5.0)
    assert own.table.loc["size_mean", "source"] == "own data"
    assert own.table.loc["hazard_alone", "source"] == validation.table.loc["hazard_alone", "source"]
    assert {name: value for name, value, *_ in facts_of(data)}["size_mean"] == pytest.approx(5.0)


def test_a_world_is_cut_to_as_many_alliances_as_ones_own_programmes_have_projects(validation):
    """Rows: H5. Who joins once depends on how many one looks at: programmes of 10, 20 and 50 projects; shipped: 59."""
    data = [Consortia(np.repeat(np.arange(projects), 3), np.arange(3 * projects) % 40, np.arange(3 * projects) % 3,
                       np.zeros(3 * projects, int))
            for projects in (10, 20, 50)]
    place = [fact.name for fact in FACTS].index("single")
    for given, projects in ((data, 20), ((), 59)):
        for k, run in enumerate(validation.runs[FUNDED]):
            seats = np.bincount(consortia_of(run, projects).organisation)
            assert Validation(validation.runs, (), (), given).values[place, k] == pytest.approx((seats == 1).mean())


def test_results_of_a_comparison_are_validated_by_its_own_seeds(tmp_path):
    """Rows: H5."""
    al.compare(["no_policy", "growth_only"], replicates=3, first_seed=40, out=tmp_path / "done")
    by_folder = al.validate(tmp_path / "done", out=tmp_path / "facts")
    direct = al.validate("no_policy", replicates=3, first_seed=40)
    assert np.array_equal(by_folder.values, direct.values, equal_nan=True)
    assert al.read(tmp_path / "facts").table.index.tolist() == [fact.name for fact in FACTS]
    assert (tmp_path / "facts" / "facts.png").stat().st_size > 10_000


def test_a_calibration_of_ones_own_is_checked_by_its_folder(tmp_path):
    """Rows: H5. Facts know what these parameters were fitted to, whatever the shipped ones were."""
    small_world(tmp_path)
    (tmp_path / "mine.targets.toml").write_text(toml_text(TARGETS), encoding="utf-8")
    al.calibrate(tmp_path / "mine.targets.toml", tmp_path / "mine")
    used = al.validate(tmp_path / "mine", replicates=2).table["fitted"]
    fitted = ["planned_mean", "firm_share", "yearly_cost"]
    assert set(used[fitted]) == {"fitted in the other arm"} and set(used.drop(fitted)) == {"check"}


def test_what_cannot_be_validated_is_named(tmp_path):
    al.run("no_policy", seed=1, out=tmp_path / "one")
    with pytest.raises(UserError, match="results of one run"):
        al.validate(tmp_path / "one")
    with pytest.raises(UserError, match="give projects and participation"):
        al.validate(projects=tmp_path / "p.csv")
    (tmp_path / "p.csv").write_text("project_rcn,start\n3,2014-06-01\n", encoding="utf-8")
    (tmp_path / "s.csv").write_text("project_rcn,org_id,org_type\n3,u1,HES\n", encoding="utf-8")
    with pytest.raises(UserError, match=r"p\.csv: there is no column of the programme"):
        al.validate(projects=tmp_path / "p.csv", participation=tmp_path / "s.csv")
    with pytest.raises(UserError, match=r"growth_only has instruments of policy \(programme_grants"):
        al.validate("growth_only")
    with pytest.raises(UserError, match="replicates is 1 and has to be at least 2"):
        al.validate(replicates=1)
