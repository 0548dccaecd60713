"""Numbers of replicates follow from precision and power, and known failures of the rules are flagged."""

import numpy as np
import pytest
from scipy import stats

from alliancelab.agents.errors import UserError
from alliancelab.analysis.results.replicate_plan import ReplicatePlan
from alliancelab.analysis.results.stored_scenario import StoredScenario
from alliancelab.analysis.statistics.sample_size import (
    Goal,
    anova_replicates,
    is_bimodal,
    paired_power,
    replicates_for_power,
    replicates_for_width,
    running_spread,
    stable_from,
)
from alliancelab.model.outcomes import OUTCOMES

SCENARIOS = [StoredScenario(name, name.capitalize(), "", "", None, {}, {}, {}, "") for name in ("base", "more")]


def test_replicates_for_a_width_are_the_fewest_whose_t_interval_is_narrow_enough():
    """Rows: H3."""
    n = replicates_for_width(sd=2.0, half_width=0.5)
    width = [stats.t.ppf(0.975, k - 1) * 2.0 / np.sqrt(k) for k in (n - 1, n)]
    assert width[0] > 0.5 >= width[1]
    assert replicates_for_width(2.0, 0.5, pilot=20) > replicates_for_width(2.0, 0.5, pilot=200) > n
    assert replicates_for_width(0.0, 0.5) == 2
    assert replicates_for_width(1e6, 1e-3) is None


def test_the_width_aimed_at_is_reached_as_often_as_assured():
    random, reached = np.random.default_rng(21), []
    for _ in range(400):
        n = replicates_for_width(random.normal(size=30).std(ddof=1), 0.4, pilot=30)
        sample = random.normal(size=n)
        reached.append(stats.t.ppf(0.975, n - 1) * sample.std(ddof=1) / np.sqrt(n) <= 0.4)
    assert np.mean(reached) > 0.8


def test_power_of_the_paired_test_is_what_simulation_finds():
    """Rows: H3."""
    samples = np.random.default_rng(22).normal(0.5, 1.0, (20_000, 25))
    found = stats.ttest_1samp(samples, 0.0, axis=1).pvalue < 0.01
    assert paired_power(np.array(25), 0.5, 1.0, 0.01) == pytest.approx(found.mean(), abs=0.012)
    n = replicates_for_power(0.5, 1.0, 0.01, 0.95)
    assert paired_power(np.array(n), 0.5, 1.0, 0.01) >= 0.95 > paired_power(np.array(n - 1), 0.5, 1.0, 0.01)
    assert paired_power(np.array(10_000), 5.0, 1.0, 0.01) == 1.0


@pytest.mark.parametrize("cells, effect, published", [
    (2, 0.1, 876), (2, 0.2, 221), (2, 0.4, 56), (10, 0.1, 313), (10, 0.2, 79), (10, 0.4, 20)])
def test_replicates_of_several_scenarios_match_the_published_approximation(cells, effect, published):
    """Rows: H3. Seri and Secchi give a fitted formula; exact numbers differ from it by a few per cent."""
    assert anova_replicates(cells, effect, 0.01, 0.95) == pytest.approx(published, rel=0.05, abs=1)


def test_the_spread_of_a_tame_outcome_becomes_stable_and_that_of_a_wild_one_does_not():
    random = np.random.default_rng(23)
    tame, wild = random.normal(10.0, 1.0, 400), random.lognormal(0.0, 1.5, 400)
    assert stable_from(running_spread(tame)[0]) < 200
    assert stable_from(running_spread(wild)[0]) is None


def test_stability_is_never_claimed_from_the_end_of_a_block():
    assert stable_from(np.linspace(0.5, 0.1, 99)) is None
    assert stable_from(np.full(99, 0.3)) == 2


def test_a_mean_near_zero_is_judged_by_its_standard_deviation():
    random = np.random.default_rng(24)
    values = random.normal(0.0, 1.0, 200)
    values -= values.mean() - 1e-3
    spread, relative = running_spread(values)
    assert not relative
    assert spread[-1] == pytest.approx(1.0)
    assert running_spread(values + 10)[0][-1] == pytest.approx(values.std(ddof=1) / (values + 10).mean())


def test_two_modes_are_flagged_and_skewness_is_not():
    random = np.random.default_rng(25)
    apart = np.r_[random.normal(0, 1, 60), random.normal(6, 1, 40)]
    assert is_bimodal(apart)
    assert not any(is_bimodal(random.lognormal(size=100)) for _ in range(50))
    assert not is_bimodal(np.ones(100))


def plan(scenarios: int, count: int = 60) -> ReplicatePlan:
    """A made-up pilot block: an ordinary outcome, one near zero, one in two modes."""
    random = np.random.default_rng(26)
    luck = random.normal(size=count)
    first = np.stack([50 + 5 * luck, 0.01 * luck, np.where(luck > 0.5, 10.0, 0.0) + random.normal(0, 0.5, count)], 1)
    second = first + np.array([2.0, 0.0, 0.0]) + random.normal(0, [1.0, 0.01, 0.1], first.shape)
    values = np.stack([first, second][:scenarios])
    return ReplicatePlan(values, SCENARIOS[:scenarios], OUTCOMES[:3], Goal())


def test_a_plan_for_two_scenarios_shows_what_common_seeds_save():
    table = plan(2).table
    first = table.iloc[0]
    assert first["for_difference"] < first["for_independent"]
    assert first["difference"] == pytest.approx(2.0, abs=0.5)
    assert "mean near zero" in table.iloc[1]["remarks"]
    assert "two modes" in table.iloc[2]["remarks"]
    assert "for_difference" not in plan(1).table


def test_advice_names_numbers_of_the_table():
    made = plan(2)
    text = " ".join(made.notes())
    asked = made.table["for_power"].dropna().astype(int)
    assert f"{asked.max():,}" in text
    assert "two modes" in text
    assert "<li>" in made._repr_html_()


def test_an_outcome_that_cannot_be_planned_alone_has_nan_and_a_figure():
    wild = np.random.default_rng(27).lognormal(0.0, 2.0, (2, 60, 1))
    made = ReplicatePlan(wild, SCENARIOS, OUTCOMES[:1], Goal(relative=1e-4))
    assert made.table[["stable", "for_power"]].isna().all(axis=None)
    assert len(made.plot.outcome().axes) == 4
    assert any("Not planned" in line for line in made.notes())


def test_the_figure_shows_four_panels_and_refuses_an_unknown_outcome():
    figure = plan(2).plot.outcome()
    assert len(figure.axes) == 4
    assert all(axes.get_xlabel() for axes in figure.axes)
    with pytest.raises(UserError, match="no outcome 'nonsense'"):
        plan(2).plot.outcome("nonsense")
