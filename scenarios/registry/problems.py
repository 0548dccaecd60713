"""What is wrong with a registry: every problem a sentence of its own, all of them said at once."""

from collections.abc import Iterator

from alliancelab.agents.errors import UserError

__all__ = ["Problems", "RegistryError"]

MOST_OF_A_KIND = 20  # sentences about one column; the rest are counted in one more


class RegistryError(UserError):
    """A registry that cannot be taken as it is.

    Attributes
    ----------
    sentences : tuple of str
        One for each problem, with file, row and column.
    """

    def __init__(self, sentences: tuple[str, ...]) -> None:
        self.sentences = tuple(" ".join(sentence.splitlines()) for sentence in sentences)
        # Each problem has a line of its own, unlike in other mistakes.
        head = [] if len(sentences) == 1 else [f"the registry has {len(sentences)} problems:"]
        ValueError.__init__(self, "\n".join([*head, *self.sentences]))

    def __reduce__(self) -> tuple[type, tuple[tuple[str, ...]]]:
        return type(self), (self.sentences,)


class Problems:
    """Sentences gathered while tables are read."""

    def __init__(self) -> None:
        self._of: dict[str, list[str]] = {}

    def add(self, file: str, sentence: str, row: int | None = None, column: str | None = None) -> None:
        """Keep a problem of a file, a row (as an editor or a spreadsheet counts them) or a column."""
        where = ", ".join([*([f"row {row}"] if row else []), *([f"column '{column}'"] if column else [])])
        self._of.setdefault(f"{file}: column {column}", []).append(f"{file}: {where + ': ' if where else ''}{sentence}")

    def refuse(self) -> None:
        """Raise `RegistryError` if there are any."""
        if self._of:
            raise RegistryError(tuple(self._sentences()))

    def _sentences(self) -> Iterator[str]:
        for sentences in self._of.values():
            yield from sentences[:MOST_OF_A_KIND]
            if len(sentences) > MOST_OF_A_KIND:
                yield (f"{sentences[0].partition(':')[0]}: {len(sentences) - MOST_OF_A_KIND:,} more problems of the "
                       "same column")
