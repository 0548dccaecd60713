"""The words of figures and reports in Chinese: one table of terms, applied at the edge where text meets the page.

Figures and reports are made in English. `translator` gives the function that turns a finished text into another
language: a term, a sentence with gaps, a list of terms, or a term with its unit in brackets. What it does not know,
such as the title of a user's own scenario, stays as it is.
"""

import csv
import re
from collections.abc import Callable
from dataclasses import replace
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from alliancelab.agents.errors import UserError

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["LANGUAGES", "TERMS", "Term", "chinese_font", "require_language", "terms", "translate_figure", "translator"]

TERMS = Path(__file__).parent / "glossary.csv"
LANGUAGES = {"en": "English", "zh": "Chinese"}
# The group whose entries have gaps: {n}, {n1}, ... for numbers, {code} for a dotted name, {name} for any text.
SENTENCES = "sentences"

# What systems call their fonts with Chinese characters, simplified forms first; Matplotlib sees the first face of a
# collection only, which for Noto's is the Japanese one and holds all characters.
_FONTS = ("Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "Source Han Sans CN", "PingFang SC",
          "Hiragino Sans GB", "Microsoft YaHei", "SimHei", "WenQuanYi Zen Hei", "WenQuanYi Micro Hei",
          "Noto Sans CJK JP", "Noto Serif CJK JP", "Arial Unicode MS", "Droid Sans Fallback")
_NORMAL = 400
_FONT_FILES = re.compile(r"cjk|wqy|sourcehan|pingfang|hiragino|msyh|simhei|notosanssc|fallback", re.IGNORECASE)


class Term(NamedTuple):
    """A row of the glossary.

    Attributes
    ----------
    group : str
        What kind of word it is: stages, doors, outcomes, ...
    english, chinese : str
    source : str
        The source document that has the Chinese term (I, II or III), or empty where the translation is ours.
    """

    group: str
    english: str
    chinese: str
    source: str


@cache
def terms() -> tuple[Term, ...]:
    """The whole glossary."""
    with TERMS.open(encoding="utf-8", newline="") as file:
        return tuple(Term(**row) for row in csv.DictReader(file))


def translator(language: str) -> Callable[[str], str]:
    """The function from English text to text in a language; for English, the one that changes nothing.

    Raises
    ------
    UserError
        When the language is not known.
    """
    if language not in LANGUAGES:
        raise UserError(f"there is no language '{language}'; there are {', '.join(LANGUAGES)}")
    return _chinese if language == "zh" else str


def require_language(language: str) -> None:
    """Refuse, before anything is computed, a language that figures could not be labelled in.

    Raises
    ------
    UserError
        When the language is not known or no font has its characters.
    """
    translator(language)
    if language == "zh":
        chinese_font()


def translate_figure(figure: "Figure", language: str) -> "Figure":
    """Put every text of a figure into a language, in a font that has its characters; returns the same figure.

    Source: H6.

    Raises
    ------
    UserError
        When the language is not known or no font has its characters.
    """
    translate = translator(language)
    if language == "en":
        return figure
    from matplotlib.text import Text
    from matplotlib.ticker import FixedLocator

    family = [chinese_font(), "DejaVu Sans"]
    for axes in figure.axes:
        for axis in (axes.xaxis, axes.yaxis):
            named = axis.get_ticklabels() if isinstance(axis.get_major_locator(), FixedLocator) else []
            if named:  # set one by one; a panel that shares another's names has none, and would take them from both
                axis.set_ticklabels([translate(tick.get_text()) for tick in named])
            if axis.get_scale() != "log":  # whose labels are formulas, which need a font with their signs
                axis.set_tick_params(labelfontfamily=family)
    for text in figure.findobj(Text):
        if text.get_text().startswith("$"):
            continue
        text.set_fontfamily(family)
        if text.get_text():
            text.set_text(translate(text.get_text()))
    return figure


def chinese_font() -> str:
    """Name of an installed font with Chinese characters, as Matplotlib calls it.

    Raises
    ------
    UserError
        When there is none.
    """
    from matplotlib import font_manager

    fonts = font_manager.fontManager.ttflist
    if not any(font.name in _FONTS for font in fonts):  # the list is a cache that does not notice newly installed ones
        for path in font_manager.findSystemFonts():
            if _FONT_FILES.search(Path(path).name):
                font_manager.fontManager.addfont(path)
    found = min((font for font in fonts if font.name in _FONTS), key=lambda font: _FONTS.index(font.name), default=None)
    if found is None:
        raise UserError("no font with Chinese characters is installed, which figures in Chinese need; install one, "
                        "such as Debian's package fonts-wqy-zenhei or fonts-noto-cjk")
    weights = {font.weight for font in fonts if font.name == found.name}
    if not weights & {_NORMAL, "normal", "regular"}:  # a family of one weight stands in for the normal one
        fonts.append(replace(found, weight=_NORMAL))
    return found.name


@cache
def _words() -> dict[str, str]:
    """Terms as they are written, which decides between "Patents" and the unit "patents", and without case."""
    exact = {term.english: term.chinese for term in terms() if term.group != SENTENCES}
    return {_plain(english): chinese for english, chinese in reversed(exact.items())} | exact


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], str], ...]:
    """Sentences with gaps as patterns, in the order of the file: the first that fits counts."""
    made = []
    for term in terms():
        if term.group == SENTENCES:
            parts = re.split(r"\{(\w+)\}", " ".join(term.english.split()))
            gaps = (_gap(part) if place % 2 else re.escape(part) for place, part in enumerate(parts))
            made.append((re.compile("".join(gaps), re.IGNORECASE), term.chinese))
    return tuple(made)


def _gap(name: str) -> str:
    """Pattern of a gap: numbers, years and percentages where its name is n with or without a digit, names in code."""
    if name == "code":
        return rf"(?P<{name}>[a-z]\w*(?:\.\w+)+)"
    return rf"(?P<{name}>[-−–+\d.,%]+)" if re.fullmatch(r"n\d?", name) else f"(?P<{name}>.+?)"


@lru_cache(maxsize=10_000)
def _chinese(text: str) -> str:
    """A text in Chinese as far as the glossary knows it."""
    words = _words()
    for known in (text, _plain(text)):
        if known in words:
            return words[known]
    flat = " ".join(text.split())
    for pattern, chinese in _patterns():
        if found := pattern.fullmatch(flat):
            return chinese.format(**{name: _chinese(part) for name, part in found.groupdict().items()})
    if (named := re.fullmatch(r"(.+?) \((.+)\)", flat)) and _chinese(named[1]) != named[1]:
        return f"{_chinese(named[1])}（{_chinese(named[2])}）"
    if " · " in flat:  # titles of scenarios, of which some may be a user's own
        return " · ".join(_chinese(part) for part in flat.split(" · "))
    for mark, chinese_mark in ((", ", "、"), ("; ", "；")):
        parts = [(part, _chinese(part)) for part in flat.split(mark)] if mark in flat else []
        if parts and all(part != translated for part, translated in parts):
            return chinese_mark.join(translated for _, translated in parts)
    return text


def _plain(text: str) -> str:
    """How terms are compared: without case, underscores and line breaks."""
    return " ".join(text.replace("_", " ").lower().split())
