"""The dashboard used hard, in a real browser: by keyboard, on a phone, stopped, killed, in two tabs, fifty times."""

import os
import time
from pathlib import Path

import pytest

from tests.support.dashboard import (
    BROWSER,
    DEEP,
    DRIVER,
    WIDTHS,
    ask,
    opened,
    press,
    sentences,
    served,
    unfold,
    wait,
    wide,
    write,
)

if not (BROWSER and DRIVER) and not os.environ.get("CI"):
    pytest.skip("there is no chromium with chromedriver here", allow_module_level=True)

FOCUS = DEEP + """
let it = document.activeElement;
while (it && it.shadowRoot && it.shadowRoot.activeElement) it = it.shadowRoot.activeElement;
if (!it || it == document.body) return null;
const all = found(document, 'input, select, button, a, [tabindex]');
return [all.indexOf(it), it.tagName, (it.labels && it.labels.length ? it.labels[0] : it).innerText.trim().slice(0, 80)];
"""
ROLES = ("button", "textbox", "combobox", "checkbox", "slider", "spinbutton", "link", "radio")


@pytest.fixture
def page():
    """A browser on a dashboard of its own, and the process of that."""
    with served() as (address, server), opened(address) as browser:
        wait(lambda: ask(browser, "return deep('button').some(one => one.innerText == 'Compare')"))
        yield browser, server


def typed(browser, *keys: str) -> None:
    from selenium.webdriver.common.action_chains import ActionChains

    ActionChains(browser).send_keys(*keys).perform()
    time.sleep(0.03)


def walked(browser, most: int = 400) -> list[tuple[int, str, str]]:
    """What Tab comes by, from the top of the page until it leaves it."""
    from selenium.webdriver.common.keys import Keys

    found: list[tuple[int, str, str]] = []
    for _ in range(most):
        typed(browser, Keys.TAB)
        at = browser.execute_script(FOCUS)
        if at is None or (found and at[0] == found[0][0]):
            return found
        found.append(tuple(at))
    raise AssertionError("Tab never left the page")


def names(browser) -> list[tuple[str, str]]:
    """Role and name of everything that can be used, as a screen reader is told."""
    browser.execute_cdp_cmd("Accessibility.enable", {})
    nodes = browser.execute_cdp_cmd("Accessibility.getFullAXTree", {})["nodes"]
    return [(node["role"]["value"], node.get("name", {}).get("value", "").strip()) for node in nodes
            if node.get("role", {}).get("value") in ROLES and not node.get("ignored")]


def comparison_page(browser) -> bool:
    return ask(browser, "return deep('p').some(one => one.innerText.startsWith('Done in'))")


def test_tab_comes_by_everything_once_and_leaves(page):
    """Rows: H6."""
    browser, _ = page
    walk = walked(browser)
    assert len({place for place, *_ in walk}) == len(walk)
    there = ask(browser, "return deep('input, select, button').filter(one => !one.disabled && "
                         "one.checkVisibility({visibilityProperty: true})).length")
    assert sum(tag in ("INPUT", "SELECT", "BUTTON") for _, tag, _ in walk) == there >= 50
    texts = [text for *_, text in walk]
    for text in ("Compare", "Replicates", "First seed", "Stage-matched", "Single run"):
        assert any(one.startswith(text) for one in texts), text


def test_a_comparison_is_made_with_the_keyboard_alone(page):
    """Rows: H6."""
    from selenium.webdriver.common.keys import Keys

    browser, _ = page
    seen: list[str] = []
    while not (seen and seen[-1] == "Compare"):
        typed(browser, Keys.TAB)
        tag, text = browser.execute_script(FOCUS)[1:]
        if text == "Growth only":
            typed(browser, Keys.SPACE)
        if tag == "INPUT" and text == "Replicates":
            typed(browser, Keys.BACKSPACE, Keys.BACKSPACE, "2")
        seen.append(text)
        assert len(seen) < 100
    wait(lambda: ask(browser, "return deep('p').some(one => one.innerText.startsWith('6 runs'))"))
    typed(browser, Keys.ENTER)
    wait(lambda: comparison_page(browser))
    heads = ask(browser, "return deep('th').map(one => one.innerText)")
    assert "Growth only" in heads and "Stage-matched" in heads


def test_everything_that_can_be_used_has_a_name(page):
    """Rows: H6."""
    browser, _ = page
    unfold(browser, "Programme grants")
    unfold(browser, "Uncertainties to change")
    write(browser, "amount", "6")
    wait(lambda: ask(browser, "const it = deep('.bk-tab').find(one => one.innerText.trim() == 'Single run');"
                              "if (it) it.click(); return Boolean(it)"))
    press(browser, "Run")
    wait(lambda: ask(browser, "return deep('button').some(one => one.innerText == 'Play')"))
    found = names(browser)
    assert len(found) > 100 and [role for role, name in found if not name] == []


