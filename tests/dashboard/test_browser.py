"""The dashboard in a real browser: two scenarios are compared, a wrong value answered, nothing asked elsewhere."""

import json
import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tests.dashboard.test_app import COMMAND, free_port

BROWSER, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
WIDTHS = {"phone": 390, "desktop": 1280}
# Panel's widgets live in shadow trees, which selectors do not enter.
DEEP = """
const found = (root, selector) => [...root.querySelectorAll('*')].flatMap(
    one => [...(one.matches(selector) ? [one] : []), ...(one.shadowRoot ? found(one.shadowRoot, selector) : [])]);
const deep = selector => found(document, selector).filter(one => one.getClientRects().length > 0);
"""

if not (BROWSER and DRIVER) and not os.environ.get("CI"):
    pytest.skip("there is no chromium with chromedriver here", allow_module_level=True)


@contextmanager
def served() -> Iterator[tuple[str, subprocess.Popen]]:
    """Address and process of a dashboard."""
    port = free_port()
    with subprocess.Popen([*COMMAND, "--port", str(port)], stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout.readline()
        yield f"http://127.0.0.1:{port}/", server
        server.kill()


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with served() as (found, _):
        yield found


@pytest.fixture(scope="module")
def browser(address) -> Iterator:
    """A browser that has opened the page."""
    with opened(address) as driver:
        yield driver


@contextmanager
def opened(address: str) -> Iterator:
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    options = webdriver.ChromeOptions()
    options.binary_location = BROWSER
    for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(DRIVER))
    wide(driver, WIDTHS["desktop"])
    driver.get(address)
    yield driver
    driver.quit()


def wide(browser, width: int) -> None:
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride",
                            {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False})


def wait(question: Callable[[], Any], seconds: float = 90.0) -> Any:
    limit = time.monotonic() + seconds
    while not (answer := question()):
        assert time.monotonic() < limit, "the page did not get there"
        time.sleep(0.1)
    return answer


def ask(browser, script: str, *arguments: Any) -> Any:
    return browser.execute_script(DEEP + script, *arguments)


def press(browser, words: str) -> None:
    wait(lambda: ask(browser, "const it = deep('button').find(one => one.innerText == arguments[0] && !one.disabled);"
                              "if (it) it.click(); return Boolean(it)", words))


def unfold(browser, words: str) -> None:
    """Open the card with this heading."""
    wait(lambda: ask(browser, "const it = deep('button.card-header').find(one => found(one, '*').some("
                              "part => part.textContent == arguments[0])); if (it) it.click(); return Boolean(it)",
                     words))


def write(browser, words: str, text: str) -> None:
    """Write into the line under these words."""
    wait(lambda: ask(browser, "const it = deep('label').find(one => one.innerText.startsWith(arguments[0]));"
                              "if (!it) return false; const line = it.getRootNode().querySelector('input');"
                              "line.value = arguments[1]; line.dispatchEvent(new Event('change')); return true",
                     words, text))


def turn_to(browser, words: str) -> None:
    """Open the tab with this heading."""
    wait(lambda: ask(browser, "const it = deep('.bk-tab').find(one => one.innerText.trim() == arguments[0]);"
                              "if (it) it.click(); return Boolean(it)", words))


def sentences(browser) -> str:
    return " ".join(ask(browser, "return deep('[role=alert]').map(one => one.innerText)"))


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
