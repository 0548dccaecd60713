"""The one table that a campaign prints."""

from collections.abc import Sequence

__all__ = ["printed"]


def printed(head: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Rows under a head, columns as wide as they need."""
    cells = [list(map(str, row)) for row in (head, *rows)]
    width = [max(len(row[i]) for row in cells) for i in range(len(head))]
    lines = ["  ".join(cell.ljust(width[i]) for i, cell in enumerate(row)).rstrip() for row in cells]
    return "\n".join([lines[0], "  ".join("-" * one for one in width), *lines[1:]])