def test_the_network_is_played_and_paused(page):
    """Rows: H6."""
    browser, _ = page
    wait(lambda: ask(browser, "const it = deep('.bk-tab').find(one => one.innerText.trim() == 'Single run');"
                              "if (it) it.click(); return Boolean(it)"))
    press(browser, "Run")

    def quarter() -> int:
        return int(ask(browser, "const it = deep('label').find(one => one.innerText.startsWith('Quarter'));"
                                "return it ? it.getRootNode().querySelector('input').value : -1"))

    wait(lambda: quarter() > 0)
    first = quarter()
    press(browser, "Play")
    wait(lambda: quarter() >= first + 3)
    press(browser, "Pause")
    # A busy machine may still have steps under way when the button is pressed; afterwards nothing moves.
    held = -1

    def rests() -> bool:
        nonlocal held
        time.sleep(1.0)
        before, held = held, quarter()
        return before == held

    wait(rests)
    time.sleep(2.0)
    assert quarter() == held < first + 40  # and it does not rest because it has come to the end


def test_a_phone_shows_the_page_as_wide_as_it_is(page):
    """Rows: H6."""
    browser, _ = page
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {
        "width": WIDTHS["phone"], "height": 844, "deviceScaleFactor": 3, "mobile": True})
    browser.refresh()
    wait(lambda: ask(browser, "return deep('button').length"))
    assert browser.execute_script("return [window.innerWidth, document.documentElement.scrollWidth]") == [390, 390]
    wide(browser, WIDTHS["desktop"])


def test_stop_ends_a_comparison_and_the_next_one_is_made(page):
    """Rows: H6."""
    browser, _ = page
    write(browser, "Replicates", "200")
    press(browser, "Compare")
    wait(lambda: ask(browser, "return deep('progress').some(one => one.value > 0)"))
    began = time.monotonic()
    press(browser, "Stop")
    wait(lambda: "Stopped; nothing is kept of it." in sentences(browser), 20)
    assert time.monotonic() - began < 10
    write(browser, "Replicates", "2")
    press(browser, "Compare")
    wait(lambda: comparison_page(browser))


def test_a_server_that_is_killed_is_told_on_the_page(page):
    """Rows: H6."""
    browser, server = page
    write(browser, "Replicates", "200")
    press(browser, "Compare")
    wait(lambda: ask(browser, "return deep('progress').length"))
    server.kill()
    wait(lambda: ask(browser, "return found(document, '.notyf__message').some(one => one.innerText.startsWith("
                              "'The dashboard has ended or cannot be reached'))"), 30)


def test_two_tabs_compute_each_its_own(page):
    """Rows: H6."""
    browser, _ = page
    address, first = browser.current_url, browser.current_window_handle
    browser.switch_to.new_window("tab")
    second = browser.current_window_handle
    browser.get(address)
    wait(lambda: ask(browser, "return deep('button').some(one => one.innerText == 'Compare')"))
    for tab, replicates in ((first, "40"), (second, "3")):
        browser.switch_to.window(tab)
        write(browser, "Replicates", replicates)
        wait(lambda n=replicates: ask(browser, "return deep('p').some(one => one.innerText.startsWith(arguments[0]))",
                                      f"{2 * int(n)} runs"))
        press(browser, "Compare")
    for tab, replicates in ((second, "3"), (first, "40")):
        browser.switch_to.window(tab)
        wait(lambda: comparison_page(browser))
        assert f"--replicates {replicates} " in " ".join(ask(browser, "return deep('pre').map(one => one.innerText)"))


@pytest.mark.slow
def test_thirty_comparisons_take_no_more_memory_than_ten(page):
    """Rows: H6."""
    browser, server = page
    write(browser, "Replicates", "2")
    used = []
    for number in range(30):
        write(browser, "First seed", str(number))
        wait(lambda n=number: ask(browser, "return deep('p').some(one => one.innerText.startsWith('4 runs'))"))
        press(browser, "Compare")
        wait(lambda n=number: f"--seed {n} " in " ".join(ask(browser, "return deep('pre').map(one => one.innerText)")))
        status = Path(f"/proc/{server.pid}/status").read_text()
        used.append(int(next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1]) / 1024)
    print([round(one) for one in used[::10]], round(used[-1]))
    assert used[-1] < used[10] + 40 and used[-1] < 1000
    assert [line for line in browser.get_log("browser") if line["level"] == "SEVERE"] == []
