"""The page without a browser: what is typed is answered, one computation runs, its result is shown, in both tongues."""

import re
import tomllib

import panel as pn
import pytest

import alliancelab as al
from alliancelab.agents.errors import UserError
from alliancelab.analysis.words import glossary
from alliancelab.dashboard.controls import Change
from alliancelab.dashboard.job import Worker
from alliancelab.dashboard.page import Page
from alliancelab.scenarios.scenario import load
from tests.support.dashboard import ended


def page_of(language: str = "en") -> tuple[Page, Worker]:
    worker = Worker()
    return Page(language, worker), worker


def press(button: pn.widgets.Button) -> None:
    button.clicks += 1


def test_a_refused_value_is_answered_beside_its_control_and_nothing_runs():
    """Rows: H6."""
    page, worker = page_of()
    field = page.editor.fields["programme_grants.amount"]
    field.input.value = "5000"
    sentence = "policy.programme_grants.amount is 5000.0 and has to be at most 1000"
    below = field.view[1].object
    assert sentence in below and "Money for one project a year. 0 – 1,000; default 0" in below
    press(page.compare)
    assert not worker.busy and sentence in page.plan.object
    field.input.value = "5"
    assert sentence not in field.view[1].object and "60 runs, about" in page.plan.object


def test_compare_runs_once_and_shows_its_table():
    """Rows: H6."""
    page, worker = page_of()
    page.replicates.value = "2"
    press(page.compare)
    assert page.compare.disabled and page.watch.go.disabled and not page.stop.disabled
    thread = worker._thread
    press(page.compare)
    press(page.watch.go)
    assert worker._thread is thread
    ended(worker)
    page._look()
    shown = page.comparison.view[1].object
    assert "Paired differences from the first scenario" in shown and shown.count("<img") == 4
    assert not page.compare.disabled and page.stop.disabled and "Done in" in page.status.object
    saved = page.comparison.view[0].callback().read().decode()
    assert saved.startswith("<!DOCTYPE html>") and "stage_matched.toml" in saved


def test_the_changed_scenario_is_compared_watched_and_saved():
    """Rows: H6."""
    page, worker = page_of()
    page.replicates.value, page.first.value, page.chosen.value = "2", "stage_matched", []
    page.editor.fields["programme_grants.amount"].input.value = "6"
    page.editor.used.value = [*page.editor.used.value, "platforms"]
    page.editor.fields["platforms.number"].input.value = "1"
    press(page.compare)
    ended(worker)
    page._look()
    compared = worker.result.comparison
    assert compared.names == ["stage_matched", "stage_matched_changed"]
    expected = load("stage_matched", {"programme_grants.amount": 6.0, "platforms.number": 1.0})
    assert compared.scenarios[1].hash == expected.hash
    saved = page.editor.file.callback().read().decode()
    assert saved.splitlines() == [
        'base = "stage_matched"', 'title = "Changed: Stage-matched"',
        'purpose = "What do changes to “Stage-matched” do?"', 'source = "Changed in the dashboard."', "",
        "[policy.platforms]", "number = 1.0", "", "[policy.programme_grants]", "amount = 6.0"]
    assert load(tomllib.loads(saved)).hash == expected.hash
    page.watch.choice.select.value = "stage_matched_changed"
    press(page.watch.go)
    ended(worker)
    page._look()
    assert worker.result.run.scenario.hash == expected.hash
    assert page.watch.picture.object.startswith("<img")


def test_a_regional_scenario_shows_its_scorecard_and_courses_against_targets():
    """Rows: F11, G8, H6."""
    page, worker = page_of()
    score = page.score
    assert {"dongying", "county_bureau"} <= set(score.choice.select.options.values())
    assert "no_policy" not in score.choice.select.options.values()
    score.replicates.value = "1"
    press(score.go)
    assert not worker.busy and "replicates is 1 and has to be at least 2" in score.plan.object
    score.replicates.value = "2"
    assert "6 runs, about" in score.plan.object
    press(score.go)
    assert score.go.disabled and page.compare.disabled
    ended(worker)
    page._look()
    shown = score.result.view[1].object
    for words in ("Probability met", "Effect of the plan", "Without it", "Patents filed", 'id="figure-courses"'):
        assert words in shown
    assert not score.go.disabled
    card = al.scorecard("county_bureau", replicates=2)
    assert worker.result.card.table.equals(card.table)


def test_a_changed_county_is_scored_and_a_changed_national_scenario_is_not_offered():
    """Rows: G8, H6."""
    page, worker = page_of()
    names = set(page.score.choice.select.options.values())
    page.editor.fields["programme_grants.amount"].input.value = "6"
    assert set(page.score.choice.select.options.values()) == names
    page.editor.base.value = "county_bureau"
    page.editor.fields["county_projects.amount"].input.value = "0.2"
    page.score.choice.select.value = "county_bureau_changed"
    page.score.replicates.value = "2"
    press(page.score.go)
    ended(worker)
    assert worker.result.card.scenario.hash == load("county_bureau", {"county_projects.amount": 0.2}).hash


