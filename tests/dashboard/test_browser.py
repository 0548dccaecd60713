"""The dashboard in a real browser: two scenarios are compared, a wrong value answered, nothing asked elsewhere."""

import json
import os
import time
from collections.abc import Iterator

import pytest

from tests.support.dashboard import (
    BROWSER,
    DRIVER,
    WIDTHS,
    ask,
    opened,
    press,
    sentences,
    served,
    turn_to,
    unfold,
    wait,
    wide,
    write,
)

if not (BROWSER and DRIVER) and not os.environ.get("CI"):
    pytest.skip("there is no chromium with chromedriver here", allow_module_level=True)


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with served() as (found, _):
        yield found


@pytest.fixture(scope="module")
def browser(address) -> Iterator:
    """A browser that has opened the page."""
    with opened(address) as driver:
        yield driver


def test_two_scenarios_are_compared_and_nothing_is_asked_elsewhere(browser, address):
    """Rows: H6."""
    write(browser, "Replicates", "2")
    wait(lambda: "4 runs" in " ".join(ask(browser, "return deep('p').map(one => one.innerText)")))
    press(browser, "Compare")
    wait(lambda: ask(browser, "return deep('table').length && deep('img').every(one => one.complete)"))
    figures = ask(browser, "return deep('img').map(one => [one.naturalWidth, one.clientWidth, one.alt])")
    assert len(figures) == 4 and all(natural > 300 and 250 < shown for natural, shown, _ in figures)
    heads = ask(browser, "return deep('th').map(one => one.innerText)")
    assert heads.count("No policy") == heads.count("Stage-matched") == 3
    messages = [json.loads(line["message"])["message"] for line in browser.get_log("performance")]
    asked = [message["params"]["request"]["url"] for message in messages
             if message["method"] == "Network.requestWillBeSent"]
    assert address in asked
    assert [one for one in asked if not one.startswith((address, "data:", "blob:"))] == []
    assert [line for line in browser.get_log("browser") if line["level"] == "SEVERE"] == []


def test_a_value_out_of_bounds_is_answered_in_words(browser):
    """Rows: H6."""
    unfold(browser, "Programme grants")
    write(browser, "amount", "5000")
    wait(lambda: "policy.programme_grants.amount is 5000.0 and has to be at most 1000" in sentences(browser))
    write(browser, "amount", "5")
    wait(lambda: sentences(browser) == "")


def test_a_run_is_watched_over_time(browser):
    """Rows: H6."""
    turn_to(browser, "Single run")
    press(browser, "Run")
    first = wait(lambda: ask(browser, "return deep('img').filter(one => one.alt == 'Network').map(one => one.src)[0]"))
    write(browser, "Quarter", "50")
    wait(lambda: ask(browser, "return deep('img').filter(one => one.alt == 'Network').map(one => one.src)[0]") != first)


def test_a_county_is_scored_against_its_plan(browser):
    """Rows: G8, H6."""
    turn_to(browser, "Scorecard")
    write(browser, "Replicates", "2")
    press(browser, "Score")
    heads = wait(lambda: [head for head in ask(browser, "return deep('th').map(one => one.innerText)")
                          if head == "Effect of the plan"])
    assert heads == ["Effect of the plan"]
    figures = wait(lambda: ask(browser, "const all = deep('#figure-scorecard img, #figure-courses img');"
                                        "return all.length == 2 && all.every(one => one.complete) && "
                                        "all.map(one => one.clientWidth)"))
    assert min(figures) > 250


@pytest.mark.parametrize("width", WIDTHS.values(), ids=WIDTHS.keys())
def test_nothing_sticks_out_of_the_page(browser, width):
    """Rows: H6."""
    wait(lambda: ask(browser, "return deep('button').length"))
    wide(browser, width)
    time.sleep(0.5)  # widgets are laid out anew after the window
    reach = browser.execute_script("return [document.documentElement.scrollWidth, window.innerWidth]")
    assert reach[0] <= reach[1] == width
