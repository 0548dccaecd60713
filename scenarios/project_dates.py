"""Dates as people write them: read as years, months and days, or refused with row, column and what would be right.

Source: H5.
"""

import datetime
import re
from collections.abc import Callable, Sequence

from alliancelab.agents.errors import UserError
from alliancelab.scenarios.schema import short

__all__ = ["read_dates"]

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_TIME = r"(?:[T ].*)?"
_BIG_FIRST = re.compile(rf"(\d{{4}})(?:([-/.])(\d{{1,2}})(?:\2(\d{{1,2}}))?)?{_TIME}")
_PACKED = re.compile(r"(\d{4})(\d{2})(\d{2})")
_CHINESE = re.compile(r"(\d{4})\s*年(?:\s*(\d{1,2})\s*月(?:\s*(\d{1,2})\s*日)?)?")
_BIG_LAST = re.compile(rf"(\d{{1,2}})([-/.])(\d{{1,2}})\2(\d{{4}}){_TIME}")
_WORD = re.compile(r"(\d{1,2})[ .-]+([A-Za-z]{3})[A-Za-z]*[ .,-]+(\d{4})|"
                   r"([A-Za-z]{3})[A-Za-z]*[ .]+(\d{1,2}),? +(\d{4})")


def read_dates(texts: Sequence[str], lines: Sequence[int], place: str, column: str, tell: Callable[[str], None]
               ) -> list[str]:
    """Dates as YYYY-MM-DD, which sort as they follow one another; "" where there is none.

    Where day and month could be either, the rest of the column decides; where it does not, the first is the day, and
    a note says so.

    Raises
    ------
    UserError
        When a text is no date; the sentence names its row and column.
    """
    day_first = _day_is_first(texts, lines, place, column, tell)
    found = []
    for text, line in zip(texts, lines, strict=True):
        date = _read(text, day_first) if text else ""
        if date is None:
            raise UserError(f"{place}: row {line}, column {column}: {short(text)} is no date; write YYYY-MM-DD, or "
                            "leave the cell empty")
        found.append(date)
    return found


def _day_is_first(texts: Sequence[str], lines: Sequence[int], place: str, column: str, tell: Callable[[str], None]
                  ) -> bool:
    pairs = [(int(match[1]), int(match[3]), line) for text, line in zip(texts, lines, strict=True)
             if (match := _BIG_LAST.fullmatch(text))]
    day, month = (next((line for *pair, line in pairs if pair[i] > 12), None) for i in (0, 1))
    if day is not None and month is not None:
        raise UserError(f"{place}: column {column}: the day comes first in row {day} and the month in row {month}; "
                        "write all dates YYYY-MM-DD")
    if pairs and day is None and month is None:
        tell(f"{place}: column {column}: no date says whether the day or the month comes first; the first is taken as "
             "the day")
    return month is None


def _read(text: str, day_first: bool) -> str | None:
    if match := _BIG_FIRST.fullmatch(text):
        year, month, day = match[1], match[3], match[4]
    elif match := _PACKED.fullmatch(text) or _CHINESE.fullmatch(text):
        year, month, day = match.groups()
    elif match := _BIG_LAST.fullmatch(text):
        year, month, day = match[4], *((match[3], match[1]) if day_first else (match[1], match[3]))
    elif match := _WORD.fullmatch(text):
        name = (match[2] or match[4]).lower()
        if name not in _MONTHS:
            return None
        year, month, day = match[3] or match[6], str(_MONTHS.index(name) + 1), match[1] or match[5]
    else:
        return None
    try:
        return datetime.date(int(year), int(month or 1), int(day or 1)).isoformat()
    except ValueError:
        return None
