"""Single files: JSON and bytes written as a whole or not at all, and read back with every mistake in one sentence."""

import json
import os
import re
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from alliancelab.agents.errors import StoreError

__all__ = ["check_file", "is_file", "is_folder", "read_json", "reason", "write_file", "write_json"]


def reason(error: Exception) -> str:
    """Why the system refused, as a part of a sentence."""
    text = getattr(error, "strerror", None) or str(error)
    text = re.sub(r"^.*Detail: \[errno \d+\] ", "", text)  # what Arrow puts before the reason
    return text[:1].lower() + text[1:]


def is_file(path: Path) -> bool:
    """Whether there is such a file; no name is too long or too strange to ask."""
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def is_folder(path: Path) -> bool:
    """Whether there is such a folder; no name is too long or too strange to ask."""
    try:
        return path.is_dir()
    except (OSError, ValueError):
        return False


def check_file(target: Path, mark: bytes, within: int) -> None:
    """Refuse a file that is there and was not written by this program.

    Parameters
    ----------
    mark : bytes
        What stands within the first so many bytes of every file of its kind that this program writes.

    Raises
    ------
    StoreError
        When there is another file, or it cannot be looked at.
    """
    try:
        if target.exists():
            with target.open("rb") as file:
                if mark not in file.read(within):
                    raise StoreError(f"{target}: the file is there already and alliancelab did not write it; "
                                     "give another name")
    except OSError as error:
        raise StoreError(f"{target}: {reason(error)}; give the name of a new file") from None


def write_file(target: Path, content: bytes) -> None:
    """Write one file as a whole or not at all: temporary name, fsync, rename.

    Raises
    ------
    StoreError
        When it cannot be written.
    """
    staging: Path | None = None
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
        staging = Path(name)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        staging.chmod(0o644)
        os.replace(staging, target)
    except (OSError, ValueError) as error:
        raise StoreError(f"{target}: the file could not be written: {reason(error)}") from None
    finally:
        if staging is not None:
            staging.unlink(missing_ok=True)


def write_json(folder: Path, name: str, content: Mapping[str, Any]) -> None:
    """Write a JSON document; numbers that JSON does not know (NaN) become null."""
    text = json.dumps(_without_nan(content), indent=2, ensure_ascii=False, allow_nan=False)
    (folder / name).write_text(text + "\n", encoding="utf-8")


def _without_nan(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _without_nan(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_without_nan(item) for item in value]
    if isinstance(value, float) and not abs(value) < float("inf"):
        return None
    return value


def read_json(folder: str | Path, name: str) -> dict[str, Any]:
    """Read a JSON document.

    Raises
    ------
    StoreError
        When it is missing or torn.
    """
    path = Path(folder) / name
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise StoreError(f"{path}: there is no such file; give a folder that alliancelab wrote") from None
    except (OSError, ValueError, RecursionError) as error:
        raise StoreError(f"{path}: the file cannot be read: {reason(error)}") from None
    if not isinstance(content, dict):
        raise StoreError(f"{path}: this is not a document of alliancelab")
    return content
