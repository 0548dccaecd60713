"""TOML read with a limit that the library lacks, and a scenario in full written as its text."""

import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from typing import Any

__all__ = ["dotted", "parse_toml", "toml_text", "value_text"]

LONGEST_KEY = 20  # parts; a lever's calendar has four
# The library takes time and memory by the square of the parts of a dotted key: 40 kB took 18 s and 1.6 GB. Strings and
# comments are taken out before keys are looked at. What a part has taken it does not give back, and a key begins where
# no letter stands before it, so that looking takes time by the length of the text.
_STRING = re.compile("|".join((
    r'"""(?:[^\\]|\\.)*?"""', r"'{3}.*?'{3}", r'"(?:[^"\\\n]|\\.)*+"', r"'[^'\n]*+'", r"#[^\n]*+")), re.DOTALL)
_LONG_KEY = re.compile(rf"(?<![A-Za-z0-9_-])(?:[A-Za-z0-9_-]++[ \t]*+\.[ \t]*+){{{LONGEST_KEY}}}")

_LEFT_OUT = ("name", "base", "hash")  # what a file has as its name, what stands in it already, what follows from it


def parse_toml(text: str) -> dict[str, Any]:
    """Content of a TOML file.

    Raises
    ------
    tomllib.TOMLDecodeError
        With what is wrong and where; also where a key has more parts than any that is known.
    """
    bare = _STRING.sub(lambda found: "s" + "\n" * found.group().count("\n"), text)
    long = _LONG_KEY.search(bare)
    if long:
        line = bare.count("\n", 0, long.start()) + 1
        raise tomllib.TOMLDecodeError(f"A name of more than {LONGEST_KEY} parts joined by dots (at line {line})")
    content = tomllib.loads(text)
    _check_numbers(content, "")
    return content


def _check_numbers(value: Any, place: str) -> None:
    """TOML's whole numbers have 64 bits; the library reads longer ones, which no table of numbers holds."""
    if isinstance(value, dict):
        for key, item in value.items():
            _check_numbers(item, f"{place}.{key}" if place else key)
    elif isinstance(value, list):
        for item in value:
            _check_numbers(item, place)
    elif isinstance(value, int) and not -(2**63) <= value < 2**63:
        raise tomllib.TOMLDecodeError(f"The whole number at {place[:80]} is longer than 64 bits")


def dotted(table: Mapping[str, Any]) -> dict[str, Any]:
    """A table whose names have a dot, whether they were written in quotes or as tables in it."""
    flat: dict[str, Any] = {}
    for key, value in table.items():
        if "." not in key and isinstance(value, Mapping):
            flat.update({f"{key}.{item}": said for item, said in value.items()})
        else:
            flat[key] = value
    return flat


def toml_text(document: Mapping[str, Any]) -> str:
    """Text of a scenario file without a base: everything stands in it.

    Source: H2.

    Parameters
    ----------
    document : mapping
        As `Scenario.as_dict` gives it.
    """
    given = {key: value for key, value in document.items() if key not in _LEFT_OUT and value is not None}
    lines = [*_pairs({key: value for key, value in given.items() if not isinstance(value, Mapping)})]
    for section, content in given.items():
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
    return (f"{_key(key)} = {value_text(value)}" for key, value in content.items())


def _key(name: str) -> str:
    """A key; in quotes where it has a dot, which would make it a table in a table."""
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else json.dumps(name, ensure_ascii=False)


def value_text(value: Any) -> str:
    """A value on one line; a text in JSON's quotes is a basic string of TOML but for the character DEL."""
    if isinstance(value, Mapping):
        return f"{{ {', '.join(_pairs(value))} }}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(value_text, value))}]"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    return repr(value).lower() if isinstance(value, bool) else repr(value)
