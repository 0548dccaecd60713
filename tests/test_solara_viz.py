"""Mesa's SolaraViz on our model, rendered without a browser; `make test-mesa` brings versions that fit together."""

import pytest

import alliancelab as al

solara = pytest.importorskip("solara", reason="SolaraViz is tested by `make test-mesa`, which installs solara")
SIZES = {"world.firms": 120, "world.sectors": 2, "world.universities": 6, "world.institutes": 6, "world.agencies": 4,
         "world.quarters": 60, "world.warm_up": 20}
GRANTS = "programme_grants.amount"


class StageMatched(al.AllianceModel):
    """Reset of Mesa 3.5 hands every model a scenario of Mesa's own, so the page's model names ours itself."""

    def __init__(self, scenario=None, **changes):
        super().__init__("stage_matched", **changes)


@pytest.fixture
def viz():
    """The model as the page holds it, and what is rendered."""
    import reacton
    from mesa.visualization import Slider, SolaraViz, make_plot_component

    model = solara.reactive(StageMatched(rng=0, **SIZES))
    params = {"rng": 0, **SIZES, GRANTS: Slider("Grants", 3.0, 0.0, 10.0, 0.5)}
    plots = [make_plot_component("alliances"), make_plot_component({"vitality": "tab:blue", "trust": "tab:green"})]
    page = SolaraViz(model, components=plots, model_params=params, name="Alliances")
    _, rendered = reacton.render(solara.AppLayout(children=[page]), handle_error=False)
    yield model, rendered
    rendered.close()


def press(rendered, words: str) -> None:
    import ipyvuetify

    button, = [one for one in rendered.find(ipyvuetify.Btn).widgets if one.children == [words]]
    button.click()


def plots(rendered) -> list[bytes]:
    import ipywidgets

    return [image.value for image in rendered.find(ipywidgets.Image).widgets]


def test_solara_viz_steps_our_model_and_draws_what_the_headless_run_gives(viz):
    """Rows: H1."""
    model, rendered = viz
    before = plots(rendered)
    assert len(before) == 2
    for _ in range(40):
        press(rendered, "Step")
    assert model.value.steps == 40
    collected = model.value.datacollector.get_model_vars_dataframe()
    headless = al.run("stage_matched", seed=0, overrides=SIZES).curves
    assert collected["alliances"].tolist() == headless["alliances"][:40].tolist()
    assert collected["alliances"].iloc[-1] > 0
    assert all(one != other for one, other in zip(before, plots(rendered), strict=True))


def test_a_slider_of_solara_viz_sets_a_lever_when_the_model_is_reset(viz):
    """Rows: H1."""
    import ipyvuetify

    model, rendered = viz
    slider, = [one for one in rendered.find(ipyvuetify.Slider).widgets if one.label == "Grants"]
    slider.v_model = 7.5
    press(rendered, "Step")
    press(rendered, "Reset")
    assert model.value.steps == 0
    assert model.value.policy_scenario.policy["programme_grants"].amount == 7.5
