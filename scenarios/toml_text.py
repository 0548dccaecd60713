"""A scenario in full as the text of a TOML file, from which the same scenario is read again."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

__all__ = ["toml_text"]

_WORDS = ("title", "purpose", "source")


def toml_text(document: Mapping[str, Any]) -> str:
    """Text of a scenario file without a base: everything stands in it.

    Source: H2.

    Parameters
    ----------
    document : mapping
        As `Scenario.as_dict` gives it.
    """
    lines = [f"{word} = {_value(document[word])}" for word in _WORDS if document.get(word)]
    sections = {section: document[section] for section in ("world", "parameters")}
    sections |= {f"policy.{name}": block for name, block in document["policy"].items()}
    for name, content in sections.items():
        lines += ["", f"[{name}]", *_pairs(content)]
    return "\n".join(lines) + "\n"


def _pairs(content: Mapping[str, Any]) -> Iterator[str]:
    return (f"{key} = {_value(value)}" for key, value in content.items())


def _value(value: Any) -> str:
    """A value on one line; a text in JSON's quotes is a basic string of TOML but for the character DEL."""
    if isinstance(value, Mapping):
        return f"{{ {', '.join(_pairs(value))} }}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_value, value))}]"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    return repr(value).lower() if isinstance(value, bool) else repr(value)
