"""The one shape that every kind of result has: scenarios, provenance, tables, figures, notes; saved, read, reported."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Self

from alliancelab.agents.errors import StoreError, UserError
from alliancelab.scenarios import store
from alliancelab.scenarios.store import Stored

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    from alliancelab.analysis.report.parts import Report

__all__ = ["Plots", "Result", "kept_table", "not_kept", "short_number"]


class Plots(ABC):
    """Pictures of one result; each method returns a matplotlib Figure."""

    @abstractmethod
    def all(self) -> "dict[str, Figure]":
        """Every picture by name, as `Result.save` writes them and reports show them."""


class Result(ABC):
    """What a computation hands back. Its attributes are tables; what takes arguments or does something is a call.

    Attributes
    ----------
    kind : str
        As the document of a folder names it.
    scenarios : tuple
        Scenarios that the result is of; of a folder as they were written, not checked anew.
    provenance : dict
        Version, scenarios in full, seeds, packages, platform, duration.

    Raises
    ------
    AttributeError
        If an attribute is set: a result stays as it was computed.
    """

    kind: ClassVar[str]
    file: ClassVar[str]
    """Name of the document in a folder of results."""
    scenarios: Sequence[Any]
    provenance: dict[str, Any]

    def __setattr__(self, name: str, value: Any) -> None:
        """Set an attribute once, as the result is made: set later it would contradict what is saved and reported."""
        if not name.startswith("_") and (name in self.__dict__ or hasattr(type(self), name)):
            raise AttributeError(f"{name} of a {type(self).__name__} cannot be set: a result stays as it was computed; "
                                 f"change a copy, as in my_{name} = result.{name}.copy()")
        object.__setattr__(self, name, value)

    def _take(self, **read: Any) -> None:
        """Take attributes from a folder that would be computed where there are runs."""
        vars(self).update(read)

    @classmethod
    @abstractmethod
    def from_folder(cls, stored: Stored) -> Self:
        """The result that was saved into a folder.

        Raises
        ------
        StoreError
            If a table or a column is missing, as in a folder of an earlier version.
        """

    @property
    @abstractmethod
    def plot(self) -> Plots:
        """Pictures, one method each."""

    @abstractmethod
    def tables(self) -> "dict[str, pd.DataFrame]":
        """Every table by name, as `save` writes them."""

    def figures(self, language: str = "en") -> "dict[str, Figure]":
        """Every picture by name, labelled in a language: "en" or "zh"."""
        from alliancelab.analysis.words.glossary import translate_figure

        return {name: translate_figure(figure, language) for name, figure in self.plot.all().items()}

    def notes(self) -> list[str]:
        """How to read the tables, in plain sentences."""
        return []

    def document(self) -> dict[str, Any]:
        """What a folder says of the result beside its tables, as plain data."""
        return self.provenance

    def texts(self) -> dict[str, str]:
        """Further files of a folder by name, such as a scenario that was fitted."""
        return {}

    @abstractmethod
    def page(self) -> "Report":
        """Sections of the report, without any markup or language."""

    def report(self, path: str | Path, language: str = "en", title: str | None = None) -> Path:
        """Write one self-contained page; see `report.page.write_page`.

        Raises
        ------
        UserError
            If the language is not known or no font has its characters.
        StoreError
            If the file is something else or cannot be written.
        """
        from alliancelab.analysis.report.page import write_page

        return write_page(self.page(), path, language, title)

    def save(self, folder: str | Path, language: str = "en") -> Path:
        """Write tables, the document and figures, labelled in a language, into a folder of results.

        Raises
        ------
        StoreError
            If the folder cannot be written.
        """
        with store.staged(folder) as place:
            for name, table in self.tables().items():
                store.write_table(place, name, table)
            for name, figure in self.figures(language).items():
                figure.savefig(place / f"{name}.png", dpi=150)
            for name, text in self.texts().items():
                (place / name).write_text(text, encoding="utf-8")
            store.write_json(place, self.file, self.document())
        return Path(folder)

    def export(self, folder: str | Path) -> Path:
        """Write every table as CSV into a folder, for R, Stata and spreadsheets; the document beside them.

        Raises
        ------
        StoreError
            If the folder cannot be written.
        """
        with store.staged(folder) as place:
            for name, table in self.tables().items():
                frame = table.reset_index() if any(table.index.names) else table
                _without_formulas(frame).to_csv(place / f"{name}.csv", index=False)
            store.write_json(place, f"{self.kind}.json", self.document())
        return Path(folder)

    def _repr_html_(self) -> str:
        tables = "".join(f"<h4>{name.replace('_', ' ').capitalize()}</h4>" + table.to_html(float_format=short_number)
                         for name, table in self._shown().items())
        return f"<b>{escape(repr(self))}</b>{tables}"

    def _shown(self) -> "dict[str, pd.DataFrame]":
        """Tables that a notebook shows."""
        return self.tables()


def _without_formulas(frame: "pd.DataFrame") -> "pd.DataFrame":
    """Texts that a spreadsheet would take for formulas, such as a title of somebody's scenario, as plain text."""
    words = frame.select_dtypes("object").columns
    return frame.assign(**{name: [f"'{cell}" if isinstance(cell, str) and cell[:1] in tuple("=+-@") else cell
                                  for cell in frame[name]] for name in words})


def short_number(value: float) -> str:
    """A number of a table in a notebook, with three figures."""
    return f"{value:,.3g}" if abs(value) < 1000 else f"{value:,.0f}"


def kept_table(stored: Stored, name: str, index: str | Sequence[str] = (), columns: Sequence[str] = ()
               ) -> "pd.DataFrame":
    """A table of a folder with its index, once it has at least these columns.

    Raises
    ------
    StoreError
        If it has not, as in a folder of another version.
    """
    table, levels = stored.table(name), [index] if isinstance(index, str) else list(index)
    missing = [column for column in (*levels, *columns) if column not in table]
    if missing:
        raise StoreError(f"{stored.folder}: the table '{name}' lacks the column '{missing[0]}': it was written by "
                         f"version {stored.document.get('version')}; write the results again")
    return table.set_index(levels) if levels else table


def origin_of(stored: Stored, own: Sequence[str] = ()) -> dict[str, Any]:
    """The provenance in the document of a folder, without what the result itself has put there."""
    return {key: value for key, value in stored.document.items() if key not in own}


def not_kept(what: str, again: Mapping[str, str] | str) -> UserError:
    """What to say where a folder does not keep something that the computation had."""
    return UserError(f"a folder of results does not keep {what}; {again}")