def test_moving_in_time_draws_the_network_of_that_quarter_once():
    """Rows: H6."""
    page, worker = page_of()
    press(page.watch.go)
    ended(worker)
    page._look()
    player, first = page.watch.player, page.watch.picture.object
    assert (player.start, player.end, player.value) == (40, 119, 40)
    player.value = 60
    assert page.watch.picture.object != first
    player.value = 40
    assert page.watch.picture.object == first
    page.watch._advance()
    assert player.value == 41
    player.value = None  # a line that somebody emptied
    player.value = 119
    page.watch._advance()
    assert player.value == 119 and page.watch.play.label == "Play"


def test_an_error_of_the_computation_stands_on_the_page():
    page, worker = page_of()
    page.watch.seed.value = "<b>"
    press(page.watch.go)
    ended(worker)
    page._look()
    assert "the seed &#x27;&lt;b&gt;&#x27; has to be a whole number" in page.watch.status.object


@pytest.mark.parametrize("name", ["no_policy", "full_chain", "county_bureau"])
def test_another_scenario_can_be_chosen_for_change(name):
    page, _ = page_of()
    page.editor.base.value = "dongying"
    page.editor.unsure.value = ["horizon"]
    page.editor.base.value = name
    assert page.editor.change == Change(None, {})
    assert page.editor.used.value == list(load(name).policy)


def test_too_many_scenarios_are_answered_in_words():
    """Rows: H6. The baseline counts once, also where it is ticked again."""
    page, worker = page_of()
    page.chosen.value = ["no_policy", "full_chain", "growth_only", "rescue_led"]
    assert "80 runs" in page.plan.object
    page.chosen.value = ["full_chain", "growth_only", "rescue_led", "dongying"]
    press(page.compare)
    assert not worker.busy and "a comparison has at most 4 scenarios of the library" in page.plan.object


def test_an_instrument_taken_out_and_others_changed_are_all_that_a_saved_change_says():
    """Rows: H2, H6."""
    page, _ = page_of()
    page.editor.used.value = [one for one in page.editor.used.value if one != "supervision"]
    page.editor.unsure.value = ["horizon"]
    page.editor.fields["parameters.horizon"].input.value = "9"
    page.editor._stages["programme_grants"].value = ["growth", "maturity"]
    saved = tomllib.loads(page.editor.file.callback().read().decode())
    assert saved["base"] == "stage_matched" and saved["parameters"] == {"horizon": 9.0}
    assert saved["policy"] == {"supervision": False, "programme_grants": {"stages": ["growth", "maturity"]}}
    assert load(saved).hash == page.editor.change.scenario.hash


def words_of(view: pn.viewable.Viewable) -> list[str]:
    """Every text that a page shows, but names of levers and what they hold."""
    found: list[str] = []
    for part in view.select():
        if isinstance(part, pn.pane.HTML):
            found.append(re.sub(r"<[^>]+>", " ", part.object))
        elif isinstance(part, pn.widgets.TextInput) and part.label.endswith(")"):
            found.append(part.label.partition("(")[2])
        elif isinstance(part, pn.widgets.Widget):
            found += [part.label, *getattr(part, "labels", [])]
        elif isinstance(part, pn.Card):
            found.append(part.title)
    return found


def test_the_switch_compares_in_worlds():
    """Rows: H5, H6."""
    page, worker = page_of()
    page.replicates.value = "2"
    assert not page.worlds.visible and "4 runs, about" in page.plan.object
    page.in_worlds.value = page.in_worlds.options
    assert page.worlds.visible and "80 runs, about" in page.plan.object
    page.worlds.value = "1"
    assert "worlds is 1 and has to be at least 2" in page.plan.object
    page.worlds.value = "3"
    press(page.compare)
    ended(worker)
    page._look()
    shown = page.comparison.view[1].object
    assert "in how many worlds their sign holds" in shown and "of 3" in shown and shown.count("<img") == 1
    page.in_worlds.value = []
    assert not page.worlds.visible and "4 runs, about" in page.plan.object


def test_one_scenario_in_worlds_is_answered_in_a_sentence_in_both_languages():
    for language, sentence in (("en", "effects in many worlds are differences"), ("zh", "多个世界中的效果是差异")):
        page, worker = page_of(language)
        page.chosen.value, page.in_worlds.value = [], page.in_worlds.options
        press(page.compare)
        ended(worker)
        page._look()
        assert sentence in page.status.object


def test_a_page_in_chinese_is_in_chinese():
    """Rows: H6."""
    try:
        glossary.chinese_font()
    except UserError as error:
        pytest.skip(str(error))
    page, _ = page_of("zh")
    page.editor.base.value = "full_chain"
    page.in_worlds.value = page.in_worlds.options
    english = [word for word in words_of(page.view()) if re.search(r"[A-Za-z]{2,}", re.sub(
        r"alliancelab|\.toml|\.html", "", word)) and word not in page.editor.unsure.options]
    assert english == []
    page.editor.fields["platforms.number"].input.value = "x"
    assert "platforms.number 应为数字，而不是" in page.plan.object
