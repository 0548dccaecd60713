"""Pictures show what they claim: labelled axes with units, one mark for each thing, no global state."""

import subprocess
import sys
from types import SimpleNamespace

import numpy as np
import pytest
from matplotlib.patches import Circle, FancyArrowPatch

from alliancelab.agents.errors import UserError
from alliancelab.analysis.figures.run import survival
from alliancelab.analysis.figures.style import STAGE_COLOURS, scenario_colours, signed
from alliancelab.analysis.results.comparison import Comparison
from alliancelab.model.outcomes import OUTCOMES


def texts(axes) -> list[str]:
    return [text.get_text() for text in axes.texts]


def test_every_picture_labels_its_axes(run, comparison):
    for name, figure in {**run.plot.all(), **comparison.plot.all()}.items():
        for axes in figure.axes:
            if axes.axison and name != "differences" and axes.get_subplotspec().is_first_col():
                assert axes.get_ylabel() or name == "lives", name  # whose scales of members are labelled at the right
            assert axes.get_title(loc="left") or name in ("curves", "lives"), name
        assert any(axes.get_xlabel() for axes in figure.axes) or name == "transitions", name


def test_lifecycle_draws_each_alliance_behind_the_means(run):
    axes = run.plot.lifecycle().axes[0]
    shown = run.panel[run.panel["quarter"] >= 20]["alliance"].nunique()
    assert len(axes.lines) == shown + 3  # two means, and the grey line of the legend
    lines = {line.get_label(): line for line in axes.lines}
    living, cohort = lines["mean of the living"], lines["mean of all founded, the ended as zero"]
    assert living.get_xdata()[np.argmax(living.get_ydata())] == pytest.approx(5.0, abs=0.5)
    assert (cohort.get_ydata() <= living.get_ydata() + 1e-12).all()
    assert "mean vitality is highest at 3.2 years" in axes.get_title(loc="left")


def test_lives_show_stages_members_projects_and_the_end_of_each(run):
    """Rows: A2."""
    figure = run.plot.lives(count=6, seed=1)
    titles = [axes.get_title(loc="left") for axes in figure.axes if axes.get_title(loc="left")]
    assert len(titles) == 6
    for title in titles:
        row, fate = title.split(": ")
        alliance = run.alliances.loc[int(row)]
        assert alliance["founded"] >= 20
        years = f"{alliance['duration'] / 4:.1f} years"
        assert fate == (f"alive after {years}" if alliance["alive"] else f"failure at {years}")
    assert titles == [axes.get_title(loc="left") for axes in run.plot.lives(count=6, seed=1).axes
                      if axes.get_title(loc="left")]
    bars = sum(len(axes.patches) for axes in figure.axes)
    assert bars == run.projects["alliance"].isin([int(title.split(":")[0]) for title in titles]).sum()
    with pytest.raises(UserError, match="at least 1"):
        run.plot.lives(count=0)


def test_mean_courses_say_what_they_are_a_mean_of(run):
    """Rows: H4."""
    titles = [axes.get_title(loc="left") for axes in run.plot.life_courses().axes]
    assert len(titles) == 4
    founded = (run.alliances["founded"] >= 20).sum()
    assert f"Mean of {founded} alliances founded after the warm-up" in titles[0]
    assert all("ean of" in title for title in titles)


def test_stage_stack_adds_up_to_all_living_alliances(run):
    axes = run.plot.stages().axes[0]
    assert len(axes.collections) == 5
    top = max(path.vertices[:, 1].max() for stack in axes.collections for path in stack.get_paths())
    assert top == run.curves["alliances"].max()
    assert [text.get_text() for text in axes.get_legend().get_texts()] == [
        "Re-growth", "Decline", "Maturity", "Growth", "Formation"]


def test_transition_diagram_has_an_arrow_for_each_move_that_happens(run):
    axes = run.plot.transitions().axes[0]
    rates = run.transitions.rates.fillna(0.0)
    moves = sum(rates.loc[a, b] > 0 for a in rates.index for b in rates.columns if a != b)
    assert sum(isinstance(patch, FancyArrowPatch) for patch in axes.patches) == moves
    assert sum(isinstance(patch, Circle) for patch in axes.patches) == 5
    assert f"{100 * rates.loc['growth', 'maturity']:.1f}" in texts(axes)


def test_survival_curves_never_rise(run):
    axes = survival({"one": run.survival, "other": run.survival}).axes[0]
    assert len(axes.lines) == 2
    for line in axes.lines:
        assert (np.diff(line.get_ydata()) <= 0).all()


def test_comparison_draws_one_line_with_band_a_scenario(comparison):
    axes = comparison.plot.lifecycle().axes[0]
    assert len(axes.collections) == 3
    labels = [text.get_text() for text in axes.get_legend().get_texts()]
    assert [label.split(" (")[0] for label in labels[:3]] == ["Nothing", "Some", "More"]
    assert all("peak at" in label for label in labels[:3])
    assert labels[3] == "dashed: mean of the living alone"
    assert "the ended as zero" in axes.get_title(loc="left")


def test_forest_plot_has_a_row_an_outcome_and_a_number_a_difference(comparison):
    axes = comparison.plot.differences().axes[0]
    assert len(axes.get_yticks()) == len(OUTCOMES)
    numbers = [signed(value) for value in comparison.differences["difference"]]
    assert sorted(texts(axes)) == sorted(numbers)


def test_differences_are_written_with_sign_and_three_figures():
    assert [signed(v) for v in (0.0, 0.01234, -12.34, 20_100.4)] == ["0", "+0.0123", "-12.3", "+20,100"]


def test_forest_plot_holds_far_values_at_its_edge(comparison):
    axes = comparison.plot.differences("more").axes[0]
    low, high = axes.get_xlim()
    for line in axes.lines:
        if line.get_label().startswith("_"):
            assert np.nanmin(line.get_xdata()) >= low
            assert np.nanmax(line.get_xdata()) <= high


def test_cost_is_drawn_against_effect_with_units(comparison):
    first, second = OUTCOMES[0], OUTCOMES[1]
    axes = comparison.plot.cost_effect(first.name, second.name).axes[0]
    assert first.title in axes.get_xlabel()
    assert second.title in axes.get_ylabel()
    assert len(axes.containers) == 3
    with pytest.raises(UserError, match="no outcome 'nonsense'"):
        comparison.plot.cost_effect("nonsense", second.name)


@pytest.mark.parametrize("name", ["curves", "differences", "cost_effect"])
def test_legends_and_labels_stay_inside_the_picture_however_long_titles_are(comparison, name):
    longest = [SimpleNamespace(**{**vars(scenario), "title": f"{scenario.title}, {'very ' * 8}long"})
               for scenario in comparison.scenarios]
    figure = getattr(Comparison(comparison.replicates, longest).plot, name)()
    figure.draw_without_rendering()
    boxes = [legend.get_window_extent() for legend in figure.legends]
    boxes += [axes.xaxis.label.get_window_extent() for axes in figure.axes]
    assert len(figure.legends) == 1
    for box in boxes:
        assert 0 <= box.x0 and box.x1 <= figure.bbox.x1


def test_colours_of_stages_and_of_eight_scenarios_are_all_different():
    assert len(set(STAGE_COLOURS.values())) == 5
    assert len(set(scenario_colours(8))) == 8
    assert len(set(scenario_colours(64))) == 64


def test_pictures_show_themselves_without_pyplot():
    script = (
        "import sys; from alliancelab.analysis.figures.style import new_picture; "
        "print(new_picture()._repr_png_()[:4], 'matplotlib.pyplot' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == r"b'\x89PNG' False"
