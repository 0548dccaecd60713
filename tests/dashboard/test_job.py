"""A computation of the dashboard gives the numbers of the command line, one at a time, stops, and loses no error."""

import re
import time
from threading import Event

import numpy as np
import pytest

import alliancelab as al
from alliancelab.agents.errors import UserError
from alliancelab.analysis.figures import networks
from alliancelab.analysis.figures.networks import Frames
from alliancelab.dashboard.job import Request, Worker, comparison_page, run_page, seconds_for
from alliancelab.scenarios.scenario import load
from tests.support.dashboard import ended

SMALL = {"world.firms": 120, "world.sectors": 2, "world.quarters": 60, "world.warm_up": 20}
SCENARIOS = [load(name, SMALL) for name in ("no_policy", "stage_matched")]


def quiet(what: str, done: int, total: int) -> None:
    pass


def test_a_comparison_has_the_numbers_of_the_command_line():
    """Rows: H3, H6."""
    worker = Worker()
    assert worker.start(lambda progress: comparison_page(SCENARIOS, Request.of("3", "5"), "en", progress))
    found = ended(worker).result.comparison
    expected = al.compare(SCENARIOS, replicates=3, first_seed=5)
    assert np.array_equal(found.replicates.outcomes, expected.replicates.outcomes, equal_nan=True)
    assert found.differences.equals(expected.differences)


def test_the_page_shows_differences_figures_and_the_command():
    """Rows: H6."""
    html = comparison_page(SCENARIOS, Request.of("2", "0"), "en", quiet).html
    for part in ("Paired differences from the first scenario", 'id="figure-lifecycle"', 'id="figure-curves"',
                 'id="figure-differences"', "alliancelab compare no_policy.toml stage_matched.toml --replicates 2 "
                                            "--seed 0"):
        assert part in html
    assert "<html" not in html and "<script" not in html


def test_a_comparison_in_worlds_has_the_numbers_table_and_picture_of_the_command_line():
    """Rows: H5, H6."""
    page = comparison_page(SCENARIOS, Request.of("2", "5", "4"), "en", quiet)
    expected = al.compare(SCENARIOS, replicates=2, first_seed=5, worlds=4)
    assert page.comparison.effects.equals(expected.effects)
    for part in ("in how many worlds their sign holds", "of 4", 'id="figure-worlds_stage_matched"',
                 "Where the variance comes from", "--worlds 4 --replicates 2 --seed 5"):
        assert part in page.html
    assert "<html" not in page.html and "<script" not in page.html


def test_progress_is_told_and_a_second_computation_does_not_begin():
    """Rows: H6."""
    worker, go = Worker(), Event()

    def work(progress):
        progress("runs", 3, 8)
        go.wait(10)
        return "first"

    assert worker.start(work)
    while worker.total == 0:
        time.sleep(0.01)
    assert (worker.what, worker.done, worker.total, worker.busy) == ("runs", 3, 8, True)
    assert not worker.start(lambda progress: "second")
    go.set()
    assert ended(worker).result == "first"
    assert worker.start(lambda progress: "second") and ended(worker).result == "second"


def test_stop_ends_a_comparison_between_replicates():
    """Rows: H6."""
    worker = Worker()
    worker.start(lambda progress: comparison_page(SCENARIOS, Request.of("200", "0"), "en", progress))
    while worker.done < 3:
        time.sleep(0.001)
    worker.stop()
    ended(worker, 10)
    assert worker.result is None and worker.sentence == "Stopped; nothing is kept of it."
    assert 3 <= worker.done < 400


def test_stop_between_two_computations_does_not_stop_the_next():
    worker = Worker()
    worker.stop()
    worker.start(lambda progress: progress("runs", 1, 2) or "done")
    assert ended(worker).result == "done"


def test_stop_ends_a_comparison_in_worlds_between_runs():
    worker = Worker()
    worker.start(lambda progress: comparison_page(SCENARIOS, Request.of("200", "0", "20"), "en", progress))
    while worker.done < 3:
        time.sleep(0.001)
    worker.stop()
    assert ended(worker, 10).sentence == "Stopped; nothing is kept of it." and worker.done < 8000


@pytest.mark.parametrize(("worlds", "sentence"), [
    ("1", "worlds is 1 and has to be at least 2"), ("201", "worlds is 201 and has to be at most 200"),
    ("x", "worlds must be a whole number, not 'x'"), ("", "worlds must be a whole number, not ''")])
def test_how_many_worlds_is_bounded_in_words(worlds, sentence):
    with pytest.raises(UserError) as caught:
        Request.of("2", "0", worlds)
    assert str(caught.value) == sentence


@pytest.mark.parametrize(("error", "sentence"), [
    (UserError("the folder is full"), "the folder is full"),
    (ZeroDivisionError("nothing to share"), "The computation failed: ZeroDivisionError: nothing to share"),
])
def test_an_error_in_the_thread_is_told_in_a_sentence(error, sentence, capsys):
    """Rows: H6."""
    def work(progress):
        raise error

    worker = Worker()
    worker.start(work)
    assert ended(worker).sentence == sentence and worker.result is None
    assert ("Traceback" in capsys.readouterr().err) == (not isinstance(error, UserError))


@pytest.mark.parametrize(("replicates", "seed", "sentence"), [
    ("1", "0", "replicates is 1 and has to be at least 2"),
    ("201", "0", "replicates is 201 and has to be at most 200"),
    ("2.5", "0", "replicates must be a whole number, not '2.5'"),
    ("2", "-1", "seed is -1 and has to be at least 0"),
    ("2", "", "seed must be a whole number, not ''"),
])
def test_how_many_runs_is_bounded_in_words(replicates, seed, sentence):
    """Rows: H6."""
    with pytest.raises(UserError) as caught:
        Request.of(replicates, seed)
    assert str(caught.value) == sentence


def test_the_largest_comparison_of_the_page_takes_minutes():
    names = ("dongying", "dongying_expansion", "dongying_uncoordinated", "china_pilots", "dongying")
    assert seconds_for([load(name) for name in names], 200) < 1200


def test_a_run_is_that_of_the_command_line_with_its_network_in_one_place():
    """Rows: H6."""
    found = run_page(SCENARIOS[1], "3", "en", quiet)
    assert found.run.outcomes.equals(al.run(SCENARIOS[1], seed=3).outcomes)
    assert isinstance(found.frames, Frames) and found.frames.quarters == range(20, 60)
    early, late = (found.frames.picture(quarter) for quarter in (30, 59))
    assert early.axes[0].get_xlim() == late.axes[0].get_xlim()
    assert early.axes[0].get_title(loc="left").startswith("2009.5: ")


def test_a_seed_that_is_no_number_is_answered_in_words():
    with pytest.raises(UserError, match="the seed 'abc' has to be a whole number"):
        run_page(SCENARIOS[0], "abc", "en", quiet)


def test_a_run_whose_network_cannot_be_drawn_says_why(monkeypatch):
    monkeypatch.setattr(networks, "LARGEST", 20)
    found = run_page(SCENARIOS[1], "0", "en", quiet)
    assert found.frames is None
    assert re.fullmatch(r"\d+ alliances and members over the run are too many for pictures of the network; at most 20 "
                        "can be drawn", found.sentence)
