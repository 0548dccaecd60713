"""One self-contained page about a folder of results: no network, no script, every text escaped. Source: H6."""

import base64
import re
from collections.abc import Sequence
from importlib.metadata import version
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from alliancelab.agents.errors import StoreError
from alliancelab.analysis.report.parts import Report, Section, Verbatim, translated
from alliancelab.analysis.words.glossary import require_language, translate_figure, translator
from alliancelab.scenarios.files import check_file, write_file
from alliancelab.scenarios.folders import MARK, MARK_WITHIN

if TYPE_CHECKING:
    from jinja2 import Environment
    from matplotlib.figure import Figure

__all__ = ["drawn", "fragment", "page", "style", "write_page"]

TEMPLATES = Path(__file__).parent / "templates"


def write_page(report: Report, path: str | Path, language: str = "en", title: str | None = None) -> Path:
    """Write a report as one HTML file, as a whole or not at all; an earlier page of ours is replaced.

    Source: H6.

    Parameters
    ----------
    path : str or Path
        A name that ends in ``.html``.
    language : str
        "en" or "zh".
    title : str, optional
        Instead of the report's own.

    Raises
    ------
    UserError
        When the language is not known or no font has its characters.
    StoreError
        When the file is something else or cannot be written.
    """
    target = check_page(path)
    write_file(target, page(report, language, title).encode())
    return target


def check_page(path: str | Path) -> Path:
    """Refuse, before anything is computed, a file that is no page of ours.

    Raises
    ------
    StoreError
        When the name does not end in ``.html`` or the file is something else.
    """
    target = Path(path)
    if target.suffix != ".html":
        raise StoreError(f"{target}: a report is a web page; give a name that ends in .html")
    check_file(target, MARK, MARK_WITHIN)
    return target


def page(report: Report, language: str = "en", title: str | None = None) -> str:
    """The report as the text of one HTML page. Arguments as in `write_page`."""
    environment = _environment(language)
    return environment.get_template("page.html").render(
        report=report, sections=report.sections, title=title or translator(language)(report.title),
        language={"en": "en", "zh": "zh-Hans"}[language], style=style(), version=version("alliancelab"))


def fragment(sections: Sequence[Section], language: str = "en") -> str:
    """Sections of a report as HTML to be put into another page, which brings the rules of `style` itself.

    Raises
    ------
    UserError
        As `write_page`.
    """
    return _environment(language).get_template("sections.html").render(sections=sections)


def style() -> str:
    """Rules of the page's looks, as CSS."""
    return (TEMPLATES / "style.css").read_text(encoding="utf-8")


def _environment(language: str) -> "Environment":
    """The templates with what they call: translation, pictures, kinds of blocks."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    require_language(language)
    translate = translator(language)

    def image(picture: "Figure | bytes") -> str:
        return drawn(picture, language)

    environment = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined,
                              trim_blocks=True, lstrip_blocks=True)
    environment.filters |= {"t": lambda text: translated(text, translate), "drawn": image,
                            "verbatim": lambda text: isinstance(text, Verbatim),
                            "kind": lambda block: type(block).__name__}
    return environment


def drawn(picture: "Figure | bytes", language: str) -> str:
    """A picture as a data address: vectors where it is drawn here, so that print is sharp."""
    if isinstance(picture, bytes):
        return "data:image/png;base64," + base64.b64encode(picture).decode()
    import matplotlib

    buffer = BytesIO()
    # Letters as outlines: the page looks alike without our fonts. Fixed salt and no date: the same bytes each time.
    with matplotlib.rc_context({"svg.fonttype": "path", "svg.hashsalt": "alliancelab"}):
        translate_figure(picture, language).savefig(buffer, format="svg", metadata={"Date": None})
    text = re.sub(r"<\?xml.*?\?>|<!DOCTYPE.*?>", "", buffer.getvalue().decode(), flags=re.DOTALL).strip()
    return "data:image/svg+xml;base64," + base64.b64encode(text.encode()).decode()
