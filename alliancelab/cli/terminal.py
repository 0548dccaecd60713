"""The one place where text meets a terminal or a shell: control characters are shown, not obeyed; names are quoted."""

import json
import re
import shlex
import sys
from typing import Any

__all__ = ["command", "machine", "safe", "say", "warn"]

# What a terminal obeys: control characters of ASCII and beyond, and those that turn the direction of writing.
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def safe(text: str, lines: bool = False) -> str:
    r"""The same with every control character as ``\x1b``; line ends and tabs are kept with `lines`, else spaces."""
    shown = _CONTROL.sub(lambda found: found.group().encode("unicode_escape").decode()
                         if not 0xD800 <= ord(found.group()) <= 0xDFFF else f"\\u{ord(found.group()):x}", text)
    return shown if lines else re.sub(r"\s", " ", shown)


def say(text: str, end: str = "\n") -> None:
    """Print on stdout, where results go."""
    print(safe(text, lines=True), end=end, flush=True)


def warn(text: str) -> None:
    """Print on stderr, so that piped results stay clean."""
    print(safe(text, lines=True), file=sys.stderr, flush=True)


def machine(document: Any) -> None:
    """Print JSON on stdout; it is read by machines, and harmless when a person looks at it."""
    text = json.dumps(document, indent=2, ensure_ascii=False)
    print(_CONTROL.sub(lambda found: f"\\u{ord(found.group()):04x}", text))


def command(*words: object) -> str:
    """A command as it can be pasted into a shell, whatever the names of folders are."""
    return shlex.join(["alliancelab", *map(str, words)])
