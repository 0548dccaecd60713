"""Pictures show what they claim: labelled axes with units, one mark for each thing, no global state."""

import subprocess
import sys
from types import SimpleNamespace

import numpy as np
import pytest
from matplotlib.patches import Circle, FancyArrowPatch

from alliancelab.analysis.drawing import STAGE_COLOURS, scenario_colours, signed
from alliancelab.analysis.results import Comparison
from alliancelab.analysis.run_figures import survival
from alliancelab.model.outcomes import OUTCOMES
from alliancelab.scenarios.errors import UserError


def texts(axes) -> list[str]:
    return [text.get_text() for text in axes.texts]


def test_every_picture_labels_its_axes(run, comparison):
    for name, figure in {**run.plot.all(), **comparison.plot.all()}.items():
        for axes in figure.axes:
            if axes.axison and name != "differences":
                assert axes.get_ylabel(), name
            assert axes.get_title(loc="left") or name == "curves", name
        assert any(axes.get_xlabel() for axes in figure.axes) or name == "transitions", name


def test_lifecycle_draws_each_alliance_behind_the_mean(run):
    axes = run.plot.lifecycle().axes[0]
    shown = run.panel[run.panel["quarter"] >= 20]["alliance"].nunique()
    assert len(axes.lines) == shown + 2  # the mean, and the grey line of the legend
    mean = next(line for line in axes.lines if line.get_label() == "mean of living alliances")
    assert mean.get_xdata()[np.argmax(mean.get_ydata())] == pytest.approx(5.0, abs=0.5)
    assert "mean vitality is highest at 5.0 years" in axes.get_title(loc="left")


def test_stage_stack_adds_up_to_all_living_alliances(run):
    axes = run.plot.stages().axes[0]
    assert len(axes.collections) == 5
    top = max(path.vertices[:, 1].max() for stack in axes.collections for path in stack.get_paths())
    assert top == run.curves["alliances"].max()
    assert [text.get_text() for text in axes.get_legend().get_texts()] == [
        "Re-growth", "Decline", "Maturity", "Growth", "Formation"]


def test_transition_diagram_has_an_arrow_for_each_move_that_happens(run):
    axes = run.plot.transitions().axes[0]
    rates = run.transitions().rates.fillna(0.0)
    moves = sum(rates.loc[a, b] > 0 for a in rates.index for b in rates.columns if a != b)
    assert sum(isinstance(patch, FancyArrowPatch) for patch in axes.patches) == moves
    assert sum(isinstance(patch, Circle) for patch in axes.patches) == 5
    assert f"{100 * rates.loc['growth', 'maturity']:.1f}" in texts(axes)


def test_survival_curves_never_rise(run):
    axes = survival([run, run]).axes[0]
    assert len(axes.lines) == 2
    for line in axes.lines:
        assert (np.diff(line.get_ydata()) <= 0).all()


def test_comparison_draws_one_line_with_band_a_scenario(comparison):
    axes = comparison.plot.lifecycle().axes[0]
    assert len(axes.collections) == 3
    labels = [text.get_text() for text in axes.get_legend().get_texts()]
    assert [label.split(" (")[0] for label in labels] == ["Nothing", "Some", "More"]
    assert all("peak at" in label for label in labels)


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
        "import sys; from alliancelab.analysis.drawing import new_picture; "
        "print(new_picture()._repr_png_()[:4], 'matplotlib.pyplot' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == r"b'\x89PNG' False"
