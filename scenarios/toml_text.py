"""A scenario in full as the text of a TOML file, from which the same scenario is read again."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

__all__ = ["toml_text"]

_LEFT_OUT = ("name", "base", "hash")  # what a file has as its name, what stands in it already, what follows from it


def toml_text(document: Mapping[str, Any]) -> str:
    """Text of a scenario file without a base: everything stands in it.

    Source: H2.

    Parameters
    ----------
    document : mapping
        As `Scenario.as_dict` gives it.
    """
    told = {key: value for key, value in document.items() if key not in _LEFT_OUT and value is not None}
    lines = [*_pairs({key: value for key, value in told.items() if not isinstance(value, Mapping)})]
    for section, content in told.items():
        if not isinstance(content, Mapping):
            continue
        parts = {name: part for name, part in content.items() if isinstance(part, Mapping)}
        if len(parts) < len(content):
            lines += ["", f"[{section}]", *_pairs(content)]
        else:  # such as the policy: a table for each instrument
            for name, part in parts.items():
                lines += ["", f"[{section}.{_key(name)}]", *_pairs(part)]
    return "\n".join(lines) + "\n"


def _pairs(content: Mapping[str, Any]) -> Iterator[str]:
    return (f"{_key(key)} = {_value(value)}" for key, value in content.items())


def _key(name: str) -> str:
    """A key; in quotes where it has a dot, which would make it a table in a table."""
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else json.dumps(name, ensure_ascii=False)


def _value(value: Any) -> str:
    """A value on one line; a text in JSON's quotes is a basic string of TOML but for the character DEL."""
    if isinstance(value, Mapping):
        return f"{{ {', '.join(_pairs(value))} }}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_value, value))}]"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    return repr(value).lower() if isinstance(value, bool) else repr(value)
