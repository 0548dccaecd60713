"""Indicators of one's own in a scorecard: totals, levels, ratios and growth of what is recorded, without any code.

Source: F11, G8.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from alliancelab.agents.errors import did_you_mean
from alliancelab.model.regional.columns import COLUMNS, read_column
from alliancelab.model.regional.indicators import INDICATORS, Indicator, flow, growth, ratio, stock
from alliancelab.model.regional.outcomes import PREFIX, REGIONAL_OUTCOMES

__all__ = ["WORDS", "can_fall", "definition_of", "indicators_of", "own_lines"]

WORDS = {
    "total": "Recorded columns that are summed, and over the year.",
    "level": "Recorded columns that are summed at the end of the year.",
    "ratio": "Two indicators: the first over the second.",
    "growth": "An indicator: its mean growth a year since the base year.",
}
"""The grammar: a line of one's own has exactly one of these, and is known to lines below it."""


_TAKEN = {*INDICATORS, *(outcome.name.removeprefix(PREFIX) for outcome in REGIONAL_OUTCOMES)}


def indicators_of(scorecard: Mapping[str, Any]) -> dict[str, Indicator]:
    """All indicators that a scorecard can name: the declared ones and its own.

    Raises
    ------
    ValueError
        When a line of one's own is not right: half a sentence that begins with what is wrong.
    """
    known = dict(INDICATORS)
    for name, line in scorecard.items():
        given = [word for word in WORDS if line.get(word) is not None]
        if not given:
            if name not in known:
                raise ValueError(f"knows no indicator '{name}'; {did_you_mean(name, known)}; one of your own has "
                                 f"one of {', '.join(WORDS)}")
            continue
        if name in _TAKEN:
            raise ValueError(f"defines '{name}', which is an indicator already; choose another name")
        if len(given) > 1:
            raise ValueError(f"gives {name} both {given[0]} and {given[1]}; an indicator has one of them")
        known[name] = _own(name, line, given[0], known)
    return known


def own_lines(scorecard: Mapping[str, Any]) -> dict[str, Any]:
    """Lines of a scorecard that define an indicator of one's own."""
    return {name: line for name, line in scorecard.items() if _word_of(line) is not None}


def definition_of(scorecard: Mapping[str, Any], name: str) -> Any:
    """What an indicator is made of, down to declared ones and recorded columns: equal where two scorecards mean one."""
    line = scorecard.get(name, {})
    word = _word_of(line)
    if word is None:
        return name
    parts = _parts(line, word)
    made = parts if word in ("total", "level") else [definition_of(scorecard, part) for part in parts]
    return word, *made, line.get("title"), line.get("unit"), line.get("better", 1)


def can_fall(scorecard: Mapping[str, Any], name: str) -> bool:
    """Whether an indicator may be below 0: growth, and a ratio that has growth in it."""
    line = scorecard.get(name, {})
    word = _word_of(line)
    if word is None:
        return INDICATORS[name].unit == "per year"
    return word == "growth" or (word == "ratio" and any(can_fall(scorecard, part) for part in _parts(line, word)))


def _word_of(line: Mapping[str, Any]) -> str | None:
    return next((word for word in WORDS if line.get(word) is not None), None)


def _parts(line: Mapping[str, Any], word: str) -> list[str]:
    return [line[word]] if isinstance(line[word], str) else list(line[word])


def _own(name: str, line: Mapping[str, Any], word: str, known: Mapping[str, Indicator]) -> Indicator:
    parts = _parts(line, word)
    choices: Mapping[str, Any] = COLUMNS if word in ("total", "level") else known
    for part in parts:
        if part not in choices:
            what = "recorded column" if choices is COLUMNS else "indicator"
            raise ValueError(f"gives {name}.{word} '{part}', which is no {what}; {did_you_mean(part, choices)}")
    count = {"ratio": 2, "growth": 1}.get(word, len(parts))
    if len(parts) != count or not parts:
        raise ValueError(f"wants {count or 'at least one'} name{'' if count == 1 else 's'} for {name}.{word}, "
                         f"not {len(parts)}")
    if word == "ratio":
        value = ratio(known[parts[0]].value, known[parts[1]].value)
    elif word == "growth":
        value = growth(known[parts[0]].value)
    else:
        columns = [read_column(part) for part in parts]

        def summed(table: np.ndarray) -> np.ndarray:
            return np.sum([read(table) for read in columns], axis=0)

        value = flow(summed) if word == "total" else stock(summed)
    regional = word in ("total", "level") or any(known[part].regional for part in parts)
    title = line.get("title") or name.replace("_", " ").capitalize()
    return Indicator(name, title, line.get("unit") or "-", line.get("better", 1), regional, value)
