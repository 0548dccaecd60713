"""What all parts of the page are made of: texts, widgets and results in one look, and the words of the language."""

from collections.abc import Callable
from functools import cache
from html import escape
from pathlib import Path
from typing import Any

import panel as pn

from alliancelab.analysis.report import page as report
from alliancelab.scenarios.layers import library_names
from alliancelab.scenarios.scenario import load

__all__ = ["STYLE", "Boxes", "Translate", "alarm", "html", "results", "soft", "titles"]

Translate = Callable[[str], str]
STYLE = (Path(__file__).parent / "style.css").read_text(encoding="utf-8")


def html(text: str = "", **options: Any) -> pn.pane.HTML:
    """A piece of HTML as wide as its place."""
    return pn.pane.HTML(text, stylesheets=[STYLE], sizing_mode="stretch_width", **options)


class Boxes:
    """A list to choose several of: boxes to tick, as browsers, keyboards, screen readers and phones know them.

    Parameters
    ----------
    folded : bool
        Whether the list is hidden behind its title at first: a long one is many stops for whoever uses the keyboard.

    Attributes
    ----------
    group : CheckBoxGroup
    view : Viewable
    """

    def __init__(self, label: str, options: dict[str, str] | list[str] | None = None, value: list[str] | None = None,
                 folded: bool = False):
        self.group = pn.widgets.CheckBoxGroup(options=options or {}, value=value or [], stylesheets=[STYLE],
                                              sizing_mode="stretch_width")
        inside = pn.Column(self.group, styles={"max-height": "190px", "overflow-y": "auto"}, margin=0,
                           sizing_mode="stretch_width")
        self.label = label
        self.view: pn.viewable.Viewable
        if folded:
            self.view = pn.Card(inside, title=label, collapsed=True, margin=(3, 10), sizing_mode="stretch_width")
        else:
            self.view = pn.Column(html(f"<h3>{escape(label)}</h3>", margin=(6, 10, 0, 10)), inside, margin=0,
                                  sizing_mode="stretch_width")


def results(text: str) -> pn.pane.HTML:
    """A place for sections of a report, with the looks of reports."""
    looks = report.style().replace(":root", ":host")  # a part of a page has no root of its own
    return pn.pane.HTML(text, stylesheets=[looks, STYLE], sizing_mode="stretch_width")


def soft(text: str) -> str:
    """HTML of a remark."""
    return f'<p class="soft">{escape(text)}</p>' if text else ""


def alarm(text: str) -> str:
    """HTML of what is wrong, told to screen readers at once."""
    return f'<p class="alarm" role="alert">{escape(text)}</p>' if text else ""


@cache
def titles(translate: Translate) -> dict[str, str]:
    """Names of the scenarios of the library by their titles."""
    return {translate(load(name).title): name for name in library_names()}
