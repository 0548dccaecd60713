"""A report in a real browser: nothing is asked from anywhere, nothing complains, nothing is cut off."""

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

import alliancelab as al

BROWSER, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
WIDTHS = {"phone": 390, "tablet": 820, "desktop": 1280}

if not (BROWSER and DRIVER) and not os.environ.get("CI"):
    pytest.skip("there is no chromium with chromedriver here", allow_module_level=True)


@pytest.fixture(scope="module")
def browser() -> Iterator:
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    options = webdriver.ChromeOptions()
    options.binary_location = BROWSER
    for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(DRIVER))
    yield driver
    driver.quit()


@pytest.fixture(scope="module", params=["comparison", "run", "sweep", "scorecard", "comparison in Chinese",
                                        "calibration in Chinese"])
def page(request, tmp_path_factory) -> Path:
    folder = request.getfixturevalue(f"{request.param.split()[0]}_folder")
    language = "zh" if "Chinese" in request.param else "en"
    return al.report(folder, tmp_path_factory.mktemp("page") / "page.html", language)


def opened(browser, page: Path, width: int) -> None:
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride",
                            {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 600})
    browser.get(page.as_uri())


def test_a_page_asks_for_nothing_but_itself_and_nothing_complains(browser, page):
    """Rows: H6."""
    browser.get_log("performance"), browser.get_log("browser")
    opened(browser, page, WIDTHS["desktop"])
    messages = [json.loads(line["message"])["message"] for line in browser.get_log("performance")]
    asked = [message["params"]["request"]["url"] for message in messages
             if message["method"] == "Network.requestWillBeSent"]
    assert page.as_uri() in asked
    assert [address for address in asked if address != page.as_uri() and not address.startswith("data:")] == []
    assert browser.get_log("browser") == []


@pytest.mark.parametrize("width", WIDTHS.values(), ids=WIDTHS.keys())
def test_nothing_sticks_out_of_the_page(browser, page, width):
    """Rows: H6."""
    opened(browser, page, width)
    reach = browser.execute_script("return [document.documentElement.scrollWidth, window.innerWidth]")
    assert reach[0] <= reach[1] == width


def test_figures_have_a_size_and_tables_have_rows(browser, page):
    opened(browser, page, WIDTHS["phone"])
    figures = browser.execute_script(
        "return [...document.images].map(i => [i.complete, i.naturalWidth, i.clientWidth, i.clientHeight, i.alt])")
    assert figures
    for complete, natural, width, height, alternative in figures:
        assert complete and natural > 300 and 250 < width <= WIDTHS["phone"] and height > 100 and len(alternative) > 10
    rows = browser.execute_script("return [...document.querySelectorAll('tbody')].map(b => b.rows.length)")
    assert len(rows) >= 5 and min(rows) >= 1


def test_contents_lead_to_their_sections(browser, page):
    opened(browser, page, WIDTHS["desktop"])
    lost = browser.execute_script(
        "return [...document.querySelectorAll('nav a')].filter(a => !document.querySelector(a.hash)).length")
    assert lost == 0
    assert browser.execute_script("return document.querySelectorAll('nav a').length - "
                                  "document.querySelectorAll('h2').length") == 0


def test_scenario_files_are_in_print_too(browser, page):
    opened(browser, page, WIDTHS["desktop"])
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    heights = browser.execute_script("return [...document.querySelectorAll('pre')].map(p => p.clientHeight)")
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})
    assert heights and min(heights) > 10
