"""What can be said of any result: question, scenarios, tables from their beginnings, pictures, notes, origin."""

from typing import TYPE_CHECKING

from alliancelab.analysis.report import common as shared
from alliancelab.analysis.report.parts import Content, Figure, Items, Report, Section, Table, Verbatim
from alliancelab.analysis.words.numbers import number

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["SHOWN_ROWS", "of_any"]

SHOWN_ROWS = 20  # of a table


def of_any(content: Content, title: str) -> Report:
    """Sections that need nothing but what every result has."""
    document, scenarios = content.document, content.document.get("scenarios", ())
    tables = [_beginning(name, table) for name, table in content.tables.items()]
    pictures = [Figure(name, picture, name.replace("_", " ")) for name, picture in content.figures.items()]
    sections = [shared.question(scenarios), shared.scenarios(scenarios)] if scenarios else []
    sections += [Section("notes", "Notes", [Items(content.notes)])] if content.notes else []
    sections += [Section("tables", "Tables", tables)] if tables else []
    sections += [Section("figures", "Figures", pictures)] if pictures else []
    sections += [shared.limits(document["version"])] if scenarios else []
    sections.append(shared.provenance(document))
    sections += [shared.reproduction(document, scenarios)] if scenarios else []
    return Report(title, f"Folder of results of the kind {document.get('kind', 'unknown')}", sections)


def _beginning(name: str, table: "pd.DataFrame") -> Table:
    frame = table.reset_index() if any(table.index.names) else table
    rows = [tuple(Verbatim(number(cell)) if isinstance(cell, float) else Verbatim(cell) for cell in row)
            for row in frame.head(SHOWN_ROWS).itertuples(index=False)]
    return Table(f"{name}: first {len(rows)} of {len(frame)} rows", [Verbatim(column) for column in frame.columns],
                 rows, words=0)
