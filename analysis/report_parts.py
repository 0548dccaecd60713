"""What a report is made of: sections of paragraphs, tables, figures and code, in plain data, without any markup."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from alliancelab.analysis.drawing import Picture

__all__ = ["Block", "Cell", "Code", "Facts", "Figure", "Items", "Quote", "Report", "Section", "Sense", "Table", "Text",
           "Verbatim", "counted", "number", "signed", "told", "with_interval"]


SMALLEST = 1e-4  # what is nearer to zero is called so


class Verbatim(str):
    """Text that is no prose: names in the code, hashes, commands; never translated."""


class Quote(str):
    """Prose told as it was written, such as a description; never translated."""


class Sense(str):
    """A word that may mean something else elsewhere: the glossary has it with its context, as ``outside [verdict]``."""

    known: str

    def __new__(cls, word: str, context: str) -> "Sense":
        made = super().__new__(cls, word)
        made.known = f"{word} [{context}]"
        return made


Cell = str | Verbatim | Quote | Sense


def told(text: Cell, translate: Callable[[str], str]) -> str:
    """A text in another language, unless it is never translated; a word in its own sense, where that is known."""
    if isinstance(text, Verbatim | Quote):
        return text
    if isinstance(text, Sense) and translate(text.known) != text.known:
        return translate(text.known)
    return translate(text)


@dataclass(frozen=True)
class Text:
    """A paragraph."""

    text: str


@dataclass(frozen=True)
class Items:
    """A list of sentences."""

    items: Sequence[str]


@dataclass(frozen=True)
class Facts:
    """Pairs of a word and what is to be said of it."""

    pairs: Sequence[tuple[Cell, Cell]]


@dataclass(frozen=True)
class Table:
    """A table; the first `words` columns are text, the others numbers."""

    caption: str
    head: Sequence[Cell]
    rows: Sequence[Sequence[Cell]]
    words: int = 1
    note: str = ""


@dataclass(frozen=True)
class Figure:
    """A picture with its caption; `picture` is drawn here, or the bytes of a PNG file."""

    name: str
    picture: "Picture | bytes"
    caption: str


@dataclass(frozen=True)
class Code:
    """Text to be copied as it is, such as a scenario file."""

    caption: Cell
    text: str


Block = Text | Items | Facts | Table | Figure | Code


@dataclass(frozen=True)
class Section:
    """A chapter of a report."""

    key: str
    title: str
    blocks: Sequence[Block]


@dataclass(frozen=True)
class Report:
    """Title, the line under it, and the sections."""

    title: str
    line: str
    sections: Sequence[Section] = field(default_factory=tuple)


def number(value: float, figures: int = 4) -> str:
    """A number with so many figures; a dash where there is no answer."""
    if value != value:
        return "–"
    if 0 < abs(value) < SMALLEST:
        return "≈ 0"
    return _minus(f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.{figures}g}")


def signed(value: float) -> str:
    """A difference with its sign and three figures."""
    if value != value:
        return "–"
    return _minus(f"{value:+,.0f}" if abs(value) >= 1000 else f"{value:+.3g}" if value else "0")


def with_interval(value: str, low: str, high: str) -> str:
    """A value with its interval in brackets, where it has one of some width."""
    return value if low == "–" or low == high == value else f"{value} [{low}, {high}]"


def counted(count: int, word: str) -> str:
    """How many of something, in words that fit."""
    return f"{count} {word}{'' if count == 1 else 's'}"


def _minus(text: str) -> str:
    return text.replace("-", "−") if "e" not in text else text
