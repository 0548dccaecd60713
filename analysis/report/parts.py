"""What a report is made of: sections of paragraphs, tables, figures and code, in plain data, without any markup."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure as Drawing

__all__ = ["Block", "Cell", "Code", "Content", "Facts", "Figure", "Items", "Quote", "Report", "Section", "Sense",
           "Table", "Text", "Verbatim", "translated"]


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


def translated(text: Cell, translate: Callable[[str], str]) -> str:
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
    picture: "Drawing | bytes"
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


class Content(NamedTuple):
    """What a report is made from, of whatever kind the result is.

    Attributes
    ----------
    document : mapping
        Provenance, and what a kind has beside it.
    tables : mapping
        As `Result.tables`.
    figures : mapping
        Drawn in English, or the bytes of PNG files.
    notes : sequence of str
        How to read the tables.
    texts : mapping
        Further files by name.
    """

    document: Mapping[str, Any]
    tables: "Mapping[str, pd.DataFrame]"
    figures: "Mapping[str, Drawing | bytes]"
    notes: Sequence[str] = ()
    texts: Mapping[str, str] = {}
