"""What came of a computation on the page: sections of its report, and the whole report to be saved. Source: H6."""

from html import escape
from io import BytesIO

import panel as pn

from alliancelab.analysis.report import page as report
from alliancelab.analysis.report.parts import Report
from alliancelab.analysis.words.glossary import translator
from alliancelab.dashboard.job import DRAWING
from alliancelab.dashboard.parts import results, soft

__all__ = ["Result"]


class Result:
    """A place for a report.

    Parameters
    ----------
    name : str
        Of the file that the report is saved to.
    language : str
        "en" or "zh".
    empty : str
        What stands there before there is any.

    Attributes
    ----------
    view : Column
    """

    def __init__(self, name: str, language: str, empty: str):
        self._language, self._translate = language, translator(language)
        self._report: Report | None = None
        self._sections = results(soft(self._translate(empty)))
        self._file = pn.widgets.FileDownload(callback=self._page, filename=f"{name}.html", visible=False, width=300,
                                             label=self._translate("Save the whole report (.html)"))
        self.view = pn.Column(self._file, self._sections, sizing_mode="stretch_width")

    def show(self, page: Report, sections: str) -> None:
        """Put a report here, of which `sections` are shown."""
        self._report, self._file.visible = page, True
        head = f"<h2>{escape(self._translate(page.title))}</h2><p class='line'>{escape(self._translate(page.line))}</p>"
        # Rules of style go by the language, which the page around does not say.
        self._sections.object = f'<div lang="{self._language}">{head}{sections}</div>'

    def _page(self) -> BytesIO:
        assert self._report is not None  # the button is hidden otherwise
        with DRAWING:
            return BytesIO(report.page(self._report, self._language).encode())
