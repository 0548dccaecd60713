"""A dashboard that is served, and a browser that works with it."""

import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from alliancelab.dashboard.job import Worker

COMMAND = [sys.executable, "-m", "alliancelab", "app"]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


BROWSER, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
WIDTHS = {"phone": 390, "desktop": 1280}
# Panel's widgets live in shadow trees, which selectors do not enter.
DEEP = """
const found = (root, selector) => [...root.querySelectorAll('*')].flatMap(
    one => [...(one.matches(selector) ? [one] : []), ...(one.shadowRoot ? found(one.shadowRoot, selector) : [])]);
const deep = selector => found(document, selector).filter(one => one.getClientRects().length > 0);
"""


@contextmanager
def served() -> Iterator[tuple[str, subprocess.Popen]]:
    """Address and process of a dashboard."""
    port = free_port()
    with subprocess.Popen([*COMMAND, "--port", str(port)], stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout.readline()
        yield f"http://127.0.0.1:{port}/", server
        server.kill()


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


def ended(worker: Worker, seconds: float = 60.0) -> Worker:
    limit = time.monotonic() + seconds
    while worker.busy:
        assert time.monotonic() < limit, "the computation did not end"
        time.sleep(0.01)
    return worker
