"""How valid input is made invalid: bytes, texts and plain data changed at random places."""

import copy
import json
import random
from typing import Any

__all__ = ["changed_bytes", "changed_data", "changed_text"]

TOKENS = [
    "1e400", "9" * 400, "-1", "0", "nan", "inf", "-inf", "true", "false", '""', "''", "[]", "{}", "[[", "]]", '"""',
    "'''",
    "\\u0000", "\\x", "\x00", "\x1b[31m", "\ufeff", "\u202e", "é", "中", ";", ",", "\t", "\r", "\n", "=", ".", "..",
    "../", "/etc/passwd", "$(x)", "[/red]", "<script>", "%s", "{0}", "a.b.c", "a" * 300, "2014-13-45",
    "1979-05-27T07:32:00Z", "0x10", "1_000", "+1", "#", "|",
]
VALUES: list[Any] = [None, True, False, 0, -1, 1, 2**31, 2**63, 2**64, 10**40, 10**400, 0.0, -0.0, 1e308, float("nan"),
                     float("inf"), "", "x", "\0", "é" * 50, "../x", "1", [], [1], [None], [[[[[[1]]]]]], {}, {"a": 1},
                     {"": {}}, {"table": []}, {"step": [[2000, 1.0]]}, [[2000, 1], [1999, 2]]]


def changed_bytes(luck: random.Random, content: bytes) -> bytes:
    """Some bytes flipped, cut out, doubled or put in."""
    raw = bytearray(content)
    for _ in range(luck.choice((1, 1, 2, 5))):
        at = luck.randrange(len(raw)) if raw else 0
        kind = luck.randrange(5)
        if kind == 0 and raw:
            raw[at] ^= 1 << luck.randrange(8)
        elif kind == 1:
            del raw[at : at + luck.choice((1, 3, 40, 10_000))]
        elif kind == 2:
            raw[at:at] = raw[at : at + luck.choice((1, 10, 200))] * luck.choice((1, 3))
        elif kind == 3:
            raw[at:at] = bytes(luck.randrange(256) for _ in range(luck.choice((1, 4, 30))))
        else:
            raw[at:at] = luck.choice(TOKENS).encode()
    return bytes(raw)


def changed_text(luck: random.Random, text: str) -> str:
    """Some words exchanged for others, some lines dropped, doubled or moved."""
    lines = text.splitlines()
    for _ in range(luck.choice((1, 1, 2, 4))):
        if not lines:
            break
        at, kind = luck.randrange(len(lines)), luck.randrange(4)
        if kind == 0:
            words = lines[at].split(" ")
            words[luck.randrange(len(words))] = luck.choice(TOKENS)
            lines[at] = " ".join(words)
        elif kind == 1:
            del lines[at]
        elif kind == 2:
            lines.insert(luck.randrange(len(lines) + 1), lines[at])
        else:
            lines[at] = lines[at][: luck.randrange(len(lines[at]) + 1)] + luck.choice(TOKENS)
    return "\n".join(lines) + "\n"


def changed_data(luck: random.Random, data: Any) -> Any:
    """Plain data with values, keys or whole branches exchanged at random places."""
    changed = json.loads(json.dumps(data))
    for _ in range(luck.choice((1, 1, 2, 4))):
        places = list(_places(changed))
        if not places:
            break
        branch, key = luck.choice(places)
        kind = luck.randrange(4)
        if kind == 0 and isinstance(branch, dict):
            branch[luck.choice([*TOKENS[:12], "x", "world", "policy", str(key) + "s"])] = branch.pop(key)
        elif kind == 1:
            del branch[key]
        else:
            branch[key] = copy.deepcopy(luck.choice(VALUES))
    return changed


def _places(data: Any):
    if isinstance(data, dict):
        for key, value in data.items():
            yield data, key
            yield from _places(value)
    elif isinstance(data, list):
        for index, value in enumerate(data):
            yield data, index
            yield from _places(value)
